//! Measuring: every case is a process of its own which times itself, so that variants built with different flags, and
//! PUC Lua, are measured alike, in processor time. Runs of the variants are interleaved; callgrind counts are differences of two sizes.

use std::process::Command;

/// How often each case is run for its median.
const RUNS: usize = 15;

/// A variant of a program: a command that takes a size as its last argument and prints `nanoseconds checksum`.
pub struct Case {
    pub label: String,
    pub command: Vec<String>,
}

impl Case {
    /// A case in executable `exe` of this package.
    pub fn of(exe: &str, label: &str, spike: &str, variant: &str, program: &str) -> Self {
        let command = [exe, "one", spike, variant, program]
            .map(str::to_owned)
            .to_vec();
        Self {
            label: label.to_owned(),
            command,
        }
    }

    /// Runs PUC Lua on `source`, which takes the size as `...` and returns a checksum.
    pub fn puc(source: &str) -> Self {
        let text = format!(
            "local f = function(...) {source} end local n = math.tointeger(arg[1]) local t = os.clock() \
             local r = f(n) print(string.format('%d %d', (os.clock() - t) * 1e9 // 1, r // 1))"
        );
        let path = std::env::temp_dir().join(format!("spike-{:x}.lua", fingerprint(&text)));
        std::fs::write(&path, text).expect("cannot write to the temporary directory");
        let lua = std::env::var("PUC_LUA").unwrap_or_else(|_| "/opt/puc/lua".to_owned());
        Self {
            label: "PUC Lua 5.4".to_owned(),
            command: vec![lua, path.display().to_string()],
        }
    }

    /// Time and checksum; `None` if the case dies, as one without guaranteed tail calls may.
    fn run(&self, size: u64) -> Option<(f64, String)> {
        let output = Command::new(&self.command[0])
            .args(&self.command[1..])
            .arg(size.to_string())
            .output();
        let output = output.expect("cannot start the case");
        if !output.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (time, sum) = text.trim().split_once(' ').expect("two numbers");
        Some((time.parse::<f64>().expect("a number"), sum.to_owned()))
    }

    fn instructions(&self, size: u64) -> f64 {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .args(&self.command)
            .arg(size.to_string())
            .output()
            .expect("valgrind is needed");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let collected = text
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        collected
            .expect("a count")
            .1
            .trim()
            .parse()
            .expect("a number")
    }
}

fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// A program measured in several variants.
pub struct Program<'a> {
    pub name: &'a str,
    /// Size of the timed runs.
    pub size: u64,
    /// Two sizes for callgrind, and how many units of work the second does more than the first.
    pub counted: (u64, u64, f64),
    pub unit: &'a str,
    pub cases: Vec<Case>,
}

/// Measures and prints one row per variant.
pub fn measure(program: &Program) {
    let count = program.cases.len();
    let mut times = vec![Vec::with_capacity(RUNS); count];
    let mut sums = vec![String::new(); count];
    for _ in 0..RUNS {
        for (index, case) in program.cases.iter().enumerate() {
            if let Some((time, sum)) = case.run(program.size) {
                times[index].push(time);
                sums[index] = sum;
            }
        }
    }
    println!(
        "\n{} (size {}), instructions per {}",
        program.name, program.size, program.unit
    );
    println!("| variant | ms (median of {RUNS}) | min | time | instructions | count |");
    println!("|---|--:|--:|--:|--:|--:|");
    let (mut first_time, mut first_count) = (0.0, 0.0);
    for (index, case) in program.cases.iter().enumerate() {
        if times[index].len() < RUNS {
            println!("| {} | dies | | | | |", case.label);
            continue;
        }
        assert_eq!(
            sums[index], sums[0],
            "{} computes something else",
            case.label
        );
        times[index].sort_by(f64::total_cmp);
        let time = times[index][RUNS / 2] / 1e6;
        let (small, large, units) = program.counted;
        let instructions = (case.instructions(large) - case.instructions(small)) / units;
        if index == 0 {
            (first_time, first_count) = (time, instructions);
        }
        println!(
            "| {} | {:.1} | {:.1} | {:.2} | {:.1} | {:.2} |",
            case.label,
            time,
            times[index][0] / 1e6,
            time / first_time,
            instructions,
            instructions / first_count
        );
    }
}

// Processor time of this process in microseconds, as PUC Lua's `os.clock` takes it: others may use the machine too.
unsafe extern "C" {
    safe fn clock() -> i64;
}

/// Times `run` and prints what [`Case`] expects.
pub fn report(run: impl FnOnce() -> i64) {
    let start = clock();
    let sum = run();
    println!("{} {sum}", (clock() - start) * 1000);
}
