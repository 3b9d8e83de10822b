//! What was compiled, to look at: source lines, bytecode, IR and machine code.
//!
//! IR comes in its own order; the machine code of an instruction of bytecode follows the IR that was made for it first. Machine
//! code alone comes by address. Offsets count from the start of the function.

mod asm;

use crate::ir::{Func, Line, Place};
use crate::lower::{self, Machine};
use crate::{ahead, engine};
use perilune_front::disasm;
use perilune_front::proto::Proto as Plan;
use perilune_vm::Value;
use perilune_vm::proto::ProtoRef;
use perilune_vm::state::State;
use perilune_vm::tier::proto_of;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, PoisonError};

/// What is to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// IR after the pass of this name, `build` being the first and `""` the last.
    pub ir: Option<String>,
    /// Machine code.
    pub asm: bool,
    /// Only functions of this source that begin on one of these lines.
    pub only: Option<(Vec<u8>, Vec<u32>)>,
}

impl Wanted {
    fn is_wanted(&self, proto: ProtoRef) -> bool {
        if self.ir.is_none() && !self.asm {
            return false;
        }
        let plan = &proto.get().plan;
        self.only.as_ref().is_none_or(|(source, lines)| {
            plan.source.as_deref() == Some(source.as_slice()) && lines.contains(&plan.line_defined)
        })
    }
}

/// Where listings of functions go as they are compiled: to standard error, or into a text that is asked for later.
#[derive(Debug, Clone, Default)]
pub struct Sink(Option<Arc<Mutex<String>>>);

impl Sink {
    /// Keeps the text.
    #[must_use]
    pub fn text() -> Sink {
        Sink(Some(Arc::default()))
    }

    /// What was kept so far.
    #[must_use]
    pub fn take(&self) -> String {
        let Some(text) = &self.0 else { return String::new() };
        std::mem::take(&mut text.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn put(&self, listing: &str) {
        match &self.0 {
            None => {
                // Where standard error cannot be written to, it is lost.
                let _ = std::io::stderr().write_all(listing.as_bytes());
            }
            Some(text) => text.lock().unwrap_or_else(PoisonError::into_inner).push_str(listing),
        }
    }
}

impl PartialEq for Sink {
    fn eq(&self, other: &Sink) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }
}

impl Eq for Sink {}

/// The listing of a function in the making.
pub struct Listing {
    wanted: Wanted,
    title: String,
    /// The head and the lines of the IR.
    ir: Option<(String, Vec<Line>)>,
}

// SAFETY: the lines name prototypes by address, whose plans never change; whoever sends a listing keeps them alive.
unsafe impl Send for Listing {}

impl Listing {
    /// For a function, if it is to be shown.
    #[must_use]
    pub fn begin(wanted: &Wanted, proto: ProtoRef, title: String) -> Option<Listing> {
        wanted.is_wanted(proto).then(|| Listing { wanted: wanted.clone(), title, ir: None })
    }

    /// The IR is as the pass of this name left it.
    pub fn after(&mut self, pass: &str, func: &Func) {
        if self.wanted.ir.as_deref() == Some(pass) {
            let (head, lines, _) = func.lines();
            self.ir = Some((head, lines));
        }
    }

    /// The text. `machine`: what came out, if something did.
    #[must_use]
    pub fn finish(self, machine: Option<&Machine>) -> String {
        let mut page = Page { out: format!("{}\n", self.title), sources: HashMap::new(), plans: HashMap::new(), line: None };
        let code = machine.filter(|_| self.wanted.asm).map(asm::disassemble);
        match (self.ir, code) {
            (Some((head, lines)), code) => page.ir(&head, lines, code.unwrap_or_default()),
            (None, Some(code)) => page.code(&code),
            (None, None) => {}
        }
        page.out.push('\n');
        page.out
    }
}

/// A listing as it is written.
struct Page {
    out: String,
    /// Lines of source files; those that cannot be read have none.
    sources: HashMap<Vec<u8>, Vec<String>>,
    plans: HashMap<ProtoRef, Plan>,
    /// The line of source that was shown last.
    line: Option<(ProtoRef, u32)>,
}

impl Page {
    /// Only machine code, by address.
    fn code(&mut self, code: &[asm::Instruction]) {
        let mut last = None;
        for instruction in code {
            if instruction.place != last {
                last = instruction.place;
                self.place(last);
            }
            self.instruction(instruction);
        }
    }

