//! The general case of every operation: metamethods, coercions, errors.

use crate::convert::{number_to_int, to_numeric};
use crate::error;
use crate::function::Throw;
use crate::global::Event;
use crate::thread::Thread;
use crate::value::{Value, float_to_int};
use perilune_front::number::Number;

/// Longest chain of `__index` or `__newindex` (MAXTAGLOOP).
const MAX_CHAIN: usize = 2000;

/// Calls a metamethod with `args`; one result.
pub fn call_method(t: &mut Thread, method: Value, args: &[Value]) -> Result<Value, Throw> {
    settle_top(t);
    t.call(method, args)
}

/// While a Lua function runs, `top` is not kept: brings it above the function's registers.
#[inline(always)]
pub(crate) fn settle_top(t: &mut Thread) {
    let frame = t.frame_ref();
    if frame.is_lua() {
        t.top = frame.limit;
    }
}

/// `object[key]`
pub fn index(t: &mut Thread, mut object: Value, key: Value) -> Result<Value, Throw> {
    for _ in 0..MAX_CHAIN {
        let method = if let Some(table) = object.as_table() {
            let value = table.get(key);
            if !value.is_nil() {
                return Ok(value);
            }
            let Some(meta) = table.meta() else { return Ok(Value::NIL) };
            let method = t.g().metamethod_of(meta, Event::Index);
            if method.is_nil() {
                return Ok(Value::NIL);
            }
            method
        } else {
            let method = t.g().metamethod(object, Event::Index);
            if method.is_nil() {
                return Err(error::index_error(t, object, key));
            }
            method
        };
        if method.is_function() {
            return call_method(t, method, &[object, key]);
        }
        object = method;
    }
    Err(t.runtime_error("'__index' chain too long; possible loop"))
}

/// `object[key] = value`
pub fn set_index(t: &mut Thread, mut object: Value, key: Value, value: Value) -> Result<(), Throw> {
    for _ in 0..MAX_CHAIN {
        let method = if let Some(table) = object.as_table() {
            let method = match table.meta() {
                Some(meta) => t.g().metamethod_of(meta, Event::NewIndex),
                None => Value::NIL,
            };
            if method.is_nil() || !table.get(key).is_nil() {
                return t.raw_set(table, key, value);
            }
            method
        } else {
            let method = t.g().metamethod(object, Event::NewIndex);
            if method.is_nil() {
                return Err(error::index_error(t, object, key));
            }
            method
        };
        if method.is_function() {
            settle_top(t);
            return t.call_discard(method, &[object, key, value]);
        }
        object = method;
    }
    Err(t.runtime_error("'__newindex' chain too long; possible loop"))
}

/// `a == b`
#[inline]
pub fn equals(t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
    if a.raw_equals(b) {
        return Ok(true);
    }
    let both_tables = a.as_table().is_some() && b.as_table().is_some();
    let both_userdata = a.as_userdata().is_some() && b.as_userdata().is_some();
    if !(both_tables || both_userdata) {
        return Ok(false);
    }
    let mut method = t.g().metamethod(a, Event::Eq);
    if method.is_nil() {
        method = t.g().metamethod(b, Event::Eq);
    }
    if method.is_nil() {
        return Ok(false);
    }
    Ok(call_method(t, method, &[a, b])?.is_truthy())
}

/// `a < b`
pub fn less_than(t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
    if let Some(result) = compare_numbers(a, b, |x, y| x < y, |x, y| x < y, int_less_float, float_less_int) {
        return Ok(result);
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Ok(compare_strings(x.bytes(), y.bytes()).is_lt());
    }
    order_method(t, Event::Lt, a, b)
}

/// `a <= b`
pub fn less_equal(t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
    if let Some(result) = compare_numbers(a, b, |x, y| x <= y, |x, y| x <= y, int_at_most_float, float_at_most_int) {
        return Ok(result);
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Ok(compare_strings(x.bytes(), y.bytes()).is_le());
    }
    // Without `__le`, `not (b < a)` serves, as in PUC Lua built with its usual compatibility options.
    if t.g().metamethod(a, Event::Le).is_nil() && t.g().metamethod(b, Event::Le).is_nil() {
        let reversed = !t.g().metamethod(b, Event::Lt).is_nil() || !t.g().metamethod(a, Event::Lt).is_nil();
        if reversed {
            return order_method(t, Event::Lt, b, a).map(|less| !less);
        }
    }
    order_method(t, Event::Le, a, b)
}

