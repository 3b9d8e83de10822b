//! A block: a header with mark bits, then cells of one size. A large object has a span of blocks to itself.

use super::region::{BLOCK_SHIFT, BLOCK_SIZE};
use crate::object::{Header, Kind};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes per mark bit and the alignment of cells.
pub const GRANULE: usize = 16;
/// Where cells begin.
pub const FIRST_CELL: usize = (size_of::<BlockHeader>() + GRANULE - 1) & !(GRANULE - 1);
/// Bytes for cells.
pub const CELL_SPACE: usize = BLOCK_SIZE - FIRST_CELL;
pub(super) const MARK_WORDS: usize = BLOCK_SIZE / GRANULE / 64;
/// A bit for each granule of a block; what concerns a cell is at its first one.
pub(super) type MarkBits = [u64; MARK_WORDS];

/// What stands at the start of each span.
#[repr(C)]
pub struct BlockHeader {
    /// Identity of the heap it belongs to.
    pub owner: usize,
    /// Bytes of a cell; for a large object, of the object.
    pub cell_size: usize,
    /// `ceil(2^32 / cell_size)`: divides offsets within a block exactly.
    reciprocal: u64,
    /// Blocks in the span; more than one, or a size beyond the classes, means one large object.
    pub blocks: u32,
    /// The heap's epoch in which it was made or swept. If that is another one, its unmarked cells are dead.
    pub epoch: u32,
    /// From this cell on the headers of all are zero, and most were never written: pages that nobody touches take no memory.
    /// While the last free run is in use, the end.
    pub fresh: usize,
    /// Its place among the blocks of its class.
    pub position: u32,
    /// Its class; of a large object no class.
    pub class: u16,
    /// Whether it holds one large object.
    pub large: bool,
    /// A bit for each marked cell. A helper may mark too.
    marks: [AtomicU64; MARK_WORDS],
}

/// A block in use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Block(pub NonNull<BlockHeader>);

impl Block {
    /// Makes a span a block of cells of `cell_size` bytes, without a class one large object. None is known to be fresh.
    ///
    /// # Safety
    /// The span is the caller's and nothing points into it.
    pub unsafe fn init(address: usize, owner: usize, cell_size: usize, blocks: usize, class: Option<u16>, epoch: u32) -> Block {
        let header = BlockHeader {
            owner,
            cell_size,
            reciprocal: (1u64 << 32).div_ceil(cell_size as u64),
            blocks: blocks as u32,
            epoch,
            fresh: usize::MAX,
            position: 0,
            class: class.unwrap_or(u16::MAX),
            large: class.is_none(),
            marks: [const { AtomicU64::new(0) }; MARK_WORDS],
        };
        let pointer = address as *mut BlockHeader;
        // SAFETY: by the caller's promise.
        unsafe {
            pointer.write(header);
            Block(NonNull::new_unchecked(pointer))
        }
    }

    /// The block a small cell, or the first block a large object, stands in.
    #[inline(always)]
    pub fn of<T>(cell: NonNull<T>) -> Block {
        let address = cell.as_ptr() as usize & !(BLOCK_SIZE - 1);
        // SAFETY: a cell never stands at a block's first byte, so the address is that of a header and not null.
        Block(unsafe { NonNull::new_unchecked(address as *mut BlockHeader) })
    }

    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &BlockHeader {
        // SAFETY: a `Block` exists only for initialised spans.
        unsafe { self.0.as_ref() }
    }

    /// The header, to be changed.
    #[inline(always)]
    pub fn header_mut(&mut self) -> &mut BlockHeader {
        // SAFETY: as above; the mutator thread alone touches block headers.
        unsafe { self.0.as_mut() }
    }

    /// Where the span begins.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Cells in the block.
    pub fn cells(&self) -> usize {
        if self.header().large { 1 } else { CELL_SPACE / self.header().cell_size }
    }

    /// The cell with this number.
    #[inline]
    pub fn cell(self, index: usize) -> NonNull<Header> {
        let address = self.address() + FIRST_CELL + index * self.header().cell_size;
        // SAFETY: not null, as the block is not.
        unsafe { NonNull::new_unchecked(address as *mut Header) }
    }

    /// The live cell that `address` points into, if any: interior pointers count.
    pub fn cell_at(self, address: usize) -> Option<NonNull<Header>> {
        let offset = (address - self.address()).checked_sub(FIRST_CELL)?;
        let index = if self.header().large { 0 } else { ((offset as u64 * self.header().reciprocal) >> 32) as usize };
        if index >= self.cells() || (self.header().large && offset >= self.header().cell_size) {
            return None;
        }
        let cell = self.cell(index);
        // SAFETY: every cell's header is readable, and zero (`Kind::Free`) in free cells.
        (unsafe { cell.as_ref() }.kind() != Kind::Free).then_some(cell)
    }

