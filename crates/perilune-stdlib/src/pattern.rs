//! Lua patterns: compilation, matching, captures and replacement over byte slices.
//!
//! [`Pattern`] is a pattern compiled to a short array of nodes; [`PatternCache`] keeps recent ones. [`Matcher`] runs a
//! pattern over a subject and holds the captures of its last match. Everything here is independent of values of the
//! virtual machine: positions are byte offsets counted from zero unless said otherwise.
//!
//! A Lua pattern has no alternation and repeats only single characters, so its items are passed strictly in order.
//! Three facts follow that the code rests on:
//! - which captures exist and are closed at each item is known when the pattern is compiled;
//! - a successful match has set every capture on its way, so backtracking need not restore any;
//! - a repetition whose followers cannot start with a character it accepts never profits from giving one back.
//!
//! PUC Lua reports a malformed item only when matching reaches it. An item in error therefore compiles to a node that
//! fails with the error, and [`Pattern::new`] itself cannot fail.

mod cache;
mod class;
mod compile;
mod matcher;
mod replace;

pub use cache::PatternCache;
pub use matcher::{Capture, Match, Matcher, NO_LAST_MATCH};
pub use replace::{append_replacement, gsub};

use std::fmt;

/// The most captures a pattern may have.
pub const MAX_CAPTURES: usize = 32;

/// How deep PUC Lua's matcher recurses before it gives up on a pattern.
const MAX_RECURSION: u32 = 200;

/// Whether a search that takes long is to be given up; asked now and then, with the work done since it was last asked: attempts,
/// steps back, and pieces of the subject that were looked at.
pub type Stop<'a> = &'a dyn Fn(u32) -> bool;

/// Work between two questions whether to stop.
const WORK: u32 = 256;
/// The subject's bytes that make a piece, as a power of two.
const PIECE: u32 = 6;

/// For searches that are never given up.
#[must_use]
pub fn never(_work: u32) -> bool {
    false
}

/// For every byte whether it makes a pattern more than plain text.
static SPECIALS: [bool; 256] = {
    let specials = b"^$*+?.([%-";
    let mut is_special = [false; 256];
    let mut i = 0;
    while i < specials.len() {
        is_special[specials[i] as usize] = true;
        i += 1;
    }
    is_special
};

/// Whether `pattern` holds a character with a special meaning; without one, searching for it is a plain search.
#[inline]
pub fn has_specials(pattern: &[u8]) -> bool {
    pattern.iter().any(|&byte| SPECIALS[usize::from(byte)])
}

/// The offset of the first occurrence of `needle` in `subject` at or after `from`.
#[inline]
pub fn find_plain(subject: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = subject.get(from..)?;
    let found = match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, rest),
        [first, tail @ ..] => find_text(rest, *first, tail),
    };
    found.map(|at| from + at)
}

/// Looks for `first` followed by `tail`, which is not empty.
///
/// Preparing a search that is fast in the worst case takes longer than most searches, so it waits for some false starts.
#[inline]
fn find_text(text: &[u8], first: u8, tail: &[u8]) -> Option<usize> {
    const FALSE_STARTS: usize = 8;
    let mut at = 0;
    for _ in 0..FALSE_STARTS {
        at += memchr::memchr(first, &text[at..])?;
        if text[at + 1..].starts_with(tail) {
            return Some(at);
        }
        at += 1;
    }
    let needle = [&[first], tail].concat();
    memchr::memmem::find(&text[at..], &needle).map(|found| at + found)
}

/// What is wrong with a pattern, its captures or a replacement. Displays as PUC Lua's message, without a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The pattern ends with a lone `%`.
    EndsWithPercent,
    /// A set is not closed.
    MissingBracket,
    /// `%f` is not followed by a set.
    MissingFrontierSet,
    /// `%b` is not followed by two characters.
    MissingBalanceArguments,
    /// A `)` without an open capture.
    InvalidPatternCapture,
    /// A reference to a capture (counted from 1) that does not exist or is still open.
    InvalidCaptureIndex(u32),
    /// Too many nested items in progress.
    TooComplex,
    /// More than [`MAX_CAPTURES`] captures.
    TooManyCaptures,
    /// A capture that is read was never closed.
    UnfinishedCapture,
    /// The caller wants no answer any more.
    Stopped,
    /// A `%` in a replacement string that is not followed by a digit or `%`.
    InvalidReplacement,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndsWithPercent => f.write_str("malformed pattern (ends with '%')"),
            Self::MissingBracket => f.write_str("malformed pattern (missing ']')"),
            Self::MissingFrontierSet => f.write_str("missing '[' after '%f' in pattern"),
            Self::MissingBalanceArguments => f.write_str("malformed pattern (missing arguments to '%b')"),
            Self::InvalidPatternCapture => f.write_str("invalid pattern capture"),
            Self::InvalidCaptureIndex(index) => write!(f, "invalid capture index %{index}"),
            Self::TooComplex => f.write_str("pattern too complex"),
            Self::TooManyCaptures => f.write_str("too many captures"),
            Self::UnfinishedCapture => f.write_str("unfinished capture"),
            Self::Stopped => f.write_str("stopped"),
            Self::InvalidReplacement => f.write_str("invalid use of '%' in replacement string"),
        }
    }
}

