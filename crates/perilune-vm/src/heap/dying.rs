//! Big weak tables whose entries or elements died at once: they are cleared in slices while the program runs.
//!
//! Such a table has the flag `DYING`. Whoever finds an entry of it by its key looks whether its value is dead
//! ([`Table::probe`][crate::table::Table] asks [`is_dead`]); who looks at all entries, or moves them, has the table cleared first
//! ([`settle`]). Nothing dead is freed, and no mark is cleared, before all tables are done. What is stored meanwhile is marked, as
//! the tables are black and big, so that unmarked objects in them are dead ones.
//!
//! Compiled code reads array parts without asking anybody, so one with dead elements is *hidden*: the table says that it has
//! neither elements nor room for any, and that there are integers elsewhere, where the runtime finds them ([`element`]). That is
//! done at safepoints only, where compiled code knows of no array part.

use super::Heap;
use super::barrier::heap_of;
use super::budget::Budget;
use super::mark::{is_collectable_dead, prefetch_mark};
use super::segments::Segments;
use super::weak::{clear_candidate, clear_key, clear_value};
use crate::object::flags;
use crate::shape::Mode;
use crate::table::Table;
use crate::value::Value;

/// With fewer entries to clear, a table is cleared at once.
const LEAST: usize = 1 << 12;
/// Entries cleared between looks at the budget.
const CHUNK: usize = 64;

/// What of a weak table may be cleared later.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Later {
    /// Entries with dead values.
    pub(crate) values: bool,
    /// Entries with dead keys, too. Finalizers may bring keys back.
    pub(crate) keys: bool,
    /// Elements.
    pub(crate) elements: bool,
}

/// A table that is being cleared.
pub(crate) struct Dying {
    table: Table,
    /// Numbers of entries that are to be looked at yet.
    entries: Segments<u32>,
    /// Whether dead keys go, too.
    keys: bool,
    hidden: Option<Hidden>,
}

/// An array part that is being cleared.
struct Hidden {
    length: u32,
    capacity: u32,
    /// Whether there were integers elsewhere before.
    indexed: bool,
    /// Numbers of elements that are to be looked at yet.
    elements: Segments<u32>,
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

/// The place of an element of a table with the flag, if its array part is hidden and has it; of a dead one it is nil.
#[cold]
#[inline(never)]
pub(crate) fn element(table: Table, index: u64) -> Option<*mut Value> {
    let hidden = hidden(table)?;
    if index >= u64::from(hidden.length) {
        return None;
    }
    // SAFETY: within the vector of the array part.
    let place = unsafe { table.get_ref().array.add(index as usize) };
    clear_candidate_at(place);
    Some(place)
}

/// The same, of an element that is going to be stored: the one after the last, if there is room, becomes one.
#[cold]
#[inline(never)]
pub(crate) fn element_for_store(table: Table, index: u64) -> Option<*mut Value> {
    let hidden = hidden(table)?;
    if index == u64::from(hidden.length) && hidden.length < hidden.capacity && !hidden.indexed {
        hidden.length += 1;
    }
    element(table, index)
}

/// A border of a table with the flag whose array part is hidden.
#[cold]
#[inline(never)]
pub(crate) fn border(table: Table) -> Option<u32> {
    let length = hidden(table)?.length;
    let is_there = |number: u32| {
        // SAFETY: numbers from 1 to the length are those of elements.
        let value = unsafe { *table.get_ref().array.add(number as usize - 1) };
        !value.is_nil() && !is_dead(value)
    };
    let (mut there, mut absent) = (0, length);
    if length == 0 || is_there(length) {
        return Some(length);
    }
    while absent - there > 1 {
        let middle = there + (absent - there) / 2;
        if is_there(middle) { there = middle } else { absent = middle }
    }
    Some(there)
}

/// Elements, and room for them, of a table with the flag.
#[cold]
pub(crate) fn extent(table: Table) -> (u32, u32) {
    let object = table.get_ref();
    hidden(table).map_or((object.array_len, object.array_cap), |hidden| (hidden.length, hidden.capacity))
}

/// Whether a table with the flag has an array part that is hidden.
#[cold]
pub(crate) fn is_hidden(table: Table) -> bool {
    hidden(table).is_some()
}

fn hidden<'a>(table: Table) -> Option<&'a mut Hidden> {
    let tables = &mut heap_of(table.cell()).dying_tables;
    tables.iter_mut().find(|dying| dying.table == table)?.hidden.as_mut()
}

fn clear_candidate_at(place: *mut Value) {
    // SAFETY: the caller names an element, to which there is no other reference.
    clear_candidate(unsafe { &mut *place });
}

impl Dying {
    fn new(table: Table, entries: Segments<u32>, keys: bool) -> Dying {
        Dying { table, entries, keys, hidden: None }
    }

