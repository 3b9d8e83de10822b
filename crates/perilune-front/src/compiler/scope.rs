//! Variables and blocks: which name means what, where variables live, what must be closed when a block is left.

use super::function::{Function, Reg, StringConst};
use super::value::{Kind, Value};
use super::{Compile, Compiler};
use crate::error::SyntaxError;
use crate::intern::Symbol;
use crate::op::{Instr, Op};
use crate::proto::{Const, LocalVar, MAX_REGISTERS, MAX_UPVALUES, Proto, UpvalueDesc};
use std::rc::Rc;

/// Most local variables of a function.
pub(super) const MAX_LOCALS: usize = 200;

/// "Not bound" in the table of bindings.
const UNBOUND: u32 = u32::MAX;

/// Position of the pseudo variable that stands for the `_ENV` around the chunk.
pub(super) const OUTER_ENV: u32 = 0;

/// Where a variable lives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Register(Reg),
    /// Nowhere: a `<const>` variable whose value the compiler knows.
    Constant(Kind),
}

/// A variable in scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Var {
    /// `None` for the compiler's own variables.
    name: Option<Symbol>,
    /// The variable that has the same name and is hidden by this one.
    shadowed: u32,
    /// Nesting level of its function; the main chunk has 1.
    level: u32,
    place: Place,
    read_only: bool,
    /// Index of its debug information in the function's locals.
    debug: u32,
    /// Inner functions that its function had when it came into scope.
    first_child: u32,
    captured: bool,
    assigned: bool,
}

impl Var {
    const NEW: Var = Var {
        name: None,
        shadowed: UNBOUND,
        level: 0,
        place: Place::Register(0),
        read_only: false,
        debug: 0,
        first_child: 0,
        captured: false,
        assigned: false,
    };
}

/// A block being compiled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BlockScope {
    /// Position of the block's first variable.
    pub(super) first_var: usize,
    pub(super) first_label: usize,
    pub(super) first_goto: usize,
    pub(super) first_return: usize,
    /// Whether a variable of the block is captured by a closure or to be closed.
    pub(super) captured: bool,
    pub(super) is_loop: bool,
    /// Whether the block or one around it has a variable to be closed.
    pub(super) inside_close: bool,
}

