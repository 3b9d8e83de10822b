//! Small weak tables, of which there may be very many: each is looked at when marking is nearly done, in slices.
//!
//! What is found alive then stays so. A table with an entry that may be dead is *put off*: it gets the flag `DYING`
//! ([`super::dying`]), so that the end of the marking, from which on unmarked objects in it are dead, has nothing to do with it. It is
//! cleared after that, in slices. Until then the table is what it was, but for being asked for its contents.

use super::Heap;
use super::budget::Budget;
use super::dying::{Reaping, hide, show};
use super::mark::{Marker, Strength, is_collectable_dead};
use super::segments::Segments;
use super::weak::{clear_candidate, clear_key, clear_slot, clear_value};
use crate::object::flags;
use crate::shape::Mode;
use crate::table::Table;

/// A small weak table.
#[derive(Clone, Copy)]
pub(crate) struct SmallWeak {
    pub(super) table: Table,
    pub(super) strength: Strength,
}

/// Where a table has what may be dead.
#[derive(Default, Clone, Copy)]
struct Doubts {
    entries: bool,
    elements: bool,
    slots: bool,
}

/// What of a table that is put off is cleared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Values,
    All,
}

/// Small tables that are put off.
#[derive(Default)]
pub(crate) struct PutOff {
    /// Those with weak values.
    values: Segments<SmallWeak>,
    /// Ephemeron tables.
    keys: Segments<SmallWeak>,
}

impl PutOff {
    /// Whether weak values are waiting to be cleared.
    pub(super) fn has_values(&self) -> bool {
        !self.values.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.keys.is_empty()
    }
}

impl Marker {
    /// Looks at small weak tables that were reached, until nothing is left or the budget is spent; whether the former.
    pub(super) fn scan_small_weak(&mut self, budget: &mut Budget) -> bool {
        while let Some(small) = self.small_weak.pop() {
            // What is stored in a table that is put off is marked.
            let doubts = if is_put_off(small.table) { Doubts::default() } else { self.doubts_about(small) };
            if doubts.entries || doubts.elements || doubts.slots {
                self.put_off(small, doubts, !budget.is_unlimited());
            }
            let object = small.table.get_ref();
            if budget.spend(2 + (object.array_len + object.slot_cap) as usize / 8) {
                return self.small_weak.is_empty();
            }
        }
        true
    }

    /// Marks what a table keeps alive; where it may have something dead.
    fn doubts_about(&mut self, SmallWeak { table, strength }: SmallWeak) -> Doubts {
        let mut doubts = Doubts::default();
        for entry in table.entries() {
            // Strings of an entry that may go are not marked yet.
            let may_go = strength == Strength::Weak && entry.iter().any(|&value| is_collectable_dead(value));
            if may_go || !self.weak_entry(strength, entry) {
                doubts.entries = true;
                if strength == Strength::Ephemeron {
                    self.await_key(entry[0], table);
                }
            }
        }
        for &value in table.array().iter() {
            doubts.elements |= !self.weak_value(strength, value);
        }
        for &value in table.shared_slots().iter() {
            doubts.slots |= !self.weak_value(strength, value);
        }
        doubts
    }

    fn put_off(&mut self, small: SmallWeak, doubts: Doubts, in_slices: bool) {
        let table = small.table;
        let lookups_ask = table.get_ref().shape.get().mode == Mode::Dictionary && !table.has_role();
        // Compiled code reads slots without asking, and array parts that it has come to know since the last safepoint.
        let may_wait = self.full
            && in_slices
            && !doubts.slots
            && (lookups_ask || !doubts.entries)
            && (self.at_safepoint || !doubts.elements)
            && !self.heap().is_stressed();
        if !may_wait {
            return self.at_once.push(small);
        }
        if small.strength == Strength::Weak {
            // It is not known whether they go.
            table.entries().iter().flatten().for_each(|&value| self.plain_value(value));
        }
        table.get_mut().header.flags |= flags::DYING;
        if doubts.elements {
            hide(table);
        }
        let put_off = &mut self.heap().put_off;
        match small.strength {
            Strength::Ephemeron => put_off.keys.push(small),
            _ => put_off.values.push(small),
        }
    }

