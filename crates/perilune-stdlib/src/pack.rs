//! Binary formats of `string.pack`, `string.unpack` and `string.packsize`.
//!
//! [`Packer`] and [`Unpacker`] walk a format; the caller only converts between operands and values. Native sizes are
//! those of x86-64 and AArch64: `int` has 4 bytes, `long`, `size_t` and the largest alignment 8.

use std::fmt;

/// The largest integer, in bytes.
const MAX_INT_SIZE: usize = 16;

/// The size of a Lua integer.
const LUA_INT_SIZE: usize = 8;

/// The largest alignment of a native type.
const NATIVE_ALIGN: usize = 8;

/// The largest result of `packsize`; sizes in formats stay below it too.
const MAX_SIZE: usize = i32::MAX as usize;

/// What is wrong with a format or an operand. Displays as PUC Lua's message, without a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackError {
    /// The size of an integer is not in 1 to 16.
    IntegralSize(usize),
    /// `c` without a size.
    MissingSize,
    /// An unknown option.
    InvalidOption(u8),
    /// `X` is not followed by an option with an alignment.
    InvalidNextOption,
    /// An alignment is not a power of two.
    AlignmentNotPowerOfTwo,
    /// `packsize` of a format with strings of variable length.
    VariableLength,
    /// The size of a format is too large.
    ResultTooLarge,
    /// A signed operand does not fit.
    IntegerOverflow,
    /// An unsigned operand does not fit.
    UnsignedOverflow,
    /// A string is longer than its field.
    StringTooLong,
    /// The length of a string does not fit its prefix.
    StringLength,
    /// A string to be terminated by a zero holds one.
    StringContainsZeros,
    /// The data end within an item.
    DataTooShort,
    /// A string that ends with a zero does not end.
    UnfinishedString,
    /// An integer of that many bytes is out of range.
    IntegerDoesNotFit(usize),
    /// Unpacking would start after the end.
    InitialPosition,
}

/// The argument an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// None: it is a plain error.
    None,
    /// The format, argument 1.
    Format,
    /// The operand being packed.
    Operand,
    /// The data being unpacked, argument 2.
    Data,
    /// The initial position, argument 3 of `unpack`.
    Position,
}

impl PackError {
    /// The argument to blame.
    pub fn culprit(&self) -> Culprit {
        match self {
            Self::IntegralSize(_) | Self::MissingSize | Self::InvalidOption(_) | Self::IntegerDoesNotFit(_) => Culprit::None,
            Self::InvalidNextOption | Self::AlignmentNotPowerOfTwo | Self::VariableLength | Self::ResultTooLarge => {
                Culprit::Format
            }
            Self::IntegerOverflow
            | Self::UnsignedOverflow
            | Self::StringTooLong
            | Self::StringLength
            | Self::StringContainsZeros => Culprit::Operand,
            Self::DataTooShort | Self::UnfinishedString => Culprit::Data,
            Self::InitialPosition => Culprit::Position,
        }
    }

    /// The message, which may hold a byte that is not UTF-8.
    pub fn message(&self) -> Vec<u8> {
        match self {
            Self::InvalidOption(option) => [b"invalid format option '", &[*option][..], b"'"].concat(),
            _ => self.to_string().into_bytes(),
        }
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IntegralSize(size) => write!(f, "integral size ({size}) out of limits [1,{MAX_INT_SIZE}]"),
            Self::MissingSize => f.write_str("missing size for format option 'c'"),
            Self::InvalidOption(option) => write!(f, "invalid format option '{}'", char::from(*option)),
            Self::InvalidNextOption => f.write_str("invalid next option for option 'X'"),
            Self::AlignmentNotPowerOfTwo => f.write_str("format asks for alignment not power of 2"),
            Self::VariableLength => f.write_str("variable-length format"),
            Self::ResultTooLarge => f.write_str("format result too large"),
            Self::IntegerOverflow => f.write_str("integer overflow"),
            Self::UnsignedOverflow => f.write_str("unsigned overflow"),
            Self::StringTooLong => f.write_str("string longer than given size"),
            Self::StringLength => f.write_str("string length does not fit in given size"),
            Self::StringContainsZeros => f.write_str("string contains zeros"),
            Self::DataTooShort => f.write_str("data string too short"),
            Self::UnfinishedString => f.write_str("unfinished string for format 'z'"),
            Self::IntegerDoesNotFit(size) => write!(f, "{size}-byte integer does not fit into Lua Integer"),
            Self::InitialPosition => f.write_str("initial position out of string"),
        }
    }
}

