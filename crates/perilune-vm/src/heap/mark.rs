//! Marking: the set of reached cells, with an explicit stack. What each kind of cell refers to is said here, once.

use super::Heap;
use super::block::Block;
use super::budget::Budget;
use super::segments::Segments;
use super::sharing::Sharing;
use super::tracer::Handed;
use super::weak::{self, BigWeak};
use crate::function::{LuaClosure, NativeClosure, Upvalue};
use crate::global::{Event, Global};
use crate::object::{Header, Kind, Values, flags};
use crate::proto::{Proto, ProtoRef};
use crate::shape::{Shape, ShapeRef};
use crate::string::Str;
use crate::table::{Table, TableObject};
use crate::thread::{Thread, ThreadRef};
use crate::userdata::Userdata;
use crate::value::{TAG_STRING, Value};
use std::io::Write;
use std::ptr::NonNull;

/// How a table holds its contents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    Strong,
    WeakValues,
    Ephemeron,
    Weak,
}

/// A marking in progress.
pub struct Marker {
    heap: NonNull<Heap>,
    stack: Segments<NonNull<Header>>,
    /// Whether a helper may be marking, too.
    pub(super) shared: bool,
    /// Who else marks.
    pub(super) sharing: Sharing,
    /// What the helper left to this thread.
    pub(super) handed: Handed,
    /// Whether it was decided if a helper takes part.
    pub(super) begun: bool,
    /// Whether the helper was called back for good.
    pub(super) recalled: bool,
    /// Whether weak tables and caches were looked at, so that no helper may find anything.
    pub(super) late: bool,
    /// Units of work that tracing the last object took beyond the usual one.
    work: usize,
    /// Big tables that have been traced in part.
    partial: Vec<Partial>,
    /// Whether everything is marked anew.
    pub(crate) full: bool,
    /// How often in a row a slice was not done with what had changed while the program ran.
    pub(super) misses: u32,
    /// Whether the program is at a safepoint. Otherwise no stack may move: compiled code knows where captured variables are.
    pub(crate) at_safepoint: bool,
    pub(crate) weak_values: Vec<Table>,
    pub(crate) ephemerons: Vec<Table>,
    pub(crate) all_weak: Vec<Table>,
    /// Weak tables of any strength that are not looked at at a stretch.
    pub(super) big_weak: Vec<BigWeak>,
    /// Keys of big ephemeron tables that were reached after the table was looked at.
    pub(super) found_keys: Segments<NonNull<Header>>,
    /// What refers to shapes weakly: reached, and yet to be looked at.
    pub(super) protos: Segments<ProtoRef>,
    pub(super) shapes: Segments<ShapeRef>,
    /// Those that referred to shapes which were not reached then: they may be dead in the end.
    pub(super) doubtful_protos: Segments<ProtoRef>,
    pub(super) doubtful_shapes: Segments<ShapeRef>,
    /// Batches of objects that wait for their finalizers that have been marked.
    pub(super) finalizing: usize,
}

/// How far the tracing of a big table has come. While it goes on, the barrier marks what is stored anywhere in the table.
#[derive(Clone, Copy)]
struct Partial {
    table: Table,
    /// Entries (or slots) seen.
    entries: usize,
    /// Elements seen.
    elements: usize,
}

/// Values of a big table that are traced at a time.
const CHUNK: usize = 256;
/// Values that are looked at in a unit of work.
const VALUES_OF_A_UNIT: usize = 4;
/// Bytes of a native stack that are looked at in a unit of work.
const WORDS_OF_A_UNIT: usize = 64;
/// Units of work that coming to a native stack takes: its memory has not been in use for long.
const NATIVE_STACK: usize = 16;

/// Whether a cell is marked.
#[inline]
pub(crate) fn is_marked(cell: NonNull<Header>) -> bool {
    Block::of(cell).is_marked(cell)
}

