//! What compiled code calls: the functions of [`for_each_helper!`], by the C convention. Those that can raise, or change
//! frames, return a [`status`]; the caller has saved its registers and its position.

mod library;

use crate::cache::Cache;
use crate::function::NativeClosure;
use crate::global::{Event, Global};
use crate::heap::barrier;
use crate::interp;
use crate::lazy::{self, Site};
use crate::meta;
use crate::object::Header;
use crate::string::Str;
use crate::table::Table;
use crate::thread::{Frame, MAX_STACK, Thread};
use crate::tier::{self, Exit, status};
use crate::value::Value;
pub use library::native_upvalue;
use library::*;
use std::ptr::NonNull;

/// Calls `$m!` with the name and the parameters of each helper: `T` the thread, `I` a 64-bit word, `F` a double; then what it
/// returns.
#[macro_export]
macro_rules! for_each_helper {
    ($m:ident) => {
        $m! {
            step(T, I, I) -> I;
            step_out(T, I, I) -> I;
            for_in(T, I, I) -> I;
            call(T, I, I) -> I;
            call_last(T, I, I) -> I;
            call_ended(T, I, I) -> I;
            finish_return(T, I, I) -> I;
            exit(T, I) -> I;
            make_frames(T) -> I;
            fast_entered(T, I, I) -> I;
            fast_ended(T, I) -> I;
            fast_returned(T, I, I) -> I;
            call_slowly(T, I) -> I;
            interrupt(T) -> I;
            make_room(T, I, I) -> I;
            node_after(T, I) -> I;
            box_int(T, I) -> I;
            new_table(T, I) -> I;
            table_for(T, I) -> I;
            index(T, I, I) -> I;
            raw_set(T, I, I, I) -> I;
            set_element(T, I, I, I) -> I;
            assign(T, I, I, I) -> I;
            set_metatable(T, I, I) -> I;
            set_list(T, I, I, I, I) -> I;
            append(T, I, I) -> I;
            equals(T, I, I) -> I;
            string_byte(I, I) -> I;
            string_sub(T, I, I, I) -> I;
            type_name(I, I) -> I;
            stored(I, I) -> I;
            string_equals(I, I) -> I;
            float_mod(F, F) -> F;
            pow(F, F) -> F;
            safepoint(T, I, I) -> I;
            field(T, I, I) -> I;
            store_field(T, I, I, I) -> I;
            next_pair(I, I, I, I) -> I;
            concat2(T, I, I) -> I;
            concat3(T, I, I, I) -> I;
            concat(T, I, I) -> I;
            closure(T, I) -> I;
            close_captured(T, I) -> I;
            set_extra_list(T, I, I) -> I;
            set_open_list(T, I, I, I) -> I;
            vararg_prep(T, I) -> I;
            vararg_open(T, I) -> I;
            string_char(T, I, I) -> I;
            string_less(I, I) -> I;
            to_string(T, I) -> I;
            to_integer(T, I) -> I;
            raw_get(I, I) -> I;
            get_metatable(T, I) -> I;
            metamethod(T, I, I) -> I;
            table_length(T, I) -> I;
            table_remove(T, I, I) -> I;
            table_insert(T, I, I, I) -> I;
        }
    };
}

