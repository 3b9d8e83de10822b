//! The compiling [`Machine`]: the same texts, called once per instruction, write SSA with guards where feedback allows.
//!
//! Blocks take the registers as parameters. A guard that fails leaves to the interpreter at its instruction. Integers are
//! 64-bit here: `int_arith` never takes its `wide` path.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::machine::{Machine, step};
use super::vm::{Op, a, op};
use crate::repr::{Arith, Cmp, Kind};

/// What a site has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    Ints,
    Floats,
    Anything,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Any,
    Int,
    Float,
    Object(Kind),
}

pub struct Recorder<'code> {
    code: &'code [u32],
    feedback: Feedback,
    /// Word of the instruction being recorded, and the word after what was read of it.
    at: usize,
    pc: usize,
    registers: Vec<u32>,
    types: Vec<Type>,
    shapes: BTreeSet<(u32, usize)>,
    text: String,
    blocks: u32,
    /// Whether the current path is one of several, so that the next instruction needs a block of its own.
    split: bool,
    targets: BTreeSet<usize>,
    counts: BTreeMap<&'static str, usize>,
}

/// SSA for `code`, which uses `registers` registers.
pub fn record(code: &[u32], registers: usize, feedback: Feedback) -> String {
    let mut m = Recorder {
        code,
        feedback,
        at: 0,
        pc: 0,
        registers: vec![0; registers],
        types: Vec::new(),
        shapes: BTreeSet::new(),
        text: String::new(),
        blocks: 0,
        split: true,
        targets: jump_targets(code),
        counts: BTreeMap::new(),
    };
    while m.pc < code.len() {
        if m.split || m.targets.contains(&m.pc) {
            m.start_block();
        }
        m.at = m.pc;
        m.pc += 1;
        let word = code[m.at];
        let _ = writeln!(m.text, "  ; {} {:?}", m.at, op(word));
        m.pc = m.at + 1 + usize::from(takes_extra(op(word)));
        step(&mut m, op(word), word);
        if !m.split && m.targets.contains(&m.pc) {
            m.go(m.pc);
        }
    }
    let _ = writeln!(m.text, "; {:?}", m.counts);
    m.text
}

fn takes_extra(op: Op) -> bool {
    use Op::{
        Call, Eq, EqI, ForLoop, ForPrep, GeI, GetField, GtI, Jump, Le, LeI, Lt, LtI, SetField, Test,
    };
    matches!(
        op,
        Jump | Eq
            | Lt
            | Le
            | EqI
            | LtI
            | LeI
            | GtI
            | GeI
            | Test
            | Call
            | ForPrep
            | ForLoop
            | GetField
            | SetField
    )
}

fn jump_targets(code: &[u32]) -> BTreeSet<usize> {
    let (mut targets, mut pc) = (BTreeSet::new(), 0);
    while pc < code.len() {
        let operation = op(code[pc]);
        let next = pc + 1 + usize::from(takes_extra(operation));
        if takes_extra(operation) && !matches!(operation, Op::Call | Op::GetField | Op::SetField) {
            targets.insert(next.wrapping_add_signed(code[pc + 1] as i32 as isize));
        }
        pc = next;
    }
    targets
}

