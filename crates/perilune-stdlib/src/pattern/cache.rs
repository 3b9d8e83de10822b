//! Compiled patterns by their text.

use std::rc::Rc;

use super::Pattern;

/// The number of patterns kept; a power of two.
const SLOTS: usize = 128;

/// Keeps recently used patterns compiled. Each pattern has one slot, where a newer one replaces it.
#[derive(Debug)]
pub struct PatternCache {
    slots: Vec<Option<Slot>>,
}

#[derive(Debug)]
struct Slot {
    text: Box<[u8]>,
    pattern: Rc<Pattern>,
}

impl Default for PatternCache {
    fn default() -> Self {
        PatternCache { slots: (0..SLOTS).map(|_| None).collect() }
    }
}

impl PatternCache {
    /// An empty cache.
    pub fn new() -> PatternCache {
        PatternCache::default()
    }

    /// The compiled form of `text` for `find`, `match` and `gsub`.
    #[inline]
    pub fn get(&mut self, text: &[u8]) -> Rc<Pattern> {
        let slot = &mut self.slots[slot_of(text)];
        if let Some(slot) = slot
            && *slot.text == *text
        {
            return Rc::clone(&slot.pattern);
        }
        fill(slot, text)
    }

    /// The compiled form of `text` for `gmatch`.
    #[inline]
    pub fn get_unanchored(&mut self, text: &[u8]) -> Rc<Pattern> {
        // Only a leading `^` makes a difference, and that is of no use to `gmatch`, hence not worth a slot.
        if text.first() == Some(&b'^') { Rc::new(Pattern::unanchored(text)) } else { self.get(text) }
    }
}

#[cold]
fn fill(slot: &mut Option<Slot>, text: &[u8]) -> Rc<Pattern> {
    let pattern = Rc::new(Pattern::new(text));
    *slot = Some(Slot { text: text.into(), pattern: Rc::clone(&pattern) });
    pattern
}

/// Mixes the length and both ends of the text; patterns that share a slot by it are rare enough.
#[inline]
fn slot_of(text: &[u8]) -> usize {
    let head = text.first_chunk::<8>().map_or_else(|| short(text), |bytes| u64::from_le_bytes(*bytes));
    let tail = text.last_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let mixed = (head ^ tail.rotate_left(29) ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 57) as usize % SLOTS
}

#[inline]
fn short(text: &[u8]) -> u64 {
    text.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
}
