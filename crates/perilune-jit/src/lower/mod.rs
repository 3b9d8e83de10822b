//! From IR to machine code, by way of Cranelift.
//!
//! The code of a function takes the thread and the frame and returns a [`status`](perilune_vm::tier::status). Registers of Lua
//! that stand in the stack are reached from `base`, which moves when the stack does: it is loaded anew after every call that can
//! grow the stack.

mod arith;
mod calls;
mod exits;
mod fast;
mod frames;
mod iteration;
mod literals;
mod memory;
pub(crate) mod reasons;
mod tables;
mod values;

use crate::hash::FxHashMap;
use crate::ir::{self, Block, End, Func, Op, Place, Ty, Val, takes_thread};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{
    AbiParam, Block as ClifBlock, ExtFuncData, ExternalName, FuncRef, Function, InstBuilder, MemFlagsData, Signature,
    SourceLoc, StackSlot, UserExternalName, UserFuncName, Value as Clif, types,
};
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, FinalizedRelocTarget};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
pub use literals::{Literals, Surroundings};
use perilune_vm::layout;
use perilune_vm::lazy::Site;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::Exit;
use std::cell::RefCell;

/// Registers that a call leaves as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spared {
    /// Those that the C convention names.
    Usual,
    /// All that hold words.
    Words,
    /// All.
    All,
}

/// A place in the code that gets a helper's address.
#[derive(Debug, Clone, Copy)]
pub struct HelperCall {
    /// Where.
    pub offset: u32,
    /// Whether it is a call with a relative address of four bytes, or an absolute address of eight.
    pub relative: bool,
    /// Which.
    pub helper: Helper,
    /// Registers that it spares, beyond what the C convention says.
    pub spares: Spared,
    /// Added to the address.
    pub addend: i64,
}

/// Machine code that was not installed yet.
pub struct Machine {
    /// The code.
    pub bytes: Vec<u8>,
    /// Helpers it calls.
    pub calls: Vec<HelperCall>,
    /// Ways out, at addresses that the code has.
    #[allow(clippy::vec_box, reason = "the code has their addresses")]
    pub exits: Vec<Box<Exit>>,
    /// Sites of fast calls, at addresses that the code has.
    #[allow(clippy::vec_box, reason = "the code has their addresses")]
    pub sites: Vec<Box<Site>>,
    /// Whether it is for fast calls.
    pub fast: bool,
    /// Whether it is for the only closure of its prototype.
    pub for_one: bool,
    /// Whether it does not look at its function.
    pub blind: bool,
    /// What is to be shown of it.
    pub text: Option<String>,
    /// How its frames are unwound.
    pub unwind: Option<UnwindInfo>,
    /// Where in the code an instruction of bytecode begins: offsets, ascending. Only of code for objects, and on demand.
    pub positions: Vec<(u32, Place)>,
}

/// The processor that this process runs on.
///
/// # Errors
/// One that code cannot be made for.
pub fn host() -> Result<Host, String> {
    Ok(Host { quick: host_with("none")?, thorough: host_with("speed")? })
}

/// Cranelift for this process: with its own optimisations and without.
#[derive(Clone)]
pub struct Host {
    quick: OwnedTargetIsa,
    thorough: OwnedTargetIsa,
}

/// Instructions of IR beyond which Cranelift's optimisations save its register allocator more time than they take.
const BIG: usize = 1000;

impl Host {
    /// What is to make the machine code of a function.
    #[must_use]
    pub fn isa_for(&self, func: &Func) -> &OwnedTargetIsa {
        let insts: usize = func.order().iter().map(|&block| func.data(block).insts.len()).sum();
        if insts > BIG { &self.thorough } else { &self.quick }
    }
}

