//! Table access through inline caches.

use super::{Flow, Machine};
use crate::cache::{Cache, Entry, Target};
use crate::global::Event;
use crate::heap::barrier;
use crate::meta;
use crate::shape::{Mode, ShapeRef};
use crate::string::Str;
use crate::table::{MAX_INLINE_SLOTS, Table};
use crate::thread::Thread;
use crate::value::Value;
use perilune_front::op::Instr;

/// Tables a constructor makes before its sizes are settled.
pub(crate) const LEARNING: u32 = 16;

impl Machine {
    /// What the cache knows about `table`; nil if nothing, or if the field is nil.
    #[inline(always)]
    fn cached_get(&self, cache: &Cache, table: Table) -> Value {
        let object = table.get_ref();
        if cache.entry.shape != Some(object.shape) {
            return Value::NIL;
        }
        match cache.entry.target {
            // SAFETY: slot numbers of a shape are below the slot capacity of its tables.
            Target::Own => unsafe { *object.slots.add(cache.entry.slot as usize) },
            // SAFETY: as long as the epoch stands, so does the place.
            Target::Other(place) if cache.entry.epoch == self.t().g().role_epoch => unsafe { *place },
            _ => Value::NIL,
        }
    }

    #[inline(always)]
    fn get_field(&mut self, target: u8, object: Value, cache: &mut Cache) -> Flow {
        if let Some(table) = object.as_table() {
            let value = self.cached_get(cache, table);
            if !value.is_nil() {
                self.set(target, value);
                return Flow::Next;
            }
        }
        self.apart(|m| m.get_field_slow(target, object, cache))
    }

    #[inline(never)]
    fn get_field_slow(&mut self, target: u8, object: Value, cache: &mut Cache) -> Flow {
        self.slow_set(target, |t| get_field(t, object, cache))
    }

    #[inline(always)]
    pub(super) fn op_get_field(&mut self, i: Instr) -> Flow {
        let cache = self.fetch_cache();
        self.get_field(i.a(), self.get(i.b()), cache)
    }

    #[inline(always)]
    pub(super) fn op_get_global(&mut self, i: Instr) -> Flow {
        let cache = self.fetch_cache();
        self.get_field(i.a(), self.upvalue(i.b()).get(), cache)
    }

    #[inline(always)]
    pub(super) fn op_get_method(&mut self, i: Instr) -> Flow {
        let cache = self.fetch_cache();
        let object = self.get(i.b());
        self.set(i.a() + 1, object);
        if object.as_str().is_some()
            && cache.entry.shape == Some(self.t().g().string_shape)
            && let Target::Other(place) = cache.entry.target
            && cache.entry.epoch == self.t().g().role_epoch
        {
            // SAFETY: as long as the epoch stands, so does the place.
            let method = unsafe { *place };
            // A method that was removed may be inherited from elsewhere.
            if !method.is_nil() {
                self.set(i.a(), method);
                return Flow::Next;
            }
        }
        self.get_field(i.a(), object, cache)
    }

    #[inline(always)]
    fn set_field(&mut self, object: Value, value: Value, cache: &mut Cache) -> Flow {
        if let Some(table) = object.as_table() {
            let header = table.get_mut();
            if cache.entry.shape == Some(header.shape) {
                match cache.entry.target {
                    Target::Own => {
                        // SAFETY: slot numbers of a shape are below the slot capacity of its tables.
                        let slot = unsafe { &mut *header.slots.add(cache.entry.slot as usize) };
                        if !slot.is_nil() {
                            *slot = value;
                            barrier::stored(table.0, value);
                            return Flow::Next;
                        }
                    }
                    Target::Add(next)
                        if cache.entry.slot < header.slot_cap
                            && cache.entry.epoch == self.t().g().role_epoch
                            && !value.is_nil() =>
                    {
                        // SAFETY: the slot is below the capacity.
                        unsafe { *header.slots.add(cache.entry.slot as usize) = value };
                        header.shape = next;
                        barrier::stored(table.0, value);
                        barrier::stored_cell(table.0, next.cell());
                        return Flow::Next;
                    }
                    _ => {}
                }
            }
        }
        self.apart(|m| m.set_field_slow(object, value, cache))
    }

    #[inline(never)]
    fn set_field_slow(&mut self, object: Value, value: Value, cache: &mut Cache) -> Flow {
        self.slow_do(|t| set_field(t, object, value, cache))
    }

