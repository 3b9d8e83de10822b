//! The Lua 5.4 standard library, through the VM's public native API.

mod base;
pub mod chunk;
mod coroutine;
pub mod datetime;
mod debug;
pub mod format;
pub mod init;
pub mod io;
mod math;
mod os;
pub mod pack;
pub mod package;
pub mod pattern;
mod scratch;
mod string;
mod system;
mod table;
mod utf8;
pub mod utf8_codec;
pub mod xoshiro;
