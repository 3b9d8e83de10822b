//! The contract between compiled modules and the runtime they are linked with: how a module is described in memory, how
//! symbols are called, and the number that says which contract it is.
//!
//! `perilune-aot` writes objects by it, `perilune-rt` reads what the loader has mapped. Both sides have this crate and nothing
//! else in common.

use perilune_front::binary;

/// Version of what stands in this file and of what compiled code expects of the runtime. Whoever changes either raises it.
const VERSION: u64 = 6;

/// Names the contract: objects and runtimes whose numbers differ must not be linked. It covers [`VERSION`], the version of
/// Perilune, the format of bytecode and the opcode table.
pub const ABI: u64 = abi();

/// Beginning of the symbol that every runtime defines, followed by [`ABI`] in decimal digits. The table of modules refers to it,
/// so that no linker whatsoever combines what does not belong together.
pub const ABI_PREFIX: &str = "perilune_abi_";

/// The symbol of the [`ModuleTable`].
pub const TABLE_SYMBOL: &str = "perilune_modules";

const fn abi() -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut text = env!("CARGO_PKG_VERSION").as_bytes();
    while let [byte, rest @ ..] = text {
        hash = mix(hash, *byte as u64);
        text = rest;
    }
    mix(mix(mix(hash, VERSION), binary::VERSION as u64), binary::fingerprint() as u64)
}

/// A step of FNV-1a.
const fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The symbol that stands for a contract.
#[must_use]
pub fn abi_symbol(abi: u64) -> String {
    format!("{ABI_PREFIX}{abi}")
}

/// The symbol of a module's [`Module`]: `perilune_module_` and its name, in which all but letters, digits, `_` and `.` becomes `$`
/// and two hexadecimal digits.
#[must_use]
pub fn module_symbol(name: &[u8]) -> String {
    let mut symbol = String::from("perilune_module_");
    for &byte in name {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' {
            symbol.push(byte as char);
        } else {
            symbol.push_str(&format!("${byte:02x}"));
        }
    }
    symbol
}

/// A pointer with a length, as objects write it. The pointer of an empty one may be null.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Span<T> {
    /// The first element.
    pub start: *const T,
    /// Number of elements.
    pub length: usize,
}

impl<T> Span<T> {
    /// The elements.
    ///
    /// # Safety
    /// `start` must point to `length` elements that are never written, or `length` must be 0.
    #[must_use]
    pub unsafe fn as_slice(&self) -> &'static [T] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}

/// The code of a compiled function: called as `perilune_vm::tier::Code` says.
pub type CodePointer = *const u8;

/// A module as the runtime finds it. Objects keep it in `.data.rel.ro`, which is read-only when the program starts.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Module {
    /// [`ABI`]
    pub abi: u64,
    /// The name that `require` knows it by.
    pub name: Span<u8>,
    /// The source file, as `require` found it at compile time: its loader's second argument.
    pub file: Span<u8>,
    /// The binary chunk.
    pub chunk: Span<u8>,
    /// The code of each function of the chunk, in preorder: a function before the functions inside it. Null where a function was
    /// not compiled; empty where none was.
    pub functions: Span<CodePointer>,
}

/// All modules of a program, the main one first: the number, and as many pointers after it.
#[repr(C)]
#[derive(Debug)]
pub struct ModuleTable {
    /// The symbol of the contract, wherever that is.
    pub runtime: *const u8,
    /// Number of modules, at least one.
    pub count: usize,
    /// The first pointer.
    pub first: [*const Module; 0],
}

// SAFETY: tables and what they refer to are mapped read-only.
unsafe impl Sync for ModuleTable {}

impl ModuleTable {
    /// The modules.
    ///
    /// # Safety
    /// `count` valid pointers must follow it, as in tables that `perilune-aot` wrote.
    #[must_use]
    pub unsafe fn modules(&'static self) -> &'static [&'static Module] {
        // SAFETY: the caller's promise; a reference has the shape of a valid pointer.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr().cast(), self.count) }
    }
}

/// Sizes and positions in these types, for those who write them byte by byte.
pub mod layout {
    use super::Module;
    use std::mem::offset_of;

    /// Bytes of a pointer or a count.
    pub const WORD: usize = 8;
    /// Bytes of a [`Module`].
    pub const MODULE: usize = size_of::<Module>();
    /// Position of [`Module::abi`].
    pub const ABI: usize = offset_of!(Module, abi);
    /// Position of [`Module::name`]; pointer first, then the length.
    pub const NAME: usize = offset_of!(Module, name);
    /// Position of [`Module::file`].
    pub const FILE: usize = offset_of!(Module, file);
    /// Position of [`Module::chunk`].
    pub const CHUNK: usize = offset_of!(Module, chunk);
    /// Position of [`Module::functions`].
    pub const FUNCTIONS: usize = offset_of!(Module, functions);
}

#[cfg(test)]
mod tests {
    use super::module_symbol;

    #[test]
    fn symbols_are_legible_and_differ() {
        assert_eq!(module_symbol(b"a.b_1"), "perilune_module_a.b_1");
        assert_eq!(module_symbol(b"x-y/z$\xff"), "perilune_module_x$2dy$2fz$24$ff");
    }
}
