//! The matching loop: a backtracking walk over the nodes of a pattern with a stack of open choices.

use super::class::FLAGS;
use super::{Follow, MAX_CAPTURES, MAX_RECURSION, Node, PIECE, Pattern, PatternError, Scan, SetTable, Single, Stop, WORK};

/// The value of `last` for [`Matcher::find_next`] before the first match.
pub const NO_LAST_MATCH: usize = usize::MAX;

/// Where a pattern matched: `start..end` of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
}

/// What a capture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// The text `start..end` of the subject.
    Text {
        /// The offset of the first byte.
        start: usize,
        /// The offset after the last byte.
        end: usize,
    },
    /// A position in the subject as Lua counts it, from 1.
    Position(i64),
}

/// A part of the subject.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: usize,
    end: usize,
}

/// A repetition that can be tried with another length.
#[derive(Clone, Copy, Debug)]
struct Choice {
    /// The node to go on with.
    then: u32,
    /// The recursion depth of PUC Lua when it goes on there.
    depth: u32,
    /// The end of the run tried last.
    at: usize,
    retry: Retry,
}

#[derive(Clone, Copy, Debug)]
enum Retry {
    /// Shorten the run, but not below `floor`, to where the subject goes on as it must.
    Shorter { floor: usize, follow: Option<Follow> },
    /// Lengthen the run by characters that pass, to where the subject goes on as it must.
    Longer { single: Single, follow: Option<Follow> },
    /// Go on without the optional character.
    Without,
}

/// Runs patterns, one at a time, and holds the captures of the last match.
///
/// A matcher is scratch space: keep one and use it for every pattern, as its memory is reused.
#[derive(Debug)]
pub struct Matcher {
    spans: [Span; MAX_CAPTURES],
    choices: Vec<Choice>,
    /// Work done since it was last asked whether to stop.
    work: u32,
}

impl Default for Matcher {
    fn default() -> Self {
        Matcher { spans: [Span::default(); MAX_CAPTURES], choices: Vec::with_capacity(8), work: 0 }
    }
}

impl Matcher {
    /// A matcher without a match.
    pub fn new() -> Matcher {
        Matcher::default()
    }

    /// The first match that starts at or after `from`; for an anchored pattern, the match that starts there.
    #[inline]
    pub fn find(
        &mut self,
        pattern: &Pattern,
        subject: &[u8],
        from: usize,
        stop: Stop<'_>,
    ) -> Result<Option<Match>, PatternError> {
        self.find_next(pattern, subject, from, NO_LAST_MATCH, stop)
    }

    /// Like [`find`](Self::find), but passes over a match that ends at `last`, the end of the match before.
    ///
    /// This is the step of `gmatch` and `gsub`: an empty match right after the last match does not count.
    pub fn find_next(
        &mut self,
        pattern: &Pattern,
        subject: &[u8],
        from: usize,
        last: usize,
        stop: Stop<'_>,
    ) -> Result<Option<Match>, PatternError> {
        if from > subject.len() {
            return Ok(None);
        }
        if let Some(scan) = pattern.scan {
            return Ok(self.scan(scan, pattern, subject, from));
        }
        if pattern.anchored {
            let end = self.match_at(pattern, subject, from, stop)?;
            return Ok(end.filter(|&end| end != last).map(|end| Match { start: from, end }));
        }
        let Some(first) = pattern.first else {
            return self.scan_all(pattern, subject, from, last, stop);
        };
        let tests = Tests { sets: &pattern.sets };
        let mut at = from;
        while let Some(start) = tests.find(first, subject, at) {
            if let Some(end) = self.match_at(pattern, subject, start, stop)?
                && end != last
            {
                return Ok(Some(Match { start, end }));
            }
            at = start + 1;
        }
        Ok(None)
    }

    /// The search for a pattern of one character test. Its matches are not empty, so none ends where another did.
    #[inline]
    fn scan(&mut self, scan: Scan, pattern: &Pattern, subject: &[u8], from: usize) -> Option<Match> {
        let tests = Tests { sets: &pattern.sets };
        let start = tests.find(scan.single, subject, from)?;
        let end = if scan.repeats { tests.run_end(scan.single, subject, start + 1) } else { start + 1 };
        if scan.captured {
            self.spans[0] = Span { start, end };
        }
        Some(Match { start, end })
    }

