//! Library functions that compiled code does itself.

use super::{Builder, Result};
use crate::ir::{Op, Ty};
use perilune_front::op::Instr;
use perilune_vm::Special;
use perilune_vm::Value;
use perilune_vm::tier::{intrinsic_of, kinds};

impl Builder<'_> {
    /// Translates a call of a library function that is known, if it is one with a rule.
    pub(super) fn try_intrinsic(&mut self, i: Instr, callee: Value) -> Result<bool> {
        let Some(special) = intrinsic_of(callee) else { return Ok(false) };
        if i.b() != 2 || i.c() != 2 {
            return Ok(false);
        }
        let arg = self.get(i.a() + 1);
        let seen = self.kinds(arg, self.site().b);
        let op = match special {
            Special::Sqrt => Op::FSqrt,
            Special::Abs => Op::FAbs,
            Special::Floor => Op::FFloor,
            Special::Ceil => Op::FCeil,
            _ => return Ok(false),
        };
        let result = match (seen, op) {
            (kinds::FLOAT, _) | (kinds::INT, Op::FSqrt) => {
                let func = self.get(i.a());
                self.check_is(func, callee);
                let float = self.float(arg, seen)?;
                let result = self.push(op, &[float], Ty::Flt);
                match op {
                    Op::FFloor | Op::FCeil => self.push_exit(Op::ToInt, &[result], Ty::Int),
                    _ => result,
                }
            }
            (kinds::INT, Op::FFloor | Op::FCeil) => {
                let func = self.get(i.a());
                self.check_is(func, callee);
                self.typed(arg, Ty::Int)?
            }
            _ => return Ok(false),
        };
        let func = self.reg(i.a());
        self.forget_from(func);
        self.set(i.a(), result);
        Ok(true)
    }
}
