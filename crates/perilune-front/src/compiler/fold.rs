//! Constant folding of numeric operations, where the result cannot differ from the one at run time.

use super::value::{Kind, Value};
use crate::ast::{BinOp, UnOp};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        match value.kind {
            Kind::Int(number) if !value.has_jumps() => Some(Self::Int(number)),
            Kind::Float(number) if !value.has_jumps() => Some(Self::Float(number)),
            _ => None,
        }
    }

    fn as_float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    /// The integer equal to it, if there is one.
    fn as_int(self) -> Option<i64> {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        match self {
            Self::Int(number) => Some(number),
            Self::Float(number) if number.floor() == number && (-LIMIT..LIMIT).contains(&number) => Some(number as i64),
            Self::Float(_) => None,
        }
    }

    /// The value to compile; none for NaN and zeros, whose sign or bits a constant would lose.
    fn into_value(self) -> Option<Value> {
        match self {
            Self::Int(number) => Some(Kind::Int(number).into()),
            Self::Float(number) if number.is_nan() || number == 0.0 => None,
            Self::Float(number) => Some(Kind::Float(number).into()),
        }
    }
}

/// The value of `lhs op rhs` if both are numerals.
pub(super) fn binary(op: BinOp, lhs: &Value, rhs: &Value) -> Option<Value> {
    let (lhs, rhs) = (Number::of(lhs)?, Number::of(rhs)?);
    match op {
        BinOp::BAnd | BinOp::BOr | BinOp::BXor | BinOp::Shl | BinOp::Shr => {
            Number::Int(bitwise(op, lhs.as_int()?, rhs.as_int()?))
        }
        BinOp::Div | BinOp::Pow => Number::Float(float_arithmetic(op, lhs.as_float(), rhs.as_float())?),
        _ => match (lhs, rhs) {
            (Number::Int(lhs), Number::Int(rhs)) => Number::Int(int_arithmetic(op, lhs, rhs)?),
            _ => Number::Float(float_arithmetic(op, lhs.as_float(), rhs.as_float())?),
        },
    }
    .into_value()
}

/// The value of `op operand` if that is a numeral.
pub(super) fn unary(op: UnOp, operand: &Value) -> Option<Value> {
    match (op, Number::of(operand)?) {
        (UnOp::Neg, Number::Int(number)) => Number::Int(number.wrapping_neg()),
        (UnOp::Neg, Number::Float(number)) => Number::Float(-number),
        (UnOp::BNot, number) => Number::Int(!number.as_int()?),
        _ => return None,
    }
    .into_value()
}

fn bitwise(op: BinOp, lhs: i64, rhs: i64) -> i64 {
    match op {
        BinOp::BAnd => lhs & rhs,
        BinOp::BOr => lhs | rhs,
        BinOp::BXor => lhs ^ rhs,
        BinOp::Shl => shift_left(lhs, rhs),
        _ => shift_left(lhs, rhs.wrapping_neg()),
    }
}

/// Logical shift; negative distances go right, and 64 or more leave nothing.
fn shift_left(value: i64, distance: i64) -> i64 {
    let bits = value as u64;
    match distance {
        0..=63 => (bits << distance) as i64,
        -63..0 => (bits >> -distance) as i64,
        _ => 0,
    }
}

fn int_arithmetic(op: BinOp, lhs: i64, rhs: i64) -> Option<i64> {
    Some(match op {
        BinOp::Add => lhs.wrapping_add(rhs),
        BinOp::Sub => lhs.wrapping_sub(rhs),
        BinOp::Mul => lhs.wrapping_mul(rhs),
        BinOp::Mod | BinOp::IDiv if rhs == 0 => return None,
        BinOp::Mod => {
            let rest = lhs.wrapping_rem(rhs);
            if rest != 0 && (rest ^ rhs) < 0 { rest + rhs } else { rest }
        }
        BinOp::IDiv => {
            let quotient = lhs.wrapping_div(rhs);
            if lhs.wrapping_rem(rhs) != 0 && (lhs ^ rhs) < 0 { quotient - 1 } else { quotient }
        }
        _ => return None,
    })
}

fn float_arithmetic(op: BinOp, lhs: f64, rhs: f64) -> Option<f64> {
    if rhs == 0.0 && matches!(op, BinOp::Div | BinOp::IDiv | BinOp::Mod) {
        return None;
    }
    Some(match op {
        BinOp::Add => lhs + rhs,
        BinOp::Sub => lhs - rhs,
        BinOp::Mul => lhs * rhs,
        BinOp::Div => lhs / rhs,
        BinOp::IDiv => (lhs / rhs).floor(),
        BinOp::Pow if rhs == 2.0 => lhs * lhs,
        BinOp::Pow => lhs.powf(rhs),
        BinOp::Mod => {
            let rest = lhs % rhs;
            // Signs, not a product: that of two tiny numbers is zero.
            if rest != 0.0 && (rest < 0.0) != (rhs < 0.0) { rest + rhs } else { rest }
        }
        _ => return None,
    })
}
