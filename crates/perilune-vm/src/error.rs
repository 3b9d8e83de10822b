//! Error messages: what the operations of the language raise, in PUC Lua's words, with the names of the variables at fault.
//!
//! Messages name an operand by finding which operand of the running instruction holds the value that the operation refused;
//! [`perilune_front::variables`] says what that operand is called. All of this costs nothing until an error is raised.

use crate::convert::number_to_int;
use crate::debug::{self, Activation};
use crate::function::{Caught, LuaClosure, Throw};
use crate::global::Event;
use crate::proto::Proto;
use crate::thread::{Frame, Thread};
use crate::value::{Type, Value};
use perilune_front::error::chunk_id;
use perilune_front::op::{Instr, Op, Operand};
use perilune_front::variables::{self, Description};

impl Thread {
    /// An error with a message; `chunk:line: ` goes before it if a Lua function is running.
    #[cold]
    #[inline(never)]
    pub fn runtime_error(&mut self, message: impl AsRef<[u8]>) -> Throw {
        let mut text = lua_position(self.frame_ref());
        text.extend_from_slice(message.as_ref());
        let value = self.g().str(&text);
        self.g().throw(value.into())
    }

    /// Like [`Thread::protected_call_pushed`], but `handler` sees an error before the stack unwinds, and its result replaces it.
    pub fn protected_call_with_handler(&mut self, args: usize, handler: Value) -> Result<u32, Caught> {
        // SAFETY: the function and its arguments are above the frame's base.
        let func = unsafe { self.top.sub(args + 1) };
        crate::call::protected_call(self, func, handler)
    }
}

/// `chunk:line: ` of a Lua function's frame; nothing for a native one. Without debug information it is `?:-1: `.
fn lua_position(frame: &Frame) -> Vec<u8> {
    if !frame.is_lua() {
        return Vec::new();
    }
    let (proto, pc) = debug::running(frame);
    let mut text = match &proto.plan.source {
        Some(source) => chunk_id(source),
        None => b"?".to_vec(),
    };
    text.extend_from_slice(format!(":{}: ", debug::line_at(proto, pc)).as_bytes());
    text
}

/// `chunk:line: ` of the function at `level`, empty if that is a native function or has no line.
pub(crate) fn position(t: &Thread, level: usize) -> Vec<u8> {
    let Some(frame) = debug::frame_at(t, level) else { return Vec::new() };
    if !frame.is_lua() {
        return Vec::new();
    }
    let (proto, pc) = debug::running(frame);
    if debug::line_at(proto, pc) > 0 { lua_position(frame) } else { Vec::new() }
}

/// The name of a value's type for messages: a table's or userdata's `__name`, if that is a string.
#[must_use]
pub fn type_name(t: &Thread, value: Value) -> Vec<u8> {
    if matches!(value.type_of(), Type::Table | Type::Userdata)
        && let Some(name) = t.g().metamethod(value, Event::Name).as_str()
    {
        return name.bytes().to_vec();
    }
    value.type_of().name().as_bytes().to_vec()
}

// ---- which variable ----

/// The instruction that a Lua function's frame is at.
struct Site<'p> {
    proto: &'p Proto,
    pc: u32,
    instr: Instr,
}

impl Site<'_> {
    fn of(frame: &Frame) -> Option<Site<'_>> {
        if !frame.is_lua() {
            return None;
        }
        let (proto, pc) = debug::running(frame);
        let instr = Instr(*proto.code.get(pc as usize)?);
        Some(Site { proto, pc, instr })
    }

    fn describe_register(&self, register: u8) -> Option<Description> {
        variables::describe_register_in(&self.proto.code, &self.proto.plan, self.pc, register)
    }

    fn operands(&self) -> Option<[(Operand, u8); 3]> {
        let [a, b, c] = self.instr.op()?.operands();
        Some([(a, self.instr.a()), (b, self.instr.b()), (c, self.instr.c())])
    }
}

fn register_holds(frame: &Frame, register: u8, value: Value) -> bool {
    // SAFETY: the verifier bounds register operands by the function's registers, which the frame has.
    unsafe { *frame.base().add(usize::from(register)) == value }
}

fn upvalue_holds(frame: &Frame, index: u8, value: Value) -> bool {
    let closure = frame.closure();
    usize::from(index) < LuaClosure::upvalue_count(closure) && LuaClosure::upvalue(closure, usize::from(index)).get() == value
}

/// What the operand of the running instruction that holds `value` is called.
fn describe_operand(frame: &Frame, value: Value) -> Option<Description> {
    let site = Site::of(frame)?;
    let operands = site.operands()?;
    // An operation with an upvalue operand indexes it: that is the value at fault, not the one to be stored.
    for (kind, operand) in operands {
        if kind == Operand::Upvalue && upvalue_holds(frame, operand, value) {
            return Some(variables::describe_upvalue(&site.proto.plan, operand));
        }
    }
    let is_read = |kind| matches!(kind, Operand::Read | Operand::ReadWrite);
    let found = operands.iter().find(|(kind, operand)| is_read(*kind) && register_holds(frame, *operand, value));
    found.and_then(|&(_, register)| site.describe_register(register))
}

fn parenthesized(description: Option<Description>) -> Vec<u8> {
    match description {
        Some((kind, name)) => [b" (", kind.as_bytes(), b" '", &name, b"')"].concat(),
        None => Vec::new(),
    }
}

fn variable_info(t: &Thread, value: Value) -> Vec<u8> {
    parenthesized(describe_operand(t.frame_ref(), value))
}

