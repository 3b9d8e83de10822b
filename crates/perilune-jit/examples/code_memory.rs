//! What code memory costs, and code to look at with `perf`.
//!
//! ```text
//! cargo run --release -p perilune-jit --example code_memory            # the figures of docs/decisions/0006-code-memory.md
//! PERILUNE_PERF=map perf record -g …/examples/code_memory spin         # two seconds in compiled code, for perf report
//! PERILUNE_PERF=jitdump perf record -k mono …/examples/code_memory spin
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use perilune_jit::code::{About, CodeBlock, CodeMemory, Options, Perf, Relocation, RelocationKind, Source, Unwind, maps};

const FUNCTIONS: usize = 1000;
const ROUNDS: usize = 15;
/// Bytes of a function: what a small Lua function becomes.
const LENGTH: usize = 1024;

extern "C" fn helper() {}

/// One function, its call of a helper and its lines.
struct Code {
    bytes: Vec<u8>,
    relocations: [Relocation; 1],
    lines: Vec<(u32, u32)>,
}

fn code() -> Code {
    let mut bytes = vec![0x55, 0x48, 0x89, 0xe5, 0xe8, 0, 0, 0, 0]; // push rbp; mov rbp, rsp; call …
    bytes.resize(LENGTH - 2, 0x90);
    bytes.extend([0x5d, 0xc3]); // pop rbp; ret
    let kind = RelocationKind::X86CallPcRel4;
    let relocations = [Relocation { offset: 5, kind, target: helper as *const () as u64, addend: -4 }];
    Code { bytes, relocations, lines: (0..20).map(|n| (n * 50, n + 1)).collect() }
}

fn install(memory: &mut CodeMemory, code: &Code, lines: bool) -> Vec<CodeBlock> {
    let source = lines.then_some(Source { file: "some/file.lua", lines: &code.lines });
    let about = About { name: "lua:some/file.lua:123 function", source, ..About::default() };
    (0..FUNCTIONS).map(|_| memory.install(&code.bytes, &code.relocations, &about).expect("room")).collect()
}

/// The median time of `ROUNDS` runs that say themselves how long they took.
fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| run()).collect();
    times.sort();
    times[ROUNDS / 2]
}

fn print(what: &str, total: Duration, units: usize) {
    println!("{what:<52} {:>9.3} µs", total.as_secs_f64() * 1e6 / units as f64);
}

/// Prints what installing costs in new memory, in reused memory, and what freeing costs.
fn measure(what: &str, options: &Options, lines: bool) {
    let code = code();
    let (mut again, mut free) = (Vec::new(), Vec::new());
    let first = median(|| {
        let mut memory = CodeMemory::new(options).expect("executable memory");
        let mut blocks = Vec::new();
        let time = timed(|| blocks = install(&mut memory, &code, lines));
        free.push(timed(|| assert!(blocks.into_iter().all(|block| memory.free(block)))));
        again.push(timed(|| drop(install(&mut memory, &code, lines))));
        time
    });
    again.sort();
    free.sort();
    print(&format!("{what}: install"), first, FUNCTIONS);
    print(&format!("{what}: install where code was freed"), again[ROUNDS / 2], FUNCTIONS);
    print(&format!("{what}: free"), free[ROUNDS / 2], FUNCTIONS);
}

