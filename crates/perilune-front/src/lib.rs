//! Lua 5.4 source to bytecode: lexer, parser, syntax tree, opcode table, compiler, verifier.
//!
//! Bytes in, [`proto::Proto`] out. No I/O, and nothing here knows of values or a running program.
#![forbid(unsafe_code)]

pub mod ast;
pub mod ast_dump;
pub mod binary;
pub mod compiler;
pub mod disasm;
pub mod error;
pub mod intern;
pub mod lexer;
pub mod liveness;
pub mod number;
pub mod op;
pub mod parser;
pub mod proto;
pub mod variables;
pub mod verify;
