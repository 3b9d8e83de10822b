//! How the command is linked.

fn main() {
    // At a fixed address there is nothing to relocate when the command starts: the thousands of pointers in the tables of its
    // libraries stay in pages that are never touched. See docs/decisions/0007-aot-linking.md.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
