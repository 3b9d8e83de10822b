//! Weak tables after marking: ephemerons to a fixed point, then dead entries are removed.

use super::mark::{Marker, is_collectable_dead};
use crate::global::Global;
use crate::table::Table;
use crate::value::Value;

impl Marker {
    /// Marks what ephemeron tables keep alive, until nothing more follows.
    pub(crate) fn converge(&mut self, g: &Global) {
        loop {
            self.drain(g);
            let tables = self.ephemerons.clone();
            let mut progress = false;
            for table in tables {
                progress |= self.trace_ephemeron(table);
            }
            if !progress {
                self.drain(g);
                return;
            }
        }
    }

    /// Strings in weak tables are values: they stay, so they must be marked.
    pub(crate) fn mark_weak_strings(&mut self) {
        for table in [self.weak_values.clone(), self.all_weak.clone(), self.ephemerons.clone()].concat() {
            for &mut value in table.array() {
                self.plain_value(value);
            }
            for &mut value in table.shared_slots() {
                self.plain_value(value);
            }
            for &mut [key, value] in table.entries() {
                if !value.is_nil() {
                    self.plain_value(key);
                    self.plain_value(value);
                }
            }
        }
    }

    fn plain_value(&mut self, value: Value) {
        if value.as_str().is_some() || value.is_int() {
            self.value(value);
        }
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
