//! Weak tables after marking: ephemerons to a fixed point, then dead entries are removed.

use super::budget::Budget;
use super::mark::{Marker, is_collectable_dead};
use crate::global::Global;
use crate::table::Table;
use crate::value::Value;

impl Marker {
    /// Marks what is left to mark, and what ephemeron tables keep alive, until nothing more follows; whether it came to that.
    pub(crate) fn converge(&mut self, g: &Global, budget: &mut Budget) -> bool {
        loop {
            if !self.drain(g, budget) {
                return false;
            }
            let mut progress = false;
            for index in 0..self.ephemerons.len() {
                progress |= self.trace_ephemeron(self.ephemerons[index]);
            }
            if !progress {
                return self.is_done();
            }
        }
    }

    /// Tables that were traced more than once stand in the lists as often.
    pub(crate) fn remove_duplicates(&mut self) {
        for list in [&mut self.weak_values, &mut self.ephemerons, &mut self.all_weak] {
            list.sort_unstable_by_key(|table| table.0.as_ptr() as usize);
            list.dedup();
        }
        self.protos.sort_unstable_by_key(|proto| proto.0.as_ptr() as usize);
        self.protos.dedup();
        self.shapes.sort_unstable_by_key(|shape| shape.0.as_ptr() as usize);
        self.shapes.dedup();
    }
}

/// Removes the entries of `tables` with dead values; whether a table with a role lost one, which inline caches may have found
/// there or through it.
pub(crate) fn clear_values(tables: &[Table]) -> bool {
    let mut role_lost = false;
    for &table in tables {
        let mut trim = false;
        for value in table.array() {
            if is_collectable_dead(*value) {
                *value = Value::NIL;
                trim = true;
            }
        }
        if trim {
            table.trim_array();
        }
        for value in table.shared_slots() {
            if is_collectable_dead(*value) {
                *value = Value::NIL;
            }
        }
        for entry in table.entries() {
            if is_collectable_dead(entry[1]) {
                entry[1] = Value::NIL;
                role_lost |= table.has_role();
            }
            if entry[1].is_nil() && entry[0].is_heap() {
                entry[0] = crate::table::dead_key(entry[0]);
            }
        }
    }
    role_lost
}

/// Removes the entries of `tables` with dead keys.
pub(crate) fn clear_keys(tables: &[Table]) {
    for &table in tables {
        for entry in table.entries() {
            if is_collectable_dead(entry[0]) {
                *entry = [crate::table::dead_key(entry[0]), Value::NIL];
            }
        }
    }
}
