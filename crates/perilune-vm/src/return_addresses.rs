//! What compiled code may still be returned into: words of all native stacks that may be addresses in it.
//!
//! A function that has been called has its return address in memory, on the native stack of the thread that runs it; so has compiled
//! code that calls the runtime, and with it whoever asks here. Stacks are therefore read word by word, conservatively, from where
//! they end to where they begin: that of the main thread, and those of all coroutines that have started, whether they run, wait for
//! one that they resumed, or are suspended. The parts that the collector skips, as interpreters hold nothing in them, count here.

use crate::coroutine::stack_pointer;
use crate::global::Global;
use crate::thread::Thread;
use std::ops::Range;

impl Global {
    /// Calls `visit` for each word of native stacks that is in `range`. Returns whether all stacks were read; if not, nothing is
    /// known.
    #[must_use]
    #[inline(never)]
    pub fn each_return_address(&self, range: &Range<u64>, visit: &mut dyn FnMut(u64)) -> bool {
        let here = stack_pointer();
        let main = self.main.get();
        let Some(main_stack) = self.native_stack.clone() else { return false };
        let mut found_here = false;
        let mut read = |thread: &Thread, stack: Range<usize>| {
            let from = if stack.contains(&here) {
                found_here = true;
                here
            } else if thread.native_top != 0 && stack.contains(&thread.native_top) {
                thread.native_top
            } else {
                return false;
            };
            words(from, stack.end, range, visit);
            true
        };
        if !read(main, main_stack) {
            return false;
        }
        let started = self.gc.threads.iter().map(|thread| thread.get()).filter(|thread| thread.native.is_some());
        for thread in started {
            let stack = thread.native_stack();
            if !read(thread, stack) {
                return false;
            }
        }
        found_here
    }
}

/// Calls `visit` for the words of a stack that are in `range`.
fn words(from: usize, to: usize, range: &Range<u64>, visit: &mut dyn FnMut(u64)) {
    let mut at = from & !7;
    while at + 8 <= to {
        // SAFETY: the words of a native stack between its pointer and its beginning are mapped and readable, and nothing else
        // writes them while this runs. Their contents may be anything, which a volatile read of an integer allows.
        let word = unsafe { std::ptr::read_volatile(at as *const u64) };
        if range.start <= word && word <= range.end {
            visit(word);
        }
        at += 8;
    }
}
