//! The value: one 64-bit word.
//!
//! Doubles stand for themselves. The words above the canonical negative NaN carry a tag in their top 16 bits and 48 bits of
//! payload. Integers that do not fit 48 bits live in an immutable heap cell; what fits is never boxed, so equal integers that
//! fit have equal words. The integer tag is all ones: `a & b >= INT` tests two operands at once.

use crate::function::{LuaClosure, NativeClosure};
use crate::object::{Header, Kind, WideInt};
use crate::string::Str;
use crate::table::Table;
use crate::thread::ThreadRef;
use crate::userdata::Userdata;
use std::ptr::NonNull;

/// Words up to this one are doubles. It is the NaN that x86 arithmetic makes; other NaNs are brought to it or to its positive twin.
pub const MAX_DOUBLE: u64 = 0xFFF8_0000_0000_0000;
/// Shift of the tag.
pub const TAG_SHIFT: u32 = 48;
/// Tag of nil, false and true.
pub const TAG_SIMPLE: u64 = 0xFFF9;
/// Tag of light userdata.
pub const TAG_LIGHT: u64 = 0xFFFA;
/// Tag of heap objects without a tag of their own; their header tells which.
pub const TAG_OBJECT: u64 = 0xFFFB;
/// Tag of functions.
pub const TAG_FUNCTION: u64 = 0xFFFC;
/// Tag of strings.
pub const TAG_STRING: u64 = 0xFFFD;
/// Tag of tables.
pub const TAG_TABLE: u64 = 0xFFFE;
/// Tag of inline integers.
pub const TAG_INT: u64 = 0xFFFF;
/// The least inline integer's word, as an unsigned number.
pub const INT: u64 = TAG_INT << TAG_SHIFT;
/// The payload's bits.
pub const PAYLOAD: u64 = (1 << TAG_SHIFT) - 1;

/// A Lua value.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(pub u64);

/// The type of a value as `type` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Type {
    Nil,
    Boolean,
    LightUserdata,
    Number,
    String,
    Table,
    Function,
    Userdata,
    Thread,
}

impl Type {
    /// Types with metatables in the global state.
    pub const COUNT: usize = 9;

    /// The name that `type` returns.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::LightUserdata | Type::Userdata => "userdata",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Thread => "thread",
        }
    }
}

impl Value {
    /// nil
    pub const NIL: Value = Value(TAG_SIMPLE << TAG_SHIFT);
    /// false
    pub const FALSE: Value = Value(TAG_SIMPLE << TAG_SHIFT | 1);
    /// true
    pub const TRUE: Value = Value(TAG_SIMPLE << TAG_SHIFT | 2);

    /// A boolean.
    #[inline(always)]
    #[must_use]
    pub const fn boolean(b: bool) -> Value {
        Value(Self::FALSE.0 + b as u64)
    }

    /// A float. NaNs lose their payload, not their sign.
    #[inline(always)]
    #[must_use]
    pub fn float(f: f64) -> Value {
        let bits = f.to_bits();
        if bits > MAX_DOUBLE { Value(MAX_DOUBLE) } else { Value(bits) }
    }

    /// An integer that is known to fit 48 bits.
    #[inline(always)]
    #[must_use]
    pub const fn small_int(i: i64) -> Value {
        debug_assert!(fits_inline(i));
        Value(i as u64 | INT)
    }

    /// An integer if it fits 48 bits.
    #[inline(always)]
    #[must_use]
    pub const fn try_int(i: i64) -> Option<Value> {
        if fits_inline(i) { Some(Value(i as u64 | INT)) } else { None }
    }

    /// A light userdata. Addresses beyond 48 bits cannot be represented.
    #[inline]
    #[must_use]
    pub fn light(address: usize) -> Option<Value> {
        (address as u64 <= PAYLOAD).then(|| Value(TAG_LIGHT << TAG_SHIFT | address as u64))
    }

    #[inline(always)]
    pub(crate) fn from_ptr<T>(tag: u64, ptr: NonNull<T>) -> Value {
        debug_assert!(ptr.as_ptr() as u64 <= PAYLOAD);
        Value(tag << TAG_SHIFT | ptr.as_ptr() as u64)
    }

    /// A value for any heap object that a program can hold.
    pub(crate) fn from_header(ptr: NonNull<Header>) -> Value {
        // SAFETY: the caller holds a live object, whose header is initialised.
        let tag = match unsafe { ptr.as_ref() }.kind() {
            Kind::String => TAG_STRING,
            Kind::Table => TAG_TABLE,
            Kind::LuaClosure | Kind::NativeClosure => TAG_FUNCTION,
            _ => TAG_OBJECT,
        };
        Value::from_ptr(tag, ptr)
    }

