//! Spike 1 (d): the `match` interpreter built with LLVM options that govern tail duplication.

use std::process::Command;

use crate::dispatch::compare_builds;

/// Label, flags, and whether it is worth measuring rather than only counting its indirect jumps.
const FLAGS: &[(&str, &str, bool)] = &[
    ("default", "", true),
    (
        "pred 256, succ 256",
        "-Cllvm-args=-tail-dup-pred-size=256 -Cllvm-args=-tail-dup-succ-size=256",
        false,
    ),
    ("size 16", "-Cllvm-args=-tail-dup-size=16", true),
    ("size 32", "-Cllvm-args=-tail-dup-size=32", false),
    (
        "pred 256, succ 256, size 32",
        "-Cllvm-args=-tail-dup-pred-size=256 -Cllvm-args=-tail-dup-succ-size=256 -Cllvm-args=-tail-dup-size=32",
        false,
    ),
    ("target-cpu=native", "-Ctarget-cpu=native", true),
];

/// Builds every variant into a target directory of its own, shows how often its loop dispatches, and measures.
pub fn main() {
    let root = std::env::temp_dir().join("perilune-spike-flags");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut builds = Vec::new();
    for (index, (label, flags, measured)) in FLAGS.iter().enumerate() {
        let target = root.join(index.to_string());
        let status = Command::new("cargo")
            .args(["build", "--quiet", "--release", "--manifest-path", manifest])
            .env("RUSTFLAGS", flags)
            .env("CARGO_TARGET_DIR", &target)
            .status();
        assert!(
            status.expect("cannot start cargo").success(),
            "{label} does not build"
        );
        let exe = target.join("release/perilune-spikes").display().to_string();
        println!("{label}: {}", indirect_jumps(&exe));
        if *measured {
            builds.push(((*label).to_owned(), exe));
        }
    }
    compare_builds(&builds);
}

/// Indirect jumps and size of the `match` loop over one-word values.
fn indirect_jumps(exe: &str) -> String {
    let output = Command::new("objdump")
        .args(["-dC", "--no-show-raw-insn", exe])
        .output()
        .expect("objdump is needed");
    let text = String::from_utf8_lossy(&output.stdout);
    let functions = text.split("\n\n").filter(|function| {
        function
            .lines()
            .next()
            .is_some_and(|head| head.contains("match_loop::run") || head.contains("interp::run"))
    });
    let describe = |function: &str| {
        let jumps = function
            .lines()
            .filter(|line| line.contains("jmp") && line.contains('*'))
            .count();
        format!(
            "{jumps} indirect jumps in {} instructions",
            function.lines().count() - 1
        )
    };
    functions.map(describe).collect::<Vec<_>>().join("; ")
}
