//! What is compiled when, and what happens when an assumption fails.
//!
//! The VM samples jumps back and entries of functions. A function on which enough samples fell is watched for a while; then it
//! is compiled for the place where the next sample finds it: its entry, or a loop (on-stack replacement). Code that leaves too
//! often at one place is thrown away and made anew from the richer profile; what still fails is left to the interpreter.

use crate::code::{CodeError, CodeMemory, Options};
use crate::installed::Store;
use crate::listing::{self, Listing, Sink, Wanted};
use crate::lower::reasons::in_words;
use crate::lower::{self, Literals, Machine, Surroundings};
use crate::{build, ir, passes};
use perilune_vm::proto::ProtoRef;
use perilune_vm::state::State;
use perilune_vm::tier::{At, Code, Compiler, Exit, notes, position, proto_as_value, proto_of, record_running};
use perilune_vm::{Global, Thread};
use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// When things happen. Counts are of jumps back and entries.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Between samples: rare enough to cost nothing.
    pub period: u32,
    /// Samples on a function before it is watched.
    pub watch: u32,
    /// Nanoseconds for each word of code that a function must have run before it is compiled, and watched for that: what runs
    /// shorter is not worth the time that compiling takes.
    pub worth: u64,
    /// Jobs that the compiler's thread may have. What is to be compiled later is better known then, or forgotten.
    pub queue: usize,
    /// Instructions for which functions are watched at a time: some dozen rounds of most loops, about 50 microseconds.
    pub watched_instructions: u32,
    /// As many after an assumption failed: a round of most loops.
    pub watched_after_failure: u32,
    /// Between samples while functions are watched.
    pub watched_period: u32,
    /// Entries that make it worth compiling a function for its start when a loop in it is hot.
    pub entries: u32,
    /// Times that a function is watched on to see whether it is entered again, before a loop of it is compiled: for some 0.1 ms.
    pub waits: u32,
    /// Rounds of a loop that must have been watched before it is entered: of a round that was just begun nothing is known.
    pub rounds: u32,
    /// Events a function's profile must have seen before it is compiled: enough for both sides of most conditions.
    pub events: u32,
    /// Entries of code for a loop that make it worth compiling the whole function: a program's one long loop is entered a few
    /// times, as code is made anew.
    pub loop_entries: u32,
    /// Times code may leave as assumptions failed before it is made anew, the first time; see `patience`.
    pub failures: u32,
    /// Times code that is to be made anew may leave before it is not entered any more.
    pub stale_exits: u32,
    /// The same of ends where nothing was known.
    pub ends: u32,
    /// Times a function is compiled before it is left to the interpreter.
    pub recompilations: u32,
}

impl Thresholds {
    /// For running programs.
    pub const NORMAL: Thresholds = Thresholds {
        period: 512,
        watch: 4,
        worth: 30_000,
        queue: 2,
        watched_instructions: 2000,
        watched_after_failure: 300,
        watched_period: 16,
        entries: 1,
        waits: 2,
        rounds: 4,
        events: 24,
        loop_entries: 8,
        failures: 4,
        stale_exits: 64,
        ends: 6,
        recompilations: 24,
    };

    /// For tests: everything is compiled as soon as something is known of it.
    pub const EAGER: Thresholds = Thresholds {
        period: 1,
        watch: 0,
        worth: 0,
        queue: usize::MAX,
        watched_instructions: u32::MAX,
        watched_after_failure: u32::MAX,
        watched_period: 1,
        entries: 2,
        waits: 0,
        rounds: 1,
        events: 2,
        loop_entries: 2,
        failures: 2,
        stale_exits: 4,
        ends: 2,
        recompilations: 12,
    };
}

