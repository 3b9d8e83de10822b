//! Any bytes are refused or give a prototype that passes the verifier, can be listed, and survives another round trip.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perilune_front::binary::{dump, undump};
use perilune_front::disasm::{Options, disassemble};
use perilune_front::verify::verify;

fuzz_target!(|bytes: &[u8]| {
    let Ok(proto) = undump(bytes, b"=fuzz") else { return };
    verify(&proto).expect("undump verifies");
    assert!(!disassemble(&proto, &Options::default()).is_empty());
    for strip in [false, true] {
        let first = dump(&proto, strip);
        let again = undump(&first, b"=fuzz").expect("a dump can be read");
        assert_eq!(dump(&again, strip), first);
    }
});
