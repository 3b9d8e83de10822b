//! Looking into running threads: activation records, names of functions, local variables, upvalues, hooks, tracebacks.
//!
//! Levels count from 0, the running function. An [`Activation`] is valid while its function has not returned.

use crate::error::type_name;
use crate::function::{LuaClosure, NativeClosure, UpvalueRef};
use crate::global::interrupt;
use crate::heap::barrier;
use crate::proto::Proto;
use crate::table::{Position, Table};
use crate::thread::{Frame, Hook, Status, Thread, ThreadRef, frame_flags};
use crate::value::Value;
use perilune_front::error::chunk_id;
use perilune_front::op::{Instr, Op};
use perilune_front::variables::{self, Description};
use std::ptr::NonNull;

// ---- frames ----

/// The frame of the function at `level`.
pub(crate) fn frame_at(t: &Thread, mut level: usize) -> Option<&Frame> {
    let mut frame = t.frame;
    while frame != t.base_frame {
        // SAFETY: `frame` and the frames before it, up to the base frame, are nodes in use.
        let node = unsafe { &*frame };
        if level == 0 {
            return Some(node);
        }
        level -= 1;
        frame = node.prev;
    }
    None
}

/// How many functions are active.
fn depth(t: &Thread) -> usize {
    let mut frame = t.frame;
    let mut count = 0;
    while frame != t.base_frame {
        count += 1;
        // SAFETY: as in `frame_at`.
        frame = unsafe { (*frame).prev };
    }
    count
}

/// A Lua frame's prototype and the instruction it is at.
pub(crate) fn running(frame: &Frame) -> (&Proto, u32) {
    // SAFETY: a Lua frame's function is alive.
    let proto = unsafe { frame.closure().as_ref() }.proto;
    let next = proto.pc_of(frame.pc);
    (proto.get(), instruction_before(proto.get(), next))
}

/// The instruction that ends at word `next`, where the frame's saved position points; the first one if none ran yet.
fn instruction_before(proto: &Proto, next: u32) -> u32 {
    let next = next.min(proto.code.len() as u32);
    // The entries of the line table are starts of instructions: the nearest one shortens the walk.
    let lines = &proto.plan.lines.0;
    let entry = lines.partition_point(|&(start, _)| start < next);
    let mut pc = entry.checked_sub(1).map_or(0, |index| lines[index].0);
    loop {
        let words = proto.code.get(pc as usize).and_then(|&word| Instr(word).op()).map_or(1, Op::words) as u32;
        if pc + words >= next {
            return pc;
        }
        pc += words;
    }
}

/// The line of an instruction, -1 if unknown.
pub(crate) fn line_at(proto: &Proto, pc: u32) -> i64 {
    proto.plan.lines.line(pc).map_or(-1, i64::from)
}

/// How the function that runs above `caller` was called, as far as `caller` shows it.
pub(crate) fn called_name(caller: &Frame) -> Option<Description> {
    if caller.flags & frame_flags::HOOKED != 0 {
        return Some(("hook", b"?".to_vec()));
    }
    if caller.flags & frame_flags::FINALIZER != 0 {
        return Some(("metamethod", b"__gc".to_vec()));
    }
    if !caller.is_lua() {
        return None;
    }
    let (proto, pc) = running(caller);
    variables::function_name_in(&proto.code, &proto.plan, pc)
}

// ---- activation records ----

/// A function that is running in some thread.
#[derive(Clone, Copy)]
pub struct Activation {
    thread: ThreadRef,
    frame: NonNull<Frame>,
}

