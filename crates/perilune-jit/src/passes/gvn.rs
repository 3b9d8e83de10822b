//! Global value numbering: an instruction that computes what a dominating one has computed is replaced by it. That covers loads
//! while the memory they read is the same, guards that were passed before, and checks of conditions that are known to hold.
//!
//! Memory has a version per class (of slots: per offset). A version holds along all ways between two points exactly if nothing
//! was written: at joins of different versions, and at headers of loops that write, a new one begins.
//!
//! Branches on what is known go, and what only they led to with them: parameters of blocks that are left with one way to them, or
//! get the same on all ways, are what they get.

use super::dominators::Dominators;
use super::fold;
use super::loops;
use super::objects;
use crate::hash::FxHashMap;
use crate::ir::{Block, Class, End, Func, Inst, Op, Val};
use smallvec::SmallVec;

/// What memory an access concerns: the class and, of slots, the offset.
type Place = (Class, i32);

/// Memory as it is at some point: versions of places that were written since the base.
#[derive(Clone, PartialEq, Eq, Default)]
struct Memory {
    /// What all places have that are not listed.
    base: u32,
    /// Classes written as a whole; 0 of others.
    classes: [u32; Class::ALL.len()],
    /// Slots, by offset.
    slots: SmallVec<[(i32, u32); 8]>,
    /// Tables that the code made, which nobody else has seen.
    unseen: Vec<Val>,
    /// Places in tables that the code made, written while nobody else had seen them.
    objects: FxHashMap<(Val, Place), u32>,
}

impl Memory {
    fn version(&self, place: Place) -> u32 {
        let class = self.classes[place.0 as usize];
        let slot = if place.0 == Class::Slot { self.slot(place.1) } else { 0 };
        self.base.max(class).max(slot)
    }

    fn slot(&self, offset: i32) -> u32 {
        self.slots.iter().find(|(at, _)| *at == offset).map_or(0, |(_, version)| *version)
    }

    fn set_slot(&mut self, offset: i32, version: u32) {
        match self.slots.iter_mut().find(|(at, _)| *at == offset) {
            Some((_, known)) => *known = version,
            None => self.slots.push((offset, version)),
        }
    }

    /// What an access at an address has.
    fn version_at(&self, func: &Func, base: Val, place: Place) -> u32 {
        if let Some(table) = objects::made(func, base) {
            let own = self.objects.get(&(table, place)).copied().unwrap_or(0);
            return if self.unseen.contains(&table) { own } else { own.max(self.version(place)) };
        }
        self.version(place)
    }

    /// Where all ways come together, one of which is this and the other that.
    fn join_objects(&mut self, other: &Memory, mut version: impl FnMut() -> u32) {
        self.unseen.retain(|table| other.unseen.contains(table));
        let places: Vec<(Val, Place)> = self.objects.keys().chain(other.objects.keys()).copied().collect();
        for place in places {
            if self.objects.get(&place) != other.objects.get(&place) {
                self.objects.insert(place, version());
            }
        }
    }
}

type Key = (Op, SmallVec<[Val; 3]>, u32);

struct Numbering<'a> {
    func: &'a mut Func,
    dominators: Dominators,
    /// By block: those that lead to it, once for each edge.
    predecessors: Vec<Vec<Block>>,
    replaced: Vec<Option<Val>>,
    table: FxHashMap<Key, SmallVec<[(Block, Val); 1]>>,
    next_version: u32,
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let dominators = Dominators::of(func, &order);
    let loops = loops::find(func, &order, &dominators);
    let predecessors = loops::predecessors(func, &order);
    let replaced = vec![None; func.insts.len()];
    let mut numbering = Numbering { func, dominators, predecessors, replaced, table: FxHashMap::default(), next_version: 1 };
    let mut at_end: Vec<Option<Memory>> = vec![None; numbering.func.blocks.len()];
    for &block in &order {
        let mut predecessors = numbering.predecessors[block.0 as usize].clone();
        let found = loops.iter().find(|found| found.header == block);
        if let Some(found) = found {
            predecessors.retain(|from| !found.latches.contains(from));
        }
        if block.0 != 0 && predecessors.is_empty() {
            numbering.cut_off(block);
            continue;
        }
        let mut memory = numbering.memory_at(block, &predecessors, &at_end);
        if let Some(found) = found {
            for class in Class::ALL.into_iter().filter(|&class| found.writes.contains(class)) {
                memory.classes[class as usize] = numbering.version();
            }
            // The loop may show them to others.
            memory.unseen.clear();
        } else {
            numbering.pass_parameters(block);
        }
        numbering.learn_from_branch(block);
        numbering.block(block, &mut memory);
        numbering.decide_branch(block);
        at_end[block.0 as usize] = Some(memory);
    }
    numbering.rewrite(&order);
}

