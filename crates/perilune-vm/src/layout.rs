//! The offsets and addresses that generated code may know: all of them, and nothing else of the VM's data.

use crate::cache::{Cache, Entry};
use crate::function::{LuaClosure, Upvalue};
use crate::global::Global;
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
    /// The lowest address at which compiled code may make further calls.
    pub const NATIVE_FLOOR: i32 = offset_of!(Thread, native_floor) as i32;
    /// Where compiled code saves its frame pointer before it calls helpers.
    pub const COMPILED: i32 = offset_of!(Thread, compiled) as i32;
    /// The result of the last helper that left all registers as they were.
    pub const RESULT: i32 = offset_of!(Thread, result) as i32;
    /// What all threads share.
    pub const GLOBAL: i32 = offset_of!(Thread, global) as i32;
}

/// Fields of what all threads share.
pub mod global {
    use super::*;
    /// The roles' epoch (32 bits).
    pub const ROLE_EPOCH: i32 = offset_of!(Global, role_epoch) as i32;
    /// The shape that stands for strings in caches of method calls.
    pub const STRING_SHAPE: i32 = offset_of!(Global, string_shape) as i32;
    /// Where the word is that asks running code to come to a safepoint (32 bits).
    pub const INTERRUPT_WORD: i32 = offset_of!(Global, interrupt_word) as i32;
}

/// Inline caches, and their first entries.
pub mod cache {
    use super::*;
    use std::mem::align_of;
    /// Bytes of a cache.
    pub const SIZE: i32 = size_of::<Cache>() as i32;
    /// The shape, or null.
    pub const SHAPE: i32 = (offset_of!(Cache, entry) + offset_of!(Entry, shape)) as i32;
    /// The kind of the target (8 bits).
    pub const KIND: i32 = (offset_of!(Cache, entry) + offset_of!(Entry, target)) as i32;
    /// What the target names: a place or a shape.
    pub const TARGET: i32 = KIND + align_of::<*mut u8>() as i32;
    /// The epoch (32 bits).
    pub const EPOCH: i32 = (offset_of!(Cache, entry) + offset_of!(Entry, epoch)) as i32;
    /// The slot (32 bits).
    pub const SLOT: i32 = (offset_of!(Cache, entry) + offset_of!(Entry, slot)) as i32;
    /// A position in a traversal (32 bits).
    pub const HINT: i32 = offset_of!(Cache, hint) as i32;
    /// Kind of `Target::Own`.
    pub const OWN: u8 = 0;
    /// Kind of `Target::Other`.
    pub const OTHER: u8 = 1;
    /// Kind of `Target::Add`.
    pub const ADD: u8 = 2;
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
    /// Keys of a dictionary (32 bits).
    pub const DICT_USED: i32 = offset_of!(TableObject, dict_used) as i32;
    /// The first slot inside the object.
    pub const INLINE_SLOTS: i32 = size_of::<TableObject>() as i32;
    /// The first word of a new table with this many slots inside the object.
    #[must_use]
    pub const fn header(inline: u16) -> u64 {
        Kind::Table as u64 | (inline as u64) << (8 * offset_of!(Header, extra))
    }
    const _: () = assert!(ARRAY_CAP == ARRAY_LEN + 4 && DICT_USED == SLOT_CAP + 4 && ARRAY_LEN % 8 == 0 && SLOT_CAP % 8 == 0);
    const _: () = assert!(cfg!(target_endian = "little"));
}

/// The heap's allocation state.
pub mod heap {
    pub use crate::heap::free_run;
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
    /// Whether stores into the object have to be told of (8 bits).
    pub const BLACK: i32 = std::mem::offset_of!(Header, black) as i32;
    /// Of tables, a bit for each metamethod that is known to be absent (32 bits).
    pub const ABSENT: i32 = std::mem::offset_of!(Header, aux) as i32;
    /// The flag of tables whose dictionary may have positive integers as keys.
    pub const INDEXED: u8 = flags::INDEXED;
    /// The kind of Lua closures.
    pub const LUA_CLOSURE: u8 = Kind::LuaClosure as u8;
    /// The kind of boxed integers.
    pub const WIDE_INT: u8 = Kind::WideInt as u8;
}

/// Fields of a prototype. Of a boxed slice, the address is its first word.
pub mod proto {
    use super::*;
    /// The instructions.
    pub const CODE: i32 = offset_of!(Proto, code) as i32;
    /// The constants.
    pub const CONSTS: i32 = offset_of!(Proto, consts) as i32;
    /// The inline caches.
    pub const CACHES: i32 = offset_of!(Proto, caches) as i32;
    /// Compiled code for its entry that is entered with a frame, or null.
    pub const FRAMED: i32 = (offset_of!(Proto, tier) + offset_of!(Tier, framed)) as i32;
    /// Compiled code for fast calls, or null.
    pub const FAST: i32 = (offset_of!(Proto, tier) + offset_of!(Tier, fast)) as i32;
    /// The same, if it does not look at the function in its place.
    pub const BLIND: i32 = (offset_of!(Proto, tier) + offset_of!(Tier, blind)) as i32;
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

#[cfg(test)]
mod tests {
    use super::cache;
    use crate::cache::{Cache, Entry, Target};
    use crate::proto::Proto;
    use std::mem::offset_of;

    fn read<T: Copy>(from: &Cache, offset: i32) -> T {
        // SAFETY: the offsets are those of fields, or of the target's parts, which has the C layout.
        unsafe { (&raw const *from).byte_offset(offset as isize).cast::<T>().read() }
    }

    #[test]
    fn a_target_is_a_kind_and_a_word() {
        let mut place = crate::Value::NIL;
        let place = &raw mut place;
        let mut seen = Cache::empty();
        assert_eq!(read::<u8>(&seen, cache::KIND), cache::OWN);
        seen.add(Entry { target: Target::Other(place), epoch: 7, slot: 9, ..Entry::NONE });
        assert_eq!(read::<u8>(&seen, cache::KIND), cache::OTHER);
        assert_eq!(read::<usize>(&seen, cache::TARGET), place as usize);
        assert_eq!((read::<u32>(&seen, cache::EPOCH), read::<u32>(&seen, cache::SLOT)), (7, 9));
    }

    #[test]
    fn a_boxed_slice_begins_with_its_address() {
        let code: Box<[u32]> = vec![1, 2].into_boxed_slice();
        // SAFETY: a box of a slice is two words.
        let words = unsafe { std::mem::transmute_copy::<Box<[u32]>, [usize; 2]>(&code) };
        assert_eq!(words[0], code.as_ptr() as usize);
        assert_eq!(offset_of!(Proto, code) % 8, 0);
    }
}