/// What is known about a function; see [`Activation::info`] and [`function_info`].
#[derive(Debug, Clone, Default)]
pub struct Info {
    /// The chunk's name as given to `load`; `=[C]` for native functions, `=?` if stripped.
    pub source: Vec<u8>,
    /// The chunk's name for messages.
    pub short_src: Vec<u8>,
    /// Line of `function`, 0 for a main chunk, -1 for native functions.
    pub line_defined: i64,
    /// Line of `end`, -1 for native functions.
    pub last_line_defined: i64,
    /// `Lua`, `C` or `main`.
    pub what: &'static str,
    /// The line that is running, -1 if unknown.
    pub current_line: i64,
    /// The function's name, if the call shows one.
    pub name: Option<Vec<u8>>,
    /// What kind of name it is; empty if there is none.
    pub name_what: &'static str,
    /// Number of upvalues.
    pub upvalues: usize,
    /// Number of fixed parameters.
    pub params: u8,
    /// Whether it takes `...`.
    pub is_vararg: bool,
    /// Whether it was called by a tail call.
    pub is_tail_call: bool,
    /// In a call or return hook: the first register of the values passed on.
    pub transfer_first: u16,
    /// And their number.
    pub transfer_count: u32,
    /// Lines with code, for Lua functions.
    pub active_lines: Option<Vec<i64>>,
}

impl Thread {
    /// The function at `level`; 0 is the running one.
    #[must_use]
    pub fn activation(&self, level: usize) -> Option<Activation> {
        let frame = frame_at(self, level)?;
        Some(Activation { thread: self.this(), frame: NonNull::from(frame) })
    }
}

impl Thread {
    /// Whether this is the main thread.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.this() == self.g().main
    }
}

impl ThreadRef {
    /// Whether this thread can yield, or could if it ran.
    #[must_use]
    pub fn is_yieldable(self) -> bool {
        let thread = self.get();
        matches!(thread.status, Status::Dead | Status::Failed) || thread.is_yieldable()
    }

    /// The function at `level` of this thread; 0 is the one that runs or waits.
    #[must_use]
    pub fn activation(self, level: usize) -> Option<Activation> {
        self.get().activation(level)
    }
}

impl Activation {
    fn frame<'a>(&self) -> &'a Frame {
        // SAFETY: frame nodes stay in place while their thread lives, and the function has not returned.
        unsafe { self.frame.as_ref() }
    }

    /// The function.
    #[must_use]
    pub fn function(&self) -> Value {
        // SAFETY: `func` is in the thread's stack.
        unsafe { *self.frame().func }
    }

    /// Whether it is a Lua function.
    #[must_use]
    pub fn is_lua(&self) -> bool {
        self.frame().is_lua()
    }

    /// The kind and the text of the function's name, if the call shows one.
    #[must_use]
    pub fn name(&self) -> Option<Description> {
        let frame = self.frame();
        if frame.flags & frame_flags::TAIL != 0 || frame.prev.is_null() {
            return None;
        }
        // SAFETY: the caller's node is in use as long as this one is.
        called_name(unsafe { &*frame.prev })
    }

    /// The running line, -1 if unknown.
    #[must_use]
    pub fn current_line(&self) -> i64 {
        if !self.is_lua() {
            return -1;
        }
        let (proto, pc) = running(self.frame());
        line_at(proto, pc)
    }

    /// What is asked for by the letters of `lua_getinfo`: `S`, `l`, `n`, `u`, `t`, `r`, `L`. Others are ignored.
    #[must_use]
    pub fn info(&self, what: &[u8]) -> Info {
        let mut info = function_info(self.function(), what);
        let frame = self.frame();
        if what.contains(&b'l') {
            info.current_line = self.current_line();
        }
        if what.contains(&b'n')
            && let Some((kind, name)) = self.name()
        {
            info.name_what = kind;
            info.name = Some(name);
        }
        info.is_tail_call = frame.flags & frame_flags::TAIL != 0;
        if frame.flags & frame_flags::HOOKED != 0 && frame.transfer_count != 0 {
            info.transfer_first = frame.transfer_first;
            info.transfer_count = frame.transfer_count;
        }
        info
    }
}

