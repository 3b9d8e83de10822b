//! `find`, `match`, `gmatch` and `gsub`.

use super::start_offset;
use crate::pattern::{self, Capture, Match, Matcher, NO_LAST_MATCH, Pattern, PatternError};
use crate::scratch::{Memory, Scratch, compiled};
use perilune_vm::{NativeResult, Str, Table, Thread, Throw, Type, Value};

#[cold]
fn raise(t: &mut Thread, error: PatternError) -> Throw {
    if error == PatternError::Stopped
        && let Err(throw) = t.check_limits()
    {
        return throw;
    }
    t.error(error.to_string())
}

// ---- captures ----

/// Pushes what a capture holds; `index` counts from 0. Without captures, 0 is the whole match.
#[inline]
fn push_capture(
    t: &mut Thread,
    matcher: &Matcher,
    pattern: &Pattern,
    subject: Str,
    found: Match,
    index: usize,
) -> Result<(), Throw> {
    match matcher.capture(pattern, found, index) {
        Ok(Capture::Text { start: 0, end }) if end == subject.len() => t.push(subject),
        Ok(Capture::Text { start, end }) => t.push_bytes(&subject.bytes()[start..end])?,
        Ok(Capture::Position(position)) => t.push_int(position),
        Err(error) => return Err(raise(t, error)),
    }
    Ok(())
}

/// Pushes the first `count` captures.
#[inline]
fn push_captures(
    t: &mut Thread,
    matcher: &Matcher,
    pattern: &Pattern,
    subject: Str,
    found: Match,
    count: usize,
) -> Result<u32, Throw> {
    if count > 1 {
        t.check_stack(count, "too many captures")?;
    }
    for index in 0..count {
        push_capture(t, matcher, pattern, subject, found, index)?;
    }
    Ok(count as u32)
}

// ---- find and match ----

/// `find(s, pattern [, init [, plain]])`
pub fn find(t: &mut Thread) -> NativeResult {
    let subject = t.check_str(1)?;
    let text = t.check_str(2)?.bytes();
    let init = start_offset(t.opt_int(3, 1)?, subject.len());
    if init > subject.len() {
        t.push(Value::NIL);
        return Ok(1);
    }
    if t.arg(4).is_truthy() || !pattern::has_specials(text) {
        return Ok(find_plain(t, subject, text, init));
    }
    let pattern = compiled(text);
    let mut scratch = Scratch::take();
    match scratch.matcher.find(&pattern, subject.bytes(), init, &|work| t.is_stopped(work)) {
        Ok(Some(found)) => {
            t.push_int(found.start as i64 + 1);
            t.push_int(found.end as i64);
            let captures = push_captures(t, &scratch.matcher, &pattern, subject, found, pattern.capture_count())?;
            Ok(captures + 2)
        }
        Ok(None) => {
            t.push(Value::NIL);
            Ok(1)
        }
        Err(error) => Err(raise(t, error)),
    }
}

fn find_plain(t: &mut Thread, subject: Str, text: &[u8], init: usize) -> u32 {
    match pattern::find_plain(subject.bytes(), text, init) {
        Some(start) => {
            t.push_int(start as i64 + 1);
            t.push_int((start + text.len()) as i64);
            2
        }
        None => {
            t.push(Value::NIL);
            1
        }
    }
}

/// `match(s, pattern [, init])`
pub fn match_(t: &mut Thread) -> NativeResult {
    let subject = t.check_str(1)?;
    let text = t.check_str(2)?.bytes();
    let init = start_offset(t.opt_int(3, 1)?, subject.len());
    if init > subject.len() {
        t.push(Value::NIL);
        return Ok(1);
    }
    let pattern = compiled(text);
    let mut scratch = Scratch::take();
    match scratch.matcher.find(&pattern, subject.bytes(), init, &|work| t.is_stopped(work)) {
        Ok(Some(found)) => push_captures(t, &scratch.matcher, &pattern, subject, found, pattern.result_count()),
        Ok(None) => {
            t.push(Value::NIL);
            Ok(1)
        }
        Err(error) => Err(raise(t, error)),
    }
}

// ---- gmatch ----

/// The upvalues of the iterator.
mod upvalue {
    pub const SUBJECT: usize = 1;
    pub const PATTERN: usize = 2;
    /// Where the next search starts.
    pub const POSITION: usize = 3;
    /// The end of the last match; -1 before the first.
    pub const LAST: usize = 4;
}

/// `gmatch(s, pattern [, init])`
pub fn gmatch(t: &mut Thread) -> NativeResult {
    let subject = t.check_str(1)?;
    let mut pattern = t.check_str(2)?;
    let init = start_offset(t.opt_int(3, 1)?, subject.len()).min(subject.len() + 1);
    if pattern.bytes().starts_with(b"^") {
        // Here it is no anchor but a character like any other.
        pattern = t.new_str(&[b"%", pattern.bytes()].concat())?;
    }
    let state = [subject.into(), pattern.into(), Value::small_int(init as i64), Value::small_int(-1)];
    let iterator = t.new_native(gmatch_step, &state);
    t.push(iterator);
    Ok(1)
}

