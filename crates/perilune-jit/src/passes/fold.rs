//! Local simplification: what an instruction yields can be told from its operands alone. One rule per line or two; each says
//! which value takes the instruction's place.

use crate::ir::{Cond, Func, Op, Ty, Val};
use perilune_vm::Value;

/// A value that equals the instruction's, found without looking further than its operands. Constants are made in place.
pub fn fold(func: &mut Func, val: Val) -> Option<Val> {
    let inst = func.inst(val);
    let (op, args) = (inst.op, inst.args.clone());
    let arg = |index: usize| func.inst(args[index]).op;
    match op {
        // Guards and unboxing of what was just boxed.
        Op::Guard(ty) | Op::Unbox(ty) if matches!(arg(0), Op::Box | Op::BoxSmall) => {
            let inner = func.inst(args[0]).args[0];
            // An integer in a cell does not pass for an inline one.
            let inline = ty != Ty::Int || arg(0) == Op::BoxSmall || func.small.contains(&inner);
            (func.ty(inner) == ty && inline).then_some(inner)
        }
        Op::GuardInteger if matches!(arg(0), Op::Box | Op::BoxSmall) => {
            let inner = func.inst(args[0]).args[0];
            (func.ty(inner) == Ty::Int).then_some(inner)
        }
        Op::Guard(Ty::Int) | Op::GuardInteger => match arg(0) {
            Op::Any(word) if Value(word).is_small_int() => make(func, val, Op::Int(Value(word).small_int_value())),
            _ => None,
        },
        Op::Guard(Ty::Flt) | Op::Unbox(Ty::Flt) => match arg(0) {
            Op::Any(word) if Value(word).is_float() => make(func, val, Op::Flt(word)),
            _ => None,
        },
        Op::Unbox(Ty::Int) => match arg(0) {
            Op::Any(word) if Value(word).is_small_int() => make(func, val, Op::Int(Value(word).small_int_value())),
            _ => None,
        },
        Op::GuardNumber | Op::ToDouble => double(func, val, args[0]),
        Op::AreInts | Op::AreFloats | Op::AreNumbers | Op::IsFloat => test(func, val, op, &args),
        Op::GuardFits => func.small.contains(&args[0]).then_some(args[0]),
        Op::Same => same(func, val, args[0], args[1]),
        Op::Not => match arg(0) {
            Op::Bool(on) => make(func, val, Op::Bool(!on)),
            Op::Not => Some(func.inst(args[0]).args[0]),
            _ => None,
        },
        Op::Both => match (arg(0), arg(1)) {
            (Op::Bool(true), _) => Some(args[1]),
            (_, Op::Bool(true)) => Some(args[0]),
            _ => None,
        },
        Op::Either => match (arg(0), arg(1)) {
            (Op::Bool(true), _) | (_, Op::Bool(false)) => Some(args[0]),
            (_, Op::Bool(true)) | (Op::Bool(false), _) => Some(args[1]),
            _ => None,
        },
        Op::Truthy => match arg(0) {
            Op::Any(word) => make(func, val, Op::Bool(Value(word).is_truthy())),
            Op::Box if func.ty(func.inst(args[0]).args[0]) == Ty::Bool => Some(func.inst(args[0]).args[0]),
            Op::Box | Op::BoxSmall => make(func, val, Op::Bool(true)),
            _ => None,
        },
        Op::Compare(cond) => match (arg(0), arg(1)) {
            (Op::Int(a), Op::Int(b)) => make(func, val, Op::Bool(compare(cond, a, b))),
            _ => None,
        },
        Op::Add | Op::Sub | Op::Mul | Op::And | Op::Or | Op::Xor => integers(func, val, op, args[0], args[1]),
        _ => None,
    }
}

