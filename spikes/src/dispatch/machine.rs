//! Way (b): each operation once, generic over a [`Machine`]. [`super::interp`] executes it, [`super::record`] builds SSA.

use super::vm::{a, b, bx, c, sb, sbx, sc};
use crate::repr::{Arith, Cmp, Kind};

/// What an operation's text is written in. A closure stands for a path: an executing machine calls the one that applies,
/// a compiling machine calls both (and joins them) or one (and guards it). Every path ends in a [`Machine::Flow`].
pub trait Machine: Sized {
    type Value: Copy;
    type Int: Copy;
    type Float: Copy;
    type Object: Copy;
    type Flow;

    fn register(&mut self, index: usize) -> Self::Value;
    fn set(&mut self, index: usize, value: Self::Value);
    fn constant(&mut self, index: usize) -> Self::Value;
    fn upvalue(&mut self, index: usize) -> Self::Value;
    fn set_upvalue(&mut self, index: usize, value: Self::Value);
    fn immediate(&mut self, value: i64) -> Self::Value;
    fn boolean(&mut self, value: bool) -> Self::Value;
    fn nil(&mut self) -> Self::Value;
    /// The word after the instruction.
    fn extra(&mut self) -> u32;

    fn if_ints(
        &mut self,
        a: Self::Value,
        b: Self::Value,
        then: impl FnOnce(&mut Self, Self::Int, Self::Int) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_floats(
        &mut self,
        a: Self::Value,
        b: Self::Value,
        then: impl FnOnce(&mut Self, Self::Float, Self::Float) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_object(
        &mut self,
        kind: Kind,
        value: Self::Value,
        then: impl FnOnce(&mut Self, Self::Object) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_truthy(
        &mut self,
        value: Self::Value,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_shape(
        &mut self,
        table: Self::Object,
        cache: usize,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_int(
        &mut self,
        op: Cmp,
        a: Self::Int,
        b: Self::Int,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn if_float(
        &mut self,
        op: Cmp,
        a: Self::Float,
        b: Self::Float,
        then: impl FnOnce(&mut Self) -> Self::Flow,
        otherwise: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;

    /// Integer arithmetic; `wide` where a result does not fit an inline integer (never, on 64-bit machine integers).
    fn int_arith(
        &mut self,
        op: Arith,
        a: Self::Int,
        b: Self::Int,
        then: impl FnOnce(&mut Self, Self::Value) -> Self::Flow,
        wide: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    fn float_arith(&mut self, op: Arith, a: Self::Float, b: Self::Float) -> Self::Value;
    fn load_slot(&mut self, table: Self::Object, cache: usize) -> Self::Value;
    fn store_slot(&mut self, table: Self::Object, cache: usize, value: Self::Value);

    /// The next instruction.
    fn next(&mut self) -> Self::Flow;
    fn jump(&mut self, offset: i32) -> Self::Flow;
    /// Polls the limit word, then jumps.
    fn jump_back(&mut self, offset: i32) -> Self::Flow;
    fn slow_arith(
        &mut self,
        op: Arith,
        destination: usize,
        a: Self::Value,
        b: Self::Value,
    ) -> Self::Flow;
    fn slow_compare(
        &mut self,
        op: Cmp,
        a: Self::Value,
        b: Self::Value,
        flag: bool,
        offset: i32,
    ) -> Self::Flow;
    fn slow_get(&mut self, destination: usize, table: Self::Value, cache: usize) -> Self::Flow;
    fn slow_set(&mut self, table: Self::Value, cache: usize, value: Self::Value) -> Self::Flow;
    fn slow_call(&mut self, function: Self::Value) -> Self::Flow;
    fn prepare_loop(&mut self, state: usize, offset: i32) -> Self::Flow;
    fn step_loop(
        &mut self,
        state: usize,
        again: impl FnOnce(&mut Self) -> Self::Flow,
        done: impl FnOnce(&mut Self) -> Self::Flow,
    ) -> Self::Flow;
    /// Enters a Lua closure whose call window starts at register `window`.
    fn enter(&mut self, callee: Self::Object, window: usize, arguments: usize) -> Self::Flow;
    fn leave(&mut self, value: Self::Value) -> Self::Flow;
}

#[inline(always)]
pub fn move_<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.register(b(word));
    put(m, a(word), value)
}

#[inline(always)]
fn put<M: Machine>(m: &mut M, destination: usize, value: M::Value) -> M::Flow {
    m.set(destination, value);
    m.next()
}

#[inline(always)]
pub fn load_int<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.immediate(sbx(word));
    put(m, a(word), value)
}

#[inline(always)]
pub fn load_k<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.constant(bx(word));
    put(m, a(word), value)
}

#[inline(always)]
pub fn load_nil<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.nil();
    put(m, a(word), value)
}

#[inline(always)]
pub fn load_bool<M: Machine>(m: &mut M, word: u32, value: bool) -> M::Flow {
    let value = m.boolean(value);
    put(m, a(word), value)
}

#[inline(always)]
pub fn get_upvalue<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.upvalue(b(word));
    put(m, a(word), value)
}

#[inline(always)]
pub fn set_upvalue<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.register(a(word));
    m.set_upvalue(b(word), value);
    m.next()
}

#[inline(always)]
pub fn arith_rr<M: Machine>(m: &mut M, word: u32, op: Arith) -> M::Flow {
    let (left, right) = (m.register(b(word)), m.register(c(word)));
    arith(m, op, a(word), left, right)
}

#[inline(always)]
pub fn arith_rk<M: Machine>(m: &mut M, word: u32, op: Arith) -> M::Flow {
    let (left, right) = (m.register(b(word)), m.constant(c(word)));
    arith(m, op, a(word), left, right)
}

#[inline(always)]
pub fn arith_ri<M: Machine>(m: &mut M, word: u32, op: Arith) -> M::Flow {
    let (left, right) = (m.register(b(word)), m.immediate(sc(word)));
    arith(m, op, a(word), left, right)
}

#[inline(always)]
fn arith<M: Machine>(
    m: &mut M,
    op: Arith,
    destination: usize,
    left: M::Value,
    right: M::Value,
) -> M::Flow {
    m.if_ints(
        left,
        right,
        move |m, x, y| {
            m.int_arith(
                op,
                x,
                y,
                move |m, sum| put(m, destination, sum),
                move |m| m.slow_arith(op, destination, left, right),
            )
        },
        move |m| {
            m.if_floats(
                left,
                right,
                move |m, x, y| {
                    let sum = m.float_arith(op, x, y);
                    put(m, destination, sum)
                },
                move |m| m.slow_arith(op, destination, left, right),
            )
        },
    )
}

#[inline(always)]
pub fn neg<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let (left, right) = (m.immediate(0), m.register(b(word)));
    arith(m, Arith::Sub, a(word), left, right)
}

#[inline(always)]
pub fn not<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.register(b(word));
    m.if_truthy(
        value,
        move |m| load_bool(m, word, false),
        move |m| load_bool(m, word, true),
    )
}

