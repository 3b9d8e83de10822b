//! `pack`, `packsize`, `unpack` and `dump`.

use super::start_offset;
use crate::pack::{Culprit, Operand, PackError, Packer, Unpacked, Unpacker, packed_size};
use crate::scratch::Scratch;
use perilune_vm::{NativeResult, Thread, Throw, Value};

/// Raises an error; `operand` is the argument being packed.
#[cold]
fn raise(t: &mut Thread, error: PackError, operand: usize) -> Throw {
    let argument = match error.culprit() {
        Culprit::None => return t.error(error.message()),
        Culprit::Format => 1,
        Culprit::Operand => operand,
        Culprit::Data => 2,
        Culprit::Position => 3,
    };
    t.arg_error(argument, error.message())
}

/// `pack(format, ...)`
pub fn pack(t: &mut Thread) -> NativeResult {
    let format = t.check_str(1)?;
    // PUC Lua pushes a mark there, so its messages about a missing operand speak of nil instead of no value.
    t.push(Value::NIL);
    let mut scratch = Scratch::take();
    let mut packer = Packer::with_buffer(format.bytes(), std::mem::take(&mut scratch.bytes));
    let mut arg = 1;
    while let Some(operand) = packer.next_operand().map_err(|error| raise(t, error, arg))? {
        arg += 1;
        let packed = match operand {
            Operand::Int => packer.int(t.check_int(arg)?),
            Operand::Float => {
                packer.float(t.check_number(arg)?);
                Ok(())
            }
            Operand::Text => packer.text(t.check_str(arg)?.bytes()),
        };
        packed.map_err(|error| raise(t, error, arg))?;
    }
    scratch.bytes = packer.finish();
    t.push_bytes(&scratch.bytes)?;
    Ok(1)
}

/// `packsize(format)`
pub fn packsize(t: &mut Thread) -> NativeResult {
    let format = t.check_str(1)?;
    let size = packed_size(format.bytes()).map_err(|error| raise(t, error, 1))?;
    t.push_int(size as i64);
    Ok(1)
}

/// `unpack(format, data [, position])`
pub fn unpack(t: &mut Thread) -> NativeResult {
    let format = t.check_str(1)?;
    let data = t.check_str(2)?;
    let position = start_offset(t.opt_int(3, 1)?, data.len());
    let mut unpacker = Unpacker::new(format.bytes(), data.bytes(), position).map_err(|error| raise(t, error, 1))?;
    let mut count = 0;
    while let Some(value) = unpacker.next_value().map_err(|error| raise(t, error, 1))? {
        // One more for the position.
        t.check_stack(2, "too many results")?;
        match value {
            Unpacked::Int(int) => t.push_int(int),
            Unpacked::Float(float) => t.push_float(float),
            Unpacked::Text(text) => t.push_bytes(text)?,
        }
        count += 1;
    }
    t.push_int(unpacker.position() as i64 + 1);
    Ok(count + 1)
}

/// `dump(function [, strip])`
pub fn dump(t: &mut Thread) -> NativeResult {
    let function = t.check_function(1)?;
    let strip = t.arg(2).is_truthy();
    let Some(plan) = t.function_plan(function) else { return Err(t.error("unable to dump given function")) };
    let bytes = perilune_vm::front::binary::dump(&plan, strip);
    t.push_bytes(&bytes)?;
    Ok(1)
}
