//! Fields of tables of several shapes. Shapes whose tables have the field in the same slot, or inherit it from the same place, share
//! one way of access: a class and those derived from it often do. That the shape is one of those seen is checked first, so that what
//! follows knows it too; only where that failed are others told apart from them, and looked up.

use super::tables::{has_fixed_slots, is_plain};
use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::Op as Code;
use perilune_vm::cache::{Entry, Target, WAYS};
use perilune_vm::runtime::{CALLS_METAMETHOD, Helper};
use perilune_vm::shape::ShapeRef;
use perilune_vm::tier::{inherits_nothing, kinds, takes_new_values};

/// Misses of a cache beyond which new shapes are expected.
const MISSES: u32 = 3 * WAYS as u32;

/// What is to be done for tables of some shapes.
pub(super) struct Way {
    /// Of these shapes, the one that takes most care.
    entry: Entry,
    shapes: Vec<ShapeRef>,
}

impl Builder<'_> {
    /// Entries by what is to be done, the last one hit first. `care`: how much has to be made sure of for a table's own slot.
    fn ways(&self, entries: &[Entry], care: impl Fn(ShapeRef) -> u8) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for entry in entries {
            let shape = entry.shape.expect("entries have shapes");
            match ways.iter_mut().find(|way| is_same_way(&way.entry, entry)) {
                Some(way) => {
                    if way.entry.shape.is_some_and(|known| care(known) < care(shape)) {
                        way.entry = *entry;
                    }
                    way.shapes.push(shape);
                }
                None => ways.push(Way { entry: *entry, shapes: vec![shape] }),
            }
        }
        ways
    }

    fn is_one_of(&mut self, shape: Val, shapes: &[ShapeRef]) -> Val {
        let mut result = None;
        for &wanted in shapes {
            let wanted = self.shape(wanted);
            let same = self.push(Op::Same, &[shape, wanted], Ty::Bool);
            result = Some(match result {
                Some(before) => self.push(Op::Either, &[before, same], Ty::Bool),
                None => same,
            });
        }
        result.expect("at least one shape")
    }

    /// Checks that a shape is one of those of the entries, unless others are to be expected.
    fn check_shape(&mut self, shape: Val, entries: &[Entry]) -> Option<Val> {
        if entries.len() > 1 && (self.has_failed() || self.cache().count > MISSES) {
            return None;
        }
        // In an order of their own, so that accesses to other fields check the same.
        let mut shapes: Vec<ShapeRef> = entries.iter().filter_map(|entry| entry.shape).collect();
        shapes.sort_by_key(|shape| shape.0);
        let known = self.is_one_of(shape, &shapes);
        Some(self.push_exit(Op::Check, &[known], Ty::None))
    }

    pub(super) fn load_by_shapes(&mut self, table: Val, entries: &[Entry]) -> Result<Val> {
        let shape = self.shape_of(table);
        let checked = self.check_shape(shape, entries);
        let (g, name) = (self.g, self.cache().name());
        let ways = self.ways(entries, |shape| match () {
            () if is_plain(shape) => 0,
            () if has_fixed_slots(shape) && inherits_nothing(g, shape, name) => 1,
            () => 2,
        });
        match (&ways[..], checked) {
            ([way], Some(_)) => self.load_entry(table, &way.entry, checked),
            _ => self.load_one_way(table, shape, &ways, checked.is_some()),
        }
    }

    fn load_one_way(&mut self, table: Val, shape: Val, ways: &[Way], certain: bool) -> Result<Val> {
        let Some((way, more)) = ways.split_first() else {
            // A site that met others before will meet more.
            self.hardly_ever();
            return self.lookup(table);
        };
        if more.is_empty() && certain {
            return self.load_entry(table, &way.entry, None);
        }
        let is_one = self.is_one_of(shape, &way.shapes);
        self.either(is_one, Ty::Any, |b| b.load_entry(table, &way.entry, None), |b| b.load_one_way(table, shape, more, certain))
    }

    pub(super) fn store_by_shapes(&mut self, table: Val, entries: &[Entry], val: Val) -> Result {
        let shape = self.shape_of(table);
        let checked = self.check_shape(shape, entries);
        let g = self.g;
        let ways = self.ways(entries, |shape| match () {
            () if is_plain(shape) => 0,
            () if takes_new_values(g, shape) => 1,
            () => 2,
        });
        self.store_one_way(table, shape, &ways, val, checked.is_some())
    }

    fn store_one_way(&mut self, table: Val, shape: Val, ways: &[Way], val: Val, certain: bool) -> Result {
        let Some((way, more)) = ways.split_first() else {
            // A site that met others before will meet more.
            self.hardly_ever();
            return self.assign_field(table, val);
        };
        if more.is_empty() && certain {
            return self.store_entry(table, &way.entry, val);
        }
        let is_one = self.is_one_of(shape, &way.shapes);
        // Both ways yield a value for nothing: stores have none.
        self.either(
            is_one,
            Ty::Bool,
            |b| {
                b.store_entry(table, &way.entry, val)?;
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| {
                b.store_one_way(table, shape, more, val, certain)?;
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
        )?;
        Ok(())
    }

    /// Whether an instruction at which assumptions failed too often can be done without any: an access to a field of a table.
    pub(super) fn can_do_without(&self, op: Code) -> bool {
        let site = self.site();
        match op {
            Code::GetField | Code::GetMethod => site.b == kinds::TABLE,
            Code::SetField | Code::SetFieldK => site.a == kinds::TABLE,
            _ => false,
        }
    }

    /// The field that the instruction accesses, looked up. If a metamethod has to be called the code is left, or where that
    /// happened too often the interpreter executes the instruction.
    pub(super) fn lookup(&mut self, table: Val) -> Result<Val> {
        let name = self.field_name();
        if !self.failed() {
            return Ok(self.index(table, name));
        }
        let val = self.push(Op::Help(Helper::index), &[table, name], Ty::Any);
        let calls = self.push(Op::Any(CALLS_METAMETHOD), &[], Ty::Any);
        let calls = self.push(Op::Same, &[val, calls], Ty::Bool);
        let (op, i) = super::cfg::instr_at(&self.here().plan, self.pc);
        self.either(
            calls,
            Ty::Any,
            |b| {
                b.hardly_ever();
                b.step(op, i)?;
                let val = b.get(i.a());
                Ok(b.any(val))
            },
            |_| Ok(val),
        )
    }

    /// The same of a store.
    pub(super) fn assign_field(&mut self, table: Val, val: Val) -> Result {
        let name = self.field_name();
        if !self.failed() {
            self.assign(table, name, val);
            return Ok(());
        }
        let any = self.any(val);
        let refused = self.push(Op::Help(Helper::assign), &[table, name, any], Ty::Int);
        let zero = self.int(0);
        let refused = self.push(Op::Compare(Cond::Ne), &[refused, zero], Ty::Bool);
        let (op, i) = super::cfg::instr_at(&self.here().plan, self.pc);
        self.either(
            refused,
            Ty::Bool,
            |b| {
                b.hardly_ever();
                b.step(op, i)?;
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| Ok(b.push(Op::Bool(true), &[], Ty::Bool)),
        )?;
        Ok(())
    }
}

/// Whether the same is to be done for tables of two shapes, apart from how much care is to be taken.
fn is_same_way(a: &Entry, b: &Entry) -> bool {
    let fixed = |entry: &Entry| entry.shape.is_some_and(has_fixed_slots);
    match (a.target, b.target) {
        (Target::Own, Target::Own) => a.slot == b.slot && fixed(a) == fixed(b),
        (Target::Other(one), Target::Other(other)) => one == other,
        (Target::Absent, Target::Absent) => true,
        _ => false,
    }
}
