//! Dictionary mode: open addressing with linear probing over (key, value) pairs in one vector.
//!
//! A deleted key stays with a nil value until the next rehash, so traversal may delete. When the collector finds a heap object
//! that only a deleted entry still names as its key, it turns the key into a *dead key*: the same address under the tag of
//! the simple values, which equals no value of the program but still tells `next` where to go on.

use super::{KeyError, Table};
use crate::global::{Global, filled};
use crate::heap::{barrier, dying};
use crate::object::{Header, Kind, Values, flags};
use crate::shape::{Mode, ShapeRef};
use crate::string::Str;
use crate::value::{PAYLOAD, TAG_SHIFT, TAG_SIMPLE, TAG_STRING, Value};
use std::ptr::NonNull;

/// Multiplier of Fibonacci hashing.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// Entries of a dictionary that is no longer empty.
const LEAST_ENTRIES: u32 = 4;

/// An entry that every empty dictionary shares: no key, and full by its load factor.
struct EmptyEntry([Value; 2]);
// SAFETY: never written: stores go to keys that were found or to entries made by a rehash.
unsafe impl Sync for EmptyEntry {}
static EMPTY: EmptyEntry = EmptyEntry([Value::NIL; 2]);

/// Whether these are the slots of a dictionary without entries, which are in no cell.
pub(crate) fn is_empty_storage(slots: *const Value) -> bool {
    std::ptr::eq(slots, EMPTY.0.as_ptr())
}

/// The hash of a key that is compared by its word.
#[inline(always)]
fn hash_bits(key: Value) -> u32 {
    if key.tag() == TAG_STRING {
        // Short strings only; their hash is in the header. As `Str::table_hash`.
        // SAFETY: a string value refers to a string.
        return unsafe { key.pointer::<Header>().as_ref() }.aux >> 1;
    }
    (key.0.wrapping_mul(GOLDEN) >> 32) as u32
}

fn hash_wide(int: i64) -> u32 {
    ((int as u64).wrapping_mul(GOLDEN) >> 32) as u32
}

fn hash_key(key: Value) -> u32 {
    if let Some(s) = key.as_str() {
        return s.table_hash();
    }
    match key.as_int() {
        Some(int) if !key.is_small_int() => hash_wide(int),
        _ => hash_bits(key),
    }
}

/// What the collector leaves of a key whose entry was deleted.
pub(crate) fn dead_key(key: Value) -> Value {
    Value(TAG_SIMPLE << TAG_SHIFT | key.0 & PAYLOAD)
}

/// The dead key of an entry that moved to the array part: `next` must not find the element there any more.
pub(crate) const MOVED_KEY: Value = Value(TAG_SIMPLE << TAG_SHIFT | 3);

/// Whether a key's word is what [`dead_key`] made.
pub(crate) fn is_dead_key(key: Value) -> bool {
    key.tag() == TAG_SIMPLE && key.0 & PAYLOAD > 2
}