impl Recorder<'_> {
    fn value(&mut self, kind: Type, name: &'static str, text: &str) -> u32 {
        self.types.push(kind);
        let id = self.types.len() as u32 - 1;
        let _ = writeln!(self.text, "  v{id} = {name} {text}");
        *self.counts.entry(name).or_default() += 1;
        id
    }

    fn effect(&mut self, name: &'static str, text: &str) {
        let _ = writeln!(self.text, "  {name} {text}");
        *self.counts.entry(name).or_default() += 1;
    }

    fn start_block(&mut self) {
        let first = self.types.len() as u32;
        let count = self.registers.len() as u32;
        self.registers = (first..first + count).collect();
        self.types.extend((0..count).map(|_| Type::Any));
        self.shapes.clear();
        let _ = writeln!(self.text, "pc{}(v{first}…v{}):", self.pc, first + count - 1);
        self.split = false;
    }

    fn go(&mut self, target: usize) {
        let list: Vec<String> = self
            .registers
            .iter()
            .map(|value| format!("v{value}"))
            .collect();
        let _ = writeln!(self.text, "  goto pc{target}({})", list.join(", "));
        self.split = true;
    }

    /// Both paths, each in its own block; what one learns the other does not know.
    fn both(
        &mut self,
        condition: &str,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let (yes, no) = (self.blocks, self.blocks + 1);
        self.blocks += 2;
        self.effect("if", &format!("{condition} b{yes} else b{no}"));
        let (registers, types, shapes, pc) = (
            self.registers.clone(),
            self.types.clone(),
            self.shapes.clone(),
            self.pc,
        );
        self.split = true;
        let _ = writeln!(self.text, "b{yes}:");
        then(self);
        let seen = self.types.len();
        self.types[..types.len()].copy_from_slice(&types);
        debug_assert!(seen >= types.len());
        (self.registers, self.shapes, self.pc) = (registers, shapes, pc);
        let _ = writeln!(self.text, "b{no}:");
        otherwise(self);
        self.split = true;
    }

    fn guard(&mut self, value: u32, kind: Type, name: &'static str) {
        if self.types[value as usize] != kind {
            self.effect(name, &format!("v{value} else exit@{}", self.at));
            self.types[value as usize] = kind;
        }
    }

    /// A test of the type of two values: known, guarded or left to run time.
    fn typed(
        &mut self,
        (x, y): (u32, u32),
        kind: Type,
        wanted: Feedback,
        name: &'static str,
        then: impl FnOnce(&mut Self, u32, u32),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let (left, right) = (self.types[x as usize], self.types[y as usize]);
        let known = |found: Type| found != Type::Any;
        if (left == kind && right == kind) || self.feedback == wanted {
            self.guard(x, kind, name);
            self.guard(y, kind, name);
            then(self, x, y);
        } else if (known(left) && left != kind)
            || (known(right) && right != kind)
            || self.feedback != Feedback::Anything
        {
            otherwise(self);
        } else {
            self.both(&format!("{name} v{x} v{y}"), |m| then(m, x, y), otherwise);
        }
    }
}

