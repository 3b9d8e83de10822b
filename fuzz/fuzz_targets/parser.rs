//! Any bytes are either a syntax tree, whose dump can be written, or a syntax error.
#![no_main]

use bumpalo::Bump;
use libfuzzer_sys::fuzz_target;
use perilune_front::ast_dump::dump;
use perilune_front::parser::Parser;

fuzz_target!(|source: &[u8]| {
    let arena = Bump::new();
    let mut parser = Parser::new(source, source);
    match parser.parse_chunk(&arena) {
        Ok(block) => {
            let lines = source.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count() + 1;
            assert!(block.end_line as usize <= lines);
            assert!(!dump(&block, parser.interner()).is_empty());
        }
        Err(error) => assert!(!error.message.is_empty()),
    }
});