    #[inline(always)]
    pub(super) fn op_set_field(&mut self, i: Instr, value: Value) -> Flow {
        let cache = self.fetch_cache();
        self.set_field(self.get(i.a()), value, cache)
    }

    #[inline(always)]
    pub(super) fn op_set_global(&mut self, i: Instr, value: Value) -> Flow {
        let cache = self.fetch_cache();
        self.set_field(self.upvalue(i.b()).get(), value, cache)
    }

    // ---- computed keys ----

    #[inline(always)]
    pub(super) fn op_get_index(&mut self, i: Instr) -> Flow {
        let (object, key) = (self.get(i.b()), self.get(i.c()));
        if let Some(table) = object.as_table()
            && key.is_small_int()
        {
            let value = element(table, key.small_int_value());
            if !value.is_nil() {
                self.set(i.a(), value);
                return Flow::Next;
            }
        }
        self.apart(|m| m.get_index_slow(i.a(), object, key))
    }

    #[inline(never)]
    fn get_index_slow(&mut self, target: u8, object: Value, key: Value) -> Flow {
        if let Some(table) = object.as_table() {
            let value = table.get(key);
            if !value.is_nil() || table.meta().is_none() {
                self.set(target, value);
                return Flow::Next;
            }
        }
        self.slow_set(target, |t| meta::index(t, object, key))
    }

    #[inline(always)]
    pub(super) fn op_get_int(&mut self, i: Instr) -> Flow {
        let object = self.get(i.b());
        let key = i64::from(i.c());
        if let Some(table) = object.as_table() {
            let value = element(table, key);
            if !value.is_nil() {
                self.set(i.a(), value);
                return Flow::Next;
            }
        }
        self.apart(|m| m.get_index_slow(i.a(), object, Value::small_int(key)))
    }

    #[inline(always)]
    pub(super) fn op_set_index(&mut self, i: Instr, value: Value) -> Flow {
        let (object, key) = (self.get(i.a()), self.get(i.b()));
        if key.is_small_int() {
            return self.set_element(object, key, value);
        }
        self.apart(|m| m.set_index_slow(object, key, value))
    }

    #[inline(always)]
    pub(super) fn op_set_int(&mut self, i: Instr, value: Value) -> Flow {
        self.set_element(self.get(i.a()), Value::small_int(i64::from(i.b())), value)
    }

    #[inline(always)]
    fn set_element(&mut self, object: Value, key: Value, value: Value) -> Flow {
        if let Some(table) = object.as_table()
            && !value.is_nil()
        {
            let header = table.get_mut();
            let index = (key.small_int_value() as u64).wrapping_sub(1);
            if index < u64::from(header.array_len) {
                // SAFETY: within the array part.
                let place = unsafe { &mut *header.array.add(index as usize) };
                if !place.is_nil() || header.shape.get().meta.is_none() {
                    *place = value;
                    barrier::stored(table.0, value);
                    return Flow::Next;
                }
            } else if index == u64::from(header.array_len)
                && header.array_len < header.array_cap
                && !table.is_indexed()
                && header.shape.get().meta.is_none()
            {
                // SAFETY: below the array part's capacity.
                unsafe { *header.array.add(index as usize) = value };
                header.array_len += 1;
                barrier::stored(table.0, value);
                return Flow::Next;
            }
        }
        self.apart(|m| m.set_index_slow(object, key, value))
    }

    #[inline(never)]
    fn set_index_slow(&mut self, object: Value, key: Value, value: Value) -> Flow {
        self.slow_do(|t| {
            if let Some(table) = object.as_table()
                && table.meta().is_none()
            {
                return t.raw_set(table, key, value);
            }
            meta::set_index(t, object, key, value)
        })
    }

    // ---- constructors ----

    #[inline(always)]
    pub(super) fn op_new_table(&mut self, i: Instr) -> Flow {
        let cache = self.fetch_cache();
        self.save_pc();
        let table = make_table(self.t().g(), cache);
        self.set(i.a(), table.into());
        Flow::Next
    }

    #[inline(always)]
    pub(super) fn op_set_list(&mut self, i: Instr) -> Flow {
        let first = self.fetch() as usize + 1;
        let place = self.register(i.a());
        let count = if i.b() == 0 {
            // SAFETY: open results reach from the register after A up to the top.
            unsafe { self.t().top.offset_from(place) as usize - 1 }
        } else {
            i.b() as usize
        };
        self.slow_do(|t| set_list(t, t.offset(place), first, count))
    }
}

