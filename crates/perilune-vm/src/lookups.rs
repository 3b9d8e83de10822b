//! Where keys are in shared shapes, by shape and key: for accesses that meet more shapes or keys than inline caches hold.
//!
//! Which keys a shape has never changes, so an entry holds until its shape dies: full collections clear the table. What a key's
//! address stands for does not matter, as a shape keeps its keys alive.

use crate::shape::ShapeRef;
use crate::string::Str;

/// Entries, a power of two.
const SIZE: usize = 1024;
/// The slot of a key that the shape does not have.
const NONE: u32 = u32::MAX;

/// The table; it takes no memory until it is needed.
#[derive(Default)]
pub(crate) struct Lookups {
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    shape: usize,
    key: usize,
    slot: u32,
}

impl Lookups {
    /// The slot of `key` in `shape`, which `search` finds if it is not known.
    #[inline]
    pub(crate) fn slot(&mut self, shape: ShapeRef, key: Str, search: impl FnOnce() -> Option<u32>) -> Option<u32> {
        let (shape, key) = (shape.0.as_ptr() as usize, key.0.as_ptr() as usize);
        let at = place(shape, key);
        match self.entries.get(at) {
            Some(entry) if entry.shape == shape && entry.key == key => (entry.slot != NONE).then_some(entry.slot),
            _ => self.note(at, Entry { shape, key, slot: search().unwrap_or(NONE) }),
        }
    }

    #[inline(never)]
    fn note(&mut self, at: usize, entry: Entry) -> Option<u32> {
        if self.entries.is_empty() {
            self.entries = vec![Entry::default(); SIZE].into();
        }
        self.entries[at] = entry;
        (entry.slot != NONE).then_some(entry.slot)
    }

    /// Forgets everything: shapes have died.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(Entry::default());
    }
}

/// The only entry that may know of a shape and a key. Cells are 16 bytes apart, shapes more.
#[inline]
fn place(shape: usize, key: usize) -> usize {
    ((shape >> 6) ^ (key >> 4)).wrapping_add(key >> 10) % SIZE
}
