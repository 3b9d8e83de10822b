//! Checks what passes rely on: each value is defined once, before its uses, in a block that dominates them; edges give their
//! blocks as many values as those have parameters, of the same types.

use super::{Block, End, Func, Val};
use crate::passes::dominators::Dominators;
use std::collections::HashMap;

/// What is wrong with a function, if anything.
pub fn verify(func: &Func) -> Result<(), String> {
    let order = func.order();
    let dominators = Dominators::of(func, &order);
    let mut defined: HashMap<Val, (Block, usize)> = HashMap::new();
    for &block in &order {
        let data = func.data(block);
        for (index, &val) in data.params.iter().chain(&data.insts).enumerate() {
            if defined.insert(val, (block, index)).is_some() {
                return Err(format!("{val} is defined twice"));
            }
        }
    }
    let check = |val: Val, block: Block, before: usize| -> Result<(), String> {
        let Some(&(home, index)) = defined.get(&val) else {
            return Err(format!("{val} is used in b{} but not defined", block.0));
        };
        let fine = if home == block { index < before } else { dominators.dominates(home, block) };
        if fine { Ok(()) } else { Err(format!("{val} of b{} is used in b{} where it may be missing", home.0, block.0)) }
    };
    for &block in &order {
        let data = func.data(block);
        let first = data.params.len();
        for (index, &val) in data.insts.iter().enumerate() {
            let inst = func.inst(val);
            for &arg in &inst.args {
                check(arg, block, first + index)?;
            }
            if let Some(state) = inst.state {
                for &(_, val) in &func.states[state.0 as usize].regs {
                    check(val, block, first + index)?;
                }
            }
        }
        let end = first + data.insts.len();
        match &data.end {
            End::Open => return Err(format!("b{} has no end", block.0)),
            End::Exit(state) => {
                for &(_, val) in &func.states[state.0 as usize].regs {
                    check(val, block, end)?;
                }
            }
            End::Branch(val, ..) | End::Return1(val, _) => check(*val, block, end)?,
            _ => {}
        }
        for edge in data.end.edges() {
            let params = &func.data(edge.to).params;
            if params.len() != edge.args.len() {
                return Err(format!("b{} gives b{} {} values for {}", block.0, edge.to.0, edge.args.len(), params.len()));
            }
            for (&arg, &param) in edge.args.iter().zip(params) {
                check(arg, block, end)?;
                if func.ty(arg) != func.ty(param) {
                    return Err(format!("{arg} of type {:?} is given for {param} of {:?}", func.ty(arg), func.ty(param)));
                }
            }
        }
    }
    Ok(())
}
