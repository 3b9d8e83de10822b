//! Errors of the compiler, word for word those of PUC Lua 5.4.
//!
//! With `LUA_ORACLE=PROGRAM`, a Lua 5.4 interpreter, the expectations themselves are checked against it.

use perilune_front::compiler::compile;
use std::process::Command;

/// Sources and their errors; an empty error means that the source is a program.
const CASES: &[(&str, &str)] = &[
    ("break", "test:1: break outside loop at line 1"),
    ("do break end", "test:1: break outside loop at line 1"),
    ("while true do local function f() break end end", "test:1: break outside loop at line 1"),
    ("goto x", "test:1: no visible label 'x' for <goto> at line 1"),
    ("do goto l1 end; do ::l1:: end", "test:1: no visible label 'l1' for <goto> at line 1"),
    ("goto l1; local a; ::l1:: print(a)", "test:1: <goto l1> at line 1 jumps into the scope of local 'a'"),
    ("goto l1; local a; ::l1:: ; ::l2::", ""),
    ("::l1:: ::l1::", "test:1: label 'l1' already defined on line 1"),
    ("::l1:: do ::l1:: end", "test:1: label 'l1' already defined on line 1"),
    ("do ::l1:: end ::l1::\nlocal x\n::l1::", "test:3: label 'l1' already defined on line 1"),
    (
        "repeat if x then goto cont end; local xuxu = 10; ::cont:: until xuxu < x",
        "test:1: <goto cont> at line 1 jumps into the scope of local 'xuxu'",
    ),
    ("local x <const> = 1; x = 2", "test:1: attempt to assign to const variable 'x'"),
    ("local x <close> = nil\nx = 2", "test:2: attempt to assign to const variable 'x'"),
    ("local x <const> = f()\nlocal function g() x = 1 end", "test:2: attempt to assign to const variable 'x'"),
    ("local x <const>, y = 1, 2\n\ny, x = 1,\n2", "test:3: attempt to assign to const variable 'x'"),
    ("local x <const> = 1\nfunction x() end", "test:2: attempt to assign to const variable 'x'"),
    ("local x <close>, y <close> = 1, 2", "test:1: multiple to-be-closed variables in local list"),
    ("local x <foo> = 1", "test:1: unknown attribute 'foo'"),
    ("local a <const> = 1\nfor i = 1, 2 do a = i end", "test:2: attempt to assign to const variable 'a'"),
    ("for i = 1, 2 do i = 3 end; i <const> = 2", "test:1: syntax error near '<'"),
    (
        "x = ------------------------------------------------------------------------------------------------------------------------------------------------------1",
        "test:1: unexpected symbol near <eof>",
    ),
    (
        "local x <const> = 5\nlocal function f() local function g() x = 2 end end",
        "test:2: attempt to assign to const variable 'x'",
    ),
    ("goto = 1", "test:1: <name> expected near '='"),
    ("::a::\ngoto b\n::c::", "test:3: no visible label 'b' for <goto> at line 2"),
    ("function f() goto a end ::a::", "test:1: no visible label 'a' for <goto> at line 1"),
    ("if x then goto y end", "test:1: no visible label 'y' for <goto> at line 1"),
    ("if x then break end", "test:1: break outside loop at line 1"),
    ("while 1 do if x then goto y; end end ::z::", "test:1: no visible label 'y' for <goto> at line 1"),
    ("repeat local a; goto l; local b; ::l:: until b", "test:1: <goto l> at line 1 jumps into the scope of local 'b'"),
    ("do goto l; local b; ::l:: end", ""),
    ("do local a goto l; local b; ::l:: ; ::m:: end", ""),
    ("do goto l; local b <const> = 1; ::l:: print(1) end", "test:1: <goto l> at line 1 jumps into the scope of local 'b'"),
    ("goto l; local b; ::l:: ;", ""),
    ("goto l; local b; ::l:: return", "test:1: <goto l> at line 1 jumps into the scope of local 'b'"),
    ("local x <const> = 1; x.y = 2; x = x", "test:1: attempt to assign to const variable 'x'"),
    ("local t <const> = {}; t.x = 1; t, y = 1", "test:1: attempt to assign to const variable 't'"),
    ("local function f() end; f = 1; local g <const> = f; g = 2", "test:1: attempt to assign to const variable 'g'"),
    (
        "x = function() local a <const> = 1; return function() a = a + 1 end end",
        "test:1: attempt to assign to const variable 'a'",
    ),
    ("_ENV = 1; local _ENV <const> = {}; _ENV = 2", "test:1: attempt to assign to const variable '_ENV'"),
    ("local _ENV <const> = {}; x = 2; _ENV.x = 3; function _ENV() end", "test:1: attempt to assign to const variable '_ENV'"),
];

