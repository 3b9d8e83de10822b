//! PUC Lua and LuaJIT, whose C interfaces agree in what is needed here.

use std::ffi::{CStr, c_char};

use mlua::ffi;

use crate::{Options, top_text};

/// Opens the standard libraries and switches LuaJIT's compiler off if asked to.
///
/// # Safety
/// `state` is a new state.
pub unsafe fn open(state: *mut ffi::lua_State, options: &Options) {
    // SAFETY: by the caller's promise.
    unsafe {
        ffi::luaL_openlibs(state);
        if options.jit_off {
            evaluate(state, c"jit.off()");
        }
    }
}

/// Nothing is left to do once the globals are set.
///
/// # Safety
/// None needed.
pub unsafe fn seal(_: *mut ffi::lua_State) {}

/// Pushes the compiled chunk, or an error message and returns false.
///
/// # Safety
/// `state` is valid and has room for one more value.
pub unsafe fn load(state: *mut ffi::lua_State, source: &[u8], name: &CStr, _codegen: bool) -> bool {
    // SAFETY: by the caller's promise; pointer and length belong to one slice.
    unsafe {
        ffi::luaL_loadbuffer(
            state,
            source.as_ptr() as *const c_char,
            source.len(),
            name.as_ptr(),
        ) == ffi::LUA_OK
    }
}

/// Runs a chunk that leaves at most one result on the stack.
unsafe fn evaluate(state: *mut ffi::lua_State, chunk: &CStr) {
    // SAFETY: only called with a new state.
    unsafe {
        if !load(state, chunk.to_bytes(), c"=peer", false)
            || ffi::lua_pcall(state, 0, 1, 0) != ffi::LUA_OK
        {
            eprintln!("lua: {}", top_text(state));
        }
    }
}

/// Full name and version as the library itself gives it.
pub fn version() -> String {
    if cfg!(feature = "luajit") {
        return evaluate_in_new_state(c"return jit.version");
    }
    #[cfg(feature = "lua54")]
    {
        // The release number is a macro of the header; `_VERSION` stops at "5.4". It is the last string of `lua_ident`.
        // SAFETY: `lua_ident` is a zero-terminated constant of the library.
        let ident = unsafe { CStr::from_ptr((&raw const lua_ident).cast()) }
            .to_string_lossy()
            .into_owned();
        return ident
            .trim_start_matches("$LuaVersion: ")
            .split("  ")
            .next()
            .unwrap_or_default()
            .to_owned();
    }
    #[allow(unreachable_code)]
    String::new()
}

#[cfg(feature = "lua54")]
unsafe extern "C" {
    static lua_ident: [c_char; 1];
}

fn evaluate_in_new_state(chunk: &CStr) -> String {
    // SAFETY: the state is created, used and closed here.
    unsafe {
        let state = ffi::luaL_newstate();
        ffi::luaL_openlibs(state);
        evaluate(state, chunk);
        let text = top_text(state);
        ffi::lua_close(state);
        text
    }
}
