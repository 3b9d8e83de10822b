//! A minimal `lua SCRIPT ARGS` around the Lua that this package is built with (PUC 5.4, LuaJIT or Luau).
//!
//! It drives the C interface directly, so that nothing stands between the benchmark and the stock runtime: the default
//! allocator, the standard libraries as shipped. Scripts see `arg` and `clock()`, the CPU time of the process in
//! seconds at the resolution of the kernel. Luau also gets `loadfile` and `loadstring`, and is sandboxed, as its fast
//! paths for built-in functions need an environment that is known not to change.
//!
//! Options: `--version`; `--jit-off` (LuaJIT: interpret); `--codegen` (Luau: native code).

use std::ffi::{CString, c_int};
use std::path::Path;
use std::process::ExitCode;

use mlua::ffi;

#[cfg(feature = "luau")]
mod luau;
#[cfg(not(feature = "luau"))]
mod stock;

#[cfg(feature = "luau")]
use luau as flavour;
#[cfg(not(feature = "luau"))]
use stock as flavour;

/// What the command line asks for.
struct Options {
    version: bool,
    jit_off: bool,
    codegen: bool,
    /// Script and its arguments.
    script: Vec<String>,
}

fn parse_options() -> Result<Options, String> {
    let mut options = Options {
        version: false,
        jit_off: false,
        codegen: false,
        script: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1).peekable();
    while let Some(option) = arguments.next_if(|argument| argument.starts_with('-')) {
        match option.as_str() {
            "--version" => options.version = true,
            "--jit-off" if cfg!(feature = "luajit") => options.jit_off = true,
            "--codegen" if cfg!(feature = "luau") => options.codegen = true,
            _ => return Err(format!("unknown option {option}")),
        }
    }
    options.script = arguments.collect();
    Ok(options)
}

/// CPU time of the process in seconds: what `os.clock` measures in PUC Lua, at a finer resolution.
fn cpu_seconds() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place for the call to fill in.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

unsafe extern "C-unwind" fn clock(state: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua calls this with a valid state and room for a result.
    unsafe { ffi::lua_pushnumber(state, cpu_seconds()) };
    1
}

/// Pushes a byte string.
///
/// # Safety
/// `state` is valid and has room for one more value.
unsafe fn push_bytes(state: *mut ffi::lua_State, bytes: &[u8]) {
    // SAFETY: by the caller's promise; pointer and length belong to one slice.
    unsafe { ffi::lua_pushlstring(state, bytes.as_ptr().cast(), bytes.len()) };
}

/// Sets the globals `clock` and `arg`.
///
/// # Safety
/// `state` is a valid state outside of any call.
unsafe fn set_globals(state: *mut ffi::lua_State, script: &[String]) {
    // SAFETY: by the caller's promise; a fresh stack has room for the few values pushed here.
    unsafe {
        ffi::lua_pushcfunction(state, clock);
        ffi::lua_setglobal(state, c"clock".as_ptr());
        ffi::lua_createtable(state, script.len() as c_int, 1);
        for (index, argument) in script.iter().enumerate() {
            push_bytes(state, argument.as_bytes());
            ffi::lua_rawseti(state, -2, index as _);
        }
        ffi::lua_setglobal(state, c"arg".as_ptr());
    }
}

/// The text on top of the stack, for an error message.
///
/// # Safety
/// `state` is valid and its stack not empty.
unsafe fn top_text(state: *mut ffi::lua_State) -> String {
    let mut length = 0;
    // SAFETY: by the caller's promise; Lua returns null or a string of `length` bytes that lives on the stack.
    unsafe {
        let text = ffi::lua_tolstring(state, -1, &mut length);
        if text.is_null() {
            return "error object is not a string".to_owned();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(text.cast(), length)).into_owned()
    }
}

fn run(options: &Options) -> Result<(), String> {
    let path = options
        .script
        .first()
        .ok_or("usage: lua [OPTIONS] SCRIPT [ARGS]")?;
    let source =
        std::fs::read(Path::new(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
    let chunk_name =
        CString::new(format!("@{path}")).map_err(|_| "script path contains a zero byte")?;
    let source = without_shebang(&source);
    // SAFETY: the state is created here, used by this thread only, and errors of Lua code end in `lua_pcall`.
    unsafe {
        let state = ffi::luaL_newstate();
        if state.is_null() {
            return Err("not enough memory for a state".to_owned());
        }
        flavour::open(state, options);
        set_globals(state, &options.script);
        flavour::seal(state);
        if !flavour::load(state, source, &chunk_name, options.codegen)
            || ffi::lua_pcall(state, 0, 0, 0) != ffi::LUA_OK
        {
            return Err(top_text(state));
        }
        ffi::lua_close(state);
    }
    Ok(())
}

fn without_shebang(source: &[u8]) -> &[u8] {
    if !source.starts_with(b"#") {
        return source;
    }
    let end = source
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(source.len());
    &source[end..]
}

fn main() -> ExitCode {
    let outcome = parse_options().and_then(|options| {
        if options.version {
            println!("{}", flavour::version());
            return Ok(());
        }
        run(&options)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("lua: {message}");
            ExitCode::FAILURE
        }
    }
}