    /// Takes the array part out of everybody's sight.
    fn hide(&mut self, elements: Segments<u32>) {
        let object = self.table.get_mut();
        self.hidden = Some(Hidden {
            length: std::mem::take(&mut object.array_len),
            capacity: std::mem::take(&mut object.array_cap),
            indexed: object.header.flags & flags::INDEXED != 0,
            elements,
        });
        object.header.flags |= flags::INDEXED;
    }

    /// Looks at some more entries and elements; whether none are left.
    fn clear(&mut self, budget: &mut Budget) -> bool {
        self.clear_entries(budget) && self.hidden.as_mut().is_none_or(|hidden| hidden.clear(self.table, budget))
    }

    fn clear_entries(&mut self, budget: &mut Budget) -> bool {
        let entries = self.table.entries_unsettled();
        while !self.entries.is_empty() {
            let numbers: [_; CHUNK] = std::array::from_fn(|_| self.entries.pop());
            for number in numbers.into_iter().flatten() {
                entries.get(number as usize).into_iter().flatten().for_each(|&value| prefetch_mark(value));
            }
            for number in numbers.into_iter().flatten() {
                if let Some(entry) = entries.get_mut(number as usize) {
                    clear_value(entry);
                    if self.keys {
                        clear_key(entry);
                    }
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
        let object = self.table.get_mut();
        object.header.flags &= !flags::DYING;
        if let Some(Hidden { length, capacity, indexed, .. }) = self.hidden {
            (object.array_len, object.array_cap) = (length, capacity);
            if !indexed {
                object.header.flags &= !flags::INDEXED;
            }
        }
    }
}

impl Hidden {
    /// Looks at some more elements, then at the end, where none is to be nil; whether that is done.
    fn clear(&mut self, table: Table, budget: &mut Budget) -> bool {
        let array = table.get_ref().array;
        // SAFETY: the vector of the array part has so many values.
        let values = unsafe { std::slice::from_raw_parts_mut(array, self.capacity as usize) };
        while !self.elements.is_empty() {
            let numbers: [_; CHUNK] = std::array::from_fn(|_| self.elements.pop());
            for number in numbers.into_iter().flatten() {
                values.get(number as usize).into_iter().for_each(|&value| prefetch_mark(value));
            }
            for number in numbers.into_iter().flatten() {
                values.get_mut(number as usize).into_iter().for_each(|value| {
                    clear_candidate(value);
                });
            }
            if budget.spend(CHUNK / 2) {
                return false;
            }
        }
        while self.length > 0 && values[self.length as usize - 1].is_nil() {
            self.length -= 1;
            if self.length as usize % CHUNK == 0 && budget.spend(CHUNK / 16) {
                return false;
            }
        }
        true
    }
}

impl Heap {
    /// Has the dead among these entries and elements cleared later, if that is possible and worth it. Otherwise they are left to the
    /// caller.
    pub(super) fn let_die(&mut self, table: Table, entries: &mut Segments<u32>, elements: &mut Segments<u32>, later: Later) {
        // Of tables with a role, caches know places; in stress mode, what is dead is freed at once.
        let lookups_ask = table.get_ref().shape.get().mode == Mode::Dictionary && !table.has_role();
        let may_wait = later.values && entries.len() >= LEAST && lookups_ask;
        let may_hide = later.elements && elements.len() >= LEAST;
        if !may_wait && !may_hide || self.is_stressed() {
            return;
        }
        self.settle(table);
        let entries = if may_wait { std::mem::take(entries) } else { Segments::default() };
        let mut dying = Dying::new(table, entries, later.keys);
        if may_hide {
            dying.hide(std::mem::take(elements));
        }
        table.get_mut().header.flags |= flags::DYING;
        self.dying_tables.push(dying);
    }

    /// Whether there are tables that are being cleared.
    pub(super) fn has_dying_tables(&self) -> bool {
        !self.dying_tables.is_empty()
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
