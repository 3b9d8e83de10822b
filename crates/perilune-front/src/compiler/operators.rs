//! Unary and binary operations.

use super::function::Reg;
use super::value::{Kind, Value};
use super::{Compile, Compiler, fold};
use crate::ast::{BinOp, Expr, ExprKind, Line, UnOp};
use crate::op::{Instr, Op};

/// A stack for the left spine of an expression. Spines are nearly always short: those need no allocation.
pub(super) struct Spine<'a> {
    first: [Option<&'a Expr<'a>>; 6],
    len: usize,
    rest: Vec<&'a Expr<'a>>,
}

impl<'a> Spine<'a> {
    pub(super) fn new() -> Self {
        Self { first: [None; 6], len: 0, rest: Vec::new() }
    }

    pub(super) fn push(&mut self, expr: &'a Expr<'a>) {
        match self.first.get_mut(self.len) {
            Some(slot) => {
                *slot = Some(expr);
                self.len += 1;
            }
            None => self.rest.push(expr),
        }
    }

    pub(super) fn pop(&mut self) -> Option<&'a Expr<'a>> {
        self.rest.pop().or_else(|| {
            self.len = self.len.checked_sub(1)?;
            self.first[self.len]
        })
    }
}

impl Compiler<'_> {
    pub(super) fn unary<'a>(&mut self, op: UnOp, operand: &'a Expr<'a>, line: Line) -> Compile<Value> {
        let mut value = self.expr(operand)?;
        if op == UnOp::Not {
            return self.not(value);
        }
        self.discharge(&mut value);
        if let Some(folded) = fold::unary(op, &value) {
            return Ok(folded);
        }
        let register = self.any_register(&mut value)?;
        self.release_value(&value);
        let op = match op {
            UnOp::Neg => Op::Neg,
            UnOp::BNot => Op::BNot,
            _ => Op::Len,
        };
        let pc = self.f.emit(Instr::abc(op, 0, register, 0));
        self.f.fix_line(line);
        Ok(Kind::Pending(pc).into())
    }

    fn not(&mut self, mut value: Value) -> Compile<Value> {
        self.discharge(&mut value);
        value.kind = match value.kind {
            Kind::Nil | Kind::False => Kind::True,
            Kind::True | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) => Kind::False,
            Kind::Jump(pc) => {
                self.f.negate(pc);
                Kind::Jump(pc)
            }
            _ => {
                // The jumps stay with the value: only the value itself goes to a register.
                let mut bare: Value = value.kind.into();
                let register = self.any_register(&mut bare)?;
                self.release(register);
                Kind::Pending(self.f.emit(Instr::abc(Op::Not, 0, register, 0)))
            }
        };
        std::mem::swap(&mut value.if_true, &mut value.if_false);
        self.f.drop_values(value.if_true);
        self.f.drop_values(value.if_false);
        Ok(value)
    }

    /// A binary operation. The left spine is walked in a loop: it may be any length.
    pub(super) fn binary<'a>(&mut self, expr: &'a Expr<'a>) -> Compile<Value> {
        let mut spine = Spine::new();
        let mut leftmost = expr;
        while let ExprKind::Binary { lhs, .. } = leftmost.kind {
            spine.push(leftmost);
            leftmost = lhs;
        }
        let mut value = self.expr(leftmost)?;
        while let Some(node) = spine.pop() {
            if let ExprKind::Binary { op, rhs, .. } = node.kind {
                self.f.line = node.line;
                self.prepare_left(op, &mut value)?;
                let right = self.expr(rhs)?;
                value = self.combine(op, value, right, node.line)?;
            }
        }
        Ok(value)
    }

    /// What must happen to the left operand before the right one is evaluated.
    fn prepare_left(&mut self, op: BinOp, value: &mut Value) -> Compile<()> {
        match op {
            BinOp::And => return self.go_if_true(value),
            BinOp::Or => return self.go_if_false(value),
            BinOp::Concat => drop(self.next_register(value)?),
            BinOp::Eq | BinOp::Ne if self.is_equality_constant(value) => {}
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge if value.small_int().is_some() => {}
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge | BinOp::Eq | BinOp::Ne => drop(self.any_register(value)?),
            _ if value.is_number() => {}
            _ => drop(self.any_register(value)?),
        }
        Ok(())
    }

    fn combine(&mut self, op: BinOp, mut lhs: Value, mut rhs: Value, line: Line) -> Compile<Value> {
        self.discharge(&mut rhs);
        match op {
            BinOp::And => {
                self.f.append(&mut rhs.if_false, lhs.if_false);
                Ok(rhs)
            }
            BinOp::Or => {
                self.f.append(&mut rhs.if_true, lhs.if_true);
                Ok(rhs)
            }
            BinOp::Concat => self.concat(lhs, rhs, line),
            BinOp::Eq => self.equality(lhs, rhs, 1, line),
            BinOp::Ne => self.equality(lhs, rhs, 0, line),
            BinOp::Lt => self.order(Op::Lt, lhs, rhs, line),
            BinOp::Le => self.order(Op::Le, lhs, rhs, line),
            BinOp::Gt => self.order(Op::Lt, rhs, lhs, line),
            BinOp::Ge => self.order(Op::Le, rhs, lhs, line),
            _ => match fold::binary(op, &lhs, &rhs) {
                Some(folded) => Ok(folded),
                None => self.arithmetic(op, &mut lhs, &mut rhs, line),
            },
        }
    }

    // Arithmetic.

    fn arithmetic(&mut self, op: BinOp, lhs: &mut Value, rhs: &mut Value, line: Line) -> Compile<Value> {
        if let Some(instr) = self.arithmetic_with_constant(op, lhs, rhs)? {
            return Ok(self.finish_arithmetic(instr, line));
        }
        let right = self.any_register(rhs)?;
        let left = self.any_register(lhs)?;
        self.release_both(left, right);
        Ok(self.finish_arithmetic(Instr::abc(ARITHMETIC[op as usize].0, 0, left, right), line))
    }

    fn finish_arithmetic(&mut self, instr: Instr, line: Line) -> Value {
        let pc = self.f.emit(instr);
        self.f.fix_line(line);
        Kind::Pending(pc).into()
    }

    /// The instruction if one operand is a constant that fits it.
    fn arithmetic_with_constant(&mut self, op: BinOp, lhs: &mut Value, rhs: &mut Value) -> Compile<Option<Instr>> {
        if rhs.is_number() {
            let immediate = match op {
                BinOp::Add => rhs.small_int().map(|number| (Op::AddI, number)),
                BinOp::Sub => rhs.small_int().map(|number| (Op::SubI, number)),
                _ => None,
            };
            let operation = immediate.or_else(|| {
                let index = self.arithmetic_constant(op, rhs)?;
                Some((ARITHMETIC[op as usize].1, index))
            });
            let Some((op, operand)) = operation else {
                return Ok(None);
            };
            let left = self.any_register(lhs)?;
            self.release(left);
            return Ok(Some(Instr::abc(op, 0, left, operand)));
        }
        let swapped = match op {
            BinOp::Add => Op::KAdd,
            BinOp::Sub => Op::KSub,
            BinOp::Mul => Op::KMul,
            BinOp::Div => Op::KDiv,
            _ => return Ok(None),
        };
        if !lhs.is_number() {
            return Ok(None);
        }
        let Some(index) = self.arithmetic_constant(op, lhs) else {
            return Ok(None);
        };
        let right = self.any_register(rhs)?;
        self.release(right);
        Ok(Some(Instr::abc(swapped, 0, index, right)))
    }

    /// Index of a numeral that may stand as a constant operand of `op`; for bitwise operations it is an integer.
    fn arithmetic_constant(&mut self, op: BinOp, value: &Value) -> Option<u8> {
        let is_bitwise = matches!(op, BinOp::BAnd | BinOp::BOr | BinOp::BXor | BinOp::Shl | BinOp::Shr);
        if is_bitwise && !matches!(value.kind, Kind::Int(_)) {
            return None;
        }
        self.operand_constant(value)
    }

    fn concat(&mut self, lhs: Value, mut rhs: Value, line: Line) -> Compile<Value> {
        let Kind::Register(left) = lhs.kind else { unreachable!("the left operand was put into a register") };
        let right = self.next_register(&mut rhs)?;
        self.release(right);
        match self.f.previous() {
            // `a .. (b .. c)` is one instruction.
            Some((pc, previous)) if previous.op() == Some(Op::Concat) && previous.a() == right => {
                self.f.set_a(pc, left);
                self.f.set_b(pc, previous.b() + 1);
            }
            _ => {
                self.f.emit(Instr::abc(Op::Concat, left, 2, 0));
            }
        }
        self.f.fix_line(line);
        Ok(Kind::Register(left).into())
    }

    // Comparisons.

    /// Whether a value may be the constant operand of an equality test.
    fn is_equality_constant(&self, value: &Value) -> bool {
        match value.kind {
            Kind::Str(symbol) => !value.has_jumps() && self.is_short(symbol),
            _ => value.is_constant(),
        }
    }

    fn equality(&mut self, mut lhs: Value, mut rhs: Value, flag: u8, line: Line) -> Compile<Value> {
        if !matches!(lhs.kind, Kind::Register(_)) {
            std::mem::swap(&mut lhs, &mut rhs);
        }
        let left = self.any_register(&mut lhs)?;
        if let Some(immediate) = equality_immediate(&rhs) {
            self.release(left);
            return Ok(self.compare(Instr::abc(Op::EqI, left, immediate, flag), line));
        }
        let constant = if self.is_equality_constant(&rhs) { self.operand_constant(&rhs) } else { None };
        if let Some(index) = constant {
            self.release(left);
            return Ok(self.compare(Instr::abc(Op::EqK, left, index, flag), line));
        }
        let right = self.any_register(&mut rhs)?;
        self.release_both(left, right);
        Ok(self.compare(Instr::abc(Op::Eq, left, right, flag), line))
    }

    /// `lhs op rhs` for `<` and `<=`; the operands of `>` and `>=` come here swapped.
    fn order(&mut self, op: Op, mut lhs: Value, mut rhs: Value, line: Line) -> Compile<Value> {
        let (with_right, with_left) = if op == Op::Lt { (Op::LtI, Op::GtI) } else { (Op::LeI, Op::GeI) };
        if let Some(immediate) = rhs.small_int() {
            let left = self.any_register(&mut lhs)?;
            self.release(left);
            return Ok(self.compare(Instr::abc(with_right, left, immediate, 1), line));
        }
        if let Some(immediate) = lhs.small_int() {
            let right = self.any_register(&mut rhs)?;
            self.release(right);
            return Ok(self.compare(Instr::abc(with_left, right, immediate, 1), line));
        }
        let left = self.any_register(&mut lhs)?;
        let right = self.any_register(&mut rhs)?;
        self.release_both(left, right);
        Ok(self.compare(Instr::abc(op, left, right, 1), line))
    }

    fn compare(&mut self, instr: Instr, line: Line) -> Value {
        let pc = self.f.emit_with(instr, super::jumps::NO_JUMP);
        self.f.fix_line(line);
        Kind::Jump(pc).into()
    }
}

/// The immediate equal to a numeral: equality does not tell 1 from 1.0.
fn equality_immediate(value: &Value) -> Option<Reg> {
    match value.kind {
        Kind::Float(number) if !value.has_jumps() => {
            let small = number as i8;
            (f64::from(small) == number).then_some(small as u8)
        }
        _ => value.small_int(),
    }
}

/// For each arithmetic operator, in the order of [`BinOp`]: the operation on registers and that with a constant on the right.
const ARITHMETIC: [(Op, Op); 12] = [
    (Op::Add, Op::AddK),
    (Op::Sub, Op::SubK),
    (Op::Mul, Op::MulK),
    (Op::Mod, Op::ModK),
    (Op::Pow, Op::PowK),
    (Op::Div, Op::DivK),
    (Op::IDiv, Op::IDivK),
    (Op::BAnd, Op::BAndK),
    (Op::BOr, Op::BOrK),
    (Op::BXor, Op::BXorK),
    (Op::Shl, Op::ShlK),
    (Op::Shr, Op::ShrK),
];
