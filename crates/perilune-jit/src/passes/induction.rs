//! Counted loops: an index that moves by a constant, and a count of the rounds that are left.
//!
//! The count follows from the index and its last value, so that only ways out have to compute it. And the index never leaves the
//! range between its first and its last value: comparisons of it with something that the loop does not change are decided ahead of
//! the loop, and so are those of its sum with a constant and what else the loop does not change (`t[i + 1]`, `t[n - i]`,
//! `t[row * width + i]`).

use super::dominators::Dominators;
use super::loops::{self, Loop};
use crate::ir::{Block, Cond, End, Func, Op, StateId, Ty, Val};

/// Farthest that an index moves in a round. Counts fit 48 bits, so that no index overflows.
const MOST_STEP: i64 = 1 << 15;
/// Largest constant that is added to an index.
const MOST_OFFSET: i64 = 1 << 40;
/// Sums that are looked into.
const MOST_SUMS: u32 = 6;

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let dominators = Dominators::of(func, &order);
    for found in loops::find(func, &order, &dominators) {
        if let Some(mut counted) = Counted::of(func, &found) {
            counted.make_sure_of_count(func);
            counted.decide_comparisons(func, &order, &found, &dominators);
            counted.replace_count(func);
        }
    }
}

/// A loop that is executed once for each value of an index.
struct Counted {
    header: Block,
    preheader: Block,
    /// For what leaves ahead of the loop.
    state: StateId,
    index: Val,
    count: Val,
    /// Values at the entry.
    first: Val,
    rounds: Val,
    /// Added to the index in each round.
    step: i64,
    /// The index in the last round.
    last: Val,
}

/// The index or its opposite, a constant, and what else the loop does not change.
#[derive(Clone, Copy)]
struct Sum {
    base: Option<Val>,
    minus_base: bool,
    minus_index: bool,
    offset: i64,
}

impl Sum {
    fn negated(self) -> Sum {
        let Sum { base, minus_base, minus_index, offset } = self;
        Sum { base, minus_base: !minus_base, minus_index: !minus_index, offset: -offset }
    }
}

impl Counted {
    fn of(func: &mut Func, found: &Loop) -> Option<Counted> {
        let ([preheader], [latch]) = (&found.entries[..], &found.latches[..]) else { return None };
        let state = func.data(found.header).loop_state?;
        let End::Jump(entry) = &func.data(*preheader).end else { return None };
        let End::Jump(back) = &func.data(*latch).end else { return None };
        let (entry, back) = (entry.args.clone(), back.args.clone());
        let params = func.data(found.header).params.clone();
        let moves = |position: usize| moved_by(func, back[position], params[position]);
        let is_count = |&position: &usize| moves(position) == Some(-1) && ends_loop(func, found, params[position]);
        let count = (0..params.len()).find(is_count)?;
        let (index, step) = (0..params.len()).filter(|&position| position != count).find_map(|position| {
            let step = moves(position).filter(|step| *step != 0 && step.abs() <= MOST_STEP)?;
            func.small.contains(&entry[position]).then_some((position, step))
        })?;
        if !func.small.contains(&entry[count]) {
            return None;
        }
        let (first, rounds) = (entry[index], entry[count]);
        let last = last_of(func, *preheader, first, rounds, step);
        let (index, count) = (params[index], params[count]);
        Some(Counted { header: found.header, preheader: *preheader, state, index, count, first, rounds, step, last })
    }

    /// Leaves ahead of the loop if the count is negative, which only a debugger can make it.
    fn make_sure_of_count(&self, func: &mut Func) {
        let zero = func.push(self.preheader, Op::Int(0), &[], Ty::Int, None);
        let fine = func.push(self.preheader, Op::Compare(Cond::Ge), &[self.rounds, zero], Ty::Bool, None);
        func.push(self.preheader, Op::Check, &[fine], Ty::None, Some(self.state));
    }

    fn decide_comparisons(&mut self, func: &mut Func, order: &[Block], found: &Loop, dominators: &Dominators) {
        let inside: Vec<Block> = order.iter().copied().filter(|block| found.inside[block.0 as usize]).collect();
        let mut changes = vec![false; func.insts.len()];
        for &block in &inside {
            let data = func.data(block);
            data.params.iter().chain(&data.insts).for_each(|val| changes[val.0 as usize] = true);
        }
        let leaves = |block: &&Block| func.data(**block).end.successors().iter().any(|to| !found.inside[to.0 as usize]);
        let only_way_out = inside.iter().filter(leaves).count() == 1;
        for &block in &inside {
            let always = only_way_out && found.latches.iter().all(|&latch| dominators.dominates(block, latch));
            for val in func.data(block).insts.clone() {
                let inst = func.inst(val);
                match inst.op {
                    Op::Compare(Cond::Below) if !changes[inst.args[1].0 as usize] => {
                        let (of, len) = (inst.args[0], inst.args[1]);
                        if let Some(sum) = self.sum_of(func, of, &changes, MOST_SUMS)
                            && self.is_below(func, sum, len)
                        {
                            become_true(func, val);
                        }
                    }
                    Op::Check if func.inst(inst.args[0]).op == Op::Bool(true) => become_true(func, val),
                    Op::Check if always => self.check_ahead(func, val, &changes),
                    _ => {}
                }
            }
        }
    }

