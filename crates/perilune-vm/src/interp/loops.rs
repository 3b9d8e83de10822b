//! `for` loops.
//!
//! A numeric loop over inline integers counts iterations down in R[A+1], as PUC Lua does, so nothing can overflow: the
//! preparation has checked that the last index is inline too. A loop over wider integers keeps the count there as a boxed
//! integer; a loop over floats keeps the limit there.

use super::{Flow, Machine};
use crate::convert::to_numeric;
use crate::error;
use crate::function::{NativeClosure, Special, Throw};
use crate::meta;
use crate::table::{InvalidKey, Position, Table};
use crate::thread::Thread;
use crate::value::{INT, Value, fits_inline};
use perilune_front::number::Number;
use perilune_front::op::{Instr, Op};

impl Machine {
    #[inline(always)]
    pub(super) fn op_for_prep(&mut self, i: Instr) -> Flow {
        let place = self.register(i.a());
        self.skip_word();
        let runs = self.slow(|t| prepare(t, t.offset(place)));
        // SAFETY: back to the jump's word.
        self.pc = unsafe { self.pc.sub(1) };
        match runs {
            Ok(true) => {
                self.skip_word();
                Flow::Next
            }
            Ok(false) => {
                self.jump();
                Flow::Next
            }
            Err(flow) => flow,
        }
    }

    #[inline(always)]
    pub(super) fn op_for_loop(&mut self, i: Instr) -> Flow {
        let count = self.get(i.a() + 1);
        if count.is_small_int() {
            // The count is never negative.
            if count.0 == INT {
                self.skip_word();
                return Flow::Next;
            }
            self.set(i.a() + 1, Value(count.0 - 1));
            // Index and step are inline and so is the sum: the payloads add up modulo 2^48.
            let index = Value(self.get(i.a()).0.wrapping_add(self.get(i.a() + 2).0) | INT);
            self.set(i.a(), index);
            self.set(i.a() + 3, index);
            self.jump();
            return self.poll();
        }
        self.apart(|m| m.for_loop_slow(i))
    }

    #[inline(never)]
    fn for_loop_slow(&mut self, i: Instr) -> Flow {
        let (index, limit, step) = (self.get(i.a()), self.get(i.a() + 1), self.get(i.a() + 2));
        let next = if let (Some(x), Some(y), Some(z)) = (index.as_float(), limit.as_float(), step.as_float()) {
            let next = x + z;
            let runs = if z > 0.0 { next <= y } else { next >= y };
            runs.then(|| Value::float(next))
        } else {
            self.next_wide(i, index, limit, step)
        };
        match next {
            Some(next) => {
                self.set(i.a(), next);
                self.set(i.a() + 3, next);
                self.jump();
                self.poll()
            }
            None => {
                self.skip_word();
                Flow::Next
            }
        }
    }

    fn next_wide(&mut self, i: Instr, index: Value, count: Value, step: Value) -> Option<Value> {
        // Code that no compiler made may have put anything here; then the loop ends.
        let (index, count, step) = (index.as_int()?, count.as_int()? as u64, step.as_int()?);
        if count == 0 {
            return None;
        }
        let count = self.t().g().wide_int((count - 1) as i64);
        self.set(i.a() + 1, count);
        Some(self.t().g().int(index.wrapping_add(step)))
    }

    #[inline(always)]
    pub(super) fn op_for_in_prep(&mut self, i: Instr) -> Flow {
        let place = self.register(i.a() + 3);
        self.jump();
        if self.get(i.a() + 3).is_nil() {
            return Flow::Next;
        }
        self.slow_do(|t| crate::call::mark_close(t, place))
    }

    #[inline(always)]
    pub(super) fn op_for_in_call(&mut self, i: Instr) -> Flow {
        let iterator = self.get(i.a());
        if let Some(native) = iterator.as_native()
            && let Some(table) = self.get(i.a() + 1).as_table()
        {
            let special = NativeClosure::special(native);
            if special == Special::Next as u8 {
                return self.iterate_pairs(i, table);
            }
            if special == Special::IpairsStep as u8 {
                return self.iterate_array(i, table);
            }
        }
        self.for_in_general(i)
    }

    #[inline(always)]
    pub(super) fn for_in_general(&mut self, i: Instr) -> Flow {
        self.skip_word();
        for offset in 0..3 {
            self.set(i.a() + 4 + offset, self.get(i.a() + offset));
        }
        let func = self.register(i.a() + 4);
        // SAFETY: the verifier keeps R[A+6] inside the frame.
        self.t().top = unsafe { func.add(3) };
        self.call_at(func, i32::from(i.c()))
    }

    /// Does the work of the `ForInLoop` that follows: the loop goes on.
    #[inline(always)]
    fn continue_for_in(&mut self, i: Instr, key: Value, value: Value) -> Flow {
        self.set(i.a() + 2, key);
        self.set(i.a() + 4, key);
        if i.c() >= 2 {
            self.set(i.a() + 5, value);
            for extra in 2..i.c() {
                self.set(i.a() + 4 + extra, Value::NIL);
            }
        }
        self.skip_word();
        self.jump();
        self.poll()
    }

    /// Does the work of the `ForInLoop` that follows: the loop ends.
    #[inline(always)]
    fn end_for_in(&mut self, i: Instr) -> Flow {
        self.set(i.a() + 4, Value::NIL);
        self.skip_word();
        self.skip_word();
        Flow::Next
    }

