//! `table.concat`.

use super::{READ_LENGTH, checked_length, get};
use crate::scratch::Scratch;
use perilune_vm::front::number::{format_float, format_int};
use perilune_vm::{NativeResult, Str, Table, Thread, Throw, Value};

/// `concat(list [, separator [, first [, last]]])`
pub fn concat(t: &mut Thread) -> NativeResult {
    let (list, length) = checked_length(t, &READ_LENGTH)?;
    let separator = t.opt_str(2)?.map_or(&b""[..], Str::bytes);
    let first = t.opt_int(3, 1)?;
    let last = t.opt_int(4, length)?;
    let joined = match strings_length(list, separator, first, last) {
        Some((table, length)) => join_strings(t, table, separator, [first, last], length)?,
        None => join_any(t, list, separator, first, last)?,
    };
    t.push(joined);
    Ok(1)
}

/// The length of the result if all elements are strings in the array part of a table without a metatable.
fn strings_length(list: Value, separator: &[u8], first: i64, last: i64) -> Option<(Table, usize)> {
    let table = list.as_table().filter(|table| table.meta().is_none())?;
    if first < 1 || first > last || last > table.len() {
        return None;
    }
    let elements = &table.array()[first as usize - 1..last as usize];
    let mut length = separator.len().checked_mul(elements.len() - 1)?;
    for element in elements {
        length = length.checked_add(element.as_str()?.len())?;
    }
    Some((table, length))
}

fn join_strings(t: &mut Thread, table: Table, separator: &[u8], range: [i64; 2], length: usize) -> Result<Str, Throw> {
    t.write_str(length, |writer| {
        let [first, last] = range;
        for (position, element) in table.array()[first as usize - 1..last as usize].iter().enumerate() {
            if position > 0 && !separator.is_empty() {
                writer.put(separator);
            }
            writer.put(element.as_str().map_or(&b""[..], Str::bytes));
        }
    })
}

fn join_any(t: &mut Thread, list: Value, separator: &[u8], first: i64, last: i64) -> Result<Str, Throw> {
    let mut scratch = Scratch::take();
    let out = &mut scratch.bytes;
    let mut index = first;
    while index <= last {
        let element = get(t, list, index)?;
        append_element(t, element, index, out)?;
        if index == last {
            break;
        }
        out.extend_from_slice(separator);
        index += 1;
    }
    t.new_str(out)
}

#[inline]
fn append_element(t: &mut Thread, element: Value, index: i64, out: &mut Vec<u8>) -> Result<(), Throw> {
    if let Some(s) = element.as_str() {
        out.extend_from_slice(s.bytes());
    } else if let Some(int) = element.as_int() {
        format_int(int, out);
    } else if let Some(float) = element.as_float() {
        format_float(float, out);
    } else {
        let name = element.type_of().name();
        return Err(t.error(format!("invalid value ({name}) at index {index} in table for 'concat'")));
    }
    Ok(())
}
