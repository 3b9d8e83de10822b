//! The binary format of `string.dump` and `luac`: prototypes as bytes and back.
//!
//! ```text
//! chunk    = header "Peri" version:byte fingerprint:u32 function
//! header   = 0x1b "Lua" 0x54 0 19 93 0d 0a 1a 0a 4 8 8 int:u64 (0x5678) float:u64 (370.5)
//! function = source:string line_defined last_line_defined params:byte flags:byte (bit 0: vararg) registers:byte
//!            code:n*u32 consts:n*const caches:n*cache upvalues:n*upvalue lines:n*line locals:n*local children:n*function
//! upvalue  = name:string flags:byte (bit 0: in the stack, 1: read-only, 2: constant) index:byte
//! string   = 0 (none) | 1 length bytes (new) | 2+i (the i-th new string of the chunk)
//! ```
//!
//! The header is that of PUC Lua 5.4 on 64-bit little-endian machines, which programs may look at: version, format, bytes
//! that careless transfers damage, the sizes of instructions, integers and floats, and one of each number. What follows is
//! our own, so a chunk of PUC Lua is refused at the marker `Peri`.
//!
//! Numbers without a type are unsigned LEB128; `n*x` is a count and that many `x`; fixed sizes are little-endian. The
//! fingerprint is that of the opcode table, as code has no meaning under another one. Reading trusts nothing: counts are
//! checked against the bytes left before memory is taken, and the result passes the verifier.

use crate::error::until_nul;
use crate::intern::WordMap;
use crate::op::Op;
use crate::proto::{CacheDesc, Const, LineTable, LocalVar, Proto, UpvalueDesc};
use crate::verify::{MAX_NESTED_FUNCTIONS, verify};
use std::rc::Rc;

/// What a binary chunk begins with. By its first byte `load` tells binary from text.
pub const SIGNATURE: &[u8] = b"\x1bLua";

/// The parts of the header behind the signature, and what is said of a chunk in which they differ.
const HEADER: [(&[u8], &str); 8] = [
    (&[0x54], "version mismatch"),
    (&[0], "format mismatch"),
    (b"\x19\x93\r\n\x1a\n", "corrupted chunk"),
    (&[size_of::<u32>() as u8], "Instruction size mismatch"),
    (&[size_of::<i64>() as u8], "lua_Integer size mismatch"),
    (&[size_of::<f64>() as u8], "lua_Number size mismatch"),
    (&0x5678_i64.to_le_bytes(), "integer format mismatch"),
    (&370.5_f64.to_bits().to_le_bytes(), "float format mismatch"),
];

/// What tells our chunks from those of PUC Lua.
const MARKER: &[u8] = b"Peri";

/// The version of the format behind the marker.
pub const VERSION: u8 = 3;

/// FNV-1a over the names and shapes of all operations: what code means.
#[must_use]
pub const fn fingerprint() -> u32 {
    const fn mix(hash: u32, byte: u8) -> u32 {
        (hash ^ byte as u32).wrapping_mul(0x0100_0193)
    }
    let mut hash = 0x811c_9dc5;
    let mut index = 0;
    while index < Op::ALL.len() {
        let op = Op::ALL[index];
        let mut name = op.mnemonic().as_bytes();
        while let [byte, rest @ ..] = name {
            hash = mix(hash, *byte);
            name = rest;
        }
        let [a, b, c] = op.operands();
        hash = mix(mix(mix(mix(hash, a as u8), b as u8), c as u8), op.extra() as u8);
        index += 1;
    }
    hash
}

/// The bytes of a prototype. With `strip`, without debug information: source, names and lines.
#[must_use]
pub fn dump(proto: &Proto, strip: bool) -> Vec<u8> {
    let mut writer = Writer { out: SIGNATURE.to_vec(), strings: WordMap::default(), strip };
    for (part, _) in HEADER {
        writer.out.extend_from_slice(part);
    }
    writer.out.extend_from_slice(MARKER);
    writer.out.push(VERSION);
    writer.out.extend_from_slice(&fingerprint().to_le_bytes());
    writer.function(proto);
    writer.out
}

struct Writer<'p> {
    out: Vec<u8>,
    /// Numbers of the strings written so far.
    strings: WordMap<&'p [u8], u64>,
    strip: bool,
}

impl<'p> Writer<'p> {
    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn string(&mut self, text: &'p [u8]) {
        if let Some(&index) = self.strings.get(text) {
            return self.number(index + 2);
        }
        self.strings.insert(text, self.strings.len() as u64);
        self.number(1);
        self.number(text.len() as u64);
        self.out.extend_from_slice(text);
    }

