//! A Lua universe: made, used through its main thread, closed.

use crate::global::{EVENT_NAMES, Global, Warn, interrupt};
use crate::heap::Heap;
use crate::heap::collect::Collector;
use crate::shape::ShapeRef;
use crate::string::Str;
use crate::table::Table;
use crate::thread::{Status, Thread, ThreadRef};
use crate::value::{Type, Value};
use std::marker::PhantomPinned;
use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Native stack that is left to the host.
const HOST_RESERVE: usize = 256 * 1024;

/// A Lua universe with its own heap. It is bound to the native thread that made it: that thread's stack is scanned for values.
pub struct State {
    global: Box<Global>,
}

/// Stops a running program from another thread or a signal handler.
#[derive(Clone)]
pub struct StopHandle(Arc<AtomicU32>);

impl StopHandle {
    /// Makes the running Lua code raise "interrupted!" at its next safepoint. Safe in a signal handler.
    pub fn stop(&self) {
        self.0.fetch_or(interrupt::STOP, Ordering::Relaxed);
    }
}

impl State {
    /// A new state; `None` when the system gives no address space. `seed` randomises string hashes.
    #[must_use]
    pub fn new(seed: u32) -> Option<State> {
        let interrupt = Arc::new(AtomicU32::new(0));
        let mut global = Box::new(Global {
            heap: Heap::new(seed)?,
            root_shape: ShapeRef(NonNull::dangling()),
            dictionary_shape: ShapeRef(NonNull::dangling()),
            string_shape: ShapeRef(NonNull::dangling()),
            registry: Table(NonNull::dangling()),
            globals: Table(NonNull::dangling()),
            type_meta: [None; Type::COUNT],
            event_names: [Str(NonNull::dangling()); EVENT_NAMES.len()],
            own_meta_key: Str(NonNull::dangling()),
            role_epoch: 1,
            main: ThreadRef(NonNull::dangling()),
            running: ThreadRef(NonNull::dangling()),
            error: Value::NIL,
            memory_message: Str(NonNull::dangling()),
            interrupt_word: Arc::as_ptr(&interrupt),
            interrupt,
            gc: Collector::default(),
            warn: Warn { enabled: false, continues: false },
            pinned: Vec::new(),
            stacks: Default::default(),
            native_stack: native_stack_bounds().map(|(low, high)| low..high),
            compiler: None,
            countdown: u32::MAX,
            profiling: 0,
            limits: crate::limits::Allowance::unlimited(),
            scratch: Vec::new(),
            _pinned: PhantomPinned,
        });
        // Nothing may look at the dangling pointers before they are replaced: no collection until then.
        global.gc.hold();
        let g = &mut *global;
        g.root_shape = ShapeRef::root(g);
        g.dictionary_shape = ShapeRef::dictionary_root(g);
        g.string_shape = ShapeRef::dictionary_root(g);
        g.registry = Table::new(g, 0, 2);
        g.globals = Table::new(g, 0, 0);
        g.globals.become_unique(g);
        for (index, name) in EVENT_NAMES.iter().enumerate() {
            g.event_names[index] = g.str(name.as_bytes());
        }
        // Long, so that it is not interned: no other string is this one.
        g.own_meta_key = g.str(b"(the metatable of a table whose shape has a stand-in for it)");
        g.memory_message = g.str(b"not enough memory");
        g.main = g.new_thread();
        g.running = g.main;
        let here = crate::coroutine::stack_pointer();
        let stack = g.native_stack.clone().unwrap_or(here.saturating_sub(1 << 20)..here + 4096);
        let (low, high) = (stack.start, stack.end);
        let main = g.main.get();
        main.status = Status::Running;
        main.native_high = high;
        main.set_native_limit(low + HOST_RESERVE);
        let (registry, main, globals) = (g.registry, g.main, g.globals);
        // LUA_RIDX_MAINTHREAD and LUA_RIDX_GLOBALS. Small integer keys cannot fail.
        let _ = registry.set_int(g, 1, main.into());
        let _ = registry.set_int(g, 2, globals.into());
        g.gc.release();
        Some(State { global })
    }

    /// The main thread.
    pub fn main(&mut self) -> &mut Thread {
        self.global.main.get()
    }

    /// The shared state.
    pub fn global(&mut self) -> &mut Global {
        &mut self.global
    }

    /// A handle that stops the running program.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(self.global.interrupt.clone())
    }

    /// Turns the collector's stress mode on, or off with `None`: a collection at every `period`-th allocation and at the
    /// safepoint after it, freed memory overwritten. Nothing may run in the state.
    ///
    /// With a `seed`, what is done at those points is chosen at random, young collections and small slices of full ones among
    /// it, and the heap is verified after each collection.
    pub fn set_gc_stress(&mut self, period: Option<NonZeroU32>, seed: Option<u64>) {
        self.global.set_stress(period, seed);
    }

    /// Closes the state: pending variables of the main thread, then all finalizers. Dropping does the rest.
    pub fn close(&mut self) {
        self.main().close_state();
    }
}

impl Thread {
    /// Closes the state that this thread belongs to, as [`State::close`]: nothing may run in it afterwards but what ends the
    /// process.
    pub fn close_state(&mut self) {
        let g = self.g();
        let main = g.main.get();
        // The main thread's code may go on on a coroutine's native stack here.
        main.native_high = self.native_high;
        main.set_native_limit(self.native_limit);
        main.native_depth = main.depth_base;
        main.hook.enabled = true;
        g.running = g.main;
        main.status = Status::Running;
        main.frame = main.base_frame;
        let _ = main.close_pending();
        g.queue_all_finalizers();
        main.run_finalizers();
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.global.gc.abandon();
        self.global.heap.drop_all();
    }
}

/// Lowest and highest address of the calling native thread's stack, if the system tells.
fn native_stack_bounds() -> Option<(usize, usize)> {
    if let Some(bounds) = main_stack_bounds() {
        return Some(bounds);
    }
    // SAFETY: plain queries about the calling thread, with out-parameters that live here.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) == 0 {
            libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut size);
            libc::pthread_attr_destroy(&raw mut attributes);
            return Some((low as usize, low as usize + size));
        }
    }
    None
}

/// The same for the main native thread, without the detour over the memory map of the process that the C library makes: it
/// would take a tenth of the time that a short script runs.
#[cfg(target_os = "linux")]
fn main_stack_bounds() -> Option<(usize, usize)> {
    // SAFETY: queries without memory, but for `limit`, which lives here.
    let (is_main, high, limit) = unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) != 0 || limit.rlim_cur == libc::RLIM_INFINITY {
            return None;
        }
        // The kernel puts the program's file name at the top of the stack, above all frames.
        let high = libc::getauxval(libc::AT_EXECFN) as usize;
        (libc::gettid() == libc::getpid(), high, limit.rlim_cur as usize)
    };
    let here = crate::coroutine::stack_pointer();
    let low = high.checked_sub(limit)?;
    (is_main && low < here && here < high).then_some((low, high & !7))
}

#[cfg(not(target_os = "linux"))]
fn main_stack_bounds() -> Option<(usize, usize)> {
    None
}
