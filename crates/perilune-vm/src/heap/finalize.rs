//! Finalizers: which objects wait for them, which are to be called, and warnings.

use super::mark::is_marked;
use crate::global::{Event, Global, interrupt};
use crate::object::{Header, flags};
use crate::table::Table;
use crate::thread::Thread;
use crate::value::Value;
use std::ptr::NonNull;

/// Objects with finalizers.
#[derive(Default)]
pub(crate) struct Finalizers {
    /// Those that are not known to be dead, in the order they got their finalizer.
    waiting: Vec<NonNull<Header>>,
    /// So many of them are old.
    old: usize,
}

impl Finalizers {
    /// Those that got their finalizer since the last look for dead ones.
    pub(super) fn young(&self) -> &[NonNull<Header>] {
        &self.waiting[self.old..]
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
            self.gc.finalizers.waiting.push(cell);
        }
    }

    /// Takes the dead objects with finalizers out of those that wait, the first one marked for finalization last. After a young
    /// marking old ones are not looked at.
    pub(super) fn find_dead_finalizable(&mut self, full: bool) -> Vec<Value> {
        let finalizers = &mut self.gc.finalizers;
        let from = if full { 0 } else { finalizers.old };
        let (mut dead, mut kept) = (Vec::new(), from);
        for at in from..finalizers.waiting.len() {
            let cell = finalizers.waiting[at];
            if is_marked(cell) {
                finalizers.waiting[kept] = cell;
                kept += 1;
            } else {
                dead.push(Value::from_header(cell));
            }
        }
        finalizers.waiting.truncate(kept);
        finalizers.old = kept;
        dead
    }

    pub(super) fn queue_finalizers(&mut self, dead: Vec<Value>) {
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
        self.gc.finalizers.old = 0;
        let all = std::mem::take(&mut self.gc.finalizers.waiting);
        let values = all.into_iter().map(Value::from_header).collect();
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
