//! Memory for work in progress that library functions use again and again: a byte buffer, and a matcher for patterns.
//!
//! One of each is kept per system thread. A function that runs while another one holds them (in a callback, or in another
//! coroutine) gets new ones, and the last ones given back are kept.

use crate::pattern::{Matcher, Pattern, PatternCache};
use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// Buffers that have grown beyond this size are not kept.
const KEEP: usize = 1 << 20;

thread_local! {
    static SPARE: Cell<Option<Box<Memory>>> = const { Cell::new(None) };
    static PATTERNS: RefCell<PatternCache> = RefCell::new(PatternCache::new());
}

/// The memory.
#[derive(Default)]
pub struct Memory {
    /// A buffer, empty when taken.
    pub bytes: Vec<u8>,
    /// A matcher.
    pub matcher: Matcher,
}

/// Memory in use; dropping it gives it back.
pub struct Scratch(Option<Box<Memory>>);

impl Scratch {
    /// Takes the spare memory, or new memory.
    #[inline]
    pub fn take() -> Scratch {
        // While the system thread ends, there may be no spare memory any more.
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        Scratch(Some(spare.unwrap_or_default()))
    }
}

impl Deref for Scratch {
    type Target = Memory;

    #[inline(always)]
    fn deref(&self) -> &Memory {
        self.0.as_deref().expect("only dropping takes the memory")
    }
}

impl DerefMut for Scratch {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Memory {
        self.0.as_deref_mut().expect("only dropping takes the memory")
    }
}

impl Drop for Scratch {
    #[inline]
    fn drop(&mut self) {
        let Some(mut memory) = self.0.take() else { return };
        if memory.bytes.capacity() <= KEEP {
            memory.bytes.clear();
            let _ = SPARE.try_with(|spare| spare.set(Some(memory)));
        }
    }
}

/// The compiled form of a pattern.
#[inline]
pub fn compiled(pattern: &[u8]) -> Rc<Pattern> {
    let cached = PATTERNS.try_with(|patterns| patterns.borrow_mut().get(pattern));
    cached.unwrap_or_else(|_| Rc::new(Pattern::new(pattern)))
}
