//! Number text: how Lua reads numerals and writes numbers.
//!
//! `parse` holds the conversion from text (shared by the lexer, `tonumber` and arithmetic on strings), `printf` the
//! output side with the conversions of C's `printf`, `decimal` the correctly rounded digits both rest on. Nothing here
//! knows about values of the virtual machine.

mod decimal;
mod parse;
pub mod printf;

pub use parse::{parse, str_to_int};

/// A Lua number, either of the two subtypes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// The integer subtype.
    Int(i64),
    /// The float subtype.
    Float(f64),
}

/// The integer equal to `x`, if there is one: `x` has no fraction and lies in `[-2^63, 2^63)`.
#[inline]
pub fn float_to_int_exact(x: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    // The cast saturates, so the range has to be tested apart from the round trip.
    if (-LIMIT..LIMIT).contains(&x) {
        let i = x as i64;
        (i as f64 == x).then_some(i)
    } else {
        None
    }
}

/// Appends `i` in decimal.
#[inline]
pub fn format_int(i: i64, out: &mut Vec<u8>) {
    let mut buffer = [0; decimal::MAX_U64_DIGITS];
    if i < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(decimal::u64_digits(i.unsigned_abs(), &mut buffer));
}

/// Appends `x` as Lua's `tostring` does: `%.14g`, with `.0` added when the result would read as an integer.
///
/// Infinities are `inf` and `-inf`; a NaN shows its sign bit, as `nan` or `-nan`.
pub fn format_float(x: f64, out: &mut Vec<u8>) {
    /// Below this magnitude an integral float has at most 14 digits, so `%.14g` writes all of them.
    const INTEGRAL: f64 = 1e14;
    if x.abs() < INTEGRAL {
        let i = x as i64;
        if i as f64 == x {
            if i == 0 && x.is_sign_negative() {
                out.push(b'-');
            }
            format_int(i, out);
            out.extend_from_slice(b".0");
            return;
        }
    }
    printf::write_general_14(x, out);
}

/// Appends `n` as Lua's `tostring` does.
#[inline]
pub fn format_number(n: Number, out: &mut Vec<u8>) {
    match n {
        Number::Int(i) => format_int(i, out),
        Number::Float(x) => format_float(x, out),
    }
}

#[cfg(test)]
mod tests;
