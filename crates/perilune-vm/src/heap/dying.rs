//! Big weak tables whose entries died at once: they are cleared in slices while the program runs.
//!
//! Such a table has the flag `DYING`. Whoever finds an entry of it by its key looks whether its value is dead
//! ([`Table::probe`][crate::table::Table] asks [`is_dead`]); who looks at all entries, or moves them, has the table cleared first
//! ([`settle`]). Nothing dead is freed, and no mark is cleared, before all tables are done. What is stored meanwhile is marked, as
//! the tables are black and big, so that unmarked objects in them are dead ones.

use super::Heap;
use super::barrier::heap_of;
use super::budget::Budget;
use super::mark::{is_collectable_dead, prefetch_mark};
use super::segments::Segments;
use super::weak::{clear_key, clear_value};
use crate::object::flags;
use crate::shape::Mode;
use crate::table::Table;
use crate::value::Value;

/// With fewer entries to clear, a table is cleared at once.
const LEAST: usize = 1 << 12;
/// Entries cleared between looks at the budget.
const CHUNK: usize = 64;

/// A table that is being cleared.
pub(crate) struct Dying {
    table: Table,
    /// Numbers of entries that are to be looked at yet.
    entries: Segments<u32>,
}

/// Whether a value found in a table with the flag is not there any more.
#[cold]
pub(crate) fn is_dead(value: Value) -> bool {
    is_collectable_dead(value)
}

/// Clears the rest of a table with the flag.
#[cold]
#[inline(never)]
pub(crate) fn settle(table: Table) {
    heap_of(table.cell()).settle(table);
}

impl Dying {
    /// Looks at some more entries; whether none are left.
    fn clear(&mut self, budget: &mut Budget) -> bool {
        let entries = self.table.entries_unsettled();
        while !self.entries.is_empty() {
            let numbers: [_; CHUNK] = std::array::from_fn(|_| self.entries.pop());
            for number in numbers.into_iter().flatten() {
                entries.get(number as usize).into_iter().flatten().for_each(|&value| prefetch_mark(value));
            }
            for number in numbers.into_iter().flatten() {
                if let Some(entry) = entries.get_mut(number as usize) {
                    clear_value(entry);
                    clear_key(entry);
                }
            }
            if budget.spend(CHUNK) {
                break;
            }
        }
        self.entries.is_empty()
    }

    fn finish(mut self) {
        self.clear(&mut Budget::unlimited());
        self.table.get_mut().header.flags &= !flags::DYING;
    }
}

impl Heap {
    /// Has the dead among these entries cleared later, if that is possible and worth it. Otherwise they are left to the caller.
    pub(super) fn let_die(&mut self, table: Table, entries: &mut Segments<u32>) {
        // Of tables with a role, caches know places; in stress mode, what is dead is freed at once.
        let lookups_ask = table.get_ref().shape.get().mode == Mode::Dictionary && !table.has_role();
        if entries.len() < LEAST || !lookups_ask || self.is_stressed() {
            return;
        }
        self.settle(table);
        table.get_mut().header.flags |= flags::DYING;
        self.dying_tables.push(Dying { table, entries: std::mem::take(entries) });
    }

    /// Clears tables for a while; whether none are left.
    pub(super) fn clear_dying(&mut self, budget: &mut Budget) -> bool {
        while let Some(mut dying) = self.dying_tables.pop() {
            if !dying.clear(budget) {
                self.dying_tables.push(dying);
                return false;
            }
            dying.finish();
        }
        true
    }

    /// Clears the rest of a table, if there is one.
    pub(super) fn settle(&mut self, table: Table) {
        if let Some(at) = self.dying_tables.iter().position(|dying| dying.table == table) {
            self.dying_tables.swap_remove(at).finish();
        }
    }
}
