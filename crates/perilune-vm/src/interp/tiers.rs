//! Between the interpreter and compiled code: samples, entries, and single instructions that compiled code leaves to the
//! interpreter.

use super::{Flow, Machine, dispatch_from};
use crate::call;
use crate::function::{LuaClosure, NativeClosure, Special, Throw};
use crate::global::Event;
use crate::lazy;
use crate::proto::ProtoRef;
use crate::thread::{Frame, Thread, frame_flags};
use crate::tier::{self, At, Code, status};
use crate::value::{Value, fits_inline};
use perilune_front::op::{Instr, Op};
use std::ptr::NonNull;

/// Native stack that must be free for compiled code to call compiled code. With less, the callers' native frames are given up
/// first: the interpreter goes on with their Lua frames.
pub(crate) const NATIVE_RESERVE: usize = 320 * 1024;

impl Machine {
    /// A sample fell on a jump back, which was taken.
    #[cold]
    #[inline(never)]
    pub(super) fn tick_loop(&mut self) -> Flow {
        self.save_pc();
        // SAFETY: a closure's prototype is alive.
        let proto = unsafe { self.closure().as_ref() }.proto;
        match tier::tick(self.t(), proto, At::Loop(proto.pc_of(self.pc))) {
            Some(code) => self.run_compiled(code),
            None => Flow::Reload,
        }
    }

    /// A sample fell on the entry of the function whose frame was just pushed.
    #[cold]
    #[inline(never)]
    pub(super) fn tick_entry(&mut self) -> Flow {
        // SAFETY: as above.
        let proto = unsafe { self.t().frame_ref().closure().as_ref() }.proto;
        match tier::tick(self.t(), proto, At::Entry) {
            Some(code) => self.run_compiled(code),
            None => Flow::Reload,
        }
    }

    /// Lets the compiler know what the next instruction meets. `Reload` when that ends.
    #[inline(never)]
    pub(super) fn record(&mut self) -> Flow {
        // SAFETY: a closure's prototype is alive, and so is the frame.
        unsafe {
            let pc = self.closure().as_ref().proto.pc_of(self.pc);
            tier::record(self.t(), &*self.frame, pc);
        }
        if self.t().g().profiling() != 0 {
            return Flow::Next;
        }
        self.save_pc();
        Flow::Reload
    }

    /// Runs the thread's running frame in compiled code.
    #[inline(never)]
    pub(super) fn run_compiled(&mut self, code: Code) -> Flow {
        // Compiled code knows nothing of hooks.
        if self.t().hook.mask != 0 || self.t().native_space() < NATIVE_RESERVE {
            return Flow::Reload;
        }
        flow_of(run_code(self.t(), code))
    }
}

fn flow_of(outcome: u64) -> Flow {
    match outcome {
        status::DONE | status::RESUME | status::UNWIND => Flow::Reload,
        status::LEAVE => Flow::Leave,
        _ => Flow::Error,
    }
}

/// Runs compiled code, and that of the functions that it tail-calls.
fn run_code(t: &mut Thread, code: Code) -> u64 {
    match run_once(t, code) {
        status::TAIL => tail_called(t),
        outcome => outcome,
    }
}

fn run_once(t: &mut Thread, code: Code) -> u64 {
    // SAFETY: a Lua frame is running.
    let fast = unsafe { t.frame_ref().closure().as_ref() }.proto.get().tier.fast;
    if let Some(fast) = fast
        && fast as usize == code as usize
    {
        return lazy::run(t, fast);
    }
    // SAFETY: the frame is the running one, as the code was made for its function; see `perilune-jit`.
    let outcome = unsafe { code(t, t.frame) };
    t.compiled = 0;
    outcome
}

/// Goes on with the function that compiled code tail-called, whose frame is the running one.
fn tail_called(t: &mut Thread) -> u64 {
    loop {
        if t.g().is_interrupted() {
            return status::RESUME;
        }
        // SAFETY: a tail call to a Lua function leaves its frame.
        let proto = unsafe { t.frame_ref().closure().as_ref() }.proto;
        let Some(code) = entry_code(t, proto) else { return status::RESUME };
        let outcome = run_once(t, code);
        if outcome != status::TAIL {
            return outcome;
        }
    }
}

