//! Tables: a shape with slots for string keys, an array part, and a dictionary mode for all other keys.
//!
//! Where a key lives is unique: positive integers up to the array's length in the array part; strings in the slots if the shape
//! is shared; everything else in the dictionary, which then holds the strings too. See [`crate::shape`] for the modes.
//!
//! Invariants: the last element of the array part is not nil; the key after it is not in the dictionary; slots and array are
//! fully initialised up to their capacities.

mod array;
mod dict;
mod traverse;

pub(crate) use dict::{dead_key, is_empty_storage};
pub use traverse::{InvalidKey, Position};

use crate::global::{Global, filled};
use crate::heap::barrier;
use crate::object::{Header, Kind, Values, flags};
use crate::shape::{Mode, ShapeRef};
use crate::stand_in;
use crate::string::Str;
use crate::value::{TAG_TABLE, Value, float_to_int};
use std::ptr::NonNull;

/// A table's cell; `header.extra` inline slots follow. `header.aux` has a bit for each metamethod known to be absent.
#[repr(C)]
pub struct TableObject {
    pub(crate) header: Header,
    /// Keys and metatable.
    pub shape: ShapeRef,
    /// Slots by the shape's numbers, or the dictionary's entries (key, value, key, value, …).
    pub slots: *mut Value,
    /// Elements from key 1.
    pub array: *mut Value,
    /// Elements in use.
    pub array_len: u32,
    /// Elements there is room for.
    pub array_cap: u32,
    /// Slots there is room for; of a dictionary its entries, a power of two.
    pub slot_cap: u32,
    /// Entries of the dictionary that have a key.
    pub dict_used: u32,
}

/// A table. A copyable pointer: valid as long as some root, the native stack included, holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Table(pub(crate) NonNull<TableObject>);

/// Why a key cannot be stored under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// nil
    Nil,
    /// NaN
    NaN,
    /// The table would need more memory than there is.
    Memory,
}

/// Most keys at the end of the array part that may be left out for the sake of the next one. Whoever takes elements from the end
/// has to go through them.
const MOST_HOLES: i64 = 16;
/// Most inline slots of a table.
pub const MAX_INLINE_SLOTS: u32 = 32;

impl From<Table> for Value {
    #[inline(always)]
    fn from(table: Table) -> Value {
        Value::from_ptr(TAG_TABLE, table.0)
    }
}

impl Table {
    /// An empty table with room for `slots` fields (inside the object, up to a limit) and `array` elements.
    pub fn new(g: &mut Global, slots: u32, array: u32) -> Table {
        let inline = slots.min(MAX_INLINE_SLOTS);
        let cell = g.allocate(size_of::<TableObject>() + inline as usize * size_of::<Value>());
        let table = Table::init(g, cell, inline);
        if array > 0 {
            // A failed reservation only means that the elements will ask again.
            let _ = table.reserve_array(g, array as usize);
        }
        table
    }

    /// Makes a new cell an empty table with `inline` inline slots.
    #[inline(always)]
    pub(crate) fn init(g: &Global, cell: NonNull<Header>, inline: u32) -> Table {
        let object = cell.cast::<TableObject>();
        let mut header = Header::new(Kind::Table);
        header.extra = inline as u8;
        // SAFETY: the cell has room for the object and its inline slots.
        unsafe {
            let slots = object.as_ptr().add(1).cast::<Value>();
            object.write(TableObject {
                header,
                shape: g.root_shape,
                slots,
                array: std::ptr::null_mut(),
                array_len: 0,
                array_cap: 0,
                slot_cap: inline,
                dict_used: 0,
            });
            for index in 0..inline as usize {
                slots.add(index).write(Value::NIL);
            }
        }
        filled();
        Table(object)
    }

    #[inline(always)]
    pub(crate) fn get_ref<'a>(self) -> &'a TableObject {
        // SAFETY: a `Table` refers to an initialised table that some root keeps alive.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn get_mut<'a>(self) -> &'a mut TableObject {
        // SAFETY: as above; one mutator thread, and callers keep no other reference across the call.
        unsafe { &mut *self.0.as_ptr() }
    }

    pub(crate) fn cell(self) -> NonNull<Header> {
        self.0.cast()
    }

