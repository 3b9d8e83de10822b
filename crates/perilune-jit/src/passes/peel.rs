//! Peels the first round off loops whose variables change their type in it: `local sum = 0` and then `sum = sum + x` for floats `x`.
//!
//! Such a variable is any value at the loop's header, which has to be looked at and made anew in each round. Behind a first
//! round of its own all that comes to the header is a float, and pass `narrow` makes the variable one. Only innermost loops of
//! bounded size are peeled, of which the profile knows that they go on.
//!
//! What is used behind the loop comes from the first round or from a later one: where both ways meet, blocks get parameters for it.

use super::dominators::Dominators;
use super::loops::predecessors;
use crate::hash::FxHashMap;
use crate::ir::{Block, BlockData, Edge, End, Func, Inst, Op, StateId, Ty, Val};

/// Most instructions of a loop that is peeled.
const MOST_INSTS: usize = 160;
/// Most instructions that a function gets.
const MOST_GROWTH: usize = 480;

/// Runs the pass.
pub fn run(func: &mut Func) {
    let mut growth = 0;
    for header in candidates(func, &func.order()) {
        let order = func.order();
        let Some(found) = Peelable::of(func, &order, header) else { continue };
        growth += found.size;
        if growth > MOST_GROWTH {
            return;
        }
        let first = found.duplicate(func);
        found.separate_ways_out(func);
        Repair::of(func, &found, &first).run(func);
    }
}

/// Headers of loops with a variable that may become a float.
fn candidates(func: &Func, order: &[Block]) -> Vec<Block> {
    let is_header = |block: Block| func.data(block).loop_state.is_some();
    let jumps = order.iter().filter_map(|&block| match &func.data(block).end {
        End::Jump(edge) if is_header(edge.to) => Some(edge),
        _ => None,
    });
    let mut headers: Vec<Block> = Vec::new();
    for edge in jumps {
        let becomes_float = |(&param, &arg): (&Val, &Val)| func.ty(param) == Ty::Any && is_float(func, arg);
        if !headers.contains(&edge.to) && func.data(edge.to).params.iter().zip(&edge.args).any(becomes_float) {
            headers.push(edge.to);
        }
    }
    headers
}

fn is_float(func: &Func, val: Val) -> bool {
    let inst = func.inst(val);
    inst.op == Op::Box && func.ty(inst.args[0]) == Ty::Flt
}

/// A loop that is worth peeling.
struct Peelable {
    header: Block,
    entry: Block,
    latch: Block,
    /// Its blocks.
    blocks: Vec<Block>,
    inside: Vec<bool>,
    /// The state at the end of a round.
    again: StateId,
    /// How many instructions it has.
    size: usize,
}

impl Peelable {
    fn of(func: &Func, order: &[Block], header: Block) -> Option<Peelable> {
        let mut position = vec![usize::MAX; func.blocks.len()];
        order.iter().enumerate().for_each(|(index, block)| position[block.0 as usize] = index);
        let is_back = |from: Block, to: Block| position[to.0 as usize] <= position[from.0 as usize];
        let predecessors = predecessors(func, order);
        let (latches, entries): (Vec<Block>, Vec<Block>) =
            predecessors[header.0 as usize].iter().partition(|&&from| is_back(from, header));
        let ([entry], [latch]) = (&entries[..], &latches[..]) else { return None };
        let (End::Jump(first), End::Jump(next)) = (&func.data(*entry).end, &func.data(*latch).end) else { return None };
        let changes = |((&param, &first), &next): ((&Val, &Val), &Val)| {
            func.ty(param) == Ty::Any && is_float(func, next) && !is_float(func, first)
        };
        if !func.data(header).params.iter().zip(&first.args).zip(&next.args).any(changes) {
            return None;
        }
        let mut inside = vec![false; func.blocks.len()];
        inside[header.0 as usize] = true;
        let mut work = vec![*latch];
        while let Some(block) = work.pop() {
            if !std::mem::replace(&mut inside[block.0 as usize], true) {
                work.extend(&predecessors[block.0 as usize]);
            }
        }
        let blocks: Vec<Block> = order.iter().copied().filter(|block| inside[block.0 as usize]).collect();
        let goes_back = |&block: &Block| func.data(block).end.successors().iter().any(|&to| is_back(block, to));
        let size = blocks.iter().map(|&block| func.data(block).insts.len() + 1).sum();
        if blocks.iter().filter(|block| goes_back(block)).count() != 1 || size > MOST_INSTS {
            return None;
        }
        let again = end_of_round(func, header, *latch)?;
        Some(Peelable { header, entry: *entry, latch: *latch, blocks, inside, again, size })
    }

