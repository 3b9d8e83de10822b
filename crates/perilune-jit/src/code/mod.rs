//! Code memory: where machine code lives while the program runs, and how tools see it.
//!
//! [`memory::CodeMemory`] is the way in. Below it, [`mapping`] has the pages, mapped once for writing and once for execution,
//! [`alloc`] knows which are free, and [`relocation`] fills in addresses. [`maps`] checks the process's own mappings.
//! `fork` keeps a process and its child from sharing the pages. [`tools`] tells others what was installed: [`perf`] and [`jitdump`] the profiler, [`gdb`] the debugger with object files
//! of [`elf`], [`unwind`] whoever walks the stack.
//!
//! **Architecture Invariant:** nothing outside this folder makes memory executable, and nothing here knows what the code
//! does: no Lua, no compiler, no frames beyond the frame pointer.

pub mod alloc;
pub mod block;
pub mod elf;
pub mod error;
mod fork;
pub mod gdb;
pub mod jitdump;
pub mod mapping;
pub mod maps;
pub mod memory;
pub mod options;
pub mod perf;
pub mod relocation;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tool_tests;
pub mod tools;
pub mod unwind;

pub use block::{Block, CodeBlock, Statistics};
pub use error::CodeError;
pub use memory::CodeMemory;
pub use options::{About, Options};
pub use relocation::{Relocation, RelocationKind};
pub use tools::{Perf, Source};
pub use unwind::{Frame, Unwind};