    /// The metatable, or one with the same fields: for looking up events.
    #[inline(always)]
    #[must_use]
    pub fn meta(self) -> Option<Table> {
        self.get_ref().meta()
    }

    /// The metatable, to be shown.
    #[must_use]
    pub fn own_meta(self) -> Option<Table> {
        self.get_ref().own_meta()
    }

    /// Whether it hashes its own keys.
    #[inline(always)]
    fn is_dictionary(self) -> bool {
        self.get_ref().shape.get().mode != Mode::Shared
    }

    // ---- reading ----

    /// The value at `key`, without metamethods.
    #[inline]
    #[must_use]
    pub fn get(self, key: Value) -> Value {
        if key.is_small_int() {
            return self.get_int(key.small_int_value());
        }
        if let Some(s) = key.as_str() {
            return self.get_str(s);
        }
        self.get_other(key)
    }

    /// The value at an integer key.
    #[inline]
    #[must_use]
    pub fn get_int(self, key: i64) -> Value {
        let table = self.get_ref();
        let index = (key as u64).wrapping_sub(1);
        if index < u64::from(table.array_len) {
            // SAFETY: within the array part.
            return unsafe { *table.array.add(index as usize) };
        }
        if table.dict_used == 0 || key > 0 && !self.is_indexed() {
            return Value::NIL;
        }
        self.load(self.find_int(key))
    }

    /// The value at a string key.
    #[inline]
    #[must_use]
    pub fn get_str(self, key: Str) -> Value {
        self.load(self.find_str(key))
    }

    /// Whether positive integers may be among the dictionary's keys.
    #[inline]
    pub(crate) fn is_indexed(self) -> bool {
        self.get_ref().header.flags & flags::INDEXED != 0
    }

    fn get_other(self, key: Value) -> Value {
        if let Some(f) = key.as_float()
            && let Some(int) = float_to_int(f)
        {
            return self.get_int(int);
        }
        if let Some(int) = key.as_int() {
            return self.get_int(int);
        }
        if self.get_ref().dict_used == 0 { Value::NIL } else { self.load(self.find_bits(key)) }
    }

    #[inline(always)]
    fn load(self, slot: Option<*mut Value>) -> Value {
        // SAFETY: the `find` functions return pointers into this table's storage.
        slot.map_or(Value::NIL, |slot| unsafe { *slot })
    }

    /// Where the value of a string key is stored, if it has a place.
    #[inline]
    pub(crate) fn find_str(self, key: Str) -> Option<*mut Value> {
        let table = self.get_ref();
        if table.shape.get().mode != Mode::Shared {
            return if key.is_short() { self.find_bits(key.into()) } else { self.find_long(key) };
        }
        if !key.is_short() {
            return None;
        }
        // SAFETY: a shape's slot numbers are below the slot capacity of its tables.
        table.shape.find(key).map(|slot| unsafe { table.slots.add(slot as usize) })
    }

    // ---- writing ----

    /// Stores `value` at `key`, without metamethods.
    pub fn set(self, g: &mut Global, key: Value, value: Value) -> Result<(), KeyError> {
        if key.is_small_int() {
            return self.set_int(g, key.small_int_value(), value);
        }
        if let Some(s) = key.as_str() {
            return self.set_str(g, s, value, true);
        }
        if let Some(f) = key.as_float() {
            if f.is_nan() {
                return Err(KeyError::NaN);
            }
            if let Some(int) = float_to_int(f) {
                return self.set_int(g, int, value);
            }
        } else if let Some(int) = key.as_int() {
            return self.set_int(g, int, value);
        } else if key.is_nil() {
            return Err(KeyError::Nil);
        }
        self.set_hashed(g, key, value)
    }

    /// Stores `value` at an integer key.
    #[inline]
    pub fn set_int(self, g: &mut Global, key: i64, value: Value) -> Result<(), KeyError> {
        let table = self.get_mut();
        let index = (key as u64).wrapping_sub(1);
        if index < u64::from(table.array_len) {
            // SAFETY: within the array part.
            unsafe { *table.array.add(index as usize) = value };
            barrier::stored(self.0, value);
            if value.is_nil() && index + 1 == u64::from(table.array_len) {
                self.trim_array();
            }
            return Ok(());
        }
        self.set_int_beyond(g, key, value)
    }

