//! Shapes: what tables built alike have in common: their string keys in order, and their metatable.
//!
//! A *shared* shape maps each of its keys to a slot; adding a key moves a table along a transition to another shape. A
//! *dictionary* shape has no keys: its tables hash their keys themselves. Tables that play a role for others (metatables,
//! `__index` targets, the globals) have a dictionary shape of their own (`unique`), so that comparing the shape identifies the
//! table, and the position of a key is fixed until the table is rehashed, which gives it another shape.

use crate::global::Global;
use crate::heap::barrier::{self, heap_of};
use crate::object::{Header, Kind};
use crate::string::Str;
use crate::table::{Table, TableObject};
use std::collections::HashMap;
use std::ptr::NonNull;

/// Most keys of a shared shape; a table with more becomes a dictionary.
pub const MAX_KEYS: u32 = 64;
/// Most keys that computed accesses (`t[k]`) may give a shape; beyond, the table is taken for a dictionary.
pub const MAX_COMPUTED_KEYS: u32 = 16;
/// Most shapes that computed accesses may derive from one.
const MAX_COMPUTED_TRANSITIONS: usize = 32;
/// Shapes with more keys than this are searched by hash.
const LINEAR_KEYS: usize = 8;

/// A shape's cell.
#[repr(C)]
pub struct Shape {
    header: Header,
    /// The metatable of all tables of this shape.
    pub meta: Option<Table>,
    /// Number of keys, which is the slot of the next one.
    pub count: u32,
    /// How its tables find their keys.
    pub mode: Mode,
    parent: Option<ShapeRef>,
    key: Option<Str>,
    transitions: Transitions,
    index: Option<Box<KeyIndex>>,
    /// Whether a key has been looked for: most shapes that a growing table passes through are asked once, which is not worth
    /// an index.
    searched: bool,
    /// The shape last reached by giving a table of this shape a metatable.
    meta_transition: Option<(Table, ShapeRef)>,
    /// The shape last reached by giving a table of this shape one that a stand-in serves for, and the stand-in.
    stand_in_transition: Option<(Table, ShapeRef)>,
    /// The slot in which tables of this shape have their own metatables, if `meta` is a stand-in.
    pub(crate) own_meta_slot: Option<u32>,
    /// The tables have different metatables: those in the slot.
    pub(crate) individual: bool,
    /// Whether the keys are such that there may be a stand-in for metatables of this shape, once that is known.
    pub(crate) uniform: Option<bool>,
    /// Of a metatable's own shape: the shapes its instances begin with.
    pub(crate) instances: Instances,
}

/// How the tables of a shape find their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// The shape says which slot.
    Shared,
    /// Each table hashes.
    Dictionary,
    /// The one table of this shape hashes.
    Unique,
}

/// The roots of the shapes with one metatable.
#[derive(Clone, Copy, Default)]
pub(crate) struct Instances {
    empty: Option<ShapeRef>,
    dictionary: Option<ShapeRef>,
}

/// A pointer to a shape.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct ShapeRef(pub NonNull<Shape>);

impl Shape {
    /// Of a metatable's own shape: the shape that tables with it begin with.
    pub(crate) fn first_instance(&self) -> Option<ShapeRef> {
        self.instances.empty
    }

    /// The shapes with one more key.
    pub(crate) fn next_shapes(&self) -> Vec<ShapeRef> {
        match &self.transitions {
            Transitions::None => Vec::new(),
            Transitions::One(_, target) => vec![*target],
            Transitions::Many(map) => map.values().copied().collect(),
        }
    }
}

enum Transitions {
    None,
    One(Str, ShapeRef),
    Many(HashMap<usize, ShapeRef>),
}

/// The keys of a shape in order, with a hash index where there are many.
struct KeyIndex {
    keys: Vec<Str>,
    /// Open addressing by hash: slot number plus one, zero is free.
    table: Vec<u8>,
}