macro_rules! define_helpers {
    ($($name:ident($($param:ident),*) -> $result:ident;)*) => {
        /// A function that compiled code calls.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(non_camel_case_types, missing_docs)]
        pub enum Helper { $($name,)* }

        impl Helper {
            /// All helpers, by number.
            pub const ALL: &'static [Helper] = &[$(Helper::$name,)*];

            /// Its name; of the symbol too, after `perilune_`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Helper::$name => stringify!($name),)* }
            }

            /// Its parameters and what it returns: `T`, `I` or `F`.
            #[must_use]
            pub fn signature(self) -> (&'static [char], char) {
                match self { $(Helper::$name => (&[$(helper_kind!($param)),*], helper_kind!($result)),)* }
            }

            /// Its address.
            #[must_use]
            pub fn address(self) -> usize {
                match self { $(Helper::$name => $name as *const () as usize,)* }
            }

            /// The address of code that does the same, but leaves all registers as they are: the result is in the thread, if that
            /// is a parameter, and lost otherwise.
            #[cfg(target_arch = "x86_64")]
            #[must_use]
            pub fn sparing_address(self) -> usize {
                match self { $(Helper::$name => sparing::$name as *const () as usize,)* }
            }

            /// The same for code that has no floats in registers.
            #[cfg(target_arch = "x86_64")]
            #[must_use]
            pub fn sparing_words_address(self) -> usize {
                match self { $(Helper::$name => sparing_words::$name as *const () as usize,)* }
            }
        }
    };
}
#[cfg(target_arch = "x86_64")]
macro_rules! define_sparing {
    ($($name:ident($($param:ident),*) -> $result:ident;)*) => {
        /// The helpers as out-of-line code calls them that must not cost the code around it its registers: all are saved. The result,
        /// a word, goes to the thread: the calling convention of such calls, `preserve_all`, has none.
        mod sparing {
            $(
                #[unsafe(naked)]
                pub(super) extern "C" fn $name() {
                    sparing_body!(super::$name, keep_result!($($param),*), save_doubles!(), restore_doubles!())
                }
            )*
        }

        /// The same for code that has nothing in registers of floats.
        mod sparing_words {
            $(
                #[unsafe(naked)]
                pub(super) extern "C" fn $name() {
                    sparing_body!(super::$name, keep_result!($($param),*), "", "")
                }
            )*
        }
    };
}
#[cfg(target_arch = "x86_64")]
macro_rules! sparing_body {
    ($function:path, $keep:expr, $save:expr, $restore:expr) => {
        std::arch::naked_asm!(
            ".cfi_startproc",
            "push rbp",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset rbp, -16",
            "mov rbp, rsp",
            ".cfi_def_cfa_register rbp",
            "sub rsp, 208",
            "mov [rsp], rcx",
            "mov [rsp + 8], rdx",
            "mov [rsp + 16], rsi",
            "mov [rsp + 24], rdi",
            "mov [rsp + 32], r8",
            "mov [rsp + 40], r9",
            "mov [rsp + 48], r10",
            "mov [rsp + 56], r11",
            "mov [rsp + 192], rax",
            $save,
            "call {function}",
            $restore,
            "mov rdi, [rsp + 24]",
            $keep,
            "mov rax, [rsp + 192]",
            "mov rcx, [rsp]",
            "mov rdx, [rsp + 8]",
            "mov rsi, [rsp + 16]",
            "mov r8, [rsp + 32]",
            "mov r9, [rsp + 40]",
            "mov r10, [rsp + 48]",
            "mov r11, [rsp + 56]",
            "leave",
            ".cfi_def_cfa rsp, 8",
            "ret",
            ".cfi_endproc",
            function = sym $function,
            result = const crate::layout::thread::RESULT,
        )
    };
}
/// What becomes of a result in `rax`, with the first argument in `rdi`. Every body names the place, which not all use.
#[cfg(target_arch = "x86_64")]
macro_rules! keep_result {
    (T $($param:tt)*) => {
        "mov [rdi + {result}], rax"
    };
    ($($param:tt)*) => {
        "# no result, see {result}"
    };
}
#[cfg(target_arch = "x86_64")]
macro_rules! save_doubles {
    () => {
        "movsd [rsp + 64], xmm0; movsd [rsp + 72], xmm1; movsd [rsp + 80], xmm2; movsd [rsp + 88], xmm3; \
         movsd [rsp + 96], xmm4; movsd [rsp + 104], xmm5; movsd [rsp + 112], xmm6; movsd [rsp + 120], xmm7; \
         movsd [rsp + 128], xmm8; movsd [rsp + 136], xmm9; movsd [rsp + 144], xmm10; movsd [rsp + 152], xmm11; \
         movsd [rsp + 160], xmm12; movsd [rsp + 168], xmm13; movsd [rsp + 176], xmm14; movsd [rsp + 184], xmm15"
    };
}
#[cfg(target_arch = "x86_64")]
macro_rules! restore_doubles {
    () => {
        "movsd xmm0, [rsp + 64]; movsd xmm1, [rsp + 72]; movsd xmm2, [rsp + 80]; movsd xmm3, [rsp + 88]; \
         movsd xmm4, [rsp + 96]; movsd xmm5, [rsp + 104]; movsd xmm6, [rsp + 112]; movsd xmm7, [rsp + 120]; \
         movsd xmm8, [rsp + 128]; movsd xmm9, [rsp + 136]; movsd xmm10, [rsp + 144]; movsd xmm11, [rsp + 152]; \
         movsd xmm12, [rsp + 160]; movsd xmm13, [rsp + 168]; movsd xmm14, [rsp + 176]; movsd xmm15, [rsp + 184]"
    };
}
#[cfg(target_arch = "x86_64")]
for_each_helper!(define_sparing);