    /// Stores a value that is not nil at an integer key, if that leaves the shape and all caches as they are: in the array part, or
    /// in a dictionary that plays no role. Whether it was stored.
    pub(crate) fn set_element(self, g: &mut Global, key: i64, value: Value) -> bool {
        let reached = key > 0 && key <= i64::from(self.get_ref().array_len) + 1;
        let fits = reached || self.get_ref().shape.get().mode == Mode::Dictionary || self.stretches_to(key);
        fits && !value.is_nil() && self.set_int(g, key, value).is_ok()
    }

    /// Whether a key that is not far behind the array part may become its last one: there is room, and no other part has a key
    /// between, nor the one after it.
    fn stretches_to(self, key: i64) -> bool {
        let table = self.get_ref();
        let length = i64::from(table.array_len);
        key > length && key <= length + MOST_HOLES && key <= i64::from(table.array_cap) && !self.is_indexed()
    }

    /// Stores at an integer key outside the array part.
    #[inline(never)]
    pub(crate) fn set_int_beyond(self, g: &mut Global, key: i64, value: Value) -> Result<(), KeyError> {
        if key == i64::from(self.get_ref().array_len) + 1 {
            // The key after the array part is in no other part, so nil needs no store.
            return if value.is_nil() { Ok(()) } else { self.append(g, value) };
        }
        if value.is_nil() && self.get_ref().dict_used == 0 {
            return Ok(());
        }
        if !value.is_nil() && self.stretches_to(key) {
            let table = self.get_mut();
            // SAFETY: the array part has room, and is nil beyond its length.
            unsafe { *table.array.add(key as usize - 1) = value };
            table.array_len = key as u32;
            barrier::stored(self.0, value);
            return Ok(());
        }
        let key = g.int(key);
        self.set_hashed(g, key, value)
    }

    /// Stores `value` at a string key. `computed`: the key is not a constant of the program.
    pub fn set_str(self, g: &mut Global, key: Str, value: Value, computed: bool) -> Result<(), KeyError> {
        if self.get_ref().header.flags & flags::TWIN != 0 && key.bytes().starts_with(b"__") {
            stand_in::split_off(g, self);
        }
        if let Some(slot) = self.find_str(key) {
            // SAFETY: a place in this table.
            let was_nil = unsafe { std::mem::replace(&mut *slot, value) }.is_nil();
            barrier::stored(self.0, value);
            if self.has_role() {
                self.role_changed(g, key, was_nil);
            }
            return Ok(());
        }
        if value.is_nil() {
            return Ok(());
        }
        if !self.is_dictionary() {
            if key.is_short()
                && let Some(next) = self.get_ref().shape.with_key(g, key, computed)
            {
                self.add_slot(g, next, value);
                return Ok(());
            }
            self.become_dictionary(g);
        }
        self.insert(g, key.into(), value)
    }

    /// Moves to `next`, a transition of this table's shape, with `value` in the new slot.
    pub(crate) fn add_slot(self, g: &mut Global, next: ShapeRef, value: Value) {
        let slot = self.get_ref().shape.get().count;
        if slot >= self.get_ref().slot_cap {
            self.grow_slots(g);
        }
        let table = self.get_mut();
        // SAFETY: `slot` is below the capacity.
        unsafe { *table.slots.add(slot as usize) = value };
        table.shape = next;
        barrier::stored(self.0, value);
        barrier::stored_cell(self.0, next.cell());
    }

    #[cold]
    fn grow_slots(self, g: &mut Global) {
        let old = self.get_ref().slot_cap;
        let capacity = (old * 2).max(4);
        let data = g.new_values(capacity as usize);
        let table = self.get_mut();
        // SAFETY: both vectors hold at least `old` values.
        unsafe { std::ptr::copy_nonoverlapping(table.slots, data, old as usize) };
        filled();
        table.slots = data;
        table.slot_cap = capacity;
        // SAFETY: `data` is the vector's first value.
        barrier::stored_cell(self.0, unsafe { Values::of_data(data) }.cast());
    }

    fn set_hashed(self, g: &mut Global, key: Value, value: Value) -> Result<(), KeyError> {
        let found = if self.is_dictionary() { self.find_hashed(key) } else { None };
        if let Some(slot) = found {
            // SAFETY: a place in this table.
            unsafe { *slot = value };
            barrier::stored(self.0, value);
            return Ok(());
        }
        if value.is_nil() {
            return Ok(());
        }
        if !self.is_dictionary() {
            self.become_dictionary(g);
        }
        self.insert(g, key, value)
    }

