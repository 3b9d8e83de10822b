//! Luau: sources are compiled apart from the virtual machine, and natively on request.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

use mlua::ffi;

use crate::{Options, push_bytes, without_shebang};

/// Whether functions loaded by scripts are compiled to native code as well.
static CODEGEN: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    static stdout: *mut c_void;
    fn setvbuf(stream: *mut c_void, buffer: *mut c_char, mode: c_int, size: usize) -> c_int;
}

/// `_IOLBF` of the C libraries of Linux.
const LINE_BUFFERED: c_int = 1;

/// Opens the standard libraries, adds the loaders and prepares native code generation.
///
/// # Safety
/// `state` is a new state.
pub unsafe fn open(state: *mut ffi::lua_State, options: &Options) {
    CODEGEN.store(options.codegen, Ordering::Relaxed);
    // SAFETY: by the caller's promise.
    unsafe {
        if options.codegen {
            assert!(
                ffi::luau_codegen_supported() != 0,
                "no native code on this machine"
            );
            ffi::luau_codegen_create(state);
        }
        // Scripts cannot flush what they print: they have no library for files.
        setvbuf(stdout, std::ptr::null_mut(), LINE_BUFFERED, 0);
        ffi::luaL_openlibs(state);
        ffi::lua_pushcfunction(state, load_file);
        ffi::lua_setglobal(state, c"loadfile".as_ptr());
        ffi::lua_pushcfunction(state, load_string);
        ffi::lua_setglobal(state, c"loadstring".as_ptr());
    }
}

/// Makes the globals read-only and gives the main thread an environment of its own on top.
///
/// # Safety
/// `state` is a valid main state outside of any call.
pub unsafe fn seal(state: *mut ffi::lua_State) {
    // SAFETY: by the caller's promise.
    unsafe {
        ffi::luaL_sandbox(state, 1);
        ffi::luaL_sandboxthread(state);
    }
}

/// Pushes the compiled chunk, or an error message and returns false.
///
/// # Safety
/// `state` is valid and has room for one more value.
pub unsafe fn load(state: *mut ffi::lua_State, source: &[u8], name: &CStr, codegen: bool) -> bool {
    // SAFETY: `lua_CompileOptions` is plain data for which zeroes and null pointers mean "not given".
    let mut options: ffi::lua_CompileOptions = unsafe { std::mem::zeroed() };
    options.optimizationLevel = 2;
    options.debugLevel = 1;
    options.typeInfoLevel = 1;
    // SAFETY: by the caller's promise; the bytecode comes from the compiler of the same library.
    unsafe {
        let bytecode = ffi::luau_compile(source, options);
        let status = ffi::luau_load(
            state,
            name.as_ptr(),
            bytecode.as_ptr().cast(),
            bytecode.len(),
            0,
        );
        if status != 0 {
            return false;
        }
        if codegen {
            ffi::luau_codegen_compile(state, -1);
        }
    }
    true
}

/// Results of a loader: the function, or nil and a message.
unsafe fn return_loaded(state: *mut ffi::lua_State, source: &[u8], name: &CStr) -> c_int {
    // SAFETY: called from C functions of Lua, which have room for several results.
    unsafe {
        if load(state, source, name, CODEGEN.load(Ordering::Relaxed)) {
            return 1;
        }
        ffi::lua_pushnil(state);
        ffi::lua_insert(state, -2);
    }
    2
}

/// The bytes of the argument at `index`; empty if it is no string.
unsafe fn argument_bytes(state: *mut ffi::lua_State, index: c_int) -> Vec<u8> {
    let mut length = 0;
    // SAFETY: Lua returns null or a string of `length` bytes that lives while the argument does.
    unsafe {
        let text = ffi::lua_tolstring(state, index, &mut length);
        if text.is_null() {
            return Vec::new();
        }
        std::slice::from_raw_parts(text.cast::<u8>(), length).to_vec()
    }
}

fn chunk_name(bytes: Vec<u8>) -> CString {
    CString::new(bytes).unwrap_or_default()
}

unsafe extern "C-unwind" fn load_file(state: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua calls this with a valid state and room for several results.
    unsafe {
        let path = String::from_utf8_lossy(&argument_bytes(state, 1)).into_owned();
        match std::fs::read(&path) {
            Ok(source) => return_loaded(
                state,
                without_shebang(&source),
                &chunk_name(format!("@{path}").into_bytes()),
            ),
            Err(error) => {
                ffi::lua_pushnil(state);
                push_bytes(state, format!("cannot read {path}: {error}").as_bytes());
                2
            }
        }
    }
}

unsafe extern "C-unwind" fn load_string(state: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua calls this with a valid state and room for several results.
    unsafe {
        let source = argument_bytes(state, 1);
        let name = argument_bytes(state, 2);
        let name = if name.is_empty() {
            b"=loadstring".to_vec()
        } else {
            name
        };
        return_loaded(state, &source, &chunk_name(name))
    }
}

/// Version of the library's sources.
pub fn version() -> String {
    format!(
        "Luau {}",
        ffi::luau_version().unwrap_or("of unknown version")
    )
}
