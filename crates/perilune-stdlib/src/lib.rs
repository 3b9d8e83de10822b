//! The Lua 5.4 standard library, through the VM's public native API.

pub mod init;
mod math;
pub mod pattern;
mod scratch;
mod string;
mod table;
mod utf8;
