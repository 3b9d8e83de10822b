//! Functions about tables: metatables, raw access, lists, traversal.

use super::{Call, Results};
use crate::build::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_vm::runtime::{Helper, native_upvalue};
use perilune_vm::tier::kinds;
use perilune_vm::{Special, Value};

impl Builder<'_> {
    pub(super) fn set_metatable(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((table, seen), (meta, seen_meta)) = (self.argument(call, 1), self.argument(call, 2));
        if (seen, seen_meta) != (kinds::TABLE, kinds::TABLE) {
            return Ok(None);
        }
        self.check_callee(call);
        let (object, meta) = (self.typed(table, Ty::Tab)?, self.any(meta));
        if self.set_known_meta(object, meta) {
            return Ok(Some(object));
        }
        let failed = self.push(Op::Help(Helper::set_metatable), &[object, meta], Ty::Int);
        self.check_zero(failed);
        Ok(Some(object))
    }

    pub(super) fn get_metatable(&mut self, call: &Call) -> Option<Val> {
        let (arg, _) = self.argument(call, 1);
        self.check_callee(call);
        let arg = self.any(arg);
        Some(self.push(Op::Help(Helper::get_metatable), &[arg], Ty::Any))
    }

    pub(super) fn raw_length(&mut self, call: &Call) -> Result<Option<Val>> {
        // The array part of a weak table may be hidden.
        let table = self.plain_list(call)?;
        Ok(table.map(|table| self.array_length(table)))
    }

    pub(super) fn raw_get(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((table, seen), (key, _)) = (self.argument(call, 1), self.argument(call, 2));
        if seen != kinds::TABLE {
            return Ok(None);
        }
        self.check_callee(call);
        let (table, key) = (self.typed(table, Ty::Tab)?, self.any(key));
        Ok(Some(self.push(Op::Help(Helper::raw_get), &[table, key], Ty::Any)))
    }

    pub(super) fn raw_store(&mut self, call: &Call) -> Result<Option<Val>> {
        let ((table, seen), (key, _)) = (self.argument(call, 1), self.argument(call, 2));
        if seen != kinds::TABLE {
            return Ok(None);
        }
        self.check_callee(call);
        let (table, key) = (self.typed(table, Ty::Tab)?, self.any(key));
        let val = self.get(call.func + 3);
        let val = self.any(val);
        let failed = self.push(Op::Help(Helper::raw_set), &[table, key, val], Ty::Int);
        self.check_zero(failed);
        Ok(Some(table))
    }

    // ---- lists ----

    /// The first argument as a table without metatable.
    fn plain_list(&mut self, call: &Call) -> Result<Option<Val>> {
        let (table, seen) = self.argument(call, 1);
        if seen != kinds::TABLE || self.has_failed() {
            return Ok(None);
        }
        self.check_callee(call);
        let table = self.typed(table, Ty::Tab)?;
        let plain = self.has_no_meta(table);
        self.push_exit(Op::Check, &[plain], Ty::None);
        Ok(Some(table))
    }

    pub(super) fn insert(&mut self, call: &Call) -> Result<bool> {
        if call.given == 3 && self.argument(call, 2).1 != kinds::INT {
            return Ok(false);
        }
        let Some(table) = self.plain_list(call)? else { return Ok(false) };
        let val = self.get(call.func + call.given);
        if call.given == 2 {
            self.append(table, val)?;
            return Ok(true);
        }
        let val = self.any(val);
        let index = self.get(call.func + 2);
        let index = self.typed(index, Ty::Int)?;
        let failed = self.push(Op::Help(Helper::table_insert), &[table, index, val], Ty::Int);
        self.check_zero(failed);
        Ok(true)
    }

    pub(super) fn remove(&mut self, call: &Call) -> Result<Option<Val>> {
        if call.given == 2 && self.argument(call, 2).1 != kinds::INT {
            return Ok(None);
        }
        let Some(table) = self.plain_list(call)? else { return Ok(None) };
        let index = if call.given == 2 {
            let index = self.get(call.func + 2);
            let index = self.typed(index, Ty::Int)?;
            let zero = self.int(0);
            let fine = self.push(Op::Compare(Cond::Ne), &[index, zero], Ty::Bool);
            self.push_exit(Op::Check, &[fine], Ty::None);
            index
        } else {
            self.int(0)
        };
        let removed = self.push(Op::Help(Helper::table_remove), &[table, index], Ty::Any);
        self.check_value(removed);
        Ok(Some(removed))
    }

    /// As many elements as are wanted: the rest, or nil.
    pub(super) fn unpack(&mut self, call: &Call) -> Result<Results> {
        let Some(wanted @ 1..=8) = call.wanted else { return Ok(None) };
        let Some(table) = self.plain_list(call)? else { return Ok(None) };
        let length = self.array_length(table);
        let mut results = Vec::new();
        for index in 0..wanted {
            let index = self.int(i64::from(index));
            let inside = self.push(Op::Compare(Cond::Below), &[index, length], Ty::Bool);
            results.push(self.either(
                inside,
                Ty::Any,
                |b| Ok(b.load_element(table, index, None)),
                |b| Ok(b.push(Op::Any(Value::NIL.0), &[], Ty::Any)),
            )?);
        }
        Ok(Some(results))
    }

    // ---- traversal ----

    /// What a generic loop over a table begins with: `pairs` of one without metatable, `ipairs` of anything.
    pub(super) fn begin_traversal(&mut self, special: Special, call: &Call) -> Result<Results> {
        let Some(step) = native_upvalue(call.callee, 0) else { return Ok(None) };
        let table = if special == Special::Pairs {
            let Some(table) = self.plain_list(call)? else { return Ok(None) };
            table
        } else {
            self.check_callee(call);
            self.argument(call, 1).0
        };
        let step = self.constant(step);
        let control = if special == Special::Pairs { self.constant(Value::NIL) } else { self.int(0) };
        Ok(Some(vec![step, table, control]))
    }

    /// The pair after a key.
    pub(super) fn next(&mut self, call: &Call) -> Result<Results> {
        let (table, seen) = self.argument(call, 1);
        if seen != kinds::TABLE || call.wanted.is_none() {
            return Ok(None);
        }
        self.check_callee(call);
        let table = self.typed(table, Ty::Tab)?;
        let control = if call.given == 2 { self.get(call.func + 2) } else { self.constant(Value::NIL) };
        let cache = self.traversal_hint();
        // The value goes where nothing is needed.
        let value = call.func + call.given + 1;
        let Some(end) = value.checked_add(1) else { return Ok(None) };
        let place = self.reg(value);
        self.env.grow(place as usize + 1);
        self.f.extent = self.f.extent.max(u32::from(self.reg(end)));
        let (key, ended) = self.next_key(table, control, cache, value);
        self.check_key(key);
        self.forget(place);
        let value = self.either(
            ended,
            Ty::Any,
            |b| Ok(b.push(Op::Any(Value::NIL.0), &[], Ty::Any)),
            |b| Ok(b.push(Op::LoadReg(place), &[], Ty::Any)),
        )?;
        Ok(Some(vec![key, value]))
    }
}
