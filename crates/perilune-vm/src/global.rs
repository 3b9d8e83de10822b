//! The state that all threads of one Lua universe share: heap, strings, type metatables, registry, collector parameters.

use crate::function::{NativeClosure, NativeFn, Special, Throw, Upvalue, UpvalueRef};
use crate::heap::collect::Collector;
use crate::heap::{Heap, Space};
use crate::object::{Header, Values, WideInt};
use crate::shape::ShapeRef;
use crate::string::{Str, StrWriter, StringTable};
use crate::table::Table;
use crate::thread::{Thread, ThreadRef};
use crate::userdata::Userdata;
use crate::value::{TAG_OBJECT, Type, Value};
use std::any::Any;
use std::io::Write;
use std::marker::PhantomPinned;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering, compiler_fence};

/// Metamethods, in an order that gives the first ones absence bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Event {
    Index,
    NewIndex,
    Call,
    Eq,
    Len,
    Gc,
    Mode,
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Unm,
    BNot,
    Lt,
    Le,
    Concat,
    Close,
    ToString,
    Name,
    Pairs,
    Metatable,
}

/// Names of the events, by number.
pub const EVENT_NAMES: [&str; 29] = [
    "__index",
    "__newindex",
    "__call",
    "__eq",
    "__len",
    "__gc",
    "__mode",
    "__add",
    "__sub",
    "__mul",
    "__mod",
    "__pow",
    "__div",
    "__idiv",
    "__band",
    "__bor",
    "__bxor",
    "__shl",
    "__shr",
    "__unm",
    "__bnot",
    "__lt",
    "__le",
    "__concat",
    "__close",
    "__tostring",
    "__name",
    "__pairs",
    "__metatable",
];

/// Reasons to leave the fast path at the next safepoint: bits of [`Global::interrupt`].
pub mod interrupt {
    /// Finalizers are waiting.
    pub const FINALIZERS: u32 = 1;
    /// A hook was set or removed.
    pub const HOOKS: u32 = 2;
    /// The host asks to stop: raises "interrupted!".
    pub const STOP: u32 = 4;
    /// The collector wants to work.
    pub const COLLECT: u32 = 8;
    /// A limit of time was exceeded.
    pub const TIME: u32 = 32;
    /// A limit of steps was exceeded.
    pub const STEPS: u32 = 64;
    /// The heap's limit was exceeded: raises "not enough memory" if a collection does not help.
    pub const MEMORY: u32 = 16;
}

/// State shared by all threads. What compiled code reads comes first.
#[repr(C)]
pub struct Global {
    /// Moves when a metatable or `__index` target changes in a way that a cache may depend on.
    pub(crate) role_epoch: u32,
    /// No table's shape: in caches of method calls it stands for strings.
    pub(crate) string_shape: ShapeRef,
    /// Where [`Global::interrupt`] is.
    pub(crate) interrupt_word: *const AtomicU32,
    pub(crate) heap: Heap,
    pub(crate) root_shape: ShapeRef,
    pub(crate) dictionary_shape: ShapeRef,
    pub(crate) registry: Table,
    pub(crate) globals: Table,
    pub(crate) type_meta: [Option<Table>; Type::COUNT],
    pub(crate) event_names: [Str; EVENT_NAMES.len()],
    /// The key under which tables have their own metatable where a stand-in serves for it. No program has this string.
    pub(crate) own_meta_key: Str,
    pub(crate) main: ThreadRef,
    pub(crate) running: ThreadRef,
    /// The value of the error on its way.
    pub(crate) error: Value,
    /// Preallocated: making it may be impossible when it is needed.
    pub(crate) memory_message: Str,
    pub(crate) interrupt: Arc<AtomicU32>,
    pub(crate) gc: Collector,
    pub(crate) warn: Warn,
    /// Values the host holds on to.
    pub(crate) pinned: Vec<Value>,
    pub(crate) stacks: crate::coroutine::StackPool,
    /// The native stack of the system thread that made the state, if it is known.
    pub(crate) native_stack: Option<std::ops::Range<usize>>,
    /// Turns hot functions into machine code.
    pub(crate) compiler: Option<Box<dyn crate::tier::Compiler>>,
    /// Jumps back and entries until the compiler is asked.
    pub(crate) countdown: u32,
    /// Instructions that are still to be watched for the compiler.
    pub(crate) profiling: u32,
    /// What the program may still use.
    pub(crate) limits: crate::limits::Allowance,
    /// Text being put together, kept to save allocations.
    pub(crate) scratch: Vec<u8>,
    /// As in [`Thread`]: a `&mut Global` is not the only way to it.
    pub(crate) _pinned: PhantomPinned,
}

