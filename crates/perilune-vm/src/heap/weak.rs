//! Weak tables: ephemerons to a fixed point, then dead entries are removed.
//!
//! Small tables are looked at as a whole at the end of a marking. Big ones are looked at in slices before that. Only those
//! entries that may be dead then, the *candidates*, count at the end: what was alive stays so, and what is stored later is
//! marked by the barrier.

use super::Heap;
use super::budget::Budget;
use super::dying::Later;
use super::mark::{Marker, Strength, is_collectable_dead, is_marked, prefetch_mark};
use super::segments::Segments;
use crate::global::Global;
use crate::object::flags;
use crate::table::{Table, dead_key};
use crate::value::{TAG_STRING, Value};
use std::ops::Range;

/// Tables with more values than this are looked at in slices.
pub(super) const BIG: usize = 512;
/// Entries looked at between looks at the budget.
const CHUNK: usize = 128;

/// A big weak table that was reached by the marking in progress.
pub(crate) struct BigWeak {
    table: Table,
    strength: Strength,
    /// Its storage when it was first looked at: if it gets another one, it is looked at anew.
    storage: [usize; 2],
    /// Entries, then elements seen.
    entries: usize,
    elements: usize,
    /// Numbers of entries that may be dead.
    entry_candidates: Segments<u32>,
    /// Elements that were not looked at before the end of the marking.
    unseen: Range<usize>,
    /// Numbers of elements that may be dead.
    element_candidates: Segments<u32>,
}

fn storage_of(table: Table) -> [usize; 2] {
    [table.get_ref().slots as usize, table.get_ref().array as usize]
}

impl BigWeak {
    pub(super) fn new(table: Table, strength: Strength) -> BigWeak {
        let storage = storage_of(table);
        let (entry_candidates, element_candidates) = (Segments::default(), Segments::default());
        BigWeak { table, strength, storage, entries: 0, elements: 0, unseen: 0..0, entry_candidates, element_candidates }
    }

    pub(super) fn is_of(&self, table: Table) -> bool {
        self.table == table
    }

    /// Looks at the table until nothing is left or the budget is spent; whether the former.
    fn scan(&mut self, marker: &mut Marker, budget: &mut Budget) -> bool {
        if self.storage != storage_of(self.table) {
            *self = BigWeak::new(self.table, self.strength);
        }
        let (entries, elements) = (self.table.entries_unsettled(), self.table.array_in_sight());
        while self.entries < entries.len() {
            let end = (self.entries + CHUNK).min(entries.len());
            for (number, entry) in entries[self.entries..end].iter_mut().enumerate() {
                if !marker.weak_entry(self.strength, entry) {
                    self.entry_candidates.push((self.entries + number) as u32);
                    if self.strength == Strength::Ephemeron {
                        watch_key(entry[0]);
                    }
                }
            }
            self.entries = end;
            if budget.spend(CHUNK) {
                return false;
            }
        }
        while self.elements < elements.len() {
            let end = (self.elements + CHUNK).min(elements.len());
            for (number, &value) in elements[self.elements..end].iter().enumerate() {
                if !marker.weak_value(self.strength, value) {
                    self.element_candidates.push((self.elements + number) as u32);
                }
            }
            self.elements = end;
            if budget.spend(CHUNK) {
                return false;
            }
        }
        self.table.shared_slots().iter().for_each(|&value| {
            marker.weak_value(self.strength, value);
        });
        true
    }

    /// Removes what is dead: entries with dead values, and elements, or leaves it to be cleared `later`.
    fn clear_values(&mut self, heap: &mut Heap, later: Later) -> bool {
        // Without a second look, dead keys go with dead values.
        let values = later.values && (later.keys || self.strength == Strength::WeakValues);
        heap.let_die(self.table, &mut self.entry_candidates, &mut self.element_candidates, Later { values, ..later });
        let (mut lost, mut trim) = (false, false);
        let entries = if self.entry_candidates.is_empty() { &mut [] } else { self.table.entries() };
        for &number in self.entry_candidates.iter() {
            if let Some(entry) = entries.get_mut(number as usize) {
                lost |= clear_value(entry);
            }
        }
        let elements = self.table.array_in_sight();
        for numbers in std::mem::take(&mut self.element_candidates).chunks(CHUNK) {
            numbers.iter().filter_map(|&number| elements.get(number as usize)).for_each(|&value| prefetch_mark(value));
            for &number in numbers {
                if let Some(value) = elements.get_mut(number as usize) {
                    trim |= clear_candidate(value);
                }
            }
        }
        for value in elements.get_mut(self.unseen.clone()).into_iter().flatten() {
            trim |= clear_slot(value);
        }
        self.table.shared_slots().iter_mut().for_each(|value| {
            clear_slot(value);
        });
        if self.strength == Strength::WeakValues {
            self.entry_candidates = Segments::default();
        }
        if trim {
            self.table.trim_array();
        }
        lost && self.table.has_role()
    }

