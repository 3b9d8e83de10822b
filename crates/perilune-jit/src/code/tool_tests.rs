//! Code memory and the tools that look at it: backtraces through compiled frames, GDB's list, files for `perf`.

use std::ffi::c_void;

use gimli::write::{Address, CallFrameInstruction, CommonInformationEntry, FrameDescriptionEntry};

use super::testing::{call, returning};
use super::*;

/// push rbp; mov rbp, rsp; call helper; pop rbp; ret
fn calling(helper: extern "C" fn() -> i32) -> (Vec<u8>, Relocation) {
    let code = vec![0x55, 0x48, 0x89, 0xe5, 0xe8, 0, 0, 0, 0, 0x5d, 0xc3];
    (code, Relocation { offset: 5, kind: RelocationKind::X86CallPcRel4, target: helper as usize as u64, addend: -4 })
}

/// sub rsp, 40; call helper; add rsp, 40; ret: no frame pointer.
fn calling_without_frame_pointer(helper: extern "C" fn() -> i32) -> (Vec<u8>, Relocation) {
    let code = vec![0x48, 0x83, 0xec, 0x28, 0xe8, 0, 0, 0, 0, 0x48, 0x83, 0xc4, 0x28, 0xc3];
    (code, Relocation { offset: 5, kind: RelocationKind::X86CallPcRel4, target: helper as usize as u64, addend: -4 })
}

type Step = extern "C" fn(context: *mut c_void, argument: *mut c_void) -> i32;

unsafe extern "C" {
    fn _Unwind_Backtrace(step: Step, argument: *mut c_void) -> i32;
    fn _Unwind_GetIP(context: *mut c_void) -> usize;
    fn _Unwind_FindEnclosingFunction(address: *mut c_void) -> *mut c_void;
}

thread_local! {
    /// Return addresses, the innermost first.
    static TRACE: std::cell::RefCell<Vec<u64>> = const { std::cell::RefCell::new(Vec::new()) };
}

extern "C" fn take_trace() -> i32 {
    extern "C" fn step(context: *mut c_void, argument: *mut c_void) -> i32 {
        // SAFETY: the argument is the vector that `take_trace` passes; the context is the unwinder's own.
        unsafe { (*argument.cast::<Vec<u64>>()).push(_Unwind_GetIP(context) as u64) };
        0
    }
    let mut trace = Vec::new();
    // SAFETY: the vector outlives the walk; the step does not unwind.
    unsafe { _Unwind_Backtrace(step, (&raw mut trace).cast()) };
    TRACE.set(trace);
    5
}

/// Calls the block and does something behind the call, so that this frame stays.
#[inline(never)]
fn caller(block: CodeBlock) -> i32 {
    // SAFETY: a block that takes nothing and returns a number.
    unsafe { call(block.address()) + 1 }
}

/// Runs the block, and returns where in the trace it stood and whether `caller` was found behind it.
fn trace_through(memory: &CodeMemory, block: CodeBlock) -> (Option<usize>, bool) {
    assert_eq!(caller(block), 6);
    let trace = TRACE.take();
    let position = trace.iter().position(|&address| memory.lookup(address - 1).is_some_and(|b| b.handle() == block));
    // SAFETY: asks the unwinder's tables about a number.
    let function = |address: u64| unsafe { _Unwind_FindEnclosingFunction(address as usize as *mut c_void) } as usize;
    let behind = &trace[position.map_or(trace.len(), |p| p + 1)..];
    (position, behind.iter().any(|&address| function(address - 1) == caller as *const () as usize))
}

fn memory(unwind: Unwind) -> CodeMemory {
    CodeMemory::new(&Options { limit: 1 << 20, unwind, ..Options::default() }).expect("executable memory")
}

#[test]
fn backtraces_pass_through_frames_with_frame_pointers() {
    for unwind in [Unwind::Region, Unwind::Blocks] {
        let mut memory = memory(unwind);
        let (code, relocation) = calling(take_trace);
        let block = memory.install(&code, &[relocation], &About::default()).expect("room");
        let (position, caller_found) = trace_through(&memory, block);
        assert!(position.is_some() && caller_found, "{unwind:?}");
    }
}

