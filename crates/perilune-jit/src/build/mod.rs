//! From bytecode and what it met to IR.
//!
//! The builder interprets bytecode abstractly: for each register it knows the value that it holds and what stands in its place
//! in the stack. Where profiles say what to expect it guards; where they say nothing the code has never run, and it leaves.
//! What it has no special rule for is executed by the interpreter, one instruction at a time ([`Op::Step`]).

mod arith;
mod calls;
mod cfg;
mod compare;
mod control;
mod dispatch;
mod frames;
mod instr;
mod intrinsics;
mod loops;
mod operators;
mod shapes;
mod tables;
mod unprofiled;
mod values;
mod varargs;

use crate::hash::{FxHashMap, FxHashSet};
use crate::ir::{Block, Class, End, Func, Op, Place, StateId, Ty, Val};
use cfg::Cfg;
use perilune_front::liveness::{Liveness, RegisterSet};
use perilune_front::proto::Proto as Plan;
use perilune_vm::lazy;
use perilune_vm::proto::ProtoRef;
use perilune_vm::shape::ShapeRef;
use perilune_vm::tier::{Called, Profile, Site, is_only_closure, notes};
use perilune_vm::{Global, Value};
use std::rc::Rc;

/// Longest code, in words, that is compiled.
const MAX_WORDS: usize = 6000;
/// Most instructions of IR.
const MAX_INSTS: usize = 40_000;
/// The same without a profile, when nobody waits for the code.
const MAX_UNPROFILED: (usize, usize) = (30_000, 400_000);

/// Why the translation of a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What follows is never reached.
    Ended,
    /// The function is not to be compiled, or not inlined.
    Refused(&'static str),
}

type Result<T = ()> = std::result::Result<T, Stop>;

/// What is known of registers, by number from the outermost frame's first.
#[derive(Clone, Default)]
struct Env {
    /// The value a register holds; `None`: what stands in the stack.
    regs: Vec<Option<Val>>,
    /// What stands in the stack, where known.
    places: Vec<Option<Val>>,
    /// A state that guards may leave to: nothing was done since that others could see, so that the interpreter may do it again.
    resume: Option<StateId>,
    /// Tables that the code made, in order.
    made: Vec<Made>,
}

/// A table that the code made.
#[derive(Clone, Copy)]
struct Made {
    table: Val,
    /// The state that guards could leave to when it was made. As long as they can, nobody else has seen the table.
    since: Option<StateId>,
    /// The shape that it probably has.
    shape: ShapeRef,
}

/// The function that a body belongs to.
#[derive(Debug, Clone, Copy)]
enum Closure {
    /// Whatever function runs.
    Running,
    /// This one.
    Known(Value),
    /// A value.
    Val(Val),
}

/// The call that a body was inlined for.
#[derive(Clone, Copy)]
struct Caller {
    /// Where the caller goes on; of an operator's metamethod, one word into the instruction, which the return finishes.
    resume: u32,
    /// The word of code at which the caller's registers count as needed.
    needs: u32,
    /// How the function was called.
    called: Called,
    /// How many functions before it were left by tail calls.
    tails: u8,
    /// Results it wants.
    wanted: i32,
}

/// A loop's header that was begun.
struct Header {
    block: Block,
    /// The registers that have parameters, in order.
    params: Vec<Variable>,
    /// The header of the inner one of two loops that begin here.
    within: Option<(Block, Vec<Variable>)>,
}

/// A register that has a parameter at a loop's header, the parameter's type, and the kinds that it was seen to have.
type Variable = (u16, Ty, Option<u8>);

/// A function body in translation: the outermost or an inlined one.
struct Body {
    proto: ProtoRef,
    plan: Rc<Plan>,
    liveness: Rc<Liveness>,
    cfg: Rc<Cfg>,
    /// Its first register.
    base: u16,
    /// The register that the function was called in, and where its results go. Its frame has it right below the first register.
    func: u16,
    /// Inlined: the registers that have its extra arguments.
    extras: std::ops::Range<u16>,
    closure: Closure,
    caller: Option<Caller>,
    /// Registers that closures capture: always in the stack.
    captured: RegisterSet,
    /// Ends of blocks that lead to a word of code.
    pending: FxHashMap<u32, Vec<(Block, Env)>>,
    headers: FxHashMap<u32, Header>,
    /// Inlined for a caller that wants all results: how many there are.
    results: Option<u16>,
    /// Inlined: ends of blocks that return.
    returns: Vec<(Block, Env)>,
    /// Start of the block in translation.
    start: u32,
    /// Registers needed at a word of code.
    needed: FxHashMap<u32, RegisterSet>,
}