    /// Removes entries with dead keys.
    fn clear_keys(&mut self, heap: &mut Heap, later: Later) {
        heap.let_die(self.table, &mut self.entry_candidates, &mut Segments::default(), later);
        let entries = if self.entry_candidates.is_empty() { &mut [] } else { self.table.entries() };
        for &number in self.entry_candidates.iter() {
            if let Some(entry) = entries.get_mut(number as usize) {
                clear_key(entry);
            }
        }
    }
}

impl Marker {
    /// Looks at an entry of a weak table: marks what it keeps alive, its strings and numbers if it stays; whether that is
    /// decided, as nothing of it is dead for now.
    pub(super) fn weak_entry(&mut self, strength: Strength, entry: &mut [Value; 2]) -> bool {
        let [key, value] = *entry;
        if value.is_nil() {
            if key.is_heap() {
                entry[0] = dead_key(key);
            }
            return true;
        }
        match strength {
            Strength::WeakValues => {
                self.value(key);
                self.weak_value(strength, value)
            }
            Strength::Ephemeron | Strength::Strong if is_collectable_dead(key) => false,
            Strength::Ephemeron | Strength::Strong => {
                self.plain_value(key);
                self.value(value);
                true
            }
            Strength::Weak => {
                // Even if the entry goes: otherwise it would have to be looked at again when that is known.
                self.plain_value(key);
                self.plain_value(value);
                !is_collectable_dead(key) && !is_collectable_dead(value)
            }
        }
    }

    /// The same for a value with a key that is no object.
    pub(super) fn weak_value(&mut self, strength: Strength, value: Value) -> bool {
        if strength == Strength::Ephemeron {
            self.value(value);
            return true;
        }
        let stays = !is_collectable_dead(value);
        if stays {
            self.plain_value(value);
        }
        stays
    }

    /// Notes a big weak table.
    pub(super) fn note_big(&mut self, table: Table, strength: Strength) {
        match self.big_weak.iter_mut().find(|big| big.is_of(table)) {
            Some(big) => *big = BigWeak::new(table, strength),
            None => self.big_weak.push(BigWeak::new(table, strength)),
        }
    }

    /// Looks at big weak tables until nothing is left to see; whether it came to that.
    pub(crate) fn scan_weak(&mut self, budget: &mut Budget) -> bool {
        if !self.scan_small_weak(budget) {
            return false;
        }
        let mut tables = std::mem::take(&mut self.big_weak);
        let done = tables.iter_mut().all(|big| big.scan(self, budget));
        // Nothing is found meanwhile: finding is for the tracing.
        self.big_weak = tables;
        done
    }

    /// Has the tracing tell if it comes to a key after all.
    pub(super) fn await_key(&mut self, key: Value, table: Table) {
        if let Some(cell) = key.header() {
            watch_key(key);
            self.awaited.add(cell, table);
        }
    }

    /// Looks at caches and at transitions of shapes; whether all were looked at. What refers to reached shapes only needs no
    /// more looks: what is noted later is kept by [`super::barrier::noted`].
    pub(crate) fn scan_caches(&mut self, budget: &mut Budget) -> bool {
        while let Some(proto) = self.protos.pop() {
            if proto.has_dead(&is_marked) {
                self.doubtful_protos.push(proto);
            }
            if budget.spend(1 + proto.get().caches.len() / 4) {
                return false;
            }
        }
        while let Some(shape) = self.shapes.pop() {
            if shape.has_dead(&is_marked) {
                self.doubtful_shapes.push(shape);
            }
            if budget.spend(1) {
                return false;
            }
        }
        true
    }

    /// At the end of a full marking: caches and transitions forget dead shapes.
    pub(crate) fn clear_caches(&mut self) {
        debug_assert!(self.protos.is_empty() && self.shapes.is_empty());
        self.doubtful_protos.iter().for_each(|proto| proto.clear_dead(&is_marked));
        self.doubtful_shapes.iter().for_each(|shape| shape.clear_dead(&is_marked));
    }

