//! Ahead-of-time compilation from the outside: what executables contain and do, and what is said when they cannot be made.
//!
//! That all programs of the matrix behave as executables too is tested there, as tier `aot`.

use perilune_tests::aot::Scratch;
use perilune_tests::interpreter;
use perilune_tests::runner::{self, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Most bytes of the smallest stripped executable.
const HELLO_BYTES: u64 = 2 << 20;

/// A folder with files to compile.
struct Project {
    scratch: Scratch,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { scratch: Scratch::new().unwrap() };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, program: &Path, words: &str) -> Command {
        let mut command = runner::command(program, "perilune", self.scratch.path());
        command.args(words.split_whitespace());
        command
    }

    /// Runs `perilune` with these words.
    fn perilune(&self, words: &str) -> Outcome {
        run(self.command(interpreter::path().unwrap(), words))
    }

    /// Runs `perilune`, which must succeed and say nothing.
    fn make(&self, words: &str) {
        let outcome = self.perilune(words);
        assert_eq!((text(&outcome.stderr), outcome.status), ("", 0), "perilune {words}");
    }

    /// Runs `perilune`, which must fail; the message without the program's name.
    fn refuse(&self, words: &str) -> String {
        self.refusal(self.command(interpreter::path().unwrap(), words))
    }

    fn refusal(&self, command: Command) -> String {
        let outcome = run(command);
        assert_eq!((text(&outcome.stdout), outcome.status), ("", 1));
        let message = text(&outcome.stderr).strip_prefix("perilune: ").expect("the program's name first");
        message.trim_end().replace(self.scratch.path().to_str().unwrap(), "DIR")
    }

    /// What an executable prints, which must succeed.
    fn output(&self, executable: &str) -> String {
        let outcome = run(self.command(&self.path(executable), ""));
        assert_eq!((text(&outcome.stderr), outcome.status), ("", 0), "{executable}");
        text(&outcome.stdout).to_owned()
    }
}

