//! The micro-VM that every way of dispatching shares: code format, closures, tables with shapes, slow paths.

use crate::repr::{Arith, Cmp, Kind, Repr};

macro_rules! define_ops {
    ($($name:ident),* $(,)?) => {
        /// The operations; meanings as in `perilune-front/src/op.rs`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Op { $($name),* }
    };
}

/// Hands the list of operations to a macro. More than the programs need, so that the dispatch has a realistic fan-out.
#[macro_export]
macro_rules! for_each_spike_op {
    ($m:ident) => {
        $m! {
            Move, LoadInt, LoadK, LoadNil, LoadTrue, LoadFalse, GetUpvalue, SetUpvalue, GetField, SetField,
            Add, Sub, Mul, Div, BAnd, BOr, BXor, AddK, SubK, MulK, DivK, BAndK, AddI, SubI, Neg, Not,
            Jump, Eq, Lt, Le, EqI, LtI, LeI, GtI, GeI, Test, Call, Return0, Return1, ForPrep, ForLoop, Halt,
        }
    };
}
for_each_spike_op!(define_ops);

#[inline(always)]
pub fn op(word: u32) -> Op {
    // SAFETY: code comes from `Asm`, whose words start with the number of an `Op`.
    unsafe { std::mem::transmute(word as u8) }
}
#[inline(always)]
pub fn a(word: u32) -> usize {
    (word >> 8) as u8 as usize
}
#[inline(always)]
pub fn b(word: u32) -> usize {
    (word >> 16) as u8 as usize
}
#[inline(always)]
pub fn c(word: u32) -> usize {
    (word >> 24) as usize
}
#[inline(always)]
pub fn sb(word: u32) -> i64 {
    i64::from((word >> 16) as i8)
}
#[inline(always)]
pub fn sc(word: u32) -> i64 {
    i64::from((word >> 24) as i8)
}
#[inline(always)]
pub fn sbx(word: u32) -> i64 {
    i64::from((word >> 16) as i16)
}
#[inline(always)]
pub fn bx(word: u32) -> usize {
    (word >> 16) as usize
}

/// Field names in the order of their slots.
pub struct Shape {
    pub keys: Vec<u32>,
}

#[repr(C)]
pub struct Table<V> {
    pub shape: *const Shape,
    pub slots: [V; 4],
}

/// An inline cache: 16 bytes.
#[repr(C)]
pub struct Cache {
    pub shape: *const Shape,
    pub slot: u32,
    pub key: u32,
}

#[repr(C)]
pub struct Closure<V> {
    pub proto: *const Proto<V>,
    pub upvalues: [*mut V; 2],
}

#[repr(C)]
pub struct Proto<V> {
    pub code: Vec<u32>,
    pub consts: Vec<V>,
    pub caches: Vec<Cache>,
    pub registers: usize,
    pub params: usize,
}

/// What a call saves of its caller.
#[derive(Clone, Copy)]
pub struct Frame<V> {
    pub pc: *const u32,
    pub base: *mut V,
    pub closure: *const Closure<V>,
}

/// Why execution stopped.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
#[repr(u8)]
pub enum Stop {
    Done,
    TypeError,
    StackOverflow,
}

/// What a slow path needs, where it is reached by a sibling call, whose arguments are the machine's state.
#[derive(Clone, Copy)]
pub struct Slow<V> {
    pub arith: Arith,
    pub cmp: Cmp,
    pub flag: bool,
    pub offset: i32,
    pub destination: *mut V,
    pub a: V,
    pub b: V,
    pub cache: *mut Cache,
}

pub struct Vm<V> {
    pub slow: Slow<V>,
    pub path: fn(&mut Vm<V>, *const u32, &Slow<V>) -> *const u32,
    /// Function entries and back-edges compare their base with this word: stack limit and interrupt request in one.
    pub limit: *mut V,
    pub frame: *mut Frame<V>,
    pub closure: *const Closure<V>,
    /// Where an error is reported from.
    pub pc: *const u32,
    pub result: V,
    /// Why a `Halt` was reached.
    pub stop: Stop,
    pub stack: Vec<V>,
    pub frames: Vec<Frame<V>>,
}

