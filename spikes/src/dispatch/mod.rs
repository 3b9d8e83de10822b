//! Spike 1: how the interpreter dispatches, and whether one text of each operation can serve all tiers.

mod interp;
mod machine;
mod match_loop;
mod programs;
mod record;
mod tail;
mod threaded;
mod vm;

use crate::bench::{Case, Program, measure};
use crate::repr::{Nan, Repr, Wide};
use programs::LISTINGS;
use vm::{Closure, Stop, Vm};

const VARIANTS: &[(&str, &str)] = &[
    ("match", "(a) match in a loop"),
    ("machine", "(b) generic over Machine"),
    ("tail-c", "(c) sibling calls, extern \"C\""),
    ("tail-rust", "(c) sibling calls, Rust ABI"),
    ("threaded", "(b) with the endings of (c)"),
    ("match-wide", "(a) with 16-byte values"),
];

/// Measures all programs in all variants.
pub fn main(exe: &str) {
    for listing in LISTINGS {
        let mut cases: Vec<Case> = VARIANTS
            .iter()
            .map(|(v, label)| Case::of(exe, label, "dispatch", v, listing.name))
            .collect();
        cases.push(Case::puc(listing.lua));
        measure(&program(listing, cases));
    }
}

/// Measures variants (a) and (b) of several builds.
pub fn compare_builds(builds: &[(String, String)]) {
    for listing in LISTINGS {
        let mut cases = Vec::new();
        for (label, exe) in builds {
            for variant in ["match", "machine"] {
                cases.push(Case::of(
                    exe,
                    &format!("{variant}, {label}"),
                    "dispatch",
                    variant,
                    listing.name,
                ));
            }
        }
        measure(&program(listing, cases));
    }
}

fn program(listing: &programs::Listing, cases: Vec<Case>) -> Program<'static> {
    Program {
        name: listing.name,
        size: listing.size,
        counted: listing.counted,
        unit: listing.unit,
        cases,
    }
}

/// Runs one variant; returns its result.
pub fn one(variant: &str, name: &str, size: u64) -> i64 {
    match variant {
        "match" => execute::<Nan>(name, size, match_loop::run::<Nan>),
        "match-wide" => execute::<Wide>(name, size, match_loop::run::<Wide>),
        "machine" => execute::<Nan>(name, size, interp::run),
        "threaded" => execute::<Nan>(name, size, threaded::run),
        "tail-c" => execute::<Nan>(name, size, tail::c_abi::run),
        "tail-rust" => execute::<Nan>(name, size, tail::rust_abi::run),
        _ => panic!("no variant {variant}"),
    }
}

type Run<V> = unsafe fn(&mut Vm<V>, *const Closure<V>, *mut V) -> Result<V, Stop>;

fn execute<V: Repr>(name: &str, size: u64, run: Run<V>) -> i64 {
    let (closure, arguments) = programs::build::<V>(name, size);
    let mut vm = Vm::new();
    let base = vm.enter(closure, &arguments);
    // SAFETY: `build` makes well-formed code, `enter` put the arguments at `base`.
    let result = unsafe { run(&mut vm, closure, base) }.expect("the programs have no errors");
    result
        .as_int()
        .or(result.as_float().map(|float| float as i64))
        .expect("a number")
}

/// Prints the SSA which the recording machine makes of a program.
pub fn print_ssa(name: &str, feedback: &str) {
    let feedback = match feedback {
        "ints" => record::Feedback::Ints,
        "floats" => record::Feedback::Floats,
        _ => record::Feedback::Anything,
    };
    let (closure, _) = programs::build::<Nan>(name, 1);
    // SAFETY: just built and leaked.
    let proto = unsafe { &*(*closure).proto };
    println!("{}", record::record(&proto.code, proto.registers, feedback));
}