    /// How `val` follows from the index. `changes` are the values of the loop.
    fn sum_of(&self, func: &Func, val: Val, changes: &[bool], most: u32) -> Option<Sum> {
        if val == self.index {
            return Some(Sum { base: None, minus_base: false, minus_index: false, offset: 0 });
        }
        let inst = func.inst(val);
        let minus = inst.op == Op::Sub;
        if most == 0 || !matches!(inst.op, Op::Add | Op::Sub) {
            return None;
        }
        let (a, b) = (inst.args[0], inst.args[1]);
        let stays = |val: Val| !changes[val.0 as usize] || matches!(func.inst(val).op, Op::Int(_));
        let mut sum = match (stays(a), stays(b)) {
            (false, true) => self.sum_of(func, a, changes, most - 1)?,
            (true, false) => {
                let sum = self.sum_of(func, b, changes, most - 1)?;
                if minus { sum.negated() } else { sum }
            }
            _ => return None,
        };
        let (added, minus) = if stays(a) { (a, false) } else { (b, minus) };
        match func.inst(added).op {
            Op::Int(by) => {
                let by = if minus { by.checked_neg()? } else { by };
                sum.offset = sum.offset.checked_add(by).filter(|sum| sum.abs() <= MOST_OFFSET)?;
            }
            _ if sum.base.is_some() => return None,
            _ => (sum.base, sum.minus_base) = (Some(added), minus),
        }
        Some(sum)
    }

    /// The least and the greatest index.
    fn range(&self) -> (Val, Val) {
        if self.step > 0 { (self.first, self.last) } else { (self.last, self.first) }
    }

    /// Whether the index and an offset are at least 0 and less than a length, which is not negative, in all rounds.
    fn is_below(&self, func: &Func, sum: Sum, len: Val) -> bool {
        let Sum { base: None, minus_index: false, offset, .. } = sum else { return false };
        let (least, greatest) = self.range();
        let positive = matches!(func.inst(least).op, Op::Int(least) if least.checked_add(offset).is_some_and(|sum| sum >= 0));
        positive && greatest == len && offset < 0
    }

    /// Moves a check of an index against a length ahead of the loop.
    fn check_ahead(&self, func: &mut Func, check: Val, changes: &[bool]) {
        let condition = func.inst(check).args[0];
        let inst = func.inst(condition);
        if inst.op != Op::Compare(Cond::Below) || changes[inst.args[1].0 as usize] {
            return;
        }
        let (of, len) = (inst.args[0], inst.args[1]);
        let Some(sum) = self.sum_of(func, of, changes, MOST_SUMS) else { return };
        let own = func.inst(check).state.expect("a check leaves");
        let guard = &func.states[own.0 as usize];
        let (proto, at) = (guard.proto, guard.at);
        let mut state = func.states[self.state.0 as usize].clone();
        (state.proto, state.at) = (proto, at);
        func.states.push(state);
        let state = StateId(func.states.len() as u32 - 1);
        // Between both ends lie fewer than 2^49 values, and lengths are below 2^32: what is not below the length in between is not so
        // at one of the ends either, whatever overflows.
        for end in [self.first, self.last] {
            let sum = self.sum_at(func, sum, end);
            let inside = func.push(self.preheader, Op::Compare(Cond::Below), &[sum, len], Ty::Bool, None);
            func.push(self.preheader, Op::Check, &[inside], Ty::None, Some(state));
        }
        become_true(func, check);
    }

    /// A sum where the index is `end`, ahead of the loop.
    fn sum_at(&self, func: &mut Func, sum: Sum, end: Val) -> Val {
        let mut push = |op, args: &[Val]| func.push(self.preheader, op, args, Ty::Int, None);
        let offset = push(Op::Int(sum.offset), &[]);
        let at = push(if sum.minus_index { Op::Sub } else { Op::Add }, &[offset, end]);
        match sum.base {
            Some(base) => push(if sum.minus_base { Op::Sub } else { Op::Add }, &[at, base]),
            None => at,
        }
    }

