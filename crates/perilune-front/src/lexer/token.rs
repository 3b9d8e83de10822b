//! Tokens: their kinds, their spelling, and the priorities of those that are binary operators.

use crate::ast::{BinOp, Line};
use crate::intern::Symbol;

/// The kind of a token. Reserved words come first: the interner numbers them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Kind {
    And,
    Break,
    Do,
    Else,
    ElseIf,
    End,
    False,
    For,
    Function,
    Goto,
    If,
    In,
    Local,
    Nil,
    Not,
    Or,
    Repeat,
    Return,
    Then,
    True,
    Until,
    While,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Hash,
    Ampersand,
    Tilde,
    Pipe,
    ShiftLeft,
    ShiftRight,
    DoubleSlash,
    Equal,
    NotEqual,
    LessEqual,
    GreaterEqual,
    Less,
    Greater,
    Assign,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    DoubleColon,
    Semicolon,
    Colon,
    Comma,
    Dot,
    Concat,
    Ellipsis,
    /// An integer numeral; [`Token::bits`] is its value.
    Int,
    /// A float numeral; [`Token::bits`] is its representation.
    Float,
    /// A name; [`Token::symbol`].
    Name,
    /// A string literal; [`Token::symbol`].
    String,
    /// End of file.
    Eof,
    /// A byte that begins no token.
    Unknown,
}

/// The reserved words, in the order of [`Kind`].
pub(super) const RESERVED: [(&str, Kind); 22] = [
    ("and", Kind::And),
    ("break", Kind::Break),
    ("do", Kind::Do),
    ("else", Kind::Else),
    ("elseif", Kind::ElseIf),
    ("end", Kind::End),
    ("false", Kind::False),
    ("for", Kind::For),
    ("function", Kind::Function),
    ("goto", Kind::Goto),
    ("if", Kind::If),
    ("in", Kind::In),
    ("local", Kind::Local),
    ("nil", Kind::Nil),
    ("not", Kind::Not),
    ("or", Kind::Or),
    ("repeat", Kind::Repeat),
    ("return", Kind::Return),
    ("then", Kind::Then),
    ("true", Kind::True),
    ("until", Kind::Until),
    ("while", Kind::While),
];

/// The kinds of the reserved words by their symbols.
static RESERVED_KINDS: [Kind; RESERVED.len()] = {
    let mut kinds = [Kind::And; RESERVED.len()];
    let mut index = 0;
    while index < kinds.len() {
        kinds[index] = RESERVED[index].1;
        index += 1;
    }
    kinds
};

/// The kind of a reserved word.
#[inline]
pub(super) fn reserved_word(symbol: Symbol) -> Option<Kind> {
    RESERVED_KINDS.get(symbol.0 as usize).copied()
}

/// A token with what the parser needs of it. Which of `symbol` and `bits` holds something depends on `kind`.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The line of its last byte: a long string may span several.
    pub line: Line,
    /// The name, or the string's contents.
    pub symbol: Symbol,
    /// A numeral's value.
    pub bits: u64,
    /// Where it begins in the source.
    pub start: usize,
}

/// The priorities of a binary operator: it binds an operand on its left if `left` is above the limit of the expression being
/// read, and reads its right operand with the limit `right`.
#[derive(Clone, Copy)]
pub struct Priority {
    /// Against the operator before.
    pub left: u8,
    /// Limit of the right operand; below `left` for right-associative operators.
    pub right: u8,
    /// The operator.
    pub op: BinOp,
}

/// Priority of the unary operators (manual §3.4.8).
pub const UNARY_PRIORITY: u8 = 12;

impl Kind {
    /// Priorities of a binary operator; `left` is 0 for any other token.
    #[inline]
    #[must_use]
    pub fn priority(self) -> Priority {
        PRIORITIES[self as usize]
    }

    /// Whether the token ends a block.
    #[inline]
    #[must_use]
    pub fn ends_block(self) -> bool {
        matches!(self, Kind::Else | Kind::ElseIf | Kind::End | Kind::Eof | Kind::Until)
    }