    /// Marks what is left to mark, and what ephemeron tables keep alive, until nothing more follows; whether it came to that.
    pub(crate) fn converge(&mut self, g: &Global, budget: &mut Budget) -> bool {
        loop {
            if !self.drain(g, budget) {
                return false;
            }
            while let Some(key) = self.found_keys.pop() {
                self.found_key(Value::from_header(key));
                if budget.spend(2) {
                    return false;
                }
            }
            if self.is_done() {
                return true;
            }
        }
    }

    /// Marks what a key of ephemeron tables keeps alive, which was reached after they were looked at.
    fn found_key(&mut self, key: Value) {
        if let Some(cell) = key.header() {
            let awaited = std::mem::take(&mut self.awaited);
            for place in awaited.tables(cell).filter_map(|table| table.find_for_collector(key)) {
                // SAFETY: a place in the table.
                self.value(unsafe { *place });
            }
            self.awaited = awaited;
        }
        for number in 0..self.big_weak.len() {
            let BigWeak { table, strength, .. } = self.big_weak[number];
            if strength == Strength::Ephemeron
                && let Some(place) = table.find_for_collector(key)
            {
                // SAFETY: a place in the table.
                self.value(unsafe { *place });
            }
        }
    }

    /// Removes entries with dead values from weak tables, of big ones perhaps `later`; whether a table with a role lost one, which
    /// inline caches may have found there or through it.
    pub(crate) fn clear_weak_values(&mut self, later: Later) -> bool {
        let mut lost = self.clear_small_values();
        let heap = self.heap();
        for big in self.big_weak.iter_mut().filter(|big| big.strength != Strength::Ephemeron) {
            big.complete();
            lost |= big.clear_values(heap, later);
        }
        lost
    }

    /// At the end of a marking: removes entries with dead keys, and marks the strings and boxed numbers that weak tables hold.
    /// Those are values, and stay.
    pub(crate) fn finish_weak(&mut self, later: Later) {
        let heap = self.heap();
        let mut tables = std::mem::take(&mut self.big_weak);
        for big in &mut tables {
            big.complete();
            big.clear_keys(heap, later);
        }
        self.clear_small_keys();
    }
}

impl BigWeak {
    /// If the table got another storage, or grew, since it was looked at, everything new there is a candidate.
    fn complete(&mut self) {
        if self.storage != storage_of(self.table) {
            *self = BigWeak::new(self.table, self.strength);
        }
        // What is stored in a hidden array part is marked.
        let (entries, elements) = (self.table.entries_unsettled().len(), self.table.get_ref().array_len as usize);
        self.entry_candidates.extend(self.entries as u32..entries.max(self.entries) as u32);
        if self.elements < elements {
            self.unseen = self.elements..elements;
        }
        (self.entries, self.elements) = (entries, elements.max(self.elements));
    }
}

/// Has the tracing tell when it comes to a key.
fn watch_key(key: Value) {
    if let Some(mut cell) = key.header() {
        // SAFETY: the table holds the key; a dead one is not freed before the end of the marking.
        unsafe { cell.as_mut() }.flags |= flags::EPHEMERON_KEY;
    }
}

/// Clears a value without a key; whether it was dead.
pub(super) fn clear_slot(value: &mut Value) -> bool {
    let dead = is_collectable_dead(*value);
    if dead {
        *value = Value::NIL;
    }
    dead
}

/// Clears an element that was an unmarked object when it was looked at; whether it is dead. What was stored since is marked,
/// so there is no need to look at the object itself, which would take most of the time.
pub(super) fn clear_candidate(value: &mut Value) -> bool {
    let dead = value.is_heap() && value.tag() != TAG_STRING && !is_marked(value.pointer());
    if dead {
        debug_assert!(!value.is_int());
        *value = Value::NIL;
    }
    dead
}

/// Removes an entry if its value is dead; whether it was.
pub(super) fn clear_value(entry: &mut [Value; 2]) -> bool {
    let dead = clear_slot(&mut entry[1]);
    if entry[1].is_nil() && entry[0].is_heap() {
        entry[0] = dead_key(entry[0]);
    }
    dead
}

/// Removes an entry if its key is dead.
pub(super) fn clear_key(entry: &mut [Value; 2]) {
    if is_collectable_dead(entry[0]) {
        *entry = [dead_key(entry[0]), Value::NIL];
    }
}
