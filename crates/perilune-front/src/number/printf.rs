//! The conversions of C's `printf` that Lua offers, with its flags, width and precision.
//!
//! Output equals that of glibc in the C locale for every precision: digits come from [`super::decimal`] when that can
//! decide the rounding, else from the standard library's formatting, which is exact.

use std::fmt::Write;

use super::decimal::{self, MAX_SIGNIFICANT, MAX_U64_DIGITS};

/// One conversion specification such as `%-08.3f`, without knowledge of which flags a conversion accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`: pad on the right.
    pub left: bool,
    /// `+`: write a sign also before positive numbers.
    pub plus: bool,
    /// A space flag: write a space where `+` would write a sign.
    pub space: bool,
    /// `#`: the alternative form (base prefix, decimal point, trailing zeros).
    pub alternate: bool,
    /// `0`: pad with zeros after the sign.
    pub zero: bool,
    /// The minimum width in bytes.
    pub width: u8,
    /// The precision, if one was given.
    pub precision: Option<u8>,
    /// The letter of the conversion, as in `b'd'`.
    pub conversion: u8,
}

impl Spec {
    /// A specification with nothing but its conversion letter.
    pub fn plain(conversion: u8) -> Spec {
        Spec { conversion, ..Spec::default() }
    }

    /// Whether nothing but the conversion letter was given.
    pub fn is_plain(&self) -> bool {
        *self == Spec::plain(self.conversion)
    }

    /// Appends `i` by one of the conversions `d i u o x X`; all but the first two take its bits as unsigned.
    pub fn write_int(&self, i: i64, out: &mut Vec<u8>) {
        match self.conversion {
            b'd' | b'i' => {
                if self.is_plain() {
                    return super::format_int(i, out);
                }
                let mut buffer = [0; MAX_U64_DIGITS];
                let digits = decimal::u64_digits(i.unsigned_abs(), &mut buffer);
                self.write_digits(self.sign(i < 0), b"", digits, i == 0, out);
            }
            b'u' => {
                let mut buffer = [0; MAX_U64_DIGITS];
                let digits = decimal::u64_digits(i as u64, &mut buffer);
                self.write_digits(b"", b"", digits, i == 0, out);
            }
            _ => self.write_radix(i as u64, out),
        }
    }

    /// The conversions `o x X`.
    fn write_radix(&self, value: u64, out: &mut Vec<u8>) {
        let (bits, digit_set): (u32, &[u8; 16]) = match self.conversion {
            b'o' => (3, b"0123456789abcdef"),
            b'X' => (4, b"0123456789ABCDEF"),
            _ => (4, b"0123456789abcdef"),
        };
        let mut buffer = [0; 23];
        let mut at = buffer.len();
        let mut rest = value;
        while rest != 0 || at == buffer.len() {
            at -= 1;
            buffer[at] = digit_set[(rest & ((1 << bits) - 1)) as usize];
            rest >>= bits;
        }
        let octal_mark = bits == 3 && self.alternate && value != 0;
        if octal_mark && usize::from(self.precision.unwrap_or(0)) <= buffer.len() - at {
            at -= 1;
            buffer[at] = b'0';
        }
        let prefix: &[u8] = match (self.alternate && value != 0, self.conversion) {
            (true, b'x') => b"0x",
            (true, b'X') => b"0X",
            _ => b"",
        };
        // The alternative octal form shows a zero even when the precision asks for no digits.
        let hide_zero = value == 0 && !(bits == 3 && self.alternate);
        self.write_digits(b"", prefix, &buffer[at..], hide_zero, out);
    }

    /// Lays out an integer: padding, sign, prefix, the zeros of precision or width, digits.
    fn write_digits(&self, sign: &[u8], prefix: &[u8], digits: &[u8], is_zero: bool, out: &mut Vec<u8>) {
        let digits = if is_zero && self.precision == Some(0) { &[][..] } else { digits };
        let bare = sign.len() + prefix.len() + digits.len();
        let zeros = match self.precision {
            Some(precision) => usize::from(precision).saturating_sub(digits.len()),
            None if self.zero && !self.left => usize::from(self.width).saturating_sub(bare),
            None => 0,
        };
        let padding = usize::from(self.width).saturating_sub(bare + zeros);
        if !self.left {
            fill(out, b' ', padding);
        }
        out.extend_from_slice(sign);
        out.extend_from_slice(prefix);
        fill(out, b'0', zeros);
        out.extend_from_slice(digits);
        if self.left {
            fill(out, b' ', padding);
        }
    }

