//! Which ranges of an address range are free: best fit, neighbours joined, growth in chunks.
//!
//! Knows numbers only, no memory. Offsets count from the start of the range.

use std::collections::{BTreeMap, BTreeSet};

/// Every range begins at a multiple of this and is a multiple of it long: a line of the instruction decoder.
pub const GRANULE: usize = 16;

/// Free ranges below a limit.
#[derive(Debug)]
pub struct RangeAllocator {
    limit: usize,
    chunk: usize,
    /// End of what has ever been handed out or is free; the rest of the limit is untouched.
    grown: usize,
    /// Free ranges below `grown`: offset → length. No two of them touch.
    by_offset: BTreeMap<usize, usize>,
    /// The same ranges as (length, offset).
    by_length: BTreeSet<(usize, usize)>,
    used: usize,
}

/// A range that was found, and what the range in use grew by to find it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// Where it begins.
    pub offset: usize,
    /// The length asked for, rounded up to [`GRANULE`].
    pub length: usize,
    /// Bytes that came into use for the first time, as (offset, length); the length is zero if nothing grew.
    pub grown: (usize, usize),
}

impl RangeAllocator {
    /// An empty allocator of `limit` bytes that grows by multiples of `chunk`. Both are multiples of [`GRANULE`].
    pub fn new(limit: usize, chunk: usize) -> RangeAllocator {
        debug_assert!(limit.is_multiple_of(GRANULE) && chunk.is_multiple_of(GRANULE) && chunk > 0);
        RangeAllocator { limit, chunk, grown: 0, by_offset: BTreeMap::new(), by_length: BTreeSet::new(), used: 0 }
    }

    /// The smallest free range that holds `size` bytes at a multiple of `align` (a power of two, at least [`GRANULE`]),
    /// the first one of equals; `None` if there is none below the limit. A size of zero counts as one.
    pub fn allocate(&mut self, size: usize, align: usize) -> Option<Allocation> {
        debug_assert!(align.is_power_of_two() && align >= GRANULE);
        let length = size.max(1).checked_next_multiple_of(GRANULE)?;
        let mut grown = (self.grown, 0);
        let found = match self.best_fit(length, align) {
            Some(found) => found,
            None => {
                grown = self.grow(length, align)?;
                self.best_fit(length, align)?
            }
        };
        let (start, free) = found;
        self.remove(start, free);
        let offset = start.next_multiple_of(align);
        self.insert(start, offset - start);
        self.insert(offset + length, start + free - offset - length);
        self.used += length;
        Some(Allocation { offset, length, grown })
    }

    /// Gives a range back that `allocate` returned. The length is the rounded one.
    pub fn free(&mut self, offset: usize, length: usize) {
        debug_assert!(offset + length <= self.grown && self.is_taken(offset, length));
        self.used -= length;
        self.join(offset, length);
    }

    /// Bytes handed out.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Bytes that were in use at some time: handed out and free ranges together.
    pub fn grown(&self) -> usize {
        self.grown
    }

    /// Bytes that may be in use at most.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The longest range that could be handed out now.
    pub fn longest(&self) -> usize {
        let untouched = self.limit - self.grown;
        let at_the_end = match self.by_offset.last_key_value() {
            Some((&offset, &length)) if offset + length == self.grown => length + untouched,
            _ => untouched,
        };
        self.by_length.last().map_or(0, |&(length, _)| length).max(at_the_end)
    }

    fn best_fit(&self, length: usize, align: usize) -> Option<(usize, usize)> {
        let fits = |&&(free, offset): &&(usize, usize)| offset.next_multiple_of(align) - offset + length <= free;
        let &(free, offset) = self.by_length.range((length, 0)..).find(fits)?;
        Some((offset, free))
    }

    /// Adds chunks at the end so that the last free range holds what is asked for.
    fn grow(&mut self, length: usize, align: usize) -> Option<(usize, usize)> {
        let start = match self.by_offset.last_key_value() {
            Some((&offset, &free)) if offset + free == self.grown => offset,
            _ => self.grown,
        };
        let end = start.checked_next_multiple_of(align)?.checked_add(length)?;
        if end > self.limit {
            return None;
        }
        let old = self.grown;
        self.grown = (old + (end - old).next_multiple_of(self.chunk)).min(self.limit);
        self.join(old, self.grown - old);
        Some((old, self.grown - old))
    }

