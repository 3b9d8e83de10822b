//! The collector's parameters, and when it works: at safepoints, at allocations that cannot wait, and when it is asked.
//!
//! What it does is in [`super::cycle`]. A *young* collection frees what was allocated since the last one and is not reachable;
//! when what survived those has grown enough, a *full* cycle marks everything anew, in slices between which the program runs.

use super::budget::Budget;
use super::cycle::{Phase, Precision};
use super::finalize::Finalizers;
use super::mark::Marker;
use super::usage::Usage;
use crate::global::{Global, interrupt};
use crate::thread::ThreadRef;
use crate::value::Value;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How garbage is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Young collections, and full cycles in slices.
    #[default]
    Generational,
    /// Young collections, and full cycles in slices, in which a helper on a thread of its own does most of the marking.
    Concurrent,
    /// Full cycles in slices.
    Incremental,
    /// Full collections, each at a stretch.
    StopTheWorld,
    /// Only when the program asks for it.
    Off,
}

impl Mode {
    /// Whether there are young collections.
    fn is_generational(self) -> bool {
        matches!(self, Mode::Generational | Mode::Concurrent)
    }

    /// The mode with this name, as options have it.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Mode> {
        Some(match name {
            "generational" => Mode::Generational,
            "concurrent" => Mode::Concurrent,
            "incremental" => Mode::Incremental,
            "stop-the-world" => Mode::StopTheWorld,
            "off" => Mode::Off,
            _ => return None,
        })
    }
}

/// A stop of the program, for those who watch the collector.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// What was done last.
    pub what: &'static str,
    /// Why the program was stopped.
    pub reason: &'static str,
    /// When.
    pub start: Instant,
    /// How long.
    pub time: Duration,
    /// What it cost.
    pub usage: Usage,
    /// What was done, in order.
    pub parts: &'a [Part],
    /// Bytes in use before.
    pub before: usize,
    /// Bytes in use afterwards; in the midst of a cycle garbage counts.
    pub after: usize,
}

/// A part of what is done in one stop.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The phase that it belongs to.
    pub what: &'static str,
    /// When it began.
    pub start: Instant,
    /// How long it took.
    pub time: Duration,
    /// What it cost.
    pub usage: Usage,
}

/// How things were when the program was stopped.
pub(super) struct Stop {
    pub(super) start: Instant,
    usage: Usage,
    before: usize,
}

/// Watches the collector.
type Tracer = Box<dyn FnMut(&Work<'_>)>;

/// The collector's parameters and queues.
pub struct Collector {
    /// Nested reasons not to collect at all, such as a half-made object that only the Rust heap knows.
    held: u32,
    stopped: bool,
    mode: Mode,
    /// Which of PUC Lua's two modes the program believes to be in.
    says_generational: bool,
    /// Percent of the live heap that the heap may grow to before all of it is collected.
    pub(super) pause: i64,
    step_multiplier: i64,
    /// The time in nanoseconds that a stop should not exceed.
    pub(super) target_ns: u64,
    pub(super) phase: Phase,
    pub(super) marker: Option<Box<Marker>>,
    /// All threads; the first ones are old.
    pub(crate) threads: Vec<ThreadRef>,
    pub(super) old_threads: usize,
    /// Threads to be looked at after a full marking.
    pub(super) unreaped: Vec<ThreadRef>,
    pub(super) pace: Pace,
    pub(super) finalizers: Finalizers,
    /// Dead objects whose finalizers are to run, in batches, the next one last.
    pub(crate) finalizing: VecDeque<Vec<Value>>,
    pub(super) running_finalizers: bool,
    /// Whether the state is being closed: what is made from then on is never finalized.
    pub(super) closing: bool,
    /// Whether the heap is verified after each collection.
    pub(super) verify: bool,
    tracer: Option<Tracer>,
    /// What was done in the stop in progress, if somebody wants to know.
    parts: Vec<Part>,
}

/// When what is to be done next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Bytes allocated by the time that the next young collection is due. How many are in use says nothing of that: sweeping
    /// frees others.
    young_at: u64,
    /// Bytes that were in use after the last one.
    live: usize,
    /// Bytes of old objects at which the next full cycle begins.
    full_at: usize,
    /// Bytes allocated by the time that it begins anyway: what died old may be waited for.
    full_after: u64,
    /// Bytes in use by which it should have ended.
    full_by: usize,
    /// Bytes to allocate between the slices of the cycle in progress.
    interval: usize,
    /// Nanoseconds that marking took so far in this cycle.
    pub(super) marking_ns: u64,
    /// Nanoseconds that marking a byte takes, by experience.
    ns_per_byte: f64,
}