impl Marker {
    pub(crate) fn new(heap: &Heap, full: bool) -> Marker {
        Marker {
            heap: NonNull::from(heap),
            stack: Segments::default(),
            shared: false,
            sharing: Sharing::Alone,
            handed: Handed::default(),
            begun: false,
            recalled: false,
            late: false,
            work: 0,
            partial: Vec::new(),
            full,
            misses: 0,
            at_safepoint: false,
            weak_values: Vec::new(),
            ephemerons: Vec::new(),
            all_weak: Vec::new(),
            big_weak: Vec::new(),
            found_keys: Segments::default(),
            protos: Segments::default(),
            shapes: Segments::default(),
            doubtful_protos: Segments::default(),
            doubtful_shapes: Segments::default(),
            finalizing: 0,
        }
    }

    /// Whether no marked object waits to be traced.
    pub(crate) fn is_done(&self) -> bool {
        self.stack.is_empty() && self.partial.is_empty() && self.found_keys.is_empty()
    }

    /// How many marked objects wait to be traced.
    pub(super) fn waiting(&self) -> usize {
        self.stack.len()
    }

    pub(super) fn is_stack_empty(&self) -> bool {
        self.stack.is_empty()
    }

    pub(super) fn pop(&mut self) -> Option<NonNull<Header>> {
        self.stack.pop()
    }

    /// Takes more marked objects to trace.
    pub(super) fn append(&mut self, cells: &mut Segments<NonNull<Header>>) {
        self.stack.append(cells);
    }

    #[inline(always)]
    pub(super) fn heap<'a>(&self) -> &'a mut Heap {
        // SAFETY: the heap stays in place and outlives a marking of it; callers keep no reference to it across this one's use.
        unsafe { &mut *self.heap.as_ptr() }
    }

    /// Marks a value.
    #[inline(always)]
    pub(crate) fn value(&mut self, value: Value) {
        if !value.is_heap() {
            return;
        }
        let cell = value.pointer::<Header>();
        if value.tag() == TAG_STRING {
            self.mark_only(cell);
        } else {
            self.cell(cell);
        }
    }

    /// Marks a cell, and what it refers to before [`Marker::drain`] is done.
    #[inline(always)]
    pub(crate) fn cell(&mut self, cell: NonNull<Header>) {
        if self.mark_only(cell) {
            self.stack.push(cell);
        }
    }

    /// Marks a cell but not what it refers to; whether it was unmarked.
    #[inline(always)]
    fn mark_only(&mut self, cell: NonNull<Header>) -> bool {
        let block = Block::of(cell);
        let fresh = block.mark(cell, self.shared);
        if fresh {
            self.heap().marked += block.header().cell_size;
        }
        fresh
    }

    /// Traces an object, whether or not that has happened before.
    pub(crate) fn retrace(&mut self, cell: NonNull<Header>) {
        self.mark_only(cell);
        self.stack.push(cell);
    }

    /// Marks the cell that an arbitrary word points into, if it does.
    #[inline]
    pub(crate) fn ambiguous(&mut self, word: u64) {
        if let Some(cell) = self.heap().find_cell(word) {
            self.cell(cell);
        }
    }

    /// Marks all words in a range of addresses as ambiguous.
    pub(crate) fn ambiguous_range(&mut self, low: usize, high: usize) {
        let mut at = low & !7;
        while at + 8 <= high {
            // SAFETY: the caller names a readable range of a native stack.
            self.ambiguous(unsafe { (at as *const u64).read_volatile() });
            at += 8;
        }
    }

    /// Takes what the barrier marked.
    pub(crate) fn take_grey(&mut self) {
        self.stack.append(&mut self.heap().grey);
    }

    /// Takes what the barrier noticed. What was remembered may change again, so it is better taken late.
    pub(crate) fn take_noticed(&mut self) {
        let heap = self.heap();
        self.stack.append(&mut heap.remembered);
        self.take_grey();
        (heap.debt, heap.ending) = (0, true);
    }

