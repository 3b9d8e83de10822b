//! What the VM knows of compiled code: counters that make functions hot, profiles of what they met, entries into machine code,
//! and the hook through which a compiler takes part. The VM names no compiler; [`Compiler`] is all it knows of one.

use crate::by_word::ByWord;
use crate::cache::{Cache, Entry};
use crate::callee::note_call;
pub use crate::callee::{CallTarget, Callee, Few};
use crate::function::{LuaClosure, NativeClosure, Special};
use crate::global::{Event, Global, interrupt};
use crate::interp;
use crate::lazy::{self, Fast};
use crate::object::Header;
use crate::proto::ProtoRef;
use crate::shape::{Mode, ShapeRef};
use crate::string::Str;
use crate::table::Table;
use crate::thread::{Frame, Thread, frame_flags};
use crate::value::{TAG_SIMPLE, Value};
use perilune_front::op::{Extra, Instr, Op, Operand};
use std::any::Any;
use std::ptr::NonNull;

/// Compiled code: runs the frame, which is the thread's running one, and tells how that ended ([`status`]).
pub type Code = unsafe extern "C" fn(thread: *mut Thread, frame: *mut Frame) -> u64;

/// How compiled code, or a helper that it called, ended.
pub mod status {
    /// The frame returned: it is gone, its results are in place. Of helpers: go on.
    pub const DONE: u64 = 0;
    /// The thread's frames are as the interpreter has them: it goes on with the running one.
    pub const RESUME: u64 = 1;
    /// An error is on its way.
    pub const THREW: u64 = 2;
    /// As `DONE`, and the frame was one that native code entered.
    pub const LEAVE: u64 = 3;
    /// Helpers for instructions that jump: the jump is taken.
    pub const TAKEN: u64 = 4;
    /// A tail call replaced the frame by one of another function, which is to be run.
    pub const TAIL: u64 = 5;
    /// As `RESUME`, and compiled callers leave too: native stack is short.
    pub const UNWIND: u64 = 6;
    /// As `DONE`, of a fast call that had a frame: its result stands in its place.
    pub const RETURNED: u64 = 7;
    /// As `DONE`, of a fast call: with so many results more than none, of which all but the first stand in their places.
    pub const SEVERAL: u64 = 64;
}

/// Kinds of values in a profile, as bits.
pub mod kinds {
    /// An inline integer.
    pub const INT: u8 = 1;
    /// A float.
    pub const FLOAT: u8 = 2;
    /// A string.
    pub const STRING: u8 = 4;
    /// A table.
    pub const TABLE: u8 = 8;
    /// A function.
    pub const FUNCTION: u8 = 16;
    /// nil
    pub const NIL: u8 = 32;
    /// A boolean.
    pub const BOOL: u8 = 64;
    /// Anything else: integers beyond 48 bits, userdata, coroutines.
    pub const OTHER: u8 = 128;
}

/// The kind of a value, as a bit of [`kinds`].
#[inline]
#[must_use]
pub fn kind_of(value: Value) -> u8 {
    // Of floats, then of the tags from the least on.
    const BY_TAG: u64 = u64::from_le_bytes([
        kinds::FLOAT,
        kinds::BOOL,
        kinds::OTHER,
        kinds::OTHER,
        kinds::FUNCTION,
        kinds::STRING,
        kinds::TABLE,
        kinds::INT,
    ]);
    if value.is_nil() {
        return kinds::NIL;
    }
    (BY_TAG >> (value.tag().saturating_sub(TAG_SIMPLE - 1) * 8)) as u8
}

/// Things seen at an instruction beside the kinds of its operands: bits of [`Site::notes`].
pub mod notes {
    /// An integer key was not in the array part.
    pub const BEYOND: u8 = 1;
    /// The element at an integer key was nil.
    pub const HOLE: u8 = 2;
    /// The table had a metatable.
    pub const META: u8 = 4;
    /// It is a loop's header: [`Profile::headers`] has it.
    pub const HEADER: u8 = 64;
    /// What a compiler assumed here failed too often.
    pub const FAILED: u8 = 128;
}

/// What was seen at one instruction: the kinds of the registers that its fields name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Site {
    /// Of field A; of a numeric loop, of the index.
    pub a: u8,
    /// Of field B; of a numeric loop, of the count or limit.
    pub b: u8,
    /// Of field C; of a numeric loop, of the step.
    pub c: u8,
    /// Bits of [`notes`].
    pub notes: u8,
}

