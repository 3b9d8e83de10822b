//! Removes instructions whose values nobody uses and that do nothing else.

use super::objects;
use crate::hash::FxHashMap;
use crate::ir::{End, Func, Op, Val};
use perilune_vm::runtime::Helper;
use smallvec::SmallVec;

/// The table, made by the code, that an instruction does nothing but fill.
fn filled(func: &Func, val: Val) -> Option<Val> {
    let inst = func.inst(val);
    matches!(inst.op, Op::Store(..) | Op::Barrier).then(|| objects::made(func, inst.args[0])).flatten()
}

/// Whether an instruction does something besides yielding its value. A new string is nothing that anybody sees.
fn stays(op: Op) -> bool {
    op.effects().stays && op != Op::Help(Helper::string_sub)
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let mut live = vec![false; func.insts.len()];
    let mut work: Vec<Val> = Vec::new();
    // Tables that the code makes are filled only if they are needed: loads from those that nobody else sees were replaced by what
    // was stored (pass `gvn`).
    let mut fills: FxHashMap<Val, Vec<Val>> = FxHashMap::default();
    for &block in &order {
        let data = func.data(block);
        for &val in data.insts.iter().filter(|&&val| stays(func.inst(val).op)) {
            match filled(func, val) {
                Some(table) => fills.entry(table).or_default().push(val),
                None => work.push(val),
            }
        }
        match &data.end {
            End::Branch(val, ..) | End::Return1(val, _) => work.push(*val),
            End::Exit(state) => work.extend(func.states[state.0 as usize].regs.iter().map(|(_, val)| *val)),
            _ => {}
        }
    }
    // A parameter is needed where it is used; then so are the values that edges give it.
    let mut sources: Vec<Vec<Val>> = vec![Vec::new(); func.insts.len()];
    for &block in &order {
        for edge in func.data(block).end.edges() {
            for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                sources[param.0 as usize].push(arg);
            }
        }
    }
    while let Some(val) = work.pop() {
        if std::mem::replace(&mut live[val.0 as usize], true) {
            continue;
        }
        let inst = func.inst(val);
        work.extend(&inst.args);
        work.extend(fills.remove(&val).unwrap_or_default());
        if let Some(state) = inst.state {
            work.extend(func.states[state.0 as usize].regs.iter().map(|(_, val)| *val));
        }
        work.extend(&sources[val.0 as usize]);
    }
    // What edges give to parameters that nobody needs goes, while those are still there.
    let mut unneeded: Vec<SmallVec<[bool; 8]>> = vec![SmallVec::new(); func.blocks.len()];
    for &block in &order {
        let params = &func.data(block).params;
        if params.iter().any(|param| !live[param.0 as usize]) {
            unneeded[block.0 as usize] = params.iter().map(|param| !live[param.0 as usize]).collect();
        }
    }
    for &block in &order {
        for edge in func.data_mut(block).end.edges_mut() {
            let mut gone = unneeded[edge.to.0 as usize].iter();
            edge.args.retain(|_| gone.next() != Some(&true));
        }
        let (states, data) = (&func.states, &mut func.blocks[block.0 as usize]);
        data.insts.retain(|val| live[val.0 as usize]);
        if data.loop_state.is_some_and(|state| states[state.0 as usize].regs.iter().any(|(_, val)| !live[val.0 as usize])) {
            data.loop_state = None;
        }
        data.params.retain(|param| live[param.0 as usize]);
    }
}
