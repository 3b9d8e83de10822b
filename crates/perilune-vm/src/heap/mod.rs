//! The heap: size-segregated blocks, bump allocation within free runs, lazy sweeping. Nothing ever moves.
//!
//! Small cells are allocated from runs of free cells that sweeping finds; the run in use is a `cursor..limit` pair per size
//! class, so the fast path is an add and a compare that generated code can inline. [`collect`] marks and decides what dies.
//!
//! Mark bits stay: what survived a collection is marked, and old. Which blocks may hold dead cells is known by the lists that
//! they stand in, so that neither a young collection nor the end of a full one touches all blocks.

pub mod barrier;
pub mod block;
mod budget;
pub mod collect;
mod cycle;
pub(crate) mod dying;
mod finalize;
mod helper;
pub mod mark;
pub mod pauses;
#[cfg(test)]
mod protocol;
pub mod region;
pub mod roots;
mod segments;
mod sharing;
pub mod snapshot;
pub(crate) mod stress;
mod sweep;
mod tracer;
pub mod usage;
mod verify;
mod weak;

use crate::lookups::Lookups;
use crate::object::Header;
use crate::proto::ProtoRef;
use crate::shape::ShapeRef;
use crate::stand_in::StandIns;
use crate::string::{Str, StringTable};
use barrier::Watch;
use block::{Block, CELL_SPACE, FIRST_CELL, GRANULE};
use pauses::Pauses;
use region::{BLOCK_SHIFT, BLOCK_SIZE, Region, region};
use segments::Segments;
use std::ptr::NonNull;
use stress::Stress;
use sweep::Clearing;

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

/// What the cells of a block need when they die: each space has blocks of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Space {
    /// Nothing: a block without live cells is free at once.
    Plain,
    /// Interned strings leave the string table.
    Strings,
    /// What they own outside the heap is dropped.
    Owners,
}
const SPACES: usize = 3;

/// Allocation state of one size class in one space.
#[derive(Default)]
struct Class {
    /// Next free byte of the run in use.
    cursor: usize,
    /// End of the run in use.
    limit: usize,
    /// Whether cells of the run in use have stale contents, the header included.
    raw: bool,
    /// From here on the headers of the run in use are zero all the same.
    fresh: usize,
    /// Free runs still to use in the block in use: `(start, end)`, last first.
    runs: Vec<(usize, usize)>,
    /// Blocks of this class, in no order.
    blocks: Vec<Block>,
    /// Those that were allocated in since the last collection.
    touched: Vec<Block>,
    /// Those that the last young collection left to be swept.
    recent: Vec<Block>,
    /// Swept blocks that may have free cells, whose headers say so.
    swept: Vec<Block>,
    /// Those not swept since the last full collection.
    stale: Vec<Block>,
}

/// In the allocation state: where the word is that says where the next cell of `size` bytes is, where the word is that says where
/// such cells end, and the bytes of one.
#[must_use]
pub const fn free_run(size: usize) -> (usize, usize, usize) {
    let index = CLASS_OF[size.div_ceil(GRANULE)] as usize;
    let class = (Space::Plain as usize * CLASSES + index) * size_of::<Class>();
    (class + std::mem::offset_of!(Class, cursor), class + std::mem::offset_of!(Class, limit), CLASS_SIZES[index])
}

/// Figures about a heap.
#[derive(Debug, Clone, Default)]
pub struct HeapStats {
    /// Collections so far, young ones included.
    pub collections: u64,
    /// Young collections so far.
    pub young: u64,
    /// Bytes allocated since the heap was made.
    pub allocated: u64,
    /// The most bytes that were in use at once, garbage included.
    pub peak: usize,
    /// Bytes that a helper marked while the program ran.
    pub helped: u64,
    /// How long the program was stopped, each time.
    pub pauses: Pauses,
}

