//! Tracing beside the program: what a helper does with marked objects while the program runs and changes them.
//!
//! It reads one word at a time, each in one piece, writes nothing but mark bits and the byte that says that an object is black,
//! and looks only at what stays readable until the marking ends: tables without a `__mode`, their vectors, closures, closed
//! upvalues. All else it hands to the program's thread, with entries whose keys were deleted.
//!
//! Objects are traced in *batches*: all of a batch become black, then comes a fence, then their references are read. The program
//! stores first and then asks whether the object is black ([`super::barrier`]). So of each store, either the helper sees the
//! value or the program sees that the object is black. The program's half of the fence costs nothing: the helper's is a
//! `membarrier`, which takes effect on all processors. A batch is filled by following references of its own objects when nothing else
//! waits; what that finds is only a hint, as these objects are traced with the others later.

use super::block::Block;
use super::mark::{is_owners, prefetch};
use super::segments::Segments;
use crate::function::{LuaClosure, NativeClosure, Upvalue};
use crate::global::Event;
use crate::object::{Header, Kind, Values};
use crate::shape::{Mode, Shape};
use crate::table::{TableObject, is_empty_storage};
use crate::value::{TAG_STRING, Value};
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Objects that become black at a time.
const BATCH: usize = 1 << 10;
/// Values of a vector that are traced at a time.
const PART: usize = 1 << 11;
/// Values that are looked at in a unit of work.
const VALUES_OF_A_UNIT: usize = 8;

/// What is left to the program's thread.
#[derive(Default)]
pub(super) struct Handed {
    /// Marked objects to be traced.
    pub(super) cells: Segments<NonNull<Header>>,
    /// Entries of dictionaries whose values were nil.
    pub(super) entries: Segments<NonNull<[Value; 2]>>,
    /// Bytes of the cells that were marked.
    pub(super) marked: usize,
    /// Nanoseconds that the work took.
    pub(super) ns: u64,
}

impl Handed {
    /// Takes all from another one.
    pub(super) fn append(&mut self, other: &mut Handed) {
        self.cells.append(&mut other.cells);
        self.entries.append(&mut other.entries);
        self.marked += std::mem::take(&mut other.marked);
        self.ns += std::mem::take(&mut other.ns);
    }
}

/// What is done with a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Gather,
    Blacken,
    Trace,
}

/// A part of a vector that is yet to be traced.
#[derive(Clone, Copy)]
struct Part {
    /// The object that the vector belongs to.
    of: NonNull<Header>,
    words: Words,
}

/// Values in a row.
#[derive(Clone, Copy)]
struct Words {
    first: *mut Value,
    count: usize,
    /// Whether they are entries: a key, a value, a key, a value.
    entries: bool,
}

/// A tracing in progress. It may be left at any point and continued.
pub(super) struct Tracer {
    /// Marked objects to be traced.
    pub(super) stack: Segments<NonNull<Header>>,
    batch: Vec<NonNull<Header>>,
    stage: Stage,
    /// Objects of the batch that the stage is done with.
    next: usize,
    parts: Vec<Part>,
    pub(super) handed: Handed,
    /// What makes all that the other threads have stored visible.
    fence: fn(),
}

impl Tracer {
    pub(super) fn new(fence: fn()) -> Tracer {
        Tracer {
            stack: Segments::default(),
            batch: Vec::with_capacity(BATCH),
            stage: Stage::Gather,
            next: 0,
            parts: Vec::new(),
            handed: Handed::default(),
            fence,
        }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        self.stack.is_empty() && self.batch.is_empty() && self.parts.is_empty()
    }

    /// Hands all that is left to the program's thread.
    pub(super) fn give_up(&mut self) -> Handed {
        let mut handed = std::mem::take(&mut self.handed);
        // Traced again, they are black before their references are read, whatever had been done with them here.
        handed.cells.append(&mut self.stack);
        handed.cells.extend(self.batch.drain(..));
        handed.cells.extend(self.parts.drain(..).map(|part| part.of));
        (self.stage, self.next) = (Stage::Gather, 0);
        handed
    }

    /// Does about so many units of work; whether there is more.
    pub(super) fn run(&mut self, units: usize) -> bool {
        let mut left = units;
        while left > 0 && !self.is_done() {
            let spent = match self.stage {
                Stage::Gather => self.gather(left),
                Stage::Blacken => self.blacken(left),
                Stage::Trace => self.trace_batch(left),
            };
            left = left.saturating_sub(spent.max(1));
        }
        !self.is_done()
    }

    fn enter(&mut self, stage: Stage) {
        (self.stage, self.next) = (stage, 0);
    }

