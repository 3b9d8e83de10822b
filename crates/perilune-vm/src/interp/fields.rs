//! Field access for compiled code whose look at a cache's first entry did not help: polymorphic sites, absent fields, tables that
//! hash. What calls metamethods, or teaches the cache, is left to the interpreter.

use super::tables::is_cacheable;
use crate::cache::{Cache, Target};
use crate::global::Event;
use crate::heap::barrier;
use crate::runtime::{CALLS_METAMETHOD, index_through};
use crate::thread::Thread;
use crate::value::Value;

/// The field of `object` that the cache is about; `None`: the interpreter has to get it.
pub(crate) fn field(t: &mut Thread, object: Value, cache: &Cache) -> Option<Value> {
    let table = object.as_table()?;
    let shape = table.get_ref().shape;
    if let Some(entry) = cache.entry_for(shape, t.g().role_epoch) {
        let value = match entry.target {
            // SAFETY: slot numbers of a shape are below the slot capacity of its tables.
            Target::Own => unsafe { *table.get_ref().slots.add(entry.slot as usize) },
            // SAFETY: as long as the epoch stands, so does the place.
            Target::Other(place) => unsafe { *place },
            Target::Absent => return Some(Value::NIL),
            Target::Add(_) | Target::Made(_) => Value::NIL,
        };
        if !value.is_nil() {
            return Some(value);
        }
    }
    let value = index_through(t.g(), table, cache.name().into());
    // Of nothing there is nothing to learn.
    let known = value == Value::NIL || cache.is_settled() || !is_cacheable(shape);
    (known && value.0 != CALLS_METAMETHOD).then_some(value)
}

/// Stores to the field that the cache is about; false: the interpreter has to do it.
pub(crate) fn store_field(t: &mut Thread, object: Value, value: Value, cache: &Cache) -> bool {
    let Some(table) = object.as_table() else { return false };
    let shape = table.get_ref().shape;
    let entry = cache.entry_for(shape, t.g().role_epoch).copied();
    if let Some(entry) = entry
        && matches!(entry.target, Target::Own)
    {
        // SAFETY: slot numbers of a shape are below the slot capacity of its tables.
        let slot = unsafe { &mut *table.get_ref().slots.add(entry.slot as usize) };
        if !slot.is_nil() {
            *slot = value;
            barrier::stored(table.0, value);
            return true;
        }
    }
    if entry.is_none() && !cache.is_settled() && is_cacheable(shape) {
        return false;
    }
    let name = cache.name();
    if let Some(meta) = table.meta()
        && !t.g().metamethod_of(meta, Event::NewIndex).is_nil()
        && table.get_str(name).is_nil()
    {
        return false;
    }
    table.set_str(t.g(), name, value, false).is_ok()
}
