//! A thread of Lua execution (a coroutine or the main thread): its value stack, its frames, its open upvalues.
//!
//! The value stack is one vector that may move when it grows; frames and open upvalues are then corrected. Frames are a linked
//! list whose nodes stay where they are and are used again.

use crate::coroutine::NativeStack;
use crate::function::{LuaClosure, Throw, Upvalue, UpvalueRef};
use crate::global::Global;
use crate::object::{Header, Kind};
use crate::value::{TAG_OBJECT, Value};
use std::marker::PhantomPinned;
use std::ptr::NonNull;

/// Most values on a stack, as in PUC Lua (LUAI_MAXSTACK).
pub const MAX_STACK: usize = 1_000_000;
/// Values beyond [`MAX_STACK`] that error handling may use.
const ERROR_RESERVE: usize = 200;
/// Values that are free above any native function's arguments (LUA_MINSTACK).
pub const MIN_FREE: usize = 20;
/// Values always allocated beyond the limit: room for the arguments of metamethods.
const SLACK: usize = 8;
const FIRST_STACK: usize = 40 + SLACK;
/// Values from which on a stack grows by doubling under stress too: otherwise deep recursion would take quadratic time.
const STRESSED_STACK: usize = 1 << 12;
/// Bytes of frames and what else a thread owns besides its stack, roughly.
const THREAD_BYTES: usize = 512;
/// Nested native calls allowed: PUC Lua counts the call of its command's main function as the first of LUAI_MAXCCALLS.
pub const MAX_NATIVE_DEPTH: u32 = 199;
/// Nested native calls allowed to those who handle the error of too many.
pub const MAX_HANDLER_DEPTH: u32 = MAX_NATIVE_DEPTH + 20;

/// What state a thread is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Not started, or waiting in `yield`.
    Suspended,
    /// Running.
    Running,
    /// Waiting for a coroutine it resumed.
    Normal,
    /// Finished.
    Dead,
    /// Ended by an error, whose value is on top of its stack.
    Failed,
}

/// A call in progress.
#[repr(C)]
pub struct Frame {
    /// The called function; arguments and registers follow it.
    pub func: *mut Value,
    /// End of the registers the frame may use.
    pub limit: *mut Value,
    /// Lua functions: the next instruction, as of the last call or error.
    pub pc: *const u32,
    /// The caller.
    pub prev: *mut Frame,
    /// The next node, if one was ever made.
    pub next: *mut Frame,
    /// Results the caller wants; -1 for all.
    pub wanted: i32,
    /// Bits of [`frame_flags`].
    pub flags: u16,
    /// Values transferred to a call or return hook: first register.
    pub transfer_first: u16,
    /// Vararg functions: extra arguments, which stand before `func`.
    pub extra_args: u32,
    /// And how many values.
    pub transfer_count: u32,
}

/// Bits of [`Frame::flags`].
pub mod frame_flags {
    /// A Lua function.
    pub const LUA: u16 = 1;
    /// The frame was entered from native code: its return leaves the interpreter loop.
    pub const FRESH: u16 = 2;
    /// Stands for a `pcall` or `xpcall` in progress.
    pub const PROTECTED: u16 = 4;
    /// With `PROTECTED`: the message handler stands in `func`.
    pub const HANDLER: u16 = 8;
    /// The caller's frame is a `PROTECTED` one.
    pub const UNDER_PROTECTED: u16 = 16;
    /// The function was called by a tail call.
    pub const TAIL: u16 = 32;
    /// A hook function is running in this frame.
    pub const HOOKED: u16 = 64;
    /// A finalizer.
    pub const FINALIZER: u16 = 128;
    /// A vararg function that has set its extra arguments aside: they, and the original place of the function, are below `func`.
    pub const VARARG: u16 = 256;
    /// A hook was set when the function was entered.
    pub const HOOK_RETURN: u16 = 512;
    /// A debugger changed a local variable.
    pub const ALTERED: u16 = 1024;
    /// A metamethod that the caller's instruction called, which its return finishes: the caller's position is one word into it.
    pub const OPERATOR: u16 = 2048;
    /// Bits that make a return more than a copy of results to a Lua caller.
    pub const SPECIAL_RETURN: u16 = FRESH | UNDER_PROTECTED;
}

