//! Expectations were taken from PUC Lua 5.4.8 on x86-64 Linux.

use super::printf::Spec;
use super::*;

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

/// Reads a specification such as `%-8.3f`.
fn spec(format: &str) -> Spec {
    let mut spec = Spec::default();
    let mut rest = format.strip_prefix('%').unwrap();
    while let Some(flag) = rest.chars().next().filter(|flag| "-+ #0".contains(*flag)) {
        match flag {
            '-' => spec.left = true,
            '+' => spec.plus = true,
            ' ' => spec.space = true,
            '#' => spec.alternate = true,
            _ => spec.zero = true,
        }
        rest = &rest[1..];
    }
    let (sizes, conversion) = rest.split_at(rest.len() - 1);
    let (width, precision) = sizes.split_once('.').map_or((sizes, None), |(w, p)| (w, Some(p)));
    spec.width = if width.is_empty() { 0 } else { width.parse().unwrap() };
    spec.precision = precision.map(|p| if p.is_empty() { 0 } else { p.parse().unwrap() });
    spec.conversion = conversion.as_bytes()[0];
    spec
}

#[test]
fn integers_as_text() {
    for (i, want) in [
        (0, "0"),
        (7, "7"),
        (-10, "-10"),
        (12345, "12345"),
        (i64::MAX, "9223372036854775807"),
        (i64::MIN, "-9223372036854775808"),
    ] {
        assert_eq!(text(|out| format_int(i, out)), want);
    }
}

#[test]
fn floats_as_text() {
    for (x, want) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-3.5, "-3.5"),
        (0.1, "0.1"),
        (1.0 / 3.0, "0.33333333333333"),
        (2.0 / 3.0, "0.66666666666667"),
        (1e14, "1e+14"),
        (99999999999999.0, "99999999999999.0"),
        (123456789012345.0, "1.2345678901234e+14"),
        (1e15, "1e+15"),
        (1e100, "1e+100"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (5e-324, "4.9406564584125e-324"),
        (f64::MAX, "1.7976931348623e+308"),
        (9007199254740993.0, "9.007199254741e+15"),
        (2.46913578024679, "2.4691357802468"),
        (99999999999999.5, "1e+14"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(text(|out| format_float(x, out)), want);
    }
    let nan = f64::from_bits(0x7ff8 << 48);
    assert_eq!(text(|out| format_float(nan, out)), "nan");
    assert_eq!(text(|out| format_float(-nan, out)), "-nan");
}

#[test]
fn numerals_to_integers() {
    for (numeral, want) in [
        ("0", 0),
        (" 10 ", 10),
        ("\t\u{b}-7\r\n", -7),
        ("+5", 5),
        ("00000000000000000000000001", 1),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("0x10", 16),
        ("-0xA", -10),
        ("0xffffffffffffffff", -1),
        ("0x1ffffffffffffffff", -1),
        ("-0x8000000000000000", i64::MIN),
    ] {
        assert_eq!(parse(numeral.as_bytes()), Some(Number::Int(want)), "{numeral}");
    }
}

#[test]
fn numerals_to_floats() {
    for (numeral, want) in [
        ("1.", 1.0),
        (".5", 0.5),
        ("5e1", 50.0),
        ("1e+2", 100.0),
        ("-1E-2", -0.01),
        ("2.46913", 2.46913),
        ("9223372036854775808", 9223372036854775808.0),
        ("-9223372036854775809", -9223372036854775808.0),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
        ("1e999", f64::INFINITY),
        ("-1e99999999999999999999999", f64::NEG_INFINITY),
        ("1e-400", 0.0),
        ("0e99999999999999999999", 0.0),
        ("2.4703282292062328e-324", 5e-324),
        ("0x.8", 0.5),
        ("0x1p4", 16.0),
        ("0xA.8p-1", 5.25),
        ("0x1p-1074", 5e-324),
        ("0x1p-1075", 0.0),
        ("0x1.8p-1075", 5e-324),
        ("0x1.fffffffffffff8p1023", f64::INFINITY),
        ("0x20000000000001p0", 9007199254740992.0),
        ("0x20000000000003p0", 9007199254740996.0),
        ("0x2000000000000100000000000000000001p0", 1.0889035741470033e+40),
        ("0x0p99999999999999999999", 0.0),
    ] {
        assert_eq!(parse(numeral.as_bytes()), Some(Number::Float(want)), "{numeral}");
    }
    assert!(matches!(parse(b"-0.0"), Some(Number::Float(zero)) if zero.is_sign_negative()));
}

#[test]
fn not_numerals() {
    for numeral in [
        "", " ", "-", "+", "- 1", "--1", ".", "e5", "1e", "1e+", "1 2", "1.2.3", "0x", "0x.", "0xp1", "0x1p", "0xg", "1_000",
        "inf", "nan", "-inf", "infinity", "1e5.0", "1p4", "0x1e+1", "12a", "1\0", "\0", "0b1", "1f", "١",
    ] {
        assert_eq!(parse(numeral.as_bytes()), None, "{numeral}");
    }
}

#[test]
fn strings_to_integers() {
    assert_eq!(str_to_int(b"10"), Some(10));
    assert_eq!(str_to_int(b" 0x1p4 "), Some(16));
    assert_eq!(str_to_int(b"3.0"), Some(3));
    assert_eq!(str_to_int(b"3.5"), None);
    assert_eq!(str_to_int(b"9223372036854775808"), None);
    assert_eq!(str_to_int(b"x"), None);
}

