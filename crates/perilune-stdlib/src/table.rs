//! The `table` library.
//!
//! Tables without a metatable are worked on directly; for others every access honours metamethods, as the manual demands.
//! Sorting lives in [`sort`], joining in [`concat`].

mod concat;
mod sort;

use perilune_vm::{Event, LibFunction, NativeResult, Special, Table, Thread, Throw, Value};

const FUNCTIONS: &[LibFunction] = &[("concat", concat::concat), ("pack", pack), ("move", move_elements), ("sort", sort::sort)];

/// Makes the library.
pub fn open(t: &mut Thread) -> Table {
    let library = t.new_lib(FUNCTIONS);
    t.set_specials(
        library,
        &[("insert", insert, Special::Insert), ("remove", remove, Special::Remove), ("unpack", unpack, Special::Unpack)],
    );
    library
}

// ---- arguments that act as tables ----

/// What a function does with an argument that acts as a table: each needs a metamethod if it is not one.
struct Access {
    read: bool,
    write: bool,
    length: bool,
}

const READ: Access = Access { read: true, write: false, length: false };
const WRITE: Access = Access { read: false, write: true, length: false };
const READ_LENGTH: Access = Access { read: true, write: false, length: true };
const READ_WRITE_LENGTH: Access = Access { read: true, write: true, length: true };

/// Argument `index` if it is a table without a metatable: nothing can observe how its elements are accessed.
#[inline(always)]
fn plain_table(t: &Thread, index: usize) -> Option<Table> {
    t.arg(index).as_table().filter(|table| table.meta().is_none())
}

/// Checks that argument `index` is a table or has the metamethods to stand in for one.
fn check_table_like(t: &mut Thread, index: usize, access: &Access) -> Result<Value, Throw> {
    let value = t.arg(index);
    if value.as_table().is_some() {
        return Ok(value);
    }
    let mut serves = t.metatable(value).is_some();
    for (needed, event) in [(access.read, Event::Index), (access.write, Event::NewIndex), (access.length, Event::Len)] {
        serves = serves && (!needed || !t.metafield(value, event).is_nil());
    }
    if serves { Ok(value) } else { Err(t.arg_type_error(index, "table")) }
}

/// The length of what acts as a table in argument 1.
fn checked_length(t: &mut Thread, access: &Access) -> Result<(Value, i64), Throw> {
    let list = check_table_like(t, 1, access)?;
    Ok((list, t.length_int(list)?))
}

#[inline]
fn get(t: &mut Thread, list: Value, index: i64) -> Result<Value, Throw> {
    if let Some(table) = list.as_table()
        && table.meta().is_none()
    {
        return Ok(table.get_int(index));
    }
    get_slow(t, list, index)
}

fn get_slow(t: &mut Thread, list: Value, index: i64) -> Result<Value, Throw> {
    // The length is what a metamethod says.
    t.poll(1)?;
    let key = t.global().int(index);
    t.index(list, key)
}

#[inline]
fn set(t: &mut Thread, list: Value, index: i64, value: Value) -> Result<(), Throw> {
    if let Some(table) = list.as_table()
        && table.meta().is_none()
    {
        return t.raw_set_int(table, index, value);
    }
    set_slow(t, list, index, value)
}

fn set_slow(t: &mut Thread, list: Value, index: i64, value: Value) -> Result<(), Throw> {
    t.poll(1)?;
    let key = t.global().int(index);
    t.set_index(list, key, value)
}

// ---- insert and remove ----

fn insert(t: &mut Thread) -> NativeResult {
    let Some(table) = plain_table(t, 1) else { return insert_slow(t) };
    match t.arg_count() {
        2 => {
            let value = t.arg(2);
            t.append(table, value)?;
        }
        3 => {
            let end = table.len() + 1;
            let position = check_insert_position(t, end)?;
            let value = t.arg(3);
            insert_shifting(t, table, position, value)?;
        }
        _ => return Err(wrong_insert_arguments(t)),
    }
    Ok(0)
}

