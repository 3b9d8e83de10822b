//! What the command has beyond PUC Lua's: long options, sub-commands; and signals.

mod common;

use common::{Outcome, Scratch, command, run};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

fn outcome(stdout: &str, stderr: &str, status: i32) -> Outcome {
    Outcome { stdout: stdout.to_owned(), stderr: stderr.to_owned(), status: Some(status) }
}

#[test]
fn the_version_is_one_line() {
    let scratch = Scratch::new(&[]);
    let expected = outcome("Perilune 0.1.0 (Lua 5.4)\n", "", 0);
    for args in [&["-v"][..], &["--version"], &["--version", "-e", "print(1)"]] {
        assert_eq!(run(scratch.path(), args, "", &[]), expected, "{args:?}");
    }
}

#[test]
fn help_names_every_option_and_command() {
    let scratch = Scratch::new(&[]);
    let found = run(scratch.path(), &["--help"], "", &[]);
    assert_eq!((found.stderr.as_str(), found.status), ("", Some(0)));
    for word in [
        "-e stat",
        "-l g=mod",
        "-W",
        "--gc-stress",
        "--stats",
        "dump --ast|--bytecode|--ir[=PASS]|--asm",
        "lua ./dump",
        "lua -- dump",
    ] {
        assert!(found.stdout.contains(word), "{word} in {}", found.stdout);
    }
}

#[test]
fn long_options_after_the_script_belong_to_it() {
    let scratch = Scratch::new(&[("s.lua", "print(...)")]);
    let found = run(scratch.path(), &["s.lua", "--stats", "--help"], "", &[]);
    assert_eq!(found, outcome("--stats\t--help\n", "", 0));
}

#[test]
fn stats_come_after_the_run_however_it_ends() {
    let scratch = Scratch::new(&[]);
    let names = [
        "time ",
        "collections ",
        "marked aside ",
        "pauses ",
        "                p50 ",
        "heap peak ",
        "allocated ",
        "compiled ",
        "assumptions that failed: ",
        "code memory: ",
        "code freed: ",
    ];
    for (statement, status) in [("collectgarbage()", 0), ("os.exit(3)", 3), ("os.exit(4, true)", 4), ("error('x', 0)", 1)] {
        let found = run(scratch.path(), &["--stats", "-e", statement], "", &[]);
        assert_eq!(found.status, Some(status), "{statement}");
        let lines: Vec<&str> = found.stderr.lines().collect();
        let figures = &lines[lines.len() - names.len()..];
        for (line, name) in figures.iter().zip(names) {
            assert!(line.starts_with(name), "{statement}: {line}");
        }
        assert_eq!(found.stderr.matches("heap peak").count(), 1);
        let collections: u32 = figures[1]
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .nth(1)
            .and_then(|word| word.parse().ok())
            .expect("a number");
        assert_eq!(collections > 0, statement.starts_with("collect"), "{statement}");
    }
}

#[test]
fn programs_run_under_gc_stress() {
    let scratch = Scratch::new(&[("s.lua", "local t = {}\nfor i = 1, 200 do t[i] = { 'x' .. i } end\nprint(#t, t[200][1])\n")]);
    assert_eq!(run(scratch.path(), &["--gc-stress", "s.lua"], "", &[]), outcome("200\tx200\n", "", 0));
}

#[test]
fn dump_shows_the_syntax_tree_and_the_bytecode() {
    let source = "#!shebang\nlocal function double(x) return x + x end\nprint(double(2))\n";
    let scratch = Scratch::new(&[("f.lua", source)]);
    let tree = run(scratch.path(), &["dump", "--ast", "f.lua"], "", &[]);
    assert_eq!((tree.stderr.as_str(), tree.status), ("", Some(0)));
    assert!(tree.stdout.contains("   2  local function double") && tree.stdout.contains("(call print (call double 2))"));
    let all = run(scratch.path(), &["dump", "f.lua", "--bytecode"], "", &[]).stdout;
    assert!(all.starts_with("function main <0-0>") && all.contains("\nfunction double <2-2> params 1"));
    let one = run(scratch.path(), &["dump", "--bytecode", "--fn", "double", "-"], source, &[]).stdout;
    assert!(one.starts_with("function double <2-2>") && !one.contains("function main"));
}

#[test]
fn dump_shows_what_is_compiled_with_and_without_a_run() {
    let source =
        "local function double(x) return x * 2 end\nlocal n = 0\nfor i = 1, 300 do n = n + double(i) end print(n, ...)\n";
    let scratch = Scratch::new(&[("f.lua", source)]);
    let ahead = run(scratch.path(), &["dump", "--ir=build", "--asm", "--fn", "double", "f.lua"], "", &[]);
    assert_eq!((ahead.stderr.as_str(), ahead.status), ("", Some(0)));
    for part in ["function double <1-1>, without a profile", "[1] local function double(x)", "= AreInts v0", "mul_k", "ret"] {
        assert!(ahead.stdout.contains(part), "{part} in {}", ahead.stdout);
    }
    assert!(!ahead.stdout.contains("main"), "{}", ahead.stdout);
    let found = run(scratch.path(), &["dump", "--ir", "--asm", "--run", "--hot=0", "f.lua", "--ir"], "", &[]);
    assert!(found.stdout.starts_with("90300\t--ir\nfunction f.lua:"), "{}", found.stdout);
    for part in ["entered at the loop on line 3", "Guard(Int)", "[3] for i = 1", "function f0 \"f.lua:0\"", "cmp"] {
        assert!(found.stdout.contains(part), "{part} in {}", found.stdout);
    }
}

