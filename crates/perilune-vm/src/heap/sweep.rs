//! What happens to dead cells, block by block, when allocation or the collector comes to it; and the clearing of all marks
//! before a full collection.

use super::barrier::Watch;
use super::block::Block;
use super::budget::Budget;
use super::mark::is_marked;
use super::region::BLOCK_SHIFT;
use super::{CLASSES, Heap, LEAST_SPARE, Space, free_headers};
use crate::object::{Header, Kind};
use crate::proto::Proto;
use crate::shape::Shape;
use crate::string::{Str, StrObject};
use crate::thread::Thread;
use crate::userdata::UserdataObject;
use std::ptr::NonNull;

/// Blocks given back to the system at a time.
const RELEASE_AT_ONCE: usize = 8;
/// Units of work that sweeping a block, or giving back [`RELEASE_AT_ONCE`], takes.
const BLOCK_UNITS: usize = 64;
/// The part of a block that has to be free for it to be allocated in.
const LEAST_FREE: usize = 16;
/// One spare block is kept for so many in use.
const SPARE_SHARE: usize = 4;

/// How far the clearing of marks has come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clearing {
    class: usize,
    block: usize,
}

/// Whether so many live cells leave enough free ones to allocate in a block: it will be swept again after each collection.
fn is_worth_using(block: Block, live: usize) -> bool {
    (block.cells() - live) * LEAST_FREE >= block.cells()
}

pub(super) fn space_of(index: usize) -> Space {
    [Space::Plain, Space::Strings, Space::Owners][index / CLASSES]
}

impl Heap {
    /// Sweeps a block to allocate in it: its free runs become those of its class, if they are worth it.
    pub(super) fn sweep_for_use(&mut self, index: usize, block: Block) {
        let mut runs = std::mem::take(&mut self.classes[index].runs);
        let live = self.sweep_block(index, block, Some(&mut runs));
        let class = &mut self.classes[index];
        class.runs = runs;
        if !is_worth_using(block, live) {
            return class.runs.clear();
        }
        class.touched.push(block);
        if live == 0 {
            class.runs.clear();
            // The headers of dead plain cells are still there.
            class.raw = space_of(index) == Space::Plain;
            class.runs.push((block.cell(0).as_ptr() as usize, block.end()));
        }
    }

    /// Frees the dead cells of a block; how many live ones there are. Of a plain block without any, nothing is touched but its
    /// header: the cells keep stale headers. The free runs of others are appended to `runs`.
    fn sweep_block(&mut self, index: usize, mut block: Block, mut runs: Option<&mut Vec<(usize, usize)>>) -> usize {
        debug_assert!(block.is_unswept(self.epoch));
        let space = space_of(index);
        if space == Space::Strings {
            self.unswept_strings -= 1;
        }
        let live = block.count_marks();
        if live == block.cells() {
            block.header_mut().epoch = self.epoch;
            return live;
        }
        if live > 0 || space != Space::Plain {
            let fresh = block.header().fresh;
            for (start, end) in block.unmarked_runs() {
                let used = end.min(fresh);
                if space != Space::Plain {
                    for cell in (start..used).step_by(block.header().cell_size) {
                        // SAFETY: an unmarked cell of a block whose marks are complete is dead; nobody refers to it.
                        unsafe { self.release_cell(space, NonNull::new_unchecked(cell as *mut Header)) };
                    }
                }
                free_headers(start, used, block.header().cell_size);
                if let Some(runs) = &mut runs {
                    runs.push((start, end));
                }
            }
        }
        block.header_mut().epoch = self.epoch;
        live
    }

    /// What a cell's space asks for when it dies. Free cells are nothing to it.
    ///
    /// # Safety
    /// The cell is dead, and its header that of the object that it was, or of a free cell.
    #[inline]
    pub(super) unsafe fn release_cell(&mut self, space: Space, cell: NonNull<Header>) {
        // SAFETY: by the caller.
        unsafe {
            match space {
                Space::Plain => {}
                Space::Strings => {
                    if cell.as_ref().kind() == Kind::String {
                        self.strings.remove(Str(cell.cast::<StrObject>()));
                    }
                }
                Space::Owners => self.drop_owner(cell),
            }
        }
    }

