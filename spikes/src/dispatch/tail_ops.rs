// The handlers of `tail.rs`; included once per calling convention.

use crate::dispatch::vm::{Cache, Closure, Frame, Op, Stop, Table, Vm};
use crate::dispatch::vm::{a, b, bx, c, prepare_loop, sb, sbx, sc, slow_arith, slow_call, slow_compare, slow_loop, slow_slot};
use crate::repr::{Arith, Cmp, Kind, Nan, Repr};

/// Runs `closure` with its arguments at `base`.
///
/// # Safety
/// The code was made by `programs` and respects its number of registers; the stack of `vm` holds `base`.
#[inline(never)]
pub unsafe fn run(vm: &mut Vm<Nan>, closure: *const Closure<Nan>, base: *mut Nan) -> Result<Nan, Stop> {
    vm.closure = closure;
    // SAFETY: the caller's promise.
    let stop = unsafe {
        let proto = &*(*closure).proto;
        let pc = proto.code.as_ptr();
        HANDLERS[*pc as u8 as usize](pc.add(1), base, proto.consts.as_ptr(), proto.caches.as_ptr().cast_mut(), vm, *pc)
    };
    if stop == Stop::Done { Ok(vm.result) } else { Err(stop) }
}

/// As many as a byte can name, so that dispatch needs no bounds check.
static HANDLERS: [Handler; 256] = {
    let mut table: [Handler; 256] = [Return0; 256];
    macro_rules! fill {
        ($($name:ident),* $(,)?) => { $(table[Op::$name as usize] = $name;)* };
    }
    crate::for_each_spike_op!(fill);
    table
};

macro_rules! or_stop {
    ($vm:ident, $pc:ident, $result:expr) => {{
        $vm.pc = $pc;
        match $result {
            Ok(value) => value,
            Err(stop) => return stop,
        }
    }};
}
macro_rules! simple {
    ($name:ident, |$base:ident, $consts:ident, $vm:ident, $word:ident| $value:expr) => {
        handler! { $name(pc, $base, $consts, caches, $vm, $word) {
            *$base.add(a($word)) = $value;
        } }
    };
}
macro_rules! arith {
    ($name:ident, $op:ident, |$base:ident, $consts:ident, $word:ident| $left:expr, $right:expr) => {
        handler! { $name(pc, $base, $consts, caches, vm, $word) {
            let (left, right) = ($left, $right);
            match Nan::arith(Arith::$op, left, right) {
                Some(value) => {
                    *$base.add(a($word)) = value;
                    true
                }
                None => false,
            }
        } else {
            *$base.add(a($word)) = or_stop!(vm, pc, slow_arith(Arith::$op, $left, $right));
        } }
    };
}
macro_rules! compare {
    ($name:ident, $op:ident, |$base:ident, $word:ident| $left:expr, $right:expr) => {
        handler! { $name(pc, $base, consts, caches, vm, $word) {
            let (left, right) = ($left, $right);
            match Nan::compare(Cmp::$op, left, right) {
                Some(holds) => {
                    let offset = *pc as i32;
                    pc = pc.add(1);
                    if holds == (c($word) != 0) {
                        pc = pc.offset(offset as isize);
                    }
                    true
                }
                None => false,
            }
        } else {
            let offset = *pc as i32;
            pc = pc.add(1);
            if or_stop!(vm, pc, slow_compare(Cmp::$op, $left, $right)) == (c($word) != 0) {
                pc = pc.offset(offset as isize);
            }
        } }
    };
}
/// The slot a cache knows, or null.
macro_rules! slot {
    ($value:expr, $cache:expr) => {
        match $value.as_object(Kind::Table) {
            Some(table) if (*table.cast::<Table<Nan>>()).shape == (*$cache).shape => {
                (&raw mut (*table.cast::<Table<Nan>>()).slots).cast::<Nan>().add((*$cache).slot as usize)
            }
            _ => std::ptr::null_mut(),
        }
    };
}
macro_rules! leave {
    ($value:expr, $pc:ident, $base:ident, $consts:ident, $caches:ident, $vm:ident) => {
        let value = $value;
        if $vm.frame == $vm.frames.as_mut_ptr() {
            $vm.result = value;
            return Stop::Done;
        }
        *$base.sub(1) = value;
        $vm.frame = $vm.frame.sub(1);
        let frame = *$vm.frame;
        ($pc, $base) = (frame.pc, frame.base);
        $vm.closure = frame.closure;
        $consts = (*(*frame.closure).proto).consts.as_ptr();
        $caches = (*(*frame.closure).proto).caches.as_ptr().cast_mut();
    };
}