#[test]
fn backtraces_pass_through_frames_of_the_compilers_own_kind() {
    let table = |address| {
        let encoding = gimli::Encoding { address_size: 8, format: gimli::Format::Dwarf32, version: 1 };
        let mut common = CommonInformationEntry::new(encoding, 1, -8, gimli::X86_64::RA);
        common.add_instruction(CallFrameInstruction::Cfa(gimli::X86_64::RSP, 8));
        common.add_instruction(CallFrameInstruction::Offset(gimli::X86_64::RA, -8));
        let mut entry = FrameDescriptionEntry::new(Address::Constant(address), 14);
        entry.add_instruction(4, CallFrameInstruction::CfaOffset(48));
        entry.add_instruction(13, CallFrameInstruction::CfaOffset(8));
        (common, entry)
    };
    let mut memory = memory(Unwind::Blocks);
    let (code, relocation) = calling_without_frame_pointer(take_trace);
    let about = About { frame: Frame::Table(&table), ..About::default() };
    let block = memory.install(&code, &[relocation], &about).expect("room");
    let (position, caller_found) = trace_through(&memory, block);
    assert!(position.is_some() && caller_found);
}

/// A function that calls the address it is given, as Cranelift compiles it, with Cranelift's own rules for its frame.
fn compiled_by_cranelift(
    target: u64,
) -> (Vec<u8>, CommonInformationEntry, cranelift_codegen::isa::unwind::systemv::UnwindInfo) {
    use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, Signature, UserFuncName, types};
    use cranelift_codegen::isa::{CallConv, lookup_by_name, unwind::UnwindInfo};
    use cranelift_codegen::{Context, control::ControlPlane, settings};
    use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
    let isa = lookup_by_name("x86_64-unknown-linux-gnu").expect("a target");
    let isa = isa.finish(settings::Flags::new(settings::builder())).expect("a target");
    let mut signature = Signature::new(CallConv::SystemV);
    signature.returns.push(AbiParam::new(types::I32));
    let mut context = Context::for_function(Function::with_name_signature(UserFuncName::user(0, 0), signature.clone()));
    let mut state = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut state);
    let block = builder.create_block();
    builder.switch_to_block(block);
    builder.seal_block(block);
    let signature = builder.import_signature(signature);
    let target = builder.ins().iconst(types::I64, target as i64);
    let call = builder.ins().call_indirect(signature, target, &[]);
    let result = builder.inst_results(call)[0];
    builder.ins().return_(&[result]);
    builder.finalize(isa.frontend_config());
    let compiled = context.compile(&*isa, &mut ControlPlane::default()).expect("code");
    let Some(UnwindInfo::SystemV(frame)) = compiled.create_unwind_info(&*isa).expect("rules") else { panic!("other rules") };
    (compiled.code_buffer().to_vec(), isa.create_systemv_cie().expect("rules"), frame)
}

#[test]
fn backtraces_pass_through_cranelifts_frames() {
    let (code, common, frame) = compiled_by_cranelift(take_trace as *const () as u64);
    let table = |address| (common.clone(), frame.to_fde(Address::Constant(address)));
    let mut memory = memory(Unwind::Blocks);
    let about = About { frame: Frame::Table(&table), ..About::default() };
    let block = memory.install(&code, &[], &about).expect("room");
    let (position, caller_found) = trace_through(&memory, block);
    assert!(position.is_some() && caller_found);
}

#[test]
fn freed_frames_are_forgotten() {
    let mut memory = memory(Unwind::Blocks);
    let known = |address: u64| {
        // SAFETY: asks the unwinder's tables about a number.
        unsafe { !_Unwind_FindEnclosingFunction(address as usize as *mut c_void).is_null() }
    };
    for _ in 0..100 {
        let block = memory.install(&returning(1), &[], &About::default()).expect("room");
        assert!(known(block.address() + 1));
        memory.free(block);
        assert!(!known(block.address() + 1));
    }
}

#[test]
fn without_tables_the_trace_ends_at_compiled_code() {
    let mut memory = memory(Unwind::Off);
    let (code, relocation) = calling(take_trace);
    let block = memory.install(&code, &[relocation], &About::default()).expect("room");
    assert!(!trace_through(&memory, block).1);
}