    /// The search for a pattern whose first character is not known.
    fn scan_all(
        &mut self,
        pattern: &Pattern,
        subject: &[u8],
        from: usize,
        last: usize,
        stop: Stop<'_>,
    ) -> Result<Option<Match>, PatternError> {
        for start in from..=subject.len() {
            match self.match_at(pattern, subject, start, stop)? {
                Some(end) if end != last => return Ok(Some(Match { start, end })),
                None if pattern.floating => break,
                _ => {}
            }
        }
        Ok(None)
    }

    /// The end of the match that starts at `start`, if there is one.
    #[inline]
    pub fn match_at(
        &mut self,
        pattern: &Pattern,
        subject: &[u8],
        start: usize,
        stop: Stop<'_>,
    ) -> Result<Option<usize>, PatternError> {
        let mut run = Run {
            nodes: &pattern.nodes,
            literals: &pattern.literals,
            tests: Tests { sets: &pattern.sets },
            subject,
            spans: &mut self.spans,
            choices: &mut self.choices,
            work: &mut self.work,
            stop,
        };
        run.count()?;
        if pattern.deep { run.run::<true>(start) } else { run.run::<false>(start) }
    }

    /// The value of capture `index` (counted from 0) of the match `found`, or the match itself if there are none.
    ///
    /// The index must be below [`Pattern::result_count`]; others are reported as invalid.
    #[inline]
    pub fn capture(&self, pattern: &Pattern, found: Match, index: usize) -> Result<Capture, PatternError> {
        if index >= pattern.capture_count() {
            return match index {
                0 => Ok(Capture::Text { start: found.start, end: found.end }),
                _ => Err(PatternError::InvalidCaptureIndex(index as u32 + 1)),
            };
        }
        let span = self.spans[index];
        if pattern.positions >> index & 1 != 0 {
            Ok(Capture::Position(span.start as i64 + 1))
        } else if pattern.unfinished >> index & 1 != 0 {
            Err(PatternError::UnfinishedCapture)
        } else {
            Ok(Capture::Text { start: span.start, end: span.end })
        }
    }
}

/// Tests for single characters, with the tables of the pattern.
#[derive(Clone, Copy)]
struct Tests<'p> {
    sets: &'p [SetTable],
}

impl Tests<'_> {
    #[inline(always)]
    fn passes(self, single: Single, byte: u8) -> bool {
        match single {
            Single::Any => true,
            Single::Byte(wanted) => byte == wanted,
            Single::NotByte(unwanted) => byte != unwanted,
            Single::Class(mask) => FLAGS[usize::from(byte)] & mask != 0,
            Single::Set(index) => self.sets[index as usize][usize::from(byte)] != 0,
        }
    }

    /// The end of the longest run from `at` on.
    #[inline]
    fn run_end(self, single: Single, subject: &[u8], at: usize) -> usize {
        let rest = &subject[at..];
        let length = match single {
            Single::Any => rest.len(),
            Single::Byte(wanted) => count_while(rest, |byte| byte == wanted),
            Single::NotByte(unwanted) => find_byte(rest, unwanted).unwrap_or(rest.len()),
            Single::Class(mask) => count_while(rest, |byte| FLAGS[usize::from(byte)] & mask != 0),
            Single::Set(index) => {
                let table = &self.sets[index as usize];
                count_while(rest, |byte| table[usize::from(byte)] != 0)
            }
        };
        at + length
    }

    /// The first offset from `at` on whose character passes.
    #[inline]
    fn find(self, single: Single, subject: &[u8], at: usize) -> Option<usize> {
        let rest = subject.get(at..)?;
        let skipped = match single {
            Single::Any => (!rest.is_empty()).then_some(0),
            Single::Byte(wanted) => find_byte(rest, wanted),
            Single::NotByte(unwanted) => rest.iter().position(|&byte| byte != unwanted),
            Single::Class(mask) => rest.iter().position(|&byte| FLAGS[usize::from(byte)] & mask != 0),
            Single::Set(index) => {
                let table = &self.sets[index as usize];
                rest.iter().position(|&byte| table[usize::from(byte)] != 0)
            }
        };
        skipped.map(|skipped| at + skipped)
    }
}

#[inline(always)]
fn count_while(bytes: &[u8], passes: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !passes(byte)).unwrap_or(bytes.len())
}

/// `memchr` behind a short plain loop, as most runs in text end before a vector search has set itself up.
#[inline(always)]
fn find_byte(bytes: &[u8], wanted: u8) -> Option<usize> {
    const NEAR: usize = 12;
    let (near, far) = bytes.split_at(bytes.len().min(NEAR));
    if let Some(at) = near.iter().position(|&byte| byte == wanted) {
        return Some(at);
    }
    if far.is_empty() {
        return None;
    }
    memchr::memchr(wanted, far).map(|at| NEAR + at)
}