/// What is known about a function that need not be running; `what` as for [`Activation::info`].
#[must_use]
pub fn function_info(function: Value, what: &[u8]) -> Info {
    let mut info = Info { current_line: -1, ..Info::default() };
    let closure = function.as_lua_closure();
    // SAFETY: a closure's prototype lives as long as it does.
    let proto = closure.map(|closure| unsafe { closure.as_ref() }.proto.get());
    if what.contains(&b'S') {
        describe_source(&mut info, proto);
    }
    if what.contains(&b'u') {
        (info.params, info.is_vararg) = proto.map_or((0, true), |proto| (proto.params, proto.is_vararg));
        info.upvalues = match (closure, function.as_native()) {
            (Some(closure), _) => LuaClosure::upvalue_count(closure),
            (None, Some(native)) => NativeClosure::upvalues(native).len(),
            (None, None) => 0,
        };
    }
    if what.contains(&b'L') {
        info.active_lines = proto.map(active_lines);
    }
    info
}

fn describe_source(info: &mut Info, proto: Option<&Proto>) {
    let Some(proto) = proto else {
        info.source = b"=[C]".to_vec();
        info.short_src = b"[C]".to_vec();
        info.line_defined = -1;
        info.last_line_defined = -1;
        info.what = "C";
        return;
    };
    info.source = proto.plan.source.as_deref().unwrap_or(b"=?").to_vec();
    info.short_src = chunk_id(&info.source);
    info.line_defined = i64::from(proto.plan.line_defined);
    info.last_line_defined = i64::from(proto.plan.last_line_defined);
    info.what = if info.line_defined == 0 { "main" } else { "Lua" };
}

/// Lines that have code, but for the preparation of varargs.
fn active_lines(proto: &Proto) -> Vec<i64> {
    let mut lines = Vec::new();
    let mut pc = 0;
    while let Some(op) = proto.code.get(pc).and_then(|&word| Instr(word).op()) {
        if op != Op::VarargPrep
            && let Some(line) = proto.plan.lines.line(pc as u32)
        {
            lines.push(i64::from(line));
        }
        pc += op.words();
    }
    lines
}

// ---- local variables ----

/// Local variable `n` (from 1) of those alive at `pc`: its name and register.
fn active_local(proto: &Proto, pc: u32, n: usize) -> Option<(&[u8], u8)> {
    let locals = proto.plan.locals.iter().take_while(|local| local.start <= pc);
    let local = locals.filter(|local| pc < local.end).nth(n.checked_sub(1)?)?;
    Some((&local.name, local.register))
}

/// What the local variables of a main chunk were when it returned: names and values, as far as they still stand in the stack.
/// To be called just after `function`, which the interpreter ran, returned to native code that dropped its results.
#[must_use]
pub fn last_variables(t: &Thread, function: Value, args: usize) -> Vec<(Vec<u8>, Value)> {
    let Some(closure) = function.as_lua_closure() else { return Vec::new() };
    // SAFETY: a closure's prototype lives as long as it does.
    let proto = unsafe { closure.as_ref() }.proto.get();
    let last = proto.plan.locals.iter().map(|local| local.end).max();
    let base = t.offset(t.top) + args + 2;
    let mut found = Vec::new();
    for local in proto.plan.locals.iter().filter(|local| Some(local.end) == last) {
        let place = t.place(base + local.register as usize);
        if place < t.stack_end {
            // SAFETY: within the stack. The collector clears what it frees there.
            found.push((local.name.to_vec(), unsafe { *place }));
        }
    }
    found
}

/// Has a function run by the interpreter only.
pub fn never_compile(function: Value) {
    if let Some(closure) = function.as_lua_closure() {
        // SAFETY: as above.
        unsafe { closure.as_ref() }.proto.tier().given_up = true;
    }
}

