//! Library functions that compiled code does itself.

mod math;
mod strings;
mod tables;

use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::Instr;
use perilune_vm::runtime::{Helper, native_upvalue};
use perilune_vm::tier::{intrinsic_of, kinds};
use perilune_vm::{Special, Type, Value};

/// A call of a library function.
struct Call {
    callee: Value,
    /// The register of the function; the arguments follow.
    func: u8,
    given: u8,
    /// Results wanted; `None`: all there are.
    wanted: Option<u8>,
}

/// What a call yields; `None` if there is no rule for it.
type Results = Option<Vec<Val>>;

impl Builder<'_> {
    /// Translates a call of a library function that is known, if it is one with a rule.
    pub(super) fn try_intrinsic(&mut self, i: Instr, callee: Value) -> Result<bool> {
        let wanted = i.c() - 1;
        let Some(results) = self.intrinsic(callee, i.a(), i.b() - 1, Some(wanted))? else { return Ok(false) };
        let func = self.reg(i.a());
        self.forget_from(func);
        let mut results = results.into_iter();
        for r in i.a()..i.a() + wanted {
            match results.next() {
                Some(result) => self.set(r, result),
                None => self.set_value(r, Value::NIL),
            }
        }
        Ok(true)
    }

    /// The results of a call of `callee` with the arguments behind register `func`: `None` if there is no rule for it.
    pub(super) fn intrinsic(&mut self, callee: Value, func: u8, given: u8, wanted: Option<u8>) -> Result<Results> {
        let Some(special) = intrinsic_of(callee) else { return Ok(None) };
        let call = Call { callee, func, given, wanted };
        let result = match (special, given) {
            (Special::Sqrt | Special::Abs | Special::Floor | Special::Ceil, 1) => self.rounding(special, &call)?,
            (Special::Max | Special::Min, 2) => self.extreme(special, &call)?,
            (Special::ToInteger, 1) => self.to_integer(&call)?,
            (Special::MathType, 1) => self.math_type(&call)?,
            (Special::SetMetatable, 2) => self.set_metatable(&call)?,
            (Special::GetMetatable, 1) => self.get_metatable(&call),
            (Special::Type, 1) => self.type_name(&call),
            (Special::ToString, 1) => self.to_string(&call)?,
            (Special::RawEqual, 2) => self.raw_equal(&call),
            (Special::RawLen, 1) => self.raw_length(&call)?,
            (Special::RawGet, 2) => self.raw_get(&call)?,
            (Special::RawSet, 3) => self.raw_store(&call)?,
            (Special::Byte, 1..=3) => return self.string_bytes(&call),
            (Special::Char, 1..=8) => self.string_char(&call)?,
            (Special::Sub, 2 | 3) => self.string_sub(&call)?,
            (Special::Len, 1) => self.string_len(&call)?,
            (Special::Insert, 2 | 3) => return Ok(self.insert(&call)?.then(Vec::new)),
            (Special::Remove, 1 | 2) => self.remove(&call)?,
            (Special::Unpack, 1) => return self.unpack(&call),
            (Special::Pairs | Special::Ipairs, 1) => return self.begin_traversal(special, &call),
            (Special::Next, 1 | 2) => return self.next(&call),
            (Special::Assert, 1..) => return self.assert(&call),
            _ => None,
        };
        Ok(result.map(|result| vec![result]))
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

    /// Leaves unless a helper reports success with 0, having done nothing otherwise.
    fn check_zero(&mut self, val: Val) {
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[val, zero], Ty::Bool);
        self.push_exit(Op::CheckDone, &[fine], Ty::None);
    }

    /// Leaves if a helper yielded no value, having done nothing then.
    fn check_value(&mut self, val: Val) {
        let fine = self.is_value(val);
        self.push_exit(Op::CheckDone, &[fine], Ty::None);
    }

    // ---- values ----

    fn type_name(&mut self, call: &Call) -> Option<Val> {
        let (arg, _) = self.argument(call, 1);
        self.check_callee(call);
        let known = match self.f.ty(arg) {
            Ty::Int | Ty::Flt => Some(Type::Number),
            Ty::Tab => Some(Type::Table),
            Ty::Str => Some(Type::String),
            Ty::Fun => Some(Type::Function),
            Ty::Bool => Some(Type::Boolean),
            _ => None,
        };
        if let Some(name) = known.and_then(|kind| native_upvalue(call.callee, kind as usize)) {
            return Some(self.constant(name));
        }
        let arg = self.any(arg);
        let names = self.push(Op::Any(call.callee.0), &[], Ty::Any);
        Some(self.push(Op::Help(Helper::type_name), &[names, arg], Ty::Any))
    }

    fn to_string(&mut self, call: &Call) -> Result<Option<Val>> {
        let (arg, seen) = self.argument(call, 1);
        if seen == 0 || seen & !(kinds::INT | kinds::FLOAT | kinds::STRING | kinds::BOOL | kinds::NIL) != 0 {
            return Ok(None);
        }
        self.check_callee(call);
        let arg = self.any(arg);
        let text = self.push(Op::Help(Helper::to_string), &[arg], Ty::Any);
        self.check_value(text);
        let string = self.push(Op::Unbox(Ty::Str), &[text], Ty::Str);
        self.origins.insert(string, text);
        Ok(Some(string))
    }

    fn raw_equal(&mut self, call: &Call) -> Option<Val> {
        let ((a, _), (b, _)) = (self.argument(call, 1), self.argument(call, 2));
        self.check_callee(call);
        let (a, b) = (self.any(a), self.any(b));
        let equal = self.push(Op::Help(Helper::string_equals), &[a, b], Ty::Int);
        let zero = self.int(0);
        Some(self.push(Op::Compare(Cond::Ne), &[equal, zero], Ty::Bool))
    }

    /// Raising the error is left to the interpreter.
    fn assert(&mut self, call: &Call) -> Result<Results> {
        let (arg, _) = self.argument(call, 1);
        self.check_callee(call);
        let holds = self.truthy(arg);
        if let Op::Bool(false) = self.f.inst(holds).op {
            return self.exit();
        }
        self.push_exit(Op::Check, &[holds], Ty::None);
        Ok(Some((1..=call.given).map(|number| self.get(call.func + number)).collect()))
    }
}
