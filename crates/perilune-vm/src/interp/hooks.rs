//! Debug hooks: call, return, line and count events.

use super::{Flow, Machine};
use crate::function::Throw;
use crate::thread::{Frame, Thread, frame_flags, hook_mask};
use crate::value::Value;

/// Calls the hook function with an event's name and line. `first` and `count` are the values passed to or returned by the
/// function, for `getinfo`'s option `r`.
pub(crate) fn call_hook(t: &mut Thread, event: &str, line: Option<u32>, first: usize, count: usize) -> Result<(), Throw> {
    if !t.hook.enabled || t.hook.function.is_nil() {
        return Ok(());
    }
    let top = t.offset(t.top);
    let frame = t.frame;
    let limit = t.offset(t.frame_ref().limit);
    // SAFETY: the running frame is in use.
    unsafe {
        if (*frame).is_lua() {
            // Open results and arguments may reach beyond the registers, where the collector would not look.
            t.top = t.top.max((*frame).limit);
            (*frame).limit = t.top;
        }
        (*frame).flags |= frame_flags::HOOKED;
        (*frame).transfer_first = first as u16;
        (*frame).transfer_count = count as u32;
    }
    t.hook.enabled = false;
    let name = t.g().str(event.as_bytes());
    let line = line.map_or(Value::NIL, |line| Value::small_int(i64::from(line)));
    let result = t.call_discard(t.hook.function, &[name.into(), line]);
    t.hook.enabled = true;
    // SAFETY: the frame is still in use.
    unsafe { (*frame).limit = t.place(limit) };
    result?;
    // SAFETY: as above.
    unsafe { (*frame).flags &= !frame_flags::HOOKED };
    t.top = t.place(top);
    Ok(())
}

/// A Lua function was entered.
#[cold]
pub(super) fn called(t: &mut Thread) -> Result<(), Throw> {
    let frame = t.frame_ref();
    frame.flags |= frame_flags::HOOK_RETURN;
    t.hook.last_pc = u32::MAX;
    if t.hook.mask & hook_mask::CALL == 0 {
        return Ok(());
    }
    let event = if frame.flags & frame_flags::TAIL != 0 { "tail call" } else { "call" };
    // SAFETY: a Lua frame.
    let params = unsafe { frame.closure().as_ref() }.proto.get().params as usize;
    // The arguments up to the top are still needed by the function's first instruction; `call_hook` keeps the top.
    // SAFETY: the instruction to run first.
    frame.pc = unsafe { frame.pc.add(1) };
    let result = call_hook(t, event, None, 1, params);
    let frame = t.frame_ref();
    if result.is_ok() {
        // SAFETY: undoes the step above.
        frame.pc = unsafe { frame.pc.sub(1) };
    }
    result
}

/// The running Lua function is about to return `count` values from `first`.
#[cold]
pub(super) fn returning(t: &mut Thread, first: *mut Value, count: usize) -> Result<(), Throw> {
    if t.hook.mask & hook_mask::RETURN != 0 {
        // SAFETY: the results are in the stack above the function.
        unsafe {
            let frame = t.frame_ref();
            let number = first.offset_from(frame.func) as usize;
            t.top = first.add(count).max(frame.limit);
            call_hook(t, "return", None, number, count)?;
        }
    }
    let caller = t.frame_ref().prev;
    back_in(t, caller);
    Ok(())
}

/// A function returns to `frame`: the rest of the line that called it is not a new line.
#[cold]
pub(crate) fn back_in(t: &mut Thread, frame: *mut Frame) {
    // SAFETY: a caller's frame is in use.
    let frame = unsafe { &*frame };
    if frame.is_lua() {
        t.hook.last_pc = crate::debug::running(frame).1;
    }
}

/// Line and count events before the instruction at `pc`.
#[cold]
pub(super) fn before_instruction(m: &mut Machine) -> Flow {
    let t = m.t();
    let mask = t.hook.mask;
    if mask & (hook_mask::LINE | hook_mask::COUNT) == 0 || !t.hook.enabled {
        return Flow::Next;
    }
    // SAFETY: a Lua frame is running.
    let proto = unsafe { m.closure().as_ref() }.proto;
    let pc = proto.pc_of(m.pc);
    // SAFETY: `pc` is within the code, and so is the word after it.
    let saved = unsafe { m.pc.add(1) };
    let is_prep = proto.get().is_vararg && pc == 0;
    let mut count_due = false;
    if mask & hook_mask::COUNT != 0 {
        t.hook.countdown = t.hook.countdown.saturating_sub(1);
        if t.hook.countdown == 0 {
            t.hook.countdown = t.hook.count;
            count_due = true;
        }
    }
    let last = t.hook.last_pc;
    let mut line_due = None;
    if mask & hook_mask::LINE != 0 && !is_prep {
        let lines = &proto.get().plan.lines;
        let line = lines.line(pc);
        // A new line begins at a function's start, after a jump back, and where the line changes.
        if last == u32::MAX || pc <= last || lines.line(last) != line {
            line_due = line.or(Some(u32::MAX));
        }
    }
    // What follows the preparation of varargs begins a new line.
    let seen = if is_prep { u32::MAX } else { pc };
    t.hook.last_pc = seen;
    // SAFETY: the frame is in use.
    unsafe { (*m.frame).pc = saved };
    let top = t.offset(t.top);
    let result = report(t, count_due, line_due);
    // SAFETY: as above.
    unsafe {
        m.base = (*m.frame).base();
        (*m.frame).pc = m.pc;
    }
    match result {
        Ok(()) => {
            let t = m.t();
            t.top = t.place(top);
            t.hook.last_pc = seen;
            Flow::Next
        }
        Err(Throw) => Flow::Error,
    }
}

fn report(t: &mut Thread, count_due: bool, line_due: Option<u32>) -> Result<(), Throw> {
    if count_due {
        call_hook(t, "count", None, 0, 0)?;
    }
    match line_due {
        // Stripped code has no lines.
        Some(u32::MAX) => call_hook(t, "line", None, 0, 0),
        Some(line) => call_hook(t, "line", Some(line), 0, 0),
        None => Ok(()),
    }
}

/// Marks the running frame as one that called a finalizer (or not); returns what it was.
pub(crate) fn mark_finalizer_caller(t: &mut Thread, on: bool) -> bool {
    let frame = t.frame_ref();
    let was = frame.flags & frame_flags::FINALIZER != 0;
    if on {
        frame.flags |= frame_flags::FINALIZER;
    } else {
        frame.flags &= !frame_flags::FINALIZER;
    }
    was
}

/// The name of the local variable in a register of the running function.
pub(crate) fn register_name(t: &Thread, place: *mut Value) -> Vec<u8> {
    let frame = t.frame_ref();
    // SAFETY: a Lua frame is running; `place` is one of its registers.
    let (proto, register) = unsafe { (frame.closure().as_ref().proto, place.offset_from(frame.base()) as u8) };
    let pc = proto.pc_of(frame.pc);
    match perilune_front::variables::local_name(&proto.get().plan, pc, register) {
        Some(name) => name.to_vec(),
        None => b"(temporary)".to_vec(),
    }
}
