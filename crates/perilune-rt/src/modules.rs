//! The modules that are part of the executable.

use perilune_module::{ABI, CodePointer, Module, ModuleTable};
use perilune_stdlib::chunk;
use perilune_vm::tier::Code;
use perilune_vm::{NativeResult, Thread, Throw, Value};

unsafe extern "C" {
    /// The table that the linking step has written.
    safe static perilune_modules: ModuleTable;
}

/// All modules, the main one first.
fn all() -> &'static [&'static Module] {
    // SAFETY: the linker takes no table but that of `perilune-aot`.
    unsafe { perilune_modules.modules() }
}

/// The main chunk as a function, or the message why it cannot be loaded.
pub fn load_main(t: &mut Thread) -> Result<Value, Vec<u8>> {
    load(t, all()[0])
}

/// Makes a module's main function.
fn load(t: &mut Thread, module: &Module) -> Result<Value, Vec<u8>> {
    if module.abi != ABI {
        return Err(b"compiled by another version of Perilune".to_vec());
    }
    // SAFETY: what modules refer to is mapped read-only as long as the process lives.
    let (chunk, name) = unsafe { (module.chunk.as_slice(), module.name.as_slice()) };
    let function = chunk::load(t, chunk, &[b"=", name].concat(), b"b")?;
    // SAFETY: as above.
    install_code(function, unsafe { module.functions.as_slice() });
    Ok(function)
}

/// Gives functions their machine code: the main function, and those inside it in preorder.
fn install_code(main: Value, code: &[CodePointer]) {
    let Some(closure) = main.as_lua_closure() else { return };
    // SAFETY: the closure was made just now, and lives as it is looked at here.
    let mut functions = vec![unsafe { closure.as_ref() }.proto];
    for &pointer in code {
        let Some(proto) = functions.pop() else { return };
        functions.extend(proto.get().children.iter().rev());
        // SAFETY: null, which is `None`, or the code of this function: compiled under the same contract, see `ABI`.
        proto.tier().set_entry(unsafe { std::mem::transmute::<CodePointer, Option<Code>>(pointer) }, false);
    }
}

/// Makes `require` look among the modules of the executable before it looks for files, but after `package.preload`.
///
/// The searcher takes the place of the one for Lua files, and asks it for what is not here: so there are as many searchers as
/// anywhere, and errors list the same places.
///
/// # Errors
/// Memory.
pub fn install(t: &mut Thread) -> Result<(), Throw> {
    const LUA_FILES: i64 = 2;
    let globals = t.globals();
    let package = t.index_field(globals.into(), "package")?;
    let Some(searchers) = t.index_field(package, "searchers")?.as_table() else { return Ok(()) };
    let of_files = searchers.get_int(LUA_FILES);
    let searcher = t.new_native(search, &[of_files]);
    t.raw_set_int(searchers, LUA_FILES, searcher)
}

fn search(t: &mut Thread) -> NativeResult {
    let name = t.check_str(1)?;
    // SAFETY: names are mapped read-only as long as the process lives.
    let found = all().iter().find(|module| unsafe { module.name.as_slice() } == name.bytes());
    let Some(module) = found else { return search_files(t, name.into()) };
    // SAFETY: as for names.
    let file = unsafe { module.file.as_slice() };
    match load(t, module) {
        Ok(loader) => {
            t.push(loader);
            t.push_bytes(file)?;
            Ok(2)
        }
        Err(message) => {
            Err(t.error([b"error loading module '", name.bytes(), b"' from file '", file, b"':\n\t", &message].concat()))
        }
    }
}

/// Asks the searcher for Lua files.
fn search_files(t: &mut Thread, name: Value) -> NativeResult {
    let of_files = t.upvalue(1);
    t.push(of_files);
    t.push(name);
    t.call_pushed(1, 2)?;
    Ok(2)
}