    /// Makes a range free, joined with its free neighbours.
    fn join(&mut self, mut offset: usize, mut length: usize) {
        if let Some((&before, &free)) = self.by_offset.range(..offset).next_back()
            && before + free == offset
        {
            self.remove(before, free);
            offset = before;
            length += free;
        }
        if let Some(&free) = self.by_offset.get(&(offset + length)) {
            self.remove(offset + length, free);
            length += free;
        }
        self.insert(offset, length);
    }

    fn insert(&mut self, offset: usize, length: usize) {
        if length > 0 {
            self.by_offset.insert(offset, length);
            self.by_length.insert((length, offset));
        }
    }

    fn remove(&mut self, offset: usize, length: usize) {
        self.by_offset.remove(&offset);
        self.by_length.remove(&(length, offset));
    }

    fn is_taken(&self, offset: usize, length: usize) -> bool {
        match self.by_offset.range(..offset + length).next_back() {
            Some((&start, &free)) => start + free <= offset,
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::testing::Random;

    /// A byte map says which granules are taken; every answer of the allocator is compared with it.
    struct Model {
        taken: Vec<bool>,
        live: Vec<Allocation>,
    }

    impl Model {
        fn range(allocation: &Allocation) -> std::ops::Range<usize> {
            allocation.offset / GRANULE..(allocation.offset + allocation.length) / GRANULE
        }

        fn take(&mut self, allocation: Allocation, align: usize) {
            assert_eq!(allocation.offset % align, 0);
            for granule in Self::range(&allocation) {
                assert!(!self.taken[granule], "granule {granule} was handed out twice");
                self.taken[granule] = true;
            }
            self.live.push(allocation);
        }

        fn give(&mut self, index: usize) -> Allocation {
            let allocation = self.live.swap_remove(index);
            self.taken[Self::range(&allocation)].fill(false);
            allocation
        }

        fn has_room(&self, length: usize, align: usize) -> bool {
            let count = length.div_ceil(GRANULE);
            let starts = (0..self.taken.len()).step_by(align / GRANULE);
            starts.filter(|&start| start + count <= self.taken.len()).any(|s| !self.taken[s..s + count].contains(&true))
        }
    }

    #[test]
    fn random_ranges_agree_with_a_model() {
        let limit = 64 * 1024;
        let mut random = Random::new(7);
        let mut allocator = RangeAllocator::new(limit, 4096);
        let mut model = Model { taken: vec![false; limit / GRANULE], live: Vec::new() };
        let mut refused = 0;
        for _ in 0..20_000 {
            if random.below(100) < 52 {
                let (size, align) = (random.below(2000) + 1, 16 << random.below(3));
                match allocator.allocate(size, align) {
                    Some(allocation) => model.take(allocation, align),
                    None => {
                        assert!(!model.has_room(size, align), "{size} bytes at {align} were refused");
                        refused += 1;
                    }
                }
            } else if !model.live.is_empty() {
                let given = model.give(random.below(model.live.len()));
                allocator.free(given.offset, given.length);
            }
            assert_eq!(allocator.used(), model.taken.iter().filter(|&&taken| taken).count() * GRANULE);
        }
        assert!(refused > 100, "the limit was met {refused} times");
        while !model.live.is_empty() {
            let given = model.give(0);
            allocator.free(given.offset, given.length);
        }
        assert_eq!(allocator.used(), 0);
        assert_eq!(allocator.longest(), limit);
        assert_eq!(allocator.by_offset.len(), 1, "all neighbours are joined");
    }

    #[test]
    fn growth_is_reported_once_and_in_chunks() {
        let mut allocator = RangeAllocator::new(10_000 / GRANULE * GRANULE, 4096);
        let first = allocator.allocate(100, 16).expect("room");
        assert_eq!((first.offset, first.length, first.grown), (0, 112, (0, 4096)));
        assert_eq!(allocator.allocate(100, 16).expect("room").grown.1, 0);
        assert_eq!(allocator.allocate(5000, 16).expect("room").grown, (4096, 4096));
        assert_eq!(allocator.allocate(9000, 16), None);
        assert_eq!(allocator.allocate(usize::MAX, 16), None);
        assert_eq!(allocator.longest(), 10_000 / GRANULE * GRANULE - 224 - 5008);
    }
}
