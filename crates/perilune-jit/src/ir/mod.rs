//! The optimiser's intermediate representation: typed SSA with block parameters.
//!
//! An instruction yields at most one value. A *guard* yields its operand in a more special type, a *check* tests a condition;
//! both leave the compiled code when what they assume is false, and name a [`FrameState`] that says how the interpreter's
//! registers are rebuilt. Memory is read and written by class ([`Class`]): accesses of different classes never touch the same
//! place.

pub mod parse;
mod print;
mod signature;
mod text;
pub mod verify;

use crate::hash::FxHashSet;
use perilune_vm::lazy::MOST_RESULTS;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::Called;
pub use print::Line;
pub(crate) use signature::takes_thread;
use smallvec::SmallVec;
pub use text::Names;

/// A value: the result of the instruction with this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Val(pub u32);

/// A basic block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block(pub u32);

/// A frame state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateId(pub u32);

/// The type of a value: how it is held in a register of the processor, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ty {
    /// No value.
    None,
    /// Any Lua value, as one word.
    Any,
    /// A Lua integer, 64 bits.
    Int,
    /// A Lua float.
    Flt,
    /// A condition.
    Bool,
    /// A table's address.
    Tab,
    /// A string's address.
    Str,
    /// A function's address.
    Fun,
    /// Another address, of a cell or a place.
    Ptr,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Cond {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Unsigned less; integers only.
    Below,
}

/// Classes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Class {
    /// Never changes once it can be seen.
    Constant,
    /// Registers of the frame, as they stand in the stack.
    Register,
    /// Shapes of tables.
    Shape,
    /// Where a table's slots are.
    SlotsAt,
    /// How many slots a table has room for.
    SlotCap,
    /// Where a table's array part is.
    ArrayAt,
    /// Lengths of array parts.
    ArrayLen,
    /// Slots and entries of dictionaries.
    Slot,
    /// Slots of tables that have their shape to themselves, at addresses that are known. A store to one writes slots too.
    KnownSlot,
    /// Elements of array parts.
    Element,
    /// Values of upvalues.
    Upvalue,
    /// Where upvalues' values are.
    UpvalueAt,
    /// Metatables of shapes.
    Meta,
    /// The roles' epoch.
    Epoch,
}

impl Class {
    /// All classes.
    pub const ALL: [Class; 14] = [
        Class::Constant,
        Class::Register,
        Class::Shape,
        Class::SlotsAt,
        Class::SlotCap,
        Class::ArrayAt,
        Class::ArrayLen,
        Class::Slot,
        Class::KnownSlot,
        Class::Element,
        Class::Upvalue,
        Class::UpvalueAt,
        Class::Meta,
        Class::Epoch,
    ];
}

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes(pub u16);

impl Classes {
    /// Everything that a program can change.
    pub const ALL: Classes = Classes(!1);

    /// A set.
    #[must_use]
    pub fn of(classes: &[Class]) -> Classes {
        Classes(classes.iter().fold(0, |set, &class| set | 1 << class as u8))
    }

    /// Whether `class` is in it.
    #[must_use]
    pub fn contains(self, class: Class) -> bool {
        self.0 & 1 << class as u8 != 0
    }
}

/// How many bytes a memory access moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Width {
    B1,
    B4,
    B8,
}

