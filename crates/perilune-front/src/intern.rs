//! Names and string literals of one compilation, each stored once and compared by number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
#[derive(Default)]
pub struct Interner {
    bytes: Vec<u8>,
    /// End of each symbol's bytes; its start is the end of the one before.
    ends: Vec<usize>,
    /// Open-addressed table of symbol numbers plus one; zero is free. Its length is a power of two.
    table: Vec<u32>,
}

impl Interner {
    /// An empty interner.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The symbol of `text`, made if it is new.
    pub fn intern(&mut self, text: &[u8]) -> Symbol {
        if (self.ends.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = hash(text) as usize & mask;
        loop {
            match self.table[slot] {
                0 => {
                    self.bytes.extend_from_slice(text);
                    self.ends.push(self.bytes.len());
                    let number = self.ends.len() as u32;
                    self.table[slot] = number;
                    return Symbol(number - 1);
                }
                number if self.get(Symbol(number - 1)) == text => return Symbol(number - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
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
        let size = (self.table.len() * 2).max(64);
        let mask = size - 1;
        let mut table = vec![0u32; size];
        for index in 0..self.ends.len() {
            let mut slot = hash(self.get(Symbol(index as u32))) as usize & mask;
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            table[slot] = index as u32 + 1;
        }
        self.table = table;
    }
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = WordHasher::default();
    hasher.write(text);
    hasher.finish()
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
}
