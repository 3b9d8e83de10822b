//! Removes checks that a value is not nil where a guard of its type, or a check which value it is, follows: that fails then too, and leaves to the same moment.

use crate::ir::{Func, Op, Val};
use perilune_vm::Value;

/// Runs the pass.
pub fn run(func: &mut Func) {
    let needed = relied_on(func);
    for block in func.order() {
        let insts = std::mem::take(&mut func.data_mut(block).insts);
        let kept = insts.iter().enumerate().filter(|&(index, &val)| {
            needed[val.0 as usize] || checked_value(func, val).is_none_or(|of| !is_guarded(func, val, of, &insts[index + 1..]))
        });
        let kept = kept.map(|(_, &val)| val).collect();
        func.data_mut(block).insts = kept;
    }
}

/// What other instructions have as an operand, as a check that makes them safe.
fn relied_on(func: &Func) -> Vec<bool> {
    let mut needed = vec![false; func.insts.len()];
    for block in func.order() {
        for &val in &func.data(block).insts {
            func.inst(val).args.iter().for_each(|arg| needed[arg.0 as usize] = true);
        }
    }
    needed
}

/// The value that a check says is not nil.
fn checked_value(func: &Func, check: Val) -> Option<Val> {
    let operand = |val: Val, op: Op| (func.inst(val).op == op).then(|| func.inst(val).args[0]);
    let same = operand(operand(check, Op::Check)?, Op::Not)?;
    let of = operand(same, Op::Same)?;
    let other = func.inst(func.inst(same).args[1]).op;
    (other == Op::Any(Value::NIL.0)).then_some(of)
}

/// Whether a condition says that a value is a certain other one than nil.
fn is_of_something(func: &Func, condition: Val, of: Val) -> bool {
    let inst = func.inst(condition);
    let is_other = |val: Val| matches!(func.inst(val).op, Op::Any(word) if word != Value::NIL.0);
    inst.op == Op::Same && inst.args[0] == of && is_other(inst.args[1])
}

/// Whether one of the instructions that follow makes sure of it, before anything is done or left to another moment.
fn is_guarded(func: &Func, check: Val, of: Val, following: &[Val]) -> bool {
    let state = func.inst(check).state.expect("a check leaves");
    let moment = &func.states[state.0 as usize];
    for &val in following {
        let inst = func.inst(val);
        if let Some(state) = inst.state {
            if !func.states[state.0 as usize].is_same_moment(moment)
                || matches!(inst.op, Op::Poll | Op::PushFrames | Op::CheckDone)
            {
                return false;
            }
            if matches!(inst.op, Op::Guard(_) | Op::GuardInteger | Op::GuardNumber) && inst.args[0] == of {
                return true;
            }
            if inst.op == Op::Check && is_of_something(func, inst.args[0], of) {
                return true;
            }
        } else if inst.op.effects().stays && !matches!(inst.op, Op::Store(..) | Op::Barrier) {
            // Stores between states of one moment are into tables that were made since, and go away with them.
            return false;
        }
    }
    false
}
