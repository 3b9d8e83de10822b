//! Library functions that compiled code does itself.

use super::{Builder, Result};
use crate::ir::{Class, Cond, Op, Ty, Val, Width};
use perilune_front::op::Instr;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{intrinsic_of, kinds};
use perilune_vm::{Special, Value, layout};

/// A call of a library function.
struct Call {
    callee: Value,
    /// The register of the function; the arguments follow.
    func: u8,
    given: u8,
}

impl Builder<'_> {
    /// Translates a call of a library function that is known, if it is one with a rule.
    pub(super) fn try_intrinsic(&mut self, i: Instr, callee: Value) -> Result<bool> {
        let wanted = i.c() - 1;
        if wanted > 1 {
            return Ok(false);
        }
        let Some(result) = self.intrinsic(callee, i.a(), i.b() - 1)? else { return Ok(false) };
        let func = self.reg(i.a());
        self.forget_from(func);
        if wanted == 1 {
            match result {
                Some(result) => self.set(i.a(), result),
                None => self.set_value(i.a(), Value::NIL),
            }
        }
        Ok(true)
    }

    /// The result of a call of `callee` with the arguments behind register `func`, of which it has at most one: `None` if there is
    /// no rule for it.
    pub(super) fn intrinsic(&mut self, callee: Value, func: u8, given: u8) -> Result<Option<Option<Val>>> {
        let Some(special) = intrinsic_of(callee) else { return Ok(None) };
        let call = Call { callee, func, given };
        let result = match (special, given) {
            (Special::Sqrt | Special::Abs | Special::Floor | Special::Ceil, 1) => self.rounding(special, &call)?,
            (Special::Max | Special::Min, 2) => self.extreme(special, &call)?,
            (Special::SetMetatable, 2) => self.set_metatable(&call)?,
            (Special::Type, 1) => self.type_name(&call)?,
            (Special::Byte, 2) => self.string_byte(&call)?,
            (Special::Sub, 2 | 3) => self.string_sub(&call)?,
            (Special::Len, 1) => self.string_len(&call)?,
            (Special::Insert, 2) => return Ok(self.append(&call)?.then_some(None)),
            _ => None,
        };
        Ok(result.map(Some))
    }

    fn argument(&mut self, call: &Call, number: u8) -> (Val, u8) {
        let site = self.site();
        let val = self.get(call.func + number);
        let seen = match number {
            1 => site.b,
            2 => site.c,
            // Not recorded.
            _ => 0,
        };
        (val, self.kinds(val, seen))
    }

    /// From here on the call is known to be one of the function.
    fn check_callee(&mut self, call: &Call) {
        let func = self.get(call.func);
        self.check_is(func, call.callee);
    }

    fn rounding(&mut self, special: Special, call: &Call) -> Result<Option<Val>> {
        let (arg, seen) = self.argument(call, 1);
        let op = match special {
            Special::Sqrt => Op::FSqrt,
            Special::Abs => Op::FAbs,
            Special::Floor => Op::FFloor,
            _ => Op::FCeil,
        };
        match (seen, op) {
            (kinds::FLOAT, _) | (kinds::INT, Op::FSqrt) => {
                self.check_callee(call);
                let float = self.float(arg, seen)?;
                let result = self.push(op, &[float], Ty::Flt);
                Ok(Some(match op {
                    Op::FFloor | Op::FCeil => self.push_exit(Op::ToInt, &[result], Ty::Int),
                    _ => result,
                }))
            }
            (kinds::INT, Op::FFloor | Op::FCeil) => {
                self.check_callee(call);
                Ok(Some(self.typed(arg, Ty::Int)?))
            }
            _ => Ok(None),
        }
    }

    fn extreme(&mut self, special: Special, call: &Call) -> Result<Option<Val>> {
        let ((a, seen_a), (b, seen_b)) = (self.argument(call, 1), self.argument(call, 2));
        let ty = match (seen_a, seen_b) {
            (kinds::INT, kinds::INT) => Ty::Int,
            (kinds::FLOAT, kinds::FLOAT) => Ty::Flt,
            _ => return Ok(None),
        };
        self.check_callee(call);
        let (a, b) = (self.typed(a, ty)?, self.typed(b, ty)?);
        let (less, more) = if special == Special::Max { (a, b) } else { (b, a) };
        let op = if ty == Ty::Int { Op::Compare(Cond::Lt) } else { Op::FCompare(Cond::Lt) };
        let second = self.push(op, &[less, more], Ty::Bool);
        let small = ty == Ty::Int && self.f.small.contains(&a) && self.f.small.contains(&b);
        let result = self.either(second, ty, |_| Ok(b), |_| Ok(a))?;
        if small {
            self.f.small.insert(result);
        }
        Ok(Some(result))
    }

    fn set_metatable(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((table, seen), (meta, seen_meta)) = (self.argument(call, 1), self.argument(call, 2));
        if (seen, seen_meta) != (kinds::TABLE, kinds::TABLE) {
            return Ok(None);
        }
        self.check_callee(call);
        let (object, meta) = (self.typed(table, Ty::Tab)?, self.any(meta));
        let failed = self.push(Op::Help(Helper::set_metatable), &[object, meta], Ty::Int);
        self.check_zero(failed);
        Ok(Some(object))
    }

    fn check_zero(&mut self, val: Val) {
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[val, zero], Ty::Bool);
        self.push_exit(Op::Check, &[fine], Ty::None);
    }

    fn type_name(&mut self, call: &Call) -> Result<Option<Val>> {
        let (arg, _) = self.argument(call, 1);
        self.check_callee(call);
        let arg = self.any(arg);
        let names = self.push(Op::Any(call.callee.0), &[], Ty::Any);
        Ok(Some(self.push(Op::Help(Helper::type_name), &[names, arg], Ty::Any)))
    }

    fn append(&mut self, call: &Call) -> Result<bool> {
        let ((table, seen), (val, _)) = (self.argument(call, 1), self.argument(call, 2));
        if seen != kinds::TABLE {
            return Ok(false);
        }
        self.check_callee(call);
        let table = self.typed(table, Ty::Tab)?;
        let plain = self.has_no_meta(table);
        self.push_exit(Op::Check, &[plain], Ty::None);
        let val = self.any(val);
        let failed = self.push(Op::Help(Helper::append), &[table, val], Ty::Int);
        self.check_zero(failed);
        Ok(true)
    }

    // ---- strings ----

    fn string_len(&mut self, call: &Call) -> Result<Option<Val>> {
        let (string, seen) = self.argument(call, 1);
        if seen != kinds::STRING {
            return Ok(None);
        }
        self.check_callee(call);
        let string = self.typed(string, Ty::Str)?;
        Ok(Some(self.string_length(string)))
    }

    pub(super) fn string_length(&mut self, string: Val) -> Val {
        let length = self.push(Op::Load(Class::Constant, Width::B8, layout::cell::STRING_LENGTH), &[string], Ty::Int);
        self.f.small.insert(length);
        length
    }

    fn string_byte(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((string, seen), (index, seen_index)) = (self.argument(call, 1), self.argument(call, 2));
        if (seen, seen_index) != (kinds::STRING, kinds::INT) {
            return Ok(None);
        }
        self.check_callee(call);
        let (string, index) = (self.typed(string, Ty::Str)?, self.typed(index, Ty::Int)?);
        let length = self.string_length(string);
        let one = self.int(1);
        let at = self.push(Op::Sub, &[index, one], Ty::Int);
        let inside = self.push(Op::Compare(Cond::Below), &[at, length], Ty::Bool);
        if !self.has_failed() {
            let checked = self.push_exit(Op::Check, &[inside], Ty::None);
            return Ok(Some(self.byte_at(string, at, Some(checked))));
        }
        let byte = self.either(
            inside,
            Ty::Any,
            |b| {
                let byte = b.byte_at(string, at, None);
                Ok(b.any(byte))
            },
            |b| Ok(b.push(Op::Help(Helper::string_byte), &[string, index], Ty::Any)),
        )?;
        Ok(Some(byte))
    }

    fn byte_at(&mut self, string: Val, at: Val, checked: Option<Val>) -> Val {
        let place = self.push(Op::Add, &[string, at], Ty::Ptr);
        let args: smallvec::SmallVec<[Val; 2]> = std::iter::once(place).chain(checked).collect();
        let byte = self.push(Op::Load(Class::Constant, Width::B1, layout::cell::STRING_BYTES), &args, Ty::Int);
        self.f.small.insert(byte);
        byte
    }

    fn string_sub(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((string, seen), (first, seen_first)) = (self.argument(call, 1), self.argument(call, 2));
        if (seen, seen_first) != (kinds::STRING, kinds::INT) {
            return Ok(None);
        }
        self.check_callee(call);
        let (string, first) = (self.typed(string, Ty::Str)?, self.typed(first, Ty::Int)?);
        let last = match call.given {
            2 => self.int(-1),
            _ => {
                let last = self.get(call.func + 3);
                self.typed(last, Ty::Int)?
            }
        };
        let part = self.push(Op::Help(Helper::string_sub), &[string, first, last], Ty::Any);
        Ok(Some(part))
    }
}
