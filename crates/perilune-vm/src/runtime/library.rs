//! Operations and library functions that compiled code calls for without a frame of their own. What they cannot do they say
//! ([`CALLS_METAMETHOD`]) and leave undone: then the interpreter does it, or raises the error.

use super::{CALLS_METAMETHOD, str_at, table_at, thread};
use crate::convert::append_number;
use crate::function::NativeClosure;
use crate::global::Event;
use crate::heap::barrier;
use crate::interp;
use crate::meta;
use crate::string::Str;
use crate::thread::Thread;
use crate::tier::status;
use crate::value::{Value, float_to_int};

/// The key after `key` in a traversal, its value in `value`: nil at the end, [`CALLS_METAMETHOD`] if the table has no such key.
/// `hint` is where the position after the last key is kept.
pub(super) extern "C" fn next_pair(table: u64, key: u64, hint: *mut u32, value: *mut Value) -> u64 {
    // SAFETY: compiled code names a register, and a place that lives as long as its function.
    let (hint, place) = unsafe { (&mut *hint, &mut *value) };
    match interp::next_pair(table_at(table), Value(key), hint) {
        Ok(Some((key, value))) => {
            *place = value;
            key.0
        }
        Ok(None) => Value::NIL.0,
        Err(_) => CALLS_METAMETHOD,
    }
}

// ---- concatenation ----

pub(super) extern "C" fn concat2(t: *mut Thread, a: u64, b: u64) -> u64 {
    join(thread(t), &[Value(a), Value(b)])
}

pub(super) extern "C" fn concat3(t: *mut Thread, a: u64, b: u64, c: u64) -> u64 {
    join(thread(t), &[Value(a), Value(b), Value(c)])
}

/// The concatenation of `count` values from a place in the stack.
pub(super) extern "C" fn concat(t: *mut Thread, first: *const Value, count: usize) -> u64 {
    // SAFETY: the compiler names registers of the function; allocating moves no stack.
    join(thread(t), unsafe { std::slice::from_raw_parts(first, count) })
}

/// Room for the text of any number.
const NUMBER: usize = 32;

fn join(t: &mut Thread, values: &[Value]) -> u64 {
    let mut length = 0;
    for value in values {
        match value.as_str() {
            Some(text) => length += text.len(),
            None if value.is_number() => return join_numbers(t, values),
            None => return CALLS_METAMETHOD,
        }
    }
    let written =
        t.write_str(length, |out| values.iter().filter_map(|value| value.as_str()).for_each(|text| out.put(text.bytes())));
    written.map_or(CALLS_METAMETHOD, |text| Value::from(text).0)
}

fn join_numbers(t: &mut Thread, values: &[Value]) -> u64 {
    let mut buffer = std::mem::take(&mut t.g().scratch);
    buffer.clear();
    for value in values {
        match value.as_str() {
            // Long texts are the interpreter's: they may be too long.
            Some(text) if text.len() > isize::MAX as usize / 2 || buffer.try_reserve(text.len() + NUMBER).is_err() => {
                return CALLS_METAMETHOD;
            }
            Some(text) => buffer.extend_from_slice(text.bytes()),
            None if value.is_number() => append_number(*value, &mut buffer),
            None => {
                t.g().scratch = buffer;
                return CALLS_METAMETHOD;
            }
        }
    }
    let result = t.g().try_str(&buffer);
    if buffer.capacity() <= 1 << 20 {
        t.g().scratch = buffer;
    }
    result.map_or(CALLS_METAMETHOD, |text| Value::from(text).0)
}

// ---- closures ----

/// A closure of a child prototype of the running function.
pub(super) extern "C" fn closure(t: *mut Thread, index: usize) -> u64 {
    let t = thread(t);
    let frame = t.frame_ref();
    let (outer, base) = (frame.closure(), frame.base());
    Value::from(interp::make_closure(t, outer, base, index)).0
}

/// Closes the running function's captured variables from this register on; 1 if some are to be closed otherwise, and nothing is
/// done.
pub(super) extern "C" fn close_captured(t: *mut Thread, register: usize) -> u64 {
    let t = thread(t);
    let level = t.frame_ref().base().wrapping_add(register);
    if t.to_close.last().is_some_and(|&offset| t.place(offset as usize) >= level) {
        return 1;
    }
    t.close_upvalues(level);
    0
}

/// Stores the running function's extra arguments in a table from index `from` on; 1 if that fails.
pub(super) extern "C" fn set_extra_list(t: *mut Thread, table: u64, from: usize) -> u64 {
    let t = thread(t);
    let frame = t.frame_ref();
    let count = frame.extra_args as usize;
    // SAFETY: the extra arguments stand just below the function.
    let values = unsafe { std::slice::from_raw_parts(frame.func.sub(count), count) };
    u64::from(table_at(table).set_list(t.g(), from, values).is_err())
}

/// Stores the values from a place in the stack up to the top in a table from index `from` on; 1 if that fails.
pub(super) extern "C" fn set_open_list(t: *mut Thread, table: u64, first: *const Value, from: usize) -> u64 {
    let t = thread(t);
    // SAFETY: open results reach from a register up to the top.
    let values = unsafe { std::slice::from_raw_parts(first, t.top.offset_from(first) as usize) };
    // They reach beyond the frame's registers, where the collector would not look.
    let frame = t.frame_ref();
    let limit = frame.limit;
    frame.limit = limit.max(t.top);
    let stored = table_at(table).set_list(t.g(), from, values);
    frame.limit = limit;
    u64::from(stored.is_err())
}

/// Sets the extra arguments of the function aside that was just entered: a status.
pub(super) extern "C" fn vararg_prep(t: *mut Thread, params: usize) -> u64 {
    match interp::set_extra_args_aside(thread(t), params) {
        Ok(()) => status::DONE,
        Err(_) => status::THREW,
    }
}