#[test]
fn dump_explains_bad_input() {
    let scratch = Scratch::new(&[("bad.lua", "x = = 1"), ("b.luac", "\x1bLua"), ("f.lua", "return 1")]);
    let usage = "usage: lua dump --ast|--bytecode|--ir[=PASS]|--asm [--fn NAME] [--run [--hot=N]] file.lua [args]\n";
    for (args, message) in [
        (&["dump"][..], format!("lua: dump: --ast, --bytecode, --ir or --asm expected\n{usage}")),
        (&["dump", "--sam", "f.lua"], format!("lua: dump: unrecognized option '--sam'\n{usage}")),
        (&["dump", "--ast", "none.lua"], "lua: cannot open none.lua: No such file or directory\n".to_owned()),
        (&["dump", "--ast", "."], "lua: cannot read .: Is a directory\n".to_owned()),
        (&["dump", "--ast", "bad.lua"], "lua: bad.lua:1: unexpected symbol near '='\n".to_owned()),
        (&["dump", "--bytecode", "bad.lua"], "lua: bad.lua:1: unexpected symbol near '='\n".to_owned()),
        (&["dump", "--ast", "b.luac"], "lua: b.luac: a binary chunk has no syntax tree\n".to_owned()),
        (&["dump", "--bytecode", "--fn=g", "f.lua"], "lua: f.lua: no function 'g'\n".to_owned()),
    ] {
        assert_eq!(run(scratch.path(), args, "", &[]), outcome("", &message, 1), "{args:?}");
    }
    let broken = run(scratch.path(), &["dump", "--bytecode", "b.luac"], "", &[]);
    assert_eq!((broken.stdout.as_str(), broken.status), ("", Some(1)));
    assert!(broken.stderr.starts_with("lua: b.luac: "), "{}", broken.stderr);
}

#[test]
fn an_interrupt_stops_a_loop_with_an_error() {
    let scratch = Scratch::new(&[]);
    let statement = "local function f()\nio.write('ready\\n') io.flush()\nwhile true do end\nend\nf()";
    let mut child = command(scratch.path(), &["-e", statement], &[])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    // Time to get from the call that printed into the loop, which is what the traceback shows.
    std::thread::sleep(std::time::Duration::from_millis(100));
    // SAFETY: a signal to a child that has not been waited for.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
    let mut message = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut message).expect("text");
    assert_eq!(child.wait().expect("the command ends").code(), Some(1));
    // As in PUC Lua, the position before the message is that of the running function's caller.
    let expected = "lua: (command line):5: interrupted!\nstack traceback:\n\t(command line):3: in local 'f'\n\
        \t(command line):5: in main chunk\n\t[C]: in ?\n";
    assert_eq!(message, expected);
}

#[test]
fn an_interrupt_can_be_caught() {
    let scratch = Scratch::new(&[]);
    let statement = "local function loop() io.write('ready\\n') io.flush() while true do end end\n\
        local ok, message = pcall(loop)\n\
        print(ok, message:match('interrupted!'))";
    let mut child =
        command(scratch.path(), &["-e", statement], &[]).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    // SAFETY: as above.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "false\tinterrupted!\n");
    assert_eq!(child.wait().expect("the command ends").code(), Some(0));
}

#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new(&[]);
    let mut child = command(scratch.path(), &["-e", "while true do print('line') end"], &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let mut message = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut message).expect("text");
    assert_eq!(message, "");
    assert_eq!(child.wait().expect("the command ends").signal(), Some(libc::SIGPIPE));
}

#[test]
fn a_closed_standard_output_is_no_panic() {
    let scratch = Scratch::new(&[]);
    let found = std::process::Command::new("sh")
        .args(["-c", "\"$1\" -v -e 'print(1)' >&-; echo $?", "sh", common::COMMAND])
        .current_dir(scratch.path())
        .output()
        .expect("a shell");
    assert_eq!((found.stdout.as_slice(), found.stderr.as_slice()), (b"0\n".as_slice(), b"".as_slice()));
}

#[test]
fn what_is_traced_may_have_no_place_to_go_to() {
    let program = "local function f(x) return x * 2 end local s = 0
        for i = 1, 100 do s = s + f(i) end for i = 1, 100 do s = s + f(i / 2) end print(s)";
    let scratch = Scratch::new(&[]);
    for options in ["--trace=tier,deopt,gc", "--dump-ir", "--dump-asm", "--stats"] {
        let full = std::fs::File::create("/dev/full").expect("a device without room");
        let args = [options, "--tier=opt", "-e", program];
        let output = command(scratch.path(), &args, &[]).stderr(full).output().expect("the command runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!((stdout.as_ref(), output.status.code()), ("15150.0\n", Some(0)), "{options}");
    }
}

#[test]
fn a_mode_of_the_environment_that_is_none_is_named() {
    let scratch = Scratch::new(&[]);
    for (value, message) in [("off", ""), ("", ""), ("fast", "perilune: PERILUNE_GC has no mode 'fast'\n")] {
        let found = run(scratch.path(), &["-e", "print(1)"], "", &[("PERILUNE_GC", value)]);
        assert_eq!(found, outcome("1\n", message, 0), "{value}");
    }
}
