//! What can go wrong with code memory. None of it ends a program: the caller runs on without compiled code.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why code could not be installed, or memory for it not be had.
#[derive(Debug)]
pub enum CodeError {
    /// The system gives no executable memory. The caller has to run without a compiler.
    Unavailable {
        /// The step that failed.
        step: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// No free range is long enough.
    Full {
        /// Bytes that were asked for.
        wanted: usize,
        /// The longest range that is free.
        longest: usize,
        /// Bytes of the whole memory.
        limit: usize,
    },
    /// A target farther away than a field of four bytes can tell.
    OutOfReach {
        /// Where in the code.
        offset: u32,
        /// The address of the field.
        place: u64,
        /// The address that was meant.
        target: u64,
    },
    /// A relocation of bytes that are not in the code.
    BadRelocation {
        /// Where it would be.
        offset: u32,
        /// Bytes of the code.
        code_length: usize,
    },
    /// The process is a child that got no memory of its own when it was made; the pages are its parent's.
    Forked,
    /// A tool that was asked for cannot have its file.
    Tool {
        /// What it would be.
        tool: &'static str,
        /// Where it would be.
        folder: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// Whatever wrote the code refused.
    Writer(String),
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodeError::Unavailable { step, reason } => write!(f, "no executable memory: {step}: {reason}"),
            CodeError::Full { wanted, longest, limit } => {
                write!(f, "code memory is full: {wanted} bytes wanted, {longest} free in one piece, limit {limit}")
            }
            CodeError::OutOfReach { offset, place, target } => {
                write!(f, "relocation at offset {offset}: {target:#x} is out of reach from {place:#x}")
            }
            CodeError::BadRelocation { offset, code_length } => {
                write!(f, "relocation at offset {offset} of {code_length} bytes of code")
            }
            CodeError::Forked => write!(f, "code memory belongs to the parent process"),
            CodeError::Tool { tool, folder, reason } => write!(f, "cannot write a {tool} in {}: {reason}", folder.display()),
            CodeError::Writer(reason) => write!(f, "code could not be written: {reason}"),
        }
    }
}

impl std::error::Error for CodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CodeError::Unavailable { reason, .. } | CodeError::Tool { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
