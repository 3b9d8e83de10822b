//! A compiled function as plain data: what the compiler makes, the verifier checks, the binary format carries and the VM loads.

use std::rc::Rc;

/// Longest string that may be the key of a cache: such strings are interned by the VM and compared by address.
pub const MAX_SHORT_STRING: usize = 40;

/// Most registers a function may use.
pub const MAX_REGISTERS: u8 = 250;

/// Most upvalues a function may have.
pub const MAX_UPVALUES: usize = 255;

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Const {
    /// nil
    Nil,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string; shared between the prototypes of one chunk.
    Str(Rc<[u8]>),
}

/// How an upvalue is captured when a closure is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpvalueDesc {
    /// Its name; `None` where stripped.
    pub name: Option<Rc<[u8]>>,
    /// A register of the enclosing function (`true`) or one of its upvalues.
    pub in_stack: bool,
    /// Register or upvalue index.
    pub index: u8,
    /// Whether it is a `<const>` or `<close>` variable, which no code may assign.
    pub read_only: bool,
    /// Whether no code assigns the variable once it has its first value.
    pub constant: bool,
}

/// A local variable's life, for debug information. In order of `start`; of those alive at one `pc`, in order of their registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalVar {
    /// Its name; names in parentheses are the compiler's own, such as `(for state)`.
    pub name: Rc<[u8]>,
    /// The register it lives in.
    pub register: u8,
    /// First word of code where it is alive.
    pub start: u32,
    /// First word of code where it is dead.
    pub end: u32,
}

/// What the inline cache of one instruction is for. The VM keeps the mutable part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheDesc {
    /// A field, method or global with this constant (a string of at most [`MAX_SHORT_STRING`] bytes) as its name.
    Field {
        /// Index of the name in the constants.
        name: u32,
    },
    /// A table constructor with this many array items and fields to come.
    Table {
        /// Array items.
        array: u32,
        /// Fields.
        fields: u32,
    },
    /// A call.
    Call,
    /// The iteration of a generic `for`.
    Iterate,
}

/// Maps words of code to lines: `(first word, line)` in ascending order of words; an entry holds until the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineTable(pub Vec<(u32, u32)>);

impl LineTable {
    /// The line of the instruction at word `pc`; `None` where stripped.
    #[must_use]
    pub fn line(&self, pc: u32) -> Option<u32> {
        let after = self.0.partition_point(|&(start, _)| start <= pc);
        after.checked_sub(1).map(|index| self.0[index].1)
    }
}

/// A function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proto {
    /// Name of the chunk as given to `load` (`=stdin`, `@file.lua`, or the text itself); `None` where stripped.
    pub source: Option<Rc<[u8]>>,
    /// Line of `function`; 0 for a main chunk.
    pub line_defined: u32,
    /// Line of `end`.
    pub last_line_defined: u32,
    /// Fixed parameters, in registers from 0.
    pub params: u8,
    /// Whether it takes `...`; then its first instruction is `VarargPrep`.
    pub is_vararg: bool,
    /// Registers it uses, at most [`MAX_REGISTERS`].
    pub registers: u8,
    /// The code; see [`crate::op`].
    pub code: Vec<u32>,
    /// Constants.
    pub consts: Vec<Const>,
    /// Inline caches, in the order of their instructions.
    pub caches: Vec<CacheDesc>,
    /// Functions inside this one.
    pub children: Vec<Proto>,
    /// Upvalues.
    pub upvalues: Vec<UpvalueDesc>,
    /// Lines; empty where stripped.
    pub lines: LineTable,
    /// Local variables; empty where stripped.
    pub locals: Vec<LocalVar>,
}