    /// Appends `text` by the conversion `s`: cut to the precision, padded to the width.
    pub fn write_str(&self, text: &[u8], out: &mut Vec<u8>) {
        let shown = match self.precision {
            Some(precision) => &text[..text.len().min(usize::from(precision))],
            None => text,
        };
        let padding = usize::from(self.width).saturating_sub(shown.len());
        if !self.left {
            fill(out, b' ', padding);
        }
        out.extend_from_slice(shown);
        if self.left {
            fill(out, b' ', padding);
        }
    }

    /// Appends one byte by the conversion `c`.
    pub fn write_char(&self, byte: u8, out: &mut Vec<u8>) {
        Spec { precision: None, ..*self }.write_str(&[byte], out);
    }

    /// Appends an address by the conversion `p`, or `(null)` in place of a null one.
    pub fn write_pointer(&self, address: usize, out: &mut Vec<u8>) {
        if address == 0 {
            return self.write_str(b"(null)", out);
        }
        Spec { conversion: b'x', alternate: true, ..*self }.write_radix(address as u64, out);
    }

    /// Appends `x` by one of the conversions `e E f F g G a A`.
    pub fn write_float(&self, x: f64, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(self.sign(x.is_sign_negative()));
        let magnitude = x.abs();
        let upper = self.conversion.is_ascii_uppercase();
        let mut prefix_end = out.len();
        if magnitude.is_finite() {
            match self.conversion.to_ascii_lowercase() {
                b'e' => self.exponential(magnitude, self.digits_after_point(), out),
                b'f' => self.fixed(magnitude, out),
                b'a' => {
                    prefix_end += 2;
                    self.hexadecimal(magnitude, out);
                }
                _ => self.general(magnitude, out),
            }
        } else {
            out.extend_from_slice(if x.is_nan() { b"nan" } else { b"inf" });
        }
        if upper {
            out[start..].make_ascii_uppercase();
        }
        let missing = usize::from(self.width).saturating_sub(out.len() - start);
        if missing > 0 {
            self.pad_number(start, prefix_end, missing, magnitude.is_finite(), out);
        }
    }