impl<V: Repr> Vm<V> {
    pub fn new() -> Self {
        let mut stack = vec![V::NIL; 100_000];
        let filler = Frame {
            pc: std::ptr::null(),
            base: std::ptr::null_mut(),
            closure: std::ptr::null(),
        };
        let mut frames = vec![filler; 20_000];
        // SAFETY: inside the vector.
        let limit = unsafe { stack.as_mut_ptr().add(stack.len() - 1000) };
        let slow = Slow {
            arith: Arith::Add,
            cmp: Cmp::Eq,
            flag: false,
            offset: 0,
            destination: limit,
            a: V::NIL,
            b: V::NIL,
            cache: std::ptr::null_mut(),
        };
        Self {
            slow,
            path: |_, pc, _| pc,
            limit,
            frame: frames.as_mut_ptr(),
            closure: std::ptr::null(),
            pc: std::ptr::null(),
            result: V::NIL,
            stop: Stop::Done,
            stack,
            frames,
        }
    }

    /// Puts function and arguments on the stack and returns the callee's base.
    pub fn enter(&mut self, closure: *const Closure<V>, arguments: &[V]) -> *mut V {
        self.stack[0] = V::object(Kind::Closure, closure as *mut u8);
        self.stack[1..=arguments.len()].copy_from_slice(arguments);
        self.closure = closure;
        self.frame = self.frames.as_mut_ptr();
        // SAFETY: one past the function slot is inside the stack.
        unsafe { self.stack.as_mut_ptr().add(1) }
    }
}

/// Mixed numbers and, in a real VM, metamethods and errors.
#[cold]
#[inline(never)]
pub fn slow_arith<V: Repr>(op: Arith, a: V, b: V) -> Result<V, Stop> {
    let number = |v: V| {
        v.as_float()
            .or(v.as_int().map(|i| i as f64))
            .ok_or(Stop::TypeError)
    };
    let (x, y) = (number(a)?, number(b)?);
    Ok(V::float(match op {
        Arith::Add => x + y,
        Arith::Sub => x - y,
        Arith::Mul => x * y,
        Arith::Div => x / y,
        _ => return Err(Stop::TypeError),
    }))
}

#[cold]
#[inline(never)]
pub fn slow_compare<V: Repr>(op: Cmp, a: V, b: V) -> Result<bool, Stop> {
    let number = |v: V| {
        v.as_float()
            .or(v.as_int().map(|i| i as f64))
            .ok_or(Stop::TypeError)
    };
    if op == Cmp::Eq && (number(a).is_err() || number(b).is_err()) {
        return Ok(a == b);
    }
    Ok(op.test(number(a)?, number(b)?))
}

/// Looks the field up in the shape and fills the cache.
///
/// # Safety
/// `cache` and the shapes are alive.
#[cold]
#[inline(never)]
pub unsafe fn slow_slot<V: Repr>(table: V, cache: *mut Cache) -> Result<*mut V, Stop> {
    let table = table
        .as_object(Kind::Table)
        .ok_or(Stop::TypeError)?
        .cast::<Table<V>>();
    // SAFETY: the caller's promise; a table value points to a table.
    unsafe {
        let shape = (*table).shape;
        let slot = (&(*shape).keys)
            .iter()
            .position(|&key| key == (*cache).key)
            .ok_or(Stop::TypeError)?;
        (*cache).shape = shape;
        (*cache).slot = slot as u32;
        Ok((&raw mut (*table).slots).cast::<V>().add(slot))
    }
}

#[cold]
#[inline(never)]
pub fn slow_call<V: Repr>(function: V) -> Stop {
    if function.as_object(Kind::Closure).is_some() {
        Stop::StackOverflow
    } else {
        Stop::TypeError
    }
}

/// Checks the three values of a numeric loop at `state`, sets its count and its variable; returns whether it runs.
///
/// # Safety
/// Four registers start at `state`.
#[inline(never)]
pub unsafe fn prepare_loop<V: Repr>(state: *mut V) -> Result<bool, Stop> {
    // SAFETY: the caller's promise.
    unsafe {
        let [start, limit, step] = [0, 1, 2].map(|index| (*state.add(index)).as_int());
        let (Some(start), Some(limit), Some(step)) = (start, limit, step) else {
            return Err(Stop::TypeError);
        };
        if start > limit {
            return Ok(false);
        }
        *state.add(1) = V::loop_count(((limit - start) / step) as u64);
        *state.add(3) = *state;
        Ok(true)
    }
}

/// Loops over floats and boxed integers, which the programs do not have.
#[cold]
#[inline(never)]
pub fn slow_loop() -> Stop {
    Stop::TypeError
}