/// A table as the constructor with this cache makes them.
#[inline(always)]
pub(crate) fn make_table(g: &mut crate::global::Global, cache: &mut Cache) -> Table {
    if cache.count < LEARNING {
        learn_sizes(g, cache);
    }
    let table = Table::new(g, cache.entry.slot, cache.hint);
    if cache.count < LEARNING {
        cache.made(table, g.heap.stats.collections);
    }
    table
}

/// Looks at the table that this constructor made last to see how many fields it got since.
#[cold]
fn learn_sizes(g: &crate::global::Global, cache: &mut Cache) {
    cache.count += 1;
    if let Some(last) = cache.last_table(g.heap.stats.collections) {
        let shape = last.get_ref().shape.get();
        if shape.mode == Mode::Shared && shape.count > cache.entry.slot {
            cache.entry.slot = shape.count.min(MAX_INLINE_SLOTS);
        }
    }
    cache.entry.target = Target::Own;
}

/// The element at an integer key, nil if it is not in the array part.
#[inline(always)]
fn element(table: Table, key: i64) -> Value {
    let object = table.get_ref();
    let index = (key as u64).wrapping_sub(1);
    if index < u64::from(object.array_len) {
        // SAFETY: within the array part.
        unsafe { *object.array.add(index as usize) }
    } else {
        Value::NIL
    }
}

fn set_list(t: &mut Thread, at: usize, first: usize, count: usize) -> Result<(), crate::Throw> {
    // SAFETY: the table and its items are registers or open results.
    let (table, values) = unsafe { (*t.place(at), std::slice::from_raw_parts(t.place(at + 1), count)) };
    let Some(table) = table.as_table() else { return Err(crate::error::type_error(t, table, "index")) };
    // Open results reach beyond the frame's registers, where the collector would not look.
    let limit = t.frame_ref().limit;
    t.frame_ref().limit = limit.max(t.place(at + 1 + count));
    let stored = table.set_list(t.g(), first, values);
    t.frame_ref().limit = limit;
    stored.map_err(|error| t.key_error(error))
}

/// A field read whose cache did not help: finds the value and teaches the cache.
fn get_field(t: &mut Thread, object: Value, cache: &mut Cache) -> Result<Value, crate::Throw> {
    let name = cache.name();
    if let Some(table) = object.as_table() {
        let shape = table.get_ref().shape;
        if cache.promote(shape, t.g()) {
            if let Some(value) = promoted_value(table, cache) {
                return Ok(value);
            }
        } else if let Some(value) = learn_get(t, table, name, cache) {
            return Ok(value);
        }
    } else if object.as_str().is_some()
        && let Some(value) = learn_string_method(t, name, cache)
    {
        return Ok(value);
    }
    meta::index(t, object, name.into())
}

/// What the cache's first entry, which is valid, says of `table`; `None` if a nil field may be inherited.
fn promoted_value(table: Table, cache: &Cache) -> Option<Value> {
    let value = match cache.entry.target {
        // SAFETY: as in `cached_get`; `promote` checked the epoch.
        Target::Own => unsafe { *table.get_ref().slots.add(cache.entry.slot as usize) },
        // SAFETY: as above.
        Target::Other(place) => unsafe { *place },
        Target::Absent => return Some(Value::NIL),
        Target::Add(_) | Target::Made(_) => return None,
    };
    // A key whose value is nil may have another place by now, unless the shape says where it is.
    let sure = table.meta().is_none() && table.get_ref().shape.get().mode == Mode::Shared;
    (!value.is_nil() || matches!(cache.entry.target, Target::Own) && sure).then_some(value)
}

/// The slot number of a place in the table's own storage.
fn slot_number(table: Table, place: *mut Value) -> u32 {
    ((place as usize - table.get_ref().slots as usize) / size_of::<Value>()) as u32
}

/// Whether tables of this shape keep their keys at positions that the shape determines.
pub(super) fn is_cacheable(shape: ShapeRef) -> bool {
    shape.get().mode != Mode::Dictionary && !shape.get().individual
}

