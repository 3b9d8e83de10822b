//! Calls, returns, varargs, closures, and the way back from an error.

use super::{Flow, Machine, hooks};
use crate::call::{self, Entered, Recovery};
use crate::function::{LuaClosure, NativeClosure, Special, Throw};
use crate::thread::{Frame, Thread, frame_flags, hook_mask};
use crate::value::Value;
use perilune_front::op::{Extra, Instr, Op, Operand};
use std::ptr::NonNull;

impl Machine {
    #[inline(always)]
    pub(super) fn op_call(&mut self, i: Instr) -> Flow {
        self.skip_word();
        let func = self.register(i.a());
        if i.b() != 0 {
            // SAFETY: the verifier keeps the arguments inside the frame.
            self.t().top = unsafe { func.add(i.b() as usize) };
        }
        self.call_at(func, i32::from(i.c()) - 1)
    }

    /// Calls the function at `func` with the arguments up to the top.
    #[inline(always)]
    pub(super) fn call_at(&mut self, func: *mut Value, wanted: i32) -> Flow {
        // SAFETY: a register.
        let callee = unsafe { *func };
        if let Some(closure) = callee.as_lua_closure() {
            self.save_pc();
            return self.enter_lua(func, closure, wanted, 0);
        }
        self.apart(|m| m.call_other(func, callee, wanted))
    }

    #[inline(always)]
    fn enter_lua(&mut self, func: *mut Value, closure: NonNull<LuaClosure>, wanted: i32, flags: u16) -> Flow {
        if call::push_lua_frame(self.t(), func, closure, wanted, flags).is_err() {
            return Flow::Error;
        }
        if self.t().hook.mask != 0 || self.t().g().is_interrupted() {
            return self.apart(|m| m.entered_with_interrupt());
        }
        // SAFETY: a closure's prototype is alive.
        if let Some(code) = unsafe { closure.as_ref() }.proto.get().tier.entry {
            return self.apart(|m| m.run_compiled(code));
        }
        let g = self.t().g();
        g.countdown -= 1;
        if g.countdown == 0 {
            return self.apart(|m| m.tick_entry());
        }
        self.load_frame();
        Flow::Next
    }

    #[cold]
    #[inline(never)]
    fn entered_with_interrupt(&mut self) -> Flow {
        if self.t().hook.mask != 0 && hooks::called(self.t()).is_err() {
            return Flow::Error;
        }
        match super::handle_interrupt_below_top(self.t()) {
            Ok(()) => Flow::Reload,
            Err(Throw) => Flow::Error,
        }
    }

    #[inline(never)]
    fn call_other(&mut self, func: *mut Value, callee: Value, wanted: i32) -> Flow {
        self.save_pc();
        let t = self.t();
        if let Some(native) = callee.as_native() {
            let special = NativeClosure::special(native);
            if (special == Special::Pcall as u8 || special == Special::Xpcall as u8) && can_stand_in(t, func, special) {
                return self.begin_protected(func, special, wanted);
            }
            if call::call_native(t, func, native, wanted).is_err() {
                return Flow::Error;
            }
            // SAFETY: the frame is in use.
            self.base = unsafe { (*self.frame).base() };
            if t.g().is_interrupted() {
                return match self.slow(super::handle_interrupt_below_top) {
                    Ok(()) => Flow::Reload,
                    Err(flow) => flow,
                };
            }
            return Flow::Next;
        }
        match call::enter(t, func, wanted, 0) {
            Ok(_) => Flow::Reload,
            Err(Throw) => Flow::Error,
        }
    }

    // ---- protected calls ----