impl Numbering<'_> {
    fn version(&mut self) -> u32 {
        self.next_version += 1;
        self.next_version
    }

    fn memory_at(&mut self, block: Block, predecessors: &[Block], at_end: &[Option<Memory>]) -> Memory {
        let mut known = predecessors.iter().map(|pred| at_end[pred.0 as usize].as_ref());
        let Some(Some(first)) = known.next() else {
            debug_assert!(block.0 == 0 || !predecessors.is_empty());
            let base = self.version();
            return Memory { base, ..Memory::default() };
        };
        let mut joined = first.clone();
        let mut others = Vec::new();
        for other in known {
            match other {
                Some(memory) => others.push(memory),
                None => return Memory { base: self.version(), ..Memory::default() },
            }
        }
        for other in others {
            if other.base != joined.base {
                return Memory { base: self.version(), ..Memory::default() };
            }
            for (joined, other) in joined.classes.iter_mut().zip(&other.classes) {
                if joined != other {
                    *joined = self.version();
                }
            }
            let slots: SmallVec<[i32; 16]> = joined.slots.iter().chain(&other.slots).map(|(offset, _)| *offset).collect();
            for offset in slots {
                if joined.version((Class::Slot, offset)) != other.version((Class::Slot, offset)) {
                    let version = self.version();
                    joined.set_slot(offset, version);
                }
            }
            joined.join_objects(other, || self.version());
        }
        joined
    }

    /// A branch on a condition that is known is none.
    fn decide_branch(&mut self, block: Block) {
        let End::Branch(condition, yes, no) = &self.func.data(block).end else { return };
        let Op::Bool(holds) = self.func.inst(self.current(*condition)).op else { return };
        let (taken, other) = if holds { (yes.clone(), no.to) } else { (no.clone(), yes.to) };
        self.func.data_mut(block).end = End::Jump(taken);
        self.forget_edge(block, other);
    }

    fn forget_edge(&mut self, from: Block, to: Block) {
        let known = &mut self.predecessors[to.0 as usize];
        let position = known.iter().position(|block| *block == from).expect("an edge is known");
        known.swap_remove(position);
    }

    /// Nothing leads to a block any more.
    fn cut_off(&mut self, block: Block) {
        for to in self.func.data(block).end.successors() {
            self.forget_edge(block, to);
        }
    }

    /// Parameters of a block that is no loop's header are what they get, if that is the same on all ways.
    fn pass_parameters(&mut self, block: Block) {
        if self.func.data(block).params.is_empty() {
            return;
        }
        let mut predecessors = self.predecessors[block.0 as usize].clone();
        predecessors.dedup();
        let edges = predecessors.iter().flat_map(|from| self.func.data(*from).end.edges()).filter(|edge| edge.to == block);
        let given: Vec<&Vec<Val>> = edges.map(|edge| &edge.args).collect();
        let count = self.func.data(block).params.len();
        let same: SmallVec<[Option<Val>; 8]> = (0..count).map(|index| self.same_of(&given, index)).collect();
        if same.iter().all(Option::is_none) {
            return;
        }
        for (index, by) in same.iter().enumerate() {
            if let Some(by) = *by {
                self.replace(self.func.data(block).params[index], by);
            }
        }
        let remaining = |index: usize| same[index].is_none();
        for from in predecessors {
            for edge in self.func.data_mut(from).end.edges_mut().into_iter().filter(|edge| edge.to == block) {
                let mut index = 0..;
                edge.args.retain(|_| index.next().is_some_and(remaining));
            }
        }
        let mut index = 0..;
        self.func.data_mut(block).params.retain(|_| index.next().is_some_and(remaining));
    }

    /// What all edges give to a parameter, if that is the same.
    fn same_of(&self, given: &[&Vec<Val>], index: usize) -> Option<Val> {
        let (first, others) = given.split_first()?;
        let first = self.current(first[index]);
        others.iter().all(|args| self.current(args[index]) == first).then_some(first)
    }

    /// In a block that only one way of a branch leads to, the condition is known.
    fn learn_from_branch(&mut self, block: Block) {
        let [from] = self.predecessors[block.0 as usize][..] else { return };
        let End::Branch(condition, yes, no) = &self.func.data(from).end else { return };
        if yes.to == no.to {
            return;
        }
        let (condition, holds) = (self.current(*condition), yes.to == block);
        self.assume(block, condition, holds);
    }

    /// From `block` on the condition is known to hold or not.
    fn assume(&mut self, block: Block, condition: Val, holds: bool) {
        let key = (Op::Check, smallvec::smallvec![condition], u32::from(!holds));
        self.table.entry(key).or_default().push((block, condition));
        let inst = self.func.inst(condition);
        match (inst.op, holds) {
            (Op::Not, _) => {
                let inner = inst.args[0];
                self.assume(block, inner, !holds);
            }
            (Op::Both, true) | (Op::Either, false) => {
                let (a, b) = (inst.args[0], inst.args[1]);
                self.assume(block, a, holds);
                self.assume(block, b, holds);
            }
            _ => {}
        }
    }

    fn current(&self, mut val: Val) -> Val {
        while let Some(other) = self.replaced.get(val.0 as usize).copied().flatten() {
            val = other;
        }
        val
    }

    fn lookup(&self, block: Block, key: &Key) -> Option<Val> {
        let found = self.table.get(key)?;
        found.iter().rev().find(|(home, _)| self.dominators.dominates(*home, block)).map(|(_, val)| *val)
    }

    fn block(&mut self, block: Block, memory: &mut Memory) {
        let insts = std::mem::take(&mut self.func.data_mut(block).insts);
        let mut kept = Vec::with_capacity(insts.len());
        for val in insts {
            let args: SmallVec<[Val; 3]> = self.func.inst(val).args.iter().map(|&arg| self.current(arg)).collect();
            self.func.insts[val.0 as usize].args = args;
            self.expose(val, memory);
            if self.keep(block, val, memory) {
                kept.push(val);
            }
        }
        self.func.data_mut(block).insts = kept;
        for edge in self.func.data(block).end.edges() {
            for &arg in &edge.args {
                let table = objects::made(self.func, self.current(arg));
                memory.unseen.retain(|&unseen| Some(unseen) != table);
            }
        }
    }

    /// Tables that an instruction makes, or shows to others.
    fn expose(&self, val: Val, memory: &mut Memory) {
        let inst = self.func.inst(val);
        if let Op::NewTable(_) = inst.op {
            memory.unseen.push(val);
        }
        for (index, &arg) in inst.args.iter().enumerate() {
            if let Some(table) = objects::made(self.func, arg)
                && objects::exposes(self.func, inst.op, index, arg)
            {
                memory.unseen.retain(|&unseen| unseen != table);
            }
        }
    }

    /// Whether the instruction has to stay.
    fn keep(&mut self, block: Block, val: Val, memory: &mut Memory) -> bool {
        if let Some(same) = fold::fold(self.func, val) {
            self.replace(val, same);
            return false;
        }
        let Inst { op, args, ty, .. } = self.func.inst(val).clone();
        if op == Op::Check {
            return self.check(block, val, args[0]);
        }
        if let Some(place) = store_place(op) {
            self.store(block, op, place, &args, memory);
            return true;
        }
        let effects = op.effects();
        if effects.writes.0 != 0 {
            for class in Class::ALL.into_iter().filter(|&class| effects.writes.contains(class)) {
                let version = self.version();
                memory.classes[class as usize] = version;
            }
            return true;
        }
        if !is_pure(op) {
            return true;
        }
        let version = load_place(op).map_or(0, |place| match op {
            Op::Load(..) => memory.version_at(self.func, args[0], place),
            _ => memory.version(place),
        });
        // The check that makes a load safe does not matter to what it yields.
        let operands = match op {
            Op::Load(..) => args[..1].into(),
            Op::LoadAt(_) => args[..2].into(),
            _ => args.clone(),
        };
        let key = (op, operands, version);
        if let Some(same) = self.lookup(block, &key)
            && self.func.ty(same) == ty
        {
            self.replace(val, same);
            return false;
        }
        self.table.entry(key).or_default().push((block, val));
        true
    }

    fn check(&mut self, block: Block, val: Val, condition: Val) -> bool {
        if self.func.inst(condition).op == Op::Bool(true) {
            self.replace(val, condition);
            return false;
        }
        if let Some(before) = self.known(block, condition) {
            self.replace(val, before);
            return false;
        }
        self.table.entry((Op::Check, smallvec::smallvec![condition], 0)).or_default().push((block, val));
        // What the condition says of its parts holds too.
        if matches!(self.func.inst(condition).op, Op::Not | Op::Both) {
            self.assume(block, condition, true);
        }
        true
    }

    /// What says that a condition holds.
    fn known(&self, block: Block, condition: Val) -> Option<Val> {
        self.lookup(block, &(Op::Check, smallvec::smallvec![condition], 0)).or_else(|| {
            let inst = self.func.inst(condition);
            let is_choice = inst.op == Op::Either;
            is_choice.then(|| inst.args.iter().find_map(|&arg| self.known(block, arg))).flatten()
        })
    }

    fn store(&mut self, block: Block, op: Op, place: Place, args: &[Val], memory: &mut Memory) {
        let unseen = match op {
            Op::Store(..) => objects::made(self.func, args[0]).filter(|table| memory.unseen.contains(table)),
            _ => None,
        };
        if let Some(table) = unseen {
            let version = self.version();
            memory.objects.insert((table, place), version);
        }
        let classes = Class::ALL.into_iter().filter(|&class| unseen.is_none() && op.effects().writes.contains(class));
        for class in classes {
            let version = self.version();
            if class == Class::Slot && place.0 == Class::Slot {
                memory.set_slot(place.1, version);
            } else {
                memory.classes[class as usize] = version;
            }
        }
        let version = match op {
            Op::Store(..) => memory.version_at(self.func, args[0], place),
            _ => memory.version(place),
        };
        // What was just stored is what a load finds.
        let (load, operands, stored) = match op {
            Op::StoreReg(reg) => (Op::LoadReg(reg), &args[..0], args[0]),
            Op::Store(class, width, offset) => (Op::Load(class, width, offset), &args[..1], args[1]),
            Op::StoreAt(class) => (Op::LoadAt(class), &args[..2], args[2]),
            _ => return,
        };
        self.table.entry((load, operands.into(), version)).or_default().push((block, stored));
    }

    fn replace(&mut self, val: Val, by: Val) {
        if self.replaced.len() <= val.0 as usize {
            self.replaced.resize(self.func.insts.len(), None);
        }
        self.replaced[val.0 as usize] = Some(by);
    }

    fn rewrite(&mut self, order: &[Block]) {
        let replaced = std::mem::take(&mut self.replaced);
        let current = |mut val: Val| {
            while let Some(other) = replaced.get(val.0 as usize).copied().flatten() {
                val = other;
            }
            val
        };
        for &block in order {
            let data = self.func.data_mut(block);
            data.end.each_use(|val| *val = current(*val));
        }
        for state in &mut self.func.states {
            for (_, val) in &mut state.regs {
                *val = current(*val);
            }
        }
        for inst in &mut self.func.insts {
            for arg in &mut inst.args {
                *arg = current(*arg);
            }
        }
    }
}

