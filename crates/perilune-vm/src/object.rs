//! What every heap cell begins with, and the smallest kinds of cells.

use crate::value::Value;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

/// The kind of a heap cell. Zero is a free cell, so that a cleared header tells the conservative scan to look no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Kind {
    Free = 0,
    String,
    Table,
    LuaClosure,
    NativeClosure,
    Userdata,
    Thread,
    WideInt,
    Upvalue,
    Proto,
    Shape,
    /// A vector of values: a table's array part, its out-of-line slots, or the entries of a dictionary.
    Values,
}

/// The first word of a heap cell.
#[derive(Debug)]
#[repr(C)]
pub struct Header {
    kind: Kind,
    /// Bits of [`flags`], which the program's thread alone reads and writes.
    pub flags: u8,
    /// The collector has seen what the object refers to: [`crate::heap::barrier`] has to know of stores into it. A byte of its own,
    /// as a helper's thread sets it.
    pub(crate) black: AtomicBool,
    /// Free for the kind's use.
    pub extra: u8,
    /// Free for the kind's use.
    pub aux: u32,
}

/// Bits of [`Header::flags`].
pub mod flags {
    /// The object has a `__gc` metamethod waiting for it.
    pub const FINALIZER: u8 = 1;
    /// A string that is interned.
    pub const INTERNED: u8 = 2;
    /// The table or userdata is (or was) some object's metatable or `__index` target: its shape is its own.
    pub const ROLE: u8 = 4;
    /// The table is the metatable of tables for which a stand-in serves: see [`crate::stand_in`].
    pub const TWIN: u8 = 8;
    /// A variable whose value compiled code has, for as long as the roles' epoch stands. A table of which a cache or compiled code
    /// knows that it lacks a key, or where it has one, for as long.
    pub const ASSUMED: u8 = 16;
    /// The object is a key of a big ephemeron table that was not reached when the table was looked at: if it is reached later,
    /// what it keeps alive is looked up.
    pub const EPHEMERON_KEY: u8 = 32;
    /// A weak table has entries of dead objects that are yet to be cleared: see [`crate::heap::dying`].
    pub const DYING: u8 = 64;
    /// The dictionary of a table may have positive integers among its keys, one of which may follow the array part.
    pub const INDEXED: u8 = 128;
}

impl Header {
    /// A header of `kind`.
    #[inline(always)]
    #[must_use]
    pub const fn new(kind: Kind) -> Header {
        Header { kind, flags: 0, black: AtomicBool::new(false), extra: 0, aux: 0 }
    }

    /// Whether stores into the object have to be noticed.
    #[inline(always)]
    pub(crate) fn is_black(&self) -> bool {
        self.black.load(Ordering::Relaxed)
    }

    /// Says whether stores into the object have to be noticed from now on.
    #[inline(always)]
    pub(crate) fn set_black(&self, black: bool) {
        self.black.store(black, Ordering::Relaxed);
    }

    /// The kind.
    #[inline(always)]
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }
}

/// An integer beyond 48 bits. Immutable.
#[repr(C)]
pub struct WideInt {
    header: Header,
    /// The integer.
    pub value: i64,
}

impl WideInt {
    /// The contents of a new cell.
    #[inline(always)]
    #[must_use]
    pub const fn new(value: i64) -> WideInt {
        WideInt { header: Header::new(Kind::WideInt), value }
    }
}

/// A vector of values in the heap: `capacity` words after the header.
#[repr(C)]
pub struct Values {
    header: Header,
    /// How many values there is room for; all are initialised.
    pub capacity: usize,
}

impl Values {
    /// The contents of a new cell, without its values.
    #[inline(always)]
    #[must_use]
    pub const fn new(capacity: usize) -> Values {
        Values { header: Header::new(Kind::Values), capacity }
    }

    /// Bytes of a cell with room for `capacity` values.
    #[must_use]
    pub const fn size_for(capacity: usize) -> usize {
        size_of::<Values>() + capacity * size_of::<Value>()
    }

    /// The first value.
    #[inline(always)]
    #[must_use]
    pub fn data(this: NonNull<Values>) -> *mut Value {
        // SAFETY: the values follow the header within the cell.
        unsafe { this.as_ptr().add(1).cast() }
    }

    /// The cell whose first value is at `data`.
    ///
    /// # Safety
    /// `data` came from [`Values::data`].
    #[inline(always)]
    #[must_use]
    pub unsafe fn of_data(data: *mut Value) -> NonNull<Values> {
        // SAFETY: by the caller's promise the header stands just before.
        unsafe { NonNull::new_unchecked(data.cast::<Values>().sub(1)) }
    }
}
