//! The `package` library and `require`.

use crate::chunk;
use crate::io::file::open_for_reading;
use crate::system::until_nul;
use perilune_vm::api::LibFunction;
use perilune_vm::{NativeFn, NativeResult, Table, Thread, Throw, Value};

const DEFAULT_PATH: &str = "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;\
    /usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;./?.lua;./?/init.lua";
const DEFAULT_CPATH: &str = "/usr/local/lib/lua/5.4/?.so;/usr/local/lib/lua/5.4/loadall.so;./?.so";

/// Directory separator, path separator, name mark, directory of the executable, ignore mark.
const CONFIG: &str = "/\n;\n?\n!\n-\n";

/// Registry fields.
const LOADED: &str = "_LOADED";
const PRELOAD: &str = "_PRELOAD";
/// Set by hosts that ignore the environment (option `-E`).
const NO_ENVIRONMENT: &str = "LUA_NOENV";

/// What is said of C modules.
const NO_DYNAMIC_LIBRARIES: &str = "dynamic libraries not enabled; check your Lua installation";

const FUNCTIONS: &[LibFunction] = &[("loadlib", loadlib), ("searchpath", searchpath)];

const SEARCHERS: [NativeFn; 4] = [search_preload, search_lua, search_c, search_c_root];

/// Makes the library's table and adds `require` to the globals.
pub fn open(t: &mut Thread) -> Table {
    let package = t.new_lib(FUNCTIONS);
    let searchers = t.new_table(SEARCHERS.len(), 0);
    for (index, searcher) in SEARCHERS.into_iter().enumerate() {
        let searcher = t.new_native(searcher, &[package.into()]);
        // The index is a small integer: a valid key.
        let _ = t.raw_set_int(searchers, index as i64 + 1, searcher);
    }
    t.set_field(package, "searchers", searchers);
    set_path(t, package, "path", "LUA_PATH", DEFAULT_PATH);
    set_path(t, package, "cpath", "LUA_CPATH", DEFAULT_CPATH);
    let config = t.global().str(CONFIG.as_bytes());
    t.set_field(package, "config", config);
    let loaded = registry_table(t, LOADED);
    t.set_field(package, "loaded", loaded);
    let preload = registry_table(t, PRELOAD);
    t.set_field(package, "preload", preload);
    let require = t.new_native(require, &[package.into()]);
    let globals = t.globals();
    t.set_field(globals, "require", require);
    package
}

/// A table in the registry, made if absent.
fn registry_table(t: &mut Thread, name: &str) -> Table {
    let registry = t.registry();
    if let Some(table) = t.field(registry, name).as_table() {
        return table;
    }
    let table = t.new_table(0, 0);
    t.set_field(registry, name, table);
    table
}

/// Sets a path from the environment, unless the host ignores that.
fn set_path(t: &mut Thread, package: Table, field: &str, variable: &str, default: &str) {
    let registry = t.registry();
    let ignore = t.field(registry, NO_ENVIRONMENT).is_truthy();
    let path = if ignore { default.as_bytes().to_vec() } else { path_from_environment(variable, default) };
    let path = t.global().str(&path);
    t.set_field(package, field, path);
}

/// What a variable says, its versioned form first; `;;` in it stands for the default.
fn path_from_environment(variable: &str, default: &str) -> Vec<u8> {
    use std::os::unix::ffi::OsStringExt;
    let versioned = std::env::var_os(format!("{variable}_5_4"));
    match versioned.or_else(|| std::env::var_os(variable)) {
        Some(path) => insert_default(&path.into_vec(), default.as_bytes()),
        None => default.as_bytes().to_vec(),
    }
}

/// What `package.path` is when a program starts.
#[must_use]
pub fn initial_path() -> Vec<u8> {
    path_from_environment("LUA_PATH", DEFAULT_PATH)
}

/// The file that `require` would load a module from, if `package.path` were `path`; or the message that lists all places.
pub fn find_module(name: &[u8], path: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    find_file(name, path, b".", b"/")
}

