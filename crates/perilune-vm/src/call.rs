//! Calls, results, and recovery from errors, for native callers. The interpreter's own calls are in [`crate::interp`].

use crate::coroutine::{Registers, stack_pointer};
use crate::error;
use crate::function::{Caught, LuaClosure, NativeClosure, Throw};
use crate::global::Event;
use crate::interp;
use crate::thread::{Frame, MAX_HANDLER_DEPTH, MAX_NATIVE_DEPTH, MIN_FREE, Thread, frame_flags, hook_mask};
use crate::value::Value;
use std::ptr::NonNull;

/// Native stack that must be free for a call: the compiler of the most nested source needs less.
const NATIVE_RESERVE: usize = 256 * 1024;

/// What became of a call.
pub(crate) enum Entered {
    /// A frame of a Lua function was pushed; the interpreter has to run it.
    Lua,
    /// A native function ran and its results are in place.
    Done,
}

/// Calls the function at `func` with the arguments up to the top. The results replace them, adjusted to `wanted` (all if
/// negative), and the top is set after them.
pub(crate) fn call(t: &mut Thread, func: *mut Value, wanted: i32) -> Result<(), Throw> {
    let depth = t.native_depth;
    check_depth(t)?;
    t.native_depth = depth + 1;
    // What the native caller holds is between its own limit and here, or in these registers.
    // All of this function's frame counts: inlined into a caller, it has the caller's variables on either side.
    let mut registers = Registers::new();
    registers.store();
    let (low, high) = (stack_pointer(), t.native_high);
    t.native_segments.push((low, high));
    t.native_high = low;
    let result = match enter(t, func, wanted, frame_flags::FRESH) {
        Ok(Entered::Lua) => interp::execute(t),
        Ok(Entered::Done) => Ok(()),
        Err(thrown) => Err(thrown),
    };
    t.native_segments.pop();
    t.native_high = high;
    t.native_depth = depth.min(t.native_depth);
    result
}

/// Whether another native call may nest.
#[inline(always)]
pub(crate) fn check_depth(t: &mut Thread) -> Result<(), Throw> {
    if t.native_depth >= MAX_NATIVE_DEPTH || t.native_space() < NATIVE_RESERVE {
        return too_deep(t);
    }
    Ok(())
}

/// A little more depth is left to those who handle the error.
#[cold]
fn too_deep(t: &mut Thread) -> Result<(), Throw> {
    let depth = t.native_depth;
    if depth >= MAX_HANDLER_DEPTH || t.native_space() < NATIVE_RESERVE / 2 {
        return Err(t.g().error_in_error());
    }
    if depth == MAX_NATIVE_DEPTH || t.native_space() < NATIVE_RESERVE {
        return Err(t.runtime_error("C stack overflow"));
    }
    Ok(())
}

/// Begins a call: pushes a frame with `flags` for a Lua function, runs a native one.
pub(crate) fn enter(t: &mut Thread, mut func: *mut Value, wanted: i32, flags: u16) -> Result<Entered, Throw> {
    loop {
        // SAFETY: `func` is below the top of the stack.
        let callee = unsafe { *func };
        if let Some(closure) = callee.as_lua_closure() {
            push_lua_frame(t, func, closure, wanted, flags)?;
            return Ok(Entered::Lua);
        }
        if let Some(native) = callee.as_native() {
            call_native(t, func, native, wanted)?;
            return Ok(Entered::Done);
        }
        func = insert_call_method(t, func)?;
    }
}

/// Puts the `__call` metamethod of the value at `func` before it. The function's place may have moved.
#[cold]
pub(crate) fn insert_call_method(t: &mut Thread, func: *mut Value) -> Result<*mut Value, Throw> {
    // SAFETY: `func` is below the top.
    let callee = unsafe { *func };
    let method = t.g().metamethod(callee, Event::Call);
    if method.is_nil() {
        return Err(error::call_error(t, callee));
    }
    let offset = t.offset(func);
    t.ensure(1)?;
    let func = t.place(offset);
    // SAFETY: there is room for one more value.
    unsafe {
        let count = t.top.offset_from(func) as usize;
        std::ptr::copy(func, func.add(1), count);
        *func = method;
        t.top = t.top.add(1);
    }
    Ok(func)
}