/// The memory of one state.
pub struct Heap {
    region: &'static Region,
    classes: Box<[Class; CLASSES * SPACES]>,
    /// Large objects allocated since the last collection.
    young_large: Vec<Block>,
    /// Large objects that survived one.
    old_large: Vec<Block>,
    /// Those not looked at since the last full one.
    stale_large: Vec<Block>,
    /// Spans of dead large objects, to be given back: address and blocks.
    dying: Vec<(usize, usize)>,
    /// Weak tables that are being cleared.
    dying_tables: Vec<dying::Dying>,
    /// Blocks without live cells, kept to be used again: giving memory back and faulting it in again costs more.
    spare: Vec<usize>,
    /// Bytes in cells handed out or reserved for handing out, garbage included.
    used: usize,
    /// Threads that ran since the last collection, or slice of the end of a marking.
    pub(crate) debt: usize,
    /// Whether a marking has come to what changed meanwhile.
    ending: bool,
    /// Bytes in use at which the collector is asked next.
    pub(crate) threshold: usize,
    /// Bytes beyond which allocations fail.
    pub(crate) limit: usize,
    /// The interned strings.
    pub(crate) strings: StringTable,
    /// Blocks of interned strings that are not swept: a string found there may be dead.
    unswept_strings: usize,
    /// Moves with each full collection; see [`Block::is_unswept`].
    epoch: u32,
    /// Whether blocks of the last full collection may be swept yet.
    may_sweep: bool,
    clearing: Clearing,
    /// What the barrier has to notice.
    pub(crate) watch: Watch,
    /// Marked objects that were changed: to be traced again.
    remembered: Segments<NonNull<Header>>,
    /// Objects that the barrier marked: to be traced.
    grey: Segments<NonNull<Header>>,
    /// Bytes of all marked cells.
    marked: usize,
    /// Whether a helper may be marking, too.
    shared: bool,
    /// Shapes made since the last collection: they die in full collections only.
    pub(crate) young_shapes: Vec<ShapeRef>,
    /// Where keys are in shapes.
    pub(crate) lookups: Lookups,
    /// Metatables that stand for others.
    pub(crate) stand_ins: StandIns,
    /// Prototypes with a profile or compiled code.
    watched: Vec<ProtoRef>,
    /// In stress mode, what that needs.
    stress: Option<Box<Stress>>,
    pub(crate) stats: HeapStats,
    /// Bytes outside the heap that its objects keep alive.
    pub(crate) external: usize,
}

/// Blocks that are kept however small the heap is: more than what is allocated between young collections.
const LEAST_SPARE: usize = 96;
/// Bytes to allocate before the first collection.
const FIRST_THRESHOLD: usize = 1 << 20;
/// Blocks that an allocation sweeps before it takes another one: many may have no free cells.
const SWEEPS_AT_ONCE: usize = 4;
/// Bytes of a run of free cells while the end of a full cycle is not far.
const HURRIED_RUN: usize = 1 << 13;
/// Threads that may run between young collections.
const MOST_THREADS: usize = 64;
/// Threads that may run between the slices at the end of a marking, each of which looks at more.
const MOST_THREADS_AT_END: usize = 16;
/// Bytes below which waiting for a safepoint never hurts.
const OVERDUE: usize = 1 << 26;

/// An array of defaults that is made where it stays: one that is made on the stack and moved costs a page fault for each of
/// its pages twice, which is felt when a program starts.
pub(crate) fn boxed_array<T: Default, const N: usize>() -> Box<[T; N]> {
    let elements: Box<[T]> = (0..N).map(|_| T::default()).collect();
    elements.try_into().unwrap_or_else(|_| unreachable!("as many elements as were collected"))
}

impl Heap {
    /// An empty heap; `None` when the system has no address space left. `seed` randomises hashes of strings.
    pub fn new(seed: u32) -> Option<Heap> {
        Some(Heap {
            region: region()?,
            classes: boxed_array(),
            young_large: Vec::new(),
            old_large: Vec::new(),
            stale_large: Vec::new(),
            dying: Vec::new(),
            dying_tables: Vec::new(),
            spare: Vec::new(),
            used: 0,
            debt: 0,
            ending: false,
            threshold: FIRST_THRESHOLD,
            limit: usize::MAX,
            strings: StringTable::new(seed),
            unswept_strings: 0,
            epoch: 1,
            may_sweep: true,
            clearing: Clearing::default(),
            watch: Watch::Young,
            remembered: Segments::default(),
            grey: Segments::default(),
            marked: 0,
            shared: false,
            young_shapes: Vec::new(),
            lookups: Lookups::default(),
            stand_ins: StandIns::default(),
            watched: Vec::new(),
            stress: None,
            stats: HeapStats::default(),
            external: 0,
        })
    }

    /// Figures up to now.
    #[must_use]
    pub fn stats(&self) -> HeapStats {
        let allocated = self.stats.allocated - self.unused() as u64;
        HeapStats { peak: self.stats.peak.max(self.used()), allocated, ..self.stats.clone() }
    }

    /// To be called before a collection.
    pub(crate) fn note_peak(&mut self) {
        self.stats.peak = self.stats.peak.max(self.used());
    }