impl std::error::Error for PatternError {}

/// A test for one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Single {
    /// `.`
    Any,
    /// A literal character.
    Byte(u8),
    /// Any character but one, as in `[^,]`.
    NotByte(u8),
    /// A union of classes, as a mask of bits of [`class::FLAGS`].
    Class(u32),
    /// An entry of [`Pattern::sets`].
    Set(u32),
}

/// What the items after a repetition need in order to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Follow {
    /// The character that comes next passes this test,
    single: Single,
    /// or else the subject may be at its end.
    or_end: bool,
}

/// One item of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// One character.
    One(Single),
    /// The bytes `literals[start..start + len]`, at least two.
    Literal { start: u32, len: u32 },
    /// `*` and `+`, which differ in `min`: the longest run first, then shorter ones.
    Greedy { single: Single, min: u8, follow: Option<Follow> },
    /// `*` and `+` where a shorter run cannot help.
    Possessive { single: Single, min: u8 },
    /// `-`: the shortest run first, then longer ones.
    Lazy { single: Single, follow: Option<Follow> },
    /// `?`
    Optional(Single),
    /// `(`
    Open(u8),
    /// `)`
    Close(u8),
    /// `()`
    Position(u8),
    /// `%1` to `%9`, counted from 0 here.
    BackReference(u8),
    /// `%bxy`
    Balance { open: u8, close: u8 },
    /// `%f[set]`
    Frontier(Single),
    /// A final `$`.
    SubjectEnd,
    /// An item that cannot match.
    Fail,
    /// A malformed item.
    Error(PatternError),
    /// The end of the pattern.
    Accept,
}

/// A pattern of one character test only, so that matching is a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scan {
    single: Single,
    /// Whether a match is the longest run rather than one character.
    repeats: bool,
    /// Whether all of it stands in a capture.
    captured: bool,
}

/// The members of a set: non-zero at the index of a member.
type SetTable = [u8; 256];

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    nodes: Box<[Node]>,
    sets: Box<[SetTable]>,
    literals: Box<[u8]>,
    /// Whether a leading `^` ties matches to the start of the search.
    anchored: bool,
    /// The whole of a pattern that is simple enough.
    scan: Option<Scan>,
    /// What the first character of any match must be, where that is known.
    first: Option<Single>,
    /// Whether the pattern starts with `.*` or the like, so that a start fails only if all later ones do.
    floating: bool,
    capture_count: u8,
    /// A bit for each capture that is a position.
    positions: u32,
    /// A bit for each capture that the pattern never closes.
    unfinished: u32,
    /// Whether the pattern has so many items that the recursion of PUC Lua could hit its limit.
    deep: bool,
}

impl Pattern {
    /// Compiles a pattern for `find`, `match` and `gsub`, where a leading `^` is an anchor.
    pub fn new(pattern: &[u8]) -> Pattern {
        match pattern {
            [b'^', rest @ ..] => compile::compile(rest, true),
            _ => compile::compile(pattern, false),
        }
    }

    /// Compiles a pattern for `gmatch`, where `^` has no special meaning at the start.
    pub fn unanchored(pattern: &[u8]) -> Pattern {
        compile::compile(pattern, false)
    }

    /// Whether the pattern starts with an anchor, so that only one position can match.
    pub fn is_anchored(&self) -> bool {
        self.anchored
    }

    /// The number of captures written in the pattern.
    pub fn capture_count(&self) -> usize {
        usize::from(self.capture_count)
    }

    /// The number of values a match yields: its captures, or the whole match if there are none.
    pub fn result_count(&self) -> usize {
        self.capture_count().max(1)
    }
}

#[cfg(test)]
mod tests;
