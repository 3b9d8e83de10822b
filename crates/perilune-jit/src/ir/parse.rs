//! The IR from text, as [`Func::text`] prints it. A comment goes from `;` to the end of its line.
//!
//! ```text
//! function f0 "fib.lua:1" entry 0 registers 4
//! b0:
//!   at 0
//!     v0: Any = LoadReg(0)
//!     v1: Int = Guard(Int) v0 else @0 []
//!     v2: small Int = Int(2)
//!     v3: Bool = Compare(Lt) v1, v2
//!     branch v3, b1, b2(v1)
//! ```
//!
//! After `entry`: where the function is entered, and how many registers it has. Blocks may have parameters, be `cold`, and have a
//! state for what is moved out of the `loop` that they head. `small` integers are known to fit a word. After `else`: where an
//! instruction leaves to, with the registers that are out of date; `> r3 f1@7 wants 1` is an inlined call in progress, `for f1@9`
//! the instruction that leaves, if it is not the one to go on at.

use super::text::{self, Fields, read_op};
use super::{Block, BlockData, Edge, End, FrameState, Func, InlinedCall, Inst, Names, Op, Place, StateId, Ty, Val, verify};
use perilune_vm::proto::ProtoRef;
use perilune_vm::tier::Called;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::fmt;

/// Highest number of a value or block.
const MOST: u32 = 1 << 20;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1 on.
    pub line: usize,
    /// The column in characters, from 1 on.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Finds what a text names by number and description ([`Names::describe_proto`], [`Names::describe_cell`]).
pub trait Resolve {
    /// A function.
    fn proto(&mut self, number: usize, description: &str) -> Option<ProtoRef>;
    /// A cell, as a word.
    fn cell(&mut self, number: usize, description: &str) -> Option<u64>;
    /// Another address.
    fn address(&mut self, number: usize) -> Option<u64>;
}

/// For text that was just printed.
impl Resolve for Names {
    fn proto(&mut self, number: usize, _: &str) -> Option<ProtoRef> {
        self.protos.get(number).copied()
    }

    fn cell(&mut self, number: usize, _: &str) -> Option<u64> {
        self.cells.get(number).copied()
    }

    fn address(&mut self, number: usize) -> Option<u64> {
        self.addresses.get(number).copied()
    }
}

type Result<T = ()> = std::result::Result<T, ParseError>;

/// Reads a function and verifies it.
///
/// # Errors
/// Text that is no function, and functions that are not well formed; of these the error has the end as its place.
pub fn parse(text: &str, resolve: &mut dyn Resolve) -> Result<Func> {
    let mut reader = Reader { text, at: 0, resolve, protos: Vec::new(), cells: Vec::new(), states: HashMap::new(), field: 0 };
    let mut parser = Parser { func: reader.header()?, defined: Vec::new(), blocks: Vec::new() };
    reader.names()?;
    while !reader.at_end() {
        parser.block(&mut reader)?;
    }
    parser.finish(&reader)
}

/// Takes words from the text.
struct Reader<'a> {
    text: &'a str,
    /// Offset of the next character.
    at: usize,
    resolve: &'a mut dyn Resolve,
    protos: Vec<ProtoRef>,
    cells: Vec<u64>,
    /// States by their text.
    states: HashMap<String, StateId>,
    /// Fields of the operation that were read.
    field: usize,
}

