//! Assignments and `local` statements.

use super::function::Reg;
use super::value::{Kind, Value};
use super::{Compile, Compiler};
use crate::ast::{Attrib, Expr, ExprKind, LocalName};
use crate::op::{Instr, Op};

impl Compiler<'_> {
    /// Stores `value` into a variable or field.
    pub(super) fn store(&mut self, target: &Value, value: &mut Value) -> Compile<()> {
        match target.kind {
            Kind::Local(register) => {
                self.assigned_local(register);
                self.release_value(value);
                self.put(value, register);
                return Ok(());
            }
            Kind::Upvalue(index) => {
                self.assigned_upvalue(index);
                let register = self.any_register(value)?;
                self.f.emit(Instr::abc(Op::SetUpvalue, register, index, 0));
            }
            Kind::Global { env, name } => {
                let (op, operand) = self.stored_operand(value, Op::SetGlobal, Op::SetGlobalK)?;
                let cache = self.field_cache(name);
                self.f.emit_cached(Instr::abc(op, operand, env, 0), cache);
            }
            Kind::Field { table, name } => {
                let (op, operand) = self.stored_operand(value, Op::SetField, Op::SetFieldK)?;
                let cache = self.field_cache(name);
                self.f.emit_cached(Instr::abc(op, table, 0, operand), cache);
            }
            Kind::Element { table, index } => {
                let (op, operand) = self.stored_operand(value, Op::SetInt, Op::SetIntK)?;
                self.f.emit(Instr::abc(op, table, index, operand));
            }
            Kind::Index { table, key } => {
                let (op, operand) = self.stored_operand(value, Op::SetIndex, Op::SetIndexK)?;
                self.f.emit(Instr::abc(op, table, key, operand));
            }
            _ => unreachable!("not assignable"),
        }
        self.release_value(value);
        Ok(())
    }

    /// The operand for a value to be stored, and the operation that takes it: a register or a constant.
    fn stored_operand(&mut self, value: &mut Value, with_register: Op, with_constant: Op) -> Compile<(Op, u8)> {
        if let Some(index) = self.operand_constant(value) {
            return Ok((with_constant, index));
        }
        Ok((with_register, self.any_register(value)?))
    }

    /// Evaluates what is left of `=`: its tables and keys go to registers.
    pub(super) fn target<'a>(&mut self, expr: &'a Expr<'a>) -> Compile<Value> {
        if let ExprKind::Name(name) = expr.kind
            && self.is_read_only(name)
        {
            self.f.line = expr.line;
            return Err(self.read_only_error(name));
        }
        // The table in an upvalue is read when the value is stored, as PUC Lua does.
        if let ExprKind::Index { obj, key } = expr.kind
            && let (ExprKind::Name(table), ExprKind::Str(name)) = (&obj.kind, &key.kind)
            && self.is_short(*name)
            && let Kind::Upvalue(env) = self.name(*table)?.kind
        {
            self.f.line = key.line;
            return Ok(Kind::Global { env, name: *name }.into());
        }
        self.expr(expr)
    }

    pub(super) fn read_only_error(&self, name: crate::intern::Symbol) -> super::SyntaxError {
        self.error([b"attempt to assign to const variable '", self.text(name), b"'"].concat())
    }

    pub(super) fn assign<'a>(&mut self, targets: &'a [Expr<'a>], exprs: &'a [Expr<'a>]) -> Compile<()> {
        if let ([target], [expr]) = (targets, exprs) {
            let target = self.target(target)?;
            let mut value = self.expr(expr)?;
            return self.store(&target, &mut value);
        }
        let mut places = Vec::with_capacity(targets.len());
        for target in targets {
            let place = self.target(target)?;
            self.resolve_conflict(&mut places, &place)?;
            places.push(place);
        }
        let mut last = self.expr_list(exprs)?;
        if exprs.len() == places.len() {
            let place = places.pop().expect("an assignment has targets");
            self.want_one(&mut last);
            self.store(&place, &mut last)?;
        } else {
            self.adjust(places.len(), exprs.len(), &mut last)?;
        }
        while let Some(place) = places.pop() {
            let register = self.f.free - 1;
            self.store(&place, &mut Kind::Register(register).into())?;
        }
        Ok(())
    }

    /// If `place` is a variable used as table or key by an earlier target, lets that target use a copy: the assignments are
    /// made from right to left, and must not see each other.
    fn resolve_conflict(&mut self, earlier: &mut [Value], place: &Value) -> Compile<()> {
        let copy = self.f.free;
        let mut conflict = false;
        match place.kind {
            Kind::Local(local) => {
                for target in earlier {
                    conflict |= replace_register(&mut target.kind, local, copy);
                }
                if conflict {
                    self.f.emit(Instr::abc(Op::Move, copy, local, 0));
                }
            }
            Kind::Upvalue(index) => {
                for target in earlier {
                    if let Kind::Global { env, name } = target.kind
                        && env == index
                    {
                        target.kind = Kind::Field { table: copy, name };
                        conflict = true;
                    }
                }
                if conflict {
                    self.f.emit(Instr::abc(Op::GetUpvalue, copy, index, 0));
                }
            }
            _ => {}
        }
        if conflict { self.reserve(1) } else { Ok(()) }
    }

    /// Makes `exprs` expressions, of which `last` is the last, yield `wanted` values in the last registers.
    pub(super) fn adjust(&mut self, wanted: usize, exprs: usize, last: &mut Value) -> Compile<()> {
        if last.is_open() {
            let count = (wanted + 1).saturating_sub(exprs);
            self.want_many(last, Some(count))?;
        } else {
            if !matches!(last.kind, Kind::Void) {
                self.next_register(last)?;
            }
            if wanted > exprs {
                let from = self.f.free;
                self.check_registers(wanted - exprs)?;
                self.f.load_nil(from, (wanted - exprs) as u8);
            }
        }
        if wanted > exprs {
            self.reserve(wanted - exprs)?;
        } else {
            self.f.free -= (exprs - wanted) as u8;
        }
        Ok(())
    }

    pub(super) fn local<'a>(&mut self, names: &'a [LocalName], exprs: &'a [Expr<'a>]) -> Compile<()> {
        self.check_local_names(names, exprs)?;
        let (last_name, names_before) = names.split_last().expect("`local` has names");
        let mut last = self.expr_list(exprs)?;
        if names.len() == exprs.len() && last_name.attrib == Attrib::Const && last.is_constant() {
            self.declare_all(names_before);
            self.declare_constant(last_name.name, last.kind);
        } else {
            self.adjust(names.len(), exprs.len(), &mut last)?;
            self.declare_all(names);
        }
        if let Some(position) = names.iter().position(|name| name.attrib == Attrib::Close) {
            let register = self.f.active - (names.len() - position) as u8;
            self.mark_to_be_closed();
            self.f.emit(Instr::abc(Op::MarkClose, register, 0, 0));
        }
        Ok(())
    }

    fn declare_all(&mut self, names: &[LocalName]) {
        for name in names {
            self.declare(name.name, name.attrib != Attrib::None);
        }
    }

    fn check_local_names(&self, names: &[LocalName], exprs: &[Expr<'_>]) -> Compile<()> {
        for (position, name) in names.iter().enumerate() {
            let is_last = position + 1 == names.len();
            let next_token = match name.attrib {
                Attrib::None if !is_last => Some(&b"','"[..]),
                Attrib::None if !exprs.is_empty() => Some(&b"'='"[..]),
                Attrib::None => None,
                _ => Some(&b"'<'"[..]),
            };
            self.check_locals(position + 1, next_token)?;
        }
        if names.iter().filter(|name| name.attrib == Attrib::Close).count() > 1 {
            return Err(self.error("multiple to-be-closed variables in local list"));
        }
        Ok(())
    }
}

fn replace_register(kind: &mut Kind, from: Reg, to: Reg) -> bool {
    let mut replaced = false;
    let mut replace = |register: &mut Reg| {
        if *register == from {
            *register = to;
            replaced = true;
        }
    };
    match kind {
        Kind::Field { table, .. } | Kind::Element { table, .. } => replace(table),
        Kind::Index { table, key } => {
            replace(table);
            replace(key);
        }
        _ => {}
    }
    replaced
}
