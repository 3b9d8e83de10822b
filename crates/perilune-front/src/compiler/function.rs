//! The function under construction: its code, lines, constants and caches. Knows instructions, not syntax.

use super::scope::BlockScope;
use crate::intern::{Symbol, WordMap};
use crate::op::{Instr, Op};
use crate::proto::{CacheDesc, Const, LineTable, LocalVar, Proto, UpvalueDesc};
use std::rc::Rc;

/// A register number.
pub(super) type Reg = u8;

/// An index of a word of code.
pub(super) type Pc = u32;

/// "No instruction": the state of [`Function::last`] when the last instruction was removed.
const NO_INSTRUCTION: Pc = Pc::MAX;

/// Registers every function has.
const MIN_REGISTERS: u8 = 2;

/// Elements of a buffer that is worth keeping for the next function.
const KEPT: usize = 1 << 10;

/// What makes two constants equal, strings excepted: floats by their bits, so that 0.0, -0.0 and NaN keep apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ConstKey {
    Nil,
    Bool(bool),
    Int(u64),
    Float(u64),
}

/// The place of a string among the constants of the innermost function that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct StringConst {
    /// Nesting level of the function; 0 if no function has it.
    pub(super) level: u32,
    pub(super) index: u32,
}

/// A function under construction.
#[derive(Default)]
pub(super) struct Function {
    pub(super) code: Vec<u32>,
    lines: Vec<(u32, u32)>,
    pub(super) consts: Vec<Const>,
    /// The constants with indices that fit an operand, and the rest: the first stay in the processor's cache.
    low_consts: WordMap<ConstKey, u8>,
    high_consts: WordMap<ConstKey, u32>,
    /// What the compiler's table of strings held before this function changed it.
    pub(super) hidden_strings: Vec<(Symbol, StringConst)>,
    pub(super) caches: Vec<CacheDesc>,
    pub(super) children: Vec<Proto>,
    pub(super) upvalues: Vec<UpvalueDesc>,
    /// For each upvalue the position of its variable in the compiler's stack of variables.
    pub(super) upvalue_vars: Vec<u32>,
    pub(super) locals: Vec<LocalVar>,
    pub(super) line_defined: u32,
    pub(super) last_line_defined: u32,
    pub(super) params: u8,
    pub(super) is_vararg: bool,
    /// The first register that holds neither a local nor a temporary value.
    pub(super) free: Reg,
    /// The first register that holds no local.
    pub(super) active: Reg,
    /// Registers used so far, at most.
    pub(super) max_registers: u8,
    /// Line given to the instructions emitted next.
    pub(super) line: u32,
    /// Where the last instruction starts.
    last: Pc,
    /// The last place known to be jumped to: instructions before it must not be merged with later ones.
    last_target: Pc,
    /// Position of the function's first variable in the compiler's stack of variables.
    pub(super) first_var: usize,
    pub(super) blocks: Vec<BlockScope>,
    pub(super) labels: Vec<super::labels::Label>,
    pub(super) label_indices: WordMap<Symbol, u32>,
    pub(super) gotos: Vec<super::labels::Goto>,
    /// `Return…` and `TailCall` instructions that have nothing to close as far as is known.
    pub(super) returns: Vec<Pc>,
}

impl Function {
    /// A function without code. `spent` is one that [`Function::into_proto`] left, or a default one: its buffers are used again.
    pub(super) fn new(line_defined: u32, first_var: usize, spent: Self) -> Self {
        Self {
            line_defined,
            last_line_defined: 0,
            params: 0,
            is_vararg: false,
            free: 0,
            active: 0,
            max_registers: MIN_REGISTERS,
            line: line_defined,
            last: NO_INSTRUCTION,
            last_target: 0,
            first_var,
            ..spent
        }
    }

    /// Where the next instruction goes.
    pub(super) fn here(&self) -> Pc {
        self.code.len() as Pc
    }

    /// Appends an instruction of one word.
    pub(super) fn emit(&mut self, instr: Instr) -> Pc {
        let pc = self.here();
        if self.lines.last().is_none_or(|&(_, line)| line != self.line) {
            self.lines.push((pc, self.line));
        }
        self.code.push(instr.0);
        self.last = pc;
        pc
    }

    /// Appends an instruction of two words.
    pub(super) fn emit_with(&mut self, instr: Instr, extra: u32) -> Pc {
        let pc = self.emit(instr);
        self.code.push(extra);
        pc
    }

    /// Appends an instruction with a new cache.
    pub(super) fn emit_cached(&mut self, instr: Instr, cache: CacheDesc) -> Pc {
        let index = self.caches.len() as u32;
        self.caches.push(cache);
        self.emit_with(instr, index)
    }

    /// Gives the last instruction another line.
    pub(super) fn fix_line(&mut self, line: u32) {
        if self.last == NO_INSTRUCTION {
            return;
        }
        if self.lines.last().is_some_and(|&(start, _)| start == self.last) {
            self.lines.pop();
        }
        if self.lines.last().is_none_or(|&(_, before)| before != line) {
            self.lines.push((self.last, line));
        }
    }

    /// The last instruction, unless it was removed or something jumps behind it.
    pub(super) fn previous(&self) -> Option<(Pc, Instr)> {
        (self.last != NO_INSTRUCTION && self.last_target < self.here()).then(|| (self.last, self.at(self.last)))
    }

    /// Takes the last instruction back. It must have neither cache nor child.
    pub(super) fn remove_last(&mut self) {
        self.code.truncate(self.last as usize);
        if self.lines.last().is_some_and(|&(start, _)| start == self.last) {
            self.lines.pop();
        }
        self.last = NO_INSTRUCTION;
    }

