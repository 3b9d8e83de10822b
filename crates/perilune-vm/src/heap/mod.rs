//! The heap: size-segregated blocks, bump allocation within free runs, lazy sweeping. Nothing ever moves.
//!
//! Small cells are allocated from runs of free cells that sweeping finds; the run in use is a `cursor..limit` pair per size
//! class, so the fast path is an add and a compare that generated code can inline. [`collect`] marks and decides what dies.

pub mod barrier;
pub mod block;
pub mod collect;
pub mod mark;
pub mod region;
pub mod roots;
pub(crate) mod stress;
mod weak;

use crate::object::Header;
use block::{Block, CELL_SPACE, FIRST_CELL, GRANULE};
use region::{BLOCK_SHIFT, BLOCK_SIZE, Region, region};
use std::ptr::NonNull;
use stress::Stress;

/// Bytes of the cells of each size class.
const CLASS_SIZES: [usize; CLASSES] = [
    16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280,
    1536, 1792, 2048, 2560, 3072, 4096, 5120, 6144, 8112, 9280, 10816, 12992, 16240, 21648, 32480,
];
const CLASSES: usize = 40;
/// Objects beyond this size get a span of their own.
pub const MAX_SMALL: usize = CLASS_SIZES[CLASSES - 1];
const _: () = assert!(MAX_SMALL * 2 <= CELL_SPACE && 8112 * 8 <= CELL_SPACE);

/// Size class by granules.
static CLASS_OF: [u8; MAX_SMALL / GRANULE + 1] = class_table();

