//! What the generator knows at a point of the program: the visible names with the kinds of their values.

/// What a value usually is. A variable may hold something else after a deliberate change of type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An integer.
    Int,
    /// A float.
    Float,
    /// A short string.
    Str,
    /// A boolean.
    Bool,
    /// A table used as a dense list of numbers and strings.
    List,
    /// A table with the fields `x`, `y`, `f1`, `f2`.
    Record,
}

/// All kinds, for random choices.
pub const KINDS: &[Kind] =
    &[Kind::Int, Kind::Int, Kind::Int, Kind::Float, Kind::Float, Kind::Str, Kind::Bool, Kind::List, Kind::Record];

/// A visible variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it usually holds.
    pub kind: Kind,
    /// Whether it may be assigned.
    pub assignable: bool,
}

/// A visible function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Kinds of its parameters.
    pub parameters: Vec<Kind>,
    /// Kind of its first result.
    pub result: Kind,
    /// Statements executed by one call, about.
    pub cost: usize,
}

/// The surroundings of a statement.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Visible variables, the innermost last.
    pub variables: Vec<Variable>,
    /// Visible functions.
    pub functions: Vec<Function>,
    /// Inside a loop of the same function.
    pub in_loop: bool,
    /// Inside a coroutine's body.
    pub in_coroutine: bool,
    /// Inside a function with `...`.
    pub vararg: bool,
    /// How often a statement here runs.
    pub times: usize,
    /// Nesting of blocks.
    pub depth: usize,
}

impl Scope {
    /// The variables of a kind.
    pub fn of_kind(&self, kind: Kind) -> Vec<&Variable> {
        self.variables.iter().filter(|v| v.kind == kind).collect()
    }

    /// The scope of a block inside this one.
    pub fn inner(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }

    /// The scope of a loop's body that runs `times` times.
    pub fn looped(&self, times: usize) -> Self {
        Self { in_loop: true, times: self.times * times.max(1), ..self.inner() }
    }

    /// The scope of a function's body.
    pub fn function(&self) -> Self {
        Self { in_loop: false, in_coroutine: false, vararg: false, ..self.inner() }
    }

    /// Makes a variable visible.
    pub fn declare(&mut self, name: &str, kind: Kind, assignable: bool) {
        self.variables.push(Variable { name: name.to_owned(), kind, assignable });
    }
}