/// Pushes the frame of a Lua function whose arguments reach up to the top.
#[inline(always)]
pub(crate) fn push_lua_frame(
    t: &mut Thread,
    mut func: *mut Value,
    closure: NonNull<LuaClosure>,
    wanted: i32,
    flags: u16,
) -> Result<*mut Frame, Throw> {
    // SAFETY: a closure's prototype is alive; `func`, `top` and the registers lie in the stack, whose size is checked first.
    unsafe {
        let proto = closure.as_ref().proto.get();
        let registers = proto.registers as usize;
        if (t.stack_end as usize).wrapping_sub(func as usize) as isize <= ((registers + 1) * size_of::<Value>()) as isize {
            let offset = t.offset(func);
            t.grow(registers + 1)?;
            func = t.place(offset);
        }
        let base = func.add(1);
        let params = base.add(proto.params as usize);
        let mut at = t.top;
        while at < params {
            at.write(Value::NIL);
            at = at.add(1);
        }
        let frame = t.next_frame();
        (*frame).func = func;
        (*frame).limit = base.add(registers);
        (*frame).pc = proto.code.as_ptr();
        (*frame).wanted = wanted;
        (*frame).flags = flags | frame_flags::LUA;
        (*frame).extra_args = 0;
        t.frame = frame;
        Ok(frame)
    }
}

/// Runs a native function whose arguments reach up to the top.
#[inline]
pub(crate) fn call_native(
    t: &mut Thread,
    mut func: *mut Value,
    native: NonNull<NativeClosure>,
    wanted: i32,
) -> Result<(), Throw> {
    if (t.stack_end as usize).wrapping_sub(t.top as usize) <= MIN_FREE * size_of::<Value>() {
        let offset = t.offset(func);
        t.grow(MIN_FREE)?;
        func = t.place(offset);
    }
    let frame = t.next_frame();
    // SAFETY: `next_frame` returns a node; `MIN_FREE` values fit above the top.
    unsafe {
        (*frame).func = func;
        (*frame).limit = t.top.add(MIN_FREE);
        (*frame).wanted = wanted;
        (*frame).flags = 0;
        t.frame = frame;
        if t.hook.mask != 0 {
            return call_native_hooked(t, frame, native, wanted);
        }
        let high = std::mem::replace(&mut t.native_high, stack_pointer());
        let result = (native.as_ref().function)(t);
        t.native_high = high;
        let count = result? as usize;
        debug_assert!(t.frame == frame, "a native function leaves its frame as it found it");
        // It may have been `sethook`.
        if t.hook.mask != 0 {
            return return_hooked(t, frame, count, wanted);
        }
        let first = t.top.sub(count);
        debug_assert!(first >= (*frame).base());
        let func = (*frame).func;
        t.frame = (*frame).prev;
        move_results(t, func, first, count, wanted);
    }
    Ok(())
}

#[cold]
unsafe fn call_native_hooked(
    t: &mut Thread,
    frame: *mut Frame,
    native: NonNull<NativeClosure>,
    wanted: i32,
) -> Result<(), Throw> {
    // SAFETY: as in `call_native`.
    unsafe {
        if t.hook.mask & hook_mask::CALL != 0 {
            let count = t.arg_count();
            crate::interp::call_hook(t, "call", None, 1, count)?;
        }
        let count = (native.as_ref().function)(t)? as usize;
        return_hooked(t, frame, count, wanted)
    }
}

