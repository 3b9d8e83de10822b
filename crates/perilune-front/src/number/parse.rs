//! From text to numbers, as `lua_stringtonumber` and the lexer define it.

use super::{Number, float_to_int_exact};

/// Converts a numeral with optional surrounding white space and sign.
///
/// Decimal integers that overflow become floats, hexadecimal integers wrap modulo 2^64. `inf` and `nan` are not
/// numerals. `None` means that the text as a whole is not one.
pub fn parse(text: &[u8]) -> Option<Number> {
    let (negative, body) = sign(trim(text));
    if let [b'0', b'x' | b'X', digits @ ..] = body {
        return hexadecimal(negative, digits);
    }
    decimal(negative, body)
}

/// The integer a string converts to: its numeral, when that is an integer or a float with an exact integer value.
pub fn str_to_int(text: &[u8]) -> Option<i64> {
    match parse(text)? {
        Number::Int(i) => Some(i),
        Number::Float(x) => float_to_int_exact(x),
    }
}

/// C's `isspace`, which counts the vertical tab.
#[inline]
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[inline]
fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

#[inline]
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// Up to this many decimal digits always fit a `u64`.
const SAFE_DIGITS: usize = 19;

/// The digits, point and exponent of a decimal numeral, scanned once.
#[derive(Default)]
struct Scan {
    /// The value of the first [`SAFE_DIGITS`] digits from the first non-zero one on.
    mantissa: u64,
    /// Digits counted into `mantissa` or dropped after it.
    significant: usize,
    /// The power of ten that scales the digits read as one integer.
    exponent: i64,
}

impl Scan {
    /// Reads a run of digits, and returns the rest of the text.
    #[inline]
    fn digits<'t>(&mut self, mut text: &'t [u8]) -> &'t [u8] {
        while let [byte, rest @ ..] = text
            && byte.is_ascii_digit()
        {
            if self.significant < SAFE_DIGITS {
                self.mantissa = self.mantissa * 10 + u64::from(byte - b'0');
            }
            self.significant += usize::from(self.mantissa != 0);
            text = rest;
        }
        text
    }
}

fn decimal(negative: bool, text: &[u8]) -> Option<Number> {
    let mut scan = Scan::default();
    let rest = scan.digits(text);
    let whole = text.len() - rest.len();
    if rest.is_empty() {
        return (whole > 0).then(|| integer(negative, &scan, text));
    }
    float(negative, scan, text, whole, rest).map(Number::Float)
}

/// A run of digits: an integer if it fits, else a float.
#[inline]
fn integer(negative: bool, scan: &Scan, text: &[u8]) -> Number {
    const MIN_MAGNITUDE: u64 = 1 << 63;
    let magnitude = scan.mantissa;
    let limit = MIN_MAGNITUDE - u64::from(!negative);
    if scan.significant > SAFE_DIGITS || magnitude > limit {
        return Number::Float(signed(negative, std_float(text)));
    }
    let i = magnitude as i64;
    Number::Int(if negative { i.wrapping_neg() } else { i })
}

/// A numeral with a point or an exponent; `rest` is what follows its `whole` leading digits.
fn float(negative: bool, mut scan: Scan, text: &[u8], whole: usize, mut rest: &[u8]) -> Option<f64> {
    let mut digits = whole;
    if let [b'.', after @ ..] = rest {
        rest = scan.digits(after);
        let fraction = after.len() - rest.len();
        digits += fraction;
        scan.exponent = -(fraction as i64);
    }
    if digits == 0 {
        return None;
    }
    if let [b'e' | b'E', after @ ..] = rest {
        scan.exponent += exponent(after)?;
        rest = &[];
    }
    if !rest.is_empty() {
        return None;
    }
    let magnitude = exact_product(&scan).unwrap_or_else(|| std_float(text));
    Some(signed(negative, magnitude))
}

/// The text of an exponent after its letter, saturated to a magnitude where only the sign still matters.
fn exponent(text: &[u8]) -> Option<i64> {
    const SATURATED: i64 = i64::MAX / 4;
    let (negative, digits) = sign(text);
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0')).min(SATURATED);
    }
    Some(if negative { -value } else { value })
}

