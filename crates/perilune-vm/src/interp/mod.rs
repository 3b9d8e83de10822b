//! The bytecode interpreter: one dispatch loop over small inlined operations.
//!
//! [`Machine`] keeps in local variables what the running frame needs. An operation is a method on it that returns a [`Flow`];
//! after inlining, the flow is a jump. Fast paths stand in the methods; everything that can call, allocate much or raise is in
//! functions of its own that get the thread, with the frame's `pc` saved, and may move the stack: [`Machine::slow`].

mod arith;
mod calls;
mod compare;
mod concat;
mod fields;
mod hooks;
mod loops;
mod tables;
mod tiers;

pub(crate) use calls::{SLOW_RETURN, make_closure, set_extra_args_aside};
pub(crate) use fields::{field, store_field};
pub(crate) use hooks::{back_in, call_hook, mark_finalizer_caller, register_name};
pub(crate) use loops::next_pair;
pub(crate) use tables::{LEARNING, make_table};
pub(crate) use tiers::{NATIVE_RESERVE, call, call_ended, call_last, finish_return, for_in, safepoint, step, step_out};

use crate::cache::Cache;
use crate::function::{LuaClosure, Throw, UpvalueRef};
use crate::global::interrupt;
use crate::proto::Proto;
use crate::thread::{Frame, Thread};
use crate::value::Value;
use perilune_front::op::{Instr, Op};
use std::ptr::NonNull;

/// What happens after an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The next instruction.
    Next,
    /// Another frame runs: load its state.
    Reload,
    /// The frame that was entered from native code returned.
    Leave,
    /// An error is on its way.
    Error,
}

/// Why the dispatch loop ended.
enum Exit {
    Returned,
    Threw,
    /// Hooks were set or removed: the other loop has to go on.
    Switch,
}

/// The running frame's state. It stays in processor registers as long as no reference to it leaves the dispatch loop: what is
/// not inlined works on a copy ([`Machine::apart`]).
#[derive(Clone, Copy)]
struct Machine {
    pc: *const u32,
    base: *mut Value,
    consts: *const Value,
    caches: *mut Cache,
    frame: *mut Frame,
    thread: *mut Thread,
}

/// Runs the Lua function whose frame was just pushed until it returns.
pub(crate) fn execute(t: &mut Thread) -> Result<(), Throw> {
    let hooked = t.hook.mask != 0;
    let result = enter_and_dispatch(t, hooked);
    if hooked || t.hook.mask != 0 {
        // The loop that waits further down the native stack has to look at the hooks anew; the request that told of a change
        // may have been answered by this one.
        t.g().request(interrupt::HOOKS);
    }
    result
}

fn enter_and_dispatch(t: &mut Thread, hooked: bool) -> Result<(), Throw> {
    let entry = t.frame;
    // A native function may call without end what has no safepoint itself.
    if t.g().is_interrupted() && t.is_stopped(0) {
        t.check_limits()?;
    }
    if hooked {
        hooks::called(t)?;
    } else {
        match tiers::enter_from_native(t) {
            Some(Ok(true)) => return Ok(()),
            Some(Err(Throw)) => return Err(Throw),
            Some(Ok(false)) | None => {}
        }
    }
    let protected = t.protected;
    dispatch_from(t, entry, protected)
}

/// Runs the thread's running frame until the frame `entry`, itself or a caller of it, returns. `protected` frames are below it.
fn dispatch_from(t: &mut Thread, entry: *mut Frame, protected: u32) -> Result<(), Throw> {
    loop {
        let exit = match t.watching() {
            Watching::Nothing => dispatch::<{ Watching::Nothing as u8 }>(t),
            Watching::Hooks => dispatch::<{ Watching::Hooks as u8 }>(t),
            Watching::Profile => dispatch::<{ Watching::Profile as u8 }>(t),
        };
        match exit {
            Exit::Returned => return Ok(()),
            Exit::Switch => {}
            // Without a look at each frame: errors may pass through many loops.
            Exit::Threw if t.protected == protected => return Err(Throw),
            Exit::Threw => calls::unwind(t, entry)?,
        }
    }
}