/// The names of all symbols in GDB's list.
fn names_in_gdb() -> Vec<String> {
    use object::{Object, ObjectSymbol};
    let names = |file: Vec<u8>| {
        let file = object::File::parse(&*file).expect("an object file");
        file.symbols().map(|symbol| symbol.name().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    gdb::files().into_iter().flat_map(names).collect()
}

#[test]
fn gdb_sees_what_is_installed() {
    let options = Options { limit: 1 << 20, gdb: true, ..Options::default() };
    let mut memory = CodeMemory::new(&options).expect("executable memory");
    let mut install = |name: &str| memory.install(&returning(3), &[], &About { name, ..About::default() }).expect("room");
    let (_a, b, _c) = (install("gdb a"), install("gdb b"), install("gdb c"));
    assert_eq!(names_in_gdb(), ["gdb c", "gdb b", "gdb a"]);
    memory.free(b);
    assert_eq!(names_in_gdb(), ["gdb c", "gdb a"]);
    drop(memory);
    assert!(names_in_gdb().is_empty());
}

extern "C" fn perilune_breakpoint() -> i32 {
    41
}

/// Not an assertion about GDB, which may be absent: for people, who set a breakpoint at `perilune_breakpoint` here and look at
/// the backtrace (docs/decisions/0006-code-memory.md).
#[test]
fn a_place_to_look_at_with_gdb() {
    let options = Options::from_environment().expect("known values");
    let mut memory = CodeMemory::new(&Options { limit: 1 << 20, ..options }).expect("executable memory");
    let (code, relocation) = calling(perilune_breakpoint);
    let source = Some(Source { file: "look.lua", lines: &[(0, 10), (4, 12)] });
    let about = About { name: "lua:look.lua:10 f", source, ..About::default() };
    let block = memory.install(&code, &[relocation], &about).expect("room");
    assert_eq!(caller(block), 42);
}

#[test]
fn perf_gets_its_files() {
    let folder = std::env::temp_dir().join(format!("perilune-code-tools-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let read = |name: String| std::fs::read(folder.join(name)).expect("a file");
    let install = |perf, name: &str| {
        let options = Options { limit: 1 << 20, perf, perf_folder: Some(folder.clone()), ..Options::default() };
        let mut memory = CodeMemory::new(&options).expect("executable memory");
        let block = memory.install(&returning(9), &[], &About { name, ..About::default() }).expect("room");
        assert!(memory.tool_failure().is_none());
        block
    };
    let first = install(Perf::Map, "one\ntwo");
    let second = install(Perf::Map, "of another memory");
    let text = String::from_utf8(read(format!("perf-{}.map", std::process::id()))).expect("text");
    let expected = format!("{:x} b one?two\n{:x} b of another memory\n", first.address(), second.address());
    assert_eq!(text, expected);
    let block = install(Perf::JitDump, "dumped");
    let dump = read(format!("jit-{}.dump", std::process::id()));
    assert!(dump.ends_with(&[&b"dumped\0"[..], &returning(9)].concat()));
    assert!(dump.windows(8).any(|bytes| bytes == block.address().to_ne_bytes()));
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let options = Options { perf: Perf::Map, perf_folder: Some("/proc/nowhere".into()), ..Options::default() };
    let error = CodeMemory::new(&options).expect_err("no such folder");
    assert!(error.to_string().starts_with("cannot write a perf map in /proc/nowhere: "), "{error}");
}

#[test]
fn the_environment_chooses_tools() {
    let of = |pairs: &[(&str, &str)]| {
        Options::from_variables(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    };
    let none = of(&[("PERILUNE_PERF", ""), ("PERILUNE_GDB", "0")]).expect("known values");
    assert_eq!((none.perf, none.gdb, none.limit), (Perf::Off, false, 64 << 20));
    let all = [("PERILUNE_PERF", "jitdump"), ("PERILUNE_GDB", "1"), ("PERILUNE_PERF_DIR", "/x")];
    let all = of(&all).expect("known values");
    assert_eq!((all.perf, all.gdb, all.perf_folder), (Perf::JitDump, true, Some("/x".into())));
    assert_eq!(of(&[("PERILUNE_PERF", "map")]).expect("a known value").perf, Perf::Map);
    let error = of(&[("PERILUNE_PERF", "yes")]).expect_err("unknown");
    assert_eq!(error, "PERILUNE_PERF=yes: not one of map, jitdump, off");
    assert!(of(&[("PERILUNE_GDB", "yes")]).is_err());
}