/// What was seen of a loop's header.
pub struct LoopHeader {
    /// The kinds of all registers there, the loop's own jumps back included.
    pub kinds: Box<[u8]>,
    /// How often the instruction there was watched.
    pub rounds: u32,
}

impl LoopHeader {
    fn unseen(proto: ProtoRef) -> LoopHeader {
        LoopHeader { kinds: vec![0; proto.get().registers as usize].into_boxed_slice(), rounds: 0 }
    }
}

/// What one function met while it was watched.
#[derive(Default)]
pub struct Profile {
    /// By word of code.
    pub sites: Box<[Site]>,
    /// The targets of jumps back.
    pub headers: ByWord<LoopHeader>,
    /// What was called, by word of code.
    pub calls: ByWord<Callee>,
    /// Which tables had the metamethods of operations, by word of code: of the first operand that is a table.
    pub receivers: ByWord<Receiver>,
    /// Jumps back and entries seen.
    pub events: u32,
    /// Entries seen.
    pub entries: u32,
    /// Times it was watched on to see whether there are any.
    pub waits: u32,
    /// Times an assumption failed, by word of code.
    pub failures: ByWord<u32>,
    /// Times compiled code came to its end, by word of code.
    pub ends: ByWord<u32>,
}

/// The compiled side of a prototype.
#[derive(Default)]
#[repr(C)]
pub struct Tier {
    /// Code to enter the function at its start: one of the two below.
    pub(crate) entry: Option<Code>,
    /// Code that is entered with a frame: that, or what goes on with code for fast calls.
    pub(crate) framed: Option<Code>,
    /// That, if it is made for fast calls.
    pub(crate) fast: Option<Fast>,
    /// That, if it does not look at its function, which the caller need not put in its place then.
    pub(crate) blind: Option<Fast>,
    /// Whether the code is for the only closure of the prototype, and does not look whether it is.
    pub(crate) for_one: bool,
    /// Code to enter it at targets of jumps back.
    pub loops: Vec<(u32, Code)>,
    /// Targets of jumps back that cannot be entered.
    pub closed: Vec<u32>,
    /// Words of code at which it is entered by code that left too often, and is in use until there is better.
    pub stale: Vec<u32>,
    /// How often such code has left since.
    pub stale_exits: u32,
    /// How often code has left that was made last.
    pub exits: u32,
    /// Samples that fell on the function.
    pub ticks: u32,
    /// Nanoseconds that went by before those samples, since the sample before each: about the time that it ran without code.
    pub spent: u64,
    /// Times that code for a loop was entered while there was none for the function's entry.
    pub loop_entries: u32,
    /// Registers that its code uses from the function's first on, those of functions in place of calls included.
    pub extent: u32,
    /// Times it was compiled.
    pub compiled: u32,
    /// Whether code for it is in the making.
    pub pending: bool,
    /// Whether it is not to be compiled (again).
    pub given_up: bool,
    /// Whether the collector knows that there may be a profile or references of code.
    pub(crate) watched: bool,
    /// Closures made of the prototype, up to 255.
    pub closures: u8,
    /// What was seen.
    pub profile: Option<Box<Profile>>,
    /// Cells that the code refers to and keeps alive.
    pub refs: Vec<Value>,
    /// Functions that the code refers to. It keeps them alive only while it is in the making or runs; when one dies the code
    /// goes.
    pub functions: Vec<Value>,
    /// What owns the code.
    pub owner: Vec<Box<dyn Any>>,
}

/// Where a sample fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The function was entered.
    Entry,
    /// A jump back went to this word of code.
    Loop(u32),
}

/// Something that turns functions into machine code.
pub trait Compiler {
    /// A sample fell on the running function of `t`. Returns code to go on in, if there is any for this place.
    fn tick(&mut self, t: &mut Thread, proto: ProtoRef, at: At) -> Option<Code>;

    /// Compiled code was left because an assumption failed; the frames are the interpreter's again.
    fn exited(&mut self, t: &mut Thread, exit: &Exit);

    /// Steps are counted from now on, or not any more: compiled code that does otherwise must not be entered.
    fn limits_changed(&mut self, g: &mut Global) {
        let _ = g;
    }

    /// For `--stats`: lines of text.
    fn report(&self) -> String {
        String::new()
    }
}