impl Helper {
    /// Whether the running function has to have a frame for it.
    #[must_use]
    pub fn needs_frame(self) -> bool {
        use Helper::{close_captured, closure, set_extra_list, set_open_list, vararg_open, vararg_prep};
        matches!(self, closure | close_captured | set_extra_list | set_open_list | vararg_prep | vararg_open)
    }
}

macro_rules! export_helpers {
    ($($name:ident($($param:ident),*) -> $result:ident;)*) => {
        $(
            // The symbol that objects refer to. By hand, as the functions themselves are nobody else's business.
            #[cfg(target_arch = "x86_64")]
            std::arch::global_asm!(
                concat!(".pushsection .text.perilune_", stringify!($name), ",\"ax\",@progbits"),
                concat!(".globl perilune_", stringify!($name)),
                concat!(".type perilune_", stringify!($name), ",@function"),
                concat!("perilune_", stringify!($name), ":"),
                "jmp {function}",
                ".popsection",
                function = sym $name,
            );
        )*
    };
}
for_each_helper!(export_helpers);

macro_rules! helper_kind {
    (T) => {
        'T'
    };
    (I) => {
        'I'
    };
    (F) => {
        'F'
    };
}
for_each_helper!(define_helpers);

fn thread<'a>(t: *mut Thread) -> &'a mut Thread {
    // SAFETY: compiled code hands on the thread that it runs on; nothing else borrows it meanwhile.
    unsafe { &mut *t }
}

extern "C" fn step(t: *mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    interp::step(thread(t), frame, pc)
}

/// As `step`, for an instruction that leaves the function: the status to leave with.
extern "C" fn step_out(t: *mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    interp::step_out(thread(t), frame, pc)
}

extern "C" fn for_in(t: *mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    interp::for_in(thread(t), frame, pc)
}

extern "C" fn call(t: *mut Thread, func: *mut Value, wanted: i64) -> u64 {
    interp::call(thread(t), func, wanted as i32)
}

/// A call in place of the running frame's values, which an inlined function has. As [`interp::call_last`].
extern "C" fn call_last(t: *mut Thread, func: *mut Value, wanted: i64) -> u64 {
    interp::call_last(thread(t), func, wanted as i32)
}

/// A call of compiled code did not end with `DONE`: what becomes of it.
extern "C" fn call_ended(t: *mut Thread, caller: *mut Frame, outcome: u64) -> u64 {
    interp::call_ended(thread(t), caller, outcome)
}

extern "C" fn finish_return(t: *mut Thread, first: *mut Value, count: usize) -> u64 {
    interp::finish_return(thread(t), first, count)
}