impl Frame {
    fn empty() -> Frame {
        Frame {
            func: std::ptr::null_mut(),
            limit: std::ptr::null_mut(),
            pc: std::ptr::null(),
            prev: std::ptr::null_mut(),
            next: std::ptr::null_mut(),
            wanted: 0,
            flags: 0,
            transfer_first: 0,
            extra_args: 0,
            transfer_count: 0,
        }
    }

    /// Whether it runs a Lua function.
    #[inline(always)]
    #[must_use]
    pub fn is_lua(&self) -> bool {
        self.flags & frame_flags::LUA != 0
    }

    /// The first argument or register.
    #[inline(always)]
    #[must_use]
    pub fn base(&self) -> *mut Value {
        // SAFETY: `func` is within the stack, which has room beyond it.
        unsafe { self.func.add(1) }
    }

    /// End of the registers, those of functions that compiled code has in place of calls included.
    pub(crate) fn reach(&self) -> *mut Value {
        if !self.is_lua() {
            return self.limit;
        }
        // SAFETY: a closure's prototype is alive.
        let extent = unsafe { self.closure().as_ref() }.proto.get().tier.extent;
        self.limit.max(self.base().wrapping_add(extent as usize))
    }

    /// The running Lua function.
    #[inline(always)]
    pub(crate) fn closure(&self) -> NonNull<LuaClosure> {
        debug_assert!(self.is_lua());
        // SAFETY: a Lua frame's `func` holds its closure.
        unsafe { (*self.func).pointer() }
    }
}

/// A message handler's debug hook and its state.
#[derive(Clone, Copy)]
pub struct Hook {
    /// The Lua function, or nil.
    pub function: Value,
    /// Bits of [`hook_mask`].
    pub mask: u8,
    /// Instructions between count events.
    pub count: u32,
    /// Instructions until the next one.
    pub countdown: u32,
    /// The instruction a line event was last considered at.
    pub last_pc: u32,
    /// Whether events are reported (not while a hook runs).
    pub enabled: bool,
}

/// Which events a hook wants.
pub mod hook_mask {
    #![allow(missing_docs)]
    pub const CALL: u8 = 1;
    pub const RETURN: u8 = 2;
    pub const LINE: u8 = 4;
    pub const COUNT: u8 = 8;
}