/// A way out of compiled code, in memory that the code owns.
#[repr(C)]
pub struct Exit {
    /// Where the outermost function goes on.
    pub pc: *const u32,
    /// Inlined calls in progress, outermost first.
    pub inlined: Box<[InlinedFrame]>,
    /// The function that the assumption belongs to, and its instruction.
    pub proto: ProtoRef,
    /// The instruction, as a word of its code.
    pub at: u32,
    /// Whether nothing was assumed: the code ends where the function was never seen to go.
    pub uncharted: bool,
    /// The prototype that was compiled.
    pub compiled: ProtoRef,
    /// What was assumed, for traces: bits that the compiler gives a meaning.
    pub why: u16,
}

/// A frame to be made for an inlined call.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct InlinedFrame {
    /// Where its function stands, in values from the outermost frame's first register.
    pub func: u32,
    /// Its registers.
    pub registers: u32,
    /// Where it goes on.
    pub pc: *const u32,
    /// Results the caller wants.
    pub wanted: i32,
    /// How it was called: flags of [`Called::flags`].
    pub flags: u16,
    /// Extra arguments, which stand below the function.
    pub extra: u16,
}

/// How an inlined function was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Called {
    /// As the metamethod of an instruction, which its return finishes.
    pub as_operator: bool,
    /// By a tail call.
    pub in_tail: bool,
    /// Of a vararg function: with so many extra arguments, which were set aside.
    pub extra: Option<u16>,
}

impl Called {
    /// The flags of its frame.
    #[must_use]
    pub fn flags(self) -> u16 {
        let operator = if self.as_operator { frame_flags::OPERATOR } else { 0 };
        let vararg = if self.extra.is_some() { frame_flags::VARARG } else { 0 };
        frame_flags::LUA | operator | vararg | if self.in_tail { frame_flags::TAIL } else { 0 }
    }
}

/// A table with a metamethod that an instruction met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// Always of this shape.
    Shape(ShapeRef),
    /// Of several with this metatable.
    Meta(Table),
    /// Of several with metatables of their own, whose metamethods are closures of this prototype.
    Handler(ProtoRef),
    /// Others.
    Many,
}

impl Receiver {
    /// The metatable.
    #[must_use]
    pub fn meta(self) -> Option<Table> {
        match self {
            Receiver::Shape(shape) => shape.get().meta.filter(|_| !shape.get().individual),
            Receiver::Meta(meta) => Some(meta),
            Receiver::Handler(_) | Receiver::Many => None,
        }
    }

    fn cell(self) -> Option<NonNull<Header>> {
        match self {
            Receiver::Shape(shape) => Some(shape.cell()),
            Receiver::Meta(meta) => Some(meta.cell()),
            Receiver::Handler(proto) => Some(proto.0.cast()),
            Receiver::Many => None,
        }
    }
}

/// The metamethod of an event in a metatable, nil if absent: as long as the roles' epoch stands.
#[must_use]
pub fn metamethod_of(g: &Global, meta: Table, event: Event) -> Value {
    meta.assume_keys();
    g.metamethod_of(meta, event)
}

/// Whether numbers have a metatable, for as long as the roles' epoch stands.
#[must_use]
pub fn numbers_have_metatable(g: &Global) -> bool {
    g.metatable(Value::small_int(0)).is_some()
}

/// The event that an operation on tables is.
#[must_use]
pub fn event_of(op: Op) -> Option<Event> {
    Some(match op {
        Op::Add | Op::AddK | Op::AddI | Op::KAdd => Event::Add,
        Op::Sub | Op::SubK | Op::SubI | Op::KSub => Event::Sub,
        Op::Mul | Op::MulK | Op::KMul => Event::Mul,
        Op::Div | Op::DivK | Op::KDiv => Event::Div,
        Op::Mod | Op::ModK => Event::Mod,
        Op::Pow | Op::PowK => Event::Pow,
        Op::IDiv | Op::IDivK => Event::IDiv,
        Op::BAnd | Op::BAndK => Event::BAnd,
        Op::BOr | Op::BOrK => Event::BOr,
        Op::BXor | Op::BXorK => Event::BXor,
        Op::Shl | Op::ShlK => Event::Shl,
        Op::Shr | Op::ShrK => Event::Shr,
        Op::Neg => Event::Unm,
        Op::BNot => Event::BNot,
        Op::Len => Event::Len,
        Op::Eq => Event::Eq,
        Op::Lt => Event::Lt,
        Op::Le => Event::Le,
        Op::GetField | Op::GetMethod | Op::GetIndex | Op::GetInt => Event::Index,
        Op::SetField | Op::SetFieldK | Op::SetIndex | Op::SetIndexK | Op::SetInt | Op::SetIntK => Event::NewIndex,
        _ => return None,
    })
}