fn run(command: Command) -> Outcome {
    runner::run(command, Duration::from_secs(60)).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const APP: &[(&str, &str)] = &[
    (
        "app.lua",
        "local util = require 'lib.util'\nprint(util.name, util.file, util.deep.name)\nprint(require 'lib.util' == util)",
    ),
    ("lib/util.lua", "local M = { name = ..., file = select(2, ...) }\nM.deep = require('lib.deep')\nreturn M"),
    ("lib/deep/init.lua", "return { name = ..., back = package.loaded['lib.util'] }"),
];

const APP_PRINTS: &str = "lib.util\t./lib/util.lua\tlib.deep\ntrue\n";

#[test]
fn required_modules_become_part_of_the_executable() {
    let project = Project::new(APP);
    assert_eq!(text(&project.perilune("app.lua").stdout), APP_PRINTS);
    project.make("build app.lua");
    fs::remove_dir_all(project.path("lib")).unwrap();
    assert_eq!(project.output("app"), APP_PRINTS);
}

#[test]
fn modules_are_found_from_the_directory_of_the_script() {
    let files: Vec<_> = APP.iter().map(|(name, text)| (format!("src/{name}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let project = Project::new(&files);
    project.make("build src/app.lua -o program");
    assert_eq!(project.output("program"), APP_PRINTS);
}

#[test]
fn objects_are_linked_later() {
    let project = Project::new(APP);
    project.make("build -c app.lua");
    project.make("build -c lib/util.lua -o lib/util.o");
    project.make("build -c lib/deep/init.lua");
    assert_eq!(
        project.refuse("link app.o lib/util.o -o app"),
        "lib/util.lua:2: module 'lib.deep' is in no object\n\
         \t(to leave it to the time when the program runs: --external lib.deep)"
    );
    project.make("link app.o lib/util.o init.o -o app");
    assert_eq!(project.output("app"), APP_PRINTS.replace("./lib", "lib"));
    project.make("link app.o lib/util.o --external lib.deep -o partial");
    assert_eq!(project.output("partial"), APP_PRINTS.replace("./lib", "lib"), "lib.deep is found when the program runs");
    assert_eq!(project.refuse("link app.o init.o app.o"), "module 'app' is both in 'app.o' and in 'app.o'");
}

#[test]
fn what_no_constant_name_requires_can_be_included() {
    let app = "package.path = ''\nlocal ok, m = pcall(require, 'x' .. 1)\nprint(ok, ok and m)";
    let project = Project::new(&[("app.lua", app), ("plugins/x1.lua", "return 'plugin'")]);
    project.make("build app.lua");
    assert_eq!(project.output("app"), "false\tfalse\n");
    project.make("build app.lua --include x1 -L plugins");
    assert_eq!(project.output("app"), "true\tplugin\n");
    project.make("build app.lua --include=x1 --path=plugins/?.lua");
    assert_eq!(project.output("app"), "true\tplugin\n");
    let listed = project.perilune("build app.lua --verbose --include x1 -L plugins");
    let expected = "module app from app.lua\n  app.lua:2: requires a module by a computed name; --include takes it\n\
         module x1 from plugins/x1.lua\n";
    assert_eq!(text(&listed.stderr), expected);
}

#[test]
fn modules_that_are_not_found_are_named_all_at_once() {
    let app = "local a = require 'a.b'\nlocal json = require 'string'\nif x then require 'c' end\npcall(require, 'd')";
    let project = Project::new(&[("app.lua", app)]);
    let mut command = project.command(interpreter::path().unwrap(), "build app.lua");
    command.env("LUA_PATH", "./?.lua;lib/?.lua");
    let expected = "app.lua:1: module 'a.b' not found:\n\tno file './a/b.lua'\n\tno file 'lib/a/b.lua'\n\
         \t(to leave it to the time when the program runs: --external a.b)\n\
         app.lua:3: module 'c' not found:\n\tno file './c.lua'\n\tno file 'lib/c.lua'\n\
         \t(to leave it to the time when the program runs: --external c)";
    assert_eq!(project.refusal(command), expected);
    project.make("build app.lua --external c --external=a.b");
    project.make("build app.lua --allow-missing");
    project.write("a/b.lua", "print 'found later'");
    assert_eq!(project.output("app"), "found later\n");
}

#[test]
fn errors_in_modules_are_those_of_require() {
    let project = Project::new(&[("app.lua", "require 'bad'"), ("bad.lua", "\nx = = 1")]);
    assert_eq!(
        project.refuse("build app.lua"),
        "error loading module 'bad' from file './bad.lua':\n\t./bad.lua:2: unexpected symbol near '='"
    );
    project.write("bad.lua", "local function f() error 'late' end\nf()");
    project.make("build app.lua");
    let built = run(project.command(&project.path("app"), ""));
    let interpreted = project.perilune("app.lua");
    assert_eq!(text(&built.stderr), text(&interpreted.stderr));
    assert_eq!((built.status, interpreted.status), (1, 1));
}

#[test]
fn programs_have_arguments_streams_and_a_status() {
    let app = "print(arg[0], #arg, arg[-1], ...)\nio.stderr:write(io.read('a'))\nprint(load('return ...')(7))\nos.exit(9)";
    let project = Project::new(&[("app.lua", app)]);
    project.make("build app.lua");
    let mut command = project.command(&project.path("app"), "one");
    command.args(["two words", ""]);
    let outcome = run(command);
    assert_eq!(text(&outcome.stdout), "perilune\t3\tnil\tone\ttwo words\t\n7\n");
    assert_eq!((text(&outcome.stderr), outcome.status), ("", 9));
}

#[test]
fn the_main_module_may_be_required_too() {
    let project = Project::new(&[
        ("app.lua", "runs = (runs or 0) + 1\nprint(runs, ...)\nif runs == 1 then require 'app' end"),
        ("lib/app.lua", "print 'other'"),
    ]);
    project.make("build app.lua");
    assert_eq!(project.output("app"), "1\n2\tapp\tapp.lua\n");
    let both = project.refuse("build app.lua -L lib");
    assert_eq!(both, "module 'app' is both the program 'app.lua' and 'lib/app.lua': give the program another name with --name");
    project.make("build app.lua -L lib --name main");
    assert_eq!(project.output("app"), "1\nother\n");
}

#[test]
fn objects_of_others_are_refused() {
    let project = Project::new(&[("app.lua", "print 'hello'"), ("text.o", "no object")]);
    let foreign = "not an object made by 'perilune build'";
    assert_eq!(project.refuse("link text.o"), format!("text.o: {foreign}"));
    fs::copy(std::env::current_exe().unwrap(), project.path("program.o")).unwrap();
    assert_eq!(project.refuse("link program.o"), format!("program.o: {foreign}"));
    assert_eq!(project.refuse("link missing.o"), "cannot open missing.o: No such file or directory");
    project.make("build -c app.lua");
    let object = fs::read(project.path("app.o")).unwrap();
    let mark = b"perilune object\n";
    let at = object.windows(mark.len()).position(|window| window == mark).expect("the object says what it is");
    let changed = |offset: usize, name: &str| {
        let mut object = object.clone();
        object[at + mark.len() + offset] ^= 0x55;
        project.write(name, object);
        project.refuse(&format!("link {name}"))
    };
    assert_eq!(changed(3, "old.o"), "old.o: an object made by another version of Perilune: compile it again");
    assert_eq!(changed(9, "damaged.o"), "damaged.o: damaged object");
}

#[test]
fn inputs_are_not_overwritten() {
    let project = Project::new(&[("app.lua", "print 'hello'"), ("script", "print 'hello'")]);
    assert_eq!(project.refuse("build app.lua -o ./app.lua"), "'app.lua' is both input and output");
    assert_eq!(project.refuse("build -c script -o script"), "'script' is both input and output");
    assert_eq!(project.refuse("build script"), "name the executable with -o: the script's name does not end in .lua");
    project.make("build -c app.lua");
    assert_eq!(project.refuse("link app.o -o app.o"), "'app.o' is both input and output");
}

/// The archive beside the interpreter under test.
fn archive() -> PathBuf {
    interpreter::path().unwrap().with_file_name("libperilune_rt.a")
}

#[test]
fn the_runtime_is_found_where_it_is_built_or_installed() {
    let project = Project::new(&[("app.lua", "print 'hello'"), ("nothing.a", "!<arch>\n")]);
    project.write("prefix/bin/perilune", fs::read(interpreter::path().unwrap()).unwrap());
    let installed = project.path("prefix/bin/perilune");
    make_executable(&installed);
    let build = || project.command(&installed, "build app.lua");
    let expected = "runtime archive not found:\n\tno file 'DIR/prefix/bin/libperilune_rt.a'\n\
         \tno file 'DIR/prefix/lib/perilune/libperilune_rt.a'\n\tno environment variable PERILUNE_RUNTIME";
    assert_eq!(project.refusal(build()), expected);
    let with = |file: &str| {
        let mut command = build();
        command.env("PERILUNE_RUNTIME", file);
        command
    };
    let refused = project.refusal(with("none.a"));
    assert_eq!(refused, "PERILUNE_RUNTIME: cannot open none.a: No such file or directory");
    assert_eq!(project.refusal(with("nothing.a")), "PERILUNE_RUNTIME: 'nothing.a' is no runtime archive of Perilune");
    project.write("old.a", of_another_version(fs::read(archive()).unwrap()));
    assert_eq!(project.refusal(with("old.a")), "PERILUNE_RUNTIME: 'old.a' is the runtime of another version of Perilune");
    project.write("prefix/lib/perilune/libperilune_rt.a", fs::read(archive()).unwrap());
    assert_eq!(run(build()).status, 0);
    assert_eq!(project.output("app"), "hello\n");
}

/// The archive with another number in the name of the symbol that says which objects it is for.
fn of_another_version(mut archive: Vec<u8>) -> Vec<u8> {
    let mark = b"perilune_abi_";
    let places: Vec<usize> =
        (0..archive.len() - mark.len()).filter(|&at| archive[at] == b'p' && archive[at..].starts_with(mark)).collect();
    for at in places {
        let digit = &mut archive[at + mark.len() + 1];
        *digit = if *digit == b'1' { b'2' } else { b'1' };
    }
    archive
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn executables_are_small_and_symbols_a_choice() {
    let project = Project::new(&[("hello.lua", "print 'hello'")]);
    let contains_symbols = |file: &str| {
        let bytes = fs::read(project.path(file)).unwrap();
        let name = b"perilune_module_hello";
        bytes.windows(name.len()).any(|window| window == name)
    };
    project.make("build hello.lua");
    let size = fs::metadata(project.path("hello")).unwrap().len();
    assert!(size <= HELLO_BYTES, "{size} bytes");
    assert!(!contains_symbols("hello"));
    project.make("build hello.lua --strip none -o whole");
    project.make("build hello.lua --strip=debug -o symbols");
    assert!(contains_symbols("whole") && contains_symbols("symbols"));
    for program in ["hello", "whole", "symbols"] {
        assert_eq!(project.output(program), "hello\n");
    }
}

/// Whether a file contains a text.
fn contains(path: &Path, text: &str) -> bool {
    fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn functions_become_machine_code() {
    let app = "local M = {}\nfunction M.twice(x) return x + x end\nprint(M.twice(21), M.twice(0.5), pcall(M.twice, {}))";
    let project = Project::new(&[("app.lua", app)]);
    project.make("build -c app.lua");
    project.make("build -c --bytecode app.lua -o bytecode.o");
    for text in ["app.lua:2:twice", "perilune_call", ".eh_frame", ".debug_line"] {
        assert!(contains(&project.path("app.o"), text), "{text} in the object");
        assert!(!contains(&project.path("bytecode.o"), text), "{text} where there is no machine code");
    }
    project.make("link app.o -o app");
    project.make("link bytecode.o -o bytecode");
    let printed = "42\t1.0\tfalse\tapp.lua:2: attempt to perform arithmetic on a table value (local 'x')\n";
    assert_eq!((project.output("app").as_str(), project.output("bytecode").as_str()), (printed, printed));
}

#[test]
fn another_linker_can_do_it() {
    let Some(linker) = ["/usr/bin/ld", "/usr/bin/ld.lld"].into_iter().find(|path| Path::new(path).exists()) else {
        eprintln!("not tested: there is no other linker");
        return;
    };
    let project = Project::new(APP);
    project.make(&format!("build app.lua --linker {linker}"));
    assert_eq!(project.output("app"), APP_PRINTS);
    let refused = project.refuse("build app.lua --linker ./none");
    assert_eq!(refused, "cannot link: cannot start the linker './none': No such file or directory (os error 2)");
}

/// The libraries that an executable is loaded with, as `ldd` lists them: `name => path (address)` or `path (address)`.
fn libraries(executable: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(executable).output().expect("ldd, which is part of the C library's programs");
    let lines = text(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>();
    lines.iter().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from)).collect()
}

/// Copies the libraries that an executable needs into a file system of its own; they must be those of C.
fn copy_libraries(root: &Path, executable: &Path) {
    let known = ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"];
    for library in libraries(executable) {
        assert!(known.iter().any(|name| library.ends_with(name)), "{}", library.display());
        let copy = root.join(library.strip_prefix("/").unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(library, copy).unwrap();
    }
}

/// Runs a command with `root` as its file system; nothing where the system does not let us.
fn run_in(root: &Path, words: &[&str]) -> Option<Outcome> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "chroot"]).arg(root).args(words);
    let outcome = run(command);
    if outcome.status != 0 && text(&outcome.stderr).starts_with("unshare:") {
        eprintln!("not tested: {}", text(&outcome.stderr).trim_end());
        return None;
    }
    Some(outcome)
}

const LOOKS_AROUND: &str = "print(('x'):rep(3), math.sin(0), os.time() > 0, io.open '/etc/passwd')";
const SEES: (&str, &str) = ("", "xxx\t0.0\ttrue\tnil\t/etc/passwd: No such file or directory\t2\n");

#[test]
fn an_executable_needs_the_c_library_only() {
    let project = Project::new(&[("app.lua", LOOKS_AROUND)]);
    let root = project.path("root");
    fs::create_dir(&root).unwrap();
    project.make("build app.lua -o root/app");
    copy_libraries(&root, &root.join("app"));
    if let Some(outcome) = run_in(&root, &["/app"]) {
        assert_eq!((text(&outcome.stderr), text(&outcome.stdout)), SEES);
    }
}

#[test]
fn building_needs_the_c_library_only() {
    let project = Project::new(&[("root/app.lua", LOOKS_AROUND)]);
    let root = project.path("root");
    for (file, name) in [(interpreter::path().unwrap().to_owned(), "perilune"), (archive(), "libperilune_rt.a")] {
        fs::copy(file, root.join(name)).unwrap();
    }
    copy_libraries(&root, &root.join("perilune"));
    if let Some(outcome) = run_in(&root, &["/perilune", "build", "/app.lua", "-o", "/app"]) {
        assert_eq!((text(&outcome.stderr), text(&outcome.stdout)), ("", ""));
        let outcome = run_in(&root, &["/app"]).expect("it worked before");
        assert_eq!((text(&outcome.stderr), text(&outcome.stdout)), SEES);
    }
}