/// What an instruction does. Operands are listed in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// A parameter of its block.
    Param,
    /// An integer.
    Int(i64),
    /// A float, by its bits.
    Flt(u64),
    /// Any value, by its word.
    Any(u64),
    /// An address.
    Ptr(u64),
    /// A condition.
    Bool(bool),
    /// A constant of the function that runs.
    Konst(u32),
    /// The address of an inline cache of the function that runs.
    Cache(u32),

    /// A typed value as any value. Integers that do not fit a word get a cell.
    Box,
    /// An integer that is known to fit a word as any value.
    BoxSmall,
    /// Any value as one of this type, or leaves.
    Guard(Ty),
    /// Any value as an integer, of whatever size, or leaves.
    GuardInteger,
    /// Any number as a float, or leaves.
    GuardNumber,
    /// Leaves unless the condition holds.
    Check,
    /// As `Check`, about whether something was done just now: if it fails, it was not. It leaves for no other reason.
    CheckDone,
    /// Any value, known to be of the type, as one of this type.
    Unbox(Ty),
    /// An integer as a float.
    ToFloat,
    /// A float with an integral value that fits as an integer, or leaves.
    ToInt,
    /// An integer that fits a word, or leaves.
    GuardFits,
    /// Whether values of any type are inline integers: all of them.
    AreInts,
    /// Whether they are floats.
    AreFloats,
    /// Whether they are floats or inline integers.
    AreNumbers,
    /// Any value, known to be a float or an inline integer, as a float.
    ToDouble,
    /// Whether an integer fits a word.
    Fits,

    /// Integer arithmetic, modulo 2^64.
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Lua's shift left by any amount.
    Shl,
    /// Lua's shift right by any amount.
    Shr,
    /// Floor division; the divisor is not 0.
    IDiv,
    /// Lua's modulo; the divisor is not 0.
    Mod,
    /// Unsigned quotient; the divisor is not 0.
    UDiv,

    /// `a + b`
    FAdd,
    /// `a - b`
    FSub,
    /// `a * b`
    FMul,
    /// `a / b`
    FDiv,
    /// `-a`
    FNeg,
    /// The largest integral float not above `a`.
    FFloor,
    /// The smallest integral float not below `a`.
    FCeil,
    /// The square root.
    FSqrt,
    /// The absolute value.
    FAbs,

    /// Compares integers.
    Compare(Cond),
    /// Compares floats.
    FCompare(Cond),
    /// Whether two words are the same (of `Any` or addresses).
    Same,
    /// Whether a value is neither nil nor false.
    Truthy,
    /// Negates a condition.
    Not,
    /// Whether both conditions hold.
    Both,
    /// Whether either holds.
    Either,
    /// Whether any value is a float.
    IsFloat,

    /// A register as it stands in the stack, by its number from the outermost frame's first.
    LoadReg(u16),
    /// Stores to it.
    StoreReg(u16),
    /// Where a register stands in the stack.
    RegPlace(u16),
    /// How many extra arguments the function that runs (the outermost one) has.
    ExtraCount,
    /// The extra argument with this index (from 0), which exists.
    ExtraArg,
    /// The function that runs (the outermost one).
    Callee,
    /// An argument of the function that runs (the outermost one), which is entered at its start.
    Arg(u16),
    /// Loads from an address plus an offset. A second operand is the check that makes the load safe.
    Load(Class, Width, i32),
    /// Stores (operand 1) to an address plus an offset.
    Store(Class, Width, i32),
    /// Loads the value at an address plus eight times an index. A third operand is the check that makes the load safe.
    LoadAt(Class),
    /// Stores (operand 2) there.
    StoreAt(Class),
    /// A new table with room for this many fields, without keys.
    NewTable(u8),
    /// Tells the collector that a reference (operand 1) was stored into an object (operand 0).
    Barrier,
    /// The roles' epoch.
    Epoch,

    /// Leaves if something waits for a safepoint.
    Poll,
    /// Saves the frame's position: this word of code comes next.
    SetPc(u32),
    /// Makes the frames of inlined calls, as its state has them, for what follows up to `PopFrames`.
    PushFrames,
    /// Takes them away. Leaves if something happened to one of them that its code does not know of.
    PopFrames,
    /// As `PopFrames`, where the innermost function is about to return this many values from this register on: that is done if the
    /// code leaves.
    PopReturned(u16, u32),
    /// Sets the thread's top to this register.
    SetTop(u16),
    /// Calls the function in this register with the arguments up to the top, for so many results (-1: open).
    Call(u16, i32),
    /// As `Call`, of a native function in place of the values of the innermost function, whose frame was made: `PopReturned` follows.
    CallLast(u16, i32),
    /// As `Call` with so many arguments, which stand after the function: most probably a Lua function that is compiled. Operand:
    /// the function, and if it is known to be a certain one nearly always, that one.
    CallLua(u16, i32, u8),
    /// Calls a Lua function with fixed parameters that stands in this register, for so many results (or -1 for all of them, which
    /// are expected to be one; all but the first are left in their registers), with so many arguments:
    /// most probably there is code for fast calls of it. Operands: the function, the address of its prototype, and the first
    /// arguments; others stand in their registers. The state has the frames of the caller.
    CallFast(u16, i32, u8),
    /// As `CallFast`, of a function that is not known: there is no prototype among the operands.
    CallAny(u16, i32, u8),
    /// Gives way to a Lua function with fixed parameters, if that is possible: a tail call with so many arguments. Operands: the
    /// function, the address of its prototype, and the arguments.
    TailFast(u8),
    /// As `TailFast`, of a function that is not known: there is no prototype among the operands.
    TailAny(u8),
    /// Has the interpreter execute the instruction at this word of code.
    Step(u32),
    /// As `Step`; whether it jumped.
    StepJump(u32),
    /// As `Step`, for the call of a generic loop and the loop instruction after it: whether the loop goes on.
    ForIn(u32),
    /// The key that follows a key (operand 1) in the traversal of a table, its value in this register: nil at the end,
    /// `CALLS_METAMETHOD` if there is no such key. Operand 2 is where the position is kept.
    Next(u16),
    // Table access by what the function's own inline caches know when the code runs. The table is a value of any type, or of
    // type table.
    /// The field that the cache is about; `CALLS_METAMETHOD` if the interpreter has to get it.
    Field(u32),
    /// The same of a method, which strings have too.
    Method(u32),
    /// Stores (operand 1) to the field that the cache is about. Whether that was possible; else nothing happened.
    StoreField(u32),
    /// The element at a key (operand 1), through `__index` tables; `CALLS_METAMETHOD` if that takes more.
    Index,
    /// Stores (operand 2) at a key. Whether that was possible without metamethods; else nothing happened.
    StoreIndex,
    /// The length of a table without metatable, or of a string; nil of other values.
    Length,

    /// Whether something waits for a safepoint.
    Waiting,
    /// Does what waits for a safepoint, at a jump back to this word of code.
    Safepoint(u32),
    /// Calls a helper that neither raises nor changes frames. The thread, where it wants it, is no operand.
    Help(Helper),
}

