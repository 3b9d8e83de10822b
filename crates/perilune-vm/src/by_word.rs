//! Maps by a word of a function's code. They are looked up for each instruction that is watched, and nobody chooses their keys to
//! collide: a multiplication is hash enough.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by words of code.
pub type ByWord<V> = HashMap<u32, V, BuildHasherDefault<WordHasher>>;

/// Hashes one number.
#[derive(Default)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u32(u32::from(byte)));
    }

    fn write_u32(&mut self, word: u32) {
        // 2^64 divided by the golden ratio spreads small numbers over the high bits; tables take some from either end.
        let mixed = (self.0 ^ u64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::ByWord;

    #[test]
    fn words_are_found() {
        let map: ByWord<u32> = (0..10_000).map(|word| (word * 4, word)).collect();
        assert!((0..10_000).all(|word| map.get(&(word * 4)) == Some(&word)) && !map.contains_key(&1));
    }
}