    fn identity(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// A cell of at least `size` bytes from the run in use. Its contents are undefined: the caller writes a header before
    /// anything else is allocated.
    #[inline(always)]
    pub fn allocate_fast(&mut self, size: usize) -> Option<NonNull<Header>> {
        self.allocate_fast_in(Space::Plain, size)
    }

    /// The same in any space.
    #[inline(always)]
    pub(crate) fn allocate_fast_in(&mut self, space: Space, size: usize) -> Option<NonNull<Header>> {
        debug_assert!(size <= MAX_SMALL);
        let index = CLASS_OF[size.div_ceil(GRANULE)] as usize;
        let class = &mut self.classes[space as usize * CLASSES + index];
        let cell = class.cursor;
        let next = cell + CLASS_SIZES[index];
        if next > class.limit {
            return None;
        }
        class.cursor = next;
        NonNull::new(cell as *mut Header)
    }

    /// Where the allocation state of the size classes is, which stays there as long as the heap.
    pub(crate) fn classes_address(&self) -> usize {
        self.classes.as_ptr() as usize
    }

    /// Whether the collector should be asked at the next safepoint.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.reserved() >= self.threshold || self.is_in_debt()
    }

    /// Whether a young collection, or the end of a marking, would have to look at so many threads that it cannot wait.
    pub(crate) fn is_in_debt(&self) -> bool {
        self.debt >= if self.watch == Watch::Young { MOST_THREADS } else { MOST_THREADS_AT_END }
    }

    /// A thread ran that has to be looked at; whether the collector is to be asked to.
    pub(crate) fn owe(&mut self) -> bool {
        if self.watch == Watch::Young || self.ending {
            self.debt += 1;
        }
        self.is_in_debt()
    }

    /// Whether the next safepoint is too far: a collection should run at once, though what native code holds has to be guessed.
    #[inline]
    pub fn is_overdue(&self) -> bool {
        self.used + self.external >= self.threshold.saturating_mul(2).max(OVERDUE)
    }

    /// A cell of at least `size` bytes, from anywhere; `None` when memory has run out. Objects of spaces other than the plain
    /// one are small.
    #[inline(never)]
    pub(crate) fn allocate_slow(&mut self, space: Space, size: usize) -> Option<NonNull<Header>> {
        if size > MAX_SMALL {
            return self.allocate_large(size);
        }
        if self.is_stressed() {
            return self.allocate_stressed(space, size);
        }
        let index = space as usize * CLASSES + CLASS_OF[size.div_ceil(GRANULE)] as usize;
        loop {
            if let Some(cell) = self.allocate_fast_in(space, size) {
                return Some(cell);
            }
            self.next_run(index)?;
        }
    }

    /// Makes another free run of the class the one in use.
    fn next_run(&mut self, index: usize) -> Option<()> {
        let mut tries = SWEEPS_AT_ONCE;
        loop {
            let class = &mut self.classes[index];
            if let Some((start, end)) = class.runs.pop() {
                (class.cursor, class.limit) = (start, end);
                class.fresh = take_fresh(start, end);
                self.used += end - start;
                self.stats.allocated += (end - start) as u64;
                return Some(());
            }
            class.raw = false;
            if tries > 0
                && let Some(block) = class.recent.pop()
            {
                tries -= 1;
                self.sweep_for_use(index, block);
            } else if let Some(block) = class.swept.pop() {
                class.touched.push(block);
                harvest(block, &mut class.runs);
            } else if tries > 0
                && self.may_sweep
                && let Some(block) = class.stale.pop()
            {
                tries -= 1;
                self.sweep_for_use(index, block);
            } else {
                let block = self.add_block(index)?;
                self.use_block(index, block);
            }
        }
    }

    /// Makes the cells of a new block the free runs of its class.
    fn use_block(&mut self, index: usize, block: Block) {
        let (start, end) = (block.cell(0).as_ptr() as usize, block.end());
        let size = CLASS_SIZES[index % CLASSES];
        let class = &mut self.classes[index];
        class.touched.push(block);
        if self.may_sweep {
            class.runs.push((start, end));
            return;
        }
        // The collector is in a hurry: it asks to work when a run is used up.
        if std::mem::take(&mut class.raw) {
            free_headers(start, end, size);
        }
        let piece = (HURRIED_RUN / size).max(1) * size;
        let pieces = (start..end).step_by(piece).map(|from| (from, (from + piece).min(end)));
        class.runs.extend(pieces);
    }

    /// Gives a class another block, all of whose cells are free; in stress mode their headers are zero.
    fn add_block(&mut self, index: usize) -> Option<Block> {
        let (address, raw) = match self.spare.pop() {
            Some(address) => (address, true),
            None => (self.region.allocate(1)?, false),
        };
        let (owner, size) = (self.identity(), CLASS_SIZES[index % CLASSES]);
        // SAFETY: nothing points into the span.
        let mut block = unsafe { Block::init(address, owner, size, 1, Some(index as u16), self.epoch) };
        let class = &mut self.classes[index];
        class.raw = raw;
        if !raw && self.stress.is_none() {
            block.header_mut().fresh = block.cell(0).as_ptr() as usize;
        }
        block.header_mut().position = class.blocks.len() as u32;
        class.blocks.push(block);
        if raw && self.stress.is_some() {
            free_headers(block.cell(0).as_ptr() as usize, block.end(), size);
        }
        Some(block)
    }