fn compare_numbers(
    a: Value,
    b: Value,
    ints: impl Fn(i64, i64) -> bool,
    floats: impl Fn(f64, f64) -> bool,
    mixed: impl Fn(i64, f64) -> bool,
    mixed_swapped: impl Fn(f64, i64) -> bool,
) -> Option<bool> {
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => Some(floats(x, y)),
        (Some(x), None) => Some(mixed_swapped(x, b.as_int()?)),
        (None, Some(y)) => Some(mixed(a.as_int()?, y)),
        (None, None) => Some(ints(a.as_int()?, b.as_int()?)),
    }
}

/// 2^63 as a double.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Compares exactly, where converting the integer to a double could round.
fn int_less_float(i: i64, f: f64) -> bool {
    if f >= TWO_63 {
        true
    } else if f > -TWO_63 {
        // i < f if and only if i < ceil(f), which fits.
        i < f.ceil() as i64 || (f.ceil() >= TWO_63)
    } else {
        false
    }
}

fn int_at_most_float(i: i64, f: f64) -> bool {
    if f >= TWO_63 {
        true
    } else if f >= -TWO_63 {
        i <= f.floor() as i64
    } else {
        false
    }
}

fn float_less_int(f: f64, i: i64) -> bool {
    if f >= TWO_63 || f.is_nan() {
        false
    } else if f >= -TWO_63 {
        (f.floor() as i64) < i
    } else {
        true
    }
}

fn float_at_most_int(f: f64, i: i64) -> bool {
    if f >= TWO_63 || f.is_nan() {
        false
    } else if f > -TWO_63 {
        f.ceil() < TWO_63 && f.ceil() as i64 <= i
    } else {
        true
    }
}

/// Byte order; the C locale's collation.
#[must_use]
pub fn compare_strings(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    a.cmp(b)
}

fn order_method(t: &mut Thread, event: Event, a: Value, b: Value) -> Result<bool, Throw> {
    let mut method = t.g().metamethod(a, event);
    if method.is_nil() {
        method = t.g().metamethod(b, event);
    }
    if method.is_nil() {
        return Err(error::order_error(t, a, b));
    }
    Ok(call_method(t, method, &[a, b])?.is_truthy())
}

/// `#value`
pub fn length(t: &mut Thread, value: Value) -> Result<Value, Throw> {
    if let Some(s) = value.as_str() {
        return Ok(t.g().int(s.len() as i64));
    }
    let method = t.g().metamethod(value, Event::Len);
    if !method.is_nil() {
        return call_method(t, method, &[value, value]);
    }
    match value.as_table() {
        Some(table) => Ok(Value::small_int(table.len())),
        None => Err(error::type_error(t, value, "get length of")),
    }
}

/// An arithmetic or bitwise operation, `event` naming which. For unary ones `b` is `a`.
pub fn arith(t: &mut Thread, event: Event, a: Value, b: Value) -> Result<Value, Throw> {
    // Strings are converted by the string metatable's methods, not here.
    if a.is_number() && b.is_number() {
        if is_bitwise(event) {
            if let (Some(x), Some(y)) = (number_to_int(a), number_to_int(b)) {
                return Ok(t.g().int(bitwise(event, x, y)));
            }
        } else {
            return arith_numbers(t, event, numeric(a), numeric(b));
        }
    }
    let mut method = t.g().metamethod(a, event);
    if method.is_nil() {
        method = t.g().metamethod(b, event);
    }
    if method.is_nil() {
        return Err(error::arith_error(t, a, b, is_bitwise(event)));
    }
    call_method(t, method, &[a, b])
}

fn numeric(value: Value) -> Number {
    match value.as_int() {
        Some(i) => Number::Int(i),
        None => Number::Float(value.float_value()),
    }
}

/// Whether the operation works on integers only.
#[must_use]
pub fn is_bitwise(event: Event) -> bool {
    matches!(event, Event::BAnd | Event::BOr | Event::BXor | Event::Shl | Event::Shr | Event::BNot)
}

/// A bitwise operation.
#[must_use]
pub fn bitwise(event: Event, x: i64, y: i64) -> i64 {
    match event {
        Event::BAnd => x & y,
        Event::BOr => x | y,
        Event::BXor => x ^ y,
        Event::Shl => shift_left(x, y),
        Event::Shr => shift_left(x, y.wrapping_neg()),
        Event::BNot => !x,
        _ => unreachable!("not a bitwise operation"),
    }
}