/// A thread's cell.
#[repr(C)]
pub struct Thread {
    pub(crate) header: Header,
    /// One past the last value in use, while native code runs or results are open.
    pub(crate) top: *mut Value,
    /// The running frame.
    pub(crate) frame: *mut Frame,
    pub(crate) global: NonNull<Global>,
    pub(crate) stack: *mut Value,
    /// End of the usable stack; [`SLACK`] more values are allocated.
    pub(crate) stack_end: *mut Value,
    pub(crate) open_upvalues: Option<UpvalueRef>,
    /// To-be-closed variables: offsets in the stack, ascending.
    pub(crate) to_close: Vec<u32>,
    pub(crate) status: Status,
    /// Native calls in progress, counting those of the threads that resumed this one.
    pub(crate) native_depth: u32,
    /// The frame below all others; native.
    pub(crate) base_frame: *mut Frame,
    /// The thread that resumed this one.
    pub(crate) resumer: Option<ThreadRef>,
    pub(crate) hook: Hook,
    /// The native stack a started coroutine runs on.
    pub(crate) native: Option<Box<NativeStack>>,
    /// While not running: where its native stack was left. For the conservative scan.
    pub(crate) native_top: usize,
    /// Whether its native stack may hold values between `native_top` and `native_high`.
    pub(crate) native_holds_values: bool,
    /// What a helper returned that leaves all registers as they are, until compiled code has fetched it: no root.
    pub(crate) result: u64,
    /// Above this address, the native stack belongs to an interpreter loop, whose values are all on value stacks, or to what
    /// [`Thread::native_segments`] tells. Below it, running code may hold values anywhere.
    pub(crate) native_high: usize,
    /// Ranges of the native stack, outermost first, of native functions that called back into Lua.
    pub(crate) native_segments: Vec<(usize, usize)>,
    /// The lowest address its native code may use.
    pub(crate) native_limit: usize,
    /// The lowest address at which compiled code may make further calls.
    pub(crate) native_floor: usize,
    /// The frame pointer of compiled code that calls a helper, if that may be a fast function without a frame; or 0.
    pub(crate) compiled: usize,
    /// Fast calls in progress of which the frames were made.
    pub(crate) made: Vec<crate::lazy::Made>,
    /// The part of `native_depth` that belongs to the threads that resumed this one.
    pub(crate) depth_base: u32,
    /// During a collection at a safepoint: the stack offset where the running frame's live values end.
    pub(crate) live_limit: Option<usize>,
    /// Nested reasons not to yield.
    pub(crate) unyieldable: u32,
    /// `PROTECTED` frames in use.
    pub(crate) protected: u32,
    /// Whether closing to-be-closed variables or handling an error is allowed to use the reserve.
    pub(crate) in_overflow: bool,
    /// Other code reaches the thread through pointers (the collector, the threads it resumes) while a `&mut Thread` exists:
    /// the compiler must not take such a reference for the only way to it. It does not for types that are not `Unpin`.
    pub(crate) _pinned: PhantomPinned,
}

/// A pointer to a thread. Valid as long as some root, the native stack included, holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct ThreadRef(pub(crate) NonNull<Thread>);

impl ThreadRef {
    /// The thread. The caller must not keep the reference across a call that may borrow it again.
    #[inline(always)]
    pub(crate) fn get<'a>(self) -> &'a mut Thread {
        // SAFETY: a `ThreadRef` refers to an initialised thread that some root keeps alive; one mutator thread.
        unsafe { &mut *self.0.as_ptr() }
    }

    pub(crate) fn cell(self) -> NonNull<Header> {
        self.0.cast()
    }
}

impl From<ThreadRef> for Value {
    fn from(thread: ThreadRef) -> Value {
        Value::from_ptr(TAG_OBJECT, thread.0)
    }
}

fn allocate_stack(size: usize) -> Option<*mut Value> {
    let mut stack: Vec<Value> = Vec::new();
    stack.try_reserve_exact(size).ok()?;
    stack.resize(size, Value::NIL);
    Some(Box::into_raw(stack.into_boxed_slice()).cast())
}

unsafe fn free_stack(stack: *mut Value, size: usize) {
    // SAFETY: by the caller: made by `allocate_stack` with this size.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(stack, size)) });
}

impl Thread {
    /// A new thread's contents.
    pub(crate) fn new(global: NonNull<Global>) -> Thread {
        let stack = allocate_stack(FIRST_STACK).expect("memory for a small stack");
        let mut base = Box::new(Frame::empty());
        base.func = stack;
        // SAFETY: within the new stack.
        unsafe {
            base.limit = stack.add(1 + MIN_FREE);
            Thread {
                header: Header::new(Kind::Thread),
                top: stack.add(1),
                frame: std::ptr::null_mut(),
                global,
                stack,
                stack_end: stack.add(FIRST_STACK - SLACK),
                open_upvalues: None,
                to_close: Vec::new(),
                status: Status::Suspended,
                native_depth: 0,
                base_frame: Box::into_raw(base),
                resumer: None,
                hook: Hook { function: Value::NIL, mask: 0, count: 0, countdown: 0, last_pc: 0, enabled: true },
                native: None,
                result: 0,
                native_top: 0,
                native_holds_values: true,
                native_high: 0,
                native_segments: Vec::new(),
                native_limit: 0,
                native_floor: 0,
                compiled: 0,
                made: Vec::new(),
                depth_base: 0,
                live_limit: None,
                unyieldable: 0,
                protected: 0,
                in_overflow: false,
                _pinned: PhantomPinned,
            }
        }
        .with_base_frame()
    }