    /// Clears dead values in the tables that cannot be put off; whether a table with a role lost one.
    pub(super) fn clear_small_values(&mut self) -> bool {
        let mut role_lost = false;
        for &SmallWeak { table, .. } in self.at_once.iter().filter(|small| small.strength != Strength::Ephemeron) {
            let trim = table.array().iter_mut().fold(false, |trim, value| trim | clear_slot(value));
            if trim {
                table.trim_array();
            }
            table.shared_slots().iter_mut().for_each(|value| {
                clear_slot(value);
            });
            let lost = table.entries().iter_mut().fold(false, |lost, entry| lost | clear_value(entry));
            role_lost |= lost && table.has_role();
        }
        role_lost
    }

    /// The same with dead keys. Afterwards, strings and numbers that the tables hold are marked: they are values, and stay.
    pub(super) fn clear_small_keys(&mut self) {
        for SmallWeak { table, strength } in std::mem::take(&mut self.at_once).iter().copied() {
            let weak_keys = strength != Strength::WeakValues;
            table.entries().iter_mut().filter(|_| weak_keys).for_each(clear_key);
            let values = table.array().iter().chain(table.shared_slots().iter());
            let entries = table.entries().iter().filter(|entry| !entry[1].is_nil()).flatten();
            values.chain(entries).for_each(|&value| self.plain_value(value));
        }
    }
}

/// Whether a table is put off still: it may have been cleared since, or be there twice.
fn is_put_off(table: Table) -> bool {
    table.get_ref().header.flags & flags::DYING != 0
}

/// Clears what is dead. Only `Part::All` of a table with weak keys is the end of it.
fn clear(SmallWeak { table, strength }: SmallWeak, part: Part) {
    for entry in table.entries_unsettled() {
        if strength != Strength::Ephemeron {
            clear_value(entry);
        }
        if strength != Strength::WeakValues && part == Part::All {
            clear_key(entry);
        }
    }
    if strength != Strength::Ephemeron {
        for value in table.hidden_array() {
            clear_candidate(value);
        }
    }
}

/// The table is like any other again.
fn put_back(table: Table) {
    table.get_mut().header.flags &= !flags::DYING;
    show(table);
    if table.get_ref().array_len > 0 {
        table.trim_array();
    }
}

impl Heap {
    /// Clears values of tables that are put off, for a while; whether all were. `again`: those that may have dead keys, too.
    pub(super) fn clear_put_off_values(&mut self, budget: &mut Budget, again: &mut Segments<SmallWeak>) -> bool {
        while let Some(small) = self.put_off.values.pop() {
            if is_put_off(small.table) {
                clear(small, Part::Values);
                put_back(small.table);
                if small.strength == Strength::Weak {
                    again.push(small);
                }
            }
            if budget.spend(4) {
                return self.put_off.values.is_empty();
            }
        }
        true
    }

    /// Clears all tables that are put off, for a while; whether all were.
    pub(super) fn clear_put_off(&mut self, budget: &mut Budget) -> bool {
        while let Some(small) = self.put_off.values.pop().or_else(|| self.put_off.keys.pop()) {
            if is_put_off(small.table) {
                clear(small, Part::All);
                put_back(small.table);
            }
            if budget.spend(4) {
                return self.put_off.is_empty();
            }
        }
        true
    }

    /// Nothing in these tables counts as dead any more: the marking is given up.
    pub(super) fn forget_put_off(&mut self) {
        while let Some(small) = self.put_off.values.pop().or_else(|| self.put_off.keys.pop()) {
            if is_put_off(small.table) {
                put_back(small.table);
            }
        }
    }

    /// A table that is put off is to be like any other at once. Before the end of the marking, it has to be looked at again.
    pub(super) fn settle_small(&mut self, table: Table) {
        if self.reaping != Reaping::All {
            if self.reaping == Reaping::Values {
                // Finalizers may bring keys back.
                let entries = table.entries_unsettled().iter_mut().filter(|entry| !is_collectable_dead(entry[0]));
                entries.for_each(|entry| {
                    clear_value(entry);
                });
                table.hidden_array().iter_mut().for_each(|value| {
                    clear_candidate(value);
                });
            }
            put_back(table);
            if table.get_ref().header.is_black() {
                self.remember(table.cell());
            }
            return;
        }
        // Whatever is weak about it: what its strong references lead to is marked, values of ephemerons with living keys are, too.
        clear(SmallWeak { table, strength: Strength::Weak }, Part::All);
        put_back(table);
    }
}
