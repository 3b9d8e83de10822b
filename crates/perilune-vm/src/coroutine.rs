//! Coroutines: each runs on a native stack of its own, so that it can yield from anywhere.
//!
//! Native stacks come from slabs, without a mapping or guard page each: [`crate::call::call`] compares the stack pointer with
//! the stack's end before anything nests.

use crate::call;
use crate::function::{Caught, Throw};
use crate::global::interrupt;
use crate::heap::barrier;
use crate::thread::{Hook, MAX_NATIVE_DEPTH, Status, Thread, ThreadRef};
use crate::value::Value;
use corosensei::stack::{Stack, StackPointer};
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::mem::MaybeUninit;
use std::num::NonZero;

/// Bytes of a coroutine's native stack. Only what is touched takes memory.
const STACK_SIZE: usize = 1024 * 1024;
/// What a native stack counts for the collector: the least that one takes.
const NATIVE_BYTES: usize = 4096;
/// Stacks mapped at a time.
const SLAB_STACKS: usize = 32;
/// Free stacks that keep their memory: giving it back and faulting it in again takes longer than most coroutines live.
const WARM_STACKS: usize = 256;
/// Bytes below a recorded stack pointer that a switch may have used for registers.
const SWITCH_AREA: usize = 512;

/// Native stacks that are not in use.
#[derive(Default)]
pub struct StackPool {
    /// The one used last comes last.
    free: Vec<usize>,
    /// So many of the first free stacks have no memory.
    cold: usize,
    slabs: Vec<usize>,
}

impl StackPool {
    fn take(&mut self) -> Option<PooledStack> {
        if self.free.is_empty() {
            self.map_slab()?;
        }
        let limit = self.free.pop();
        self.cold = self.cold.min(self.free.len());
        limit.map(|limit| PooledStack { limit })
    }

    fn map_slab(&mut self) -> Option<()> {
        let size = STACK_SIZE * SLAB_STACKS;
        let (protection, kind) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE);
        // SAFETY: a fresh anonymous mapping touches nothing that exists.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), size, protection, kind, -1, 0) };
        if address == libc::MAP_FAILED {
            return None;
        }
        self.slabs.push(address as usize);
        self.free.extend((0..SLAB_STACKS).map(|index| address as usize + index * STACK_SIZE));
        self.cold = self.free.len();
        Some(())
    }

    fn give_back(&mut self, stack: &PooledStack) {
        self.free.push(stack.limit);
    }

    /// Whether [`StackPool::cool_one`] has something to do.
    pub(crate) fn is_warm(&self) -> bool {
        self.cold + WARM_STACKS < self.free.len()
    }

    /// Gives the memory of a stack that has not been used for long back to the system; whether there was one.
    pub(crate) fn cool_one(&mut self) -> bool {
        if !self.is_warm() {
            return false;
        }
        // SAFETY: the stack is ours and not in use.
        unsafe { libc::madvise(self.free[self.cold] as *mut _, STACK_SIZE, libc::MADV_DONTNEED) };
        self.cold += 1;
        true
    }
}

impl Drop for StackPool {
    fn drop(&mut self) {
        for &slab in &self.slabs {
            // SAFETY: the pool goes with its state, after all coroutines.
            unsafe { libc::munmap(slab as *mut _, STACK_SIZE * SLAB_STACKS) };
        }
    }
}

struct PooledStack {
    limit: usize,
}

// SAFETY: `base` and `limit` bound a readable and writable range, page-aligned, used by nobody else.
unsafe impl Stack for PooledStack {
    fn base(&self) -> StackPointer {
        NonZero::new(self.limit + STACK_SIZE).expect("a mapping is never at address zero")
    }
    fn limit(&self) -> StackPointer {
        NonZero::new(self.limit).expect("a mapping is never at address zero")
    }
}

type Switch = Yielder<(), usize>;

/// A started coroutine's native side.
pub struct NativeStack {
    coroutine: Coroutine<(), usize, Result<(), Throw>, PooledStack>,
    /// Set by the coroutine itself when it starts.
    yielder: *const Switch,
    limit: usize,
}

