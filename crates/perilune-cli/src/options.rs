//! The command line: PUC Lua's options by PUC Lua's rules, and a few long ones of our own.
//!
//! Options are read in two passes, as `lua` does it: the first finds mistakes and where the script is before any Lua code
//! runs; the second ([`Options::actions`]) yields what the options before the script ask for, in order.

use crate::gc_options::GcOptions;
use perilune_jit::engine::Settings;
use perilune_vm::limits::Limits;
use std::time::Duration;

/// What the options before the script ask for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Options {
    /// All arguments; the first one is the program's name, if there is any.
    pub argv: Vec<Vec<u8>>,
    /// Index of the script's name in `argv`; may be one past the end after `--`. `None` without a script.
    pub script: Option<usize>,
    /// `-i`
    pub interactive: bool,
    /// `-v` or `-i`
    pub show_version: bool,
    /// Whether there is a `-e`.
    pub has_statement: bool,
    /// `-E`
    pub ignore_environment: bool,
    /// `--gc`, `--gc-stress`, `--heap-limit` and others.
    pub gc: GcOptions,
    /// `--stats`
    pub stats: bool,
    /// Of the sub-command `heap`: what it is asked for.
    pub heap: Option<crate::heap::Request>,
    /// `--timeline=FILE`: where the collector's work is written to as trace events.
    pub timeline: Option<Vec<u8>>,
    /// `--tier=interp` and `--jitless`: nothing is compiled to machine code.
    pub jitless: bool,
    /// `--hot`, `--deopt-every`, `--trace`, `--dump-ir`, `--dump-asm`.
    pub compiler: Settings,
    /// `--max-steps` and `--timeout`: what the program may use.
    pub limits: Limits,
    /// `--help` or `--version`: nothing is run.
    pub request: Option<Request>,
}

/// An option that asks for information only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// `--help`
    Help,
    /// `--version`
    Version,
}

/// Something to do before the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// `-e stat`
    Run(&'a [u8]),
    /// `-l mod` or `-l name=mod`
    Require(&'a [u8]),
    /// `-W`
    WarningsOn,
}

/// An option that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadOption {
    /// The program's name for messages.
    pub program: Vec<u8>,
    /// The option.
    pub option: Vec<u8>,
}

impl Options {
    /// Reads the arguments of the process, its own name included.
    pub fn parse(argv: Vec<Vec<u8>>) -> Result<Options, BadOption> {
        let mut options = Options { argv, ..Options::default() };
        let mut index = 1;
        while index < options.argv.len() {
            match options.take(index) {
                Taken::Option { words } => index += words,
                Taken::Script { at } => {
                    options.script = Some(at);
                    return Ok(options);
                }
                Taken::Bad => {
                    let program = options.program().to_vec();
                    return Err(BadOption { program, option: options.argv.swap_remove(index) });
                }
            }
        }
        Ok(options)
    }

    /// Takes the option at `index`.
    fn take(&mut self, index: usize) -> Taken {
        let word = self.argv[index].clone();
        match word.as_slice() {
            b"-" => return Taken::Script { at: index },
            b"--" => return Taken::Script { at: index + 1 },
            b"-E" => self.ignore_environment = true,
            b"-W" => {}
            b"-i" => (self.interactive, self.show_version) = (true, true),
            b"-v" => self.show_version = true,
            b"--stats" => self.stats = true,
            [b'-', b'-', b't', b'i', b'm', b'e', b'l', b'i', b'n', b'e', b'=', file @ ..] if !file.is_empty() => {
                self.timeline = Some(file.to_vec());
            }
            b"--jitless" => self.jitless = true,
            [b'-', b'-', long @ ..] if self.take_long(long) => {}
            b"--help" => self.request = self.request.or(Some(Request::Help)),
            b"--version" => self.request = self.request.or(Some(Request::Version)),
            [b'-', b'e', ..] => {
                self.has_statement = true;
                return self.take_argument(index);
            }
            [b'-', b'l', ..] => return self.take_argument(index),
            [b'-', ..] => return Taken::Bad,
            _ => return Taken::Script { at: index },
        }
        Taken::Option { words: 1 }
    }

    /// Takes an option of the compiler or the collector, without its dashes; whether it is one.
    fn take_long(&mut self, option: &[u8]) -> bool {
        let Ok(option) = std::str::from_utf8(option) else { return false };
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        let compiler = &mut self.compiler;
        match (name, value) {
            ("tier", Some("interp")) => self.jitless = true,
            ("tier", Some("opt")) => compiler.hot = Some(0),
            ("tier", Some("auto")) => compiler.hot = None,
            ("hot", Some(count)) => match count.parse() {
                Ok(count) => compiler.hot = Some(count),
                Err(_) => return false,
            },
            ("deopt-every", Some(count)) => match count.parse() {
                Ok(count) => compiler.deopt_every = count,
                Err(_) => return false,
            },
            ("trace", Some(list)) => {
                for what in list.split(',') {
                    match what {
                        "tier" => compiler.trace_tier = true,
                        "deopt" => compiler.trace_deopt = true,
                        "gc" => self.gc.trace = true,
                        _ => return false,
                    }
                }
            }
            ("dump-ir", pass) => match known_pass(pass) {
                Some(pass) => compiler.show.ir = Some(pass.to_owned()),
                None => return false,
            },
            ("max-steps", Some(count)) => match steps(count) {
                Some(count) => self.limits.steps = Some(count),
                None => return false,
            },
            ("timeout", Some(seconds)) => match seconds.parse().ok().and_then(|time| Duration::try_from_secs_f64(time).ok()) {
                Some(time) => self.limits.time = Some(time),
                None => return false,
            },
            ("dump-asm", None) => compiler.show.asm = true,
            _ => return self.gc.take(name, value),
        }
        true
    }

