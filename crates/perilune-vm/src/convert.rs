//! Conversions between numbers and strings, and `tostring`.

use crate::function::Throw;
use crate::global::{Event, Global};
use crate::string::Str;
use crate::thread::Thread;
use crate::value::{Value, float_to_int};
use perilune_front::number::{self, Number};

/// The number a value is or, if it is a string, denotes.
#[inline]
#[must_use]
pub fn to_numeric(value: Value) -> Option<Number> {
    if value.is_float() {
        return Some(Number::Float(value.float_value()));
    }
    if let Some(int) = value.as_int() {
        return Some(Number::Int(int));
    }
    number::parse(value.as_str()?.bytes())
}

/// As a double; strings that are numbers count.
#[inline]
#[must_use]
pub fn to_number(value: Value) -> Option<f64> {
    match to_numeric(value)? {
        Number::Int(i) => Some(i as f64),
        Number::Float(f) => Some(f),
    }
}

/// As an integer, if it has an integer's value; strings that are numbers count.
#[inline]
#[must_use]
pub fn to_int(value: Value) -> Option<i64> {
    match to_numeric(value)? {
        Number::Int(i) => Some(i),
        Number::Float(f) => float_to_int(f),
    }
}

/// As an integer, strings not counting.
#[inline]
#[must_use]
pub fn number_to_int(value: Value) -> Option<i64> {
    value.as_int().or_else(|| value.as_float().and_then(float_to_int))
}

/// Appends a number's text.
pub fn append_number(value: Value, out: &mut Vec<u8>) {
    match value.as_int() {
        Some(int) => number::format_int(int, out),
        None => number::format_float(value.float_value(), out),
    }
}

/// A number's text.
#[must_use]
pub fn number_to_str(g: &mut Global, value: Value) -> Str {
    let mut text = Vec::with_capacity(32);
    append_number(value, &mut text);
    g.str(&text)
}

/// What `tostring` returns: honours `__tostring` and `__name`.
pub fn tostring(t: &mut Thread, value: Value) -> Result<Str, Throw> {
    if let Some(s) = value.as_str()
        && t.g().type_meta[crate::value::Type::String as usize]
            .is_none_or(|meta| t.g().metamethod_of(meta, Event::ToString).is_nil())
    {
        return Ok(s);
    }
    let method = t.g().metamethod(value, Event::ToString);
    if !method.is_nil() {
        let result = crate::meta::call_method(t, method, &[value])?;
        return match result.as_str() {
            Some(s) => Ok(s),
            None if result.is_number() => Ok(number_to_str(t.g(), result)),
            None => Err(t.error("'__tostring' must return a string")),
        };
    }
    plain_tostring(t, value)
}

fn plain_tostring(t: &mut Thread, value: Value) -> Result<Str, Throw> {
    if value.is_number() {
        return Ok(number_to_str(t.g(), value));
    }
    let text = match value {
        Value::NIL => "nil".to_string(),
        Value::TRUE => "true".to_string(),
        Value::FALSE => "false".to_string(),
        _ => {
            if let Some(s) = value.as_str() {
                return Ok(s);
            }
            let name = t.g().metamethod(value, Event::Name);
            let kind = match name.as_str() {
                Some(name) => String::from_utf8_lossy(name.bytes()).into_owned(),
                None => value.type_of().name().to_string(),
            };
            format!("{kind}: {:#x}", value.address())
        }
    };
    t.new_str(text.as_bytes())
}