impl Reader<'_> {
    fn error_at<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |index| index + 1);
        let line = before.matches('\n').count() + 1;
        Err(ParseError { line, column: before[start..].chars().count() + 1, message: message.into() })
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Skips blanks and comments, of this line or of any.
    fn skip(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            let Some(next) = rest.chars().next() else { return };
            self.at += match next {
                ';' => rest.find('\n').unwrap_or(rest.len()),
                '\n' if !lines => return,
                blank if blank.is_whitespace() => blank.len_utf8(),
                _ => return,
            };
        }
    }

    fn at_end(&mut self) -> bool {
        self.skip(true);
        self.rest().is_empty()
    }

    /// The next word (letters, digits, signs of numbers) or single sign, without taking it.
    fn peek(&mut self) -> &str {
        self.skip(true);
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.');
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let sign = rest.chars().next().map_or(0, char::len_utf8);
        &rest[..if length == 0 { sign } else { length }]
    }

    fn next(&mut self) -> String {
        let word = self.peek().to_owned();
        self.at += word.len();
        word
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    fn expect(&mut self, word: &str) -> Result {
        if self.take(word) {
            return Ok(());
        }
        self.expected(&format!("'{word}'"))
    }

    fn expected<T>(&mut self, what: &str) -> Result<T> {
        let found = self.peek().to_owned();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("'{found}'") };
        self.error_at(self.at, format!("{what} expected, not {found}"))
    }

    fn number<T: std::str::FromStr>(&mut self, what: &str) -> Result<T> {
        match self.peek().parse() {
            Ok(number) => {
                self.next();
                Ok(number)
            }
            Err(_) => self.expected(what),
        }
    }

    /// A letter and a number.
    fn numbered(&mut self, letter: char, what: &str, most: u32) -> Result<u32> {
        match self.peek().strip_prefix(letter).and_then(|digits| digits.parse().ok()) {
            Some(number) if number <= most => {
                self.next();
                Ok(number)
            }
            _ => self.expected(what),
        }
    }

    fn val(&mut self) -> Result<Val> {
        self.numbered('v', "a value", MOST).map(Val)
    }

    fn block(&mut self) -> Result<Block> {
        self.numbered('b', "a block", MOST).map(Block)
    }

    fn reg(&mut self) -> Result<u16> {
        self.numbered('r', "a register", u32::from(u16::MAX)).map(|reg| reg as u16)
    }

    fn proto(&mut self) -> Result<ProtoRef> {
        self.skip(true);
        let at = self.at;
        let number = self.numbered('f', "a function", MOST)? as usize;
        match self.protos.get(number) {
            Some(&proto) => Ok(proto),
            None => self.error_at(at, format!("no function f{number}")),
        }
    }

    /// Text between quotation marks, as it stands there.
    fn quoted(&mut self) -> Result<String> {
        if self.peek() != "\"" {
            return self.expected("text in quotation marks");
        }
        let mut escaped = false;
        for (index, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => break,
                '"' if !escaped => {
                    let text = self.rest()[..=index].to_owned();
                    self.at += index + 1;
                    return Ok(text);
                }
                _ => escaped = c == '\\' && !escaped,
            }
        }
        self.error_at(self.at, "text without an end")
    }

    /// Separated by commas, if the line has a value next.
    fn vals_of_line(&mut self) -> Result<Vec<Val>> {
        self.skip(false);
        let mut vals = Vec::new();
        if !self.rest().starts_with('v') {
            return Ok(vals);
        }
        loop {
            vals.push(self.val()?);
            if !self.take(",") {
                return Ok(vals);
            }
        }
    }

    // ---- the head ----

    fn header(&mut self) -> Result<Func> {
        self.expect("function")?;
        let proto = self.described_proto()?;
        self.expect("entry")?;
        let entered = self.number("a word of code")?;
        self.expect("registers")?;
        let extent: u16 = self.number("a number of registers")?;
        let mut func = Func::new(proto, entered);
        func.extent = u32::from(extent);
        Ok(func)
    }

    fn described_proto(&mut self) -> Result<ProtoRef> {
        let number = self.protos.len();
        self.expect(&format!("f{number}"))?;
        self.skip(true);
        let at = self.at;
        let description = self.quoted()?;
        match self.resolve.proto(number, &description) {
            Some(proto) => {
                self.protos.push(proto);
                Ok(proto)
            }
            None => self.error_at(at, "an unknown function"),
        }
    }

    fn names(&mut self) -> Result {
        loop {
            if self.take("inlined") {
                self.described_proto()?;
            } else if self.take("cell") {
                let number = self.cells.len();
                self.expect(&format!("c{number}"))?;
                self.skip(true);
                let start = self.at;
                self.next();
                if self.peek() == "\"" {
                    self.quoted()?;
                }
                let description = self.text[start..self.at].trim_end().to_owned();
                match self.resolve.cell(number, &description) {
                    Some(word) => self.cells.push(word),
                    None => return self.error_at(start, "an unknown cell"),
                }
            } else {
                return Ok(());
            }
        }
    }

    // ---- states ----

    fn state(&mut self, func: &mut Func) -> Result<StateId> {
        self.skip(true);
        let start = self.at;
        self.expect("@")?;
        let pc = self.number("a word of code")?;
        let mut state = FrameState { pc, regs: Vec::new(), inlined: Vec::new(), proto: func.proto, at: pc };
        while self.take(">") {
            let func = self.reg()?;
            let (proto, pc) = self.place()?;
            self.expect("wants")?;
            let wanted = self.number("a number of results")?;
            let (as_operator, in_tail) = (self.take("operator"), self.take("tail"));
            let extra = if self.take("extra") { Some(self.number("a number of arguments")?) } else { None };
            let called = Called { as_operator, in_tail, extra };
            state.inlined.push(InlinedCall { func, proto, pc, wanted, called });
            (state.proto, state.at) = (proto, pc);
        }
        if self.take("for") {
            (state.proto, state.at) = self.place()?;
        }
        self.expect("[")?;
        while !self.take("]") {
            let reg = self.reg()?;
            self.expect("=")?;
            state.regs.push((reg, self.val()?));
        }
        // Instructions that leave in the same way share the way out.
        let text = self.text[start..self.at].to_owned();
        Ok(*self.states.entry(text).or_insert_with(|| {
            func.states.push(state);
            StateId(func.states.len() as u32 - 1)
        }))
    }

    /// A function and a word of its code.
    fn place(&mut self) -> Result<(ProtoRef, u32)> {
        let proto = self.proto()?;
        self.expect("@")?;
        Ok((proto, self.number("a word of code")?))
    }
}

