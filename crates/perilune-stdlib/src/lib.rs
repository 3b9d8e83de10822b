//! The Lua 5.4 standard library, through the VM's public native API.

pub mod pattern;
pub mod format;
pub mod utf8_codec;
pub mod xoshiro;
pub mod pack;
pub mod datetime;