/// One attempt to match.
struct Run<'a> {
    nodes: &'a [Node],
    literals: &'a [u8],
    tests: Tests<'a>,
    subject: &'a [u8],
    spans: &'a mut [Span; MAX_CAPTURES],
    choices: &'a mut Vec<Choice>,
    work: &'a mut u32,
    stop: Stop<'a>,
}

impl Run<'_> {
    /// Matches from `start`; `DEEP` keeps count of PUC Lua's recursion, which few patterns need.
    fn run<const DEEP: bool>(&mut self, start: usize) -> Result<Option<usize>, PatternError> {
        self.choices.clear();
        let mut at = start;
        let mut index = 0;
        let mut depth = 1;
        loop {
            let reached = match self.nodes[index] {
                Node::Accept => return Ok(Some(at)),
                Node::Error(error) => return Err(error),
                Node::One(single) => self.passes(single, at).then_some(at + 1),
                Node::Possessive { single, min } => {
                    let end = self.tests.run_end(single, self.subject, at);
                    self.count_bytes(end - at);
                    if end > at {
                        deeper::<DEEP>(&mut depth)?;
                    }
                    (end - at >= usize::from(min)).then_some(end)
                }
                Node::Literal { start, len } => self.literal(start as usize, len as usize, at),
                Node::Greedy { single, min, follow } => {
                    let end = self.tests.run_end(single, self.subject, at);
                    self.count_bytes(end - at);
                    if end > at {
                        deeper::<DEEP>(&mut depth)?;
                        let floor = at + usize::from(min);
                        self.push_choice(index, depth, end, Retry::Shorter { floor, follow });
                    }
                    (end - at >= usize::from(min)).then_some(end)
                }
                Node::Lazy { single, follow } => {
                    if self.passes(single, at) {
                        deeper::<DEEP>(&mut depth)?;
                        self.push_choice(index, depth, at, Retry::Longer { single, follow });
                    }
                    Some(at)
                }
                Node::Optional(single) => {
                    let taken = self.passes(single, at);
                    if taken {
                        self.push_choice(index, depth, at, Retry::Without);
                        deeper::<DEEP>(&mut depth)?;
                    }
                    Some(at + usize::from(taken))
                }
                Node::Open(capture) | Node::Position(capture) => {
                    self.spans[usize::from(capture)].start = at;
                    deeper::<DEEP>(&mut depth)?;
                    Some(at)
                }
                Node::Close(capture) => {
                    self.spans[usize::from(capture)].end = at;
                    deeper::<DEEP>(&mut depth)?;
                    Some(at)
                }
                Node::SubjectEnd => (at == self.subject.len()).then_some(at),
                Node::BackReference(capture) => self.back_reference(capture, at),
                Node::Balance { open, close } if self.subject.get(at) == Some(&open) => {
                    let end = balanced_end(self.subject, at, open, close);
                    self.count_bytes(end.unwrap_or(self.subject.len()) - at);
                    end
                }
                Node::Balance { .. } => None,
                Node::Frontier(single) => self.at_frontier(single, at).then_some(at),
                Node::Fail => None,
            };
            if let Some(reached) = reached {
                at = reached;
                index += 1;
            } else if let Some(choice) = self.backtrack() {
                self.count()?;
                at = choice.at;
                index = choice.then as usize;
                depth = choice.depth;
            } else {
                return Ok(None);
            }
        }
    }

    /// Counts an attempt or a step back; now and then asks whether to stop.
    #[inline(always)]
    fn count(&mut self) -> Result<(), PatternError> {
        *self.work += 1;
        if *self.work < WORK { Ok(()) } else { self.ask() }
    }

    /// Counts bytes of the subject that were looked at.
    #[inline(always)]
    fn count_bytes(&mut self, bytes: usize) {
        *self.work = self.work.saturating_add(pieces(bytes));
    }

    #[cold]
    #[inline(never)]
    fn ask(&mut self) -> Result<(), PatternError> {
        if (self.stop)(std::mem::take(self.work)) { Err(PatternError::Stopped) } else { Ok(()) }
    }

    /// Whether the character at `at` exists and passes.
    #[inline(always)]
    fn passes(&self, single: Single, at: usize) -> bool {
        self.subject.get(at).is_some_and(|&byte| self.tests.passes(single, byte))
    }

    #[inline(always)]
    fn literal(&self, start: usize, len: usize, at: usize) -> Option<usize> {
        let text = self.subject.get(at..at + len)?;
        let same = text.iter().zip(&self.literals[start..start + len]).all(|(a, b)| a == b);
        same.then_some(at + len)
    }

    #[inline(always)]
    fn push_choice(&mut self, node: usize, depth: u32, at: usize, retry: Retry) {
        self.choices.push(Choice { then: node as u32 + 1, depth, at, retry });
    }

    fn back_reference(&self, capture: u8, at: usize) -> Option<usize> {
        let Span { start, end } = self.spans[usize::from(capture)];
        let known = &self.subject[start..end];
        self.subject[at..].starts_with(known).then_some(at + known.len())
    }

    /// Whether the character before `at` is outside the set and the one at `at` inside; both ends count as `\0`.
    fn at_frontier(&self, single: Single, at: usize) -> bool {
        let before = at.checked_sub(1).map_or(0, |before| self.subject[before]);
        let after = self.subject.get(at).copied().unwrap_or(0);
        !self.tests.passes(single, before) && self.tests.passes(single, after)
    }

    /// Tries the newest open choice with another length, dropping those that are used up.
    #[inline(always)]
    fn backtrack(&mut self) -> Option<Choice> {
        while let Some(choice) = self.choices.last_mut() {
            let before = choice.at;
            let found = match choice.retry {
                Retry::Shorter { floor, follow } => self.tests.shorter(self.subject, choice.at, floor, follow),
                Retry::Longer { single, follow } => self.tests.longer(self.subject, choice.at, single, follow),
                Retry::Without => return self.choices.pop(),
            };
            let seen = found.unwrap_or(match choice.retry {
                Retry::Shorter { floor, .. } => floor,
                _ => self.subject.len(),
            });
            *self.work = self.work.saturating_add(pieces(seen.abs_diff(before)));
            if let Some(at) = found {
                choice.at = at;
                return Some(*choice);
            }
            self.choices.pop();
        }
        None
    }
}

