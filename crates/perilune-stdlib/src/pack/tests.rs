//! Expectations were taken from PUC Lua 5.4.8.

use super::*;

/// An argument of `string.pack`.
enum Arg {
    Int(i64),
    Float(f64),
    Text(&'static str),
}
use Arg::{Float, Int, Text};

/// The packed bytes in hexadecimal, or the error message.
fn pack(format: &str, args: &[Arg]) -> String {
    let mut packer = Packer::new(format.as_bytes());
    let mut args = args.iter();
    let packed = loop {
        let result = match packer.next_operand() {
            Err(error) => break Err(error),
            Ok(None) => break Ok(packer.finish()),
            Ok(Some(operand)) => match (operand, args.next().unwrap()) {
                (Operand::Int, Int(i)) => packer.int(*i),
                (Operand::Float, Float(x)) => {
                    packer.float(*x);
                    Ok(())
                }
                (Operand::Text, Text(text)) => packer.text(text.as_bytes()),
                _ => panic!("argument of another kind"),
            },
        };
        if let Err(error) = result {
            break Err(error);
        }
    };
    match packed {
        Ok(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn packs() {
    for (format, args, want) in [
        ("", &[][..], ""),
        ("!4i8Xi8", &[Int(1)], "0100000000000000"),
        ("i16", &[Int(-2)], "feffffffffffffffffffffffffffffff"),
        ("I16", &[Int(-2)], "feffffffffffffff0000000000000000"),
        (">!8 b i8 <h", &[Int(1), Int(2), Int(3)], "010000000000000000000000000000020300"),
        ("!3 i2", &[Int(1)], "0100"),
        ("!16 i16", &[Int(1)], "01000000000000000000000000000000"),
        ("=I3", &[Int(0x123456)], "563412"),
        ("f", &[Float(1.5)], "0000c03f"),
        (">d", &[Float(1.5)], "3ff8000000000000"),
        ("n", &[Float(1.5)], "000000000000f83f"),
        ("s", &[Text("ab")], "02000000000000006162"),
        ("\0i99", &[], ""),
        ("bXi4b!8Xd", &[Int(1), Int(2)], "0102000000000000"),
        ("!bXi4b!8Xd", &[Int(1), Int(2)], "0100000002000000"),
        ("!2bi4", &[Int(1), Int(2)], "010002000000"),
        ("!1bi4", &[Int(1), Int(2)], "0102000000"),
        ("xxx", &[], "000000"),
        ("i3", &[Int(-8388608)], "000080"),
        ("Xs3", &[], ""),
        ("z", &[Text("ab")], "616200"),
        (">s2c4", &[Text("x"), Text("y")], "00017879000000"),
    ] {
        assert_eq!(pack(format, args), want, "{format:?}");
    }
}

#[test]
fn pack_errors() {
    for (format, args, want) in [
        ("i17", &[][..], "integral size (17) out of limits [1,16]"),
        ("s0", &[], "integral size (0) out of limits [1,16]"),
        ("i99999999999", &[], "integral size (999999999) out of limits [1,16]"),
        ("c", &[], "missing size for format option 'c'"),
        ("Q", &[], "invalid format option 'Q'"),
        ("X", &[], "invalid next option for option 'X'"),
        ("Xz", &[], "invalid next option for option 'X'"),
        ("Xc1", &[], "invalid next option for option 'X'"),
        ("X ", &[], "invalid next option for option 'X'"),
        ("XX", &[], "invalid next option for option 'X'"),
        ("!4 i3", &[], "format asks for alignment not power of 2"),
        ("!Xs3", &[], "format asks for alignment not power of 2"),
        ("b", &[Int(128)], "integer overflow"),
        ("b", &[Int(-129)], "integer overflow"),
        ("i3", &[Int(8388608)], "integer overflow"),
        ("B", &[Int(256)], "unsigned overflow"),
        ("B", &[Int(-1)], "unsigned overflow"),
        ("z", &[Text("a\0")], "string contains zeros"),
        ("c2", &[Text("abc")], "string longer than given size"),
    ] {
        assert_eq!(pack(format, args), want, "{format:?}");
    }
    let mut packer = Packer::new(b"s1");
    assert_eq!(packer.next_operand(), Ok(Some(Operand::Text)));
    assert_eq!(packer.text(&[b'x'; 256]), Err(PackError::StringLength));
    assert_eq!(PackError::StringLength.to_string(), "string length does not fit in given size");
}

#[test]
fn sizes() {
    for (format, want) in [
        ("i4", "4"),
        ("!8bi8", "16"),
        ("!bd", "16"),
        ("i7!2i4", "12"),
        ("c2147483639", "2147483639"),
        ("c2147483639c8", "2147483647"),
        ("c2147483639c9", "format result too large"),
        ("c2147483647", "invalid format option '7'"),
        ("s", "variable-length format"),
        ("z", "variable-length format"),
    ] {
        let size = packed_size(format.as_bytes()).map_or_else(|error| error.to_string(), |size| size.to_string());
        assert_eq!(size, want, "{format:?}");
    }
}

/// The values and the next position counted from 1, or the error message.
fn unpack(format: &str, data: &[u8], position: usize) -> String {
    let run = || {
        let mut unpacker = Unpacker::new(format.as_bytes(), data, position)?;
        let mut shown = Vec::new();
        while let Some(value) = unpacker.next_value()? {
            shown.push(match value {
                Unpacked::Int(i) => i.to_string(),
                Unpacked::Float(x) => x.to_string(),
                Unpacked::Text(text) => String::from_utf8_lossy(text).into_owned(),
            });
        }
        shown.push((unpacker.position() + 1).to_string());
        Ok(shown.join("|"))
    };
    run().unwrap_or_else(|error: PackError| error.to_string())
}

#[test]
fn unpacks() {
    let negative = [0xff; 16];
    for (format, data, want) in [
        ("i16", &negative[..], "-1|17"),
        ("i3", &negative[..3], "-1|4"),
        ("I3", &negative[..3], "16777215|4"),
        (">I2", b"\x01\x02", "258|3"),
        ("!4 b i4", b"\x01\0\0\0\x02\0\0\0", "1|2|9"),
        ("f", b"\0\0\xc0\x3f", "1.5|5"),
        ("z z", b"ab\0cd\0", "ab|cd|7"),
        ("c0", b"", "|1"),
        ("bXi4b", b"\x01\0\0\0\x02", "1|0|3"),
        ("!bXi4b", b"\x01\0\0\0\x02", "1|2|6"),
        ("I8", b"\x01\x02\x03\x04\x05\x06\x07\x80", "-9221395093405892095|9"),
        ("s1b", b"\x02abc", "ab|99|5"),
        ("i4", b"abc", "data string too short"),
        ("z", b"abc", "unfinished string for format 'z'"),
        ("s1", b"\x05abc", "data string too short"),
        ("s8", &negative[..8], "data string too short"),
        ("c3", b"ab", "data string too short"),
        ("x", b"", "data string too short"),
        ("I16", &negative, "16-byte integer does not fit into Lua Integer"),
        ("I9", b"\x01\0\0\0\0\0\0\0\x01", "9-byte integer does not fit into Lua Integer"),
    ] {
        assert_eq!(unpack(format, data, 0), want, "{format:?}");
    }
    assert_eq!(unpack("i1", b"a", 1), "data string too short");
    assert_eq!(unpack("i1", b"a", 2), "initial position out of string");
    assert_eq!(unpack("B", b"ab", 1), "98|3");
}

#[test]
fn blame() {
    assert_eq!(PackError::MissingSize.culprit(), Culprit::None);
    assert_eq!(PackError::VariableLength.culprit(), Culprit::Format);
    assert_eq!(PackError::IntegerOverflow.culprit(), Culprit::Operand);
    assert_eq!(PackError::DataTooShort.culprit(), Culprit::Data);
    assert_eq!(PackError::InitialPosition.culprit(), Culprit::Position);
    assert_eq!(PackError::InvalidOption(0xff).message(), b"invalid format option '\xff'");
}
