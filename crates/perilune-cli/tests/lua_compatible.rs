//! The command does what PUC Lua's `lua` does: the same output, messages and exit status. The expectations come from PUC Lua
//! 5.4.8, called `lua`; only the version line is ours.

mod common;

use common::{Outcome, Scratch, run};

/// The files in the directory of each run.
const FILES: &[(&str, &str)] = &[
    ("args.lua", "print(...)\nfor i = -4, 3 do print(i, arg[i]) end\n"),
    ("fail.lua", "local function inner(x) error(\"bad \" .. x) end\nlocal function outer() inner(\"luck\") end\nouter()\n"),
    ("shebang.lua", "#!/usr/bin/lua\nprint(debug.getinfo(1, \"l\").currentline)\n"),
    ("init.lua", "print(\"init file\")\n"),
    ("mod-v1.lua", "print(...)\nreturn {id = \"mod\"}\n"),
    ("-dash.lua", "print(\"dash\", arg[0])\n"),
    ("dump", "print(\"the script\")\n"),
    ("syntax.lua", "x = = 1\n"),
    ("gc.lua", "setmetatable({}, {__gc = function () print(\"closed\") end})\nprint(\"end\")\n"),
];

struct Case {
    name: &'static str,
    args: &'static [&'static str],
    stdin: &'static str,
    env: &'static [(&'static str, &'static str)],
    stdout: &'static str,
    stderr: &'static str,
    status: i32,
}

impl Case {
    const EMPTY: Case = Case { name: "", args: &[], stdin: "", env: &[], stdout: "", stderr: "", status: 0 };
}