impl KeyIndex {
    fn find(&self, key: Str) -> Option<u32> {
        if self.table.is_empty() {
            return self.keys.iter().position(|&other| other == key).map(|slot| slot as u32);
        }
        let mask = self.table.len() - 1;
        let mut at = key.table_hash() as usize & mask;
        loop {
            match self.table[at] {
                0 => return None,
                slot if self.keys[slot as usize - 1] == key => return Some(u32::from(slot) - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn build(keys: Vec<Str>) -> KeyIndex {
        let mut table = Vec::new();
        if keys.len() > LINEAR_KEYS {
            table = vec![0u8; (keys.len() * 2).next_power_of_two()];
            let mask = table.len() - 1;
            for (slot, key) in keys.iter().enumerate() {
                let mut at = key.table_hash() as usize & mask;
                while table[at] != 0 {
                    at = (at + 1) & mask;
                }
                table[at] = slot as u8 + 1;
            }
        }
        KeyIndex { keys, table }
    }
}

impl ShapeRef {
    #[inline(always)]
    pub(crate) fn get<'a>(self) -> &'a Shape {
        // SAFETY: shapes are kept alive by their tables, and changed by the mutator thread only.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn get_mut<'a>(self) -> &'a mut Shape {
        // SAFETY: as above; callers keep no other reference across the call.
        unsafe { &mut *self.0.as_ptr() }
    }

    pub(crate) fn cell(self) -> NonNull<Header> {
        self.0.cast()
    }

    fn new(g: &mut Global, mode: Mode, meta: Option<Table>, parent: Option<ShapeRef>, key: Option<Str>) -> ShapeRef {
        let shape = Shape {
            header: Header::new(Kind::Shape),
            meta,
            count: parent.map_or(0, |p| p.get().count + u32::from(key.is_some())),
            mode,
            parent,
            key,
            transitions: Transitions::None,
            index: None,
            searched: false,
            meta_transition: None,
            stand_in_transition: None,
            own_meta_slot: parent.and_then(|parent| parent.get().own_meta_slot),
            individual: parent.is_some_and(|parent| parent.get().individual),
            uniform: None,
            instances: Instances::default(),
        };
        let shape = ShapeRef(g.allocate_owner(shape));
        g.heap.young_shapes.push(shape);
        barrier::noted(shape.cell());
        shape
    }

    /// The shape of an empty table without metatable.
    pub(crate) fn root(g: &mut Global) -> ShapeRef {
        ShapeRef::new(g, Mode::Shared, None, None, None)
    }

    /// The shape of dictionaries without metatable.
    pub(crate) fn dictionary_root(g: &mut Global) -> ShapeRef {
        ShapeRef::new(g, Mode::Dictionary, None, None, None)
    }

    /// A new shape for one table.
    pub(crate) fn unique(g: &mut Global, meta: Option<Table>, instances: Instances) -> ShapeRef {
        let shape = ShapeRef::new(g, Mode::Unique, meta, None, None);
        shape.get_mut().instances = instances;
        shape
    }

    /// The slot of `key` in a shared shape. `key` is a short string.
    #[inline]
    pub fn find(self, key: Str) -> Option<u32> {
        if self.get().count == 0 {
            return None;
        }
        match &self.get().index {
            Some(index) => heap_of(self.cell()).lookups.slot(self, key, || index.find(key)),
            None => self.find_unindexed(key),
        }
    }

    #[cold]
    fn find_unindexed(self, key: Str) -> Option<u32> {
        if std::mem::replace(&mut self.get_mut().searched, true) {
            return self.index().find(key);
        }
        let mut at = Some(self);
        while let Some(shape) = at {
            if shape.get().key == Some(key) {
                return Some(shape.get().count - 1);
            }
            at = shape.get().parent;
        }
        None
    }

    fn index<'a>(self) -> &'a KeyIndex {
        let shape = self.get_mut();
        shape.index.get_or_insert_with(|| Box::new(KeyIndex::build(self.collect_keys())))
    }

    fn collect_keys(self) -> Vec<Str> {
        let mut keys = Vec::with_capacity(self.get().count as usize);
        let mut at = Some(self);
        while let Some(shape) = at {
            keys.extend(shape.get().key);
            at = shape.get().parent;
        }
        keys.reverse();
        keys
    }

    /// The keys in the order of their slots.
    pub fn keys<'a>(self) -> &'a [Str] {
        if self.get().count == 0 { &[] } else { &self.index().keys }
    }

    fn transition(self, key: Str) -> Option<ShapeRef> {
        match &self.get().transitions {
            Transitions::One(only, target) if *only == key => Some(*target),
            Transitions::Many(map) => map.get(&(key.0.as_ptr() as usize)).copied(),
            _ => None,
        }
    }

    /// The shape with `key` added; `None` if the table should become a dictionary instead. `computed`: the key is not a
    /// constant of the program.
    pub fn with_key(self, g: &mut Global, key: Str, computed: bool) -> Option<ShapeRef> {
        if let Some(next) = self.transition(key) {
            return Some(next);
        }
        let shape = self.get();
        let fan_out = if let Transitions::Many(map) = &shape.transitions { map.len() } else { 0 };
        if shape.count >= MAX_KEYS || computed && (shape.count >= MAX_COMPUTED_KEYS || fan_out >= MAX_COMPUTED_TRANSITIONS) {
            return None;
        }
        let next = ShapeRef::new(g, Mode::Shared, shape.meta, Some(self), Some(key));
        let shape = self.get_mut();
        match &mut shape.transitions {
            none @ Transitions::None => *none = Transitions::One(key, next),
            Transitions::Many(map) => {
                map.insert(key.0.as_ptr() as usize, next);
            }
            one @ Transitions::One(..) => {
                let Transitions::One(first_key, first) = *one else { unreachable!("matched above") };
                let map = HashMap::from([(first_key.0.as_ptr() as usize, first), (key.0.as_ptr() as usize, next)]);
                *one = Transitions::Many(map);
            }
        }
        barrier::stored_cell(self.0, next.cell());
        Some(next)
    }

    /// The shape with the same keys and another metatable; not for unique shapes.
    pub fn with_meta(self, g: &mut Global, meta: Option<Table>) -> ShapeRef {
        if let (Some((last, target)), Some(meta)) = (self.get().meta_transition, meta)
            && last == meta
        {
            return target;
        }
        let target = self.replay(g, meta);
        if let Some(meta) = meta {
            self.get_mut().meta_transition = Some((meta, target));
            barrier::noted(meta.cell());
            barrier::noted(target.cell());
            barrier::stored_cell(self.0, target.cell());
        }
        target
    }

    /// The shape of this one's tables as members of a stand-in's group; `None` if they have too many keys.
    pub(crate) fn with_stand_in(self, g: &mut Global, stand_in: Table) -> Option<ShapeRef> {
        if let Some((last, target)) = self.get().stand_in_transition
            && last == stand_in
        {
            return Some(target);
        }
        let mut shape = Self::empty_for(g, Some(stand_in));
        for &key in self.keys() {
            shape = shape.with_key(g, key, false)?;
        }
        let target = shape.with_key(g, g.own_meta_key, false)?;
        target.get_mut().own_meta_slot = Some(target.get().count - 1);
        // A metatable that was set before the stand-in was made is no hint of what is set next.
        self.get_mut().meta_transition = None;
        self.get_mut().stand_in_transition = Some((stand_in, target));
        barrier::noted(stand_in.cell());
        barrier::noted(target.cell());
        barrier::stored_cell(self.0, target.cell());
        Some(target)
    }

    /// The shape that tables of this one were given a metatable to last, and the metatable.
    pub(crate) fn last_with_meta(self) -> Option<(Table, ShapeRef)> {
        self.get().meta_transition
    }

    /// As [`ShapeRef::with_meta`], of a shared shape without metatable, if the result exists already.
    pub(crate) fn known_with_meta(self, meta: Table) -> Option<ShapeRef> {
        if let Some((last, target)) = self.get().meta_transition
            && last == meta
        {
            return Some(target);
        }
        if !meta.has_role() {
            return None;
        }
        let mut shape = meta.get_ref().shape.get().instances.empty?;
        for &key in self.keys() {
            shape = shape.transition(key)?;
        }
        Some(shape)
    }

    fn replay(self, g: &mut Global, meta: Option<Table>) -> ShapeRef {
        if self.get().mode == Mode::Dictionary {
            return Self::dictionary_for(g, meta);
        }
        let mut shape = Self::empty_for(g, meta);
        for &key in self.keys() {
            shape = shape.with_key(g, key, false).expect("no more keys than the shape it copies");
        }
        shape
    }

    fn empty_for(g: &mut Global, meta: Option<Table>) -> ShapeRef {
        let Some(meta) = meta else { return g.root_shape };
        let own = meta.own_shape(g);
        if let Some(shape) = own.get().instances.empty {
            return shape;
        }
        let shape = ShapeRef::new(g, Mode::Shared, Some(meta), None, None);
        own.get_mut().instances.empty = Some(shape);
        barrier::stored_cell(own.0, shape.cell());
        shape
    }

    /// The shape of dictionaries with this metatable.
    pub(crate) fn dictionary_for(g: &mut Global, meta: Option<Table>) -> ShapeRef {
        let Some(meta) = meta else { return g.dictionary_shape };
        let own = meta.own_shape(g);
        if let Some(shape) = own.get().instances.dictionary {
            return shape;
        }
        let shape = ShapeRef::new(g, Mode::Dictionary, Some(meta), None, None);
        own.get_mut().instances.dictionary = Some(shape);
        barrier::stored_cell(own.0, shape.cell());
        shape
    }

    /// Calls `visit` for each cell the shape keeps alive. Transitions are weak.
    pub(crate) fn trace(self, visit: &mut impl FnMut(NonNull<Header>)) {
        let shape = self.get();
        if let Some(meta) = shape.meta {
            visit(meta.cell());
        }
        if let Some(parent) = shape.parent {
            visit(parent.cell());
        }
        if let Some(key) = shape.key {
            visit(key.cell());
        }
    }

    /// Whether it refers weakly to a cell that is not alive.
    pub(crate) fn has_dead(self, is_live: &impl Fn(NonNull<Header>) -> bool) -> bool {
        let shape = self.get();
        let dead_transition = match &shape.transitions {
            Transitions::None => false,
            Transitions::One(_, target) => !is_live(target.cell()),
            Transitions::Many(map) => map.values().any(|target| !is_live(target.cell())),
        };
        let dead = |shape: Option<ShapeRef>| shape.is_some_and(|shape| !is_live(shape.cell()));
        let dead_meta = |transition: Option<(Table, ShapeRef)>| {
            transition.is_some_and(|(meta, target)| !is_live(meta.cell()) || !is_live(target.cell()))
        };
        dead_transition
            || dead_meta(shape.meta_transition)
            || dead_meta(shape.stand_in_transition)
            || dead(shape.instances.empty)
            || dead(shape.instances.dictionary)
    }

    /// Forgets weak references to dead cells.
    pub(crate) fn clear_dead(self, is_live: &impl Fn(NonNull<Header>) -> bool) {
        let shape = self.get_mut();
        match &mut shape.transitions {
            Transitions::None => {}
            Transitions::One(_, target) => {
                if !is_live(target.cell()) {
                    shape.transitions = Transitions::None;
                }
            }
            Transitions::Many(map) => map.retain(|_, target| is_live(target.cell())),
        }
        for transition in [&mut shape.meta_transition, &mut shape.stand_in_transition] {
            *transition = transition.filter(|(meta, target)| is_live(meta.cell()) && is_live(target.cell()));
        }
        let instances = &mut shape.instances;
        instances.empty = instances.empty.filter(|shape| is_live(shape.cell()));
        instances.dictionary = instances.dictionary.filter(|shape| is_live(shape.cell()));
    }
}

impl TableObject {
    /// The table's metatable, or one with the same fields.
    #[inline(always)]
    pub(crate) fn meta(&self) -> Option<Table> {
        let shape = self.shape.get();
        if shape.individual { self.own_meta() } else { shape.meta }
    }

    /// The table's metatable.
    pub(crate) fn own_meta(&self) -> Option<Table> {
        let shape = self.shape.get();
        match shape.own_meta_slot {
            // SAFETY: a shape's slot numbers are below the slot capacity of its tables.
            Some(slot) => unsafe { *self.slots.add(slot as usize) }.as_table(),
            None => shape.meta,
        }
    }
}
