//! What the command says about itself and its options.

use perilune_host::output::{complain, write_error};

/// The version line.
pub const VERSION: &str = concat!("Perilune ", env!("CARGO_PKG_VERSION"), " (Lua 5.4)");

/// Says what is wrong with an option and which options there are.
pub fn bad_option(program: &[u8], option: &[u8]) {
    let problem = match option.get(1) {
        Some(b'e' | b'l') => [b"'", option, b"' needs argument"].concat(),
        _ => [b"unrecognized option '", option, b"'"].concat(),
    };
    complain(Some(program), &problem);
    if let Some(about) = own_option(option) {
        write_error(about.as_bytes());
        return;
    }
    let mut usage = [b"usage: ", program, b" [options] [script [args]]\n"].concat();
    usage.extend_from_slice(OPTIONS.as_bytes());
    write_error(&usage);
}

const OPTIONS: &str = "\
Available options are:
  -e stat   execute string 'stat'
  -i        enter interactive mode after executing 'script'
  -l mod    require library 'mod' into global 'mod'
  -l g=mod  require library 'mod' into global 'g'
  -v        show version information
  -E        ignore environment variables
  -W        turn warnings on
  --        stop handling options
  -         stop handling options and execute stdin
";

/// What the help says of an option of Perilune's own, whose value may be wrong.
fn own_option(option: &[u8]) -> Option<String> {
    let option = std::str::from_utf8(option).ok()?;
    let name = option.split('=').next().filter(|name| name.starts_with("--"))?;
    let is_about = |line: &&str| {
        let rest = line.trim_start().strip_prefix(name);
        line.starts_with("  --") && rest.is_some_and(|rest| rest.starts_with(['=', '[', ' ', ',']))
    };
    let mut lines = OWN_OPTIONS.lines().skip_while(|line| !is_about(line));
    let mut about = format!("{}\n", lines.next()?);
    for line in lines.take_while(|line| !line.starts_with("  --")) {
        about.extend([line, "\n"]);
    }
    Some(about)
}

/// Options that PUC Lua does not have; what belongs to one is indented further.
const OWN_OPTIONS: &str = "\
Options of Perilune's own, before the script:
  --gc=generational|concurrent|incremental|stop-the-world|off  how garbage is
               collected; generational is the default, concurrent the same with
               most of the marking on a thread of its own
  --gc-pause=N  let the collector stop the program for N microseconds at a time
  --heap-limit=N[K|M|G]  let allocations fail beyond N bytes
  --gc-stress[=N]  collect garbage at every allocation, or every N-th, and
               overwrite freed memory
  --gc-random[=SEED]  do random pieces of the collector's work at allocations,
               and verify the heap
  --max-steps=N[K|M|G]  stop the program after N jumps back and calls
  --timeout=SECONDS  stop the program after a time; either: exit status 124
  --stats      print time and memory figures to stderr after the run
  --tier=interp|opt|auto  interpret only; compile everything at once; compile
               what is hot (the default)
  --code-limit=N[K|M|G]  keep at most N bytes of machine code (64M)
  --jitless    as --tier=interp: no memory is made executable
  --hot=N      look for hot code every N jumps back and calls
  --timeline=FILE  write the collector's work to FILE as trace events, for
               Chrome's performance panel and Perfetto
  --trace=tier,deopt,gc  say what is compiled, which assumptions failed, and
               what the collector does
  --deopt-every=N  let every N-th assumption fail, for tests
  --dump-ir[=PASS], --dump-asm  show what is compiled
  --version    show version information and exit
  --help       show this text and exit
";

/// The commands that come with the linker.
#[cfg(feature = "link")]
const BUILDING: &str = "  build [options] file.lua   make an executable of a script and what it requires
  link [options] file.o ...  make an executable of objects ('build -c' makes them)
";
#[cfg(not(feature = "link"))]
const BUILDING: &str = "";

/// The text of `--help`.
#[must_use]
pub fn help(program: &[u8]) -> Vec<u8> {
    let program = String::from_utf8_lossy(program);
    format!(
        "\
{VERSION}
usage: {program} [options] [script [args]]
       {program} command [arguments]

{OPTIONS}
{OWN_OPTIONS}
Commands:
  dump --ast|--bytecode|--ir[=PASS]|--asm [--fn NAME] [--run [--hot=N]] file.lua
               show the syntax tree, the bytecode, the compiler's intermediate
               code and machine code; --run: of what is compiled in a run
  heap [--output=FILE] [--rows=N] [options] script [args]   run a script and write what is in
                             its heap at the end, for Chrome's memory panel
{BUILDING}
A command's name counts only as the first argument. To run a script that is
called like a command: {program} ./dump, or {program} -- dump.

Environment variables: LUA_INIT_5_4, LUA_INIT, LUA_PATH_5_4, LUA_PATH,
LUA_CPATH_5_4, LUA_CPATH, PERILUNE_GC as --gc (ignored with -E).
"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_answered_with_what_is_right() {
        let found = |option: &str| own_option(option.as_bytes()).unwrap_or_default();
        assert_eq!(found("--hot=x"), "  --hot=N      look for hot code every N jumps back and calls\n");
        assert!(found("--gc=fast").starts_with("  --gc=generational|"));
        assert!(found("--gc=fast").ends_with("on a thread of its own\n"));
        assert!(found("--gc-stress=0").starts_with("  --gc-stress[=N]"));
        assert!(found("--dump-ir=x").starts_with("  --dump-ir[=PASS]"));
        assert!(found("--stats=1").starts_with("  --stats "));
        for unknown in ["--", "--g", "--nothing", "-x", "--hot2=1"] {
            assert_eq!(found(unknown), "", "{unknown}");
        }
    }
}
