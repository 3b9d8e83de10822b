//! Stress mode: a collection at every allocation, freed cells poisoned at once and left alone for as long as may be.
//!
//! A collection at every allocation has to be cheap, so what a sweep does is decided by comparing bitmaps: which cells are in
//! use is kept for each block beside its marks, and only cells that die are touched. Free cells are handed out one by one, in
//! turn through all blocks of a class, so that a freed one stays poisoned until the others were used. No class ever has a run
//! in use then, which is why every allocation takes the slow path.

use super::barrier::Watch;
use super::block::{Block, GRANULE, MARK_WORDS, MarkBits};
use super::budget::Budget;
use super::region::BLOCK_SHIFT;
use super::sweep::space_of;
use super::{CLASS_OF, CLASS_SIZES, CLASSES, Heap, SPACES, Space};
use crate::object::{Header, Kind};
use crate::value::{TAG_OBJECT, TAG_SHIFT, Value};
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::ptr::NonNull;

/// The word that freed memory is filled with. As a value it is an object, and as a value or as a pointer it leads to an address
/// that no process has: whoever follows it ends at once.
const POISON: u64 = TAG_OBJECT << TAG_SHIFT | 0xD5D5_D5D5_D5D5;
/// Bytes of freed large objects that are kept from being used again.
const QUARANTINE: usize = 1 << 22;
/// A class takes another block when less than one cell in this many is free.
const CROWDED: usize = 8;

/// What a heap in stress mode knows more.
pub(crate) struct Stress {
    /// A collection is made at every allocation whose number this divides.
    period: NonZeroU32,
    /// Allocations until the next collection.
    countdown: u32,
    /// In random mode, the state of its generator.
    dice: Option<u64>,
    classes: Vec<Places>,
    /// Freed large objects: the address and the blocks of the span, the oldest first.
    quarantine: VecDeque<(usize, usize)>,
}

/// The cells of one class. Vectors run parallel to the blocks of the class.
#[derive(Default)]
struct Places {
    /// The first granule of each cell in use.
    used: Vec<MarkBits>,
    /// Free cells of each block.
    free: Vec<usize>,
    /// Free cells of all blocks.
    total_free: usize,
    /// Where to look for a free cell next: block and cell.
    next: (usize, usize),
}

impl Places {
    fn add(&mut self, block: Block) {
        let mut used = [0; MARK_WORDS];
        let mut free = block.cells();
        for cell in (0..block.cells()).map(|index| block.cell(index)) {
            // SAFETY: every cell of a swept block has a readable header.
            if unsafe { cell.as_ref() }.kind() != Kind::Free {
                let (word, bit) = Block::bit(cell);
                used[word] |= bit;
                free -= 1;
            }
        }
        self.used.push(used);
        self.free.push(free);
        self.total_free += free;
    }

    /// Takes the next free cell; there is one.
    fn take(&mut self, blocks: &[Block]) -> NonNull<Header> {
        debug_assert!(self.total_free > 0);
        loop {
            let (number, index) = self.next;
            let Some(&block) = blocks.get(number) else {
                self.next = (0, 0);
                continue;
            };
            if self.free[number] == 0 || index == block.cells() {
                self.next = (number + 1, 0);
                continue;
            }
            self.next.1 += 1;
            let cell = block.cell(index);
            let (word, bit) = Block::bit(cell);
            let used = &mut self.used[number][word];
            if *used & bit == 0 {
                *used |= bit;
                self.free[number] -= 1;
                self.total_free -= 1;
                return cell;
            }
        }
    }

    /// The unmarked cells in use of the block with this number, which are free from now on: their granules.
    fn take_dead(&mut self, number: usize, block: Block) -> Vec<usize> {
        let mut granules = Vec::new();
        for (word, (used, marks)) in self.used[number].iter_mut().zip(block.marks()).enumerate() {
            let mut dead = *used & !marks;
            *used &= marks;
            while dead != 0 {
                granules.push(word * 64 + dead.trailing_zeros() as usize);
                dead &= dead - 1;
            }
        }
        self.free[number] += granules.len();
        self.total_free += granules.len();
        granules
    }
}

