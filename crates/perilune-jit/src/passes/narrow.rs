//! Parameters of blocks that can hold any value but only ever get floats become floats.

use crate::ir::{Block, Func, Op, Ty, Val};
use perilune_vm::Value;

/// What an edge gives to a parameter of any type.
enum Given {
    Float,
    /// What another parameter has.
    Param,
    Other,
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let floats = Floats::of(func, &order);
    if floats.found.is_empty() {
        return;
    }
    floats.rewrite(func, &order);
}

struct Floats {
    found: Vec<Val>,
    /// By number: whether it is one of them.
    is_float: Vec<bool>,
}

impl Floats {
    /// Assumes it of all parameters until something else comes to one.
    fn of(func: &Func, order: &[Block]) -> Floats {
        let mut is_float = vec![false; func.insts.len()];
        // A float has to come to it for sure, and not only parameters in a circle.
        let mut params: Vec<Val> = Vec::new();
        let mut flows: Vec<(Val, Val)> = Vec::new();
        for &block in order {
            for edge in func.data(block).end.edges() {
                for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                    if func.ty(param) == Ty::Any && matches!(given(func, arg), Given::Float) && !is_float[param.0 as usize] {
                        is_float[param.0 as usize] = true;
                        params.push(param);
                    }
                }
            }
        }
        let mut others = Vec::new();
        for &block in order.iter().filter(|_| !params.is_empty()) {
            for edge in func.data(block).end.edges() {
                for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                    match given(func, arg) {
                        _ if !is_float[param.0 as usize] || arg == param => {}
                        Given::Float => {}
                        Given::Param if is_float[arg.0 as usize] => flows.push((arg, param)),
                        Given::Param | Given::Other => others.push(param),
                    }
                }
            }
        }
        while let Some(param) = others.pop() {
            if std::mem::replace(&mut is_float[param.0 as usize], false) {
                others.extend(flows.iter().filter(|(from, _)| *from == param).map(|(_, to)| *to));
            }
        }
        params.retain(|param| is_float[param.0 as usize]);
        Floats { found: params, is_float }
    }

    fn has(&self, val: Val) -> bool {
        self.is_float.get(val.0 as usize).is_some_and(|&is_float| is_float)
    }

    fn rewrite(&self, func: &mut Func, order: &[Block]) {
        // Others have them as any value.
        let mut boxed = vec![None; func.insts.len()];
        for &param in &self.found {
            func.insts[param.0 as usize].ty = Ty::Flt;
            boxed[param.0 as usize] = Some(func.detached(Op::Box, &[param], Ty::Any));
        }
        let boxed_of = |val: Val| boxed.get(val.0 as usize).copied().flatten();
        for &block in order {
            for index in 0..func.data(block).insts.len() {
                let val = func.data(block).insts[index];
                let args = &mut func.insts[val.0 as usize].args;
                args.iter_mut().for_each(|arg| *arg = boxed_of(*arg).unwrap_or(*arg));
            }
            self.rewrite_edges(func, block, boxed_of);
        }
        for &block in order {
            let made = func.data(block).params.iter().filter_map(|&param| boxed_of(param)).collect::<Vec<_>>();
            func.data_mut(block).insts.splice(0..0, made);
        }
    }

    fn rewrite_edges(&self, func: &mut Func, block: Block, boxed_of: impl Fn(Val) -> Option<Val>) {
        let mut end = func.data(block).end.clone();
        for edge in end.edges_mut() {
            let params = func.data(edge.to).params.clone();
            for (arg, param) in edge.args.iter_mut().zip(params) {
                *arg = match (self.has(param), func.inst(*arg).op) {
                    (false, _) => boxed_of(*arg).unwrap_or(*arg),
                    (true, Op::Box) => func.inst(*arg).args[0],
                    (true, Op::Any(bits)) => func.push(block, Op::Flt(bits), &[], Ty::Flt, None),
                    (true, _) => *arg,
                };
            }
        }
        if let crate::ir::End::Branch(val, ..) | crate::ir::End::Return1(val, _) = &mut end {
            *val = boxed_of(*val).unwrap_or(*val);
        }
        func.data_mut(block).end = end;
    }
}

fn given(func: &Func, val: Val) -> Given {
    let inst = func.inst(val);
    match inst.op {
        Op::Box if func.ty(inst.args[0]) == Ty::Flt => Given::Float,
        Op::Any(bits) if Value(bits).is_float() => Given::Float,
        Op::Param if inst.ty == Ty::Any => Given::Param,
        _ => Given::Other,
    }
}
