//! Listings of `tests/dump/bytecode`: each file is a source with its expected bytecode in the comments that end it.
//!
//! `BLESS=1 cargo test -p perilune-front --test bytecode` writes the listings anew. With `LUA_CORPUS=DIR` every Lua file
//! below that directory must compile to code that passes the verifier and survives the binary format.

use perilune_front::{binary, compiler, disasm, verify};
use std::path::{Path, PathBuf};

/// Where the listing begins.
const MARK: &str = "--- bytecode\n";

fn lua_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lua") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn listing(source: &str) -> String {
    let proto = compiler::compile(source.as_bytes(), b"=test").unwrap();
    verify::verify(&proto).unwrap();
    let listing = disasm::disassemble(&proto, &disasm::Options::default());
    listing.lines().map(|line| format!("-- {line}").trim_end().to_owned() + "\n").collect()
}

#[test]
fn listings_are_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dump/bytecode");
    let bless = std::env::var_os("BLESS").is_some();
    let files = lua_files(&folder);
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let found = listing(source);
        if bless {
            std::fs::write(&path, format!("{source}{MARK}{found}")).unwrap();
        } else {
            assert_eq!(expected, found, "{}: BLESS=1 accepts the new listing", path.display());
        }
    }
}

#[test]
fn a_corpus_compiles_to_valid_code() {
    let Some(folder) = std::env::var_os("LUA_CORPUS") else { return };
    for path in lua_files(Path::new(&folder)) {
        let mut source = std::fs::read(&path).unwrap();
        if source.starts_with(b"#") {
            source.splice(..1, *b"--#");
        }
        let Ok(proto) = compiler::compile(&source, b"=corpus") else { continue };
        assert_eq!(verify::verify(&proto), Ok(()), "{}", path.display());
        assert_eq!(binary::undump(&binary::dump(&proto, false), b"=corpus").as_ref(), Ok(&proto), "{}", path.display());
    }
}

#[test]
fn a_nul_ends_the_name_of_a_chunk() {
    let proto = compiler::compile(b"return function() end", b"=name\0rest").unwrap();
    assert_eq!((proto.source.as_deref(), proto.children[0].source.as_deref()), (Some(&b"=name"[..]), Some(&b"=name"[..])));
}
