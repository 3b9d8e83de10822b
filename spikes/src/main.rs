//! Spikes: small programs that measure the bets of the design. `docs/decisions/` quotes their output.
//!
//! `dispatch`, `values`, `tables` measure everything of one spike; `flags` builds the `match` interpreter with several LLVM
//! flags and compares; `ssa PROGRAM ints|floats|any` prints what the recording machine makes of a program;
//! `one SPIKE VARIANT PROGRAM SIZE` runs a single case and prints nanoseconds and a checksum.

mod bench;
mod boxes;
mod dispatch;
mod flags;
mod repr;
mod tables;
mod values;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let exe = std::env::current_exe()
        .expect("own path")
        .display()
        .to_string();
    let words: Vec<&str> = arguments[1..].iter().map(String::as_str).collect();
    match words[..] {
        ["dispatch"] => dispatch::main(&exe),
        ["flags"] => flags::main(),
        ["tables"] => tables::main(&exe),
        ["values"] => values::main(&exe),
        ["ssa", program, feedback] => dispatch::print_ssa(program, feedback),
        ["one", spike, variant, program, size] => {
            let size = size.parse().expect("a size");
            bench::report(|| match spike {
                "dispatch" => dispatch::one(variant, program, size),
                "values" => values::one(variant, program, size),
                "tables" => tables::one(variant, program, size),
                "boxes" => boxes::one(variant, program, size),
                _ => panic!("no spike {spike}"),
            });
        }
        _ => eprintln!(
            "usage: dispatch | flags | values | tables | ssa PROGRAM FEEDBACK | one SPIKE VARIANT PROGRAM SIZE"
        ),
    }
}