fn figures() {
    let folder = std::env::temp_dir().join(format!("perilune-code-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let plain = Options { unwind: Unwind::Off, ..Options::default() };
    print("new, without unwinding", median(|| timed(|| drop(CodeMemory::new(&plain)))), 1);
    print("new, unwinding for the region", median(|| timed(|| drop(CodeMemory::new(&Options::default())))), 1);
    measure("no tool", &plain, false);
    while_busy(|| measure("no tool, another thread runs", &plain, false));
    print("for comparison, two mprotect calls: install", median(protect_by_turns), FUNCTIONS);
    while_busy(|| print("the same, another thread runs: install", median(protect_by_turns), FUNCTIONS));
    measure("unwinding, region", &Options::default(), false);
    measure("unwinding, blocks", &Options { unwind: Unwind::Blocks, ..Options::default() }, false);
    let perf = |perf| Options { perf, perf_folder: Some(folder.clone()), ..plain.clone() };
    measure("perf map", &perf(Perf::Map), false);
    measure("jitdump", &perf(Perf::JitDump), true);
    measure("GDB, no lines", &Options { gdb: true, ..plain.clone() }, false);
    measure("GDB, 20 lines", &Options { gdb: true, ..plain.clone() }, true);
    lookups(&plain);
    print("check of all mappings", median(|| timed(|| maps::assert_no_writable_executable().expect("none"))), 1);
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// What the same code costs in one mapping whose pages are made writable, then executable again.
fn protect_by_turns() -> Duration {
    const PAGE: usize = 4096;
    let code = code();
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let length = FUNCTIONS * LENGTH;
    // SAFETY: a new mapping touches nothing that exists.
    let base = unsafe { libc::mmap(std::ptr::null_mut(), length, libc::PROT_READ | libc::PROT_EXEC, flags, -1, 0) };
    assert_ne!(base, libc::MAP_FAILED);
    let time = timed(|| {
        for offset in (0..length).step_by(LENGTH) {
            // SAFETY: the mapping is ours, the function's bytes lie within it and within one page.
            unsafe {
                let page = base.add(offset / PAGE * PAGE);
                libc::mprotect(page, PAGE, libc::PROT_READ | libc::PROT_WRITE);
                std::ptr::copy_nonoverlapping(code.bytes.as_ptr(), base.add(offset).cast(), LENGTH);
                libc::mprotect(page, PAGE, libc::PROT_READ | libc::PROT_EXEC);
            }
        }
    });
    // SAFETY: the mapping is ours and nothing refers to it.
    unsafe { libc::munmap(base, length) };
    time
}

/// Runs something while another thread of the process computes.
fn while_busy(run: impl FnOnce()) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| while !done.load(Ordering::Relaxed) {});
        run();
        done.store(true, Ordering::Relaxed);
    });
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = processor_time();
    run();
    processor_time() - start
}

/// The time that this thread has had a processor: other programs on the machine do not count.
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills in the structure that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn lookups(options: &Options) {
    let mut memory = CodeMemory::new(options).expect("executable memory");
    let blocks = install(&mut memory, &code(), false);
    let time = median(|| timed(|| assert!(blocks.iter().all(|block| memory.lookup(block.address() + 100).is_some()))));
    print(&format!("lookup among {FUNCTIONS} blocks"), time, FUNCTIONS);
}

/// Two seconds in a compiled loop that calls a compiled function.
fn spin() {
    let options = Options::from_environment().expect("known values");
    let mut memory = CodeMemory::new(&options).expect("executable memory");
    // push rbp; mov rbp, rsp; mov ecx, 1000; dec ecx; jnz -4; pop rbp; ret
    let inner = [0x55, 0x48, 0x89, 0xe5, 0xb9, 0xe8, 3, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3];
    let source = Some(Source { file: "spin.lua", lines: &[(0, 1), (9, 2), (13, 3)] });
    let inner = memory.install(&inner, &[], &About { name: "lua:spin.lua:1 inner", source, ..About::default() });
    let inner = inner.expect("room").address();
    // push rbp; mov rbp, rsp; push rbx; push rax; mov ebx, 1000; call …; dec ebx; jnz -9; pop rax; pop rbx; pop rbp; ret
    let outer = [
        0x55, 0x48, 0x89, 0xe5, 0x53, 0x50, 0xbb, 0xe8, 3, 0, 0, 0xe8, 0, 0, 0, 0, 0xff, 0xcb, 0x75, 0xf7, 0x58, 0x5b, 0x5d,
        0xc3,
    ];
    let call = Relocation { offset: 12, kind: RelocationKind::X86CallPcRel4, target: inner, addend: -4 };
    let outer = memory.install(&outer, &[call], &About { name: "lua:spin.lua:5 outer", ..About::default() });
    // SAFETY: the code takes and returns nothing and keeps the registers that a C function has to keep.
    let outer: extern "C" fn() = unsafe { std::mem::transmute(outer.expect("room").pointer()) };
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        outer();
    }
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("spin") => spin(),
        _ => figures(),
    }
}