/// The interpreter's loop. `WATCHING` is a [`Watching`]: what is done before each instruction.
fn dispatch<const WATCHING: u8>(t: &mut Thread) -> Exit {
    let mut m = Machine::new(t);
    loop {
        m.load_frame();
        let flow = loop {
            if WATCHING == Watching::Hooks as u8 && m.apart(hooks::before_instruction) == Flow::Error {
                break Flow::Error;
            }
            if WATCHING == Watching::Profile as u8 && m.apart(|m| m.record()) == Flow::Reload {
                break Flow::Reload;
            }
            let flow = if WATCHING == Watching::Hooks as u8 { m.step_observed() } else { m.step() };
            if flow != Flow::Next {
                break flow;
            }
        };
        match flow {
            Flow::Leave => return Exit::Returned,
            Flow::Error => return Exit::Threw,
            Flow::Next | Flow::Reload => {
                if m.t().watching() as u8 != WATCHING {
                    return Exit::Switch;
                }
            }
        }
    }
}

/// What is done before each instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Watching {
    Nothing,
    /// Line and count events.
    Hooks,
    /// The compiler wants to know what functions meet.
    Profile,
}

impl Thread {
    #[inline(always)]
    fn watching(&self) -> Watching {
        if self.hook.mask != 0 {
            Watching::Hooks
        } else if self.g().profiling != 0 {
            Watching::Profile
        } else {
            Watching::Nothing
        }
    }
}