/// What the user asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Jumps back and entries between samples instead of [`Thresholds::NORMAL`]'s; 0: everything is compiled at once.
    pub hot: Option<u32>,
    /// Make an assumption fail every so many checks; 0 never.
    pub deopt_every: u64,
    /// Lines about what is compiled.
    pub trace_tier: bool,
    /// Lines about assumptions that failed.
    pub trace_deopt: bool,
    /// Most bytes of machine code.
    pub code_limit: Option<usize>,
    /// What to show of what is compiled.
    pub show: Wanted,
    /// Where to.
    pub sink: Sink,
}

/// Figures.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    compiled: u64,
    refused: u64,
    exits: u64,
    discarded: u64,
    bytes: u64,
    time: Duration,
}

/// The compiler of one state.
pub struct Engine {
    /// Made when the first function is compiled: most programs are short.
    backend: Option<Backend>,
    settings: Settings,
    thresholds: Thresholds,
    figures: Figures,
    /// Jobs that the compiler's thread has.
    pending: usize,
    /// Moves when all code is to be made anew: what was begun before is dropped.
    generation: u32,
    /// Counts down to the next forced failure.
    forced: Box<Cell<i64>>,
    /// When the last sample was taken.
    sampled: Instant,
    /// For periods that differ.
    random: u64,
}

/// What makes machine code and keeps it.
struct Backend {
    host: lower::Host,
    store: Store,
    worker: Option<Worker>,
}

impl Backend {
    fn new(limit: Option<usize>) -> Result<Backend, String> {
        let options = Options::from_environment()?;
        let options = Options { limit: limit.unwrap_or(options.limit), ..options };
        let memory = CodeMemory::new(&options).map_err(|error| error.to_string())?;
        Ok(Backend { host: lower::host()?, store: Store::new(memory), worker: None })
    }
}

/// Gives a state a compiler. Without executable memory, or on a processor that code cannot be made for, it refuses everything.
pub fn install(state: &mut State, settings: Settings) {
    let thresholds = match settings.hot {
        Some(0) => Thresholds::EAGER,
        Some(hot) => Thresholds { period: hot.max(1), watch: 36, worth: 0, ..Thresholds::NORMAL },
        None => Thresholds::NORMAL,
    };
    let forced = Box::new(Cell::new(settings.deopt_every.max(1) as i64));
    let figures = Figures::default();
    let engine = Engine {
        backend: None,
        settings,
        thresholds,
        figures,
        pending: 0,
        generation: 0,
        forced,
        sampled: Instant::now(),
        random: 1,
    };
    let g = state.global();
    g.set_compiler(Box::new(engine), thresholds.period);
    if thresholds.watch == 0 {
        g.set_profiling(u32::MAX);
    }
}

impl Compiler for Engine {
    fn tick(&mut self, t: &mut Thread, proto: ProtoRef, at: At) -> Option<Code> {
        // Code for the first instruction is code for the entry, even if a loop begins there.
        let at = if word(at) == 0 { At::Entry } else { at };
        let profiling = t.global().profiling() != 0;
        let thresholds = self.thresholds;
        t.global().set_countdown(if profiling { thresholds.watched_period } else { self.next_period() });
        let elapsed = self.sample();
        self.take_finished(t);
        if let Some(backend) = &mut self.backend {
            backend.store.tidy(t.global());
            backend.store.found(proto, at);
        }
        if existing(proto, at).is_some() {
            if proto.tier().stale.contains(&word(at)) {
                self.renew(t, proto, at);
            } else {
                self.consider_entry(t, proto, at);
            }
            // Installing the other may have freed this one.
            return existing(proto, at);
        }
        let tier = proto.tier();
        if tier.given_up {
            return None;
        }
        tier.ticks += 1;
        tier.spent += elapsed;
        let is_worth_it = tier.spent >= thresholds.worth * size(proto);
        if tier.profile.as_ref().is_none_or(|profile| profile.events < thresholds.events) {
            if !profiling && tier.ticks >= thresholds.watch && is_worth_it {
                self.watch(t);
            }
            return None;
        }
        if tier.pending || !is_worth_it || self.pending >= thresholds.queue {
            return None;
        }
        // A function that is entered often is compiled as a whole; its loops alone would leave the rest to the interpreter.
        let entered = tier.profile.as_ref().is_some_and(|profile| profile.entries >= thresholds.entries);
        let wanted = if entered && tier.entry().is_none() { At::Entry } else { at };
        if let At::Loop(pc) = wanted
            && tier.closed.contains(&pc)
        {
            return None;
        }
        if !self.was_seen(proto, wanted) || wanted != At::Entry && self.may_be_entered(proto) {
            self.watch(t);
            return None;
        }
        self.compile(t, proto, wanted);
        existing(proto, at)
    }

