//! The Lua 5.4 standard library, through the VM's public native API.

pub mod format;
pub mod init;
mod math;
pub mod pack;
pub mod pattern;
mod scratch;
mod string;
mod table;
mod utf8;
pub mod utf8_codec;
pub mod xoshiro;
