//! Code memory as a whole: real code is installed, run, freed and replaced.

use super::testing::{Random, call, returning};
use super::*;

fn memory(limit: usize) -> CodeMemory {
    CodeMemory::new(&Options { limit, ..Options::default() }).expect("executable memory")
}

fn named(name: &str) -> About<'_> {
    About { name, ..About::default() }
}

/// Runs a block that takes nothing and returns a number.
fn run(block: CodeBlock) -> i32 {
    // SAFETY: the tests call this for blocks of that kind which are installed.
    unsafe { call(block.address()) }
}

#[test]
fn code_runs_is_freed_and_its_place_reused() {
    let mut memory = memory(1 << 20);
    let block = memory.install(&returning(42), &[], &named("answer")).expect("room");
    assert_eq!(run(block), 42);
    assert_eq!(block.address() % 16, 0);
    assert_eq!(memory.bytes(block), Some(&returning(42)[..]));
    assert!(memory.free(block));
    assert!(!memory.free(block), "a handle is good for once");
    // SAFETY: the executable view stays readable.
    let trap = unsafe { std::slice::from_raw_parts(block.pointer(), 16) };
    assert_eq!(trap, [0xcc; 16]);
    let next = memory.install(&returning(-7), &[], &named("next")).expect("room");
    assert_eq!(next.address(), block.address());
    assert_eq!(run(next), -7);
    assert!(!memory.free(block), "an old handle does not free the block at its place");
    assert!(memory.bytes(block).is_none() && !memory.touch(block, 1));
    assert_eq!(run(next), -7);
}

#[test]
fn alignment_is_kept() {
    let mut memory = memory(1 << 20);
    for align in [1, 16, 32, 64, 4096] {
        let block = memory.install(&returning(1), &[], &About { align, ..About::default() }).expect("room");
        assert_eq!(block.address() % align as u64, 0);
        assert_eq!(run(block), 1);
    }
}

#[test]
fn addresses_are_looked_up() {
    let mut memory = memory(1 << 20);
    let blocks: Vec<_> = (0..10)
        .map(|n| memory.install(&returning(n), &[], &About { tag: n as u64, ..named(&format!("f{n}")) }).expect("room"))
        .collect();
    for (n, block) in blocks.iter().enumerate() {
        for offset in 0..block.length() as u64 {
            let found = memory.lookup(block.address() + offset).expect("a block");
            assert_eq!((found.handle(), found.tag(), found.name()), (*block, n as u64, &*format!("f{n}")));
        }
        assert!(memory.lookup(block.address() + block.length() as u64).is_none(), "padding belongs to nobody");
    }
    assert!(memory.lookup(memory.range().start - 1).is_none());
    memory.free(blocks[3]);
    assert!(memory.lookup(blocks[3].address()).is_none());
    assert!(memory.touch(blocks[4], 99));
    assert_eq!(memory.blocks().map(Block::stamp).max(), Some(99));
    assert!(memory.blocks().map(Block::address).is_sorted());
}

#[test]
fn random_blocks_keep_their_code() {
    let mut memory = memory(256 << 10);
    let mut random = Random::new(3);
    let mut live: Vec<(CodeBlock, i32)> = Vec::new();
    let (mut refused, mut bytes) = (0, 0);
    for n in 0..6000 {
        if random.below(100) < 55 {
            let mut code = returning(n);
            code.resize(code.len() + random.below(4000), 0x90);
            match memory.install(&code, &[], &named("random")) {
                Ok(block) => {
                    bytes += code.len().next_multiple_of(16);
                    live.push((block, n));
                }
                Err(CodeError::Full { wanted, longest, limit }) => {
                    assert!(wanted == code.len() && longest < wanted.next_multiple_of(16) && limit == 256 << 10);
                    refused += 1;
                }
                Err(error) => panic!("{error}"),
            }
        } else if !live.is_empty() {
            let (block, value) = live.swap_remove(random.below(live.len()));
            assert_eq!(run(block), value);
            bytes -= block.length().next_multiple_of(16);
            assert!(memory.free(block));
        }
        let statistics = memory.statistics();
        assert_eq!((statistics.used, statistics.blocks), (bytes, live.len()));
        assert!(statistics.high_water >= bytes && statistics.high_water <= statistics.committed);
        if n % 500 == 0 {
            assert!(live.iter().all(|&(block, value)| run(block) == value));
        }
    }
    assert!(refused > 10, "the limit was met {refused} times");
}

#[test]
fn the_limit_is_a_limit() {
    let mut memory = memory(64 << 10);
    let error = memory.install(&vec![0xc3; (64 << 10) + 1], &[], &named("large")).expect_err("too large");
    assert!(matches!(error, CodeError::Full { .. }));
    let all = memory.install(&vec![0xc3; 64 << 10], &[], &named("all")).expect("all of it");
    assert!(memory.install(&[0xc3], &[], &named("more")).is_err());
    memory.free(all);
    memory.install(&[0xc3], &[], &named("more")).expect("room again");
    assert_eq!(memory.statistics().high_water, 64 << 10);
}

extern "C" fn helper() -> i32 {
    77
}

/// push rbp; mov rbp, rsp; call …; pop rbp; ret
fn calling() -> Vec<u8> {
    vec![0x55, 0x48, 0x89, 0xe5, 0xe8, 0, 0, 0, 0, 0x5d, 0xc3]
}

fn call_of(target: u64, kind: RelocationKind) -> Relocation {
    Relocation { offset: 5, kind, target, addend: -4 }
}

