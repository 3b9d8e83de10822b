//! Opens the libraries.

use crate::{base, coroutine, debug, io, math, os, package, string, table, utf8};
use perilune_vm::{Table, Thread};

/// A library's name and what makes it.
type Library = (&'static str, fn(&mut Thread) -> Table);

/// All libraries but the basic one and `package`, which come before them.
const LIBRARIES: &[Library] = &[
    ("coroutine", coroutine::open),
    ("table", table::open),
    ("io", io::open),
    ("os", os::open),
    ("string", string::open),
    ("math", math::open),
    ("utf8", utf8::open),
    ("debug", debug::open),
];

/// Makes all libraries and stores them as globals and in `package.loaded`.
pub fn open_all(t: &mut Thread) {
    base::open(t);
    let package = package::open(t);
    let registry = t.registry();
    let loaded = match t.field(registry, "_LOADED").as_table() {
        Some(loaded) => loaded,
        None => {
            let loaded = t.new_table(0, 0);
            t.set_field(registry, "_LOADED", loaded);
            loaded
        }
    };
    let globals = t.globals();
    t.set_field(loaded, "_G", globals);
    t.set_field(globals, "package", package);
    t.set_field(loaded, "package", package);
    for &(name, open) in LIBRARIES {
        let library = open(t);
        t.set_field(globals, name, library);
        t.set_field(loaded, name, library);
    }
}