    /// The word and the bit of a cell in its block's [`MarkBits`].
    #[inline(always)]
    pub(super) fn bit(cell: NonNull<Header>) -> (usize, u64) {
        let granule = (cell.as_ptr() as usize & (BLOCK_SIZE - 1)) / GRANULE;
        (granule / 64, 1 << (granule % 64))
    }

    /// Where the bit of a cell is.
    #[inline(always)]
    pub(super) fn mark_word(self, cell: NonNull<Header>) -> NonNull<AtomicU64> {
        NonNull::from(&self.header().marks[Self::bit(cell).0])
    }

    /// Whether the cell is marked.
    #[inline(always)]
    pub fn is_marked(self, cell: NonNull<Header>) -> bool {
        let (word, bit) = Self::bit(cell);
        self.header().marks[word].load(Ordering::Relaxed) & bit != 0
    }

    /// Marks the cell; whether it was unmarked before. `shared`: another thread may be marking.
    #[inline(always)]
    pub fn mark(self, cell: NonNull<Header>, shared: bool) -> bool {
        let (word, bit) = Self::bit(cell);
        let word = &self.header().marks[word];
        let old = word.load(Ordering::Relaxed);
        if old & bit != 0 {
            return false;
        }
        if shared {
            return word.fetch_or(bit, Ordering::Relaxed) & bit == 0;
        }
        word.store(old | bit, Ordering::Relaxed);
        true
    }

    /// Whether cells that are not marked are dead, and yet to be freed.
    #[inline(always)]
    pub fn is_unswept(self, epoch: u32) -> bool {
        self.header().epoch != epoch
    }

    /// The end of its last cell.
    pub fn end(self) -> usize {
        self.address() + FIRST_CELL + self.cells() * self.header().cell_size
    }

    /// The marks.
    pub(super) fn marks(&self) -> impl Iterator<Item = u64> {
        self.header().marks.iter().map(|word| word.load(Ordering::Relaxed))
    }

    /// The ranges of addresses between marked cells.
    pub(super) fn unmarked_runs(&self) -> impl Iterator<Item = (usize, usize)> {
        let size = self.header().cell_size;
        let last = self.end();
        let mut start = Some(self.address() + FIRST_CELL);
        let mut marked = self.marked_cells();
        std::iter::from_fn(move || {
            while let Some(from) = start {
                let next = marked.next();
                start = next.map(|cell| cell + size);
                let end = next.unwrap_or(last);
                if end > from {
                    return Some((from, end));
                }
            }
            None
        })
    }

    /// The addresses of marked cells, in order.
    fn marked_cells(&self) -> impl Iterator<Item = usize> {
        let marks = &self.header().marks;
        let (mut word, mut bits) = (0, marks[0].load(Ordering::Relaxed));
        std::iter::from_fn(move || {
            while bits == 0 {
                word += 1;
                bits = marks.get(word)?.load(Ordering::Relaxed);
            }
            let granule = word * 64 + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            Some(self.address() + granule * GRANULE)
        })
    }

    /// Unmarks all cells.
    pub fn clear_marks(mut self) {
        self.header_mut().marks.iter_mut().for_each(|word| *word.get_mut() = 0);
    }

    /// How many cells are marked.
    pub fn count_marks(self) -> usize {
        self.marks().map(|word| word.count_ones() as usize).sum()
    }

    /// Bytes of the whole span.
    pub fn span_bytes(self) -> usize {
        (self.header().blocks as usize) << BLOCK_SHIFT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::region::region;

    /// The runs between the marked ones of a block's cells, as numbers of cells.
    fn runs(size: usize, marked: &[usize]) -> Vec<(usize, usize)> {
        let region = region().expect("address space");
        let address = region.allocate(1).expect("memory");
        // SAFETY: the span is fresh.
        let block = unsafe { Block::init(address, 1, size, 1, Some(0), 1) };
        marked.iter().for_each(|&number| assert!(block.mark(block.cell(number), false)));
        let number = |at: usize| (at - address - FIRST_CELL) / size;
        let found = block.unmarked_runs().map(|(start, end)| (number(start), number(end))).collect();
        region.release(address, 1);
        found
    }

    #[test]
    fn runs_lie_between_marked_cells() {
        for size in [16, 48, 320, 32480] {
            let cells = CELL_SPACE / size;
            assert_eq!(runs(size, &[]), [(0, cells)], "{size}");
            assert_eq!(runs(size, &(0..cells).collect::<Vec<_>>()), [], "{size}");
            assert_eq!(runs(size, &[0]), [(1, cells)], "{size}");
            assert_eq!(runs(size, &[cells - 1]), [(0, cells - 1)], "{size}");
        }
        assert_eq!(runs(48, &[3, 4, 70, 200]), [(0, 3), (5, 70), (71, 200), (201, CELL_SPACE / 48)]);
    }
}