impl Fields for Reader<'_> {
    type Error = ParseError;

    fn unknown(&mut self, name: &str) -> ParseError {
        let at = self.at - name.len();
        self.error_at::<()>(at, format!("no operation '{name}'")).expect_err("an error")
    }

    fn field<T>(&mut self, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        self.expect(if self.field == 0 { "(" } else { "," })?;
        self.field += 1;
        match read(self.peek()) {
            Some(field) => {
                self.next();
                Ok(field)
            }
            None => self.expected(expected),
        }
    }

    fn cell(&mut self, number: usize) -> Option<u64> {
        self.cells.get(number).copied()
    }

    fn address_of(&mut self, number: usize) -> Option<u64> {
        self.resolve.address(number)
    }

    fn bad(&mut self, expected: &str, found: &str) -> ParseError {
        let at = self.at - found.len();
        self.error_at::<()>(at, format!("{expected} expected, not '{found}'")).expect_err("an error")
    }
}

/// Puts the function together.
struct Parser {
    func: Func,
    /// By value: whether it was defined.
    defined: Vec<bool>,
    /// By block: whether it was begun.
    blocks: Vec<bool>,
}

impl Parser {
    fn block(&mut self, reader: &mut Reader<'_>) -> Result {
        reader.skip(true);
        let at = reader.at;
        let block = reader.block()?;
        let index = block.0 as usize;
        if self.blocks.len() <= index {
            self.blocks.resize(index + 1, false);
        }
        if std::mem::replace(&mut self.blocks[index], true) {
            return reader.error_at(at, format!("b{index} begins twice"));
        }
        let mut data = empty_block();
        if reader.take("(") {
            loop {
                let val = self.define(reader)?;
                reader.expect(":")?;
                let ty = self.value_type(reader, val)?;
                self.set(val, Inst { op: Op::Param, args: SmallVec::new(), ty, state: None }, self.func.position);
                data.params.push(val);
                if !reader.take(",") {
                    break;
                }
            }
            reader.expect(")")?;
        }
        data.cold = reader.take("cold");
        if reader.take("loop") {
            data.loop_state = Some(reader.state(&mut self.func)?);
        }
        reader.expect(":")?;
        self.contents(reader, &mut data)?;
        if self.func.blocks.len() <= index {
            self.func.blocks.resize(index + 1, empty_block());
        }
        self.func.blocks[index] = data;
        Ok(())
    }

    fn contents(&mut self, reader: &mut Reader<'_>, data: &mut BlockData) -> Result {
        let mut place = Place { proto: self.func.proto, pc: self.func.entered };
        loop {
            if reader.take("at") {
                place = if reader.peek().starts_with('f') {
                    let (proto, pc) = reader.place()?;
                    Place { proto, pc }
                } else {
                    Place { proto: self.func.proto, pc: reader.number("a word of code")? }
                };
            } else if reader.peek().starts_with('v') {
                let val = self.instruction(reader, place)?;
                data.insts.push(val);
            } else {
                data.end = self.end(reader)?;
                return Ok(());
            }
        }
    }

    fn instruction(&mut self, reader: &mut Reader<'_>, place: Place) -> Result<Val> {
        let val = self.define(reader)?;
        let ty = if reader.take(":") { self.value_type(reader, val)? } else { Ty::None };
        reader.expect("=")?;
        let name = reader.next();
        reader.field = 0;
        let op = read_op(&name, reader)?;
        if reader.field != 0 {
            reader.expect(")")?;
        }
        let args = reader.vals_of_line()?;
        let state = if reader.take("else") { Some(reader.state(&mut self.func)?) } else { None };
        self.set(val, Inst { op, args: SmallVec::from_vec(args), ty, state }, place);
        Ok(val)
    }