    fn exited(&mut self, t: &mut Thread, exit: &Exit) {
        t.global().set_countdown(1);
        if t.global().is_waiting() {
            return;
        }
        if self.settings.deopt_every != 0 && self.forced.get() <= 0 {
            self.forced.set(self.settings.deopt_every as i64);
            return;
        }
        self.figures.exits += 1;
        record_running(t);
        let tier = exit.compiled.tier();
        if tier.pending || !tier.stale.is_empty() {
            // Better code is in the making, or will be when a sample falls on the function.
            tier.stale_exits += 1;
            if !tier.pending && tier.stale_exits >= self.thresholds.stale_exits && !self.renew_running(t, exit.compiled) {
                self.discard_stale(exit.compiled);
            }
            return;
        }
        let profile = exit.proto.profile();
        if exit.uncharted {
            return self.came_to_an_end(t, exit);
        }
        let failures = profile.failures.entry(exit.at).or_insert(0);
        *failures += 1;
        let failures = *failures;
        if self.thresholds.watch != 0 {
            // What made one assumption fail makes others fail that follow. A check that was made ahead of its instruction tells
            // nothing yet of what that meets.
            let ahead = position(t) != (exit.proto, exit.at);
            let watched = if ahead { self.thresholds.watched_instructions } else { self.thresholds.watched_after_failure };
            let g = t.global();
            g.set_profiling(g.profiling().max(watched));
        }
        if self.settings.trace_deopt {
            let (at, why) = (line(exit.proto, exit.at), in_words(exit.why));
            say(format_args!("[deopt] {} at {at} (pc {}): {why}, time {failures}", name(exit.proto), exit.at));
        }
        // It has failed in three versions of the code, one after the other, in each as often as there was patience for.
        if failures * 4 >= patience(self.thresholds.failures, exit.compiled.tier().compiled) * 7 {
            profile.sites[exit.at as usize].notes |= notes::FAILED;
        }
        tier.exits += 1;
        if tier.exits >= patience(self.thresholds.failures, tier.compiled) {
            self.outdate(exit.compiled);
            self.renew_running(t, exit.compiled);
        }
    }

    fn limits_changed(&mut self, _g: &mut Global) {
        self.generation += 1;
        if let Some(backend) = &mut self.backend {
            backend.store.discard_all();
        }
    }

    fn report(&self) -> String {
        let Figures { compiled, refused, exits, discarded, bytes, time } = self.figures;
        let (memory, freed, flushed) = self.backend.as_ref().map(|backend| backend.store.statistics()).unwrap_or_default();
        let mut text = String::new();
        let _ = writeln!(text, "compiled functions and loops: {compiled} ({bytes} bytes, {time:.1?}), refused: {refused}");
        let _ = writeln!(text, "assumptions that failed: {exits}, code made anew: {discarded}");
        let _ = writeln!(
            text,
            "code memory: {} bytes in {} blocks, at most {} of {}",
            memory.used, memory.blocks, memory.high_water, memory.limit
        );
        let _ = write!(text, "code freed: {freed} blocks, {flushed} of them as memory was full");
        text
    }
}

fn existing(proto: ProtoRef, at: At) -> Option<Code> {
    let tier = proto.tier();
    match at {
        At::Entry => tier.entry(),
        At::Loop(pc) => tier.loop_code(pc),
    }
}

/// The word of code where a function is entered.
fn word(at: At) -> u32 {
    match at {
        At::Entry => 0,
        At::Loop(pc) => pc,
    }
}

