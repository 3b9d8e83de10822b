//! The Lua 5.4 standard library, through the VM's public native API.

pub mod pattern;