/// A number as a float.
fn double(func: &mut Func, val: Val, of: Val) -> Option<Val> {
    match func.inst(of).op {
        Op::Any(word) if Value(word).is_float() => make(func, val, Op::Flt(word)),
        Op::Any(word) if Value(word).is_small_int() => {
            make(func, val, Op::Flt((Value(word).small_int_value() as f64).to_bits()))
        }
        Op::Box | Op::BoxSmall => {
            let inner = func.inst(of).args[0];
            match func.ty(inner) {
                Ty::Flt => Some(inner),
                Ty::Int => {
                    let inst = &mut func.insts[val.0 as usize];
                    (inst.op, inst.state) = (Op::ToFloat, None);
                    inst.args[0] = inner;
                    None
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether values are numbers of a certain kind: told by any of them that is not, or if all are known.
fn test(func: &mut Func, val: Val, op: Op, args: &[Val]) -> Option<Val> {
    let passes = |is_int: bool, is_float: bool| match op {
        Op::AreInts => is_int,
        Op::AreNumbers => is_int || is_float,
        _ => is_float,
    };
    let mut all = Some(true);
    for &arg in args {
        let inst = func.inst(arg);
        let known = match inst.op {
            Op::Any(word) => Some(passes(Value(word).is_small_int(), Value(word).is_float())),
            Op::BoxSmall => Some(passes(true, false)),
            Op::Box => match func.ty(inst.args[0]) {
                Ty::Int if func.small.contains(&inst.args[0]) => Some(passes(true, false)),
                // It may be in a cell, which is neither.
                Ty::Int => (op != Op::AreInts && op != Op::AreNumbers).then_some(false),
                ty => Some(passes(false, ty == Ty::Flt)),
            },
            _ => None,
        };
        match known {
            Some(false) => return make(func, val, Op::Bool(false)),
            Some(true) => {}
            None => all = None,
        }
    }
    all.and_then(|_| make(func, val, Op::Bool(true)))
}

/// Makes the instruction a constant; it stays where it is.
fn make(func: &mut Func, val: Val, constant: Op) -> Option<Val> {
    let inst = &mut func.insts[val.0 as usize];
    inst.op = constant;
    inst.args.clear();
    inst.state = None;
    None
}

fn same(func: &mut Func, val: Val, a: Val, b: Val) -> Option<Val> {
    if a == b {
        return make(func, val, Op::Bool(true));
    }
    match (func.inst(a).op, func.inst(b).op) {
        (Op::Any(x), Op::Any(y)) | (Op::Ptr(x), Op::Ptr(y)) => make(func, val, Op::Bool(x == y)),
        (Op::Box | Op::BoxSmall, Op::Any(word)) | (Op::Any(word), Op::Box | Op::BoxSmall) => {
            let boxed = if matches!(func.inst(a).op, Op::Any(_)) { b } else { a };
            let inner = func.ty(func.inst(boxed).args[0]);
            let differs = match inner {
                Ty::Int | Ty::Flt => !Value(word).is_number(),
                Ty::Tab => Value(word).as_table().is_none(),
                Ty::Str => Value(word).as_str().is_none(),
                Ty::Fun => !Value(word).is_function(),
                _ => false,
            };
            if differs { make(func, val, Op::Bool(false)) } else { None }
        }
        _ => None,
    }
}

fn compare(cond: Cond, a: i64, b: i64) -> bool {
    match cond {
        Cond::Eq => a == b,
        Cond::Ne => a != b,
        Cond::Lt => a < b,
        Cond::Le => a <= b,
        Cond::Gt => a > b,
        Cond::Ge => a >= b,
        Cond::Below => (a as u64) < b as u64,
    }
}

fn integers(func: &mut Func, val: Val, op: Op, a: Val, b: Val) -> Option<Val> {
    match (op, func.inst(a).op, func.inst(b).op) {
        (_, Op::Int(x), Op::Int(y)) => {
            let result = match op {
                Op::Add => x.wrapping_add(y),
                Op::Sub => x.wrapping_sub(y),
                Op::Mul => x.wrapping_mul(y),
                Op::And => x & y,
                Op::Or => x | y,
                _ => x ^ y,
            };
            if perilune_vm::value::fits_inline(result) {
                func.small.insert(val);
            }
            make(func, val, Op::Int(result))
        }
        (Op::Add | Op::Sub | Op::Or | Op::Xor, _, Op::Int(0)) => Some(a),
        // `t[i + 1]` has index `i`.
        (Op::Sub, Op::Add, Op::Int(by)) => {
            let added = func.inst(func.inst(a).args[1]).op;
            (added == Op::Int(by)).then(|| func.inst(a).args[0])
        }
        (Op::Add | Op::Or | Op::Xor, Op::Int(0), _) => Some(b),
        _ => None,
    }
}
