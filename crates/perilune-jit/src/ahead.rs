//! Ahead-of-time compilation: machine code for all functions of a module, in a form that goes into an object.
//!
//! The code is made by the builder, the passes and the lowering that running programs have, but without a profile and without
//! an address of this process in it ([`crate::lower::Literals`]). It calls the runtime's helpers by their symbols.

mod lines;

use crate::engine::check;
use crate::ir::Func;
use crate::listing::Listing;
use crate::lower::{self, Literals, Machine};
use crate::{build, passes};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use gimli::write::{Address, EhFrame, EndianVec, FrameTable, RelocateWriter, Relocation};
use gimli::{LittleEndian, constants};
use perilune_front::op::{Instr, Op};
use perilune_front::proto::Proto as Plan;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::state::State;
use perilune_vm::tier::proto_of;
use perilune_vm::{Global, Value};

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
    /// What debuggers are told of source lines.
    pub debug: Vec<DebugSection>,
}

/// A section with debug information.
#[derive(Debug)]
pub struct DebugSection {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Addresses in it.
    pub references: Vec<DebugReference>,
}

/// An address in debug information.
#[derive(Debug, Clone)]
pub struct DebugReference {
    /// Where it stands.
    pub offset: usize,
    /// Its bytes: 4 or 8.
    pub size: u8,
    /// The section that it is in, or `None` for the text.
    pub section: Option<&'static str>,
    /// The place there.
    pub target: usize,
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
    let mut module = Module { isa: &isa, code: Code::default(), unwind: Vec::new(), lines: Vec::new() };
    let mut todo: Vec<(ProtoRef, String)> = proto_of(main).map(|proto| (proto, symbol(proto, ""))).into_iter().collect();
    while let Some((proto, name)) = todo.pop() {
        let children = proto.get().children.iter().enumerate().rev();
        todo.extend(children.map(|(index, child)| (*child, symbol(*child, &name_of_child(proto, index)))));
        let machine = machine(&isa, state.global(), proto, None);
        let code = machine.and_then(|machine| module.add(proto, machine));
        module.code.functions.push(Function { name, code });
    }
    module.finish()
}

/// What debuggers and profilers call a function: its source, where it is, and its name, if it has one.
fn symbol(proto: ProtoRef, own: &str) -> String {
    let plan = &proto.get().plan;
    let source = plan.source.as_deref().map_or_else(|| "?".into(), String::from_utf8_lossy);
    let source = source.trim_start_matches(['@', '=']).lines().next().unwrap_or_default().replace('\0', "?");
    match (plan.line_defined, own) {
        (0, _) => source,
        (line, "") => format!("{source}:{line}"),
        (line, name) => format!("{source}:{line}:{name}"),
    }
}

/// The name of the variable or field that a function is stored in as soon as it is made; or nothing.
fn name_of_child(parent: ProtoRef, index: usize) -> String {
    let proto = parent.get();
    let mut pc = 0;
    while let Some(&word) = proto.code.get(pc) {
        let instr = Instr(word);
        let Some(op) = instr.op() else { break };
        let next = pc + op.words();
        if op == Op::Closure && proto.code[pc + 1] as usize == index {
            return name_of_target(parent, instr.a(), next).unwrap_or_default();
        }
        pc = next;
    }
    String::new()
}

/// The name that the value in a register gets by the instruction at `pc`.
fn name_of_target(parent: ProtoRef, register: u8, pc: usize) -> Option<String> {
    let proto = parent.get();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "?");
    let instr = Instr(*proto.code.get(pc)?);
    let stored = match instr.op()? {
        Op::SetGlobal => Some(instr.a()),
        Op::SetField => Some(instr.c()),
        _ => None,
    };
    if stored == Some(register) {
        let cache = &proto.caches[proto.code[pc + 1] as usize];
        return Some(text(cache.name().bytes()));
    }
    // A local function's variable is there already, another's begins now.
    let mut locals = proto.plan.locals.iter().filter(|local| local.register == register);
    locals.find(|local| local.start as usize <= pc && pc < local.end as usize).map(|local| text(&local.name))
}

/// The machine code of a function, and what is shown of it on the way.
pub(crate) fn machine(
    isa: &OwnedTargetIsa,
    g: &Global,
    proto: ProtoRef,
    mut listing: Option<&mut Listing>,
) -> Result<Machine, String> {
    let mut func = build::build_unprofiled(g, proto)?;
    let mut after = |pass: &str, func: &Func| {
        if let Some(listing) = &mut listing {
            listing.after(pass, func);
        }
        check(func, pass)
    };
    after("build", &func)?;
    for pass in passes::ALL {
        (pass.run)(&mut func);
        after(pass.name, &func)?;
    }
    after("", &func)?;
    lower::lower(&func, isa, Literals::Function, false)
}

struct Module<'a> {
    isa: &'a OwnedTargetIsa,
    code: Code,
    /// By function: where it begins, how its frames are unwound.
    unwind: Vec<(usize, UnwindInfo)>,
    /// By function: where it begins, and the lines from offsets in it on.
    lines: Vec<(usize, Vec<(u32, u32)>)>,
}