impl std::error::Error for PackError {}

/// What an option of a format stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A signed integer.
    Int,
    /// An unsigned integer.
    Unsigned,
    /// A float of 4 or 8 bytes.
    Float,
    /// A string of fixed size.
    Fixed,
    /// A string with its length in front.
    Counted,
    /// A string with a zero behind it.
    Terminated,
    /// One byte of padding.
    Padding,
    /// Nothing but alignment.
    Align,
    /// Nothing: a space or a setting.
    Nothing,
}

/// One option of a format, applied to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it stands for.
    pub kind: Kind,
    /// Its size in bytes; for a counted string that of the length, for a terminated one 0.
    pub size: usize,
    /// The bytes of padding in front of it that align it.
    pub padding: usize,
    /// Whether the least significant byte comes first.
    pub little_endian: bool,
}

/// The options of a format, one after another.
#[derive(Clone, Debug)]
pub struct Items<'f> {
    rest: &'f [u8],
    little_endian: bool,
    max_align: usize,
}

impl<'f> Items<'f> {
    /// Reads a format, which ends at a zero byte if it holds one.
    pub fn new(format: &'f [u8]) -> Items<'f> {
        let end = memchr::memchr(0, format).unwrap_or(format.len());
        Items { rest: &format[..end], little_endian: cfg!(target_endian = "little"), max_align: 1 }
    }

    /// The next option, for an item that would start at `position` without padding.
    pub fn next_item(&mut self, position: usize) -> Result<Option<Item>, PackError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (kind, size) = self.option()?;
        let align = if kind == Kind::Align { self.following_alignment()? } else { size };
        let padding = if kind == Kind::Fixed { 0 } else { self.padding(position, align)? };
        Ok(Some(Item { kind, size, padding, little_endian: self.little_endian }))
    }

    /// The alignment of the option after `X`, which is consumed.
    fn following_alignment(&mut self) -> Result<usize, PackError> {
        if self.rest.is_empty() {
            return Err(PackError::InvalidNextOption);
        }
        match self.option()? {
            (Kind::Fixed, _) | (_, 0) => Err(PackError::InvalidNextOption),
            (_, align) => Ok(align),
        }
    }

    fn padding(&self, position: usize, align: usize) -> Result<usize, PackError> {
        if align <= 1 {
            return Ok(0);
        }
        let align = align.min(self.max_align);
        if !align.is_power_of_two() {
            return Err(PackError::AlignmentNotPowerOfTwo);
        }
        Ok(position.wrapping_neg() & (align - 1))
    }

    /// Reads one option: its kind and size.
    fn option(&mut self) -> Result<(Kind, usize), PackError> {
        let Some((&option, rest)) = self.rest.split_first() else {
            return Ok((Kind::Nothing, 0));
        };
        self.rest = rest;
        Ok(match option {
            b'b' => (Kind::Int, 1),
            b'B' => (Kind::Unsigned, 1),
            b'h' => (Kind::Int, 2),
            b'H' => (Kind::Unsigned, 2),
            b'l' | b'j' => (Kind::Int, 8),
            b'L' | b'J' | b'T' => (Kind::Unsigned, 8),
            b'f' => (Kind::Float, 4),
            b'd' | b'n' => (Kind::Float, 8),
            b'i' => (Kind::Int, self.int_size(4)?),
            b'I' => (Kind::Unsigned, self.int_size(4)?),
            b's' => (Kind::Counted, self.int_size(8)?),
            b'c' => (Kind::Fixed, self.number().ok_or(PackError::MissingSize)?),
            b'z' => (Kind::Terminated, 0),
            b'x' => (Kind::Padding, 1),
            b'X' => (Kind::Align, 0),
            _ => {
                self.setting(option)?;
                (Kind::Nothing, 0)
            }
        })
    }

    fn setting(&mut self, option: u8) -> Result<(), PackError> {
        match option {
            b' ' => {}
            b'<' => self.little_endian = true,
            b'>' => self.little_endian = false,
            b'=' => self.little_endian = cfg!(target_endian = "little"),
            b'!' => self.max_align = self.int_size(NATIVE_ALIGN)?,
            _ => return Err(PackError::InvalidOption(option)),
        }
        Ok(())
    }

