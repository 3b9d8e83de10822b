//! Two representations of Lua values: one word (NaN-boxing) and two words (tag and payload), behind one trait so that the
//! same interpreter text can be compiled for both.

/// Binary arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    BAnd,
    BOr,
    BXor,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmp {
    Eq,
    Lt,
    Le,
}

impl Cmp {
    #[inline(always)]
    pub fn test<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Cmp::Eq => a == b,
            Cmp::Lt => a < b,
            Cmp::Le => a <= b,
        }
    }
}

/// Kinds of heap objects the spikes use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Table,
    Closure,
}

/// A value. The methods that return `Option` are fast paths: `None` means "leave it to the slow path".
pub trait Repr: Copy + PartialEq {
    const NIL: Self;
    const TRUE: Self;
    const FALSE: Self;
    fn int(value: i64) -> Self;
    fn float(value: f64) -> Self;
    fn object(kind: Kind, address: *mut u8) -> Self;
    fn as_int(self) -> Option<i64>;
    fn as_float(self) -> Option<f64>;
    fn as_object(self, kind: Kind) -> Option<*mut u8>;
    fn truthy(self) -> bool;
    fn arith(op: Arith, a: Self, b: Self) -> Option<Self>;
    fn compare(op: Cmp, a: Self, b: Self) -> Option<bool>;
    /// The remaining iterations of an integer loop whose index never needs boxing.
    fn loop_count(count: u64) -> Self;
    /// One step of a numeric loop: whether it goes on; `None` for loops over floats or boxed integers.
    ///
    /// # Safety
    /// `state` holds index, remaining iterations, step and the visible variable.
    unsafe fn step_loop(state: *mut Self) -> Option<bool>;
}

#[inline(always)]
fn float_arith(op: Arith, a: f64, b: f64) -> Option<f64> {
    match op {
        Arith::Add => Some(a + b),
        Arith::Sub => Some(a - b),
        Arith::Mul => Some(a * b),
        Arith::Div => Some(a / b),
        _ => None,
    }
}

/// One word. Doubles as themselves (NaN canonical); tags in the top 16 bits above that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Nan(pub u64);

/// Integers: `a & b >= INT` tests two at once.
pub const INT: u64 = 0xffff << 48;
/// The largest word that is a double: the NaN which x86-64 makes.
pub const MAX_FLOAT: u64 = 0xfff8 << 48;
const TABLE: u64 = 0xfffc << 48;
const CLOSURE: u64 = 0xfffd << 48;
const MISC: u64 = 0xfffa << 48;

impl Nan {
    /// The payload in the upper 48 bits, so that machine overflow is overflow of 48 bits.
    #[inline(always)]
    pub fn shifted(self) -> i64 {
        (self.0 << 16) as i64
    }

    #[inline(always)]
    pub fn from_shifted(shifted: i64) -> Self {
        Nan(shifted as u64 >> 16 | INT)
    }

    #[inline(always)]
    pub fn both_int(a: Self, b: Self) -> bool {
        a.0 & b.0 >= INT
    }

    #[inline(always)]
    pub fn both_float(a: Self, b: Self) -> bool {
        a.0 <= MAX_FLOAT && b.0 <= MAX_FLOAT
    }

    /// `op` on payloads in the upper 48 bits; `None` if the result needs more.
    #[inline(always)]
    pub fn int_arith(op: Arith, a: i64, b: i64) -> Option<i64> {
        match op {
            Arith::Add => a.checked_add(b),
            Arith::Sub => a.checked_sub(b),
            Arith::Mul => a.checked_mul(b >> 16),
            Arith::Div => None,
            Arith::BAnd => Some(a & b),
            Arith::BOr => Some(a | b),
            Arith::BXor => Some(a ^ b),
        }
    }
}

impl Repr for Nan {
    const NIL: Self = Nan(MISC);
    const FALSE: Self = Nan(MISC | 1);
    const TRUE: Self = Nan(MISC | 2);

    #[inline(always)]
    fn int(value: i64) -> Self {
        debug_assert!(
            value << 16 >> 16 == value,
            "wide integers are boxed, which this spike does elsewhere"
        );
        Nan::from_shifted(value << 16)
    }

    #[inline(always)]
    fn float(value: f64) -> Self {
        Nan(value.to_bits())
    }

    #[inline(always)]
    fn object(kind: Kind, address: *mut u8) -> Self {
        Nan(address as u64 | if kind == Kind::Table { TABLE } else { CLOSURE })
    }

    #[inline(always)]
    fn as_int(self) -> Option<i64> {
        (self.0 >= INT).then_some(self.shifted() >> 16)
    }

    #[inline(always)]
    fn as_float(self) -> Option<f64> {
        (self.0 <= MAX_FLOAT).then_some(f64::from_bits(self.0))
    }

    #[inline(always)]
    fn as_object(self, kind: Kind) -> Option<*mut u8> {
        let address = self.0 ^ if kind == Kind::Table { TABLE } else { CLOSURE };
        (address >> 48 == 0).then_some(address as *mut u8)
    }

    #[inline(always)]
    fn truthy(self) -> bool {
        self.0 != Self::NIL.0 && self.0 != Self::FALSE.0
    }

    #[inline(always)]
    fn arith(op: Arith, a: Self, b: Self) -> Option<Self> {
        if Nan::both_int(a, b) {
            Nan::int_arith(op, a.shifted(), b.shifted()).map(Nan::from_shifted)
        } else if Nan::both_float(a, b) {
            float_arith(op, f64::from_bits(a.0), f64::from_bits(b.0)).map(Self::float)
        } else {
            None
        }
    }