const fn class_table() -> [u8; MAX_SMALL / GRANULE + 1] {
    let mut table = [0u8; MAX_SMALL / GRANULE + 1];
    let (mut granules, mut class) = (0, 0);
    while granules < table.len() {
        if granules * GRANULE > CLASS_SIZES[class] {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
}

/// Allocation state of one size class.
struct Class {
    /// Next free byte of the run in use.
    cursor: usize,
    /// End of the run in use.
    limit: usize,
    /// Free runs still to use in the block in use: `(start, end)`, last first.
    runs: Vec<(usize, usize)>,
    /// Blocks of this class.
    blocks: Vec<Block>,
    /// Blocks before this index have been swept or filled since the last collection.
    next_block: usize,
}

/// Figures about a heap.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeapStats {
    /// Collections so far.
    pub collections: u64,
    /// Bytes allocated since the heap was made.
    pub allocated: u64,
    /// The most bytes that were in use at once, garbage included.
    pub peak: usize,
    /// Longest collection in nanoseconds.
    pub longest_pause_ns: u64,
    /// All collections in nanoseconds.
    pub total_pause_ns: u64,
}

/// The memory of one state.
pub struct Heap {
    region: &'static Region,
    classes: [Class; CLASSES],
    large: Vec<Block>,
    /// Blocks without live cells, kept to be used again: giving memory back and faulting it in again costs more than clearing.
    spare: Vec<usize>,
    /// Bytes in cells handed out or reserved for handing out, garbage included.
    used: usize,
    /// `used` at which the next collection is due.
    pub(crate) threshold: usize,
    /// Cells that own memory outside the heap and are dropped when they die.
    pub(crate) destructible: Vec<NonNull<Header>>,
    /// In stress mode, what that needs.
    stress: Option<Box<Stress>>,
    pub(crate) stats: HeapStats,
    /// Bytes outside the heap that its objects keep alive.
    pub(crate) external: usize,
}

/// Blocks that are kept however small the heap is.
const LEAST_SPARE: usize = 32;
/// Bytes to allocate before the first collection.
const FIRST_THRESHOLD: usize = 1 << 20;
/// Bytes below which waiting for a safepoint never hurts.
const OVERDUE: usize = 1 << 26;

impl Heap {
    /// An empty heap; `None` when the system has no address space left.
    pub fn new() -> Option<Heap> {
        let classes =
            std::array::from_fn(|_| Class { cursor: 0, limit: 0, runs: Vec::new(), blocks: Vec::new(), next_block: 0 });
        Some(Heap {
            region: region()?,
            classes,
            large: Vec::new(),
            spare: Vec::new(),
            used: 0,
            threshold: FIRST_THRESHOLD,
            destructible: Vec::new(),
            stress: None,
            stats: HeapStats::default(),
            external: 0,
        })
    }

    /// Figures up to now.
    #[must_use]
    pub fn stats(&self) -> HeapStats {
        HeapStats { peak: self.stats.peak.max(self.used()), ..self.stats }
    }

    /// To be called before a collection.
    pub(crate) fn note_peak(&mut self) {
        self.stats.peak = self.stats.peak.max(self.used());
    }

    fn identity(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// A cell of at least `size` bytes from the run in use. Its contents are undefined but for a zero first word.
    #[inline(always)]
    pub fn allocate_fast(&mut self, size: usize) -> Option<NonNull<Header>> {
        debug_assert!(size <= MAX_SMALL);
        let index = CLASS_OF[size.div_ceil(GRANULE)] as usize;
        let class = &mut self.classes[index];
        let cell = class.cursor;
        let next = cell + CLASS_SIZES[index];
        if next > class.limit {
            return None;
        }
        class.cursor = next;
        NonNull::new(cell as *mut Header)
    }

    /// Whether a collection should run at the next safepoint.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.used + self.external >= self.threshold
    }

    /// Whether the next safepoint is too far: a collection should run at once, though what native code holds has to be guessed.
    #[inline]
    pub fn is_overdue(&self) -> bool {
        self.used + self.external >= self.threshold.saturating_mul(2).max(OVERDUE)
    }

    /// A cell of at least `size` bytes, from anywhere; `None` when memory has run out.
    #[inline(never)]
    pub fn allocate_slow(&mut self, size: usize) -> Option<NonNull<Header>> {
        if size > MAX_SMALL {
            return self.allocate_large(size);
        }
        if self.is_stressed() {
            return self.allocate_stressed(size);
        }
        loop {
            if let Some(cell) = self.allocate_fast(size) {
                return Some(cell);
            }
            self.next_run(CLASS_OF[size.div_ceil(GRANULE)] as usize)?;
        }
    }

    /// Makes another free run of the class the one in use.
    fn next_run(&mut self, index: usize) -> Option<()> {
        loop {
            let class = &mut self.classes[index];
            if let Some((start, end)) = class.runs.pop() {
                (class.cursor, class.limit) = (start, end);
                self.used += end - start;
                self.stats.allocated += (end - start) as u64;
                return Some(());
            }
            if class.next_block < class.blocks.len() {
                let block = class.blocks[class.next_block];
                class.next_block += 1;
                if block.header().unswept {
                    sweep_block(block, &mut self.classes[index].runs);
                }
                continue;
            }
            let block = self.add_block(index)?;
            let start = block.address() + FIRST_CELL;
            self.classes[index].runs.push((start, start + block.cells() * CLASS_SIZES[index]));
        }
    }

    /// Gives a class another block, all of whose cells are free.
    fn add_block(&mut self, index: usize) -> Option<Block> {
        let address = self.take_block()?;
        // SAFETY: the span is zero and nothing points into it.
        let block = unsafe { Block::init(address, self.identity(), CLASS_SIZES[index], 1, false) };
        let class = &mut self.classes[index];
        class.blocks.push(block);
        class.next_block = class.blocks.len();
        Some(block)
    }

    /// A zeroed block, a kept one if there is any.
    fn take_block(&mut self) -> Option<usize> {
        match self.spare.pop() {
            Some(address) => {
                // SAFETY: a spare block is ours and holds nothing. Stale cells must not look alive to the conservative scan.
                unsafe { std::ptr::write_bytes(address as *mut u8, 0, BLOCK_SIZE) };
                Some(address)
            }
            None => self.region.allocate(1),
        }
    }

    fn allocate_large(&mut self, size: usize) -> Option<NonNull<Header>> {
        let bytes = size.checked_add(FIRST_CELL + BLOCK_SIZE - 1)?;
        let blocks = bytes >> BLOCK_SHIFT;
        let address = self.region.allocate(blocks)?;
        // SAFETY: the span is fresh and zero.
        let block = unsafe { Block::init(address, self.identity(), size, blocks, true) };
        self.large.push(block);
        self.used += size;
        self.stats.allocated += size as u64;
        Some(block.cell(0))
    }

    /// The live cell of this heap that `word` points into, with or without a value's tag.
    #[inline]
    pub fn find_cell(&self, word: u64) -> Option<NonNull<Header>> {
        let address = (word & crate::value::PAYLOAD) as usize;
        let span = self.region.span_of(address)?;
        // SAFETY: spans in use begin with an initialised header.
        let block = Block(unsafe { NonNull::new_unchecked(span as *mut block::BlockHeader) });
        if block.header().owner != self.identity() { None } else { block.cell_at(address) }
    }

    /// Bytes in use, counting what objects own outside the heap.
    #[must_use]
    pub fn used(&self) -> usize {
        let free: usize = self.classes.iter().map(|class| class.limit - class.cursor).sum();
        self.used + self.external - free
    }

    /// Gives up all free runs, so that every block can be marked and swept.
    fn retire_runs(&mut self) {
        for class in &mut self.classes {
            class.runs.clear();
            self.used -= class.limit - class.cursor;
            (class.cursor, class.limit) = (0, 0);
        }
    }

    fn each_block(&self) -> impl Iterator<Item = Block> + '_ {
        self.classes.iter().flat_map(|class| class.blocks.iter().copied()).chain(self.large.iter().copied())
    }

    /// Finishes the sweep of the last collection, so that mark bits may be cleared.
    fn finish_sweep(&mut self) {
        for class in &mut self.classes {
            for &block in &class.blocks[class.next_block..] {
                if block.header().unswept {
                    sweep_block(block, &mut class.runs);
                }
            }
            class.next_block = class.blocks.len();
        }
    }

    pub(crate) fn prepare_mark(&mut self) {
        self.finish_sweep();
        self.retire_runs();
        for block in self.each_block() {
            block.clear_marks();
        }
    }

    /// After marking: frees dead large objects and empty blocks, and leaves the rest to lazy sweeping. `live` is what was marked.
    pub(crate) fn prepare_sweep(&mut self, live: usize) {
        self.used = live;
        if let Some(mut stress) = self.stress.take() {
            self.sweep_stressed(&mut stress);
            self.stress = Some(stress);
            return;
        }
        let region = self.region;
        self.large.retain(|block| {
            let keep = block.is_marked(block.cell(0));
            if !keep {
                region.release(block.address(), block.header().blocks as usize);
            }
            keep
        });
        let keep = (live >> BLOCK_SHIFT).max(LEAST_SPARE);
        let spare = &mut self.spare;
        for class in &mut self.classes {
            class.blocks.retain_mut(|block| {
                if block.is_unmarked() {
                    if spare.len() < keep {
                        spare.push(block.address());
                    } else {
                        region.release(block.address(), 1);
                    }
                    return false;
                }
                block.header_mut().unswept = true;
                true
            });
            class.next_block = 0;
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for block in self.each_block() {
            self.region.release(block.address(), block.header().blocks as usize);
        }
        self.set_stress(None);
        for &address in &self.spare {
            self.region.release(address, 1);
        }
    }
}

/// Frees the unmarked cells of a block and appends its free runs.
fn sweep_block(mut block: Block, runs: &mut Vec<(usize, usize)>) {
    block.header_mut().unswept = false;
    let mut run_start = None;
    for index in 0..block.cells() {
        let cell = block.cell(index);
        let address = cell.as_ptr() as usize;
        if block.is_marked(cell) {
            if let Some(start) = run_start.take() {
                runs.push((start, address));
            }
            continue;
        }
        run_start.get_or_insert(address);
        // SAFETY: an unmarked cell of a block whose marks are complete is dead; nobody refers to it.
        unsafe { cell.as_ptr().cast::<u64>().write(0) };
    }
    if let Some(start) = run_start {
        runs.push((start, block.cell(block.cells()).as_ptr() as usize));
    }
}