    /// Fills the batch.
    fn gather(&mut self, units: usize) -> usize {
        let mut spent = 0;
        while self.batch.len() < BATCH {
            if spent >= units {
                return spent;
            }
            if let Some(cell) = self.stack.pop() {
                prefetch(cell);
                self.batch.push(cell);
                spent += 1;
            } else if let Some(&cell) = self.batch.get(self.next) {
                self.next += 1;
                spent += 1 + self.trace(cell, false);
            } else if self.batch.is_empty()
                && let Some(part) = self.parts.pop()
            {
                return spent + self.trace_part(part);
            } else {
                break;
            }
        }
        self.enter(Stage::Blacken);
        spent
    }

    /// Makes the objects of the batch black, and looks which of them to leave to the program's thread.
    fn blacken(&mut self, units: usize) -> usize {
        let end = self.batch.len().min(self.next.saturating_add(units));
        for at in self.next..end {
            // SAFETY: a marked cell is initialised, and none is freed while a marking goes on.
            let header = unsafe { self.batch[at].as_ref() };
            if !is_owners(header.kind()) {
                header.set_black(true);
            }
        }
        let spent = end - self.next;
        self.next = end;
        if end == self.batch.len() {
            (self.fence)();
            self.enter(Stage::Trace);
        }
        spent
    }

    fn trace_batch(&mut self, units: usize) -> usize {
        let mut spent = 0;
        while let Some(&cell) = self.batch.get(self.next) {
            if spent >= units {
                return spent;
            }
            self.next += 1;
            spent += 1 + self.trace(cell, true);
        }
        self.batch.clear();
        self.enter(Stage::Gather);
        spent
    }

    /// Marks what an object refers to; what that took beyond a unit. Only if the object was made black before, and a fence passed,
    /// is it `sure` that nothing is missed: otherwise it will be traced again.
    fn trace(&mut self, cell: NonNull<Header>, sure: bool) -> usize {
        // SAFETY: a marked cell is initialised, and its header names its type.
        unsafe {
            match cell.as_ref().kind() {
                Kind::Table => self.trace_table(cell, sure),
                Kind::LuaClosure => self.trace_closure(cell.cast()),
                Kind::NativeClosure => {
                    let count = load_half(cell, offset_of!(Header, aux)) as usize;
                    let first = cell.cast::<NativeClosure>().as_ptr().add(1).cast();
                    self.trace_words(cell, Words { first, count, entries: false }, sure)
                }
                Kind::Upvalue => {
                    self.trace_upvalue(cell, sure);
                    0
                }
                Kind::Values => {
                    let words = vector(cell.cast());
                    self.trace_words(cell, words, sure)
                }
                Kind::String | Kind::WideInt => 0,
                _ => {
                    if sure {
                        self.handed.cells.push(cell);
                    }
                    0
                }
            }
        }
    }

    unsafe fn trace_table(&mut self, cell: NonNull<Header>, sure: bool) -> usize {
        // SAFETY: the caller names a table. Its shape and its vectors are cells that live until the end of the marking.
        unsafe {
            // The shape comes first: if it is that of a dictionary, the slots read after it are entries.
            let shape = load_pointer(cell, offset_of!(TableObject, shape)).cast::<Shape>();
            let shape = NonNull::new_unchecked(shape);
            self.hand_over_fresh(shape.cast());
            if !is_known_to_be_strong(shape) {
                if sure {
                    self.handed.cells.push(cell);
                }
                return 0;
            }
            let entries = (&raw const (*shape.as_ptr()).mode).read() != Mode::Shared;
            let slots = load_pointer(cell, offset_of!(TableObject, slots)).cast::<Value>();
            let inline = cell.cast::<TableObject>().as_ptr().add(1).cast::<Value>();
            let mut spent = 0;
            if slots == inline {
                let count = usize::from(cell.as_ref().extra);
                spent += self.trace_words(cell, Words { first: inline, count, entries: false }, sure);
            } else if !is_empty_storage(slots) {
                let storage = Values::of_data(slots);
                self.mark(storage.cast());
                spent += self.trace_words(cell, Words { entries, ..vector(storage) }, sure);
            }
            let array = load_pointer(cell, offset_of!(TableObject, array)).cast::<Value>();
            if !array.is_null() {
                let storage = Values::of_data(array);
                self.mark(storage.cast());
                spent += self.trace_words(cell, vector(storage), sure);
            }
            spent
        }
    }

    unsafe fn trace_closure(&mut self, closure: NonNull<LuaClosure>) -> usize {
        // SAFETY: the caller names a closure; its count never exceeds the upvalues that are filled in.
        unsafe {
            let proto = load_pointer(closure.cast(), offset_of!(LuaClosure, proto));
            self.hand_over_fresh(NonNull::new_unchecked(proto.cast()));
            let count = load_half(closure.cast(), offset_of!(Header, aux)) as usize;
            for index in 0..count {
                let upvalue = load_pointer(closure.cast(), size_of::<LuaClosure>() + index * size_of::<usize>());
                self.cell(NonNull::new_unchecked(upvalue.cast()));
            }
            count / VALUES_OF_A_UNIT
        }
    }