    /// Reads a number, of which digits that would make it too large are left to be misread as options.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let [digit @ b'0'..=b'9', rest @ ..] = self.rest
            && number.unwrap_or(0) <= (MAX_SIZE - 9) / 10
        {
            number = Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0'));
            self.rest = rest;
        }
        number
    }

    fn int_size(&mut self, default: usize) -> Result<usize, PackError> {
        let size = self.number().unwrap_or(default);
        if (1..=MAX_INT_SIZE).contains(&size) { Ok(size) } else { Err(PackError::IntegralSize(size)) }
    }
}

/// The size of the result of packing by `format`, for `packsize`.
pub fn packed_size(format: &[u8]) -> Result<usize, PackError> {
    let mut items = Items::new(format);
    let mut total = 0;
    while let Some(item) = items.next_item(total)? {
        if matches!(item.kind, Kind::Counted | Kind::Terminated) {
            return Err(PackError::VariableLength);
        }
        total += item.padding + item.size;
        if total > MAX_SIZE {
            return Err(PackError::ResultTooLarge);
        }
    }
    Ok(total)
}

/// The type of value an item takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// An integer, to be given to [`Packer::int`].
    Int,
    /// A number, to be given to [`Packer::float`].
    Float,
    /// A string, to be given to [`Packer::text`].
    Text,
}

/// Packs operands by a format.
///
/// Ask for the type of the [`next_operand`](Self::next_operand) and give it, until there is none.
#[derive(Clone, Debug)]
pub struct Packer<'f> {
    items: Items<'f>,
    item: Item,
    out: Vec<u8>,
}

impl<'f> Packer<'f> {
    /// Starts to pack.
    pub fn new(format: &'f [u8]) -> Packer<'f> {
        Packer::with_buffer(format, Vec::new())
    }

    /// Starts to pack into an empty buffer.
    pub fn with_buffer(format: &'f [u8], out: Vec<u8>) -> Packer<'f> {
        debug_assert!(out.is_empty());
        let item = Item { kind: Kind::Nothing, size: 0, padding: 0, little_endian: true };
        Packer { items: Items::new(format), item, out }
    }

    /// The type of the next operand; `None` at the end of the format.
    pub fn next_operand(&mut self) -> Result<Option<Operand>, PackError> {
        while let Some(item) = self.items.next_item(self.out.len())? {
            self.item = item;
            self.zeros(item.padding);
            match item.kind {
                Kind::Int | Kind::Unsigned => return Ok(Some(Operand::Int)),
                Kind::Float => return Ok(Some(Operand::Float)),
                Kind::Fixed | Kind::Counted | Kind::Terminated => return Ok(Some(Operand::Text)),
                Kind::Padding => self.out.push(0),
                Kind::Align | Kind::Nothing => {}
            }
        }
        Ok(None)
    }

    /// Packs an integer operand.
    pub fn int(&mut self, value: i64) -> Result<(), PackError> {
        let Item { kind, size, .. } = self.item;
        let bits = 8 * size as u32;
        if size < LUA_INT_SIZE {
            if kind == Kind::Int && value >> (bits - 1) != value >> 63 {
                return Err(PackError::IntegerOverflow);
            }
            if kind == Kind::Unsigned && value as u64 >> bits != 0 {
                return Err(PackError::UnsignedOverflow);
            }
        }
        // Only a signed item extends the sign into bytes beyond a Lua integer.
        let wide = if kind == Kind::Int { i128::from(value) } else { i128::from(value as u64) };
        self.bytes(wide);
        Ok(())
    }

    /// Packs a float operand.
    pub fn float(&mut self, value: f64) {
        if self.item.size == 4 {
            self.bytes(i128::from((value as f32).to_bits()));
        } else {
            self.bytes(i128::from(value.to_bits()));
        }
    }

    /// Packs a string operand.
    pub fn text(&mut self, text: &[u8]) -> Result<(), PackError> {
        let size = self.item.size;
        match self.item.kind {
            Kind::Fixed => {
                let missing = size.checked_sub(text.len()).ok_or(PackError::StringTooLong)?;
                self.out.extend_from_slice(text);
                self.zeros(missing);
            }
            Kind::Counted => {
                if size < LUA_INT_SIZE && text.len() as u64 >> (8 * size) != 0 {
                    return Err(PackError::StringLength);
                }
                self.bytes(text.len() as i128);
                self.out.extend_from_slice(text);
            }
            _ => {
                if memchr::memchr(0, text).is_some() {
                    return Err(PackError::StringContainsZeros);
                }
                self.out.extend_from_slice(text);
                self.out.push(0);
            }
        }
        Ok(())
    }

    /// The packed bytes.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn zeros(&mut self, count: usize) {
        self.out.resize(self.out.len() + count, 0);
    }

    /// Appends the low bytes of `value`, as many as the item has, in its order.
    fn bytes(&mut self, value: i128) {
        let size = self.item.size;
        if self.item.little_endian {
            self.out.extend_from_slice(&value.to_le_bytes()[..size]);
        } else {
            self.out.extend_from_slice(&value.to_be_bytes()[MAX_INT_SIZE - size..]);
        }
    }
}

/// A value that was unpacked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unpacked<'d> {
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Text(&'d [u8]),
}

/// Unpacks values by a format.
#[derive(Clone, Debug)]
pub struct Unpacker<'f, 'd> {
    items: Items<'f>,
    data: &'d [u8],
    position: usize,
}

impl<'f, 'd> Unpacker<'f, 'd> {
    /// Starts to unpack at an offset counted from 0.
    pub fn new(format: &'f [u8], data: &'d [u8], position: usize) -> Result<Unpacker<'f, 'd>, PackError> {
        if position > data.len() {
            return Err(PackError::InitialPosition);
        }
        Ok(Unpacker { items: Items::new(format), data, position })
    }