/// An instruction.
#[derive(Debug, Clone)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// Its operands.
    pub args: SmallVec<[Val; 3]>,
    /// Its result's type.
    pub ty: Ty,
    /// Where it leaves to, if it can.
    pub state: Option<StateId>,
}

/// A way to another block, with values for its parameters.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The block.
    pub to: Block,
    /// The values.
    pub args: Vec<Val>,
}

/// How a block ends.
#[derive(Debug, Clone)]
pub enum End {
    /// Not yet known.
    Open,
    /// Goes on elsewhere.
    Jump(Edge),
    /// To the first if the condition holds, else to the second.
    Branch(Val, Edge, Edge),
    /// Leaves at a frame state.
    Exit(StateId),
    /// Returns no value.
    Return0,
    /// Returns one value; the register is where it goes if the caller wants something else.
    Return1(Val, u16),
    /// Returns this many values from this register on.
    Return(u16, u32),
    /// Returns the values from this register up to the top.
    ReturnOpen(u16),
    /// Has the interpreter execute an instruction that leaves the function.
    StepOut(u32),
}

/// A block's contents.
#[derive(Debug, Clone)]
pub struct BlockData {
    /// Parameters, which are instructions `Param`.
    pub params: Vec<Val>,
    /// The others, in order.
    pub insts: Vec<Val>,
    /// How it ends.
    pub end: End,
    /// Of a loop's header: the state at its entry, for what is moved out of the loop.
    pub loop_state: Option<StateId>,
    /// Whether it is hardly ever executed.
    pub cold: bool,
}

/// An inlined call in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlinedCall {
    /// The register of its function.
    pub func: u16,
    /// Its code.
    pub proto: ProtoRef,
    /// Where it goes on.
    pub pc: u32,
    /// Results that its caller wants.
    pub wanted: i32,
    /// How it was called.
    pub called: Called,
}

/// How the interpreter's frames are rebuilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameState {
    /// Where the outermost function goes on.
    pub pc: u32,
    /// Registers whose places in the stack are out of date.
    pub regs: Vec<(u16, Val)>,
    /// Inlined calls, outermost first.
    pub inlined: Vec<InlinedCall>,
    /// The innermost function, and the instruction that leaves.
    pub proto: ProtoRef,
    /// As a word of its code.
    pub at: u32,
}

impl FrameState {
    /// Whether another state describes the same moment, of which other things were assumed.
    #[must_use]
    pub fn is_same_moment(&self, other: &FrameState) -> bool {
        self.pc == other.pc && self.regs == other.regs && self.inlined == other.inlined
    }
}

/// An instruction of bytecode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The function.
    pub proto: ProtoRef,
    /// The word of its code.
    pub pc: u32,
}