/// The name of parameter `n` (from 1) of a Lua function that need not be running.
#[must_use]
pub fn parameter_name(function: Value, n: i64) -> Option<Vec<u8>> {
    let closure = function.as_lua_closure()?;
    // SAFETY: a closure's prototype lives as long as it does.
    let proto = unsafe { closure.as_ref() }.proto.get();
    // Parameters come to life after the preparation of varargs, which is one word.
    let start = u32::from(proto.is_vararg);
    active_local(proto, start, usize::try_from(n).ok()?).map(|(name, _)| name.to_vec())
}

impl Activation {
    /// The name and the place of local variable `n`: from 1 for variables and temporary values, from -1 downwards for the
    /// extra arguments of a vararg function.
    fn find_local(&self, n: i64) -> Option<(Vec<u8>, *mut Value)> {
        let frame = self.frame();
        if n < 0 {
            return self.find_vararg(n);
        }
        let n = usize::try_from(n).ok().filter(|&n| n > 0)?;
        if frame.is_lua() {
            let (proto, pc) = running(frame);
            if let Some((name, register)) = active_local(proto, pc, n) {
                // SAFETY: the verifier bounds the registers of variables by the function's.
                return Some((name.to_vec(), unsafe { frame.base().add(usize::from(register)) }));
            }
        }
        let available = (self.end() as usize).saturating_sub(frame.base() as usize) / size_of::<Value>();
        if n > available {
            return None;
        }
        let name = if frame.is_lua() { "(temporary)" } else { "(C temporary)" };
        // SAFETY: below the end of the frame's values.
        Some((name.as_bytes().to_vec(), unsafe { frame.base().add(n - 1) }))
    }

    fn find_vararg(&self, n: i64) -> Option<(Vec<u8>, *mut Value)> {
        let frame = self.frame();
        let extra = usize::try_from(n.unsigned_abs()).ok()?;
        if !frame.is_lua() || !running(frame).0.is_vararg || extra > frame.extra_args as usize {
            return None;
        }
        // SAFETY: a vararg function's extra arguments stand just below `func`, the first one lowest.
        let place = unsafe { frame.func.sub(frame.extra_args as usize).add(extra - 1) };
        Some((b"(vararg)".to_vec(), place))
    }

    /// The end of the frame's values.
    fn end(&self) -> *mut Value {
        let thread = self.thread.get();
        if self.frame.as_ptr() == thread.frame {
            return thread.top;
        }
        // SAFETY: a frame that is not the running one has an active successor.
        unsafe { (*self.frame().next).func }
    }

    /// The name and the value of local variable `n`; see the manual on `debug.getlocal`.
    #[must_use]
    pub fn local(&self, n: i64) -> Option<(Vec<u8>, Value)> {
        let (name, place) = self.find_local(n)?;
        // SAFETY: `find_local` gives places in the thread's stack.
        Some((name, unsafe { *place }))
    }

    /// Sets local variable `n`; its name.
    pub fn set_local(&self, n: i64, value: Value) -> Option<Vec<u8>> {
        let (name, place) = self.find_local(n)?;
        // SAFETY: as in `local`.
        unsafe { *place = value };
        barrier::left(self.thread);
        // Compiled code of closures may have the variable's value; that of the function has it in a register.
        self.thread.get().g().roles_changed();
        // SAFETY: an activation's frame is in use.
        unsafe { (*std::ptr::from_ref(self.frame()).cast_mut()).flags |= crate::thread::frame_flags::ALTERED };
        Some(name)
    }
}

// ---- upvalues ----

fn lua_upvalue(function: Value, n: i64) -> Option<(NonNull<LuaClosure>, usize)> {
    let closure = function.as_lua_closure()?;
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    (index < LuaClosure::upvalue_count(closure)).then_some((closure, index))
}

fn native_upvalue<'a>(function: Value, n: i64) -> Option<&'a mut Value> {
    let upvalues = NativeClosure::upvalues(function.as_native()?);
    upvalues.get_mut(usize::try_from(n).ok()?.checked_sub(1)?)
}

