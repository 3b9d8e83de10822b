//! The formats of `read` and `lines`.

use super::standard::lock;
use super::stream::Stream;
use crate::system::{self, Errno, SystemResult};
use perilune_vm::{NativeResult, Thread, Throw, Type, Value};
use std::sync::Mutex;

/// Longest text of a number that is read.
const MAX_NUMERAL: usize = 200;

/// Why a value could not be read.
enum Failure {
    Lua(Throw),
    System(Errno),
}

impl From<Throw> for Failure {
    fn from(throw: Throw) -> Failure {
        Failure::Lua(throw)
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure::System(errno)
    }
}

/// Reads what the formats in the arguments from `first` on say, a line if there are none. Pushes the values; the first one
/// that cannot be read is nil and the last.
pub fn read_values(t: &mut Thread, stream: &Mutex<Stream>, first: usize) -> NativeResult {
    let formats = (t.arg_count() + 1).saturating_sub(first);
    match read_formats(t, &mut lock(stream), first, formats) {
        Ok(count) => Ok(count),
        Err(Failure::Lua(throw)) => Err(throw),
        Err(Failure::System(errno)) => system::push_failure(t, errno, None),
    }
}

fn read_formats(t: &mut Thread, stream: &mut Stream, first: usize, formats: usize) -> Result<u32, Failure> {
    if formats == 0 {
        if !push_line(t, stream, true)? {
            t.push(Value::NIL);
        }
        return Ok(1);
    }
    t.check_stack(formats + 20, "too many arguments")?;
    for index in 0..formats {
        if !push_format(t, stream, first + index)? {
            t.push(Value::NIL);
            return Ok(index as u32 + 1);
        }
    }
    Ok(formats as u32)
}

/// Reads one value and pushes it, or tells that there is none.
fn push_format(t: &mut Thread, stream: &mut Stream, index: usize) -> Result<bool, Failure> {
    if t.arg(index).type_of() == Type::Number {
        let count = t.check_int(index)? as usize;
        return push_bytes(t, stream, count);
    }
    let format = t.check_str(index)?.bytes();
    match format.strip_prefix(b"*").unwrap_or(format).first() {
        Some(b'l') => push_line(t, stream, true),
        Some(b'L') => push_line(t, stream, false),
        Some(b'n') => push_number(t, stream),
        Some(b'a') => {
            let mut text = Vec::new();
            stream.read_rest(&mut text)?;
            t.push_bytes(&text)?;
            Ok(true)
        }
        _ => Err(t.arg_error(index, "invalid format").into()),
    }
}

fn push_line(t: &mut Thread, stream: &mut Stream, chop: bool) -> Result<bool, Failure> {
    let mut spill = Vec::new();
    let line = stream.read_line(&mut spill)?;
    if line.is_empty() {
        return Ok(false);
    }
    let text = if chop { line.strip_suffix(b"\n").unwrap_or(line) } else { line };
    t.push_bytes(text)?;
    Ok(true)
}

fn push_bytes(t: &mut Thread, stream: &mut Stream, count: usize) -> Result<bool, Failure> {
    if count == 0 {
        let more = stream.peek()?.is_some();
        if more {
            t.push_bytes(b"")?;
        }
        return Ok(more);
    }
    let mut text = Vec::new();
    stream.read_bytes(count, &mut text)?;
    if text.is_empty() {
        return Ok(false);
    }
    t.push_bytes(&text)?;
    Ok(true)
}

fn push_number(t: &mut Thread, stream: &mut Stream) -> Result<bool, Failure> {
    let mut numeral = Numeral { stream, text: [0; MAX_NUMERAL], length: 0, overflowed: false };
    numeral.scan()?;
    let text = if numeral.overflowed { &[] } else { &numeral.text[..numeral.length] };
    match perilune_vm::api::parse_number(text) {
        Some(number) => {
            t.push_number(number);
            Ok(true)
        }
        None => Ok(false),
    }
}

/// The longest prefix of the input that may be a numeral, as it is gathered.
struct Numeral<'s> {
    stream: &'s mut Stream,
    text: [u8; MAX_NUMERAL],
    length: usize,
    overflowed: bool,
}

impl Numeral<'_> {
    fn scan(&mut self) -> SystemResult<()> {
        while self.stream.peek()?.is_some_and(is_space) {
            self.stream.bump();
        }
        self.accept(|byte| matches!(byte, b'-' | b'+'))?;
        let mut digits = 0;
        let mut is_hex = false;
        if self.accept(|byte| byte == b'0')? {
            is_hex = self.accept(|byte| matches!(byte, b'x' | b'X'))?;
            digits = usize::from(!is_hex);
        }
        digits += self.digits(is_hex)?;
        if self.accept(|byte| byte == b'.')? {
            digits += self.digits(is_hex)?;
        }
        let is_mark = |byte: u8| byte.eq_ignore_ascii_case(if is_hex { &b'p' } else { &b'e' });
        if digits > 0 && self.accept(is_mark)? {
            self.accept(|byte| matches!(byte, b'-' | b'+'))?;
            self.digits(false)?;
        }
        Ok(())
    }

    /// Takes the next byte if it is of the wanted kind and there is room for it.
    #[inline]
    fn accept(&mut self, wanted: impl Fn(u8) -> bool) -> SystemResult<bool> {
        let Some(byte) = self.stream.peek()?.filter(|&byte| wanted(byte)) else { return Ok(false) };
        if self.length == MAX_NUMERAL {
            self.overflowed = true;
            return Ok(false);
        }
        self.text[self.length] = byte;
        self.length += 1;
        self.stream.bump();
        Ok(true)
    }

    fn digits(&mut self, is_hex: bool) -> SystemResult<usize> {
        let mut count = 0;
        while self.accept(|byte| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() })? {
            count += 1;
        }
        Ok(count)
    }
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