/// A function to be compiled.
#[derive(Debug, Clone)]
pub struct Func {
    /// All instructions.
    pub insts: Vec<Inst>,
    /// All blocks; the first is the entry.
    pub blocks: Vec<BlockData>,
    /// All frame states.
    pub states: Vec<FrameState>,
    /// The function, for positions.
    pub proto: ProtoRef,
    /// Registers it uses, inlined ones included.
    pub extent: u32,
    /// Whether it is for the only closure of its prototype, and does not look whether it is.
    pub for_one: bool,
    /// Where it is entered; 0 for its start.
    pub entered: u32,
    /// Cells that the code refers to.
    pub refs: Vec<perilune_vm::Value>,
    /// Functions that the code refers to.
    pub functions: Vec<perilune_vm::Value>,
    /// Integers that are known to fit a word.
    pub small: FxHashSet<Val>,
    /// The place that instructions are made for from now on.
    pub position: Place,
    /// By instruction: the place that it was made for.
    pub positions: Vec<Place>,
}

impl Func {
    /// An empty function.
    #[must_use]
    pub fn new(proto: ProtoRef, entered: u32) -> Func {
        Func {
            insts: Vec::new(),
            blocks: Vec::new(),
            states: Vec::new(),
            proto,
            extent: 0,
            for_one: false,
            entered,
            refs: Vec::new(),
            functions: Vec::new(),
            small: FxHashSet::default(),
            position: Place { proto, pc: entered },
            positions: Vec::new(),
        }
    }

    /// A new block.
    pub fn block(&mut self) -> Block {
        self.blocks.push(BlockData { params: Vec::new(), insts: Vec::new(), end: End::Open, loop_state: None, cold: false });
        Block(self.blocks.len() as u32 - 1)
    }

    /// A new parameter of a block.
    pub fn param(&mut self, block: Block, ty: Ty) -> Val {
        let val = self.value(Op::Param, &[], ty, None);
        self.blocks[block.0 as usize].params.push(val);
        val
    }

    fn value(&mut self, op: Op, args: &[Val], ty: Ty, state: Option<StateId>) -> Val {
        self.positions.push(self.position);
        self.insts.push(Inst { op, args: SmallVec::from_slice(args), ty, state });
        Val(self.insts.len() as u32 - 1)
    }

    /// A new instruction at the end of a block.
    pub fn push(&mut self, block: Block, op: Op, args: &[Val], ty: Ty, state: Option<StateId>) -> Val {
        let val = self.value(op, args, ty, state);
        self.blocks[block.0 as usize].insts.push(val);
        val
    }

    /// A new instruction that is in no block yet.
    pub fn detached(&mut self, op: Op, args: &[Val], ty: Ty) -> Val {
        self.value(op, args, ty, None)
    }

    /// The instruction that yields `val`.
    #[must_use]
    pub fn inst(&self, val: Val) -> &Inst {
        &self.insts[val.0 as usize]
    }

    /// The type of `val`.
    #[must_use]
    pub fn ty(&self, val: Val) -> Ty {
        self.inst(val).ty
    }

    /// A block's contents.
    #[must_use]
    pub fn data(&self, block: Block) -> &BlockData {
        &self.blocks[block.0 as usize]
    }

    /// The same, to be changed.
    pub fn data_mut(&mut self, block: Block) -> &mut BlockData {
        &mut self.blocks[block.0 as usize]
    }

    /// Whether it may be made for fast calls: it has nothing that needs a frame, other than in rare cases.
    #[must_use]
    pub fn is_frameless(&self) -> bool {
        let proto = self.proto.get();
        let returns_many =
            |end: &End| matches!(end, End::ReturnOpen(_)) || matches!(end, End::Return(_, count) if *count > MOST_RESULTS);
        let ends_so = self.order().into_iter().any(|block| !self.data(block).cold && returns_many(&self.data(block).end));
        self.entered == 0 && !proto.is_vararg && !ends_so && !self.uses_often(Op::needs_frame)
    }

