//! Comparisons of operands of any type, each with the jump that it decides.

use super::Known;
use crate::build::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::Value;
use perilune_vm::runtime::{Helper, MAY_BE_EQUAL};

impl Builder<'_> {
    pub(super) fn order_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let a = self.get(i.a());
        let (condition, b) = match op {
            Code::Lt => (Cond::Lt, self.get(i.b())),
            Code::Le => (Cond::Le, self.get(i.b())),
            Code::LtI => (Cond::Lt, self.int(i64::from(i.sb()))),
            Code::LeI => (Cond::Le, self.int(i64::from(i.sb()))),
            Code::GtI => (Cond::Gt, self.int(i64::from(i.sb()))),
            _ => (Cond::Ge, self.int(i64::from(i.sb()))),
        };
        match (self.known(a), self.known(b)) {
            (Known::Other, _) | (_, Known::Other) => self.step(op, i),
            (Known::Float, _) | (_, Known::Float) => self.order_floats(op, i, condition, (a, b)),
            _ => {
                let action = |builder: &mut Self| {
                    let (x, y) = (builder.as_int(a), builder.as_int(b));
                    let result = builder.push(Op::Compare(condition), &[x, y], Ty::Bool);
                    builder.decide(result, i)
                };
                match self.test(Op::AreInts, &[a, b]) {
                    None => action(self),
                    Some(ints) => self.split(ints, action, |builder| builder.order_floats(op, i, condition, (a, b))),
                }
            }
        }
    }

    /// Compares floats, and integers with them where those are exact as floats.
    fn order_floats(&mut self, op: Code, i: Instr, condition: Cond, (a, b): (Val, Val)) -> Result {
        let exact = |builder: &Self, val: Val| builder.f.ty(val) != Ty::Int || builder.f.small.contains(&val);
        if !exact(self, a) || !exact(self, b) {
            return self.step(op, i);
        }
        let action = |builder: &mut Self| {
            let (x, y) = (builder.as_double(a), builder.as_double(b));
            let result = builder.push(Op::FCompare(condition), &[x, y], Ty::Bool);
            builder.decide(result, i)
        };
        match self.test(Op::AreNumbers, &[a, b]) {
            None => action(self),
            Some(numbers) => self.split_usually(numbers, action, |builder| builder.step(op, i)),
        }
    }

    pub(super) fn equals_unprofiled(&mut self, i: Instr) -> Result {
        let (a, b) = (self.get(i.a()), self.get(i.b()));
        match (self.known(a), self.known(b)) {
            (Known::Int, Known::Int) => {
                let same = self.push(Op::Compare(Cond::Eq), &[a, b], Ty::Bool);
                return self.decide(same, i);
            }
            (Known::Float, Known::Float) => {
                let same = self.push(Op::FCompare(Cond::Eq), &[a, b], Ty::Bool);
                return self.decide(same, i);
            }
            (Known::Nothing, Known::Nothing) => {}
            _ => return self.equals_by_helper(i, (a, b)),
        }
        let floats = self.push(Op::AreFloats, &[a, b], Ty::Bool);
        self.split(
            floats,
            |builder| {
                let (x, y) = (builder.as_float(a), builder.as_float(b));
                let same = builder.push(Op::FCompare(Cond::Eq), &[x, y], Ty::Bool);
                builder.decide(same, i)
            },
            |builder| {
                // Not both are floats: the same word is the same value.
                let same = builder.push(Op::Same, &[a, b], Ty::Bool);
                let (yes, no) = builder.ways_of(i);
                builder.split(same, |builder| builder.goto(yes), |builder| builder.equals_words(i, (a, b), no))
            },
        )
    }

    /// Where a comparison goes if it holds, and if not.
    fn ways_of(&self, i: Instr) -> (u32, u32) {
        let (target, next) = (self.target(), self.pc + 2);
        if i.c() != 0 { (target, next) } else { (next, target) }
    }

    /// Compares different words.
    fn equals_words(&mut self, i: Instr, (a, b): (Val, Val), no: u32) -> Result {
        let ints = self.push(Op::AreInts, &[a, b], Ty::Bool);
        self.split(ints, |builder| builder.goto(no), |builder| builder.equals_by_helper(i, (a, b)))
    }

    fn equals_by_helper(&mut self, i: Instr, (a, b): (Val, Val)) -> Result {
        let (a, b) = (self.any(a), self.any(b));
        let equal = self.push(Op::Help(Helper::equals), &[a, b], Ty::Int);
        let unsure = self.int(MAY_BE_EQUAL as i64);
        let known = self.push(Op::Compare(Cond::Ne), &[equal, unsure], Ty::Bool);
        self.split_usually(
            known,
            |builder| {
                let zero = builder.int(0);
                let same = builder.push(Op::Compare(Cond::Ne), &[equal, zero], Ty::Bool);
                builder.decide(same, i)
            },
            |builder| builder.step(Code::Eq, i),
        )
    }

    pub(super) fn equals_constant_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let a = self.get(i.a());
        let constant = match op {
            Code::EqI => Value::small_int(i64::from(i.sb())),
            _ => self.here().proto.get().consts[i.b() as usize],
        };
        if !constant.is_number() {
            return self.equals_plain(i, a, constant);
        }
        let b = self.constant(constant);
        match (self.known(a), self.known(b)) {
            (Known::Int, Known::Int) => {
                let same = self.push(Op::Compare(Cond::Eq), &[a, b], Ty::Bool);
                self.decide(same, i)
            }
            (Known::Float, Known::Float) => {
                let same = self.push(Op::FCompare(Cond::Eq), &[a, b], Ty::Bool);
                self.decide(same, i)
            }
            (Known::Nothing, Known::Int) if constant.is_small_int() => {
                let floats = self.push(Op::AreFloats, &[a], Ty::Bool);
                let same = |builder: &mut Self| {
                    let word = builder.push(Op::Any(constant.0), &[], Ty::Any);
                    let same = builder.push(Op::Same, &[a, word], Ty::Bool);
                    builder.decide(same, i)
                };
                self.split(
                    floats,
                    |builder| {
                        let (x, y) = (builder.as_float(a), builder.as_float(b));
                        let same = builder.push(Op::FCompare(Cond::Eq), &[x, y], Ty::Bool);
                        builder.decide(same, i)
                    },
                    same,
                )
            }
            _ => {
                // No constant has metamethods.
                let (a, b) = (self.any(a), self.any(b));
                let equal = self.push(Op::Help(Helper::equals), &[a, b], Ty::Int);
                let one = self.int(1);
                let same = self.push(Op::Compare(Cond::Eq), &[equal, one], Ty::Bool);
                self.decide(same, i)
            }
        }
    }

    /// Nil, booleans and short strings equal their own word only.
    fn equals_plain(&mut self, i: Instr, a: Val, constant: Value) -> Result {
        if self.f.ty(a) == Ty::Bool && constant.type_of() == perilune_vm::Type::Boolean {
            let condition = if constant.is_truthy() { a } else { self.push(Op::Not, &[a], Ty::Bool) };
            return self.decide(condition, i);
        }
        let a = self.any(a);
        let b = self.constant_at(i.b() as usize);
        let same = self.push(Op::Same, &[a, b], Ty::Bool);
        self.decide(same, i)
    }
}
