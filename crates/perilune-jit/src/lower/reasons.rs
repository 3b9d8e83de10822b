//! What guards assume, in words: for traces of what failed.

use crate::ir::{Class, Cond, Func, Op, Ty, Val};
use perilune_vm::Value;

const TYPE: u16 = 1;
const SHAPE: u16 = 2;
const ROLES: u16 = 4;
const NIL: u16 = 8;
const FUNCTION: u16 = 16;
const BOUNDS: u16 = 32;
const INTEGER: u16 = 64;
const METAMETHOD: u16 = 128;
const OTHER: u16 = 256;
/// Of a call for all results: there is not one.
pub(super) const OPEN_RESULTS: u16 = 512;

const WORDS: [(u16, &str); 10] = [
    (TYPE, "another type"),
    (SHAPE, "another shape"),
    (ROLES, "metatables or methods changed"),
    (NIL, "nil"),
    (FUNCTION, "another function"),
    (BOUNDS, "out of bounds"),
    (INTEGER, "no inline integer"),
    (METAMETHOD, "a metamethod"),
    (OTHER, "a condition"),
    (OPEN_RESULTS, "another number of results"),
];

/// What the guard or check `val` assumes, as a bit.
pub(super) fn reason(func: &Func, val: Val) -> u16 {
    let inst = func.inst(val);
    match inst.op {
        Op::Guard(_) | Op::GuardNumber | Op::GuardInteger => TYPE,
        Op::GuardFits | Op::ToInt => INTEGER,
        Op::Check | Op::CheckDone => condition(func, inst.args[0]),
        _ => OTHER,
    }
}

fn condition(func: &Func, val: Val) -> u16 {
    let inst = func.inst(val);
    match inst.op {
        Op::Not => condition(func, inst.args[0]),
        Op::Both | Op::Either => inst.args.iter().fold(0, |set, &arg| set | condition(func, arg)),
        Op::Compare(_) if inst.args.iter().any(|&arg| func.inst(arg).op == Op::Epoch) => ROLES,
        Op::Compare(Cond::Below) => BOUNDS,
        Op::AreInts | Op::AreFloats | Op::AreNumbers | Op::IsFloat => TYPE,
        Op::Fits => INTEGER,
        Op::Same => inst.args.iter().fold(0, |set, &arg| set | compared(func, arg)).max(1),
        _ => OTHER,
    }
}

/// What a word is compared with, if that tells what is assumed.
fn compared(func: &Func, val: Val) -> u16 {
    match (func.inst(val).op, func.ty(val)) {
        (Op::Load(Class::Shape, ..), _) => SHAPE,
        (Op::Any(word), _) if word == Value::NIL.0 => NIL,
        (Op::Any(word), _) if word == perilune_vm::runtime::CALLS_METAMETHOD => METAMETHOD,
        (Op::Any(word), _) if Value(word).is_function() => FUNCTION,
        (Op::Load(Class::Constant, ..), Ty::Ptr) => FUNCTION,
        _ => 0,
    }
}

/// Bits in words.
pub(crate) fn in_words(bits: u16) -> String {
    let words: Vec<&str> = WORDS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| *word).collect();
    words.join(" or ")
}
