//! A full marking that a helper takes part in: what the program's thread does meanwhile, and when that ends.
//!
//! Sharing begins with the roots and ends when the helper has nothing left to trace. From then on the program's thread is alone:
//! it traces what has changed meanwhile and converges, as in any other marking. Sharing begins anew if that takes long, but
//! never after weak tables, caches and finalizers were looked at: what these look for is told of by the program's thread only.

use super::budget::Budget;
use super::collect::Mode;
use super::cycle::Precision;
use super::helper::Job;
use super::mark::{Marker, is_owners};
use super::segments::Segments;
use super::tracer::{Handed, Tracer};
use crate::global::Global;
use crate::object::Header;
use crate::table::dead_key;
use crate::value::Value;
use std::ptr::NonNull;
use std::sync::Arc;

/// With less than so many bytes in use, marking takes a few slices, and is not worth waking anybody.
const LEAST_HEAP: usize = 1 << 23;
/// Objects that have to wait for sharing to begin anew.
const LEAST_WORK: usize = 1 << 12;

/// Who else marks.
pub(super) enum Sharing {
    /// Nobody.
    Alone,
    /// The helper, on its thread.
    Helper(Arc<Job>),
    /// What the helper would do is done on the program's thread, piece by piece, so that it is the same each time.
    Here(Box<Tracer>),
}

/// What became of a slice of a shared marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    /// It goes on.
    GoesOn,
    /// The program's thread is alone, and has all the work that is left.
    Alone,
    /// What the helper had is lost: the marking has to begin anew.
    Lost,
}

impl Marker {
    fn share(&mut self, sharing: Sharing) {
        self.sharing = sharing;
        self.set_shared(true);
    }

    fn set_shared(&mut self, shared: bool) {
        self.shared = shared;
        self.heap().shared = shared;
    }

    /// Gives work, takes what is handed back; whether the other side had nothing left to do.
    fn exchange(&mut self, work: &mut Segments<NonNull<Header>>) -> bool {
        let done = match &mut self.sharing {
            Sharing::Alone => true,
            Sharing::Helper(job) => job.exchange(work, &mut self.handed),
            Sharing::Here(tracer) => {
                let done = work.is_empty() && tracer.is_done();
                tracer.stack.append(work);
                self.handed.append(&mut tracer.handed);
                done
            }
        };
        self.count_handed();
        done
    }

    fn count_handed(&mut self) {
        let marked = std::mem::take(&mut self.handed.marked);
        self.heap().marked += marked;
        self.heap().stats.helped += marked as u64;
    }

    /// Takes all work back and stops sharing. `wait`: at once; otherwise, whether the other side has noticed.
    pub(super) fn recall(&mut self, wait: bool) -> bool {
        match &mut self.sharing {
            Sharing::Alone => {}
            Sharing::Helper(job) => {
                if !job.recall(wait, &mut self.handed) {
                    return false;
                }
            }
            Sharing::Here(tracer) => self.handed.append(&mut tracer.give_up()),
        }
        self.count_handed();
        self.sharing = Sharing::Alone;
        self.set_shared(false);
        true
    }

    /// Traces what was handed back, and what only this thread may trace of what waits; the rest of that goes to `others`.
    /// Whether it is done.
    fn trace_own(&mut self, g: &Global, budget: &mut Budget, others: &mut Segments<NonNull<Header>>) -> bool {
        loop {
            while let Some(entry) = self.handed.entries.pop() {
                self.settle_entry(entry);
                if budget.spend(1) {
                    return false;
                }
            }
            while let Some(cell) = self.handed.cells.pop().or_else(|| self.pop_own(others)) {
                self.trace_one(g, cell, budget);
                if budget.is_over() {
                    return false;
                }
            }
            if !self.trace_parts(budget) {
                return false;
            }
            if self.handed.entries.is_empty() && self.handed.cells.is_empty() && self.is_stack_empty() {
                return true;
            }
        }
    }

    /// The next object that only this thread may trace. Those before it go to `others`.
    fn pop_own(&mut self, others: &mut Segments<NonNull<Header>>) -> Option<NonNull<Header>> {
        while let Some(cell) = self.pop() {
            // SAFETY: marked cells are initialised.
            if is_owners(unsafe { cell.as_ref() }.kind()) {
                return Some(cell);
            }
            others.push(cell);
        }
        None
    }