#[inline(always)]
pub fn jump<M: Machine>(m: &mut M, _: u32) -> M::Flow {
    let offset = m.extra() as i32;
    m.jump(offset)
}

#[inline(always)]
pub fn test<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let (value, offset, flag) = (m.register(a(word)), m.extra() as i32, c(word) != 0);
    m.if_truthy(
        value,
        move |m| go(m, flag, offset),
        move |m| go(m, !flag, offset),
    )
}

#[inline(always)]
fn go<M: Machine>(m: &mut M, taken: bool, offset: i32) -> M::Flow {
    if taken { m.jump(offset) } else { m.next() }
}

#[inline(always)]
pub fn compare_rr<M: Machine>(m: &mut M, word: u32, op: Cmp) -> M::Flow {
    let (left, right) = (m.register(a(word)), m.register(b(word)));
    compare(m, word, op, left, right)
}

#[inline(always)]
pub fn compare_ri<M: Machine>(m: &mut M, word: u32, op: Cmp) -> M::Flow {
    let (left, right) = (m.register(a(word)), m.immediate(sb(word)));
    compare(m, word, op, left, right)
}

#[inline(always)]
pub fn compare_ir<M: Machine>(m: &mut M, word: u32, op: Cmp) -> M::Flow {
    let (left, right) = (m.immediate(sb(word)), m.register(a(word)));
    compare(m, word, op, left, right)
}

#[inline(always)]
fn compare<M: Machine>(m: &mut M, word: u32, op: Cmp, left: M::Value, right: M::Value) -> M::Flow {
    let (offset, flag) = (m.extra() as i32, c(word) != 0);
    m.if_ints(
        left,
        right,
        move |m, x, y| {
            m.if_int(
                op,
                x,
                y,
                move |m| go(m, flag, offset),
                move |m| go(m, !flag, offset),
            )
        },
        move |m| {
            m.if_floats(
                left,
                right,
                move |m, x, y| {
                    m.if_float(
                        op,
                        x,
                        y,
                        move |m| go(m, flag, offset),
                        move |m| go(m, !flag, offset),
                    )
                },
                move |m| m.slow_compare(op, left, right, flag, offset),
            )
        },
    )
}

