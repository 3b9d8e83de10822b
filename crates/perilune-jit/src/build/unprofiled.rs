//! Code without a profile, for objects: every operation in general form. What most operands are is done inline, after a look at
//! their tags; the rest is left to the interpreter, one instruction at a time.
//!
//! Types are known where the code itself tells them: of constants, results of arithmetic, counters of loops.

mod arith;
mod compare;
mod loops;
mod tables;

use super::arith::rule_of;
use super::{Builder, Env, Result, Stop};
use crate::ir::{Block, Edge, End, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::Value;

impl Builder<'_> {
    pub(super) fn instruction_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        match op {
            Code::Move
            | Code::LoadInt
            | Code::LoadFloat
            | Code::LoadK
            | Code::LoadKX
            | Code::LoadNil
            | Code::LoadTrue
            | Code::LoadFalse
            | Code::LoadFalseSkip
            | Code::GetUpvalue
            | Code::SetUpvalue
            | Code::Not
            | Code::Jump
            | Code::Test
            | Code::TestSet
            | Code::TailCall
            | Code::Return
            | Code::Return0
            | Code::Return1
            | Code::Closure
            | Code::Concat
            | Code::Vararg
            | Code::Close
            | Code::ForInCall => self.instruction(op, i),
            // What is called is most likely a compiled function.
            Code::Call if i.b() != 0 => self.call_lua(i, None),
            Code::Call => self.call_general(i),
            Code::GetGlobal | Code::GetField | Code::GetMethod => self.get_field_unprofiled(op, i),
            Code::SetGlobal | Code::SetGlobalK | Code::SetField | Code::SetFieldK => self.set_field_unprofiled(op, i),
            Code::GetIndex | Code::GetInt => self.get_index_unprofiled(op, i),
            Code::SetIndex | Code::SetIndexK | Code::SetInt | Code::SetIntK => self.set_index_unprofiled(op, i),
            Code::SetList => self.set_list_unprofiled(op, i),
            Code::NewTable => self.new_table_unprofiled(i),
            Code::Len => self.length_unprofiled(i),
            Code::Neg | Code::BNot => self.unary_unprofiled(op, i),
            Code::Eq => self.equals_unprofiled(i),
            Code::EqK | Code::EqI => self.equals_constant_unprofiled(op, i),
            Code::Lt | Code::Le | Code::LtI | Code::LeI | Code::GtI | Code::GeI => self.order_unprofiled(op, i),
            Code::ForPrep => self.for_prep_unprofiled(i),
            Code::ForLoop => self.for_loop_unprofiled(i),
            Code::ForInPrep => self.for_in_prep_unprofiled(i),
            _ => self.arithmetic_unprofiled(op, i),
        }
    }

    /// An instruction at which what was assumed failed too often: in general form too.
    pub(super) fn instruction_after_failures(&mut self, op: Code, i: Instr) -> Result {
        match op {
            Code::GetField | Code::GetMethod => self.get_field_by_name(op, i),
            Code::SetField | Code::SetFieldK => self.set_field_by_name(op, i),
            Code::GetIndex | Code::GetInt => self.get_index_unprofiled(op, i),
            Code::SetIndex | Code::SetIndexK | Code::SetInt | Code::SetIntK => self.set_index_unprofiled(op, i),
            Code::Len => self.length_unprofiled(i),
            Code::Neg | Code::BNot => self.unary_unprofiled(op, i),
            Code::Eq => self.equals_unprofiled(i),
            Code::EqK | Code::EqI => self.equals_constant_unprofiled(op, i),
            Code::Lt | Code::Le | Code::LtI | Code::LeI | Code::GtI | Code::GeI => self.order_unprofiled(op, i),
            _ if rule_of(op).is_some() => self.arithmetic_unprofiled(op, i),
            _ => self.step(op, i),
        }
    }

    /// Splits into a way that is usual and one that is rare, and goes on where both lead.
    pub(super) fn usually(
        &mut self,
        condition: Val,
        usual: impl FnOnce(&mut Self) -> Result,
        rare: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        self.fork(condition, usual, |builder| {
            let block = builder.block();
            builder.f.data_mut(block).cold = true;
            rare(builder)
        })
    }

    /// Splits, and goes on where both ways lead.
    pub(super) fn fork(
        &mut self,
        condition: Val,
        yes: impl FnOnce(&mut Self) -> Result,
        no: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        let mut ways = Vec::new();
        let (on, off) = self.branch_to_new(condition);
        let (env, pc) = (self.env.clone(), self.pc);
        self.at = Some(on);
        self.way(yes, &mut ways)?;
        (self.at, self.env, self.state, self.pc) = (Some(off), env, None, pc);
        self.way(no, &mut ways)?;
        self.at = None;
        if ways.is_empty() {
            return Err(Stop::Ended);
        }
        self.join(ways, |_| true);
        (self.state, self.pc) = (None, pc);
        Ok(())
    }

    fn way(&mut self, way: impl FnOnce(&mut Self) -> Result, ways: &mut Vec<(Block, Env)>) -> Result {
        match way(self) {
            Ok(()) => {
                if let Some(block) = self.at.take() {
                    ways.push((block, self.env.clone()));
                }
                Ok(())
            }
            Err(Stop::Ended) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Ends the block with a branch to two new ones.
    fn branch_to_new(&mut self, condition: Val) -> (Block, Block) {
        let (on, off) = (self.f.block(), self.f.block());
        let edge = |to| Edge { to, args: Vec::new() };
        self.end(End::Branch(condition, edge(on), edge(off)));
        (on, off)
    }

    /// As `split`, the second way being rare.
    fn split_usually(
        &mut self,
        condition: Val,
        usual: impl FnOnce(&mut Self) -> Result,
        rare: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        self.split(condition, usual, |b| {
            let block = b.block();
            b.f.data_mut(block).cold = true;
            rare(b)
        })
    }

    /// What a value is, as far as that is known.
    fn known(&self, val: Val) -> Known {
        match self.f.ty(val) {
            Ty::Int => Known::Int,
            Ty::Flt => Known::Float,
            Ty::Any => match self.f.inst(val).op {
                Op::Any(_) | Op::Konst(_) => Known::Other,
                _ => Known::Nothing,
            },
            _ => Known::Other,
        }
    }

    /// Whether those of the values that nothing is known of pass a test of their tags; `None` if it is not needed.
    pub(super) fn test(&mut self, op: Op, vals: &[Val]) -> Option<Val> {
        let unknown: Vec<Val> = vals.iter().copied().filter(|&val| self.known(val) == Known::Nothing).collect();
        (!unknown.is_empty()).then(|| self.push(op, &unknown, Ty::Bool))
    }

    fn is_nil(&mut self, val: Val) -> Val {
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        self.push(Op::Same, &[val, nil], Ty::Bool)
    }

    /// A value that is known to be an integer, or an inline one, as one.
    pub(super) fn as_int(&mut self, val: Val) -> Val {
        if self.f.ty(val) == Ty::Int {
            return val;
        }
        let int = self.push(Op::Unbox(Ty::Int), &[val], Ty::Int);
        self.f.small.insert(int);
        self.origins.insert(int, val);
        int
    }

    /// A value that is known to be a float as one.
    pub(super) fn as_float(&mut self, val: Val) -> Val {
        match self.f.ty(val) {
            Ty::Flt => val,
            Ty::Int => match self.f.inst(val).op {
                Op::Int(int) => self.push(Op::Flt((int as f64).to_bits()), &[], Ty::Flt),
                _ => self.push(Op::ToFloat, &[val], Ty::Flt),
            },
            _ => {
                let float = self.push(Op::Unbox(Ty::Flt), &[val], Ty::Flt);
                self.origins.insert(float, val);
                float
            }
        }
    }

    /// A value that is known to be a number, not a wide integer, as a float.
    pub(super) fn as_double(&mut self, val: Val) -> Val {
        if self.f.ty(val) == Ty::Any { self.push(Op::ToDouble, &[val], Ty::Flt) } else { self.as_float(val) }
    }
}

/// What is known of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It is an integer.
    Int,
    /// It is a float.
    Float,
    /// It is no number.
    Other,
    Nothing,
}
