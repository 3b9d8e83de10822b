//! Inline caches: what an instruction remembers about the tables it met. They are the optimiser's feedback too.
//!
//! A cache holds up to [`WAYS`] entries, the last one hit first; beyond, the site is megamorphic and looks keys up each time.
//! An entry about a table's own slot is valid as long as the shape is the same. An entry about a slot of another table (found
//! through `__index`), about the absence of a key, or about the transition that adds one, also depends on the roles' epoch,
//! which moves whenever a metatable or `__index` target changes in a way that could matter.

use crate::global::Global;
use crate::heap::barrier;
use crate::object::Header;
use crate::shape::ShapeRef;
use crate::string::Str;
use crate::table::Table;
use crate::value::Value;
use std::ptr::NonNull;

/// Entries of a polymorphic site.
pub const WAYS: usize = 8;

/// What is known about one shape at one site.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    /// The shape it is about, or null.
    pub shape: Option<ShapeRef>,
    /// What to do with tables of that shape.
    pub target: Target,
    /// The roles' epoch in which `target` was found, where it depends on it; of a table made, how many collections there were.
    pub epoch: u32,
    /// The slot in the table itself.
    pub slot: u32,
}

/// Where an access ends. Compiled code reads it: the kind in a byte, then a word.
#[derive(Clone, Copy)]
#[repr(C, u8)]
pub enum Target {
    /// At the table's own `slot`.
    Own,
    /// At this place in another table's storage.
    Other(*mut Value),
    /// At the new `slot` of this shape (stores only).
    Add(ShapeRef),
    /// Constructors: the table made last.
    Made(Table),
    /// Nowhere: neither the table nor what it inherits from has the key (loads only).
    Absent,
}

/// The mutable part of an inline cache.
#[repr(C)]
pub struct Cache {
    /// The field's name; of other caches a null pointer.
    name: Option<Str>,
    /// The entry that hit last.
    pub entry: Entry,
    /// The other entries of a polymorphic site.
    more: Option<Box<[Entry; WAYS - 1]>>,
    /// Misses so far, saturating. For constructors: tables made. For calls and loops: free for feedback.
    pub count: u32,
    /// Constructors: array elements to make room for. Loops: position reached.
    pub hint: u32,
}

impl Entry {
    /// No entry.
    pub const NONE: Entry = Entry { shape: None, target: Target::Own, epoch: 0, slot: 0 };

    #[inline(always)]
    fn is_about(&self, shape: ShapeRef, epoch: u32) -> bool {
        self.shape == Some(shape) && (matches!(self.target, Target::Own) || self.epoch == epoch)
    }

    fn is_live(&self, is_live: &impl Fn(NonNull<Header>) -> bool) -> bool {
        self.shape.is_none_or(|shape| is_live(shape.cell()))
            && match self.target {
                Target::Add(next) => is_live(next.cell()),
                Target::Made(table) => is_live(table.cell()),
                _ => true,
            }
    }
}

impl Cache {
    /// A cache without a name.
    #[must_use]
    pub fn empty() -> Cache {
        Cache { name: None, entry: Entry::NONE, more: None, count: 0, hint: 0 }
    }

    /// The cache of a field access.
    #[must_use]
    pub fn field(name: Str) -> Cache {
        Cache { name: Some(name), ..Cache::empty() }
    }

    /// The cache of a table constructor.
    #[must_use]
    pub fn table(array: u32, fields: u32) -> Cache {
        let entry = Entry { slot: fields.min(crate::table::MAX_INLINE_SLOTS), ..Entry::NONE };
        Cache { hint: array, entry, ..Cache::empty() }
    }

    /// The field's name.
    #[inline(always)]
    #[must_use]
    pub fn name(&self) -> Str {
        debug_assert!(self.name.is_some());
        // SAFETY: the verifier gives field instructions field caches only, which have names.
        unsafe { self.name.unwrap_unchecked() }
    }

    /// Constructors: the table made last, if no collection has come since. `collections`: how many there were.
    #[must_use]
    pub(crate) fn last_table(&self, collections: u64) -> Option<Table> {
        match self.entry.target {
            Target::Made(table) if self.entry.epoch == collections as u32 => Some(table),
            _ => None,
        }
    }

    /// Notes a constructor's new table for [`Cache::last_table`].
    pub(crate) fn made(&mut self, table: Table, collections: u64) {
        self.entry.target = Target::Made(table);
        self.entry.epoch = collections as u32;
    }

    /// The entries about some shape, the last one hit first.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        std::iter::once(self.entry).chain(self.more.iter().flat_map(|more| more.iter().copied())).filter(|e| e.shape.is_some())
    }

    /// The entry about a shape, if it holds in this epoch.
    #[inline(always)]
    pub(crate) fn entry_for(&self, shape: ShapeRef, epoch: u32) -> Option<&Entry> {
        // One loop over both is slower.
        if self.entry.is_about(shape, epoch) {
            return Some(&self.entry);
        }
        self.more.as_ref()?.iter().find(|entry| entry.is_about(shape, epoch))
    }

    /// Whether the site has met so much that learning more is no use.
    pub(crate) fn is_settled(&self) -> bool {
        self.count >= 4 * WAYS as u32
    }

    /// Brings an entry for `shape` to the front; whether there was a valid one.
    pub fn promote(&mut self, shape: ShapeRef, g: &Global) -> bool {
        if self.entry.is_about(shape, g.role_epoch) {
            return true;
        }
        let Some(more) = &mut self.more else { return false };
        for other in more.iter_mut() {
            if other.is_about(shape, g.role_epoch) {
                std::mem::swap(other, &mut self.entry);
                return true;
            }
        }
        false
    }

    /// Adds an entry, in front.
    pub fn add(&mut self, entry: Entry) {
        entry.shape.iter().for_each(|shape| barrier::noted(shape.cell()));
        if let Target::Add(next) = entry.target {
            barrier::noted(next.cell());
        }
        self.count = self.count.saturating_add(1);
        if self.entry.shape.is_some() && self.entry.shape != entry.shape {
            let more = self.more.get_or_insert_with(|| Box::new([Entry::NONE; WAYS - 1]));
            more.rotate_right(1);
            more[0] = self.entry;
            if let Some(stale) = more[1..].iter_mut().find(|other| other.shape == entry.shape) {
                *stale = Entry::NONE;
            }
        }
        self.entry = entry;
    }

    /// Whether it refers to a dead shape. What a constructor made last is known to be stale by the number of collections.
    pub(crate) fn has_dead(&self, is_live: &impl Fn(NonNull<Header>) -> bool) -> bool {
        let is_dead = |entry: &Entry| {
            entry.shape.is_some_and(|shape| !is_live(shape.cell()))
                || matches!(entry.target, Target::Add(next) if !is_live(next.cell()))
        };
        is_dead(&self.entry) || self.more.as_ref().is_some_and(|more| more.iter().any(is_dead))
    }

    pub(crate) fn clear_dead(&mut self, is_live: &impl Fn(NonNull<Header>) -> bool) {
        if !self.entry.is_live(is_live) {
            self.entry = Entry { slot: self.entry.slot, ..Entry::NONE };
        }
        if let Some(more) = &mut self.more {
            for entry in more.iter_mut().filter(|entry| !entry.is_live(is_live)) {
                *entry = Entry::NONE;
            }
        }
    }
}
