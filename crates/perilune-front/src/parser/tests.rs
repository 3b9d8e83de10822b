//! Trees and errors of the parser, source by source, in the form of `ast_dump`.

use super::*;
use crate::ast_dump::dump;

fn parse(source: &str) -> std::result::Result<String, String> {
    let arena = Bump::new();
    let mut parser = Parser::new(source.as_bytes(), b"=x");
    let block = parser.parse_chunk(&arena).map_err(|error| error.to_string())?;
    Ok(dump(&block, parser.interner()))
}

/// Compares the dump of `source` with lines of text whose indentation and line numbers count; the line that ends the
/// chunk is left out.
fn check(source: &str, expected: &[&str]) {
    let text = parse(source).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..lines.len() - 1], *expected, "{source}");
}

fn check_expr(source: &str, expected: &str) {
    check(&format!("return {source}"), &[&format!("   1  return {expected}")]);
}

fn check_error(source: &str, expected: &str) {
    assert_eq!(parse(source).unwrap_err(), expected, "{source}");
}

#[test]
fn priorities() {
    check_expr("1 + 2 * 3 ^ 4 ^ 5 - 6", "(- (+ 1 (* 2 (^ 3 (^ 4 5)))) 6)");
    check_expr("a .. b .. c + 1", "(.. a (.. b (+ c 1)))");
    check_expr("-x ^ 2, not a == b, - - x", "(neg (^ x 2)), (== (not a) b), (neg (neg x))");
    check_expr("2 ^ -3 * 4", "(* (^ 2 (neg 3)) 4)");
    check_expr("a or b and c < d | e ~ f & g << h .. i", "(or a (and b (< c (| d (~ e (& f (<< g (.. h i))))))))");
    check_expr("#t // ~x % 2 >> 1 ~= 3", "(~= (>> (% (// (# t) (bnot x)) 2) 1) 3)");
}