    /// Follows references; whether nothing is left to do.
    pub(crate) fn drain(&mut self, g: &Global, budget: &mut Budget) -> bool {
        loop {
            // What is traced a little later is fetched into the processor's cache meanwhile.
            let mut ahead: [Option<NonNull<Header>>; AHEAD] = [None; AHEAD];
            let mut at = 0;
            let mut waiting = 0;
            while !budget.is_over() {
                let next = self.stack.pop();
                if next.is_none() && waiting == 0 {
                    break;
                }
                if let Some(cell) = next {
                    prefetch(cell);
                    waiting += 1;
                }
                if let Some(cell) = std::mem::replace(&mut ahead[at], next) {
                    waiting -= 1;
                    self.trace_one(g, cell, budget);
                }
                at = (at + 1) % AHEAD;
            }
            self.stack.extend(ahead.into_iter().flatten());
            if budget.is_over() {
                return self.is_done() && !self.has_finalizing(g);
            }
            if let Some(partial) = self.partial.pop() {
                self.trace_chunk(partial);
                budget.spend(CHUNK / VALUES_OF_A_UNIT);
            } else if !self.some_finalizing(g, budget) {
                return true;
            }
        }
    }

    /// Traces an object.
    #[inline(always)]
    pub(super) fn trace_one(&mut self, g: &Global, cell: NonNull<Header>, budget: &mut Budget) {
        self.trace(g, cell);
        budget.spend(1 + std::mem::take(&mut self.work));
    }

    /// Traces what is left of big tables; whether it came to an end.
    pub(super) fn trace_parts(&mut self, budget: &mut Budget) -> bool {
        while let Some(partial) = self.partial.pop() {
            self.trace_chunk(partial);
            if budget.spend(CHUNK / VALUES_OF_A_UNIT) {
                return false;
            }
        }
        true
    }

    fn trace(&mut self, g: &Global, mut cell: NonNull<Header>) {
        // SAFETY: only initialised cells of the kind their header names are pushed.
        unsafe {
            let flags = &mut cell.as_mut().flags;
            if *flags & flags::EPHEMERON_KEY != 0 {
                *flags &= !flags::EPHEMERON_KEY;
                self.found_keys.push(cell);
            }
            cell.as_ref().set_black(true);
            match cell.as_ref().kind() {
                Kind::Table => self.trace_table(g, Table(cell.cast::<TableObject>())),
                Kind::LuaClosure => self.trace_closure(cell.cast()),
                Kind::NativeClosure => {
                    for &mut value in NativeClosure::upvalues(cell.cast()) {
                        self.value(value);
                    }
                }
                Kind::Userdata => self.trace_userdata(Userdata(cell.cast())),
                Kind::Thread => self.trace_thread(g, ThreadRef(cell.cast::<Thread>())),
                Kind::Upvalue => self.value(*cell.cast::<Upvalue>().as_ref().place),
                Kind::Proto => self.trace_proto(ProtoRef(cell.cast::<Proto>())),
                Kind::Shape => self.trace_shape(ShapeRef(cell.cast::<Shape>())),
                // Reached through an ambiguous word only: its table may be gone while the vector is in use.
                Kind::Values => self.trace_values(cell.cast()),
                Kind::String | Kind::WideInt => {}
                Kind::Free => dangling(cell),
            }
        }
    }

    fn trace_values(&mut self, values: NonNull<Values>) {
        // SAFETY: a vector's values are initialised up to its capacity.
        let values = unsafe { std::slice::from_raw_parts(Values::data(values), values.as_ref().capacity) };
        self.work += values.len() / VALUES_OF_A_UNIT;
        for &value in values {
            self.value(value);
        }
    }

    unsafe fn trace_closure(&mut self, closure: NonNull<LuaClosure>) {
        // SAFETY: the caller reached a closure; its count says how many upvalues are initialised.
        unsafe {
            self.cell(closure.as_ref().proto.0.cast());
            for index in 0..LuaClosure::upvalue_count(closure) {
                self.cell(LuaClosure::upvalue(closure, index).0.cast());
            }
        }
    }

    fn trace_userdata(&mut self, userdata: Userdata) {
        let object = userdata.get_mut();
        if let Some(meta) = object.meta {
            self.cell(meta.cell());
        }
        for &value in &object.user_values {
            self.value(value);
        }
    }

    fn trace_proto(&mut self, proto: ProtoRef) {
        if self.full {
            self.protos.push(proto);
        }
        self.work += proto.get().consts.len() / VALUES_OF_A_UNIT;
        proto.trace(&mut |cell| self.cell(cell));
    }

    fn trace_shape(&mut self, shape: ShapeRef) {
        if self.full {
            self.shapes.push(shape);
        }
        shape.trace(&mut |cell| self.cell(cell));
    }

