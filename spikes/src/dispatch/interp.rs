//! The executing [`Machine`]: its state is a struct of pointers which inlining turns into locals.

use std::marker::PhantomData;

use super::machine::{Machine, step};
use super::vm::{Cache, Closure, Frame, Op, Slow, Stop, Table, Vm};
use super::vm::{op, prepare_loop, slow_arith, slow_call, slow_compare, slow_loop, slow_slot};
use crate::repr::{Arith, Cmp, Kind, Nan, Repr};

/// The state, and in `E` how an operation ends: by returning to a loop ([`Looped`]) or by calling the next one
/// (`super::threaded`).
pub struct Interp<'vm, E> {
    pub pc: *const u32,
    pub base: *mut Nan,
    pub consts: *const Nan,
    pub caches: *mut Cache,
    pub vm: &'vm mut Vm<Nan>,
    pub ending: PhantomData<E>,
}

/// How an operation ends.
pub trait Ending: Sized {
    type Flow;
    fn next(m: &mut Interp<'_, Self>) -> Self::Flow;
    fn stop(m: &mut Interp<'_, Self>, stop: Stop) -> Self::Flow;
    /// Runs a slow path and goes on where it says: `direct` calls it, `path` does so with the arguments in `slow`.
    fn slow(
        m: &mut Interp<'_, Self>,
        direct: impl FnOnce(&mut Vm<Nan>, *const u32) -> *const u32,
        slow: Slow<Nan>,
        path: Path,
    ) -> Self::Flow;
}

/// A slow path: writes its result itself and returns the next instruction, or a `Halt`.
pub type Path = fn(&mut Vm<Nan>, *const u32, &Slow<Nan>) -> *const u32;

/// One loop with a `match`. How execution goes on is in `pc`; stopping is a jump to a `Halt`, so that the loop tests nothing.
pub struct Looped;

pub static HALT: u32 = Op::Halt as u32;

impl Ending for Looped {
    type Flow = ();
    #[inline(always)]
    fn next(_: &mut Interp<'_, Self>) {}
    #[inline(always)]
    fn stop(m: &mut Interp<'_, Self>, stop: Stop) {
        m.vm.stop = stop;
        m.pc = &raw const HALT;
    }
    #[inline(always)]
    fn slow(
        m: &mut Interp<'_, Self>,
        direct: impl FnOnce(&mut Vm<Nan>, *const u32) -> *const u32,
        _: Slow<Nan>,
        _: Path,
    ) {
        m.pc = direct(m.vm, m.pc);
    }
}

/// Runs `closure` with its arguments at `base`.
///
/// # Safety
/// The code was made by `programs` and respects its number of registers; the stack of `vm` holds `base`.
#[inline(never)]
pub unsafe fn run(
    vm: &mut Vm<Nan>,
    closure: *const Closure<Nan>,
    base: *mut Nan,
) -> Result<Nan, Stop> {
    let mut m = Interp::<Looped>::new(vm, closure, base);
    loop {
        // SAFETY: the caller's promise: `pc` stays inside the code.
        let word = unsafe { *m.pc };
        m.pc = m.pc.wrapping_add(1);
        if op(word) == Op::Halt {
            return if m.vm.stop == Stop::Done {
                Ok(m.vm.result)
            } else {
                Err(m.vm.stop)
            };
        }
        step(&mut m, op(word), word);
    }
}

impl<'vm, E: Ending> Interp<'vm, E> {
    /// At the start of `closure`.
    pub fn new(vm: &'vm mut Vm<Nan>, closure: *const Closure<Nan>, base: *mut Nan) -> Self {
        let null = std::ptr::null();
        let mut m = Interp {
            pc: null,
            base,
            consts: null.cast(),
            caches: std::ptr::null_mut(),
            vm,
            ending: PhantomData,
        };
        m.open(closure);
        m
    }

    #[inline(always)]
    fn open(&mut self, closure: *const Closure<Nan>) {
        self.vm.closure = closure;
        // SAFETY: closures and prototypes live as long as the process.
        unsafe {
            let proto = (*closure).proto;
            self.pc = (*proto).code.as_ptr();
            self.consts = (*proto).consts.as_ptr();
            self.caches = (*proto).caches.as_ptr().cast_mut();
        }
    }
}

// SAFETY of the blocks below: `run`'s promise puts every register, constant, cache, jump and frame inside its vector, and
// an object pointer comes from a value with that kind's tag.
impl<E: Ending> Machine for Interp<'_, E> {
    type Value = Nan;
    /// With the payload in the upper 48 bits.
    type Int = i64;
    type Float = f64;
    type Object = *mut u8;
    type Flow = E::Flow;

    #[inline(always)]
    fn register(&mut self, index: usize) -> Nan {
        // SAFETY: see above.
        unsafe { *self.base.add(index) }
    }
    #[inline(always)]
    fn set(&mut self, index: usize, value: Nan) {
        // SAFETY: see above.
        unsafe { *self.base.add(index) = value }
    }
    #[inline(always)]
    fn constant(&mut self, index: usize) -> Nan {
        // SAFETY: see above.
        unsafe { *self.consts.add(index) }
    }
    #[inline(always)]
    fn upvalue(&mut self, index: usize) -> Nan {
        // SAFETY: see above.
        unsafe {
            **(&raw const (*self.vm.closure).upvalues)
                .cast::<*mut Nan>()
                .add(index)
        }
    }
    #[inline(always)]
    fn set_upvalue(&mut self, index: usize, value: Nan) {
        // SAFETY: see above.
        unsafe {
            **(&raw const (*self.vm.closure).upvalues)
                .cast::<*mut Nan>()
                .add(index) = value
        }
    }
    #[inline(always)]
    fn immediate(&mut self, value: i64) -> Nan {
        Nan::int(value)
    }
    #[inline(always)]
    fn boolean(&mut self, value: bool) -> Nan {
        if value { Nan::TRUE } else { Nan::FALSE }
    }
    #[inline(always)]
    fn nil(&mut self) -> Nan {
        Nan::NIL
    }
    #[inline(always)]
    fn extra(&mut self) -> u32 {
        // SAFETY: see above.
        let word = unsafe { *self.pc };
        self.pc = self.pc.wrapping_add(1);
        word
    }

    #[inline(always)]
    fn if_ints(
        &mut self,
        a: Nan,
        b: Nan,
        then: impl FnOnce(&mut Self, i64, i64) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if Nan::both_int(a, b) {
            then(self, a.shifted(), b.shifted())
        } else {
            otherwise(self)
        }
    }
    #[inline(always)]
    fn if_floats(
        &mut self,
        a: Nan,
        b: Nan,
        then: impl FnOnce(&mut Self, f64, f64) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if Nan::both_float(a, b) {
            then(self, f64::from_bits(a.0), f64::from_bits(b.0))
        } else {
            otherwise(self)
        }
    }
    #[inline(always)]
    fn if_object(
        &mut self,
        kind: Kind,
        value: Nan,
        then: impl FnOnce(&mut Self, *mut u8) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        match value.as_object(kind) {
            Some(object) => then(self, object),
            None => otherwise(self),
        }
    }
    #[inline(always)]
    fn if_truthy(
        &mut self,
        value: Nan,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if value.truthy() {
            then(self)
        } else {
            otherwise(self)
        }
    }
    #[inline(always)]
    fn if_shape(
        &mut self,
        table: *mut u8,
        cache: usize,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        // SAFETY: see above.
        let same =
            unsafe { (*table.cast::<Table<Nan>>()).shape == (*self.caches.add(cache)).shape };
        if same { then(self) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_int(
        &mut self,
        op: Cmp,
        a: i64,
        b: i64,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if op.test(a, b) {
            then(self)
        } else {
            otherwise(self)
        }
    }
    #[inline(always)]
    fn if_float(
        &mut self,
        op: Cmp,
        a: f64,
        b: f64,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if op.test(a, b) {
            then(self)
        } else {
            otherwise(self)
        }
    }
    #[inline(always)]
    fn int_arith(
        &mut self,
        op: Arith,
        a: i64,
        b: i64,
        then: impl FnOnce(&mut Self, Nan) -> Self::Flow,
        wide: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        match Nan::int_arith(op, a, b) {
            Some(result) => then(self, Nan::from_shifted(result)),
            None => wide(self),
        }
    }
    #[inline(always)]
    fn float_arith(&mut self, op: Arith, a: f64, b: f64) -> Nan {
        Nan::float(match op {
            Arith::Add => a + b,
            Arith::Sub => a - b,
            Arith::Mul => a * b,
            Arith::Div => a / b,
            // A float operand of a bitwise operation: out of the programs' reach.
            Arith::BAnd | Arith::BOr | Arith::BXor => f64::NAN,
        })
    }
    #[inline(always)]
    fn load_slot(&mut self, table: *mut u8, cache: usize) -> Nan {
        // SAFETY: see above.
        unsafe { *slots(table).add((*self.caches.add(cache)).slot as usize) }
    }
    #[inline(always)]
    fn store_slot(&mut self, table: *mut u8, cache: usize, value: Nan) {
        // SAFETY: see above.
        unsafe { *slots(table).add((*self.caches.add(cache)).slot as usize) = value }
    }

    #[inline(always)]
    fn next(&mut self) -> E::Flow {
        E::next(self)
    }
    #[inline(always)]
    fn jump(&mut self, offset: i32) -> E::Flow {
        self.pc = self.pc.wrapping_offset(offset as isize);
        E::next(self)
    }
    #[inline(always)]
    fn jump_back(&mut self, offset: i32) -> E::Flow {
        if self.base >= self.vm.limit {
            return E::slow(self, interrupted, self.vm.slow, |vm, pc, _| {
                interrupted(vm, pc)
            });
        }
        self.jump(offset)
    }
    #[inline(always)]
    fn slow_arith(&mut self, arith: Arith, destination: usize, a: Nan, b: Nan) -> E::Flow {
        let destination = self.base.wrapping_add(destination);
        E::slow(
            self,
            move |vm, pc| out_arith(vm, pc, arith, destination, a, b),
            Slow {
                arith,
                destination,
                a,
                b,
                ..self.vm.slow
            },
            |vm, pc, slow| out_arith(vm, pc, slow.arith, slow.destination, slow.a, slow.b),
        )
    }
    #[inline(always)]
    fn slow_compare(&mut self, cmp: Cmp, a: Nan, b: Nan, flag: bool, offset: i32) -> E::Flow {
        E::slow(
            self,
            move |vm, pc| out_compare(vm, pc, cmp, flag, offset, a, b),
            Slow {
                cmp,
                flag,
                offset,
                a,
                b,
                ..self.vm.slow
            },
            |vm, pc, slow| out_compare(vm, pc, slow.cmp, slow.flag, slow.offset, slow.a, slow.b),
        )
    }
    #[inline(always)]
    fn slow_get(&mut self, destination: usize, a: Nan, cache: usize) -> E::Flow {
        let (destination, cache) = (
            self.base.wrapping_add(destination),
            self.caches.wrapping_add(cache),
        );
        E::slow(
            self,
            move |vm, pc| out_get(vm, pc, destination, a, cache),
            Slow {
                destination,
                a,
                cache,
                ..self.vm.slow
            },
            |vm, pc, slow| out_get(vm, pc, slow.destination, slow.a, slow.cache),
        )
    }
    #[inline(always)]
    fn slow_set(&mut self, a: Nan, cache: usize, b: Nan) -> E::Flow {
        let cache = self.caches.wrapping_add(cache);
        E::slow(
            self,
            move |vm, pc| out_set(vm, pc, a, cache, b),
            Slow {
                a,
                b,
                cache,
                ..self.vm.slow
            },
            |vm, pc, slow| out_set(vm, pc, slow.a, slow.cache, slow.b),
        )
    }
    #[inline(always)]
    fn slow_call(&mut self, a: Nan) -> E::Flow {
        E::slow(
            self,
            move |vm, pc| out_call(vm, pc, a),
            Slow { a, ..self.vm.slow },
            |vm, pc, slow| out_call(vm, pc, slow.a),
        )
    }
    #[inline(always)]
    fn prepare_loop(&mut self, state: usize, offset: i32) -> E::Flow {
        let destination = self.base.wrapping_add(state);
        E::slow(
            self,
            move |vm, pc| out_prepare(vm, pc, destination, offset),
            Slow {
                destination,
                offset,
                ..self.vm.slow
            },
            |vm, pc, slow| out_prepare(vm, pc, slow.destination, slow.offset),
        )
    }
    #[inline(always)]
    fn step_loop(
        &mut self,
        state: usize,
        again: impl FnOnce(&mut Self) -> E::Flow,
        done: impl FnOnce(&mut Self) -> E::Flow,
    ) -> E::Flow {
        // SAFETY: see above.
        match unsafe { Nan::step_loop(self.base.add(state)) } {
            Some(true) => again(self),
            Some(false) => done(self),
            None => E::slow(self, interrupted, self.vm.slow, |vm, pc, _| {
                interrupted(vm, pc)
            }),
        }
    }
    #[inline(always)]
    fn enter(&mut self, callee: *mut u8, window: usize, arguments: usize) -> E::Flow {
        // SAFETY: see above.
        unsafe {
            let window = self.base.add(window);
            if window >= self.vm.limit {
                return self.slow_call(*window);
            }
            *self.vm.frame = Frame {
                pc: self.pc,
                base: self.base,
                closure: self.vm.closure,
            };
            self.vm.frame = self.vm.frame.add(1);
            self.base = window.add(1);
            self.open(callee.cast());
            for missing in arguments..(*(*self.vm.closure).proto).params {
                *self.base.add(missing) = Nan::NIL;
            }
        }
        E::next(self)
    }
    #[inline(always)]
    fn leave(&mut self, value: Nan) -> E::Flow {
        if self.vm.frame == self.vm.frames.as_mut_ptr() {
            self.vm.result = value;
            return E::stop(self, Stop::Done);
        }
        // SAFETY: see above.
        let frame = unsafe {
            *self.base.sub(1) = value;
            self.vm.frame = self.vm.frame.sub(1);
            *self.vm.frame
        };
        self.open(frame.closure);
        (self.pc, self.base) = (frame.pc, frame.base);
        E::next(self)
    }
}

#[inline(always)]
fn slots(table: *mut u8) -> *mut Nan {
    table
        .wrapping_add(std::mem::offset_of!(Table<Nan>, slots))
        .cast()
}

// The slow paths write the result themselves and return where to go on: a path that is one small call is always inlined, and
// only then does the machine's state live in registers. SAFETY of their blocks: registers and caches are those of the
// running function.

fn ended(vm: &mut Vm<Nan>, pc: *const u32, result: Result<*const u32, Stop>) -> *const u32 {
    vm.pc = pc;
    result.unwrap_or_else(|stop| {
        vm.stop = stop;
        &raw const HALT
    })
}

#[cold]
#[inline(never)]
fn out_arith(
    vm: &mut Vm<Nan>,
    pc: *const u32,
    arith: Arith,
    destination: *mut Nan,
    a: Nan,
    b: Nan,
) -> *const u32 {
    let result = slow_arith(arith, a, b);
    // SAFETY: see above.
    ended(
        vm,
        pc,
        result
            .map(|value| unsafe { *destination = value })
            .map(|()| pc),
    )
}

#[cold]
#[inline(never)]
fn out_compare(
    vm: &mut Vm<Nan>,
    pc: *const u32,
    cmp: Cmp,
    flag: bool,
    offset: i32,
    a: Nan,
    b: Nan,
) -> *const u32 {
    let target = |holds| {
        if holds == flag {
            pc.wrapping_offset(offset as isize)
        } else {
            pc
        }
    };
    ended(vm, pc, slow_compare(cmp, a, b).map(target))
}

#[cold]
#[inline(never)]
fn out_get(
    vm: &mut Vm<Nan>,
    pc: *const u32,
    destination: *mut Nan,
    a: Nan,
    cache: *mut Cache,
) -> *const u32 {
    // SAFETY: see above.
    ended(
        vm,
        pc,
        unsafe { slow_slot(a, cache).map(|slot| *destination = *slot) }.map(|()| pc),
    )
}

#[cold]
#[inline(never)]
fn out_set(vm: &mut Vm<Nan>, pc: *const u32, a: Nan, cache: *mut Cache, b: Nan) -> *const u32 {
    // SAFETY: see above.
    ended(
        vm,
        pc,
        unsafe { slow_slot(a, cache).map(|slot| *slot = b) }.map(|()| pc),
    )
}

#[cold]
#[inline(never)]
fn out_call(vm: &mut Vm<Nan>, pc: *const u32, a: Nan) -> *const u32 {
    ended(vm, pc, Err(slow_call(a)))
}

#[cold]
#[inline(never)]
fn out_prepare(vm: &mut Vm<Nan>, pc: *const u32, destination: *mut Nan, offset: i32) -> *const u32 {
    // SAFETY: see above.
    let runs = unsafe { prepare_loop(destination) };
    ended(
        vm,
        pc,
        runs.map(|runs| {
            if runs {
                pc
            } else {
                pc.wrapping_offset(offset as isize)
            }
        }),
    )
}

#[cold]
#[inline(never)]
fn interrupted(vm: &mut Vm<Nan>, pc: *const u32) -> *const u32 {
    ended(vm, pc, Err(slow_loop()))
}