    /// Drops what a cell owns outside the heap.
    ///
    /// # Safety
    /// As [`Heap::release_cell`].
    unsafe fn drop_owner(&mut self, cell: NonNull<Header>) {
        // SAFETY: by the caller; the header names the type that was written.
        unsafe {
            match cell.as_ref().kind() {
                Kind::Free => {}
                Kind::Proto => {
                    let proto = cell.cast::<Proto>();
                    self.external = self.external.saturating_sub(proto.as_ref().external_bytes());
                    std::ptr::drop_in_place(proto.as_ptr());
                }
                Kind::Shape => std::ptr::drop_in_place(cell.cast::<Shape>().as_ptr()),
                Kind::Userdata => std::ptr::drop_in_place(cell.cast::<UserdataObject>().as_ptr()),
                Kind::Thread => {
                    let thread = cell.cast::<Thread>();
                    self.external = self.external.saturating_sub(thread.as_ref().external_bytes());
                    (*thread.as_ptr()).release_native();
                    std::ptr::drop_in_place(thread.as_ptr());
                }
                kind => unreachable!("{kind:?} owns nothing outside the heap"),
            }
        }
    }

    /// Drops what all objects own: the heap is going away.
    pub(crate) fn drop_all(&mut self) {
        for index in Space::Owners as usize * CLASSES..self.classes.len() {
            for block in std::mem::take(&mut self.classes[index].blocks) {
                let class = &self.classes[index];
                let unused = class.cursor..class.limit;
                for cell in (0..block.cells()).map(|number| block.cell(number)) {
                    let address = cell.as_ptr() as usize;
                    if address < block.header().fresh && !unused.contains(&address) {
                        // SAFETY: nothing runs in this state any more. Headers of free cells say so.
                        unsafe { self.drop_owner(cell) };
                    }
                }
                self.region.release(block.address(), 1);
            }
        }
    }

    /// Sweeps what the last full collection left; whether nothing is left.
    pub(super) fn sweep_some(&mut self, budget: &mut Budget) -> bool {
        for index in 0..self.classes.len() {
            while let Some(block) = self.classes[index].stale.pop() {
                self.sweep_to_keep(index, block);
                if budget.spend(BLOCK_UNITS) {
                    return false;
                }
            }
        }
        while let Some(mut block) = self.stale_large.pop() {
            if block.is_marked(block.cell(0)) {
                block.header_mut().epoch = self.epoch;
                self.old_large.push(block);
            } else {
                self.bury(block);
            }
            if budget.spend(1) {
                return false;
            }
        }
        self.release_some(budget)
    }

    /// Whether [`Heap::sweep_some`] has something to do.
    pub(super) fn has_stale(&self) -> bool {
        !self.stale_large.is_empty() || !self.dying.is_empty() || self.classes.iter().any(|class| !class.stale.is_empty())
    }

    /// Sweeps a block that nobody waits for.
    fn sweep_to_keep(&mut self, index: usize, block: Block) {
        match self.sweep_block(index, block, None) {
            0 => self.free_block(index, block),
            live if is_worth_using(block, live) => self.classes[index].swept.push(block),
            _ => {}
        }
    }

    /// Takes an empty block from its class.
    fn free_block(&mut self, index: usize, mut block: Block) {
        let blocks = &mut self.classes[index].blocks;
        let position = block.header().position as usize;
        blocks.swap_remove(position);
        if let Some(moved) = blocks.get_mut(position) {
            moved.header_mut().position = position as u32;
        }
        block.header_mut().owner = 0;
        if self.spare.len() < ((self.marked >> BLOCK_SHIFT) / SPARE_SHARE).max(LEAST_SPARE) {
            self.spare.push(block.address());
        } else {
            self.dying.push((block.address(), 1));
        }
    }

    /// A large object is dead: its memory is given back bit by bit.
    fn bury(&mut self, mut block: Block) {
        block.header_mut().owner = 0;
        self.dying.push((block.address(), block.header().blocks as usize));
    }

    /// Gives memory of the dead back to the system; whether all of it was.
    fn release_some(&mut self, budget: &mut Budget) -> bool {
        while let Some((address, blocks)) = self.dying.pop() {
            let part = blocks.min(RELEASE_AT_ONCE);
            if part < blocks {
                self.dying.push((address, blocks - part));
            }
            self.region.release(address + ((blocks - part) << BLOCK_SHIFT), part);
            if budget.spend(BLOCK_UNITS) {
                return false;
            }
        }
        true
    }

