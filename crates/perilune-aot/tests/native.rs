//! Machine code gets into executables and is run: with a few instructions written by hand in place of a compiler's output.

use perilune_aot::graph::{self, Module};
use perilune_aot::native::{Native, Relocation, RelocationKind, Symbol};
use perilune_aot::program::{self, Input, Options};
use perilune_aot::{Strip, object};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `f` is the second function in preorder, after the main chunk; `g` the third.
const SOURCE: &str = "local function f() return 14 end\nlocal function g() return f() end\nos.exit(g() + f() + f())";

/// Where the text is that the code writes.
const TEXT_AT: usize = 48;

/// Writes a text to the standard output, then leaves everything to the interpreter (`status::RESUME`, 1).
fn code() -> Native {
    let mut text = vec![0x50]; // push rax: aligns the stack
    text.extend([0xbf, 1, 0, 0, 0]); // mov edi, 1
    text.extend([0x48, 0x8d, 0x35]); // lea rsi, [rip + …]
    text.extend((TEXT_AT as u32 - (text.len() as u32 + 4)).to_le_bytes());
    text.extend([0xba, 5, 0, 0, 0]); // mov edx, 5
    text.extend([0xff, 0x15]); // call [rip + write@GOTPCREL]
    let got = text.len() as u64;
    text.extend([0; 4]);
    text.extend([0x59, 0xb8, 1, 0, 0, 0, 0xc3]); // pop rcx; mov eax, 1; ret
    let size = text.len() as u64;
    text.resize(TEXT_AT, 0xcc);
    text.extend(b"code\n");
    let relocation = Relocation { offset: got, kind: RelocationKind::Got32, symbol: "write".into(), addend: -4 };
    let symbol = Symbol { name: "app.lua:1:f".into(), offset: 0, size };
    Native { text, functions: vec![None, Some(symbol), None], relocations: vec![relocation], ..Native::default() }
}

/// The runtime, built in release mode, as the matrix of test programs has it too.
fn runtime() -> PathBuf {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let words = ["build", "--release", "--quiet", "-p", "perilune-rt"];
    let status = Command::new(env!("CARGO")).args(words).current_dir(workspace).status().unwrap();
    assert!(status.success(), "cargo build --release -p perilune-rt failed");
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    workspace.join(target).join("release").join(perilune_aot::runtime::FILE)
}

#[test]
fn code_of_functions_is_entered_and_may_leave_everything_to_the_interpreter() {
    let folder = std::env::temp_dir().join(format!("perilune-native-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let (source, output) = (folder.join("app.lua"), folder.join("app"));
    std::fs::write(&source, SOURCE).unwrap();
    let module = graph::compile_file(source.as_os_str().as_bytes(), &graph::Options::default()).unwrap();
    let module = Module { native: Some(code()), ..module };
    let input = Input { name: b"app.lua".to_vec(), bytes: object::write(&[module]).unwrap() };
    let runtime = runtime();
    let options = Options {
        output: &output,
        runtime: &runtime,
        strip: Strip::Nothing,
        linker: None,
        external: &[],
        allow_missing: false,
    };
    let warnings = program::link(&[input], &options).unwrap();
    let outcome = Command::new(&output).output().unwrap();
    let symbol = b"app.lua:1:f";
    let executable = std::fs::read(&output).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(String::from_utf8_lossy(&outcome.stderr), "");
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "code\n".repeat(3));
    assert_eq!(outcome.status.code(), Some(42));
    assert!(executable.windows(symbol.len()).any(|window| window == symbol), "functions have names for debuggers");
}