    // ---- metatables and roles ----

    /// Gives the table a metatable.
    pub fn set_meta(self, g: &mut Global, meta: Option<Table>) {
        if self.own_meta() == meta {
            return;
        }
        if self.get_ref().shape.get().own_meta_slot.is_some() {
            self.become_dictionary(g);
        } else if let Some(meta) = meta
            && let Some(stand_in) = stand_in::stand_in_for(g, self, meta)
            && stand_in::join(g, self, meta, stand_in)
        {
            return;
        }
        // The metatable may be the table itself, which then gets another shape here.
        if let Some(meta) = meta {
            meta.own_shape(g);
        }
        let shape = self.get_ref().shape;
        if shape.get().mode == Mode::Unique {
            shape.get_mut().meta = meta;
            if let Some(meta) = meta {
                barrier::stored_cell(shape.0, meta.cell());
            }
            g.roles_changed();
        } else {
            let next = shape.with_meta(g, meta);
            self.get_mut().shape = next;
            barrier::stored_cell(self.0, next.cell());
        }
    }

    /// Whether it is a metatable, with or without a stand-in, or an `__index` target.
    pub(crate) fn is_role_or_twin(self) -> bool {
        self.get_ref().header.flags & (flags::ROLE | flags::TWIN) != 0
    }

    /// Whether the table is or was a metatable or an `__index` target.
    #[inline(always)]
    pub(crate) fn has_role(self) -> bool {
        self.get_ref().header.flags & flags::ROLE != 0
    }

    /// The table's own shape; it takes a role if it has none yet.
    pub(crate) fn own_shape(self, g: &mut Global) -> ShapeRef {
        if !self.has_role() {
            self.take_role(g);
        }
        self.get_ref().shape
    }

    /// Something is known of this table's keys that holds only as long as the roles' epoch stands: it moves when the table gets
    /// another key.
    #[inline]
    pub(crate) fn assume_keys(self) {
        self.get_mut().header.flags |= flags::ASSUMED;
    }

    /// The table gets another key, or its keys get other places. What nobody has relied on yet, such as a class that is being
    /// filled, costs no one else what they know.
    pub(crate) fn keys_changed(self, g: &mut Global) {
        let header = &mut self.get_mut().header;
        if header.flags & flags::ASSUMED != 0 {
            header.flags &= !flags::ASSUMED;
            g.roles_changed();
        }
    }

    #[cold]
    fn take_role(self, g: &mut Global) {
        self.become_unique(g);
        self.get_mut().header.flags |= flags::ROLE;
    }

    /// Gives the table a shape of its own, so that its keys have fixed positions.
    pub(crate) fn become_unique(self, g: &mut Global) {
        if !self.is_dictionary() {
            self.become_dictionary(g);
        }
        if self.get_ref().shape.get().mode != Mode::Unique {
            let shape = ShapeRef::unique(g, self.meta(), Default::default());
            self.get_mut().shape = shape;
            barrier::stored_cell(self.0, shape.cell());
        }
    }

    /// After a store to `key` in a table with a role: inline caches and absence bits may have become wrong.
    pub(crate) fn role_changed(self, g: &mut Global, key: Str, was_nil: bool) {
        if was_nil {
            self.get_mut().header.aux = 0;
            g.roles_changed();
        } else if key.bytes().starts_with(b"__") {
            g.roles_changed();
        }
    }

    /// The slots in use of a table with a shared shape; none of a dictionary.
    pub(crate) fn shared_slots<'a>(self) -> &'a mut [Value] {
        let table = self.get_ref();
        if self.is_dictionary() {
            return &mut [];
        }
        // SAFETY: a shape's slot numbers are below the slot capacity of its tables.
        unsafe { std::slice::from_raw_parts_mut(table.slots, table.shape.get().count as usize) }
    }

    /// The vector of the array part, to be kept alive.
    pub(crate) fn array_storage(self) -> Option<NonNull<Header>> {
        let array = self.get_ref().array;
        // SAFETY: an array part is always a vector of the heap.
        (!array.is_null()).then(|| unsafe { Values::of_data(array) }.cast())
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "table: {:p}", self.0)
    }
}