/// The name of a collection mode.
pub type ModeName = &'static str;

/// Bytes to allocate between young collections.
const NURSERY: usize = 1 << 22;
/// Least bytes that the old part of the heap grows by before all of it is collected.
const LEAST_GROWTH: usize = 1 << 22;
/// So much less of what objects own outside the heap may be garbage, as a divisor.
const EXTERNAL_SHARE: usize = 2;
/// A full cycle begins at the latest when so many bytes were allocated since the last one, or so many times those in use then.
const LONGEST_WAIT: u64 = 1 << 27;
const LONGEST_WAIT_SHARE: u64 = 16;
/// Least and most bytes to allocate between two slices.
const INTERVAL: std::ops::RangeInclusive<usize> = 1 << 13..=1 << 18;
/// Bytes to allocate between two slices of a young collection.
const YOUNG_INTERVAL: usize = 1 << 17;
/// Slices of a young collection after which that is halved, and how often it is at most.
const USUAL_SLICES: u32 = 8;
const MOST_HALVINGS: u32 = 4;
/// Bytes to allocate between two slices of sweeping.
const SWEEP_INTERVAL: usize = 1 << 17;
/// Default of [`Collector::set_pause_target`], in nanoseconds.
const TARGET_NS: u64 = 500_000;

impl Default for Collector {
    fn default() -> Collector {
        Collector {
            held: 0,
            stopped: false,
            mode: Mode::default(),
            says_generational: false,
            pause: 200,
            step_multiplier: 100,
            target_ns: TARGET_NS,
            phase: Phase::Idle,
            marker: None,
            threads: Vec::new(),
            old_threads: 0,
            unreaped: Vec::new(),
            pace: Pace {
                young_at: super::FIRST_THRESHOLD as u64,
                live: 0,
                full_at: 2 * LEAST_GROWTH,
                full_after: LONGEST_WAIT,
                full_by: 4 * LEAST_GROWTH,
                interval: *INTERVAL.end(),
                marking_ns: 0,
                ns_per_byte: 2.0,
            },
            finalizers: Finalizers::default(),
            finalizing: VecDeque::new(),
            running_finalizers: false,
            closing: false,
            verify: false,
            tracer: None,
            parts: Vec::new(),
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

    /// Sets the step multiplier; returns the one before. Kept for programs that ask: the pace follows from the pause.
    pub fn set_step_multiplier(&mut self, percent: i64) -> i64 {
        std::mem::replace(&mut self.step_multiplier, percent.clamp(0, 1000))
    }

    /// Asks for PUC Lua's generational (or incremental) mode; returns the name of the one before. Until it is asked, the
    /// collector says that it is incremental, as PUC Lua's is.
    pub fn set_generational(&mut self, generational: bool) -> ModeName {
        self.mode = match (self.mode, generational) {
            (Mode::Generational | Mode::Incremental, true) => Mode::Generational,
            (Mode::Generational | Mode::Incremental, false) => Mode::Incremental,
            (other, _) => other,
        };
        if std::mem::replace(&mut self.says_generational, generational) { "generational" } else { "incremental" }
    }

    /// Sets how garbage is collected.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Sets the time that a stop should not exceed.
    pub fn set_pause_target(&mut self, target: Duration) {
        self.target_ns = (target.as_nanos() as u64).max(10_000);
    }

    /// Calls `tracer` after each stop.
    pub fn set_tracer(&mut self, tracer: impl FnMut(&Work<'_>) + 'static) {
        self.tracer = Some(Box::new(tracer));
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Stops the marking in progress, if there is one: the heap is going away.
    pub(crate) fn abandon(&mut self) {
        self.marker = None;
    }

    fn may_collect(&self) -> bool {
        self.held == 0 && !self.stopped && self.mode != Mode::Off
    }
}

impl Global {
    /// A full collection on behalf of an allocation.
    #[cold]
    pub(crate) fn collect_all_if_allowed(&mut self) {
        if self.gc.may_collect() {
            self.timed("allocation", |g| g.collect_all(Precision::Guess));
        }
    }

    /// Work at a safepoint of the interpreter, where all values are on value stacks.
    #[cold]
    pub(crate) fn collect_at_safepoint(&mut self) {
        if !self.gc.may_collect() {
            return;
        }
        if self.heap.is_stressed() {
            self.stress_at_safepoint();
        } else if self.heap.is_due() {
            self.timed("allocation", |g| g.advance());
        }
    }

    /// A full collection, unless collections are forbidden at the moment. Finalizers are left waiting. Only for a native
    /// function that the interpreter called and that holds no values but its arguments.
    pub fn full_collect(&mut self) {
        if self.gc.held == 0 {
            self.timed("request", |g| g.collect_all(Precision::Exact));
        }
    }

    /// The work of a collection step of `kilobytes` (0: a basic one); whether it finished a cycle. As [`Global::full_collect`].
    pub fn step(&mut self, kilobytes: usize) -> bool {
        if self.gc.held != 0 {
            return false;
        }
        let budget = Budget::units(if kilobytes == 0 { 1 << 9 } else { kilobytes.saturating_mul(1 << 4) }).alone();
        let generational = self.gc.says_generational;
        self.timed("request", |g| {
            let young = if g.gc.phase.is_young() { Some(g.young(Precision::Exact)) } else { None };
            match young {
                // Only a full cycle counts for programs that do not know of others.
                Some(what) if generational => what,
                // What a collection in an allocation found by chance on the native stack would count as old.
                _ if generational && g.heap.is_stressed() => g.collect_all(Precision::Exact),
                _ if generational && g.gc.phase == Phase::Idle => g.young(Precision::Exact),
                _ => g.slice(budget, Precision::Exact),
            }
        });
        self.gc.phase == Phase::Idle
    }

    /// Works for about this long on the collection in progress, or begins one; whether none is in progress any more. For
    /// hosts that know when there is time, such as frame loops. As [`Global::full_collect`].
    pub fn step_for(&mut self, time: Duration) -> bool {
        if self.gc.held == 0 {
            let budget = Budget::until(Instant::now() + time);
            self.timed("request", |g| g.slice(budget, Precision::Exact));
        }
        self.gc.phase == Phase::Idle
    }

    /// Sets the bytes beyond which allocations fail with a memory error; 0 for no limit.
    pub fn set_heap_limit(&mut self, bytes: usize) {
        self.heap.limit = if bytes == 0 { usize::MAX } else { bytes };
    }

    /// Whether the heap is beyond its limit, and a full collection does not help.
    #[cold]
    pub(crate) fn is_out_of_memory(&mut self) -> bool {
        if self.heap.exceeds_limit(0) {
            self.timed("limit", |g| g.collect_all(Precision::Exact));
        }
        self.heap.exceeds_limit(0)
    }

    /// Figures about the heap up to now.
    #[must_use]
    pub fn heap_stats(&self) -> super::HeapStats {
        self.heap.stats()
    }

    /// Does what is due, and decides when to work again.
    fn advance(&mut self) -> &'static str {
        let old = if self.gc.mode.is_generational() { self.heap.marked + self.heap.external } else { self.heap.reserved() };
        let waits = old < self.gc.pace.full_at && self.heap.stats.allocated < self.gc.pace.full_after;
        let what = match (self.gc.phase, self.gc.mode) {
            (Phase::Idle, Mode::StopTheWorld) => {
                if old >= self.gc.pace.full_at {
                    self.collect_all(Precision::Exact)
                } else {
                    "nothing"
                }
            }
            (Phase::Idle, mode) if waits => {
                let budget = self.slice_budget();
                if mode.is_generational() && (self.heap.is_in_debt() || self.heap.stats.allocated >= self.gc.pace.young_at) {
                    self.young_slice(budget, Precision::Exact)
                } else {
                    self.sweep_slice(budget)
                }
            }
            _ => {
                let budget = self.slice_budget();
                self.slice(budget, Precision::Exact)
            }
        };
        // Without young collections, nothing is owed.
        self.heap.debt = 0;
        self.schedule();
        what
    }

    fn slice_budget(&self) -> Budget {
        Budget::until(Instant::now() + Duration::from_nanos(self.gc.target_ns * 3 / 5))
    }

    /// After a young collection.
    pub(super) fn pace_after_young(&mut self) {
        self.gc.pace.young_at = self.heap.stats.allocated + NURSERY as u64;
    }

    /// After a full one.
    pub(super) fn pace_after_full(&mut self) {
        let live = self.heap.reserved();
        let pace = &mut self.gc.pace;
        if self.heap.marked > LEAST_GROWTH {
            let found = pace.marking_ns as f64 / self.heap.marked as f64;
            pace.ns_per_byte = (pace.ns_per_byte + found.clamp(0.1, 20.0)) / 2.0;
        }
        pace.young_at = self.heap.stats.allocated + NURSERY as u64;
        self.pace_from(live);
        self.schedule();
    }

    /// When all of a full cycle's dead are swept: they may have kept memory outside the heap alive until then.
    pub(super) fn pace_after_sweep(&mut self) {
        let used = self.heap.reserved();
        if used < self.gc.pace.live {
            self.pace_from(used);
        }
    }

    /// Whether a full cycle should have ended by now.
    pub(super) fn is_marking_late(&self) -> bool {
        self.heap.reserved() > self.gc.pace.full_by
    }

    /// Whether it has taken so long that the program had better wait for it.
    pub(super) fn is_marking_very_late(&self) -> bool {
        self.heap.reserved() > self.gc.pace.full_by + (self.gc.pace.full_by - self.gc.pace.live)
    }

    fn pace_from(&mut self, live: usize) {
        // What objects own outside of the heap are native stacks, mostly: much memory for what marking them takes.
        let counted = live - self.heap.external.min(live) / EXTERNAL_SHARE;
        let growth = ((counted / 100).saturating_mul(self.gc.pause.max(110) as usize - 100)).max(LEAST_GROWTH);
        let pace = &mut self.gc.pace;
        pace.live = live;
        pace.full_after = self.heap.stats.allocated + (live as u64 * LONGEST_WAIT_SHARE).max(LONGEST_WAIT);
        pace.full_at = live + growth * 3 / 5;
        pace.full_by = live + growth;
    }

    /// When a full cycle begins.
    pub(super) fn pace_cycle(&mut self) {
        let used = self.heap.reserved();
        let pace = &mut self.gc.pace;
        pace.marking_ns = 0;
        let slices = (used as f64 * pace.ns_per_byte / (self.gc.target_ns as f64 * 0.6)) as usize + 1;
        let room = pace.full_by.saturating_sub(used).max(LEAST_GROWTH);
        pace.interval = (room / 2 / slices).clamp(*INTERVAL.start(), *INTERVAL.end());
    }

    /// Decides when the collector is asked next.
    fn schedule(&mut self) {
        let used = self.heap.reserved();
        let interval = self.young_interval();
        self.heap.hurried = interval < YOUNG_INTERVAL;
        let pace = &self.gc.pace;
        let idle = match self.gc.mode {
            Mode::Generational | Mode::Concurrent => used + pace.young_at.saturating_sub(self.heap.stats.allocated) as usize,
            Mode::Incremental | Mode::StopTheWorld => pace.full_at,
            Mode::Off => usize::MAX,
        };
        self.heap.threshold = match self.gc.phase {
            Phase::Idle if self.heap.has_stale() || self.stacks.is_warm() || self.has_finalizers() => {
                idle.min(used + SWEEP_INTERVAL)
            }
            Phase::Idle => idle.max(used + (1 << 12)),
            phase if phase.is_young() => used + interval,
            // No young collection looks at threads that run meanwhile, so there should be few.
            Phase::Reap | Phase::Weaken => used + *INTERVAL.start(),
            // A cycle that takes too long has to get on.
            _ if used > pace.full_by => used + *INTERVAL.start(),
            _ => used + pace.interval,
        };
    }

    /// Bytes to allocate before the next slice of a young collection: less and less, if what is allocated lives and takes long to
    /// look at.
    fn young_interval(&self) -> usize {
        let slices = self.gc.marker.as_ref().filter(|marker| !marker.full).map_or(0, |marker| marker.slices);
        YOUNG_INTERVAL >> (slices / USUAL_SLICES).min(MOST_HALVINGS)
    }

    /// Does a piece of work, which is recorded.
    pub(super) fn timed(&mut self, reason: &'static str, work: impl FnOnce(&mut Global) -> &'static str) {
        let stop = self.stop();
        let what = work(self);
        self.heap.stats.pauses.add(stop.start.elapsed().as_nanos() as u64);
        self.tell(what, reason, &stop);
    }

    /// A stop begins.
    pub(super) fn stop(&mut self) -> Stop {
        self.running.get().make_frames();
        self.gc.parts.clear();
        self.heap.note_peak();
        let usage = if self.gc.tracer.is_some() { Usage::now() } else { Usage::default() };
        Stop { start: Instant::now(), usage, before: self.heap.used() }
    }

    /// Tells those who watch of a stop.
    pub(super) fn tell(&mut self, what: &'static str, reason: &'static str, stop: &Stop) {
        let Stop { start, before, .. } = *stop;
        let (time, after) = (start.elapsed(), self.heap.used());
        if let Some(tracer) = &mut self.gc.tracer {
            let usage = Usage::now() - stop.usage;
            tracer(&Work { what, reason, start, time, usage, parts: &self.gc.parts, before, after });
        }
    }

    /// Does a part of what a stop is for, which watchers hear of.
    pub(super) fn part<T>(&mut self, what: &'static str, work: impl FnOnce(&mut Global) -> T) -> T {
        if self.gc.tracer.is_none() {
            return work(self);
        }
        let (start, before) = (Instant::now(), Usage::now());
        let result = work(self);
        self.gc.parts.push(Part { what, start, time: start.elapsed(), usage: Usage::now() - before });
        result
    }

    // ---- stress ----

    pub(crate) fn set_stress(&mut self, period: Option<std::num::NonZeroU32>, seed: Option<u64>) {
        if period.is_none() && !self.heap.is_stressed() {
            return;
        }
        self.collect_all(Precision::Guess);
        self.gc.verify = seed.is_some();
        self.heap.set_stress(period, seed);
        self.pace_after_full();
    }

    /// A collection because of stress mode: here, where only the native stack may know what is in use, and once more at the next
    /// safepoint, where only value stacks count.
    #[cold]
    pub(crate) fn stress_at_allocation(&mut self) {
        if self.gc.may_collect() && self.heap.stress_is_due() {
            self.timed("stress", |g| g.stressed_work(Precision::Guess));
            self.request(interrupt::COLLECT);
        }
    }

    fn stress_at_safepoint(&mut self) {
        self.timed("stress", |g| g.stressed_work(Precision::Exact));
    }

    fn stressed_work(&mut self, precision: Precision) -> &'static str {
        let Some(dice) = self.heap.stress_dice() else { return self.collect_all(precision) };
        match dice % 8 {
            0 => self.collect_all(precision),
            1 if self.gc.phase == Phase::Idle => self.young(precision),
            2 if self.gc.phase == Phase::Idle => self.young_slice(Budget::units((dice >> 8) as usize % 200), precision),
            3 if self.gc.phase == Phase::Idle => "nothing",
            _ => self.slice(Budget::units((dice >> 8) as usize % 200), precision),
        }
    }
}