    fn has(&self, block: Block) -> bool {
        self.inside.get(block.0 as usize).is_some_and(|&inside| inside)
    }

    /// Puts a copy of the loop between its entry and its header.
    fn duplicate(&self, func: &mut Func) -> First {
        let End::Jump(entry) = &func.data(self.entry).end else { unreachable!("the entry jumps") };
        let given = entry.args.clone();
        let mut first =
            First { vals: vec![None; func.insts.len()], blocks: FxHashMap::default(), states: FxHashMap::default() };
        for (&param, arg) in func.data(self.header).params.iter().zip(given) {
            first.vals[param.0 as usize] = Some(arg);
        }
        for &block in &self.blocks {
            let copy = func.block();
            first.blocks.insert(block, copy);
        }
        for &block in &self.blocks {
            first.copy_block(func, block, block == self.header);
        }
        let (header, latch) = (first.blocks[&self.header], first.blocks[&self.latch]);
        // The header's copy takes what the loop was entered with for granted; the latch's copy leads to the loop.
        let End::Jump(edge) = &mut func.data_mut(self.entry).end else { unreachable!("the entry jumps") };
        (edge.to, edge.args) = (header, Vec::new());
        let End::Jump(edge) = &mut func.data_mut(latch).end else { unreachable!("the latch jumps") };
        edge.to = self.header;
        let poll = func.data_mut(latch).insts.pop();
        debug_assert!(poll.is_some_and(|poll| func.inst(poll).op == Op::Poll));
        let before = func.data(self.header).loop_state.expect("a loop that is peeled has a state");
        let again = first.state(func, self.again);
        let mut state = func.states[again.0 as usize].clone();
        let before = &func.states[before.0 as usize];
        (state.proto, state.at) = (before.proto, before.at);
        func.states.push(state);
        func.data_mut(self.header).loop_state = Some(StateId(func.states.len() as u32 - 1));
        first
    }
}

impl Peelable {
    /// Gives the ways out of the loop blocks of their own, which do not stand in its midst: they lead to where the first round's
    /// lead.
    fn separate_ways_out(&self, func: &mut Func) {
        for &block in &self.blocks {
            let mut end = func.data(block).end.clone();
            for edge in end.edges_mut().into_iter().filter(|edge| !self.has(edge.to)) {
                let between = func.block();
                let to = Edge { to: between, args: Vec::new() };
                func.data_mut(between).cold = func.data(edge.to).cold;
                func.data_mut(between).end = End::Jump(std::mem::replace(edge, to));
            }
            func.data_mut(block).end = end;
        }
    }
}

/// The state of the poll that ends a round, if it is that at the header.
fn end_of_round(func: &Func, header: Block, latch: Block) -> Option<StateId> {
    let poll = func.inst(*func.data(latch).insts.last()?);
    let (state, entry) = (poll.state.filter(|_| poll.op == Op::Poll)?, func.data(header).loop_state?);
    let (one, other) = (&func.states[state.0 as usize], &func.states[entry.0 as usize]);
    (one.pc == other.pc && one.inlined == other.inlined).then_some(state)
}