simple!(Move, |base, consts, vm, word| *base.add(b(word)));
simple!(LoadInt, |base, consts, vm, word| Nan::int(sbx(word)));
simple!(LoadK, |base, consts, vm, word| *consts.add(bx(word)));
simple!(LoadNil, |base, consts, vm, word| Nan::NIL);
simple!(LoadTrue, |base, consts, vm, word| Nan::TRUE);
simple!(LoadFalse, |base, consts, vm, word| Nan::FALSE);
simple!(GetUpvalue, |base, consts, vm, word| **(&raw const (*vm.closure).upvalues).cast::<*mut Nan>().add(b(word)));
simple!(Not, |base, consts, vm, word| if (*base.add(b(word))).truthy() { Nan::FALSE } else { Nan::TRUE });
handler! { SetUpvalue(pc, base, consts, caches, vm, word) {
    **(&raw const (*vm.closure).upvalues).cast::<*mut Nan>().add(b(word)) = *base.add(a(word));
} }
handler! { GetField(pc, base, consts, caches, vm, word) {
    let slot = slot!((*base.add(b(word))), caches.add(*pc as usize));
    if slot.is_null() {
        false
    } else {
        *base.add(a(word)) = *slot;
        pc = pc.add(1);
        true
    }
} else {
    *base.add(a(word)) = *or_stop!(vm, pc, slow_slot(*base.add(b(word)), caches.add(*pc as usize)));
    pc = pc.add(1);
} }
handler! { SetField(pc, base, consts, caches, vm, word) {
    let slot = slot!((*base.add(a(word))), caches.add(*pc as usize));
    if slot.is_null() {
        false
    } else {
        *slot = *base.add(c(word));
        pc = pc.add(1);
        true
    }
} else {
    *or_stop!(vm, pc, slow_slot(*base.add(a(word)), caches.add(*pc as usize))) = *base.add(c(word));
    pc = pc.add(1);
} }
arith!(Add, Add, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(Sub, Sub, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(Mul, Mul, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(Div, Div, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(BAnd, BAnd, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(BOr, BOr, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(BXor, BXor, |base, consts, word| *base.add(b(word)), *base.add(c(word)));
arith!(AddK, Add, |base, consts, word| *base.add(b(word)), *consts.add(c(word)));
arith!(SubK, Sub, |base, consts, word| *base.add(b(word)), *consts.add(c(word)));
arith!(MulK, Mul, |base, consts, word| *base.add(b(word)), *consts.add(c(word)));
arith!(DivK, Div, |base, consts, word| *base.add(b(word)), *consts.add(c(word)));
arith!(BAndK, BAnd, |base, consts, word| *base.add(b(word)), *consts.add(c(word)));
arith!(AddI, Add, |base, consts, word| *base.add(b(word)), Nan::int(sc(word)));
arith!(SubI, Sub, |base, consts, word| *base.add(b(word)), Nan::int(sc(word)));
arith!(Neg, Sub, |base, consts, word| Nan::int(0), *base.add(b(word)));
compare!(Eq, Eq, |base, word| *base.add(a(word)), *base.add(b(word)));
compare!(Lt, Lt, |base, word| *base.add(a(word)), *base.add(b(word)));
compare!(Le, Le, |base, word| *base.add(a(word)), *base.add(b(word)));
compare!(EqI, Eq, |base, word| *base.add(a(word)), Nan::int(sb(word)));
compare!(LtI, Lt, |base, word| *base.add(a(word)), Nan::int(sb(word)));
compare!(LeI, Le, |base, word| *base.add(a(word)), Nan::int(sb(word)));
compare!(GtI, Lt, |base, word| Nan::int(sb(word)), *base.add(a(word)));
compare!(GeI, Le, |base, word| Nan::int(sb(word)), *base.add(a(word)));
handler! { Jump(pc, base, consts, caches, vm, word) {
    let offset = *pc as i32;
    pc = pc.add(1).offset(offset as isize);
} }
handler! { Test(pc, base, consts, caches, vm, word) {
    let offset = *pc as i32;
    pc = pc.add(1);
    if (*base.add(a(word))).truthy() == (c(word) != 0) {
        pc = pc.offset(offset as isize);
    }
} }
handler! { Call(pc, base, consts, caches, vm, word) {
    let window = base.add(a(word));
    match (*window).as_object(Kind::Closure) {
        Some(callee) if window < vm.limit => {
            let callee = callee.cast::<Closure<Nan>>().cast_const();
            *vm.frame = Frame { pc: pc.add(1), base, closure: vm.closure };
            vm.frame = vm.frame.add(1);
            vm.closure = callee;
            base = window.add(1);
            let proto = (*callee).proto;
            for missing in b(word) - 1..(*proto).params {
                *base.add(missing) = Nan::NIL;
            }
            pc = (*proto).code.as_ptr();
            consts = (*proto).consts.as_ptr();
            caches = (*proto).caches.as_ptr().cast_mut();
            true
        }
        _ => false,
    }
} else {
    return slow_call(*base.add(a(word)));
} }
handler! { Return0(pc, base, consts, caches, vm, word) {
    leave!(Nan::NIL, pc, base, consts, caches, vm);
} }
handler! { Return1(pc, base, consts, caches, vm, word) {
    leave!(*base.add(a(word)), pc, base, consts, caches, vm);
} }
handler! { ForPrep(pc, base, consts, caches, vm, word) { false } else {
    let offset = *pc as i32;
    pc = pc.add(1);
    if !or_stop!(vm, pc, prepare_loop(base.add(a(word)))) {
        pc = pc.offset(offset as isize);
    }
} }
handler! { ForLoop(pc, base, consts, caches, vm, word) {
    if base >= vm.limit {
        false
    } else {
        match Nan::step_loop(base.add(a(word))) {
            Some(again) => {
                let offset = if again { *pc as i32 } else { 0 };
                pc = pc.add(1).offset(offset as isize);
                true
            }
            None => false,
        }
    }
} else {
    return slow_loop();
} }
handler! { Halt(pc, base, consts, caches, vm, word) {
    return Stop::Done;
} }