impl Machine {
    fn new(t: &mut Thread) -> Machine {
        Machine {
            pc: std::ptr::null(),
            base: std::ptr::null_mut(),
            consts: std::ptr::null(),
            caches: std::ptr::null_mut(),
            frame: t.frame,
            thread: t,
        }
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn t<'a>(&self) -> &'a mut Thread {
        // SAFETY: the thread outlives its interpreter; nothing else holds a reference while the loop runs.
        unsafe { &mut *self.thread }
    }

    /// Loads the state of the thread's running frame.
    #[inline(always)]
    fn load_frame(&mut self) {
        self.frame = self.t().frame;
        // SAFETY: the running frame is a Lua frame.
        unsafe {
            let frame = &*self.frame;
            self.base = frame.base();
            self.pc = frame.pc;
            let proto: &Proto = self.closure().as_ref().proto.get();
            self.consts = proto.consts.as_ptr();
            self.caches = proto.caches.as_ptr().cast_mut();
        }
    }

    #[inline(always)]
    fn closure(&self) -> NonNull<LuaClosure> {
        // SAFETY: the frame is a Lua frame in use.
        unsafe { (*self.frame).closure() }
    }

    #[inline(always)]
    fn upvalue(&self, index: u8) -> UpvalueRef {
        LuaClosure::upvalue(self.closure(), index as usize)
    }

    /// Runs something that is not inlined, on a copy of the state, and takes the copy over.
    #[inline(always)]
    fn apart(&mut self, action: impl FnOnce(&mut Machine) -> Flow) -> Flow {
        let mut copy = *self;
        let flow = action(&mut copy);
        *self = copy;
        flow
    }

    /// The register's place. The verifier bounds register numbers by the frame's size.
    #[inline(always)]
    fn register(&self, index: u8) -> *mut Value {
        // SAFETY: within the frame.
        unsafe { self.base.add(index as usize) }
    }

    #[inline(always)]
    fn get(&self, index: u8) -> Value {
        // SAFETY: within the frame, whose registers always hold valid values.
        unsafe { *self.register(index) }
    }

    #[inline(always)]
    fn set(&mut self, index: u8, value: Value) {
        // SAFETY: within the frame.
        unsafe { *self.register(index) = value }
    }

    #[inline(always)]
    fn constant(&self, index: usize) -> Value {
        // SAFETY: the verifier bounds constant indices.
        unsafe { *self.consts.add(index) }
    }

    /// The next word of code.
    #[inline(always)]
    fn fetch(&mut self) -> u32 {
        // SAFETY: the verifier makes sure that code does not fall off its end.
        unsafe {
            let word = *self.pc;
            self.pc = self.pc.add(1);
            word
        }
    }

    /// The inline cache that the next word names.
    #[inline(always)]
    fn fetch_cache<'a>(&mut self) -> &'a mut Cache {
        let index = self.fetch() as usize;
        // SAFETY: the verifier bounds cache indices; one interpreter at a time looks at a cache.
        unsafe { &mut *self.caches.add(index) }
    }

    /// Takes the jump that the next word holds.
    #[inline(always)]
    fn jump(&mut self) {
        let offset = self.fetch() as i32;
        // SAFETY: the verifier bounds jump targets.
        self.pc = unsafe { self.pc.offset(offset as isize) };
    }

    #[inline(always)]
    fn skip_word(&mut self) {
        // SAFETY: the instruction has an extra word.
        self.pc = unsafe { self.pc.add(1) };
    }

    /// Saves the frame's position for errors, hooks and calls.
    #[inline(always)]
    fn save_pc(&self) {
        // SAFETY: the frame is in use.
        unsafe { (*self.frame).pc = self.pc };
    }

    /// Runs something that may call, raise or move the stack.
    #[inline(always)]
    fn slow<T>(&mut self, action: impl FnOnce(&mut Thread) -> Result<T, Throw>) -> Result<T, Flow> {
        self.save_pc();
        let result = action(self.t());
        // SAFETY: the frame is in use; its `func` follows the stack when that moves.
        self.base = unsafe { (*self.frame).base() };
        result.map_err(|Throw| Flow::Error)
    }

    /// Stores a slow result.
    #[inline(always)]
    fn slow_set(&mut self, target: u8, action: impl FnOnce(&mut Thread) -> Result<Value, Throw>) -> Flow {
        match self.slow(action) {
            Ok(value) => {
                self.set(target, value);
                Flow::Next
            }
            Err(flow) => flow,
        }
    }

    /// Runs something slow for its effect.
    #[inline(always)]
    fn slow_do(&mut self, action: impl FnOnce(&mut Thread) -> Result<(), Throw>) -> Flow {
        match self.slow(action) {
            Ok(()) => Flow::Next,
            Err(flow) => flow,
        }
    }

    /// The check at loop back-edges and calls.
    #[inline(always)]
    fn poll(&mut self) -> Flow {
        let g = self.t().g();
        g.countdown -= 1;
        if g.countdown == 0 || g.is_interrupted() { self.apart(|m| m.handle_poll()) } else { Flow::Next }
    }

    #[cold]
    #[inline(never)]
    fn handle_poll(&mut self) -> Flow {
        if self.t().g().is_interrupted() {
            let g = self.t().g();
            g.countdown = g.countdown.max(1);
            return self.handle_interrupt();
        }
        self.tick_loop()
    }

    #[cold]
    #[inline(never)]
    fn handle_interrupt(&mut self) -> Flow {
        let next = self.pc;
        // The function is at the instruction to run next, not at the one before it: after a jump back that is elsewhere.
        // SAFETY: there is an instruction at `pc`.
        self.pc = unsafe { next.add(1) };
        match self.slow(handle_interrupt) {
            Ok(()) => {
                self.pc = next;
                self.save_pc();
                // Hooks may have changed, which `Reload` looks at.
                Flow::Reload
            }
            Err(flow) => flow,
        }
    }

    /// Executes one instruction while a hook is set: iterators of `pairs` and `ipairs` are called, as the hook may want to
    /// see the calls.
    #[inline(always)]
    fn step_observed(&mut self) -> Flow {
        // SAFETY: the verifier makes sure that code does not fall off its end.
        if Instr(unsafe { *self.pc }).opcode() == Op::ForInCall as u8 {
            let i = Instr(self.fetch());
            return self.for_in_general(i);
        }
        self.step()
    }

    /// Executes one instruction.
    #[inline(always)]
    fn step(&mut self) -> Flow {
        let i = Instr(self.fetch());
        // SAFETY: the verifier accepts known opcodes only, and `Op` is their `repr(u8)`.
        let op: Op = unsafe { std::mem::transmute::<u8, Op>(i.opcode()) };
        match op {
            Op::Move => self.op_move(i),
            Op::LoadInt => self.op_load(i, Value::small_int(i64::from(i.sbx()))),
            Op::LoadFloat => self.op_load(i, Value(f64::from(i.sbx()).to_bits())),
            Op::LoadK => self.op_load(i, self.constant(i.bx() as usize)),
            Op::LoadKX => self.op_load_kx(i),
            Op::LoadNil => self.op_load_nil(i),
            Op::LoadTrue => self.op_load(i, Value::TRUE),
            Op::LoadFalse => self.op_load(i, Value::FALSE),
            Op::LoadFalseSkip => self.op_load_false_skip(i),
            Op::GetUpvalue => self.op_load(i, self.upvalue(i.b()).get()),
            Op::SetUpvalue => self.op_set_upvalue(i),
            Op::GetGlobal => self.op_get_global(i),
            Op::SetGlobal => self.op_set_global(i, self.get(i.a())),
            Op::SetGlobalK => self.op_set_global(i, self.constant(i.a() as usize)),
            Op::GetField => self.op_get_field(i),
            Op::SetField => self.op_set_field(i, self.get(i.c())),
            Op::SetFieldK => self.op_set_field(i, self.constant(i.c() as usize)),
            Op::GetIndex => self.op_get_index(i),
            Op::SetIndex => self.op_set_index(i, self.get(i.c())),
            Op::SetIndexK => self.op_set_index(i, self.constant(i.c() as usize)),
            Op::GetInt => self.op_get_int(i),
            Op::SetInt => self.op_set_int(i, self.get(i.c())),
            Op::SetIntK => self.op_set_int(i, self.constant(i.c() as usize)),
            Op::GetMethod => self.op_get_method(i),
            Op::NewTable => self.op_new_table(i),
            Op::SetList => self.op_set_list(i),
            Op::Add => self.op_add(i, self.get(i.b()), self.get(i.c())),
            Op::Sub => self.op_sub(i, self.get(i.b()), self.get(i.c())),
            Op::Mul => self.op_mul(i, self.get(i.b()), self.get(i.c())),
            Op::Mod => self.op_mod(i, self.get(i.b()), self.get(i.c())),
            Op::Pow => self.op_pow(i, self.get(i.b()), self.get(i.c())),
            Op::Div => self.op_div(i, self.get(i.b()), self.get(i.c())),
            Op::IDiv => self.op_idiv(i, self.get(i.b()), self.get(i.c())),
            Op::BAnd => self.op_band(i, self.get(i.b()), self.get(i.c())),
            Op::BOr => self.op_bor(i, self.get(i.b()), self.get(i.c())),
            Op::BXor => self.op_bxor(i, self.get(i.b()), self.get(i.c())),
            Op::Shl => self.op_shl(i, self.get(i.b()), self.get(i.c())),
            Op::Shr => self.op_shr(i, self.get(i.b()), self.get(i.c())),
            Op::AddK => self.op_add(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::SubK => self.op_sub(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::MulK => self.op_mul(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::ModK => self.op_mod(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::PowK => self.op_pow(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::DivK => self.op_div(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::IDivK => self.op_idiv(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::BAndK => self.op_band(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::BOrK => self.op_bor(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::BXorK => self.op_bxor(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::ShlK => self.op_shl(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::ShrK => self.op_shr(i, self.get(i.b()), self.constant(i.c() as usize)),
            Op::AddI => self.op_add(i, self.get(i.b()), Value::small_int(i64::from(i.sc()))),
            Op::SubI => self.op_sub(i, self.get(i.b()), Value::small_int(i64::from(i.sc()))),
            Op::KAdd => self.op_add(i, self.constant(i.b() as usize), self.get(i.c())),
            Op::KSub => self.op_sub(i, self.constant(i.b() as usize), self.get(i.c())),
            Op::KMul => self.op_mul(i, self.constant(i.b() as usize), self.get(i.c())),
            Op::KDiv => self.op_div(i, self.constant(i.b() as usize), self.get(i.c())),
            Op::Neg => self.op_neg(i),
            Op::BNot => self.op_bnot(i),
            Op::Not => self.op_load(i, Value::boolean(!self.get(i.b()).is_truthy())),
            Op::Len => self.op_len(i),
            Op::Concat => self.op_concat(i),
            Op::Jump => self.op_jump(),
            Op::Eq => self.op_eq(i),
            Op::Lt => self.op_lt(i),
            Op::Le => self.op_le(i),
            Op::EqK => self.op_eq_k(i),
            Op::EqI => self.op_eq_i(i),
            Op::LtI => self.op_lt_i(i),
            Op::LeI => self.op_le_i(i),
            Op::GtI => self.op_gt_i(i),
            Op::GeI => self.op_ge_i(i),
            Op::Test => self.op_test(i),
            Op::TestSet => self.op_test_set(i),
            Op::Call => self.op_call(i),
            Op::TailCall => self.op_tail_call(i),
            Op::Return => self.apart(|m| m.op_return(i)),
            Op::Return0 => self.op_return0(),
            Op::Return1 => self.op_return1(i),
            Op::Vararg => self.apart(|m| m.op_vararg(i)),
            Op::VarargPrep => self.op_vararg_prep(i),
            Op::Closure => self.apart(|m| m.op_closure(i)),
            Op::ForPrep => self.op_for_prep(i),
            Op::ForLoop => self.op_for_loop(i),
            Op::ForInPrep => self.op_for_in_prep(i),
            Op::ForInCall => self.op_for_in_call(i),
            Op::ForInLoop => self.op_for_in_loop(i),
            Op::Close => self.op_close(i),
            Op::MarkClose => self.op_mark_close(i),
        }
    }

    // ---- loads and moves ----

    #[inline(always)]
    fn op_move(&mut self, i: Instr) -> Flow {
        self.set(i.a(), self.get(i.b()));
        Flow::Next
    }

    #[inline(always)]
    fn op_load(&mut self, i: Instr, value: Value) -> Flow {
        self.set(i.a(), value);
        Flow::Next
    }

    #[inline(always)]
    fn op_load_kx(&mut self, i: Instr) -> Flow {
        let index = self.fetch() as usize;
        self.set(i.a(), self.constant(index));
        Flow::Next
    }

    #[inline(always)]
    fn op_load_nil(&mut self, i: Instr) -> Flow {
        for register in i.a()..=i.a() + i.b() {
            self.set(register, Value::NIL);
        }
        Flow::Next
    }

    #[inline(always)]
    fn op_load_false_skip(&mut self, i: Instr) -> Flow {
        self.set(i.a(), Value::FALSE);
        self.skip_word();
        Flow::Next
    }

    #[inline(always)]
    fn op_set_upvalue(&mut self, i: Instr) -> Flow {
        self.upvalue(i.b()).set(self.get(i.a()));
        Flow::Next
    }

    #[inline(always)]
    fn op_jump(&mut self) -> Flow {
        let before = self.pc;
        self.jump();
        if self.pc < before { self.poll() } else { Flow::Next }
    }

    // ---- scopes ----

    #[inline(always)]
    fn op_close(&mut self, i: Instr) -> Flow {
        let level = self.register(i.a());
        self.slow_do(|t| {
            crate::meta::settle_top(t);
            crate::call::close(t, level, None)
        })
    }

    #[inline(always)]
    fn op_mark_close(&mut self, i: Instr) -> Flow {
        let place = self.register(i.a());
        self.slow_do(|t| crate::call::mark_close(t, place))
    }
}

/// What waits at a safepoint at a loop's back-edge. Between statements only local variables are alive.
fn handle_interrupt(t: &mut Thread) -> Result<(), Throw> {
    let frame = t.frame_ref();
    // SAFETY: a Lua frame is running.
    let proto = unsafe { frame.closure().as_ref() }.proto;
    // The saved position is one word into the instruction to run next.
    let pc = proto.pc_of(frame.pc) - 1;
    let locals = &proto.get().plan.locals;
    let active = locals.iter().filter(|local| local.start <= pc && pc < local.end);
    let end = match active.map(|local| local.register as usize + 1).max() {
        Some(count) => t.offset(frame.base()) + count,
        None if locals.is_empty() => t.offset(frame.limit),
        None => t.offset(frame.base()),
    };
    interrupt_with(t, end)
}

/// What waits at a safepoint where arguments or results reach up to the top, perhaps beyond the frame's registers; what is
/// above them is dead.
fn handle_interrupt_below_top(t: &mut Thread) -> Result<(), Throw> {
    let top = t.offset(t.top);
    // SAFETY: a Lua frame is running.
    let params = unsafe { t.frame_ref().closure().as_ref() }.proto.get().params as usize;
    let end = top.max(t.offset(t.frame_ref().base()) + params);
    let result = interrupt_with(t, end);
    if result.is_ok() {
        t.top = t.place(top);
    }
    result
}

/// What waits when compiled code enters a function: a status.
pub(crate) fn interrupt_at_entry(t: &mut Thread) -> u64 {
    use crate::tier::status;
    // The function is at its first instruction, as in the interpreter.
    match handle_interrupt_below_top(t) {
        Ok(()) if t.hook.mask == 0 => status::DONE,
        Ok(()) => status::RESUME,
        Err(Throw) => status::THREW,
    }
}

/// A collection, finalizers, a request to stop. The running frame's live registers end at stack offset `end`.
fn interrupt_with(t: &mut Thread, end: usize) -> Result<(), Throw> {
    let bits = t.g().interrupt.swap(0, std::sync::atomic::Ordering::Relaxed);
    if bits & interrupt::COLLECT != 0 {
        t.live_limit = Some(end);
        t.g().collect_at_safepoint();
        t.live_limit = None;
    }
    if t.g().has_finalizers() {
        // Above everything that the interrupted code may still need.
        let limit = t.offset(t.frame_ref().limit);
        t.frame_ref().limit = t.place(limit.max(end));
        let frame = t.frame;
        t.run_some_finalizers();
        // SAFETY: the frame is still in use.
        unsafe { (*frame).limit = t.place(limit) };
    }
    if bits & interrupt::MEMORY != 0 {
        t.live_limit = Some(end);
        let out = t.g().is_out_of_memory();
        t.live_limit = None;
        if out {
            return Err(t.g().memory_error());
        }
    }
    t.stop_for(bits, 0)
}
