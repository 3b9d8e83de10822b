//! The `utf8` library.

use crate::scratch::Scratch;
use crate::utf8_codec::{self, CHAR_PATTERN, INVALID, MAX_CODE, decode, encode, is_continuation};
use perilune_vm::{LibFunction, NativeResult, Table, Thread, Value};

const FUNCTIONS: &[LibFunction] = &[("offset", offset), ("codepoint", codepoint), ("char", char), ("len", len)];

/// Makes the library.
pub fn open(t: &mut Thread) -> Table {
    let table = t.new_lib(FUNCTIONS);
    let pattern = t.global().str(CHAR_PATTERN);
    t.set_field(table, "charpattern", pattern);
    let strict = t.new_native(|t| next_code(t, false), &[]);
    let lax = t.new_native(|t| next_code(t, true), &[]);
    let codes = t.new_native(codes, &[strict, lax]);
    t.set_field(table, "codes", codes);
    table
}

/// A position counted from 1, or from the end if negative; 0 if that is before the start.
fn relative(position: i64, length: usize) -> i64 {
    if position >= 0 {
        position
    } else if position.unsigned_abs() > length as u64 {
        0
    } else {
        length as i64 + position + 1
    }
}

/// `len(s [, i [, j [, lax]]])`
fn len(t: &mut Thread) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let first = relative(t.opt_int(2, 1)?, text.len());
    let last = relative(t.opt_int(3, -1)?, text.len());
    let lax = t.arg(4).is_truthy();
    if first < 1 || first - 1 > text.len() as i64 {
        return Err(t.arg_error(2, "initial position out of bounds"));
    }
    if last > text.len() as i64 {
        return Err(t.arg_error(3, "final position out of bounds"));
    }
    match utf8_codec::count(text, first as usize - 1, last.max(0) as usize, lax) {
        Ok(count) => {
            t.push_int(count as i64);
            Ok(1)
        }
        Err(at) => {
            t.push(Value::NIL);
            t.push_int(at as i64 + 1);
            Ok(2)
        }
    }
}

/// `codepoint(s [, i [, j [, lax]]])`
fn codepoint(t: &mut Thread) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let first = relative(t.opt_int(2, 1)?, text.len());
    let last = relative(t.opt_int(3, first)?, text.len());
    let lax = t.arg(4).is_truthy();
    if first < 1 {
        return Err(t.arg_error(2, "out of bounds"));
    }
    if last > text.len() as i64 {
        return Err(t.arg_error(3, "out of bounds"));
    }
    if first > last {
        return Ok(0);
    }
    if last - first >= i64::from(i32::MAX) {
        return Err(t.error("string slice too long"));
    }
    t.check_stack((last - first) as usize + 1, "string slice too long")?;
    let mut at = first as usize - 1;
    let mut count = 0;
    while at < last as usize {
        let Some((code, length)) = decode(&text[at..], lax) else { return Err(t.error(INVALID)) };
        t.push(Value::small_int(i64::from(code)));
        at += length;
        count += 1;
    }
    Ok(count)
}

/// `char(...)`
fn char(t: &mut Thread) -> NativeResult {
    let mut scratch = Scratch::take();
    for index in 1..=t.arg_count() {
        let code = t.check_int(index)?;
        match u32::try_from(code) {
            Ok(code) if code <= MAX_CODE => encode(code, &mut scratch.bytes),
            _ => return Err(t.arg_error(index, "value out of range")),
        }
    }
    t.push_bytes(&scratch.bytes)?;
    Ok(1)
}

/// `offset(s, n [, i])`
fn offset(t: &mut Thread) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let n = t.check_int(2)?;
    let default = if n >= 0 { 1 } else { text.len() as i64 + 1 };
    let position = relative(t.opt_int(3, default)?, text.len());
    if position < 1 || position - 1 > text.len() as i64 {
        return Err(t.arg_error(3, "position out of bounds"));
    }
    match utf8_codec::offset(text, n, position as usize - 1) {
        Ok(Some(found)) => t.push_int(found as i64 + 1),
        Ok(None) => t.push(Value::NIL),
        Err(message) => return Err(t.error(message)),
    }
    Ok(1)
}

/// `codes(s [, lax])`; its upvalues are the steps.
fn codes(t: &mut Thread) -> NativeResult {
    let lax = t.arg(2).is_truthy();
    let text = t.check_str(1)?;
    if text.bytes().first().copied().is_some_and(is_continuation) {
        return Err(t.arg_error(1, INVALID));
    }
    let step = t.upvalue(if lax { 2 } else { 1 });
    t.push(step);
    t.push(text);
    t.push_int(0);
    Ok(3)
}

/// The step of `codes`: from the position of a character to the next one and its code.
#[inline(always)]
fn next_code(t: &mut Thread, lax: bool) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let position = perilune_vm::convert::to_int(t.arg(2)).unwrap_or(0);
    match utf8_codec::next_code(text, position, lax) {
        Ok(Some((position, code))) => {
            t.push(Value::small_int(position));
            t.push(Value::small_int(i64::from(code)));
            Ok(2)
        }
        Ok(None) => Ok(0),
        Err(message) => Err(t.error(message)),
    }
}
