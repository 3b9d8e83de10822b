//! Measurements against other Lua runtimes.

mod peers;
pub mod programs;
mod report;
mod sample;
mod source;
pub mod startup;
