//! A directive that `string.format` accepts writes what C's `snprintf` writes.
#![no_main]

use std::ffi::{CString, c_char};

use libfuzzer_sys::fuzz_target;
use perilune_stdlib::format::{Conversion, Directive, Piece, pieces};

fuzz_target!(|input: &[u8]| {
    // The input is a number's eight bytes and a format.
    let Some((number, format)) = input.split_first_chunk::<8>() else { return };
    let bits = u64::from_le_bytes(*number);
    let mut literals = 0;
    for piece in pieces(format) {
        match piece {
            Piece::Literal(text) => {
                assert!(!text.is_empty());
                literals += text.len();
            }
            Piece::Directive(directive) => check(&directive, format, bits),
        }
    }
    assert!(literals <= format.len());
});

fn check(directive: &Directive<'_>, format: &[u8], bits: u64) {
    let (Ok(conversion), Ok(spec)) = (directive.conversion(), directive.spec()) else { return };
    let mut ours = Vec::new();
    let theirs = match conversion {
        Conversion::Int => {
            spec.write_int(bits as i64, &mut ours);
            c_format(format, "ll", |buffer, size, text| {
                // SAFETY: `buffer` has `size` bytes, and `text` holds one directive, for a `long long`.
                unsafe { libc::snprintf(buffer, size, text, bits as i64) }
            })
        }
        Conversion::Float => {
            let value = f64::from_bits(bits);
            spec.write_float(value, &mut ours);
            c_format(format, "", |buffer, size, text| {
                // SAFETY: as above, for a `double`.
                unsafe { libc::snprintf(buffer, size, text, value) }
            })
        }
        _ => return,
    };
    if let Some(theirs) = theirs {
        assert_eq!(ours.escape_ascii().to_string(), theirs.escape_ascii().to_string(), "{:?}", format.escape_ascii().to_string());
    }
}

/// What C makes of `format`, if that is one directive and nothing else. `length` is C's length modifier.
fn c_format(format: &[u8], length: &str, write: impl Fn(*mut c_char, usize, *const c_char) -> i32) -> Option<Vec<u8>> {
    let (letter, start) = format.split_last()?;
    if start.first() != Some(&b'%') || start[1..].contains(&b'%') || start.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let text = CString::new([start, length.as_bytes(), &[*letter]].concat()).ok()?;
    let mut buffer = vec![0u8; 1024];
    let written = write(buffer.as_mut_ptr().cast(), buffer.len(), text.as_ptr());
    buffer.truncate(usize::try_from(written).ok()?);
    Some(buffer)
}
