//! `CodeMemory`: installs code, frees it, and finds the block that an address lies in.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::alloc::{Allocation, GRANULE, RangeAllocator};
use super::block::{Block, CodeBlock, Statistics};
use super::error::CodeError;
use super::fork::{self, Shared};
use super::mapping::{Backing, DualMapping};
use super::maps;
use super::options::{About, Options};
use super::relocation::{Relocation, RelocationKind};
use super::tools::{Known, Perf, Tools};
use super::unwind::{self, Frame, Unwind};

/// More than that could not call itself directly.
const MAXIMUM: usize = 1 << 30;

/// Memory comes into use in pieces of this size, filled with [`TRAP`] at once.
const CHUNK: usize = 64 << 10;

/// `int3`: what stands wherever no code does, so that a wild jump ends at once.
const TRAP: u8 = 0xcc;

/// `jmp [rip+0]`, followed by the eight bytes of the address.
const VENEER_JUMP: [u8; 6] = [0xff, 0x25, 0, 0, 0, 0];
const VENEER_LENGTH: usize = VENEER_JUMP.len() + 8;

/// Memory for machine code that is never writable and executable through the same address.
///
/// One writer at a time (`&mut`), which holds the lock of `fork.rs`; other threads may execute what was installed before. Nothing here knows whether code is
/// running: [`CodeMemory::free`] and dropping the memory are for code that nobody is in and nobody will enter.
#[derive(Debug)]
pub struct CodeMemory {
    /// By first address.
    blocks: BTreeMap<u64, Block>,
    /// Target → address of the jump to it. They stay as long as the memory.
    veneers: HashMap<u64, (u64, Known)>,
    /// Like what blocks and veneers carry, dropped before the memory is.
    _unwind: Option<unwind::Registration>,
    tools: Tools,
    /// Also dropped before the pages are.
    shared: Shared,
    mapping: DualMapping,
    ranges: RangeAllocator,
    next_serial: u32,
    installed: u64,
    high_water: usize,
    /// End of the offsets where code ever stood.
    touched: usize,
    barrier: CoreBarrier,
}

impl CodeMemory {
    /// Reserves the address space.
    ///
    /// # Errors
    /// [`CodeError::Unavailable`] when the system gives no executable memory, [`CodeError::Tool`] when a tool that the
    /// options name has no file.
    pub fn new(options: &Options) -> Result<CodeMemory, CodeError> {
        let limit = options.limit.clamp(CHUNK, MAXIMUM).next_multiple_of(CHUNK);
        // perf looks into its map only for memory that it takes to be anonymous.
        let backing = if options.perf == Perf::Map { Backing::Anonymous } else { Backing::Sealed };
        let mapping = DualMapping::new(limit, options.near, backing)?;
        let shared = Shared::new(&mapping);
        let range = mapping.executable()..mapping.executable() + limit as u64;
        let unwind = if options.unwind == Unwind::Region { unwind::Registration::of_region(range) } else { None };
        Ok(CodeMemory {
            blocks: BTreeMap::new(),
            _unwind: unwind,
            tools: Tools::new(options)?,
            mapping,
            ranges: RangeAllocator::new(limit, CHUNK),
            veneers: HashMap::new(),
            next_serial: 0,
            installed: 0,
            high_water: 0,
            touched: 0,
            barrier: CoreBarrier::new(),
            shared,
        })
    }

    /// Copies code into the memory and fills in its addresses. A call whose target is out of reach goes through a veneer.
    ///
    /// # Errors
    /// [`CodeError::Full`], relocations that cannot be, and [`CodeError::Forked`]. Nothing is installed then.
    pub fn install(&mut self, code: &[u8], relocations: &[Relocation], about: &About<'_>) -> Result<CodeBlock, CodeError> {
        let _lock = self.lock()?;
        let veneers = self.veneers_for(relocations)?;
        self.place(code.len(), about, |place, base| {
            place.copy_from_slice(code);
            for relocation in relocations {
                let target = match relocation.kind {
                    RelocationKind::X86CallPcRel4 => *veneers.get(&relocation.target).unwrap_or(&relocation.target),
                    _ => relocation.target,
                };
                Relocation { target, ..*relocation }.apply(place, base)?;
            }
            Ok(())
        })
    }