/// The stack pointer.
#[inline(always)]
pub(crate) fn stack_pointer() -> usize {
    let pointer: usize;
    // SAFETY: copies a register.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: copies a register.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// How many registers a called function preserves.
const PRESERVED: usize = if cfg!(target_arch = "x86_64") { 6 } else { 10 };

/// Room for the registers that a called function preserves. Values may live in them alone, so a native call stores them in its
/// frame, where the conservative scan finds them.
pub(crate) struct Registers(MaybeUninit<[u64; PRESERVED]>);

impl Registers {
    /// Nothing stored yet.
    #[inline(always)]
    pub(crate) const fn new() -> Registers {
        Registers(MaybeUninit::uninit())
    }

    /// Stores the registers as they are now, in place: moving them afterwards would wait for the stores. Returns their address.
    #[inline(always)]
    pub(crate) fn store(&mut self) -> usize {
        let place = self.0.as_mut_ptr();
        // SAFETY: stores registers to a place of that size.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            std::arch::asm!(
                "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12",
                "mov [{0} + 24], r13", "mov [{0} + 32], r14", "mov [{0} + 40], r15",
                in(reg) place, options(nostack, preserves_flags),
            );
        }
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        unsafe {
            std::arch::asm!(
                "stp x19, x20, [{0}]", "stp x21, x22, [{0}, 16]", "stp x23, x24, [{0}, 32]",
                "stp x25, x26, [{0}, 48]", "stp x27, x28, [{0}, 64]",
                in(reg) place, options(nostack, preserves_flags),
            );
        }
        place as usize
    }
}

impl Thread {
    /// Bytes left on the native stack the thread runs on.
    pub(crate) fn native_space(&self) -> usize {
        stack_pointer().saturating_sub(self.native_limit)
    }

    /// All of the native stack of a coroutine that has started.
    pub(crate) fn native_stack(&self) -> std::ops::Range<usize> {
        self.native.as_ref().map_or(0..0, |native| native.limit..native.limit + STACK_SIZE)
    }

    /// Another thread is going to run: this one has left its native stack at `top`.
    fn waits_at(&mut self, top: usize, holds_values: bool) {
        self.native_top = top;
        self.native_holds_values = holds_values;
    }

    /// Where the running part of its native stack may hold values, of a coroutine that waits.
    pub(crate) fn ambiguous_native_stack(&self) -> std::ops::Range<usize> {
        if self.native_holds_values { self.native_top..self.native_high } else { 0..0 }
    }

    /// Bytes of its native stack in use, of a coroutine that waits.
    pub(crate) fn native_bytes(&self) -> usize {
        if self.native.is_some() && self.native_top != 0 { self.native_high - self.native_top } else { 0 }
    }

    /// A new coroutine that will run `function`.
    pub fn new_coroutine(&mut self, function: Value) -> ThreadRef {
        let co = self.g().new_thread();
        // The mask is inherited, but which function a hook calls belongs to a thread, as in PUC Lua.
        co.get().hook = Hook { function: Value::NIL, enabled: true, ..self.hook };
        co.get().push(function);
        co
    }

    /// Runs `co` with the last `args` pushed values until it yields, returns or fails. They are replaced by the values it
    /// yielded or returned, whose number is returned, or by the error value.
    pub fn resume(&mut self, co: ThreadRef, args: usize) -> Result<u32, Caught> {
        if let Err(message) = self.check_resume(co) {
            self.pop(args);
            let message = self.g().str(message.as_bytes());
            self.push(message);
            return Err(Caught);
        }
        let target = co.get();
        if target.ensure(args + 1).is_err() {
            return self.resume_failed(args);
        }
        self.move_values(target, args);
        let outcome = self.switch_to(co, args);
        self.finish_resume(co, outcome)
    }

    fn resume_failed(&mut self, args: usize) -> Result<u32, Caught> {
        self.pop(args);
        let error = self.take_error();
        self.push(error);
        Err(Caught)
    }

