//! The `math` library, with the functions that builds of PUC Lua keep for compatibility (`pow`, `cosh`, `frexp`, …).
//!
//! Elementary functions are those of the C library, so that results agree with PUC Lua to the last bit. Random numbers live in
//! [`random`].

mod random;

use perilune_vm::value::float_to_int;
use perilune_vm::{LibFunction, NativeFn, NativeResult, Special, Table, Thread, Throw, Value};
use std::f64::consts::PI;

const FUNCTIONS: &[LibFunction] = &[
    ("acos", |t| map(t, f64::acos)),
    ("asin", |t| map(t, f64::asin)),
    ("atan", atan),
    ("cos", |t| map(t, f64::cos)),
    ("deg", |t| map(t, |x| x * (180.0 / PI))),
    ("exp", |t| map(t, f64::exp)),
    ("fmod", fmod),
    ("ult", ult),
    ("log", log),
    ("modf", modf),
    ("rad", |t| map(t, |x| x * (PI / 180.0))),
    ("sin", |t| map(t, f64::sin)),
    ("tan", |t| map(t, f64::tan)),
    ("atan2", atan),
    ("cosh", |t| map(t, f64::cosh)),
    ("sinh", |t| map(t, f64::sinh)),
    ("tanh", |t| map(t, f64::tanh)),
    ("pow", pow),
    ("frexp", frexp),
    ("ldexp", ldexp),
    ("log10", |t| map(t, f64::log10)),
];

const INTRINSICS: &[(&str, NativeFn, Special)] = &[
    ("abs", abs, Special::Abs),
    ("ceil", ceil, Special::Ceil),
    ("max", max, Special::Max),
    ("min", min, Special::Min),
    ("floor", floor, Special::Floor),
    ("sqrt", |t| map(t, f64::sqrt), Special::Sqrt),
    ("tointeger", tointeger, Special::ToInteger),
];

/// Makes the library.
pub fn open(t: &mut Thread) -> Table {
    let table = t.new_lib(FUNCTIONS);
    t.set_specials(table, INTRINSICS);
    t.set_field(table, "pi", Value::float(PI));
    t.set_field(table, "huge", Value::float(f64::INFINITY));
    for (name, bound) in [("maxinteger", i64::MAX), ("mininteger", i64::MIN)] {
        let value = t.global().int(bound);
        t.set_field(table, name, value);
    }
    let names = [t.global().str(b"integer").into(), t.global().str(b"float").into()];
    let type_name = t.global().special_native(type_name, &names, Special::MathType);
    t.set_field(table, "type", type_name);
    random::add_functions(t, table);
    table
}

/// Argument `index` as a double.
#[inline(always)]
fn number(t: &mut Thread, index: usize) -> Result<f64, Throw> {
    let value = t.arg(index);
    if value.is_float() {
        Ok(value.float_value())
    } else if value.is_small_int() {
        Ok(value.small_int_value() as f64)
    } else {
        t.check_number(index)
    }
}

/// Returns `f` of the only argument.
#[inline(always)]
fn map(t: &mut Thread, f: impl FnOnce(f64) -> f64) -> NativeResult {
    let x = number(t, 1)?;
    t.push_float(f(x));
    Ok(1)
}

// ---- rounding ----

/// Pushes `f`, which is integral, as an integer if it fits.
#[inline]
fn push_integral(t: &mut Thread, f: f64) {
    match float_to_int(f) {
        Some(int) => t.push_int(int),
        None => t.push_float(f),
    }
}

/// Magnitudes below this one fit an integer whatever way they are rounded.
const SAFE: f64 = 9e15;

fn floor(t: &mut Thread) -> NativeResult {
    round(
        t,
        |f| {
            let truncated = f as i64;
            truncated - i64::from(truncated as f64 > f)
        },
        f64::floor,
    )
}

fn ceil(t: &mut Thread) -> NativeResult {
    round(
        t,
        |f| {
            let truncated = f as i64;
            truncated + i64::from((truncated as f64) < f)
        },
        f64::ceil,
    )
}

/// Rounds the argument: by `small` if it is far from the limits of integers, else by `any`.
#[inline(always)]
fn round(t: &mut Thread, small: impl Fn(f64) -> i64, any: impl Fn(f64) -> f64) -> NativeResult {
    let value = t.arg(1);
    if value.is_int() {
        t.push(value);
        return Ok(1);
    }
    let f = number(t, 1)?;
    if f.abs() < SAFE {
        t.push_int(small(f))
    } else {
        push_integral(t, any(f))
    }
    Ok(1)
}

fn modf(t: &mut Thread) -> NativeResult {
    let value = t.arg(1);
    if value.is_int() {
        t.push(value);
        t.push_float(0.0);
        return Ok(2);
    }
    let f = number(t, 1)?;
    let whole = f.trunc();
    push_integral(t, whole);
    // An infinity has no fraction, but its difference to itself is not zero.
    t.push_float(if f == whole { 0.0 } else { f - whole });
    Ok(2)
}

