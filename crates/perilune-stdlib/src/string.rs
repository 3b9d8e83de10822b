//! The `string` library and the metatable of strings.
//!
//! Here are the functions that need nothing but bytes; [`search`] has those with patterns, [`template`] `format`, [`binary`]
//! `pack` and its kin and `dump`, [`arith`] the arithmetic of strings.

mod arith;
mod binary;
mod search;
mod template;

use crate::scratch::Scratch;
use perilune_vm::{LibFunction, NativeFn, NativeResult, Special, Str, Table, Thread, Throw, Type, Value};

const FUNCTIONS: &[LibFunction] = &[
    ("dump", binary::dump),
    ("find", search::find),
    ("format", template::format),
    ("gmatch", search::gmatch),
    ("gsub", search::gsub),
    ("lower", lower),
    ("match", search::match_),
    ("rep", rep),
    ("reverse", reverse),
    ("upper", upper),
    ("pack", binary::pack),
    ("packsize", binary::packsize),
    ("unpack", binary::unpack),
];

const INTRINSICS: &[(&str, NativeFn, Special)] =
    &[("byte", byte, Special::Byte), ("char", char, Special::Char), ("len", len, Special::Len), ("sub", sub, Special::Sub)];

/// Makes the library, and the metatable that lets strings find its functions.
pub fn open(t: &mut Thread) -> Table {
    let library = t.new_lib(FUNCTIONS);
    t.set_specials(library, INTRINSICS);
    let meta = t.new_lib(arith::METAMETHODS);
    t.set_field(meta, "__index", library);
    t.set_type_meta(Type::String, Some(meta));
    library
}

// ---- positions ----

/// The offset (from 0) of a first position, which counts from the end if negative. May be beyond the end.
#[inline(always)]
fn start_offset(position: i64, length: usize) -> usize {
    if position > 0 {
        position as usize - 1
    } else if position == 0 {
        0
    } else {
        length.saturating_sub(position.unsigned_abs() as usize)
    }
}

/// The offset after a last position, which counts from the end if negative; at most the length.
#[inline(always)]
fn end_offset(position: i64, length: usize) -> usize {
    if position >= 0 { (position as usize).min(length) } else { (length + 1).saturating_sub(position.unsigned_abs() as usize) }
}

// ---- parts ----

fn len(t: &mut Thread) -> NativeResult {
    let s = t.check_str(1)?;
    t.push_int(s.len() as i64);
    Ok(1)
}

fn sub(t: &mut Thread) -> NativeResult {
    let s = t.check_str(1)?;
    let start = start_offset(t.check_int(2)?, s.len());
    let end = end_offset(t.opt_int(3, -1)?, s.len());
    if start == 0 && end == s.len() {
        t.push(s);
    } else if start < end {
        t.push_bytes(&s.bytes()[start..end])?;
    } else {
        t.push_bytes(b"")?;
    }
    Ok(1)
}

fn byte(t: &mut Thread) -> NativeResult {
    let s = t.check_str(1)?;
    let first = t.opt_int(2, 1)?;
    let start = start_offset(first, s.len());
    let end = end_offset(t.opt_int(3, first)?, s.len());
    if start >= end {
        return Ok(0);
    }
    let count = end - start;
    if count > 1 {
        if count >= i32::MAX as usize {
            return Err(t.error("string slice too long"));
        }
        t.check_stack(count, "string slice too long")?;
    }
    for &byte in &s.bytes()[start..end] {
        t.push(Value::small_int(i64::from(byte)));
    }
    Ok(count as u32)
}

// ---- new strings ----

fn char(t: &mut Thread) -> NativeResult {
    let mut buffer = [0; 64];
    let count = t.arg_count();
    if count <= buffer.len() {
        for (index, place) in buffer[..count].iter_mut().enumerate() {
            *place = check_char(t, index + 1)?;
        }
        t.push_bytes(&buffer[..count])?;
    } else {
        let mut scratch = Scratch::take();
        for index in 1..=count {
            scratch.bytes.push(check_char(t, index)?);
        }
        t.push_bytes(&scratch.bytes)?;
    }
    Ok(1)
}

#[inline(always)]
fn check_char(t: &mut Thread, index: usize) -> Result<u8, Throw> {
    match u8::try_from(t.check_int(index)?) {
        Ok(byte) => Ok(byte),
        Err(_) => Err(t.arg_error(index, "value out of range")),
    }
}

fn lower(t: &mut Thread) -> NativeResult {
    map_chunks(t, <[u8]>::make_ascii_lowercase)
}

fn upper(t: &mut Thread) -> NativeResult {
    map_chunks(t, <[u8]>::make_ascii_uppercase)
}

/// Bytes that are worked on at once on the native stack.
const CHUNK: usize = 256;

/// Returns the argument with `change` applied to each of its parts.
#[inline(always)]
fn map_chunks(t: &mut Thread, change: impl Fn(&mut [u8])) -> NativeResult {
    let s = t.check_str(1)?;
    let result = t.write_str(s.len(), |writer| {
        let mut buffer = [0; CHUNK];
        for chunk in s.bytes().chunks(CHUNK) {
            let copy = &mut buffer[..chunk.len()];
            copy.copy_from_slice(chunk);
            change(copy);
            writer.put(copy);
        }
    })?;
    t.push(result);
    Ok(1)
}

fn reverse(t: &mut Thread) -> NativeResult {
    let s = t.check_str(1)?;
    let result = t.write_str(s.len(), |writer| {
        let mut buffer = [0; CHUNK];
        for chunk in s.bytes().rchunks(CHUNK) {
            let copy = &mut buffer[..chunk.len()];
            copy.copy_from_slice(chunk);
            copy.reverse();
            writer.put(copy);
        }
    })?;
    t.push(result);
    Ok(1)
}

/// Longer results are not made, as in PUC Lua: sizes there fit a C `int`.
const MAX_LENGTH: usize = i32::MAX as usize;

fn rep(t: &mut Thread) -> NativeResult {
    let s = t.check_str(1)?;
    let count = t.check_int(2)?;
    let separator = t.opt_str(3)?.map_or(&b""[..], Str::bytes);
    if count <= 0 {
        t.push_bytes(b"")?;
        return Ok(1);
    }
    let count = count as usize;
    let step = s.len() + separator.len();
    if step > MAX_LENGTH / count {
        return Err(t.error("resulting string too large"));
    }
    // Memory is filled at some gigabytes a second.
    t.poll(u32::try_from((step * count) >> 6).unwrap_or(u32::MAX))?;
    let result = repeat(t, s.bytes(), separator, count)?;
    t.push(result);
    Ok(1)
}

fn repeat(t: &mut Thread, text: &[u8], separator: &[u8], count: usize) -> Result<Str, Throw> {
    let step = text.len() + separator.len();
    let length = step * count - separator.len();
    t.write_str(length, |writer| match (text, separator) {
        ([byte], []) => writer.repeat(*byte, count),
        _ if count == 1 => writer.put(text),
        _ => {
            writer.put(text);
            writer.put(separator);
            writer.repeat_to_end();
        }
    })
}