    fn check_resume(&self, co: ThreadRef) -> Result<(), &'static str> {
        let target = co.get();
        if target.status != Status::Suspended {
            return Err(if matches!(target.status, Status::Dead | Status::Failed) {
                "cannot resume dead coroutine"
            } else {
                "cannot resume non-suspended coroutine"
            });
        }
        if self.native_depth >= MAX_NATIVE_DEPTH { Err("C stack overflow") } else { Ok(()) }
    }

    /// Moves the last `count` values to another thread, which has room for them.
    fn move_values(&mut self, target: &mut Thread, count: usize) {
        // SAFETY: `count` values are above this frame's base; the target made room.
        unsafe {
            self.top = self.top.sub(count);
            std::ptr::copy_nonoverlapping(self.top, target.top, count);
            target.top = target.top.add(count);
        }
    }

    fn switch_to(&mut self, co: ThreadRef, args: usize) -> CoroutineResult<usize, Result<(), Throw>> {
        let target = co.get();
        let depth = self.native_depth + 1;
        target.native_depth = target.native_depth - target.depth_base + depth;
        target.depth_base = depth;
        if target.native.is_none() && !target.start_native(co, args) {
            return CoroutineResult::Return(Err(self.g().memory_error()));
        }
        target.resumer = Some(self.this());
        target.status = Status::Running;
        self.status = Status::Normal;
        barrier::left(self.this());
        self.g().running = co;
        self.waits_at(stack_pointer() - SWITCH_AREA, true);
        let native = target.native.as_mut().expect("started above");
        let result = native.coroutine.resume(());
        self.native_top = 0;
        barrier::left(co);
        self.g().running = self.this();
        self.status = Status::Running;
        target.resumer = None;
        self.notice_hook();
        result
    }

    /// Asks the interpreter of this thread, which runs again, to look at its hook: another thread may have set it and have
    /// answered the request meant for this one.
    fn notice_hook(&self) {
        if self.hook.mask != 0 {
            self.g().request(interrupt::HOOKS);
        }
    }

    /// Gives a new coroutine its native stack; whether there was memory for it.
    fn start_native(&mut self, co: ThreadRef, args: usize) -> bool {
        let Some(stack) = self.g().stacks.take() else { return false };
        self.native_high = stack.limit + STACK_SIZE;
        self.set_native_limit(stack.limit);
        let limit = stack.limit;
        let coroutine = Coroutine::with_stack(stack, move |yielder: &Switch, ()| {
            let thread = co.get();
            if let Some(native) = &mut thread.native {
                native.yielder = yielder;
            }
            // SAFETY: the function was pushed when the coroutine was made, the arguments by `resume`.
            let func = unsafe { thread.top.sub(args + 1) };
            // Resuming has counted one level, which is that of this call.
            thread.native_depth -= 1;
            call::call(thread, func, -1)
        });
        self.native = Some(Box::new(NativeStack { coroutine, yielder: std::ptr::null(), limit }));
        let g = self.g();
        g.heap.external += NATIVE_BYTES;
        // Allocations ask this only when a run of free cells is used up, which is many coroutines later.
        if g.heap.is_due() {
            g.request(interrupt::COLLECT);
        }
        true
    }

    fn finish_resume(&mut self, co: ThreadRef, outcome: CoroutineResult<usize, Result<(), Throw>>) -> Result<u32, Caught> {
        let target = co.get();
        let (count, status) = match outcome {
            CoroutineResult::Yield(count) => (count, Status::Suspended),
            // SAFETY: results stand from the function's place, the first of the stack after the base frame's.
            CoroutineResult::Return(Ok(())) => (unsafe { target.top.offset_from(target.stack.add(1)) } as usize, Status::Dead),
            CoroutineResult::Return(Err(Throw)) => {
                target.status = Status::Failed;
                target.release_native();
                let error = self.take_error();
                if target.ensure(1).is_ok() {
                    crate::meta::settle_top(target);
                    target.push(error);
                }
                self.push(error);
                return Err(Caught);
            }
        };
        target.status = status;
        if status == Status::Dead {
            target.release_native();
        }
        if self.ensure(count + 1).is_err() {
            return self.resume_failed(0);
        }
        target.move_values(self, count);
        Ok(count as u32)
    }

    pub(crate) fn release_native(&mut self) {
        let bytes = self.drop_native();
        let external = &mut self.g().heap.external;
        *external = external.saturating_sub(bytes);
    }

    /// Gives the native stack back, if there is one; what it counted for the heap, which this does not touch: the heap itself calls
    /// it, while it sweeps.
    pub(crate) fn drop_native(&mut self) -> usize {
        self.native_top = 0;
        self.native_segments.clear();
        let Some(mut native) = self.native.take() else { return 0 };
        if native.coroutine.started() && !native.coroutine.done() {
            // SAFETY: a coroutine that is dropped while suspended never runs again; what its native frames own on the Rust heap
            // is leaked, which is safe. Its Lua side is in the thread.
            unsafe { native.coroutine.force_reset() };
        }
        let stack = PooledStack { limit: native.limit };
        drop(native);
        self.g().stacks.give_back(&stack);
        NATIVE_BYTES
    }

    /// Suspends the running coroutine; `resume` returns the last `count` pushed values. Returns how many values the next
    /// `resume` pushed.
    pub fn yield_pushed(&mut self, count: usize) -> Result<u32, Throw> {
        self.suspend(count, true)
    }

    /// The same for native functions that have no values in variables, and whose callers have none either, as those that the
    /// interpreter calls: while the coroutine waits, the collector does not look at its native stack above the last function that
    /// called back into Lua.
    pub fn yield_holding_nothing(&mut self, count: usize) -> Result<u32, Throw> {
        self.suspend(count, false)
    }

    fn suspend(&mut self, count: usize, holds_values: bool) -> Result<u32, Throw> {
        if !self.is_yieldable() {
            return Err(if self.this() == self.g().main {
                self.runtime_error("attempt to yield from outside a coroutine")
            } else {
                self.runtime_error("attempt to yield across a C-call boundary")
            });
        }
        self.waits_at(stack_pointer() - SWITCH_AREA, holds_values);
        let yielder = self.native.as_ref().expect("yieldable").yielder;
        // The values are taken from above this place, and the next ones put there.
        let rest = self.offset(self.top) - count;
        // SAFETY: the yielder lives as long as the coroutine's body, which is below us on this native stack.
        unsafe { (*yielder).suspend(count) };
        self.native_top = 0;
        self.notice_hook();
        Ok((self.offset(self.top) - rest) as u32)
    }

    /// Whether [`Thread::yield_pushed`] can suspend this thread.
    #[must_use]
    pub fn is_yieldable(&self) -> bool {
        let can_switch = self.native.is_some() || self.status == Status::Suspended;
        can_switch && self.this() != self.g().main && self.hook.enabled && self.unyieldable == 0
    }

    /// Runs `body`, in which the thread may not yield: for library functions whose callbacks must not, as in PUC Lua.
    pub fn without_yield<T>(&mut self, body: impl FnOnce(&mut Thread) -> T) -> T {
        self.unyieldable += 1;
        let result = body(self);
        self.unyieldable -= 1;
        result
    }

    /// The name `coroutine.status` has for the state of `co`.
    #[must_use]
    pub fn coroutine_status(&self, co: ThreadRef) -> &'static str {
        match co.get().status {
            Status::Running => "running",
            Status::Normal => "normal",
            Status::Suspended => "suspended",
            Status::Dead | Status::Failed => "dead",
        }
    }

    /// Closes a suspended or dead coroutine: its pending variables are closed. `Err` is the error it ended with, or one of
    /// closing. The caller has checked the status.
    pub fn close_coroutine(&mut self, co: ThreadRef) -> Result<(), Value> {
        let target = co.get();
        let mut error = if target.status == Status::Failed && target.top > target.frame_ref().base() {
            Some(target.from_top(0))
        } else {
            None
        };
        target.status = Status::Dead;
        target.release_native();
        target.frame = target.base_frame;
        target.native_depth = self.native_depth;
        target.set_native_limit(self.native_limit);
        target.made.clear();
        target.compiled = 0;
        target.native_segments.clear();
        self.run_on(co, |target| {
            loop {
                // SAFETY: the first value after the base frame's function.
                let level = unsafe { target.stack.add(1) };
                let result = match error {
                    Some(_) => call::close(target, level, error),
                    None => call::close(target, level, None),
                };
                match result {
                    Ok(()) => break,
                    Err(Throw) => {
                        error = Some(target.take_error());
                        target.frame = target.base_frame;
                    }
                }
            }
        });
        // SAFETY: the stack keeps its first value.
        target.top = unsafe { target.stack.add(1) };
        error.map_or(Ok(()), Err)
    }

    /// Runs `body` with `co` as the running thread, on this thread's native stack.
    fn run_on(&mut self, co: ThreadRef, body: impl FnOnce(&mut Thread)) {
        let target = co.get();
        let status = std::mem::replace(&mut self.status, Status::Normal);
        let target_status = std::mem::replace(&mut target.status, Status::Running);
        target.resumer = Some(self.this());
        barrier::left(self.this());
        self.g().running = co;
        let here = stack_pointer();
        target.native_high = here;
        self.waits_at(here, true);
        body(target);
        target.status = target_status;
        self.native_top = 0;
        barrier::left(co);
        self.g().running = self.this();
        target.resumer = None;
        self.status = status;
    }
}

impl Drop for NativeStack {
    fn drop(&mut self) {
        if self.coroutine.started() && !self.coroutine.done() {
            // SAFETY: as in `release_native`.
            unsafe { self.coroutine.force_reset() };
        }
    }
}