    /// The argument of `-e` or `-l` follows at once or is the next word, which must not look like an option.
    fn take_argument(&self, index: usize) -> Taken {
        if self.argv[index].len() > 2 {
            return Taken::Option { words: 1 };
        }
        match self.argv.get(index + 1) {
            Some(next) if next.first() != Some(&b'-') => Taken::Option { words: 2 },
            _ => Taken::Bad,
        }
    }

    /// The program's name for messages.
    #[must_use]
    pub fn program(&self) -> &[u8] {
        program_name(&self.argv)
    }

    /// What to do before the script, in order.
    pub fn actions(&self) -> impl Iterator<Item = Action<'_>> {
        let end = self.script.unwrap_or(self.argv.len()).min(self.argv.len());
        let mut index = 1;
        std::iter::from_fn(move || {
            while index < end {
                let word = self.argv[index].as_slice();
                index += 1;
                let [b'-', letter @ (b'e' | b'l' | b'W'), rest @ ..] = word else { continue };
                if *letter == b'W' {
                    return Some(Action::WarningsOn);
                }
                let argument = if rest.is_empty() {
                    index += 1;
                    self.argv.get(index - 1)?
                } else {
                    rest
                };
                return Some(if *letter == b'e' { Action::Run(argument) } else { Action::Require(argument) });
            }
            None
        })
    }
}

/// A number of steps, perhaps with a K, M or G for thousands, millions or billions.
fn steps(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'K' | b'k' => (&text[..text.len() - 1], 1_000),
        b'M' | b'm' => (&text[..text.len() - 1], 1_000_000),
        b'G' | b'g' => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// The name of a pass that IR may be shown after; without one the last.
pub fn known_pass(name: Option<&str>) -> Option<&str> {
    let name = name.unwrap_or("");
    let known = name.is_empty() || name == "build" || perilune_jit::passes::ALL.iter().any(|pass| pass.name == name);
    known.then_some(name)
}

/// The name for messages of a program that was called with these arguments.
#[must_use]
pub fn program_name(argv: &[Vec<u8>]) -> &[u8] {
    argv.first().filter(|name| !name.is_empty()).map_or(b"perilune", Vec::as_slice)
}

/// What stands at some place of the command line.
enum Taken {
    /// An option of this many words.
    Option { words: usize },
    /// The script's name is at this index.
    Script { at: usize },
    /// Nothing that can be understood.
    Bad,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options, BadOption> {
        Options::parse(std::iter::once("p").chain(args.iter().copied()).map(|arg| arg.as_bytes().to_vec()).collect())
    }

    #[test]
    fn arguments_of_options_follow_at_once_or_as_the_next_word() {
        let options = parse(&["-e", "a", "-lb", "-W", "-eprint(1)", "s.lua", "-e", "x"]).unwrap();
        let actions: Vec<_> = options.actions().collect();
        let expected = [Action::Run(b"a"), Action::Require(b"b"), Action::WarningsOn, Action::Run(b"print(1)")];
        assert_eq!(actions, expected);
        assert_eq!(options.script, Some(6));
        assert!(options.has_statement);
    }

    #[test]
    fn bad_options_are_named() {
        for (args, bad) in [
            (&["-e"][..], "-e"),
            (&["-l", "-x"], "-l"),
            (&["-vv"], "-vv"),
            (&["--x", "script"], "--x"),
            (&["-i", "-Ex"], "-Ex"),
            (&["--stats=1"], "--stats=1"),
            (&["--timeline="], "--timeline="),
            (&["--gc-stress=0"], "--gc-stress=0"),
            (&["--gc-stress="], "--gc-stress="),
        ] {
            let expected = BadOption { program: b"p".to_vec(), option: bad.into() };
            assert_eq!(parse(args), Err(expected), "{args:?}");
        }
    }

    #[test]
    fn a_dash_is_a_script_and_two_dashes_end_the_options() {
        assert_eq!(parse(&["-v", "-", "x"]).unwrap().script, Some(2));
        assert_eq!(parse(&["--", "-x"]).unwrap().script, Some(2));
        assert_eq!(parse(&["--stats", "--", "dump"]).unwrap().script, Some(3));
        assert_eq!(parse(&["-v"]).unwrap().script, None);
    }

    #[test]
    fn gc_stress_has_a_period() {
        for (args, period) in [(&["-v"][..], None), (&["--gc-stress"], Some(1)), (&["--gc-stress=20"], Some(20))] {
            assert_eq!(parse(args).unwrap().gc.stress.map(std::num::NonZeroU32::get), period, "{args:?}");
        }
    }

    #[test]
    fn options_after_the_script_belong_to_it() {
        let options = parse(&["s.lua", "--stats", "-i"]).unwrap();
        assert!(!options.stats && !options.interactive && !options.show_version);
    }
}
