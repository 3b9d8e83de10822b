//! Values under construction: what an expression yields before it is known where the value is wanted.
//!
//! Deferring the choice is what makes operands of locals and constants free, builds results in place and turns conditions
//! into jumps (the technique of PUC Lua's code generator).

use super::function::{ConstKey, Pc, Reg};
use super::jumps::{NO_JUMP, NO_REGISTER};
use super::{Compile, Compiler};
use crate::intern::Symbol;
use crate::op::{Instr, Op};
use crate::proto::{CacheDesc, MAX_SHORT_STRING};

/// Where a value is or how to get it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// No value at all: an empty list of expressions.
    Void,
    Nil,
    True,
    False,
    Int(i64),
    Float(f64),
    Str(Symbol),
    /// In a register.
    Register(Reg),
    /// A local variable in its register.
    Local(Reg),
    Upvalue(u8),
    /// A field of the upvalue `_ENV`; the name is short.
    Global {
        env: u8,
        name: Symbol,
    },
    /// A field with a short name.
    Field {
        table: Reg,
        name: Symbol,
    },
    Element {
        table: Reg,
        index: u8,
    },
    Index {
        table: Reg,
        key: Reg,
    },
    /// True if this comparison jumps.
    Jump(Pc),
    /// The result of an instruction whose destination is still to be filled in.
    Pending(Pc),
    /// The results of a call.
    Call(Pc),
    /// The values of `...`.
    Vararg(Pc),
}

/// A value and the jumps out of its expression: `and` and `or` leave early when the result is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) kind: Kind,
    /// Jumps taken when it is true.
    pub(super) if_true: Pc,
    /// Jumps taken when it is false.
    pub(super) if_false: Pc,
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, if_true: NO_JUMP, if_false: NO_JUMP }
    }
}

impl Value {
    pub(super) const VOID: Self = Self { kind: Kind::Void, if_true: NO_JUMP, if_false: NO_JUMP };

    pub(super) fn has_jumps(&self) -> bool {
        self.if_true != NO_JUMP || self.if_false != NO_JUMP
    }

    /// Whether it may be any number of values.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Call(_) | Kind::Vararg(_))
    }

    pub(super) fn is_number(&self) -> bool {
        !self.has_jumps() && matches!(self.kind, Kind::Int(_) | Kind::Float(_))
    }

    /// Whether it is known now.
    pub(super) fn is_constant(&self) -> bool {
        !self.has_jumps() && (matches!(self.kind, Kind::Str(_)) || self.const_key().is_some())
    }

    /// The constant it is, if it is one other than a string.
    pub(super) fn const_key(&self) -> Option<ConstKey> {
        Some(match self.kind {
            Kind::Nil => ConstKey::Nil,
            Kind::True => ConstKey::Bool(true),
            Kind::False => ConstKey::Bool(false),
            Kind::Int(value) => ConstKey::Int(value as u64),
            Kind::Float(value) => ConstKey::Float(value.to_bits()),
            _ => return None,
        })
    }

    /// The integer it is, if it is one that fits a signed byte.
    pub(super) fn small_int(&self) -> Option<u8> {
        match self.kind {
            Kind::Int(value) if !self.has_jumps() => i8::try_from(value).ok().map(|value| value as u8),
            _ => None,
        }
    }
}

