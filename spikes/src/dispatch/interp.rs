//! The executing [`Machine`]: its state is a struct of pointers which inlining turns into locals.

use super::machine::{Machine, step};
use super::vm::{Cache, Closure, Frame, Op, Stop, Table, Vm, op, prepare_loop, slow_arith, slow_call, slow_compare, slow_loop, slow_slot};
use crate::repr::{Arith, Cmp, Kind, Nan, Repr};

struct Interp<'vm> {
    pc: *const u32,
    base: *mut Nan,
    consts: *const Nan,
    caches: *mut Cache,
    closure: *const Closure<Nan>,
    bottom: *mut Frame<Nan>,
    vm: &'vm mut Vm<Nan>,
}

/// Runs `closure` with its arguments at `base`.
///
/// # Safety
/// The code was made by `programs` and respects its number of registers; the stack of `vm` holds `base`.
#[inline(never)]
pub unsafe fn run(vm: &mut Vm<Nan>, closure: *const Closure<Nan>, base: *mut Nan) -> Result<Nan, Stop> {
    let null = std::ptr::null();
    let bottom = vm.frame;
    let mut m = Interp { pc: null, base, consts: null.cast(), caches: std::ptr::null_mut(), closure, bottom, vm };
    m.open(closure);
    loop {
        // SAFETY: the caller's promise: `pc` stays inside the code.
        let word = unsafe { *m.pc };
        m.pc = m.pc.wrapping_add(1);
        if op(word) == Op::Halt {
            return if m.vm.stop == Stop::Done { Ok(m.vm.result) } else { Err(m.vm.stop) };
        }
        step(&mut m, word);
    }
}

static HALT: u32 = Op::Halt as u32;