#[test]
fn exact_integers_of_floats() {
    assert_eq!(float_to_int_exact(-0.0), Some(0));
    assert_eq!(float_to_int_exact(-9223372036854775808.0), Some(i64::MIN));
    assert_eq!(float_to_int_exact(9223372036854775808.0), None);
    assert_eq!(float_to_int_exact(0.5), None);
    assert_eq!(float_to_int_exact(f64::NAN), None);
    assert_eq!(float_to_int_exact(f64::INFINITY), None);
}

#[test]
fn float_conversions() {
    for (format, x, want) in [
        ("%f", 2.46913578, "2.469136"),
        ("%.2f", 2.675, "2.67"),
        ("%.0f", 0.5, "0"),
        ("%.0f", 1.5, "2"),
        ("%.0f", 2.5, "2"),
        ("%#.0f", 3.0, "3."),
        ("%.3f", 0.0005, "0.001"),
        ("%.3f", 0.00049999, "0.000"),
        ("%8.3f|", 0.0, "   0.000"),
        ("%-8.2f", 1.5, "1.50    "),
        ("%08.2f", -1.5, "-0001.50"),
        ("%+.1f", 9.96, "+10.0"),
        ("% .1f", 9.94, " 9.9"),
        ("%.20f", 0.1, "0.10000000000000000555"),
        ("%.3f", 1e22, "10000000000000000000000.000"),
        ("%e", 12345.678, "1.234568e+04"),
        ("%.0e", 15.0, "2e+01"),
        ("%#.0e", 15.0, "2.e+01"),
        ("%E", 1e-300, "1.000000E-300"),
        ("%.30e", 0.1, "1.000000000000000055511151231258e-01"),
        ("%g", 100000.0, "100000"),
        ("%g", 1e6, "1e+06"),
        ("%g", 0.0001, "0.0001"),
        ("%g", 0.00001234, "1.234e-05"),
        ("%#g", 1.5, "1.50000"),
        ("%.0g", 0.0, "0"),
        ("%.3g", 999.96, "1e+03"),
        ("%.17g", 0.1, "0.10000000000000001"),
        ("%.99g", 0.1, "0.1000000000000000055511151231257827021181583404541015625"),
        ("%G", 1e-10, "1E-10"),
        ("%a", 1.0, "0x1p+0"),
        ("%a", 0.1, "0x1.999999999999ap-4"),
        ("%A", -0.5, "-0X1P-1"),
        ("%.1a", 1.97, "0x2.0p+0"),
        ("%.3a", 1.0, "0x1.000p+0"),
        ("%a", 5e-324, "0x0.0000000000001p-1022"),
        ("%a", 0.0, "0x0p+0"),
        ("%010a", 1.0, "0x00001p+0"),
        ("%20.15a", 0.1, "0x1.999999999999a00p-4"),
        ("%05g", f64::INFINITY, "  inf"),
        ("%+.3F", f64::INFINITY, "+INF"),
        ("%-6f", f64::NEG_INFINITY, "-inf  "),
    ] {
        assert_eq!(text(|out| spec(format.trim_end_matches('|')).write_float(x, out)), want, "{format} of {x}");
    }
}

#[test]
fn integer_conversions() {
    for (format, i, want) in [
        ("%d", 42, "42"),
        ("%5d", -42, "  -42"),
        ("%-5i", 42, "42   "),
        ("%05d", -42, "-0042"),
        ("%+d", 0, "+0"),
        ("% d", 7, " 7"),
        ("%.0d", 0, ""),
        ("%3.0d", 0, "   "),
        ("%08.3d", 5, "     005"),
        ("%.20d", i64::MIN, "-09223372036854775808"),
        ("%x", -1, "ffffffffffffffff"),
        ("%#X", 255, "0XFF"),
        ("%#x", 0, "0"),
        ("%#08x", 255, "0x0000ff"),
        ("%o", 8, "10"),
        ("%#o", 8, "010"),
        ("%#.0o", 0, "0"),
        ("%#.4o", 8, "0010"),
        ("%u", -1, "18446744073709551615"),
    ] {
        assert_eq!(text(|out| spec(format).write_int(i, out)), want, "{format} of {i}");
    }
}

#[test]
fn text_conversions() {
    assert_eq!(text(|out| spec("%5s").write_str(b"ab", out)), "   ab");
    assert_eq!(text(|out| spec("%-5.1s").write_str(b"ab", out)), "a    ");
    assert_eq!(text(|out| spec("%3c").write_char(b'x', out)), "  x");
    assert_eq!(text(|out| spec("%8p").write_pointer(0x1f, out)), "    0x1f");
    assert_eq!(text(|out| spec("%-8p").write_pointer(0, out)), "(null)  ");
}

/// The quick digits must agree with the exact ones of the standard library wherever they dare to answer.
#[test]
fn quick_digits_agree_with_exact_ones() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut answered = 0;
    for i in 0..20_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let x = f64::from_bits(state >> 1);
        let count = i % 17 + 1;
        if !x.is_finite() || x == 0.0 {
            continue;
        }
        if let Some((digits, exponent)) = decimal::significant(x, count) {
            let mut want = format!("{:.*e}", count - 1, x);
            want.retain(|c| c != '.');
            assert_eq!(format!("{digits}e{exponent}"), want);
            answered += 1;
        }
    }
    assert!(answered > 19_000);
}
