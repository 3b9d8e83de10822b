//! Arithmetic: on integers or floats as they were seen, otherwise by the interpreter.

use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::runtime::Helper;
use perilune_vm::tier::kinds;

/// Kinds that integers of any size have.
pub(super) const INTEGER: u8 = kinds::INT | kinds::OTHER;

/// What the operands of a binary operation are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ints,
    Floats,
    Other,
    /// Never seen.
    Unknown,
}

/// The operations without regard to where their operands come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
}

pub(super) fn rule_of(op: Code) -> Option<Rule> {
    Some(match op {
        Code::Add | Code::AddK | Code::AddI | Code::KAdd => Rule::Add,
        Code::Sub | Code::SubK | Code::SubI | Code::KSub => Rule::Sub,
        Code::Mul | Code::MulK | Code::KMul => Rule::Mul,
        Code::Mod | Code::ModK => Rule::Mod,
        Code::Pow | Code::PowK => Rule::Pow,
        Code::Div | Code::DivK | Code::KDiv => Rule::Div,
        Code::IDiv | Code::IDivK => Rule::IDiv,
        Code::BAnd | Code::BAndK => Rule::BAnd,
        Code::BOr | Code::BOrK => Rule::BOr,
        Code::BXor | Code::BXorK => Rule::BXor,
        Code::Shl | Code::ShlK => Rule::Shl,
        Code::Shr | Code::ShrK => Rule::Shr,
        _ => return None,
    })
}

/// Whether the operation works on integers and on floats.
fn on_numbers(rule: Rule) -> bool {
    matches!(rule, Rule::Add | Rule::Sub | Rule::Mul | Rule::Mod | Rule::IDiv)
}

