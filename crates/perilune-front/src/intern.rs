//! Names and string literals of one compilation, each stored once and compared by number.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// An interned byte string of an [`Interner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

/// FxHash-style word-at-a-time hasher: the keys are short and trusted to their own compilation only.
#[derive(Default, Clone)]
pub struct WordHasher(u64);

const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

impl WordHasher {
    #[inline]
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    }
}

impl Hasher for WordHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(u64::from_le_bytes(chunk.try_into().expect("chunks of eight")));
        }
        let mut tail = 0u64;
        for &byte in chunks.remainder() {
            tail = (tail << 8) | u64::from(byte);
        }
        self.mix(tail ^ ((bytes.len() as u64) << 56));
    }
    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }
    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }
    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }
    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// A hash map with [`WordHasher`].
pub type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// The set of byte strings seen so far. All bytes stand in one buffer.
///
/// Hashes depend on a random seed, so that no source can be written to collide; symbols are numbered in order of first use
/// and do not depend on it.
pub struct Interner {
    bytes: Vec<u8>,
    /// End of each symbol's bytes; its start is the end of the one before.
    ends: Vec<usize>,
    /// Open-addressed table. Its length is a power of two.
    table: Vec<Slot>,
    seed: u64,
}

/// A place in the table.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// The symbol's number plus one, zero if the place is free.
    number: u32,
    /// See [`check`].
    check: u32,
    /// Its first sixteen bytes: no string of up to that length needs another look.
    words: Words,
}

/// Places in the table of an empty interner.
const MIN_TABLE: usize = 256;

/// The longest text that [`Words`] hold.
const WORDS_SIZE: usize = 16;

/// A text of up to sixteen bytes, little-endian and padded with zeros.
pub(crate) type Words = [u64; 2];

impl Default for Interner {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            table: vec![Slot::default(); MIN_TABLE],
            seed: RandomState::new().hash_one(0u8),
        }
    }
}

impl Interner {
    /// An empty interner.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The symbol of `text`, made if it is new.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Symbol {
        if text.len() <= WORDS_SIZE { self.intern_short(text, short_words(text)) } else { self.intern_long(text) }
    }

    /// The symbol of a `text` of up to sixteen bytes that are at hand as `words`.
    #[inline]
    pub(crate) fn intern_short(&mut self, text: &[u8], words: Words) -> Symbol {
        debug_assert_eq!(words, short_words(text));
        let mask = self.table.len() - 1;
        let hash = hash_short(words, text.len(), self.seed);
        let check = check(hash, text.len());
        let mut index = hash as usize & mask;
        loop {
            let slot = self.table[index];
            if slot.words == words && slot.check == check && slot.number != 0 {
                return Symbol(slot.number - 1);
            }
            if slot.number == 0 {
                return self.add(text, index, Slot { number: 0, check, words });
            }
            index = (index + 1) & mask;
        }
    }

    fn intern_long(&mut self, text: &[u8]) -> Symbol {
        let mask = self.table.len() - 1;
        let hash = hash_long(text, self.seed);
        let check = check(hash, text.len());
        let words = short_words(&text[..WORDS_SIZE]);
        let mut index = hash as usize & mask;
        loop {
            let slot = self.table[index];
            if slot.number == 0 {
                return self.add(text, index, Slot { number: 0, check, words });
            }
            if slot.check == check && slot.words == words && self.get(Symbol(slot.number - 1)) == text {
                return Symbol(slot.number - 1);
            }
            index = (index + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, text: &[u8], index: usize, slot: Slot) -> Symbol {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        let number = u32::try_from(self.ends.len()).expect("fewer than 2^32 names and strings");
        self.table[index] = Slot { number, ..slot };
        if self.ends.len() * 4 > self.table.len() * 3 {
            self.grow();
        }
        Symbol(number - 1)
    }

    /// The bytes of `symbol`.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &[u8] {
        let index = symbol.0 as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    /// How many symbols there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no symbol.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 2 - 1;
        let mut table = vec![Slot::default(); mask + 1];
        for slot in self.table.iter().filter(|slot| slot.number != 0) {
            let text = self.get(Symbol(slot.number - 1));
            let hash = match text.len() {
                ..=WORDS_SIZE => hash_short(slot.words, text.len(), self.seed),
                _ => hash_long(text, self.seed),
            };
            let mut index = hash as usize & mask;
            while table[index].number != 0 {
                index = (index + 1) & mask;
            }
            table[index] = *slot;
        }
        self.table = table;
    }
}

/// Packs up to sixteen bytes. Shorter texts are read as two pieces that may overlap, as that takes no loop.
#[inline]
fn short_words(text: &[u8]) -> Words {
    let length = text.len();
    if let (Some(&first), Some(&last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let second = u64::from_le_bytes(last).checked_shr(8 * (16 - length) as u32).unwrap_or(0);
        return [u64::from_le_bytes(first), second];
    }
    if let (Some(&first), Some(&last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(last)) << (8 * (length - 4));
        return [u64::from(u32::from_le_bytes(first)) | last, 0];
    }
    let at = |index: usize| text.get(index).map_or(0, |&byte| u64::from(byte) << (8 * index));
    [at(0) | at(1) | at(2), 0]
}

/// Both halves of the product of `a` and `b`, mixed.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// A hash by folded multiplication, as in wyhash and foldhash.
#[inline]
fn hash_short(words: Words, length: usize, seed: u64) -> u64 {
    fold(words[0] ^ seed, words[1] ^ seed.rotate_left(32) ^ MULTIPLIER.wrapping_mul(length as u64 | 1))
}

/// The same for texts of more than sixteen bytes: folds piece by piece, the last piece overlapping the one before.
fn hash_long(text: &[u8], seed: u64) -> u64 {
    let last = short_words(&text[text.len() - WORDS_SIZE..]);
    let pieces = text.chunks_exact(WORDS_SIZE).map(short_words);
    let state = pieces.fold(seed, |state, words| fold(words[0] ^ state, words[1] ^ MULTIPLIER));
    hash_short(last, text.len(), state ^ seed.rotate_left(16))
}

/// What a slot keeps besides the text: bits of its hash, and its length as far as it matters to [`Words`].
#[inline]
fn check(hash: u64, length: usize) -> u32 {
    const LENGTH_MASK: u32 = 31;
    (hash >> 32) as u32 & !LENGTH_MASK | length.min(WORDS_SIZE + 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_share_a_symbol() {
        let mut interner = Interner::new();
        let symbols: Vec<Symbol> = (0..1000).map(|i| interner.intern(format!("name{i}").as_bytes())).collect();
        for (i, &symbol) in symbols.iter().enumerate() {
            assert_eq!(interner.intern(format!("name{i}").as_bytes()), symbol);
            assert_eq!(interner.get(symbol), format!("name{i}").as_bytes());
        }
        assert_eq!(interner.len(), 1000);
    }

    #[test]
    fn every_length_and_byte_counts() {
        let mut interner = Interner::new();
        let text: Vec<u8> = (0..=64).collect();
        for length in 0..=text.len() {
            let whole = interner.intern(&text[..length]);
            for changed in 0..length {
                let mut other = text[..length].to_vec();
                other[changed] ^= 0x80;
                assert_ne!(interner.intern(&other), whole, "byte {changed} of {length}");
            }
            assert_eq!(interner.intern(&text[..length]), whole);
        }
    }
}