    /// Whether it assumes that the roles' epoch stands.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        self.uses(|op| op == Op::Epoch)
    }

    /// Whether any instruction is one of these.
    pub fn uses(&self, is_one: impl Fn(Op) -> bool) -> bool {
        self.order().into_iter().flat_map(|block| &self.data(block).insts).any(|&val| is_one(self.inst(val).op))
    }

    /// Whether any instruction is one of these, of those that are not hardly ever executed.
    pub fn uses_often(&self, is_one: impl Fn(Op) -> bool) -> bool {
        let often = self.order().into_iter().filter(|&block| !self.data(block).cold);
        often.flat_map(|block| &self.data(block).insts).any(|&val| is_one(self.inst(val).op))
    }

    /// Blocks in order of their numbers.
    pub fn each_block(&self) -> impl Iterator<Item = Block> + use<> {
        (0..self.blocks.len() as u32).map(Block)
    }

    /// Blocks that can be reached, each after its dominators (reverse postorder).
    #[must_use]
    pub fn order(&self) -> Vec<Block> {
        let mut seen = vec![false; self.blocks.len()];
        let mut post = Vec::with_capacity(self.blocks.len());
        let mut stack = vec![(Block(0), 0usize)];
        seen[0] = true;
        while let Some((block, next)) = stack.pop() {
            let successors = self.data(block).end.successors();
            match successors.get(next) {
                Some(&to) => {
                    stack.push((block, next + 1));
                    if !std::mem::replace(&mut seen[to.0 as usize], true) {
                        stack.push((to, 0));
                    }
                }
                None => post.push(block),
            }
        }
        post.reverse();
        post
    }
}

impl End {
    /// The edges.
    pub fn edges(&self) -> SmallVec<[&Edge; 2]> {
        match self {
            End::Jump(edge) => SmallVec::from_slice(&[edge]),
            End::Branch(_, yes, no) => SmallVec::from_slice(&[yes, no]),
            _ => SmallVec::new(),
        }
    }

    /// The edges, to be changed.
    pub fn edges_mut(&mut self) -> SmallVec<[&mut Edge; 2]> {
        let mut edges = SmallVec::new();
        match self {
            End::Jump(edge) => edges.push(edge),
            End::Branch(_, yes, no) => {
                edges.push(yes);
                edges.push(no);
            }
            _ => {}
        }
        edges
    }

    /// The blocks that may follow.
    #[must_use]
    pub fn successors(&self) -> SmallVec<[Block; 2]> {
        self.edges().iter().map(|edge| edge.to).collect()
    }

    /// Calls `visit` for each value used, those of edges included.
    pub fn each_use(&mut self, mut visit: impl FnMut(&mut Val)) {
        if let End::Branch(val, ..) | End::Return1(val, _) = self {
            visit(val);
        }
        for edge in self.edges_mut() {
            edge.args.iter_mut().for_each(&mut visit);
        }
    }
}

/// What an instruction does besides yielding its value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effects {
    /// Memory it reads.
    pub reads: Classes,
    /// Memory it may write.
    pub writes: Classes,
    /// Whether it must stay, even if its value is not used.
    pub stays: bool,
}

impl Op {
    /// Whether it yields the same always, from nothing.
    #[must_use]
    pub fn is_constant(self) -> bool {
        matches!(self, Op::Int(_) | Op::Flt(_) | Op::Any(_) | Op::Ptr(_) | Op::Bool(_))
    }

    /// Whether the running function has to have a frame for it.
    fn needs_frame(self) -> bool {
        match self {
            Op::Call(..) | Op::CallLast(..) | Op::CallLua(..) => true,
            Op::Step(_) | Op::StepJump(_) | Op::ForIn(_) | Op::Safepoint(_) => true,
            Op::Help(helper) => helper.needs_frame(),
            _ => false,
        }
    }

    /// Whether it calls something that may call the running function.
    pub(crate) fn calls(self) -> bool {
        self.needs_frame() || matches!(self, Op::CallFast(..) | Op::CallAny(..) | Op::TailFast(_) | Op::TailAny(_))
    }

