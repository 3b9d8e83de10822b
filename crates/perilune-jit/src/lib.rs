//! Compilers to machine code.
//!
//! [`build`] turns bytecode and its profile into the IR of [`ir`], [`passes`] improve it, [`lower`] turns it into machine code by
//! way of Cranelift, [`code`] keeps that where it can be executed, and [`engine`] decides what is compiled when. [`ahead`] does
//! it for modules that no program runs yet. [`listing`] shows what they make.

// These panic where there is no room for what they print.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod ahead;
pub mod build;
pub mod code;
pub mod engine;
mod hash;
mod installed;
pub mod ir;
pub mod listing;
pub mod lower;
pub mod passes;