impl Compiler<'_> {
    /// Nesting level of the function being compiled.
    fn level(&self) -> u32 {
        self.outer.len() as u32 + 1
    }

    fn function_at(&mut self, level: u32) -> &mut Function {
        if level == self.level() { &mut self.f } else { &mut self.outer[level as usize - 1] }
    }

    // Variables.

    /// Prepares the tables for the symbols met since the last call.
    pub(super) fn learn_symbols(&mut self, interner: &crate::intern::Interner) {
        for index in self.strings.len()..interner.len() {
            let text = interner.get(Symbol(index as u32));
            if text == b"_ENV" {
                self.env = Some(Symbol(index as u32));
                self.bindings.push(OUTER_ENV);
            } else {
                self.bindings.push(UNBOUND);
            }
            self.string_consts.push(StringConst { level: 0, index: 0 });
            self.strings.push(Rc::from(text));
        }
    }

    pub(super) fn outer_env() -> Var {
        Var { name: None, shadowed: UNBOUND, level: 0, place: Place::Register(0), ..Var::NEW }
    }

    /// Fails if the function cannot have `count` more locals. `near` is the token PUC Lua would name.
    pub(super) fn check_locals(&self, count: usize, near: Option<&[u8]>) -> Compile<()> {
        if self.vars.len() - self.f.first_var + count > MAX_LOCALS {
            let place = place_of(self.f.line_defined);
            let error = self.error(format!("too many local variables (limit is {MAX_LOCALS}) in {place}"));
            return Err(near.into_iter().fold(error, SyntaxError::near));
        }
        Ok(())
    }

    /// Brings a variable into scope, in the first register that holds no local.
    pub(super) fn declare(&mut self, name: Symbol, read_only: bool) {
        let debug_name = self.strings[name.0 as usize].clone();
        let shadowed = std::mem::replace(&mut self.bindings[name.0 as usize], self.vars.len() as u32);
        self.push_var(Some(name), debug_name, shadowed, read_only);
    }

    /// Brings one of a loop's own variables into scope.
    pub(super) fn declare_loop_state(&mut self) {
        let name = self.loop_state_name.clone();
        self.push_var(None, name, UNBOUND, false);
    }

    fn push_var(&mut self, name: Option<Symbol>, debug_name: Rc<[u8]>, shadowed: u32, read_only: bool) {
        let (register, level) = (self.f.active, self.level());
        let debug = self.f.locals.len() as u32;
        let (place, first_child) = (Place::Register(register), self.f.children.len() as u32);
        self.vars.push(Var { name, shadowed, level, place, read_only, debug, first_child, ..Var::NEW });
        let start = self.f.here();
        self.f.locals.push(LocalVar { name: debug_name, register, start, end: start });
        self.f.active += 1;
    }

    /// Brings a constant known to the compiler into scope.
    pub(super) fn declare_constant(&mut self, name: Symbol, value: Kind) {
        let shadowed = std::mem::replace(&mut self.bindings[name.0 as usize], self.vars.len() as u32);
        let level = self.level();
        let (name, place) = (Some(name), Place::Constant(value));
        self.vars.push(Var { name, shadowed, level, place, read_only: true, ..Var::NEW });
    }

    /// Lets the debug information of the last declared variable begin here.
    pub(super) fn restart_last_local(&mut self) {
        let start = self.f.here();
        if let Some(local) = self.f.locals.last_mut() {
            local.start = start;
        }
    }

    fn remove_vars(&mut self, first: usize) {
        let end = self.f.here();
        for index in (first..self.vars.len()).rev() {
            let var = self.vars[index];
            if let Some(name) = var.name {
                self.bindings[name.0 as usize] = var.shadowed;
            }
            if let Place::Register(register) = var.place {
                self.f.locals[var.debug as usize].end = end;
                if var.captured && !var.assigned {
                    mark_constant(&mut self.f.children[var.first_child as usize..], true, register);
                }
            }
        }
        self.vars.truncate(first);
    }

    /// The name of the variable at a position, for messages.
    pub(super) fn var_name(&self, position: usize) -> &[u8] {
        self.vars[position].name.map_or(b"(for state)", |name| &self.strings[name.0 as usize])
    }

    /// The first register free when only the variables before `position` are in scope.
    pub(super) fn register_level(&self, position: usize) -> Reg {
        self.vars[self.f.first_var..position]
            .iter()
            .rev()
            .find_map(|var| match var.place {
                Place::Register(register) => Some(register + 1),
                Place::Constant(_) => None,
            })
            .unwrap_or(0)
    }

    // Names.

    /// What `name` means: a local, an upvalue, a known constant or a global.
    pub(super) fn name(&mut self, name: Symbol) -> Compile<Value> {
        if let Some(value) = self.variable(self.bindings[name.0 as usize])? {
            return Ok(value);
        }
        let env = self.env.map_or(OUTER_ENV, |env| self.bindings[env.0 as usize]);
        let env = self.variable(env)?.expect("`_ENV` is always bound");
        self.index_by_name(env, name)
    }

    fn variable(&mut self, position: u32) -> Compile<Option<Value>> {
        if position == UNBOUND {
            return Ok(None);
        }
        let var = self.vars[position as usize];
        let kind = match var.place {
            Place::Constant(kind) => kind,
            Place::Register(register) if var.level == self.level() => Kind::Local(register),
            Place::Register(_) => Kind::Upvalue(self.capture(self.level(), position)?),
        };
        Ok(Some(kind.into()))
    }

    /// The local variable in `register` is assigned.
    pub(super) fn assigned_local(&mut self, register: Reg) {
        let first = self.f.first_var;
        let is_there = |var: &&mut Var| matches!(var.place, Place::Register(place) if place == register);
        if let Some(var) = self.vars[first..].iter_mut().rev().find(is_there) {
            var.assigned = true;
        }
    }

    /// The variable that upvalue `index` stands for is assigned.
    pub(super) fn assigned_upvalue(&mut self, index: u8) {
        let position = self.f.upvalue_vars[usize::from(index)];
        self.vars[position as usize].assigned = true;
    }

    /// At the end of the chunk: notes whether its `_ENV` is ever assigned.
    pub(super) fn settle_env(&mut self) {
        if !self.vars[OUTER_ENV as usize].assigned {
            self.f.upvalues[0].constant = true;
            mark_constant(&mut self.f.children, false, 0);
        }
    }

    /// Whether `name` is a variable that may not be assigned.
    pub(super) fn is_read_only(&self, name: Symbol) -> bool {
        let position = self.bindings[name.0 as usize];
        position != UNBOUND && self.vars[position as usize].read_only
    }

    /// Whether upvalue `index` of the current function is named `_ENV`.
    pub(super) fn is_env_upvalue(&self, index: u8) -> bool {
        self.f.upvalues[usize::from(index)].name.as_deref() == Some(b"_ENV")
    }

    /// Index of the upvalue of the function at `level` for an outer variable.
    fn capture(&mut self, level: u32, position: u32) -> Compile<u8> {
        let known = self.function_at(level).upvalue_vars.iter().position(|&var| var == position);
        if let Some(index) = known {
            return Ok(index as u8);
        }
        let var = self.vars[position as usize];
        let (in_stack, index) = match var.place {
            Place::Register(register) if var.level == level - 1 => {
                self.vars[position as usize].captured = true;
                self.mark_captured(level - 1, position as usize);
                (true, register)
            }
            _ => (false, self.capture(level - 1, position)?),
        };
        let name = var.name.map_or_else(|| Rc::from(&b"_ENV"[..]), |name| self.strings[name.0 as usize].clone());
        let function = self.function_at(level);
        if function.upvalues.len() >= MAX_UPVALUES {
            let place = place_of(function.line_defined);
            return Err(self.limit_error(format!("too many upvalues (limit is {MAX_UPVALUES}) in {place}")));
        }
        function.upvalues.push(UpvalueDesc { name: Some(name), in_stack, index, read_only: var.read_only, constant: false });
        function.upvalue_vars.push(position);
        Ok((function.upvalues.len() - 1) as u8)
    }

    fn mark_captured(&mut self, level: u32, position: usize) {
        let blocks = &mut self.function_at(level).blocks;
        if let Some(block) = blocks.iter_mut().rev().find(|block| block.first_var <= position) {
            block.captured = true;
        }
    }

    // Blocks.

    pub(super) fn enter_block(&mut self, is_loop: bool) {
        let block = BlockScope {
            first_var: self.vars.len(),
            first_label: self.f.labels.len(),
            first_goto: self.f.gotos.len(),
            first_return: self.f.returns.len(),
            captured: false,
            is_loop,
            inside_close: self.f.blocks.last().is_some_and(|block| block.inside_close),
        };
        self.f.blocks.push(block);
    }

    /// Ends the innermost block: its variables leave scope and are closed if need be; `break`s of a loop come here.
    /// Returns whether a variable of the block is captured or to be closed.
    pub(super) fn leave_block(&mut self) -> Compile<bool> {
        let block = *self.block();
        let nested = self.f.blocks.len() > 1;
        let level = self.register_level(block.first_var);
        self.remove_vars(block.first_var);
        self.f.active = level;
        let closed = block.is_loop && self.land_breaks()?;
        if !closed && nested && block.captured {
            self.f.emit(Instr::abc(Op::Close, level, 0, 0));
        }
        self.f.free = level;
        self.forget_labels(block.first_label);
        self.f.blocks.pop();
        if nested {
            self.move_gotos_out(&block);
        } else {
            self.check_no_goto_pending()?;
        }
        if block.captured {
            self.f.close_at_returns(block.first_return);
        }
        Ok(block.captured)
    }

    pub(super) fn block(&mut self) -> &mut BlockScope {
        self.f.blocks.last_mut().expect("a function has at least its outermost block")
    }

    /// The innermost block has a variable to be closed.
    pub(super) fn mark_to_be_closed(&mut self) {
        let block = self.block();
        block.captured = true;
        block.inside_close = true;
    }

    // Registers and constants.

    /// Takes the next `count` registers for temporary values.
    pub(super) fn reserve(&mut self, count: usize) -> Compile<()> {
        self.check_registers(count)?;
        self.f.free += count as u8;
        Ok(())
    }

    /// Makes sure that `count` registers beyond those in use exist.
    pub(super) fn check_registers(&mut self, count: usize) -> Compile<()> {
        let needed = usize::from(self.f.free) + count;
        if needed > usize::from(MAX_REGISTERS) {
            return Err(self.limit_error("function or expression needs too many registers".to_owned()));
        }
        self.f.max_registers = self.f.max_registers.max(needed as u8);
        Ok(())
    }

    /// Gives back the temporary register `register`, which must be the last one taken; locals keep theirs.
    pub(super) fn release(&mut self, register: Reg) {
        if register >= self.f.active {
            self.f.free -= 1;
            debug_assert_eq!(register, self.f.free, "temporary registers are released in reverse order");
        }
    }

    /// Releases two registers.
    pub(super) fn release_both(&mut self, first: Reg, second: Reg) {
        self.release(first.max(second));
        self.release(first.min(second));
    }

    /// Index of a string constant, which is added if it is new.
    pub(super) fn string_constant(&mut self, symbol: Symbol) -> u32 {
        let level = self.level();
        let known = &mut self.string_consts[symbol.0 as usize];
        if known.level != level {
            let index = self.f.consts.len() as u32;
            self.f.consts.push(Const::Str(self.strings[symbol.0 as usize].clone()));
            let hidden = std::mem::replace(known, StringConst { level, index });
            if level > 1 {
                self.f.hidden_strings.push((symbol, hidden));
            }
        }
        known.index
    }

    /// Lets the table of string constants describe the outer function again.
    pub(super) fn restore_string_constants(&mut self) {
        for (symbol, hidden) in self.f.hidden_strings.drain(..) {
            self.string_consts[symbol.0 as usize] = hidden;
        }
    }

    /// Index of the constant that `value` is, if it is one and the index fits an operand.
    pub(super) fn operand_constant(&mut self, value: &Value) -> Option<u8> {
        if value.has_jumps() {
            return None;
        }
        if let Kind::Str(symbol) = value.kind {
            let is_known = self.string_consts[symbol.0 as usize].level == self.level();
            let has_room = is_known || self.f.consts.len() <= usize::from(u8::MAX);
            return if has_room { u8::try_from(self.string_constant(symbol)).ok() } else { None };
        }
        self.f.operand_constant(value.const_key()?)
    }
}

