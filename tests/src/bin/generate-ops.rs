//! Writes the generated operator programs into `tests/run/ops`; `cargo xtask bless ops/` then blesses them.

use std::fs;
use std::io;

use perilune_tests::{corpus, ops};

fn main() -> io::Result<()> {
    let folder = corpus::tests_folder().join("run/ops");
    fs::create_dir_all(&folder)?;
    let programs = ops::programs();
    for program in &programs {
        fs::write(folder.join(&program.name).with_extension("lua"), &program.source)?;
    }
    println!("{} programs in {}", programs.len(), folder.display());
    Ok(())
}