/// Whether a call of `callee` runs a Lua function, itself or its `__call` metamethod.
fn is_lua_call(t: &Thread, callee: Value) -> bool {
    callee.as_lua_closure().is_some() || t.g().metamethod(callee, Event::Call).as_lua_closure().is_some()
}

/// Replaces the running frame by one of the function at `func`, or of its `__call` metamethod.
fn tail_call(t: &mut Thread, mut func: *mut Value) -> Result<(), Throw> {
    loop {
        // SAFETY: `func` is below the top.
        let callee = unsafe { *func };
        if let Some(closure) = callee.as_lua_closure() {
            let mut m = Machine::new(t);
            m.load_frame();
            return m.push_tail_frame(func, closure);
        }
        func = call::insert_call_method(t, func)?;
    }
}

/// Executes the instruction at `pc`, which leaves the function, for compiled code.
pub(crate) fn step_out(t: &mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    // SAFETY: an instruction stands at `pc`, the frame is in use.
    unsafe {
        let i = Instr(*pc);
        let func = (*frame).base().add(i.a() as usize);
        if i.op() == Some(Op::TailCall) && is_lua_call(t, *func) && t.hook.mask == 0 {
            if i.b() != 0 {
                t.top = func.add(i.b() as usize);
            }
            (*frame).pc = pc.add(2);
            if i.c() != 0 {
                t.close_upvalues((*frame).base());
            }
            return match tail_call(t, func) {
                Ok(()) => status::TAIL,
                Err(Throw) => status::THREW,
            };
        }
    }
    match step(t, frame, pc) {
        outcome @ (status::THREW | status::LEAVE) => outcome,
        _ => status::RESUME,
    }
}

/// Code for the entry of the function whose frame was just pushed. Entries of what has none are sampled here too: a function that
/// only compiled code and the library call would never get any.
#[inline]
fn entry_code(t: &mut Thread, proto: ProtoRef) -> Option<Code> {
    if let Some(code) = proto.get().tier.entry {
        return Some(code);
    }
    let g = t.g();
    g.countdown -= 1;
    if g.countdown == 0 { tier::tick(t, proto, At::Entry) } else { None }
}

/// Runs compiled code for the frame that native code just entered. Whether the frame returned; if not, the interpreter goes on.
pub(super) fn enter_from_native(t: &mut Thread) -> Option<Result<bool, Throw>> {
    // SAFETY: a Lua frame was pushed.
    let code = entry_code(t, unsafe { t.frame_ref().closure().as_ref() }.proto)?;
    if t.native_space() < NATIVE_RESERVE {
        return None;
    }
    Some(match run_code(t, code) {
        status::LEAVE => Ok(true),
        status::THREW => Err(Throw),
        _ => Ok(false),
    })
}

/// Executes the instruction at `pc` of the running frame for compiled code, all registers being in place. `DONE`, `TAKEN` if it
/// jumped, or how the compiled code has to end.
pub(crate) fn step(t: &mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    let mut m = Machine::new(t);
    m.load_frame();
    m.pc = pc;
    // No sample here: compiled code would be entered inside of compiled code.
    let countdown = std::mem::replace(&mut t.g().countdown, u32::MAX);
    let flow = m.step();
    t.g().countdown = countdown;
    match flow {
        Flow::Next => m.save_pc(),
        // An interrupt was handled, or the frame is another: positions are saved.
        Flow::Reload => {}
        Flow::Leave => return status::LEAVE,
        Flow::Error => return status::THREW,
    }
    let t = m.t();
    // SAFETY: the frame is in use.
    let now = unsafe {
        if t.frame != frame || leave_if_altered(t, frame) != status::DONE {
            return status::RESUME;
        }
        (*frame).pc
    };
    // SAFETY: there is an instruction at `pc`.
    let words = Instr(unsafe { *pc }).op().map_or(1, |op| op.words());
    if now == unsafe { pc.add(words) } { status::DONE } else { status::TAKEN }
}

/// Does what waits at a jump back to the instruction at `pc`, for compiled code whose registers are in place.
pub(crate) fn safepoint(t: &mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    // SAFETY: there is an instruction at `pc`; the frame is in use. Between the two, the position is one word into it.
    unsafe {
        (*frame).pc = pc.add(1);
        let handled = super::handle_interrupt(t);
        (*frame).pc = pc;
        match handled {
            Ok(()) => leave_if_altered(t, frame),
            Err(Throw) => status::THREW,
        }
    }
}