#[test]
fn runs_come_to_the_same() {
    let scratch = Scratch::new(FILES);
    let mut different = Vec::new();
    for case in CASES {
        let expected = Outcome { stdout: case.stdout.to_owned(), stderr: case.stderr.to_owned(), status: Some(case.status) };
        let found = run(scratch.path(), case.args, case.stdin, case.env);
        if found != expected {
            different.push(format!("{} {:?}\n  expected {expected:?}\n  found    {found:?}", case.name, case.args));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

const CASES: &[Case] = &[
    Case {
        name: "statements run in order",
        args: &["-e", "print(1)", "-eprint(2)", "-e", "x=3", "-e", "print(x)"],
        stdout: "1\n2\n3\n",
        ..Case::EMPTY
    },
    Case {
        name: "options end at the script",
        args: &["-e", "print(0)", "args.lua", "-e", "x"],
        stdout: "0\n-e\tx\n-4\tnil\n-3\tlua\n-2\t-e\n-1\tprint(0)\n0\targs.lua\n1\t-e\n2\tx\n3\tnil\n",
        ..Case::EMPTY
    },
    Case { name: "two dashes before a script", args: &["--", "-dash.lua"], stdout: "dash\t-dash.lua\n", ..Case::EMPTY },
    Case { name: "script called like a command", args: &["--", "dump"], stdout: "the script\n", ..Case::EMPTY },
    Case { name: "script called like a command, by path", args: &["./dump"], stdout: "the script\n", ..Case::EMPTY },
    Case { name: "a comment in the first line keeps line numbers", args: &["shebang.lua"], stdout: "2\n", ..Case::EMPTY },
    Case {
        name: "option without argument",
        args: &["-e"],
        stderr: "lua: '-e' needs argument\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "option before another option",
        args: &["-l", "-v"],
        stderr: "lua: '-l' needs argument\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "unknown option",
        args: &["-x"],
        stderr: "lua: unrecognized option '-x'\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "unknown long option",
        args: &["--nothing"],
        stderr: "lua: unrecognized option '--nothing'\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "option with a tail",
        args: &["-vv"],
        stderr: "lua: unrecognized option '-vv'\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "dash with a tail",
        args: &["-i-"],
        stderr: "lua: unrecognized option '-i-'\nusage: lua [options] [script [args]]\nAvailable options are:\n  -e stat   execute string 'stat'\n  -i        enter interactive mode after executing 'script'\n  -l mod    require library 'mod' into global 'mod'\n  -l g=mod  require library 'mod' into global 'g'\n  -v        show version information\n  -E        ignore environment variables\n  -W        turn warnings on\n  --        stop handling options\n  -         stop handling options and execute stdin\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error in a script",
        args: &["fail.lua"],
        stderr: "lua: fail.lua:1: bad luck\nstack traceback:\n\t[C]: in function 'error'\n\tfail.lua:1: in upvalue 'inner'\n\tfail.lua:2: in local 'outer'\n\tfail.lua:3: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "missing script",
        args: &["missing.lua"],
        stderr: "lua: cannot open missing.lua: No such file or directory\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "syntax error",
        args: &["syntax.lua"],
        stderr: "lua: syntax.lua:1: unexpected symbol near '='\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "syntax error in a statement",
        args: &["-e", "x ="],
        stderr: "lua: (command line):1: unexpected symbol near <eof>\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error object without text",
        args: &["-e", "error({})"],
        stderr: "lua: (error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error object that is nil",
        args: &["-e", "error()"],
        stderr: "lua: (error object is a nil value)\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error object with __tostring",
        args: &["-e", "error(setmetatable({}, {__tostring = function () return \"text\" end}))"],
        stderr: "lua: text\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error object with a __tostring that gives no string",
        args: &["-e", "error(setmetatable({}, {__tostring = function () return 1 end}))"],
        stderr: "lua: (error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error object that is a number",
        args: &["-e", "error(12)"],
        stderr: "lua: 12\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error in a native function",
        args: &["-e", "string.rep()"],
        stderr: "lua: (command line):1: bad argument #1 to 'rep' (string expected, got no value)\nstack traceback:\n\t[C]: in function 'string.rep'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error in a coroutine",
        args: &["-e", "coroutine.wrap(function () error(\"inside\") end)()"],
        stderr: "lua: (command line):1: (command line):1: inside\nstack traceback:\n\t[C]: in ?\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "error below the position",
        args: &["-e", "error(\"plain\", 0)"],
        stderr: "lua: plain\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "the first error ends the run",
        args: &["-e", "error(\"one\", 0)", "-e", "print(\"two\")", "args.lua"],
        stderr: "lua: one\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "standard input is the script",
        args: &[],
        stdin: "print(\"from stdin\", ...)\n",
        stdout: "from stdin\n",
        ..Case::EMPTY
    },
    Case {
        name: "standard input with arguments",
        args: &["-", "a", "b"],
        stdin: "print(...) print(arg[0], arg[1])\n",
        stdout: "a\tb\n-\ta\n",
        ..Case::EMPTY
    },
    Case {
        name: "syntax error on standard input",
        args: &["-"],
        stdin: "print(\n",
        stderr: "lua: stdin:2: unexpected symbol near <eof>\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "standard input is shared with io.read",
        args: &["-e", "print(io.read())", "-"],
        stdin: "first\nprint(2)\n",
        stdout: "first\n2\n",
        ..Case::EMPTY
    },
    Case {
        name: "initial statement",
        args: &["-e", "print(2)"],
        env: &[("LUA_INIT", "print(1)")],
        stdout: "1\n2\n",
        ..Case::EMPTY
    },
    Case {
        name: "initial file",
        args: &["-e", "print(2)"],
        env: &[("LUA_INIT", "@init.lua")],
        stdout: "init file\n2\n",
        ..Case::EMPTY
    },
    Case {
        name: "initial statement of this version",
        args: &["-e", "print(2)"],
        env: &[("LUA_INIT", "print(1)"), ("LUA_INIT_5_4", "print(\"5.4\")")],
        stdout: "5.4\n2\n",
        ..Case::EMPTY
    },
    Case {
        name: "error in the initial statement",
        args: &["-e", "print(2)"],
        env: &[("LUA_INIT", "error(\"no\")")],
        stderr: "lua: LUA_INIT:1: no\nstack traceback:\n\t[C]: in function 'error'\n\tLUA_INIT:1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "missing initial file",
        args: &["-e", "print(2)"],
        env: &[("LUA_INIT", "@nothing.lua")],
        stderr: "lua: cannot open nothing.lua: No such file or directory\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "ignored environment",
        args: &["-E", "-e", "print(package.path == \"x\")"],
        env: &[("LUA_INIT", "print(1)"), ("LUA_PATH", "x")],
        stdout: "false\n",
        ..Case::EMPTY
    },
    Case {
        name: "path from the environment",
        args: &["-e", "print(package.path, package.cpath)"],
        env: &[("LUA_PATH", "x"), ("LUA_CPATH", "y")],
        stdout: "x\ty\n",
        ..Case::EMPTY
    },
    Case {
        name: "library as a global",
        args: &["-l", "string", "-e", "print(string.upper(\"a\"))"],
        stdout: "A\n",
        ..Case::EMPTY
    },
    Case { name: "library with a name", args: &["-ls=string", "-e", "print(s.upper(\"a\"))"], stdout: "A\n", ..Case::EMPTY },
    Case {
        name: "library with a version",
        args: &["-lmod-v1", "-e", "print(mod.id, package.loaded[\"mod-v1\"] == mod)"],
        stdout: "mod-v1\t./mod-v1.lua\nmod\ttrue\n",
        ..Case::EMPTY
    },
    Case {
        name: "warnings",
        args: &["-W", "-e", "warn(\"careful\")", "-e", "warn(\"@off\")", "-e", "warn(\"silent\")"],
        stderr: "Lua warning: careful\n",
        ..Case::EMPTY
    },
    Case {
        name: "warnings are off",
        args: &["-e", "warn(\"silent\")", "-e", "warn(\"@on\")", "-e", "warn(\"a\", \"b\")"],
        stderr: "Lua warning: ab\n",
        ..Case::EMPTY
    },
    Case { name: "exit with true", args: &["-e", "print(\"before\") os.exit(true)"], stdout: "before\n", ..Case::EMPTY },
    Case {
        name: "exit with false",
        args: &["-e", "print(\"before\") os.exit(false)"],
        stdout: "before\n",
        status: 1,
        ..Case::EMPTY
    },
    Case { name: "exit with 7", args: &["-e", "print(\"before\") os.exit(7)"], stdout: "before\n", status: 7, ..Case::EMPTY },
    Case {
        name: "exit with true, true",
        args: &["-e", "print(\"before\") os.exit(true, true)"],
        stdout: "before\n",
        ..Case::EMPTY
    },
    Case {
        name: "exit with 3, true",
        args: &["-e", "print(\"before\") os.exit(3, true)"],
        stdout: "before\n",
        status: 3,
        ..Case::EMPTY
    },
    Case { name: "finalizers run at the end", args: &["gc.lua"], stdout: "end\nclosed\n", ..Case::EMPTY },
    Case {
        name: "finalizers run after an error",
        args: &["-e", "setmetatable({}, {__gc = function () print(\"closed\") end}) error(\"e\")"],
        stdout: "closed\n",
        stderr: "lua: (command line):1: e\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "arguments replaced",
        args: &["-e", "arg = {7, 8}", "args.lua", "a"],
        stdout: "7\t8\n-4\tnil\n-3\tnil\n-2\tnil\n-1\tnil\n0\tnil\n1\t7\n2\t8\n3\tnil\n",
        ..Case::EMPTY
    },
    Case {
        name: "arguments lost",
        args: &["-e", "arg = 1", "args.lua"],
        stderr: "lua: 'arg' is not a table\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "interactive: results and statements",
        args: &["-i"],
        stdin: "1, 2\nx = 5\n=x\nreturn x + 1\nfor i = 1, 2 do\nprint(i)\nend\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> 1\t2\n> > 5\n> 6\n> >> >> 1\n2\n> \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: prompts",
        args: &["-e", "_PROMPT, _PROMPT2 = \"a \", \"b \"", "-i"],
        stdin: "x = (\n1)\nx\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\na b a 1\na \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: errors",
        args: &["-i"],
        stdin: "error(\"oops\")\n1 +\nx x\nerror({})\nprint(\"on\")\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> > > > > on\n> \n",
        stderr: "stdin:1: oops\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\nstdin:1: unexpected symbol near '1'\nstdin:1: syntax error near 'x'\n(error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: end inside a statement",
        args: &["-i"],
        stdin: "x = {\n1,",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> >> >> > \n",
        stderr: "stdin:2: unexpected symbol near <eof>\n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: print replaced",
        args: &["-i"],
        stdin: "print = nil\n1\nprint = function (...) io.write(\"<\", ..., \">\\n\") end\n\"a\"\nprint = function () error(\"e\") end\n1\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> > > > <a>\n> > > \n",
        stderr: "error calling 'print' (attempt to call a nil value)\nerror calling 'print' (stdin:1: e)\n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: input of the program",
        args: &["-i"],
        stdin: "io.read()\nhello\nio.read(\"n\")\n12\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> hello\n> 12\n> > \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive after a script",
        args: &["-i", "args.lua", "z"],
        stdin: "arg[1]\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\nz\n-4\tnil\n-3\tnil\n-2\tlua\n-1\t-i\n0\targs.lua\n1\tz\n2\tnil\n3\tnil\n> z\n> \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive not after an error",
        args: &["-i", "fail.lua"],
        stdin: "print(1)\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n",
        stderr: "lua: fail.lua:1: bad luck\nstack traceback:\n\t[C]: in function 'error'\n\tfail.lua:1: in upvalue 'inner'\n\tfail.lua:2: in local 'outer'\n\tfail.lua:3: in main chunk\n\t[C]: in ?\n",
        status: 1,
        ..Case::EMPTY
    },
    Case {
        name: "interactive: local variables end with the line",
        args: &["-i"],
        stdin: "local v = 1; print(v)\nv\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> 1\n> nil\n> \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: long string",
        args: &["-i"],
        stdin: "x = [[a\nb]]\n#x\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> >> > 3\n> \n",
        ..Case::EMPTY
    },
    Case {
        name: "interactive: exit",
        args: &["-i"],
        stdin: "os.exit(5)\nprint(1)\n",
        stdout: "Perilune 0.1.0 (Lua 5.4)\n> ",
        status: 5,
        ..Case::EMPTY
    },
];
