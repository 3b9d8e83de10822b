//! Compilers to machine code. Empty until the tiers land.

pub mod code;
