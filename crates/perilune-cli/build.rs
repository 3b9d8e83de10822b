//! How the command is linked.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // At a fixed address there is nothing to relocate when the command starts: the thousands of pointers in the tables of
        // its libraries stay in pages that are never touched. See docs/decisions/0007-aot-linking.md.
        println!("cargo:rustc-link-arg-bins=-no-pie");
        gather_what_starts();
        link_unwinder();
    }
    println!("cargo:rerun-if-changed=build.rs");
}

/// Places the code that runs at every start together: see `start.ld`.
fn gather_what_starts() {
    let script =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the package's folder")).join("start.ld");
    println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
    println!("cargo:rerun-if-changed=start.ld");
}

/// Takes the unwinder from the C compiler's archive, where it has one: the shared library with the same functions costs a
/// fifth of the time that the command takes to start. `docs/decisions/0007-aot-linking.md` has the figure.
fn link_unwinder() {
    println!("cargo:rerun-if-env-changed=CC");
    let same_machine = std::env::var("HOST") == std::env::var("TARGET");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let Ok(answer) = Command::new(compiler).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let archive = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    // A compiler that has no such archive repeats the name.
    if let (true, true, Some(folder)) = (same_machine, archive.is_absolute(), archive.parent()) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