    /// Declares that something jumps here.
    pub(super) fn label(&mut self) -> Pc {
        self.last_target = self.here();
        self.last_target
    }

    pub(super) fn at(&self, pc: Pc) -> Instr {
        Instr(self.code[pc as usize])
    }

    pub(super) fn op_at(&self, pc: Pc) -> Op {
        self.at(pc).op().expect("the compiler emits known operations")
    }

    pub(super) fn set_a(&mut self, pc: Pc, a: u8) {
        let word = &mut self.code[pc as usize];
        *word = *word & !0xff00 | u32::from(a) << 8;
    }

    pub(super) fn set_b(&mut self, pc: Pc, b: u8) {
        let word = &mut self.code[pc as usize];
        *word = *word & !0x00ff_0000 | u32::from(b) << 16;
    }

    pub(super) fn set_c(&mut self, pc: Pc, c: u8) {
        let word = &mut self.code[pc as usize];
        *word = *word & !0xff00_0000 | u32::from(c) << 24;
    }

    pub(super) fn set_op(&mut self, pc: Pc, op: Op) {
        let word = &mut self.code[pc as usize];
        *word = *word & !0xff | op as u32;
    }

    /// Index of a constant other than a string, which is added if it is new.
    pub(super) fn constant(&mut self, key: ConstKey) -> u32 {
        if let Some(index) = self.operand_constant(key) {
            return u32::from(index);
        }
        let consts = &mut self.consts;
        *self.high_consts.entry(key).or_insert_with(|| push_const(consts, key))
    }

    /// The same if the index fits an operand; a constant whose index would not is not added.
    pub(super) fn operand_constant(&mut self, key: ConstKey) -> Option<u8> {
        if self.consts.len() > usize::from(u8::MAX) {
            return self.low_consts.get(&key).copied();
        }
        let consts = &mut self.consts;
        Some(*self.low_consts.entry(key).or_insert_with(|| push_const(consts, key) as u8))
    }

    /// `R[from], …, R[from+count-1] := nil`, merged with a preceding instruction of the kind where possible.
    pub(super) fn load_nil(&mut self, from: Reg, count: u8) {
        if let Some((pc, previous)) = self.previous()
            && previous.op() == Some(Op::LoadNil)
        {
            let (first, end) = (u16::from(previous.a()), u16::from(previous.a()) + u16::from(previous.b()) + 1);
            let (new_first, new_end) = (u16::from(from), u16::from(from) + u16::from(count));
            if new_first <= end && first <= new_end {
                let (first, end) = (first.min(new_first), end.max(new_end));
                self.set_a(pc, first as u8);
                self.set_b(pc, (end - first - 1) as u8);
                return;
            }
        }
        self.emit(Instr::abc(Op::LoadNil, from, count - 1, 0));
    }

    /// Marks the returns in `self.returns[from..]` as ones that must close upvalues and variables.
    pub(super) fn close_at_returns(&mut self, from: usize) {
        for index in from..self.returns.len() {
            let pc = self.returns[index];
            let (op, a) = (self.op_at(pc), self.at(pc).a());
            match op {
                Op::Return0 => self.code[pc as usize] = Instr::abc(Op::Return, 0, 1, 1).0,
                Op::Return1 => self.code[pc as usize] = Instr::abc(Op::Return, a, 2, 1).0,
                _ => self.set_c(pc, 1),
            }
        }
        self.returns.truncate(from);
    }

    /// The finished prototype, in memory of the size it needs, and a function to begin the next one with.
    pub(super) fn into_proto(mut self, source: Rc<[u8]>) -> (Proto, Self) {
        self.thread_jumps();
        let proto = Proto {
            source: Some(source),
            line_defined: self.line_defined,
            last_line_defined: self.last_line_defined,
            params: self.params,
            is_vararg: self.is_vararg,
            registers: self.max_registers,
            code: take_exact(&mut self.code),
            consts: take_exact(&mut self.consts),
            caches: take_exact(&mut self.caches),
            children: take_exact(&mut self.children),
            upvalues: take_exact(&mut self.upvalues),
            lines: LineTable(take_exact(&mut self.lines)),
            locals: take_exact(&mut self.locals),
        };
        (proto, self.emptied())
    }

    /// Empties what the prototype did not take. Big tables are dropped, as clearing them again and again takes time.
    fn emptied(mut self) -> Self {
        let Self { low_consts, high_consts, label_indices, .. } = &mut self;
        low_consts.clear();
        if high_consts.capacity() > KEPT {
            *high_consts = WordMap::default();
        }
        high_consts.clear();
        if label_indices.capacity() > KEPT {
            *label_indices = WordMap::default();
        }
        label_indices.clear();
        self.hidden_strings.clear();
        self.upvalue_vars.clear();
        self.blocks.clear();
        self.labels.clear();
        self.gotos.clear();
        self.returns.clear();
        self
    }
}

/// Takes the elements out in memory of the size they need. A small buffer keeps its own memory.
fn take_exact<T>(buffer: &mut Vec<T>) -> Vec<T> {
    if buffer.len() > KEPT {
        let mut whole = std::mem::take(buffer);
        whole.shrink_to_fit();
        return whole;
    }
    let mut exact = Vec::with_capacity(buffer.len());
    exact.append(buffer);
    exact
}

fn push_const(consts: &mut Vec<Const>, key: ConstKey) -> u32 {
    consts.push(match key {
        ConstKey::Nil => Const::Nil,
        ConstKey::Bool(value) => Const::Bool(value),
        ConstKey::Int(bits) => Const::Int(bits as i64),
        ConstKey::Float(bits) => Const::Float(f64::from_bits(bits)),
    });
    (consts.len() - 1) as u32
}
