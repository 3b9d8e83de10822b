//! Operations and names as text: one table for the printer and the parser.
//!
//! The text has no addresses of the process in it: functions, cells and other addresses are numbered as they appear ([`Names`]),
//! so that the same program yields the same text each time.

use super::{Class, Cond, Op, Ty, Width};
use crate::engine::name;
use perilune_vm::Value;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::proto_of;
use std::fmt::{Debug, Write as _};

/// What the text calls by number: functions `f0`, cells `c0`, other addresses `p0`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Functions; the first is the compiled one.
    pub protos: Vec<ProtoRef>,
    /// Cells, as words.
    pub cells: Vec<u64>,
    /// Addresses.
    pub addresses: Vec<u64>,
}

impl Names {
    /// The number of a function.
    pub(super) fn proto(&mut self, proto: ProtoRef) -> usize {
        number_in(&mut self.protos, proto)
    }

    /// What the text says of a function.
    #[must_use]
    pub fn describe_proto(proto: ProtoRef) -> String {
        format!("{:?}", name(proto))
    }

    /// What the text says of a cell: its kind and, of strings and functions, which one.
    #[must_use]
    pub fn describe_cell(word: u64) -> String {
        let value = Value(word);
        if let Some(text) = value.as_str() {
            let bytes = text.bytes();
            return format!("string \"{}\"", bytes[..bytes.len().min(40)].escape_ascii());
        }
        if value.as_table().is_some() {
            return "table".to_owned();
        }
        match proto_of(value) {
            Some(proto) => format!("function {}", Names::describe_proto(proto)),
            None if value.is_function() => "native".to_owned(),
            None => "object".to_owned(),
        }
    }
}

fn number_in<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// Calls `$m!` with each operation and the kinds of its fields, which are methods of [`Writer`] and of [`Fields`].
macro_rules! for_each_text {
    ($m:ident) => {
        $m! {
            Param;
            Int(int: int);
            Flt(bits: float);
            Any(word: word);
            Ptr(address: address);
            Bool(on: flag);
            Konst(index: number);
            Cache(index: number);
            Box;
            BoxSmall;
            Guard(ty: ty);
            GuardInteger;
            GuardNumber;
            Check;
            CheckDone;
            Unbox(ty: ty);
            ToFloat;
            ToInt;
            GuardFits;
            AreInts;
            AreFloats;
            AreNumbers;
            ToDouble;
            Fits;
            Add;
            Sub;
            Mul;
            And;
            Or;
            Xor;
            Shl;
            Shr;
            IDiv;
            Mod;
            UDiv;
            FAdd;
            FSub;
            FMul;
            FDiv;
            FNeg;
            FFloor;
            FCeil;
            FSqrt;
            FAbs;
            Compare(cond: cond);
            FCompare(cond: cond);
            Same;
            Truthy;
            Not;
            Both;
            Either;
            IsFloat;
            LoadReg(reg: number);
            StoreReg(reg: number);
            RegPlace(reg: number);
            ExtraCount;
            ExtraArg;
            Callee;
            Arg(index: number);
            Load(class: class, width: width, offset: number);
            Store(class: class, width: width, offset: number);
            LoadAt(class: class);
            StoreAt(class: class);
            NewTable(slots: number);
            Barrier;
            Epoch;
            Poll;
            SetPc(pc: number);
            PushFrames;
            PopFrames;
            CallLast(func: number, wanted: number);
            PopReturned(first: number, count: number);
            SetTop(reg: number);
            Call(func: number, wanted: number);
            CallLua(func: number, wanted: number, given: number);
            CallFast(func: number, wanted: number, given: number);
            CallAny(func: number, wanted: number, given: number);
            TailFast(given: number);
            TailAny(given: number);
            Step(pc: number);
            StepJump(pc: number);
            ForIn(pc: number);
            Next(value: number);
            Field(cache: number);
            Method(cache: number);
            StoreField(cache: number);
            Index;
            StoreIndex;
            Length;
            Waiting;
            Safepoint(pc: number);
            Help(helper: helper);
        }
    };
}

macro_rules! define_write {
    ($($name:ident $(($($field:ident: $kind:ident),+))?;)*) => {
        /// Appends an operation.
        pub(super) fn write_op(op: Op, out: &mut String, names: &mut Names) {
            match op {
                $(Op::$name $(($($field),+))? => {
                    out.push_str(stringify!($name));
                    $(
                        let mut writer = Writer { out, names, separator: "(" };
                        $(writer.$kind($field);)+
                        writer.out.push(')');
                    )?
                })*
            }
        }
    };
}
for_each_text!(define_write);

macro_rules! define_read {
    ($($name:ident $(($($field:ident: $kind:ident),+))?;)*) => {
        /// The operation of this name, its fields taken from `fields` in order.
        pub(super) fn read_op<F: Fields>(name: &str, fields: &mut F) -> Result<Op, F::Error> {
            match name {
                $(stringify!($name) => Ok(Op::$name $(($({
                    let $field = fields.$kind()?;
                    $field
                }),+))?),)*
                _ => Err(fields.unknown(name)),
            }
        }
    };
}
for_each_text!(define_read);