    /// An open upvalue's value is in a stack, which is the program's thread's business.
    unsafe fn trace_upvalue(&mut self, cell: NonNull<Header>, sure: bool) {
        // SAFETY: the caller names an upvalue.
        unsafe {
            let place = load_pointer(cell, offset_of!(Upvalue, place)).cast::<Value>();
            let own = cell.as_ptr().byte_add(offset_of!(Upvalue, closed)).cast::<Value>();
            if place == own {
                self.value(load(own));
            } else if sure {
                self.handed.cells.push(cell);
            }
        }
    }

    /// Traces values in a row; many of them, later.
    unsafe fn trace_words(&mut self, of: NonNull<Header>, words: Words, sure: bool) -> usize {
        if words.count > PART {
            if sure {
                self.parts.push(Part { of, words });
            }
            return 0;
        }
        // SAFETY: by the caller the values are there, and stay.
        unsafe { self.trace_all(words, sure) };
        words.count / VALUES_OF_A_UNIT
    }

    fn trace_part(&mut self, mut part: Part) -> usize {
        let count = part.words.count.min(PART);
        // SAFETY: what is left of a vector, which stays where it is.
        unsafe { self.trace_all(Words { count, ..part.words }, true) };
        if count < part.words.count {
            part.words.count -= count;
            // SAFETY: within the vector.
            part.words.first = unsafe { part.words.first.add(count) };
            self.parts.push(part);
        }
        count / VALUES_OF_A_UNIT
    }

    unsafe fn trace_all(&mut self, Words { first, count, entries }: Words, sure: bool) {
        // SAFETY: by the caller there are so many values.
        unsafe {
            if !entries {
                return (0..count).for_each(|index| self.value(load(first.add(index))));
            }
            for entry in (0..count / 2).map(|index| first.add(index * 2)) {
                let (key, value) = (load(entry), load(entry.add(1)));
                if !value.is_nil() {
                    self.value(key);
                    self.value(value);
                } else if key.is_heap() && sure {
                    self.handed.entries.push(NonNull::new_unchecked(entry.cast()));
                }
            }
        }
    }

    #[inline(always)]
    fn value(&mut self, value: Value) {
        if !value.is_heap() {
            return;
        }
        let cell = value.pointer::<Header>();
        if value.tag() == TAG_STRING {
            self.mark(cell);
        } else {
            self.cell(cell);
        }
    }

    #[inline(always)]
    fn cell(&mut self, cell: NonNull<Header>) {
        if self.mark(cell) {
            self.stack.push(cell);
        }
    }

    /// Marks a cell that the program's thread is to trace.
    fn hand_over_fresh(&mut self, cell: NonNull<Header>) {
        if self.mark(cell) {
            self.handed.cells.push(cell);
        }
    }

    #[inline(always)]
    fn mark(&mut self, cell: NonNull<Header>) -> bool {
        let block = Block::of(cell);
        let fresh = block.mark(cell, true);
        if fresh {
            self.handed.marked += block.header().cell_size;
        }
        fresh
    }
}

/// Whether the tables of a shape hold what they refer to: it has no metatable, or one that is known to be without `__mode`.
unsafe fn is_known_to_be_strong(shape: NonNull<Shape>) -> bool {
    // SAFETY: the caller names a shape; a metatable is a table.
    unsafe {
        let meta = load_pointer(shape.cast(), offset_of!(Shape, meta)).cast::<Header>();
        NonNull::new(meta).is_none_or(|meta| load_half(meta, offset_of!(Header, aux)) & 1 << Event::Mode as u32 != 0)
    }
}

/// All values of a vector.
unsafe fn vector(values: NonNull<Values>) -> Words {
    // SAFETY: the caller names a vector. Its capacity never changes, and so many values are initialised.
    let count = unsafe { values.as_ref() }.capacity;
    Words { first: Values::data(values), count, entries: false }
}

/// A value that the program may be changing.
#[inline(always)]
unsafe fn load(place: *mut Value) -> Value {
    // SAFETY: the caller names a value in the heap.
    Value(unsafe { AtomicU64::from_ptr(place.cast()) }.load(Ordering::Acquire))
}

/// A pointer within a cell that the program may be changing.
#[inline(always)]
unsafe fn load_pointer(cell: NonNull<Header>, offset: usize) -> *mut u8 {
    // SAFETY: the caller names a cell and the place of a pointer in it.
    let word = unsafe { AtomicU64::from_ptr(cell.as_ptr().byte_add(offset).cast()) };
    word.load(Ordering::Acquire) as *mut u8
}

/// The same of a word of 32 bits.
#[inline(always)]
unsafe fn load_half(cell: NonNull<Header>, offset: usize) -> u32 {
    // SAFETY: as above.
    unsafe { AtomicU32::from_ptr(cell.as_ptr().byte_add(offset).cast()) }.load(Ordering::Acquire)
}
