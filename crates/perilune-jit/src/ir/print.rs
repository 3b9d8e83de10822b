//! The IR as text, which [`super::parse`] reads back. What has no text: the lists of cells that code keeps alive, and blocks
//! that cannot be reached.

use super::text::{Names, write_op};
use super::{Block, Edge, End, Func, Place, StateId, Ty, Val};
use std::fmt::{self, Write as _};

impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.to.0)?;
        if !self.args.is_empty() {
            write!(f, "({})", list(&self.args))?;
        }
        Ok(())
    }
}

fn list(vals: &[Val]) -> String {
    vals.iter().map(Val::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().0)
    }
}

/// A line of a function's text.
pub struct Line {
    /// The instruction of bytecode that it was made for; of heads of blocks nothing.
    pub place: Option<Place>,
    /// The text.
    pub text: String,
}

impl Func {
    /// The function as text, and what it calls by number.
    #[must_use]
    pub fn text(&self) -> (String, Names) {
        let (head, lines, mut names) = self.lines();
        let (mut text, mut last) = (head, None);
        for line in lines {
            match line.place {
                None => last = None,
                Some(place) if line.text.starts_with(INDENT) && Some(place) != last && is_instruction(&line.text) => {
                    last = Some(place);
                    let _ = match names.proto(place.proto) {
                        0 => writeln!(text, "  at {}", place.pc),
                        function => writeln!(text, "  at f{function}@{}", place.pc),
                    };
                }
                Some(_) => {}
            }
            text += &line.text;
            text.push('\n');
        }
        (text, names)
    }

    /// The names of the head, and the lines of all blocks.
    #[must_use]
    pub fn lines(&self) -> (String, Vec<Line>, Names) {
        let mut printer = Printer { func: self, names: Names::default(), out: String::new(), lines: Vec::new() };
        printer.names.proto(self.proto);
        for block in self.order() {
            printer.block(block);
        }
        let mut head = String::new();
        for (number, &proto) in printer.names.protos.iter().enumerate() {
            let described = Names::describe_proto(proto);
            let _ = match number {
                0 => writeln!(head, "function f0 {described} entry {} registers {}", self.entered, self.extent),
                _ => writeln!(head, "inlined f{number} {described}"),
            };
        }
        for (number, &cell) in printer.names.cells.iter().enumerate() {
            let _ = writeln!(head, "cell c{number} {}", Names::describe_cell(cell));
        }
        (head, printer.lines, printer.names)
    }
}

/// What stands before instructions.
const INDENT: &str = "    ";

/// Ends of blocks have no place of their own.
fn is_instruction(line: &str) -> bool {
    line.trim_start().starts_with('v')
}

struct Printer<'a> {
    func: &'a Func,
    names: Names,
    /// The line in the making.
    out: String,
    lines: Vec<Line>,
}

impl Printer<'_> {
    fn end_line(&mut self, place: Option<Place>) {
        self.lines.push(Line { place, text: std::mem::take(&mut self.out) });
    }

    fn block(&mut self, block: Block) {
        let data = self.func.data(block);
        let params: Vec<String> = data.params.iter().map(|&param| format!("{param}{}", self.type_text(param))).collect();
        let _ = write!(self.out, "b{}", block.0);
        if !params.is_empty() {
            let _ = write!(self.out, "({})", params.join(", "));
        }
        if data.cold {
            self.out.push_str(" cold");
        }
        if let Some(state) = data.loop_state {
            self.out.push_str(" loop ");
            self.state(state);
        }
        self.out.push(':');
        self.end_line(None);
        for &val in &data.insts {
            self.instruction(val);
        }
        let last = data.insts.last().map(|&val| self.func.positions[val.0 as usize]);
        self.out.push_str(INDENT);
        self.end(&data.end);
        self.end_line(last);
    }

    fn type_text(&self, val: Val) -> String {
        match self.func.ty(val) {
            Ty::None => String::new(),
            ty if self.func.small.contains(&val) => format!(": small {ty:?}"),
            ty => format!(": {ty:?}"),
        }
    }

    fn instruction(&mut self, val: Val) {
        let inst = self.func.inst(val);
        let place = self.func.positions[val.0 as usize];
        self.names.proto(place.proto);
        let _ = write!(self.out, "{INDENT}{val}{} = ", self.type_text(val));
        write_op(inst.op, &mut self.out, &mut self.names);
        if !inst.args.is_empty() {
            let _ = write!(self.out, " {}", list(&inst.args));
        }
        if let Some(state) = inst.state {
            self.out.push_str(" else ");
            self.state(state);
        }
        self.end_line(Some(place));
    }

    fn end(&mut self, end: &End) {
        let text = match end {
            End::Open => "open".to_owned(),
            End::Jump(edge) => format!("jump {edge}"),
            End::Branch(cond, yes, no) => format!("branch {cond}, {yes}, {no}"),
            End::Exit(state) => {
                self.out.push_str("exit ");
                return self.state(*state);
            }
            End::Return0 => "return".to_owned(),
            End::Return1(val, reg) => format!("return {val} by r{reg}"),
            End::Return(first, count) => format!("return {count} from r{first}"),
            End::ReturnOpen(first) => format!("return open from r{first}"),
            End::StepOut(pc) => format!("step {pc}"),
        };
        self.out.push_str(&text);
    }

    /// `@12`, inlined calls, the instruction that leaves if it is another one, and the registers.
    fn state(&mut self, state: StateId) {
        let state = &self.func.states[state.0 as usize];
        let _ = write!(self.out, "@{}", state.pc);
        let mut innermost = (self.func.proto, state.pc);
        for call in &state.inlined {
            let function = self.names.proto(call.proto);
            let _ = write!(self.out, " > r{} f{function}@{} wants {}", call.func, call.pc, call.wanted);
            self.out.push_str(if call.called.as_operator { " operator" } else { "" });
            self.out.push_str(if call.called.in_tail { " tail" } else { "" });
            if let Some(extra) = call.called.extra {
                let _ = write!(self.out, " extra {extra}");
            }
            innermost = (call.proto, call.pc);
        }
        if innermost != (state.proto, state.at) {
            let function = self.names.proto(state.proto);
            let _ = write!(self.out, " for f{function}@{}", state.at);
        }
        let regs: Vec<String> = state.regs.iter().map(|(reg, val)| format!("r{reg}={val}")).collect();
        let _ = write!(self.out, " [{}]", regs.join(" "));
    }
}