    /// An entry of a dictionary whose value was nil when the helper saw it: its key does not keep its object alive. If it got a
    /// value since, that store was noticed, but the key was not marked.
    fn settle_entry(&mut self, mut entry: NonNull<[Value; 2]>) {
        // SAFETY: vectors of tables live until the end of the marking. This thread alone writes to them.
        let entry = unsafe { entry.as_mut() };
        if !entry[1].is_nil() {
            self.value(entry[0]);
            self.value(entry[1]);
        } else if entry[0].is_heap() {
            entry[0] = dead_key(entry[0]);
        }
    }

    /// Traces what was handed back, alone.
    fn take_handed(&mut self) {
        while let Some(entry) = self.handed.entries.pop() {
            self.settle_entry(entry);
        }
        let Handed { cells, .. } = &mut self.handed;
        let mut cells = std::mem::take(cells);
        self.append(&mut cells);
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        if matches!(self.sharing, Sharing::Helper(_)) && !Job::is_lost() {
            self.recall(true);
        }
        if self.shared {
            self.set_shared(false);
        }
    }
}

impl Global {
    /// Shares the marking if that is wanted, possible and worth it.
    pub(super) fn begin_sharing(&mut self, marker: &mut Marker, budget: &Budget, precision: Precision) {
        marker.begun = true;
        if !marker.full || budget.is_alone() {
            return;
        }
        if let Some(sharing) = self.new_sharing() {
            marker.share(sharing);
            marker.roots(self, precision == Precision::Exact);
        }
    }

    fn new_sharing(&mut self) -> Option<Sharing> {
        let concurrent = self.gc.mode() == Mode::Concurrent;
        if self.gc.verify {
            let dice = self.heap.stress_dice().unwrap_or_default();
            return match concurrent {
                true => Job::new(dice as u32 | 1).map(Sharing::Helper),
                false => (dice & 1 == 0).then(|| Sharing::Here(Box::new(Tracer::new(|| {})))),
            };
        }
        (concurrent && self.heap.reserved() >= LEAST_HEAP).then(|| Job::new(0).map(Sharing::Helper)).flatten()
    }

    /// The program's thread's part of a shared marking.
    pub(super) fn share_marking(&mut self, marker: &mut Marker, budget: &mut Budget) -> Shared {
        if matches!(marker.sharing, Sharing::Helper(_)) && Job::is_lost() {
            return Shared::Lost;
        }
        if budget.is_alone() || marker.recalled || self.is_marking_very_late() {
            marker.recalled = true;
            if !marker.recall(budget.is_alone()) {
                return Shared::GoesOn;
            }
            marker.take_handed();
            return Shared::Alone;
        }
        marker.take_grey();
        if self.is_marking_late() {
            return self.assist(marker, budget);
        }
        let mut others = Segments::default();
        let idle = marker.exchange(&mut others);
        let complete = marker.trace_own(self, budget, &mut others);
        if idle && complete && others.is_empty() {
            marker.recall(true);
            return Shared::Alone;
        }
        marker.exchange(&mut others);
        if let Sharing::Helper(job) = &marker.sharing {
            job.assist(false, &mut others);
        }
        self.work_here(marker);
        Shared::GoesOn
    }

    /// Does what a helper may have done since the last slice.
    fn work_here(&mut self, marker: &mut Marker) {
        if let Sharing::Here(tracer) = &mut marker.sharing {
            tracer.run(self.heap.stress_dice().unwrap_or_default() as usize % 200);
        }
    }

    /// The program's thread traces whatever there is, as the heap grows too fast for the helper.
    fn assist(&mut self, marker: &mut Marker, budget: &mut Budget) -> Shared {
        let idle = marker.exchange(&mut Segments::default());
        let mut work = Segments::default();
        if let Sharing::Helper(job) = &marker.sharing {
            job.assist(true, &mut work);
        }
        marker.append(&mut work);
        marker.take_handed();
        self.work_here(marker);
        if !marker.drain(self, budget) || !idle {
            return Shared::GoesOn;
        }
        marker.recall(true);
        Shared::Alone
    }

    /// Shares a marking again that was not done with what had changed while the program ran.
    pub(super) fn share_again(&mut self, marker: &mut Marker) {
        if !marker.late
            && !marker.recalled
            && marker.full
            && marker.waiting() >= LEAST_WORK
            && let Some(sharing) = self.new_sharing()
        {
            marker.share(sharing);
        }
    }
}
