//! Strings: immutable bytes with a terminating NUL at a stable address. Short ones are interned and compared by address.

use crate::global::filled;
use crate::heap::boxed_array;
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

impl StrObject {
    /// Where the length is.
    pub(crate) const LENGTH_OFFSET: usize = std::mem::offset_of!(StrObject, length);
}

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
        filled();
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
        filled();
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

    /// The hash for tables: without the lowest bit, which is the same in all hashes.
    #[inline(always)]
    #[must_use]
    pub fn table_hash(self) -> u32 {
        self.hash() >> 1
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
    place: &'a mut [MaybeUninit<u8>],
    /// How many bytes were written.
    filled: usize,
}

impl<'a> StrWriter<'a> {
    /// Lets `fill` write to `place` and completes it with NULs.
    #[inline]
    pub(crate) fn run(place: &'a mut [MaybeUninit<u8>], fill: impl FnOnce(&mut StrWriter<'_>)) -> &'a [u8] {
        let mut writer = StrWriter { place: &mut *place, filled: 0 };
        fill(&mut writer);
        let filled = writer.filled;
        place[filled..].fill(MaybeUninit::new(0));
        // SAFETY: all methods initialise what they count as filled, and the line above the rest.
        unsafe { &*(std::ptr::from_ref::<[MaybeUninit<u8>]>(place) as *const [u8]) }
    }

    /// Takes the next `count` bytes of the place, which the caller initialises.
    #[inline(always)]
    fn take(&mut self, count: usize) -> &mut [MaybeUninit<u8>] {
        let place = &mut self.place[self.filled..][..count];
        self.filled += count;
        place
    }

    /// Writes `text`, which must fit.
    #[inline]
    pub fn put(&mut self, text: &[u8]) {
        let place = self.take(text.len());
        // SAFETY: both are `text.len()` bytes long.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), place.as_mut_ptr().cast(), text.len()) };
    }

    /// Writes a byte `count` times.
    pub fn repeat(&mut self, byte: u8, count: usize) {
        self.take(count).fill(MaybeUninit::new(byte));
    }

    /// Repeats what was written, over and over, until the string is full.
    pub fn repeat_to_end(&mut self) {
        while self.filled > 0 && self.filled < self.place.len() {
            let (written, rest) = self.place.split_at_mut(self.filled);
            let count = written.len().min(rest.len());
            rest[..count].copy_from_slice(&written[..count]);
            self.filled += count;
        }
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

/// An entry of the string table: the address of a string with the upper half of its hash above it; 0 if free.
///
/// The hash bits spare most looks at strings that are not the one wanted, which are seldom in the processor's cache. They also
/// say where the entry belongs, so that moving it looks at no string either.
#[derive(Clone, Copy, PartialEq)]
struct Entry(u64);

/// Bits of an entry below the hash; addresses fit them, as they do in values.
const ADDRESS_BITS: u32 = 48;
/// Bits of a hash in an entry.
const TAG_BITS: u32 = 16;

impl Entry {
    const FREE: Entry = Entry(0);

    fn new(string: Str) -> Entry {
        Entry(string.0.as_ptr() as u64 | Entry::tag_of(string.hash()) << ADDRESS_BITS)
    }

    #[inline(always)]
    fn tag_of(hash: u32) -> u64 {
        u64::from(hash >> TAG_BITS)
    }

    #[inline(always)]
    fn tag(self) -> u64 {
        self.0 >> ADDRESS_BITS
    }

    #[inline(always)]
    fn string(self) -> Option<Str> {
        NonNull::new((self.0 & ((1 << ADDRESS_BITS) - 1)) as *mut StrObject).map(Str)
    }
}

/// The set of interned strings, which the collector takes the dead out of: many small tables, of which each grows by itself,
/// so that none ever takes long to grow.
pub struct StringTable {
    segments: Box<[Segment; SEGMENTS]>,
    seed: u32,
}

/// Tables that strings are spread over, by the lower half of their hash.
const SEGMENTS: usize = 512;

/// Strings of one table: open addressing by the upper half of the hash.
#[derive(Default)]
struct Segment {
    /// A power of two of entries, at least a third of them free; or none.
    slots: Vec<Entry>,
    count: usize,
}

/// Least size of a segment that is not empty.
const MIN_SLOTS: usize = 8;

impl Segment {
    /// Where to look for a tag first.
    #[inline(always)]
    fn home(slots: usize, tag: u64) -> usize {
        // The upper bits count, in the order of the tags, so that a bigger table still uses all of its places.
        (tag as usize * slots) >> TAG_BITS
    }

    #[inline]
    fn find(&self, text: &[u8], hash: u32) -> Option<Str> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let tag = Entry::tag_of(hash);
        let mut index = Self::home(self.slots.len(), tag);
        loop {
            let entry = self.slots[index & mask];
            let candidate = entry.string()?;
            // SAFETY: the collector removes strings before it frees them.
            if entry.tag() == tag && unsafe { candidate.0.as_ref() }.header.aux == hash && same_bytes(candidate.bytes(), text) {
                return Some(candidate);
            }
            index += 1;
        }
    }

    fn insert(&mut self, entry: Entry) {
        if (self.count + 1) * 3 > self.slots.len() * 2 {
            self.resize((self.slots.len() * 2).max(MIN_SLOTS));
        }
        self.count += 1;
        self.place(entry);
    }

    fn place(&mut self, entry: Entry) {
        let mask = self.slots.len() - 1;
        let mut index = Self::home(self.slots.len(), entry.tag());
        while self.slots[index] != Entry::FREE {
            index = (index + 1) & mask;
        }
        self.slots[index] = entry;
    }

    fn resize(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![Entry::FREE; size]);
        for entry in old {
            if entry != Entry::FREE {
                self.place(entry);
            }
        }
    }

    /// Removes an entry, if it is there. Those behind it move up, so that no mark has to be left.
    fn remove(&mut self, entry: Entry) {
        if self.slots.is_empty() {
            return;
        }
        let size = self.slots.len();
        let mask = size - 1;
        let mut hole = Self::home(size, entry.tag());
        while self.slots[hole] != entry {
            if self.slots[hole] == Entry::FREE {
                return;
            }
            hole = (hole + 1) & mask;
        }
        let mut next = hole;
        loop {
            next = (next + 1) & mask;
            let moving = self.slots[next];
            if moving == Entry::FREE {
                break;
            }
            // How far it is from home, and how far the hole is from there.
            let home = Self::home(size, moving.tag());
            if next.wrapping_sub(home) & mask >= next.wrapping_sub(hole) & mask {
                self.slots[hole] = moving;
                hole = next;
            }
        }
        self.slots[hole] = Entry::FREE;
        self.count -= 1;
        // The program is likely to make as many strings again: the table shrinks late.
        if size > MIN_SLOTS && self.count * 8 < size {
            self.resize(size / 2);
        }
    }
}

