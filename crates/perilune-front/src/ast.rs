//! The syntax tree, allocated in a bump arena one top-level statement at a time.
//!
//! The parser yields statements, the compiler consumes them, and the arena is reset in between: memory follows the largest
//! statement, not the size of the source. Names and string literals are [`Symbol`]s of one [`crate::intern::Interner`].
//! Scopes are not resolved here: a `Name` may turn out to be a local, an upvalue or a global.

use crate::intern::Symbol;

/// A line number, from 1.
pub type Line = u32;

/// A list of statements and the line of the token that ends it (`end`, `else`, `until`, end of file).
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The statements in order.
    pub stats: &'a [Stat<'a>],
    /// Line of the closing token.
    pub end_line: Line,
}

/// A statement; `line` is that of its first token.
#[derive(Debug, Clone, Copy)]
pub struct Stat<'a> {
    /// Line of the first token.
    pub line: Line,
    /// What it is.
    pub kind: StatKind<'a>,
}

/// The attribute of a local name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attrib {
    /// An ordinary variable.
    None,
    /// `<const>`
    Const,
    /// `<close>`
    Close,
}

/// One name of a `local` statement.
#[derive(Debug, Clone, Copy)]
pub struct LocalName {
    /// The name.
    pub name: Symbol,
    /// Its attribute.
    pub attrib: Attrib,
}

/// The kinds of statements.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum StatKind<'a> {
    /// A call as a statement; always `ExprKind::Call` or `ExprKind::MethodCall`.
    Call(&'a Expr<'a>),
    /// `local a <attrib>, b = …`
    Local { names: &'a [LocalName], exprs: &'a [Expr<'a>] },
    /// `a, b.c = …`; targets are `Name` or `Index`.
    Assign { targets: &'a [Expr<'a>], exprs: &'a [Expr<'a>] },
    /// `do … end`
    Do(Block<'a>),
    /// `while cond do … end`
    While { cond: &'a Expr<'a>, body: Block<'a> },
    /// `repeat … until cond`; `cond` sees the locals of `body`.
    Repeat { body: Block<'a>, cond: &'a Expr<'a> },
    /// `if … elseif … else … end`
    If { arms: &'a [IfArm<'a>], otherwise: Option<Block<'a>> },
    /// `for v = start, limit[, step] do … end`
    NumericFor { var: Symbol, start: &'a Expr<'a>, limit: &'a Expr<'a>, step: Option<&'a Expr<'a>>, body: Block<'a> },
    /// `for names in exprs do … end`
    GenericFor { names: &'a [Symbol], exprs: &'a [Expr<'a>], body: Block<'a> },
    /// `function a.b.c:m() … end`; `target` is a `Name` or an `Index`. A method has `self` as its first parameter.
    Function { target: &'a Expr<'a>, func: &'a FunctionBody<'a> },
    /// `local function name() … end`
    LocalFunction { name: Symbol, func: &'a FunctionBody<'a> },
    /// `return …`
    Return(&'a [Expr<'a>]),
    /// `break`
    Break,
    /// `goto label`
    Goto(Symbol),
    /// `::label::`
    Label(Symbol),
}

/// One `if`/`elseif` arm.
#[derive(Debug, Clone, Copy)]
pub struct IfArm<'a> {
    /// The condition.
    pub cond: Expr<'a>,
    /// Line of `then`, which counts as that of the test.
    pub then_line: Line,
    /// What runs when it holds.
    pub body: Block<'a>,
}

/// A function's parameters and body.
#[derive(Debug, Clone, Copy)]
pub struct FunctionBody<'a> {
    /// Line of the `function` keyword (0 for a main chunk).
    pub line: Line,
    /// Line of the closing `end`.
    pub end_line: Line,
    /// Line of the token after that, where the reference implementation reports a jump to nowhere.
    pub next_line: Line,
    /// Parameter names, `self` included for methods.
    pub params: &'a [Symbol],
    /// Whether the parameter list ends in `...`.
    pub is_vararg: bool,
    /// The body.
    pub body: Block<'a>,
}

/// An expression.
///
/// `line` is the line an error or a line hook should name: of the operator for unary and binary operations, of the opening
/// parenthesis (or string, or brace) for calls, of the key's token for `Index`, of the token itself otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Expr<'a> {
    /// See the type's documentation.
    pub line: Line,
    /// What it is.
    pub kind: ExprKind<'a>,
}

/// The kinds of expressions.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum ExprKind<'a> {
    /// `nil`
    Nil,
    /// `true`
    True,
    /// `false`
    False,
    /// `...`
    Vararg,
    /// An integer numeral.
    Int(i64),
    /// A float numeral.
    Float(f64),
    /// A string literal.
    Str(Symbol),
    /// `function (…) … end`
    Function(&'a FunctionBody<'a>),
    /// A variable.
    Name(Symbol),
    /// `obj[key]`; `obj.name` has a `Str` key.
    Index { obj: &'a Expr<'a>, key: &'a Expr<'a> },
    /// `func(args)`
    Call { func: &'a Expr<'a>, args: &'a [Expr<'a>] },
    /// `obj:name(args)`
    MethodCall { obj: &'a Expr<'a>, name: Symbol, args: &'a [Expr<'a>] },
    /// `{ … }`
    Table { items: &'a [TableItem<'a>], end_line: Line },
    /// A unary operation.
    Unary { op: UnOp, operand: &'a Expr<'a> },
    /// A binary operation. Chains of left-associative operators lean left without a depth limit: walk the left spine in a loop.
    Binary { op: BinOp, lhs: &'a Expr<'a>, rhs: &'a Expr<'a> },
    /// `( expr )`, which truncates to one value and is no assignment target.
    Paren(&'a Expr<'a>),
}

/// One item of a table constructor.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum TableItem<'a> {
    /// `expr`
    Positional(Expr<'a>),
    /// `name = expr` or `[key] = expr`
    Keyed { key: Expr<'a>, value: Expr<'a> },
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnOp {
    /// `-`
    Neg,
    /// `~`
    BNot,
    /// `not`
    Not,
    /// `#`
    Len,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Concat,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}