    /// The token as error messages write it where it is expected: quoted, except for those that stand for many.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Kind::Int => "<integer>".into(),
            Kind::Float => "<number>".into(),
            Kind::Name => "<name>".into(),
            Kind::String => "<string>".into(),
            Kind::Eof => "<eof>".into(),
            fixed => format!("'{}'", fixed.spelling()),
        }
    }

    /// The text of a token that has only one spelling; empty for the others.
    #[must_use]
    pub fn spelling(self) -> &'static str {
        match self {
            Kind::Plus => "+",
            Kind::Minus => "-",
            Kind::Star => "*",
            Kind::Slash => "/",
            Kind::Percent => "%",
            Kind::Caret => "^",
            Kind::Hash => "#",
            Kind::Ampersand => "&",
            Kind::Tilde => "~",
            Kind::Pipe => "|",
            Kind::ShiftLeft => "<<",
            Kind::ShiftRight => ">>",
            Kind::DoubleSlash => "//",
            Kind::Equal => "==",
            Kind::NotEqual => "~=",
            Kind::LessEqual => "<=",
            Kind::GreaterEqual => ">=",
            Kind::Less => "<",
            Kind::Greater => ">",
            Kind::Assign => "=",
            Kind::LeftParen => "(",
            Kind::RightParen => ")",
            Kind::LeftBrace => "{",
            Kind::RightBrace => "}",
            Kind::LeftBracket => "[",
            Kind::RightBracket => "]",
            Kind::DoubleColon => "::",
            Kind::Semicolon => ";",
            Kind::Colon => ":",
            Kind::Comma => ",",
            Kind::Dot => ".",
            Kind::Concat => "..",
            Kind::Ellipsis => "...",
            Kind::Int | Kind::Float | Kind::Name | Kind::String | Kind::Eof | Kind::Unknown => "",
            word => RESERVED[word as usize].0,
        }
    }
}

static PRIORITIES: [Priority; Kind::Unknown as usize + 1] = priorities();

const fn priorities() -> [Priority; Kind::Unknown as usize + 1] {
    let mut table = [Priority { left: 0, right: 0, op: BinOp::Add }; Kind::Unknown as usize + 1];
    let operators = [
        (Kind::Or, 1, 1, BinOp::Or),
        (Kind::And, 2, 2, BinOp::And),
        (Kind::Less, 3, 3, BinOp::Lt),
        (Kind::Greater, 3, 3, BinOp::Gt),
        (Kind::LessEqual, 3, 3, BinOp::Le),
        (Kind::GreaterEqual, 3, 3, BinOp::Ge),
        (Kind::NotEqual, 3, 3, BinOp::Ne),
        (Kind::Equal, 3, 3, BinOp::Eq),
        (Kind::Pipe, 4, 4, BinOp::BOr),
        (Kind::Tilde, 5, 5, BinOp::BXor),
        (Kind::Ampersand, 6, 6, BinOp::BAnd),
        (Kind::ShiftLeft, 7, 7, BinOp::Shl),
        (Kind::ShiftRight, 7, 7, BinOp::Shr),
        (Kind::Concat, 9, 8, BinOp::Concat),
        (Kind::Plus, 10, 10, BinOp::Add),
        (Kind::Minus, 10, 10, BinOp::Sub),
        (Kind::Star, 11, 11, BinOp::Mul),
        (Kind::Slash, 11, 11, BinOp::Div),
        (Kind::DoubleSlash, 11, 11, BinOp::IDiv),
        (Kind::Percent, 11, 11, BinOp::Mod),
        (Kind::Caret, 14, 13, BinOp::Pow),
    ];
    let mut index = 0;
    while index < operators.len() {
        let (kind, left, right, op) = operators[index];
        table[kind as usize] = Priority { left, right, op };
        index += 1;
    }
    table
}
