//! Removes instructions whose values nobody uses and that do nothing else.

use crate::ir::{End, Func, Val};
use smallvec::SmallVec;

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let mut live = vec![false; func.insts.len()];
    let mut work: Vec<Val> = Vec::new();
    for &block in &order {
        let data = func.data(block);
        work.extend(data.insts.iter().copied().filter(|&val| func.inst(val).op.effects().stays));
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
