//! Options about the collector: how it works, what it may use, what it says.

use crate::timeline;
use perilune_host::output::write_error;
use perilune_vm::heap::collect::{Mode, Work};
use perilune_vm::heap::usage::Usage;
use perilune_vm::state::State;
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::time::Duration;

/// The environment variable that says what `--gc` does.
const VARIABLE: &str = "PERILUNE_GC";
/// The period of `--gc-random` unless `--gc-stress` says one: verifying takes long.
const RANDOM_PERIOD: NonZeroU32 = NonZeroU32::new(61).expect("not zero");

/// A thread that was on a processor for so much less than the time that passed was kept waiting.
const LEAST_LOSS: Duration = Duration::from_micros(20);

/// What the options ask of the collector.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct GcOptions {
    /// `--gc=MODE`
    pub mode: Option<Mode>,
    /// `--gc-pause=MICROSECONDS`: how long a stop should take at most.
    pub pause: Option<Duration>,
    /// `--heap-limit=BYTES`: beyond, there is not enough memory.
    pub limit: usize,
    /// `--trace=gc`
    pub trace: bool,
    /// `--gc-stress[=N]`: collect at every N-th allocation.
    pub stress: Option<NonZeroU32>,
    /// `--gc-random[=SEED]`: do a random piece of the collector's work at allocations, and verify the heap.
    pub random: Option<u64>,
}

impl GcOptions {
    /// Takes an option without its dashes; whether it is one of these.
    pub fn take(&mut self, name: &str, value: Option<&str>) -> bool {
        match (name, value) {
            ("gc", Some(mode)) => set(&mut self.mode, Mode::by_name(mode)),
            ("gc-pause", Some(time)) => set(&mut self.pause, time.parse().ok().map(Duration::from_micros)),
            ("heap-limit", Some(size)) => bytes(size).is_some_and(|size| {
                self.limit = size;
                true
            }),
            ("gc-stress", None) => set(&mut self.stress, Some(NonZeroU32::MIN)),
            ("gc-stress", Some(period)) => set(&mut self.stress, period.parse().ok()),
            ("gc-random", None) => set(&mut self.random, Some(1)),
            ("gc-random", Some(seed)) => set(&mut self.random, seed.parse().ok()),
            _ => false,
        }
    }

    /// Applies them to a new state. `environment`: whether the environment counts. `timeline`: whether there is one.
    pub fn apply(&self, state: &mut State, environment: bool, timeline: bool) {
        let named = || if environment { mode_of_environment() } else { None };
        let collector = state.global().collector();
        if let Some(mode) = self.mode.or_else(named) {
            collector.set_mode(mode);
        }
        if let Some(pause) = self.pause {
            collector.set_pause_target(pause);
        }
        match (self.trace, timeline) {
            (false, false) => {}
            (true, false) => collector.set_tracer(trace),
            (false, true) => collector.set_tracer(timeline::add),
            (true, true) => collector.set_tracer(|work| {
                trace(work);
                timeline::add(work);
            }),
        }
        state.global().set_heap_limit(self.limit);
        let period = self.stress.or(self.random.map(|_| RANDOM_PERIOD));
        if period.is_some() {
            state.set_gc_stress(period, self.random);
        }
    }
}

/// What the environment variable names. What it does not name rightly is said, and left alone.
fn mode_of_environment() -> Option<Mode> {
    let name = std::env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    let mode = name.to_str().and_then(Mode::by_name);
    if mode.is_none() {
        write_error(format!("perilune: {VARIABLE} has no mode '{}'\n", name.display()).as_bytes());
    }
    mode
}

/// Sets an option to a value that was understood; whether it was.
fn set<T>(option: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    *option = value.or(option.take());
    understood
}

/// A number of bytes, perhaps with a K, M or G.
pub fn bytes(text: &str) -> Option<usize> {
    let shift = match text.as_bytes().last()? {
        b'K' | b'k' => 10,
        b'M' | b'm' => 20,
        b'G' | b'g' => 30,
        _ => 0,
    };
    let digits = if shift == 0 { text } else { &text[..text.len() - 1] };
    digits.parse::<usize>().ok()?.checked_mul(1 << shift)
}

/// A line for a stop, then one for each of its parts.
fn trace(work: &Work<'_>) {
    let Work { what, reason, time, usage, parts, before, after, .. } = *work;
    let mut text = format!("[gc] {what} ({reason}): {}, {before} -> {after} bytes\n", cost(time, usage));
    for part in parts {
        let _ = writeln!(text, "[gc]   {}: {}", part.what, cost(part.time, part.usage));
    }
    write_error(text.as_bytes());
}

/// How long something took; how long the thread was on a processor, if that is another time; what else explains it.
fn cost(time: Duration, usage: Usage) -> String {
    let mut text = format!("{} us", time.as_micros());
    if usage.processor + LEAST_LOSS < time {
        let _ = write!(text, " ({} us on a processor)", usage.processor.as_micros());
    }
    for (count, name) in [(usage.faults, "page faults"), (usage.preemptions, "preemptions")] {
        if count > 0 {
            let _ = write!(text, ", {count} {name}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let cases = [("0", Some(0)), ("17", Some(17)), ("4K", Some(4096)), ("2m", Some(1 << 21)), ("1G", Some(1 << 30))];
        for (text, size) in cases.into_iter().chain([("", None), ("K", None), ("1T", None), ("99999999999G", None)]) {
            assert_eq!(bytes(text), size, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_changes_nothing() {
        let mut options = GcOptions::default();
        assert!(options.take("gc", Some("off")) && options.take("gc-stress", Some("20")));
        let before = options;
        for (name, value) in
            [("gc", Some("fast")), ("gc", None), ("gc-stress", Some("0")), ("gc-pause", Some("x")), ("x", None)]
        {
            assert!(!options.take(name, value), "{name}");
        }
        assert_eq!(options, before);
        assert_eq!((options.mode, options.stress), (Some(Mode::Off), NonZeroU32::new(20)));
    }
}
