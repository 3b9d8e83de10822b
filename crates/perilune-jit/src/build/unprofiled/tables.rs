//! Table access, by the function's own inline caches.

use crate::build::{Builder, Result};
use crate::ir::{Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::runtime::{CALLS_METAMETHOD, Helper};

impl Builder<'_> {
    pub(super) fn get_field_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let object = match op {
            Code::GetGlobal => self.upvalue(i.b()),
            _ => self.get(i.b()),
        };
        let object = self.table_or_any(object);
        let cache = self.extra();
        let access = if op == Code::GetMethod { Op::Method(cache) } else { Op::Field(cache) };
        let val = self.push(access, &[object], Ty::Any);
        let hit = self.is_value(val);
        self.usually(
            hit,
            |builder| {
                if op == Code::GetMethod {
                    // The method's register may be the object's.
                    let object = builder.get(i.b());
                    builder.set(i.a() + 1, object);
                }
                builder.set(i.a(), val);
                Ok(())
            },
            |builder| builder.step(op, i),
        )
    }

    /// A field by its name, like any other key: the caches of functions in place of calls are not this function's.
    pub(super) fn get_field_by_name(&mut self, op: Code, i: Instr) -> Result {
        let (object, name) = (self.get(i.b()), self.field_name());
        let table = self.table_or_any(object);
        let val = self.push(Op::Index, &[table, name], Ty::Any);
        let hit = self.is_value(val);
        self.usually(
            hit,
            |builder| {
                if op == Code::GetMethod {
                    // The method's register may be the object's.
                    builder.set(i.a() + 1, object);
                }
                builder.set(i.a(), val);
                Ok(())
            },
            |builder| builder.step(op, i),
        )
    }

    /// The same for stores.
    pub(super) fn set_field_by_name(&mut self, op: Code, i: Instr) -> Result {
        let (object, name) = (self.get(i.a()), self.field_name());
        let val = if op == Code::SetFieldK { self.constant_at(i.c() as usize) } else { self.get(i.c()) };
        let (object, val) = (self.table_or_any(object), self.any(val));
        let stored = self.push(Op::StoreIndex, &[object, name, val], Ty::Bool);
        self.usually(stored, |_| Ok(()), |builder| builder.step(op, i))
    }

    /// Whether what an access yielded is a value.
    pub(in crate::build) fn is_value(&mut self, val: Val) -> Val {
        let calls = self.push(Op::Any(CALLS_METAMETHOD), &[], Ty::Any);
        let missed = self.push(Op::Same, &[val, calls], Ty::Bool);
        self.push(Op::Not, &[missed], Ty::Bool)
    }

    /// The value as a table, if it is known to be one; else as any value.
    fn table_or_any(&mut self, val: Val) -> Val {
        if self.f.ty(val) == Ty::Tab { val } else { self.any(val) }
    }

    pub(super) fn set_field_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let (object, val) = match op {
            Code::SetGlobal => (self.upvalue(i.b()), self.get(i.a())),
            Code::SetGlobalK => (self.upvalue(i.b()), self.constant_at(i.a() as usize)),
            Code::SetFieldK => (self.get(i.a()), self.constant_at(i.c() as usize)),
            _ => (self.get(i.a()), self.get(i.c())),
        };
        let (object, val) = (self.table_or_any(object), self.any(val));
        let cache = self.extra();
        let stored = self.push(Op::StoreField(cache), &[object, val], Ty::Bool);
        self.usually(stored, |_| Ok(()), |builder| builder.step(op, i))
    }

    /// A key as an integer, if it is known to be one; else as any value.
    fn int_or_any(&mut self, val: Val) -> Val {
        if self.f.ty(val) == Ty::Int { val } else { self.any(val) }
    }

    pub(super) fn get_index_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.b());
        let key = if op == Code::GetInt { self.int(i64::from(i.c())) } else { self.get(i.c()) };
        let (object, key) = (self.table_or_any(object), self.int_or_any(key));
        let val = self.push(Op::Index, &[object, key], Ty::Any);
        let hit = self.is_value(val);
        self.usually(
            hit,
            |builder| {
                builder.set(i.a(), val);
                Ok(())
            },
            |builder| builder.step(op, i),
        )
    }

    pub(super) fn set_index_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.a());
        let key = match op {
            Code::SetInt | Code::SetIntK => self.int(i64::from(i.b())),
            _ => self.get(i.b()),
        };
        let val = match op {
            Code::SetIndexK | Code::SetIntK => self.constant_at(i.c() as usize),
            _ => self.get(i.c()),
        };
        let (object, key, val) = (self.table_or_any(object), self.int_or_any(key), self.any(val));
        let stored = self.push(Op::StoreIndex, &[object, key, val], Ty::Bool);
        self.usually(stored, |_| Ok(()), |builder| builder.step(op, i))
    }

    pub(super) fn new_table_unprofiled(&mut self, i: Instr) -> Result {
        let cache = self.extra();
        let cache = self.push(Op::Cache(cache), &[], Ty::Ptr);
        let any = self.push(Op::Help(Helper::new_table), &[cache], Ty::Any);
        let table = self.push(Op::Unbox(Ty::Tab), &[any], Ty::Tab);
        self.origins.insert(table, any);
        self.set(i.a(), table);
        Ok(())
    }

    /// The elements of a constructor, whose table was made by the same function.
    pub(super) fn set_list_unprofiled(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.a());
        if self.f.ty(object) == Ty::Tab { self.set_list(i) } else { self.step(op, i) }
    }

    pub(super) fn length_unprofiled(&mut self, i: Instr) -> Result {
        let object = self.get(i.b());
        let object = self.table_or_any(object);
        let length = self.push(Op::Length, &[object], Ty::Any);
        let missed = self.is_nil(length);
        let hit = self.push(Op::Not, &[missed], Ty::Bool);
        self.usually(
            hit,
            |builder| {
                let int = builder.as_int(length);
                builder.set(i.a(), int);
                Ok(())
            },
            |builder| builder.step(Code::Len, i),
        )
    }
}