fn type_error_with(t: &mut Thread, value: Value, operation: &str, info: &[u8]) -> Throw {
    let kind = type_name(t, value);
    let message = [b"attempt to ", operation.as_bytes(), b" a ", &kind, b" value", info].concat();
    t.runtime_error(message)
}

// ---- errors of operations ----

/// "attempt to `operation` a nil value (local 'x')".
#[cold]
pub fn type_error(t: &mut Thread, value: Value, operation: &str) -> Throw {
    let info = variable_info(t, value);
    type_error_with(t, value, operation, &info)
}

/// For indexing a value that has no fields, with `key`.
#[cold]
pub fn index_error(t: &mut Thread, value: Value, _key: Value) -> Throw {
    type_error(t, value, "index")
}

/// For calling what cannot be called: the name is that of the call if there is one, such as a metamethod's.
#[cold]
pub fn call_error(t: &mut Thread, value: Value) -> Throw {
    let info = match debug::called_name(t.frame_ref()) {
        Some(description) => parenthesized(Some(description)),
        None => variable_info(t, value),
    };
    type_error_with(t, value, "call", &info)
}

/// For concatenating `a` and `b`: the first of them that is neither string nor number is at fault.
#[cold]
pub fn concat_error(t: &mut Thread, a: Value, b: Value) -> Throw {
    let left_is_fine = a.as_str().is_some() || a.is_number();
    let value = if left_is_fine { b } else { a };
    let info = parenthesized(describe_concatenated(t.frame_ref(), value, left_is_fine));
    type_error_with(t, value, "concatenate", &info)
}

/// Concatenation works from the right: the value at fault is in the last register that holds it, but for the right operand's
/// own if it was the left operand.
fn describe_concatenated(frame: &Frame, value: Value, is_right: bool) -> Option<Description> {
    let site = Site::of(frame)?;
    if site.instr.op() != Some(Op::Concat) {
        return None;
    }
    let first = site.instr.a();
    let last = first.saturating_add(site.instr.b().saturating_sub(1));
    let end = if is_right { last } else { last.checked_sub(1)? };
    let register = (first..=end).rev().find(|&register| register_holds(frame, register, value))?;
    site.describe_register(register)
}

/// For arithmetic or bitwise operations on `a` and `b`; of unary ones `b` is `a`.
#[cold]
pub fn arith_error(t: &mut Thread, a: Value, b: Value, bitwise: bool) -> Throw {
    if bitwise && a.is_number() && b.is_number() {
        return no_integer_error(t, if number_to_int(a).is_none() { a } else { b });
    }
    let value = if a.is_number() { b } else { a };
    type_error(t, value, if bitwise { "perform bitwise operation on" } else { "perform arithmetic on" })
}

fn no_integer_error(t: &mut Thread, value: Value) -> Throw {
    let info = variable_info(t, value);
    t.runtime_error([b"number".as_slice(), &info, b" has no integer representation"].concat())
}

/// For comparing what has no order.
#[cold]
pub fn order_error(t: &mut Thread, a: Value, b: Value) -> Throw {
    let (a, b) = (type_name(t, a), type_name(t, b));
    let message = if a == b {
        [b"attempt to compare two ", a.as_slice(), b" values"].concat()
    } else {
        [b"attempt to compare ", a.as_slice(), b" with ", &b].concat()
    };
    t.runtime_error(message)
}

/// For a numeric `for` whose `what` ("initial", "limit" or "step") is not a number.
#[cold]
pub fn for_error(t: &mut Thread, value: Value, what: &str) -> Throw {
    let kind = type_name(t, value);
    let what = if what == "initial" { "initial value" } else { what };
    t.runtime_error([b"bad 'for' ", what.as_bytes(), b" (number expected, got ", &kind, b")"].concat())
}

// ---- errors of native functions' arguments ----

/// "bad argument #`index` to 'function' (`message`)". A method's `self` does not count.
#[cold]
pub(crate) fn arg_error(t: &mut Thread, index: usize, message: &[u8]) -> Throw {
    let Some(activation) = t.activation(0) else {
        return t.error([format!("bad argument #{index} (").as_bytes(), message, b")"].concat());
    };
    let (kind, name) = activation.name().unwrap_or_default();
    let mut index = index;
    if kind == "method" {
        if index == 1 {
            return t.error([b"calling '", name.as_slice(), b"' on bad self (", message, b")"].concat());
        }
        index -= 1;
    }
    let name = if kind.is_empty() { native_name(t, &activation) } else { name };
    t.error([format!("bad argument #{index} to '").as_bytes(), &name, b"' (", message, b")"].concat())
}

fn native_name(t: &mut Thread, activation: &Activation) -> Vec<u8> {
    debug::global_function_name(t, activation.function()).unwrap_or_else(|| b"?".to_vec())
}

/// "bad argument #`index` to 'function' (`expected` expected, got type)".
#[cold]
pub(crate) fn arg_type_error(t: &mut Thread, index: usize, expected: &str) -> Throw {
    let message = [expected.as_bytes(), b" expected, got ", &argument_type(t, index)].concat();
    arg_error(t, index, &message)
}

fn argument_type(t: &mut Thread, index: usize) -> Vec<u8> {
    let Some(value) = t.opt_arg(index) else { return b"no value".to_vec() };
    match t.metafield(value, Event::Name).as_str() {
        Some(name) => name.bytes().to_vec(),
        None if value.type_of() == Type::LightUserdata => b"light userdata".to_vec(),
        None => value.type_of().name().as_bytes().to_vec(),
    }
}