    fn trace_thread(&mut self, g: &Global, thread: ThreadRef) {
        let t = thread.get();
        let (mut at, end) = (t.stack, t.live_end());
        // SAFETY: both are places of the stack.
        self.work += unsafe { end.offset_from(at) }.unsigned_abs() / VALUES_OF_A_UNIT;
        while at < end {
            // SAFETY: below the stack's end.
            self.value(unsafe { *at });
            // SAFETY: as above.
            at = unsafe { at.add(1) };
        }
        self.running_code(t);
        self.value(t.hook.function);
        if let Some(resumer) = t.resumer {
            self.cell(resumer.cell());
        }
        let mut upvalue = t.open_upvalues;
        while let Some(open) = upvalue {
            self.cell(open.0.cast());
            // SAFETY: open upvalues are live.
            upvalue = unsafe { open.0.as_ref() }.next_open;
        }
        if t.native_top != 0 {
            let ambiguous = t.ambiguous_native_stack();
            self.work += NATIVE_STACK + ambiguous.len() / WORDS_OF_A_UNIT;
            self.ambiguous_range(ambiguous.start, ambiguous.end);
            self.native_segments(t);
        }
        if thread != g.running {
            // It stays as it is until it runs again, and is looked at again then.
            t.clear_unused_stack();
            if self.full {
                t.shrink_frames();
                if self.at_safepoint {
                    t.shrink_stack();
                }
            }
        }
    }

    /// Marks what the compiled code of functions in progress refers to.
    fn running_code(&mut self, t: &Thread) {
        let mut frame = t.frame;
        while !frame.is_null() {
            // SAFETY: frames in use are initialised nodes, and a Lua frame's closure stands in its place.
            let node = unsafe { &*frame };
            if node.is_lua() {
                // SAFETY: as above.
                let tier = unsafe { node.closure().as_ref() }.proto.tier();
                tier.trace_functions(&mut |cell| self.cell(cell));
            }
            frame = node.prev;
        }
    }

    fn trace_table(&mut self, g: &Global, table: Table) {
        let object = table.get_ref();
        self.cell(object.shape.cell());
        for storage in [table.slot_storage(), table.array_storage()].into_iter().flatten() {
            self.mark_only(storage);
        }
        let strength = strength(g, table);
        if object.shape.get().own_meta_slot.is_some()
            && let Some(meta) = object.own_meta()
        {
            // It stands among the fields, of which some may be weak.
            self.cell(meta.cell());
        }
        if strength != Strength::Strong && object.array_len as usize + object.slot_cap as usize > weak::BIG {
            return self.note_big(table, strength);
        }
        match strength {
            Strength::Strong => self.trace_strong(table),
            Strength::WeakValues => {
                self.trace_keys(table);
                self.weak_values.push(table);
            }
            Strength::Ephemeron => {
                self.trace_ephemeron(table);
                self.ephemerons.push(table);
            }
            Strength::Weak => self.all_weak.push(table),
        }
    }

    fn trace_strong(&mut self, table: Table) {
        let object = table.get_ref();
        if object.array_len as usize + object.slot_cap as usize > CHUNK {
            self.partial.push(Partial { table, entries: 0, elements: 0 });
            return;
        }
        self.work += object.array_len as usize / VALUES_OF_A_UNIT + object.slot_cap as usize / VALUES_OF_A_UNIT;
        for &mut value in table.array() {
            self.value(value);
        }
        for &mut value in table.shared_slots() {
            self.value(value);
        }
        self.trace_entries(table.entries());
    }

    fn trace_entries(&mut self, entries: &mut [[Value; 2]]) {
        for entry in entries {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else {
                self.value(entry[0]);
                self.value(entry[1]);
            }
        }
    }

