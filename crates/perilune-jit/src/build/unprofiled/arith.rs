//! Arithmetic on operands of any type.

use super::Known;
use crate::build::arith::{Rule, rule_of};
use crate::build::{Builder, Result};
use crate::ir::{Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};

impl Builder<'_> {
    pub(super) fn arithmetic_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let Some(rule) = rule_of(op) else { return self.step(op, i) };
        let (a, b) = self.operands(op, i);
        match (self.known(a), self.known(b)) {
            (Known::Other, _) | (_, Known::Other) => self.step(op, i),
            (x, y) if on_integers(rule) && x != Known::Float && y != Known::Float => {
                let action = |builder: &mut Self| {
                    let (x, y) = (builder.as_int(a), builder.as_int(b));
                    let result = builder.ints(rule, x, y)?;
                    builder.set(i.a(), result);
                    Ok(())
                };
                match self.test(Op::AreInts, &[a, b]) {
                    None => action(self),
                    Some(ints) => self.fork(ints, action, |builder| builder.floats_or_step(op, rule, i, (a, b))),
                }
            }
            _ => self.floats_or_step(op, rule, i, (a, b)),
        }
    }

    fn floats_or_step(&mut self, op: Code, rule: Rule, i: Instr, (a, b): (Val, Val)) -> Result {
        if !on_floats(rule) {
            return self.step(op, i);
        }
        // Where nothing is known of both, one of each kind is left to the interpreter.
        let mixed = matches!(rule, Rule::Div | Rule::Pow) || [a, b].iter().any(|&val| self.known(val) == Known::Float);
        let action = |builder: &mut Self| {
            let (x, y) =
                if mixed { (builder.as_double(a), builder.as_double(b)) } else { (builder.as_float(a), builder.as_float(b)) };
            let result = builder.floats(rule, x, y);
            builder.set(i.a(), result);
            Ok(())
        };
        match self.test(if mixed { Op::AreNumbers } else { Op::AreFloats }, &[a, b]) {
            None => action(self),
            Some(floats) => self.usually(floats, action, |builder| builder.step(op, i)),
        }
    }

    pub(in crate::build) fn unary_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let val = self.get(i.b());
        match self.known(val) {
            Known::Int => self.negate_int(op, i, val),
            Known::Float if op == Code::Neg => self.negate_float(i, val),
            Known::Nothing => {
                let ints = self.push(Op::AreInts, &[val], Ty::Bool);
                self.fork(
                    ints,
                    |builder| builder.negate_int(op, i, val),
                    |builder| {
                        if op == Code::BNot {
                            return builder.step(op, i);
                        }
                        let floats = builder.push(Op::AreFloats, &[val], Ty::Bool);
                        builder.usually(floats, |builder| builder.negate_float(i, val), |builder| builder.step(op, i))
                    },
                )
            }
            _ => self.step(op, i),
        }
    }

    fn negate_int(&mut self, op: Code, i: Instr, val: Val) -> Result {
        let int = self.as_int(val);
        let (other, op) = if op == Code::Neg { (self.int(0), Op::Sub) } else { (self.int(-1), Op::Xor) };
        let result = self.push(op, &[other, int], Ty::Int);
        self.set(i.a(), result);
        Ok(())
    }

    fn negate_float(&mut self, i: Instr, val: Val) -> Result {
        let float = self.as_float(val);
        let result = self.push(Op::FNeg, &[float], Ty::Flt);
        self.set(i.a(), result);
        Ok(())
    }
}

/// Whether the operation has a rule for integers.
fn on_integers(rule: Rule) -> bool {
    !matches!(rule, Rule::Div | Rule::Pow)
}

/// Whether the operation has a rule for floats that every processor can do.
fn on_floats(rule: Rule) -> bool {
    matches!(rule, Rule::Add | Rule::Sub | Rule::Mul | Rule::Div | Rule::Mod | Rule::Pow)
}
