//! Expectations were taken from PUC Lua 5.4.8.

use super::*;

/// An argument of `string.format`.
enum Arg {
    Int(i64),
    Float(f64),
    Text(&'static str),
}
use Arg::{Float, Int, Text};

fn format(format: &str, args: &[Arg]) -> Result<String, FormatError> {
    let mut out = Vec::new();
    let mut args = args.iter();
    for piece in pieces(format.as_bytes()) {
        match piece {
            Piece::Literal(text) => out.extend_from_slice(text),
            Piece::Directive(directive) => {
                let conversion = directive.conversion()?;
                let spec = directive.spec()?;
                match (conversion, args.next().unwrap()) {
                    (Conversion::Char, Int(i)) => spec.write_char(*i as u8, &mut out),
                    (Conversion::Int, Int(i)) => spec.write_int(*i, &mut out),
                    (Conversion::Float, Float(x)) => spec.write_float(*x, &mut out),
                    (Conversion::Pointer, Int(address)) => spec.write_pointer(*address as usize, &mut out),
                    (Conversion::Quoted, Text(text)) => quote_str(text.as_bytes(), &mut out),
                    (Conversion::Quoted, Int(i)) => quote_int(*i, &mut out),
                    (Conversion::Quoted, Float(x)) => quote_float(*x, &mut out),
                    (Conversion::Str, Text(text)) => spec.write_str(text.as_bytes(), &mut out),
                    _ => panic!("argument of another kind"),
                }
            }
        }
    }
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn formats() {
    for (text, args, want) in [
        ("", &[][..], ""),
        ("plain", &[], "plain"),
        ("100%%", &[], "100%"),
        ("%%%%d", &[], "%%d"),
        ("%d + %d", &[Int(1), Int(-2)], "1 + -2"),
        ("%5.2f|%-6s|%c", &[Float(2.46913), Text("ab"), Int(65)], " 2.47|ab    |A"),
        ("%05d %+i %x %#o %u", &[Int(42), Int(3), Int(255), Int(8), Int(-1)], "00042 +3 ff 010 18446744073709551615"),
        ("%.3s|%5.1s|%.s|%5.s", &[Text("hello"), Text("x"), Text("y"), Text("z")], "hel|    x||     "),
        ("%a %G %e", &[Float(1.0), Float(1e-10), Float(0.0)], "0x1p+0 1E-10 0.000000e+00"),
        ("%5p%p", &[Int(0), Int(16)], "(null)0x10"),
        ("%00000000000000000000d", &[Int(65)], "65"),
        ("%d5", &[Int(65)], "655"),
        ("%q", &[Text("a\"b\\c\nd\re\u{0}1\u{7f}x")], "\"a\\\"b\\\\c\\\nd\\13e\\0001\\127x\""),
        ("%q %q", &[Int(i64::MIN), Int(-5)], "0x8000000000000000 -5"),
        ("%q %q", &[Float(0.5), Float(-0.0)], "0x1p-1 -0x0p+0"),
        ("%q %q %q", &[Float(f64::INFINITY), Float(f64::NEG_INFINITY), Float(f64::NAN)], "1e9999 -1e9999 (0/0)"),
    ] {
        assert_eq!(format(text, args).unwrap(), want, "{text}");
    }
}

#[test]
fn errors() {
    for (text, want) in [
        ("%", "invalid conversion '%' to 'format'"),
        ("%5", "invalid conversion '%5' to 'format'"),
        ("%y", "invalid conversion '%y' to 'format'"),
        ("%5y", "invalid conversion '%5y' to 'format'"),
        ("%_", "invalid conversion '%_' to 'format'"),
        ("%F", "invalid conversion '%F' to 'format'"),
        ("%ld", "invalid conversion '%l' to 'format'"),
        ("%\0d", "invalid conversion '%' to 'format'"),
        ("%1.2$", "invalid conversion '%1.2$' to 'format'"),
        ("%10.123d", "invalid conversion specification: '%10.123d'"),
        ("%123d", "invalid conversion specification: '%123d'"),
        ("%010c", "invalid conversion specification: '%010c'"),
        ("%.3c", "invalid conversion specification: '%.3c'"),
        ("%.3p", "invalid conversion specification: '%.3p'"),
        ("%+s", "invalid conversion specification: '%+s'"),
        ("%05s", "invalid conversion specification: '%05s'"),
        ("%#d", "invalid conversion specification: '%#d'"),
        ("%+x", "invalid conversion specification: '%+x'"),
        ("%#u", "invalid conversion specification: '%#u'"),
        ("%5.5.5d", "invalid conversion specification: '%5.5.5d'"),
        ("%..d", "invalid conversion specification: '%..d'"),
        ("%08.c", "invalid conversion specification: '%08.c'"),
        ("%00000000000000000000 d", "invalid format (too long)"),
        ("%5q", "specifier '%q' cannot have modifiers"),
    ] {
        assert_eq!(format(text, &[]).unwrap_err().to_string(), want, "{text}");
    }
}
