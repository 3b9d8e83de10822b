//! `cargo xtask gc-luck`: the official tests of the collector, over and over.
//!
//! Native stacks are scanned conservatively. If it depended on what lies there by chance whether a weak entry goes or a finalizer
//! is called, `gc.lua` and `gengc.lua` would fail in some of many runs.

use crate::arguments::Arguments;
use perilune_tests::official::run_file;
use perilune_tests::tiers::{TIERS, Tier};
use std::time::Instant;

/// The files of the suite that test the collector.
const FILES: [&str; 2] = ["gc", "gengc"];
/// What is tried if nothing is named. `N` stands for the number of the run.
const DEFAULT: [&str; 5] =
    ["--tier=interp", "--tier=opt --hot=0", "--tier=opt --hot=0 --deopt-every=3", "--gc=concurrent", "--gc-random=N"];

const USAGE: &str = "[--runs N] [--tiers interp,mixed,opt] [--flags \"--gc-stress=100 ...\"]";

/// Runs the task.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut arguments = arguments.to_vec();
    // Its value looks like options: it is taken as it stands.
    let flags = match arguments.iter().position(|argument| argument == "--flags") {
        Some(at) if at + 1 < arguments.len() => arguments.drain(at..at + 2).nth(1),
        _ => None,
    };
    let mut given = Arguments::new(&arguments);
    let runs = given.number("--runs", 100)?;
    let named = given.text("--tiers")?;
    given.finish().map_err(|problem| format!("{problem}\nusage: cargo xtask gc-luck {USAGE}"))?;
    let mut failed = 0;
    match (flags, named) {
        (Some(flags), _) => failed += repeat(|number| custom(&flags, number), runs, &flags),
        (None, Some(named)) => {
            for name in named.split(',') {
                let tier = TIERS.iter().find(|tier| tier.name == name && !tier.ahead_of_time);
                let tier = tier.ok_or_else(|| format!("no tier {name}"))?;
                failed += repeat(|_| Tier { ..*tier }, runs, name);
            }
        }
        (None, None) => failed += DEFAULT.iter().map(|flags| repeat(|number| custom(flags, number), runs, flags)).sum::<u32>(),
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} runs failed")) }
}

/// A tier with these flags, which are needed until the end.
fn custom(flags: &str, number: u32) -> Tier {
    let numbered = |flag: &str| flag.strip_suffix("=N").map_or_else(|| flag.to_owned(), |flag| format!("{flag}={number}"));
    let flags: Vec<&'static str> = flags.split_whitespace().map(|flag| &*numbered(flag).leak()).collect();
    Tier { name: "flags", flags: flags.leak(), exceptions: &[], ..*TIERS.first().expect("there are tiers") }
}

/// Runs each file so many times; how many runs failed.
fn repeat(tier: impl Fn(u32) -> Tier, runs: u32, what: &str) -> u32 {
    let mut all_failed = 0;
    for file in FILES {
        let start = Instant::now();
        let mut failed = 0;
        for number in 1..=runs {
            if let Err(report) = run_file(file, &tier(number)) {
                failed += 1;
                eprintln!("{file}.lua {what}, run {number}: {report}");
            }
        }
        println!("{file}.lua {what}: {} of {runs} runs passed, {:.1} s", runs - failed, start.elapsed().as_secs_f64());
        all_failed += failed;
    }
    all_failed
}
