//! `--timeline=FILE`: the collector's work as a file of trace events, for Chrome's performance panel, `chrome://tracing` and
//! Perfetto.
//!
//! The format is Google's "Trace Event Format": an array of objects. A stop is a complete event (`ph` is `X`) called as V8 calls
//! its own, `MinorGC` or `MajorGC`; its parts are complete events within. A counter (`ph` is `C`) follows the size of the heap.
//! Times are microseconds since the start. The closing bracket comes when the program ends in any way but a signal; viewers
//! do not insist on it.

use crate::FAILURE;
use crate::dump::failure;
use perilune_host::output::complain;
use perilune_vm::heap::collect::Work;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Bytes of events that are kept before they are written.
const BUFFER: usize = 1 << 16;

/// The timeline of the process, if one was asked for.
static TIMELINE: Mutex<Option<Timeline>> = Mutex::new(None);

struct Timeline {
    file: File,
    name: Vec<u8>,
    origin: Instant,
    text: String,
    /// What went wrong first.
    failure: Option<io::Error>,
}

/// Begins a timeline, which ends with the process at the latest. `Err` is a message.
pub fn begin(name: &[u8]) -> Result<(), Vec<u8>> {
    let file = File::create(OsStr::from_bytes(name)).map_err(|error| failure("open", name, &error))?;
    let (name, origin, text) = (name.to_vec(), Instant::now(), String::from("["));
    let mut timeline = Timeline { file, name, origin, text, failure: None };
    let process = std::process::id();
    for (number, (what, title)) in [("process_name", "perilune"), ("thread_name", "Lua")].into_iter().enumerate() {
        let comma = if number == 0 { "\n" } else { ",\n" };
        let _ = write!(
            timeline.text,
            "{comma}{{\"name\":\"{what}\",\"ph\":\"M\",\"pid\":{process},\"tid\":1,\"args\":{{\"name\":\"{title}\"}}}}"
        );
    }
    *lock() = Some(timeline);
    // SAFETY: registers a function that never unwinds. If there is no room for it, the end is missing after `os.exit` only.
    unsafe { libc::atexit(finish_at_exit) };
    Ok(())
}

extern "C" fn finish_at_exit() {
    if let Err(message) = finish() {
        complain(None, &message);
        // SAFETY: ends the process at once, with another status than was chosen before.
        unsafe { libc::_exit(FAILURE) }
    }
}

/// Adds a stop.
pub fn add(work: &Work<'_>) {
    if let Some(timeline) = lock().as_mut() {
        timeline.add(work);
    }
}

/// Completes the file. `Err` is a message.
pub fn finish() -> Result<(), Vec<u8>> {
    let Some(mut timeline) = lock().take() else { return Ok(()) };
    timeline.text.push_str("\n]\n");
    timeline.write();
    match timeline.failure {
        Some(error) => Err(failure("write", &timeline.name, &error)),
        None => Ok(()),
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Timeline>> {
    TIMELINE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Timeline {
    fn add(&mut self, work: &Work<'_>) {
        let name = match work.what {
            "young" => "MinorGC",
            "finalizers" => "Finalizers",
            _ => "MajorGC",
        };
        let args = format!(
            "{{\"what\":\"{}\",\"reason\":\"{}\",\"usedHeapSizeBefore\":{},\"usedHeapSizeAfter\":{}}}",
            work.what, work.reason, work.before, work.after
        );
        self.complete(name, work.start, work.time, &args);
        for part in work.parts {
            self.complete(part.what, part.start, part.time, "{}");
        }
        let (at, process) = (self.microseconds(work.start + work.time), std::process::id());
        let _ = write!(
            self.text,
            ",\n{{\"name\":\"heap\",\"ph\":\"C\",\"ts\":{at},\"pid\":{process},\"tid\":1,\"args\":{{\"used\":{}}}}}",
            work.after
        );
        if self.text.len() >= BUFFER {
            self.write();
        }
    }

    fn complete(&mut self, name: &str, start: Instant, time: Duration, args: &str) {
        let (at, process) = (self.microseconds(start), std::process::id());
        let took = time.as_nanos() as f64 / 1e3;
        let _ = write!(
            self.text,
            ",\n{{\"name\":\"{name}\",\"cat\":\"devtools.timeline,v8\",\"ph\":\"X\",\"ts\":{at},\"dur\":{took},\
             \"pid\":{process},\"tid\":1,\"args\":{args}}}"
        );
    }

    fn microseconds(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.origin).as_nanos() as f64 / 1e3
    }

    fn write(&mut self) {
        if self.failure.is_none() {
            self.failure = self.file.write_all(self.text.as_bytes()).err();
        }
        self.text.clear();
    }
}