fn check_insert_position(t: &mut Thread, end: i64) -> Result<i64, Throw> {
    let position = t.check_int(2)?;
    if (position as u64).wrapping_sub(1) < end as u64 { Ok(position) } else { Err(t.arg_error(2, "position out of bounds")) }
}

#[cold]
fn wrong_insert_arguments(t: &mut Thread) -> Throw {
    t.error("wrong number of arguments to 'insert'")
}

/// Moves the elements from `position` on up by one and stores `value` there.
fn insert_shifting(t: &mut Thread, table: Table, position: i64, value: Value) -> Result<(), Throw> {
    let length = table.len() as usize;
    let first = position as usize - 1;
    if first == length {
        return t.append(table, value);
    }
    t.append(table, table.array()[length - 1])?;
    let array = table.array();
    array.copy_within(first..length - 1, first + 1);
    // In front of an element that is not nil, even nil may be stored.
    array[first] = value;
    t.array_written(table);
    Ok(())
}

#[cold]
fn insert_slow(t: &mut Thread) -> NativeResult {
    let (list, length) = checked_length(t, &READ_WRITE_LENGTH)?;
    let end = length.wrapping_add(1);
    match t.arg_count() {
        2 => set(t, list, end, t.arg(2))?,
        3 => {
            let position = check_insert_position(t, end)?;
            let mut index = end;
            while index > position {
                let value = get(t, list, index - 1)?;
                set(t, list, index, value)?;
                index -= 1;
            }
            set(t, list, position, t.arg(3))?;
        }
        _ => return Err(wrong_insert_arguments(t)),
    }
    Ok(0)
}

fn remove(t: &mut Thread) -> NativeResult {
    let Some(table) = plain_table(t, 1) else { return remove_slow(t) };
    let length = table.len();
    let position = t.opt_int(2, length)?;
    let value = if (1..=length).contains(&position) {
        remove_shifting(t, table, position as usize)?
    } else {
        check_remove_position(t, position, length)?;
        let value = table.get_int(position);
        t.raw_set_int(table, position, Value::NIL)?;
        value
    };
    t.push(value);
    Ok(1)
}

fn check_remove_position(t: &mut Thread, position: i64, length: i64) -> Result<(), Throw> {
    if position == length || (position as u64).wrapping_sub(1) <= length as u64 {
        Ok(())
    } else {
        Err(t.arg_error(2, "position out of bounds"))
    }
}

/// Takes out the element at `position`, which exists, and moves the following ones down by one.
fn remove_shifting(t: &mut Thread, table: Table, position: usize) -> Result<Value, Throw> {
    let array = table.array();
    let value = array[position - 1];
    let length = array.len();
    if position < length {
        array.copy_within(position.., position - 1);
        t.array_written(table);
    }
    t.raw_set_int(table, length as i64, Value::NIL)?;
    Ok(value)
}

#[cold]
fn remove_slow(t: &mut Thread) -> NativeResult {
    let (list, length) = checked_length(t, &READ_WRITE_LENGTH)?;
    let mut position = t.opt_int(2, length)?;
    check_remove_position(t, position, length)?;
    let removed = get(t, list, position)?;
    t.push(removed);
    while position < length {
        let value = get(t, list, position + 1)?;
        set(t, list, position, value)?;
        position += 1;
    }
    set(t, list, position, Value::NIL)?;
    Ok(1)
}

// ---- move ----

fn move_elements(t: &mut Thread) -> NativeResult {
    let first = t.check_int(2)?;
    let last = t.check_int(3)?;
    let target = t.check_int(4)?;
    let to = if t.arg(5).is_nil() { 1 } else { 5 };
    let source = check_table_like(t, 1, &READ)?;
    let destination = check_table_like(t, to, &WRITE)?;
    if last >= first {
        if first <= 0 && last >= i64::MAX + first {
            return Err(t.arg_error(3, "too many elements to move"));
        }
        let count = last - first + 1;
        if target > i64::MAX - count + 1 {
            return Err(t.arg_error(4, "destination wrap around"));
        }
        let forwards = target > last || target <= first || (to != 1 && !t.equals(source, destination)?);
        if !move_within_arrays(t, source, destination, [first, count, target]) {
            reserve_for_move(t, source, destination, [first, count, target]);
            move_each(t, source, destination, [first, count, target], forwards)?;
        }
    }
    t.push(destination);
    Ok(1)
}

