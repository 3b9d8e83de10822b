//! The collector: when it runs, what it does in which order, and finalizers.
//!
//! It stops the world and marks from the roots; sweeping is lazy. Order after marking, as the manual asks: weak values that
//! died are cleared, objects with finalizers are resurrected, then weak keys are cleared.

use super::mark::{Marker, is_marked};
use super::roots::clear_unused_stacks;
use super::weak::{clear_keys, clear_values};
use crate::global::{Event, Global, interrupt};
use crate::object::{Header, Kind, flags};
use crate::proto::Proto;
use crate::shape::Shape;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::UserdataObject;
use crate::value::Value;
use std::ptr::NonNull;
use std::time::Instant;

/// The collector's parameters and queues.
pub struct Collector {
    /// Nested reasons not to collect at all, such as a half-made object that only the Rust heap knows.
    held: u32,
    stopped: bool,
    generational: bool,
    /// Percent of the live heap to wait for before the next collection, minus 100 being what is allocated meanwhile.
    pause: i64,
    step_multiplier: i64,
    /// Bytes that `step` has been told about since the last collection.
    stepped: usize,
    /// Objects with a finalizer, in the order they got it.
    waiting: Vec<NonNull<Header>>,
    /// Dead objects whose finalizers are to run, the next one last.
    pub(crate) finalizing: Vec<Value>,
    running_finalizers: bool,
    /// Whether the state is being closed: what is made from then on is never finalized.
    closing: bool,
}

/// The name of a collection mode.
pub type ModeName = &'static str;

impl Default for Collector {
    fn default() -> Collector {
        Collector {
            held: 0,
            stopped: false,
            generational: false,
            pause: 200,
            step_multiplier: 100,
            stepped: 0,
            waiting: Vec::new(),
            finalizing: Vec::new(),
            running_finalizers: false,
            closing: false,
        }
    }
}

impl Collector {
    /// Forbids collections until [`Collector::release`].
    pub fn hold(&mut self) {
        self.held += 1;
    }

    /// Ends one [`Collector::hold`].
    pub fn release(&mut self) {
        self.held -= 1;
    }

    /// Stops automatic collections.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Allows automatic collections again.
    pub fn restart(&mut self) {
        self.stopped = false;
    }

    /// Whether automatic collections are allowed.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.stopped
    }

    /// Whether a finalizer is running.
    #[must_use]
    pub fn is_finalizing(&self) -> bool {
        self.running_finalizers
    }

    /// Sets the pause in percent; returns the one before.
    pub fn set_pause(&mut self, percent: i64) -> i64 {
        std::mem::replace(&mut self.pause, percent.clamp(0, 1000))
    }

    /// Sets the step multiplier; returns the one before. Kept for programs that ask; collections are not incremental.
    pub fn set_step_multiplier(&mut self, percent: i64) -> i64 {
        std::mem::replace(&mut self.step_multiplier, percent.clamp(0, 1000))
    }

    /// Asks for generational (or incremental) mode; returns the name of the one before.
    pub fn set_generational(&mut self, generational: bool) -> ModeName {
        if std::mem::replace(&mut self.generational, generational) { "generational" } else { "incremental" }
    }
}

impl Global {
    /// A collection on behalf of an allocation.
    #[cold]
    pub(crate) fn collect_if_allowed(&mut self) {
        if self.gc.held > 0 || self.gc.stopped {
            return;
        }
        self.collect(false);
    }

    /// A collection because of stress mode: here, where only the native stack may know what is in use, and once more at the next
    /// safepoint, where only value stacks count.
    #[cold]
    pub(crate) fn stress_at_allocation(&mut self) {
        if self.heap.stress_is_due() {
            self.collect_if_allowed();
            self.request(interrupt::COLLECT);
        }
    }

    /// Figures about the heap up to now.
    #[must_use]
    pub fn heap_stats(&self) -> super::HeapStats {
        self.heap.stats()
    }

    /// A collection at a safepoint of the interpreter, where all values are on value stacks.
    #[cold]
    pub(crate) fn collect_at_safepoint(&mut self) {
        if self.gc.held == 0 && !self.gc.stopped && (self.heap.is_due() || self.heap.is_stressed()) {
            self.collect(true);
        }
    }

    /// A full collection, unless collections are forbidden at the moment. Finalizers are left waiting. Only for a native
    /// function that the interpreter called and that holds no values but its arguments.
    pub fn full_collect(&mut self) {
        if self.gc.held == 0 {
            self.collect(true);
        }
    }