impl ProtoRef {
    /// The compiled side.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    #[must_use]
    pub fn tier<'a>(self) -> &'a mut Tier {
        // SAFETY: one mutator thread; callers keep no reference across calls that may borrow it again.
        unsafe { &mut (*self.0.as_ptr()).tier }
    }

    /// The profile, made when it is first asked for.
    #[allow(clippy::mut_from_ref)]
    #[must_use]
    pub fn profile<'a>(self) -> &'a mut Profile {
        let words = self.get().code.len();
        crate::heap::barrier::watch(self);
        self.tier().profile.get_or_insert_with(|| {
            let mut sites = vec![Site::default(); words].into_boxed_slice();
            let headers = headers_of(self);
            headers.keys().for_each(|&pc| sites[pc as usize].notes |= notes::HEADER);
            Box::new(Profile { sites, headers, ..Profile::default() })
        })
    }
}

impl Tier {
    /// Calls `visit` for each cell that the code needs. What a profile saw is not kept alive.
    pub(crate) fn trace(&self, visit: &mut impl FnMut(NonNull<Header>)) {
        self.refs.iter().filter_map(|value| value.header()).for_each(&mut *visit);
        if self.pending {
            self.trace_functions(visit);
        }
    }

    /// Calls `visit` for each cell that only full collections take from the code and the profile.
    pub(crate) fn trace_weak(&self, visit: &mut impl FnMut(NonNull<Header>)) {
        self.trace_functions(visit);
        for callee in self.profile.iter().flat_map(|profile| profile.calls.values()) {
            match callee {
                Callee::One(value) => value.header().into_iter().for_each(&mut *visit),
                Callee::Closures(proto) => visit(proto.0.cast()),
                Callee::Few(few) => few.targets().filter_map(CallTarget::cell).for_each(&mut *visit),
                Callee::Many => {}
            }
        }
        for receiver in self.profile.iter().flat_map(|profile| profile.receivers.values()) {
            receiver.cell().into_iter().for_each(&mut *visit);
        }
    }

    /// Calls `visit` for each function that the code needs while it runs.
    pub(crate) fn trace_functions(&self, visit: &mut impl FnMut(NonNull<Header>)) {
        self.functions.iter().filter_map(|value| value.header()).for_each(visit);
    }

    /// Forgets dead functions, and code that refers to them. Such code does not run: then they would be alive.
    pub(crate) fn clear_dead(&mut self, is_live: &impl Fn(NonNull<Header>) -> bool) {
        if self.functions.iter().filter_map(|value| value.header()).any(|cell| !is_live(cell)) {
            self.clear_entry();
            self.loops.clear();
            self.refs.clear();
            self.functions.clear();
            self.owner.clear();
        }
        if let Some(profile) = &mut self.profile {
            profile.calls.retain(|_, callee| match callee {
                Callee::One(value) => value.header().is_none_or(is_live),
                Callee::Closures(proto) => is_live(proto.0.cast()),
                Callee::Few(few) => few.targets().filter_map(CallTarget::cell).all(is_live),
                Callee::Many => true,
            });
            profile.receivers.retain(|_, receiver| receiver.cell().is_none_or(is_live));
        }
    }

    /// Code to enter the function at its start, of whichever kind.
    #[must_use]
    pub fn entry(&self) -> Option<Code> {
        self.entry
    }

    /// Whether the function has code for its start, which is not made for fast calls.
    #[must_use]
    pub fn is_framed(&self) -> bool {
        self.framed.is_some() && self.fast.is_none()
    }

    /// Sets the code to enter the function at its start with a frame. `for_one`: it is for the only closure of the prototype.
    pub fn set_entry(&mut self, code: Option<Code>, for_one: bool) {
        (self.entry, self.framed, self.for_one) = (code, code, for_one);
        (self.fast, self.blind) = (None, None);
    }

    /// A second closure was made of the prototype: code that is for the first one is not entered any more.
    #[cold]
    pub(crate) fn not_the_only_closure(&mut self) {
        if self.for_one {
            self.clear_entry();
        }
    }

    /// Whether code that is for the only closure of the prototype, and does not look whether it is, is for no other one.
    #[must_use]
    pub fn has_one_closure(&self) -> bool {
        self.closures == 1
    }

