//! The IR as text.

use super::{Edge, End, Func, StateId, Val};
use std::fmt;

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
        writeln!(f, "; entered at {}, {} registers", self.entered, self.extent)?;
        for block in self.order() {
            let data = self.data(block);
            let params: Vec<String> = data.params.iter().map(|&param| format!("{param}: {:?}", self.ty(param))).collect();
            writeln!(f, "b{}({}):", block.0, params.join(", "))?;
            for &val in &data.insts {
                let inst = self.inst(val);
                write!(f, "    ")?;
                if inst.ty != super::Ty::None {
                    write!(f, "{val}: {:?} = ", inst.ty)?;
                }
                write!(f, "{:?}", inst.op)?;
                if !inst.args.is_empty() {
                    write!(f, " {}", list(&inst.args))?;
                }
                if let Some(state) = inst.state {
                    write!(f, " else {}", self.state_text(state))?;
                }
                writeln!(f)?;
            }
            let end = match &data.end {
                End::Open => "open".to_owned(),
                End::Jump(edge) => format!("jump {edge}"),
                End::Branch(cond, yes, no) => format!("branch {cond}, {yes}, {no}"),
                End::Exit(state) => format!("exit {}", self.state_text(*state)),
                End::Return0 => "return".to_owned(),
                End::Return1(val, _) => format!("return {val}"),
                End::Return(first, count) => format!("return {count} from r{first}"),
                End::ReturnOpen(first) => format!("return from r{first}"),
                End::StepOut(pc) => format!("step out {pc}"),
            };
            writeln!(f, "    {end}")?;
        }
        Ok(())
    }
}

impl Func {
    fn state_text(&self, state: StateId) -> String {
        let state = &self.states[state.0 as usize];
        let regs: Vec<String> = state.regs.iter().map(|(reg, val)| format!("r{reg}={val}")).collect();
        let inlined: Vec<String> = state.inlined.iter().map(|call| format!(" > r{}@{}", call.func, call.pc)).collect();
        format!("@{}{} [{}]", state.pc, inlined.concat(), regs.join(" "))
    }
}
