//! Concatenation and length.

use super::{Flow, Machine};
use crate::convert::append_number;
use crate::function::Throw;
use crate::meta;
use crate::thread::Thread;
use crate::value::Value;
use perilune_front::op::Instr;

impl Machine {
    #[inline(always)]
    pub(super) fn op_concat(&mut self, i: Instr) -> Flow {
        let place = self.register(i.a());
        let count = i.b() as usize;
        self.slow_do(|t| concat(t, t.offset(place), count))
    }

    #[inline(always)]
    pub(super) fn op_len(&mut self, i: Instr) -> Flow {
        let value = self.get(i.b());
        if let Some(table) = value.as_table()
            && table.meta().is_none()
        {
            self.set(i.a(), Value::small_int(table.len()));
            return Flow::Next;
        }
        if let Some(s) = value.as_str() {
            self.set(i.a(), Value::small_int(s.len() as i64));
            return Flow::Next;
        }
        self.slow_set(i.a(), |t| meta::length(t, value))
    }
}

fn is_text(value: Value) -> bool {
    value.as_str().is_some() || value.is_number()
}

/// Concatenates the `count` values from stack offset `at` into the first, right to left where metamethods are involved.
fn concat(t: &mut Thread, at: usize, mut count: usize) -> Result<(), Throw> {
    // SAFETY: registers of the running function.
    let load = |t: &Thread, index: usize| unsafe { *t.place(at + index) };
    while count > 1 {
        let texts = (0..count).rev().take_while(|&index| is_text(load(t, index))).count();
        let (first, value) = if texts >= 2 {
            (count - texts, join(t, at + count - texts, texts)?)
        } else {
            let (a, b) = (load(t, count - 2), load(t, count - 1));
            (count - 2, meta::concat_method(t, a, b)?)
        };
        // SAFETY: as above.
        unsafe { *t.place(at + first) = value };
        count = first + 1;
    }
    Ok(())
}

/// Longest string that the result of joining may have.
const MAX_LENGTH: usize = isize::MAX as usize / 2;

fn join(t: &mut Thread, at: usize, count: usize) -> Result<Value, Throw> {
    let mut buffer = std::mem::take(&mut t.g().scratch);
    buffer.clear();
    for index in 0..count {
        // SAFETY: registers of the running function.
        let value = unsafe { *t.place(at + index) };
        match value.as_str() {
            Some(s) => {
                let bytes = s.bytes();
                if buffer.len() + bytes.len() > MAX_LENGTH || buffer.try_reserve(bytes.len()).is_err() {
                    return Err(t.g().memory_error());
                }
                buffer.extend_from_slice(bytes);
            }
            None => append_number(value, &mut buffer),
        }
    }
    let result = t.new_str(&buffer);
    if buffer.capacity() <= KEEP {
        t.g().scratch = buffer;
    }
    result.map(Value::from)
}

/// Largest scratch buffer that is kept.
const KEEP: usize = 1 << 20;
