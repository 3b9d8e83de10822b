//! Ahead-of-time compilation: machine code for all functions of a module, in a form that goes into an object.
//!
//! The code is made by the builder, the passes and the lowering that running programs have, but without a profile and without
//! an address of this process in it ([`crate::lower::Literals`]). It calls the runtime's helpers by their symbols.

use crate::engine::{check, name};
use crate::lower::{self, Literals, Machine};
use crate::{build, passes};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use gimli::write::{Address, EhFrame, EndianVec, FrameTable, RelocateWriter, Relocation};
use gimli::{LittleEndian, constants};
use perilune_front::proto::Proto as Plan;
use perilune_vm::Value;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::state::State;
use perilune_vm::tier::proto_of;

/// Functions begin at multiples of this.
const ALIGNMENT: usize = 16;
/// What stands between them: the instruction that traps.
const FILLER: u8 = 0xcc;

/// The machine code of a module.
#[derive(Debug, Default)]
pub struct Code {
    /// All functions, as they stand in `.text`.
    pub text: Vec<u8>,
    /// In preorder, a function before those inside it.
    pub functions: Vec<Function>,
    /// Calls of the runtime.
    pub calls: Vec<Call>,
    /// Call frame information, as it stands in `.eh_frame`.
    pub frames: Vec<u8>,
    /// Where in there the distance to a place in the text goes, in 32 bits.
    pub frame_references: Vec<FrameReference>,
}

/// A function of the module.
#[derive(Debug)]
pub struct Function {
    /// Its source and line.
    pub name: String,
    /// Where its code begins in the text, and the bytes of it; or why it has none.
    pub code: Result<(usize, usize), String>,
}

/// A call with a distance of 32 bits.
#[derive(Debug)]
pub struct Call {
    /// Where the distance stands in the text.
    pub offset: usize,
    /// The helper's name.
    pub helper: &'static str,
    /// Added to the distance.
    pub addend: i64,
}

/// A reference to the text.
#[derive(Debug)]
pub struct FrameReference {
    /// Where it stands in the call frame information.
    pub offset: usize,
    /// The place in the text.
    pub target: usize,
}

/// Compiles a module.
///
/// # Errors
/// A processor that code cannot be made for, or no memory for a state to compile in.
pub fn compile(plan: &Plan) -> Result<Code, String> {
    let isa = lower::portable()?;
    // Prototypes belong to a state; nothing is executed in this one.
    let mut state = State::new(0).ok_or("not enough memory")?;
    let thread = state.main();
    let main = thread.load_proto(plan.clone(), Value::NIL);
    thread.push(main);
    let mut module = Module { isa: &isa, code: Code::default(), unwind: Vec::new() };
    let mut todo: Vec<ProtoRef> = proto_of(main).into_iter().collect();
    while let Some(proto) = todo.pop() {
        todo.extend(proto.get().children.iter().rev());
        let machine = module.compile(&mut state, proto);
        let code = machine.and_then(|machine| module.add(machine));
        module.code.functions.push(Function { name: name(proto), code });
    }
    module.finish()
}

struct Module<'a> {
    isa: &'a OwnedTargetIsa,
    code: Code,
    /// By function: where it begins, how its frames are unwound.
    unwind: Vec<(usize, UnwindInfo)>,
}

impl Module<'_> {
    fn compile(&self, state: &mut State, proto: ProtoRef) -> Result<Machine, String> {
        let mut func = build::build_unprofiled(state.global(), proto)?;
        check(&func, "the builder")?;
        for pass in passes::ALL {
            (pass.run)(&mut func);
            check(&func, pass.name)?;
        }
        lower::lower(&func, self.isa, Literals::Function, false)
    }

    /// Puts a function's code behind the others.
    fn add(&mut self, machine: Machine) -> Result<(usize, usize), String> {
        let text = &mut self.code.text;
        text.resize(text.len().next_multiple_of(ALIGNMENT), FILLER);
        let start = text.len();
        text.extend_from_slice(&machine.bytes);
        for call in &machine.calls {
            if !call.relative {
                return Err("an absolute address".to_owned());
            }
            let offset = start + call.offset as usize;
            self.code.calls.push(Call { offset, helper: Helper::name(call.helper), addend: call.addend });
        }
        self.unwind.extend(machine.unwind.map(|unwind| (start, unwind)));
        Ok((start, machine.bytes.len()))
    }

    fn finish(mut self) -> Result<Code, String> {
        let Some(mut common) = self.isa.create_systemv_cie() else { return Ok(self.code) };
        common.fde_address_encoding = constants::DW_EH_PE_pcrel | constants::DW_EH_PE_sdata4;
        let mut table = FrameTable::default();
        let common = table.add_cie(common);
        for (start, unwind) in &self.unwind {
            if let UnwindInfo::SystemV(info) = unwind {
                table.add_fde(common, info.to_fde(Address::Symbol { symbol: 0, addend: *start as i64 }));
            }
        }
        let mut section = EhFrame(Section { bytes: EndianVec::new(LittleEndian), references: Vec::new() });
        table.write_eh_frame(&mut section).map_err(|error| format!("call frame information: {error}"))?;
        self.code.frames = section.0.bytes.into_vec();
        self.code.frame_references = section.0.references;
        Ok(self.code)
    }
}

/// A section with references to the text.
struct Section {
    bytes: EndianVec<LittleEndian>,
    references: Vec<FrameReference>,
}

impl RelocateWriter for Section {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.references.push(FrameReference { offset: relocation.offset, target: relocation.addend as usize });
    }
}
