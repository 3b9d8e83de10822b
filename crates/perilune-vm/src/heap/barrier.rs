//! The write barrier: every store of a reference into a heap object that is not new goes through here.
//!
//! The invariant is that a *black* object (marked, and its references seen) refers to no unmarked one, unless it stands in a
//! list of what is to be traced. One barrier keeps it for young collections, where survivors of earlier ones are black, and
//! for incremental marking. In the common case it is one test of a byte: new objects are not black, and a black one loses
//! the bit when it is put on the remembered list, to be traced again (the retreating wavefront of Riptide, the collector of
//! JavaScriptCore). A table too big for that stays black, and what is stored in it is marked instead.
//!
//! Value stacks have no barrier. That of the running thread is traced at the end of each marking; a thread that stops
//! running is remembered ([`left`]).

use super::Heap;
use super::block::Block;
use crate::global::interrupt;
use crate::object::{Header, Kind, flags};
use crate::proto::ProtoRef;
use crate::table::{Table, TableObject};
use crate::thread::ThreadRef;
use crate::value::Value;
use std::ptr::NonNull;
use std::sync::atomic::{Ordering, compiler_fence, fence};

/// What stores have to be noticed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Nothing: all marks are being cleared.
    Nothing,
    /// The next young collection.
    Young,
    /// The marking in progress.
    Marking,
}

/// Tables with room for more values than this are not traced again for a store.
const BIG: u32 = 512;

/// To be called after `value` was stored into `object`.
#[inline(always)]
pub fn stored<T>(object: NonNull<T>, value: Value) {
    if is_black(object) && value.is_heap() {
        stored_in_black(object.cast(), value.pointer());
    }
}

/// To be called after a pointer to `cell` was stored into `object`.
#[inline(always)]
pub fn stored_cell<T>(object: NonNull<T>, cell: NonNull<Header>) {
    if is_black(object) {
        stored_in_black(object.cast(), cell);
    }
}

/// To be called after any number of values were stored into `object`.
#[inline(always)]
pub fn stored_many<T>(object: NonNull<T>) {
    if is_black(object) {
        remember_black(object.cast());
    }
}

/// To be called when `thread` stops running, and when another thread changes its stack.
#[inline]
pub(crate) fn left(thread: ThreadRef) {
    let cell = thread.cell();
    if is_black(cell) {
        remember_black(cell);
        if heap_of(cell).owe() {
            thread.get().g().request(interrupt::COLLECT);
        }
    } else if !Block::of(cell).is_marked(cell) {
        let heap = heap_of(cell);
        if heap.watch == Watch::Marking {
            // Upvalues that refer to its stack may be black, though what they refer to has changed without a barrier.
            heap.shade(cell);
        }
    }
}

/// To be called before compiled code or a profile may refer to objects: a prototype's references of that kind are looked at
/// in every collection, without a barrier.
pub(crate) fn watch(proto: ProtoRef) {
    if !std::mem::replace(&mut proto.tier().watched, true) {
        heap_of(proto.0.cast::<Header>()).watched.push(proto);
    }
}

/// To be called when a cache, or a shape's transition, comes to refer to a shape (or a metatable): they do so weakly, and
/// those that a marking has looked at already are not looked at again.
pub(crate) fn noted(cell: NonNull<Header>) {
    let heap = heap_of(cell);
    if heap.watch == Watch::Marking {
        heap.shade(cell);
    }
}

#[inline(always)]
fn is_black<T>(object: NonNull<T>) -> bool {
    // The store comes before the test. That the processor keeps this order, too, is what a helper's fence is for.
    compiler_fence(Ordering::SeqCst);
    // SAFETY: the caller holds the object; every cell begins with a header.
    unsafe { object.cast::<Header>().as_ref() }.is_black()
}

/// The heap that a cell belongs to.
#[inline(always)]
pub(crate) fn heap_of<'a>(cell: NonNull<Header>) -> &'a mut Heap {
    // SAFETY: a block's owner is the address of its heap, which stays in place as long as it has blocks. One mutator thread.
    unsafe { &mut *(Block::of(cell).header().owner as *mut Heap) }
}

#[cold]
#[inline(never)]
fn stored_in_black(object: NonNull<Header>, cell: NonNull<Header>) {
    if Block::of(cell).is_marked(cell) {
        return;
    }
    let heap = heap_of(object);
    if heap.watch != Watch::Nothing && is_big(object) && Block::of(object).is_marked(object) {
        heap.shade(cell);
    } else {
        heap.remember(object);
    }
}

#[cold]
#[inline(never)]
fn remember_black(object: NonNull<Header>) {
    heap_of(object).remember(object);
}

/// Whether tracing the object again would take long. An array part that is being cleared is hidden.
fn is_big(object: NonNull<Header>) -> bool {
    // SAFETY: a header names the type that follows.
    unsafe {
        object.as_ref().kind() == Kind::Table && {
            let table = object.cast::<TableObject>().as_ref();
            table.array_cap > BIG || table.slot_cap > BIG || table.header.flags & flags::DYING != 0
        }
    }
}

impl Heap {
    /// Puts a black object on the remembered list, and makes it grey.
    pub(super) fn remember(&mut self, object: NonNull<Header>) {
        // SAFETY: the caller holds the object.
        let header = unsafe { object.as_ref() };
        if header.flags & flags::DYING != 0 {
            // What is stored from here on will not be marked, and would be taken for dead.
            self.settle(Table(object.cast()));
        }
        if !header.is_black() {
            return;
        }
        header.set_black(false);
        if self.shared {
            // A helper that has not marked the object before this will make it black after it.
            fence(Ordering::SeqCst);
        }
        // What was black in an earlier cycle and is not reached in this one yet needs nothing.
        if self.watch != Watch::Nothing && Block::of(object).is_marked(object) {
            self.remembered.push(object);
        }
    }

    /// Marks a cell; what it refers to is traced later.
    fn shade(&mut self, cell: NonNull<Header>) {
        let block = Block::of(cell);
        if !block.mark(cell, self.shared) {
            return;
        }
        self.marked += block.header().cell_size;
        // SAFETY: a reference leads to an initialised cell.
        match unsafe { cell.as_ref() }.kind() {
            // What a vector holds is marked by way of its table.
            Kind::String | Kind::WideInt | Kind::Values => {}
            _ => self.grey.push(cell),
        }
    }
}
