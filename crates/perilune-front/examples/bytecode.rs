//! Prints the bytecode of a Lua file: `cargo run --example bytecode FILE [FUNCTION]`. With `--time`, how long compiling takes.

use perilune_front::{compiler, disasm, verify};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let time = args.first().is_some_and(|arg| arg == "--time");
    if time {
        args.remove(0);
    }
    let path = args.first().expect("usage: bytecode [--time] FILE [FUNCTION]");
    let source = std::fs::read(path).expect("the file can be read");
    let start = std::time::Instant::now();
    let proto = match compiler::compile(&source, format!("@{path}").as_bytes()) {
        Ok(proto) => proto,
        Err(error) => return println!("{error}"),
    };
    let compiled = start.elapsed();
    let start = std::time::Instant::now();
    let verified = verify::verify(&proto);
    if time {
        println!("compile {compiled:?}, verify {:?}: {verified:?}", start.elapsed());
        return;
    }
    print!("{}", disasm::disassemble(&proto, &disasm::Options { function: args.get(1).cloned() }));
    if let Err(error) = verified {
        println!("{error}");
    }
}
