//! Expressions: primaries, suffix chains, calls and table constructors.

use super::operators::Spine;
use super::value::{Kind, Value};
use super::{Compile, Compiler};
use crate::ast::{Expr, ExprKind, Line, TableItem};
use crate::intern::Symbol;
use crate::op::{Instr, Op};
use crate::proto::CacheDesc;

/// Items of a table constructor that are collected in registers before they are stored.
const ITEMS_PER_FLUSH: usize = 50;

impl Compiler<'_> {
    pub(super) fn expr<'a>(&mut self, expr: &'a Expr<'a>) -> Compile<Value> {
        match expr.kind {
            ExprKind::Index { .. } | ExprKind::Call { .. } | ExprKind::MethodCall { .. } => return self.suffixed(expr),
            ExprKind::Binary { .. } => return self.binary(expr),
            _ => self.f.line = expr.line,
        }
        let kind = match expr.kind {
            ExprKind::Nil => Kind::Nil,
            ExprKind::True => Kind::True,
            ExprKind::False => Kind::False,
            ExprKind::Int(number) => Kind::Int(number),
            ExprKind::Float(number) => Kind::Float(number),
            ExprKind::Str(symbol) => Kind::Str(symbol),
            ExprKind::Vararg => Kind::Vararg(self.f.emit(Instr::abc(Op::Vararg, 0, 0, 2))),
            ExprKind::Name(name) => return self.name(name),
            ExprKind::Function(body) => return self.function(body),
            ExprKind::Table { items, end_line } => return self.table(items, end_line),
            ExprKind::Unary { op, operand } => return self.unary(op, operand, expr.line),
            ExprKind::Paren(inner) => {
                let mut value = self.expr(inner)?;
                self.discharge(&mut value);
                return Ok(value);
            }
            _ => unreachable!("handled above"),
        };
        Ok(kind.into())
    }

    /// Evaluates an expression into the next register.
    pub(super) fn expr_to_next<'a>(&mut self, expr: &'a Expr<'a>) -> Compile<()> {
        let mut value = self.expr(expr)?;
        let outcome = self.next_register(&mut value);
        self.at_end_of(expr, outcome)?;
        Ok(())
    }

    /// Evaluates a list of expressions into the next registers, all but the last, whose value is returned.
    pub(super) fn expr_list<'a>(&mut self, exprs: &'a [Expr<'a>]) -> Compile<Value> {
        let Some((last, before)) = exprs.split_last() else {
            return Ok(Value::VOID);
        };
        for expr in before {
            self.expr_to_next(expr)?;
        }
        self.expr(last)
    }

    // Suffix chains: `a.b[c](d):e(f)`. They may be any length and are walked in a loop.

    fn suffixed<'a>(&mut self, expr: &'a Expr<'a>) -> Compile<Value> {
        let mut spine = Spine::new();
        let mut base = expr;
        loop {
            let inner = match base.kind {
                ExprKind::Index { obj, .. } | ExprKind::MethodCall { obj, .. } => obj,
                ExprKind::Call { func, .. } => func,
                _ => break,
            };
            spine.push(base);
            base = inner;
        }
        let mut value = self.expr(base)?;
        while let Some(node) = spine.pop() {
            value = match node.kind {
                ExprKind::Index { key, .. } => self.indexed(value, key)?,
                ExprKind::Call { args, .. } => {
                    let base = self.next_register(&mut value)?;
                    self.call(base, args, node.line)?
                }
                ExprKind::MethodCall { name, args, .. } => {
                    self.f.line = node.line;
                    let base = self.method(value, name)?;
                    self.call(base, args, node.line)?
                }
                _ => unreachable!("only suffixes are on the spine"),
            };
        }
        Ok(value)
    }

    fn indexed<'a>(&mut self, mut table: Value, key: &'a Expr<'a>) -> Compile<Value> {
        if let ExprKind::Str(name) = key.kind {
            let value = self.index_by_name_after(table, name)?;
            self.f.line = key.line;
            return Ok(value);
        }
        // A table in an upvalue is read after the key was evaluated, which may assign to it: PUC Lua's order.
        let table_last = matches!(table.kind, Kind::Upvalue(_)) && !table.has_jumps();
        if !table_last {
            self.any_register(&mut table)?;
        }
        let mut key_value = self.expr(key)?;
        if table_last && !key_value.is_constant() {
            self.any_register(&mut key_value)?;
        }
        let outcome = self.index(table, key_value);
        self.at_end_of(key, outcome)
    }

    /// As [`Self::index_by_name`]; the table is evaluated on the current line, before that of the name.
    fn index_by_name_after(&mut self, mut table: Value, name: Symbol) -> Compile<Value> {
        if !matches!(table.kind, Kind::Upvalue(index) if self.is_env_upvalue(index)) {
            self.any_register(&mut table)?;
        }
        self.index_by_name(table, name)
    }

    /// Puts `obj.name` and `obj` into the next two registers.
    fn method(&mut self, mut object: Value, name: Symbol) -> Compile<u8> {
        let register = self.any_register(&mut object)?;
        self.release(register);
        let base = self.f.free;
        self.reserve(2)?;
        if self.is_short(name) {
            let cache = self.field_cache(name);
            self.f.emit_cached(Instr::abc(Op::GetMethod, base, register, 0), cache);
        } else {
            self.f.emit(Instr::abc(Op::Move, base + 1, register, 0));
            self.put(&mut Kind::Str(name).into(), base);
            self.f.emit(Instr::abc(Op::GetIndex, base, base + 1, base));
        }
        Ok(base)
    }

    /// A call of the function in `base`, with arguments after those already in the registers above it.
    fn call<'a>(&mut self, base: u8, args: &'a [Expr<'a>], line: Line) -> Compile<Value> {
        let mut last = self.expr_list(args)?;
        let arguments = if last.is_open() {
            self.want_many(&last, None)?;
            0
        } else {
            if let Some(arg) = args.last() {
                let outcome = self.next_register(&mut last);
                // Without parentheses nothing separates the argument from what follows.
                if arg.line == line { outcome } else { self.at_end_of(arg, outcome) }?;
            }
            self.f.free - base
        };
        let pc = self.f.emit_cached(Instr::abc(Op::Call, base, arguments, 2), CacheDesc::Call);
        self.f.fix_line(line);
        self.f.free = base + 1;
        Ok(Kind::Call(pc).into())
    }

    // Table constructors.

    fn table<'a>(&mut self, items: &'a [TableItem<'a>], end_line: Line) -> Compile<Value> {
        let free = self.f.free;
        let cache = self.f.caches.len();
        self.f.emit_cached(Instr::abc(Op::NewTable, free, 0, 0), CacheDesc::Table { array: 0, fields: 0 });
        let outcome = self.reserve(1);
        self.at_token(outcome)?;
        let (mut stored, mut waiting, mut fields) = (0, 0, 0);
        for (position, item) in items.iter().enumerate() {
            match item {
                TableItem::Keyed { key, value } => {
                    self.table_field(free, key, value)?;
                    fields += 1;
                }
                TableItem::Positional(expr) => {
                    let mut value = self.expr(expr)?;
                    if position + 1 == items.len() && value.is_open() {
                        self.want_many(&value, None)?;
                        self.set_list(free, 0, stored);
                        stored += waiting;
                        waiting = 0;
                        break;
                    }
                    let outcome = self.next_register(&mut value);
                    self.at_end_of(expr, outcome)?;
                    waiting += 1;
                    if waiting == ITEMS_PER_FLUSH {
                        self.set_list(free, waiting, stored);
                        stored += waiting;
                        waiting = 0;
                    }
                }
            }
        }
        self.f.line = end_line;
        if waiting > 0 {
            self.set_list(free, waiting, stored);
        }
        self.f.caches[cache] = CacheDesc::Table { array: (stored + waiting) as u32, fields };
        Ok(Kind::Register(free).into())
    }

    fn set_list(&mut self, table: u8, count: usize, stored: usize) {
        self.f.emit_with(Instr::abc(Op::SetList, table, count as u8, 0), stored as u32);
        self.f.free = table + 1;
    }

    fn table_field<'a>(&mut self, table: u8, key: &'a Expr<'a>, value: &'a Expr<'a>) -> Compile<()> {
        let free = self.f.free;
        let mut key = self.expr(key)?;
        self.discharge(&mut key);
        let target = self.index(Kind::Register(table).into(), key)?;
        let mut value = self.expr(value)?;
        self.store(&target, &mut value)?;
        self.f.free = free;
        Ok(())
    }
}