    /// The offset (from 0) of the first byte that has not been read.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The next value; `None` at the end of the format.
    pub fn next_value(&mut self) -> Result<Option<Unpacked<'d>>, PackError> {
        while let Some(item) = self.items.next_item(self.position)? {
            // The padding and the item both have to be there before anything is read.
            let bytes = self.take(item.padding + item.size)?;
            let bytes = &bytes[item.padding..];
            return Ok(Some(match item.kind {
                Kind::Int | Kind::Unsigned => Unpacked::Int(read_int(bytes, item)?),
                Kind::Float => Unpacked::Float(read_float(bytes, item)),
                Kind::Fixed => Unpacked::Text(bytes),
                Kind::Counted => {
                    let length = usize::try_from(read_int(bytes, item)? as u64);
                    Unpacked::Text(self.take(length.map_err(|_| PackError::DataTooShort)?)?)
                }
                Kind::Terminated => {
                    let rest = &self.data[self.position..];
                    let end = memchr::memchr(0, rest).ok_or(PackError::UnfinishedString)?;
                    self.position += end + 1;
                    Unpacked::Text(&rest[..end])
                }
                Kind::Padding | Kind::Align | Kind::Nothing => continue,
            }));
        }
        Ok(None)
    }

    fn take(&mut self, count: usize) -> Result<&'d [u8], PackError> {
        let bytes = self.data[self.position..].get(..count).ok_or(PackError::DataTooShort)?;
        self.position += count;
        Ok(bytes)
    }
}

/// The bytes of an item as an integer without sign.
fn read_bits(bytes: &[u8], little_endian: bool) -> u128 {
    let mut buffer = [0; MAX_INT_SIZE];
    if little_endian {
        buffer[..bytes.len()].copy_from_slice(bytes);
        u128::from_le_bytes(buffer)
    } else {
        buffer[MAX_INT_SIZE - bytes.len()..].copy_from_slice(bytes);
        u128::from_be_bytes(buffer)
    }
}

fn read_int(bytes: &[u8], item: Item) -> Result<i64, PackError> {
    let bits = read_bits(bytes, item.little_endian);
    let value = if item.kind == Kind::Int {
        let unused = 8 * (MAX_INT_SIZE - bytes.len()) as u32;
        i64::try_from((bits << unused) as i128 >> unused).ok()
    } else {
        u64::try_from(bits).ok().map(|value| value as i64)
    };
    value.ok_or(PackError::IntegerDoesNotFit(bytes.len()))
}

fn read_float(bytes: &[u8], item: Item) -> f64 {
    let bits = read_bits(bytes, item.little_endian);
    if bytes.len() == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits as u64) }
}

#[cfg(test)]
mod tests;