    /// The work of a collection step of `kilobytes` (0: a basic one); whether it finished a cycle.
    pub fn step(&mut self, kilobytes: usize) -> bool {
        self.gc.stepped += if kilobytes == 0 { 1 << 13 } else { kilobytes << 10 };
        if kilobytes != 0 && self.heap.used() + self.gc.stepped < self.heap.threshold && self.gc.stepped < self.heap.used() {
            return false;
        }
        self.full_collect();
        true
    }

    fn collect(&mut self, explicit: bool) {
        let start = Instant::now();
        self.heap.note_peak();
        self.heap.prepare_mark();
        let mut marker = Marker::new(&self.heap);
        marker.roots(self, explicit);
        marker.converge(self);
        let mut role_lost = clear_values(&marker.weak_values) | clear_values(&marker.all_weak);
        let resurrected = self.find_dead_finalizable();
        for &value in &resurrected {
            marker.value(value);
        }
        marker.converge(self);
        marker.mark_weak_strings();
        clear_keys(&marker.ephemerons);
        clear_keys(&marker.all_weak);
        role_lost |= clear_values(&marker.weak_values) | clear_values(&marker.all_weak);
        if role_lost {
            self.roles_changed();
        }
        clear_unused_stacks(&marker);
        let live = marker.live;
        let (protos, shapes, threads) = (marker.protos, marker.shapes, marker.threads);
        protos.iter().for_each(|proto| proto.clear_dead(&is_marked));
        shapes.iter().for_each(|shape| shape.clear_dead(&is_marked));
        for thread in threads {
            thread.get().shrink_frames();
            // An allocation of the running thread must not move its stack: the interpreter and its helpers hold places in it.
            if explicit || thread != self.running {
                thread.get().shrink_stack();
            }
        }
        self.queue_finalizers(resurrected);
        self.strings.retain(|string| is_marked(string.cell()));
        self.drop_dead();
        self.heap.external = 0;
        self.heap.prepare_sweep(live);
        self.set_threshold(live);
        self.gc.stepped = 0;
        self.note_pause(start);
    }

    fn set_threshold(&mut self, live: usize) {
        let pause = self.gc.pause.max(110) as usize;
        self.heap.threshold = (live / 100).saturating_mul(pause).max(super::FIRST_THRESHOLD);
    }

    fn note_pause(&mut self, start: Instant) {
        let nanoseconds = start.elapsed().as_nanos() as u64;
        let stats = &mut self.heap.stats;
        stats.collections += 1;
        stats.total_pause_ns += nanoseconds;
        stats.longest_pause_ns = stats.longest_pause_ns.max(nanoseconds);
    }

    // ---- finalizers ----

    /// Whether finalizers wait to be run.
    #[inline]
    pub(crate) fn has_finalizers(&self) -> bool {
        !self.gc.finalizing.is_empty()
    }

    /// If `meta` has a `__gc` field, `object` waits for its finalizer from now on.
    pub(crate) fn note_finalizer(&mut self, object: Value, meta: Table) {
        if self.gc.closing || self.metamethod_of(meta, Event::Gc).is_nil() {
            return;
        }
        let Some(mut cell) = object.header() else { return };
        // SAFETY: the caller holds the object.
        let header = unsafe { cell.as_mut() };
        if header.flags & flags::FINALIZER == 0 {
            header.flags |= flags::FINALIZER;
            self.gc.waiting.push(cell);
        }
    }

    /// Takes the dead objects with finalizers, the first one marked for finalization last.
    fn find_dead_finalizable(&mut self) -> Vec<Value> {
        let mut dead = Vec::new();
        self.gc.waiting.retain(|&cell| {
            let live = is_marked(cell);
            if !live {
                dead.push(Value::from_header(cell));
            }
            live
        });
        dead
    }

    fn queue_finalizers(&mut self, dead: Vec<Value>) {
        if dead.is_empty() {
            return;
        }
        // The queue is popped from its end: the newest object of this cycle goes first, objects of earlier cycles before it.
        let earlier = std::mem::replace(&mut self.gc.finalizing, dead);
        self.gc.finalizing.extend(earlier);
        self.request(interrupt::FINALIZERS);
    }