    /// Pushes a frame that stands for the `pcall` or `xpcall` at `func` and calls its function.
    fn begin_protected(&mut self, func: *mut Value, special: u8, wanted: i32) -> Flow {
        let t = self.t();
        // Counts as a native call, which `pcall` is in PUC Lua: nesting has the same limit.
        let depth = t.native_depth;
        if call::check_depth(t).is_err() {
            return Flow::Error;
        }
        t.native_depth = depth + 1;
        let frame = t.next_frame();
        let with_handler = special == Special::Xpcall as u8;
        // SAFETY: the arguments stand after `func`; `can_stand_in` counted them.
        unsafe {
            if with_handler {
                // The handler goes before the function, where it outlives the call.
                std::ptr::swap(func.add(1), func.add(2));
            }
            (*frame).func = func;
            (*frame).limit = t.top;
            (*frame).wanted = wanted;
            (*frame).extra_args = depth - t.depth_base;
            (*frame).flags = frame_flags::PROTECTED | if with_handler { frame_flags::HANDLER } else { 0 };
            t.frame = frame;
            t.protected += 1;
            let inner = func.add(if with_handler { 2 } else { 1 });
            match call::enter(t, inner, -1, frame_flags::UNDER_PROTECTED) {
                Ok(Entered::Lua) => {
                    if t.hook.mask != 0 && hooks::called(t).is_err() {
                        return Flow::Error;
                    }
                    self.load_frame();
                    Flow::Next
                }
                Ok(Entered::Done) => {
                    finish_protected(t);
                    self.base = (*self.frame).base();
                    Flow::Next
                }
                Err(Throw) => Flow::Error,
            }
        }
    }

    // ---- returns ----

    #[inline(always)]
    pub(super) fn op_return1(&mut self, i: Instr) -> Flow {
        // SAFETY: the frame is in use, and its caller is a Lua frame unless the flags say otherwise.
        unsafe {
            let frame = &*self.frame;
            if frame.flags & SLOW_RETURN == 0 && frame.wanted == 1 {
                *frame.func = self.get(i.a());
                self.t().frame = frame.prev;
                return self.resume_caller();
            }
        }
        let place = self.register(i.a());
        self.apart(|m| m.return_slow(place, 1))
    }

    #[inline(always)]
    pub(super) fn op_return0(&mut self) -> Flow {
        // SAFETY: as above.
        unsafe {
            let frame = &*self.frame;
            if frame.flags & SLOW_RETURN == 0 && frame.wanted == 0 {
                self.t().frame = frame.prev;
                return self.resume_caller();
            }
        }
        self.apart(|m| m.return_slow(m.base, 0))
    }

    #[inline(always)]
    fn resume_caller(&mut self) -> Flow {
        if self.t().hook.mask != 0 {
            return Flow::Reload;
        }
        self.load_frame();
        Flow::Next
    }

    pub(super) fn op_return(&mut self, i: Instr) -> Flow {
        let mut place = self.register(i.a());
        let count = if i.b() == 0 {
            // SAFETY: open results reach up to the top.
            unsafe { self.t().top.offset_from(place) as usize }
        } else {
            i.b() as usize - 1
        };
        if i.c() != 0 {
            let (at, base) = (self.t().offset(place), self.base);
            let closed = self.slow(|t| {
                // SAFETY: the results stay in use while variables are closed.
                unsafe {
                    let end = place.add(count);
                    // The frame ends here, so its limit need not be restored.
                    let frame = t.frame_ref();
                    frame.limit = frame.limit.max(end);
                    t.top = frame.limit;
                }
                call::close(t, base, None)
            });
            if let Err(flow) = closed {
                return flow;
            }
            place = self.t().place(at);
        }
        self.return_slow(place, count)
    }

    #[inline(never)]
    pub(super) fn return_slow(&mut self, first: *mut Value, count: usize) -> Flow {
        self.save_pc();
        let t = self.t();
        let mut first = first;
        if t.hook.mask != 0 {
            let at = t.offset(first);
            if hooks::returning(t, first, count).is_err() {
                return Flow::Error;
            }
            first = t.place(at);
        }
        // SAFETY: the frame is in use; results lie in the stack above its function.
        unsafe {
            let frame = &*self.frame;
            let mut func = frame.func;
            if frame.flags & frame_flags::VARARG != 0 {
                func = func.sub(frame.extra_args as usize + self.closure().as_ref().proto.get().params as usize + 1);
            }
            t.frame = frame.prev;
            call::move_results(t, func, first, count, frame.wanted);
            if frame.flags & frame_flags::OPERATOR != 0 {
                finish_operator(t.frame, *func);
            }
            if frame.flags & frame_flags::FRESH != 0 {
                return Flow::Leave;
            }
            if frame.flags & frame_flags::UNDER_PROTECTED != 0 {
                finish_protected(t);
            }
        }
        Flow::Reload
    }

