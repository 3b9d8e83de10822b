//! Names for values, found by symbolic execution: what error messages and `debug.getinfo` call a register or a function.
//!
//! Positions are the first words of instructions, as in [`Proto::lines`]. Results are a kind (`local`, `upvalue`, `global`,
//! `field`, `method`, `constant`, …) and a name; the rules are those of PUC Lua 5.4's `ldebug.c`.

use crate::op::{Extra, Instr, Op, Operand};
use crate::proto::{CacheDesc, Const, Proto};

/// A kind of variable and its name.
pub type Description = (&'static str, Vec<u8>);

/// The name of the local variable alive at `pc` in `register`.
#[must_use]
pub fn local_name(proto: &Proto, pc: u32, register: u8) -> Option<&[u8]> {
    proto
        .locals
        .iter()
        .take_while(|local| local.start <= pc)
        .filter(|local| local.register == register && pc < local.end)
        .last()
        .map(|local| &*local.name)
}

/// The name of upvalue `index`, `?` if it has none.
#[must_use]
pub fn upvalue_name(proto: &Proto, index: u8) -> &[u8] {
    proto.upvalues.get(usize::from(index)).and_then(|upvalue| upvalue.name.as_deref()).unwrap_or(b"?")
}

/// What upvalue `index` is called in messages.
#[must_use]
pub fn describe_upvalue(proto: &Proto, index: u8) -> Description {
    ("upvalue", upvalue_name(proto, index).to_vec())
}

/// What constant `index` is called in messages: strings have a name.
#[must_use]
pub fn describe_constant(proto: &Proto, index: u32) -> Option<Description> {
    string_constant(proto, index).map(|name| ("constant", name.to_vec()))
}

/// What the value that the instruction at `pc` finds in `register` is called.
#[must_use]
pub fn describe_register(proto: &Proto, pc: u32, register: u8) -> Option<Description> {
    describe_register_in(&proto.code, proto, pc, register)
}

/// [`describe_register`] where the code has been moved out of the prototype.
#[must_use]
pub fn describe_register_in(code: &[u32], proto: &Proto, pc: u32, register: u8) -> Option<Description> {
    let found = match describe_variable(code, proto, pc, register) {
        Found::Variable(description) => return Some(description),
        Found::SetBy(setter) => setter,
        Found::Nothing => return None,
    };
    let instr = Instr(code[found as usize]);
    let name = |pc| cache_name_in(code, proto, pc).unwrap_or(b"?").to_vec();
    Some(match instr.op()? {
        Op::GetGlobal => (environment_kind(upvalue_name(proto, instr.b())), name(found)),
        Op::GetField => (table_kind(code, proto, found, instr.b()), name(found)),
        Op::GetIndex => (table_kind(code, proto, found, instr.b()), key_name(code, proto, found, instr.c())),
        Op::GetInt => ("field", b"integer index".to_vec()),
        Op::GetMethod => ("method", name(found)),
        _ => return None,
    })
}

/// How the function that the instruction at `pc` calls is called, metamethods included.
#[must_use]
pub fn function_name_at(proto: &Proto, pc: u32) -> Option<Description> {
    function_name_in(&proto.code, proto, pc)
}

/// [`function_name_at`] where the code has been moved out of the prototype.
#[must_use]
pub fn function_name_in(code: &[u32], proto: &Proto, pc: u32) -> Option<Description> {
    let instr = Instr(*code.get(pc as usize)?);
    let event = match instr.op()? {
        Op::Call | Op::TailCall => return describe_register_in(code, proto, pc, instr.a()),
        Op::ForInCall => return Some(("for iterator", b"for iterator".to_vec())),
        op => metamethod_event(op)?,
    };
    Some(("metamethod", event.as_bytes().to_vec()))
}

/// The event, without underscores, of the metamethod an operation may call.
#[must_use]
pub fn metamethod_event(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::GetGlobal | Op::GetField | Op::GetIndex | Op::GetInt | Op::GetMethod => "index",
        Op::SetGlobal | Op::SetGlobalK | Op::SetField | Op::SetFieldK => "newindex",
        Op::SetIndex | Op::SetIndexK | Op::SetInt | Op::SetIntK => "newindex",
        Op::Add | Op::AddK | Op::AddI | Op::KAdd => "add",
        Op::Sub | Op::SubK | Op::SubI | Op::KSub => "sub",
        Op::Mul | Op::MulK | Op::KMul => "mul",
        Op::Mod | Op::ModK => "mod",
        Op::Pow | Op::PowK => "pow",
        Op::Div | Op::DivK | Op::KDiv => "div",
        Op::IDiv | Op::IDivK => "idiv",
        Op::BAnd | Op::BAndK => "band",
        Op::BOr | Op::BOrK => "bor",
        Op::BXor | Op::BXorK => "bxor",
        Op::Shl | Op::ShlK => "shl",
        Op::Shr | Op::ShrK => "shr",
        Op::Neg => "unm",
        Op::BNot => "bnot",
        Op::Len => "len",
        Op::Concat => "concat",
        Op::Eq => "eq",
        Op::Lt | Op::LtI | Op::GtI => "lt",
        Op::Le | Op::LeI | Op::GeI => "le",
        Op::Close | Op::Return => "close",
        _ => return None,
    })
}

