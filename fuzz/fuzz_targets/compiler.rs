//! What the compiler makes of any bytes passes the verifier, can be listed, and survives the binary format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perilune_front::binary::{dump, undump};
use perilune_front::compiler::compile;
use perilune_front::disasm::{Options, disassemble};
use perilune_front::verify::verify;

fuzz_target!(|source: &[u8]| {
    if let Ok(proto) = compile(source, b"=fuzz") {
        if let Err(error) = verify(&proto) {
            panic!("{error}");
        }
        assert!(!disassemble(&proto, &Options::default()).is_empty());
        // Dumps are compared as a NaN constant is not equal to itself.
        let bytes = dump(&proto, false);
        let again = undump(&bytes, b"=fuzz").expect("a dump can be read");
        assert_eq!(dump(&again, false), bytes);
    }
});