    #[inline(always)]
    pub(super) fn op_tail_call(&mut self, i: Instr) -> Flow {
        self.skip_word();
        let func = self.register(i.a());
        if i.b() != 0 {
            // SAFETY: the verifier keeps the arguments inside the frame.
            self.t().top = unsafe { func.add(i.b() as usize) };
        }
        self.save_pc();
        self.apart(|m| m.tail_call(func, i.c() != 0))
    }

    fn tail_call(&mut self, mut func: *mut Value, close: bool) -> Flow {
        let t = self.t();
        if close {
            t.close_upvalues(self.base);
        }
        loop {
            // SAFETY: `func` is below the top.
            let callee = unsafe { *func };
            if let Some(closure) = callee.as_lua_closure() {
                return self.replace_frame(func, closure);
            }
            if callee.as_native().is_some() {
                return self.tail_call_native(func, callee);
            }
            func = match call::insert_call_method(t, func) {
                Ok(func) => func,
                Err(Throw) => return Flow::Error,
            };
        }
    }

    /// A native function in tail position is called and its results are returned.
    fn tail_call_native(&mut self, func: *mut Value, callee: Value) -> Flow {
        let at = self.t().offset(func);
        let native = callee.as_native();
        let t = self.t();
        let result = match native {
            Some(native) => call::call_native(t, func, native, -1),
            None => unreachable!("checked by the caller"),
        };
        if result.is_err() {
            return Flow::Error;
        }
        // SAFETY: the frame is in use; the results stand from the function's place.
        unsafe {
            self.base = (*self.frame).base();
            let first = t.place(at);
            let count = t.top.offset_from(first) as usize;
            self.return_slow(first, count)
        }
    }

    /// Moves the call at `func` down over the running frame and enters it.
    fn replace_frame(&mut self, func: *mut Value, closure: NonNull<LuaClosure>) -> Flow {
        match self.move_call_down(func, closure) {
            Ok((target, wanted, flags)) => self.enter_lua(target, closure, wanted, flags),
            Err(Throw) => Flow::Error,
        }
    }

    /// Moves the call at `func` down over the running frame and pushes its frame.
    pub(super) fn push_tail_frame(&mut self, func: *mut Value, closure: NonNull<LuaClosure>) -> Result<(), Throw> {
        let (target, wanted, flags) = self.move_call_down(func, closure)?;
        call::push_lua_frame(self.t(), target, closure, wanted, flags)?;
        Ok(())
    }

    /// Moves the call at `func` down over the running frame, which is gone then: where it stands, the results wanted, and the
    /// new frame's flags.
    fn move_call_down(&mut self, func: *mut Value, closure: NonNull<LuaClosure>) -> Result<(*mut Value, i32, u16), Throw> {
        let t = self.t();
        let at = t.offset(func);
        // SAFETY: a closure's prototype is alive.
        let registers = unsafe { closure.as_ref().proto.get().registers } as usize;
        // Made now, room cannot be missing once the frame is half replaced.
        t.ensure(registers + 1)?;
        let func = t.place(at);
        // SAFETY: the frame is in use; the call's values lie in the stack above it.
        unsafe {
            let frame = &*self.frame;
            let mut target = frame.func;
            if frame.flags & frame_flags::VARARG != 0 {
                target = target.sub(frame.extra_args as usize + self.closure().as_ref().proto.get().params as usize + 1);
            }
            let count = t.top.offset_from(func) as usize;
            std::ptr::copy(func, target, count);
            t.top = target.add(count);
            let kept = frame_flags::SPECIAL_RETURN | frame_flags::OPERATOR;
            let (wanted, flags) = (frame.wanted, frame.flags & kept | frame_flags::TAIL);
            t.frame = frame.prev;
            Ok((target, wanted, flags))
        }
    }

