//! Checks what passes rely on: each value is defined once, before its uses, in a block that dominates them; instructions have
//! operands of the right types, and a state if they leave; edges give their blocks as many values as those have parameters, of
//! the same types.

use super::{Block, End, Func, StateId, Ty, Val, signature};
use crate::passes::dominators::Dominators;

/// What is wrong with a function, if anything.
pub fn verify(func: &Func) -> Result<(), String> {
    if !func.data(Block(0)).params.is_empty() {
        return Err("the entry has parameters".to_owned());
    }
    let order = func.order();
    let mut verifier = Verifier { func, dominators: Dominators::of(func, &order), homes: vec![None; func.insts.len()] };
    for &block in &order {
        let data = func.data(block);
        for (index, &val) in data.params.iter().chain(&data.insts).enumerate() {
            if verifier.homes[val.0 as usize].replace((block, index)).is_some() {
                return Err(format!("{val} is defined twice"));
            }
        }
    }
    order.iter().try_for_each(|&block| verifier.block(block))
}

struct Verifier<'a> {
    func: &'a Func,
    dominators: Dominators,
    /// By value: where it is defined.
    homes: Vec<Option<(Block, usize)>>,
}

impl Verifier<'_> {
    fn block(&self, block: Block) -> Result<(), String> {
        let data = self.func.data(block);
        let first = data.params.len();
        if let Some(state) = data.loop_state {
            self.state(state, block, 0)?;
        }
        for (index, &val) in data.insts.iter().enumerate() {
            let inst = self.func.inst(val);
            for &arg in &inst.args {
                self.used(arg, block, first + index)?;
            }
            if let Some(state) = inst.state {
                self.state(state, block, first + index)?;
            }
            signature::check(self.func, val)?;
        }
        self.end(block, first + data.insts.len())
    }

    fn end(&self, block: Block, at: usize) -> Result<(), String> {
        match &self.func.data(block).end {
            End::Open => return Err(format!("b{} has no end", block.0)),
            End::Exit(state) => self.state(*state, block, at)?,
            End::Branch(val, ..) => self.typed(*val, Ty::Bool, block, at)?,
            End::Return1(val, _) => self.typed(*val, Ty::Any, block, at)?,
            _ => {}
        }
        for edge in self.func.data(block).end.edges() {
            let params = &self.func.data(edge.to).params;
            if params.len() != edge.args.len() {
                return Err(format!("b{} gives b{} {} values for {}", block.0, edge.to.0, edge.args.len(), params.len()));
            }
            for (&arg, &param) in edge.args.iter().zip(params) {
                self.typed(arg, self.func.ty(param), block, at)?;
            }
        }
        Ok(())
    }

    fn typed(&self, val: Val, ty: Ty, block: Block, before: usize) -> Result<(), String> {
        self.used(val, block, before)?;
        if self.func.ty(val) == ty {
            return Ok(());
        }
        Err(format!("{val} is {:?} where b{} wants {ty:?}", self.func.ty(val), block.0))
    }

    fn state(&self, state: StateId, block: Block, before: usize) -> Result<(), String> {
        self.func.states[state.0 as usize].regs.iter().try_for_each(|&(_, val)| {
            self.used(val, block, before)?;
            if self.func.ty(val) == Ty::None { Err(format!("{val} in a state has no value")) } else { Ok(()) }
        })
    }

    fn used(&self, val: Val, block: Block, before: usize) -> Result<(), String> {
        let Some((home, index)) = self.homes[val.0 as usize] else {
            return Err(format!("{val} is used in b{} but not defined", block.0));
        };
        let fine = if home == block { index < before } else { self.dominators.dominates(home, block) };
        if fine { Ok(()) } else { Err(format!("{val} of b{} is used in b{} where it may be missing", home.0, block.0)) }
    }
}