/// The call and the loop instruction of a generic `for`, both at once: `TAKEN` if the loop goes on.
pub(crate) fn for_in(t: &mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    // SAFETY: a `ForInCall` stands at `pc`, a `ForInLoop` of the same registers after it.
    unsafe {
        let i = Instr(*pc);
        let base = (*frame).base();
        let iterator = *base.add(i.a() as usize);
        if let Some(outcome) = iterate_plainly(frame, pc, i, iterator) {
            return outcome;
        }
        let window = base.add(i.a() as usize + 4);
        for offset in 0..3 {
            *window.add(offset) = *base.add(i.a() as usize + offset);
        }
        (*frame).pc = pc.add(2);
        t.top = window.add(3);
        match call(t, window, i32::from(i.c())) {
            status::DONE => for_in_decide(frame, i),
            outcome => outcome,
        }
    }
}

/// The next round of a loop over a table by `next`, or by `ipairs` without metamethods; `None` if the loop is no such one, or an
/// error is to be raised.
unsafe fn iterate_plainly(frame: *mut Frame, pc: *const u32, i: Instr, iterator: Value) -> Option<u64> {
    let special = NativeClosure::special(iterator.as_native()?);
    // SAFETY: registers of the frame and caches of its function, which the verifier bounds.
    unsafe {
        let first = (*frame).base().add(i.a() as usize);
        let (table, control) = ((*first.add(1)).as_table()?, *first.add(2));
        let found = if special == Special::Next as u8 {
            let caches = (*frame).closure().as_ref().proto.get().caches.as_ptr().cast_mut();
            let hint = &raw mut (*caches.add(*pc.add(1) as usize)).hint;
            super::next_pair(table, control, &mut *hint).ok()?
        } else if special == Special::IpairsStep as u8 && control.is_small_int() {
            let index = control.small_int_value() + 1;
            let value = table.get_int(index);
            if value.is_nil() && table.meta().is_some() || !fits_inline(index) {
                return None;
            }
            (!value.is_nil()).then_some((Value::small_int(index), value))
        } else {
            return None;
        };
        let Some((key, value)) = found else {
            *first.add(4) = Value::NIL;
            return Some(status::DONE);
        };
        *first.add(2) = key;
        *first.add(4) = key;
        if i.c() >= 2 {
            *first.add(5) = value;
            for extra in 2..usize::from(i.c()) {
                *first.add(4 + extra) = Value::NIL;
            }
        }
        Some(status::TAKEN)
    }
}

unsafe fn for_in_decide(frame: *mut Frame, i: Instr) -> u64 {
    // SAFETY: registers of the frame.
    unsafe {
        let base = (*frame).base();
        let value = *base.add(i.a() as usize + 4);
        if value.is_nil() {
            return status::DONE;
        }
        *base.add(i.a() as usize + 2) = value;
    }
    status::TAKEN
}

/// A call from compiled code: the function stands at `func`, its arguments up to the top, the caller's position is saved.
/// `DONE` with the results in place, or how the compiled code has to end.
pub(crate) fn call(t: &mut Thread, func: *mut Value, wanted: i32) -> u64 {
    let (caller, at) = (t.frame, t.offset(func));
    // SAFETY: `func` is below the top.
    let callee = unsafe { *func };
    let outcome = match callee.as_lua_closure() {
        Some(closure) => call_lua(t, func, closure, wanted),
        None => call_other(t, func, callee, wanted),
    };
    if outcome != status::DONE {
        return outcome;
    }
    debug_assert!(t.frame == caller);
    if t.g().is_interrupted() && interrupt_after_call(t, at, wanted).is_err() {
        return status::THREW;
    }
    leave_if_altered(t, caller)
}

/// As [`call`], of a native function in place of the running frame's values, of which so many are wanted. With `DONE` the frame
/// still is to return them; where it cannot go on in compiled code it has returned.
pub(crate) fn call_last(t: &mut Thread, func: *mut Value, wanted: i32) -> u64 {
    let (caller, at) = (t.frame, t.offset(func));
    // SAFETY: `func` is below the top.
    let called = match unsafe { *func }.as_native() {
        Some(native) => call::call_native(t, func, native, wanted),
        None => unreachable!("compiled code checked that it is native"),
    };
    if called.is_err() {
        return status::THREW;
    }
    if t.g().is_interrupted() && interrupt_after_call(t, at, wanted).is_err() {
        return status::THREW;
    }
    if leave_if_altered(t, caller) == status::DONE {
        return status::DONE;
    }
    match finish_return(t, t.place(at), wanted as usize) {
        status::DONE => status::RESUME,
        outcome => outcome,
    }
}