fn host_with(opt_level: &str) -> Result<OwnedTargetIsa, String> {
    let mut isa = isa_builder()?;
    #[cfg(target_arch = "x86_64")]
    for (name, has) in [
        ("has_sse3", std::is_x86_feature_detected!("sse3")),
        ("has_ssse3", std::is_x86_feature_detected!("ssse3")),
        ("has_sse41", std::is_x86_feature_detected!("sse4.1")),
        ("has_sse42", std::is_x86_feature_detected!("sse4.2")),
        ("has_avx", std::is_x86_feature_detected!("avx")),
        ("has_avx2", std::is_x86_feature_detected!("avx2")),
        ("has_bmi1", std::is_x86_feature_detected!("bmi1")),
        ("has_bmi2", std::is_x86_feature_detected!("bmi2")),
        ("has_lzcnt", std::is_x86_feature_detected!("lzcnt")),
        ("has_popcnt", std::is_x86_feature_detected!("popcnt")),
    ] {
        isa.set(name, if has { "true" } else { "false" }).map_err(|error| error.to_string())?;
    }
    isa.finish(flags(false, opt_level)?).map_err(|error| error.to_string())
}

/// Any processor of the architecture, for code that is executed elsewhere.
///
/// # Errors
/// An architecture that code cannot be made for.
pub fn portable() -> Result<OwnedTargetIsa, String> {
    isa_builder()?.finish(flags(true, "speed")?).map_err(|error| error.to_string())
}

fn isa_builder() -> Result<cranelift_codegen::isa::Builder, String> {
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    cranelift_codegen::isa::lookup_by_name(&triple).map_err(|error| error.to_string())
}