    /// Sets the code for fast calls. `for_one`: it is for the only closure of the prototype. `blind`: it does not look at the
    /// function in its place.
    ///
    /// # Safety
    /// It was made for this function, to be called so.
    pub unsafe fn set_fast(&mut self, code: Code, for_one: bool, blind: bool) {
        // SAFETY: by the caller; both are addresses.
        let fast = unsafe { std::mem::transmute::<Code, Fast>(code) };
        (self.entry, self.framed, self.for_one) = (Some(code), Some(lazy::enter as Code), for_one);
        (self.fast, self.blind) = (Some(fast), blind.then_some(fast));
    }

    /// Takes the code for the function's start away.
    pub fn clear_entry(&mut self) {
        self.set_entry(None, false);
    }

    /// The code for going on at a loop.
    #[must_use]
    pub fn loop_code(&self, pc: u32) -> Option<Code> {
        self.loops.iter().find(|(at, _)| *at == pc).map(|(_, code)| *code)
    }
}

impl Thread {
    /// The Lua function that runs.
    #[must_use]
    pub fn running_closure(&mut self) -> Value {
        // SAFETY: a Lua frame is running, whose function stands in its place.
        unsafe { *self.frame_ref().func }
    }
}

impl Global {
    /// Installs a compiler, which is first asked after `period` samples.
    pub fn set_compiler(&mut self, compiler: Box<dyn Compiler>, period: u32) {
        self.compiler = Some(compiler);
        self.set_countdown(period);
    }

    /// Whether executed functions are watched; ends by itself after `instructions`.
    pub fn set_profiling(&mut self, instructions: u32) {
        self.profiling = instructions;
    }

    /// Instructions still to be watched.
    #[must_use]
    pub fn profiling(&self) -> u32 {
        self.profiling
    }

    /// What the compiler has to say for `--stats`.
    #[must_use]
    pub fn compiler_report(&self) -> Option<String> {
        self.compiler.as_ref().map(|compiler| compiler.report())
    }
}

/// Asks the compiler about the running function of `t`.
pub(crate) fn tick(t: &mut Thread, proto: ProtoRef, at: At) -> Option<Code> {
    let g = t.g();
    // Without one, never again.
    g.set_countdown(u32::MAX);
    crate::heap::barrier::watch(proto);
    let mut compiler = g.compiler.take()?;
    let code = compiler.tick(t, proto, at);
    t.g().compiler = Some(compiler);
    code
}

/// Tells the compiler that an assumption failed.
pub(crate) fn exited(t: &mut Thread, exit: &Exit) {
    if t.g().limits.is_used_up() {
        t.g().request(interrupt::STEPS);
    }
    if let Some(mut compiler) = t.g().compiler.take() {
        compiler.exited(t, exit);
        t.g().compiler = Some(compiler);
    }
}

/// Records what the instruction at `pc` of the running function is about to meet, while functions are watched.
pub(crate) fn record(t: &mut Thread, frame: &Frame, pc: u32) {
    // An inner loop may have come to the end already.
    t.g().profiling = t.g().profiling.saturating_sub(1);
    record_at(t.g(), frame, pc);
}

/// Where the running function of `t` goes on.
#[must_use]
pub fn position(t: &mut Thread) -> (ProtoRef, u32) {
    let proto = closure_of(t.frame_ref()).proto;
    (proto, proto.pc_of(t.frame_ref().pc))
}

/// Records what the running function of `t` is about to meet, after compiled code was left.
pub fn record_running(t: &mut Thread) {
    let g = t.g();
    let frame = t.frame_ref();
    let pc = closure_of(frame).proto.pc_of(frame.pc);
    record_at(g, frame, pc);
}