#[test]
fn suffixes_and_tables() {
    check_expr(
        "a.b[c]:d(1, ...).e 'x' {}",
        r#"(call (call (index (method (index (index a "b") c) "d" 1 ...) "e") "x") (table))"#,
    );
    check_expr("(f())", "(paren (call f))");
    check_expr("{a, b = 1; [c] = 2, d.e, f + 1,}", r#"(table a ["b"] 1 [c] 2 (index d "e") (+ f 1))"#);
}

#[test]
fn statements() {
    check("local a <const>, b <close> = 1", &["   1  local a <const>, b <close> = 1"]);
    check("a, b.c = f()\n;;; g()", &[r#"   1  a, (index b "c") = (call f)"#, "   2  (call g)"]);
    check(
        "if a then\nb()\nelseif c then\nelse\nd()\nend",
        &["   1  if a", "   2    (call b)", "   3  elseif c", "   4  else", "   5    (call d)", "   6  end"],
    );
    check("for i = 1, 2, 3 do break end", &["   1  for i = 1, 2, 3", "   1    break", "   1  end"]);
    check("for k, v in p, q do goto x end", &["   1  for k, v in p, q", "   1    goto x", "   1  end"]);
    check("repeat ::x:: until\ny", &["   1  repeat", "   1    label x", "   1  until y@2"]);
    check("while 1 do do end end", &["   1  while 1", "   1    do", "   1    end", "   1  end"]);
    check(
        "function a.b:c(x, ...)\nreturn ...\nend",
        &[r#"   1  define (index (index a "b") "c") (function (self x ...)"#, "   2    return ...", "   3  end)"],
    );
    check("local function f() end return;", &["   1  local function f (function ()", "   1  end)", "   1  return"]);
}

#[test]
fn lines_of_expressions() {
    check("return a\n+ b\n(c\n)\n.d", &[r#"   1  return (+@2 a (index@5 (call@3 b@2 c@3) "d"@5))"#]);
    check("f(function\n()\nend)", &["   1  (call f (function@2 ()", "   3  end))"]);
    check("return [[\n\n]], {\n}", &[r#"   1  return "\n"@3, (table@3 ..4)"#]);
}

#[test]
fn errors() {
    check_error("x", "x:1: syntax error near <eof>");
    check_error("x y", "x:1: syntax error near 'y'");
    check_error("x =", "x:1: unexpected symbol near <eof>");
    check_error("x = }", "x:1: unexpected symbol near '}'");
    check_error("x = \u{e9}", "x:1: unexpected symbol near '<\\195>'");
    check_error("x = 1 $", "x:1: unexpected symbol near '$'");
    check_error("x = 1 \0", "x:1: unexpected symbol");
    check_error("f() = 1", "x:1: syntax error near '='");
    check_error("(a) = 1", "x:1: syntax error near '='");
    check_error("a, f() = 1", "x:1: syntax error near '='");
    check_error("a.b", "x:1: syntax error near <eof>");
    check_error("a.1", "x:1: syntax error near '.1'");
    check_error("a:b", "x:1: function arguments expected near <eof>");
    check_error("a.'x'", "x:1: <name> expected near ''x''");
    check_error("for 1", "x:1: <name> expected near '1'");
    check_error("for a b", "x:1: '=' or 'in' expected near 'b'");
    check_error("for a = 1 do", "x:1: ',' expected near 'do'");
    check_error("if x\nthen", "x:2: 'end' expected (to close 'if' at line 1) near <eof>");
    check_error("do\n\nelse", "x:3: 'end' expected (to close 'do' at line 1) near 'else'");
    check_error("f(\n1", "x:2: ')' expected (to close '(' at line 1) near <eof>");
    check_error("x = {1\n2", "x:2: '}' expected (to close '{' at line 1) near '2'");
    check_error("end", "x:1: <eof> expected near 'end'");
    check_error("return 1 return", "x:1: <eof> expected near 'return'");
    check_error("return;;", "x:1: <eof> expected near ';'");
    check_error("function f(a,) end", "x:1: <name> or '...' expected near ')'");
    check_error("function f(..., a) end", "x:1: ')' expected near ','");
    check_error("function f() return ... end", "x:1: cannot use '...' outside a vararg function near '...'");
    check_error("local x <foo> = 1", "x:1: unknown attribute 'foo'");
    check_error("local x <close>, y <close> = 1", "x:1: multiple to-be-closed variables in local list");
    check_error("goto 1", "x:1: <name> expected near '1'");
    check_error("::a", "x:1: '::' expected near <eof>");
    check_error("x = 1 'a\\65\\0b'", "x:1: unexpected symbol near ''aA'");
    check_error("x [==[\na]==] = 2", "x:2: syntax error near '='");
    check_error("goto [==[\na]==]", "x:2: <name> expected near '[==[a]==]'");
    check_error("goto 0x1p4", "x:1: <name> expected near '0x1p4'");
}

/// Nests `count` times and expects the limit to strike exactly when `levels(count)` is above it.
fn check_nesting(open: &str, middle: &str, close: &str, levels: fn(u32) -> u32) {
    for count in 1..=210u32 {
        let source = format!("{}{middle}{}", open.repeat(count as usize), close.repeat(count as usize));
        let expected = if levels(count) > MAX_NESTING { Some("C stack overflow".to_owned()) } else { None };
        assert_eq!(parse(&source).err(), expected, "{count} times {open:?}");
    }
    let source = format!("{}{middle}{}", open.repeat(100_000), close.repeat(100_000));
    assert_eq!(parse(&source).unwrap_err(), "C stack overflow", "{open:?}");
}

#[test]
fn nesting_is_limited() {
    check_nesting("do ", "", " end", |count| count);
    // The innermost condition is one level more.
    check_nesting("while x do ", "", " end", |count| count + 1);
    check_nesting("if x then ", "", " else end", |count| count + 1);
    check_nesting("return function() ", "", " end", |count| count * 2);
    check_nesting("f(", "", ")", |count| count);
}

#[test]
fn operand_nesting_is_limited() {
    for operand in ["(", "{", "a[", "a(", "not ", "- ", "a .. ", "a ^ "] {
        let close = match operand {
            "(" | "a(" => ")",
            "{" => "}",
            "a[" => "]",
            _ => "",
        };
        let source = |count: usize| format!("x = {}a{}", operand.repeat(count), close.repeat(count));
        assert_eq!(parse(&source(195)).err(), None, "{operand}");
        assert_eq!(parse(&source(196)).unwrap_err(), "C stack overflow", "{operand}");
        assert_eq!(parse(&source(100_000)).unwrap_err(), "C stack overflow", "{operand}");
    }
}

#[test]
fn targets_count_as_nesting() {
    let source = |count: usize| format!("{}a = 1", "a, ".repeat(count));
    assert_eq!(parse(&source(195)).err(), None);
    assert_eq!(parse(&source(196)).unwrap_err(), "C stack overflow");
}

#[test]
fn chains_are_unlimited() {
    for link in [" + a", ".a", "[1]", "()", ":a{}", "'x'", " == 1", " and 2"] {
        let text = parse(&format!("return a{}", link.repeat(200_000))).unwrap();
        assert!(text.starts_with("   1  return ("), "{link}");
    }
    assert!(parse(&format!("if x then {} end", "elseif y then ".repeat(100_000))).is_ok());
}

#[test]
fn statements_come_one_at_a_time() {
    let mut arena = Bump::new();
    let mut parser = Parser::new(b"local x\n\n::l:: ;;\nreturn x\n\n", b"=x");
    let mut lines = Vec::new();
    while let Some(stat) = parser.next_statement(&arena).unwrap() {
        lines.push((stat.line, parser.current_line()));
        arena.reset();
    }
    assert_eq!(lines, [(1, 3), (3, 3), (4, 6)]);
    assert_eq!(parser.current_line(), 6);
    assert!(parser.at_end().unwrap());
    assert!(parser.next_statement(&arena).unwrap().is_none());
}

#[test]
fn later_stages_place_errors() {
    let arena = Bump::new();
    let mut parser = Parser::new(b"local x <const> = 1\nx = 2", b"@f.lua");
    parser.next_statement(&arena).unwrap();
    assert_eq!(parser.error_at_line(7, b"oops").to_string(), "f.lua:7: oops");
    assert_eq!(parser.error_near(b"oops").to_string(), "f.lua:2: oops near 'x'");
}

#[test]
fn local_variables_are_limited() {
    let names = |count: usize| vec!["a"; count].join(", ");
    let message = |place: &str, token: &str| format!("x:1: too many local variables (limit is 200) in {place} near '{token}'");
    assert!(parse(&format!("do local {} end local {} do local x end", names(200), names(199))).is_ok());
    check_error(&format!("local {} <const>", names(201)), &message("main function", "<"));
    check_error(&format!("local {} for i = 1, 2 do end", names(197)), &message("main function", "="));
    check_error(&format!("for {} in x do end", names(197)), &message("main function", "in"));
    check_error(&format!("function f:g({}) end", names(200)), &message("function at line 1", ")"));
    assert!(parse(&format!("local {} for i = 1, 2 do end local x, y, z, w", names(196))).is_ok());
    assert!(parse(&format!("local {} function f({}) end", names(200), names(200))).is_ok());
}

#[test]
fn the_deepest_source_needs_little_native_stack() {
    let sources = [
        format!("x = {}", "{f(function() return ".repeat(60)),
        format!("x = {}", "(".repeat(195)),
        "if x then for i = 1, 2 do ".repeat(99),
        "local function f() while f { function() ".repeat(49),
        format!("x = {}", "- a .. a ^ ".repeat(70)),
    ];
    let parse_all = move || {
        for source in sources {
            assert!(parse(&source).is_err());
        }
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(parse_all).unwrap();
    thread.join().unwrap();
}