/// Where warnings go and whether they do.
pub struct Warn {
    /// Whether warnings are printed (`warn("@on")`).
    pub enabled: bool,
    /// Whether the last piece said that more follows.
    pub continues: bool,
}

impl Global {
    // ---- allocation ----

    /// A cell of at least `size` bytes, zero in its first word; may collect first. Ends the process if memory has run out:
    /// requests whose size a program chooses go through the `try_` functions.
    #[inline(always)]
    pub(crate) fn allocate(&mut self, size: usize) -> NonNull<Header> {
        if size <= crate::heap::MAX_SMALL
            && let Some(cell) = self.heap.allocate_fast(size)
        {
            return cell;
        }
        self.allocate_slow(Space::Plain, size)
    }

    /// The same in any space.
    #[inline(always)]
    fn allocate_in(&mut self, space: Space, size: usize) -> NonNull<Header> {
        match self.heap.allocate_fast_in(space, size) {
            Some(cell) => cell,
            None => self.allocate_slow(space, size),
        }
    }

    /// An allocation that nobody is prepared to see fail: beyond the limit, the program hears of it at the next safepoint.
    #[inline(never)]
    fn allocate_slow(&mut self, space: Space, size: usize) -> NonNull<Header> {
        self.before_allocation();
        if self.heap.exceeds_limit(size) {
            self.request(interrupt::MEMORY);
        }
        if let Some(cell) = self.heap.allocate_slow(space, size) {
            return cell;
        }
        self.collect_all_if_allowed();
        self.heap.allocate_slow(space, size).unwrap_or_else(|| out_of_memory())
    }

    /// Like [`Global::allocate`], but fails softly.
    #[inline(never)]
    pub(crate) fn try_allocate(&mut self, size: usize) -> Option<NonNull<Header>> {
        self.before_allocation();
        if self.heap.exceeds_limit(size) {
            self.collect_all_if_allowed();
            if self.heap.exceeds_limit(size) {
                return None;
            }
        }
        let cell = self.heap.allocate_slow(Space::Plain, size);
        if cell.is_some() {
            return cell;
        }
        self.collect_all_if_allowed();
        self.heap.allocate_slow(Space::Plain, size)
    }

    fn before_allocation(&mut self) {
        if self.heap.is_stressed() {
            self.stress_at_allocation();
        } else if self.heap.is_overdue() {
            self.collect_all_if_allowed();
        } else if self.heap.is_due() {
            self.request(interrupt::COLLECT);
        }
    }

    /// Allocates a cell with these contents.
    #[inline(always)]
    pub(crate) fn allocate_object<T>(&mut self, object: T) -> NonNull<T> {
        let cell = self.allocate(size_of::<T>()).cast::<T>();
        // SAFETY: the cell is large enough and ours.
        unsafe { cell.write(object) };
        filled();
        cell
    }

    /// Allocates a cell whose contents are dropped when it dies.
    pub(crate) fn allocate_owner<T>(&mut self, object: T) -> NonNull<T> {
        let cell = self.allocate_in(Space::Owners, size_of::<T>()).cast::<T>();
        // SAFETY: the cell is large enough and ours.
        unsafe { cell.write(object) };
        filled();
        cell
    }

    /// A vector of nils.
    pub(crate) fn new_values(&mut self, count: usize) -> *mut Value {
        self.try_new_values(count).unwrap_or_else(|| out_of_memory())
    }

