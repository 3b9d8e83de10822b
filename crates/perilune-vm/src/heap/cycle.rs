//! What a collection does in which order.
//!
//! After marking, the manual's order: weak values that died are cleared, objects with finalizers are resurrected and what they
//! refer to is marked, then weak keys are cleared. A full cycle stops the program for a slice at a time; the ends of its two
//! markings are at a stretch.

use super::barrier::Watch;
use super::budget::Budget;
use super::collect::Collector;
use super::dying::{Later, Reaping};
use super::mark::{Marker, is_marked};
use super::sharing::{Shared, Sharing};
use crate::global::Global;
use std::time::{Duration, Instant};

/// How far a full cycle has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// None is in progress.
    Idle,
    /// What the last one left is swept, and marks are cleared.
    Clear,
    /// What is reachable is marked.
    Mark,
    /// Big weak tables lose values that died, before finalizers bring some of them back.
    Weaken,
    /// What finalizers will need is marked.
    Revive,
    /// Threads that died are taken leave of; no cell is swept before that.
    Reap,
    /// Of a young collection: what is reachable and was made since the last collection is marked.
    Young,
    /// Of a young collection: what finalizers will need is marked.
    YoungRevive,
}

impl Phase {
    /// What watchers know it by.
    fn name(self) -> &'static str {
        match self {
            Phase::Idle => "end",
            Phase::Clear => "clear",
            Phase::Mark => "mark",
            Phase::Weaken => "weaken",
            Phase::Revive => "revive",
            Phase::Reap => "reap",
            Phase::Young | Phase::YoungRevive => "young",
        }
    }

    /// Whether a young collection is in progress.
    pub(super) fn is_young(self) -> bool {
        matches!(self, Phase::Young | Phase::YoungRevive)
    }

    /// Whether what finalizers will need is being marked.
    fn is_revival(self) -> bool {
        matches!(self, Phase::Revive | Phase::YoungRevive)
    }
}

/// What is known of the values that running native code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// They are where the collector is told of them.
    Exact,
    /// They may be anywhere on the native stack.
    Guess,
}

/// The part of a slice's time that it may take beyond that, if it was spent on roots.
const GRACE_SHARE: u64 = 4;
/// Times in a row that a marking may not be done with what changed while the program ran before it gets more time for that.
const USUAL_MISSES: u32 = 8;
/// How often that time is doubled at most: to some seconds.
const MOST_DOUBLINGS: u32 = 14;

/// What of weak tables may be cleared after a marking, if anything. Compiled code knows of array parts between safepoints.
fn later(may_wait: bool, precision: Precision) -> Later {
    Later { values: may_wait, keys: may_wait, elements: may_wait && precision == Precision::Exact }
}

impl Global {
    // ---- full cycles ----

