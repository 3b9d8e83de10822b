//! Which registers an instruction reads and writes, and which are live: may be read before they are written again.
//!
//! Registers that closures capture or that are to be closed can be read behind the code's back; they count as live
//! everywhere. A variable is read where its scope begins, so that whoever keeps variables in scope for the debugger finds the
//! value kept from its definition on.

use crate::op::{Extra, Instr, Op, Operand};
use crate::proto::Proto;

/// A set of registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterSet([u64; 4]);

impl RegisterSet {
    /// Adds a register.
    pub fn insert(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] |= 1 << (register & 63);
    }

    /// Takes a register out.
    pub fn remove(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] &= !(1 << (register & 63));
    }

    /// Whether a register is in the set.
    #[must_use]
    pub fn contains(&self, register: u8) -> bool {
        self.0[usize::from(register >> 6)] & 1 << (register & 63) != 0
    }

    /// The registers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|&register| self.contains(register))
    }

    /// The registers in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The registers that are not in `other`.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    fn insert_many(&mut self, first: u8, count: u8) {
        for offset in 0..count {
            self.insert(first.wrapping_add(offset));
        }
    }
}

/// What an instruction does to registers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// Registers it reads.
    pub reads: RegisterSet,
    /// Registers it certainly writes.
    pub writes: RegisterSet,
    /// Registers it writes if it jumps.
    pub writes_on_jump: RegisterSet,
}

/// What the instruction `instr` does to registers. Open arguments begin in `open_from`, the field A of the producer before it.
/// Registers above a call that its frame may overwrite are not counted as written.
#[must_use]
pub fn uses(op: Op, instr: Instr, open_from: u8) -> Uses {
    let mut uses = Uses::default();
    let fields = [instr.a(), instr.b(), instr.c()];
    for (kind, register) in op.operands().into_iter().zip(fields) {
        match kind {
            Operand::Read => uses.reads.insert(register),
            Operand::Write => uses.writes.insert(register),
            Operand::ReadWrite => {
                uses.reads.insert(register);
                uses.writes.insert(register);
            }
            _ => {}
        }
    }
    windows(&mut uses, op, instr, open_from);
    uses
}

fn windows(uses: &mut Uses, op: Op, instr: Instr, open_from: u8) {
    let [a, b, c] = [instr.a(), instr.b(), instr.c()];
    // Values from `first` up to the open ones.
    let up_to_open = |first: u8| open_from.saturating_sub(first);
    match op {
        Op::LoadNil => uses.writes.insert_many(a, b + 1),
        Op::GetMethod => uses.writes.insert(a + 1),
        Op::Concat => uses.reads.insert_many(a, b),
        Op::SetList => uses.reads.insert_many(a + 1, if b == 0 { up_to_open(a + 1) } else { b }),
        Op::Call | Op::TailCall => {
            uses.reads.insert_many(a + 1, if b == 0 { up_to_open(a + 1) } else { b - 1 });
            if op == Op::Call {
                uses.writes = RegisterSet::default();
                uses.writes.insert_many(a, c.saturating_sub(1));
            }
        }
        Op::Return => {
            uses.reads = RegisterSet::default();
            uses.reads.insert_many(a, if b == 0 { up_to_open(a) } else { b - 1 });
        }
        Op::Vararg => {
            uses.writes = RegisterSet::default();
            uses.writes.insert_many(a, c.saturating_sub(1));
        }
        Op::TestSet => (uses.writes, uses.writes_on_jump) = (RegisterSet::default(), uses.writes),
        Op::ForPrep => {
            uses.reads.insert_many(a, 3);
            uses.writes.insert_many(a, 4);
        }
        Op::ForLoop => {
            uses.reads.insert_many(a, 3);
            uses.writes = RegisterSet::default();
            uses.writes_on_jump.insert(a + 3);
        }
        Op::ForInPrep => uses.reads.insert_many(a, 4),
        Op::ForInCall => {
            uses.reads.insert_many(a, 3);
            uses.writes.insert_many(a + 4, c);
        }
        Op::ForInLoop => {
            uses.reads = RegisterSet::default();
            uses.reads.insert(a + 4);
            uses.writes = RegisterSet::default();
            uses.writes_on_jump.insert(a + 2);
        }
        Op::Close => uses.reads = RegisterSet::default(),
        _ => {}
    }
}

