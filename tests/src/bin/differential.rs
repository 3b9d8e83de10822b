//! Runs random programs on PUC Lua and on Perilune and reports every difference with its seed and a minimised program.
//!
//! `cargo run -p perilune-tests --release --features oracle --bin differential -- --count 100000 --seed 1`
//!
//! With the feature `oracle` PUC Lua runs in this process; otherwise `--puc PATH` or `$PUC_LUA` names its command.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use perilune_tests::generator::{self, Program, tree};
use perilune_tests::{diff, interpreter, runner};

const USAGE: &str =
    "usage: differential [--count N] [--seed N] [--jobs N] [--puc PATH] [--flags 'FLAGS'] [--show] [--keep-going]
  --seed N      first seed (1)          --count N     number of programs (1000)
  --jobs N      threads (all cores)     --flags TEXT  flags for perilune
  --show        print the program of --seed and stop
  --keep-going  report every difference instead of stopping at the fifth";

/// How long one program is minimised at most.
const MINIMISE_TIME: Duration = Duration::from_secs(30);
const LIMIT: Duration = Duration::from_secs(20);
const FILE: &str = "random.lua";

struct Options {
    seed: u64,
    count: u64,
    jobs: usize,
    puc: Option<PathBuf>,
    flags: Vec<String>,
    show: bool,
    keep_going: bool,
}

fn main() -> ExitCode {
    match parse().and_then(|options| run(&options)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(differences) => {
            eprintln!("{differences} programs differ");
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn parse() -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        count: 1000,
        jobs: thread::available_parallelism().map_or(1, usize::from),
        puc: env::var_os("PUC_LUA").map(PathBuf::from),
        flags: Vec::new(),
        show: false,
        keep_going: false,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| USAGE.to_owned());
        let number = |text: String| text.parse::<u64>().map_err(|_| USAGE.to_owned());
        match argument.as_str() {
            "--seed" => options.seed = number(value()?)?,
            "--count" => options.count = number(value()?)?,
            "--jobs" => options.jobs = number(value()?)?.max(1) as usize,
            "--puc" => options.puc = Some(value()?.into()),
            "--flags" => options.flags = value()?.split_whitespace().map(str::to_owned).collect(),
            "--show" => options.show = true,
            "--keep-going" => options.keep_going = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<u64, String> {
    if options.show {
        print!("{}", generator::generate(options.seed).source());
        return Ok(0);
    }
    let subject = interpreter::path()?;
    let (next, found) = (AtomicU64::new(0), AtomicU64::new(0));
    let trouble = Mutex::new(None);
    thread::scope(|scope| {
        for job in 0..options.jobs {
            let (next, found, trouble) = (&next, &found, &trouble);
            scope.spawn(move || {
                if let Err(message) = worker(options, subject, job, next, found) {
                    trouble.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(message);
                }
            });
        }
    });
    let tried = next.load(Ordering::Relaxed).min(options.count);
    println!("{tried} programs from seed {}", options.seed);
    match trouble.into_inner().unwrap_or_else(|e| e.into_inner()) {
        Some(message) => Err(message),
        None => Ok(found.load(Ordering::Relaxed)),
    }
}

fn worker(options: &Options, subject: &Path, job: usize, next: &AtomicU64, found: &AtomicU64) -> Result<(), String> {
    let folder = env::temp_dir().join(format!("perilune-differential-{}-{job}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let pair = Pair { options, subject, folder: &folder };
    let mut result = Ok(());
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= options.count || !options.keep_going && found.load(Ordering::Relaxed) >= 5 {
            break;
        }
        let seed = options.seed + number;
        match pair.examine(seed) {
            Ok(None) => {}
            Ok(Some(report)) => {
                found.fetch_add(1, Ordering::Relaxed);
                println!("{report}");
            }
            Err(message) => {
                result = Err(message);
                next.store(options.count, Ordering::Relaxed);
                break;
            }
        }
    }
    // A leftover folder in the temporary directory does no harm.
    let _ = fs::remove_dir_all(&folder);
    result
}

/// Both interpreters and the folder in which a thread runs them.
struct Pair<'a> {
    options: &'a Options,
    subject: &'a Path,
    folder: &'a Path,
}

impl Pair<'_> {
    /// Compares both on one seed; a report when they differ.
    fn examine(&self, seed: u64) -> Result<Option<String>, String> {
        let program = generator::generate(seed);
        if self.difference(&program)?.is_none() {
            return Ok(None);
        }
        let small = self.minimise(program)?;
        let difference = self.difference(&small)?.unwrap_or_default();
        let shown = tree::render(&small.body);
        Ok(Some(format!("=== seed {seed} (--show prints the whole program)\n{shown}--- PUC, +++ Perilune\n{difference}")))
    }

    fn difference(&self, program: &Program) -> Result<Option<String>, String> {
        let source = program.source();
        fs::write(self.folder.join(FILE), &source).map_err(|e| format!("{FILE}: {e}"))?;
        let Some(expected) = self.oracle(&source)? else { return Ok(None) };
        let actual = self.command(self.subject, &self.options.flags)?;
        Ok(diff::describe(&expected, &actual))
    }

    /// Output and complaints of one run as one text.
    fn command(&self, interpreter: &Path, flags: &[String]) -> Result<Vec<u8>, String> {
        let mut command = runner::command(interpreter, "lua", self.folder);
        command.args(flags).arg(FILE);
        let outcome = runner::run(command, LIMIT)?;
        let mut text = Vec::new();
        if outcome.timed_out {
            text.extend(b"(ran out of time)\n");
        } else if outcome.status != 0 {
            text.extend(format!("(exit status {})\n", outcome.status).bytes());
        }
        // Complaints come first: a crash must not hide below the output that it cut off.
        text.extend(outcome.stderr);
        text.extend(outcome.stdout);
        Ok(text)
    }

    /// What PUC Lua prints; nothing when the program says nothing about it (it ran out of time, or does not compile).
    fn oracle(&self, source: &str) -> Result<Option<Vec<u8>>, String> {
        #[cfg(feature = "oracle")]
        if self.options.puc.is_none() {
            return perilune_tests::oracle::run(source, FILE);
        }
        let _ = source;
        let puc = self.options.puc.as_ref().ok_or("no PUC Lua: build with --features oracle or give --puc PATH")?;
        let text = self.command(puc, &[])?;
        Ok((!text.starts_with(b"(")).then_some(text))
    }

    /// Takes statements out as long as the difference stays.
    fn minimise(&self, mut program: Program) -> Result<Program, String> {
        let deadline = Instant::now() + MINIMISE_TIME;
        loop {
            let before = tree::size(&program.body);
            let mut number = 0;
            while number < tree::size(&program.body) && Instant::now() < deadline {
                let mut taken = false;
                for keep_inside in [false, true] {
                    let smaller = Program { body: tree::without(&program.body, number, keep_inside) };
                    if smaller.body != program.body && self.difference(&smaller)?.is_some() {
                        program = smaller;
                        taken = true;
                        break;
                    }
                }
                if !taken {
                    number += 1;
                }
            }
            if tree::size(&program.body) == before || Instant::now() >= deadline {
                return Ok(program);
            }
        }
    }
}
