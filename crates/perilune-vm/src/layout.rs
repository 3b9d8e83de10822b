//! The offsets and addresses that generated code may know: all of them, and nothing else of the VM's data.

use crate::function::{LuaClosure, Upvalue};
use crate::object::{Header, Kind, WideInt, flags};
use crate::proto::Proto;
use crate::shape::Shape;
use crate::string::StrObject;
use crate::table::TableObject;
use crate::thread::{Frame, Thread};
use crate::tier::Tier;
use crate::value::{TAG_INT, TAG_OBJECT, TAG_SHIFT};
use std::mem::offset_of;

/// Bytes of a value.
pub const VALUE: i32 = 8;

/// The least word of a value that refers to a cell.
pub const LEAST_REFERENCE: u64 = TAG_OBJECT << TAG_SHIFT;
/// How many words from there on refer to cells.
pub const REFERENCES: u64 = (TAG_INT - TAG_OBJECT) << TAG_SHIFT;

/// Fields of a frame.
pub mod frame {
    use super::*;
    /// The called function's place.
    pub const FUNC: i32 = offset_of!(Frame, func) as i32;
    /// Saved position.
    pub const PC: i32 = offset_of!(Frame, pc) as i32;
    /// End of the registers.
    pub const LIMIT: i32 = offset_of!(Frame, limit) as i32;
    /// The next node, or null.
    pub const NEXT: i32 = offset_of!(Frame, next) as i32;
    /// Extra arguments (32 bits), and unused words up to eight bytes.
    pub const EXTRA_ARGS: i32 = offset_of!(Frame, extra_args) as i32;
    /// The caller.
    pub const PREV: i32 = offset_of!(Frame, prev) as i32;
    /// Results wanted (32 bits).
    pub const WANTED: i32 = offset_of!(Frame, wanted) as i32;
    /// Flags (16 bits).
    pub const FLAGS: i32 = offset_of!(Frame, flags) as i32;
    /// The flag of frames whose compiled code has to be left.
    pub const ALTERED: u16 = crate::thread::frame_flags::ALTERED;
    /// Flags of a plain call of a Lua function.
    pub const LUA: u16 = crate::thread::frame_flags::LUA;
    const _: () = assert!(FLAGS == WANTED + 4 && WANTED % 8 == 0 && EXTRA_ARGS % 8 == 0);
    /// Flags with which a return is more than a copy of results.
    pub const SLOW_RETURN: u16 = crate::interp::SLOW_RETURN;
}

/// Fields of a thread.
pub mod thread {
    use super::*;
    /// One past the last value in use.
    pub const TOP: i32 = offset_of!(Thread, top) as i32;
    /// The running frame.
    pub const FRAME: i32 = offset_of!(Thread, frame) as i32;
    /// End of the usable stack.
    pub const STACK_END: i32 = offset_of!(Thread, stack_end) as i32;
    /// Native stack that compiled code leaves to others.
    pub const NATIVE_RESERVE: usize = crate::interp::NATIVE_RESERVE;
    /// The lowest address that native code may use.
    pub const NATIVE_LIMIT: i32 = offset_of!(Thread, native_limit) as i32;
}

/// Fields of a table.
pub mod table {
    use super::*;
    /// The shape.
    pub const SHAPE: i32 = offset_of!(TableObject, shape) as i32;
    /// The slots.
    pub const SLOTS: i32 = offset_of!(TableObject, slots) as i32;
    /// The array part.
    pub const ARRAY: i32 = offset_of!(TableObject, array) as i32;
    /// Its length (32 bits).
    pub const ARRAY_LEN: i32 = offset_of!(TableObject, array_len) as i32;
    /// Its capacity (32 bits).
    pub const ARRAY_CAP: i32 = offset_of!(TableObject, array_cap) as i32;
    /// Slots there is room for (32 bits).
    pub const SLOT_CAP: i32 = offset_of!(TableObject, slot_cap) as i32;
    /// Keys of the dictionary (32 bits).
    pub const DICT_USED: i32 = offset_of!(TableObject, dict_used) as i32;
}

/// Fields of a shape.
pub mod shape {
    use super::*;
    /// The metatable, or null.
    pub const META: i32 = offset_of!(Shape, meta) as i32;
}

/// Fields of a cell's header.
pub mod header {
    use super::*;
    /// The kind (8 bits).
    pub const KIND: i32 = 0;
    /// The flags (8 bits).
    pub const FLAGS: i32 = std::mem::offset_of!(Header, flags) as i32;
    /// The flag of objects that stores have to be told of.
    pub const BLACK: u8 = flags::BLACK;
    /// The kind of Lua closures.
    pub const LUA_CLOSURE: u8 = Kind::LuaClosure as u8;
    /// The kind of boxed integers.
    pub const WIDE_INT: u8 = Kind::WideInt as u8;
}

/// Fields of a prototype.
pub mod proto {
    use super::*;
    /// Compiled code for its entry, or null.
    pub const ENTRY: i32 = (offset_of!(Proto, tier) + offset_of!(Tier, entry)) as i32;
    /// Fixed parameters (8 bits).
    pub const PARAMS: i32 = offset_of!(Proto, params) as i32;
}

/// Fields of other cells.
pub mod cell {
    use super::*;
    /// A Lua closure's prototype.
    pub const CLOSURE_PROTO: i32 = offset_of!(LuaClosure, proto) as i32;
    /// A Lua closure's first upvalue.
    pub const CLOSURE_UPVALUES: i32 = size_of::<LuaClosure>() as i32;
    /// Where an upvalue's value is.
    pub const UPVALUE_PLACE: i32 = offset_of!(Upvalue, place) as i32;
    /// An upvalue's own place, once it is closed.
    pub const UPVALUE_CLOSED: i32 = offset_of!(Upvalue, closed) as i32;
    /// A boxed integer's value.
    pub const WIDE_VALUE: i32 = offset_of!(WideInt, value) as i32;
    /// A string's first byte.
    pub const STRING_BYTES: i32 = size_of::<StrObject>() as i32;
    /// A string's length.
    pub const STRING_LENGTH: i32 = StrObject::LENGTH_OFFSET as i32;
}