    /// The tag of a word that is not a double.
    #[inline(always)]
    #[must_use]
    pub const fn tag(self) -> u64 {
        self.0 >> TAG_SHIFT
    }

    /// Whether it is nil.
    #[inline(always)]
    #[must_use]
    pub const fn is_nil(self) -> bool {
        self.0 == Self::NIL.0
    }

    /// Whether it is neither nil nor false.
    #[inline(always)]
    #[must_use]
    pub const fn is_truthy(self) -> bool {
        self.0.wrapping_sub(Self::NIL.0) > 1
    }

    /// Whether it is an inline integer.
    #[inline(always)]
    #[must_use]
    pub const fn is_small_int(self) -> bool {
        self.0 >= INT
    }

    /// The payload of an inline integer.
    #[inline(always)]
    #[must_use]
    pub const fn small_int_value(self) -> i64 {
        debug_assert!(self.is_small_int());
        ((self.0 << 16) as i64) >> 16
    }

    /// Whether it is a float.
    #[inline(always)]
    #[must_use]
    pub const fn is_float(self) -> bool {
        self.0 <= MAX_DOUBLE
    }

    /// The float, unchecked.
    #[inline(always)]
    #[must_use]
    pub const fn float_value(self) -> f64 {
        f64::from_bits(self.0)
    }

    /// The integer (not a float with an integral value).
    #[inline(always)]
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        if self.is_small_int() {
            return Some(self.small_int_value());
        }
        self.as_wide_int()
    }

    #[inline]
    fn as_wide_int(self) -> Option<i64> {
        let ptr = self.object_of(Kind::WideInt)?;
        // SAFETY: the header says it is a `WideInt`.
        Some(unsafe { ptr.cast::<WideInt>().as_ref() }.value)
    }

    /// The float (not an integer).
    #[inline(always)]
    #[must_use]
    pub fn as_float(self) -> Option<f64> {
        self.is_float().then(|| self.float_value())
    }

    /// Any number as a double.
    #[inline]
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        if self.is_float() { Some(self.float_value()) } else { self.as_int().map(|i| i as f64) }
    }

    /// Whether it is an integer or a float.
    #[inline]
    #[must_use]
    pub fn is_number(self) -> bool {
        self.is_float() || self.is_small_int() || self.as_wide_int().is_some()
    }

    /// Whether it is an integer.
    #[inline]
    #[must_use]
    pub fn is_int(self) -> bool {
        self.is_small_int() || self.as_wide_int().is_some()
    }

    #[inline(always)]
    pub(crate) fn pointer<T>(self) -> NonNull<T> {
        debug_assert!(self.is_heap());
        // SAFETY: pointer words are made from non-null pointers only.
        unsafe { NonNull::new_unchecked((self.0 & PAYLOAD) as *mut T) }
    }

    /// Whether the word points into the heap.
    #[inline(always)]
    pub(crate) const fn is_heap(self) -> bool {
        self.0 >= TAG_OBJECT << TAG_SHIFT && self.0 < INT
    }

    /// Whether it refers to a cell of the heap.
    #[must_use]
    pub const fn is_collectable(self) -> bool {
        self.is_heap()
    }

    /// The header of a heap value.
    #[inline(always)]
    pub(crate) fn header(self) -> Option<NonNull<Header>> {
        self.is_heap().then(|| self.pointer())
    }

    #[inline(always)]
    fn object_of(self, kind: Kind) -> Option<NonNull<Header>> {
        if self.tag() != TAG_OBJECT {
            return None;
        }
        let header: NonNull<Header> = self.pointer();
        // SAFETY: a pointer word refers to a live object (the collector scans every place that holds one).
        (unsafe { header.as_ref() }.kind() == kind).then_some(header)
    }

    /// The string.
    #[inline(always)]
    #[must_use]
    pub fn as_str(self) -> Option<Str> {
        (self.tag() == TAG_STRING).then(|| Str(self.pointer()))
    }

    /// The table.
    #[inline(always)]
    #[must_use]
    pub fn as_table(self) -> Option<Table> {
        (self.tag() == TAG_TABLE).then(|| Table(self.pointer()))
    }

    /// The Lua function.
    #[inline(always)]
    #[must_use]
    pub fn as_lua_closure(self) -> Option<NonNull<LuaClosure>> {
        if self.tag() != TAG_FUNCTION {
            return None;
        }
        let header: NonNull<Header> = self.pointer();
        // SAFETY: as in `object_of`.
        (unsafe { header.as_ref() }.kind() == Kind::LuaClosure).then(|| header.cast())
    }

    /// The native function.
    #[inline(always)]
    #[must_use]
    pub fn as_native(self) -> Option<NonNull<NativeClosure>> {
        if self.tag() != TAG_FUNCTION {
            return None;
        }
        let header: NonNull<Header> = self.pointer();
        // SAFETY: as in `object_of`.
        (unsafe { header.as_ref() }.kind() == Kind::NativeClosure).then(|| header.cast())
    }

    /// The full userdata.
    #[must_use]
    pub fn as_userdata(self) -> Option<Userdata> {
        self.object_of(Kind::Userdata).map(|ptr| Userdata(ptr.cast()))
    }

    /// The coroutine.
    #[must_use]
    pub fn as_thread(self) -> Option<ThreadRef> {
        self.object_of(Kind::Thread).map(|ptr| ThreadRef(ptr.cast()))
    }

    /// The address in a light userdata.
    #[must_use]
    pub fn as_light(self) -> Option<usize> {
        (self.tag() == TAG_LIGHT).then_some((self.0 & PAYLOAD) as usize)
    }

    /// Whether it is a function.
    #[must_use]
    pub fn is_function(self) -> bool {
        self.tag() == TAG_FUNCTION
    }

    /// The type.
    #[must_use]
    pub fn type_of(self) -> Type {
        if self.is_float() {
            return Type::Number;
        }
        match self.tag() {
            TAG_SIMPLE if self.is_nil() => Type::Nil,
            TAG_SIMPLE => Type::Boolean,
            TAG_LIGHT => Type::LightUserdata,
            TAG_FUNCTION => Type::Function,
            TAG_STRING => Type::String,
            TAG_TABLE => Type::Table,
            TAG_INT => Type::Number,
            // SAFETY: as in `object_of`.
            _ => match unsafe { self.pointer::<Header>().as_ref() }.kind() {
                Kind::Thread => Type::Thread,
                Kind::WideInt => Type::Number,
                _ => Type::Userdata,
            },
        }
    }

    /// Primitive equality, without metamethods.
    #[inline(always)]
    #[must_use]
    pub fn raw_equals(self, other: Value) -> bool {
        if self.0 == other.0 {
            // A float NaN is the one word that does not equal itself.
            return !self.is_float() || !self.float_value().is_nan();
        }
        raw_equals_slow(self, other)
    }

    /// The address of a heap object or light userdata, for `%p` and `tostring`.
    #[must_use]
    pub fn address(self) -> usize {
        (self.0 & PAYLOAD) as usize
    }
}