    fn end(&mut self, reader: &mut Reader<'_>) -> Result<End> {
        reader.skip(true);
        let at = reader.at;
        Ok(match reader.next().as_str() {
            "open" => End::Open,
            "jump" => End::Jump(edge(reader)?),
            "branch" => {
                let condition = reader.val()?;
                reader.expect(",")?;
                let yes = edge(reader)?;
                reader.expect(",")?;
                End::Branch(condition, yes, edge(reader)?)
            }
            "exit" => End::Exit(reader.state(&mut self.func)?),
            "step" => End::StepOut(reader.number("a word of code")?),
            "return" => return returned(reader),
            _ => {
                reader.at = at;
                return reader.expected("an instruction or an end");
            }
        })
    }

    fn define(&mut self, reader: &mut Reader<'_>) -> Result<Val> {
        reader.skip(true);
        let at = reader.at;
        let val = reader.val()?;
        let index = val.0 as usize;
        if self.defined.len() <= index {
            self.defined.resize(index + 1, false);
        }
        if std::mem::replace(&mut self.defined[index], true) {
            return reader.error_at(at, format!("{val} is defined twice"));
        }
        Ok(val)
    }

    fn value_type(&mut self, reader: &mut Reader<'_>, val: Val) -> Result<Ty> {
        if reader.take("small") {
            self.func.small.insert(val);
        }
        match text::type_named(reader.peek()) {
            Some(ty) => {
                reader.next();
                Ok(ty)
            }
            None => reader.expected("a type"),
        }
    }

    fn set(&mut self, val: Val, inst: Inst, place: Place) {
        self.grow(val.0 as usize + 1);
        self.func.insts[val.0 as usize] = inst;
        self.func.positions[val.0 as usize] = place;
    }

    /// Numbers that the text leaves out are values that nobody uses.
    fn grow(&mut self, length: usize) {
        if self.func.insts.len() < length {
            let unused = Inst { op: Op::Bool(false), args: SmallVec::new(), ty: Ty::Bool, state: None };
            self.func.insts.resize(length, unused);
            self.func.positions.resize(length, self.func.position);
        }
    }

    fn finish(mut self, reader: &Reader<'_>) -> Result<Func> {
        let at_end = |message: String| reader.error_at(reader.text.len(), message);
        let used = |val: &Val| val.0 as usize + 1;
        let args = self.func.insts.iter().flat_map(|inst| inst.args.iter().map(used)).max();
        let regs = self.func.states.iter().flat_map(|state| state.regs.iter().map(|(_, val)| used(val))).max();
        let ends = self.func.blocks.iter_mut().map(|data| {
            let mut most = 0;
            data.end.each_use(|val| most = most.max(used(val)));
            most
        });
        let most = ends.max().max(args).max(regs).unwrap_or(0);
        self.grow(most);
        let missing = self.func.blocks.iter().flat_map(|data| data.end.successors());
        if let Some(block) =
            missing.chain([Block(0)]).find(|block| !self.blocks.get(block.0 as usize).copied().unwrap_or(false))
        {
            return at_end(format!("no block b{}", block.0));
        }
        match verify::verify(&self.func) {
            Ok(()) => Ok(self.func),
            Err(message) => at_end(message),
        }
    }
}

fn empty_block() -> BlockData {
    BlockData { params: Vec::new(), insts: Vec::new(), end: End::Open, loop_state: None, cold: false }
}

fn edge(reader: &mut Reader<'_>) -> Result<Edge> {
    let to = reader.block()?;
    let mut args = Vec::new();
    if reader.take("(") {
        args = reader.vals_of_line()?;
        reader.expect(")")?;
    }
    Ok(Edge { to, args })
}

/// What follows `return`.
fn returned(reader: &mut Reader<'_>) -> Result<End> {
    reader.skip(false);
    let next = reader.rest().chars().next();
    Ok(match next {
        Some('v') => {
            let val = reader.val()?;
            reader.expect("by")?;
            End::Return1(val, reader.reg()?)
        }
        Some('o') => {
            reader.expect("open")?;
            reader.expect("from")?;
            End::ReturnOpen(reader.reg()?)
        }
        Some('0'..='9') => {
            let count = reader.number("a number of results")?;
            reader.expect("from")?;
            End::Return(reader.reg()?, count)
        }
        _ => End::Return0,
    })
}