/// Moves elements as memory if both ranges lie in array parts; whether it did.
fn move_within_arrays(t: &mut Thread, source: Value, destination: Value, range: [i64; 3]) -> bool {
    let plain = |value: Value| value.as_table().filter(|table| table.meta().is_none());
    let (Some(from), Some(to)) = (plain(source), plain(destination)) else { return false };
    let [first, count, target] = range;
    if first < 1 || target < 1 || from.len() - first + 1 < count || to.len() - target + 1 < count {
        return false;
    }
    let [first, count, target] = [first as usize - 1, count as usize, target as usize - 1];
    // A nil must not become the last element of an array part.
    if from.array()[first + count - 1].is_nil() && target + count == to.array().len() {
        return false;
    }
    if from == to {
        to.array().copy_within(first..first + count, target);
    } else {
        to.array()[target..target + count].copy_from_slice(&from.array()[first..first + count]);
    }
    t.array_written(to);
    true
}

/// Makes room at once for elements that will be appended.
fn reserve_for_move(t: &mut Thread, source: Value, destination: Value, range: [i64; 3]) {
    let (Some(from), Some(to)) = (source.as_table(), destination.as_table()) else { return };
    let [first, count, target] = range;
    if first >= 1 && from.len() - first + 1 >= count && target == to.len() + 1 {
        // If it fails, storing the elements will say so.
        let _ = to.reserve_array(t.global(), (target + count) as usize - 1);
    }
}

/// Elements that are moved between two looks at limits.
const CHUNK: i64 = 1024;

fn move_each(t: &mut Thread, source: Value, destination: Value, range: [i64; 3], forwards: bool) -> Result<(), Throw> {
    let [first, count, target] = range;
    for step in 0..count {
        // The range is what the caller says.
        if step % CHUNK == CHUNK - 1 {
            t.poll(CHUNK as u32)?;
        }
        let offset = if forwards { step } else { count - 1 - step };
        let value = get(t, source, first + offset)?;
        set(t, destination, target + offset, value)?;
    }
    Ok(())
}

// ---- pack and unpack ----

fn pack(t: &mut Thread) -> NativeResult {
    let count = t.arg_count();
    let table = t.list_from_args(1, 1)?;
    t.set_field(table, "n", Value::small_int(count as i64));
    t.push(table);
    Ok(1)
}

fn unpack(t: &mut Thread) -> NativeResult {
    let list = t.arg(1);
    let first = t.opt_int(2, 1)?;
    let last = if t.arg(3).is_nil() { t.length_int(list)? } else { t.check_int(3)? };
    if first > last {
        return Ok(0);
    }
    let count = (last as u64).wrapping_sub(first as u64);
    let fits = count < i32::MAX as u64 && t.check_stack(count as usize + 1, "").is_ok();
    if !fits {
        return Err(t.error("too many results to unpack"));
    }
    if let Some(table) = list.as_table()
        && table.meta().is_none()
    {
        unpack_plain(t, table, first, last);
    } else {
        for index in first..=last {
            let value = get(t, list, index)?;
            t.push(value);
        }
    }
    Ok(count as u32 + 1)
}

/// Pushes a range of elements; there is room on the stack.
fn unpack_plain(t: &mut Thread, table: Table, first: i64, last: i64) {
    if first >= 1 && last <= table.len() {
        for &value in &table.array()[first as usize - 1..last as usize] {
            t.push(value);
        }
    } else {
        for index in first..=last {
            t.push(table.get_int(index));
        }
    }
}