/// The work that looking at so many bytes is.
#[inline(always)]
fn pieces(bytes: usize) -> u32 {
    (bytes >> PIECE) as u32
}

/// Counts one level of PUC Lua's recursion.
#[inline(always)]
fn deeper<const DEEP: bool>(depth: &mut u32) -> Result<(), PatternError> {
    if DEEP {
        if *depth >= MAX_RECURSION {
            return Err(PatternError::TooComplex);
        }
        *depth += 1;
    }
    Ok(())
}

impl Tests<'_> {
    /// The next shorter end of a run, at least `floor`, where the subject goes on as it must.
    #[inline(always)]
    fn shorter(self, subject: &[u8], at: usize, floor: usize, follow: Option<Follow>) -> Option<usize> {
        if at <= floor {
            return None;
        }
        let given_back = &subject[floor..at];
        let found = match follow {
            None => return Some(at - 1),
            Some(Follow { single: Single::Byte(byte), .. }) => memchr::memrchr(byte, given_back)?,
            Some(Follow { single, .. }) => given_back.iter().rposition(|&byte| self.passes(single, byte))?,
        };
        Some(floor + found)
    }

    /// The next longer end of a run where the subject goes on as it must.
    #[inline(always)]
    fn longer(self, subject: &[u8], at: usize, single: Single, follow: Option<Follow>) -> Option<usize> {
        if !subject.get(at).is_some_and(|&byte| self.passes(single, byte)) {
            return None;
        }
        let from = at + 1;
        let Some(follow) = follow else {
            return Some(from);
        };
        let at_end = || follow.or_end.then_some(subject.len());
        if single == Single::Any {
            return self.find(follow.single, subject, from).or_else(at_end);
        }
        // One pass for both tests: looking ahead for the follower alone could scan far beyond the run, every time.
        for (i, &byte) in subject[from..].iter().enumerate() {
            if self.passes(follow.single, byte) {
                return Some(from + i);
            }
            if !self.passes(single, byte) {
                return None;
            }
        }
        at_end()
    }
}

/// The end of the balanced text that starts at `at`, where `open` stands.
fn balanced_end(subject: &[u8], at: usize, open: u8, close: u8) -> Option<usize> {
    let start = at + 1;
    let mut depth = 1usize;
    for (i, &byte) in subject[start..].iter().enumerate() {
        if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(start + i + 1);
            }
        } else if byte == open {
            depth += 1;
        }
    }
    None
}