/// What is known of a register without looking at table accesses.
enum Found {
    Variable(Description),
    /// Only the instruction that set it.
    SetBy(u32),
    Nothing,
}

fn describe_variable(code: &[u32], proto: &Proto, mut pc: u32, mut register: u8) -> Found {
    // A chain of moves goes down in registers: the loop ends.
    loop {
        if let Some(name) = local_name(proto, pc, register) {
            return Found::Variable(("local", name.to_vec()));
        }
        let Some(setter) = last_setter(code, pc, register) else {
            return Found::Nothing;
        };
        let instr = Instr(code[setter as usize]);
        let constant = match instr.op() {
            Some(Op::Move) if instr.b() < instr.a() => {
                (pc, register) = (setter, instr.b());
                continue;
            }
            Some(Op::GetUpvalue) => return Found::Variable(describe_upvalue(proto, instr.b())),
            Some(Op::LoadK) => describe_constant(proto, u32::from(instr.bx())),
            Some(Op::LoadKX) => describe_constant(proto, code[setter as usize + 1]),
            _ => return Found::SetBy(setter),
        };
        return constant.map_or(Found::Nothing, Found::Variable);
    }
}

/// The instruction before `last` that set `register`, if it certainly did.
fn last_setter(code: &[u32], last: u32, register: u8) -> Option<u32> {
    let (mut pc, mut setter) = (0, None);
    // Code before this word may have been jumped over.
    let mut conditional_until = 0;
    while pc < last as usize {
        let instr = Instr(*code.get(pc)?);
        let op = instr.op()?;
        if op.extra() == Extra::Jump && !matches!(op, Op::ForPrep | Op::ForLoop | Op::ForInPrep | Op::ForInLoop) {
            let target = (pc + 2).wrapping_add_signed(code[pc + 1] as i32 as isize);
            if target <= last as usize {
                conditional_until = target.max(conditional_until);
            }
        }
        if sets(op, instr, register) {
            setter = (pc >= conditional_until).then_some(pc as u32);
        }
        pc += op.words();
    }
    setter
}

fn sets(op: Op, instr: Instr, register: u8) -> bool {
    let a = instr.a();
    match op {
        Op::LoadNil => (u16::from(a)..=u16::from(a) + u16::from(instr.b())).contains(&u16::from(register)),
        Op::ForInCall => register >= a.saturating_add(4),
        Op::Call | Op::TailCall => register >= a,
        _ => register == a && matches!(op.operands()[0], Operand::Write | Operand::ReadWrite),
    }
}