#[cold]
unsafe fn return_hooked(t: &mut Thread, frame: *mut Frame, count: usize, wanted: i32) -> Result<(), Throw> {
    // SAFETY: as in `call_native`; the results are the last `count` values.
    unsafe {
        if t.hook.mask & hook_mask::RETURN != 0 {
            let first = t.top.sub(count).offset_from((*frame).func) as usize;
            crate::interp::call_hook(t, "return", None, first, count)?;
        }
        let first = t.top.sub(count);
        let func = (*frame).func;
        t.frame = (*frame).prev;
        crate::interp::back_in(t, (*frame).prev);
        move_results(t, func, first, count, wanted);
    }
    Ok(())
}

/// Moves `count` results from `first` to `target`, adjusts them to `wanted`, and sets the top after them.
#[inline(always)]
pub(crate) fn move_results(t: &mut Thread, target: *mut Value, first: *mut Value, count: usize, wanted: i32) {
    // SAFETY: both ranges lie in the stack, `target` at or below `first`; wanted results fit in the caller's registers.
    unsafe {
        if wanted == 1 {
            *target = if count == 0 { Value::NIL } else { *first };
            t.top = target.add(1);
            return;
        }
        if wanted < 0 {
            copy_down(target, first, count);
            t.top = target.add(count);
            return;
        }
        let wanted = wanted as usize;
        copy_down(target, first, count.min(wanted));
        for index in count..wanted {
            *target.add(index) = Value::NIL;
        }
        t.top = target.add(wanted);
    }
}

#[inline(always)]
unsafe fn copy_down(target: *mut Value, first: *mut Value, count: usize) {
    for index in 0..count {
        // SAFETY: by the caller; ascending order suits a target below the source.
        unsafe { *target.add(index) = *first.add(index) };
    }
}

/// Calls like [`call`] with all results, but catches errors. The function and its arguments are replaced by the results, whose
/// number is returned, or by the error value. A `handler` that is not nil sees the error before the stack unwinds.
pub(crate) fn protected_call(t: &mut Thread, func: *mut Value, handler: Value) -> Result<u32, Caught> {
    let recovery = Recovery::new(t, func);
    match call(t, func, -1) {
        Ok(()) => {
            // SAFETY: both are in the stack.
            let count = unsafe { t.top.offset_from(t.place(recovery.func)) };
            Ok(count as u32)
        }
        Err(Throw) => {
            recovery.recover(t, handler);
            Err(Caught)
        }
    }
}

/// Where execution goes on after an error.
pub(crate) struct Recovery {
    frame: *mut Frame,
    protected: u32,
    func: usize,
    depth: u32,
}

impl Recovery {
    pub(crate) fn new(t: &Thread, func: *mut Value) -> Recovery {
        Recovery { frame: t.frame, protected: t.protected, func: t.offset(func), depth: t.native_depth - t.depth_base }
    }

    /// Recovery to a frame of the interpreter, with the native depth above the thread's base.
    pub(crate) fn at_frame(t: &Thread, frame: *mut Frame, func: *mut Value, depth: u32) -> Recovery {
        // The frames above have no protected one among them.
        Recovery { frame, protected: t.protected, func: t.offset(func), depth }
    }

    /// Calls the handler, closes what has to be closed, and leaves the error value at `func`.
    pub(crate) fn recover(&self, t: &mut Thread, handler: Value) {
        let mut error = t.g().take_error();
        if !handler.is_nil() {
            error = call_handler(t, handler, error);
        }
        t.frame = self.frame;
        t.protected = self.protected;
        t.native_depth = self.depth + t.depth_base;
        restore_hooks(t);
        error = self.close_all(t, error, handler);
        t.in_overflow = false;
        let func = t.place(self.func);
        // SAFETY: `func` was in use when the call began.
        unsafe {
            *func = error;
            t.top = func.add(1);
        }
        t.leave_error_reserve();
    }