fn upvalue_name(closure: NonNull<LuaClosure>, index: usize) -> Vec<u8> {
    // SAFETY: a closure's prototype lives as long as it does.
    let plan = &unsafe { closure.as_ref() }.proto.get().plan;
    let name = plan.upvalues.get(index).and_then(|upvalue| upvalue.name.as_deref());
    name.unwrap_or(b"(no name)").to_vec()
}

/// The name and the value of upvalue `n` (from 1); native functions' upvalues have empty names.
#[must_use]
pub fn upvalue(function: Value, n: i64) -> Option<(Vec<u8>, Value)> {
    match lua_upvalue(function, n) {
        Some((closure, index)) => Some((upvalue_name(closure, index), LuaClosure::upvalue(closure, index).get())),
        None => native_upvalue(function, n).map(|value| (Vec::new(), *value)),
    }
}

/// Sets upvalue `n` (from 1); its name.
pub fn set_upvalue(t: &Thread, function: Value, n: i64, value: Value) -> Option<Vec<u8>> {
    if let Some((closure, index)) = lua_upvalue(function, n) {
        let upvalue = LuaClosure::upvalue(closure, index);
        // SAFETY: a closure's upvalues are alive.
        if unsafe { upvalue.0.as_ref() }.is_assumed() {
            t.g().roles_changed();
        }
        upvalue.set(value);
        return Some(upvalue_name(closure, index));
    }
    *native_upvalue(function, n)? = value;
    barrier::stored(function.as_native()?, value);
    Some(Vec::new())
}

/// The identity of upvalue `n` (from 1): equal for functions that share the variable.
#[must_use]
pub fn upvalue_id(function: Value, n: i64) -> Option<usize> {
    match lua_upvalue(function, n) {
        Some((closure, index)) => Some(LuaClosure::upvalue(closure, index).0.as_ptr() as usize),
        None => native_upvalue(function, n).map(|value| std::ptr::from_mut(value) as usize),
    }
}

/// Makes upvalue `n` of a Lua function refer to the variable of upvalue `from_n` of `from`. Whether both exist.
pub fn join_upvalues(t: &Thread, function: Value, n: i64, from: Value, from_n: i64) -> bool {
    let (Some((closure, index)), Some((source, source_index))) = (lua_upvalue(function, n), lua_upvalue(from, from_n)) else {
        return false;
    };
    let shared: UpvalueRef = LuaClosure::upvalue(source, source_index);
    // SAFETY: `index` is below the closure's number of upvalues.
    unsafe { *LuaClosure::upvalue_slot(closure, index) = shared };
    barrier::stored_cell(closure, shared.0.cast());
    // Compiled code may know where the variable was.
    t.g().roles_changed();
    true
}

// ---- hooks ----

impl ThreadRef {
    /// Sets the hook: `function` is called for the events of `mask` (bits of [`crate::thread::hook_mask`]) and, if that has
    /// `COUNT`, every `count` instructions. A mask of 0 turns hooks off.
    pub fn set_hook(self, function: Value, mask: u8, count: u32) {
        let thread = self.get();
        let off = mask == 0 || !function.is_function();
        let enabled = thread.hook.enabled;
        thread.hook = if off {
            Hook { function: Value::NIL, mask: 0, count: 0, countdown: 0, last_pc: 0, enabled }
        } else {
            Hook { function, mask, count, countdown: count, last_pc: 0, enabled }
        };
        barrier::stored(self.0, function);
        thread.leave_compiled_code();
        thread.g().request(interrupt::HOOKS);
    }

    /// The hook's function (nil if there is none), mask and count.
    #[must_use]
    pub fn hook(self) -> (Value, u8, u32) {
        let hook = &self.get().hook;
        (hook.function, hook.mask, hook.count)
    }
}

// ---- names of library functions ----