fn record_at(g: &Global, frame: &Frame, pc: u32) {
    let proto = closure_of(frame).proto;
    let profile = proto.profile();
    let code = &proto.get().code;
    let instr = Instr(code[pc as usize]);
    let Some(op) = instr.op() else { return };
    let register = |index: u8| {
        // SAFETY: the verifier bounds register numbers by the frame's size.
        unsafe { *frame.base().add(index as usize) }
    };
    let site = &mut profile.sites[pc as usize];
    let [a, b, c] = op.operands();
    let read = |kind: Operand, index: u8| match kind {
        Operand::Read | Operand::ReadWrite => kind_of(register(index)),
        _ => 0,
    };
    site.a |= read(a, instr.a());
    site.b |= read(b, instr.b());
    site.c |= read(c, instr.c());
    note_receiver(g, profile, pc, op, instr, &register);
    let site = &mut profile.sites[pc as usize];
    match op {
        Op::ForPrep | Op::ForLoop => {
            site.b |= kind_of(register(instr.a() + 1));
            site.c |= kind_of(register(instr.a() + 2));
        }
        Op::GetIndex => note_element(site, register(instr.b()), register(instr.c())),
        Op::Len => note_meta(site, register(instr.b())),
        Op::SetIndex | Op::SetIndexK => note_element(site, register(instr.a()), register(instr.b())),
        Op::GetInt => note_element(site, register(instr.b()), Value::small_int(i64::from(instr.c()))),
        Op::SetInt | Op::SetIntK => note_element(site, register(instr.a()), Value::small_int(i64::from(instr.b()))),
        Op::Call | Op::TailCall => {
            // Of the arguments, for what compiled code does itself.
            let given = instr.b() >= 2 || instr.b() == 0 && instr.a() + 1 < proto.get().registers;
            site.b |= if given { kind_of(register(instr.a() + 1)) } else { 0 };
            site.c |= if instr.b() >= 3 { kind_of(register(instr.a() + 2)) } else { 0 };
            match register(instr.a()).as_table() {
                Some(table) if op == Op::Call => note_table(g, profile, pc, table, Event::Call),
                _ => note_call(&mut profile.calls, pc, register(instr.a())),
            }
        }
        Op::ForInCall => {
            note_call(&mut profile.calls, pc, register(instr.a()));
            note_generic_loop(profile, proto, pc, &register);
        }
        _ => {}
    }
    if profile.sites[pc as usize].notes & notes::HEADER != 0
        && let Some(header) = profile.headers.get_mut(&pc)
    {
        header.kinds.iter_mut().zip(0u8..).for_each(|(seen, index)| *seen |= kind_of(register(index)));
        header.rounds += 1;
    }
    profile.events += u32::from(target_of_jump_back(code, op, pc).is_some());
    if pc == 0 {
        profile.events += 1;
        profile.entries += 1;
    }
}

/// Where the jump at `pc` leads if it leads back.
fn target_of_jump_back(code: &[u32], op: Op, pc: u32) -> Option<u32> {
    let offset = (op.extra() == Extra::Jump).then(|| code[pc as usize + 1] as i32)?;
    (offset < 0).then(|| (pc + 2).wrapping_add_signed(offset))
}

/// The targets of all jumps back, of which nothing was seen yet.
fn headers_of(proto: ProtoRef) -> ByWord<LoopHeader> {
    let code = &proto.get().code;
    let mut headers = ByWord::default();
    let mut pc = 0;
    while let Some(op) = code.get(pc).and_then(|&word| Instr(word).op()) {
        if let Some(target) = target_of_jump_back(code, op, pc as u32) {
            headers.insert(target, LoopHeader::unseen(proto));
        }
        pc += op.words();
    }
    headers
}

fn closure_of(frame: &Frame) -> &LuaClosure {
    // SAFETY: a Lua frame is running.
    unsafe { frame.closure().as_ref() }
}

/// Notes the table whose metamethod an operation may call.
fn note_receiver(g: &Global, profile: &mut Profile, pc: u32, op: Op, instr: Instr, register: &impl Fn(u8) -> Value) {
    let Some(event) = event_of(op) else { return };
    let [a, b, c] = op.operands();
    let operand = |kind: Operand, index: u8| match kind {
        Operand::Read => register(index).as_table(),
        _ => None,
    };
    let first = operand(a, instr.a()).or_else(|| operand(b, instr.b())).or_else(|| operand(c, instr.c()));
    if let Some(table) = first {
        note_table(g, profile, pc, table, event);
    }
}

/// Notes a table that an operation finds the metamethod of an event by, if it has a metatable.
fn note_table(g: &Global, profile: &mut Profile, pc: u32, table: Table, event: Event) {
    let shape = table.get_ref().shape;
    let Some(meta) = shape.get().meta else { return };
    let seen = profile.receivers.entry(pc).or_insert(Receiver::Shape(shape));
    let handler = |meta: Table| proto_of(g.metamethod_of(meta, event));
    *seen = match *seen {
        _ if shape.get().individual => Receiver::Many,
        Receiver::Shape(one) if one == shape => return,
        Receiver::Many => return,
        Receiver::Handler(proto) if handler(meta) == Some(proto) => return,
        _ if seen.meta() == Some(meta) => Receiver::Meta(meta),
        _ => match (seen.meta().and_then(handler), handler(meta)) {
            (Some(one), Some(other)) if one == other => Receiver::Handler(one),
            _ => Receiver::Many,
        },
    };
}

