//! Finalizers: which objects wait for them, which are to be called, and warnings.

use super::budget::Budget;
use super::mark::is_marked;
use super::segments::Segments;
use crate::global::{Event, Global, interrupt};
use crate::object::{Header, flags};
use crate::table::Table;
use crate::thread::Thread;
use crate::value::Value;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

/// Objects with finalizers.
#[derive(Default)]
pub(crate) struct Finalizers {
    /// Those that are not known to be dead, in the order they got their finalizer; `None` where one was.
    waiting: Segments<Option<NonNull<Header>>>,
    /// So many of them are old.
    old: usize,
    /// In a full cycle: so many have been looked at. What was alive then stays so.
    scanned: usize,
    /// Where the next one of these goes: the list is tidied on the way.
    kept: usize,
    /// Those that were not, by their place: candidates for being dead.
    candidates: Segments<u32>,
}

/// Objects that a full cycle brings back at once.
const AT_ONCE: usize = 1 << 12;
/// Most objects of a batch of those that wait for their finalizers: a marking takes a batch at once.
const FINALIZER_BATCH: usize = 1 << 9;

impl Finalizers {
    /// Those that got their finalizer since they were asked for last, or since the last look for dead ones.
    pub(super) fn take_young(&mut self) -> impl Iterator<Item = NonNull<Header>> + '_ {
        let from = std::mem::replace(&mut self.old, self.waiting.len());
        (from..self.waiting.len()).filter_map(|at| self.waiting.get(at).copied().flatten())
    }

    /// A full cycle begins.
    pub(super) fn begin_cycle(&mut self) {
        (self.scanned, self.kept) = (0, 0);
        self.candidates.clear();
    }

    /// Looks at another one; whether there was one.
    fn scan_one(&mut self) -> bool {
        let Some(&cell) = self.waiting.get(self.scanned) else { return false };
        self.scanned += 1;
        if cell.is_none() {
            return true;
        }
        // Nothing lies between the two places but gaps, so that the list is in order at any time.
        self.put(self.scanned - 1, None);
        self.put(self.kept, cell);
        if cell.is_some_and(|cell| !is_marked(cell)) {
            self.candidates.push(self.kept as u32);
        }
        self.kept += 1;
        true
    }

    fn put(&mut self, at: usize, cell: Option<NonNull<Header>>) {
        *self.waiting.get_mut(at).expect("a place in the list") = cell;
    }

    /// Whether objects may be dead: none are that all were looked at and were not unmarked.
    pub(super) fn has_candidates(&self) -> bool {
        self.scanned < self.waiting.len() || !self.candidates.is_empty()
    }

    /// Takes the dead ones from the end of the candidates, the first one marked for finalization last; some at once.
    fn take_dead(&mut self) -> Vec<Value> {
        let mut dead = Vec::new();
        while dead.len() < AT_ONCE
            && let Some(at) = self.candidates.pop()
        {
            if let Some(&Some(cell)) = self.waiting.get(at as usize)
                && !is_marked(cell)
            {
                self.put(at as usize, None);
                dead.push(Value::from_header(cell));
            }
        }
        dead.reverse();
        dead
    }
}

impl Global {
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
            self.gc.finalizers.waiting.push(Some(cell));
        }
    }

    /// In a full cycle: looks which objects with finalizers may be dead; whether all were looked at.
    pub(super) fn scan_finalizable(&mut self, budget: &mut Budget) -> bool {
        while self.gc.finalizers.scan_one() {
            if budget.spend(1) {
                return false;
            }
        }
        true
    }

    /// Takes the dead objects with finalizers out of those that wait, the first one marked for finalization last. After a young
    /// marking old ones are not looked at; after a full one, not all dead ones are taken at once.
    pub(super) fn find_dead_finalizable(&mut self, full: bool) -> Vec<Value> {
        let finalizers = &mut self.gc.finalizers;
        if full {
            while finalizers.scan_one() {}
            finalizers.waiting.truncate(finalizers.kept);
            finalizers.scanned = finalizers.kept;
            finalizers.old = finalizers.kept;
            return finalizers.take_dead();
        }
        let (mut dead, mut kept) = (Vec::new(), finalizers.old);
        for at in finalizers.old..finalizers.waiting.len() {
            let Some(&Some(cell)) = finalizers.waiting.get(at) else { continue };
            if is_marked(cell) {
                finalizers.put(kept, Some(cell));
                kept += 1;
            } else {
                dead.push(Value::from_header(cell));
            }
        }
        finalizers.waiting.truncate(kept);
        finalizers.old = kept;
        dead
    }

    /// More dead objects of the same cycle.
    pub(super) fn next_dead_candidates(&mut self) -> Vec<Value> {
        self.gc.finalizers.take_dead()
    }

    /// The next object that waits for its finalizer.
    fn next_finalizing(&mut self) -> Option<Value> {
        loop {
            let value = self.gc.finalizing.back_mut()?.pop();
            if value.is_some() {
                return value;
            }
            self.gc.finalizing.pop_back();
        }
    }

    /// Queues dead objects for their finalizers, the last one to go first, those of earlier times before it.
    pub(super) fn queue_finalizers(&mut self, dead: Vec<Value>) {
        if dead.is_empty() {
            return;
        }
        let batches = dead.chunks(FINALIZER_BATCH).rev();
        batches.for_each(|batch| self.gc.finalizing.push_front(batch.to_vec()));
        self.request(interrupt::FINALIZERS);
    }

    /// Every object that has a finalizer is to be finalized: the state is being closed.
    pub(crate) fn queue_all_finalizers(&mut self) {
        self.gc.closing = true;
        // A finalizer may be what closes the state; those after it are called all the same.
        self.gc.running_finalizers = false;
        let all = std::mem::take(&mut self.gc.finalizers).waiting;
        let values = all.iter().copied().flatten().map(Value::from_header).collect();
        self.queue_finalizers(values);
    }
}

impl Thread {
    /// Runs the finalizers that are waiting. Errors in them become warnings.
    pub fn run_finalizers(&mut self) {
        if self.g().gc.running_finalizers {
            return;
        }
        self.g().gc.running_finalizers = true;
        while let Some(object) = self.g().next_finalizing() {
            self.finalize(object);
        }
        self.g().gc.running_finalizers = false;
    }

    /// Runs finalizers that are waiting, as many as a stop may take; the collector asks for the others later.
    pub(crate) fn run_some_finalizers(&mut self) {
        if self.g().gc.running_finalizers {
            return;
        }
        let stop = self.g().stop();
        let deadline = stop.start + Duration::from_nanos(self.g().gc.target_ns / 4);
        self.g().gc.running_finalizers = true;
        while let Some(object) = self.g().next_finalizing() {
            self.finalize(object);
            if Instant::now() >= deadline {
                break;
            }
        }
        self.g().gc.running_finalizers = false;
        self.g().tell("finalizers", "queue", &stop);
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