/// Leaves compiled code at `exit`; the registers are in place, the thread's running frame is the outermost function's.
extern "C" fn exit(t: *mut Thread, exit: *const Exit) -> u64 {
    let t = thread(t);
    t.make_frames();
    // SAFETY: the code that runs owns the exit; the stack has room for the inlined frames, which it checked when it was entered.
    unsafe {
        let exit = &*exit;
        let frame = t.frame;
        (*frame).pc = exit.pc;
        let base = (*frame).base();
        for inlined in &exit.inlined {
            t.push_inlined(base, inlined);
        }
        tier::exited(t, exit);
    }
    status::RESUME
}

/// Makes the frames of fast calls: that of the running function.
extern "C" fn make_frames(t: *mut Thread) -> *mut Frame {
    let t = thread(t);
    t.make_frames();
    t.frame
}

/// What a fast function does at its entry in rare cases: `DONE`, or how the code has to end.
extern "C" fn fast_entered(t: *mut Thread, registers: usize, extent: usize) -> u64 {
    lazy::entered(thread(t), registers, extent)
}

/// A fast call did not end with `DONE`: what becomes of it.
extern "C" fn fast_ended(t: *mut Thread, outcome: u64) -> u64 {
    lazy::ended(thread(t), outcome)
}

/// Returns from a fast function that has a frame.
extern "C" fn fast_returned(t: *mut Thread, first: *mut Value, count: usize) -> u64 {
    lazy::returned(thread(t), first, count)
}

/// A call at a site of fast calls, where there is no fast code.
extern "C" fn call_slowly(t: *mut Thread, site: *const Site) -> u64 {
    // SAFETY: the code that runs owns the site.
    lazy::call_slowly(thread(t), unsafe { &*site })
}

/// The node of the frame after `frame`, which is in use.
extern "C" fn node_after(t: *mut Thread, frame: *mut Frame) -> *mut Frame {
    let t = thread(t);
    t.frame = frame;
    t.next_frame()
}

/// What waits at the entry of a function: `DONE`, or how the code has to end.
extern "C" fn interrupt(t: *mut Thread) -> u64 {
    interp::interrupt_at_entry(thread(t))
}

/// Makes room for `extent` values from the running frame's first register, of which the function itself needs `registers` if it
/// was just called: `DONE`, or how the code has to end.
extern "C" fn make_room(t: *mut Thread, registers: usize, extent: usize) -> u64 {
    room(thread(t), registers, extent)
}

pub(crate) fn room(t: &mut Thread, registers: usize, extent: usize) -> u64 {
    let frame = t.frame_ref();
    let (top, func) = (t.offset(t.top), t.offset(frame.func));
    if registers != 0 {
        // A call that finds no room is an error of the caller.
        t.frame = frame.prev;
        t.top = frame.func;
        let grown = t.ensure(registers + 1);
        frame.func = t.place(func);
        frame.limit = frame.base().wrapping_add(registers);
        t.top = t.place(top);
        if grown.is_err() {
            return status::THREW;
        }
        t.frame = frame;
    }
    if extent > registers {
        // The interpreter does not need room for inlined functions, and may get by.
        if func + extent >= MAX_STACK {
            return status::RESUME;
        }
        t.top = frame.base();
        let grown = t.ensure(extent);
        t.top = t.place(top);
        if grown.is_err() {
            return status::THREW;
        }
    }
    status::DONE
}

extern "C" fn box_int(t: *mut Thread, int: i64) -> u64 {
    thread(t).g().int(int).0
}

/// A table as the constructor with this cache makes them.
extern "C" fn new_table(t: *mut Thread, cache: *mut Cache) -> u64 {
    // SAFETY: compiled code names a cache of a prototype that it keeps alive.
    Value::from(interp::make_table(thread(t).g(), unsafe { &mut *cache })).0
}

