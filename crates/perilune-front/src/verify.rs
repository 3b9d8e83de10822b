//! The verifier: what it accepts cannot make an interpreter without bounds checks leave its registers, constants or code.
//!
//! It says nothing about the types of values: that the state of a `for` loop is numeric, for one, is the interpreter's affair.

use crate::op::{Extra, Instr, Op, Operand};
use crate::proto::{CacheDesc, Const, MAX_REGISTERS, MAX_SHORT_STRING, MAX_UPVALUES, Proto};
use std::fmt;

/// Deepest nesting of functions in functions.
pub const MAX_NESTED_FUNCTIONS: usize = 200;

/// What is wrong with a prototype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// Line of the function, from its `line_defined`.
    pub function_line: u32,
    /// The word of code at fault, if it is one.
    pub pc: Option<u32>,
    /// What is wrong.
    pub reason: &'static str,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed function at line {}: {}", self.function_line, self.reason)?;
        match self.pc {
            Some(pc) => write!(f, " (instruction at {pc})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks a prototype and all inside it.
///
/// # Errors
/// The first thing found that is not as [`crate::op`] and [`crate::proto`] demand.
pub fn verify(proto: &Proto) -> Result<(), VerifyError> {
    verify_nested(proto, None, 0)
}

fn verify_nested(proto: &Proto, parent: Option<&Proto>, depth: usize) -> Result<(), VerifyError> {
    let mut checker = Checker::new(proto);
    checker.require(depth < MAX_NESTED_FUNCTIONS, "functions nested too deeply")?;
    checker.header(parent)?;
    checker.find_instructions()?;
    checker.find_targets()?;
    checker.instructions()?;
    checker.debug_information()?;
    proto.children.iter().try_for_each(|child| verify_nested(child, Some(proto), depth + 1))
}

/// A word is the start of an instruction.
const START: u8 = 1;
/// A word is jumped to.
const TARGET: u8 = 2;

struct Checker<'p> {
    proto: &'p Proto,
    /// [`START`] and [`TARGET`] for each word.
    marks: Vec<u8>,
    /// Caches used so far; they are numbered in the order of their instructions.
    caches: u32,
    /// The instruction being checked.
    pc: Option<usize>,
}

type Check = Result<(), VerifyError>;

impl<'p> Checker<'p> {
    fn new(proto: &'p Proto) -> Self {
        Self { proto, marks: vec![0; proto.code.len()], caches: 0, pc: None }
    }

    fn fail<T>(&self, reason: &'static str) -> Result<T, VerifyError> {
        Err(VerifyError { function_line: self.proto.line_defined, pc: self.pc.map(|pc| pc as u32), reason })
    }

    fn require(&self, condition: bool, reason: &'static str) -> Check {
        if condition { Ok(()) } else { self.fail(reason) }
    }

    fn header(&self, parent: Option<&Proto>) -> Check {
        let proto = self.proto;
        self.require(proto.registers <= MAX_REGISTERS, "too many registers")?;
        self.require(proto.params <= proto.registers, "more parameters than registers")?;
        self.require(proto.upvalues.len() <= MAX_UPVALUES, "too many upvalues")?;
        self.require(!proto.code.is_empty(), "no code")?;
        self.require(i32::try_from(proto.code.len()).is_ok(), "too much code")?;
        if let Some(parent) = parent {
            for upvalue in &proto.upvalues {
                let count = if upvalue.in_stack { usize::from(parent.registers) } else { parent.upvalues.len() };
                self.require(usize::from(upvalue.index) < count, "captures what the enclosing function does not have")?;
            }
        }
        Ok(())
    }

    /// Marks the starts of instructions; all operations are known and complete.
    fn find_instructions(&mut self) -> Check {
        let mut pc = 0;
        let mut last = Op::Return0;
        while pc < self.proto.code.len() {
            self.pc = Some(pc);
            let Some(op) = Instr(self.proto.code[pc]).op() else {
                return self.fail("unknown operation");
            };
            self.marks[pc] |= START;
            pc += op.words();
            last = op;
        }
        self.require(pc == self.proto.code.len(), "the last instruction is cut off")?;
        self.require(matches!(last, Op::Return0 | Op::Return1 | Op::Return | Op::TailCall | Op::Jump), "code runs off its end")
    }

    fn find_targets(&mut self) -> Check {
        let mut pc = 0;
        while pc < self.proto.code.len() {
            self.pc = Some(pc);
            let op = self.op(pc);
            if op.extra() == Extra::Jump {
                let target = self.target(pc);
                let is_start =
                    usize::try_from(target).is_ok_and(|target| self.marks.get(target).is_some_and(|mark| mark & START != 0));
                self.require(is_start, "a jump to no instruction")?;
                self.marks[target as usize] |= TARGET;
            } else if op == Op::LoadFalseSkip && pc + 2 < self.marks.len() {
                self.marks[pc + 2] |= TARGET;
            }
            pc += op.words();
        }
        Ok(())
    }

    fn op(&self, pc: usize) -> Op {
        Instr(self.proto.code[pc]).op().expect("all operations were found known")
    }

    /// The instruction at `pc`, if one starts there.
    fn start_at(&self, pc: usize) -> Option<(Op, Instr)> {
        (self.marks.get(pc)? & START != 0).then(|| (self.op(pc), Instr(self.proto.code[pc])))
    }

    fn target(&self, pc: usize) -> i64 {
        pc as i64 + 2 + i64::from(self.proto.code[pc + 1] as i32)
    }

    fn instructions(&mut self) -> Check {
        let mut pc = 0;
        let mut previous = None;
        while pc < self.proto.code.len() {
            self.pc = Some(pc);
            let (op, instr) = (self.op(pc), Instr(self.proto.code[pc]));
            self.operands(op, instr)?;
            self.extra(op, pc)?;
            self.windows(op, instr)?;
            self.constants(op, instr)?;
            self.open_results(previous, op, instr, pc)?;
            self.pairs(op, instr, pc)?;
            self.require((op == Op::VarargPrep) == (pc == 0 && self.proto.is_vararg), "misplaced `vararg_prep`")?;
            previous = Some((op, instr));
            pc += op.words();
        }
        self.pc = None;
        self.require(self.caches as usize == self.proto.caches.len(), "a cache without an instruction")
    }

    fn register(&self, register: usize) -> Check {
        self.require(register < usize::from(self.proto.registers), "a register that does not exist")
    }

    fn operands(&self, op: Op, instr: Instr) -> Check {
        let [a, b, c] = op.operands();
        self.operand(a, instr.a(), 0)?;
        self.operand(b, instr.b(), instr.bx())?;
        if !matches!(b, Operand::Const16 | Operand::SImm16) {
            self.operand(c, instr.c(), 0)?;
        }
        Ok(())
    }

    fn operand(&self, kind: Operand, value: u8, wide: u16) -> Check {
        let index = usize::from(value);
        match kind {
            Operand::None => self.require(value == 0, "an unused field that is not zero"),
            Operand::Write | Operand::Read | Operand::ReadWrite => self.register(index),
            Operand::Const => self.require(index < self.proto.consts.len(), "a constant that does not exist"),
            Operand::Const16 => self.require(usize::from(wide) < self.proto.consts.len(), "a constant that does not exist"),
            Operand::Upvalue => self.require(index < self.proto.upvalues.len(), "an upvalue that does not exist"),
            Operand::Flag => self.require(value <= 1, "a flag that is neither 0 nor 1"),
            Operand::Imm | Operand::SImm | Operand::SImm16 => Ok(()),
        }
    }

    fn extra(&mut self, op: Op, pc: usize) -> Check {
        let word = || self.proto.code[pc + 1];
        match op.extra() {
            Extra::None | Extra::Jump | Extra::Imm => Ok(()),
            Extra::Const => self.require((word() as usize) < self.proto.consts.len(), "a constant that does not exist"),
            Extra::Proto => {
                self.require((word() as usize) < self.proto.children.len(), "an inner function that does not exist")
            }
            Extra::Cache => {
                self.require(word() == self.caches, "caches out of order")?;
                self.caches += 1;
                self.cache(op, word())
            }
        }
    }

    fn cache(&self, op: Op, index: u32) -> Check {
        let Some(&cache) = self.proto.caches.get(index as usize) else {
            return self.fail("a cache that does not exist");
        };
        let fits = match cache {
            CacheDesc::Call => matches!(op, Op::Call | Op::TailCall),
            CacheDesc::Iterate => op == Op::ForInCall,
            CacheDesc::Table { .. } => op == Op::NewTable,
            CacheDesc::Field { name } => {
                let is_name = match self.proto.consts.get(name as usize) {
                    Some(Const::Str(text)) => text.len() <= MAX_SHORT_STRING,
                    _ => false,
                };
                self.require(is_name, "a cache whose name is no short string")?;
                !matches!(op, Op::Call | Op::TailCall | Op::ForInCall | Op::NewTable)
            }
        };
        self.require(fits, "a cache of another kind")
    }

    /// Registers used beyond those that the fields name.
    fn windows(&self, op: Op, instr: Instr) -> Check {
        let (a, b, c) = (usize::from(instr.a()), usize::from(instr.b()), usize::from(instr.c()));
        match op {
            Op::LoadNil | Op::SetList => self.register(a + b),
            Op::GetMethod => self.register(a + 1),
            Op::Concat => {
                self.require(b >= 2, "a concatenation of fewer than two values")?;
                self.register(a + b - 1)
            }
            Op::Call => {
                self.register((a + b).saturating_sub(1))?;
                self.register((a + c).saturating_sub(2))
            }
            Op::TailCall => self.register((a + b).saturating_sub(1)),
            Op::Return => self.register((a + b).saturating_sub(2)),
            Op::Vararg => {
                self.require(self.proto.is_vararg, "`...` in a function without it")?;
                self.register((a + c).saturating_sub(2))
            }
            Op::VarargPrep => self.require(instr.a() == self.proto.params, "wrong number of parameters"),
            Op::ForPrep | Op::ForLoop => self.register(a + 3),
            Op::ForInPrep | Op::ForInLoop => self.register(a + 4),
            Op::ForInCall => {
                self.require(c >= 1, "a generic `for` without variables")?;
                self.register(a + 3 + c.max(3))
            }
            _ => Ok(()),
        }
    }

    /// Constants of a certain kind.
    fn constants(&self, op: Op, instr: Instr) -> Check {
        let index = match op {
            Op::EqK => {
                let is_long =
                    matches!(&self.proto.consts[usize::from(instr.b())], Const::Str(text) if text.len() > MAX_SHORT_STRING);
                return self.require(!is_long, "a long string as the operand of `eq_k`");
            }
            Op::KAdd | Op::KSub | Op::KMul | Op::KDiv => instr.b(),
            Op::AddK | Op::SubK | Op::MulK | Op::ModK | Op::PowK | Op::DivK | Op::IDivK => instr.c(),
            Op::BAndK | Op::BOrK | Op::BXorK | Op::ShlK | Op::ShrK => instr.c(),
            _ => return Ok(()),
        };
        let is_number = matches!(self.proto.consts[usize::from(index)], Const::Int(_) | Const::Float(_));
        self.require(is_number, "a constant that is no number in arithmetic")
    }

    /// Open results are taken by the very next instruction, which nothing jumps to.
    fn open_results(&self, previous: Option<(Op, Instr)>, op: Op, instr: Instr, pc: usize) -> Check {
        let producer = previous.filter(|(op, instr)| matches!(op, Op::Call | Op::Vararg) && instr.c() == 0);
        let first = match op {
            Op::Call | Op::TailCall | Op::SetList if instr.b() == 0 => Some(usize::from(instr.a()) + 1),
            Op::Return if instr.b() == 0 => Some(usize::from(instr.a())),
            _ => None,
        };
        match (producer, first) {
            (None, None) => Ok(()),
            (Some((_, producer)), Some(first)) => {
                self.require(first <= usize::from(producer.a()), "open results below their consumer")?;
                self.require(self.marks[pc] & TARGET == 0, "a jump between open results and their consumer")
            }
            (Some(_), None) => self.fail("open results that nothing takes"),
            (None, Some(_)) => self.fail("no open results to take"),
        }
    }

    /// Instructions that belong together.
    fn pairs(&self, op: Op, instr: Instr, pc: usize) -> Check {
        match op {
            Op::LoadFalseSkip => {
                let skips_one_word = self.start_at(pc + 1).is_some_and(|(op, _)| op.words() == 1);
                self.require(skips_one_word && self.start_at(pc + 2).is_some(), "a skip of no instruction of one word")
            }
            Op::ForPrep => self.loop_partner(Op::ForLoop, instr, self.target(pc) - 2, pc + 2),
            Op::ForLoop => self.loop_partner(Op::ForPrep, instr, self.target(pc) - 2, pc + 2),
            Op::ForInPrep => {
                let is_call = self.same_loop(Op::ForInCall, instr, self.target(pc));
                self.require(is_call, "a `for_in_prep` that does not lead to the loop's call")
            }
            Op::ForInCall => {
                let is_loop = self.same_loop(Op::ForInLoop, instr, pc as i64 + 2);
                self.require(is_loop, "a `for_in_call` without its `for_in_loop`")
            }
            Op::ForInLoop => {
                let is_loop = self.same_loop(Op::ForInCall, instr, pc as i64 - 2);
                self.require(is_loop, "a `for_in_loop` without its `for_in_call`")
            }
            _ => Ok(()),
        }
    }

    /// Whether an `op` with the field A of `instr` starts at `pc`.
    fn same_loop(&self, op: Op, instr: Instr, pc: i64) -> bool {
        usize::try_from(pc)
            .ok()
            .and_then(|pc| self.start_at(pc))
            .is_some_and(|(other, partner)| other == op && partner.a() == instr.a())
    }

    /// Requires at `partner` the other end of a numeric `for`, which jumps to `back`.
    fn loop_partner(&self, op: Op, instr: Instr, partner: i64, back: usize) -> Check {
        let fits = self.same_loop(op, instr, partner) && self.target(partner as usize) == back as i64;
        self.require(fits, "a numeric `for` whose ends do not match")
    }

    fn debug_information(&self) -> Check {
        let proto = self.proto;
        let lines = &proto.lines.0;
        self.require(lines.is_sorted_by(|(before, _), (after, _)| before < after), "lines out of order")?;
        let last = lines.last().map_or(0, |&(start, _)| start as usize);
        self.require(last < proto.code.len(), "a line beyond the code")?;
        self.require(proto.locals.is_sorted_by_key(|local| local.start), "local variables out of order")?;
        for local in &proto.locals {
            let is_sane = local.register < proto.registers && local.start <= local.end;
            self.require(is_sane && local.end as usize <= proto.code.len(), "a local variable that cannot be")?;
        }
        Ok(())
    }
}