/// How often code may leave before it is made anew: longer each time, as that takes as long as thousands of exits.
fn patience(first: u32, compiled: u32) -> u32 {
    first << compiled.saturating_sub(1).min(MOST_DOUBLINGS)
}

/// Words of code that count when it is asked what compiling costs: most of long code is not executed.
fn size(proto: ProtoRef) -> u64 {
    proto.get().code.len().clamp(LEAST_WORDS, MOST_WORDS) as u64
}

/// How often the patience with code is doubled at most.
const MOST_DOUBLINGS: u32 = 4;
/// Short functions have others in place of calls.
const LEAST_WORDS: usize = 16;
const MOST_WORDS: usize = 200;
/// More nanoseconds than go by between samples; the program waited for something.
const WAITED: u64 = 2_000_000;

impl Engine {
    /// Jumps back and entries until the next sample, about the period: a loop that takes just so many would hide all else.
    fn next_period(&mut self) -> u32 {
        let period = self.thresholds.period;
        // Numbers of Knuth's MMIX.
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        period - period / 4 + (self.random >> 33) as u32 % (period / 2).max(1)
    }

    /// Nanoseconds since the last sample.
    fn sample(&mut self) -> u64 {
        let now = Instant::now();
        let elapsed = now.duration_since(std::mem::replace(&mut self.sampled, now));
        (elapsed.as_nanos() as u64).min(WAITED)
    }

    /// Makes code anew that left too often. Until that is done the old is used: to interpret takes longer than to leave.
    fn renew(&mut self, t: &mut Thread, proto: ProtoRef, at: At) {
        let tier = proto.tier();
        if tier.pending || self.pending >= self.thresholds.queue {
            return;
        }
        let entered = tier.profile.as_ref().is_some_and(|profile| profile.entries >= self.thresholds.entries);
        let wanted = if entered && tier.stale.contains(&0) { At::Entry } else { at };
        self.compile(t, proto, wanted);
    }

    /// The same of the running function, whose code was just left: samples may never fall on it. Whether that could be done.
    fn renew_running(&mut self, t: &mut Thread, proto: ProtoRef) -> bool {
        let at = match proto.tier().stale[..] {
            [] => return false,
            [pc, ..] if pc != 0 => At::Loop(pc),
            _ => At::Entry,
        };
        let is_possible =
            self.settings.hot != Some(0) && proto_of(t.running_closure()) == Some(proto) && self.was_seen(proto, at);
        if is_possible {
            self.renew(t, proto, at);
        }
        is_possible
    }

    /// Compiles a function for a place, or lets the compiler's thread do it.
    fn compile(&mut self, t: &mut Thread, proto: ProtoRef, at: At) {
        let entry = match at {
            At::Entry => 0,
            At::Loop(pc) => pc,
        };
        let started = Instant::now();
        let begun = self.begin(t, proto, entry);
        self.trace_stop(proto, entry, "graph", started);
        match begun {
            Ok(job) if self.settings.hot == Some(0) => {
                let begun = job.begun;
                let done = self.backend().map(|backend| backend.host.clone()).map(|host| job.run(&host));
                self.finish(t.global(), proto, entry, begun, done.and_then(|done| done));
            }
            Ok(job) => self.send(t, job),
            Err(reason) => self.refuse(proto, entry, &reason),
        }
    }

    /// Has the interpreter watch what it executes for a while.
    fn watch(&mut self, t: &mut Thread) {
        t.global().set_profiling(self.thresholds.watched_instructions);
        t.global().set_countdown(self.thresholds.watched_period);
    }

    /// Whether the function was watched when it was at this place: without that, the code would end where it begins.
    fn was_seen(&self, proto: ProtoRef, at: At) -> bool {
        let Some(profile) = &proto.tier().profile else { return false };
        let rounds = profile.headers.get(&word(at)).map_or(0, |header| header.rounds);
        at == At::Entry && profile.entries >= self.thresholds.entries || rounds >= self.thresholds.rounds
    }