    #[inline(always)]
    fn compare(op: Cmp, a: Self, b: Self) -> Option<bool> {
        if Nan::both_int(a, b) {
            Some(op.test(a.shifted(), b.shifted()))
        } else if Nan::both_float(a, b) {
            Some(op.test(f64::from_bits(a.0), f64::from_bits(b.0)))
        } else {
            None
        }
    }

    /// A small raw number: as a double it is subnormal, so a collector may look at it.
    #[inline(always)]
    fn loop_count(count: u64) -> Self {
        Nan(count)
    }

    #[inline(always)]
    unsafe fn step_loop(state: *mut Self) -> Option<bool> {
        // SAFETY: the caller's promise.
        unsafe {
            let (index, count, step) = (*state, (*state.add(1)).0, *state.add(2));
            if index.0 < INT || count > 1 << 48 {
                return None;
            }
            if count == 0 {
                return Some(false);
            }
            *state.add(1) = Nan(count - 1);
            // Preparation made sure that the last index fits: only a carry into the tag must be undone.
            let next = Nan(index.0.wrapping_add(step.0) | INT);
            *state = next;
            *state.add(3) = next;
            Some(true)
        }
    }
}

/// Two words: payload and tag, as PUC Lua has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Wide {
    pub payload: u64,
    pub tag: u8,
}

const WIDE_NIL: u8 = 0;
const WIDE_FALSE: u8 = 1;
const WIDE_TRUE: u8 = 2;
const WIDE_INT: u8 = 3;
const WIDE_FLOAT: u8 = 4;
const WIDE_TABLE: u8 = 5;
const WIDE_CLOSURE: u8 = 6;

impl Repr for Wide {
    const NIL: Self = Wide {
        payload: 0,
        tag: WIDE_NIL,
    };
    const FALSE: Self = Wide {
        payload: 0,
        tag: WIDE_FALSE,
    };
    const TRUE: Self = Wide {
        payload: 0,
        tag: WIDE_TRUE,
    };

    #[inline(always)]
    fn int(value: i64) -> Self {
        Wide {
            payload: value as u64,
            tag: WIDE_INT,
        }
    }

    #[inline(always)]
    fn float(value: f64) -> Self {
        Wide {
            payload: value.to_bits(),
            tag: WIDE_FLOAT,
        }
    }

    #[inline(always)]
    fn object(kind: Kind, address: *mut u8) -> Self {
        Wide {
            payload: address as u64,
            tag: if kind == Kind::Table {
                WIDE_TABLE
            } else {
                WIDE_CLOSURE
            },
        }
    }

    #[inline(always)]
    fn as_int(self) -> Option<i64> {
        (self.tag == WIDE_INT).then_some(self.payload as i64)
    }

    #[inline(always)]
    fn as_float(self) -> Option<f64> {
        (self.tag == WIDE_FLOAT).then_some(f64::from_bits(self.payload))
    }

    #[inline(always)]
    fn as_object(self, kind: Kind) -> Option<*mut u8> {
        let tag = if kind == Kind::Table {
            WIDE_TABLE
        } else {
            WIDE_CLOSURE
        };
        (self.tag == tag).then_some(self.payload as *mut u8)
    }

    #[inline(always)]
    fn truthy(self) -> bool {
        self.tag > WIDE_FALSE
    }

    #[inline(always)]
    fn arith(op: Arith, a: Self, b: Self) -> Option<Self> {
        if a.tag == WIDE_INT && b.tag == WIDE_INT {
            let (x, y) = (a.payload as i64, b.payload as i64);
            let result = match op {
                Arith::Add => x.wrapping_add(y),
                Arith::Sub => x.wrapping_sub(y),
                Arith::Mul => x.wrapping_mul(y),
                Arith::Div => return None,
                Arith::BAnd => x & y,
                Arith::BOr => x | y,
                Arith::BXor => x ^ y,
            };
            Some(Self::int(result))
        } else if a.tag == WIDE_FLOAT && b.tag == WIDE_FLOAT {
            float_arith(op, f64::from_bits(a.payload), f64::from_bits(b.payload)).map(Self::float)
        } else {
            None
        }
    }

    #[inline(always)]
    fn compare(op: Cmp, a: Self, b: Self) -> Option<bool> {
        if a.tag == WIDE_INT && b.tag == WIDE_INT {
            Some(op.test(a.payload as i64, b.payload as i64))
        } else if a.tag == WIDE_FLOAT && b.tag == WIDE_FLOAT {
            Some(op.test(f64::from_bits(a.payload), f64::from_bits(b.payload)))
        } else {
            None
        }
    }

    #[inline(always)]
    fn loop_count(count: u64) -> Self {
        Self::int(count as i64)
    }

    #[inline(always)]
    unsafe fn step_loop(state: *mut Self) -> Option<bool> {
        // SAFETY: the caller's promise.
        unsafe {
            let (index, count, step) = (*state, (*state.add(1)).payload, *state.add(2));
            if index.tag != WIDE_INT {
                return None;
            }
            if count == 0 {
                return Some(false);
            }
            (*state.add(1)).payload = count - 1;
            let next = index.payload.wrapping_add(step.payload);
            (*state).payload = next;
            *state.add(3) = Self::int(next as i64);
            Some(true)
        }
    }
}
