//! Functions of `math`.

use super::Call;
use crate::build::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_vm::Special;
use perilune_vm::runtime::{Helper, native_upvalue};
use perilune_vm::tier::kinds;

impl Builder<'_> {
    pub(super) fn rounding(&mut self, special: Special, call: &Call) -> Result<Option<Val>> {
        let (arg, seen) = self.argument(call, 1);
        let op = match special {
            Special::Sqrt => Op::FSqrt,
            Special::Abs => Op::FAbs,
            Special::Floor => Op::FFloor,
            _ => Op::FCeil,
        };
        match (seen, op) {
            (kinds::FLOAT, _) | (kinds::INT, Op::FSqrt) => {
                self.check_callee(call);
                let float = self.float(arg, seen)?;
                let result = self.push(op, &[float], Ty::Flt);
                Ok(Some(match op {
                    Op::FFloor | Op::FCeil => self.push_exit(Op::ToInt, &[result], Ty::Int),
                    _ => result,
                }))
            }
            (kinds::INT, Op::FFloor | Op::FCeil) => {
                self.check_callee(call);
                Ok(Some(self.typed(arg, Ty::Int)?))
            }
            (kinds::INT, Op::FAbs) => {
                self.check_callee(call);
                let int = self.typed(arg, Ty::Int)?;
                let zero = self.int(0);
                let negative = self.push(Op::Compare(Cond::Lt), &[int, zero], Ty::Bool);
                Ok(Some(self.either(negative, Ty::Int, |b| Ok(b.push(Op::Sub, &[zero, int], Ty::Int)), |_| Ok(int))?))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn extreme(&mut self, special: Special, call: &Call) -> Result<Option<Val>> {
        let ((a, seen_a), (b, seen_b)) = (self.argument(call, 1), self.argument(call, 2));
        let ty = match (seen_a, seen_b) {
            (kinds::INT, kinds::INT) => Ty::Int,
            (kinds::FLOAT, kinds::FLOAT) => Ty::Flt,
            _ => return Ok(None),
        };
        self.check_callee(call);
        let (a, b) = (self.typed(a, ty)?, self.typed(b, ty)?);
        let (less, more) = if special == Special::Max { (a, b) } else { (b, a) };
        let op = if ty == Ty::Int { Op::Compare(Cond::Lt) } else { Op::FCompare(Cond::Lt) };
        let second = self.push(op, &[less, more], Ty::Bool);
        let small = ty == Ty::Int && self.f.small.contains(&a) && self.f.small.contains(&b);
        let result = self.either(second, ty, |_| Ok(b), |_| Ok(a))?;
        if small {
            self.f.small.insert(result);
        }
        Ok(Some(result))
    }

    pub(super) fn math_type(&mut self, call: &Call) -> Result<Option<Val>> {
        let (arg, seen) = self.argument(call, 1);
        let name = |index| native_upvalue(call.callee, index);
        let (Some(integer), Some(float)) = (name(0), name(1)) else { return Ok(None) };
        match seen {
            kinds::INT | kinds::FLOAT => {
                self.check_callee(call);
                self.typed(arg, if seen == kinds::INT { Ty::Int } else { Ty::Flt })?;
                Ok(Some(self.constant(if seen == kinds::INT { integer } else { float })))
            }
            both if both == kinds::INT | kinds::FLOAT => {
                self.check_callee(call);
                let any = self.any(arg);
                let numbers = self.push(Op::AreNumbers, &[any], Ty::Bool);
                self.push_exit(Op::Check, &[numbers], Ty::None);
                let ints = self.push(Op::AreInts, &[any], Ty::Bool);
                Ok(Some(self.either(ints, Ty::Any, |b| Ok(b.constant(integer)), |b| Ok(b.constant(float)))?))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn to_integer(&mut self, call: &Call) -> Result<Option<Val>> {
        let (arg, seen) = self.argument(call, 1);
        match seen {
            kinds::INT => {
                self.check_callee(call);
                Ok(Some(self.typed(arg, Ty::Int)?))
            }
            kinds::FLOAT => {
                self.check_callee(call);
                let float = self.typed(arg, Ty::Flt)?;
                let any = self.any(float);
                Ok(Some(self.push(Op::Help(Helper::to_integer), &[any], Ty::Any)))
            }
            _ => Ok(None),
        }
    }
}
