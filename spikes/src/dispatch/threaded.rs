//! The executing machine once more, with the endings of way (c): the same texts, one function per operation, and the next
//! operation reached by a sibling call. That stable Rust does not promise these is as true here.

use std::marker::PhantomData;

use super::interp::{Ending, HALT, Interp, Path};
use super::machine::step;
use super::vm::{Cache, Closure, Op, Slow, Stop, Vm};
use crate::repr::Nan;

type Handler =
    unsafe extern "C" fn(*const u32, *mut Nan, *const Nan, *mut Cache, &mut Vm<Nan>, u32) -> Stop;

/// Every path of an operation ends in a sibling call.
struct Threaded;

impl Ending for Threaded {
    type Flow = Stop;

    #[inline(always)]
    fn next(m: &mut Interp<'_, Self>) -> Stop {
        // SAFETY: `run`'s promise.
        unsafe { dispatch(m.pc, m.base, m.consts, m.caches, m.vm) }
    }

    #[inline(always)]
    fn stop(_: &mut Interp<'_, Self>, stop: Stop) -> Stop {
        stop
    }

    /// A real call would make the handler save registers on its fast path, so this is a sibling call too.
    #[inline(always)]
    fn slow(
        m: &mut Interp<'_, Self>,
        _: impl FnOnce(&mut Vm<Nan>, *const u32) -> *const u32,
        slow: Slow<Nan>,
        path: Path,
    ) -> Stop {
        m.vm.slow = slow;
        m.vm.path = path;
        // SAFETY: `run`'s promise.
        unsafe { go_slow(m.pc, m.base, m.consts, m.caches, m.vm, 0) }
    }
}

#[inline(always)]
unsafe fn dispatch(
    pc: *const u32,
    base: *mut Nan,
    consts: *const Nan,
    caches: *mut Cache,
    vm: &mut Vm<Nan>,
) -> Stop {
    // SAFETY: `run`'s promise.
    unsafe {
        let word = *pc;
        HANDLERS[word as u8 as usize](pc.add(1), base, consts, caches, vm, word)
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn go_slow(
    pc: *const u32,
    base: *mut Nan,
    consts: *const Nan,
    caches: *mut Cache,
    vm: &mut Vm<Nan>,
    _: u32,
) -> Stop {
    let slow = vm.slow;
    let next = (vm.path)(vm, pc, &slow);
    if std::ptr::eq(next, &raw const HALT) {
        return vm.stop;
    }
    // SAFETY: `run`'s promise.
    unsafe { dispatch(next, base, consts, caches, vm) }
}

unsafe extern "C" fn handler<const OP: u8>(
    pc: *const u32,
    base: *mut Nan,
    consts: *const Nan,
    caches: *mut Cache,
    vm: &mut Vm<Nan>,
    word: u32,
) -> Stop {
    let mut m = Interp::<Threaded> {
        pc,
        base,
        consts,
        caches,
        vm,
        ending: PhantomData,
    };
    step(&mut m, super::vm::op(u32::from(OP)), word)
}

static HANDLERS: [Handler; 256] = {
    let mut table: [Handler; 256] = [handler::<{ Op::Return0 as u8 }>; 256];
    macro_rules! fill {
        ($($name:ident),* $(,)?) => { $(table[Op::$name as usize] = handler::<{ Op::$name as u8 }>;)* };
    }
    crate::for_each_spike_op!(fill);
    table
};

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
    let mut m = Interp::<Threaded>::new(vm, closure, base);
    let stop = Threaded::next(&mut m);
    if stop == Stop::Done {
        Ok(vm.result)
    } else {
        Err(stop)
    }
}
