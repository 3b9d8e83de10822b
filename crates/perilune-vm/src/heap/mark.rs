//! Marking: the set of reached cells, with an explicit stack. What each kind of cell refers to is said here, once.

use super::Heap;
use super::block::Block;
use crate::function::{LuaClosure, NativeClosure, Upvalue};
use crate::global::{Event, Global};
use crate::object::{Header, Kind, Values};
use crate::proto::{Proto, ProtoRef};
use crate::shape::{Shape, ShapeRef};
use crate::string::Str;
use crate::table::{Table, TableObject};
use crate::thread::{Thread, ThreadRef};
use crate::userdata::Userdata;
use crate::value::Value;
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
    stack: Vec<NonNull<Header>>,
    /// Bytes marked so far, outside storage included.
    pub(crate) live: usize,
    pub(crate) weak_values: Vec<Table>,
    pub(crate) ephemerons: Vec<Table>,
    pub(crate) all_weak: Vec<Table>,
    pub(crate) protos: Vec<ProtoRef>,
    pub(crate) shapes: Vec<ShapeRef>,
    pub(crate) threads: Vec<ThreadRef>,
}

/// Whether a cell is marked.
#[inline]
pub(crate) fn is_marked(cell: NonNull<Header>) -> bool {
    Block::of(cell).is_marked(cell)
}

impl Marker {
    pub(crate) fn new(heap: &Heap) -> Marker {
        Marker {
            heap: NonNull::from(heap),
            stack: Vec::with_capacity(1024),
            live: 0,
            weak_values: Vec::new(),
            ephemerons: Vec::new(),
            all_weak: Vec::new(),
            protos: Vec::new(),
            shapes: Vec::new(),
            threads: Vec::new(),
        }
    }

    /// Marks a value.
    #[inline(always)]
    pub(crate) fn value(&mut self, value: Value) {
        if let Some(cell) = value.header() {
            self.cell(cell);
        }
    }

    /// Marks a cell, and what it refers to before [`Marker::drain`] returns.
    #[inline(always)]
    pub(crate) fn cell(&mut self, cell: NonNull<Header>) {
        let block = Block::of(cell);
        if !block.mark(cell) {
            return;
        }
        self.live += block.header().cell_size;
        // SAFETY: a reached cell is initialised.
        if !matches!(unsafe { cell.as_ref() }.kind(), Kind::String | Kind::WideInt) {
            self.stack.push(cell);
        }
    }

    /// Marks the cell that an arbitrary word points into, if it does.
    #[inline]
    pub(crate) fn ambiguous(&mut self, word: u64) {
        // SAFETY: the heap outlives a marking of it.
        if let Some(cell) = unsafe { self.heap.as_ref() }.find_cell(word) {
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

    /// Follows references until nothing is left to do.
    pub(crate) fn drain(&mut self, g: &Global) {
        while let Some(cell) = self.stack.pop() {
            self.trace(g, cell);
        }
    }

    fn trace(&mut self, g: &Global, cell: NonNull<Header>) {
        // SAFETY: only initialised cells of the kind their header names are pushed.
        unsafe {
            match cell.as_ref().kind() {
                Kind::Table => self.trace_table(g, Table(cell.cast::<TableObject>())),
                Kind::LuaClosure => self.trace_closure(cell.cast()),
                Kind::NativeClosure => {
                    for &mut value in NativeClosure::upvalues(cell.cast()) {
                        self.value(value);
                    }
                }
                Kind::Userdata => self.trace_userdata(Userdata(cell.cast())),
                Kind::Thread => self.trace_thread(ThreadRef(cell.cast::<Thread>())),
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
        self.protos.push(proto);
        self.live += proto.get().external_bytes();
        proto.trace(&mut |cell| self.cell(cell));
    }

    fn trace_shape(&mut self, shape: ShapeRef) {
        self.shapes.push(shape);
        shape.trace(&mut |cell| self.cell(cell));
    }

    fn trace_thread(&mut self, thread: ThreadRef) {
        self.threads.push(thread);
        let t = thread.get();
        self.live += t.stack_size() * size_of::<Value>();
        let (mut at, end) = (t.stack, t.live_end());
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
            self.ambiguous_range(t.native_top, t.native_high);
            self.native_segments(t);
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
        self.storage(table);
        match strength(g, table) {
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

    /// Marks the vectors of a table without what is in them.
    fn storage(&mut self, table: Table) {
        let mut mark_only = |cell: NonNull<Header>| {
            let block = Block::of(cell);
            if block.mark(cell) {
                self.live += block.header().cell_size;
                // SAFETY: as in `trace`; a table holds no cells that are not initialised.
                if unsafe { cell.as_ref() }.kind() != Kind::Values {
                    dangling(cell);
                }
            }
        };
        if let Some(cell) = table.slot_storage() {
            mark_only(cell);
        }
        if let Some(cell) = table.array_storage() {
            mark_only(cell);
        }
    }

    fn trace_strong(&mut self, table: Table) {
        for &mut value in table.array() {
            self.value(value);
        }
        for &mut value in table.shared_slots() {
            self.value(value);
        }
        for entry in table.entries() {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else {
                self.value(entry[0]);
                self.value(entry[1]);
            }
        }
    }

    /// The key of a deleted entry does not keep its object alive.
    fn deleted_key(&mut self, key: Value) -> Value {
        if key.is_heap() { crate::table::dead_key(key) } else { key }
    }

    fn trace_keys(&mut self, table: Table) {
        for entry in table.entries() {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else {
                self.value(entry[0]);
            }
        }
    }

    /// Marks the values of an ephemeron table whose keys are marked; whether there were any unmarked ones.
    pub(crate) fn trace_ephemeron(&mut self, table: Table) -> bool {
        let mut progress = false;
        let mut mark = |marker: &mut Self, value: Value| {
            if let Some(cell) = value.header()
                && !is_marked(cell)
            {
                marker.cell(cell);
                progress = true;
            }
        };
        for &mut value in table.array() {
            mark(self, value);
        }
        for &mut value in table.shared_slots() {
            mark(self, value);
        }
        for entry in table.entries() {
            if entry[1].is_nil() {
                entry[0] = self.deleted_key(entry[0]);
            } else if !is_collectable_dead(entry[0]) {
                // Strings are values, never removed from weak tables.
                self.value(entry[0]);
                mark(self, entry[1]);
            }
        }
        progress
    }
}

/// Whether a weak reference to `value` has to be cleared: it is an object and not marked. Strings and numbers are values.
pub(crate) fn is_collectable_dead(value: Value) -> bool {
    match value.header() {
        // SAFETY: the cell was alive at the last collection and is not swept yet.
        Some(cell) => !matches!(unsafe { cell.as_ref() }.kind(), Kind::String | Kind::WideInt) && !is_marked(cell),
        None => false,
    }
}

/// Something alive refers to a cell that was freed: the memory is not to be trusted any more.
#[cold]
#[inline(never)]
fn dangling(cell: NonNull<Header>) -> ! {
    eprintln!("perilune: internal error: a live object refers to the freed cell {cell:p}");
    std::process::abort()
}

fn strength(g: &Global, table: Table) -> Strength {
    let Some(meta) = table.meta() else { return Strength::Strong };
    let mode = g.metamethod_of(meta, Event::Mode).as_str().map(Str::bytes).unwrap_or_default();
    match (mode.contains(&b'k'), mode.contains(&b'v')) {
        (false, false) => Strength::Strong,
        (false, true) => Strength::WeakValues,
        (true, false) => Strength::Ephemeron,
        (true, true) => Strength::Weak,
    }
}
