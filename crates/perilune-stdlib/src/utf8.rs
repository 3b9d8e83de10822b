//! The `utf8` library.

use crate::scratch::Scratch;
use crate::utf8_codec::{MAX_CODE, decode, encode};
use perilune_vm::{LibFunction, NativeResult, Table, Thread, Value};

const FUNCTIONS: &[LibFunction] = &[
    ("offset", offset),
    ("codepoint", codepoint),
    ("char", char),
    ("len", len),
];

/// Makes the library.
pub fn open(t: &mut Thread) -> Table {
    let table = t.new_lib(FUNCTIONS);
    // One character of any valid text: a byte that starts one, and its continuation bytes.
    let pattern = t.global().str(b"[\0-\x7F\xC2-\xFD][\x80-\xBF]*");
    t.set_field(table, "charpattern", pattern);
    let strict = t.new_native(|t| next_code(t, true), &[]);
    let lax = t.new_native(|t| next_code(t, false), &[]);
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

/// Whether the byte at `index` continues a character.
#[inline(always)]
fn is_continuation(text: &[u8], index: usize) -> bool {
    text.get(index).is_some_and(|byte| byte & 0xC0 == 0x80)
}

const INVALID: &str = "invalid UTF-8 code";

/// `len(s [, i [, j [, lax]]])`
fn len(t: &mut Thread) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let first = relative(t.opt_int(2, 1)?, text.len());
    let last = relative(t.opt_int(3, -1)?, text.len());
    let strict = !t.arg(4).is_truthy();
    if first < 1 || first - 1 > text.len() as i64 {
        return Err(t.arg_error(2, "initial position out of bounds"));
    }
    if last > text.len() as i64 {
        return Err(t.arg_error(3, "final position out of bounds"));
    }
    let end = last.max(0) as usize;
    let mut at = first as usize - 1;
    let mut count = 0;
    while at < end {
        if text[at] < 0x80 {
            at += 1;
        } else if let Some((_, length)) = decode(&text[at..], strict) {
            at += length;
        } else {
            t.push(Value::NIL);
            t.push_int(at as i64 + 1);
            return Ok(2);
        }
        count += 1;
    }
    t.push_int(count);
    Ok(1)
}

/// `codepoint(s [, i [, j [, lax]]])`
fn codepoint(t: &mut Thread) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    let first = relative(t.opt_int(2, 1)?, text.len());
    let last = relative(t.opt_int(3, first)?, text.len());
    let strict = !t.arg(4).is_truthy();
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
        let Some((code, length)) = decode(&text[at..], strict) else { return Err(t.error(INVALID)) };
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
    let at = position as usize - 1;
    if n != 0 && is_continuation(text, at) {
        return Err(t.error("initial position is a continuation byte"));
    }
    match character_start(text, at, n) {
        Some(found) => t.push_int(found as i64 + 1),
        None => t.push(Value::NIL),
    }
    Ok(1)
}

/// Where the character starts that is the `n`th one from `at` on (before it, if negative; around it, if 0).
fn character_start(text: &[u8], mut at: usize, n: i64) -> Option<usize> {
    if n <= 0 {
        let mut left = n;
        if n == 0 {
            while at > 0 && is_continuation(text, at) {
                at -= 1;
            }
        }
        while left < 0 && at > 0 {
            at -= 1;
            while at > 0 && is_continuation(text, at) {
                at -= 1;
            }
            left += 1;
        }
        return (left == 0).then_some(at);
    }
    let mut left = n - 1;
    while left > 0 && at < text.len() {
        at += 1;
        while is_continuation(text, at) {
            at += 1;
        }
        left -= 1;
    }
    (left == 0).then_some(at)
}

/// `codes(s [, lax])`; its upvalues are the steps.
fn codes(t: &mut Thread) -> NativeResult {
    let lax = t.arg(2).is_truthy();
    let text = t.check_str(1)?;
    if is_continuation(text.bytes(), 0) {
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
fn next_code(t: &mut Thread, strict: bool) -> NativeResult {
    let text = t.check_str(1)?.bytes();
    // A negative position is beyond any string here, as in PUC Lua.
    let mut at = perilune_vm::convert::to_int(t.arg(2)).unwrap_or(0) as u64 as usize;
    if at < text.len() {
        while is_continuation(text, at) {
            at += 1;
        }
    }
    if at >= text.len() {
        return Ok(0);
    }
    match decode(&text[at..], strict) {
        Some((code, length)) if !is_continuation(text, at + length) => {
            t.push(Value::small_int(at as i64 + 1));
            t.push(Value::small_int(i64::from(code)));
            Ok(2)
        }
        _ => Err(t.error(INVALID)),
    }
}