impl StringTable {
    pub(crate) fn new(seed: u32) -> StringTable {
        StringTable { segments: boxed_array(), seed }
    }

    /// Whether strings of this length are interned.
    #[inline(always)]
    pub fn is_short(length: usize) -> bool {
        length <= MAX_SHORT_STRING
    }

    /// The hash under which `text` is interned; not 0, which marks a hash that has yet to be made.
    #[inline]
    pub fn hash(&self, text: &[u8]) -> u32 {
        hash_bytes(text, self.seed) | 1
    }

    /// The lowest bit of a hash is the same in all of them.
    #[inline(always)]
    fn segment(hash: u32) -> usize {
        (hash >> 1) as usize % SEGMENTS
    }

    /// The interned string with these bytes. It may be dead, see [`crate::heap::Heap::revive`].
    #[inline]
    pub fn find(&self, text: &[u8], hash: u32) -> Option<Str> {
        self.segments[Self::segment(hash)].find(text, hash)
    }

    /// Adds a string that is not there yet.
    pub fn insert(&mut self, string: Str) {
        self.segments[Self::segment(string.hash())].insert(Entry::new(string));
    }

    /// Removes a string.
    pub(crate) fn remove(&mut self, string: Str) {
        self.segments[Self::segment(string.hash())].remove(Entry::new(string));
    }
}

/// Equality of short texts, without the call that comparing slices is.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (mut x, mut y) = (a, b);
    while let (Some((head_x, tail_x)), Some((head_y, tail_y))) = (x.split_first_chunk::<8>(), y.split_first_chunk::<8>()) {
        if head_x != head_y {
            return false;
        }
        (x, y) = (tail_x, tail_y);
    }
    // The tails are equally long and shorter than eight bytes.
    x.is_empty() || load_tail(x) == load_tail(y)
}