/// Where the fields of an operation come from.
pub(super) trait Fields {
    /// What can be wrong.
    type Error;
    /// There is no such operation.
    fn unknown(&mut self, name: &str) -> Self::Error;
    /// The next field, as a word that stands between parentheses and commas; what it should be, if it is something else.
    fn field<T>(&mut self, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Self::Error>;
    /// The value that the text calls by this name.
    fn cell(&mut self, number: usize) -> Option<u64>;
    /// The address that the text calls by this name.
    fn address_of(&mut self, number: usize) -> Option<u64>;

    fn int(&mut self) -> Result<i64, Self::Error> {
        self.field("an integer", |text| text.parse().ok())
    }

    fn number<T: TryFrom<i64>>(&mut self) -> Result<T, Self::Error> {
        self.field("a number in range", |text| T::try_from(text.parse().ok()?).ok())
    }

    fn flag(&mut self) -> Result<bool, Self::Error> {
        self.field("true or false", |text| text.parse().ok())
    }

    fn float(&mut self) -> Result<u64, Self::Error> {
        self.field("a float", read_float)
    }

    fn word(&mut self) -> Result<u64, Self::Error> {
        let text = self.field("a value", |text| Some(text.to_owned()))?;
        let word = match text.as_str() {
            "nil" => Some(Value::NIL.0),
            "false" => Some(Value::FALSE.0),
            "true" => Some(Value::TRUE.0),
            _ => match text.strip_prefix('c').map(str::parse) {
                Some(number) => number.ok().and_then(|number| self.cell(number)),
                None => read_plain(&text),
            },
        };
        match word {
            Some(word) => Ok(word),
            None => Err(self.bad("a value", &text)),
        }
    }

    fn address(&mut self) -> Result<u64, Self::Error> {
        let text = self.field("an address", |text| Some(text.to_owned()))?;
        let number = text.strip_prefix('p').and_then(|digits| digits.parse().ok());
        match number.and_then(|number| self.address_of(number)) {
            Some(address) => Ok(address),
            None => Err(self.bad("an address", &text)),
        }
    }

    /// A field is not what it should be.
    fn bad(&mut self, expected: &str, found: &str) -> Self::Error;

    fn ty(&mut self) -> Result<Ty, Self::Error> {
        self.field("a type", |text| named(&TYPES, text))
    }

    fn cond(&mut self) -> Result<Cond, Self::Error> {
        self.field("a condition", |text| named(&CONDITIONS, text))
    }

    fn class(&mut self) -> Result<Class, Self::Error> {
        self.field("a class of memory", |text| named(&Class::ALL, text))
    }

    fn width(&mut self) -> Result<Width, Self::Error> {
        self.field("a width", |text| named(&[Width::B1, Width::B4, Width::B8], text))
    }

    fn helper(&mut self) -> Result<Helper, Self::Error> {
        self.field("a helper", |text| Helper::ALL.iter().copied().find(|helper| helper.name() == text))
    }
}

const TYPES: [Ty; 9] = [Ty::None, Ty::Any, Ty::Int, Ty::Flt, Ty::Bool, Ty::Tab, Ty::Str, Ty::Fun, Ty::Ptr];
const CONDITIONS: [Cond; 7] = [Cond::Eq, Cond::Ne, Cond::Lt, Cond::Le, Cond::Gt, Cond::Ge, Cond::Below];

/// The type of this name.
pub(super) fn type_named(text: &str) -> Option<Ty> {
    named(&TYPES, text)
}

fn named<T: Debug + Copy>(all: &[T], text: &str) -> Option<T> {
    all.iter().copied().find(|item| format!("{item:?}") == text)
}

/// A value that is no reference.
fn read_plain(text: &str) -> Option<u64> {
    if let Ok(int) = text.parse() {
        return Value::try_int(int).map(|value| value.0);
    }
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().filter(|&word| !Value(word).is_collectable()),
        None => read_float(text),
    }
}

fn read_float(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse::<f64>().ok().filter(|float| !float.is_nan()).map(f64::to_bits),
    }
}

/// Floats as the shortest text that yields the same; those that are no number by their bits.
fn float_text(bits: u64) -> String {
    let float = f64::from_bits(bits);
    if float.is_nan() { format!("{bits:#x}") } else { format!("{float:?}") }
}

/// Writes the fields of an operation.
struct Writer<'a> {
    out: &'a mut String,
    names: &'a mut Names,
    separator: &'static str,
}

impl Writer<'_> {
    fn put(&mut self, text: &dyn std::fmt::Display) {
        let _ = write!(self.out, "{}{text}", std::mem::replace(&mut self.separator, ", "));
    }

    fn debug(&mut self, item: impl Debug) {
        self.put(&format_args!("{item:?}"));
    }

    fn int(&mut self, int: i64) {
        self.put(&int);
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        self.put(&number);
    }

    fn flag(&mut self, on: bool) {
        self.put(&on);
    }

    fn float(&mut self, bits: u64) {
        self.put(&float_text(bits));
    }

    fn word(&mut self, word: u64) {
        let value = Value(word);
        let text = match value {
            Value::NIL => "nil".to_owned(),
            Value::FALSE => "false".to_owned(),
            Value::TRUE => "true".to_owned(),
            _ if value.is_small_int() => value.small_int_value().to_string(),
            _ if value.is_float() => float_text(word),
            _ if value.is_collectable() => format!("c{}", number_in(&mut self.names.cells, word)),
            _ => format!("{word:#x}"),
        };
        self.put(&text);
    }

    fn address(&mut self, address: u64) {
        let number = number_in(&mut self.names.addresses, address);
        self.put(&format_args!("p{number}"));
    }

    fn ty(&mut self, ty: Ty) {
        self.debug(ty);
    }

    fn cond(&mut self, cond: Cond) {
        self.debug(cond);
    }

    fn class(&mut self, class: Class) {
        self.debug(class);
    }

    fn width(&mut self, width: Width) {
        self.debug(width);
    }

    fn helper(&mut self, helper: Helper) {
        self.put(&helper.name());
    }
}