    // ---- varargs and closures ----

    #[inline(always)]
    pub(super) fn op_vararg_prep(&mut self, i: Instr) -> Flow {
        let params = i.a() as usize;
        self.slow_do(|t| set_extra_args_aside(t, params))
    }

    pub(super) fn op_vararg(&mut self, i: Instr) -> Flow {
        // SAFETY: the frame is in use.
        let have = unsafe { (*self.frame).extra_args as usize };
        if i.c() != 0 {
            self.copy_varargs(i.a(), have.min(i.c() as usize - 1));
            for index in have..i.c() as usize - 1 {
                self.set(i.a() + index as u8, Value::NIL);
            }
            return Flow::Next;
        }
        let at = self.t().offset(self.register(i.a()));
        let grown = self.slow(|t| {
            t.top = t.place(at);
            t.ensure(have)?;
            // SAFETY: room was made.
            t.top = unsafe { t.place(at).add(have) };
            Ok(())
        });
        if let Err(flow) = grown {
            return flow;
        }
        self.copy_varargs(i.a(), have);
        Flow::Next
    }

    #[inline(always)]
    fn copy_varargs(&mut self, first: u8, count: usize) {
        // SAFETY: the extra arguments stand just below the function; the target has room.
        unsafe {
            let frame = &*self.frame;
            let source = frame.func.sub(frame.extra_args as usize);
            std::ptr::copy_nonoverlapping(source, self.register(first), count);
        }
    }

    pub(super) fn op_closure(&mut self, i: Instr) -> Flow {
        let index = self.fetch() as usize;
        self.save_pc();
        let closure = make_closure(self.t(), self.closure(), self.base, index);
        self.set(i.a(), closure.into());
        Flow::Next
    }
}

/// A closure of child prototype `index` of `outer`, which runs with its registers at `base`.
pub(crate) fn make_closure(t: &mut Thread, outer: NonNull<LuaClosure>, base: *mut Value, index: usize) -> NonNull<LuaClosure> {
    // SAFETY: the verifier bounds child indices and what upvalues refer to; the upvalue count grows with what is filled in,
    // so a collection in between sees no garbage.
    unsafe {
        let proto = outer.as_ref().proto.get().children[index];
        let upvalues = &proto.get().plan.upvalues;
        let cell = t.g().allocate(LuaClosure::size_for(upvalues.len()));
        let closure = LuaClosure::init(cell, proto, 0);
        for (number, desc) in upvalues.iter().enumerate() {
            let upvalue = if desc.in_stack {
                t.find_upvalue(base.add(desc.index as usize))
            } else {
                LuaClosure::upvalue(outer, desc.index as usize)
            };
            *LuaClosure::upvalue_slot(closure, number) = upvalue;
            (*closure.as_ptr()).header.aux = number as u32 + 1;
            // It may have been reached while it was made, and the next upvalue may take an allocation that ends a collection.
            crate::heap::barrier::stored_cell(closure, upvalue.0.cast());
        }
        closure
    }
}

/// Flags that keep a return from being a copy of results into a Lua caller.
pub(crate) const SLOW_RETURN: u16 =
    frame_flags::SPECIAL_RETURN | frame_flags::VARARG | frame_flags::HOOK_RETURN | frame_flags::OPERATOR;

/// Does what is left of the instruction of `caller` whose metamethod returned `result`.
///
/// # Safety
/// The frame is in use, and stands one word into that instruction.
unsafe fn finish_operator(caller: *mut Frame, result: Value) {
    // SAFETY: by the caller's promise; the verifier bounds registers and jumps.
    unsafe {
        let at = (*caller).pc.sub(1);
        let instr = Instr(*at);
        let Some(op) = instr.op() else { return };
        let next = at.add(op.words());
        (*caller).pc = next;
        if op.extra() == Extra::Jump {
            if result.is_truthy() == (instr.c() != 0) {
                (*caller).pc = next.offset(*at.add(1) as i32 as isize);
            }
        } else if op.operands()[0] != Operand::Read {
            if op == Op::GetMethod {
                let base = (*caller).base();
                *base.add(instr.a() as usize + 1) = *base.add(instr.b() as usize);
            }
            *(*caller).base().add(instr.a() as usize) = result;
        }
    }
}