/// Whether a table is the environment: then its fields are globals.
fn environment_kind(name: &[u8]) -> &'static str {
    if name == b"_ENV" { "global" } else { "field" }
}

fn table_kind(code: &[u32], proto: &Proto, pc: u32, table: u8) -> &'static str {
    match describe_variable(code, proto, pc, table) {
        Found::Variable(("local" | "upvalue", name)) => environment_kind(&name),
        _ => "field",
    }
}

fn key_name(code: &[u32], proto: &Proto, pc: u32, key: u8) -> Vec<u8> {
    match describe_variable(code, proto, pc, key) {
        Found::Variable(("constant", name)) => name,
        _ => b"?".to_vec(),
    }
}

fn string_constant(proto: &Proto, index: u32) -> Option<&[u8]> {
    match proto.consts.get(index as usize)? {
        Const::Str(text) => Some(text),
        _ => None,
    }
}

/// The name in the cache of the instruction at `pc`.
#[must_use]
pub fn cache_name(proto: &Proto, pc: u32) -> Option<&[u8]> {
    cache_name_in(&proto.code, proto, pc)
}

fn cache_name_in<'p>(code: &[u32], proto: &'p Proto, pc: u32) -> Option<&'p [u8]> {
    match proto.caches.get(*code.get(pc as usize + 1)? as usize)? {
        CacheDesc::Field { name } => string_constant(proto, *name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::compile;

    /// What the last instruction of kind `op` in `source` finds in its field `B` (`A` for calls) is called.
    fn check(source: &str, op: Op, expected: Option<(&str, &str)>) {
        let proto = compile(source.as_bytes(), b"=test").unwrap();
        let (mut pc, mut found) = (0, None);
        while pc < proto.code.len() {
            let instr = Instr(proto.code[pc]);
            if instr.op() == Some(op) {
                found = Some((pc as u32, instr));
            }
            pc += instr.op().unwrap().words();
        }
        let (pc, instr) = found.expect("the source uses the operation");
        let description = match op {
            Op::Call => function_name_at(&proto, pc),
            _ => describe_register(&proto, pc, instr.b()),
        };
        let description = description.map(|(kind, name)| (kind, String::from_utf8(name).unwrap()));
        assert_eq!(description.as_ref().map(|(kind, name)| (*kind, name.as_str())), expected, "{source}");
    }

    #[test]
    fn called_functions_have_names() {
        check("local f; f()", Op::Call, Some(("local", "f")));
        check("f()", Op::Call, Some(("global", "f")));
        check("local _ENV = {}; f()", Op::Call, Some(("global", "f")));
        check("local t; t.f()", Op::Call, Some(("field", "f")));
        check("local t; t:f()", Op::Call, Some(("method", "f")));
        check("local t; t[1]()", Op::Call, Some(("field", "integer index")));
        check("local t; t[t]()", Op::Call, Some(("field", "?")));
        check("('x')()", Op::Call, Some(("constant", "x")));
        check("local a, b; (a or b)()", Op::Call, None);
        check("(function() end)()", Op::Call, None);
    }

    #[test]
    fn operands_have_names() {
        check("local t; return t.x.y", Op::GetField, Some(("field", "x")));
        check("return x.y", Op::GetField, Some(("global", "x")));
        check("local a; return -a", Op::Neg, Some(("local", "a")));
        check("return -(...)", Op::Neg, None);
    }

    #[test]
    fn metamethods_have_names() {
        let proto = compile(b"local a, b = ...; return 1 - a, a > 1, a == b", b"=test").unwrap();
        let mut events = Vec::new();
        let mut pc = 0;
        while pc < proto.code.len() {
            if let Some(("metamethod", name)) = function_name_at(&proto, pc as u32) {
                events.push(String::from_utf8(name).unwrap());
            }
            pc += Instr(proto.code[pc]).op().unwrap().words();
        }
        assert_eq!(events, ["sub", "lt", "eq", "close"]);
    }
}
