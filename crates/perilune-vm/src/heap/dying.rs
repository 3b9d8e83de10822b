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
//!
//! Small tables get the flag before it is known what is dead ([`super::small_weak`]): nothing in them is before that.

use super::Heap;
use super::barrier::heap_of;
use super::budget::Budget;
use super::mark::{is_collectable_dead, prefetch_mark};
use super::segments::Segments;
use super::small_weak::SmallWeak;
use super::weak::{clear_candidate, clear_key, clear_value};
use crate::object::{Header, Values, flags};
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
    /// Numbers of elements of a hidden array part that are to be looked at yet.
    elements: Segments<u32>,
}

/// Which objects that are not marked are dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reaping {
    /// None of those that anybody can come to.
    #[default]
    Nothing,
    /// Those that weak tables have as values.
    Values,
    /// All.
    All,
}

/// Whether a value found in a table with the flag is not there any more.
#[cold]
pub(crate) fn is_dead(value: Value) -> bool {
    is_collectable_dead(value) && heap_of(value.pointer::<Header>()).reaping != Reaping::Nothing
}

/// The same of a key.
#[cold]
pub(crate) fn is_dead_key(key: Value) -> bool {
    is_collectable_dead(key) && heap_of(key.pointer::<Header>()).reaping == Reaping::All
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
    let place = table.hidden_array().get_mut(usize::try_from(index).ok()?)?;
    if is_dead(*place) {
        *place = Value::NIL;
    }
    Some(place)
}

/// The same, of an element that is going to be stored: the one after the last, if there is room, becomes one.
#[cold]
#[inline(never)]
pub(crate) fn element_for_store(table: Table, index: u64) -> Option<*mut Value> {
    if is_hidden(table) {
        let hidden = hidden(table);
        if index == u64::from(hidden.length) && (index as usize) < hidden.capacity && !hidden.indexed {
            set_hidden_length(table, hidden.length + 1);
        }
    }
    element(table, index)
}

/// A border of a table with the flag whose array part is hidden.
#[cold]
#[inline(never)]
pub(crate) fn border(table: Table) -> Option<u32> {
    let array = is_hidden(table).then(|| table.hidden_array())?;
    let is_there = |number: usize| !array[number - 1].is_nil() && !is_dead(array[number - 1]);
    let (mut there, mut absent) = (0, array.len());
    if absent == 0 || is_there(absent) {
        return Some(absent as u32);
    }
    while absent - there > 1 {
        let middle = there + (absent - there) / 2;
        if is_there(middle) { there = middle } else { absent = middle }
    }
    Some(there as u32)
}

/// Elements, and room for them, of a table with the flag.
#[cold]
pub(crate) fn extent(table: Table) -> (u32, u32) {
    if !is_hidden(table) {
        return (table.get_ref().array_len, table.get_ref().array_cap);
    }
    let hidden = hidden(table);
    (hidden.length, hidden.capacity as u32)
}

/// Clears the rest of a table with the flag if its array part is hidden; whether it was.
#[cold]
#[inline(never)]
pub(crate) fn unhide(table: Table) -> bool {
    let hidden = is_hidden(table);
    if hidden {
        settle(table);
    }
    hidden
}

/// Whether a table with the flag has an array part that is hidden.
#[cold]
fn is_hidden(table: Table) -> bool {
    table.get_ref().array_cap == 0 && !table.get_ref().array.is_null()
}

/// What a table does not say of its array part while that is hidden. The header of its vector does.
#[derive(Clone, Copy)]
struct Hidden {
    length: u32,
    capacity: usize,
    /// Whether there are integers elsewhere.
    indexed: bool,
}

fn hidden(table: Table) -> Hidden {
    // SAFETY: the caller knows of an array part.
    let vector = unsafe { Values::of_data(table.get_ref().array).as_ref() };
    Hidden { length: vector.header.aux, capacity: vector.capacity, indexed: vector.header.extra != 0 }
}

fn set_hidden_length(table: Table, length: u32) {
    // SAFETY: as above. A helper reads the capacity only.
    unsafe { Values::of_data(table.get_ref().array).as_mut() }.header.aux = length;
}

/// Takes the array part of a table with the flag out of everybody's sight.
pub(super) fn hide(table: Table) {
    let object = table.get_mut();
    // SAFETY: the caller knows of an array part.
    let header = &mut unsafe { Values::of_data(object.array).as_mut() }.header;
    header.aux = object.array_len;
    header.extra = u8::from(object.header.flags & flags::INDEXED != 0);
    (object.array_len, object.array_cap) = (0, 0);
    object.header.flags |= flags::INDEXED;
}