/// Finds a field and teaches the cache. `None`: nothing that could be learnt decides what the field is.
fn learn_get(t: &mut Thread, table: Table, name: Str, cache: &mut Cache) -> Option<Value> {
    let shape = table.get_ref().shape;
    if !is_cacheable(shape) {
        return None;
    }
    if let Some(place) = table.find_str(name) {
        cache.add(Entry { shape: Some(shape), target: Target::Own, epoch: 0, slot: slot_number(table, place) });
        return promoted_value(table, cache);
    }
    if shape.get().mode == Mode::Unique {
        // With a role the epoch moves when the table gets the key itself; its shape would not tell.
        table.own_shape(t.g());
        table.assume_keys();
    }
    let target = find_inherited(t, table, name)?;
    let epoch = t.g().role_epoch;
    // Walking the chain may have given tables roles, and this one another shape.
    let shape = table.get_ref().shape;
    cache.add(Entry { shape: Some(shape), target, epoch, slot: 0 });
    promoted_value(table, cache)
}

/// Follows `__index` tables from `table`, which lacks the key. Each table on the way takes a role, so that the epoch moves
/// when it changes. `None`: the chain ends at a function, or nowhere.
fn find_inherited(t: &mut Thread, mut table: Table, name: Str) -> Option<Target> {
    for _ in 0..100 {
        let Some(meta) = table.meta() else { return Some(Target::Absent) };
        meta.assume_keys();
        let handler = t.g().metamethod_of(meta, Event::Index);
        if handler.is_nil() {
            return Some(Target::Absent);
        }
        table = handler.as_table()?;
        table.own_shape(t.g());
        table.assume_keys();
        // SAFETY: a place in the table.
        if let Some(place) = table.find_str(name).filter(|&place| !unsafe { *place }.is_nil()) {
            return Some(Target::Other(place));
        }
    }
    None
}

fn learn_string_method(t: &mut Thread, name: Str, cache: &mut Cache) -> Option<Value> {
    let meta = t.g().type_meta[crate::value::Type::String as usize]?;
    let methods = t.g().metamethod_of(meta, Event::Index).as_table()?;
    methods.own_shape(t.g());
    meta.assume_keys();
    methods.assume_keys();
    let place = methods.find_str(name)?;
    // SAFETY: a place in the table.
    let value = unsafe { *place };
    if value.is_nil() {
        return None;
    }
    let g = t.g();
    cache.add(Entry { shape: Some(g.string_shape), target: Target::Other(place), epoch: g.role_epoch, slot: 0 });
    Some(value)
}

/// A field store whose cache did not help: stores and teaches the cache.
fn set_field(t: &mut Thread, object: Value, value: Value, cache: &mut Cache) -> Result<(), crate::Throw> {
    let name = cache.name();
    let Some(table) = object.as_table() else { return meta::set_index(t, object, name.into(), value) };
    let shape = table.get_ref().shape;
    if let Some(meta) = table.meta()
        && !t.g().metamethod_of(meta, Event::NewIndex).is_nil()
        && table.get_str(name).is_nil()
    {
        return meta::set_index(t, object, name.into(), value);
    }
    if cache.promote(shape, t.g()) {
        if matches!(cache.entry.target, Target::Own) && !value.is_nil() {
            // SAFETY: as in the fast path.
            let slot = unsafe { &mut *table.get_ref().slots.add(cache.entry.slot as usize) };
            // A field that appears in a table with a role has to be noticed, which `set_str` does.
            if !slot.is_nil() {
                *slot = value;
                barrier::stored(table.0, value);
                return Ok(());
            }
        }
    } else {
        learn_set(t, table, name, value, cache);
    }
    let stored = table.set_str(t.g(), name, value, false);
    stored.map_err(|error| t.key_error(error))
}

fn learn_set(t: &mut Thread, table: Table, name: Str, value: Value, cache: &mut Cache) {
    let shape = table.get_ref().shape;
    // A metatable's own events must be noticed, so stores to them are never cached.
    if !is_cacheable(shape) || name.bytes().starts_with(b"__") {
        return;
    }
    if let Some(place) = table.find_str(name) {
        cache.add(Entry { shape: Some(shape), target: Target::Own, epoch: 0, slot: slot_number(table, place) });
        return;
    }
    if shape.get().mode != Mode::Shared || value.is_nil() {
        return;
    }
    if let Some(next) = shape.with_key(t.g(), name, false) {
        if let Some(meta) = shape.get().meta {
            meta.assume_keys();
        }
        let epoch = t.g().role_epoch;
        cache.add(Entry { shape: Some(shape), target: Target::Add(next), epoch, slot: shape.get().count });
    }
}
