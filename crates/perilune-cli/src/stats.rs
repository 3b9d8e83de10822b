//! `--stats`: time and memory figures after the run, however it ends.

use perilune_host::output::write_error;
use perilune_vm::Global;
use perilune_vm::state::State;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::{Duration, Instant};

/// When the run began.
static START: OnceLock<Instant> = OnceLock::new();
/// The state that figures are to be printed of; null when there is none or they have been printed.
static STATE: AtomicPtr<Global> = AtomicPtr::new(std::ptr::null_mut());

/// Asks for figures about a state, which must be given to [`finish`] before it goes.
pub fn begin(state: &mut State) {
    START.get_or_init(Instant::now);
    STATE.store(state.global(), Ordering::Relaxed);
    // SAFETY: registers a function that never unwinds. If there is no room for it, figures are lost after `os.exit` only.
    unsafe { libc::atexit(print_at_exit) };
}

/// Prints the figures if they were asked for.
pub fn finish(_state: &mut State) {
    print_at_exit();
}

extern "C" fn print_at_exit() {
    let state = STATE.swap(std::ptr::null_mut(), Ordering::Relaxed);
    // SAFETY: `begin` stored a state that lives until `finish` takes the pointer away. At the exit of the process, which
    // `os.exit` may begin, nothing runs in that state.
    let Some(global) = (unsafe { state.as_ref() }) else { return };
    let time = START.get().map_or(Duration::ZERO, Instant::elapsed);
    write_error(report(time, global).as_bytes());
    if let Some(report) = global.compiler_report() {
        write_error(format!("{report}\n").as_bytes());
    }
}

fn report(time: Duration, global: &Global) -> String {
    let stats = global.heap_stats();
    let pauses = &stats.pauses;
    let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
    let quantile = |share| milliseconds(pauses.quantile(share));
    // Megabytes a second, which is bytes a microsecond.
    let rate = stats.allocated as f64 / (time.as_micros() as f64).max(1.0);
    format!(
        "\
time            {:.3} s
collections     {}, {} of them young
marked aside    {:.2} MiB
pauses          {}, {:.3} ms in total
                p50 {:.3} ms, p90 {:.3} ms, p99 {:.3} ms, p99.9 {:.3} ms, max {:.3} ms
heap peak       {:.2} MiB
allocated       {:.2} MiB ({} bytes), {rate:.1} MB/s
",
        time.as_secs_f64(),
        stats.collections,
        stats.young,
        mebibytes(stats.helped as f64),
        pauses.count,
        milliseconds(pauses.total_ns),
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(0.999),
        milliseconds(pauses.longest_ns),
        mebibytes(stats.peak as f64),
        mebibytes(stats.allocated as f64),
        stats.allocated,
    )
}