/// Puts an end to the hiding, if there is one.
pub(super) fn show(table: Table) {
    if is_hidden(table) {
        let Hidden { length, capacity, indexed } = hidden(table);
        let object = table.get_mut();
        (object.array_len, object.array_cap) = (length, capacity as u32);
        if !indexed {
            object.header.flags &= !flags::INDEXED;
        }
    }
}

impl Table {
    /// The elements of an array part that is hidden.
    pub(super) fn hidden_array<'a>(self) -> &'a mut [Value] {
        if !is_hidden(self) {
            return &mut [];
        }
        // SAFETY: the array part has so many elements; as with `Table::array`.
        unsafe { std::slice::from_raw_parts_mut(self.get_ref().array, hidden(self).length as usize) }
    }
}

impl Dying {
    /// Looks at some more entries and elements; whether none are left.
    fn clear(&mut self, budget: &mut Budget) -> bool {
        self.clear_entries(budget) && self.clear_elements(budget)
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

    /// Looks at some more elements, then at the end, where none is to be nil; whether that is done.
    fn clear_elements(&mut self, budget: &mut Budget) -> bool {
        let array = self.table.hidden_array();
        while !self.elements.is_empty() {
            let numbers: [_; CHUNK] = std::array::from_fn(|_| self.elements.pop());
            for number in numbers.into_iter().flatten() {
                array.get(number as usize).into_iter().for_each(|&value| prefetch_mark(value));
            }
            for number in numbers.into_iter().flatten() {
                array.get_mut(number as usize).into_iter().for_each(|value| {
                    clear_candidate(value);
                });
            }
            if budget.spend(CHUNK / 2) {
                return false;
            }
        }
        let mut length = array.len();
        while length > 0 && array[length - 1].is_nil() {
            length -= 1;
            if length.is_multiple_of(CHUNK) && budget.spend(CHUNK / 16) {
                set_hidden_length(self.table, length as u32);
                return false;
            }
        }
        if is_hidden(self.table) {
            set_hidden_length(self.table, length as u32);
        }
        true
    }

    fn finish(mut self) {
        self.clear(&mut Budget::unlimited());
        self.table.get_mut().header.flags &= !flags::DYING;
        show(self.table);
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
        table.get_mut().header.flags |= flags::DYING;
        let mut dying = Dying { table, entries, keys: later.keys, elements: Segments::default() };
        if may_hide {
            hide(table);
            dying.elements = std::mem::take(elements);
        }
        self.dying_tables.push(dying);
    }

    /// Whether there are tables with dead values to be cleared.
    pub(super) fn has_dying_values(&self) -> bool {
        !self.dying_tables.is_empty() || self.put_off.has_values()
    }

    /// Clears big tables for a while; whether none are left.
    fn clear_dying_tables(&mut self, budget: &mut Budget) -> bool {
        while let Some(mut dying) = self.dying_tables.pop() {
            if !dying.clear(budget) {
                self.dying_tables.push(dying);
                return false;
            }
            dying.finish();
        }
        true
    }

    /// Clears dead values for a while; whether none are left. `again`: tables that may have dead keys, too.
    pub(super) fn clear_dying_values(&mut self, budget: &mut Budget, again: &mut Segments<SmallWeak>) -> bool {
        let done = self.clear_dying_tables(budget) && self.clear_put_off_values(budget, again);
        if done {
            self.reaping = Reaping::Nothing;
        }
        done
    }

    /// Clears tables for a while; whether none are left. All that is not marked is dead.
    pub(super) fn clear_dying(&mut self, budget: &mut Budget) -> bool {
        let done = self.clear_dying_tables(budget) && self.clear_put_off(budget);
        if done {
            self.reaping = Reaping::Nothing;
        }
        done
    }

    /// A marking is given up, or has come to its end.
    pub(super) fn settle_all(&mut self) {
        if self.reaping == Reaping::All {
            self.clear_dying(&mut Budget::unlimited());
        }
        self.clear_dying_tables(&mut Budget::unlimited());
        self.forget_put_off();
        self.reaping = Reaping::Nothing;
    }

    /// Clears the rest of a table with the flag.
    pub(super) fn settle(&mut self, table: Table) {
        if let Some(at) = self.dying_tables.iter().position(|dying| dying.table == table) {
            self.dying_tables.swap_remove(at).finish();
        } else if table.is_dying() {
            self.settle_small(table);
        }
    }
}
