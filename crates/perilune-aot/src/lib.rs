//! Ahead-of-time compilation: a Lua program becomes objects, and objects become an executable.
//!
//! [`graph`] finds the modules that a program requires and compiles them to bytecode; [`requires`] reads from bytecode what is
//! required. [`object`] writes them as a relocatable object and reads what it says of itself, [`native`] is how compiled functions
//! get into it. [`program`] checks that objects fit together and has them linked with the [`runtime`] archive.

pub mod graph;
pub mod native;
pub mod object;
pub mod program;
pub mod requires;
pub mod runtime;
mod scratch;

pub use perilune_link::Strip;

/// Why something cannot be built: a complete message, which may have several lines. Not always UTF-8, as file names are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(pub Vec<u8>);

impl Error {
    fn of(parts: &[&[u8]]) -> Error {
        Error(parts.concat())
    }

    /// Of a file that cannot be read or written: `cannot ACTION NAME: reason`.
    fn file(action: &str, name: &[u8], error: &std::io::Error) -> Error {
        let text = error.to_string();
        // Rust adds the number to the system's message.
        let text = text.split(" (os error").next().unwrap_or_default();
        Error::of(&[b"cannot ", action.as_bytes(), b" ", name, b": ", text.as_bytes()])
    }
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;
