//! Lists under construction. Nested lists share one vector per kind of item as a stack; a finished list moves to the arena.

use bumpalo::Bump;

use crate::ast::{Expr, IfArm, LocalName, Stat, TableItem};
use crate::intern::Symbol;

/// A stack of unfinished lists.
pub(super) struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> List<T> {
    /// Where a new list begins.
    #[inline]
    pub(super) fn begin(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn push(&mut self, item: T) {
        self.0.push(item);
    }

    /// Moves the list that began at `base`, the innermost, to the arena.
    #[inline]
    pub(super) fn finish<'a>(&mut self, base: usize, arena: &'a Bump) -> &'a [T] {
        let items = arena.alloc_slice_copy(&self.0[base..]);
        self.0.truncate(base);
        items
    }

    /// An empty list in the same memory, for items that differ in a lifetime only: collecting an exhausted `IntoIter` of the
    /// same layout reuses its allocation.
    fn recycle<U>(mut self) -> List<U> {
        const { assert!(size_of::<T>() == size_of::<U>() && align_of::<T>() == align_of::<U>()) };
        self.0.clear();
        List(self.0.into_iter().map_while(|_| None).collect())
    }
}

/// The unfinished lists of a statement.
#[derive(Default)]
pub(super) struct Lists<'a> {
    pub(super) exprs: List<Expr<'a>>,
    pub(super) items: List<TableItem<'a>>,
    pub(super) stats: List<Stat<'a>>,
    pub(super) arms: List<IfArm<'a>>,
    pub(super) locals: List<LocalName>,
    pub(super) names: List<Symbol>,
}

impl Lists<'_> {
    /// Empty lists in the same memory.
    pub(super) fn recycle(self) -> Lists<'static> {
        Lists {
            exprs: self.exprs.recycle(),
            items: self.items.recycle(),
            stats: self.stats.recycle(),
            arms: self.arms.recycle(),
            locals: self.locals,
            names: self.names,
        }
    }
}