/// `unwind`: with call frame information.
fn flags(unwind: bool, opt_level: &str) -> Result<settings::Flags, String> {
    let mut flags = settings::builder();
    for (name, value) in [
        // Decision 0008 has what this costs and brings.
        ("opt_level", opt_level),
        ("preserve_frame_pointers", "true"),
        ("is_pic", "false"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
        ("regalloc_algorithm", "backtracking"),
        ("unwind_info", if unwind { "true" } else { "false" }),
    ] {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    Ok(settings::Flags::new(flags))
}

/// Makes machine code of a function. `located`: with positions, which code for objects always has.
///
/// # Errors
/// What Cranelift cannot do.
pub fn lower(func: &Func, isa: &OwnedTargetIsa, literals: Literals, located: bool) -> Result<Machine, String> {
    let Scratch { mut context, mut frontend } = SCRATCH.take();
    let machine = lower_with(&mut context, &mut frontend, (func, isa, literals, located));
    context.clear();
    SCRATCH.set(Scratch { context, frontend });
    machine
}

/// Memory that one compilation after the other uses.
struct Scratch {
    context: Context,
    frontend: FunctionBuilderContext,
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch { context: Context::new(), frontend: FunctionBuilderContext::new() }
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

fn lower_with(
    context: &mut Context,
    frontend: &mut FunctionBuilderContext,
    (func, isa, literals, located): (&Func, &OwnedTargetIsa, Literals, bool),
) -> Result<Machine, String> {
    let mut signature = Signature::new(CallConv::SystemV);
    let fast = literals.is_process() && func.is_frameless();
    if fast {
        // It may give way to another function. Registers are those of the C convention but for the second result.
        signature.call_conv = CallConv::Tail;
    }
    let args = if fast { fast::passed(func.proto) } else { 0 };
    signature.params.extend(vec![AbiParam::new(types::I64); 2 + args]);
    signature.returns.extend(vec![AbiParam::new(types::I64); if fast { 2 } else { 1 }]);
    context.func = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    let builder = FunctionBuilder::new(&mut context.func, frontend);
    let mut lowering = Lowering::new(func, builder, literals, fast);
    lowering.located = located || matches!(literals, Literals::Function);
    lowering.function();
    let (exits, sites, places) = lowering.finish(isa.frontend_config());
    let compiled = context.compile(&**isa, &mut ControlPlane::default()).map_err(|error| format!("{:?}", error.inner))?;
    let bytes = compiled.code_buffer().to_vec();
    let relocs: Vec<_> = compiled.buffer.relocs().to_vec();
    let known = compiled.buffer.get_srclocs_sorted().iter().filter(|place| !place.loc.is_default());
    let positions = known.map(|place| (place.start, places[place.loc.bits() as usize])).collect();
    let unwind = match isa.flags().unwind_info() {
        true => compiled.create_unwind_info(&**isa).map_err(|error| error.to_string())?,
        false => None,
    };
    // What is in no register need not be saved.
    let has_floats = func.insts.iter().any(|inst| inst.ty == Ty::Flt);
    let spares = if has_floats { Spared::All } else { Spared::Words };
    let mut calls = Vec::new();
    for reloc in relocs {
        use cranelift_codegen::binemit::Reloc;
        let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = reloc.target else {
            return Err(format!("an unknown address: {:?}", reloc.target));
        };
        let name = &context.func.params.user_named_funcs()[name];
        let relative = match reloc.kind {
            Reloc::X86CallPCRel4 | Reloc::X86PCRel4 => true,
            Reloc::Abs8 => false,
            other => return Err(format!("an unknown relocation: {other:?}")),
        };
        let helper = Helper::ALL[name.index as usize];
        let spares = if name.namespace == PLAIN { Spared::Usual } else { spares };
        calls.push(HelperCall { offset: reloc.offset, relative, helper, spares, addend: reloc.addend });
    }
    Ok(Machine {
        bytes,
        calls,
        exits,
        sites,
        fast,
        for_one: func.for_one,
        blind: !func.uses(|op| op == Op::Callee),
        text: None,
        unwind,
        positions,
    })
}

/// The namespaces of helpers, and of those that spare all registers.
const PLAIN: u32 = 0;
const SPARING: u32 = 1;

struct Lowering<'a> {
    func: &'a Func,
    b: FunctionBuilder<'a>,
    literals: Literals,
    /// Where the running function's parts are, if the code is not made for one process.
    function: Option<literals::Function>,
    blocks: Vec<Option<ClifBlock>>,
    /// By number.
    vals: Vec<Option<Clif>>,
    /// By number: values that only ways out need, which compute them.
    only_at_exits: Vec<bool>,
    thread: Clif,
    /// The frame that the code was entered with, if it is not for fast calls.
    frame: Option<Clif>,
    /// Arguments in registers of the processor.
    args: Vec<Clif>,
    base: Variable,
    /// The word of the native frame that tells called functions of the site, once there is one.
    site: Option<StackSlot>,
    /// Frames of inlined calls that were made, innermost last, and the function of that.
    shown: Vec<Clif>,
    /// While there are some: the frame below them.
    outermost: Option<Clif>,
    shown_proto: ProtoRef,
    /// Where statuses other than `DONE` are returned.
    leave: ClifBlock,
    /// By helper, and whether it spares all registers.
    helpers: FxHashMap<(Helper, bool), FuncRef>,
    /// Whether what is lowered is hardly ever executed.
    cold: bool,
    /// Code for ways out, which is made last.
    exits: Vec<exits::SharedExit>,
    /// By state, and whether nothing is known of what follows.
    described: FxHashMap<(ir::StateId, bool), exits::Described>,
    #[allow(clippy::vec_box, reason = "the code has their addresses")]
    made: Vec<Box<Exit>>,
    #[allow(clippy::vec_box, reason = "the code has their addresses")]
    sites: Vec<Box<Site>>,
    /// Whether the code assumes that the roles' epoch stands.
    steady: bool,
    /// Whether instructions are told where they come from.
    located: bool,
    /// Where they come from, by source location.
    places: Vec<Place>,
}

impl<'a> Lowering<'a> {
    fn new(func: &'a Func, mut b: FunctionBuilder<'a>, literals: Literals, fast: bool) -> Lowering<'a> {
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let params = b.block_params(entry).to_vec();
        let base = b.declare_var(types::I64);
        if fast {
            b.def_var(base, params[1]);
        }
        let leave = b.create_block();
        b.append_block_param(leave, types::I64);
        b.set_cold_block(leave);
        Lowering {
            func,
            b,
            literals,
            function: None,
            blocks: vec![None; func.blocks.len()],
            vals: vec![None; func.insts.len()],
            only_at_exits: Vec::new(),
            thread: params[0],
            frame: (!fast).then_some(params[1]),
            args: params[2..].to_vec(),
            base,
            site: None,
            shown: Vec::new(),
            outermost: None,
            shown_proto: func.proto,
            leave,
            helpers: FxHashMap::default(),
            cold: false,
            exits: Vec::new(),
            described: FxHashMap::default(),
            made: Vec::new(),
            sites: Vec::new(),
            steady: func.is_steady(),
            located: false,
            places: Vec::new(),
        }
    }

    fn function(&mut self) {
        let order = self.func.order();
        for &block in &order {
            let to = self.b.create_block();
            for &param in &self.func.data(block).params {
                let val = self.b.append_block_param(to, clif_type(self.func.ty(param)));
                self.vals[param.0 as usize] = Some(val);
            }
            if self.func.data(block).cold {
                self.b.set_cold_block(to);
            }
            self.blocks[block.0 as usize] = Some(to);
        }
        self.prologue();
        let first = self.block(order[0]);
        self.b.ins().jump(first, &[]);
        self.only_at_exits = exits::only_at_exits(self.func, &order);
        let headers = headers(self.func, &order);
        for (&block, &is_header) in order.iter().zip(&headers) {
            let to = self.block(block);
            if is_header {
                self.b.switch_to_block(to);
            } else {
                self.begin(to);
            }
            self.cold = self.func.data(block).cold;
            for &val in &self.func.data(block).insts {
                self.instruction(val);
            }
            self.end(&self.func.data(block).end);
        }
        for (&block, _) in order.iter().zip(&headers).filter(|(_, is_header)| **is_header) {
            let to = self.block(block);
            self.b.seal_block(to);
        }
        self.fill_exits();
        self.begin(self.leave);
        let status = self.b.block_params(self.leave)[0];
        self.return_status(status);
    }

    /// Goes on in a block that everything that leads to it was made of: where the registers' base is then known need not be found
    /// out later.
    fn begin(&mut self, block: ClifBlock) {
        self.b.seal_block(block);
        self.b.switch_to_block(block);
    }

    fn return_few(&mut self, count: i64, result: Option<(Clif, u16)>) {
        match self.frame {
            Some(frame) => self.return_fast(frame, count, result),
            None => self.return_without_frame(count, result),
        }
    }

    /// Returns, with no value.
    fn return_status(&mut self, status: Clif) {
        match self.frame {
            Some(_) => self.b.ins().return_(&[status]),
            // The value is of no importance.
            None => self.b.ins().return_(&[status, status]),
        };
    }

    #[allow(clippy::vec_box, clippy::type_complexity, reason = "the code has their addresses")]
    fn finish(mut self, config: cranelift_codegen::isa::TargetFrontendConfig) -> (Vec<Box<Exit>>, Vec<Box<Site>>, Vec<Place>) {
        self.b.seal_all_blocks();
        self.b.finalize(config);
        (self.made, self.sites, self.places)
    }

    /// What is done out of line if the condition holds.
    fn unlikely(&mut self, condition: Clif, action: impl FnOnce(&mut Self)) {
        let (cold, next) = (self.b.create_block(), self.block_as_cold_as_here());
        self.b.set_cold_block(cold);
        self.b.ins().brif(condition, cold, &[], next, &[]);
        self.begin(cold);
        action(self);
        self.b.ins().jump(next, &[]);
        self.begin(next);
    }

    fn leave_unless_done(&mut self, status: Clif) {
        let next = self.block_as_cold_as_here();
        self.b.ins().brif(status, self.leave, &[status.into()], next, &[]);
        self.begin(next);
    }

    /// A new block, which is out of the way if the current one is.
    fn block_as_cold_as_here(&mut self) -> ClifBlock {
        let block = self.b.create_block();
        if self.b.current_block().is_some_and(|here| self.b.func.layout.is_cold(here)) {
            self.b.set_cold_block(block);
        }
        block
    }

    fn reg_address(&mut self, reg: u16) -> Clif {
        let base = self.b.use_var(self.base);
        self.b.ins().iadd_imm_s(base, i64::from(reg) * 8)
    }

    fn block(&self, block: Block) -> ClifBlock {
        self.blocks[block.0 as usize].expect("reached blocks are lowered")
    }

    /// The value of an instruction. Constants are made anew for each use, or registers would hold them in between.
    fn val(&mut self, val: Val) -> Clif {
        let op = self.func.inst(val).op;
        if op.is_constant() {
            return self.constant(op);
        }
        self.vals[val.0 as usize].expect("operands are lowered before")
    }

    fn load_base(&mut self) {
        let frame = self.made_frame();
        let func = self.load(types::I64, frame, layout::frame::FUNC);
        let base = self.b.ins().iadd_imm_s(func, 8);
        self.b.def_var(self.base, base);
    }

    fn load(&mut self, ty: types::Type, from: Clif, offset: i32) -> Clif {
        self.b.ins().load(ty, MemFlagsData::trusted(), from, offset)
    }

    fn help(&mut self, helper: Helper, args: &[Clif]) -> Clif {
        self.tell_of_native_frame(helper);
        let func = self.helper(helper, false);
        let call = self.b.ins().call(func, args);
        self.b.inst_results(call)[0]
    }

    /// The same in code that is hardly ever executed: the code around it keeps its registers.
    fn help_rarely(&mut self, helper: Helper, args: &[Clif]) -> Clif {
        if !(self.can_spare() && takes_thread(helper)) {
            return self.help(helper, args);
        }
        self.help_aside(helper, args);
        self.load(types::I64, self.thread, layout::thread::RESULT)
    }

    /// The same of a helper whose result is of no use.
    fn help_aside(&mut self, helper: Helper, args: &[Clif]) {
        self.tell_of_native_frame(helper);
        let func = self.helper(helper, self.can_spare());
        self.b.ins().call(func, args);
    }

    /// Whether there are helpers that leave all registers as they are.
    fn can_spare(&self) -> bool {
        self.literals.is_process() && cfg!(target_arch = "x86_64")
    }

    fn helper(&mut self, helper: Helper, sparing: bool) -> FuncRef {
        if let Some(&func) = self.helpers.get(&(helper, sparing)) {
            return func;
        }
        let (params, result) = helper.signature();
        let mut signature = Signature::new(if sparing { CallConv::PreserveAll } else { CallConv::SystemV });
        let ty = |kind: char| AbiParam::new(if kind == 'F' { types::F64 } else { types::I64 });
        signature.params.extend(params.iter().map(|&kind| ty(kind)));
        if !sparing {
            signature.returns.push(ty(result));
        }
        let signature = self.b.import_signature(signature);
        let name = self.b.func.declare_imported_user_function(UserExternalName {
            namespace: if sparing { SPARING } else { PLAIN },
            index: helper as u32,
        });
        let data = ExtFuncData { name: ExternalName::user(name), signature, colocated: true, patchable: false };
        let func = self.b.import_function(data);
        self.helpers.insert((helper, sparing), func);
        func
    }

    fn edge_args(&mut self, edge: &ir::Edge) -> Vec<cranelift_codegen::ir::BlockArg> {
        edge.args.iter().map(|&arg| self.val(arg).into()).collect()
    }

    fn end(&mut self, end: &End) {
        match end {
            End::Open => unreachable!("the verifier saw that every block has an end"),
            End::Jump(edge) => {
                let (to, args) = (self.block(edge.to), self.edge_args(edge));
                self.b.ins().jump(to, &args);
            }
            End::Branch(condition, yes, no) => {
                let yes = (self.block(yes.to), self.edge_args(yes));
                let no = (self.block(no.to), self.edge_args(no));
                self.branch(*condition, (yes.0, &yes.1), (no.0, &no.1));
            }
            End::Exit(state) => {
                let exit = self.exit_to(*state, true, 0);
                self.b.ins().jump(exit, &[]);
            }
            End::Return0 => self.return_few(0, None),
            End::Return1(val, reg) => {
                let val = self.val(*val);
                self.return_few(1, Some((val, *reg)));
            }
            End::Return(first, count) => {
                let known = *count;
                let count = self.b.ins().iconst(types::I64, i64::from(known));
                self.return_values(*first, count, Some(known));
            }
            End::ReturnOpen(first) => {
                let (top, place) = (self.load(types::I64, self.thread, layout::thread::TOP), self.reg_address(*first));
                let bytes = self.b.ins().isub(top, place);
                let count = self.b.ins().ushr_imm_u(bytes, 3);
                self.return_values(*first, count, None);
            }
            End::StepOut(pc) => {
                let pc = self.code_address(*pc);
                let frame = self.own_frame();
                let status = self.help(Helper::step_out, &[self.thread, frame, pc]);
                self.return_status(status);
            }
        }
    }

    fn instruction(&mut self, val: Val) {
        let inst = self.func.inst(val);
        if self.located {
            self.locate(self.func.positions[val.0 as usize]);
        }
        if let (Some(state), Some(countdown)) = (inst.state, self.literals.countdown())
            && !matches!(inst.op, Op::Poll | Op::CheckDone | Op::PushFrames | Op::CallFast(..) | Op::CallAny(..))
        {
            self.forced_exit(state, countdown);
        }
        if self.only_at_exits[val.0 as usize] || inst.op.is_constant() {
            return;
        }
        // Checks that others depend on yield nothing.
        let used = inst.args.iter().filter(|&&arg| self.func.ty(arg) != Ty::None);
        let args: Vec<Clif> = used.map(|&arg| self.val(arg)).collect();
        if let Some(result) = self.operation(val, inst.op, &args) {
            self.vals[val.0 as usize] = Some(result);
        }
    }

    /// What follows is made for this instruction of bytecode.
    fn locate(&mut self, place: Place) {
        if self.places.last() != Some(&place) {
            self.places.push(place);
        }
        self.b.set_srcloc(SourceLoc::new(self.places.len() as u32 - 1));
    }

    fn operation(&mut self, val: Val, op: Op, args: &[Clif]) -> Option<Clif> {
        match op {
            Op::Param => unreachable!("parameters are no instructions of a block"),
            Op::Int(_) | Op::Flt(_) | Op::Any(_) | Op::Ptr(_) | Op::Bool(_) => Some(self.constant(op)),
            Op::Konst(_) | Op::Cache(_) => Some(self.own_literal(op)),
            Op::Field(_) | Op::Method(_) | Op::StoreField(_) | Op::Index | Op::StoreIndex | Op::Length => {
                Some(self.table_operation(val, op, args))
            }
            Op::Box
            | Op::BoxSmall
            | Op::Guard(_)
            | Op::GuardInteger
            | Op::GuardNumber
            | Op::Check
            | Op::CheckDone
            | Op::Unbox(_)
            | Op::ToFloat
            | Op::ToInt
            | Op::GuardFits
            | Op::AreInts
            | Op::AreFloats
            | Op::AreNumbers
            | Op::ToDouble
            | Op::Fits
            | Op::Same
            | Op::Truthy
            | Op::Not
            | Op::Both
            | Op::Either
            | Op::IsFloat => self.value_operation(val, op, args),
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::Shr
            | Op::IDiv
            | Op::Mod
            | Op::UDiv
            | Op::FAdd
            | Op::FSub
            | Op::FMul
            | Op::FDiv
            | Op::FNeg
            | Op::FFloor
            | Op::FCeil
            | Op::FSqrt
            | Op::FAbs
            | Op::Compare(_)
            | Op::FCompare(_) => Some(self.arithmetic(val, op, args)),
            _ => self.memory_operation(val, op, args),
        }
    }
}

/// Which blocks something leads back to.
fn headers(func: &Func, order: &[Block]) -> Vec<bool> {
    let mut position = vec![usize::MAX; func.blocks.len()];
    order.iter().enumerate().for_each(|(index, block)| position[block.0 as usize] = index);
    let mut headers = vec![false; order.len()];
    for (index, &block) in order.iter().enumerate() {
        for to in func.data(block).end.successors() {
            let at = position[to.0 as usize];
            headers[at] |= at <= index;
        }
    }
    headers
}

fn clif_type(ty: Ty) -> types::Type {
    match ty {
        Ty::Flt => types::F64,
        Ty::Bool => types::I8,
        _ => types::I64,
    }
}