/// Whether a protected frame may stand in for the call of `pcall` or `xpcall` at `func`: no hook wants to see it, and the
/// arguments are such that it does not raise itself.
fn can_stand_in(t: &Thread, func: *mut Value, special: u8) -> bool {
    if t.hook.mask & (hook_mask::CALL | hook_mask::RETURN) != 0 {
        return false;
    }
    // SAFETY: the arguments stand between `func` and the top.
    unsafe {
        let count = t.top.offset_from(func) as usize - 1;
        if special == Special::Pcall as u8 { count >= 1 } else { count >= 2 && (*func.add(2)).is_function() }
    }
}

/// A function under a protected frame returned: its results, up to the top, become those of `pcall`, after `true`.
fn finish_protected(t: &mut Thread) {
    // SAFETY: the running frame is the protected one; its function and results are in the stack.
    unsafe {
        let frame = &*t.frame;
        let func = frame.func;
        let skipped = if frame.flags & frame_flags::HANDLER != 0 { 2 } else { 1 };
        let count = t.top.offset_from(func) as usize - skipped;
        if skipped == 2 {
            std::ptr::copy(func.add(2), func.add(1), count);
        }
        *func = Value::TRUE;
        t.protected -= 1;
        t.native_depth = frame.extra_args + t.depth_base;
        t.frame = frame.prev;
        if t.hook.mask != 0 {
            hooks::back_in(t, frame.prev);
        }
        call::move_results(t, func, func, count + 1, frame.wanted);
    }
}

/// Looks for a protected frame above `entry`, where this interpreter began, and goes on there; otherwise the error passes on.
pub(super) fn unwind(t: &mut Thread, entry: *mut Frame) -> Result<(), Throw> {
    let mut frame = t.frame;
    // SAFETY: frames from the running one down to `entry` are initialised nodes.
    unsafe {
        while frame != entry && (*frame).flags & frame_flags::PROTECTED == 0 {
            frame = (*frame).prev;
        }
        if frame == entry {
            return Err(Throw);
        }
        let with_handler = (*frame).flags & frame_flags::HANDLER != 0;
        let handler = if with_handler { *(*frame).func.add(1) } else { Value::NIL };
        let recovery = Recovery::at_frame(t, frame, (*frame).func.add(1), (*frame).extra_args);
        recovery.recover(t, handler);
        t.protected -= 1;
        let func = (*frame).func;
        *func = Value::FALSE;
        t.frame = (*frame).prev;
        if t.hook.mask != 0 {
            hooks::back_in(t, (*frame).prev);
        }
        call::move_results(t, func, func, 2, (*frame).wanted);
    }
    Ok(())
}

/// Moves the function and its fixed arguments above the extra ones.
pub(crate) fn set_extra_args_aside(t: &mut Thread, params: usize) -> Result<(), Throw> {
    // SAFETY: the frame was just entered: its arguments reach up to the top, missing ones were made nil.
    unsafe {
        let frame = t.frame;
        let func = (*frame).func;
        let given = t.top.offset_from(func) as usize - 1;
        let given = given.max(params);
        let extra = given - params;
        let registers = (*frame).closure().as_ref().proto.get().registers as usize;
        t.top = func.add(1 + given);
        t.ensure(registers + 1 + params)?;
        let func = (*frame).func;
        let moved = t.top;
        *moved = *func;
        for index in 1..=params {
            *moved.add(index) = *func.add(index);
            *func.add(index) = Value::NIL;
        }
        (*frame).func = moved;
        (*frame).limit = moved.add(1 + registers);
        (*frame).extra_args = extra as u32;
        (*frame).flags |= frame_flags::VARARG;
        t.top = (*frame).limit;
    }
    Ok(())
}