fn gmatch_step(t: &mut Thread) -> NativeResult {
    let (Some(subject), Some(text)) = (t.upvalue(upvalue::SUBJECT).as_str(), t.upvalue(upvalue::PATTERN).as_str()) else {
        return Ok(0);
    };
    let position = t.upvalue(upvalue::POSITION).small_int_value() as usize;
    // -1 becomes `NO_LAST_MATCH`.
    let last = t.upvalue(upvalue::LAST).small_int_value() as usize;
    let pattern = compiled(text.bytes());
    let mut scratch = Scratch::take();
    match scratch.matcher.find_next(&pattern, subject.bytes(), position, last, &|work| t.is_stopped(work)) {
        Ok(Some(found)) => {
            let end = Value::small_int(found.end as i64);
            t.set_upvalue(upvalue::POSITION, end);
            t.set_upvalue(upvalue::LAST, end);
            push_captures(t, &scratch.matcher, &pattern, subject, found, pattern.result_count())
        }
        Ok(None) => Ok(0),
        Err(error) => Err(raise(t, error)),
    }
}

const _: () = assert!(NO_LAST_MATCH == -1i64 as usize);

// ---- gsub ----

/// What matches are replaced by.
#[derive(Clone, Copy)]
enum Replacement {
    Text(Str),
    Table(Table),
    /// A table with a metatable.
    Indexed(Value),
    Function(Value),
}

fn check_replacement(t: &mut Thread) -> Result<Replacement, Throw> {
    let value = t.arg(3);
    match value.type_of() {
        Type::String | Type::Number => t.check_str(3).map(Replacement::Text),
        Type::Table => Ok(match value.as_table() {
            Some(table) if table.meta().is_none() => Replacement::Table(table),
            _ => Replacement::Indexed(value),
        }),
        Type::Function => Ok(Replacement::Function(value)),
        _ => Err(t.arg_type_error(3, "string/function/table")),
    }
}

/// `gsub(s, pattern, replacement [, n])`
pub fn gsub(t: &mut Thread) -> NativeResult {
    let subject = t.check_str(1)?;
    let text = t.check_str(2)?;
    let limit = t.opt_int(4, subject.len() as i64 + 1)?;
    let replacement = check_replacement(t)?;
    let limit = limit.max(0) as usize;
    let pattern = compiled(text.bytes());
    let mut scratch = Scratch::take();
    let Memory { bytes: out, matcher } = &mut *scratch;
    let mut work = Substitution { subject, pattern: &pattern, matcher, out, count: 0, changed: false };
    match replacement {
        Replacement::Text(replacement) => work.by_text(t, replacement, limit)?,
        _ => work.by_value(t, replacement, limit)?,
    }
    let (count, changed) = (work.count, work.changed);
    if changed {
        t.push_bytes(&scratch.bytes)?;
    } else {
        t.push(subject);
    }
    t.push_int(count as i64);
    Ok(2)
}

struct Substitution<'a> {
    subject: Str,
    pattern: &'a Pattern,
    matcher: &'a mut Matcher,
    out: &'a mut Vec<u8>,
    count: usize,
    changed: bool,
}

impl Substitution<'_> {
    fn by_text(&mut self, t: &mut Thread, replacement: Str, limit: usize) -> Result<(), Throw> {
        let (subject, replacement) = (self.subject.bytes(), replacement.bytes());
        let stop = |work| t.is_stopped(work);
        let done = pattern::gsub(self.matcher, self.pattern, subject, replacement, limit, self.out, &stop);
        self.count = done.map_err(|error| raise(t, error))?;
        self.changed = self.count > 0;
        Ok(())
    }

    fn by_value(&mut self, t: &mut Thread, replacement: Replacement, limit: usize) -> Result<(), Throw> {
        let subject = self.subject.bytes();
        let mut copied = 0;
        let mut last = NO_LAST_MATCH;
        while self.count < limit {
            let found = self.matcher.find_next(self.pattern, subject, copied, last, &|work| t.is_stopped(work));
            let Some(found) = found.map_err(|error| raise(t, error))? else { break };
            self.count += 1;
            self.out.extend_from_slice(&subject[copied..found.start]);
            let value = self.value_for(t, replacement, found)?;
            self.append(t, value, found)?;
            copied = found.end;
            last = found.end;
            if self.pattern.is_anchored() {
                break;
            }
        }
        self.out.extend_from_slice(&subject[copied..]);
        Ok(())
    }

    /// What the program says the match is replaced by.
    #[inline]
    fn value_for(&self, t: &mut Thread, replacement: Replacement, found: Match) -> Result<Value, Throw> {
        let value = if let Replacement::Function(function) = replacement {
            t.push(function);
            let count = self.pattern.result_count();
            push_captures(t, self.matcher, self.pattern, self.subject, found, count)?;
            t.without_yield(|t| t.call_pushed(count, 1))?;
            t.from_top(0)
        } else {
            push_capture(t, self.matcher, self.pattern, self.subject, found, 0)?;
            let key = t.from_top(0);
            match replacement {
                Replacement::Table(table) => table.get(key),
                Replacement::Indexed(value) => t.index(value, key)?,
                Replacement::Text(_) | Replacement::Function(_) => Value::NIL,
            }
        };
        t.pop(1);
        Ok(value)
    }

    /// Appends the replacement, or the match itself for nil and false.
    #[inline]
    fn append(&mut self, t: &mut Thread, value: Value, found: Match) -> Result<(), Throw> {
        if let Some(s) = value.as_str() {
            self.out.extend_from_slice(s.bytes());
        } else if !value.is_truthy() {
            self.out.extend_from_slice(&self.subject.bytes()[found.start..found.end]);
            return Ok(());
        } else if value.is_number() {
            let text = t.tostring(value)?;
            self.out.extend_from_slice(text.bytes());
        } else {
            let name = value.type_of().name();
            return Err(t.error(format!("invalid replacement value (a {name})")));
        }
        self.changed = true;
        Ok(())
    }
}