    /// Whether to watch on before a loop is compiled, as the function may be entered again soon: code for a loop is found by samples
    /// only, and serves a short loop that is come to often much worse than code for the whole function.
    fn may_be_entered(&self, proto: ProtoRef) -> bool {
        if proto.tier().entry().is_some() {
            return false;
        }
        let profile = proto.profile();
        profile.waits += 1;
        profile.waits <= self.thresholds.waits
    }

    /// Code for a loop is found by samples only: a function whose loop is entered again and again is compiled for its entry too.
    fn consider_entry(&mut self, t: &mut Thread, proto: ProtoRef, at: At) {
        let tier = proto.tier();
        if at == At::Entry || tier.entry().is_some() || tier.pending || tier.given_up {
            return;
        }
        tier.loop_entries += 1;
        if tier.loop_entries.is_multiple_of(self.thresholds.loop_entries) {
            if self.was_seen(proto, At::Entry) {
                self.compile(t, proto, At::Entry);
            } else {
                self.watch(t);
            }
        }
    }

    /// Compiled code ended where nothing was known. What follows is watched, and the code made anew once that turns out to be
    /// no rare case.
    fn came_to_an_end(&mut self, t: &mut Thread, exit: &Exit) {
        let ends = exit.proto.profile().ends.entry(exit.at).or_insert(0);
        *ends += 1;
        let ends = *ends;
        if self.settings.trace_deopt {
            let (name, at) = (name(exit.proto), line(exit.proto, exit.at));
            say(format_args!("[deopt] {name} at {at} (pc {}), not seen before, time {ends}", exit.at));
        }
        if self.thresholds.watch != 0 {
            t.global().set_profiling(self.thresholds.watched_instructions);
        }
        let tier = exit.compiled.tier();
        tier.exits += 1;
        if tier.exits >= patience(self.thresholds.ends, tier.compiled) {
            self.outdate(exit.compiled);
            self.renew_running(t, exit.compiled);
        }
    }

    fn refuse(&mut self, proto: ProtoRef, entry: u32, reason: &str) {
        self.figures.refused += 1;
        self.discard_stale(proto);
        if self.settings.trace_tier {
            say(format_args!("[tier] {} entered at {}: not compiled: {reason}", name(proto), line(proto, entry)));
        }
        // A loop that cannot be entered may still be a part of what is entered elsewhere.
        if entry == 0 || proto.tier().compiled >= self.thresholds.recompilations {
            proto.tier().given_up = true;
        } else {
            proto.tier().closed.push(entry);
        }
    }

    fn backend(&mut self) -> Result<&mut Backend, String> {
        if self.backend.is_none() {
            self.backend = Some(Backend::new(self.settings.code_limit)?);
        }
        Ok(self.backend.as_mut().expect("just made"))
    }

    /// Makes the IR, on the program's own thread: it looks at the heap.
    fn begin(&mut self, t: &mut Thread, proto: ProtoRef, entry: u32) -> Result<Job, String> {
        if proto.tier().compiled >= self.thresholds.recompilations {
            return Err("compiled too often".to_owned());
        }
        self.backend()?;
        let closure = t.running_closure();
        let func = build::build(t.global(), proto, entry, closure)?;
        let mut listing = Listing::begin(&self.settings.show, proto, listing::title(proto, entry));
        after(&mut listing, "build", &func)?;
        // From here on the code may be made any time: what it refers to has to stay.
        proto.tier().refs.extend(func.refs.iter().copied());
        proto.tier().functions.extend(func.functions.iter().copied());
        proto.tier().compiled += 1;
        let countdown = (self.settings.deopt_every != 0).then_some(self.forced.as_ptr() as usize);
        let g = t.global();
        let steps = g.steps_address();
        let (interrupt, epoch) = (g.interrupt_address(), g.role_epoch_address());
        let around = Surroundings { interrupt, epoch, steps, countdown, heap: g.allocation_address() };
        Ok(Job { func, around, listing, generation: self.generation, begun: Instant::now() })
    }