    fn with_base_frame(mut self) -> Thread {
        self.frame = self.base_frame;
        self
    }

    /// The state shared by all threads.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn g<'a>(&self) -> &'a mut Global {
        // SAFETY: the global state outlives its threads; one mutator thread, and callers keep no reference across calls that
        // may borrow it again.
        unsafe { &mut *self.global.as_ptr() }
    }

    /// This thread as a value.
    #[must_use]
    pub fn this(&self) -> ThreadRef {
        ThreadRef(NonNull::from(self))
    }

    /// The running frame.
    #[inline(always)]
    pub(crate) fn frame_ref<'a>(&self) -> &'a mut Frame {
        // SAFETY: `frame` always points at a node of the frame list, which stays in place.
        unsafe { &mut *self.frame }
    }

    /// Values allocated, slack included.
    pub(crate) fn stack_size(&self) -> usize {
        // SAFETY: both point into one allocation.
        unsafe { self.stack_end.offset_from(self.stack) as usize + SLACK }
    }

    /// Makes sure that `count` values fit above `top`.
    #[inline(always)]
    pub(crate) fn ensure(&mut self, count: usize) -> Result<(), Throw> {
        if (self.stack_end as usize).wrapping_sub(self.top as usize) as isize > (count * size_of::<Value>()) as isize {
            Ok(())
        } else {
            self.grow(count)
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn grow(&mut self, count: usize) -> Result<(), Throw> {
        let size = self.stack_size() - SLACK;
        // SAFETY: both point into the stack.
        let used = unsafe { self.top.offset_from(self.stack) } as usize;
        let needed = used + count + 1;
        if needed > MAX_STACK {
            if self.in_overflow && needed <= MAX_STACK + ERROR_RESERVE && size < MAX_STACK + ERROR_RESERVE {
                return self.resize_stack(MAX_STACK + ERROR_RESERVE);
            }
            if size >= MAX_STACK && self.in_overflow {
                return Err(self.g().error_in_error());
            }
            return Err(self.stack_overflow());
        }
        // Under stress a small stack has no more room than asked for.
        let sparing = self.g().heap.is_stressed() && size < STRESSED_STACK;
        let generous = if sparing { size + 1 } else { size * 2 };
        self.resize_stack(generous.max(needed).min(MAX_STACK))
    }

    fn stack_overflow(&mut self) -> Throw {
        self.in_overflow = true;
        let _ = self.resize_stack(MAX_STACK + ERROR_RESERVE);
        let error = self.runtime_error("stack overflow");
        self.in_overflow = false;
        error
    }

    fn resize_stack(&mut self, size: usize) -> Result<(), Throw> {
        let Some(new) = allocate_stack(size + SLACK) else { return Err(self.g().memory_error()) };
        let (old, old_size) = (self.stack, self.stack_size());
        let keep = old_size.min(size + SLACK);
        // SAFETY: both allocations hold at least `keep` values; nothing refers to the old one after the corrections.
        unsafe {
            std::ptr::copy_nonoverlapping(old, new, keep);
            self.relocate(old, new);
            self.stack = new;
            self.stack_end = new.add(size);
            if self.g().heap.is_stressed() {
                crate::heap::stress::poison_values(old, old_size);
            }
            free_stack(old, old_size);
        }
        let bytes = size_of::<Value>();
        let external = &mut self.g().heap.external;
        *external = (*external + (size + SLACK) * bytes).saturating_sub(old_size * bytes);
        Ok(())
    }

    unsafe fn relocate(&mut self, old: *mut Value, new: *mut Value) {
        // SAFETY: every pointer moved here points into the old stack or one past its end.
        let moved = |place: *mut Value| unsafe { new.offset(place.offset_from(old)) };
        self.top = moved(self.top);
        let mut frame = self.frame;
        while !frame.is_null() {
            // SAFETY: frames in use are initialised nodes.
            let node = unsafe { &mut *frame };
            node.func = moved(node.func);
            node.limit = moved(node.limit);
            frame = node.prev;
        }
        let mut upvalue = self.open_upvalues;
        while let Some(current) = upvalue {
            // SAFETY: open upvalues are live and point into this stack.
            let object = unsafe { &mut *current.0.as_ptr() };
            object.place = moved(object.place);
            upvalue = object.next_open;
        }
    }

    /// After an error was handled: gives up the stack beyond [`MAX_STACK`].
    pub(crate) fn leave_error_reserve(&mut self) {
        // No frame's registers reach further beyond the top than this.
        const MARGIN: usize = 2 * perilune_front::proto::MAX_REGISTERS as usize;
        if self.stack_size() - SLACK > MAX_STACK && self.offset(self.high_mark()) + MARGIN < MAX_STACK {
            let _ = self.resize_stack(MAX_STACK);
        }
    }

    /// Clears the part of the stack that is not in use, so that no stale value is ever taken for a live one.
    pub(crate) fn clear_unused_stack(&mut self) {
        let mut at = self.live_end();
        // SAFETY: [`SLACK`] values are allocated beyond the end.
        let end = unsafe { self.stack_end.add(SLACK) };
        while at < end {
            // SAFETY: within the stack's allocation.
            unsafe {
                *at = Value::NIL;
                at = at.add(1);
            }
        }
    }

    /// Bytes it owns outside the heap, roughly.
    pub(crate) fn external_bytes(&self) -> usize {
        THREAD_BYTES + self.stack_size() * size_of::<Value>()
    }

    /// The thread is dead: upvalues that outlive it take their values.
    pub(crate) fn abandon(&mut self) {
        self.close_upvalues(self.stack);
        self.native_top = 0;
    }

    /// Sets the lowest address that native code may use.
    pub(crate) fn set_native_limit(&mut self, limit: usize) {
        self.native_limit = limit;
        self.native_floor = limit + crate::interp::NATIVE_RESERVE;
    }

    /// Gives back stack that is far from used; called by the collector. Under stress it gives back all that is not used, and
    /// the stack moves.
    pub(crate) fn shrink_stack(&mut self) {
        let used = (self.high_mark() as usize - self.stack as usize) / size_of::<Value>();
        let size = self.stack_size() - SLACK;
        if self.g().heap.is_stressed() && size <= MAX_STACK {
            let _ = self.resize_stack((used + 1).min(MAX_STACK));
        } else if used * 4 + 2 * FIRST_STACK < size && size <= MAX_STACK {
            let _ = self.resize_stack((used * 2).max(FIRST_STACK));
        }
    }

    /// End of the stack that any frame may use. Code that no compiler made may leave a function without closing what refers to
    /// its registers, so what is still to be closed counts too.
    pub(crate) fn high_mark(&self) -> *mut Value {
        let mut mark = self.top;
        if let Some(highest) = self.open_upvalues {
            mark = mark.max(highest.place().wrapping_add(1));
        }
        if let Some(&offset) = self.to_close.iter().max() {
            mark = mark.max(self.place(offset as usize + 1));
        }
        let mut frame = self.frame;
        while !frame.is_null() {
            // SAFETY: frames in use are initialised nodes.
            let node = unsafe { &*frame };
            mark = mark.max(node.reach());
            frame = node.prev;
        }
        mark.min(self.stack_end)
    }

    /// End of the values that are alive: below a native function's top, and among the registers of a Lua function. Registers of
    /// a caller above the function it called are dead: the compiler calls above all that is still needed.
    pub(crate) fn live_end(&self) -> *mut Value {
        if let Some(offset) = self.live_limit {
            return self.place(offset);
        }
        let frame = self.frame_ref();
        // The error that ended a coroutine stands above the registers of the function that raised it.
        if frame.is_lua() && self.status != Status::Failed { frame.reach().min(self.stack_end) } else { self.top }
    }

    /// The frame node after the running one. The caller fills it and makes it the running one.
    #[inline(always)]
    pub(crate) fn next_frame(&mut self) -> *mut Frame {
        // SAFETY: `frame` is a node.
        let next = unsafe { (*self.frame).next };
        if next.is_null() { self.new_frame() } else { next }
    }

    #[cold]
    #[inline(never)]
    fn new_frame(&mut self) -> *mut Frame {
        let mut node = Box::new(Frame::empty());
        node.prev = self.frame;
        let node = Box::into_raw(node);
        // SAFETY: `frame` is a node.
        unsafe { (*self.frame).next = node };
        node
    }

    /// Has the compiled code of all functions in progress leave them to the interpreter, when their calls return.
    pub(crate) fn leave_compiled_code(&mut self) {
        let mut frame = self.frame;
        while !frame.is_null() {
            // SAFETY: frames in use are initialised nodes.
            let node = unsafe { &mut *frame };
            node.flags |= frame_flags::ALTERED;
            frame = node.prev;
        }
    }

    /// Frees half of the unused frame nodes.
    pub(crate) fn shrink_frames(&mut self) {
        // SAFETY: nodes after the running one are unused and linked in a chain that ends in null.
        unsafe {
            let mut node = (*self.frame).next;
            while !node.is_null() {
                let next = (*node).next;
                if next.is_null() {
                    return;
                }
                let after = (*next).next;
                (*node).next = after;
                drop(Box::from_raw(next));
                if after.is_null() {
                    return;
                }
                (*after).prev = node;
                node = after;
            }
        }
    }

    // ---- upvalues ----

    /// The open upvalue of a stack slot, made if there is none.
    pub(crate) fn find_upvalue(&mut self, place: *mut Value) -> UpvalueRef {
        let mut link: *mut Option<UpvalueRef> = &raw mut self.open_upvalues;
        // SAFETY: `link` points at the head or at the `next_open` field of a live upvalue.
        while let Some(current) = unsafe { *link } {
            if current.place() == place {
                return current;
            }
            if current.place() < place {
                break;
            }
            // SAFETY: `current` is a live upvalue.
            link = unsafe { &raw mut (*current.0.as_ptr()).next_open };
        }
        // SAFETY: as above.
        let next = unsafe { *link };
        let upvalue = UpvalueRef(self.g().allocate_object(Upvalue::open(place, next)));
        // SAFETY: as above; collections close no upvalue of a live thread, so the link still stands.
        unsafe { *link = Some(upvalue) };
        upvalue
    }

    /// Closes the upvalues at or above `level`.
    #[inline(always)]
    pub(crate) fn close_upvalues(&mut self, level: *mut Value) {
        while let Some(upvalue) = self.open_upvalues {
            if upvalue.place() < level {
                break;
            }
            // SAFETY: an open upvalue is live.
            self.open_upvalues = unsafe { upvalue.0.as_ref() }.next_open;
            upvalue.close();
        }
    }

    /// Offset of a place in the stack, which stays right when the stack moves.
    #[inline(always)]
    pub(crate) fn offset(&self, place: *mut Value) -> usize {
        (place as usize - self.stack as usize) / size_of::<Value>()
    }

    /// The place at an offset.
    #[inline(always)]
    pub(crate) fn place(&self, offset: usize) -> *mut Value {
        // SAFETY: offsets are made from places in the stack.
        unsafe { self.stack.add(offset) }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: the thread owns its stack and its frame nodes.
        unsafe {
            free_stack(self.stack, self.stack_size());
            let mut node = self.base_frame;
            while !node.is_null() {
                let next = (*node).next;
                drop(Box::from_raw(node));
                node = next;
            }
        }
    }
}
