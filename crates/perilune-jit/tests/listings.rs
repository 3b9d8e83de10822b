//! Listings of `tests/dump/ir` and `tests/dump/asm`: each file is a source with its expected listing in the comments that end it.
//!
//! `BLESS=1 cargo test -p perilune-jit --test listings` writes them anew. They are of code for objects, which is the same in each
//! process and on each machine of the architecture.

use perilune_front::compiler;
use perilune_jit::listing::{Wanted, of_module};
use std::path::{Path, PathBuf};

fn listing(source: &str, wanted: &Wanted) -> String {
    let proto = compiler::compile(source.as_bytes(), b"=test").unwrap();
    let text = of_module(&proto, wanted).unwrap();
    text.lines().map(|line| format!("-- {line}").trim_end().to_owned() + "\n").collect()
}

fn check(folder: &str, wanted: &Wanted) {
    let folder_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dump").join(folder);
    let bless = std::env::var_os("BLESS").is_some();
    let mark = format!("--- {folder}\n");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder_path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, expected) = text.split_once(&mark).unwrap_or((&text, ""));
        let found = listing(source, wanted);
        if bless {
            std::fs::write(&path, format!("{source}{mark}{found}")).unwrap();
        } else {
            assert_eq!(expected, found, "{}: BLESS=1 accepts the new listing", path.display());
        }
    }
}

#[test]
fn ir_is_as_expected() {
    check("ir", &Wanted { ir: Some(String::new()), ..Wanted::default() });
}

#[test]
#[cfg(target_arch = "x86_64")]
fn machine_code_is_as_expected() {
    check("asm", &Wanted { ir: Some(String::new()), asm: true, ..Wanted::default() });
}

/// Each byte of machine code is shown once, and all that is shown belongs to an instruction of bytecode or to the ends.
#[test]
#[cfg(target_arch = "x86_64")]
fn nothing_is_left_out() {
    let source = "local a, b = ... while a < b do a = a * 1.5 + #b end return a.x, b .. a, function() return a end";
    let offsets = |wanted: &Wanted| {
        let text = listing(source, wanted);
        let is_offset = |word: &str| word.len() == 4 && word.chars().all(|c| c.is_ascii_hexdigit());
        let code = text.lines().filter_map(|line| line.strip_prefix("--                 "));
        let mut offsets: Vec<String> = code.filter_map(|line| line.split("  ").next()).map(str::to_owned).collect();
        offsets.retain(|word| is_offset(word));
        offsets.sort();
        offsets
    };
    let alone = offsets(&Wanted { asm: true, ..Wanted::default() });
    let together = offsets(&Wanted { ir: Some("gvn".to_owned()), asm: true, ..Wanted::default() });
    assert!(alone.len() > 200);
    assert_eq!(alone, together);
}