    /// Gives a job to the compiler's thread.
    fn send(&mut self, t: &mut Thread, job: Job) {
        let proto = job.func.proto;
        let Ok(backend) = self.backend() else { return };
        let worker = match &mut backend.worker {
            Some(worker) => worker,
            none => match Worker::start(backend.host.clone()) {
                Ok(worker) => none.insert(worker),
                Err(reason) => return self.refuse(proto, 0, &reason),
            },
        };
        if worker.jobs.send(job).is_ok() {
            proto.tier().pending = true;
            t.global().pin(proto_as_value(proto));
            self.pending += 1;
        }
    }

    /// Installs what the compiler's thread has made.
    fn take_finished(&mut self, t: &mut Thread) {
        while self.pending != 0 {
            let worker = self.backend.as_ref().and_then(|backend| backend.worker.as_ref());
            let Some(Ok(done)) = worker.map(|worker| worker.results.try_recv()) else { return };
            self.pending -= 1;
            let Done { proto, entry, begun, generation, machine } = done;
            proto.tier().pending = false;
            if generation == self.generation {
                let started = Instant::now();
                self.finish(t.global(), proto, entry, begun, machine);
                self.trace_stop(proto, entry, "installed", started);
            }
            t.global().unpin(proto_as_value(proto));
        }
    }

    fn finish(&mut self, g: &Global, proto: ProtoRef, entry: u32, begun: Instant, machine: Result<Machine, String>) {
        let bytes = machine.and_then(|machine| self.install(g, proto, entry, machine));
        match bytes {
            // Others are in use: it may be tried again.
            Ok(None) => self.figures.refused += 1,
            Ok(Some(bytes)) => {
                self.figures.compiled += 1;
                self.figures.bytes += bytes as u64;
                self.figures.time += begun.elapsed();
                if self.settings.trace_tier {
                    let elapsed = begun.elapsed().as_micros();
                    say(format_args!("[tier] {} entered at {}: {bytes} bytes, {elapsed} us", name(proto), line(proto, entry)));
                }
            }
            Err(reason) => self.refuse(proto, entry, &reason),
        }
    }

    /// Says how long the program's own thread has worked on something.
    fn trace_stop(&self, proto: ProtoRef, entry: u32, what: &str, started: Instant) {
        if self.settings.trace_tier {
            let elapsed = started.elapsed().as_micros();
            let (name, line) = (name(proto), line(proto, entry));
            say(format_args!("[tier] {name} entered at {line}: {what} in {elapsed} us, the program waiting"));
        }
    }