/// A function in the making.
pub struct Builder<'g> {
    f: Func,
    g: &'g Global,
    /// The block that instructions go to.
    at: Option<Block>,
    env: Env,
    /// Outermost first.
    bodies: Vec<Body>,
    /// The word of code in translation.
    pc: u32,
    /// Values of any type that a typed value was made from.
    origins: FxHashMap<Val, Val>,
    /// The state of the instruction in translation, while it holds.
    state: Option<StateId>,
    /// Whether that state, if there is one, is of a moment before the instruction.
    state_is_earlier: bool,
    /// Whether the instruction did something already that must not be done again.
    acted: bool,
    /// An instruction that was translated together with the one before it.
    skip: Option<u32>,
    /// Whether nothing may be assumed.
    unprofiled: bool,
    /// What loops' variables turned out not to keep their types.
    widened: Widened,
    /// Whether code for fast calls cannot be made of the function.
    framed: bool,
    /// The instruction before was a call for all results, of which there is one: the register behind it.
    open: Option<u16>,
}

/// Variables of loops that are not of one type: the loop's header and the register.
type Widened = FxHashSet<(u32, u16)>;

/// Makes the IR of `proto`, entered at word `entry` of its code, from what its profile says.
/// `closure` is the function that runs.
pub fn build(g: &Global, proto: ProtoRef, entry: u32, closure: Value) -> std::result::Result<Func, &'static str> {
    let func = settled(|widened| build_with(g, proto, entry, Some(closure), widened, false))?;
    if entry == 0 && !func.is_frameless() && func.uses(|op| matches!(op, Op::CallFast(..))) {
        // It may be itself that it takes for what can be called fast.
        return settled(|widened| build_with(g, proto, entry, Some(closure), widened, true));
    }
    Ok(func)
}

/// Makes the IR of `proto` for code that assumes nothing, has no addresses of the process in it, and leaves for the interpreter
/// only in rare cases, never in a loop.
pub fn build_unprofiled(g: &Global, proto: ProtoRef) -> std::result::Result<Func, &'static str> {
    settled(|widened| build_with(g, proto, 0, None, widened, true))
}

type Built = std::result::Result<(Func, Widened), &'static str>;

/// Types of loops' variables of which nothing was seen are those at the entry until a jump back brings another: then the function
/// is translated anew.
fn settled(attempt: impl Fn(Widened) -> Built) -> std::result::Result<Func, &'static str> {
    let mut widened = Widened::default();
    loop {
        let known = widened.len();
        let (func, found) = attempt(widened)?;
        if found.len() == known {
            return Ok(func);
        }
        widened = found;
    }
}

/// Without a function that runs, nothing is assumed. `framed`: not for fast calls.
fn build_with(g: &Global, proto: ProtoRef, entry: u32, running: Option<Value>, widened: Widened, framed: bool) -> Built {
    let unprofiled = running.is_none();
    let code = proto.get();
    if code.code.len() > if unprofiled { MAX_UNPROFILED.0 } else { MAX_WORDS } {
        return Err("too long");
    }
    let mut builder = Builder {
        f: Func::new(proto, entry),
        g,
        at: None,
        env: Env::default(),
        bodies: Vec::new(),
        pc: entry,
        origins: FxHashMap::default(),
        state: None,
        state_is_earlier: false,
        acted: false,
        skip: None,
        unprofiled,
        widened,
        framed,
        open: None,
    };
    builder.f.extent = u32::from(code.registers);
    builder.env.grow(code.registers as usize);
    let first = builder.f.block();
    let body = builder.body(proto, entry, 0, Closure::Running, None);
    if body.cfg.irreducible {
        return Err("loops with several entries");
    }
    builder.bodies.push(body);
    if !builder.unprofiled && entry == 0 && !code.is_vararg {
        builder.take_arguments(first);
    }
    let first = builder.know_closure(first, running);
    let env = builder.env.clone();
    builder.body_mut().pending.insert(entry, vec![(first, env)]);
    match builder.run() {
        Ok(()) | Err(Stop::Ended) => {
            // Before any of it runs: the collector has to know how far registers reach.
            let extent = &mut proto.tier().extent;
            *extent = builder.f.extent.max(*extent);
            Ok((builder.f, builder.widened))
        }
        Err(Stop::Refused(reason)) => Err(reason),
    }
}