    /// Prepares a full collection: sweeps what is left to sweep, then clears all marks. Whether it is done.
    pub(super) fn clear_some(&mut self, budget: &mut Budget) -> bool {
        for index in 0..self.classes.len() {
            while let Some(block) = self.classes[index].recent.pop() {
                self.sweep_to_keep(index, block);
                if budget.spend(BLOCK_UNITS) {
                    return false;
                }
            }
        }
        if !self.sweep_some(budget) {
            return false;
        }
        while let Some(class) = self.classes.get(self.clearing.class) {
            while let Some(block) = class.blocks.get(self.clearing.block) {
                block.clear_marks();
                self.clearing.block += 1;
                if budget.spend(16) {
                    return false;
                }
            }
            self.clearing = Clearing { class: self.clearing.class + 1, block: 0 };
        }
        for block in self.young_large.iter().chain(&self.old_large) {
            block.clear_marks();
        }
        self.clearing = Clearing::default();
        true
    }

    /// Drops what the barrier noticed, which is to notice something else from now on.
    pub(super) fn forget_noticed(&mut self, watch: Watch) {
        (self.debt, self.ending) = (0, false);
        self.watch = watch;
        self.remembered.clear();
        self.grey.clear();
    }

    /// All marks have been cleared.
    pub(super) fn begin_marking(&mut self) {
        self.forget_noticed(Watch::Marking);
        self.marked = 0;
    }

    /// A young marking begins, which what was noticed since the last collection is a part of.
    pub(super) fn begin_young_marking(&mut self) {
        self.debt = 0;
        self.watch = Watch::Marking;
    }

    /// Forgets dead prototypes with profiles; after a `full` marking, also what profiles and code know of the dead.
    pub(super) fn forget_dead_watched(&mut self, full: bool) {
        self.watched.retain(|proto| is_marked(proto.0.cast()));
        if full {
            self.watched.iter().for_each(|proto| proto.tier().clear_dead(&is_marked));
        }
    }

    /// After a young marking: what was allocated since the last collection and is not marked is dead.
    pub(super) fn finish_young_marking(&mut self) {
        debug_assert!(self.remembered.is_empty() && self.grey.is_empty(), "the end of a marking comes at a stretch");
        (self.debt, self.ending) = (0, false);
        self.watch = Watch::Young;
        self.young_shapes.clear();
        if self.is_stressed() {
            self.sweep_stressed();
        } else {
            self.retire_runs();
            for (index, class) in self.classes.iter_mut().enumerate() {
                if space_of(index) == Space::Strings {
                    self.unswept_strings += class.touched.len();
                }
                for mut block in class.touched.drain(..) {
                    block.header_mut().epoch = self.epoch.wrapping_sub(1);
                    class.recent.push(block);
                }
            }
            for block in std::mem::take(&mut self.young_large) {
                if block.is_marked(block.cell(0)) {
                    self.old_large.push(block);
                } else {
                    self.bury(block);
                }
            }
        }
        self.used = self.marked;
    }

    /// After a full marking: what is not marked is dead. Nothing is swept before [`Heap::allow_sweeping`].
    pub(super) fn finish_full_marking(&mut self) {
        self.young_shapes.clear();
        self.lookups.clear();
        self.stand_ins.clear_dead(|stand_in| is_marked(stand_in.cell()));
        self.forget_noticed(Watch::Young);
        if self.is_stressed() {
            self.used = self.marked;
            return;
        }
        self.retire_runs();
        self.used = self.marked;
        self.epoch = self.epoch.wrapping_add(1);
        self.may_sweep = false;
        self.unswept_strings = 0;
        for (index, class) in self.classes.iter_mut().enumerate() {
            class.touched.clear();
            class.recent.clear();
            class.swept.clear();
            class.stale.clone_from(&class.blocks);
            if space_of(index) == Space::Strings {
                self.unswept_strings += class.stale.len();
            }
        }
        self.stale_large.append(&mut self.old_large);
        self.stale_large.append(&mut self.young_large);
    }

    /// The dead are not needed any more.
    pub(super) fn allow_sweeping(&mut self) {
        self.may_sweep = true;
        if self.is_stressed() {
            self.sweep_stressed();
        }
    }

    /// Whether an allocation of so many bytes would exceed the heap's limit.
    pub(crate) fn exceeds_limit(&self, size: usize) -> bool {
        self.limit != usize::MAX && self.used().saturating_add(size) > self.limit
    }
}