    /// Puts code where it can be executed; the bytes of it, or nothing if there is no room.
    fn install(&mut self, g: &Global, proto: ProtoRef, entry: u32, machine: Machine) -> Result<Option<usize>, String> {
        if let Some(text) = &machine.text {
            self.settings.sink.put(text);
        }
        // Another closure may have been made since the code was begun.
        if machine.for_one && !proto.tier().has_one_closure() {
            return Ok(None);
        }
        self.discard_stale(proto);
        proto.tier().exits = 0;
        if entry == 0 {
            // A loop that is still interpreted is to be worth code of its own.
            proto.tier().spent = 0;
        }
        match self.backend()?.store.install(g, proto, entry, machine, &name(proto)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(CodeError::Full { .. }) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Code that leaves too often is to be made anew.
    fn outdate(&mut self, proto: ProtoRef) {
        let tier = proto.tier();
        tier.stale_exits = 0;
        tier.exits = 0;
        tier.stale = tier.entry().map(|_| 0).into_iter().chain(tier.loops.iter().map(|(pc, _)| *pc)).collect();
        self.figures.discarded += u64::from(!tier.stale.is_empty());
    }

    /// Has no stale code entered any more. Whoever is in it may finish.
    fn discard_stale(&mut self, proto: ProtoRef) {
        if let Some(backend) = &mut self.backend
            && !proto.tier().stale.is_empty()
        {
            backend.store.discard(proto);
        }
    }
}

/// A function to be made into machine code.
struct Job {
    func: ir::Func,
    around: Surroundings,
    listing: Option<Listing>,
    generation: u32,
    begun: Instant,
}

// SAFETY: a job refers to prototypes, whose code never changes, by addresses that are pinned until its result was taken; it
// looks at nothing else of the heap.
unsafe impl Send for Job {}

impl Job {
    /// Improves the IR and makes machine code of it.
    fn run(mut self, host: &lower::Host) -> Result<Machine, String> {
        for pass in passes::ALL {
            (pass.run)(&mut self.func);
            after(&mut self.listing, pass.name, &self.func)?;
        }
        after(&mut self.listing, "", &self.func)?;
        let mut machine =
            lower::lower(&self.func, host.isa_for(&self.func), Literals::Process(self.around), self.listing.is_some())?;
        machine.text = self.listing.map(|listing| listing.finish(Some(&machine)));
        Ok(machine)
    }
}

/// What became of a job.
struct Done {
    proto: ProtoRef,
    entry: u32,
    begun: Instant,
    generation: u32,
    machine: Result<Machine, String>,
}

// SAFETY: as of `Job`.
unsafe impl Send for Done {}

/// The compiler's thread.
struct Worker {
    jobs: Sender<Job>,
    results: Receiver<Done>,
}

impl Worker {
    fn start(host: lower::Host) -> Result<Worker, String> {
        let (jobs, todo) = channel::<Job>();
        let (finished, results) = channel();
        let work = move || {
            let mut waiting = Vec::new();
            while let Some(job) = next_job(&todo, &mut waiting) {
                let (proto, entry, begun, generation) = (job.func.proto, job.func.entered, job.begun, job.generation);
                let done = Done { proto, entry, begun, generation, machine: job.run(&host) };
                if finished.send(done).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("compiler".to_owned()).spawn(work);
        thread.map_err(|error| error.to_string())?;
        Ok(Worker { jobs, results })
    }
}

/// The job to be done next, `None` when there will be no more. What takes least time comes first, so that a big function does not
/// keep many small ones waiting.
fn next_job(todo: &Receiver<Job>, waiting: &mut Vec<Job>) -> Option<Job> {
    if waiting.is_empty() {
        waiting.push(todo.recv().ok()?);
    }
    waiting.extend(todo.try_iter());
    let least = (0..waiting.len()).min_by_key(|&index| waiting[index].func.insts.len())?;
    Some(waiting.remove(least))
}

/// The IR is as a pass left it: it is shown if that is wanted, and checked in debug builds, or when it is done.
fn after(listing: &mut Option<Listing>, pass: &str, func: &ir::Func) -> Result<(), String> {
    if let Some(listing) = listing {
        listing.after(pass, func);
    }
    if cfg!(debug_assertions) || pass.is_empty() { check(func, pass) } else { Ok(()) }
}

/// Refuses IR that is not well formed; in debug builds, loudly.
pub(crate) fn check(func: &ir::Func, after: &str) -> Result<(), String> {
    let result = ir::verify::verify(func).map_err(|error| format!("malformed after {after}: {error}"));
    debug_assert!(result.is_ok(), "{result:?}\n{func}");
    result
}

/// Writes a line to standard error. Where that cannot be written to, it is lost.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub(crate) fn name(proto: ProtoRef) -> String {
    let plan = &proto.get().plan;
    let source = plan.source.as_deref().map_or_else(|| "?".to_owned(), |source| String::from_utf8_lossy(source).into_owned());
    let short: String = source.trim_start_matches(['@', '=']).lines().next().unwrap_or("").chars().take(60).collect();
    format!("{short}:{}", plan.line_defined)
}

fn line(proto: ProtoRef, pc: u32) -> String {
    proto.get().plan.lines.line(pc).map_or_else(|| "?".to_owned(), |line| format!("line {line}"))
}
