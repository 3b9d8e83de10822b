//! The array part: elements from key 1, growing by doubling, and the border that `#` reports.

use super::dict::MOVED_KEY;
use super::{KeyError, Table};
use crate::global::{Global, filled};
use crate::heap::{barrier, dying};
use crate::object::Values;
use crate::value::Value;

/// Most elements an array part may have.
const MAX_ARRAY: usize = 1 << 31;

impl Table {
    /// Makes room for `count` elements.
    pub fn reserve_array(self, g: &mut Global, count: usize) -> Result<(), KeyError> {
        let capacity = self.get_ref().array_cap as usize;
        if count <= capacity {
            return Ok(());
        }
        if count > MAX_ARRAY {
            return Err(KeyError::Memory);
        }
        if self.unhide() {
            return self.reserve_array(g, count);
        }
        let array = self.get_ref().array;
        if !array.is_null() && g.try_extend_values(array, count) {
            self.get_mut().array_cap = count as u32;
            return Ok(());
        }
        let data = g.try_new_values(count).ok_or(KeyError::Memory)?;
        let table = self.get_mut();
        if !table.array.is_null() {
            // SAFETY: both vectors hold at least `array_len` values.
            unsafe { std::ptr::copy_nonoverlapping(table.array, data, table.array_len as usize) };
        }
        filled();
        table.array = data;
        table.array_cap = count as u32;
        // SAFETY: `data` is the vector's first value.
        barrier::stored_cell(self.0, unsafe { Values::of_data(data) }.cast());
        Ok(())
    }

    /// Stores a value that is not nil at the key after the array part.
    #[inline]
    pub(crate) fn append(self, g: &mut Global, value: Value) -> Result<(), KeyError> {
        let length = self.get_ref().array_len;
        if length == self.get_ref().array_cap {
            if self.unhide() {
                return self.append(g, value);
            }
            self.reserve_array(g, (length as usize * 2).max(4))?;
        }
        let table = self.get_mut();
        // SAFETY: there is room for one more element.
        unsafe { *table.array.add(length as usize) = value };
        table.array_len = length + 1;
        barrier::stored(self.0, value);
        if self.is_indexed() {
            self.migrate(g)?;
        }
        Ok(())
    }

    /// Moves the keys that follow the array part from the dictionary into it.
    #[cold]
    fn migrate(self, g: &mut Global) -> Result<(), KeyError> {
        loop {
            let next = i64::from(self.get_ref().array_len) + 1;
            let Some(slot) = self.find_int(next) else { return Ok(()) };
            // SAFETY: a place in this table's dictionary.
            if unsafe { *slot }.is_nil() {
                return Ok(());
            }
            // SAFETY: the key stands before its value.
            let value = unsafe {
                *slot.sub(1) = MOVED_KEY;
                std::mem::replace(&mut *slot, Value::NIL)
            };
            let length = self.get_ref().array_len;
            if length == self.get_ref().array_cap {
                self.reserve_array(g, length as usize * 2)?;
            }
            let table = self.get_mut();
            // SAFETY: there is room for one more element.
            unsafe { *table.array.add(length as usize) = value };
            table.array_len = length + 1;
            barrier::stored(self.0, value);
        }
    }

    /// Restores "the last element is not nil" after the last one became nil.
    pub(crate) fn trim_array(self) {
        let table = self.get_mut();
        let mut length = table.array_len as usize;
        // SAFETY: indices below `array_len`.
        while length > 0 && unsafe { *table.array.add(length - 1) }.is_nil() {
            length -= 1;
        }
        table.array_len = length as u32;
    }

    /// A border: `n` such that `t[n]` is not nil (or `n` is 0) and `t[n + 1]` is nil.
    #[inline]
    #[must_use]
    pub fn len(self) -> i64 {
        let length = self.get_ref().array_len;
        if length == 0 && self.is_dying() {
            return dying::border(self).map_or(0, i64::from);
        }
        i64::from(length)
    }

    /// Whether the border is 0.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements from key 1 up to the border, holes included.
    #[must_use]
    pub fn array<'a>(self) -> &'a mut [Value] {
        let table = self.get_ref();
        if table.array_len == 0 && !self.unhide() {
            return &mut [];
        }
        self.array_in_sight()
    }

    /// The same, for the collector: none if the array part is hidden.
    pub(crate) fn array_in_sight<'a>(self) -> &'a mut [Value] {
        let table = self.get_ref();
        if table.array.is_null() {
            return &mut [];
        }
        // SAFETY: `array_len` initialised values; callers neither grow the table nor keep the slice across calls into Lua.
        unsafe { std::slice::from_raw_parts_mut(table.array, table.array_len as usize) }
    }

    /// Stores `values` at the keys from `first`, as a table constructor does.
    pub(crate) fn set_list(self, g: &mut Global, first: usize, values: &[Value]) -> Result<(), KeyError> {
        let Some(last) = values.iter().rposition(|value| !value.is_nil()) else { return Ok(()) };
        if self.get_ref().array_len as usize + 1 != first || self.is_indexed() {
            for (offset, &value) in values.iter().enumerate() {
                self.set_int(g, (first + offset) as i64, value)?;
            }
            return Ok(());
        }
        let count = last + 1;
        self.reserve_array(g, first - 1 + count)?;
        let table = self.get_mut();
        // SAFETY: there is room for `first - 1 + count` elements.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), table.array.add(first - 1), count) };
        table.array_len = (first - 1 + count) as u32;
        for &value in &values[..count] {
            barrier::stored(self.0, value);
        }
        Ok(())
    }
}