    /// Every object that has a finalizer is to be finalized: the state is being closed.
    pub(crate) fn queue_all_finalizers(&mut self) {
        self.gc.closing = true;
        // A finalizer may be what closes the state; those after it are called all the same.
        self.gc.running_finalizers = false;
        let all = std::mem::take(&mut self.gc.waiting);
        let values = all.into_iter().map(Value::from_header).collect();
        self.queue_finalizers(values);
    }

    // ---- sweeping what owns memory outside the heap ----

    fn drop_dead(&mut self) {
        let mut cells = std::mem::take(&mut self.heap.destructible);
        cells.retain(|&cell| {
            let live = is_marked(cell);
            if !live {
                // SAFETY: the cell is dead, and its contents are dropped once: it leaves the list.
                unsafe { drop_cell(cell) };
            }
            live
        });
        self.heap.destructible = cells;
    }

    /// Drops what all objects own: the heap is going away.
    pub(crate) fn drop_all(&mut self) {
        for cell in std::mem::take(&mut self.heap.destructible) {
            // SAFETY: as above; nothing runs in this state any more.
            unsafe { drop_cell(cell) };
        }
    }
}

unsafe fn drop_cell(cell: NonNull<Header>) {
    // SAFETY: by the caller; the header names the type that was written.
    unsafe {
        match cell.as_ref().kind() {
            Kind::Proto => std::ptr::drop_in_place(cell.cast::<Proto>().as_ptr()),
            Kind::Shape => std::ptr::drop_in_place(cell.cast::<Shape>().as_ptr()),
            Kind::Userdata => std::ptr::drop_in_place(cell.cast::<UserdataObject>().as_ptr()),
            Kind::Thread => {
                (*cell.cast::<Thread>().as_ptr()).abandon();
                std::ptr::drop_in_place(cell.cast::<Thread>().as_ptr());
            }
            kind => unreachable!("{kind:?} owns nothing outside the heap"),
        }
    }
}

impl Thread {
    /// Runs the finalizers that are waiting. Errors in them become warnings.
    pub fn run_finalizers(&mut self) {
        if self.g().gc.running_finalizers {
            return;
        }
        self.g().gc.running_finalizers = true;
        while let Some(object) = self.g().gc.finalizing.pop() {
            self.finalize(object);
        }
        self.g().gc.running_finalizers = false;
    }

    fn finalize(&mut self, object: Value) {
        if let Some(mut cell) = object.header() {
            // SAFETY: the queue keeps its objects alive. From here on a new `__gc` may be set.
            unsafe { cell.as_mut() }.flags &= !flags::FINALIZER;
        }
        let method = self.g().metamethod(object, Event::Gc);
        if !method.is_function() {
            return;
        }
        crate::meta::settle_top(self);
        let saved = self.offset(self.top);
        if self.ensure(3).is_err() {
            let _ = self.take_error();
            return;
        }
        let hooks = std::mem::replace(&mut self.hook.enabled, false);
        let flagged = crate::interp::mark_finalizer_caller(self, true);
        self.push(method);
        self.push(object);
        if self.protected_call_pushed(1).is_err() {
            self.warn_finalizer_error();
        }
        crate::interp::mark_finalizer_caller(self, flagged);
        self.hook.enabled = hooks;
        self.top = self.place(saved);
    }

    fn warn_finalizer_error(&mut self) {
        let error = self.from_top(0);
        let text = match error.as_str() {
            Some(s) => s.bytes().to_vec(),
            None => b"error object is not a string".to_vec(),
        };
        let message = [b"error in __gc (", &text[..], b")"].concat();
        self.warn(&message, false);
    }

    /// Emits a piece of a warning; `continues` says that more pieces follow.
    pub fn warn(&mut self, message: &[u8], continues: bool) {
        use std::io::Write;
        let warn = &mut self.g().warn;
        if !warn.continues && !continues && message.first() == Some(&b'@') {
            match message {
                b"@on" => warn.enabled = true,
                b"@off" => warn.enabled = false,
                _ => {}
            }
            return;
        }
        let begins = !std::mem::replace(&mut warn.continues, continues);
        if !warn.enabled {
            return;
        }
        let mut out = std::io::stderr().lock();
        let prefix: &[u8] = if begins { b"Lua warning: " } else { b"" };
        let suffix: &[u8] = if continues { b"" } else { b"\n" };
        // A warning that cannot be written is lost; there is nobody to tell.
        let _ = out.write_all(&[prefix, message, suffix].concat());
    }
}