    fn ir(&mut self, head: &str, lines: Vec<Line>, mut code: Vec<asm::Instruction>) {
        for line in head.lines() {
            let _ = writeln!(self.out, "        {line}");
        }
        self.entry(&mut code);
        let (mut last, mut heads) = (None, Vec::new());
        for line in lines {
            let Some(place) = line.place else {
                self.code_of(last, &mut code);
                (last, heads) = (None, [heads, vec![line.text]].concat());
                continue;
            };
            if last != Some(place) {
                self.code_of(last, &mut code);
                last = Some(place);
                self.place(last);
            }
            for text in heads.drain(..).chain([line.text]) {
                let _ = writeln!(self.out, "        {text}");
            }
        }
        self.code_of(last, &mut code);
        for text in heads {
            let _ = writeln!(self.out, "        {text}");
        }
        if !code.is_empty() {
            self.line = None;
            self.code(&code);
        }
    }

    /// What comes before the first instruction of bytecode.
    fn entry(&mut self, code: &mut Vec<asm::Instruction>) {
        let count = code.iter().position(|instruction| instruction.place.is_some()).unwrap_or(0);
        for instruction in code.drain(..count) {
            self.instruction(&instruction);
        }
    }

    /// Shows the machine code for a place, and takes it away.
    fn code_of(&mut self, place: Option<Place>, code: &mut Vec<asm::Instruction>) {
        let Some(place) = place else { return };
        let (here, others) = code.drain(..).partition::<Vec<_>, _>(|instruction| instruction.place == Some(place));
        *code = others;
        here.iter().for_each(|instruction| self.instruction(instruction));
    }

    fn instruction(&mut self, instruction: &asm::Instruction) {
        let _ = writeln!(self.out, "                {:04x}  {}", instruction.offset, instruction.text);
    }

    /// The line of source, if it is another one, and the instruction of bytecode.
    fn place(&mut self, place: Option<Place>) {
        let Some(Place { proto, pc }) = place else {
            let _ = writeln!(self.out, "    entry and ends");
            return;
        };
        if let Some(line) = proto.get().plan.lines.line(pc)
            && self.line != Some((proto, line))
        {
            self.line = Some((proto, line));
            let text = self.source_line(proto, line);
            let _ = writeln!(self.out, "{}", format!("[{line}] {text}").trim_end());
        }
        let plan = self.plans.entry(proto).or_insert_with(|| proto.to_shallow_plan());
        let _ = writeln!(self.out, "    {pc:4}  {}", disasm::instruction_text(plan, pc));
    }

    /// The text of a line, if the source is a file that can be read.
    fn source_line(&mut self, proto: ProtoRef, line: u32) -> String {
        let source = proto.get().plan.source.as_deref().unwrap_or_default();
        let lines = self.sources.entry(source.to_vec()).or_insert_with(|| {
            let name = source.strip_prefix(b"@").unwrap_or_default();
            let text = std::fs::read(std::ffi::OsStr::from_bytes(name)).unwrap_or_default();
            String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
        });
        lines.get((line as usize).wrapping_sub(1)).cloned().unwrap_or_default()
    }
}

/// Listings of functions as they are compiled without a profile, for any processor of this architecture.
///
/// # Errors
/// A processor that code cannot be made for, or no memory for a state to compile in.
pub fn of_module(plan: &Plan, wanted: &Wanted) -> Result<String, String> {
    let isa = lower::portable()?;
    // Prototypes belong to a state; nothing is executed in this one.
    let mut state = State::new(0).ok_or("not enough memory")?;
    let thread = state.main();
    let main = thread.load_proto(plan.clone(), Value::NIL);
    thread.push(main);
    let mut todo: Vec<(ProtoRef, String)> = proto_of(main).map(|proto| (proto, "main".to_owned())).into_iter().collect();
    let mut out = String::new();
    while let Some((proto, name)) = todo.pop() {
        let children = proto.get().children.iter().copied().zip(disasm::child_names(&proto.to_plan()));
        todo.extend(children.collect::<Vec<_>>().into_iter().rev());
        let plan = &proto.get().plan;
        let title = format!("function {name} <{}-{}>, without a profile", plan.line_defined, plan.last_line_defined);
        let Some(mut listing) = Listing::begin(wanted, proto, title) else { continue };
        match ahead::machine(&isa, state.global(), proto, Some(&mut listing)) {
            Ok(machine) => out += &listing.finish(Some(&machine)),
            Err(reason) => {
                let _ = writeln!(out, "{}not compiled: {reason}\n", listing.finish(None));
            }
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out)
}

/// The title of a function that a running program has compiled.
pub(crate) fn title(proto: ProtoRef, entered: u32) -> String {
    let place = match (entered, proto.get().plan.lines.line(entered)) {
        (0, _) => "its start".to_owned(),
        (pc, Some(line)) => format!("the loop on line {line} (pc {pc})"),
        (pc, None) => format!("the loop at pc {pc}"),
    };
    format!("function {}, entered at {place}", engine::name(proto))
}