/// The copy of a loop: its first round.
struct First {
    /// By number: what the copy has in place of a value of the loop.
    vals: Vec<Option<Val>>,
    blocks: FxHashMap<Block, Block>,
    states: FxHashMap<StateId, StateId>,
}

impl First {
    fn val(&self, val: Val) -> Val {
        self.vals.get(val.0 as usize).copied().flatten().unwrap_or(val)
    }

    fn copy_val(&mut self, func: &mut Func, val: Val) -> Val {
        let Inst { op, args, ty, state } = func.inst(val).clone();
        let args = args.iter().map(|&arg| self.val(arg)).collect();
        let state = state.map(|state| self.state(func, state));
        func.insts.push(Inst { op, args, ty, state });
        func.positions.push(func.positions[val.0 as usize]);
        let copy = Val(func.insts.len() as u32 - 1);
        if func.small.contains(&val) {
            func.small.insert(copy);
        }
        self.vals[val.0 as usize] = Some(copy);
        copy
    }

    fn state(&mut self, func: &mut Func, state: StateId) -> StateId {
        if let Some(&copy) = self.states.get(&state) {
            return copy;
        }
        let mut copy = func.states[state.0 as usize].clone();
        copy.regs.iter_mut().for_each(|(_, val)| *val = self.val(*val));
        // The values of later blocks are not known yet, and no state of the loop that has some is copied before them.
        func.states.push(copy);
        let copy = StateId(func.states.len() as u32 - 1);
        self.states.insert(state, copy);
        copy
    }

    fn copy_block(&mut self, func: &mut Func, block: Block, is_header: bool) {
        let BlockData { params, insts, mut end, cold, .. } = func.data(block).clone();
        let params = if is_header { Vec::new() } else { params.iter().map(|&val| self.copy_val(func, val)).collect() };
        let insts = insts.iter().map(|&val| self.copy_val(func, val)).collect();
        end.each_use(|val| *val = self.val(*val));
        for edge in end.edges_mut() {
            edge.to = self.blocks.get(&edge.to).copied().unwrap_or(edge.to);
        }
        if let End::Exit(state) = &mut end {
            *state = self.state(func, *state);
        }
        *func.data_mut(self.blocks[&block]) = BlockData { params, insts, end, loop_state: None, cold };
    }
}

/// Finds out for uses behind the loop which round a value is from.
struct Repair<'a> {
    found: &'a Peelable,
    first: &'a First,
    /// The copies of the loop's blocks.
    copied: Vec<bool>,
    dominators: Dominators,
    order: Vec<Block>,
    predecessors: Vec<Vec<Block>>,
    /// Parameters for values where both ways meet.
    met: FxHashMap<(Val, Block), Val>,
    states: FxHashMap<StateId, Vec<StateId>>,
}

