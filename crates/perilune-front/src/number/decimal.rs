//! Decimal digits of floats, correctly rounded, and of integers.
//!
//! [`scaled`] answers nearly every request with one multiplication by a 128-bit power of ten and knows when that is
//! not precise enough; callers then fall back on the exact (and slow) arithmetic of the standard library. The idea is
//! that of the counted mode of Grisu (Loitsch 2010) and of Ryu-printf (Adams 2019).

/// Digits of the largest `u64`.
pub const MAX_U64_DIGITS: usize = 20;

/// The most significant digits [`significant`] can produce; 17 tell any two doubles apart.
pub const MAX_SIGNIFICANT: usize = 17;

/// `"00"` to `"99"`, one pair after another.
static PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut i = 0;
    while i < 100 {
        pairs[2 * i] = b'0' + (i / 10) as u8;
        pairs[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    pairs
};

/// Writes `value` in decimal into the end of `buffer` and returns the digits, without leading zeros.
#[inline]
pub fn u64_digits(mut value: u64, buffer: &mut [u8; MAX_U64_DIGITS]) -> &[u8] {
    let mut at = buffer.len();
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        buffer[at] = b'0' + value as u8;
    }
    &buffer[at..]
}

/// The leading `count` (1 to 17) significant digits of a positive finite `x`, rounded to nearest, ties to even.
///
/// Returns the digits as an integer `d` in `[10^(count-1), 10^count)` and the exponent `e` of the first one, so that
/// `x ≈ d * 10^(e - count + 1)`. `None` when the quick arithmetic cannot decide the rounding.
pub fn significant(x: f64, count: usize) -> Option<(u64, i32)> {
    // Exact for the exponents of doubles: floor(log10(2^e)).
    let exponent = (binary_exponent(x) * 78_913) >> 18;
    let limit = 10u64.pow(count as u32);
    let digits = scaled(x, count as i32 - 1 - exponent)?;
    if digits < limit {
        return Some((digits, exponent));
    }
    // The estimate comes from a power of two below `x`, so it may be one too small.
    Some((scaled(x, count as i32 - 2 - exponent)?, exponent + 1))
}

/// `x * 10^k` rounded to the nearest integer, ties to even, for a positive finite `x`.
///
/// `None` when the product is 2^61 or more, `k` lies outside the table, or the rounding cannot be decided.
pub fn scaled(x: f64, k: i32) -> Option<u64> {
    let index = usize::try_from(k - MIN_POWER).ok()?;
    let power = *POWERS.get(index)?;
    let (mantissa, exponent) = normalised(x);
    let low = u128::from(mantissa) * u128::from(power as u64);
    let high = u128::from(mantissa) * (power >> 64) + (low >> 64);
    // The product is `high` (and 64 dropped bits) times 2^-shift.
    let shift = -(exponent + power_exponent(k) + 64);
    if shift > 128 {
        return Some(0);
    }
    if shift < 67 {
        return None;
    }
    let (whole, fraction, half) =
        if shift == 128 { (0, high, 1 << 127) } else { ((high >> shift) as u64, high & ((1 << shift) - 1), 1 << (shift - 1)) };
    // The table truncates: the true fraction is in `fraction .. fraction + 2`.
    if fraction > half {
        Some(whole + 1)
    } else if fraction + 2 <= half {
        Some(whole)
    } else {
        (0..=EXACT_POWERS).contains(&k).then(|| round_exact(whole, fraction == half, low as u64))
    }
}

/// Rounds when the power of ten was exact: `reaches_half` compares the upper bits, `rest` holds the lower ones.
fn round_exact(whole: u64, reaches_half: bool, rest: u64) -> u64 {
    let up = reaches_half && (rest > 0 || whole & 1 == 1);
    whole + u64::from(up)
}

/// `floor(log2(x))` for a positive finite `x`.
fn binary_exponent(x: f64) -> i32 {
    let (_, exponent) = normalised(x);
    exponent + 63
}

/// A positive finite `x` as `mantissa * 2^exponent` with the top bit of the mantissa set.
fn normalised(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let shift = mantissa.leading_zeros();
    (mantissa << shift, exponent - shift as i32)
}

/// The exponent `e` such that `10^k = p * 2^e` with `p` in `[2^127, 2^128)`.
fn power_exponent(k: i32) -> i32 {
    ((k * 1_741_647) >> 19) - 127
}

/// Powers up to this one fit 128 bits once their factors of two are split off.
const EXACT_POWERS: i32 = 55;

const MIN_POWER: i32 = -310;
const MAX_POWER: i32 = 345;
const POWER_COUNT: usize = (MAX_POWER - MIN_POWER + 1) as usize;

/// `10^k` for `k` from [`MIN_POWER`] to [`MAX_POWER`], each truncated to its top 128 bits.
static POWERS: [u128; POWER_COUNT] = power_table();

const fn power_table() -> [u128; POWER_COUNT] {
    let mut table = [0; POWER_COUNT];
    let one = -MIN_POWER as usize;
    let mut power = Wide { high: 1 << 127, low: 0 };
    let mut i = one;
    while i < POWER_COUNT {
        table[i] = power.high;
        power = power.times_ten();
        i += 1;
    }
    power = Wide { high: 1 << 127, low: 0 };
    i = one;
    while i > 0 {
        i -= 1;
        power = power.tenth();
        table[i] = power.high;
    }
    table
}

/// A 256-bit mantissa with its top bit set: wide enough that the errors of all steps stay below the upper half.
#[derive(Clone, Copy)]
struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    /// Multiplies by ten, then by the power of two that normalises.
    const fn times_ten(self) -> Wide {
        // 10 / 16 = 1/2 + 1/8.
        let (low, carry) = (self.high << 127 | self.low >> 1).overflowing_add(self.high << 125 | self.low >> 3);
        let high = (self.high >> 1) + (self.high >> 3) + carry as u128;
        Wide { high, low }.normalise()
    }

    /// Divides by ten, then multiplies by the power of two that normalises.
    const fn tenth(self) -> Wide {
        // Long division by 10 of the value times 8, a 32-bit digit at a time, so that the quotient keeps 256 bits.
        let digits = [
            (self.high >> 125) as u64,
            (self.high >> 93) as u32 as u64,
            (self.high >> 61) as u32 as u64,
            (self.high >> 29) as u32 as u64,
            ((self.high << 3) as u32 as u64) | (self.low >> 125) as u64,
            (self.low >> 93) as u32 as u64,
            (self.low >> 61) as u32 as u64,
            (self.low >> 29) as u32 as u64,
            (self.low << 3) as u32 as u64,
        ];
        let mut remainder = digits[0];
        let mut quotient = [0u32; 8];
        let mut i = 0;
        while i < 8 {
            let part = remainder << 32 | digits[i + 1];
            quotient[i] = (part / 10) as u32;
            remainder = part % 10;
            i += 1;
        }
        Wide { high: join(&quotient, 0), low: join(&quotient, 4) }.normalise()
    }

    const fn normalise(self) -> Wide {
        let shift = self.high.leading_zeros();
        if shift == 0 {
            return self;
        }
        Wide { high: self.high << shift | self.low >> (128 - shift), low: self.low << shift }
    }
}

const fn join(parts: &[u32; 8], at: usize) -> u128 {
    (parts[at] as u128) << 96 | (parts[at + 1] as u128) << 64 | (parts[at + 2] as u128) << 32 | parts[at + 3] as u128
}