fn insert_default(path: &[u8], default: &[u8]) -> Vec<u8> {
    let Some(mark) = path.windows(2).position(|pair| pair == b";;") else { return path.to_vec() };
    let (before, after) = (&path[..mark], &path[mark + 2..]);
    let mut result = Vec::new();
    if !before.is_empty() {
        result.extend_from_slice(before);
        result.push(b';');
    }
    result.extend_from_slice(default);
    if !after.is_empty() {
        result.push(b';');
        result.extend_from_slice(after);
    }
    result
}

// ---- finding files ----

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, from) {
        result.extend_from_slice(&rest[..at]);
        result.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    result.extend_from_slice(rest);
    result
}

/// The first readable file of a path, `?` standing for `name` with `separator` replaced; or the message that lists them all.
fn find_file(name: &[u8], path: &[u8], separator: &[u8], directory: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let name = if separator.is_empty() { name.to_vec() } else { replace(name, separator, directory) };
    let names = replace(path, b"?", &name);
    if !names.is_empty()
        && let Some(found) = names.split(|&byte| byte == b';').find(|name| open_for_reading(name).is_ok())
    {
        return Ok(found.to_vec());
    }
    Err([b"no file '".as_slice(), &replace(&names, b";", b"'\n\tno file '"), b"'"].concat())
}

fn opt_text<'a>(t: &mut Thread, index: usize, default: &'a [u8]) -> Result<&'a [u8], Throw> {
    Ok(t.opt_str(index)?.map_or(default, |text| until_nul(text.bytes())))
}

fn check_text<'a>(t: &mut Thread, index: usize) -> Result<&'a [u8], Throw> {
    Ok(until_nul(t.check_str(index)?.bytes()))
}

fn searchpath(t: &mut Thread) -> NativeResult {
    let (name, path) = (check_text(t, 1)?, check_text(t, 2)?);
    let (separator, directory) = (opt_text(t, 3, b".")?, opt_text(t, 4, b"/")?);
    match find_file(name, path, separator, directory) {
        Ok(found) => {
            t.push_bytes(&found)?;
            Ok(1)
        }
        Err(message) => {
            t.push(Value::NIL);
            t.push_bytes(&message)?;
            Ok(2)
        }
    }
}

/// The field of the package table (upvalue 1) with a path.
fn package_path<'a>(t: &mut Thread, field: &str) -> Result<&'a [u8], Throw> {
    let package = t.upvalue(1);
    let path = t.index_field(package, field)?;
    let path = if path.is_number() { Some(t.tostring(path)?) } else { path.as_str() };
    match path {
        Some(path) => Ok(until_nul(path.bytes())),
        None => Err(t.error(format!("'package.{field}' must be a string"))),
    }
}

// ---- searchers ----

/// A searcher's result for what it did not find.
fn push_message(t: &mut Thread, message: &[u8]) -> NativeResult {
    t.push_bytes(message)?;
    Ok(1)
}

#[cold]
fn load_error(t: &mut Thread, name: &[u8], file: &[u8], message: &[u8]) -> Throw {
    t.error([b"error loading module '", name, b"' from file '", file, b"':\n\t", message].concat())
}

fn search_preload(t: &mut Thread) -> NativeResult {
    let name = t.check_str(1)?;
    let preload = registry_table(t, PRELOAD);
    let loader = t.index(preload.into(), name.into())?;
    if loader.is_nil() {
        let message = [b"no field package.preload['", until_nul(name.bytes()), b"']"].concat();
        return push_message(t, &message);
    }
    t.push(loader);
    t.push_bytes(b":preload:")?;
    Ok(2)
}

fn search_lua(t: &mut Thread) -> NativeResult {
    let name = check_text(t, 1)?;
    let path = package_path(t, "path")?;
    let file = match find_file(name, path, b".", b"/") {
        Ok(file) => file,
        Err(message) => return push_message(t, &message),
    };
    match chunk::load_file(t, Some(&file), b"bt") {
        Ok(loader) => {
            t.push(loader);
            t.push_bytes(&file)?;
            Ok(2)
        }
        Err(message) => Err(load_error(t, name, &file, &message)),
    }
}

