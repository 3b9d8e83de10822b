//! Labels, `goto` and `break`.

use super::function::Pc;
use super::scope::BlockScope;
use super::{Compile, Compiler};
use crate::ast::Line;
use crate::intern::Symbol;
use crate::op::{Instr, Op};

/// A visible label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    name: Symbol,
    line: Line,
    pc: Pc,
    /// Number of variables in scope there.
    vars: usize,
}

/// A jump forward to a label not seen yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goto {
    /// `None` for `break`.
    name: Option<Symbol>,
    line: Line,
    jumps: Pc,
    /// Number of variables in scope there, later in the innermost block that it has not left.
    vars: usize,
    /// Whether it leaves the scope of a variable that must be closed.
    close: bool,
}

impl Compiler<'_> {
    /// `goto name` with the jump still to be made.
    pub(super) fn goto_label(&mut self, name: Symbol, line: Line) {
        match self.f.label_indices.get(&name) {
            Some(&index) => {
                let label = self.f.labels[index as usize];
                let level = self.register_level(label.vars);
                if self.f.active > level {
                    self.f.emit(Instr::abc(Op::Close, level, 0, 0));
                }
                self.f.jump_to(label.pc);
            }
            None => {
                let jump = self.f.jump();
                self.add_goto(Some(name), line, jump);
            }
        }
    }

    /// Whether `goto name` would jump backwards.
    pub(super) fn is_known_label(&self, name: Symbol) -> bool {
        self.f.label_indices.contains_key(&name)
    }

    /// Lets the list `jumps` go to a label (or, without a name, behind the loop) once that is reached.
    pub(super) fn add_goto(&mut self, name: Option<Symbol>, line: Line, jumps: Pc) {
        let vars = self.vars.len();
        self.f.gotos.push(Goto { name, line, jumps, vars, close: false });
    }

    /// Defines a label here. `last` says that only labels follow in its block, whose variables then count as out of scope.
    pub(super) fn define_label(&mut self, name: Symbol, line: Line, last: bool) -> Compile<()> {
        if let Some(&index) = self.f.label_indices.get(&name) {
            let first_line = self.f.labels[index as usize].line;
            let text = [b"label '", self.text(name), format!("' already defined on line {first_line}").as_bytes()].concat();
            return Err(self.error(text));
        }
        let vars = if last { self.block().first_var } else { self.vars.len() };
        let pc = self.f.label();
        self.f.label_indices.insert(name, self.f.labels.len() as u32);
        self.f.labels.push(Label { name, line, pc, vars });
        self.solve_gotos(Some(name), pc, vars)?;
        Ok(())
    }

    /// Lets the `break`s of the loop that ends here come here. Returns whether a `Close` was emitted.
    pub(super) fn land_breaks(&mut self) -> Compile<bool> {
        let pc = self.f.label();
        self.solve_gotos(None, pc, self.vars.len())
    }

    fn solve_gotos(&mut self, name: Option<Symbol>, pc: Pc, vars: usize) -> Compile<bool> {
        let first = self.block().first_goto;
        let mut kept = first;
        let mut close = false;
        for index in first..self.f.gotos.len() {
            let goto = self.f.gotos[index];
            if goto.name != name {
                self.f.gotos[kept] = goto;
                kept += 1;
                continue;
            }
            if goto.vars < vars {
                return Err(self.jumps_into_scope(&goto));
            }
            close |= goto.close;
            self.f.patch_list(goto.jumps, pc);
        }
        self.f.gotos.truncate(kept);
        if close {
            let level = self.f.active;
            self.f.emit(Instr::abc(Op::Close, level, 0, 0));
        }
        Ok(close)
    }

    fn jumps_into_scope(&self, goto: &Goto) -> super::SyntaxError {
        let label = goto.name.map_or(&b"break"[..], |name| self.text(name));
        let middle = format!("> at line {} jumps into the scope of local '", goto.line);
        self.error([b"<goto ", label, middle.as_bytes(), self.var_name(goto.vars), b"'"].concat())
    }

    pub(super) fn forget_labels(&mut self, first: usize) {
        for label in self.f.labels.drain(first..) {
            self.f.label_indices.remove(&label.name);
        }
    }

    /// Updates the jumps that leave `block`.
    pub(super) fn move_gotos_out(&mut self, block: &BlockScope) {
        for goto in &mut self.f.gotos[block.first_goto..] {
            goto.close |= goto.vars > block.first_var && block.captured;
            goto.vars = block.first_var;
        }
    }

    /// Fails if the function ends with a jump to nowhere.
    pub(super) fn check_no_goto_pending(&self) -> Compile<()> {
        let Some(goto) = self.f.gotos.first() else {
            return Ok(());
        };
        Err(match goto.name {
            None => self.error(format!("break outside loop at line {}", goto.line)),
            Some(name) => {
                let end = format!("' for <goto> at line {}", goto.line);
                self.error([b"no visible label '", self.text(name), end.as_bytes()].concat())
            }
        })
    }
}