/// Sources that are too long to be written down.
fn long_cases() -> Vec<(String, &'static str)> {
    let names = |prefix: &str, count: usize| (0..count).map(|index| format!("{prefix}{index}")).collect::<Vec<_>>().join(",");
    vec![
        (format!("local {} = 1", names("a", 200)), ""),
        (format!("local {} = 1", names("a", 201)), "test:1: too many local variables (limit is 200) in main function near '='"),
        (
            format!("\nfunction f({}) end", names("a", 201)),
            "test:2: too many local variables (limit is 200) in function at line 2 near ')'",
        ),
        (
            format!("for {} in x do end", names("a", 198)),
            "test:1: too many local variables (limit is 200) in main function near ','",
        ),
        (
            format!("local {}\nfor i = 1, 2 do end", names("a", 198)),
            "test:2: too many local variables (limit is 200) in main function near '='",
        ),
    ]
}

fn message(source: &str) -> String {
    match compile(source.as_bytes(), b"=test") {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

fn cases() -> Vec<(String, &'static str)> {
    let short = CASES.iter().map(|&(source, expected)| (source.to_owned(), expected));
    short.chain(long_cases()).collect()
}

#[test]
fn messages_are_those_of_puc_lua() {
    for (source, expected) in cases() {
        assert_eq!(message(&source), expected, "{source}");
    }
}

/// Sources with too much of something, which the reference implementation notices at the same token.
fn limit_cases() -> Vec<(String, &'static str)> {
    let names = |prefix: &str, count: usize| (0..count).map(|index| format!("{prefix}{index}")).collect::<Vec<_>>().join(",");
    let registers = "test:1: function or expression needs too many registers near 'x'";
    let main_registers = "test:4: function or expression needs too many registers near 'x'";
    let (a, b) = (names("a", 150), names("b", 150));
    let many_upvalues = |first: &str, last: &str| {
        format!("local {a}\nfunction f()\nlocal {b}\nfunction g()\nreturn {{{a}}},\n{{[[\n]]\n,{first}}}, -- b\n{last} end end")
    };
    vec![
        (format!("a = f(x{})", ",x".repeat(260)), registers),
        (format!("a = f('s', x{})", ",x".repeat(260)), registers),
        (format!("a = f(x{})", ", (x)".repeat(260)), "test:1: function or expression needs too many registers near '('"),
        (format!("local s = [[\n\n]]\na = f(x{})", ",x".repeat(260)), main_registers),
        (format!("return x{}", ", x".repeat(260)), registers),
        (format!("a:b(x{})", ", x".repeat(260)), registers),
        (format!("f({{}}{})", ", g[1]".repeat(260)), "test:1: function or expression needs too many registers near '['"),
        (format!("f(g(){})", ", g 's'".repeat(260)), "test:1: function or expression needs too many registers near ','"),
        (format!("f(1{})", ", g(2)(3)".repeat(260)), "test:1: function or expression needs too many registers near '('"),
        (format!("f(1{})", ", function() end".repeat(260)), "test:1: function or expression needs too many registers near ','"),
        (format!("f(1{})", ", a[x]".repeat(260)), "test:1: function or expression needs too many registers near ','"),
        (format!("f(1{})", ", {}".repeat(260)), "test:1: function or expression needs too many registers near '{'"),
        (many_upvalues(&b, "c"), "test:8: too many upvalues (limit is 255) in function at line 4 near ','"),
        (
            many_upvalues("1", &format!("{}1", (0..106).map(|i| format!("b{i} .. ")).collect::<String>())),
            "test:9: too many upvalues (limit is 255) in function at line 4 near '..'",
        ),
    ]
}

#[test]
fn limits_name_the_token() {
    for (source, expected) in limit_cases() {
        assert_eq!(message(&source), expected, "{source}");
    }
}

#[test]
fn the_oracle_agrees() {
    let Some(oracle) = std::env::var_os("LUA_ORACLE") else { return };
    let program = "local f, message = load(io.read('a'), '=test') io.write(message or '')";
    for (source, expected) in cases().into_iter().chain(limit_cases()) {
        let path = std::env::temp_dir().join(format!("perilune-case-{}.lua", std::process::id()));
        std::fs::write(&path, &source).unwrap();
        let input = std::fs::File::open(&path).unwrap();
        let output = Command::new(&oracle).args(["-e", program]).stdin(input).output().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{source}");
    }
}
