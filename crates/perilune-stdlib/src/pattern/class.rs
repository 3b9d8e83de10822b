//! Character classes of the C locale, and sets of bytes.

/// The letters of the classes, each of which owns one bit of [`FLAGS`]; their complements follow.
const LETTERS: &[u8; CLASSES] = b"acdglpsuwxz";

const CLASSES: usize = 11;

/// For every byte a bit per class that holds it, and [`CLASSES`] bits higher one per class that does not.
pub static FLAGS: [u32; 256] = {
    let mut flags = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut class = 0;
        while class < CLASSES {
            let shift = if belongs(byte as u8, LETTERS[class]) { class } else { class + CLASSES };
            flags[byte] |= 1 << shift;
            class += 1;
        }
        byte += 1;
    }
    flags
};

const fn belongs(byte: u8, letter: u8) -> bool {
    match letter {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => matches!(byte, b' ' | b'\t'..=b'\r'),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        _ => byte == 0,
    }
}

/// The bit of [`FLAGS`] for the class `%letter`; an upper-case letter means the complement. `None` for other letters.
pub fn class_bit(letter: u8) -> Option<u32> {
    let lower = letter.to_ascii_lowercase();
    let class = LETTERS.iter().position(|&known| known == lower)?;
    Some(if letter == lower { 1 << class } else { 1 << (class + CLASSES) })
}

/// The bits that select the complements of the classes `mask` selects.
pub fn swap_complements(mask: u32) -> u32 {
    let low = (1 << CLASSES) - 1;
    (mask & low) << CLASSES | mask >> CLASSES
}

/// The bytes behind each bit of [`FLAGS`].
static CLASS_SETS: [ByteSet; 2 * CLASSES] = {
    let mut sets = [ByteSet::EMPTY; 2 * CLASSES];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < sets.len() {
            sets[bit].0[byte >> 6] |= ((FLAGS[byte] >> bit & 1) as u64) << (byte & 63);
            bit += 1;
        }
        byte += 1;
    }
    sets
};

/// A set of bytes as a bitmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The empty set.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);
    /// The set of all bytes.
    pub const FULL: ByteSet = ByteSet([!0; 4]);

    /// The bytes that the classes in `mask` hold.
    pub fn of_classes(mut mask: u32) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        while mask != 0 {
            set = set.union(CLASS_SETS[mask.trailing_zeros() as usize]);
            mask &= mask - 1;
        }
        set
    }

    /// The bytes from `low` to `high`, both included; none if they are in the wrong order.
    pub fn range(low: u8, high: u8) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        for byte in low..=high {
            set.insert(byte);
        }
        set
    }

    /// Adds a byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Whether the set holds `byte`.
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    /// Every byte in either set.
    pub fn union(self, other: ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// Every byte that is not in the set.
    pub fn complement(self) -> ByteSet {
        ByteSet(self.0.map(|word| !word))
    }

    /// A table with a non-zero byte for each member.
    pub fn table(&self) -> [u8; 256] {
        const SPREAD: u64 = 0x0101_0101_0101_0101;
        const ONE_BIT_EACH: u64 = 0x8040_2010_0804_0201;
        let mut table = [0; 256];
        let bitmap = self.0.iter().flat_map(|word| word.to_le_bytes());
        for (bits, entries) in bitmap.zip(table.chunks_exact_mut(8)) {
            entries.copy_from_slice(&(u64::from(bits).wrapping_mul(SPREAD) & ONE_BIT_EACH).to_le_bytes());
        }
        table
    }

    /// Whether no byte is in both sets.
    pub fn is_disjoint(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & b == 0)
    }

    /// Whether every byte of `other` is in this set.
    pub fn is_superset(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| b & !a == 0)
    }

    /// The only byte of the set, if it has exactly one.
    pub fn only_byte(&self) -> Option<u8> {
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        if count != 1 {
            return None;
        }
        let word = self.0.iter().position(|&word| word != 0)?;
        Some((word as u32 * 64 + self.0[word].trailing_zeros()) as u8)
    }
}