/// Whether an instruction yields the same for the same operands and memory, and leaves only if it always would.
fn is_pure(op: Op) -> bool {
    match op {
        Op::Guard(_) | Op::GuardInteger | Op::GuardNumber | Op::GuardFits | Op::ToInt => true,
        // What they read has no version.
        Op::Field(_) | Op::Method(_) | Op::Index | Op::Length => false,
        // Each is another one.
        Op::NewTable(_) => false,
        Op::Param | Op::Box | Op::Poll | Op::SetPc(_) | Op::SetTop(_) => op == Op::Box,
        Op::Help(_) => {
            let effects = op.effects();
            !effects.stays && effects.reads.0 == 0
        }
        _ => !op.effects().stays,
    }
}

fn load_place(op: Op) -> Option<Place> {
    Some(match op {
        Op::LoadReg(_) | Op::RegPlace(_) | Op::ExtraArg => (Class::Register, 0),
        Op::Load(Class::Slot, _, offset) => (Class::Slot, offset),
        Op::Load(class, ..) | Op::LoadAt(class) => (class, 0),
        Op::Epoch => (Class::Epoch, 0),
        // The cell of a wide integer lives until the next safepoint, unless a register holds it. What comes to one writes all
        // classes, and hardly anything else writes this one.
        Op::Box => (Class::Meta, 0),
        _ => return None,
    })
}

fn store_place(op: Op) -> Option<Place> {
    Some(match op {
        Op::StoreReg(_) => (Class::Register, 0),
        Op::Store(Class::Slot, _, offset) => (Class::Slot, offset),
        Op::Store(class, ..) | Op::StoreAt(class) => (class, 0),
        _ => return None,
    })
}