/// The address of a new table with room for some fields.
extern "C" fn table_for(t: *mut Thread, slots: u64) -> u64 {
    Table::new(thread(t).g(), slots as u32, 0).cell().as_ptr() as u64
}

fn table_at(table: u64) -> Table {
    // SAFETY: compiled code hands on the address of a table that it knows to be one.
    Table(unsafe { NonNull::new_unchecked(table as *mut _) })
}

/// What [`index`] returns when a metamethod has to be called.
pub const CALLS_METAMETHOD: u64 = Value::TRUE.0 + 1;

/// The value at a key, through `__index` as long as that is a table; or [`CALLS_METAMETHOD`].
extern "C" fn index(t: *mut Thread, table: u64, key: u64) -> u64 {
    index_through(thread(t).g(), table_at(table), Value(key)).0
}

/// As [`index`]; [`CALLS_METAMETHOD`] is no value, and stands for none.
pub(crate) fn index_through(g: &mut Global, mut table: Table, key: Value) -> Value {
    // As many tables as the interpreter follows.
    for _ in 0..100 {
        let value = table.get(key);
        if !value.is_nil() {
            return value;
        }
        let Some(meta) = table.meta() else { return Value::NIL };
        let handler = g.metamethod_of(meta, Event::Index);
        if handler.is_nil() {
            return Value::NIL;
        }
        match handler.as_table() {
            Some(next) => table = next,
            None => return Value(CALLS_METAMETHOD),
        }
    }
    Value(CALLS_METAMETHOD)
}

/// A field that the first entry of an inline cache does not know; or [`CALLS_METAMETHOD`].
extern "C" fn field(t: *mut Thread, object: u64, cache: *const Cache) -> u64 {
    // SAFETY: compiled code names a cache of the function that runs.
    interp::field(thread(t), Value(object), unsafe { &*cache }).map_or(CALLS_METAMETHOD, |value| value.0)
}

/// Stores to a field that the first entry of an inline cache does not know; 0 if the interpreter has to do it.
extern "C" fn store_field(t: *mut Thread, object: u64, value: u64, cache: *const Cache) -> u64 {
    // SAFETY: as above.
    u64::from(interp::store_field(thread(t), Value(object), Value(value), unsafe { &*cache }))
}

/// Stores without metamethods; 1 if that is impossible.
extern "C" fn raw_set(t: *mut Thread, table: u64, key: u64, value: u64) -> u64 {
    u64::from(table_at(table).set(thread(t).g(), Value(key), Value(value)).is_err())
}

/// Stores at an integer key of a table without metatable, if its shape stays as it is and no role is concerned; else 1, and nothing
/// is stored.
extern "C" fn set_element(t: *mut Thread, table: u64, key: i64, value: u64) -> u64 {
    u64::from(!table_at(table).set_element(thread(t).g(), key, Value(value)))
}

/// Stores as an assignment does, but calls no metamethod and raises no error: 1 if that would be necessary, and nothing is stored.
extern "C" fn assign(t: *mut Thread, table: u64, key: u64, value: u64) -> u64 {
    let g = thread(t).g();
    let (object, index) = (table_at(table), Value(key));
    if let Some(meta) = object.meta()
        && object.get(index).is_nil()
        && !g.metamethod_of(meta, Event::NewIndex).is_nil()
    {
        return 1;
    }
    raw_set(t, table, key, value)
}

/// `setmetatable` with a table as the metatable; 1 if it is not that, or protected, and nothing is done.
extern "C" fn set_metatable(t: *mut Thread, table: u64, meta: u64) -> u64 {
    let t = thread(t);
    let (table, Some(meta)) = (table_at(table), Value(meta).as_table()) else { return 1 };
    if !t.g().metamethod(table.into(), Event::Metatable).is_nil() {
        return 1;
    }
    t.set_table_meta(table, Some(meta));
    0
}