/// Equality of two different words: numbers of different kinds, boxed integers, long strings.
#[inline(never)]
fn raw_equals_slow(a: Value, b: Value) -> bool {
    if a.is_float() {
        return match b.as_int() {
            Some(int) => int_equals_float(int, a.float_value()),
            None => b.is_float() && a.float_value() == b.float_value(),
        };
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return x.long_equals(y);
    }
    match (a.as_int(), b.as_int()) {
        (Some(x), Some(y)) => x == y,
        (Some(x), None) if b.is_float() => int_equals_float(x, b.float_value()),
        _ => false,
    }
}

fn int_equals_float(int: i64, float: f64) -> bool {
    float_to_int(float) == Some(int)
}

/// The integer equal to `f`, if there is one.
#[inline]
#[must_use]
pub fn float_to_int(f: f64) -> Option<i64> {
    // The upper bound 2^63 is exact as a double; NaN fails both comparisons.
    if f >= -9_223_372_036_854_775_808.0 && f < 9_223_372_036_854_775_808.0 {
        let int = f as i64;
        (int as f64 == f).then_some(int)
    } else {
        None
    }
}

/// Whether an integer fits a value's payload.
#[inline(always)]
#[must_use]
pub const fn fits_inline(i: i64) -> bool {
    (i << 16) >> 16 == i
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.type_of() {
            Type::Nil => f.write_str("nil"),
            Type::Boolean => write!(f, "{}", *self == Value::TRUE),
            Type::Number => match self.as_int() {
                Some(i) => write!(f, "{i}"),
                None => write!(f, "{:?}", self.float_value()),
            },
            Type::String => write!(f, "{:?}", String::from_utf8_lossy(self.as_str().expect("a string").bytes())),
            other => write!(f, "{}: {:#x}", other.name(), self.address()),
        }
    }
}