/// The live registers of a function.
#[derive(Debug, Clone)]
pub struct Liveness {
    /// Captured and to be closed.
    always: RegisterSet,
    /// Where scopes of variables that are no parameters begin, in order, and the variables' registers.
    scopes: Vec<(u32, u8)>,
    /// The basic blocks in order of their code.
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
struct Block {
    /// Where its instructions start.
    starts: Vec<u32>,
    live_in: RegisterSet,
    live_out: RegisterSet,
}

impl Liveness {
    /// Analyses a verified function.
    #[must_use]
    pub fn of(proto: &Proto) -> Self {
        let mut scopes: Vec<_> =
            proto.locals.iter().filter(|local| local.start > 0).map(|local| (local.start, local.register)).collect();
        scopes.sort_unstable();
        let mut liveness = Self { always: always_live(proto), scopes, blocks: blocks(proto) };
        let index = liveness.index_of_starts(proto);
        // Blocks backward until nothing changes: loops need a second round, nested ones more.
        let mut changed = true;
        while changed {
            changed = false;
            for number in (0..liveness.blocks.len()).rev() {
                let last = liveness.blocks[number].starts.last().copied().unwrap_or_default();
                let live_out = liveness.live_after_last(proto, last, &index);
                let live_in = liveness.walk(proto, &liveness.blocks[number].starts, 0, live_out);
                let block = &mut liveness.blocks[number];
                changed |= block.live_in != live_in;
                (block.live_in, block.live_out) = (live_in, live_out);
            }
        }
        liveness
    }

    /// Registers live before the instruction at `pc`, which must be the start of one.
    #[must_use]
    pub fn before(&self, proto: &Proto, pc: u32) -> RegisterSet {
        let number = self.blocks.partition_point(|block| block.starts[0] <= pc) - 1;
        let block = &self.blocks[number];
        let position = block.starts.partition_point(|&start| start < pc);
        self.walk(proto, &block.starts, position, block.live_out).union(self.always)
    }

    /// The block that starts at each word; `u32::MAX` elsewhere.
    fn index_of_starts(&self, proto: &Proto) -> Vec<u32> {
        let mut index = vec![u32::MAX; proto.code.len() + 1];
        for (number, block) in self.blocks.iter().enumerate() {
            index[block.starts[0] as usize] = number as u32;
        }
        index
    }

    /// Live behind the last instruction of a block; what it writes only when it jumps is already taken out.
    fn live_after_last(&self, proto: &Proto, pc: u32, index: &[u32]) -> RegisterSet {
        let instr = Instr(proto.code[pc as usize]);
        let op = instr.op().expect("verified code");
        let entry =
            |pc: u32| self.blocks.get(index[pc as usize] as usize).map_or_else(RegisterSet::default, |block| block.live_in);
        let mut live = RegisterSet::default();
        if op.extra() == Extra::Jump {
            live = entry(target(proto, pc)).difference(uses(op, instr, 0).writes_on_jump);
        }
        match op {
            Op::Jump | Op::ForInPrep | Op::Return0 | Op::Return1 | Op::Return | Op::TailCall => live,
            Op::LoadFalseSkip => live.union(entry(pc + 2)),
            _ => live.union(entry(pc + op.words() as u32)),
        }
    }