    /// Widens the number at `out[start..]` by `missing` bytes; zeros go behind its prefix.
    fn pad_number(&self, start: usize, prefix_end: usize, missing: usize, zeros: bool, out: &mut Vec<u8>) {
        let end = out.len();
        fill(out, b' ', missing);
        if self.left {
            return;
        }
        let (at, byte) = if self.zero && zeros { (prefix_end, b'0') } else { (start, b' ') };
        out.copy_within(at..end, at + missing);
        out[at..at + missing].fill(byte);
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, _, _) => b"-",
            (_, true, _) => b"+",
            (_, _, true) => b" ",
            _ => b"",
        }
    }

    /// The precision of the conversions that default to six digits.
    fn digits_after_point(&self) -> usize {
        self.precision.map_or(6, usize::from)
    }

    /// `%e`: one digit, the point, `precision` digits, an exponent of at least two digits.
    fn exponential(&self, x: f64, precision: usize, out: &mut Vec<u8>) {
        let mut digits = Digits::default();
        digits.load(x, precision + 1);
        write_exponential(digits.all(), digits.exponent, self.alternate, out);
    }

    /// `%f`: the integer part, the point, `precision` digits.
    fn fixed(&self, x: f64, out: &mut Vec<u8>) {
        let precision = self.digits_after_point();
        if precision > MAX_SIGNIFICANT || !fixed_quick(x, precision, out) {
            let mut text = Text::<576>::default();
            // Formatting fails only when the buffer is full; 309 digits, a point and 255 more always fit.
            let _ = write!(text, "{x:.precision$}");
            out.extend_from_slice(text.bytes());
        }
        if precision == 0 && self.alternate {
            out.push(b'.');
        }
    }

    /// `%g`: `precision` significant digits in the shorter of both styles, without trailing zeros.
    fn general(&self, x: f64, out: &mut Vec<u8>) {
        let precision = self.digits_after_point().max(1);
        let mut digits = Digits::default();
        digits.load(x, precision);
        write_general(&digits, precision, self.alternate, out);
    }

    /// `%a`: the mantissa in hexadecimal and the exponent of two, all of it exact unless a precision cuts it.
    fn hexadecimal(&self, x: f64, out: &mut Vec<u8>) {
        const FRACTION_BITS: u32 = 52;
        const FRACTION_DIGITS: usize = 13;
        let bits = x.to_bits();
        let biased = (bits >> FRACTION_BITS) as i32;
        let mut mantissa = bits & ((1 << FRACTION_BITS) - 1);
        let exponent = match (biased, mantissa) {
            (0, 0) => 0,
            (0, _) => -1022,
            _ => {
                mantissa |= 1 << FRACTION_BITS;
                biased - 1023
            }
        };
        let mut shown = FRACTION_DIGITS;
        if let Some(precision) = self.precision.map(usize::from)
            && precision < FRACTION_DIGITS
        {
            mantissa = round_bits(mantissa, 4 * (FRACTION_DIGITS - precision) as u32);
            shown = precision;
        } else if self.precision.is_none() {
            let fraction = mantissa & ((1 << FRACTION_BITS) - 1);
            shown = FRACTION_DIGITS - (fraction.trailing_zeros() as usize / 4).min(FRACTION_DIGITS);
        }
        out.extend_from_slice(b"0x");
        out.push(b'0' + (mantissa >> FRACTION_BITS) as u8);
        let wanted = self.precision.map_or(shown, usize::from);
        if wanted > 0 || self.alternate {
            out.push(b'.');
        }
        for i in 0..shown {
            let digit = mantissa >> (FRACTION_BITS - 4 * (i as u32 + 1)) & 0xf;
            out.push(b"0123456789abcdef"[digit as usize]);
        }
        fill(out, b'0', wanted - shown);
        out.push(b'p');
        out.push(if exponent < 0 { b'-' } else { b'+' });
        push_u64(u64::from(exponent.unsigned_abs()), out);
    }
}

/// Appends `%.14g` of `x`, with `.0` added when the result would read as an integer.
pub(super) fn write_general_14(x: f64, out: &mut Vec<u8>) {
    const PRECISION: usize = 14;
    if x.is_sign_negative() {
        out.push(b'-');
    }
    let magnitude = x.abs();
    if !magnitude.is_finite() {
        out.extend_from_slice(if x.is_nan() { b"nan" } else { b"inf" });
        return;
    }
    let mut digits = Digits::default();
    digits.load(magnitude, PRECISION);
    let start = out.len();
    write_general(&digits, PRECISION, false, out);
    if out[start..].iter().all(u8::is_ascii_digit) {
        out.extend_from_slice(b".0");
    }
}

/// The style of `%g` for digits that were rounded to `precision`.
fn write_general(digits: &Digits, precision: usize, alternate: bool, out: &mut Vec<u8>) {
    let shown = if alternate { digits.all() } else { digits.trimmed() };
    let exponent = digits.exponent;
    if exponent < -4 || exponent >= precision as i32 {
        return write_exponential(shown, exponent, alternate, out);
    }
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        fill(out, b'0', exponent.unsigned_abs() as usize - 1);
        out.extend_from_slice(shown);
        return;
    }
    let whole = exponent as usize + 1;
    let (before, after) = shown.split_at(whole.min(shown.len()));
    out.extend_from_slice(before);
    fill(out, b'0', whole - before.len());
    if !after.is_empty() || alternate {
        out.push(b'.');
    }
    out.extend_from_slice(after);
}

/// The style of `%e` for given digits, of which the first stands before the point.
fn write_exponential(digits: &[u8], exponent: i32, alternate: bool, out: &mut Vec<u8>) {
    let (first, rest) = digits.split_at(1);
    out.extend_from_slice(first);
    if !rest.is_empty() || alternate {
        out.push(b'.');
    }
    out.extend_from_slice(rest);
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    let magnitude = exponent.unsigned_abs();
    if magnitude < 10 {
        out.push(b'0');
    }
    push_u64(u64::from(magnitude), out);
}

