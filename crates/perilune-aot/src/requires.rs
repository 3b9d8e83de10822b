//! The modules that bytecode requires by a constant name.
//!
//! Looked for in bytecode, because there it is clear what `require` refers to: a global of that name, or a local variable or an
//! upvalue that is called so, as in `local require = require`.

use perilune_front::op::{Instr, Op};
use perilune_front::proto::Proto;
use perilune_front::variables::describe_register;

/// A call of `require`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Require {
    /// The module's name.
    pub name: Vec<u8>,
    /// The line of the call; 0 where the bytecode is stripped.
    pub line: u32,
    /// Whether the program goes on without the module: `pcall(require, name)`.
    pub optional: bool,
}

/// What a chunk requires, in the order of its code.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Requires {
    /// Calls with a constant name.
    pub fixed: Vec<Require>,
    /// Lines of calls whose argument is computed.
    pub computed: Vec<u32>,
}

impl Requires {
    /// Those of a function and all functions inside it.
    #[must_use]
    pub fn of(proto: &Proto) -> Requires {
        let mut found = Requires::default();
        found.add(proto);
        found
    }

    fn add(&mut self, proto: &Proto) {
        let mut pc = 0;
        while let Some(op) = proto.code.get(pc as usize).and_then(|&word| Instr(word).op()) {
            if matches!(op, Op::Call | Op::TailCall) {
                self.add_call(proto, pc);
            }
            pc += op.words() as u32;
        }
        proto.children.iter().for_each(|child| self.add(child));
    }

    fn add_call(&mut self, proto: &Proto, pc: u32) {
        let instr = Instr(proto.code[pc as usize]);
        let function = instr.a();
        // The function and its arguments; 0 if their number is open.
        let values = instr.b();
        let line = proto.lines.line(pc).unwrap_or(0);
        let is_variable = |register, name: &[u8]| {
            let description = describe_register(proto, pc, register);
            description.is_some_and(|(kind, found)| matches!(kind, "global" | "local" | "upvalue") && found == name)
        };
        let constant = |register| match describe_register(proto, pc, register) {
            Some(("constant", name)) => Some(name),
            _ => None,
        };
        if is_variable(function, b"require") && values != 1 {
            match constant(function + 1).filter(|_| values != 0) {
                Some(name) => self.fixed.push(Require { name, line, optional: false }),
                None => self.computed.push(line),
            }
        } else if values >= 3 && is_variable(function, b"pcall") && is_variable(function + 1, b"require") {
            match constant(function + 2) {
                Some(name) => self.fixed.push(Require { name, line, optional: true }),
                None => self.computed.push(line),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Requires;
    use perilune_front::compiler::compile;

    fn names(source: &str) -> (Vec<String>, Vec<u32>) {
        let requires = Requires::of(&compile(source.as_bytes(), b"=test").unwrap());
        let name = |require: super::Require| {
            let name = String::from_utf8(require.name).unwrap();
            format!("{}{name}:{}", if require.optional { "?" } else { "" }, require.line)
        };
        (requires.fixed.into_iter().map(name).collect(), requires.computed)
    }

    #[test]
    fn constant_names_are_found_wherever_the_call_is() {
        let source = "local a = require 'a'\nlocal b = require('b.c').d\nfunction f() return require [[e]] end\n\
            if x then require('f', 1) end\nlocal t = { require 'g', x = require('h')(1) }\nrequire 'i':j()";
        assert_eq!(names(source), (["a:1", "b.c:2", "f:4", "g:5", "h:5", "i:6", "e:3"].map(str::to_owned).to_vec(), vec![]));
    }

    #[test]
    fn other_ways_to_call_it_count() {
        let source = "local require = require\nlocal ok, m = pcall(require, 'a')\nlocal function f() return require 'b' end\n\
            local name <const> = 'c'\nrequire(name)";
        assert_eq!(names(source).0, ["?a:2", "c:5", "b:3"]);
    }

    #[test]
    fn what_is_computed_or_called_alike_does_not() {
        let source = "require(x)\nrequire('a' .. x)\nrequire(f())\nt.require 'b'\nt:require 'c'\npcall(f, 'd')\nrequire(12)\nrequire(...)";
        assert_eq!(names(source), (vec![], vec![1, 2, 3, 7, 8]));
    }
}
