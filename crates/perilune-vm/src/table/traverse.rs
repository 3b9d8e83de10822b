//! Traversal in the order: array part, then slots or dictionary entries. Positions are numbers, so a loop can keep one.

use super::Table;
use crate::shape::Mode;
use crate::table::dict::is_dead_key;
use crate::value::{Value, float_to_int};

/// A place in the order of a table's keys: the number of places before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub usize);

/// `next` was given a key that is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidKey;

impl Table {
    /// The position after `key`; of the first key for nil.
    pub fn position_after(self, key: Value) -> Result<Position, InvalidKey> {
        if key.is_nil() {
            return Ok(Position(0));
        }
        let key = match key.as_float().and_then(float_to_int) {
            Some(int) => match Value::try_int(int) {
                Some(key) => key,
                None => return self.position_of_place(self.find_int(int).filter(|_| self.get_ref().dict_used != 0)),
            },
            None => key,
        };
        let table = self.get_ref();
        if key.is_small_int() {
            return self.position_after_int(key);
        }
        if table.shape.get().mode != Mode::Shared {
            return self.position_of_place(self.find_for_next(key));
        }
        let slot = key.as_str().filter(|s| s.is_short()).and_then(|s| table.shape.find(s)).ok_or(InvalidKey)?;
        Ok(Position(table.array_cap as usize + slot as usize + 1))
    }

    /// Whether `position` is the one after `key`; says no for positions within the array part.
    #[inline]
    pub(crate) fn is_position_after(self, position: Position, key: Value) -> bool {
        let table = self.get_ref();
        let Some(at) = position.0.checked_sub(table.array_cap as usize + 1) else { return false };
        if table.shape.get().mode == Mode::Shared {
            return at < table.shape.get().count as usize && key.as_str() == Some(table.shape.keys()[at]);
        }
        self.entries().get(at).is_some_and(|entry| entry[0].0 == key.0)
    }

    fn position_after_int(self, key: Value) -> Result<Position, InvalidKey> {
        let table = self.get_ref();
        let int = key.small_int_value();
        if (1..=i64::from(table.array_len)).contains(&int) {
            return Ok(Position(int as usize));
        }
        match self.find_for_next(key) {
            // Deletions may have shortened the array part below the key.
            None if (1..=i64::from(table.array_cap)).contains(&int) => Ok(Position(int as usize)),
            place => self.position_of_place(place),
        }
    }

    fn position_of_place(self, place: Option<*mut Value>) -> Result<Position, InvalidKey> {
        let table = self.get_ref();
        let place = place.ok_or(InvalidKey)?;
        let entry = (place as usize - table.slots as usize) / size_of::<[Value; 2]>();
        Ok(Position(table.array_cap as usize + entry + 1))
    }

    /// The first pair at or after `position`, and the position after it.
    #[inline]
    pub fn pair_at(self, position: Position) -> Option<(Value, Value, Position)> {
        let table = self.get_ref();
        let mut at = position.0;
        let length = table.array_len as usize;
        while at < length {
            // SAFETY: below the array part's length.
            let value = unsafe { *table.array.add(at) };
            at += 1;
            if !value.is_nil() {
                return Some((Value::small_int(at as i64), value, Position(at)));
            }
        }
        self.pair_beyond_array(at.max(table.array_cap as usize))
    }

    fn pair_beyond_array(self, position: usize) -> Option<(Value, Value, Position)> {
        let table = self.get_ref();
        let base = table.array_cap as usize;
        let mut at = position - base;
        if table.shape.get().mode == Mode::Shared {
            let keys = table.shape.keys();
            let own_meta = table.shape.get().own_meta_slot.map_or(usize::MAX, |slot| slot as usize);
            while at < keys.len() {
                // SAFETY: a shape's slot numbers are below the slot capacity.
                let value = unsafe { *table.slots.add(at) };
                at += 1;
                if !value.is_nil() && at - 1 != own_meta {
                    return Some((keys[at - 1].into(), value, Position(base + at)));
                }
            }
            return None;
        }
        let entries = self.entries();
        while at < entries.len() {
            let [key, value] = entries[at];
            at += 1;
            if !value.is_nil() {
                debug_assert!(!is_dead_key(key));
                return Some((key, value, Position(base + at)));
            }
        }
        None
    }

    /// The pair after `key` (the first for nil); `Ok(None)` at the end.
    pub fn next(self, key: Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        let position = self.position_after(key)?;
        Ok(self.pair_at(position).map(|(key, value, _)| (key, value)))
    }
}
