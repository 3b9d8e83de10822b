//! Protected calls of chunks: the message handler, the report of errors, interrupts from the keyboard.

use crate::interrupt;
use crate::output::complain;
use perilune_vm::{Caught, Event, NativeFn, NativeResult, Thread, debug};

/// An error was reported already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported;

/// Runs the function that was pushed before the last `args` values. `Ok(n)`: its `n` results are on the stack. An error is on
/// the stack as a message with a traceback.
pub fn call(t: &mut Thread, args: usize) -> Result<u32, Caught> {
    call_with(t, args, message_handler)
}

/// The same with another message handler, which calls [`message_handler`] in the end.
pub fn call_with(t: &mut Thread, args: usize, handler: NativeFn) -> Result<u32, Caught> {
    let handler = t.new_native(handler, &[]);
    interrupt::catch();
    let outcome = t.protected_call_with_handler(args, handler);
    interrupt::release();
    outcome
}

/// Like [`call`], but drops the results, and reports an error.
pub fn run(t: &mut Thread, args: usize, program: Option<&[u8]>) -> Result<(), Reported> {
    let outcome = call(t, args);
    finish(t, program, outcome)
}

/// What [`run`] makes of the outcome of [`call_with`].
pub fn finish(t: &mut Thread, program: Option<&[u8]>, outcome: Result<u32, Caught>) -> Result<(), Reported> {
    match outcome {
        Ok(results) => {
            t.pop(results as usize);
            Ok(())
        }
        Err(Caught) => Err(report(t, program)),
    }
}

/// Takes the error from the stack and prints it.
pub fn report(t: &mut Thread, program: Option<&[u8]>) -> Reported {
    let error = t.from_top(0);
    if error.as_str().is_some() || error.is_number() {
        // Converting a string or a number calls nothing and cannot fail.
        let text = t.tostring(error).map(|text| text.bytes()).unwrap_or_default();
        // Messages end at a NUL, as C strings do.
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        complain(program, &text[..end]);
    } else {
        complain(program, b"(error message not a string)");
    }
    t.pop(1);
    Reported
}

/// Prints the message of a chunk that could not be loaded.
pub fn report_message(message: &[u8], program: &[u8]) -> Reported {
    complain(Some(program), message);
    Reported
}

/// Turns an error value into a message with a traceback; what `__tostring` makes of it is the whole message.
pub fn message_handler(t: &mut Thread) -> NativeResult {
    let error = t.arg(1);
    let message = if error.as_str().is_some() || error.is_number() {
        t.tostring(error)?.bytes().to_vec()
    } else {
        let method = t.metafield(error, Event::ToString);
        if !method.is_nil() {
            let text = t.call(method, &[error])?;
            if text.as_str().is_some() {
                t.push(text);
                return Ok(1);
            }
        }
        format!("(error object is a {} value)", error.type_of().name()).into_bytes()
    };
    let text = debug::traceback(t, t.this(), Some(&message), 1);
    t.push_bytes(&text)?;
    Ok(1)
}