/// The call of a generic loop is the header that loops from outside lead to; its body is the one that running loops are entered
/// at, when the variables have what this call is going to yield.
fn note_generic_loop(profile: &mut Profile, proto: ProtoRef, pc: u32, register: &impl Fn(u8) -> Value) {
    profile.events += 1;
    let code = &proto.get().code;
    let instr = Instr(code[pc as usize]);
    let body = (pc + 4).wrapping_add_signed(code[pc as usize + 3] as i32);
    let registers = proto.get().registers;
    for target in [pc, body] {
        profile.sites[target as usize].notes |= notes::HEADER;
        let header = profile.headers.entry(target).or_insert_with(|| LoopHeader::unseen(proto));
        let known = if target == pc { registers } else { instr.a() + 2 };
        for index in 0..known {
            header.kinds[index as usize] |= kind_of(register(index));
        }
    }
}

fn note_meta(site: &mut Site, object: Value) {
    if object.as_table().is_some_and(|table| table.meta().is_some()) {
        site.notes |= notes::META;
    }
}

fn note_element(site: &mut Site, object: Value, key: Value) {
    note_meta(site, object);
    let Some(table) = object.as_table() else { return };
    if !key.is_small_int() {
        return;
    }
    let index = (key.small_int_value() as u64).wrapping_sub(1);
    if index >= u64::from(table.get_ref().array_len) {
        site.notes |= notes::BEYOND;
    } else if table.array()[index as usize].is_nil() {
        site.notes |= notes::HOLE;
    }
}

/// What compilers may look at.
impl Global {
    /// The roles' epoch.
    #[must_use]
    pub fn role_epoch(&self) -> u32 {
        self.role_epoch
    }

    /// The shape of empty tables without metatable.
    #[must_use]
    pub fn root_shape(&self) -> ShapeRef {
        self.root_shape
    }

    /// Where the allocation state of the heap is, see [`crate::layout::heap`].
    #[must_use]
    pub fn allocation_address(&self) -> usize {
        self.heap.classes_address()
    }

    /// The shape that stands for strings in caches of method calls.
    #[must_use]
    pub fn string_shape(&self) -> ShapeRef {
        self.string_shape
    }

    /// Whether something waits for a safepoint.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.is_interrupted()
    }

    /// Where the roles' epoch is (32 bits).
    #[must_use]
    pub fn role_epoch_address(&self) -> usize {
        &raw const self.role_epoch as usize
    }

    /// Where the word is that asks running code to come to a safepoint (32 bits).
    #[must_use]
    pub fn interrupt_address(&self) -> usize {
        self.interrupt_word as usize
    }
}

/// A shape as a value that keeps it alive.
#[must_use]
pub fn shape_as_value(shape: ShapeRef) -> Value {
    Value::from_header(shape.cell())
}

/// A prototype as a value that keeps it alive.
#[must_use]
pub fn proto_as_value(proto: ProtoRef) -> Value {
    Value::from_header(proto.0.cast())
}

/// The prototype of a Lua function.
#[must_use]
pub fn proto_of(function: Value) -> Option<ProtoRef> {
    // SAFETY: the caller holds the function.
    function.as_lua_closure().map(|closure| unsafe { closure.as_ref() }.proto)
}

/// How many fields the tables of a constructor have, once that is learnt; none if it makes room for elements.
#[must_use]
pub fn learnt_fields(cache: &Cache) -> Option<u32> {
    (cache.hint == 0 && cache.count >= interp::LEARNING).then_some(cache.entry.slot)
}

/// What becomes of tables of a shape that are given a metatable, where that is no more than a change of their shape for as long as
/// the roles' epoch stands: the metatable that they were given before, or `meta`, and the shape. Only tables that have none.
#[must_use]
pub fn shape_with_meta(g: &Global, shape: ShapeRef, meta: Option<Table>) -> Option<(Table, ShapeRef)> {
    if shape.get().mode != Mode::Shared || shape.get().meta.is_some() {
        return None;
    }
    let (meta, target) = match meta {
        Some(meta) => (meta, shape.known_with_meta(meta)?),
        None => shape.last_with_meta()?,
    };
    (meta.has_role() && metamethod_of(g, meta, Event::Gc).is_nil()).then_some((meta, target))
}

