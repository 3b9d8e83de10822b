//! Metatables that are alike. Programs give each object a metatable of its own, `setmetatable(object, {__index = Class})`; with a
//! shape for each of them nothing that was learnt of one object would hold for another.
//!
//! When a second metatable with the same fields is set, a *stand-in* is made, a table with these fields that no program sees. The
//! tables that are given such metatables, their *members*, have shapes with the stand-in as metatable, and their own one in a
//! slot, under a key that no program has. Events are looked up in the stand-in; `getmetatable` tells the own one.
//!
//! Invariants:
//! - a metatable of a member is marked ([`flags::TWIN`]), and a store to one of its events ends the group before it is done
//!   ([`split_off`]): from then on the shapes are *individual*, and events of their tables are looked up in their own metatables;
//! - members have shared shapes; a member that becomes a dictionary has its own metatable from then on, like any other table;
//! - a metatable of a member was no member itself when it became one, so there are no circles;
//! - metatables with `__gc` or `__mode` have no stand-ins: the collector asks for those.

use crate::global::Global;
use crate::heap::barrier;
use crate::object::flags;
use crate::shape::{Mode, ShapeRef};
use crate::table::Table;
use std::collections::HashMap;

/// Most fields of a metatable that a stand-in is made for.
const MOST_FIELDS: u32 = 8;
/// Hashes of metatables that were set once are remembered in so many places.
const REMEMBERED: usize = 256;

/// The stand-ins of a heap.
#[derive(Default)]
pub(crate) struct StandIns {
    /// By the hash of the fields. Weak, but for young collections.
    groups: HashMap<u64, Table>,
    /// Hashes of metatables that were set; each has one place.
    seen: Vec<u64>,
    /// The metatable that individual shapes seem to have: it is no one's.
    nobodys: Option<Table>,
}

impl StandIns {
    /// All of them, for young collections to keep.
    pub(crate) fn tables(&self) -> impl Iterator<Item = Table> + '_ {
        self.groups.values().copied()
    }

    /// Forgets those that no shape has.
    pub(crate) fn clear_dead(&mut self, is_live: impl Fn(Table) -> bool) {
        self.groups.retain(|_, stand_in| is_live(*stand_in));
    }

    /// Whether a metatable with this hash was set before, as far as that is remembered.
    fn saw(&mut self, hash: u64) -> bool {
        if self.seen.is_empty() {
            self.seen.resize(REMEMBERED, 0);
        }
        std::mem::replace(&mut self.seen[hash as usize % REMEMBERED], hash) == hash
    }
}

/// The stand-in for a metatable that `table` is to be given, if there is to be one.
pub(crate) fn stand_in_for(g: &mut Global, table: Table, meta: Table) -> Option<Table> {
    let shape = table.get_ref().shape.get();
    let may_be_member = shape.mode == Mode::Shared && shape.meta.is_none() && !table.is_role_or_twin();
    if !may_be_member || table == meta || !is_uniform(meta) {
        return None;
    }
    let hash = hash_of(meta);
    if let Some(&stand_in) = g.heap.stand_ins.groups.get(&hash) {
        barrier::noted(stand_in.cell());
        return is_like(stand_in, meta).then_some(stand_in);
    }
    if g.heap.stand_ins.saw(hash) { make(g, meta, hash) } else { None }
}

fn make(g: &mut Global, meta: Table, hash: u64) -> Option<Table> {
    let stand_in = Table::new(g, 0, 0);
    let shape = meta.get_ref().shape;
    for (slot, &key) in shape.keys().iter().enumerate() {
        let value = meta.shared_slots()[slot];
        stand_in.set_str(g, key, value, false).ok()?;
    }
    stand_in.own_shape(g);
    g.heap.stand_ins.groups.insert(hash, stand_in);
    Some(stand_in)
}

/// Whether a metatable has events only, at places that its shape knows, and none that the collector asks for.
fn is_uniform(meta: Table) -> bool {
    let shape = meta.get_ref().shape;
    let known = shape.get();
    if known.mode != Mode::Shared
        || meta.has_role()
        || known.own_meta_slot.is_some()
        || known.count == 0
        || known.count > MOST_FIELDS
    {
        return false;
    }
    *shape.get_mut().uniform.get_or_insert_with(|| {
        let fits = |name: &[u8]| name.starts_with(b"__") && name != b"__gc" && name != b"__mode";
        shape.keys().iter().all(|key| fits(key.bytes()))
    })
}

fn hash_of(meta: Table) -> u64 {
    let shape = meta.get_ref().shape.0.as_ptr() as u64;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    meta.shared_slots().iter().fold(shape, |hash, value| mix(hash, value.0)).max(1)
}

/// Whether a metatable has the same fields as a stand-in.
fn is_like(stand_in: Table, meta: Table) -> bool {
    let (keys, values) = (meta.get_ref().shape.keys(), meta.shared_slots());
    let present = values.iter().filter(|value| !value.is_nil()).count();
    present == stand_in.get_ref().dict_used as usize
        && keys.iter().zip(values.iter()).all(|(&key, value)| stand_in.get_str(key).0 == value.0)
}

/// Makes `table` a member of the group of `stand_in`, with `meta` as its own metatable; false if it has too many fields.
pub(crate) fn join(g: &mut Global, table: Table, meta: Table, stand_in: Table) -> bool {
    let Some(shape) = table.get_ref().shape.with_stand_in(g, stand_in) else { return false };
    meta.get_mut().header.flags |= flags::TWIN;
    table.add_slot(g, shape, meta.into());
    true
}

/// An event of a metatable that members have is about to change.
#[cold]
#[inline(never)]
pub(crate) fn split_off(g: &mut Global, meta: Table) {
    meta.get_mut().header.flags &= !flags::TWIN;
    let known = if meta.get_ref().shape.get().mode == Mode::Shared {
        let hash = hash_of(meta);
        g.heap.stand_ins.groups.get(&hash).copied().filter(|&stand_in| is_like(stand_in, meta)).map(|_| hash)
    } else {
        None
    };
    // What has other fields by now, or keeps them elsewhere, does not tell its group.
    let ended: Vec<Table> = match known {
        Some(hash) => g.heap.stand_ins.groups.remove(&hash).into_iter().collect(),
        None => g.heap.stand_ins.groups.drain().map(|(_, stand_in)| stand_in).collect(),
    };
    // Programs that do this once do it again.
    meta.get_ref().shape.get_mut().uniform = Some(false);
    let nobodys = match g.heap.stand_ins.nobodys {
        Some(table) => table,
        None => {
            let table = Table::new(g, 0, 0);
            table.own_shape(g);
            g.pinned.push(table.into());
            *g.heap.stand_ins.nobodys.insert(table)
        }
    };
    for stand_in in ended {
        if let Some(root) = stand_in.get_ref().shape.get().first_instance() {
            make_individual(root, nobodys);
        }
    }
    g.roles_changed();
}

/// The tables of a shape, and of those that follow it, have each its own metatable from now on.
fn make_individual(shape: ShapeRef, nobodys: Table) {
    let mut work = vec![shape];
    while let Some(shape) = work.pop() {
        shape.get_mut().individual = true;
        shape.get_mut().meta = Some(nobodys);
        barrier::stored_cell(shape.0, nobodys.cell());
        work.extend(shape.get().next_shapes());
    }
}