impl Table {
    /// Probes from `hash` for an entry whose key satisfies `matches`.
    #[inline(always)]
    fn probe(self, hash: u32, matches: impl Fn(Value) -> bool) -> Option<*mut Value> {
        let table = self.get_ref();
        let mask = table.slot_cap as usize - 1;
        let mut at = hash as usize & mask;
        loop {
            // SAFETY: `at` is below the number of entries, each two values.
            let entry = unsafe { table.slots.add(at * 2) };
            // SAFETY: as above.
            let key = unsafe { *entry };
            if matches(key) {
                // SAFETY: as above.
                let value = unsafe { entry.add(1) };
                if table.header.flags & flags::DYING != 0 {
                    return forget_dead(value);
                }
                return Some(value);
            }
            if key.is_nil() {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    /// The place of a key that is equal only to its own word: no float with an integral value, wide integer or long string.
    #[inline]
    pub(crate) fn find_bits(self, key: Value) -> Option<*mut Value> {
        if !self.is_dictionary() || key.is_nil() {
            return None;
        }
        self.probe(hash_bits(key), |other| other.0 == key.0)
    }

    #[inline]
    pub(crate) fn find_int(self, key: i64) -> Option<*mut Value> {
        match Value::try_int(key) {
            Some(key) => self.find_bits(key),
            None if self.is_dictionary() => {
                self.probe(hash_wide(key), |other| !other.is_small_int() && other.as_int() == Some(key))
            }
            None => None,
        }
    }

    #[cold]
    pub(crate) fn find_long(self, key: Str) -> Option<*mut Value> {
        self.probe(key.table_hash(), |other| other.as_str().is_some_and(|s| s.equals(key)))
    }

    /// The place of any key, normalised but otherwise arbitrary.
    pub(crate) fn find_hashed(self, key: Value) -> Option<*mut Value> {
        match key.as_str() {
            Some(s) if !s.is_short() => self.find_long(s),
            _ => match key.as_int() {
                Some(int) => self.find_int(int),
                None => self.find_bits(key),
            },
        }
    }

    /// The place of a key as `next` gets it: deleted keys that the collector has seen count too.
    pub(crate) fn find_for_next(self, key: Value) -> Option<*mut Value> {
        if !self.is_dictionary() {
            return None;
        }
        if let Some(place) = self.find_hashed(key) {
            return Some(place);
        }
        let dead = dead_key(key);
        key.header().and_then(|_| self.probe(hash_key(key), |other| other.0 == dead.0))
    }

    /// Adds a key that is not there. The table is a dictionary; the value is not nil.
    pub(crate) fn insert(self, g: &mut Global, key: Value, value: Value) -> Result<(), KeyError> {
        let table = self.get_ref();
        if (u64::from(table.dict_used) + 1) * 4 > u64::from(table.slot_cap) * 3 {
            self.rehash(g, key)?;
            // The rehash may have grown the array part up to this key.
            if let Some(int) = key.as_int()
                && (1..=i64::from(self.get_ref().array_len) + 1).contains(&int)
            {
                return self.set_int(g, int, value);
            }
        }
        self.place(key, value);
        // Caches may know that the key is absent, or its former place, which is nil since the collector forgot the key.
        if self.get_ref().shape.get().mode == Mode::Unique {
            self.get_mut().header.aux = 0;
            self.keys_changed(g);
        }
        Ok(())
    }

    /// Stores a new key; there is room for it.
    fn place(self, key: Value, value: Value) {
        let entry = self.probe(hash_key(key), Value::is_nil).expect("a dictionary has free entries");
        // SAFETY: `probe` returns the value of an entry; its key stands before it.
        unsafe {
            *entry.sub(1) = key;
            *entry = value;
        }
        let table = self.get_mut();
        table.dict_used += 1;
        if key.as_int().is_some_and(|int| int > 0) {
            table.header.flags |= flags::INDEXED;
        }
        barrier::stored(self.0, key);
        barrier::stored(self.0, value);
    }

    /// The entries as (key, value) pairs.
    pub(crate) fn entries<'a>(self) -> &'a mut [[Value; 2]] {
        if self.get_ref().header.flags & flags::DYING != 0 {
            dying::settle(self);
        }
        self.entries_unsettled()
    }

    /// The same, for the collector: there may be dead ones among them.
    pub(crate) fn entries_unsettled<'a>(self) -> &'a mut [[Value; 2]] {
        let table = self.get_ref();
        if table.shape.get().mode == Mode::Shared || table.dict_used == 0 {
            return &mut [];
        }
        // SAFETY: a dictionary's vector has `slot_cap` initialised pairs.
        unsafe { std::slice::from_raw_parts_mut(table.slots.cast(), table.slot_cap as usize) }
    }

    /// Makes room for one more key, `extra`: drops deleted keys, moves integers to the array part where that pays, resizes.
    fn rehash(self, g: &mut Global, extra: Value) -> Result<(), KeyError> {
        self.move_integers_to_array(g, extra)?;
        let live = self.entries().iter().filter(|[_, value]| !value.is_nil()).count();
        let capacity = ((live + 1) * 3 / 2).next_power_of_two().max(LEAST_ENTRIES as usize);
        if capacity > 1 << 30 {
            return Err(KeyError::Memory);
        }
        let data = g.try_new_values(capacity * 2).ok_or(KeyError::Memory)?;
        let shape = self.get_ref().shape;
        // Caches know positions by a unique shape, so another position needs another shape.
        let shape = if shape.get().mode == Mode::Unique {
            let fresh = ShapeRef::unique(g, shape.get().meta, shape.get().instances);
            self.keys_changed(g);
            fresh
        } else {
            shape
        };
        let old = self.entries();
        let table = self.get_mut();
        table.shape = shape;
        table.slots = data;
        table.slot_cap = capacity as u32;
        table.dict_used = 0;
        table.header.flags &= !flags::INDEXED;
        // SAFETY: `data` is the vector's first value.
        barrier::stored_cell(self.0, unsafe { Values::of_data(data) }.cast());
        barrier::stored_cell(self.0, shape.cell());
        for [key, value] in old.iter().filter(|[_, value]| !value.is_nil()) {
            self.place(*key, *value);
        }
        Ok(())
    }

    /// Moves integer keys into the array part if more than half of it would be in use.
    fn move_integers_to_array(self, g: &mut Global, extra: Value) -> Result<(), KeyError> {
        let length = self.get_ref().array_len as usize;
        let mut counts = [0usize; 33];
        let mut count = |key: Value| {
            if key.is_small_int() && key.small_int_value() > length as i64 && key.small_int_value() <= 1 << 31 {
                counts[log2_ceil(key.small_int_value() as u64)] += 1;
            }
        };
        for [key, value] in self.entries().iter() {
            if !value.is_nil() {
                count(*key);
            }
        }
        count(extra);
        let size = best_size(&counts, self.array().iter().filter(|v| !v.is_nil()).count());
        if size <= length {
            return Ok(());
        }
        self.reserve_array(g, size)?;
        let mut last = length;
        for entry in self.entries() {
            let [key, value] = *entry;
            if key.is_small_int() && !value.is_nil() && (1..=size as i64).contains(&key.small_int_value()) {
                let at = key.small_int_value() as usize;
                // SAFETY: the array part has room for `size` elements, nil beyond its length.
                unsafe { *self.get_ref().array.add(at - 1) = value };
                entry[1] = Value::NIL;
                barrier::stored(self.0, value);
                last = last.max(at);
            }
        }
        self.get_mut().array_len = last as u32;
        // The key after the new end may be in the dictionary still: let an append-like step take it.
        let next = self.get_int(last as i64 + 1);
        if !next.is_nil()
            && let Some(slot) = self.find_int(last as i64 + 1)
        {
            // SAFETY: a place in this table's dictionary.
            unsafe { *slot = Value::NIL };
            self.append(g, next)?;
        }
        Ok(())
    }

    /// Turns shared slots into a dictionary.
    pub(crate) fn become_dictionary(self, g: &mut Global) {
        debug_assert!(!self.is_dictionary());
        let shape = self.get_ref().shape;
        let keys = shape.keys();
        let slots = self.get_ref().slots;
        let next = ShapeRef::dictionary_for(g, self.own_meta());
        let live = keys.len() + 1;
        let data = if keys.is_empty() {
            EMPTY.0.as_ptr().cast_mut()
        } else {
            g.new_values((live * 3 / 2).next_power_of_two().max(LEAST_ENTRIES as usize) * 2)
        };
        let table = self.get_mut();
        table.slot_cap =
            if keys.is_empty() { 1 } else { (live * 3 / 2).next_power_of_two().max(LEAST_ENTRIES as usize) as u32 };
        table.slots = data;
        table.dict_used = 0;
        // Who sees that it is a dictionary has to see its entries.
        filled();
        table.shape = next;
        barrier::stored_cell(self.0, next.cell());
        if let Some(storage) = self.slot_storage() {
            barrier::stored_cell(self.0, storage);
        }
        for (slot, &key) in keys.iter().enumerate() {
            // SAFETY: the old slots are initialised up to the shape's count and kept alive by the object or the native stack.
            let value = unsafe { *slots.add(slot) };
            if !value.is_nil() && shape.get().own_meta_slot != Some(slot as u32) {
                self.place(key.into(), value);
            }
        }
    }

    /// Storage of the dictionary or of slots outside the object, to be kept alive.
    pub(crate) fn slot_storage(self) -> Option<NonNull<Header>> {
        let table = self.get_ref();
        // SAFETY: inline slots follow the object.
        let inline = unsafe { self.0.as_ptr().add(1).cast::<Value>() };
        if table.slots == inline || is_empty_storage(table.slots) {
            return None;
        }
        // SAFETY: all other storage came from a vector in the heap.
        let cell: NonNull<Header> = unsafe { Values::of_data(table.slots) }.cast();
        // SAFETY: as above.
        debug_assert_eq!(unsafe { cell.as_ref() }.kind(), Kind::Values);
        Some(cell)
    }
}

/// Of a weak table that is being cleared: the value of an entry goes if it is dead. Returns its place.
#[cold]
#[inline(never)]
fn forget_dead(place: *mut Value) -> Option<*mut Value> {
    // SAFETY: the caller found the place in a table.
    unsafe {
        if dying::is_dead(*place) {
            *place = Value::NIL;
        }
    }
    Some(place)
}

/// `ceil(log2(n))` for n >= 1.
fn log2_ceil(n: u64) -> usize {
    (64 - (n - 1).leading_zeros()) as usize
}

/// The largest power of two of which more than half would be used; `counts[i]` keys lie in (2^(i-1), 2^i], `present` below all.
fn best_size(counts: &[usize; 33], present: usize) -> usize {
    let (mut sum, mut best) = (present, 0);
    for (power, &count) in counts.iter().enumerate() {
        sum += count;
        let size = 1usize << power;
        if count > 0 && sum > size / 2 {
            best = size;
        }
    }
    best
}