impl Interp<'_> {
    #[inline(always)]
    fn stop(&mut self, stop: Stop) {
        self.vm.stop = stop;
        self.pc = &raw const HALT;
    }

    #[inline(always)]
    fn open(&mut self, closure: *const Closure<Nan>) {
        self.closure = closure;
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
impl Machine for Interp<'_> {
    type Value = Nan;
    /// With the payload in the upper 48 bits.
    type Int = i64;
    type Float = f64;
    type Object = *mut u8;
    /// How execution goes on is in `pc`; stopping is a jump to a `Halt`, so that the loop tests nothing.
    type Flow = ();

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
        unsafe { **(&raw const (*self.closure).upvalues).cast::<*mut Nan>().add(index) }
    }
    #[inline(always)]
    fn set_upvalue(&mut self, index: usize, value: Nan) {
        // SAFETY: see above.
        unsafe { **(&raw const (*self.closure).upvalues).cast::<*mut Nan>().add(index) = value }
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
        &mut self, a: Nan, b: Nan, then: impl FnOnce(&mut Self, i64, i64) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if Nan::both_int(a, b) { then(self, a.shifted(), b.shifted()) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_floats(
        &mut self, a: Nan, b: Nan, then: impl FnOnce(&mut Self, f64, f64) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if Nan::both_float(a, b) { then(self, f64::from_bits(a.0), f64::from_bits(b.0)) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_object(
        &mut self, kind: Kind, value: Nan, then: impl FnOnce(&mut Self, *mut u8) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        match value.as_object(kind) {
            Some(object) => then(self, object),
            None => otherwise(self),
        }
    }
    #[inline(always)]
    fn if_truthy(
        &mut self, value: Nan, then: impl FnOnce(&mut Self) -> Self::Flow, otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if value.truthy() { then(self) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_shape(
        &mut self, table: *mut u8, cache: usize, then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        // SAFETY: see above.
        let same = unsafe { (*table.cast::<Table<Nan>>()).shape == (*self.caches.add(cache)).shape };
        if same { then(self) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_int(
        &mut self, op: Cmp, a: i64, b: i64, then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if op.test(a, b) { then(self) } else { otherwise(self) }
    }
    #[inline(always)]
    fn if_float(
        &mut self, op: Cmp, a: f64, b: f64, then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        if op.test(a, b) { then(self) } else { otherwise(self) }
    }
    #[inline(always)]
    fn int_arith(
        &mut self, op: Arith, a: i64, b: i64, then: impl FnOnce(&mut Self, Nan) -> Self::Flow,
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
    fn next(&mut self) -> Self::Flow {}
    #[inline(always)]
    fn jump(&mut self, offset: i32) -> Self::Flow {
        self.pc = self.pc.wrapping_offset(offset as isize);
    }
    #[inline(always)]
    fn jump_back(&mut self, offset: i32) -> Self::Flow {
        if self.base >= self.vm.limit {
            return self.stop(slow_call(Nan::NIL));
        }
        self.jump(offset);
    }
    #[inline(always)]
    fn slow_arith(&mut self, op: Arith, destination: usize, a: Nan, b: Nan) -> Self::Flow {
        // SAFETY: see above.
        self.pc = unsafe { out_arith(self.vm, self.pc, op, self.base.add(destination), a, b) };
    }
    #[inline(always)]
    fn slow_compare(&mut self, op: Cmp, a: Nan, b: Nan, flag: bool, offset: i32) -> Self::Flow {
        self.pc = out_compare(self.vm, self.pc, op, flag, offset, a, b);
    }
    #[inline(always)]
    fn slow_get(&mut self, destination: usize, table: Nan, cache: usize) -> Self::Flow {
        // SAFETY: see above.
        self.pc = unsafe { out_get(self.vm, self.pc, self.base.add(destination), table, self.caches.add(cache)) };
    }
    #[inline(always)]
    fn slow_set(&mut self, table: Nan, cache: usize, value: Nan) -> Self::Flow {
        // SAFETY: see above.
        self.pc = unsafe { out_set(self.vm, self.pc, value, table, self.caches.add(cache)) };
    }
    #[inline(always)]
    fn slow_call(&mut self, function: Nan) -> Self::Flow {
        self.stop(slow_call(function));
    }
    #[inline(always)]
    fn prepare_loop(&mut self, state: usize, offset: i32) -> Self::Flow {
        // SAFETY: see above.
        match unsafe { prepare_loop(self.base.add(state)) } {
            Ok(true) => {}
            Ok(false) => self.jump(offset),
            Err(stop) => self.stop(stop),
        }
    }
    #[inline(always)]
    fn step_loop(
        &mut self, state: usize, again: impl FnOnce(&mut Self) -> Self::Flow, done: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow {
        // SAFETY: see above.
        match unsafe { Nan::step_loop(self.base.add(state)) } {
            Some(true) => again(self),
            Some(false) => done(self),
            None => self.stop(slow_loop()),
        }
    }
    #[inline(always)]
    fn enter(&mut self, callee: *mut u8, window: usize, arguments: usize) -> Self::Flow {
        // SAFETY: see above.
        unsafe {
            let window = self.base.add(window);
            if window >= self.vm.limit {
                return self.slow_call(*window);
            }
            *self.vm.frame = Frame { pc: self.pc, base: self.base, closure: self.closure };
            self.vm.frame = self.vm.frame.add(1);
            self.base = window.add(1);
            self.open(callee.cast());
            for missing in arguments..(*(*self.closure).proto).params {
                *self.base.add(missing) = Nan::NIL;
            }
        }
    }
    #[inline(always)]
    fn leave(&mut self, value: Nan) -> Self::Flow {
        if self.vm.frame == self.bottom {
            self.vm.result = value;
            return self.stop(Stop::Done);
        }
        // SAFETY: see above.
        let frame = unsafe {
            *self.base.sub(1) = value;
            self.vm.frame = self.vm.frame.sub(1);
            *self.vm.frame
        };
        self.open(frame.closure);
        (self.pc, self.base) = (frame.pc, frame.base);
    }
}

#[inline(always)]
fn slots(table: *mut u8) -> *mut Nan {
    table.wrapping_add(std::mem::offset_of!(Table<Nan>, slots)).cast()
}

// Slow paths write the result themselves and return where to go on: a path that is one small call is always inlined, and
// only then does the machine's state live in registers.

fn halt(vm: &mut Vm<Nan>, stop: Stop) -> *const u32 {
    vm.stop = stop;
    &raw const HALT
}

/// # Safety
/// `destination` is a register.
#[cold]
#[inline(never)]
unsafe fn out_arith(vm: &mut Vm<Nan>, pc: *const u32, op: Arith, destination: *mut Nan, a: Nan, b: Nan) -> *const u32 {
    vm.pc = pc;
    match slow_arith(op, a, b) {
        Ok(value) => {
            // SAFETY: the caller's promise.
            unsafe { *destination = value };
            pc
        }
        Err(stop) => halt(vm, stop),
    }
}

#[cold]
#[inline(never)]
fn out_compare(vm: &mut Vm<Nan>, pc: *const u32, op: Cmp, flag: bool, offset: i32, a: Nan, b: Nan) -> *const u32 {
    vm.pc = pc;
    match slow_compare(op, a, b) {
        Ok(holds) if holds == flag => pc.wrapping_offset(offset as isize),
        Ok(_) => pc,
        Err(stop) => halt(vm, stop),
    }
}

/// # Safety
/// `destination` is a register, `cache` is alive.
#[cold]
#[inline(never)]
unsafe fn out_get(vm: &mut Vm<Nan>, pc: *const u32, destination: *mut Nan, table: Nan, cache: *mut Cache) -> *const u32 {
    vm.pc = pc;
    // SAFETY: the caller's promise.
    match unsafe { slow_slot(table, cache).map(|slot| *destination = *slot) } {
        Ok(()) => pc,
        Err(stop) => halt(vm, stop),
    }
}

/// # Safety
/// `cache` is alive.
#[cold]
#[inline(never)]
unsafe fn out_set(vm: &mut Vm<Nan>, pc: *const u32, value: Nan, table: Nan, cache: *mut Cache) -> *const u32 {
    vm.pc = pc;
    // SAFETY: the caller's promise.
    match unsafe { slow_slot(table, cache).map(|slot| *slot = value) } {
        Ok(()) => pc,
        Err(stop) => halt(vm, stop),
    }
}