fn tointeger(t: &mut Thread) -> NativeResult {
    match perilune_vm::convert::to_int(t.arg(1)) {
        Some(int) => t.push_int(int),
        None => {
            t.check_any(1)?;
            t.push(Value::NIL);
        }
    }
    Ok(1)
}

// ---- integers and floats ----

fn abs(t: &mut Thread) -> NativeResult {
    match t.arg(1).as_int() {
        Some(int) => t.push_int(int.wrapping_abs()),
        None => return map(t, f64::abs),
    }
    Ok(1)
}

fn fmod(t: &mut Thread) -> NativeResult {
    if let (Some(a), Some(b)) = (t.arg(1).as_int(), t.arg(2).as_int()) {
        if b == 0 {
            return Err(t.arg_error(2, "zero"));
        }
        t.push_int(a.wrapping_rem(b));
    } else {
        let (a, b) = (number(t, 1)?, number(t, 2)?);
        t.push_float(a % b);
    }
    Ok(1)
}

fn ult(t: &mut Thread) -> NativeResult {
    let (a, b) = (t.check_int(1)?, t.check_int(2)?);
    t.push_bool((a as u64) < b as u64);
    Ok(1)
}

/// `type(x)`; its upvalues are the names.
fn type_name(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let name = if value.is_int() {
        t.upvalue(1)
    } else if value.is_float() {
        t.upvalue(2)
    } else {
        Value::NIL
    };
    t.push(name);
    Ok(1)
}

fn min(t: &mut Thread) -> NativeResult {
    extreme(t, less)
}

fn max(t: &mut Thread) -> NativeResult {
    extreme(t, |t, candidate, best| less(t, best, candidate))
}

#[inline(always)]
fn less(t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
    if a.is_small_int() && b.is_small_int() {
        Ok(a.small_int_value() < b.small_int_value())
    } else if a.is_float() && b.is_float() {
        Ok(a.float_value() < b.float_value())
    } else {
        t.less_than(a, b)
    }
}

/// Returns the argument that no other one is better than.
#[inline(always)]
fn extreme(t: &mut Thread, better: impl Fn(&mut Thread, Value, Value) -> Result<bool, Throw>) -> NativeResult {
    let mut best = t.check_any(1)?;
    for index in 2..=t.arg_count() {
        let candidate = t.arg(index);
        if better(t, candidate, best)? {
            best = candidate;
        }
    }
    t.push(best);
    Ok(1)
}

// ---- functions of two arguments ----

fn atan(t: &mut Thread) -> NativeResult {
    let y = number(t, 1)?;
    let x = t.opt_number(2, 1.0)?;
    t.push_float(y.atan2(x));
    Ok(1)
}

fn log(t: &mut Thread) -> NativeResult {
    let x = number(t, 1)?;
    let result = if t.arg(2).is_nil() {
        x.ln()
    } else {
        match number(t, 2)? {
            2.0 => x.log2(),
            10.0 => x.log10(),
            base => x.ln() / base.ln(),
        }
    };
    t.push_float(result);
    Ok(1)
}

fn pow(t: &mut Thread) -> NativeResult {
    let (x, y) = (number(t, 1)?, number(t, 2)?);
    t.push_float(x.powf(y));
    Ok(1)
}

fn frexp(t: &mut Thread) -> NativeResult {
    let (fraction, exponent) = split_exponent(number(t, 1)?);
    t.push_float(fraction);
    t.push_int(exponent);
    Ok(2)
}

/// `x` as `fraction * 2^exponent` with a fraction in `[0.5, 1)`; zero, infinities and NaN stay as they are.
fn split_exponent(x: f64) -> (f64, i64) {
    const EXPONENT: u64 = 0x7FF << 52;
    const SUBNORMAL_SCALE: f64 = (1u64 << 54) as f64;
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (scaled, shift) = if x.is_normal() { (x, 0) } else { (x * SUBNORMAL_SCALE, 54) };
    let bits = scaled.to_bits();
    let exponent = ((bits & EXPONENT) >> 52) as i64 - 1022 - shift;
    (f64::from_bits(bits & !EXPONENT | 1022 << 52), exponent)
}

fn ldexp(t: &mut Thread) -> NativeResult {
    let x = number(t, 1)?;
    // PUC Lua hands the exponent to C as an `int`.
    let exponent = t.check_int(2)? as i32;
    t.push_float(scale(x, exponent));
    Ok(1)
}

/// `x * 2^exponent`, rounded once.
fn scale(x: f64, exponent: i32) -> f64 {
    let (fraction, own) = split_exponent(x);
    if fraction == 0.0 || !fraction.is_finite() {
        return x;
    }
    let total = i64::from(exponent) + own;
    if total > 1024 {
        return f64::INFINITY.copysign(x);
    }
    // The fraction times two to a normal power is exact; only the last step can round.
    let power = |e: i64| f64::from_bits(((e + 1023) as u64) << 52);
    if total > 1023 {
        fraction * 2.0 * power(total - 1)
    } else if total >= -1021 {
        fraction * power(total)
    } else {
        fraction * power(-1022) * power((total + 1022).max(-200))
    }
}
