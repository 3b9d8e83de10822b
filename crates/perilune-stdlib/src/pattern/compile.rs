//! From the text of a pattern to nodes.

use super::class::{self, ByteSet};
use super::{Follow, MAX_CAPTURES, MAX_RECURSION, Node, Pattern, PatternError, Scan, SetTable, Single};

/// Compiles the text of a pattern after its anchor.
pub fn compile(text: &[u8], anchored: bool) -> Pattern {
    let mut compiler = Compiler::new(text);
    compiler.items();
    compiler.finish(anchored)
}

/// How many items an analysis looks ahead, so that compilation takes linear time.
const LOOKAHEAD: usize = 48;

struct Compiler<'t> {
    text: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
    /// The members of the character test of each node; empty for a node without one.
    members: Vec<ByteSet>,
    sets: Vec<SetTable>,
    /// What each entry of `sets` was made from, to share equal ones.
    set_members: Vec<ByteSet>,
    capture_count: u8,
    positions: u32,
    unfinished: u32,
    /// Nodes for which PUC Lua's matcher may recurse.
    recursions: u32,
}

impl<'t> Compiler<'t> {
    fn new(text: &'t [u8]) -> Self {
        let expected = text.len() / 2 + 2;
        Compiler {
            text,
            at: 0,
            nodes: Vec::with_capacity(expected),
            members: Vec::with_capacity(expected),
            sets: Vec::new(),
            set_members: Vec::new(),
            capture_count: 0,
            positions: 0,
            unfinished: 0,
            recursions: 0,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn push(&mut self, node: Node, members: ByteSet) {
        self.nodes.push(node);
        self.members.push(members);
    }

    /// Compiles items up to the end of the text or the first malformed one, which ends the pattern.
    fn items(&mut self) {
        while self.at < self.text.len() {
            if let Err(error) = self.item() {
                self.push(Node::Error(error), ByteSet::EMPTY);
                return;
            }
        }
        self.push(Node::Accept, ByteSet::EMPTY);
    }

    fn item(&mut self) -> Result<(), PatternError> {
        match (self.text[self.at], self.peek(1)) {
            (b'(', next) => self.open_capture(next == Some(b')')),
            (b')', _) => self.close_capture(),
            (b'$', None) => {
                self.at += 1;
                self.push(Node::SubjectEnd, ByteSet::EMPTY);
                Ok(())
            }
            (b'%', Some(b'b')) => self.balance(),
            (b'%', Some(b'f')) => self.frontier(),
            (b'%', Some(digit @ b'0'..=b'9')) => self.back_reference(digit),
            _ => self.repeatable(),
        }
    }

    fn open_capture(&mut self, is_position: bool) -> Result<(), PatternError> {
        let index = self.capture_count;
        if usize::from(index) >= MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.capture_count += 1;
        self.recursions += 1;
        if is_position {
            self.at += 2;
            self.positions |= 1 << index;
            self.push(Node::Position(index), ByteSet::EMPTY);
        } else {
            self.at += 1;
            self.unfinished |= 1 << index;
            self.push(Node::Open(index), ByteSet::EMPTY);
        }
        Ok(())
    }

    fn close_capture(&mut self) -> Result<(), PatternError> {
        self.at += 1;
        let index = self.unfinished.checked_ilog2().ok_or(PatternError::InvalidPatternCapture)?;
        self.unfinished &= !(1 << index);
        self.recursions += 1;
        self.push(Node::Close(index as u8), ByteSet::EMPTY);
        Ok(())
    }

    fn back_reference(&mut self, digit: u8) -> Result<(), PatternError> {
        self.at += 2;
        let invalid = PatternError::InvalidCaptureIndex(u32::from(digit - b'0'));
        let index = digit.checked_sub(b'1').ok_or(invalid)?;
        if index >= self.capture_count || self.unfinished >> index & 1 != 0 {
            return Err(invalid);
        }
        // A position capture has no text that could be met again.
        let node = if self.positions >> index & 1 != 0 { Node::Fail } else { Node::BackReference(index) };
        self.push(node, ByteSet::EMPTY);
        Ok(())
    }

    fn balance(&mut self) -> Result<(), PatternError> {
        let (Some(open), Some(close)) = (self.peek(2), self.peek(3)) else {
            return Err(PatternError::MissingBalanceArguments);
        };
        self.at += 4;
        self.push(Node::Balance { open, close }, ByteSet::EMPTY);
        Ok(())
    }

    fn frontier(&mut self) -> Result<(), PatternError> {
        self.at += 2;
        if self.peek(0) != Some(b'[') {
            return Err(PatternError::MissingFrontierSet);
        }
        let (single, members) = self.single()?;
        self.push(Node::Frontier(single), members);
        Ok(())
    }

    /// A character test and the quantifier after it.
    fn repeatable(&mut self) -> Result<(), PatternError> {
        let (single, members) = self.single()?;
        let quantifier = self.peek(0);
        let node = match quantifier {
            Some(b'*') => Node::Greedy { single, min: 0, follow: None },
            Some(b'+') => Node::Greedy { single, min: 1, follow: None },
            Some(b'-') => Node::Lazy { single, follow: None },
            Some(b'?') => Node::Optional(single),
            _ => {
                self.push(Node::One(single), members);
                return Ok(());
            }
        };
        self.at += 1;
        self.recursions += 1;
        self.push(node, members);
        Ok(())
    }

    /// Reads a character test, and its members.
    fn single(&mut self) -> Result<(Single, ByteSet), PatternError> {
        let byte = self.text[self.at];
        self.at += 1;
        match byte {
            b'.' => Ok((Single::Any, ByteSet::FULL)),
            b'%' => {
                let letter = self.peek(0).ok_or(PatternError::EndsWithPercent)?;
                self.at += 1;
                Ok(match class::class_bit(letter) {
                    Some(mask) => (Single::Class(mask), ByteSet::of_classes(mask)),
                    None => literal(letter),
                })
            }
            b'[' => self.set(),
            _ => Ok(literal(byte)),
        }
    }

    /// Reads a set, after its bracket.
    fn set(&mut self) -> Result<(Single, ByteSet), PatternError> {
        let negated = self.peek(0) == Some(b'^');
        let start = self.at + usize::from(negated);
        let end = self.set_end(start).ok_or(PatternError::MissingBracket)?;
        self.at = end + 1;
        let content = SetContent::read(&self.text[start..end]);
        let union = content.bytes.union(ByteSet::of_classes(content.classes));
        let members = if negated { union.complement() } else { union };
        Ok((self.set_test(&content, negated, members), members))
    }

    /// The offset of the bracket that closes a set; one that comes first is a member.
    fn set_end(&self, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let byte = *self.text.get(at)?;
            at += 1;
            if byte == b'%' && at < self.text.len() {
                at += 1;
            }
            if self.text.get(at) == Some(&b']') {
                return Some(at);
            }
        }
    }

    /// The cheapest test for the members of a set.
    fn set_test(&mut self, content: &SetContent, negated: bool, members: ByteSet) -> Single {
        if members == ByteSet::FULL {
            return Single::Any;
        }
        if let Some(byte) = members.only_byte() {
            return Single::Byte(byte);
        }
        if let Some(byte) = members.complement().only_byte() {
            return Single::NotByte(byte);
        }
        let pure = ByteSet::of_classes(content.classes).is_superset(&content.bytes);
        if pure && !negated {
            return Single::Class(content.classes);
        }
        if pure && content.classes.is_power_of_two() {
            return Single::Class(class::swap_complements(content.classes));
        }
        self.table_test(members)
    }

    /// A test by a table, shared between equal sets.
    fn table_test(&mut self, members: ByteSet) -> Single {
        let known = self.set_members.iter().take(LOOKAHEAD).position(|set| *set == members);
        let index = known.unwrap_or_else(|| {
            self.set_members.push(members);
            self.sets.push(members.table());
            self.sets.len() - 1
        });
        Single::Set(index as u32)
    }

    fn finish(mut self, anchored: bool) -> Pattern {
        for at in 0..self.nodes.len() {
            self.specialise(at);
        }
        let first = self.first();
        let floating = self.is_floating();
        let scan = if anchored { None } else { self.scan() };
        let (nodes, literals) = join_literals(&self.nodes);
        Pattern {
            nodes: nodes.into(),
            sets: self.sets.into(),
            literals: literals.into(),
            anchored,
            scan,
            first,
            floating,
            capture_count: self.capture_count,
            positions: self.positions,
            unfinished: self.unfinished,
            deep: self.recursions >= MAX_RECURSION,
        }
    }

    /// Tells a repetition what must follow it.
    fn specialise(&mut self, at: usize) {
        self.nodes[at] = match self.nodes[at] {
            Node::Greedy { single, min, .. } if self.never_gives_back(at) => Node::Possessive { single, min },
            Node::Greedy { single, min, .. } => Node::Greedy { single, min, follow: self.follow(at + 1) },
            Node::Lazy { single, .. } => Node::Lazy { single, follow: self.follow(at + 1) },
            node => node,
        };
    }

    /// What the items from `at` on need, if anything.
    fn follow(&mut self, at: usize) -> Option<Follow> {
        let mut union = ByteSet::EMPTY;
        let mut singles = 0;
        let mut only = Single::Any;
        let mut complete = false;
        let mut or_end = false;
        for (node, members) in self.nodes.iter().zip(&self.members).skip(at).take(LOOKAHEAD) {
            let (single, skippable) = match *node {
                Node::Open(_) | Node::Close(_) | Node::Position(_) => continue,
                Node::One(single) => (single, false),
                Node::Greedy { single, min, .. } | Node::Possessive { single, min } => (single, min == 0),
                Node::Lazy { single, .. } | Node::Optional(single) => (single, true),
                Node::Balance { open, .. } => (Single::Byte(open), false),
                Node::SubjectEnd => {
                    (or_end, complete) = (true, true);
                    break;
                }
                _ => return None,
            };
            let members = if let Single::Byte(byte) = single { ByteSet::range(byte, byte) } else { *members };
            union = union.union(members);
            singles += 1;
            only = single;
            if !skippable {
                complete = true;
                break;
            }
        }
        match (singles, union) {
            _ if !complete => None,
            (0, _) | (_, ByteSet::FULL) => None,
            (1, _) => Some(Follow { single: only, or_end }),
            _ => Some(Follow { single: self.table_test(union), or_end }),
        }
    }

    /// Whether no shorter run of the repetition at `at` can lead to a match when the longest does not.
    ///
    /// Giving a character back leaves the followers to start with one that the repetition accepts.
    fn never_gives_back(&self, at: usize) -> bool {
        let members = &self.members[at];
        for (node, follower) in self.nodes.iter().zip(&self.members).skip(at + 1).take(LOOKAHEAD) {
            match node {
                Node::Open(_) | Node::Close(_) | Node::Position(_) => {}
                Node::One(_) | Node::Greedy { min: 1, .. } | Node::Possessive { min: 1, .. } => {
                    return members.is_disjoint(follower);
                }
                Node::Greedy { .. } | Node::Possessive { .. } | Node::Lazy { .. } | Node::Optional(_) => {
                    if !members.is_disjoint(follower) {
                        return false;
                    }
                }
                Node::Balance { open, .. } => return !members.contains(*open),
                Node::SubjectEnd | Node::Accept | Node::Fail | Node::Error(_) => return true,
                Node::Literal { .. } | Node::BackReference(_) | Node::Frontier(_) => return false,
            }
        }
        false
    }

    /// The test that the first character of every match passes.
    fn first(&self) -> Option<Single> {
        let at = self.nodes.iter().position(|node| !is_capture(node))?;
        match self.nodes[at] {
            Node::One(single) | Node::Greedy { single, min: 1, .. } | Node::Possessive { single, min: 1 } => {
                (single != Single::Any).then_some(single)
            }
            Node::Balance { open, .. } => Some(Single::Byte(open)),
            // The end of the subject counts as `\0` for a frontier.
            Node::Frontier(single) if !self.members[at].contains(0) => Some(single),
            _ => None,
        }
    }

    /// The pattern as a mere scan, if it is one.
    fn scan(&self) -> Option<Scan> {
        let (node, captured) = match *self.nodes {
            [node, Node::Accept] => (node, false),
            [Node::Open(_), node, Node::Close(_), Node::Accept] => (node, true),
            _ => return None,
        };
        match node {
            Node::One(single) => Some(Scan { single, repeats: false, captured }),
            Node::Possessive { single, min: 1 } => Some(Scan { single, repeats: true, captured }),
            _ => None,
        }
    }

    /// Whether a later start can reach only what an earlier start reaches as well.
    ///
    /// That takes a repetition of any character in front, and no item that looks at the text of a capture.
    fn is_floating(&self) -> bool {
        let leading = self.nodes.iter().find(|node| !is_capture(node));
        let repeats = matches!(
            leading,
            Some(Node::Greedy { single: Single::Any, .. } | Node::Possessive { single: Single::Any, .. })
                | Some(Node::Lazy { single: Single::Any, .. })
        );
        repeats && !self.nodes.iter().any(|node| matches!(node, Node::BackReference(_)))
    }
}

fn is_capture(node: &Node) -> bool {
    matches!(node, Node::Open(_) | Node::Close(_) | Node::Position(_))
}

fn literal(byte: u8) -> (Single, ByteSet) {
    (Single::Byte(byte), ByteSet::range(byte, byte))
}

/// Joins neighbouring literal characters.
fn join_literals(nodes: &[Node]) -> (Vec<Node>, Vec<u8>) {
    let mut joined = Vec::with_capacity(nodes.len());
    let mut literals = Vec::new();
    let mut rest = nodes;
    while let [node, after @ ..] = rest {
        let run = rest.iter().take_while(|node| matches!(node, Node::One(Single::Byte(_)))).count();
        if run < 2 {
            joined.push(*node);
            rest = after;
            continue;
        }
        let start = literals.len() as u32;
        literals.extend(rest[..run].iter().filter_map(|node| match node {
            Node::One(Single::Byte(byte)) => Some(*byte),
            _ => None,
        }));
        joined.push(Node::Literal { start, len: run as u32 });
        rest = &rest[run..];
    }
    (joined, literals)
}

/// What stands between the brackets of a set.
struct SetContent {
    /// Literals and ranges.
    bytes: ByteSet,
    /// Classes, as bits of [`class::FLAGS`].
    classes: u32,
}

impl SetContent {
    fn read(mut text: &[u8]) -> SetContent {
        let mut content = SetContent { bytes: ByteSet::EMPTY, classes: 0 };
        loop {
            text = match text {
                [] => return content,
                [b'%', letter, rest @ ..] => {
                    match class::class_bit(*letter) {
                        Some(mask) => content.classes |= mask,
                        None => content.bytes.insert(*letter),
                    }
                    rest
                }
                [low, b'-', high, rest @ ..] => {
                    content.bytes = content.bytes.union(ByteSet::range(*low, *high));
                    rest
                }
                [byte, rest @ ..] => {
                    content.bytes.insert(*byte);
                    rest
                }
            };
        }
    }
}