    /// A vector of nils, if there is memory.
    pub(crate) fn try_new_values(&mut self, count: usize) -> Option<*mut Value> {
        let size = Values::size_for(count);
        let cell = if size <= crate::heap::MAX_SMALL { self.heap.allocate_fast(size) } else { None };
        let cell = match cell {
            Some(cell) => cell,
            None => self.try_allocate(size)?,
        };
        // SAFETY: the cell has room for the header and `count` values.
        unsafe {
            cell.cast::<Values>().write(Values::new(count));
            let data = Values::data(cell.cast());
            for index in 0..count {
                data.add(index).write(Value::NIL);
            }
            filled();
            Some(data)
        }
    }

    // ---- values ----

    /// An integer.
    #[inline(always)]
    pub fn int(&mut self, i: i64) -> Value {
        match Value::try_int(i) {
            Some(value) => value,
            None => self.wide_int(i),
        }
    }

    #[inline]
    pub(crate) fn wide_int(&mut self, i: i64) -> Value {
        let cell = self.allocate_object(WideInt::new(i));
        Value::from_ptr(TAG_OBJECT, cell)
    }

    /// A string of moderate size. For sizes that a program chooses: [`Global::try_str`].
    #[inline]
    pub fn str(&mut self, text: &[u8]) -> Str {
        self.try_str(text).unwrap_or_else(|| out_of_memory())
    }

    /// A string; `None` when memory has run out.
    #[inline]
    pub fn try_str(&mut self, text: &[u8]) -> Option<Str> {
        if StringTable::is_short(text.len()) {
            return Some(self.short_str(text));
        }
        let size = Str::size_for(text.len());
        let cell = if size <= crate::heap::MAX_SMALL { self.allocate(size) } else { self.try_allocate(size)? };
        // SAFETY: the cell has the size asked for.
        Some(unsafe { Str::init(cell, text, 0, false) })
    }