/// Puts all extra arguments of the running function in its registers from this one on, and the top after them: a status.
pub(super) extern "C" fn vararg_open(t: *mut Thread, register: usize) -> u64 {
    let t = thread(t);
    let count = t.frame_ref().extra_args as usize;
    t.top = t.frame_ref().base().wrapping_add(register);
    if t.ensure(count).is_err() {
        return status::THREW;
    }
    let frame = t.frame_ref();
    // SAFETY: the extra arguments stand just below the function; room was made for them.
    unsafe {
        let target = frame.base().add(register);
        std::ptr::copy_nonoverlapping(frame.func.sub(count), target, count);
        t.top = target.add(count);
    }
    status::DONE
}

// ---- strings ----

/// A string of up to eight bytes, the lowest first.
pub(super) extern "C" fn string_char(t: *mut Thread, bytes: u64, count: usize) -> u64 {
    Value::from(thread(t).g().str(&bytes.to_le_bytes()[..count])).0
}

/// Whether a string is less than another.
pub(super) extern "C" fn string_less(a: u64, b: u64) -> u64 {
    u64::from(meta::compare_strings(str_at(a).bytes(), str_at(b).bytes()).is_lt())
}

/// What `tostring` returns of strings, numbers, booleans and nil without metamethods.
pub(super) extern "C" fn to_string(t: *mut Thread, value: u64) -> u64 {
    let (g, value) = (thread(t).g(), Value(value));
    if !g.metamethod(value, Event::ToString).is_nil() {
        return CALLS_METAMETHOD;
    }
    if value.as_str().is_some() {
        return value.0;
    }
    let text: Str = if value.is_number() {
        let mut text = std::mem::take(&mut g.scratch);
        text.clear();
        append_number(value, &mut text);
        let made = g.str(&text);
        g.scratch = text;
        made
    } else if value.is_nil() {
        g.str(b"nil")
    } else if value == Value::TRUE || value == Value::FALSE {
        g.str(if value.is_truthy() { b"true" } else { b"false" })
    } else {
        return CALLS_METAMETHOD;
    };
    Value::from(text).0
}

/// `math.tointeger` of a number.
pub(super) extern "C" fn to_integer(t: *mut Thread, value: u64) -> u64 {
    let value = Value(value);
    match value.as_float() {
        Some(float) => float_to_int(float).map_or(Value::NIL, |int| thread(t).g().int(int)).0,
        None if value.as_int().is_some() => value.0,
        None => CALLS_METAMETHOD,
    }
}

// ---- tables ----

/// The value at a key, without metamethods.
pub(super) extern "C" fn raw_get(table: u64, key: u64) -> u64 {
    table_at(table).get(Value(key)).0
}

/// The length of a table, whose metatable may say otherwise.
pub(super) extern "C" fn table_length(t: *mut Thread, table: u64) -> u64 {
    let table = table_at(table);
    let plain = table.meta().is_none_or(|meta| thread(t).g().metamethod_of(meta, Event::Len).is_nil());
    if plain { Value::small_int(table.len()).0 } else { CALLS_METAMETHOD }
}

/// `getmetatable`
pub(super) extern "C" fn get_metatable(t: *mut Thread, value: u64) -> u64 {
    let (g, value) = (thread(t).g(), Value(value));
    let Some(meta) = g.own_metatable(value) else { return Value::NIL.0 };
    let shown = g.metamethod_of(meta, Event::Metatable);
    if shown.is_nil() { Value::from(meta).0 } else { shown.0 }
}

/// The metamethod of an event, by its number, in a metatable; nil if it has none.
pub(super) extern "C" fn metamethod(t: *mut Thread, meta: u64, event: usize) -> u64 {
    thread(t).g().event_names.get(event).map_or(Value::NIL, |&name| table_at(meta).get_str(name)).0
}

/// Takes the element at an index out of a table without metatable, those after it following; index 0 stands for the length.
pub(super) extern "C" fn table_remove(t: *mut Thread, table: u64, index: usize) -> u64 {
    let table = table_at(table);
    let length = table.array().len();
    let index = if index == 0 { length } else { index };
    if index == 0 {
        // As in PUC Lua, what stands before the first element of an empty list is taken for its last.
        let value = table.get_int(0);
        let _ = table.set_int(thread(t).g(), 0, Value::NIL);
        return value.0;
    }
    if index > length {
        return CALLS_METAMETHOD;
    }
    let array = table.array();
    let value = array[index - 1];
    if index < length {
        array.copy_within(index.., index - 1);
        barrier::stored_many(table.cell());
    }
    // Nothing is allocated for nil.
    let _ = table.set_int(thread(t).g(), length as i64, Value::NIL);
    value.0
}

/// Puts a value into a table without metatable at an index, those after it making room; 1 if that is impossible.
pub(super) extern "C" fn table_insert(t: *mut Thread, table: u64, index: usize, value: u64) -> u64 {
    let (table, value) = (table_at(table), Value(value));
    let length = table.array().len();
    if index == 0 || index > length + 1 || value.is_nil() {
        return 1;
    }
    if index == length + 1 {
        return u64::from(table.append(thread(t).g(), value).is_err());
    }
    let last = table.array()[length - 1];
    if table.append(thread(t).g(), last).is_err() {
        return 1;
    }
    let array = table.array();
    array.copy_within(index - 1..length - 1, index);
    array[index - 1] = value;
    barrier::stored_many(table.cell());
    0
}

/// Upvalue `index` of a native function.
#[must_use]
pub fn native_upvalue(function: Value, index: usize) -> Option<Value> {
    NativeClosure::upvalues(function.as_native()?).get(index).copied()
}