fn search_c(t: &mut Thread) -> NativeResult {
    let name = check_text(t, 1)?;
    let path = package_path(t, "cpath")?;
    match find_file(name, path, b".", b"/") {
        Ok(file) => Err(load_error(t, name, &file, NO_DYNAMIC_LIBRARIES.as_bytes())),
        Err(message) => push_message(t, &message),
    }
}

fn search_c_root(t: &mut Thread) -> NativeResult {
    let name = check_text(t, 1)?;
    let Some(dot) = memchr::memchr(b'.', name) else { return Ok(0) };
    let path = package_path(t, "cpath")?;
    match find_file(&name[..dot], path, b".", b"/") {
        Ok(file) => Err(load_error(t, name, &file, NO_DYNAMIC_LIBRARIES.as_bytes())),
        Err(message) => push_message(t, &message),
    }
}

fn loadlib(t: &mut Thread) -> NativeResult {
    t.check_str(1)?;
    t.check_str(2)?;
    t.push(Value::NIL);
    t.push_bytes(NO_DYNAMIC_LIBRARIES.as_bytes())?;
    t.push_bytes(b"absent")?;
    Ok(3)
}

// ---- require ----

fn require(t: &mut Thread) -> NativeResult {
    let name = t.check_str(1)?;
    let loaded = registry_table(t, LOADED);
    let module = t.index(loaded.into(), name.into())?;
    if module.is_truthy() {
        t.push(module);
        return Ok(1);
    }
    let (loader, data) = find_loader(t, name.into())?;
    let result = t.call(loader, &[name.into(), data])?;
    if !result.is_nil() {
        t.set_index(loaded.into(), name.into(), result)?;
    }
    let mut module = t.index(loaded.into(), name.into())?;
    if module.is_nil() {
        module = Value::TRUE;
        t.set_index(loaded.into(), name.into(), module)?;
    }
    t.push(module);
    t.push(data);
    Ok(2)
}

/// Asks the searchers in turn; the loader and its second argument.
fn find_loader(t: &mut Thread, name: Value) -> Result<(Value, Value), Throw> {
    let package = t.upvalue(1);
    let Some(searchers) = t.index_field(package, "searchers")?.as_table() else {
        return Err(t.error("'package.searchers' must be a table"));
    };
    let mut messages = Vec::new();
    for index in 1.. {
        let searcher = searchers.get_int(index);
        if searcher.is_nil() {
            break;
        }
        t.push(searcher);
        t.push(name);
        t.call_pushed(1, 2)?;
        let (loader, data) = (t.from_top(1), t.from_top(0));
        t.pop(2);
        if loader.is_function() {
            return Ok((loader, data));
        }
        if loader.as_str().is_some() || loader.is_number() {
            let message = t.tostring(loader)?;
            messages.extend_from_slice(b"\n\t");
            messages.extend_from_slice(message.bytes());
        }
    }
    let name = name.as_str().map_or(b"".as_slice(), |name| until_nul(name.bytes()));
    Err(t.error([b"module '", name, b"' not found:", &messages].concat()))
}

#[cfg(test)]
mod tests {
    use super::{find_file, insert_default};

    #[test]
    fn two_separators_stand_for_the_default_path() {
        let check = |path: &str, expected: &str| {
            assert_eq!(insert_default(path.as_bytes(), b"D"), expected.as_bytes(), "{path}");
        };
        check("a;b", "a;b");
        check(";;", "D");
        check("a;;", "a;D");
        check(";;b", "D;b");
        check("a;;b", "a;D;b");
        check("a;;b;;c", "a;D;b;;c");
    }

    #[test]
    fn what_was_looked_for_is_listed() {
        let message = find_file(b"a.b", b"/nowhere/?.x;/nowhere/?/?.y", b".", b"/").unwrap_err();
        assert_eq!(message, b"no file '/nowhere/a/b.x'\n\tno file '/nowhere/a/b/a/b.y'");
    }
}
