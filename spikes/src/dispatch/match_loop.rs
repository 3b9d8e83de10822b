//! Way (a): a `match` in one loop, state in locals, slow paths out of line.

use super::vm::{Closure, Frame, Op, Stop, Table, Vm};
use super::vm::{
    a, b, bx, c, op, prepare_loop, sb, sbx, sc, slow_arith, slow_call, slow_compare, slow_loop,
    slow_slot,
};
use crate::repr::{Arith, Cmp, Kind, Repr};

/// Runs `closure` with its arguments at `base`.
///
/// # Safety
/// The code was made by `programs` and respects its number of registers; the stack of `vm` holds `base`.
#[inline(never)]
pub unsafe fn run<V: Repr>(
    vm: &mut Vm<V>,
    mut closure: *const Closure<V>,
    mut base: *mut V,
) -> Result<V, Stop> {
    // SAFETY: the caller's promise makes every register, constant, cache and jump below lie inside its vector.
    unsafe {
        let mut pc = (*(*closure).proto).code.as_ptr();
        let mut consts = (*(*closure).proto).consts.as_ptr();
        let mut caches = (*(*closure).proto).caches.as_ptr().cast_mut();
        let bottom = vm.frame;

        macro_rules! extra {
            () => {{
                let word = *pc;
                pc = pc.add(1);
                word
            }};
        }
        macro_rules! arith {
            ($op:ident, $word:ident, $right:expr) => {{
                let (left, right) = (*base.add(b($word)), $right);
                let result = match V::arith(Arith::$op, left, right) {
                    Some(value) => value,
                    None => {
                        vm.pc = pc;
                        slow_arith(Arith::$op, left, right)?
                    }
                };
                *base.add(a($word)) = result;
            }};
        }
        macro_rules! compare {
            ($op:ident, $word:ident, $left:expr, $right:expr) => {{
                let (left, right) = ($left, $right);
                let offset = extra!() as i32;
                let holds = match V::compare(Cmp::$op, left, right) {
                    Some(holds) => holds,
                    None => {
                        vm.pc = pc;
                        slow_compare(Cmp::$op, left, right)?
                    }
                };
                if holds == (c($word) != 0) {
                    pc = pc.offset(offset as isize);
                }
            }};
        }
        macro_rules! slot {
            ($table:expr) => {{
                let value: V = $table;
                let cache = caches.add(extra!() as usize);
                match value.as_object(Kind::Table) {
                    Some(table) if (*table.cast::<Table<V>>()).shape == (*cache).shape => {
                        (&raw mut (*table.cast::<Table<V>>()).slots)
                            .cast::<V>()
                            .add((*cache).slot as usize)
                    }
                    _ => {
                        vm.pc = pc;
                        slow_slot(value, cache)?
                    }
                }
            }};
        }
        macro_rules! leave {
            ($value:expr) => {{
                let value = $value;
                if vm.frame == bottom {
                    return Ok(value);
                }
                *base.sub(1) = value;
                vm.frame = vm.frame.sub(1);
                let frame = *vm.frame;
                (pc, base, closure) = (frame.pc, frame.base, frame.closure);
                consts = (*(*closure).proto).consts.as_ptr();
                caches = (*(*closure).proto).caches.as_ptr().cast_mut();
            }};
        }

        loop {
            let word = *pc;
            pc = pc.add(1);
            match op(word) {
                Op::Move => *base.add(a(word)) = *base.add(b(word)),
                Op::LoadInt => *base.add(a(word)) = V::int(sbx(word)),
                Op::LoadK => *base.add(a(word)) = *consts.add(bx(word)),
                Op::LoadNil => *base.add(a(word)) = V::NIL,
                Op::LoadTrue => *base.add(a(word)) = V::TRUE,
                Op::LoadFalse => *base.add(a(word)) = V::FALSE,
                Op::GetUpvalue => {
                    *base.add(a(word)) = **(&raw const (*closure).upvalues)
                        .cast::<*mut V>()
                        .add(b(word))
                }
                Op::SetUpvalue => {
                    **(&raw const (*closure).upvalues)
                        .cast::<*mut V>()
                        .add(b(word)) = *base.add(a(word))
                }
                Op::GetField => {
                    let slot = slot!(*base.add(b(word)));
                    *base.add(a(word)) = *slot;
                }
                Op::SetField => {
                    let slot = slot!(*base.add(a(word)));
                    *slot = *base.add(c(word));
                }
                Op::Add => arith!(Add, word, *base.add(c(word))),
                Op::Sub => arith!(Sub, word, *base.add(c(word))),
                Op::Mul => arith!(Mul, word, *base.add(c(word))),
                Op::Div => arith!(Div, word, *base.add(c(word))),
                Op::BAnd => arith!(BAnd, word, *base.add(c(word))),
                Op::BOr => arith!(BOr, word, *base.add(c(word))),
                Op::BXor => arith!(BXor, word, *base.add(c(word))),
                Op::AddK => arith!(Add, word, *consts.add(c(word))),
                Op::SubK => arith!(Sub, word, *consts.add(c(word))),
                Op::MulK => arith!(Mul, word, *consts.add(c(word))),
                Op::DivK => arith!(Div, word, *consts.add(c(word))),
                Op::BAndK => arith!(BAnd, word, *consts.add(c(word))),
                Op::AddI => arith!(Add, word, V::int(sc(word))),
                Op::SubI => arith!(Sub, word, V::int(sc(word))),
                Op::Neg => {
                    let value = *base.add(b(word));
                    *base.add(a(word)) = match V::arith(Arith::Sub, V::int(0), value) {
                        Some(value) => value,
                        None => slow_arith(Arith::Mul, V::int(-1), value)?,
                    }
                }
                Op::Not => {
                    *base.add(a(word)) = if (*base.add(b(word))).truthy() {
                        V::FALSE
                    } else {
                        V::TRUE
                    }
                }
                Op::Jump => {
                    let offset = extra!() as i32;
                    pc = pc.offset(offset as isize);
                }
                Op::Eq => compare!(Eq, word, *base.add(a(word)), *base.add(b(word))),
                Op::Lt => compare!(Lt, word, *base.add(a(word)), *base.add(b(word))),
                Op::Le => compare!(Le, word, *base.add(a(word)), *base.add(b(word))),
                Op::EqI => compare!(Eq, word, *base.add(a(word)), V::int(sb(word))),
                Op::LtI => compare!(Lt, word, *base.add(a(word)), V::int(sb(word))),
                Op::LeI => compare!(Le, word, *base.add(a(word)), V::int(sb(word))),
                Op::GtI => compare!(Lt, word, V::int(sb(word)), *base.add(a(word))),
                Op::GeI => compare!(Le, word, V::int(sb(word)), *base.add(a(word))),
                Op::Test => {
                    let offset = extra!() as i32;
                    if (*base.add(a(word))).truthy() == (c(word) != 0) {
                        pc = pc.offset(offset as isize);
                    }
                }
                Op::Call => {
                    let window = base.add(a(word));
                    let _cache = extra!();
                    let callee = match (*window).as_object(Kind::Closure) {
                        Some(callee) if window < vm.limit => {
                            callee.cast::<Closure<V>>().cast_const()
                        }
                        _ => {
                            vm.pc = pc;
                            return Err(slow_call(*window));
                        }
                    };
                    *vm.frame = Frame { pc, base, closure };
                    vm.frame = vm.frame.add(1);
                    closure = callee;
                    base = window.add(1);
                    let proto = (*closure).proto;
                    for missing in b(word) - 1..(*proto).params {
                        *base.add(missing) = V::NIL;
                    }
                    pc = (*proto).code.as_ptr();
                    consts = (*proto).consts.as_ptr();
                    caches = (*proto).caches.as_ptr().cast_mut();
                }
                Op::Return0 => leave!(V::NIL),
                Op::Return1 => leave!(*base.add(a(word))),
                Op::Halt => return Err(Stop::Done),
                Op::ForPrep => {
                    let offset = extra!() as i32;
                    if !prepare_loop(base.add(a(word)))? {
                        pc = pc.offset(offset as isize);
                    }
                }
                Op::ForLoop => {
                    let offset = extra!() as i32;
                    if base >= vm.limit {
                        return Err(slow_call(V::NIL));
                    }
                    match V::step_loop(base.add(a(word))) {
                        Some(true) => pc = pc.offset(offset as isize),
                        Some(false) => {}
                        None => return Err(slow_loop()),
                    }
                }
            }
        }
    }
}
