//! The runtime of executables: `libperilune_rt.a`, which `perilune build` links a program's objects with.
//!
//! It is the VM, the standard library with the front end that `load` needs, and an entry point of its own ([`start`]), so that
//! the linker takes no files of a C compiler. There is no compiler to machine code in it. The objects bring the table
//! `perilune_modules`; [`modules`] makes `require` find what is in it, [`program`] runs its first module.

mod libc_nonshared;
mod modules;
mod program;
mod start;
mod unwind;
