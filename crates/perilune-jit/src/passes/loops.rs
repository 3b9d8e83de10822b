//! Natural loops.

use super::dominators::Dominators;
use super::objects;
use crate::ir::{Block, Classes, Func, Op};
use std::collections::HashMap;

/// A loop.
pub struct Loop {
    /// Its header.
    pub header: Block,
    /// Its blocks, by number.
    pub inside: Vec<bool>,
    /// Blocks that jump back.
    pub latches: Vec<Block>,
    /// Blocks outside that lead to the header.
    pub entries: Vec<Block>,
    /// Memory that may be written in it.
    pub writes: Classes,
}

/// Predecessors of each block.
pub fn predecessors(func: &Func, order: &[Block]) -> Vec<Vec<Block>> {
    let mut predecessors = vec![Vec::new(); func.blocks.len()];
    for &block in order {
        for to in func.data(block).end.successors() {
            predecessors[to.0 as usize].push(block);
        }
    }
    predecessors
}

/// All loops of a function, outer ones before those inside them.
pub fn find(func: &Func, order: &[Block], dominators: &Dominators) -> Vec<Loop> {
    let predecessors = predecessors(func, order);
    let mut latches: HashMap<Block, Vec<Block>> = HashMap::new();
    for &block in order {
        for to in func.data(block).end.successors() {
            if dominators.dominates(to, block) {
                latches.entry(to).or_default().push(block);
            }
        }
    }
    let mut loops = Vec::new();
    for &header in order {
        let Some(latches) = latches.remove(&header) else { continue };
        let mut inside = vec![false; func.blocks.len()];
        inside[header.0 as usize] = true;
        let mut work = latches.clone();
        while let Some(block) = work.pop() {
            if !std::mem::replace(&mut inside[block.0 as usize], true) {
                work.extend(&predecessors[block.0 as usize]);
            }
        }
        let entries = predecessors[header.0 as usize].iter().copied().filter(|block| !inside[block.0 as usize]).collect();
        let mut writes = 0;
        let mut made = vec![false; func.insts.len()];
        for &block in order.iter().filter(|block| inside[block.0 as usize]) {
            func.data(block).insts.iter().for_each(|val| made[val.0 as usize] = matches!(func.inst(*val).op, Op::NewTable(_)));
        }
        for &block in order.iter().filter(|block| inside[block.0 as usize]) {
            for &val in &func.data(block).insts {
                let inst = func.inst(val);
                // What the loop makes is no place that was known before.
                let own = matches!(inst.op, Op::Store(..))
                    && objects::made(func, inst.args[0]).is_some_and(|table| made[table.0 as usize]);
                if !own {
                    writes |= inst.op.effects().writes.0;
                }
            }
        }
        loops.push(Loop { header, inside, latches, entries, writes: Classes(writes) });
    }
    loops
}