impl Builder<'_> {
    pub(super) fn arithmetic_or_step(&mut self, op: Code, i: Instr) -> Result {
        match rule_of(op) {
            Some(rule) => self.arithmetic(op, rule, i),
            None => self.step(op, i),
        }
    }

    pub(super) fn operands(&mut self, op: Code, i: Instr) -> (Val, Val) {
        use perilune_front::op::Operand;
        let [_, b, c] = op.operands();
        let left = match b {
            Operand::Const => self.constant_at(i.b() as usize),
            _ => self.get(i.b()),
        };
        let right = match c {
            Operand::Const => self.constant_at(i.c() as usize),
            Operand::SImm => self.int(i64::from(i.sc())),
            _ => self.get(i.c()),
        };
        (left, right)
    }

    fn arithmetic(&mut self, op: Code, rule: Rule, i: Instr) -> Result {
        let (a, b) = self.operands(op, i);
        let site = self.site();
        let (seen_a, seen_b) = (self.kinds(a, site.b), self.kinds(b, site.c));
        match self.kind(rule, seen_a, seen_b) {
            Kind::Unknown => self.exit(),
            Kind::Other if (seen_a | seen_b) & !(kinds::INT | kinds::FLOAT) == 0 && on_numbers(rule) => {
                self.mixed(rule, i, a, b)
            }
            Kind::Other => {
                let finish = |b: &mut Self, result| {
                    b.set(i.a(), result);
                    Ok(())
                };
                if self.try_operator(op, [(a, seen_a), (b, seen_b)], finish)? {
                    return Ok(());
                }
                self.step(op, i)
            }
            Kind::Ints => {
                let x = self.integer(a, seen_a)?;
                let y = self.integer(b, seen_b)?;
                let result = self.ints(rule, x, y)?;
                self.set(i.a(), result);
                Ok(())
            }
            Kind::Floats => {
                let x = self.float(a, seen_a)?;
                let y = self.float(b, seen_b)?;
                let result = self.floats(rule, x, y);
                self.set(i.a(), result);
                Ok(())
            }
        }
    }

    /// Integers at times, floats at others: a look at the tags tells.
    fn mixed(&mut self, rule: Rule, i: Instr, a: Val, b: Val) -> Result {
        let floats = |builder: &mut Self| {
            if let Some(numbers) = builder.test(Op::AreNumbers, &[a, b]) {
                builder.push_exit(Op::Check, &[numbers], Ty::None);
            }
            let (x, y) = (builder.as_double(a), builder.as_double(b));
            let result = builder.floats(rule, x, y);
            builder.set(i.a(), result);
            Ok(())
        };
        let Some(ints) = self.test(Op::AreInts, &[a, b]) else { return floats(self) };
        let ints_of = |builder: &mut Self| {
            let (x, y) = (builder.as_int(a), builder.as_int(b));
            let result = builder.ints(rule, x, y)?;
            builder.set(i.a(), result);
            Ok(())
        };
        if [a, b].iter().any(|&val| self.f.ty(val) == Ty::Flt) { floats(self) } else { self.fork(ints, ints_of, floats) }
    }

    fn kind(&self, rule: Rule, a: u8, b: u8) -> Kind {
        if a == 0 || b == 0 {
            return Kind::Unknown;
        }
        let number = INTEGER | kinds::FLOAT;
        if (a | b) & !number != 0 {
            return Kind::Other;
        }
        let bitwise = matches!(rule, Rule::BAnd | Rule::BOr | Rule::BXor | Rule::Shl | Rule::Shr);
        let ints = (a | b) & kinds::FLOAT == 0;
        match rule {
            _ if bitwise && ints => Kind::Ints,
            _ if bitwise => Kind::Other,
            // Always floats.
            Rule::Div | Rule::Pow if (a | b) & kinds::OTHER == 0 => Kind::Floats,
            Rule::Div | Rule::Pow => Kind::Other,
            _ if ints => Kind::Ints,
            // One of them a float for sure makes the result one.
            _ if (a == kinds::FLOAT || b == kinds::FLOAT) && (a | b) & kinds::OTHER == 0 => Kind::Floats,
            _ => Kind::Other,
        }
    }

    /// A number as a float.
    pub(super) fn float(&mut self, val: Val, seen: u8) -> Result<Val> {
        match self.f.ty(val) {
            Ty::Flt => Ok(val),
            Ty::Int => {
                if let Op::Int(int) = self.f.inst(val).op {
                    return Ok(self.push(Op::Flt((int as f64).to_bits()), &[], Ty::Flt));
                }
                Ok(self.push(Op::ToFloat, &[val], Ty::Flt))
            }
            Ty::Any if seen == kinds::FLOAT => self.typed(val, Ty::Flt),
            Ty::Any if seen == kinds::INT => {
                let int = self.typed(val, Ty::Int)?;
                Ok(self.push(Op::ToFloat, &[int], Ty::Flt))
            }
            Ty::Any => Ok(self.push_exit(Op::GuardNumber, &[val], Ty::Flt)),
            _ => self.exit(),
        }
    }

    pub(super) fn ints(&mut self, rule: Rule, x: Val, y: Val) -> Result<Val> {
        let constant = |b: &Self, val| match b.f.inst(val).op {
            Op::Int(int) => Some(int),
            _ => None,
        };
        let op = match rule {
            Rule::Add => Op::Add,
            Rule::Sub => Op::Sub,
            Rule::Mul => Op::Mul,
            Rule::BAnd => Op::And,
            Rule::BOr => Op::Or,
            Rule::BXor => Op::Xor,
            Rule::Shl => Op::Shl,
            Rule::Shr => Op::Shr,
            Rule::Mod | Rule::IDiv => {
                if constant(self, y).is_none_or(|divisor| divisor == 0) {
                    let zero = self.int(0);
                    let fine = self.push(Op::Compare(Cond::Ne), &[y, zero], Ty::Bool);
                    self.push_exit(Op::Check, &[fine], Ty::None);
                }
                if rule == Rule::Mod { Op::Mod } else { Op::IDiv }
            }
            Rule::Div | Rule::Pow => unreachable!("on floats"),
        };
        let result = self.push(op, &[x, y], Ty::Int);
        if self.result_fits(rule, x, y, constant(self, y)) {
            self.f.small.insert(result);
        }
        Ok(result)
    }

    /// Whether the result of an integer operation surely fits a word.
    fn result_fits(&self, rule: Rule, x: Val, y: Val, constant: Option<i64>) -> bool {
        let (small_x, small_y) = (self.f.small.contains(&x), self.f.small.contains(&y));
        match rule {
            Rule::BAnd => small_x && small_y || constant.is_some_and(|mask| mask >= 0 && perilune_vm::value::fits_inline(mask)),
            Rule::BOr | Rule::BXor => small_x && small_y,
            Rule::Mod => small_y,
            Rule::IDiv => small_x && constant.is_some_and(|divisor| divisor > 0),
            Rule::Shr => constant.is_some_and(|count| (17..64).contains(&count)),
            _ => false,
        }
    }

    pub(super) fn floats(&mut self, rule: Rule, x: Val, y: Val) -> Val {
        let op = match rule {
            Rule::Add => Op::FAdd,
            Rule::Sub => Op::FSub,
            Rule::Mul => Op::FMul,
            Rule::Div => Op::FDiv,
            Rule::IDiv => {
                let quotient = self.push(Op::FDiv, &[x, y], Ty::Flt);
                return self.push(Op::FFloor, &[quotient], Ty::Flt);
            }
            Rule::Mod => Op::Help(Helper::float_mod),
            Rule::Pow => {
                if let Op::Flt(bits) = self.f.inst(y).op {
                    let exponent = f64::from_bits(bits);
                    if exponent == 2.0 {
                        return self.push(Op::FMul, &[x, x], Ty::Flt);
                    }
                }
                Op::Help(Helper::pow)
            }
            _ => unreachable!("bitwise operations are on integers"),
        };
        self.push(op, &[x, y], Ty::Flt)
    }

    pub(super) fn unary(&mut self, op: Code, i: Instr) -> Result {
        let val = self.get(i.b());
        let seen = self.kinds(val, self.site().b);
        let result = if seen == 0 {
            return self.exit();
        } else if seen & !INTEGER == 0 {
            let int = self.integer(val, seen)?;
            let (other, op) = if op == Code::Neg { (self.int(0), Op::Sub) } else { (self.int(-1), Op::Xor) };
            self.push(op, &[other, int], Ty::Int)
        } else if seen == kinds::FLOAT && op == Code::Neg {
            let float = self.typed(val, Ty::Flt)?;
            self.push(Op::FNeg, &[float], Ty::Flt)
        } else if seen & !(kinds::INT | kinds::FLOAT) == 0 && op == Code::Neg {
            return self.unary_unprofiled(op, i);
        } else {
            let finish = |b: &mut Self, result| {
                b.set(i.a(), result);
                Ok(())
            };
            if self.try_operator(op, [(val, seen), (val, seen)], finish)? {
                return Ok(());
            }
            return self.step(op, i);
        };
        self.set(i.a(), result);
        Ok(())
    }
}