    /// What it does besides yielding its value.
    #[must_use]
    pub fn effects(self) -> Effects {
        let read = |class: Class| Effects { reads: Classes::of(&[class]), ..Effects::default() };
        let write = |classes: &[Class]| Effects { writes: Classes::of(classes), stays: true, ..Effects::default() };
        match self {
            // The stack moves when it grows, which only what may write registers makes it do.
            Op::LoadReg(_) | Op::RegPlace(_) | Op::ExtraArg => read(Class::Register),
            Op::Load(class, ..) | Op::LoadAt(class) => read(class),
            Op::Epoch => read(Class::Epoch),
            Op::StoreReg(_) => write(&[Class::Register, Class::Upvalue]),
            Op::Store(Class::Upvalue, ..) => write(&[Class::Register, Class::Upvalue]),
            Op::Store(Class::KnownSlot, ..) => write(&[Class::Slot, Class::KnownSlot]),
            Op::Store(class, ..) | Op::StoreAt(class) => write(&[class]),
            Op::Guard(_) | Op::GuardInteger | Op::GuardNumber | Op::GuardFits | Op::ToInt | Op::Check | Op::CheckDone => {
                Effects { stays: true, ..Effects::default() }
            }
            Op::Next(_) => {
                Effects { reads: Classes::ALL, writes: Classes::of(&[Class::Register, Class::Upvalue]), stays: true }
            }
            Op::Field(_) | Op::Method(_) | Op::Index => Effects { reads: Classes::ALL, ..Effects::default() },
            Op::Length => Effects { reads: Classes::of(&[Class::Shape, Class::Meta, Class::ArrayLen]), ..Effects::default() },
            Op::StoreField(_) | Op::StoreIndex => Effects { reads: Classes::ALL, ..helper_effects(Helper::raw_set) },
            Op::Safepoint(_) => Effects { reads: Classes::ALL, writes: Classes::ALL, stays: true },
            Op::Poll
            | Op::Waiting
            | Op::Barrier
            | Op::SetPc(_)
            | Op::SetTop(_)
            | Op::PushFrames
            | Op::PopFrames
            | Op::PopReturned(..) => Effects { stays: true, ..Effects::default() },
            Op::Call(..) | Op::CallLast(..) | Op::CallLua(..) | Op::Step(_) | Op::StepJump(_) | Op::ForIn(_) => {
                Effects { reads: Classes::ALL, writes: Classes::ALL, stays: true }
            }
            // If the roles' epoch moves the call does not return here.
            Op::CallFast(..) | Op::CallAny(..) => {
                let writes = Classes(Classes::ALL.0 & !Classes::of(&[Class::Epoch]).0);
                Effects { reads: Classes::ALL, writes, stays: true }
            }
            Op::TailFast(_) | Op::TailAny(_) => Effects { reads: Classes::ALL, stays: true, ..Effects::default() },
            Op::Help(helper) => helper_effects(helper),
            _ => Effects::default(),
        }
    }
}

/// Where tables have what they contain.
const TABLES: [Class; 10] = [
    Class::Shape,
    Class::SlotsAt,
    Class::SlotCap,
    Class::ArrayAt,
    Class::ArrayLen,
    Class::Slot,
    Class::KnownSlot,
    Class::Element,
    Class::Meta,
    Class::Epoch,
];

fn helper_effects(helper: Helper) -> Effects {
    let writes = |classes: &[Class]| Effects { reads: Classes::ALL, writes: Classes::of(classes), stays: true };
    match helper {
        Helper::float_mod
        | Helper::pow
        | Helper::string_equals
        | Helper::string_less
        | Helper::string_byte
        | Helper::type_name => Effects::default(),
        // A string is not written to, and new ones, new closures and new tables are no place that is known.
        Helper::string_sub
        | Helper::string_char
        | Helper::concat2
        | Helper::concat3
        | Helper::to_integer
        | Helper::new_table
        | Helper::table_for => Effects { stays: true, ..Effects::default() },
        Helper::concat | Helper::closure | Helper::to_string => {
            Effects { reads: Classes::ALL, stays: true, ..Effects::default() }
        }
        Helper::equals
        | Helper::index
        | Helper::raw_get
        | Helper::get_metatable
        | Helper::metamethod
        | Helper::table_length => Effects { reads: Classes::ALL, ..Effects::default() },
        Helper::raw_set
        | Helper::assign
        | Helper::set_metatable
        | Helper::set_list
        | Helper::set_extra_list
        | Helper::set_open_list => writes(&TABLES),
        // Neither shapes nor fields change.
        Helper::set_element | Helper::append => writes(&[Class::ArrayAt, Class::ArrayLen, Class::Element]),
        Helper::table_remove | Helper::table_insert => writes(&TABLES),
        Helper::close_captured => writes(&[Class::Upvalue, Class::UpvalueAt]),
        _ => Effects { reads: Classes::ALL, writes: Classes::ALL, stays: true },
    }
}
