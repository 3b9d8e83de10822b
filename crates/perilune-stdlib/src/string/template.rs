//! `string.format`.

use crate::format::{Conversion, Directive, FormatError, LONG_STRING, Piece, pieces, quote_float, quote_int, quote_str};
use crate::scratch::Scratch;
use perilune_vm::convert::append_number;
use perilune_vm::front::number::printf::Spec;
use perilune_vm::{NativeResult, Thread, Throw, Type, Value};

/// `format(template, ...)`
pub fn format(t: &mut Thread) -> NativeResult {
    let template = t.check_str(1)?;
    let mut scratch = Scratch::take();
    let out = &mut scratch.bytes;
    let mut arg = 1;
    for piece in pieces(template.bytes()) {
        match piece {
            Piece::Literal(text) => out.extend_from_slice(text),
            Piece::Directive(directive) => {
                arg += 1;
                if arg > t.arg_count() {
                    return Err(t.arg_error(arg, "no value"));
                }
                append(t, arg, directive, out)?;
            }
        }
    }
    t.push_bytes(out)?;
    Ok(1)
}

#[cold]
fn raise(t: &mut Thread, error: FormatError) -> Throw {
    t.error(error.message())
}

#[inline]
fn spec_of(t: &mut Thread, directive: Directive<'_>) -> Result<Spec, Throw> {
    directive.spec().map_err(|error| raise(t, error))
}

/// Appends one argument. Which of two errors is raised depends on the conversion, as in PUC Lua.
#[inline]
fn append(t: &mut Thread, arg: usize, directive: Directive<'_>, out: &mut Vec<u8>) -> Result<(), Throw> {
    match directive.conversion().map_err(|error| raise(t, error))? {
        Conversion::Int => {
            let int = t.check_int(arg)?;
            spec_of(t, directive)?.write_int(int, out);
        }
        Conversion::Float => {
            let number = t.check_number(arg)?;
            spec_of(t, directive)?.write_float(number, out);
        }
        Conversion::Str => append_string(t, arg, directive, out)?,
        Conversion::Char => {
            let spec = spec_of(t, directive)?;
            spec.write_char(t.check_int(arg)? as u8, out);
        }
        Conversion::Pointer => {
            let address = address_of(t.arg(arg));
            spec_of(t, directive)?.write_pointer(address, out);
        }
        Conversion::Quoted => {
            spec_of(t, directive)?;
            append_quoted(t, arg, out)?;
        }
    }
    Ok(())
}

fn append_string(t: &mut Thread, arg: usize, directive: Directive<'_>, out: &mut Vec<u8>) -> Result<(), Throw> {
    let value = t.arg(arg);
    if directive.is_plain() && value.is_number() && t.metatable(value).is_none() {
        append_number(value, out);
        return Ok(());
    }
    let text = t.tostring(value)?.bytes();
    if directive.is_plain() {
        out.extend_from_slice(text);
        return Ok(());
    }
    if text.contains(&0) {
        return Err(t.arg_error(arg, "string contains zeros"));
    }
    let spec = spec_of(t, directive)?;
    if spec.precision.is_none() && text.len() >= LONG_STRING {
        out.extend_from_slice(text);
    } else {
        spec.write_str(text, out);
    }
    Ok(())
}

/// The address that identifies a value; 0 for one without identity.
fn address_of(value: Value) -> usize {
    match value.type_of() {
        Type::Nil | Type::Boolean | Type::Number => 0,
        _ => value.address(),
    }
}

fn append_quoted(t: &mut Thread, arg: usize, out: &mut Vec<u8>) -> Result<(), Throw> {
    let value = t.arg(arg);
    if let Some(s) = value.as_str() {
        quote_str(s.bytes(), out);
    } else if let Some(int) = value.as_int() {
        quote_int(int, out);
    } else if let Some(float) = value.as_float() {
        quote_float(float, out);
    } else if matches!(value.type_of(), Type::Nil | Type::Boolean) {
        let text = t.tostring(value)?;
        out.extend_from_slice(text.bytes());
    } else {
        return Err(t.arg_error(arg, "value has no literal form"));
    }
    Ok(())
}