#[test]
fn helpers_of_this_program_are_called_directly() {
    let mut memory = memory(64 << 20);
    let target = helper as *const () as u64;
    assert!(memory.reaches(target), "{:x?} from {target:x}", memory.range());
    let block = memory.install(&calling(), &[call_of(target, RelocationKind::X86CallPcRel4)], &named("near")).expect("room");
    assert_eq!(run(block), 77);
    assert_eq!(memory.statistics().veneers, 0);
}

#[test]
fn helpers_far_away_are_called_through_one_veneer() {
    // Next to the stack there is none of the program's text.
    let stack = &mut 0 as *mut i32 as u64;
    let mut memory =
        CodeMemory::new(&Options { limit: 1 << 20, near: Some(stack), ..Options::default() }).expect("executable memory");
    let target = helper as *const () as u64;
    assert!(!memory.reaches(target));
    for _ in 0..3 {
        let block = memory.install(&calling(), &[call_of(target, RelocationKind::X86CallPcRel4)], &named("far")).expect("room");
        assert_eq!(run(block), 77);
    }
    assert_eq!(memory.statistics().veneers, 1);
    let used = memory.statistics().used;
    let error = memory.install(&calling(), &[call_of(target, RelocationKind::X86PcRel4)], &named("data")).expect_err("too far");
    assert!(matches!(error, CodeError::OutOfReach { offset: 5, .. }), "{error}");
    assert_eq!(memory.statistics().used, used, "nothing stays of what could not be installed");
}

#[test]
fn a_writer_gets_the_final_address() {
    let mut memory = memory(1 << 20);
    let mut seen = 0;
    let block = memory
        .install_with(11, &named("written"), |bytes, base| {
            seen = base;
            assert!(bytes.iter().all(|&byte| byte == 0xcc), "untouched memory is traps");
            bytes.copy_from_slice(&returning(5));
            Ok(())
        })
        .expect("room");
    assert_eq!((seen, run(block)), (block.address(), 5));
    let error = memory.install_with(1 << 10, &named("no"), |_, _| Err(CodeError::Writer("no".into())));
    assert!(matches!(error, Err(CodeError::Writer(_))));
    assert_eq!(memory.statistics().blocks, 1);
}

extern "C" fn look_at_maps() -> i32 {
    maps::assert_no_writable_executable().is_ok().into()
}

#[test]
fn nothing_is_writable_and_executable_while_code_runs() {
    let mut memory = memory(1 << 20);
    let target = look_at_maps as *const () as u64;
    let block = memory.install(&calling(), &[call_of(target, RelocationKind::X86CallPcRel4)], &named("look")).expect("room");
    assert_eq!(run(block), 1);
    assert!(maps::read().expect("maps").iter().any(|m| m.executable && m.range.contains(&block.address())));
}

#[test]
fn other_threads_see_new_code_at_old_places() {
    let mut memory = memory(1 << 20);
    for n in 0..200 {
        let block = memory.install(&returning(n), &[], &named("shared")).expect("room");
        let seen = std::thread::spawn(move || run(block)).join().expect("a thread");
        assert_eq!((seen, run(block)), (n, n));
        memory.free(block);
    }
}

/// Runs `in_child` in a forked child; whether it returned true there.
fn forked(in_child: impl FnOnce() -> bool, in_parent: impl FnOnce()) -> bool {
    // SAFETY: the child runs the closure, which uses nothing that other threads may have locked, and exits.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let good = std::panic::catch_unwind(std::panic::AssertUnwindSafe(in_child)).unwrap_or(false);
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(if good { 0 } else { 1 }) };
    }
    in_parent();
    let mut status = -1;
    // SAFETY: the child is ours and the status a local variable.
    unsafe { libc::waitpid(child, &mut status, 0) };
    status == 0
}

#[test]
fn a_forked_child_has_pages_of_its_own() {
    for perf in [Perf::Off, Perf::Map] {
        let perf_folder = Some(std::env::temp_dir());
        let options = Options { limit: 1 << 20, perf, perf_folder, ..Options::default() };
        let memory = std::cell::RefCell::new(CodeMemory::new(&options).expect("executable memory"));
        let install = |value| memory.borrow_mut().install(&returning(value), &[], &named("forked")).expect("room");
        let block = install(1);
        let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
        let in_child = || {
            std::io::Read::read_exact(&mut reader, &mut [0]).expect("the parent's sign");
            let kept = run(block) == 1;
            let freed = memory.borrow_mut().free(block);
            let own = install(2);
            kept && freed && own.address() == block.address() && run(own) == 2 && maps::assert_no_writable_executable().is_ok()
        };
        let in_parent = || {
            memory.borrow_mut().free(block);
            assert_eq!(run(install(3)), 3);
            std::io::Write::write_all(&mut writer, &[0]).expect("written");
        };
        assert!(forked(in_child, in_parent), "{perf:?}");
        assert_eq!(run(memory.borrow().blocks().next().expect("a block").handle()), 3, "{perf:?}");
        let _ = std::fs::remove_file(std::env::temp_dir().join(format!("perf-{}.map", std::process::id())));
    }
}

#[test]
fn a_child_without_a_copy_changes_nothing() {
    let mut memory = memory(1 << 20);
    let block = memory.install(&returning(1), &[], &named("before")).expect("room");
    // SAFETY: as `fork`, without the handlers.
    let child = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) } as i32;
    if child == 0 {
        let refused = matches!(memory.install(&[0xc3], &[], &named("in the child")), Err(CodeError::Forked));
        let good = refused && !memory.free(block) && run(block) == 1;
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(if good { 0 } else { 1 }) };
    }
    let mut status = -1;
    // SAFETY: the child is ours and the status a local variable.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!((status, run(block)), (0, 1));
}