    /// Finds room for `length` bytes of code and lets `write` fill them in; it gets the bytes and the address at which they
    /// will be executed. It must not install code itself, nor `fork`.
    ///
    /// # Errors
    /// [`CodeError::Full`], [`CodeError::Forked`], and what `write` returns. Nothing is installed then.
    pub fn install_with<F>(&mut self, length: usize, about: &About<'_>, write: F) -> Result<CodeBlock, CodeError>
    where
        F: FnOnce(&mut [u8], u64) -> Result<(), CodeError>,
    {
        let _lock = self.lock()?;
        self.place(length, about, write)
    }

    /// As [`CodeMemory::install_with`], with the lock held.
    fn place<F>(&mut self, length: usize, about: &About<'_>, write: F) -> Result<CodeBlock, CodeError>
    where
        F: FnOnce(&mut [u8], u64) -> Result<(), CodeError>,
    {
        let range = self.allocate(length, about.align)?;
        let address = self.mapping.executable() + range.offset as u64;
        if let Err(error) = write(self.mapping.write(range.offset, length), address) {
            self.release(range.offset, range.length);
            return Err(error);
        }
        self.synchronize(range);
        let handle = CodeBlock { address, length: length as u32, serial: self.next_serial };
        self.next_serial = self.next_serial.wrapping_add(1);
        self.installed += 1;
        let reserved = range.length as u32;
        let known = self.tools.installed(about, address, self.mapping.read(range.offset, length));
        let block = Block { handle, reserved, name: about.name.into(), tag: about.tag, stamp: 0, _known: known };
        self.blocks.insert(address, block);
        self.check();
        Ok(handle)
    }

    /// Frees a block. Its bytes become traps at once, and room for other code. `false` if it is not installed (any more).
    ///
    /// No thread may be in the code, have it as a return address, or enter it afterwards.
    pub fn free(&mut self, block: CodeBlock) -> bool {
        let Ok(_lock) = self.lock() else { return false };
        if self.blocks.get(&block.address).is_none_or(|found| found.handle != block) {
            return false;
        }
        let Some(block) = self.blocks.remove(&block.address) else { return false };
        let (offset, length) = ((block.address() - self.mapping.executable()) as usize, block.reserved());
        // Tools forget the block before its place can be another's.
        drop(block);
        self.release(offset, length);
        true
    }

    /// The block that has the instruction at `address`. A return address belongs to the instruction before it: look up one less.
    pub fn lookup(&self, address: u64) -> Option<&Block> {
        let (&start, block) = self.blocks.range(..=address).next_back()?;
        (address - start < block.length() as u64).then_some(block)
    }

    /// All blocks, by address.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.values()
    }

    /// Remembers when a block was last used, in the caller's measure of time. `false` if it is not installed.
    pub fn touch(&mut self, block: CodeBlock, stamp: u64) -> bool {
        match self.blocks.get_mut(&block.address) {
            Some(found) if found.handle == block => {
                found.stamp = stamp;
                true
            }
            _ => false,
        }
    }

    /// The code of a block as it stands there.
    pub fn bytes(&self, block: CodeBlock) -> Option<&[u8]> {
        let found = self.blocks.get(&block.address).filter(|found| found.handle == block)?;
        Some(self.mapping.read((block.address - self.mapping.executable()) as usize, found.length()))
    }

    /// Whether code anywhere in this memory can call `target` directly.
    pub fn reaches(&self, target: u64) -> bool {
        self.mapping.reaches(target)
    }

    /// The addresses at which all code is executed.
    pub fn range(&self) -> std::ops::Range<u64> {
        self.mapping.executable()..self.mapping.executable() + self.mapping.length() as u64
    }

    /// Why a tool's file was given up, if one was. Installing code goes on without it.
    pub fn tool_failure(&self) -> Option<&io::Error> {
        self.tools.failure()
    }

    /// Figures.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            used: self.ranges.used(),
            high_water: self.high_water,
            committed: self.ranges.grown(),
            limit: self.ranges.limit(),
            blocks: self.blocks.len(),
            installed: self.installed,
            veneers: self.veneers.len(),
        }
    }

    /// The right to change code. Asked first whose memory it is: without the handlers of `fork` the lock may be anybody's.
    fn lock(&self) -> Result<fork::Lock, CodeError> {
        if self.shared.is_ours() { Ok(fork::lock()) } else { Err(CodeError::Forked) }
    }

    fn allocate(&mut self, length: usize, align: usize) -> Result<Allocation, CodeError> {
        let full =
            |ranges: &RangeAllocator| CodeError::Full { wanted: length, longest: ranges.longest(), limit: ranges.limit() };
        if length > i32::MAX as usize {
            return Err(full(&self.ranges));
        }
        let align = align.clamp(GRANULE, 4096).next_power_of_two();
        let range = self.ranges.allocate(length, align).ok_or_else(|| full(&self.ranges))?;
        let (grown, more) = range.grown;
        if more > 0 {
            self.mapping.write(grown, more).fill(TRAP);
            self.shared.committed(grown + more);
        }
        self.high_water = self.high_water.max(self.ranges.used());
        Ok(range)
    }

    fn release(&mut self, offset: usize, length: usize) {
        self.mapping.write(offset, length).fill(TRAP);
        self.ranges.free(offset, length);
    }

    /// Where other code stood before, other cores may still have it in their pipelines.
    fn synchronize(&mut self, range: Allocation) {
        if range.offset < self.touched {
            self.barrier.run();
        }
        self.touched = self.touched.max(range.offset + range.length);
    }

    /// The jumps that these calls need because their targets are far away.
    fn veneers_for(&mut self, relocations: &[Relocation]) -> Result<HashMap<u64, u64>, CodeError> {
        let mut needed = HashMap::new();
        for relocation in relocations {
            if relocation.kind == RelocationKind::X86CallPcRel4 && !self.mapping.reaches(relocation.target) {
                needed.insert(relocation.target, self.veneer(relocation.target)?);
            }
        }
        Ok(needed)
    }

    fn veneer(&mut self, target: u64) -> Result<u64, CodeError> {
        if let Some((address, _)) = self.veneers.get(&target) {
            return Ok(*address);
        }
        let range = self.allocate(VENEER_LENGTH, GRANULE)?;
        let bytes = self.mapping.write(range.offset, VENEER_LENGTH);
        bytes[..VENEER_JUMP.len()].copy_from_slice(&VENEER_JUMP);
        bytes[VENEER_JUMP.len()..].copy_from_slice(&target.to_le_bytes());
        self.synchronize(range);
        let address = self.mapping.executable() + range.offset as u64;
        let about = About { name: "veneer", frame: Frame::None, ..About::default() };
        let known = self.tools.installed(&about, address, self.mapping.read(range.offset, VENEER_LENGTH));
        self.veneers.insert(target, (address, known));
        Ok(address)
    }

    /// In debug builds, after each change: the two views are what they should be.
    fn check(&self) {
        if cfg!(debug_assertions) {
            let length = self.mapping.length() as u64;
            let views = [self.mapping.writable(), self.mapping.executable()].map(|start| start..start + length);
            if let Err(error) = maps::assert_not_both(&views) {
                panic!("{error}");
            }
        }
    }
}

/// Makes all cores that run this process fetch their instructions anew (`membarrier`). Writing through one address what is
/// executed through another needs that where other code was executed before: Intel's manual, volume 3, 9.1.3.
#[derive(Debug)]
struct CoreBarrier {
    available: bool,
}

impl CoreBarrier {
    fn new() -> CoreBarrier {
        CoreBarrier { available: Self::membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) }
    }

    fn run(&self) {
        if self.available {
            Self::membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
        }
        // Without the system call (before Linux 4.16, or forbidden by a filter) a fence has to do. x86 processors watch the
        // pages that they execute, whatever address they are written through.
        std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    }

    fn membarrier(command: i32) -> bool {
        // SAFETY: the call takes numbers only and changes no memory.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }
}
