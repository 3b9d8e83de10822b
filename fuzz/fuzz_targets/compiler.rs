//! What the compiler makes of any bytes passes the verifier and can be listed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perilune_front::compiler::compile;
use perilune_front::disasm::{Options, disassemble};
use perilune_front::verify::verify;

fuzz_target!(|source: &[u8]| {
    if let Ok(proto) = compile(source, b"=fuzz") {
        if let Err(error) = verify(&proto) {
            panic!("{error}");
        }
        assert!(!disassemble(&proto, &Options::default()).is_empty());
    }
});
