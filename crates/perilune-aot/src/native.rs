//! Machine code for a module, in the form that objects take it: what a compiler hands over.

/// The machine code of a module's functions.
#[derive(Debug, Clone, Default)]
pub struct Native {
    /// The code of all functions, as it stands in `.text`.
    pub text: Vec<u8>,
    /// For each function of the module in preorder, a function before those inside it: where its code is, if it was compiled.
    pub functions: Vec<Option<Symbol>>,
    /// What the linker has to fill in.
    pub relocations: Vec<Relocation>,
    /// How the functions' frames are unwound, as it stands in `.eh_frame`.
    pub frames: Vec<u8>,
    /// References from there to the text.
    pub frame_references: Vec<FrameReference>,
    /// Debug information.
    pub debug: Vec<DebugSection>,
}

/// A section with debug information, which linkers put together with those of other objects.
#[derive(Debug, Clone)]
pub struct DebugSection {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Addresses in it.
    pub references: Vec<DebugReference>,
}

/// An address in debug information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DebugReference {
    /// Where it stands.
    pub offset: u64,
    /// Whether it has eight bytes, not four.
    pub wide: bool,
    /// The section that it is in; `None` for the text.
    pub section: Option<&'static str>,
    /// The place there.
    pub target: u64,
}

/// Where call frame information says which code it is about: by the distance from there, in 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameReference {
    /// Where in the call frame information.
    pub offset: u64,
    /// The place in the text.
    pub target: u64,
}

/// A piece of code with a name, for debuggers and profilers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called, such as `app.lua:12:frobnicate`.
    pub name: String,
    /// Where it begins in the text.
    pub offset: u64,
    /// Bytes of it.
    pub size: u64,
}

/// A reference from the text to a symbol of the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// Where in the text.
    pub offset: u64,
    /// What is written there.
    pub kind: RelocationKind,
    /// The symbol.
    pub symbol: String,
    /// A number that is added.
    pub addend: i64,
}

/// The kinds of references that code may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelocationKind {
    /// The address, in 64 bits.
    Absolute64,
    /// The distance from the reference to the symbol, in 32 bits.
    Relative32,
    /// The same of a function that is called, which may be far away.
    Call32,
    /// The distance to a word that holds the address, in 32 bits.
    Got32,
}
