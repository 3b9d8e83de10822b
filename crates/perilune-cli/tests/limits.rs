//! `--max-steps` and `--timeout`: programs that would run for ever are stopped, in each tier and wherever they spend their time.

mod common;

use common::{Scratch, run};
use std::time::{Duration, Instant};

const TIERS: [&str; 4] = ["--tier=interp", "--tier=auto", "--tier=opt", "--deopt-every=7"];
/// Far more than any of these programs takes that is stopped in time.
const SOON: Duration = Duration::from_secs(30);

/// Programs without an end.
const ENDLESS: &[(&str, &str)] = &[
    ("a loop", "while true do end"),
    ("goto", "::again:: goto again"),
    ("a loop of floats", "local x = 0.5 while true do x = x * 1.0001 for i = 1, 100 do x = x - i end end"),
    ("pcall in a loop", "while true do pcall(function() while true do end end) end"),
    ("xpcall", "while true do xpcall(error, function() while true do end end) end"),
    ("recursion", "local function f(n) if n > 0 then return f(n - 1) + f(n - 1) end return 0 end f(80)"),
    ("tail calls", "local function f(n) return f(n + 1) end f(0)"),
    (
        "coroutines",
        "while true do local f = coroutine.wrap(function() while true do coroutine.yield() end end) pcall(f) pcall(f) end",
    ),
    ("a generic loop", "for k in function() return 1 end do end"),
    ("a finalizer", "setmetatable({}, {__gc = function() while true do end end}) collectgarbage() while true do end"),
    (
        "a variable to be closed",
        "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
    ),
    ("backtracking", "(('a'):rep(5000)):find(('a-'):rep(40) .. 'b')"),
    ("captures", "(('a'):rep(200000)):match('(.-)(.-)(.-)b')"),
    ("a run in each of many attempts", "(('a'):rep(1000000)):find('a+[bc]')"),
    ("balanced text", "(('('):rep(1000000)):find('%b()')"),
    ("gsub", "while true do (('x'):rep(1000)):gsub('x', function(c) return c end) end"),
    ("concat", "table.concat(setmetatable({}, {__len = function() return 1 << 60 end, __index = function() return '' end}))"),
    ("move", "table.move({}, 1, 1 << 50, 2)"),
    ("sort", "local t = {} for i = 1, 200 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end"),
    ("rep", "while true do ('x'):rep(10000000) end"),
    ("load", "while true do load(function() return ' ' end) end"),
];

fn check(limit: &str, message: &str) {
    let scratch = Scratch::new(&[]);
    for (name, program) in ENDLESS {
        for tier in TIERS {
            let begun = Instant::now();
            let found = run(scratch.path(), &[limit, tier, "-e", program], "", &[]);
            assert_eq!(found.status, Some(124), "{name} {tier}: {}", found.stderr);
            let first = found.stderr.lines().next().unwrap_or_default();
            assert!(first.starts_with("lua: ") && first.ends_with(message), "{name} {tier}: {first}");
            assert!(begun.elapsed() < SOON, "{name} {tier}: {:?}", begun.elapsed());
        }
    }
}

#[test]
fn steps_are_limited() {
    check("--max-steps=300K", "step limit exceeded");
}

#[test]
fn time_is_limited() {
    check("--timeout=0.05", "time limit exceeded");
}

#[test]
fn waiting_for_the_system_ends_a_little_later() {
    let scratch = Scratch::new(&[]);
    let found = run(scratch.path(), &["--timeout=0.05", "-e", "io.popen('sleep 5 2>&-'):read('a')"], "", &[]);
    assert_eq!((found.stderr.as_str(), found.status), ("lua: time limit exceeded\n", Some(124)));
}

#[test]
fn programs_within_their_limits_do_not_notice() {
    let scratch = Scratch::new(&[]);
    let program = "local n = 0 for i = 1, 900000 do n = n + i % 7 end print(n, #('x'):rep(1000), ('abc'):find('b-c'))";
    for tier in TIERS {
        let found = run(scratch.path(), &["--max-steps=1M", "--timeout=60", tier, "-e", program], "", &[]);
        assert_eq!(
            (found.stdout.as_str(), found.stderr.as_str(), found.status),
            ("2699997\t1000\t2\t3\n", "", Some(0)),
            "{tier}"
        );
        // Each round is a step; compiled code is left now and then, but not every time.
        let found = run(scratch.path(), &["--max-steps=800K", tier, "-e", program], "", &[]);
        assert_eq!(found.status, Some(124), "{tier}");
    }
}

#[test]
fn limits_have_to_be_numbers() {
    let scratch = Scratch::new(&[]);
    for option in ["--max-steps", "--max-steps=", "--max-steps=1T", "--timeout=soon", "--timeout=-1", "--timeout=1e30"] {
        let found = run(scratch.path(), &[option, "-e", ""], "", &[]);
        assert_eq!(found.status, Some(1), "{option}");
        assert!(found.stderr.contains(&format!("'{option}'")), "{}", found.stderr);
    }
}