#[inline(always)]
pub fn get_field<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let (value, cache) = (m.register(b(word)), m.extra() as usize);
    m.if_object(
        Kind::Table,
        value,
        move |m, table| {
            m.if_shape(
                table,
                cache,
                move |m| {
                    let field = m.load_slot(table, cache);
                    put(m, a(word), field)
                },
                move |m| m.slow_get(a(word), value, cache),
            )
        },
        move |m| m.slow_get(a(word), value, cache),
    )
}

#[inline(always)]
pub fn set_field<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let (value, field, cache) = (m.register(a(word)), m.register(c(word)), m.extra() as usize);
    m.if_object(
        Kind::Table,
        value,
        move |m, table| {
            m.if_shape(
                table,
                cache,
                move |m| {
                    m.store_slot(table, cache, field);
                    m.next()
                },
                move |m| m.slow_set(value, cache, field),
            )
        },
        move |m| m.slow_set(value, cache, field),
    )
}

#[inline(always)]
pub fn call<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let (function, _cache) = (m.register(a(word)), m.extra());
    m.if_object(
        Kind::Closure,
        function,
        move |m, callee| m.enter(callee, a(word), b(word) - 1),
        move |m| m.slow_call(function),
    )
}

#[inline(always)]
pub fn return0<M: Machine>(m: &mut M, _: u32) -> M::Flow {
    let value = m.nil();
    m.leave(value)
}

#[inline(always)]
pub fn return1<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let value = m.register(a(word));
    m.leave(value)
}

#[inline(always)]
pub fn for_prep<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let offset = m.extra() as i32;
    m.prepare_loop(a(word), offset)
}

#[inline(always)]
pub fn for_loop<M: Machine>(m: &mut M, word: u32) -> M::Flow {
    let offset = m.extra() as i32;
    m.step_loop(a(word), move |m| m.jump_back(offset), move |m| m.next())
}

/// Calls the text of operation `op`.
#[inline(always)]
pub fn step<M: Machine>(m: &mut M, op: super::vm::Op, word: u32) -> M::Flow {
    use super::vm::Op;
    match op {
        Op::Move => move_(m, word),
        Op::LoadInt => load_int(m, word),
        Op::LoadK => load_k(m, word),
        Op::LoadNil => load_nil(m, word),
        Op::LoadTrue => load_bool(m, word, true),
        Op::LoadFalse => load_bool(m, word, false),
        Op::GetUpvalue => get_upvalue(m, word),
        Op::SetUpvalue => set_upvalue(m, word),
        Op::GetField => get_field(m, word),
        Op::SetField => set_field(m, word),
        Op::Add => arith_rr(m, word, Arith::Add),
        Op::Sub => arith_rr(m, word, Arith::Sub),
        Op::Mul => arith_rr(m, word, Arith::Mul),
        Op::Div => arith_rr(m, word, Arith::Div),
        Op::BAnd => arith_rr(m, word, Arith::BAnd),
        Op::BOr => arith_rr(m, word, Arith::BOr),
        Op::BXor => arith_rr(m, word, Arith::BXor),
        Op::AddK => arith_rk(m, word, Arith::Add),
        Op::SubK => arith_rk(m, word, Arith::Sub),
        Op::MulK => arith_rk(m, word, Arith::Mul),
        Op::DivK => arith_rk(m, word, Arith::Div),
        Op::BAndK => arith_rk(m, word, Arith::BAnd),
        Op::AddI => arith_ri(m, word, Arith::Add),
        Op::SubI => arith_ri(m, word, Arith::Sub),
        Op::Neg => neg(m, word),
        Op::Not => not(m, word),
        Op::Jump => jump(m, word),
        Op::Eq => compare_rr(m, word, Cmp::Eq),
        Op::Lt => compare_rr(m, word, Cmp::Lt),
        Op::Le => compare_rr(m, word, Cmp::Le),
        Op::EqI => compare_ri(m, word, Cmp::Eq),
        Op::LtI => compare_ri(m, word, Cmp::Lt),
        Op::LeI => compare_ri(m, word, Cmp::Le),
        Op::GtI => compare_ir(m, word, Cmp::Lt),
        Op::GeI => compare_ir(m, word, Cmp::Le),
        Op::Test => test(m, word),
        Op::Call => call(m, word),
        Op::Return0 => return0(m, word),
        Op::Return1 => return1(m, word),
        Op::ForPrep => for_prep(m, word),
        Op::ForLoop => for_loop(m, word),
        // Part of the executing machine's loop, not of any code.
        Op::Halt => m.next(),
    }
}
