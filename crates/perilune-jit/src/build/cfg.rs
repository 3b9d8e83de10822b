//! The control flow of bytecode: blocks in an order in which each comes after all that lead to it, but for jumps back to the
//! headers of loops.

use crate::hash::{FxHashMap, FxHashSet};
use perilune_front::liveness::{RegisterSet, uses};
use perilune_front::op::{Extra, Instr, Op};
use perilune_front::proto::Proto as Plan;

/// A basic block of bytecode.
pub struct CodeBlock {
    /// First word.
    pub start: u32,
    /// Word behind the last instruction.
    pub end: u32,
    /// Starts of the blocks that may follow.
    pub next: Vec<u32>,
}

/// The blocks that can be reached from an entry.
pub struct Cfg {
    /// In reverse postorder.
    pub blocks: Vec<CodeBlock>,
    /// Position of the block that starts at a word.
    pub position: FxHashMap<u32, usize>,
    /// Of headers: the registers that may be assigned in the loop.
    pub loops: FxHashMap<u32, RegisterSet>,
    /// Of a header that two loops share, as the entry is in the inner one: the registers that may be assigned in that.
    pub within: FxHashMap<u32, RegisterSet>,
    /// Whether some loop can be entered at several places. That happens when the entry is inside of loops that are left in
    /// several ways.
    pub irreducible: bool,
}

/// Where the jump of the instruction at `pc` goes.
pub fn target(plan: &Plan, pc: u32) -> u32 {
    (pc + 2).wrapping_add(plan.code[pc as usize + 1])
}

/// The instruction at `pc`.
pub fn instr_at(plan: &Plan, pc: u32) -> (Op, Instr) {
    let instr = Instr(plan.code[pc as usize]);
    (instr.op().expect("verified code"), instr)
}

/// Words that the builder takes at once: a generic loop's call and loop instruction are one.
pub fn words(op: Op) -> u32 {
    if op == Op::ForInCall { 4 } else { op.words() as u32 }
}

/// Where control goes after an instruction; `None` if simply to the next.
fn successors(plan: &Plan, pc: u32, op: Op) -> Option<Vec<u32>> {
    Some(match op {
        Op::Jump | Op::ForInPrep => vec![target(plan, pc)],
        Op::ForInCall => vec![target(plan, pc + 2), pc + 4],
        Op::LoadFalseSkip => vec![pc + 2],
        Op::Return | Op::Return0 | Op::Return1 | Op::TailCall => vec![],
        _ if op.extra() == Extra::Jump => vec![target(plan, pc), pc + 2],
        _ => return None,
    })
}

impl Cfg {
    /// The control flow from the instruction at `entry`.
    pub fn of(plan: &Plan, entry: u32) -> Cfg {
        let leaders = leaders(plan, entry);
        let block = |start: u32| {
            let mut pc = start;
            loop {
                let (op, _) = instr_at(plan, pc);
                let end = pc + words(op);
                if let Some(next) = successors(plan, pc, op) {
                    return CodeBlock { start, end, next };
                }
                if leaders[end as usize] {
                    return CodeBlock { start, end, next: vec![end] };
                }
                pc = end;
            }
        };
        let mut blocks = postorder(entry, block);
        blocks.reverse();
        let position = blocks.iter().enumerate().map(|(index, block)| (block.start, index)).collect();
        let mut cfg = Cfg { blocks, position, loops: FxHashMap::default(), within: FxHashMap::default(), irreducible: false };
        cfg.find_loops(plan);
        cfg
    }

    /// Whether the edge leads back to a loop's header.
    pub fn is_back(&self, from: u32, to: u32) -> bool {
        self.position[&to] <= self.position[&from]
    }

    fn find_loops(&mut self, plan: &Plan) {
        let mut predecessors: Vec<Vec<usize>> = vec![Vec::new(); self.blocks.len()];
        let mut shared = FxHashSet::default();
        for (index, block) in self.blocks.iter().enumerate() {
            for next in &block.next {
                predecessors[self.position[next]].push(index);
            }
        }
        for latch in 0..self.blocks.len() {
            for next in self.blocks[latch].next.clone() {
                let header = self.position[&next];
                if header > latch {
                    continue;
                }
                // The natural loop: what reaches the latch without passing the header.
                let mut inside = vec![false; self.blocks.len()];
                inside[header] = true;
                let mut work = vec![latch];
                while let Some(index) = work.pop() {
                    if !std::mem::replace(&mut inside[index], true) {
                        work.extend(&predecessors[index]);
                    }
                }
                // The entry is reached backward only around the header.
                self.irreducible |= inside[0] && header != 0;
                let body = self.blocks.iter().zip(&inside).filter(|(_, inside)| **inside);
                let assigned = body.fold(RegisterSet::default(), |set, (block, _)| set.union(assigned_in(plan, block)));
                add(&mut self.loops, next, assigned);
                if is_inner(self.blocks[latch].start, next) {
                    add(&mut self.within, next, assigned);
                } else {
                    shared.insert(next);
                }
            }
        }
        self.within.retain(|header, _| shared.contains(header));
    }
}

/// Whether a way back to a header is that of the loop that begins there. What comes from code ahead of it has left that loop, which
/// it reaches anew.
pub fn is_inner(from: u32, header: u32) -> bool {
    from >= header
}

fn add(sets: &mut FxHashMap<u32, RegisterSet>, header: u32, assigned: RegisterSet) {
    let set = sets.entry(header).or_default();
    *set = set.union(assigned);
}

fn leaders(plan: &Plan, entry: u32) -> Vec<bool> {
    let mut leaders = vec![false; plan.code.len() + 1];
    leaders[entry as usize] = true;
    let mut pc = 0;
    while (pc as usize) < plan.code.len() {
        let (op, _) = instr_at(plan, pc);
        for next in successors(plan, pc, op).into_iter().flatten() {
            leaders[next as usize] = true;
        }
        pc += words(op);
    }
    leaders
}

fn postorder(entry: u32, block: impl Fn(u32) -> CodeBlock) -> Vec<CodeBlock> {
    let mut seen = FxHashSet::from_iter([entry]);
    let mut done = Vec::new();
    let mut stack = vec![(block(entry), 0usize)];
    while let Some((current, next)) = stack.pop() {
        match current.next.get(next).copied() {
            Some(to) => {
                stack.push((current, next + 1));
                if seen.insert(to) {
                    stack.push((block(to), 0));
                }
            }
            None => done.push(current),
        }
    }
    done
}

/// Registers that a block may assign, and those above calls, whose places others overwrite.
fn assigned_in(plan: &Plan, block: &CodeBlock) -> RegisterSet {
    let mut set = RegisterSet::default();
    let mut pc = block.start;
    while pc < block.end {
        let (op, instr) = instr_at(plan, pc);
        let used = uses(op, instr, 0);
        set = set.union(used.writes).union(used.writes_on_jump);
        let above = match op {
            Op::Call | Op::TailCall | Op::Vararg => Some(instr.a()),
            Op::ForInCall => Some(instr.a() + 2),
            Op::ForLoop => {
                for offset in [0, 1, 3] {
                    set.insert(instr.a() + offset);
                }
                None
            }
            _ => None,
        };
        if let Some(first) = above {
            (first..plan.registers).for_each(|register| set.insert(register));
        }
        pc += words(op);
    }
    set
}
