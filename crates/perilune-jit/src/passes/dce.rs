//! Removes instructions whose values nobody uses and that do nothing else.

use super::objects;
use crate::ir::{End, Func, Op, Val};
use std::collections::HashMap;

/// The table, made by the code, that an instruction does nothing but fill.
fn filled(func: &Func, val: Val) -> Option<Val> {
    let inst = func.inst(val);
    matches!(inst.op, Op::Store(..) | Op::Barrier).then(|| objects::made(func, inst.args[0])).flatten()
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let mut live = vec![false; func.insts.len()];
    let mut work: Vec<Val> = Vec::new();
    // Tables that the code makes are filled only if they are needed: loads from those that nobody else sees were replaced by what
    // was stored (pass `gvn`).
    let mut fills: HashMap<Val, Vec<Val>> = HashMap::new();
    for &block in &order {
        let data = func.data(block);
        for &val in data.insts.iter().filter(|&&val| func.inst(val).op.effects().stays) {
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
    for &block in &order {
        let keep: Vec<bool> = func.data(block).params.iter().map(|param| live[param.0 as usize]).collect();
        let (states, data) = (&func.states, &mut func.blocks[block.0 as usize]);
        data.insts.retain(|val| live[val.0 as usize]);
        if data.loop_state.is_some_and(|state| states[state.0 as usize].regs.iter().any(|(_, val)| !live[val.0 as usize])) {
            data.loop_state = None;
        }
        let mut kept = keep.iter();
        data.params.retain(|_| *kept.next().expect("one per parameter"));
        for &from in &order {
            for edge in func.data_mut(from).end.edges_mut() {
                if edge.to == block {
                    let mut kept = keep.iter();
                    edge.args.retain(|_| *kept.next().expect("one per parameter"));
                }
            }
        }
    }
}