    /// Takes the collection in progress further, or begins a full cycle; what was done last.
    pub(super) fn slice(&mut self, mut budget: Budget, precision: Precision) -> &'static str {
        if self.gc.phase == Phase::Idle {
            self.pace_cycle();
            self.begin_clear();
        }
        loop {
            let phase = self.gc.phase;
            let what = phase.name();
            let part = if phase.is_young() { "mark" } else { what };
            let done = self.part(part, |g| match phase {
                Phase::Idle => false,
                Phase::Clear => g.heap.clear_some(&mut budget),
                Phase::Mark | Phase::Revive | Phase::Young | Phase::YoungRevive => g.mark_some(&mut budget, precision),
                Phase::Weaken => g.weaken_some(&mut budget),
                Phase::Reap => g.reap_some(&mut budget),
            });
            if !done {
                return what;
            }
            self.end_phase(precision);
            if self.gc.phase == Phase::Idle {
                return what;
            }
            // What has died is known only if the end of a marking comes at a stretch; the rest may wait.
            if budget.is_over() {
                return what;
            }
        }
    }

    /// A phase is over: goes on to the next one.
    fn end_phase(&mut self, precision: Precision) {
        match self.gc.phase {
            Phase::Clear => self.begin_mark(),
            Phase::Mark | Phase::Young => self.part("weak values", |g| g.resurrect(precision)),
            // The program has run since.
            Phase::Weaken => self.gc.phase = Phase::Mark,
            Phase::Revive => {
                if !self.part("resurrect", Global::resurrect_more) {
                    self.part("finish", |g| g.finish_marking(precision));
                }
            }
            Phase::YoungRevive => self.part("finish", |g| g.finish_young(precision)),
            Phase::Reap => self.end_cycle(),
            Phase::Idle => {}
        }
    }

    /// A full collection at a stretch.
    pub(super) fn collect_all(&mut self, precision: Precision) -> &'static str {
        while self.gc.phase == Phase::Reap {
            self.slice(Budget::unlimited(), precision);
        }
        self.begin_clear();
        self.pace_cycle();
        while self.gc.phase != Phase::Idle {
            self.slice(Budget::unlimited(), precision);
        }
        self.part("sweep", |g| g.heap.sweep_some(&mut Budget::unlimited()));
        while self.stacks.cool_one() {}
        self.pace_after_full();
        "full"
    }

    /// Sweeps for a while what the last full cycle left.
    pub(super) fn sweep_slice(&mut self, mut budget: Budget) -> &'static str {
        if self.part("sweep", |g| g.heap.sweep_some(&mut budget)) {
            self.pace_after_sweep();
            while self.stacks.cool_one() && !budget.spend(64) {}
        }
        "sweep"
    }

    fn begin_clear(&mut self) {
        self.heap.settle_all();
        self.gc.phase = Phase::Clear;
        self.gc.marker = None;
        self.heap.forget_noticed(Watch::Nothing);
        self.gc.finalizers.begin_cycle();
    }

    fn begin_mark(&mut self) {
        self.gc.phase = Phase::Mark;
        self.heap.begin_marking();
        self.gc.marker = Some(Box::new(Marker::new(&self.heap, true)));
    }

    /// Marks until the budget is spent or nothing is left to mark; whether the latter. Roots may change whenever the program
    /// runs, so they count anew at each end.
    fn mark_some(&mut self, budget: &mut Budget, precision: Precision) -> bool {
        let start = Instant::now();
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        marker.at_safepoint = precision == Precision::Exact;
        marker.slices += 1;
        if !marker.begun {
            self.begin_sharing(&mut marker, budget, precision);
        }
        if !matches!(marker.sharing, Sharing::Alone) {
            match self.share_marking(&mut marker, budget) {
                Shared::Alone => {}
                Shared::GoesOn => {
                    self.gc.pace.marking_ns += start.elapsed().as_nanos() as u64;
                    self.gc.marker = Some(marker);
                    return false;
                }
                Shared::Lost => {
                    drop(marker);
                    self.begin_clear();
                    return false;
                }
            }
        }
        // Taken late, there would be much of it.
        marker.take_grey();
        let mut done = false;
        while !done && marker.drain(self, budget) {
            marker.take_noticed();
            marker.roots(self, precision == Precision::Exact);
            let revive = self.gc.phase.is_revival();
            if revive {
                // It is too late for them to be found dead in this cycle.
                self.gc.finalizers.take_young().for_each(|cell| marker.cell(cell));
            }
            // Looking at the roots may take longer than a slice; what has changed there is little.
            let hurried = marker.misses > USUAL_MISSES && !budget.is_unlimited();
            let mut grace = self.grace(marker.misses);
            let budget = if budget.is_over() || hurried { &mut grace } else { &mut *budget };
            if !marker.converge(self, budget) {
                marker.misses += 1;
                self.share_again(&mut marker);
                break;
            }
            marker.misses = 0;
            if !marker.full {
                // What old profiles refer to is marked; those of functions found just now count too.
                marker.watched(self);
            }
            marker.late = true;
            // The program does not run in between: nothing is found here but what was not reached before.
            done = marker.scan_weak(budget)
                && marker.scan_caches(budget)
                && (revive || !marker.full || self.scan_finalizable(budget))
                && marker.is_done();
            if budget.is_over() {
                break;
            }
        }
        if marker.full {
            self.gc.pace.marking_ns += start.elapsed().as_nanos() as u64 + std::mem::take(&mut marker.handed.ns);
        }
        self.gc.marker = Some(marker);
        done
    }

    /// The time for what changed while the program ran. If it changes faster than that, the marking would never end: it gets
    /// more and more.
    fn grace(&self, misses: u32) -> Budget {
        let usual = Duration::from_nanos(self.gc.target_ns / GRACE_SHARE);
        Budget::until(Instant::now() + usual * (1 << (misses / USUAL_MISSES).min(MOST_DOUBLINGS)))
    }

    /// After the first marking: weak values are cleared, then what has a finalizer lives on until it was called.
    fn resurrect(&mut self, precision: Precision) {
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        // What comes back for its finalizer, and what it refers to, is to be gone from weak tables then.
        let nothing_returns = marker.full && !self.gc.finalizers.has_candidates();
        let may_wait = marker.full && (nothing_returns || !marker.weakened);
        if marker.full {
            self.heap.reaping = if nothing_returns { Reaping::All } else { Reaping::Values };
        }
        if marker.clear_weak_values(Later { keys: nothing_returns, ..later(may_wait, precision) }) {
            self.roles_changed();
        }
        if marker.full && !nothing_returns {
            if marker.weakened {
                self.heap.clear_dying_values(&mut Budget::unlimited(), &mut marker.small_weak);
            } else if self.heap.has_dying_values() {
                marker.weakened = true;
                self.gc.phase = Phase::Weaken;
                self.gc.marker = Some(marker);
                return;
            }
            self.heap.reaping = Reaping::Nothing;
        }
        let dead = self.find_dead_finalizable(marker.full);
        for &value in &dead {
            marker.value(value);
        }
        self.queue_finalizers(dead);
        self.gc.phase = if marker.full { Phase::Revive } else { Phase::YoungRevive };
        self.gc.marker = Some(marker);
    }

    /// Clears dead values of weak tables; whether all were.
    fn weaken_some(&mut self, budget: &mut Budget) -> bool {
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        let done = self.heap.clear_dying_values(budget, &mut marker.small_weak);
        self.gc.marker = Some(marker);
        done
    }

    /// Brings more dead objects with finalizers back if there were too many to do it at once; whether there were.
    fn resurrect_more(&mut self) -> bool {
        let dead = self.next_dead_candidates();
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        dead.iter().for_each(|&value| marker.value(value));
        self.gc.marker = Some(marker);
        let more = !dead.is_empty();
        self.queue_finalizers(dead);
        more
    }

    /// After the second marking: from here on, what is not marked is dead.
    fn finish_marking(&mut self, precision: Precision) {
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        self.finish_weak(&mut marker, precision);
        marker.clear_caches();
        let running = self.running.get();
        running.clear_unused_stack();
        running.shrink_frames();
        // An allocation of the running thread must not move its stack: the interpreter and its helpers hold places in it.
        if precision == Precision::Exact {
            running.shrink_stack();
        }
        self.gc.unreaped = std::mem::take(&mut self.gc.threads);
        self.gc.old_threads = 0;
        self.gc.phase = Phase::Reap;
        self.heap.stats.collections += 1;
        self.heap.finish_full_marking();
        self.verify();
        if self.heap.is_stressed() {
            self.reap_some(&mut Budget::unlimited());
            self.end_cycle();
        }
    }

    fn finish_weak(&mut self, marker: &mut Marker, precision: Precision) {
        let later = later(marker.full, precision);
        if marker.full {
            self.heap.reaping = Reaping::All;
        }
        if marker.clear_weak_values(later) {
            self.roles_changed();
        }
        marker.finish_weak(later);
        debug_assert!(marker.is_done(), "the strings of weak tables refer to nothing");
        self.heap.forget_dead_watched(marker.full);
    }

    /// Closes upvalues of dead threads, which may live on; whether all threads have been looked at.
    fn reap_some(&mut self, budget: &mut Budget) -> bool {
        while let Some(thread) = self.gc.unreaped.pop() {
            if is_marked(thread.cell()) {
                let young = self.gc.threads.len();
                self.gc.threads.push(thread);
                self.gc.threads.swap(self.gc.old_threads, young);
                self.gc.old_threads += 1;
            } else {
                thread.get().abandon();
            }
            if budget.spend(2) {
                return false;
            }
        }
        self.heap.clear_dying(budget)
    }

    fn end_cycle(&mut self) {
        self.gc.phase = Phase::Idle;
        self.heap.allow_sweeping();
        self.pace_after_full();
    }

    // ---- young collections ----

    /// A young collection at a stretch. No full cycle is in progress.
    pub(super) fn young(&mut self, precision: Precision) -> &'static str {
        self.young_slice(Budget::unlimited(), precision)
    }

    /// Takes the young collection in progress further, or begins one. No full cycle is in progress.
    pub(super) fn young_slice(&mut self, budget: Budget, precision: Precision) -> &'static str {
        if self.gc.phase == Phase::Idle {
            self.gc.phase = Phase::Young;
            self.heap.begin_young_marking();
            self.gc.marker = Some(Box::new(Marker::new(&self.heap, false)));
        }
        self.slice(budget, precision)
    }

    /// After the second marking: what was made since the last collection and is not marked is dead.
    fn finish_young(&mut self, precision: Precision) {
        let mut marker = self.gc.marker.take().expect("a marking is in progress");
        self.finish_weak(&mut marker, precision);
        self.running.get().clear_unused_stack();
        self.reap_young();
        self.heap.finish_young_marking();
        self.gc.phase = Phase::Idle;
        self.heap.stats.collections += 1;
        self.heap.stats.young += 1;
        self.pace_after_young();
        self.verify();
    }

    /// Young threads that survived are old; upvalues of the others are closed.
    fn reap_young(&mut self) {
        let Collector { threads, old_threads, .. } = &mut self.gc;
        let mut kept = *old_threads;
        for at in *old_threads..threads.len() {
            let thread = threads[at];
            if is_marked(thread.cell()) {
                threads[kept] = thread;
                kept += 1;
            } else {
                thread.get().abandon();
            }
        }
        threads.truncate(kept);
        *old_threads = kept;
    }
}