/// A logical shift; negative distances shift right, 64 and more give 0.
#[inline]
#[must_use]
pub fn shift_left(x: i64, distance: i64) -> i64 {
    match distance {
        0..=63 => ((x as u64) << distance) as i64,
        -63..=-1 => ((x as u64) >> -distance) as i64,
        _ => 0,
    }
}

/// Arithmetic on two numbers; raises for integer division by zero.
pub fn arith_numbers(t: &mut Thread, event: Event, a: Number, b: Number) -> Result<Value, Throw> {
    if let (Number::Int(x), Number::Int(y)) = (a, b) {
        let result = match event {
            Event::Add => Some(x.wrapping_add(y)),
            Event::Sub => Some(x.wrapping_sub(y)),
            Event::Mul => Some(x.wrapping_mul(y)),
            Event::Unm => Some(x.wrapping_neg()),
            Event::IDiv if y == 0 => return Err(t.runtime_error("attempt to divide by zero")),
            Event::Mod if y == 0 => return Err(t.runtime_error("attempt to perform 'n%0'")),
            Event::IDiv => Some(int_floor_div(x, y)),
            Event::Mod => Some(int_mod(x, y)),
            _ => None,
        };
        if let Some(result) = result {
            return Ok(t.g().int(result));
        }
    }
    let float = |n: Number| match n {
        Number::Int(i) => i as f64,
        Number::Float(f) => f,
    };
    Ok(Value::float(arith_floats(event, float(a), float(b))))
}

/// Arithmetic on doubles.
#[must_use]
pub fn arith_floats(event: Event, x: f64, y: f64) -> f64 {
    match event {
        Event::Add => x + y,
        Event::Sub => x - y,
        Event::Mul => x * y,
        Event::Div => x / y,
        Event::Mod => float_mod(x, y),
        Event::Pow => pow(x, y),
        Event::IDiv => (x / y).floor(),
        Event::Unm => -x,
        _ => unreachable!("not an arithmetic operation"),
    }
}

/// `x ^ y`
#[inline]
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    if y == 2.0 { x * x } else { x.powf(y) }
}

/// `x // y`, `y` not zero.
#[inline]
#[must_use]
pub fn int_floor_div(x: i64, y: i64) -> i64 {
    if y == -1 {
        return x.wrapping_neg();
    }
    let quotient = x / y;
    if x % y != 0 && (x ^ y) < 0 { quotient - 1 } else { quotient }
}

/// `x % y`, `y` not zero: the result has the sign of `y`.
#[inline]
#[must_use]
pub fn int_mod(x: i64, y: i64) -> i64 {
    if y == -1 {
        return 0;
    }
    let remainder = x % y;
    if remainder != 0 && (remainder ^ y) < 0 { remainder + y } else { remainder }
}

/// `x % y`: the result has the sign of `y`.
#[inline]
#[must_use]
pub fn float_mod(x: f64, y: f64) -> f64 {
    let remainder = x % y;
    if remainder != 0.0 && (remainder < 0.0) != (y < 0.0) { remainder + y } else { remainder }
}

/// The concatenation of two values that are not both strings or numbers.
pub(crate) fn concat_method(t: &mut Thread, a: Value, b: Value) -> Result<Value, Throw> {
    let mut method = t.g().metamethod(a, Event::Concat);
    if method.is_nil() {
        method = t.g().metamethod(b, Event::Concat);
    }
    if method.is_nil() {
        return Err(error::concat_error(t, a, b));
    }
    call_method(t, method, &[a, b])
}

/// What `for` takes as an integer limit: `Ok(None)` means that the loop does not run.
pub(crate) fn for_limit(t: &mut Thread, start: i64, limit: Value, step: i64) -> Result<Option<i64>, Throw> {
    let limit = match to_numeric(limit) {
        Some(Number::Int(i)) => i,
        Some(Number::Float(float)) => match float_to_int(if step < 0 { float.ceil() } else { float.floor() }) {
            Some(i) => i,
            // Out of range: clip, or do not run at all. NaN counts as less than anything, as in PUC Lua.
            None if float > 0.0 && step > 0 => i64::MAX,
            None if float > 0.0 || step > 0 => return Ok(None),
            None => i64::MIN,
        },
        None => return Err(error::for_error(t, limit, "limit")),
    };
    let runs = if step > 0 { start <= limit } else { start >= limit };
    Ok(runs.then_some(limit))
}