/// Marks the upvalues of `functions`, and of those in them, that stand for a variable of the function around them.
fn mark_constant(functions: &mut [Proto], in_stack: bool, index: u8) {
    for function in functions {
        for (own, upvalue) in function.upvalues.iter_mut().enumerate() {
            if upvalue.in_stack == in_stack && upvalue.index == index {
                upvalue.constant = true;
                mark_constant(&mut function.children, false, own as u8);
            }
        }
    }
}

/// What messages call the function defined on a line.
fn place_of(line_defined: u32) -> String {
    match line_defined {
        0 => "main function".to_owned(),
        line => format!("function at line {line}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::compiler::compile;
    use crate::proto::Proto;

    /// The names of upvalues that are constants, of all functions in it, in order.
    fn constants(source: &str) -> Vec<String> {
        fn collect(proto: &Proto, names: &mut Vec<String>) {
            let constant = proto.upvalues.iter().filter(|upvalue| upvalue.constant);
            names.extend(constant.filter_map(|upvalue| Some(String::from_utf8_lossy(upvalue.name.as_deref()?).into_owned())));
            proto.children.iter().for_each(|child| collect(child, names));
        }
        let mut names = Vec::new();
        collect(&compile(source.as_bytes(), b"=test").unwrap(), &mut names);
        names.retain(|name| name != "_ENV");
        names
    }

    #[test]
    fn what_no_code_assigns_is_constant() {
        assert_eq!(constants("local a = 1; return function() return a end"), ["a"]);
        assert_eq!(constants("local function f() return f() end"), ["f"]);
        assert_eq!(constants("local function f(p) return function() return p end end"), ["p"]);
        assert_eq!(constants("local a = 1; return function() return function() return a end end"), ["a", "a"]);
        assert_eq!(constants("for i = 1, 3 do f(function() return i end) end"), ["i"]);
    }

    #[test]
    fn what_is_assigned_anywhere_is_not() {
        let none: [&str; 5] = [
            "local a = 1; local f = function() return a end; a = 2",
            "local a = 1; local f = function() a = 2 end",
            "local a = 1; local f = function() return function() a, b = 2 end end",
            "local f; function f() return f() end",
            "local function f(p) p = p or 1; return function() return p end end",
        ];
        for source in none {
            assert_eq!(constants(source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn variables_of_one_register_are_told_apart() {
        let source = "do local a = 1; g(function() return a end) end do local b; g(function() return b end); b = 2 end";
        assert_eq!(constants(source), ["a"]);
    }
}
