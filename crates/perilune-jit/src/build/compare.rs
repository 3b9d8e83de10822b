//! Comparisons, each with the jump that it decides.

use super::arith::INTEGER;
use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::runtime::{Helper, MAY_BE_EQUAL};
use perilune_vm::tier::kinds;
use perilune_vm::{Event, Value, layout};

/// Kinds of what is a table, or absent.
const OBJECT: u8 = kinds::TABLE | kinds::NIL;

impl Builder<'_> {
    pub(super) fn decide(&mut self, condition: Val, i: Instr) -> Result {
        let (target, next) = (self.target(), self.pc + 2);
        if let Op::Bool(known) = self.f.inst(condition).op {
            return self.goto(if known == (i.c() != 0) { target } else { next });
        }
        self.branch(condition, i.c() != 0, target, next)
    }

    pub(super) fn compare(&mut self, op: Code, i: Instr) -> Result {
        let (a, b) = (self.get(i.a()), self.get(i.b()));
        let site = self.site();
        let (seen_a, seen_b) = (self.kinds(a, site.a), self.kinds(b, site.b));
        if seen_a == 0 || seen_b == 0 {
            return self.exit();
        }
        if op == Code::Eq {
            return self.equals(i, (a, b), (seen_a, seen_b));
        }
        let condition = if op == Code::Lt { Cond::Lt } else { Cond::Le };
        match self.order(condition, (a, b), (seen_a, seen_b))? {
            Some(result) => self.decide(result, i),
            None => {
                if self.try_operator(op, [(a, seen_a), (b, seen_b)], |b, result| b.decide_by(result, i))? {
                    return Ok(());
                }
                self.step(op, i)
            }
        }
    }

    /// Decides by what a metamethod returned.
    fn decide_by(&mut self, result: Val, i: Instr) -> Result {
        let truthy = self.truthy(result);
        self.decide(truthy, i)
    }

    /// Compares numbers of the kinds seen; `None` if they are no numbers, or of kinds that need care.
    fn order(&mut self, condition: Cond, (a, b): (Val, Val), (seen_a, seen_b): (u8, u8)) -> Result<Option<Val>> {
        let both = seen_a | seen_b;
        if both & !INTEGER == 0 {
            let (x, y) = (self.integer(a, seen_a)?, self.integer(b, seen_b)?);
            return Ok(Some(self.push(Op::Compare(condition), &[x, y], Ty::Bool)));
        }
        if (seen_a, seen_b) == (kinds::STRING, kinds::STRING) && matches!(condition, Cond::Lt | Cond::Le) {
            let (x, y) = (self.typed(a, Ty::Str)?, self.typed(b, Ty::Str)?);
            // One is at most another one that is not less.
            let (less, more) = if condition == Cond::Lt { (x, y) } else { (y, x) };
            let found = self.push(Op::Help(Helper::string_less), &[less, more], Ty::Int);
            let zero = self.int(0);
            let wanted = if condition == Cond::Lt { Cond::Ne } else { Cond::Eq };
            return Ok(Some(self.push(Op::Compare(wanted), &[found, zero], Ty::Bool)));
        }
        // Integers that fit a word are exact as floats.
        let exact = |builder: &Self, val: Val| builder.f.ty(val) != Ty::Int || builder.f.small.contains(&val);
        if both & !(kinds::INT | kinds::FLOAT) == 0 && exact(self, a) && exact(self, b) {
            let (x, y) = (self.float(a, seen_a)?, self.float(b, seen_b)?);
            return Ok(Some(self.push(Op::FCompare(condition), &[x, y], Ty::Bool)));
        }
        Ok(None)
    }

    fn equals(&mut self, i: Instr, (a, b): (Val, Val), (seen_a, seen_b): (u8, u8)) -> Result {
        if let Some(result) = self.order(Cond::Eq, (a, b), (seen_a, seen_b))? {
            return self.decide(result, i);
        }
        if (seen_a, seen_b) == (kinds::TABLE, kinds::TABLE) && self.try_equals(i, a, b)? {
            return Ok(());
        }
        let plain = kinds::NIL | kinds::BOOL | kinds::FUNCTION;
        let condition =
            if seen_a & !plain == 0 && self.known_kind(a, seen_a)? || seen_b & !plain == 0 && self.known_kind(b, seen_b)? {
                // One of them equals nothing but its own word.
                let (x, y) = (self.any(a), self.any(b));
                self.push(Op::Same, &[x, y], Ty::Bool)
            } else if seen_a == kinds::STRING && seen_b == kinds::STRING {
                let (x, y) = (self.typed(a, Ty::Str)?, self.typed(b, Ty::Str)?);
                let same = self.push(Op::Same, &[x, y], Ty::Bool);
                let (a, b) = (self.any(a), self.any(b));
                self.either(
                    same,
                    Ty::Bool,
                    |builder| Ok(builder.push(Op::Bool(true), &[], Ty::Bool)),
                    |builder| {
                        let equal = builder.push(Op::Help(Helper::string_equals), &[a, b], Ty::Int);
                        let zero = builder.int(0);
                        Ok(builder.push(Op::Compare(Cond::Ne), &[equal, zero], Ty::Bool))
                    },
                )?
            } else if (seen_a | kinds::NIL, seen_b | kinds::NIL) == (OBJECT, OBJECT) {
                self.same_object((a, seen_a), (b, seen_b))?
            } else {
                let (a, b) = (self.any(a), self.any(b));
                if (seen_a | seen_b) & kinds::FLOAT == 0 {
                    let same = self.push(Op::Same, &[a, b], Ty::Bool);
                    // Of floats this is not sure.
                    let float = self.push(Op::IsFloat, &[a], Ty::Bool);
                    let fine = self.push(Op::Not, &[float], Ty::Bool);
                    self.push_exit(Op::Check, &[fine], Ty::None);
                    self.same_or_equal(same, a, b)?
                } else {
                    self.equal(a, b)
                }
            };
        self.decide(condition, i)
    }

    /// Whether two tables are equal; there may be nil in place of them.
    fn same_object(&mut self, (a, seen_a): (Val, u8), (b, seen_b): (Val, u8)) -> Result<Val> {
        let (x, y) = (self.any(a), self.any(b));
        let same = self.push(Op::Same, &[x, y], Ty::Bool);
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        let mut decided = same;
        for (val, seen) in [(x, seen_a), (y, seen_b)] {
            if seen & kinds::NIL != 0 {
                let absent = self.push(Op::Same, &[val, nil], Ty::Bool);
                decided = self.push(Op::Either, &[decided, absent], Ty::Bool);
            }
        }
        self.either(
            decided,
            Ty::Bool,
            |_| Ok(same),
            |builder| {
                let (table, other) = (builder.typed(a, Ty::Tab)?, builder.typed(b, Ty::Tab)?);
                let simple = builder.has_no_eq(table)?;
                let equal = |builder: &mut Self| {
                    builder.hardly_ever();
                    Ok(builder.equal(x, y))
                };
                builder.either(
                    simple,
                    Ty::Bool,
                    |builder| {
                        let simple = builder.has_no_eq(other)?;
                        builder.either(simple, Ty::Bool, |builder| Ok(builder.push(Op::Bool(false), &[], Ty::Bool)), equal)
                    },
                    equal,
                )
            },
        )
    }

    /// Whether a table is known to have no `__eq`.
    fn has_no_eq(&mut self, table: Val) -> Result<Val> {
        use crate::ir::{Class, Width};
        let shape = self.push(Op::Load(Class::Shape, Width::B8, layout::table::SHAPE), &[table], Ty::Ptr);
        let meta = self.push(Op::Load(Class::Meta, Width::B8, layout::shape::META), &[shape], Ty::Ptr);
        let none = self.push(Op::Ptr(0), &[], Ty::Ptr);
        let plain = self.push(Op::Same, &[meta, none], Ty::Bool);
        self.either(
            plain,
            Ty::Bool,
            |builder| Ok(builder.push(Op::Bool(true), &[], Ty::Bool)),
            |builder| {
                let absent = builder.push(Op::Load(Class::KnownSlot, Width::B4, layout::header::ABSENT), &[meta], Ty::Int);
                let bit = builder.int(1 << Event::Eq as u32);
                let absent = builder.push(Op::And, &[absent, bit], Ty::Int);
                let zero = builder.int(0);
                Ok(builder.push(Op::Compare(Cond::Ne), &[absent, zero], Ty::Bool))
            },
        )
    }

    fn same_or_equal(&mut self, same: Val, a: Val, b: Val) -> Result<Val> {
        self.either(
            same,
            Ty::Bool,
            |builder| Ok(builder.push(Op::Bool(true), &[], Ty::Bool)),
            |builder| Ok(builder.equal(a, b)),
        )
    }

    /// Whether any values are equal; leaves if a metamethod has to say.
    fn equal(&mut self, a: Val, b: Val) -> Val {
        let equal = self.push(Op::Help(Helper::equals), &[a, b], Ty::Int);
        let unknown = self.int(MAY_BE_EQUAL as i64);
        let known = self.push(Op::Compare(Cond::Ne), &[equal, unknown], Ty::Bool);
        self.push_exit(Op::Check, &[known], Ty::None);
        let zero = self.int(0);
        self.push(Op::Compare(Cond::Ne), &[equal, zero], Ty::Bool)
    }

    /// Makes sure that a value of kinds that equal nothing but their own word is of one of them.
    fn known_kind(&mut self, val: Val, seen: u8) -> Result<bool> {
        if self.f.ty(val) != Ty::Any || matches!(self.f.inst(val).op, Op::Any(_)) {
            return Ok(true);
        }
        let condition = match seen {
            kinds::NIL => {
                let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                self.push(Op::Same, &[val, nil], Ty::Bool)
            }
            kinds::FUNCTION => {
                self.typed(val, Ty::Fun)?;
                return Ok(true);
            }
            kinds::BOOL => {
                let (on, off) =
                    (self.push(Op::Any(Value::TRUE.0), &[], Ty::Any), self.push(Op::Any(Value::FALSE.0), &[], Ty::Any));
                let (on, off) = (self.push(Op::Same, &[val, on], Ty::Bool), self.push(Op::Same, &[val, off], Ty::Bool));
                self.push(Op::Either, &[on, off], Ty::Bool)
            }
            _ => return Ok(false),
        };
        self.push_exit(Op::Check, &[condition], Ty::None);
        Ok(true)
    }

    pub(super) fn equals_constant(&mut self, i: Instr) -> Result {
        let a = self.get(i.a());
        let constant = self.here().proto.get().consts[i.b() as usize];
        if !constant.is_number() {
            if self.f.ty(a) == Ty::Bool && constant.type_of() == perilune_vm::Type::Boolean {
                let condition = if constant.is_truthy() { a } else { self.push(Op::Not, &[a], Ty::Bool) };
                return self.decide(condition, i);
            }
            if let Some(same) = self.equals_letter(i, a, constant)? {
                return self.decide(same, i);
            }
            // Nil, booleans and short strings equal their own word only.
            let any = self.any(a);
            if constant.is_collectable() {
                self.keep_alive(constant);
            }
            let constant = self.push(Op::Any(constant.0), &[], Ty::Any);
            let same = self.push(Op::Same, &[any, constant], Ty::Bool);
            return self.decide(same, i);
        }
        let seen = self.kinds(a, self.site().a);
        let b = self.constant(constant);
        let kind = self.kinds(b, 0);
        self.equals_number(Code::EqK, i, (a, seen), (b, kind))
    }

    /// Whether the one letter of a string that was just taken from it is this one (`s:sub(i, i) == "x"`), told without a string
    /// of its own, if nothing else needs that.
    fn equals_letter(&mut self, i: Instr, a: Val, constant: Value) -> Result<Option<Val>> {
        let Some(&[letter]) = constant.as_str().as_ref().map(|letter| letter.bytes()) else { return Ok(None) };
        let part = self.any(a);
        let taken = self.f.inst(part);
        let (Op::Help(Helper::string_sub), [string, first, last]) = (taken.op, &taken.args[..]) else { return Ok(None) };
        let (string, first, last, body) = (*string, *first, *last, self.bodies.len() - 1);
        let mut used = [self.target(), self.pc + 2].into_iter().map(|pc| self.needed(body, pc));
        if first != last || used.any(|needed| needed.contains(i.a())) {
            return Ok(None);
        }
        let (length, one) = (self.string_length(string), self.int(1));
        let at = self.push(Op::Sub, &[first, one], Ty::Int);
        let inside = self.push(Op::Compare(Cond::Below), &[at, length], Ty::Bool);
        let same = self.either(
            inside,
            Ty::Bool,
            |b| {
                let (byte, letter) = (b.byte_at(string, at, None), b.int(i64::from(letter)));
                Ok(b.push(Op::Compare(Cond::Eq), &[byte, letter], Ty::Bool))
            },
            // Counted from the end, or none.
            |b| {
                let part = b.push(Op::Help(Helper::string_sub), &[string, first, first], Ty::Any);
                let letter = b.push(Op::Any(constant.0), &[], Ty::Any);
                Ok(b.push(Op::Same, &[part, letter], Ty::Bool))
            },
        )?;
        self.keep_alive(constant);
        Ok(Some(same))
    }

    fn equals_number(&mut self, op: Code, i: Instr, (a, seen): (Val, u8), (b, kind): (Val, u8)) -> Result {
        if seen == 0 {
            return self.exit();
        }
        if seen & kinds::FLOAT == 0 && seen & !INTEGER != 0 {
            // An integer equals no other word but some float.
            let any = self.any(a);
            let float = self.push(Op::IsFloat, &[any], Ty::Bool);
            let fine = self.push(Op::Not, &[float], Ty::Bool);
            self.push_exit(Op::Check, &[fine], Ty::None);
            let number = self.any(b);
            let same = self.push(Op::Same, &[any, number], Ty::Bool);
            return if self.f.small.contains(&b) { self.decide(same, i) } else { self.step(op, i) };
        }
        match self.order(Cond::Eq, (a, b), (seen, kind))? {
            Some(result) => self.decide(result, i),
            None => self.step(op, i),
        }
    }

    pub(super) fn compare_immediate(&mut self, op: Code, i: Instr) -> Result {
        let a = self.get(i.a());
        let seen = self.kinds(a, self.site().a);
        let b = self.int(i64::from(i.sb()));
        let condition = match op {
            Code::EqI => return self.equals_number(op, i, (a, seen), (b, kinds::INT)),
            Code::LtI => Cond::Lt,
            Code::LeI => Cond::Le,
            Code::GtI => Cond::Gt,
            _ => Cond::Ge,
        };
        if seen == 0 {
            return self.exit();
        }
        match self.order(condition, (a, b), (seen, kinds::INT))? {
            Some(result) => self.decide(result, i),
            None => self.step(op, i),
        }
    }

    /// Whether a table has no metatable.
    pub(super) fn has_no_meta(&mut self, table: Val) -> Val {
        use crate::ir::{Class, Width};
        let shape = self.push(Op::Load(Class::Shape, Width::B8, layout::table::SHAPE), &[table], Ty::Ptr);
        let meta = self.push(Op::Load(Class::Meta, Width::B8, layout::shape::META), &[shape], Ty::Ptr);
        let none = self.push(Op::Ptr(0), &[], Ty::Ptr);
        self.push(Op::Same, &[meta, none], Ty::Bool)
    }
}