impl Env {
    /// Whether the same is known of a table that the code made.
    fn has_made(&self, made: &Made) -> bool {
        self.made.iter().any(|known| (known.table, known.since, known.shape) == (made.table, made.since, made.shape))
    }

    fn grow(&mut self, registers: usize) {
        if self.regs.len() < registers {
            self.regs.resize(registers, None);
            self.places.resize(registers, None);
        }
    }
}

impl Builder<'_> {
    fn body(&self, proto: ProtoRef, entry: u32, base: u16, closure: Closure, caller: Option<Caller>) -> Body {
        let plan = Rc::new(proto.to_shallow_plan());
        let mut captured = RegisterSet::default();
        for upvalue in plan.children.iter().flat_map(|child| &child.upvalues).filter(|upvalue| upvalue.in_stack) {
            captured.insert(upvalue.index);
        }
        Body {
            proto,
            liveness: Rc::new(Liveness::of(&plan)),
            cfg: Rc::new(Cfg::of(&plan, entry)),
            plan,
            base,
            func: base.saturating_sub(1),
            extras: 0..0,
            closure,
            caller,
            captured,
            pending: FxHashMap::default(),
            headers: FxHashMap::default(),
            results: None,
            returns: Vec::new(),
            start: entry,
            needed: FxHashMap::default(),
        }
    }

    /// The first arguments are in registers of the processor.
    fn take_arguments(&mut self, first: Block) {
        self.at = Some(first);
        let params = u16::from(self.here().proto.get().params);
        for index in 0..params.min(lazy::ARGUMENTS as u16) {
            let val = self.push(Op::Arg(index), &[], Ty::Any);
            self.set_reg(index, val);
        }
    }

    /// A function of which there is one closure is compiled for that one, if it has upvalues that are constants then.
    fn know_closure(&mut self, first: Block, running: Option<Value>) -> Block {
        let Some(closure) = running.filter(|&closure| is_only_closure(closure)) else { return first };
        if !self.here().plan.upvalues.iter().any(|upvalue| upvalue.constant) || self.has_failed() {
            return first;
        }
        if self.f.entered == 0 && !self.here().proto.get().is_vararg {
            // When there is another one the code goes.
            self.f.for_one = true;
            self.keep_alive(closure);
            self.body_mut().closure = Closure::Known(closure);
            return first;
        }
        self.at = Some(first);
        let callee = self.push(Op::Callee, &[], Ty::Fun);
        let known = self.push(Op::Ptr(closure.address() as u64), &[], Ty::Fun);
        self.keep_alive(closure);
        let same = self.push(Op::Same, &[callee, known], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None);
        self.body_mut().closure = Closure::Known(closure);
        self.at.take().expect("a check ends no block")
    }

    fn here(&self) -> &Body {
        self.bodies.last().expect("a body is in translation")
    }

    fn body_mut(&mut self) -> &mut Body {
        self.bodies.last_mut().expect("a body is in translation")
    }

    fn inlined(&self) -> bool {
        self.bodies.len() > 1
    }

    fn profile(&self) -> Option<&Profile> {
        self.here().proto.get().tier.profile.as_deref()
    }

    /// What was seen at the instruction. Of elements that were never accessed there nothing is assumed.
    fn site(&self) -> Site {
        let site = self.profile().map_or_else(Site::default, |profile| profile.sites[self.pc as usize]);
        let unseen = site.a | site.b | site.c == 0;
        Site { notes: if unseen { site.notes | notes::BEYOND | notes::HOLE } else { site.notes }, ..site }
    }

    /// Whether the instruction is left to the interpreter, as what was assumed failed too often.
    fn failed(&self) -> bool {
        self.site().notes & notes::FAILED != 0
    }

    /// Whether something that was assumed at the instruction failed before.
    fn has_failed(&self) -> bool {
        self.profile().is_some_and(|profile| profile.failures.contains_key(&self.pc))
    }

    /// Translates the innermost body.
    fn run(&mut self) -> Result {
        let cfg = self.here().cfg.clone();
        for block in &cfg.blocks {
            self.body_mut().start = block.start;
            if !self.begin(block.start)? {
                continue;
            }
            let plan = self.here().plan.clone();
            let mut pc = block.start;
            while pc < block.end && self.at.is_some() {
                let (op, instr) = cfg::instr_at(&plan, pc);
                if self.skip.take_if(|skipped| *skipped == pc).is_some() {
                    pc += cfg::words(op);
                    continue;
                }
                self.pc = pc;
                self.f.position = Place { proto: self.here().proto, pc };
                (self.state, self.acted) = (None, false);
                if self.f.insts.len() > if self.unprofiled { MAX_UNPROFILED.1 } else { MAX_INSTS } {
                    return Err(Stop::Refused("too large"));
                }
                let instr = self.with_known_end(op, instr);
                let done = if self.unprofiled { self.instruction_unprofiled(op, instr) } else { self.instruction(op, instr) };
                match done {
                    Ok(()) => {}
                    Err(Stop::Ended) => self.at = None,
                    Err(refused) => return Err(refused),
                }
                pc += cfg::words(op);
            }
            if self.at.is_some() {
                self.goto(block.end)?;
            }
        }
        Ok(())
    }

    // ---- emitting ----

    fn block(&self) -> Block {
        self.at.expect("code is emitted where it can be reached")
    }

    fn push(&mut self, op: Op, args: &[Val], ty: Ty) -> Val {
        if op.effects().stays && !self.is_unseen(op, args) {
            self.act();
        }
        let block = self.block();
        self.f.push(block, op, args, ty, None)
    }

    /// Whether an instruction changes a table that goes away, as if it had never been, when a guard fails: the interpreter makes
    /// another one.
    fn is_unseen(&self, op: Op, args: &[Val]) -> bool {
        if !matches!(op, Op::Store(Class::Shape | Class::SlotsAt | Class::SlotCap | Class::Slot, ..) | Op::Barrier) {
            return false;
        }
        let base = self.f.inst(args[0]);
        let table = if matches!(base.op, Op::Load(Class::SlotsAt, ..)) { base.args[0] } else { args[0] };
        self.made(table).is_some_and(|made| made.since.is_some() && made.since == self.env.resume)
    }

    /// What is known of a table, if the code made it.
    fn made(&self, table: Val) -> Option<&Made> {
        self.env.made.iter().rev().find(|made| made.table == table)
    }

    /// Notes the shape that a table was given, if the code made it.
    fn note_shape(&mut self, table: Val, shape: ShapeRef) {
        if let Some(made) = self.env.made.iter_mut().rev().find(|made| made.table == table) {
            made.shape = shape;
        }
    }

    /// From here on guards must not leave to an earlier moment: what follows is not to be done twice.
    fn act(&mut self) {
        self.env.resume = None;
        self.acted = true;
        if self.state_is_earlier {
            self.state = None;
        }
    }

    /// An instruction that may leave to the start of the instruction in translation, or to an earlier moment since which nothing
    /// was done that others could see.
    pub(super) fn push_exit(&mut self, op: Op, args: &[Val], ty: Ty) -> Val {
        let state = self.state_here();
        let block = self.block();
        let val = self.f.push(block, op, args, ty, Some(state));
        if op == Op::CheckDone {
            self.act();
        }
        val
    }

    fn end(&mut self, end: End) {
        let block = self.block();
        self.f.data_mut(block).end = end;
        self.at = None;
    }

    /// Leaves the compiled code.
    fn exit<T>(&mut self) -> Result<T> {
        let state = self.state_here();
        self.end(End::Exit(state));
        Err(Stop::Ended)
    }

    fn keep_alive(&mut self, value: Value) {
        let list = if value.is_function() { &mut self.f.functions } else { &mut self.f.refs };
        if !list.contains(&value) {
            list.push(value);
        }
    }
}
