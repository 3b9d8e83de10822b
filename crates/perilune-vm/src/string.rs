//! Strings: immutable bytes with a terminating NUL at a stable address. Short ones are interned and compared by address.

use crate::object::{Header, Kind, flags};
use crate::value::{TAG_STRING, Value};
use perilune_front::proto::MAX_SHORT_STRING;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// A string's cell; the bytes and a NUL follow.
#[repr(C)]
pub struct StrObject {
    /// `aux` is the hash; of long strings it is made at first use, and zero before.
    pub(crate) header: Header,
    length: usize,
}

/// A string. A copyable pointer: valid as long as some root, the native stack included, holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Str(pub(crate) NonNull<StrObject>);

impl Str {
    /// Bytes of the cell of a string of `length` bytes.
    pub(crate) const fn size_for(length: usize) -> usize {
        size_of::<StrObject>() + length + 1
    }

    /// Fills a new cell.
    ///
    /// # Safety
    /// `cell` has [`Str::size_for`] bytes.
    pub(crate) unsafe fn init(cell: NonNull<Header>, text: &[u8], hash: u32, interned: bool) -> Str {
        let object = cell.cast::<StrObject>();
        let mut header = Header::new(Kind::String);
        header.aux = hash;
        header.flags = if interned { flags::INTERNED } else { 0 };
        // SAFETY: by the caller's promise there is room for the header, the text and the NUL.
        unsafe {
            object.write(StrObject { header, length: text.len() });
            let data = object.as_ptr().add(1).cast::<u8>();
            std::ptr::copy_nonoverlapping(text.as_ptr(), data, text.len());
            data.add(text.len()).write(0);
        }
        Str(object)
    }

    /// Fills a new cell with a long string that `fill` writes.
    ///
    /// # Safety
    /// `cell` has [`Str::size_for`] bytes.
    pub(crate) unsafe fn write(cell: NonNull<Header>, length: usize, fill: impl FnOnce(&mut StrWriter<'_>)) -> Str {
        let object = cell.cast::<StrObject>();
        // SAFETY: by the caller's promise there is room for the header, the text and the NUL.
        unsafe {
            object.write(StrObject { header: Header::new(Kind::String), length });
            let data = object.as_ptr().add(1).cast::<MaybeUninit<u8>>();
            StrWriter::run(std::slice::from_raw_parts_mut(data, length), fill);
            data.add(length).write(MaybeUninit::new(0));
        }
        Str(object)
    }

    /// The bytes, without the NUL.
    ///
    /// The lifetime is free: the slice lives as long as the string, which lives while the slice or the string is on the native
    /// stack (scanned conservatively) or in a place the collector knows.
    #[inline(always)]
    #[must_use]
    pub fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: a `Str` refers to an initialised, immutable string cell.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().add(1).cast::<u8>(), self.0.as_ref().length) }
    }

    /// The number of bytes.
    #[inline(always)]
    #[must_use]
    pub fn len(self) -> usize {
        // SAFETY: as in `bytes`.
        unsafe { self.0.as_ref() }.length
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it is interned, so that equal strings have equal addresses.
    #[inline(always)]
    #[must_use]
    pub fn is_short(self) -> bool {
        // SAFETY: as in `bytes`.
        unsafe { self.0.as_ref() }.header.flags & flags::INTERNED != 0
    }

    /// The hash.
    #[inline(always)]
    #[must_use]
    pub fn hash(self) -> u32 {
        // SAFETY: as in `bytes`.
        match unsafe { self.0.as_ref() }.header.aux {
            0 => self.make_hash(),
            hash => hash,
        }
    }

    #[cold]
    fn make_hash(self) -> u32 {
        // The seed of long strings need not be the state's: a hash is never stored outside the process.
        let hash = hash_bytes(self.bytes(), self.len() as u32) | 1;
        // SAFETY: one mutator thread writes the cached hash.
        unsafe { (*self.0.as_ptr()).header.aux = hash };
        hash
    }

    /// Equality of two strings at different addresses.
    #[inline]
    pub(crate) fn long_equals(self, other: Str) -> bool {
        !self.is_short() && !other.is_short() && self.bytes() == other.bytes()
    }

    /// Equality.
    #[inline]
    #[must_use]
    pub fn equals(self, other: Str) -> bool {
        self == other || self.long_equals(other)
    }

    pub(crate) fn cell(self) -> NonNull<Header> {
        self.0.cast()
    }
}

impl From<Str> for Value {
    #[inline(always)]
    fn from(s: Str) -> Value {
        Value::from_ptr(TAG_STRING, s.0)
    }
}

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.bytes()))
    }
}

/// Writes the bytes of a new string from its start.
pub struct StrWriter<'a> {
    rest: &'a mut [MaybeUninit<u8>],
}