/// The name under which a function is found in `package.loaded` or in a module there; `_G.` is dropped.
#[must_use]
pub fn global_function_name(t: &mut Thread, function: Value) -> Option<Vec<u8>> {
    let registry = t.registry();
    let loaded = t.field(registry, "_LOADED").as_table()?;
    let name = find_in_modules(loaded, function)?;
    Some(match name.strip_prefix(b"_G.") {
        Some(rest) => rest.to_vec(),
        None => name,
    })
}

fn find_in_modules(loaded: Table, function: Value) -> Option<Vec<u8>> {
    let mut position = Position(0);
    while let Some((key, value, next)) = loaded.pair_at(position) {
        position = next;
        let Some(module) = key.as_str() else { continue };
        if value.raw_equals(function) {
            return Some(module.bytes().to_vec());
        }
        if let Some(name) = value.as_table().and_then(|table| find_field(table, function)) {
            return Some([module.bytes(), b".", &name].concat());
        }
    }
    None
}

fn find_field(table: Table, wanted: Value) -> Option<Vec<u8>> {
    let mut position = Position(0);
    while let Some((key, value, next)) = table.pair_at(position) {
        position = next;
        if let Some(name) = key.as_str()
            && value.raw_equals(wanted)
        {
            return Some(name.bytes().to_vec());
        }
    }
    None
}

// ---- tracebacks ----

/// Functions shown at the top of a long traceback.
const FIRST_LEVELS: usize = 10;
/// And at its bottom.
const LAST_LEVELS: usize = 11;

/// A traceback of `thread` from `level` on, after `message` if there is one, as `luaL_traceback` makes it.
#[must_use]
pub fn traceback(t: &mut Thread, thread: ThreadRef, message: Option<&[u8]>, level: usize) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(message) = message {
        text.extend_from_slice(message);
        text.push(b'\n');
    }
    text.extend_from_slice(b"stack traceback:");
    let count = depth(thread.get());
    let hidden = count.saturating_sub(level + FIRST_LEVELS + LAST_LEVELS);
    let mut at = level;
    while at < count {
        if hidden > 1 && at == level + FIRST_LEVELS {
            // PUC Lua does not count the level whose line this one takes.
            text.extend_from_slice(format!("\n\t...\t(skipping {} levels)", hidden - 1).as_bytes());
            at += hidden;
        }
        let Some(activation) = thread.activation(at) else { break };
        describe_level(t, &activation, &mut text);
        at += 1;
    }
    text
}

fn describe_level(t: &mut Thread, activation: &Activation, text: &mut Vec<u8>) {
    let info = activation.info(b"Slnt");
    text.extend_from_slice(b"\n\t");
    text.extend_from_slice(&info.short_src);
    if info.current_line > 0 {
        text.extend_from_slice(format!(":{}", info.current_line).as_bytes());
    }
    text.extend_from_slice(b": in ");
    describe_function(t, activation, &info, text);
    if info.is_tail_call {
        text.extend_from_slice(b"\n\t(...tail calls...)");
    }
}

fn describe_function(t: &mut Thread, activation: &Activation, info: &Info, text: &mut Vec<u8>) {
    if let Some(name) = global_function_name(t, activation.function()) {
        text.extend_from_slice(&[b"function '", name.as_slice(), b"'"].concat());
        return;
    }
    match (&info.name, info.what) {
        (Some(name), _) => text.extend_from_slice(&[info.name_what.as_bytes(), b" '", name, b"'"].concat()),
        (None, "main") => text.extend_from_slice(b"main chunk"),
        (None, "C") => text.push(b'?'),
        (None, _) => {
            text.extend_from_slice(b"function <");
            text.extend_from_slice(&info.short_src);
            text.extend_from_slice(format!(":{}>", info.line_defined).as_bytes());
        }
    }
}

/// The name of a value's type for messages, honouring `__name`.
#[must_use]
pub fn type_name_of(t: &Thread, value: Value) -> Vec<u8> {
    type_name(t, value)
}
