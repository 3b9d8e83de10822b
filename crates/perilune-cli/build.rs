//! Links the unwinder, which Rust's standard library wants for backtraces, into the command where the C compiler has it as an
//! archive: loading it as a shared library takes a good part of the time that a short script runs.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu")
        && std::env::var("HOST") == std::env::var("TARGET")
        && let Some(directory) = directory_of("libgcc_eh.a")
    {
        println!("cargo:rustc-link-search=native={directory}");
        println!("cargo:rustc-link-lib=static:+whole-archive=gcc_eh");
    }
}

/// Where the C compiler keeps an archive.
fn directory_of(archive: &str) -> Option<String> {
    let output = Command::new("cc").arg(format!("-print-file-name={archive}")).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    // A file that it does not have is named without a directory.
    let directory = Path::new(path.trim()).parent().filter(|path| path.is_absolute())?;
    directory.to_str().map(str::to_owned)
}
