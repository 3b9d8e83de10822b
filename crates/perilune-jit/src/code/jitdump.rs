//! `jit-PID.dump`: code with names and lines, from which `perf inject --jit` makes object files for `perf report` and
//! `perf annotate`. Format: `tools/perf/Documentation/jitdump-specification.txt` in Linux's source.
//!
//! Recording needs the same clock: `perf record -k mono`. `perf` learns of the file because its first page is mapped executable.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::perf::{create, once};
use super::tools::Source;

const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
const HEADER_LENGTH: u32 = 40;
const MACHINE_X86_64: u32 = 62;

const CODE_LOAD: u32 = 0;
const DEBUG_INFO: u32 = 2;

/// A dump that is being written. It belongs to the process, as the map of [`super::perf`] does.
#[derive(Debug)]
pub struct JitDump {
    file: File,
    process: u32,
    next_index: AtomicU64,
}

impl JitDump {
    /// The dump of this process in a folder. Made, or made empty, at the first call.
    ///
    /// # Errors
    /// When the file cannot be written, or not be mapped executable as on a file system mounted `noexec`.
    pub fn of_process(folder: &Path) -> io::Result<Arc<JitDump>> {
        static OPEN: Mutex<BTreeMap<PathBuf, Arc<JitDump>>> = Mutex::new(BTreeMap::new());
        let path = folder.join(format!("jit-{}.dump", std::process::id()));
        once(&OPEN, path, |path| {
            let file = create(path)?;
            (&file).write_all(&header())?;
            mark(&file)?;
            Ok(JitDump { file, process: std::process::id(), next_index: AtomicU64::new(0) })
        })
    }

    /// Adds code: its lines first, as the format asks for, then its bytes. Not in a forked child.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, address: u64, code: &[u8], name: &str, source: Option<Source<'_>>) -> io::Result<()> {
        if self.process != std::process::id() {
            return Ok(());
        }
        let mut records = Vec::with_capacity(code.len() + name.len() + 128);
        if let Some(source) = source.filter(|source| !source.lines.is_empty()) {
            debug_info(&mut records, address, source);
        }
        let index = self.next_index.fetch_add(1, Ordering::Relaxed);
        code_load(&mut records, index, address, code, name);
        // One write: the file is in append mode, so threads do not mix their records.
        (&self.file).write_all(&records)
    }
}

fn header() -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [MAGIC, VERSION, HEADER_LENGTH, MACHINE_X86_64, 0, std::process::id()] {
        bytes.extend(word.to_ne_bytes());
    }
    bytes.extend(now().to_ne_bytes());
    bytes.extend(0_u64.to_ne_bytes()); // no flags: the clock is not the processor's counter
    bytes
}

