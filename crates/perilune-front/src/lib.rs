//! Lua 5.4 source to bytecode: lexer, parser, syntax tree, opcode table, compiler, verifier.

pub mod number;