/// The value when digits and power of ten are both exact doubles: then one rounding is the correct one (Clinger 1990).
#[inline]
fn exact_product(scan: &Scan) -> Option<f64> {
    const EXACT_INTEGERS: u64 = 1 << 53;
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ];
    if scan.significant > SAFE_DIGITS || scan.mantissa > EXACT_INTEGERS {
        return None;
    }
    let digits = scan.mantissa as f64;
    let power = POWERS.get(usize::try_from(scan.exponent.unsigned_abs()).ok()?)?;
    Some(if scan.exponent < 0 { digits / power } else { digits * power })
}

/// The correctly rounded value of an unsigned decimal numeral whose syntax has been checked.
fn std_float(text: &[u8]) -> f64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

#[inline]
fn signed(negative: bool, magnitude: f64) -> f64 {
    if negative { -magnitude } else { magnitude }
}

/// The significant bits of a hexadecimal numeral.
#[derive(Default)]
struct HexScan {
    /// The first 16 significant digits.
    bits: u64,
    /// Whether a non-zero digit was dropped after those.
    sticky: bool,
    /// Digits dropped.
    dropped: i64,
    /// All digits, as the wrapped integer.
    wrapped: u64,
}

impl HexScan {
    fn digits<'t>(&mut self, mut text: &'t [u8]) -> &'t [u8] {
        while let [byte, rest @ ..] = text
            && let Some(digit) = (*byte as char).to_digit(16)
        {
            let digit = u64::from(digit);
            self.wrapped = self.wrapped << 4 | digit;
            if self.bits >> 60 == 0 {
                self.bits = self.bits << 4 | digit;
            } else {
                self.dropped += 1;
                self.sticky |= digit != 0;
            }
            text = rest;
        }
        text
    }
}

/// A hexadecimal numeral, after its `0x`.
fn hexadecimal(negative: bool, text: &[u8]) -> Option<Number> {
    let mut scan = HexScan::default();
    let mut rest = scan.digits(text);
    let mut digits = text.len() - rest.len();
    if rest.is_empty() {
        let i = scan.wrapped as i64;
        return (digits > 0).then_some(Number::Int(if negative { i.wrapping_neg() } else { i }));
    }
    let mut scale = 0i64;
    if let [b'.', after @ ..] = rest {
        rest = scan.digits(after);
        let fraction = after.len() - rest.len();
        digits += fraction;
        scale = -4 * fraction as i64;
    }
    if digits == 0 {
        return None;
    }
    if let [b'p' | b'P', after @ ..] = rest {
        scale = scale.saturating_add(exponent(after)?);
        rest = &[];
    }
    if !rest.is_empty() {
        return None;
    }
    let magnitude = scale_bits(scan.bits, scan.sticky, scale.saturating_add(4 * scan.dropped));
    Some(Number::Float(signed(negative, magnitude)))
}

/// `bits * 2^scale` rounded to nearest, ties to even; `sticky` stands for a non-zero tail below the last bit.
fn scale_bits(bits: u64, sticky: bool, scale: i64) -> f64 {
    const MANTISSA_BITS: i64 = 53;
    const MIN_SCALE: i64 = -1074;
    const MAX_SCALE: i64 = 971;
    if bits == 0 {
        return 0.0;
    }
    let length = 64 - i64::from(bits.leading_zeros());
    // Normalised to 64 bits, `drop` of them do not fit the destination, more so when the result is subnormal.
    let top = bits << (64 - length);
    let scale = scale.saturating_sub(64 - length);
    let drop = (64 - MANTISSA_BITS).max(MIN_SCALE.saturating_sub(scale));
    if drop > 64 {
        return 0.0;
    }
    if scale.saturating_add(drop) > MAX_SCALE {
        return f64::INFINITY;
    }
    let wide = u128::from(top);
    let kept = (wide >> drop) as u64;
    let tail = wide & ((1 << drop) - 1);
    let half = 1u128 << (drop - 1);
    let up = tail > half || (tail == half && (sticky || kept & 1 == 1));
    let mantissa = kept + u64::from(up);
    compose(mantissa, scale + drop)
}

/// `mantissa * 2^scale` for a product that is a double exactly, or overflows to infinity.
fn compose(mantissa: u64, scale: i64) -> f64 {
    // Two factors, because 2^scale itself may lie outside the range of doubles.
    let half = scale / 2;
    mantissa as f64 * power_of_two(half) * power_of_two(scale - half)
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}