/// Appends `%.{precision}f` of `x` when one multiplication can decide its digits.
fn fixed_quick(x: f64, precision: usize, out: &mut Vec<u8>) -> bool {
    let scaled = if x == 0.0 { Some(0) } else { decimal::scaled(x, precision as i32) };
    let Some(scaled) = scaled else {
        return false;
    };
    let mut buffer = [0; MAX_U64_DIGITS];
    let digits = decimal::u64_digits(scaled, &mut buffer);
    let whole = digits.len().saturating_sub(precision);
    if whole == 0 {
        out.push(b'0');
    }
    out.extend_from_slice(&digits[..whole]);
    if precision > 0 {
        out.push(b'.');
        fill(out, b'0', precision.saturating_sub(digits.len()));
        out.extend_from_slice(&digits[whole..]);
    }
    true
}

/// Drops the lowest `count` bits to zero, rounding to nearest with ties to even.
fn round_bits(value: u64, count: u32) -> u64 {
    let unit = 1u64 << count;
    let tail = value & (unit - 1);
    let kept = value - tail;
    let half = unit / 2;
    let up = tail > half || (tail == half && kept & unit != 0);
    if up { kept + unit } else { kept }
}

fn push_u64(value: u64, out: &mut Vec<u8>) {
    let mut buffer = [0; MAX_U64_DIGITS];
    out.extend_from_slice(decimal::u64_digits(value, &mut buffer));
}

#[inline]
fn fill(out: &mut Vec<u8>, byte: u8, count: usize) {
    if count > 0 {
        out.resize(out.len() + count, byte);
    }
}

/// The most digits one conversion shows: one and the largest precision.
const MAX_DIGITS: usize = 1 + u8::MAX as usize;

/// Rounded significant digits and the decimal exponent of the first one.
struct Digits {
    /// Few digits, right-aligned.
    short: [u8; MAX_U64_DIGITS],
    /// Digits of an exact conversion, and room for the exponent that comes with them.
    long: Option<Box<Text<{ MAX_DIGITS + 8 }>>>,
    count: usize,
    exponent: i32,
}

impl Default for Digits {
    fn default() -> Digits {
        Digits { short: [b'0'; MAX_U64_DIGITS], long: None, count: 0, exponent: 0 }
    }
}

impl Digits {
    /// Loads `count` digits of `x`, which is finite and not negative.
    fn load(&mut self, x: f64, count: usize) {
        self.count = count;
        if x == 0.0 && count <= MAX_U64_DIGITS {
            return;
        }
        if count <= MAX_SIGNIFICANT
            && let Some((digits, exponent)) = decimal::significant(x, count)
        {
            decimal::u64_digits(digits, &mut self.short);
            self.exponent = exponent;
            return;
        }
        self.load_exact(x, count);
    }

    #[cold]
    fn load_exact(&mut self, x: f64, count: usize) {
        let mut text = Box::<Text<{ MAX_DIGITS + 8 }>>::default();
        // Formatting fails only when the buffer is full; it has room for the largest precision.
        let _ = write!(text, "{:.*e}", count - 1, x);
        let mark = text.bytes().iter().position(|&byte| byte == b'e').unwrap_or(text.length);
        self.exponent = std::str::from_utf8(&text.bytes()[mark..])
            .ok()
            .and_then(|tail| tail.strip_prefix('e'))
            .and_then(|tail| tail.parse().ok())
            .unwrap_or(0);
        if count > 1 {
            text.buffer.copy_within(2..mark, 1);
        }
        self.long = Some(text);
    }

    /// All digits asked for.
    fn all(&self) -> &[u8] {
        match &self.long {
            Some(text) => &text.buffer[..self.count],
            None => &self.short[MAX_U64_DIGITS - self.count..],
        }
    }

    /// The digits without trailing zeros, but with at least one.
    fn trimmed(&self) -> &[u8] {
        let all = self.all();
        let zeros = all[1..].iter().rev().take_while(|&&digit| digit == b'0').count();
        &all[..all.len() - zeros]
    }
}

/// A fixed buffer that takes formatted text.
struct Text<const SIZE: usize> {
    buffer: [u8; SIZE],
    length: usize,
}

impl<const SIZE: usize> Default for Text<SIZE> {
    fn default() -> Self {
        Text { buffer: [0; SIZE], length: 0 }
    }
}

impl<const SIZE: usize> Text<SIZE> {
    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl<const SIZE: usize> Write for Text<SIZE> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        self.buffer.get_mut(self.length..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