/// Stores `count` values of the running function's registers, from the place `first` on, in a new table from index `from` on; 1
/// if that fails.
extern "C" fn set_list(t: *mut Thread, table: u64, first: *const Value, count: usize, from: usize) -> u64 {
    let t = thread(t);
    // SAFETY: the compiler names registers of the function.
    let values = unsafe { std::slice::from_raw_parts(first, count) };
    u64::from(table_at(table).set_list(t.g(), from, values).is_err())
}

/// Appends a value to a table without metatable; 1 if that fails.
extern "C" fn append(t: *mut Thread, table: u64, value: u64) -> u64 {
    let (table, value) = (table_at(table), Value(value));
    u64::from(!value.is_nil() && table.append(thread(t).g(), value).is_err())
}

/// What [`equals`] returns when a metamethod has to say.
pub const MAY_BE_EQUAL: u64 = 2;

/// Whether two values are equal: 1, 0, or [`MAY_BE_EQUAL`].
extern "C" fn equals(t: *mut Thread, a: u64, b: u64) -> u64 {
    let (a, b) = (Value(a), Value(b));
    if a.raw_equals(b) {
        return 1;
    }
    let g = thread(t).g();
    let comparable = a.as_table().is_some() && b.as_table().is_some() || a.as_userdata().is_some() && b.as_userdata().is_some();
    let decides = |value| !g.metamethod(value, Event::Eq).is_nil();
    if comparable && (decides(a) || decides(b)) { MAY_BE_EQUAL } else { 0 }
}

/// The byte at an index of a string, or nil: `string.byte` of two arguments.
extern "C" fn string_byte(string: u64, index: i64) -> u64 {
    let bytes = str_at(string).bytes();
    let at = if index < 0 { bytes.len() as i64 + index } else { index - 1 };
    bytes.get(at as usize).map_or(Value::NIL, |&byte| Value::small_int(i64::from(byte))).0
}

/// The part of a string from one index to another: `string.sub`.
extern "C" fn string_sub(t: *mut Thread, string: u64, first: i64, last: i64) -> u64 {
    let string = str_at(string);
    let length = string.len() as i64;
    let from_end = |index: i64| if index < 0 { length.saturating_add(index).saturating_add(1) } else { index };
    let (first, last) = (from_end(first).max(1), from_end(last).min(length));
    if first == 1 && last == length {
        return Value::from(string).0;
    }
    let part = if first <= last { &string.bytes()[first as usize - 1..last as usize] } else { &[][..] };
    Value::from(thread(t).g().str(part)).0
}

/// What `type` says of a value, given the names that it has as upvalues.
extern "C" fn type_name(names: u64, value: u64) -> u64 {
    let Some(names) = Value(names).as_native() else { return Value::NIL.0 };
    NativeClosure::upvalues(names)[Value(value).type_of() as usize].0
}

fn str_at(string: u64) -> Str {
    // SAFETY: compiled code hands on the address of a string that it knows to be one.
    Str(unsafe { NonNull::new_unchecked(string as *mut _) })
}

/// To be called after `value` was stored into an object that is black.
extern "C" fn stored(object: *mut Header, value: u64) -> u64 {
    if let Some(object) = NonNull::new(object) {
        barrier::stored(object, Value(value));
    }
    0
}

extern "C" fn string_equals(a: u64, b: u64) -> u64 {
    u64::from(Value(a).raw_equals(Value(b)))
}

extern "C" fn float_mod(a: f64, b: f64) -> f64 {
    f64::from_bits(Value::float(meta::float_mod(a, b)).0)
}

extern "C" fn pow(a: f64, b: f64) -> f64 {
    f64::from_bits(Value::float(meta::pow(a, b)).0)
}

/// What waits at a jump back to `pc`, all registers being in place: `DONE`, or how the compiled code has to end.
extern "C" fn safepoint(t: *mut Thread, frame: *mut Frame, pc: *const u32) -> u64 {
    interp::safepoint(thread(t), frame, pc)
}