    /// Registers live before the instruction at `starts[from]`, if `live` are live behind the last one.
    fn walk(&self, proto: &Proto, starts: &[u32], from: usize, mut live: RegisterSet) -> RegisterSet {
        let Some(&last) = starts.last() else { return live };
        let mut scopes = &self.scopes[..self.scopes.partition_point(|&(start, _)| start <= last)];
        for position in (from..starts.len()).rev() {
            let instr = Instr(proto.code[starts[position] as usize]);
            let op = instr.op().expect("verified code");
            let open_from = position.checked_sub(1).map_or(0, |before| Instr(proto.code[starts[before] as usize]).a());
            let uses = uses(op, instr, open_from);
            live = live.difference(uses.writes).union(uses.reads);
            while let Some((&(start, register), rest)) = scopes.split_last()
                && start >= starts[position]
            {
                live.insert(register);
                scopes = rest;
            }
        }
        live
    }
}

fn target(proto: &Proto, pc: u32) -> u32 {
    (pc + 2).wrapping_add(proto.code[pc as usize + 1])
}

fn ends_block(op: Op) -> bool {
    op.extra() == Extra::Jump || matches!(op, Op::Return0 | Op::Return1 | Op::Return | Op::TailCall | Op::LoadFalseSkip)
}

fn blocks(proto: &Proto) -> Vec<Block> {
    let mut leaders = vec![false; proto.code.len() + 2];
    let mut starts = Vec::new();
    let mut pc = 0;
    while pc < proto.code.len() {
        let op = Instr(proto.code[pc]).op().expect("verified code");
        starts.push(pc as u32);
        if op.extra() == Extra::Jump {
            leaders[target(proto, pc as u32) as usize] = true;
        }
        if op == Op::LoadFalseSkip {
            leaders[pc + 2] = true;
        }
        if ends_block(op) {
            leaders[pc + op.words()] = true;
        }
        pc += op.words();
    }
    let mut blocks: Vec<Block> = Vec::new();
    for start in starts {
        match blocks.last_mut() {
            Some(block) if !leaders[start as usize] => block.starts.push(start),
            _ => blocks.push(Block { starts: vec![start], live_in: RegisterSet::default(), live_out: RegisterSet::default() }),
        }
    }
    blocks
}

/// Registers that children capture or that are to be closed.
fn always_live(proto: &Proto) -> RegisterSet {
    let mut always = RegisterSet::default();
    for upvalue in proto.children.iter().flat_map(|child| &child.upvalues) {
        if upvalue.in_stack {
            always.insert(upvalue.index);
        }
    }
    let mut pc = 0;
    while pc < proto.code.len() {
        let instr = Instr(proto.code[pc]);
        let op = instr.op().expect("verified code");
        match op {
            Op::MarkClose => always.insert(instr.a()),
            Op::ForInPrep => always.insert(instr.a() + 3),
            _ => {}
        }
        pc += op.words();
    }
    always
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::compile;

    /// Live registers before the first instruction of kind `op` in the function inside `source`.
    fn live_before(source: &str, op: Op) -> Vec<u8> {
        let proto = compile(source.as_bytes(), b"=test").unwrap().children.remove(0);
        let liveness = Liveness::of(&proto);
        let mut pc = 0;
        while Instr(proto.code[pc]).op() != Some(op) {
            pc += Instr(proto.code[pc]).op().unwrap().words();
        }
        liveness.before(&proto, pc as u32).iter().collect()
    }

    #[test]
    fn variables_that_nobody_reads_are_live_up_to_their_scope() {
        // The table's register before the call: the scope of `t` begins behind it.
        assert_eq!(live_before("function f() local t, x = {}, g() return x end", Op::Call), [0, 1]);
    }

    #[test]
    fn straight_code() {
        assert_eq!(live_before("function f(a, b, c) b = a + c return b end", Op::Add), [0, 2]);
        assert_eq!(live_before("function f(a, b, c) b = a + c return b end", Op::Return1), [1]);
        assert_eq!(live_before("function f(a, b) local c = a * a; a = nil return c end", Op::LoadNil), [2]);
    }

    #[test]
    fn branches_and_loops() {
        assert_eq!(live_before("function f(a, b, c) if a then return b end return c end", Op::Test), [0, 1, 2]);
        assert_eq!(live_before("function f(a, b, c) if a then return b end return c end", Op::Return1), [1]);
        // `s` and the step are read in the next round; the variable `i` is not.
        assert_eq!(live_before("function f(n, s) for i = 1, n do s = s * i end return s end", Op::ForLoop), [1, 2, 3, 4]);
        assert_eq!(live_before("function f(n, s) while n do s = g(s) end end", Op::Test), [0, 1]);
    }

    #[test]
    fn values_of_conditions() {
        assert_eq!(live_before("function f(a, b, c) local x = a or b; return x end", Op::TestSet), [0, 1]);
        assert_eq!(live_before("function f(a, b, c) return a == b, c end", Op::LoadFalseSkip), [2]);
    }

    #[test]
    fn captured_variables_stay_alive() {
        let source = "function f(a, b) local g = function() return a end; a = 1; g() end";
        assert_eq!(live_before(source, Op::LoadInt), [0, 2]);
    }

    #[test]
    fn calls_read_their_windows() {
        assert_eq!(live_before("function f(a, b) a(b) end", Op::Return0), [] as [u8; 0]);
        assert_eq!(live_before("function f(a, b) return a(b, b()) end", Op::TailCall), [2, 3]);
        assert_eq!(live_before("function f(a, b) return b, a() end", Op::Return), [2]);
        assert_eq!(live_before("function f(a) a:m(1) end", Op::Call), [1, 2, 3]);
    }
}
