//! The process's standard streams, and the list of open streams: all are flushed when the process exits, as C does it.
//!
//! `print` and `io.stdout` share one buffer.

use super::stream::{Access, Buffering, Stream};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError, TryLockError, Weak};

/// A stream that several owners share.
pub type SharedStream = Arc<Mutex<Stream>>;

static STDIN: LazyLock<SharedStream> = LazyLock::new(|| share(Stream::new(0, Access::READ)));
static STDOUT: LazyLock<SharedStream> = LazyLock::new(|| share(Stream::new(1, Access::WRITE)));
static STDERR: LazyLock<SharedStream> = LazyLock::new(|| share(Stream::new(2, Access::WRITE).with_buffering(Buffering::No)));

/// Streams that may have something to flush.
static OPEN: Mutex<Vec<Weak<Mutex<Stream>>>> = Mutex::new(Vec::new());

/// The standard input.
#[must_use]
pub fn stdin() -> &'static SharedStream {
    &STDIN
}

/// The standard output.
#[must_use]
pub fn stdout() -> &'static SharedStream {
    &STDOUT
}

/// The standard error output.
#[must_use]
pub fn stderr() -> &'static SharedStream {
    &STDERR
}

/// Locks a stream. Its invariants hold between operations, so a panic elsewhere does not matter.
#[inline]
pub fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a stream one of those that are flushed at exit.
pub fn share(stream: Stream) -> SharedStream {
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| {
        // SAFETY: registers a function that never unwinds. If there is no room for it, output may be lost: nothing else.
        unsafe { libc::atexit(flush_at_exit) };
    });
    let shared = Arc::new(Mutex::new(stream));
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if open.len() == open.capacity() {
        open.retain(|stream| stream.strong_count() > 0);
    }
    open.push(Arc::downgrade(&shared));
    shared
}

extern "C" fn flush_at_exit() {
    flush_all();
}

/// Flushes all open streams. Streams in use by another thread, and errors, are passed over.
pub fn flush_all() {
    let Ok(open) = OPEN.try_lock() else { return };
    for stream in open.iter().filter_map(Weak::upgrade) {
        flush_quietly(&stream);
    }
}

fn flush_quietly(stream: &Mutex<Stream>) {
    match stream.try_lock() {
        Ok(mut stream) => drop(stream.flush()),
        Err(TryLockError::Poisoned(stream)) => drop(stream.into_inner().flush()),
        Err(TryLockError::WouldBlock) => {}
    }
}

/// Before a read from a terminal: shows what was written in lines.
pub fn flush_lines() {
    if let Ok(mut stdout) = STDOUT.try_lock()
        && stdout.is_line_buffered()
    {
        let _ = stdout.flush();
    }
}

/// After `print`: shows its line at once, as PUC Lua does, unless the output is a file, where nobody waits for it.
pub fn line_printed(out: &mut Stream) {
    static IS_FILE: LazyLock<bool> = LazyLock::new(|| {
        // SAFETY: `stat` is plain data that `fstat` fills.
        unsafe {
            let mut status: libc::stat = std::mem::zeroed();
            libc::fstat(1, &raw mut status) == 0 && status.st_mode & libc::S_IFMT == libc::S_IFREG
        }
    });
    if !*IS_FILE {
        let _ = out.flush();
    }
}

/// Before text goes to the error output: keeps the order where both go to one place.
pub fn flush_stdout() {
    flush_quietly(&STDOUT);
}