    /// Has the index tell how many rounds are left.
    fn replace_count(&self, func: &mut Func) {
        if !(self.step.unsigned_abs().is_power_of_two()) {
            return;
        }
        let (more, less) = if self.step > 0 { (self.last, self.index) } else { (self.index, self.last) };
        let mut made = Vec::new();
        let mut left = make(func, &mut made, Op::Sub, &[more, less]);
        let shift = self.step.unsigned_abs().trailing_zeros();
        if shift > 0 {
            let by = make(func, &mut made, Op::Int(i64::from(shift)), &[]);
            left = make(func, &mut made, Op::Shr, &[left, by]);
        }
        func.small.insert(left);
        let before = func.insts.len() - made.len();
        for inst in &mut func.insts[..before] {
            if inst.op == Op::Compare(Cond::Eq) && inst.args[0] == self.count {
                // Of 0, as was found: the index is the last one.
                inst.args = smallvec::smallvec![self.index, self.last];
            }
            inst.args.iter_mut().filter(|arg| **arg == self.count).for_each(|arg| *arg = left);
        }
        for state in &mut func.states {
            state.regs.iter_mut().filter(|(_, val)| *val == self.count).for_each(|(_, val)| *val = left);
        }
        for block in func.each_block() {
            func.data_mut(block).end.each_use(|val| {
                if *val == self.count {
                    *val = left;
                }
            });
        }
        func.data_mut(self.header).insts.splice(0..0, made);
    }
}

fn make(func: &mut Func, made: &mut Vec<Val>, op: Op, args: &[Val]) -> Val {
    let val = func.detached(op, args, Ty::Int);
    made.push(val);
    val
}

/// By how much `next` is more than `param`, if that is a constant.
fn moved_by(func: &Func, next: Val, param: Val) -> Option<i64> {
    let inst = func.inst(next);
    if func.ty(param) != Ty::Int || inst.args.first() != Some(&param) {
        return None;
    }
    match (inst.op, func.inst(*inst.args.get(1)?).op) {
        (Op::Add, Op::Int(by)) => Some(by),
        (Op::Sub, Op::Int(by)) => by.checked_neg(),
        _ => None,
    }
}

/// Whether the loop goes on for as long as a value is not 0, and it is compared with nothing else.
fn ends_loop(func: &Func, found: &Loop, count: Val) -> bool {
    let zero = |val: Val| func.inst(val).op == Op::Int(0);
    let is_end = |val: Val| {
        let inst = func.inst(val);
        inst.op == Op::Compare(Cond::Eq) && inst.args[0] == count && zero(inst.args[1])
    };
    let ends = |block: usize| match &func.blocks[block].end {
        End::Branch(condition, yes, no) => {
            is_end(*condition) && !found.inside[yes.to.0 as usize] && found.inside[no.to.0 as usize]
        }
        _ => false,
    };
    let others = func.insts.iter().any(|inst| inst.op == Op::Compare(Cond::Eq) && inst.args[0] == count && !zero(inst.args[1]));
    !others && (0..func.blocks.len()).any(|block| found.inside[block] && ends(block))
}

/// The index in the last round.
fn last_of(func: &mut Func, preheader: Block, first: Val, rounds: Val, step: i64) -> Val {
    let made = func.inst(rounds);
    match (made.op, step) {
        (Op::Sub, 1) if made.args[1] == first => return made.args[0],
        (Op::Sub, -1) if made.args[0] == first => return made.args[1],
        _ => {}
    }
    // Behind a round of its own the last index is the same.
    if moved_by(func, rounds, made.args.first().copied().unwrap_or(rounds)) == Some(-1)
        && let Some(&before) = func.inst(first).args.first()
        && moved_by(func, first, before) == Some(step)
    {
        let rounds = func.inst(rounds).args[0];
        return last_of(func, preheader, before, rounds, step);
    }
    let distance = match step.unsigned_abs() {
        1 => rounds,
        stride => {
            let stride = func.push(preheader, Op::Int(stride as i64), &[], Ty::Int, None);
            func.push(preheader, Op::Mul, &[rounds, stride], Ty::Int, None)
        }
    };
    func.push(preheader, if step > 0 { Op::Add } else { Op::Sub }, &[first, distance], Ty::Int, None)
}

fn become_true(func: &mut Func, val: Val) {
    let inst = &mut func.insts[val.0 as usize];
    (inst.op, inst.ty, inst.state) = (Op::Bool(true), Ty::Bool, None);
    inst.args.clear();
}
