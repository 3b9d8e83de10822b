//! Functions of `string`.

use super::{Call, Results};
use crate::build::{Builder, Result};
use crate::ir::{Class, Cond, Op, Ty, Val, Width};
use perilune_front::op::Instr;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{intrinsic_of, kinds};
use perilune_vm::{Special, Value, layout};

impl Builder<'_> {
    pub(super) fn string_len(&mut self, call: &Call) -> Result<Option<Val>> {
        let (string, seen) = self.argument(call, 1);
        if seen != kinds::STRING {
            return Ok(None);
        }
        self.check_callee(call);
        let string = self.typed(string, Ty::Str)?;
        Ok(Some(self.string_length(string)))
    }

    pub(in crate::build) fn string_length(&mut self, string: Val) -> Val {
        let length = self.push(Op::Load(Class::Constant, Width::B8, layout::cell::STRING_LENGTH), &[string], Ty::Int);
        self.f.small.insert(length);
        length
    }

    /// The bytes of a string from one index to another.
    pub(super) fn string_bytes(&mut self, call: &Call) -> Result<Results> {
        let (string, seen) = self.argument(call, 1);
        let index_seen = if call.given >= 2 { self.argument(call, 2).1 } else { kinds::INT };
        if (seen, index_seen) != (kinds::STRING, kinds::INT) {
            return Ok(None);
        }
        let several = call.given == 3;
        // How many bytes there are has to be known, and more than a few are better copied.
        let count = match call.wanted {
            Some(wanted) if several && (1..=8).contains(&wanted) => wanted,
            _ if several => return Ok(None),
            None if self.has_failed() => return Ok(None),
            _ => 1,
        };
        if several && self.has_failed() {
            return Ok(None);
        }
        self.check_callee(call);
        let string = self.typed(string, Ty::Str)?;
        let first = if call.given >= 2 { self.get(call.func + 2) } else { self.int(1) };
        let first = self.typed(first, Ty::Int)?;
        if !several {
            return Ok(Some(vec![self.string_byte(string, first)?]));
        }
        let last = self.get(call.func + 3);
        let last = self.typed(last, Ty::Int)?;
        let length = self.string_length(string);
        let one = self.int(1);
        let from = self.push(Op::Sub, &[first, one], Ty::Int);
        let to = self.push(Op::Sub, &[last, one], Ty::Int);
        for at in [from, to] {
            let inside = self.push(Op::Compare(Cond::Below), &[at, length], Ty::Bool);
            self.push_exit(Op::Check, &[inside], Ty::None);
        }
        // Then the differences do not overflow either.
        let distance = self.push(Op::Sub, &[to, from], Ty::Int);
        let least = self.int(i64::from(count) - 1);
        let enough = self.push(Op::Compare(Cond::Ge), &[distance, least], Ty::Bool);
        let checked = self.push_exit(Op::Check, &[enough], Ty::None);
        let bytes = (0..count).map(|offset| {
            let offset = self.int(i64::from(offset));
            let at = self.push(Op::Add, &[from, offset], Ty::Int);
            self.byte_at(string, at, Some(checked))
        });
        Ok(Some(bytes.collect()))
    }

    /// `return s:byte(i)` where that is nothing at times: a call that yields all there is. Whether there was a rule.
    pub(in crate::build) fn return_byte(&mut self, callee: Value, i: Instr) -> Result<bool> {
        let call = Call { callee, func: i.a(), given: i.b() - 1, wanted: None };
        if intrinsic_of(callee) != Some(Special::Byte) || call.given != 2 || !self.has_failed() {
            return Ok(false);
        }
        let ((string, seen), (index, seen_index)) = (self.argument(&call, 1), self.argument(&call, 2));
        if (seen, seen_index) != (kinds::STRING, kinds::INT) {
            return Ok(false);
        }
        self.check_callee(&call);
        let (string, index) = (self.typed(string, Ty::Str)?, self.typed(index, Ty::Int)?);
        let (length, one, zero) = (self.string_length(string), self.int(1), self.int(0));
        // Others count from the end.
        let fine = self.push(Op::Compare(Cond::Ge), &[index, zero], Ty::Bool);
        self.push_exit(Op::Check, &[fine], Ty::None);
        let at = self.push(Op::Sub, &[index, one], Ty::Int);
        let inside = self.push(Op::Compare(Cond::Below), &[at, length], Ty::Bool);
        self.split(
            inside,
            |b| {
                let byte = b.byte_at(string, at, None);
                b.return_one(i.a(), byte)
            },
            |b| b.return_all(i.a(), Vec::new()),
        )?;
        Ok(true)
    }

    fn string_byte(&mut self, string: Val, index: Val) -> Result<Val> {
        let length = self.string_length(string);
        let one = self.int(1);
        let at = self.push(Op::Sub, &[index, one], Ty::Int);
        let inside = self.push(Op::Compare(Cond::Below), &[at, length], Ty::Bool);
        if !self.has_failed() {
            let checked = self.push_exit(Op::Check, &[inside], Ty::None);
            return Ok(self.byte_at(string, at, Some(checked)));
        }
        self.either(
            inside,
            Ty::Any,
            |b| {
                let byte = b.byte_at(string, at, None);
                Ok(b.any(byte))
            },
            |b| Ok(b.push(Op::Help(Helper::string_byte), &[string, index], Ty::Any)),
        )
    }

    /// The string of some bytes.
    pub(super) fn string_char(&mut self, call: &Call) -> Result<Option<Val>> {
        if self.argument(call, 1).1 != kinds::INT || self.has_failed() {
            return Ok(None);
        }
        self.check_callee(call);
        let most = self.int(256);
        let mut packed = self.int(0);
        for number in 1..=call.given {
            let code = self.get(call.func + number);
            let code = self.typed(code, Ty::Int)?;
            let fine = self.push(Op::Compare(Cond::Below), &[code, most], Ty::Bool);
            self.push_exit(Op::Check, &[fine], Ty::None);
            let shift = self.int(8 * (i64::from(number) - 1));
            let moved = self.push(Op::Shl, &[code, shift], Ty::Int);
            packed = self.push(Op::Or, &[packed, moved], Ty::Int);
        }
        let count = self.int(i64::from(call.given));
        let any = self.push(Op::Help(Helper::string_char), &[packed, count], Ty::Any);
        let string = self.push(Op::Unbox(Ty::Str), &[any], Ty::Str);
        self.origins.insert(string, any);
        Ok(Some(string))
    }

    pub(in crate::build) fn byte_at(&mut self, string: Val, at: Val, checked: Option<Val>) -> Val {
        let place = self.push(Op::Add, &[string, at], Ty::Ptr);
        let args: smallvec::SmallVec<[Val; 2]> = std::iter::once(place).chain(checked).collect();
        let byte = self.push(Op::Load(Class::Constant, Width::B1, layout::cell::STRING_BYTES), &args, Ty::Int);
        self.f.small.insert(byte);
        byte
    }

    pub(super) fn string_sub(&mut self, call: &Call) -> Result<Option<Val>> {
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
        let any = self.push(Op::Help(Helper::string_sub), &[string, first, last], Ty::Any);
        let part = self.push(Op::Unbox(Ty::Str), &[any], Ty::Str);
        self.origins.insert(part, any);
        Ok(Some(part))
    }
}
