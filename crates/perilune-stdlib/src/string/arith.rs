//! Arithmetic metamethods of strings, which stand for the numbers they spell.

use perilune_vm::value::Value;
use perilune_vm::{Event, LibFunction, NativeResult, Thread, Throw};

/// The metamethods.
pub const METAMETHODS: &[LibFunction] = &[
    ("__add", |t| arith(t, Event::Add, "add")),
    ("__sub", |t| arith(t, Event::Sub, "sub")),
    ("__mul", |t| arith(t, Event::Mul, "mul")),
    ("__mod", |t| arith(t, Event::Mod, "mod")),
    ("__pow", |t| arith(t, Event::Pow, "pow")),
    ("__div", |t| arith(t, Event::Div, "div")),
    ("__idiv", |t| arith(t, Event::IDiv, "idiv")),
    ("__unm", |t| arith(t, Event::Unm, "unm")),
];

fn arith(t: &mut Thread, event: Event, name: &str) -> NativeResult {
    let (a, b) = (t.arg(1), t.arg(2));
    let result = match (number(t, a), number(t, b)) {
        (Some(a), Some(b)) => perilune_vm::meta::arith(t, event, a, b)?,
        _ => other_metamethod(t, event, name)?,
    };
    t.push(result);
    Ok(1)
}

/// The number that a value is or spells.
fn number(t: &mut Thread, value: Value) -> Option<Value> {
    if value.is_number() {
        return Some(value);
    }
    let top = t.arg_count();
    t.push_number(perilune_vm::convert::to_numeric(value)?);
    let number = t.from_top(0);
    t.pop(t.arg_count() - top);
    Some(number)
}

/// Lets the second operand's metamethod decide if it is not a string, too.
#[cold]
fn other_metamethod(t: &mut Thread, event: Event, name: &str) -> Result<Value, Throw> {
    let (a, b) = (t.arg(1), t.arg(2));
    let metamethod = if b.as_str().is_some() { Value::NIL } else { t.metafield(b, event) };
    if metamethod.is_nil() {
        let (left, right) = (a.type_of().name(), b.type_of().name());
        return Err(t.error(format!("attempt to {name} a '{left}' with a '{right}'")));
    }
    t.call(metamethod, &[a, b])
}
