//! PUC Lua 5.4 in this process, for the differential tests: a fresh state for each program.

use std::sync::{Arc, Mutex};

use mlua::{Lua, Variadic};

/// Runs a program under the given chunk name and gives what it writes, or nothing when it fails.
///
/// # Errors
/// A state that cannot be set up.
pub fn run(source: &str, chunk: &str) -> Result<Option<Vec<u8>>, String> {
    let text = |e: mlua::Error| format!("oracle: {e}");
    let lua = Lua::new();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let write = lua
        .create_function(move |_, parts: Variadic<mlua::String>| {
            let mut buffer = sink.lock().unwrap_or_else(|e| e.into_inner());
            parts.iter().for_each(|part| buffer.extend_from_slice(&part.as_bytes()));
            Ok(())
        })
        .map_err(text)?;
    lua.globals().get::<mlua::Table>("io").and_then(|io| io.set("write", write)).map_err(text)?;
    match lua.load(source).set_name(format!("@{chunk}")).exec() {
        Ok(()) => Ok(Some(std::mem::take(&mut *written.lock().unwrap_or_else(|e| e.into_inner())))),
        Err(_) => Ok(None),
    }
}