impl Compiler<'_> {
    /// Whether a string may be the key of a cache.
    pub(super) fn is_short(&self, symbol: Symbol) -> bool {
        self.text(symbol).len() <= MAX_SHORT_STRING
    }

    pub(super) fn field_cache(&mut self, name: Symbol) -> CacheDesc {
        CacheDesc::Field { name: self.string_constant(name) }
    }

    /// `table[key]`, with `key` just compiled and `table` in a register or an upvalue.
    pub(super) fn index(&mut self, mut table: Value, mut key: Value) -> Compile<Value> {
        if let (Kind::Str(name), false) = (key.kind, key.has_jumps()) {
            return self.index_by_name(table, name);
        }
        let table = self.any_register(&mut table)?;
        if let (Kind::Int(index @ 0..=255), false) = (key.kind, key.has_jumps()) {
            return Ok(Kind::Element { table, index: index as u8 }.into());
        }
        let key = self.any_register(&mut key)?;
        Ok(Kind::Index { table, key }.into())
    }

    /// `table.name`
    pub(super) fn index_by_name(&mut self, mut table: Value, name: Symbol) -> Compile<Value> {
        let is_short = self.is_short(name);
        if let Kind::Upvalue(env) = table.kind
            && is_short
            && !table.has_jumps()
            && self.is_env_upvalue(env)
        {
            return Ok(Kind::Global { env, name }.into());
        }
        let table = self.any_register(&mut table)?;
        if is_short {
            return Ok(Kind::Field { table, name }.into());
        }
        let key = self.any_register(&mut Kind::Str(name).into())?;
        Ok(Kind::Index { table, key }.into())
    }

    /// Makes sure that a value no longer depends on variables or on the number of results wanted.
    pub(super) fn discharge(&mut self, value: &mut Value) {
        value.kind = match value.kind {
            Kind::Local(register) => Kind::Register(register),
            Kind::Upvalue(index) => Kind::Pending(self.f.emit(Instr::abc(Op::GetUpvalue, 0, index, 0))),
            Kind::Global { env, name } => {
                let cache = self.field_cache(name);
                Kind::Pending(self.f.emit_cached(Instr::abc(Op::GetGlobal, 0, env, 0), cache))
            }
            Kind::Field { table, name } => {
                self.release(table);
                let cache = self.field_cache(name);
                Kind::Pending(self.f.emit_cached(Instr::abc(Op::GetField, 0, table, 0), cache))
            }
            Kind::Element { table, index } => {
                self.release(table);
                Kind::Pending(self.f.emit(Instr::abc(Op::GetInt, 0, table, index)))
            }
            Kind::Index { table, key } => {
                self.release_both(table, key);
                Kind::Pending(self.f.emit(Instr::abc(Op::GetIndex, 0, table, key)))
            }
            Kind::Call(_) | Kind::Vararg(_) => return self.want_one(value),
            _ => return,
        };
    }

    /// Makes a call or `...` yield exactly one value.
    pub(super) fn want_one(&mut self, value: &mut Value) {
        match value.kind {
            Kind::Call(pc) => value.kind = Kind::Register(self.f.at(pc).a()),
            Kind::Vararg(pc) => {
                self.f.set_c(pc, 2);
                value.kind = Kind::Pending(pc);
            }
            _ => {}
        }
    }

    /// Makes a call or `...` put `count` values into the next registers; `None` leaves all of them open.
    pub(super) fn want_many(&mut self, value: &Value, count: Option<usize>) -> Compile<()> {
        let field = count.map_or(0, |count| count + 1) as u8;
        match value.kind {
            Kind::Call(pc) => self.f.set_c(pc, field),
            Kind::Vararg(pc) => {
                let free = self.f.free;
                self.f.set_c(pc, field);
                self.f.set_a(pc, free);
                self.reserve(1)?;
            }
            _ => unreachable!("only calls and `...` yield many values"),
        }
        Ok(())
    }

    /// Puts a value without pending jumps into `register`.
    fn place(&mut self, value: &mut Value, register: Reg) {
        self.discharge(value);
        match value.kind {
            Kind::Nil => self.f.load_nil(register, 1),
            Kind::True => drop(self.f.emit(Instr::abc(Op::LoadTrue, register, 0, 0))),
            Kind::False => drop(self.f.emit(Instr::abc(Op::LoadFalse, register, 0, 0))),
            Kind::Int(number) => match i16::try_from(number) {
                Ok(small) => drop(self.f.emit(Instr::asbx(Op::LoadInt, register, small))),
                Err(_) => self.load_number(register, ConstKey::Int(number as u64)),
            },
            Kind::Float(number) => {
                let small = number as i16;
                if f64::from(small).to_bits() == number.to_bits() {
                    self.f.emit(Instr::asbx(Op::LoadFloat, register, small));
                } else {
                    self.load_number(register, ConstKey::Float(number.to_bits()));
                }
            }
            Kind::Str(symbol) => {
                let index = self.string_constant(symbol);
                self.load_constant(register, index);
            }
            Kind::Pending(pc) => self.f.set_a(pc, register),
            Kind::Register(from) if from != register => drop(self.f.emit(Instr::abc(Op::Move, register, from, 0))),
            Kind::Register(_) => {}
            _ => return,
        }
        value.kind = Kind::Register(register);
    }

    fn load_number(&mut self, register: Reg, key: ConstKey) {
        let index = self.f.constant(key);
        self.load_constant(register, index);
    }

    fn load_constant(&mut self, register: Reg, index: u32) {
        match u16::try_from(index) {
            Ok(index) => self.f.emit(Instr::abx(Op::LoadK, register, index)),
            Err(_) => self.f.emit_with(Instr::abc(Op::LoadKX, register, 0, 0), index),
        };
    }

    /// Puts a value without pending jumps into some register.
    fn place_anywhere(&mut self, value: &mut Value) -> Compile<Reg> {
        self.discharge(value);
        if let Kind::Register(register) = value.kind {
            return Ok(register);
        }
        self.reserve(1)?;
        let register = self.f.free - 1;
        self.place(value, register);
        Ok(register)
    }

    /// Puts a value into `register`, whatever way its expression takes.
    pub(super) fn put(&mut self, value: &mut Value, register: Reg) {
        self.place(value, register);
        if let Kind::Jump(pc) = value.kind {
            self.f.prepend(pc, &mut value.if_true);
        }
        if value.has_jumps() {
            let (mut load_false, mut load_true) = (NO_JUMP, NO_JUMP);
            if self.f.needs_value(value.if_true) || self.f.needs_value(value.if_false) {
                let over = if let Kind::Jump(_) = value.kind { NO_JUMP } else { self.f.jump() };
                load_false = self.f.label();
                self.f.emit(Instr::abc(Op::LoadFalseSkip, register, 0, 0));
                load_true = self.f.label();
                self.f.emit(Instr::abc(Op::LoadTrue, register, 0, 0));
                self.f.patch_here(over);
            }
            let end = self.f.label();
            self.f.patch_values(value.if_false, end, register, load_false);
            self.f.patch_values(value.if_true, end, register, load_true);
        }
        *value = Kind::Register(register).into();
    }

    /// Puts a value into the next free register.
    pub(super) fn next_register(&mut self, value: &mut Value) -> Compile<Reg> {
        self.discharge(value);
        self.release_value(value);
        self.reserve(1)?;
        let register = self.f.free - 1;
        self.put(value, register);
        Ok(register)
    }

    /// Puts a value into some register; locals stay where they are.
    pub(super) fn any_register(&mut self, value: &mut Value) -> Compile<Reg> {
        self.discharge(value);
        if let Kind::Register(register) = value.kind {
            if !value.has_jumps() {
                return Ok(register);
            }
            if register >= self.f.active {
                self.put(value, register);
                return Ok(register);
            }
        }
        self.next_register(value)
    }

    /// Releases the register of a value.
    pub(super) fn release_value(&mut self, value: &Value) {
        if let Kind::Register(register) = value.kind {
            self.release(register);
        }
    }

    // Conditions.

    fn jump_when(&mut self, value: &mut Value, condition: bool) -> Compile<Pc> {
        if let (Kind::Pending(pc), Some((last, instr))) = (value.kind, self.f.previous())
            && pc == last
            && instr.op() == Some(Op::Not)
        {
            self.f.remove_last();
            let test = Instr::abc(Op::Test, instr.b(), 0, u8::from(!condition));
            return Ok(self.f.emit_with(test, NO_JUMP));
        }
        let register = self.place_anywhere(value)?;
        self.release_value(value);
        Ok(self.f.emit_with(Instr::abc(Op::TestSet, NO_REGISTER, register, u8::from(condition)), NO_JUMP))
    }

    /// Goes on here if `value` is true; otherwise jumps with `if_false`.
    pub(super) fn go_if_true(&mut self, value: &mut Value) -> Compile<()> {
        self.discharge(value);
        let jump = match value.kind {
            Kind::Jump(pc) => {
                self.f.negate(pc);
                pc
            }
            Kind::True | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) => NO_JUMP,
            Kind::False => self.f.jump(),
            _ => self.jump_when(value, false)?,
        };
        self.f.prepend(jump, &mut value.if_false);
        self.f.patch_here(value.if_true);
        value.if_true = NO_JUMP;
        Ok(())
    }

    /// Goes on here if `value` is false; otherwise jumps with `if_true`.
    pub(super) fn go_if_false(&mut self, value: &mut Value) -> Compile<()> {
        self.discharge(value);
        let jump = match value.kind {
            Kind::Jump(pc) => pc,
            Kind::Nil | Kind::False => NO_JUMP,
            Kind::True => self.f.jump(),
            _ => self.jump_when(value, true)?,
        };
        self.f.prepend(jump, &mut value.if_true);
        self.f.patch_here(value.if_false);
        value.if_false = NO_JUMP;
        Ok(())
    }
}