    fn allocate_large(&mut self, size: usize) -> Option<NonNull<Header>> {
        let bytes = size.checked_add(FIRST_CELL + BLOCK_SIZE - 1)?;
        let blocks = bytes >> BLOCK_SHIFT;
        let address = self.region.allocate(blocks)?;
        // SAFETY: the span is fresh and zero.
        let block = unsafe { Block::init(address, self.identity(), size, blocks, None, self.epoch) };
        self.young_large.push(block);
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
        if block.header().owner != self.identity() {
            return None;
        }
        let cell = block.cell_at(address)?;
        if let Some(class) = self.classes.get(block.header().class as usize)
            && (class.cursor..class.limit).contains(&(cell.as_ptr() as usize))
        {
            return None;
        }
        // What is dead may refer to what has been freed already.
        (!block.is_unswept(self.epoch) || block.is_marked(cell)).then_some(cell)
    }

    /// Bytes in use, free cells of the runs in use included, as [`Heap::is_due`] counts.
    pub(crate) fn reserved(&self) -> usize {
        self.used + self.external
    }

    /// Bytes in use, counting what objects own outside the heap.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used + self.external - self.unused()
    }

    /// Bytes of the runs in use that have not been handed out.
    fn unused(&self) -> usize {
        self.classes.iter().map(|class| class.limit - class.cursor).sum()
    }

    /// To be called for each string found in the table: it may be dead already, and is alive again now.
    #[inline(always)]
    pub(crate) fn revive(&mut self, string: Str) {
        if self.unswept_strings != 0 {
            self.revive_unswept(string);
        }
    }

    #[inline(never)]
    fn revive_unswept(&mut self, string: Str) {
        let block = Block::of(string.cell());
        if block.is_unswept(self.epoch) && block.mark(string.cell(), self.shared) {
            self.marked += block.header().cell_size;
            self.used += block.header().cell_size;
        }
    }

    /// Gives up all free runs, so that every block can be marked and swept.
    fn retire_runs(&mut self) {
        for (index, class) in self.classes.iter_mut().enumerate() {
            class.runs.clear();
            self.used -= class.limit - class.cursor;
            self.stats.allocated -= (class.limit - class.cursor) as u64;
            if class.raw {
                free_headers(class.cursor, class.limit.min(class.fresh), CLASS_SIZES[index % CLASSES]);
            }
            if class.cursor < class.limit {
                give_back_fresh(class.cursor, class.limit);
            }
            (class.cursor, class.limit) = (0, 0);
        }
    }

    fn each_block(&self) -> impl Iterator<Item = Block> + '_ {
        let large = self.young_large.iter().chain(&self.old_large).chain(&self.stale_large);
        self.classes.iter().flat_map(|class| class.blocks.iter().copied()).chain(large.copied())
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for block in self.each_block() {
            self.region.release(block.address(), block.header().blocks as usize);
        }
        self.drop_stress();
        self.spare.iter().for_each(|&address| self.region.release(address, 1));
        self.dying.iter().for_each(|&(address, blocks)| self.region.release(address, blocks));
    }
}

/// A free run comes into use: the address from which its block was fresh until now. What follows the block's last cell counts.
fn take_fresh(start: usize, end: usize) -> usize {
    let mut block = Block::of(NonNull::<Header>::without_provenance(start.try_into().expect("a cell")));
    if end == block.end() { std::mem::replace(&mut block.header_mut().fresh, end) } else { end }
}

/// A free run whose headers are zero is in use no longer.
fn give_back_fresh(start: usize, end: usize) {
    let mut block = Block::of(NonNull::<Header>::without_provenance(start.try_into().expect("a cell")));
    if end == block.end() {
        block.header_mut().fresh = start;
    }
}

/// Makes the headers of cells those of free ones.
fn free_headers(start: usize, end: usize, size: usize) {
    for cell in (start..end).step_by(size) {
        // SAFETY: the caller names free cells.
        unsafe { (cell as *mut u64).write(0) };
    }
}

/// Appends the free runs of a block whose free cells have the headers of such.
fn harvest(block: Block, runs: &mut Vec<(usize, usize)>) {
    let mut run_start = None;
    for index in 0..block.cells() {
        let cell = block.cell(index);
        if cell.as_ptr() as usize >= block.header().fresh {
            run_start.get_or_insert(cell.as_ptr() as usize);
            break;
        }
        // SAFETY: every cell of a swept block has a readable header.
        if unsafe { cell.as_ref() }.kind() == crate::object::Kind::Free {
            run_start.get_or_insert(cell.as_ptr() as usize);
        } else if let Some(start) = run_start.take() {
            runs.push((start, cell.as_ptr() as usize));
        }
    }
    if let Some(start) = run_start {
        runs.push((start, block.end()));
    }
}