    /// Traces a part of a big table.
    fn trace_chunk(&mut self, mut partial: Partial) {
        let (slots, entries, array) = (partial.table.shared_slots(), partial.table.entries(), partial.table.array());
        if partial.entries < slots.len() {
            slots[partial.entries..].iter().for_each(|&value| self.value(value));
            partial.entries = slots.len();
        } else if partial.entries < entries.len() {
            let end = (partial.entries + CHUNK / 2).min(entries.len());
            self.trace_entries(&mut entries[partial.entries..end]);
            partial.entries = end;
        } else if partial.elements < array.len() {
            let end = (partial.elements + CHUNK).min(array.len());
            array[partial.elements..end].iter().for_each(|&value| self.value(value));
            partial.elements = end;
        } else {
            return;
        }
        self.partial.push(partial);
    }

    /// The key of a deleted entry does not keep its object alive.
    fn deleted_key(&mut self, key: Value) -> Value {
        if key.is_heap() { crate::table::dead_key(key) } else { key }
    }

    /// Marks the keys of a table with weak values.
    fn trace_keys(&mut self, table: Table) {
        for entry in table.entries() {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else {
                self.value(entry[0]);
            }
        }
    }

    /// Marks the strings and boxed numbers that weak tables hold: they are values, and stay. For the end of a marking, when what
    /// is dead has been taken out of the tables.
    pub(crate) fn plain_values(&mut self) {
        let tables = [&self.weak_values, &self.all_weak, &self.ephemerons];
        for table in tables.into_iter().flatten().copied().collect::<Vec<_>>() {
            let values = table.array().iter().chain(table.shared_slots().iter());
            let entries = table.entries().iter().filter(|entry| !entry[1].is_nil()).flatten();
            values.chain(entries).for_each(|&value| self.plain_value(value));
        }
    }

    /// Marks a value that no weak table loses.
    pub(super) fn plain_value(&mut self, value: Value) {
        if value.is_heap() && (value.tag() == TAG_STRING || value.is_int()) {
            self.mark_only(value.pointer());
        }
    }

    /// Marks the values of an ephemeron table whose keys are marked.
    pub(crate) fn trace_ephemeron(&mut self, table: Table) {
        for &mut value in table.array() {
            self.value(value);
        }
        for &mut value in table.shared_slots() {
            self.value(value);
        }
        for entry in table.entries() {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else if !is_collectable_dead(entry[0]) {
                // Strings are values, never removed from weak tables.
                self.value(entry[0]);
                self.value(entry[1]);
            }
        }
    }
}

/// Whether a weak reference to `value` has to be cleared: it is an object and not marked. Strings and numbers are values.
pub(crate) fn is_collectable_dead(value: Value) -> bool {
    value.is_heap() && value.tag() != TAG_STRING && !is_marked(value.pointer()) && !value.is_int()
}

/// Objects fetched ahead of their turn.
const AHEAD: usize = 8;

/// Whether objects of a kind are traced on the program's thread only: what they refer to is in memory of the Rust heap, or in stacks.
#[inline(always)]
pub(super) fn is_owners(kind: Kind) -> bool {
    matches!(kind, Kind::Userdata | Kind::Thread | Kind::Proto | Kind::Shape | Kind::Free)
}

/// Asks for an object that is going to be traced.
#[inline(always)]
pub(super) fn prefetch(cell: NonNull<Header>) {
    // SAFETY: a hint, harmless for any address.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(cell.as_ptr().cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = cell;
}

/// Asks for what says whether an object is marked.
#[inline(always)]
pub(super) fn prefetch_mark(value: Value) {
    if value.is_heap() {
        let cell = value.pointer::<Header>();
        prefetch(Block::of(cell).mark_word(cell).cast());
    }
}

/// Something alive refers to a cell that was freed: the memory is not to be trusted any more.
#[cold]
#[inline(never)]
pub(super) fn dangling(cell: NonNull<Header>) -> ! {
    let _ = writeln!(std::io::stderr(), "perilune: internal error: a live object refers to the freed cell {cell:p}");
    std::process::abort()
}

pub(super) fn strength(g: &Global, table: Table) -> Strength {
    let Some(meta) = table.meta() else { return Strength::Strong };
    let mode = g.metamethod_of(meta, Event::Mode).as_str().map(Str::bytes).unwrap_or_default();
    match (mode.contains(&b'k'), mode.contains(&b'v')) {
        (false, false) => Strength::Strong,
        (false, true) => Strength::WeakValues,
        (true, false) => Strength::Ephemeron,
        (true, true) => Strength::Weak,
    }
}