impl Machine for Recorder<'_> {
    type Value = u32;
    type Int = u32;
    type Float = u32;
    type Object = u32;
    type Flow = ();

    fn register(&mut self, index: usize) -> u32 {
        self.registers[index]
    }
    fn set(&mut self, index: usize, value: u32) {
        self.registers[index] = value;
    }
    fn constant(&mut self, index: usize) -> u32 {
        self.value(Type::Any, "const", &index.to_string())
    }
    fn upvalue(&mut self, index: usize) -> u32 {
        self.value(Type::Any, "load_upvalue", &index.to_string())
    }
    fn set_upvalue(&mut self, index: usize, value: u32) {
        self.effect("store_upvalue", &format!("{index} v{value}"));
    }
    fn immediate(&mut self, value: i64) -> u32 {
        self.value(Type::Int, "int", &value.to_string())
    }
    fn boolean(&mut self, value: bool) -> u32 {
        self.value(Type::Any, "bool", &value.to_string())
    }
    fn nil(&mut self) -> u32 {
        self.value(Type::Any, "nil", "")
    }
    fn extra(&mut self) -> u32 {
        self.code[self.at + 1]
    }

    fn if_ints(
        &mut self,
        a: u32,
        b: u32,
        then: impl FnOnce(&mut Self, u32, u32),
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.typed((a, b), Type::Int, Feedback::Ints, "is_int", then, otherwise);
    }
    fn if_floats(
        &mut self,
        a: u32,
        b: u32,
        then: impl FnOnce(&mut Self, u32, u32),
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.typed(
            (a, b),
            Type::Float,
            Feedback::Floats,
            "is_float",
            then,
            otherwise,
        );
    }
    fn if_object(
        &mut self,
        kind: Kind,
        value: u32,
        then: impl FnOnce(&mut Self, u32),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let wanted = self.feedback;
        if wanted == Feedback::Anything && self.types[value as usize] != Type::Object(kind) {
            self.both(
                &format!("is_{kind:?} v{value}"),
                |m| then(m, value),
                otherwise,
            );
        } else {
            self.guard(value, Type::Object(kind), "is_object");
            then(self, value);
        }
    }
    fn if_truthy(
        &mut self,
        value: u32,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.both(&format!("truthy v{value}"), then, otherwise);
    }
    fn if_shape(
        &mut self,
        table: u32,
        cache: usize,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        if self.feedback == Feedback::Anything {
            return self.both(&format!("has_shape v{table} cache{cache}"), then, otherwise);
        }
        // One shape per program here; a real builder asks the cache.
        if self.shapes.insert((table, 0)) {
            self.effect("guard_shape", &format!("v{table} else exit@{}", self.at));
        }
        then(self);
    }
    fn if_int(
        &mut self,
        op: Cmp,
        a: u32,
        b: u32,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.both(&format!("int_{op:?} v{a} v{b}"), then, otherwise);
    }
    fn if_float(
        &mut self,
        op: Cmp,
        a: u32,
        b: u32,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.both(&format!("float_{op:?} v{a} v{b}"), then, otherwise);
    }

    fn int_arith(
        &mut self,
        op: Arith,
        a: u32,
        b: u32,
        then: impl FnOnce(&mut Self, u32),
        _: impl FnOnce(&mut Self),
    ) {
        let result = self.value(Type::Int, "int_arith", &format!("{op:?} v{a} v{b}"));
        then(self, result);
    }
    fn float_arith(&mut self, op: Arith, a: u32, b: u32) -> u32 {
        self.value(Type::Float, "float_arith", &format!("{op:?} v{a} v{b}"))
    }
    fn load_slot(&mut self, table: u32, cache: usize) -> u32 {
        self.value(Type::Any, "load_slot", &format!("v{table} cache{cache}"))
    }
    fn store_slot(&mut self, table: u32, cache: usize, value: u32) {
        self.effect("store_slot", &format!("v{table} cache{cache} v{value}"));
    }

    fn next(&mut self) {
        if self.split {
            self.go(self.pc);
        }
    }
    fn jump(&mut self, offset: i32) {
        self.go(self.pc.wrapping_add_signed(offset as isize));
    }
    fn jump_back(&mut self, offset: i32) {
        self.effect("poll", "");
        self.jump(offset);
    }
    fn slow_arith(&mut self, op: Arith, destination: usize, a: u32, b: u32) {
        let result = self.value(Type::Any, "call_helper", &format!("{op:?} v{a} v{b}"));
        self.set(destination, result);
        self.next();
    }
    fn slow_compare(&mut self, op: Cmp, a: u32, b: u32, flag: bool, offset: i32) {
        let holds = self.value(Type::Any, "call_helper", &format!("{op:?} v{a} v{b}"));
        let taken = self.pc.wrapping_add_signed(offset as isize);
        let next = self.pc;
        self.both(
            &format!("v{holds} == {flag}"),
            |m| m.go(taken),
            |m| m.go(next),
        );
    }
    fn slow_get(&mut self, destination: usize, table: u32, cache: usize) {
        let result = self.value(
            Type::Any,
            "call_helper",
            &format!("get v{table} cache{cache}"),
        );
        self.set(destination, result);
        self.next();
    }
    fn slow_set(&mut self, table: u32, cache: usize, value: u32) {
        self.effect(
            "call_helper",
            &format!("set v{table} cache{cache} v{value}"),
        );
        self.next();
    }
    fn slow_call(&mut self, function: u32) {
        let window = a(self.code[self.at]);
        let result = self.value(Type::Any, "call_helper", &format!("call v{function}"));
        self.set(window, result);
        self.next();
    }
    fn prepare_loop(&mut self, state: usize, offset: i32) {
        let count = self.value(Type::Int, "loop_count", &format!("R{state}"));
        let index = self.registers[state];
        self.guard(index, Type::Int, "is_int");
        self.set(state + 1, count);
        self.set(state + 3, index);
        let (skip, body) = (self.pc.wrapping_add_signed(offset as isize), self.pc);
        self.both(&format!("v{count} < 0"), |m| m.go(skip), |m| m.go(body));
    }
    fn step_loop(
        &mut self,
        state: usize,
        again: impl FnOnce(&mut Self),
        done: impl FnOnce(&mut Self),
    ) {
        let (index, count, step) = (
            self.registers[state],
            self.registers[state + 1],
            self.registers[state + 2],
        );
        for value in [index, count, step] {
            self.guard(value, Type::Int, "is_int");
        }
        self.both(
            &format!("int_Lt 0 v{count}"),
            |m| {
                let left = m.value(Type::Int, "int_arith", &format!("Sub v{count} 1"));
                let next = m.value(Type::Int, "int_arith", &format!("Add v{index} v{step}"));
                m.set(state + 1, left);
                m.set(state, next);
                m.set(state + 3, next);
                again(m);
            },
            done,
        );
    }
    fn enter(&mut self, callee: u32, window: usize, arguments: usize) {
        let list: Vec<String> = (1..=arguments)
            .map(|index| format!("v{}", self.registers[window + index]))
            .collect();
        let result = self.value(
            Type::Any,
            "call_lua",
            &format!("v{callee}({})", list.join(", ")),
        );
        self.set(window, result);
        self.next();
    }
    fn leave(&mut self, value: u32) {
        self.effect("return", &format!("v{value}"));
        self.split = true;
    }
}