    /// A string too long to be interned, written in place; `None` when memory has run out.
    pub(crate) fn try_write_str(&mut self, length: usize, fill: impl FnOnce(&mut StrWriter<'_>)) -> Option<Str> {
        debug_assert!(!StringTable::is_short(length));
        let size = Str::size_for(length);
        let cell = if size <= crate::heap::MAX_SMALL { self.allocate(size) } else { self.try_allocate(size)? };
        // SAFETY: the cell has the size asked for.
        Some(unsafe { Str::write(cell, length, fill) })
    }

    #[inline]
    fn short_str(&mut self, text: &[u8]) -> Str {
        let hash = self.heap.strings.hash(text);
        if let Some(string) = self.heap.strings.find(text, hash) {
            self.heap.revive(string);
            return string;
        }
        let cell = self.allocate_in(Space::Strings, Str::size_for(text.len()));
        // SAFETY: the cell has the size asked for.
        let string = unsafe { Str::init(cell, text, hash, true) };
        self.heap.strings.insert(string);
        string
    }

    /// A native function.
    pub fn native(&mut self, function: NativeFn, upvalues: &[Value]) -> Value {
        self.special_native(function, upvalues, Special::No)
    }

    /// A native function that the interpreter knows.
    pub fn special_native(&mut self, function: NativeFn, upvalues: &[Value], special: Special) -> Value {
        let cell = self.allocate(NativeClosure::size_for(upvalues.len()));
        // SAFETY: the cell has the size asked for.
        unsafe { NativeClosure::init(cell, function, upvalues, special) }
    }

    /// A userdata that holds `data`.
    pub fn userdata(&mut self, data: Box<dyn Any>, user_values: usize) -> Userdata {
        Userdata(self.allocate_owner(Userdata::object(data, user_values)))
    }

    /// A new thread.
    pub(crate) fn new_thread(&mut self) -> ThreadRef {
        let global = NonNull::from(&mut *self);
        let thread = Thread::new(global);
        self.heap.external += thread.external_bytes();
        let thread = ThreadRef(self.allocate_owner(thread));
        self.gc.threads.push(thread);
        thread
    }

    /// An upvalue that is closed from the start.
    pub(crate) fn new_closed_upvalue(&mut self, value: Value) -> UpvalueRef {
        let upvalue = UpvalueRef(self.allocate_object(Upvalue::open(std::ptr::null_mut(), None)));
        upvalue.close_with(value);
        upvalue
    }

    // ---- metatables ----

    /// The metatable of a value, to be shown: [`Global::metatable`] may tell another one with the same fields.
    #[must_use]
    pub fn own_metatable(&self, value: Value) -> Option<Table> {
        value.as_table().map_or_else(|| self.metatable(value), Table::own_meta)
    }

    /// The metatable of a value, for looking up events.
    #[inline]
    pub fn metatable(&self, value: Value) -> Option<Table> {
        if let Some(table) = value.as_table() {
            return table.meta();
        }
        match value.as_userdata() {
            Some(userdata) => userdata.meta(),
            None => self.type_meta[value.type_of() as usize],
        }
    }

    /// The metamethod of a metatable, nil if absent.
    #[inline]
    pub(crate) fn metamethod_of(&self, meta: Table, event: Event) -> Value {
        let absent = meta.get_ref().header.aux;
        if (event as u32) < 32 && absent & (1 << event as u32) != 0 {
            return Value::NIL;
        }
        self.find_metamethod(meta, event)
    }

    #[inline(never)]
    fn find_metamethod(&self, meta: Table, event: Event) -> Value {
        let value = meta.get_str(self.event_names[event as usize]);
        // Only tables with a role clear their absence bits when they change.
        if value.is_nil() && meta.has_role() {
            meta.get_mut().header.aux |= 1 << event as u32;
        }
        value
    }

    /// The metamethod of a value, nil if absent.
    #[inline]
    pub fn metamethod(&self, value: Value, event: Event) -> Value {
        match self.metatable(value) {
            Some(meta) => self.metamethod_of(meta, event),
            None => Value::NIL,
        }
    }

    /// Caches that depend on roles are stale from here on.
    #[inline]
    pub(crate) fn roles_changed(&mut self) {
        // Callers of fast calls do not look at the epoch unless there are frames.
        self.running.get().make_frames();
        self.role_epoch = self.role_epoch.wrapping_add(1);
    }

    // ---- errors ----

    /// Raises `value`.
    #[cold]
    pub fn throw(&mut self, value: Value) -> Throw {
        self.error = value;
        Throw
    }

    /// Raises PUC Lua's memory error.
    #[cold]
    pub fn memory_error(&mut self) -> Throw {
        let message = self.memory_message;
        self.throw(message.into())
    }

    #[cold]
    pub(crate) fn error_in_error(&mut self) -> Throw {
        let message = self.str(b"error in error handling");
        self.throw(message.into())
    }

    /// Takes the value of the error that was just caught.
    pub fn take_error(&mut self) -> Value {
        std::mem::replace(&mut self.error, Value::NIL)
    }

    /// Keeps a value alive until [`Global::unpin`] was called as often.
    pub fn pin(&mut self, value: Value) {
        self.pinned.push(value);
    }

    /// Undoes one [`Global::pin`].
    pub fn unpin(&mut self, value: Value) {
        if let Some(index) = self.pinned.iter().position(|&other| other == value) {
            self.pinned.swap_remove(index);
        }
    }

    /// Whether something waits for a safepoint.
    #[inline(always)]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn request(&self, bits: u32) {
        self.interrupt.fetch_or(bits, Ordering::Relaxed);
    }
}

/// To be called when a new cell is filled: a helper that sees a pointer to it sees its contents. (On processors that may make
/// stores visible in another order there is no helper.)
#[inline(always)]
pub(crate) fn filled() {
    compiler_fence(Ordering::Release);
}

#[cold]
fn out_of_memory() -> ! {
    let _ = writeln!(std::io::stderr(), "perilune: not enough memory");
    std::process::abort()
}