impl<'a> StrWriter<'a> {
    /// Lets `fill` write to `place` and completes it with NULs.
    pub(crate) fn run(place: &'a mut [MaybeUninit<u8>], fill: impl FnOnce(&mut StrWriter<'_>)) -> &'a [u8] {
        let mut writer = StrWriter { rest: &mut *place };
        fill(&mut writer);
        writer.rest.fill(MaybeUninit::new(0));
        // SAFETY: `put` and `repeat` initialise what they take off `rest`, and the line above what they left.
        unsafe { &*(std::ptr::from_ref::<[MaybeUninit<u8>]>(place) as *const [u8]) }
    }

    /// Writes `text`, which must fit.
    #[inline]
    pub fn put(&mut self, text: &[u8]) {
        let (place, rest) = std::mem::take(&mut self.rest).split_at_mut(text.len());
        // SAFETY: both are `text.len()` bytes long.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), place.as_mut_ptr().cast(), text.len()) };
        self.rest = rest;
    }

    /// Writes a byte `count` times.
    pub fn repeat(&mut self, byte: u8, count: usize) {
        let (place, rest) = std::mem::take(&mut self.rest).split_at_mut(count);
        place.fill(MaybeUninit::new(byte));
        self.rest = rest;
    }
}

/// A hash of `text`: eight bytes at a time, multiplied and folded; every byte counts.
#[inline]
pub fn hash_bytes(text: &[u8], seed: u32) -> u32 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = (u64::from(seed) ^ text.len() as u64).wrapping_mul(K);
    let mut rest = text;
    while rest.len() >= 8 {
        let (head, tail) = rest.split_at(8);
        hash = fold(hash ^ u64::from_le_bytes(head.try_into().expect("eight bytes")), K);
        rest = tail;
    }
    if !rest.is_empty() {
        hash = fold(hash ^ load_tail(rest), K);
    }
    (hash ^ (hash >> 32)) as u32
}

#[inline(always)]
fn load_tail(rest: &[u8]) -> u64 {
    let n = rest.len();
    if n >= 4 {
        let low = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
        let high = u32::from_le_bytes([rest[n - 4], rest[n - 3], rest[n - 2], rest[n - 1]]);
        u64::from(low) | u64::from(high) << 32
    } else {
        u64::from(rest[0]) | u64::from(rest[n / 2]) << 8 | u64::from(rest[n - 1]) << 16
    }
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The set of interned strings: open addressing, strong until a collection removes the dead.
pub struct StringTable {
    slots: Vec<Option<Str>>,
    count: usize,
    seed: u32,
}

impl StringTable {
    pub(crate) fn new(seed: u32) -> StringTable {
        StringTable { slots: vec![None; 1024], count: 0, seed }
    }

    /// Whether strings of this length are interned.
    #[inline(always)]
    pub fn is_short(length: usize) -> bool {
        length <= MAX_SHORT_STRING
    }

    /// The hash under which `text` is interned.
    #[inline]
    pub fn hash(&self, text: &[u8]) -> u32 {
        hash_bytes(text, self.seed) | 1
    }

    /// The interned string with these bytes.
    #[inline]
    pub fn find(&self, text: &[u8], hash: u32) -> Option<Str> {
        let mask = self.slots.len() - 1;
        let mut index = hash as usize & mask;
        while let Some(candidate) = self.slots[index] {
            // SAFETY: the table holds live strings only: the collector removes the others.
            if unsafe { candidate.0.as_ref() }.header.aux == hash && candidate.bytes() == text {
                return Some(candidate);
            }
            index = (index + 1) & mask;
        }
        None
    }

    /// Adds a string that is not there yet.
    pub fn insert(&mut self, string: Str) {
        if (self.count + 1) * 4 > self.slots.len() * 3 {
            self.resize(self.slots.len() * 2);
        }
        self.count += 1;
        self.place(string);
    }

    fn place(&mut self, string: Str) {
        let mask = self.slots.len() - 1;
        let mut index = string.hash() as usize & mask;
        while self.slots[index].is_some() {
            index = (index + 1) & mask;
        }
        self.slots[index] = Some(string);
    }

    fn resize(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![None; size]);
        for string in old.into_iter().flatten() {
            self.place(string);
        }
    }

    /// Removes the strings for which `is_live` is false.
    pub(crate) fn retain(&mut self, is_live: impl Fn(Str) -> bool) {
        let mut live = 0;
        let mut removed = false;
        for slot in &mut self.slots {
            if let Some(string) = *slot {
                if is_live(string) {
                    live += 1;
                } else {
                    *slot = None;
                    removed = true;
                }
            }
        }
        self.count = live;
        if removed {
            let size = (live * 2).next_power_of_two().max(1024);
            self.resize(size.min(self.slots.len()));
        }
    }
}
