//! Where the system enters the process, and the symbol that says which objects this runtime is for.

use crate::program;
use perilune_module::ABI;
use std::arch::global_asm;
use std::ffi::{CStr, c_char, c_int};

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
compile_error!("executables are made for Linux on x86-64 only");

// What `crt1.o` does by the x86-64 psABI, 3.4.1: the kernel or the loader leaves the number of arguments at the top of the stack,
// the arguments above it, and in RDX a function to be called at exit. The outermost frame is marked by a zero frame pointer.
// There is nothing to be called before `main`: since version 2.34, the C library itself runs `.init_array`.
global_asm!(
    ".globl _start",
    ".type _start, @function",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "xor ebp, ebp",
    "mov r9, rdx",
    "pop rsi",
    "mov rdx, rsp",
    "and rsp, -16",
    "push rax",
    "push rsp",
    "xor r8d, r8d",
    "xor ecx, ecx",
    "lea rdi, [rip + {main}]",
    "call [rip + __libc_start_main@GOTPCREL]",
    "hlt",
    ".cfi_endproc",
    ".size _start, . - _start",
    // Tables of modules refer to the symbol of the contract that they were written by.
    ".globl perilune_abi_{abi}",
    ".set perilune_abi_{abi}, _start",
    main = sym main,
    abi = const ABI,
);

/// Where the C library's start-up code begins.
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    let argument = |index| {
        // SAFETY: by C's rules `arguments` has `count` strings that live as long as the process.
        unsafe { CStr::from_ptr(*arguments.add(index)) }.to_bytes()
    };
    program::run((0..count).map(argument).collect())
}
