//! Values, tables, heap, threads and the interpreter.
//!
//! [`state::State`] is a Lua universe; [`Thread`] is what native functions work with, see [`api`]. Nothing here knows of the
//! standard library, of files, or of a compiler.

// These panic where there is no room for what they print.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod api;
pub mod by_word;
pub mod cache;
mod call;
mod callee;
pub mod convert;
pub mod coroutine;
pub mod debug;
mod error;
pub mod function;
pub mod global;
pub mod heap;
mod interp;
pub mod layout;
pub mod lazy;
pub mod limits;
mod lookups;
pub mod meta;
pub mod object;
pub mod proto;
mod return_addresses;
pub mod runtime;
pub mod shape;
mod stand_in;
pub mod state;
pub mod string;
pub mod table;
pub mod thread;
pub mod tier;
pub mod userdata;
pub mod value;

pub use api::LibFunction;
pub use function::{Caught, NativeFn, NativeResult, Special, Throw};
pub use global::{Event, Global};
pub use perilune_front as front;
pub use string::Str;
pub use table::Table;
pub use thread::{Status, Thread, ThreadRef};
pub use userdata::Userdata;
pub use value::{Type, Value};
