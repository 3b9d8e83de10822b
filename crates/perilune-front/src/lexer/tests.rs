//! Tokens and errors of the lexer, source by source.

use super::*;

fn lex(source: &[u8]) -> std::result::Result<Vec<String>, String> {
    let mut lexer = Lexer::new(source, b"=x");
    let mut tokens = Vec::new();
    loop {
        lexer.advance().map_err(|error| error.to_string())?;
        let token = lexer.token;
        tokens.push(match token.kind {
            Kind::Eof => return Ok(tokens),
            Kind::Name => String::from_utf8_lossy(lexer.interner.get(token.symbol)).into_owned(),
            Kind::String => format!("<{}>", lexer.interner.get(token.symbol).escape_ascii()),
            Kind::Int => format!("{}", token.bits as i64),
            Kind::Float => format!("{:?}", f64::from_bits(token.bits)),
            kind => format!("`{}", kind.spelling()),
        });
    }
}

fn check(source: &str, expected: &str) {
    assert_eq!(lex(source.as_bytes()).unwrap().join(" "), expected, "{source:?}");
}

fn check_error(source: &[u8], expected: &str) {
    assert_eq!(lex(source).unwrap_err(), expected, "{:?}", source.escape_ascii().to_string());
}

#[test]
fn tokens() {
    check("a _b1 and andy", "a _b1 `and andy");
    check("<<=>>=~=~ == = : :: . .. ... ....", "`<< `= `>> `= `~= `~ `== `= `: `:: `. `.. `... `... `.");
    check("a//b--c\n/d", "a `// b `/ d");
    check("--[[x\ny]]z --[==[]]\n]==] w --[=x\nv", "z w v");
}

#[test]
fn numerals() {
    check("0 3 0xff 9223372036854775807 9223372036854775808", "0 3 255 9223372036854775807 9.223372036854776e18");
    check("3.0 .5 3e2 0x.8p1 3-4 0xe+1", "3.0 0.5 300.0 1.0 3 `- 4 14 `+ 1");
    check_error(b"3x", "x:1: malformed number near '3x'");
    check_error(b"3..2", "x:1: malformed number near '3..2'");
    check_error(b"0x", "x:1: malformed number near '0x'");
    check_error(b".0x1p2", "x:1: malformed number near '.0x1p2'");
    check_error(b"1e+", "x:1: malformed number near '1e+'");
    check_error(b"\n12_3", "x:2: malformed number near '12_'");
}

#[test]
fn strings() {
    check("\"a'b\" 'a\"b'", r#"<a\'b> <a\"b>"#);
    check("'\\97\\x62\\u{63}\\z \n \t d\\\r\ne' ''", r"<abcd\ne> <>");
    check("[[\na\r\nb]c]] [==[]]]==]", r"<a\nb]c> <]]>");
    check(r"'\u{7FFFFFFF}\u{7FF}\u{10FFFF}'", r"<\xfd\xbf\xbf\xbf\xbf\xbf\xdf\xbf\xf4\x8f\xbf\xbf>");
}

#[test]
fn string_errors() {
    check_error(b"'ab\\x4G'", "x:1: hexadecimal digit expected near ''ab\\x4G'");
    check_error(b"\"a\\qb\"", "x:1: invalid escape sequence near '\"a\\q'");
    check_error(b"\"\\300b\"", "x:1: decimal escape too large near '\"\\300b'");
    check_error(b"\"\\u{80000000}\"", "x:1: UTF-8 value too large near '\"\\u{80000000'");
    check_error(b"\"\\u12\"", "x:1: missing '{' near '\"\\u1'");
    check_error(b"\"\\u{12\"", "x:1: missing '}' near '\"\\u{12\"'");
    check_error(b"\"a\\65\n", "x:1: unfinished string near '\"aA'");
    check_error(b"\n\"abc", "x:2: unfinished string near <eof>");
    check_error(b"\"abc\\", "x:1: unfinished string near <eof>");
    check_error(b"\n[=[a\nb", "x:3: unfinished long string (starting at line 2) near <eof>");
    check_error(b"--[[\r\n\n\r", "x:3: unfinished long comment (starting at line 1) near <eof>");
    check_error(b"[==x", "x:1: invalid long string delimiter near '[=='");
}

#[test]
fn names_of_every_length() {
    for length in 1..40 {
        let name: String = ('A'..='Z').chain('a'..='z').cycle().take(length).collect();
        for end in ["", " ", "=", "\u{e9}", "                    "] {
            let source = format!("{name}{end}");
            let mut lexer = Lexer::new(source.as_bytes(), b"=x");
            lexer.advance().unwrap();
            assert_eq!(lexer.interner.get(lexer.token.symbol), name.as_bytes(), "{source:?}");
            assert_eq!(lexer.position, length);
        }
    }
}

#[test]
fn bytes_of_names() {
    for byte in 0..=u8::MAX {
        let expected = if is(byte, NAME_START | DIGIT) { 0 } else { 0x80 };
        for index in 0..8 {
            let mut bytes = [b'a'; 8];
            bytes[index] = byte;
            assert_eq!(non_name_bytes(u64::from_le_bytes(bytes)), expected << (8 * index), "{byte}");
        }
    }
}