/// Nanoseconds of the clock that `perf record -k mono` uses.
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills in the structure that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Maps the file's first page executable, an event that `perf record` sees. The mapping stays.
fn mark(file: &File) -> io::Result<()> {
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    let protection = libc::PROT_READ | libc::PROT_EXEC;
    // SAFETY: a new private mapping at a free place; nothing is ever read from it or executed in it.
    let mapped = unsafe { libc::mmap(std::ptr::null_mut(), page, protection, libc::MAP_PRIVATE, file.as_raw_fd(), 0) };
    if mapped == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Begins a record; `finish` fills in its length.
fn begin(records: &mut Vec<u8>, kind: u32) -> usize {
    let start = records.len();
    records.extend(kind.to_ne_bytes());
    records.extend(0_u32.to_ne_bytes());
    records.extend(now().to_ne_bytes());
    start
}

fn finish(records: &mut [u8], start: usize) {
    let length = (records.len() - start) as u32;
    records[start + 4..start + 8].copy_from_slice(&length.to_ne_bytes());
}

fn code_load(records: &mut Vec<u8>, index: u64, address: u64, code: &[u8], name: &str) {
    let start = begin(records, CODE_LOAD);
    records.extend(std::process::id().to_ne_bytes());
    // SAFETY: asks for a number.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
    records.extend(thread.to_ne_bytes());
    for word in [address, address, code.len() as u64, index] {
        records.extend(word.to_ne_bytes());
    }
    push_name(records, name);
    records.extend(code);
    finish(records, start);
}

fn debug_info(records: &mut Vec<u8>, address: u64, source: Source<'_>) {
    let start = begin(records, DEBUG_INFO);
    records.extend(address.to_ne_bytes());
    records.extend((source.lines.len() as u64).to_ne_bytes());
    for &(offset, line) in source.lines {
        records.extend((address + u64::from(offset)).to_ne_bytes());
        records.extend(line.to_ne_bytes());
        records.extend(0_u32.to_ne_bytes()); // discriminator
        push_name(records, source.file);
    }
    finish(records, start);
}

/// A name of bytes without zeros, and a zero.
fn push_name(records: &mut Vec<u8>, name: &str) {
    records.extend(name.bytes().filter(|&byte| byte != 0));
    records.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads native numbers and names from the front.
    struct Reader<'a>(&'a [u8]);

    impl<'a> Reader<'a> {
        fn take(&mut self, count: usize) -> &'a [u8] {
            let (taken, rest) = self.0.split_at(count);
            self.0 = rest;
            taken
        }

        fn word(&mut self) -> u32 {
            u32::from_ne_bytes(self.take(4).try_into().expect("four bytes"))
        }

        fn long(&mut self) -> u64 {
            u64::from_ne_bytes(self.take(8).try_into().expect("eight bytes"))
        }

        fn name(&mut self) -> &'a str {
            let length = self.0.iter().position(|&byte| byte == 0).expect("an end");
            let name = std::str::from_utf8(self.take(length)).expect("text");
            self.take(1);
            name
        }

        /// The next record's kind and contents.
        fn record(&mut self) -> (u32, Reader<'a>) {
            let (kind, length, time) = (self.word(), self.word(), self.long());
            assert!(time > 0 && time <= now());
            (kind, Reader(self.take(length as usize - 16)))
        }
    }

    #[test]
    fn the_dump_reads_back() {
        let folder = std::env::temp_dir().join(format!("perilune-jitdump-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let dump = JitDump::of_process(&folder).expect("a file");
        dump.add(0x1000, &[0xc3], "first", None).expect("written");
        let source = Source { file: "a.lua", lines: &[(0, 7), (1, 9)] };
        dump.add(0x2000, &[0x90, 0xc3], "second", Some(source)).expect("written");
        let bytes = std::fs::read(folder.join(format!("jit-{}.dump", std::process::id()))).expect("bytes");
        let marked = crate::code::maps::read().expect("maps");
        assert!(marked.iter().any(|m| m.executable && m.name.contains(&format!("jit-{}.dump", std::process::id()))));
        std::fs::remove_dir_all(&folder).expect("removed");

        let mut file = Reader(&bytes);
        let words: Vec<u32> = (0..6).map(|_| file.word()).collect();
        assert_eq!(words, [MAGIC, 1, 40, 62, 0, std::process::id()]);
        assert!(file.long() <= now());
        assert_eq!(file.long(), 0);

        check_load(&mut file, 0, 0x1000, "first", &[0xc3]);
        let (kind, mut lines) = file.record();
        assert_eq!((kind, lines.long(), lines.long()), (DEBUG_INFO, 0x2000, 2));
        assert_eq!((lines.long(), lines.word(), lines.word(), lines.name()), (0x2000, 7, 0, "a.lua"));
        assert_eq!((lines.long(), lines.word(), lines.word(), lines.name()), (0x2001, 9, 0, "a.lua"));
        assert!(lines.0.is_empty());
        check_load(&mut file, 1, 0x2000, "second", &[0x90, 0xc3]);
        assert!(file.0.is_empty());
    }

    fn check_load(file: &mut Reader<'_>, index: u64, address: u64, name: &str, code: &[u8]) {
        let (kind, mut load) = file.record();
        assert_eq!((kind, load.word()), (CODE_LOAD, std::process::id()));
        assert_ne!(load.word(), 0, "a thread");
        assert_eq!((load.long(), load.long()), (address, address));
        assert_eq!((load.long(), load.long()), (code.len() as u64, index));
        assert_eq!(load.name(), name);
        assert_eq!(load.0, code);
    }
}