impl<'a> Repair<'a> {
    fn of(func: &Func, found: &'a Peelable, first: &'a First) -> Repair<'a> {
        let order = func.order();
        let mut copied = vec![false; func.blocks.len()];
        first.blocks.values().for_each(|block| copied[block.0 as usize] = true);
        Repair {
            found,
            first,
            copied,
            dominators: Dominators::of(func, &order),
            predecessors: predecessors(func, &order),
            order,
            met: FxHashMap::default(),
            states: FxHashMap::default(),
        }
    }

    fn run(&mut self, func: &mut Func) {
        for index in 0..self.order.len() {
            let block = self.order[index];
            if !self.found.has(block) && !self.copied[block.0 as usize] {
                self.block(func, block);
            }
        }
    }

    fn block(&mut self, func: &mut Func, block: Block) {
        for index in 0..func.data(block).insts.len() {
            let val = func.data(block).insts[index];
            for arg in 0..func.inst(val).args.len() {
                let found = self.at(func, func.inst(val).args[arg], block);
                func.insts[val.0 as usize].args[arg] = found;
            }
            if let Some(state) = func.inst(val).state {
                let state = self.state(func, state, block);
                func.insts[val.0 as usize].state = Some(state);
            }
        }
        let mut used = Vec::new();
        func.data_mut(block).end.each_use(|val| used.push(*val));
        let found: FxHashMap<Val, Val> = used.into_iter().map(|val| (val, self.at(func, val, block))).collect();
        func.data_mut(block).end.each_use(|val| *val = found.get(val).copied().unwrap_or(*val));
        if let End::Exit(state) = func.data(block).end {
            func.data_mut(block).end = End::Exit(self.state(func, state, block));
        }
        if let Some(state) = func.data(block).loop_state {
            let entries = self.predecessors[block.0 as usize].iter().filter(|&&from| !self.dominators.dominates(block, from));
            let entries: Vec<Block> = entries.copied().collect();
            // It is the state where the loop is entered.
            let state = match entries[..] {
                [entry] => Some(self.state_at_end(func, state, entry)),
                _ => None,
            };
            func.data_mut(block).loop_state = state;
        }
    }

    /// What stands for `val` at the start of a block behind the loop.
    fn at(&mut self, func: &mut Func, val: Val, block: Block) -> Val {
        if self.first.vals.get(val.0 as usize).copied().flatten().is_none() {
            return val;
        }
        let mut at = block;
        loop {
            if let Some(&known) = self.met.get(&(val, at)) {
                return known;
            }
            let above = self.dominators.parent(at);
            if self.found.has(above) {
                return val;
            }
            let is_copy = self.copied[above.0 as usize];
            if is_copy && self.predecessors[at.0 as usize].len() == 1 {
                return self.first.val(val);
            }
            if is_copy || self.dominators.dominates(above, self.first.blocks[&self.found.header]) {
                return self.meet(func, val, at);
            }
            at = above;
        }
    }

    fn at_end(&mut self, func: &mut Func, val: Val, block: Block) -> Val {
        match () {
            () if self.found.has(block) => val,
            () if self.copied[block.0 as usize] => self.first.val(val),
            () => self.at(func, val, block),
        }
    }

    /// Gives a block where both ways meet a parameter for a value.
    fn meet(&mut self, func: &mut Func, val: Val, block: Block) -> Val {
        let param = func.param(block, func.ty(val));
        if func.small.contains(&val) && func.small.contains(&self.first.val(val)) {
            func.small.insert(param);
        }
        self.met.insert((val, block), param);
        let mut from = self.predecessors[block.0 as usize].clone();
        // A block that leads here twice is listed twice.
        from.dedup();
        for from in from {
            let arg = self.at_end(func, val, from);
            let edges = func.data_mut(from).end.edges_mut();
            edges.into_iter().filter(|edge| edge.to == block).for_each(|edge| edge.args.push(arg));
        }
        param
    }

    /// What stands for a state in a block behind the loop.
    fn state(&mut self, func: &mut Func, state: StateId, block: Block) -> StateId {
        self.state_with(func, state, |repair, func, val| repair.at(func, val, block))
    }

    fn state_at_end(&mut self, func: &mut Func, state: StateId, block: Block) -> StateId {
        self.state_with(func, state, |repair, func, val| repair.at_end(func, val, block))
    }

    fn state_with(&mut self, func: &mut Func, state: StateId, mut at: impl FnMut(&mut Self, &mut Func, Val) -> Val) -> StateId {
        let mut copy = func.states[state.0 as usize].clone();
        for (_, val) in &mut copy.regs {
            *val = at(self, func, *val);
        }
        let known = self.states.entry(state).or_insert_with(|| vec![state]);
        if let Some(&same) = known.iter().find(|same| func.states[same.0 as usize].regs == copy.regs) {
            return same;
        }
        func.states.push(copy);
        let copy = StateId(func.states.len() as u32 - 1);
        known.push(copy);
        copy
    }
}