/// Does what waits after a call whose results, if their number is known, stand from stack offset `at` on. What is above them is
/// dead.
#[cold]
#[inline(never)]
fn interrupt_after_call(t: &mut Thread, at: usize, wanted: i32) -> Result<(), Throw> {
    if wanted >= 0 {
        t.top = t.place(at + wanted as usize);
    }
    super::handle_interrupt_below_top(t)
}

#[inline]
fn call_lua(t: &mut Thread, func: *mut Value, closure: NonNull<LuaClosure>, wanted: i32) -> u64 {
    let caller = t.frame;
    if call::push_lua_frame(t, func, closure, wanted, 0).is_err() {
        return status::THREW;
    }
    if t.native_space() < NATIVE_RESERVE {
        return status::UNWIND;
    }
    // SAFETY: a closure's prototype is alive.
    let outcome = match entry_code(t, unsafe { closure.as_ref() }.proto) {
        Some(code) => run_code(t, code),
        None => status::RESUME,
    };
    if outcome == status::RESUME { finish_interpreted(t, caller) } else { outcome }
}

/// A call from `caller` of compiled code by compiled code did not end with `DONE`: what becomes of it.
pub(crate) fn call_ended(t: &mut Thread, caller: *mut Frame, mut outcome: u64) -> u64 {
    if outcome == status::TAIL {
        outcome = tail_called(t);
    }
    if outcome != status::RESUME {
        return outcome;
    }
    match finish_interpreted(t, caller) {
        status::DONE => leave_if_altered(t, caller),
        outcome => outcome,
    }
}

/// What the caller's compiled code does after a call: goes on, unless something happened to its frame.
fn leave_if_altered(t: &Thread, caller: *mut Frame) -> u64 {
    // SAFETY: the caller's frame is in use.
    unsafe {
        if t.hook.mask == 0 && (*caller).flags & frame_flags::ALTERED == 0 {
            return status::DONE;
        }
        (*caller).flags &= !frame_flags::ALTERED;
    }
    status::RESUME
}

/// Lets the interpreter run the frames above `caller`.
#[inline(never)]
fn finish_interpreted(t: &mut Thread, caller: *mut Frame) -> u64 {
    if t.native_space() < NATIVE_RESERVE {
        return status::UNWIND;
    }
    let mut entry = t.frame;
    let mut protected = t.protected;
    // SAFETY: frames in use are linked nodes. The callee may have returned while its own callees went on in the interpreter.
    unsafe {
        if entry == caller {
            return status::DONE;
        }
        loop {
            protected -= u32::from((*entry).flags & frame_flags::PROTECTED != 0);
            if (*entry).prev == caller {
                break;
            }
            entry = (*entry).prev;
        }
        (*entry).flags |= frame_flags::FRESH;
    }
    match dispatch_from(t, entry, protected) {
        Ok(()) => status::DONE,
        Err(Throw) => status::THREW,
    }
}

fn call_other(t: &mut Thread, func: *mut Value, callee: Value, wanted: i32) -> u64 {
    if let Some(native) = callee.as_native() {
        return match call::call_native(t, func, native, wanted) {
            Ok(()) => status::DONE,
            Err(Throw) => status::THREW,
        };
    }
    let at = t.offset(func);
    match call::insert_call_method(t, func) {
        Ok(func) => {
            debug_assert!(t.offset(func) == at);
            // SAFETY: `func` is below the top.
            let callee = unsafe { *func };
            match callee.as_lua_closure() {
                Some(closure) => call_lua(t, func, closure, wanted),
                None => call_other(t, func, callee, wanted),
            }
        }
        Err(Throw) => status::THREW,
    }
}

/// Returns from the running frame, which compiled code ran, with `count` values from `first`.
pub(crate) fn finish_return(t: &mut Thread, first: *mut Value, count: usize) -> u64 {
    let mut m = Machine::new(t);
    m.load_frame();
    match m.return_slow(first, count) {
        Flow::Leave => status::LEAVE,
        Flow::Error => status::THREW,
        Flow::Next | Flow::Reload => status::DONE,
    }
}