impl Module<'_> {
    /// Puts a function's code behind the others.
    fn add(&mut self, proto: ProtoRef, machine: Machine) -> Result<(usize, usize), String> {
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
        let table = &proto.get().plan.lines;
        let lines = machine.positions.iter().filter_map(|&(offset, place)| Some((offset, table.line(place.pc)?)));
        self.lines.push((start, lines.collect()));
        Ok((start, machine.bytes.len()))
    }

    fn finish(mut self) -> Result<Code, String> {
        self.code.debug = lines::sections(&self.code, &self.lines).map_err(|error| format!("debug information: {error}"))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use gimli::{BaseAddresses, CieOrFde, UnwindSection};
    use perilune_front::compiler;

    const SOURCE: &[u8] = b"local M = {}
local function sum(t) local s = 0 for i, v in ipairs(t) do s = s + v * i end return s end
function M.fields(o, ...) o.x, o.y = o.y, o.x or ... return #o, o.z.w, o:m(-o.x // 2, 'k' .. o.y) end
function global(a, b) if a < b and a ~= 'x' then goto done end while a do a = a[b] & 1 end ::done:: return a end
return function() return sum, M, { [1] = 2, 3, global } end";

    fn compiled(source: &[u8]) -> Code {
        compile(&compiler::compile(source, b"@mod.lua").unwrap()).unwrap()
    }

    #[test]
    fn all_functions_have_code_and_names() {
        let code = compiled(SOURCE);
        let names: Vec<&str> = code.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["mod.lua", "mod.lua:2:sum", "mod.lua:3:fields", "mod.lua:4:global", "mod.lua:5"]);
        let mut end = 0;
        for function in &code.functions {
            let &(start, size) = function.code.as_ref().unwrap();
            assert!(start >= end && start % ALIGNMENT == 0 && size > 0, "{}", function.name);
            end = start + size;
        }
        assert_eq!(end, code.text.len());
    }

    /// No address of this process, and nothing else that changes from run to run, is in the code.
    #[test]
    fn code_is_the_same_each_time() {
        let (one, other) = (compiled(SOURCE), compiled(SOURCE));
        assert!(one.text == other.text && one.frames == other.frames);
        let calls = |code: &Code| code.calls.iter().map(|call| (call.offset, call.helper, call.addend)).collect::<Vec<_>>();
        assert_eq!(calls(&one), calls(&other));
        assert!(one.calls.iter().all(|call| call.offset + 4 <= one.text.len() && call.addend == -4));
    }

    #[test]
    fn frames_of_all_functions_are_described() {
        let code = compiled(SOURCE);
        let section = gimli::EhFrame::new(&code.frames, LittleEndian);
        let bases = BaseAddresses::default().set_eh_frame(0);
        let mut entries = section.entries(&bases);
        let mut lengths = Vec::new();
        while let Some(entry) = entries.next().unwrap() {
            if let CieOrFde::Fde(partial) = entry {
                let entry = partial.parse(gimli::EhFrame::cie_from_offset).unwrap();
                assert!(entry.instructions(&section, &bases).next().unwrap().is_some(), "a prologue has rules");
                lengths.push(entry.len() as usize);
            }
        }
        let sizes: Vec<usize> = code.functions.iter().map(|function| function.code.as_ref().unwrap().1).collect();
        assert_eq!(lengths, sizes);
        let starts: Vec<usize> = code.functions.iter().map(|function| function.code.as_ref().unwrap().0).collect();
        assert_eq!(code.frame_references.iter().map(|reference| reference.target).collect::<Vec<_>>(), starts);
    }

    #[test]
    fn lines_are_described() {
        let code = compiled(SOURCE);
        let section = |name: &str| {
            let found = code.debug.iter().find(|section| section.name == name);
            gimli::EndianSlice::new(found.map_or(&[], |section| &section.bytes), LittleEndian)
        };
        let dwarf = gimli::Dwarf::load(|id| Ok::<_, gimli::Error>(section(id.name()))).unwrap();
        let unit = dwarf.unit(dwarf.units().next().unwrap().unwrap()).unwrap();
        let mut rows = unit.line_program.clone().unwrap().rows();
        let mut lines = std::collections::BTreeSet::new();
        while let Some((_, row)) = rows.next_row().unwrap() {
            lines.extend(row.line().map(std::num::NonZero::get));
        }
        assert_eq!(lines.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        // Each sequence of lines begins at an address that the linker fills in.
        let table = code.debug.iter().find(|section| section.name == ".debug_line").unwrap();
        assert_eq!(table.references.iter().filter(|reference| reference.section.is_none()).count(), code.functions.len());
    }

    #[test]
    fn what_is_too_long_has_no_code() {
        let source = ["local x = 0 ".to_owned(), "x = x + 1 ".repeat(40_000)].concat();
        assert_eq!(compiled(source.as_bytes()).functions[0].code, Err("too long".to_owned()));
    }
}