/// Overwrites freed memory. Its first word becomes that of a free cell.
///
/// # Safety
/// The memory is the heap's, aligned as cells are, and nobody uses it.
unsafe fn poison(address: usize, size: usize) {
    let words = address as *mut u64;
    // SAFETY: by the caller.
    unsafe {
        words.write(0);
        for index in 1..size / size_of::<u64>() {
            words.add(index).write(POISON);
        }
    }
}

/// Overwrites values that are about to be freed.
///
/// # Safety
/// `values` points to `count` values that nobody uses.
pub(crate) unsafe fn poison_values(values: *mut Value, count: usize) {
    // SAFETY: by the caller.
    (0..count).for_each(|index| unsafe { values.add(index).write_volatile(Value(POISON)) });
}

impl Heap {
    /// Turns stress mode on, with a collection at every `period`-th allocation, or off. With a `seed`, what is done is chosen
    /// at random. No collection is in progress.
    pub(crate) fn set_stress(&mut self, period: Option<NonZeroU32>, seed: Option<u64>) {
        self.drop_stress();
        self.clear_some(&mut Budget::unlimited());
        self.forget_noticed(Watch::Young);
        self.retire_runs();
        for class in self.classes.iter_mut() {
            class.touched.clear();
            class.swept.clone_from(&class.blocks);
        }
        let Some(period) = period else { return };
        let mut classes = Vec::new();
        for class in self.classes.iter() {
            let mut places = Places::default();
            class.blocks.iter().for_each(|&block| places.add(block));
            classes.push(places);
        }
        let dice = seed.map(|seed| seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        self.stress = Some(Box::new(Stress { period, countdown: period.get(), dice, classes, quarantine: VecDeque::new() }));
    }

    /// Gives back what stress mode keeps.
    pub(super) fn drop_stress(&mut self) {
        if let Some(mut old) = self.stress.take() {
            old.quarantine.drain(..).for_each(|(address, blocks)| self.region.release(address, blocks));
        }
    }

    /// In random mode, the next random number (xorshift).
    pub(crate) fn stress_dice(&mut self) -> Option<u64> {
        let dice = self.stress.as_mut()?.dice.as_mut()?;
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        Some(*dice >> 3)
    }

    /// Whether stress mode is on.
    #[inline(always)]
    pub(crate) fn is_stressed(&self) -> bool {
        self.stress.is_some()
    }

    /// Counts an allocation; whether it is one to collect at.
    pub(crate) fn stress_is_due(&mut self) -> bool {
        let Some(stress) = &mut self.stress else { return false };
        stress.countdown -= 1;
        if stress.countdown == 0 {
            stress.countdown = stress.period.get();
            return true;
        }
        false
    }

    /// A cell of at least `size` bytes from the place that was free for the longest time.
    pub(super) fn allocate_stressed(&mut self, space: Space, size: usize) -> Option<NonNull<Header>> {
        let index = space as usize * CLASSES + CLASS_OF[size.div_ceil(GRANULE)] as usize;
        let cells: usize = self.classes[index].blocks.first().map_or(0, |block| block.cells());
        let crowded = |places: &Places| places.total_free * CROWDED <= cells * places.free.len();
        let mut stress = self.stress.take()?;
        let places = &mut stress.classes[index];
        if crowded(places)
            && let Some(block) = self.add_block(index)
        {
            places.next = (places.free.len(), 0);
            places.add(block);
        }
        let cell = (places.total_free > 0).then(|| places.take(&self.classes[index].blocks));
        self.stress = Some(stress);
        if cell.is_some() {
            self.used += CLASS_SIZES[index % CLASSES];
            self.stats.allocated += CLASS_SIZES[index % CLASSES] as u64;
        }
        cell
    }

    /// After marking, in stress mode: frees and poisons what is dead.
    pub(super) fn sweep_stressed(&mut self) {
        let Some(mut stress) = self.stress.take() else { return };
        for index in 0..CLASSES * SPACES {
            for number in 0..self.classes[index].blocks.len() {
                let block = self.classes[index].blocks[number];
                for granule in stress.classes[index].take_dead(number, block) {
                    let address = block.address() + granule * GRANULE;
                    // SAFETY: the cell belongs to the block, and marking, which is complete, did not reach it.
                    unsafe {
                        self.release_cell(space_of(index), NonNull::new_unchecked(address as *mut Header));
                        poison(address, block.header().cell_size);
                    }
                }
            }
        }
        let mut large = std::mem::take(&mut self.young_large);
        large.append(&mut self.old_large);
        large.append(&mut self.stale_large);
        let (live, dead): (Vec<_>, Vec<_>) = large.into_iter().partition(|block| block.is_marked(block.cell(0)));
        self.old_large = live;
        for block in dead {
            // SAFETY: a large object that marking did not reach.
            unsafe { poison(block.cell(0).as_ptr() as usize, block.header().cell_size) };
            stress.quarantine.push_back((block.address(), block.header().blocks as usize));
        }
        let kept = |queue: &VecDeque<(usize, usize)>| queue.iter().map(|&(_, blocks)| blocks << BLOCK_SHIFT).sum::<usize>();
        while kept(&stress.quarantine) > QUARANTINE
            && let Some((address, blocks)) = stress.quarantine.pop_front()
        {
            self.region.release(address, blocks);
        }
        self.stress = Some(stress);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::MAX_SMALL;
    use crate::state::State;

    fn stressed(period: u32) -> State {
        let mut state = State::new(1).expect("a state");
        state.set_gc_stress(NonZeroU32::new(period), None);
        state
    }

    /// Collections made while `work` runs.
    fn collections(state: &mut State, work: impl FnOnce(&mut State)) -> u64 {
        let before = state.global().heap_stats().collections;
        work(state);
        state.global().heap_stats().collections - before
    }

    #[test]
    fn every_allocation_collects() {
        let mut state = stressed(1);
        for size in [48, 100, 1000, MAX_SMALL, MAX_SMALL * 3] {
            let text = vec![b'x'; size];
            let count = collections(&mut state, |state| {
                for _ in 0..50 {
                    state.global().str(&text);
                }
            });
            assert_eq!(count, 50, "strings of {size} bytes");
        }
    }

    #[test]
    fn every_third_allocation_collects() {
        let mut state = stressed(3);
        let count = collections(&mut state, |state| {
            (0..300).for_each(|i| {
                state.global().wide_int(i64::MAX - i);
            })
        });
        assert_eq!(count, 100);
    }

    #[test]
    fn turned_off_it_collects_no_more_and_loses_nothing() {
        let mut state = stressed(1);
        let held = state.global().str(&[b'h'; 100]);
        state.global().pinned.push(held.into());
        state.set_gc_stress(None, None);
        let count = collections(&mut state, |state| {
            (0..300).for_each(|i| {
                state.global().wide_int(i64::MAX - i);
            })
        });
        assert_eq!(count, 0);
        state.global().full_collect();
        assert_eq!(held.bytes(), [b'h'; 100]);
    }

    /// Makes a garbage string of `size` bytes; its address, disguised, so that the native stack does not keep it alive.
    #[inline(never)]
    fn garbage(state: &mut State, size: usize) -> usize {
        !(state.global().str(&vec![b'g'; size]).cell().as_ptr() as usize)
    }

    #[test]
    fn the_dead_are_poisoned_and_not_used_again_at_once() {
        for size in [100, MAX_SMALL * 3] {
            let mut state = stressed(1);
            let dead = garbage(&mut state, size);
            state.global().full_collect();
            let again: Vec<usize> = (0..10).map(|_| garbage(&mut state, size)).collect();
            assert!(!again.contains(&dead), "{size} bytes");
            let words = !dead as *const u64;
            // SAFETY: the memory is still the heap's: a free cell, or a span in quarantine.
            assert_eq!(
                unsafe { [words.read(), words.add(1).read(), words.add(4).read()] },
                [0, POISON, POISON],
                "{size} bytes"
            );
        }
    }

    #[test]
    fn freed_cells_are_used_again_in_the_end() {
        let mut state = stressed(1);
        let mut addresses = std::collections::HashSet::new();
        (0..5000).for_each(|_| {
            addresses.insert(garbage(&mut state, 1000));
        });
        assert!(addresses.len() < 200, "{} places", addresses.len());
    }
}