    #[inline(always)]
    fn iterate_pairs(&mut self, i: Instr, table: Table) -> Flow {
        let cache = self.fetch_cache();
        match next_pair(table, self.get(i.a() + 2), &mut cache.hint) {
            Ok(Some((key, value))) => self.continue_for_in(i, key, value),
            Ok(None) => self.end_for_in(i),
            Err(InvalidKey) => self.apart(|m| m.complain_about_key(i)),
        }
    }

    /// Calls `next` after all, which raises the error in a frame of its own.
    #[cold]
    fn complain_about_key(&mut self, i: Instr) -> Flow {
        // SAFETY: back to the word of the cache, which was fetched.
        self.pc = unsafe { self.pc.sub(1) };
        self.for_in_general(i)
    }

    #[inline(always)]
    fn iterate_array(&mut self, i: Instr, table: Table) -> Flow {
        let control = self.get(i.a() + 2);
        if !control.is_small_int() {
            return self.for_in_general(i);
        }
        let index = control.small_int_value() as u64;
        if index < u64::from(table.get_ref().array_len) {
            // SAFETY: within the array part.
            let value = unsafe { *table.get_ref().array.add(index as usize) };
            if !value.is_nil() {
                self.skip_word();
                return self.continue_for_in(i, Value::small_int(index as i64 + 1), value);
            }
        }
        self.for_in_general(i)
    }

    #[inline(always)]
    pub(super) fn op_for_in_loop(&mut self, i: Instr) -> Flow {
        let value = self.get(i.a() + 4);
        if value.is_nil() {
            self.skip_word();
            return Flow::Next;
        }
        self.set(i.a() + 2, value);
        self.jump();
        self.poll()
    }
}

/// The pair after `key`, which `hint` may know the position after; the new pair's is left there.
#[inline(always)]
pub(crate) fn next_pair(table: Table, key: Value, hint: &mut u32) -> Result<Option<(Value, Value)>, InvalidKey> {
    let position =
        if key.is_small_int() && (key.small_int_value() as u64).wrapping_sub(1) < u64::from(table.get_ref().array_len) {
            Position(key.small_int_value() as usize)
        } else if key.is_nil() {
            Position(0)
        } else if table.is_position_after(Position(*hint as usize), key) {
            Position(*hint as usize)
        } else {
            find_position(table, key).ok_or(InvalidKey)?
        };
    Ok(table.pair_at(position).map(|(key, value, next)| {
        *hint = next.0 as u32;
        (key, value)
    }))
}

#[cold]
#[inline(never)]
fn find_position(table: Table, key: Value) -> Option<Position> {
    table.position_after(key).ok()
}

/// Checks the three values at stack offset `at` and prepares the loop; whether it runs at all.
fn prepare(t: &mut Thread, at: usize) -> Result<bool, Throw> {
    let load = |t: &Thread, offset: usize| {
        // SAFETY: registers of the running frame.
        unsafe { *t.place(at + offset) }
    };
    let (start, limit, step) = (load(t, 0), load(t, 1), load(t, 2));
    let prepared = match (start.as_int(), step.as_int()) {
        (Some(start), Some(step)) => prepare_ints(t, start, limit, step)?,
        _ => prepare_floats(t, start, limit, step)?,
    };
    let Some([index, limit, step]) = prepared else { return Ok(false) };
    // SAFETY: as above.
    unsafe {
        *t.place(at) = index;
        *t.place(at + 1) = limit;
        *t.place(at + 2) = step;
        *t.place(at + 3) = index;
    }
    Ok(true)
}

fn prepare_ints(t: &mut Thread, start: i64, limit: Value, step: i64) -> Result<Option<[Value; 3]>, Throw> {
    if step == 0 {
        return Err(t.runtime_error("'for' step is zero"));
    }
    let Some(limit) = meta::for_limit(t, start, limit, step)? else { return Ok(None) };
    let count = if step > 0 {
        (limit as u64).wrapping_sub(start as u64) / step as u64
    } else {
        // Negated this way round, the least integer does not overflow.
        (start as u64).wrapping_sub(limit as u64) / ((-(step + 1)) as u64 + 1)
    };
    let last = (start as i128) + (step as i128) * i128::from(count);
    let inline = fits_inline(start) && fits_inline(step) && count < 1 << 47 && i64::try_from(last).is_ok_and(fits_inline);
    // Boxed even where it would fit: only a count that is an inline integer means inline index and step.
    let g = t.g();
    let count = if inline { Value::small_int(count as i64) } else { g.wide_int(count as i64) };
    Ok(Some([g.int(start), count, g.int(step)]))
}

fn prepare_floats(t: &mut Thread, start: Value, limit: Value, step: Value) -> Result<Option<[Value; 3]>, Throw> {
    let float = |t: &mut Thread, value: Value, what: &str| match to_numeric(value) {
        Some(Number::Int(i)) => Ok(i as f64),
        Some(Number::Float(f)) => Ok(f),
        None => Err(error::for_error(t, value, what)),
    };
    let limit = float(t, limit, "limit")?;
    let step = float(t, step, "step")?;
    let start = float(t, start, "initial value")?;
    if step == 0.0 {
        return Err(t.runtime_error("'for' step is zero"));
    }
    let runs = if step > 0.0 { start <= limit } else { limit <= start };
    Ok(runs.then(|| [Value::float(start), Value::float(limit), Value::float(step)]))
}

/// The loop instruction that follows a `ForInCall` is a `ForInLoop`: the verifier checks it.
const _: () = assert!(Op::ForInLoop.words() == 2);