    /// Errors while closing replace the one before; the handler sees them, too.
    fn close_all(&self, t: &mut Thread, mut error: Value, handler: Value) -> Value {
        loop {
            match close(t, t.place(self.func), Some(error)) {
                Ok(()) => return error,
                Err(Throw) => {
                    error = t.g().take_error();
                    if !handler.is_nil() {
                        error = call_handler(t, handler, error);
                    }
                    t.frame = self.frame;
                    t.protected = self.protected;
                    t.native_depth = self.depth + t.depth_base;
                }
            }
        }
    }
}

/// Hooks are off while one runs, and on again when an error ended it.
fn restore_hooks(t: &mut Thread) {
    if t.hook.enabled {
        return;
    }
    let mut frame = t.frame;
    let mut in_hook = false;
    while !frame.is_null() {
        // SAFETY: frames in use are initialised nodes.
        let node = unsafe { &*frame };
        in_hook |= node.flags & frame_flags::HOOKED != 0;
        frame = node.prev;
    }
    t.hook.enabled = !in_hook;
}

/// Most errors in message handlers before giving up.
const MAX_HANDLER_ERRORS: usize = 10;

/// Calls a message handler on top of the frames of the error; errors in it are handled by it again.
fn call_handler(t: &mut Thread, handler: Value, mut error: Value) -> Value {
    t.in_overflow = true;
    for _ in 0..MAX_HANDLER_ERRORS {
        match crate::meta::call_method(t, handler, &[error]) {
            Ok(value) => return value,
            Err(Throw) => error = t.g().take_error(),
        }
    }
    t.g().str(b"error in error handling").into()
}

/// Closes upvalues and to-be-closed variables at or above `level`. With `error`, the stack above each variable is dead.
pub(crate) fn close(t: &mut Thread, level: *mut Value, error: Option<Value>) -> Result<(), Throw> {
    t.close_upvalues(level);
    let level = t.offset(level) as u32;
    while let Some(&offset) = t.to_close.last() {
        if offset < level {
            break;
        }
        t.to_close.pop();
        let place = t.place(offset as usize);
        if error.is_some() {
            // SAFETY: the variable is in the stack.
            t.top = unsafe { place.add(1) };
        }
        // SAFETY: as above.
        call_close_method(t, unsafe { *place }, error)?;
    }
    Ok(())
}

fn call_close_method(t: &mut Thread, value: Value, error: Option<Value>) -> Result<(), Throw> {
    let method = t.g().metamethod(value, Event::Close);
    // The method may have gone since the variable was marked: calling nil then says so.
    t.ensure(4)?;
    t.push(method);
    t.push(value);
    t.push(error.unwrap_or(Value::NIL));
    t.call_pushed(2, 0)
}

/// Marks the variable at `place` to be closed.
pub(crate) fn mark_close(t: &mut Thread, place: *mut Value) -> Result<(), Throw> {
    // SAFETY: a register of the running function.
    let value = unsafe { *place };
    if !value.is_truthy() {
        return Ok(());
    }
    if t.g().metamethod(value, Event::Close).is_nil() {
        let name = crate::interp::register_name(t, place);
        let message = [b"variable '", &name[..], b"' got a non-closable value"].concat();
        return Err(t.runtime_error(message));
    }
    let offset = t.offset(place) as u32;
    t.to_close.push(offset);
    Ok(())
}

impl Thread {
    /// Closes every pending variable of a thread that runs nothing.
    pub(crate) fn close_pending(&mut self) -> Result<(), Value> {
        let recovery = Recovery { frame: self.base_frame, protected: 0, func: 1, depth: 0 };
        // SAFETY: the stack has more than one value.
        let level = unsafe { self.stack.add(1) };
        match close(self, level, None) {
            Ok(()) => Ok(()),
            Err(Throw) => {
                recovery.recover(self, Value::NIL);
                // SAFETY: `recover` left the error there.
                Err(unsafe { *self.stack.add(1) })
            }
        }
    }
}