    /// A string of the debug information.
    fn debug_string(&mut self, text: Option<&'p [u8]>) {
        match text {
            Some(text) if !self.strip => self.string(text),
            _ => self.number(0),
        }
    }

    fn list<T>(&mut self, items: &'p [T], mut write: impl FnMut(&mut Self, &'p T)) {
        self.number(items.len() as u64);
        for item in items {
            write(self, item);
        }
    }

    fn function(&mut self, proto: &'p Proto) {
        self.debug_string(proto.source.as_deref());
        self.number(u64::from(proto.line_defined));
        self.number(u64::from(proto.last_line_defined));
        self.out.extend_from_slice(&[proto.params, u8::from(proto.is_vararg), proto.registers]);
        self.list(&proto.code, |writer, word| writer.out.extend_from_slice(&word.to_le_bytes()));
        self.list(&proto.consts, Self::constant);
        self.list(&proto.caches, |writer, cache| writer.cache(*cache));
        self.list(&proto.upvalues, |writer, upvalue| {
            writer.debug_string(upvalue.name.as_deref());
            let flags = u8::from(upvalue.in_stack) | u8::from(upvalue.read_only) << 1 | u8::from(upvalue.constant) << 2;
            writer.out.extend_from_slice(&[flags, upvalue.index]);
        });
        let (lines, locals): (&[_], &[_]) = if self.strip { (&[], &[]) } else { (&proto.lines.0, &proto.locals) };
        self.lines(lines);
        self.list(locals, |writer, local| {
            writer.string(&local.name);
            writer.byte(local.register);
            writer.number(u64::from(local.start));
            writer.number(u64::from(local.end));
        });
        self.list(&proto.children, Self::function);
    }

    fn constant(&mut self, constant: &'p Const) {
        match constant {
            Const::Nil => self.byte(0),
            Const::Bool(false) => self.byte(1),
            Const::Bool(true) => self.byte(2),
            Const::Int(value) => {
                self.byte(3);
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            Const::Float(value) => {
                self.byte(4);
                self.out.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Const::Str(text) => {
                self.byte(5);
                self.string(text);
            }
        }
    }

    fn cache(&mut self, cache: CacheDesc) {
        match cache {
            CacheDesc::Field { name } => {
                self.byte(0);
                self.number(u64::from(name));
            }
            CacheDesc::Table { array, fields } => {
                self.byte(1);
                self.number(u64::from(array));
                self.number(u64::from(fields));
            }
            CacheDesc::Call => self.byte(2),
            CacheDesc::Iterate => self.byte(3),
        }
    }

    /// Lines, as differences: words grow, lines go both ways.
    fn lines(&mut self, lines: &[(u32, u32)]) {
        self.number(lines.len() as u64);
        let (mut last_word, mut last_line) = (0, 0);
        for &(word, line) in lines {
            self.number(u64::from(word - last_word));
            let difference = i64::from(line) - last_line;
            self.number((difference << 1 ^ difference >> 63) as u64);
            (last_word, last_line) = (word, i64::from(line));
        }
    }
}

/// The prototype in a binary chunk. `chunk_name` is the name given to `load`, for the error message.
///
/// # Errors
/// A complete message, such as `name: bad binary format (truncated chunk)`.
pub fn undump(bytes: &[u8], chunk_name: &[u8]) -> Result<Proto, Vec<u8>> {
    let mut reader = Reader { rest: bytes, strings: Vec::new() };
    let result = reader.chunk().and_then(|proto| match verify(&proto) {
        Ok(()) => Ok(proto),
        Err(error) => Err(Malformed::Code(error.to_string())),
    });
    result.map_err(|reason| {
        let name = match until_nul(chunk_name) {
            [b'@' | b'=', name @ ..] => name,
            [0x1b, ..] => b"binary string",
            name => name,
        };
        [name, b": bad binary format (", reason.text(), b")"].concat()
    })
}

enum Malformed {
    Format(&'static str),
    Code(String),
}

impl Malformed {
    fn text(&self) -> &[u8] {
        match self {
            Self::Format(text) => text.as_bytes(),
            Self::Code(text) => text.as_bytes(),
        }
    }
}

const TRUNCATED: Malformed = Malformed::Format("truncated chunk");
const CORRUPTED: Malformed = Malformed::Format("corrupted chunk");

type Read<T> = Result<T, Malformed>;

struct Reader<'b> {
    rest: &'b [u8],
    strings: Vec<Rc<[u8]>>,
}

impl Reader<'_> {
    fn chunk(&mut self) -> Read<Proto> {
        self.literal(SIGNATURE, "not a binary chunk")?;
        for (part, mismatch) in HEADER {
            self.literal(part, mismatch)?;
        }
        self.literal(MARKER, "chunk of another implementation of Lua")?;
        self.literal(&[VERSION], "version mismatch")?;
        self.literal(&fingerprint().to_le_bytes(), "version mismatch")?;
        self.function(0)
    }

    fn bytes(&mut self, count: usize) -> Read<&[u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Takes `expected`. Of a part that is cut short, too, what there is must be right.
    fn literal(&mut self, expected: &[u8], mismatch: &'static str) -> Read<()> {
        let present = self.rest.len().min(expected.len());
        if self.rest[..present] != expected[..present] {
            return Err(Malformed::Format(mismatch));
        }
        self.bytes(expected.len()).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        Ok(self.bytes(N)?.try_into().expect("as many as asked for"))
    }

    fn byte(&mut self) -> Read<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn flags(&mut self, known: u8) -> Read<u8> {
        let flags = self.byte()?;
        if flags & !known == 0 { Ok(flags) } else { Err(CORRUPTED) }
    }

    fn number(&mut self) -> Read<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift > 63 || bits << shift >> shift != bits {
                return Err(CORRUPTED);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    fn number32(&mut self) -> Read<u32> {
        u32::try_from(self.number()?).map_err(|_| CORRUPTED)
    }

    fn list<T>(&mut self, item_bytes: usize, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = usize::try_from(self.number()?).map_err(|_| TRUNCATED)?;
        // What the bytes left cannot hold is not worth memory.
        if count > self.rest.len() / item_bytes {
            return Err(TRUNCATED);
        }
        let mut items = Vec::new();
        items.reserve_exact(count.min(self.rest.len() / size_of::<T>().max(1) + 1));
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    fn optional_string(&mut self) -> Read<Option<Rc<[u8]>>> {
        match self.number()? {
            0 => Ok(None),
            1 => {
                let length = usize::try_from(self.number()?).map_err(|_| TRUNCATED)?;
                let text: Rc<[u8]> = Rc::from(self.bytes(length)?);
                self.strings.push(text.clone());
                Ok(Some(text))
            }
            reference => {
                let known = usize::try_from(reference - 2).ok().and_then(|index| self.strings.get(index));
                known.cloned().map(Some).ok_or(CORRUPTED)
            }
        }
    }

    fn string(&mut self) -> Read<Rc<[u8]>> {
        self.optional_string()?.ok_or(CORRUPTED)
    }

    fn function(&mut self, depth: usize) -> Read<Proto> {
        if depth >= MAX_NESTED_FUNCTIONS {
            return Err(CORRUPTED);
        }
        Ok(Proto {
            source: self.optional_string()?,
            line_defined: self.number32()?,
            last_line_defined: self.number32()?,
            params: self.byte()?,
            is_vararg: self.flags(1)? == 1,
            registers: self.byte()?,
            code: self.list(4, |reader| Ok(u32::from_le_bytes(reader.array()?)))?,
            consts: self.list(1, Self::constant)?,
            caches: self.list(1, Self::cache)?,
            upvalues: self.list(3, Self::upvalue)?,
            lines: self.lines()?,
            locals: self.list(4, Self::local)?,
            children: self.list(13, |reader| reader.function(depth + 1))?,
        })
    }

    fn constant(&mut self) -> Read<Const> {
        Ok(match self.byte()? {
            0 => Const::Nil,
            1 => Const::Bool(false),
            2 => Const::Bool(true),
            3 => Const::Int(i64::from_le_bytes(self.array()?)),
            4 => Const::Float(f64::from_bits(u64::from_le_bytes(self.array()?))),
            5 => Const::Str(self.string()?),
            _ => return Err(CORRUPTED),
        })
    }

    fn cache(&mut self) -> Read<CacheDesc> {
        Ok(match self.byte()? {
            0 => CacheDesc::Field { name: self.number32()? },
            1 => CacheDesc::Table { array: self.number32()?, fields: self.number32()? },
            2 => CacheDesc::Call,
            3 => CacheDesc::Iterate,
            _ => return Err(CORRUPTED),
        })
    }

    fn upvalue(&mut self) -> Read<UpvalueDesc> {
        let name = self.optional_string()?;
        let flags = self.flags(7)?;
        let (in_stack, read_only, constant) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        Ok(UpvalueDesc { name, in_stack, index: self.byte()?, read_only, constant })
    }

    fn lines(&mut self) -> Read<LineTable> {
        let (mut word, mut line) = (0u32, 0i64);
        let lines = self.list(2, |reader| {
            word = word.checked_add(reader.number32()?).ok_or(CORRUPTED)?;
            let coded = reader.number()?;
            let difference = (coded >> 1) as i64 ^ -((coded & 1) as i64);
            line = line.checked_add(difference).ok_or(CORRUPTED)?;
            Ok((word, u32::try_from(line).map_err(|_| CORRUPTED)?))
        })?;
        Ok(LineTable(lines))
    }

    fn local(&mut self) -> Read<LocalVar> {
        Ok(LocalVar { name: self.string()?, register: self.byte()?, start: self.number32()?, end: self.number32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::compile;

    const SOURCE: &[u8] = b"local a, b <const> = ..., 'x'\nfunction f(...) return {a, b, 1.5, 1 << 40, nil, true} end\n\
        for k in pairs(a) do local z <close> = k; f(function() return z end) end";

    #[test]
    fn what_is_dumped_comes_back() {
        let proto = compile(SOURCE, b"=test").unwrap();
        assert_eq!(undump(&dump(&proto, false), b"=test").unwrap(), proto);
    }

    #[test]
    fn stripping_drops_debug_information_only() {
        let proto = compile(SOURCE, b"=test").unwrap();
        let stripped = undump(&dump(&proto, true), b"=test").unwrap();
        assert_eq!((&stripped.source, &stripped.lines, stripped.locals.len()), (&None, &LineTable::default(), 0));
        assert!(stripped.children[0].upvalues.iter().all(|upvalue| upvalue.name.is_none()));
        assert_eq!((&stripped.code, &stripped.consts), (&proto.code, &proto.consts));
        assert!(dump(&stripped, false).len() < dump(&proto, false).len());
    }

    #[test]
    fn every_truncation_is_noticed() {
        let bytes = dump(&compile(SOURCE, b"=test").unwrap(), false);
        for length in 0..bytes.len() {
            let message = undump(&bytes[..length], b"@file").unwrap_err();
            assert_eq!(String::from_utf8(message).unwrap(), "file: bad binary format (truncated chunk)");
        }
    }

    #[test]
    fn corruption_never_panics() {
        let bytes = dump(&compile(SOURCE, b"=test").unwrap(), false);
        for position in 0..bytes.len() {
            for change in [1, 0x7f, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[position] ^= change;
                if let Ok(proto) = undump(&changed, b"=test") {
                    assert_eq!(verify(&proto), Ok(()), "byte {position}");
                }
            }
        }
    }

    fn check_refused(bytes: &[u8], chunk_name: &[u8], expected: &str) {
        assert_eq!(String::from_utf8(undump(bytes, chunk_name).unwrap_err()).unwrap(), expected);
    }

    #[test]
    fn every_byte_of_the_header_counts() {
        let bytes = dump(&compile(SOURCE, b"=test").unwrap(), false);
        let parts = std::iter::once((SIGNATURE, "not a binary chunk")).chain(HEADER);
        let reasons = parts.flat_map(|(part, reason)| vec![reason; part.len()]);
        let mut count = 0;
        for (position, reason) in reasons.enumerate() {
            let mut changed = bytes.clone();
            changed[position] = changed[position].wrapping_add(1);
            check_refused(&changed, b"=f", &format!("f: bad binary format ({reason})"));
            count += 1;
        }
        assert_eq!((count, &bytes[count..count + 4]), (31, MARKER));
    }

    #[test]
    fn chunks_of_puc_lua_are_refused() {
        let header = HEADER.map(|(part, _)| part).concat();
        let rest = b"\x01\x84@x.lua\x80\x80\x00\x01\x02";
        check_refused(
            &[SIGNATURE, &header, rest].concat(),
            b"@x",
            "x: bad binary format (chunk of another implementation of Lua)",
        );
    }

    #[test]
    fn names_in_messages_lose_their_mark() {
        check_refused(b"\x1bLuo", b"\x1bLua", "binary string: bad binary format (not a binary chunk)");
        check_refused(b"\x1bLua", b"=a\0b", "a: bad binary format (truncated chunk)");
    }
}