/// The table at an address that code has.
#[must_use]
pub fn table_at(address: u64) -> Table {
    // SAFETY: compilers take addresses for those of tables only if they got them from values, which the code keeps alive.
    Table(unsafe { NonNull::new_unchecked(address as *mut _) })
}

/// The place of a key of a table that has its shape to itself, which stays the same as long as the shape does; and whether the
/// roles' epoch says when that changes.
#[must_use]
pub fn own_place(table: Table, entry: &Entry) -> Option<(*mut Value, bool)> {
    let object = table.get_ref();
    if entry.shape != Some(object.shape) || object.shape.get().mode != Mode::Unique || entry.slot >= object.slot_cap * 2 {
        return None;
    }
    // SAFETY: the slot is one of the table's.
    let place = unsafe { object.slots.add(entry.slot as usize) };
    // SAFETY: as above.
    let is_set = !unsafe { *place }.is_nil();
    table.assume_keys();
    is_set.then_some((place, table.has_role()))
}

/// Whether a store to a field that is nil, in a table of this shape, is a plain store for as long as the roles' epoch stands.
#[must_use]
pub fn takes_new_values(g: &Global, shape: ShapeRef) -> bool {
    let shape = shape.get();
    shape.mode == Mode::Shared
        && !shape.individual
        && shape.meta.is_none_or(|meta| metamethod_of(g, meta, Event::NewIndex).is_nil())
}

/// Whether a field that is nil in a table of this shape stays nil, as no `__index` has it, for as long as the roles' epoch stands.
#[must_use]
pub fn inherits_nothing(g: &Global, shape: ShapeRef, name: Str) -> bool {
    if shape.get().individual {
        return false;
    }
    let mut meta = shape.get().meta;
    // Chains are short; whoever makes a circle is found out elsewhere.
    for _ in 0..16 {
        let Some(table) = meta else { return true };
        let handler = metamethod_of(g, table, Event::Index);
        if handler.is_nil() {
            return true;
        }
        let Some(target) = handler.as_table().filter(|target| target.has_role()) else { return false };
        target.assume_keys();
        if !target.get_str(name).is_nil() {
            return false;
        }
        if target.get_ref().shape.get().individual {
            return false;
        }
        meta = target.meta();
    }
    false
}

/// The library function that compiled code may do itself, if `function` is one.
#[must_use]
pub fn intrinsic_of(function: Value) -> Option<Special> {
    let number = NativeClosure::special(function.as_native()?);
    Special::ALL.get(number as usize).copied().filter(|special| *special != Special::No)
}

/// The value of a Lua function's upvalue, if that never changes as long as the roles' epoch stands.
#[must_use]
pub fn constant_upvalue(function: Value, index: u8) -> Option<Value> {
    let closure = function.as_lua_closure()?;
    // SAFETY: the caller holds the function; its upvalues are alive.
    unsafe {
        let desc = closure.as_ref().proto.get().plan.upvalues.get(index as usize)?;
        if !desc.constant {
            return None;
        }
        let upvalue = LuaClosure::upvalue(closure, index as usize);
        (*upvalue.0.as_ptr()).assume_constant();
        Some(upvalue.get())
    }
}

/// Whether a function is the only one that was ever made of its prototype.
#[must_use]
pub fn is_only_closure(function: Value) -> bool {
    proto_of(function).is_some_and(|proto| proto.get().tier.closures == 1)
}

/// Where the value of a Lua function's upvalue is, if it stays there: the variable's scope has ended.
#[must_use]
pub fn closed_upvalue(function: Value, index: u8) -> Option<*mut Value> {
    let upvalue = LuaClosure::upvalue(function.as_lua_closure()?, index as usize);
    // SAFETY: a closure's upvalues are alive.
    let object = unsafe { upvalue.0.as_ref() };
    std::ptr::eq(object.place, &raw const object.closed).then_some(object.place)
}

#[cfg(test)]
mod tests {
    use super::{kind_of, kinds};
    use crate::value::Value;

    #[test]
    fn kinds_follow_tags() {
        for float in [0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN] {
            assert_eq!(kind_of(Value::float(float)), kinds::FLOAT, "{float}");
        }
        assert_eq!(kind_of(Value::small_int(-1)), kinds::INT);
        assert_eq!(kind_of(Value::small_int(7)), kinds::INT);
        assert_eq!([Value::NIL, Value::FALSE, Value::TRUE].map(kind_of), [kinds::NIL, kinds::BOOL, kinds::BOOL]);
        assert_eq!(Value::light(8).map(kind_of), Some(kinds::OTHER));
    }
}
