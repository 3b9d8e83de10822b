//! `CodeMemory`: installs code, frees it, and finds the block that an address lies in.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;

use super::alloc::{Allocation, GRANULE, RangeAllocator};
use super::error::CodeError;
use super::mapping::DualMapping;
use super::maps;
use super::relocation::{Relocation, RelocationKind};
use super::tools::{Known, Perf, Source, Tools};
use super::unwind::{self, Frame, Unwind};

/// The limit when nobody says otherwise: 64 MiB, of which only pages that were used cost memory.
pub const DEFAULT_LIMIT: usize = 64 << 20;

/// More than that could not call itself directly.
const MAXIMUM: usize = 1 << 30;

/// Memory comes into use in pieces of this size, filled with [`TRAP`] at once.
const CHUNK: usize = 64 << 10;

/// `int3`: what stands wherever no code does, so that a wild jump ends at once.
const TRAP: u8 = 0xcc;

/// `jmp [rip+0]`, followed by the eight bytes of the address.
const VENEER_JUMP: [u8; 6] = [0xff, 0x25, 0, 0, 0, 0];
const VENEER_LENGTH: usize = VENEER_JUMP.len() + 8;

/// What a code memory is like.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of address space, rounded up to 64 KiB, at most 1 GiB; all code has to fit.
    pub limit: usize,
    /// An address that calls should reach directly, such as that of a runtime helper in this program's text.
    pub near: Option<u64>,
    /// What `perf` gets.
    pub perf: Perf,
    /// Where its files are made, instead of `/tmp` for the map and the working directory for the dump.
    pub perf_folder: Option<PathBuf>,
    /// Whether debuggers get an object file for each block.
    pub gdb: bool,
    /// What this process's own unwinder is told.
    pub unwind: Unwind,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            limit: DEFAULT_LIMIT,
            near: Some(Options::default as *const () as u64),
            perf: Perf::Off,
            perf_folder: None,
            gdb: false,
            unwind: Unwind::Region,
        }
    }
}

impl Options {
    /// The defaults, with the tools that the environment asks for: `PERILUNE_PERF` is `map` or `jitdump`, `PERILUNE_PERF_DIR`
    /// the folder of its files, `PERILUNE_GDB` is `1`. Empty values count as absent.
    ///
    /// # Errors
    /// Names the variable whose value is not known.
    pub fn from_environment() -> Result<Options, String> {
        Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// The same from any source of variables.
    ///
    /// # Errors
    /// As above.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Options, String> {
        let given = |name: &str| variable(name).unwrap_or_default();
        let unknown = |name: &str, value: &str, known: &str| Err(format!("{name}={value}: not one of {known}"));
        let perf = match &*given("PERILUNE_PERF") {
            "" | "off" => Perf::Off,
            "map" => Perf::Map,
            "jitdump" => Perf::JitDump,
            other => return unknown("PERILUNE_PERF", other, "map, jitdump, off"),
        };
        let gdb = match &*given("PERILUNE_GDB") {
            "" | "0" => false,
            "1" => true,
            other => return unknown("PERILUNE_GDB", other, "1, 0"),
        };
        let folder = given("PERILUNE_PERF_DIR");
        let perf_folder = (!folder.is_empty()).then(|| PathBuf::from(folder));
        Ok(Options { perf, perf_folder, gdb, ..Options::default() })
    }
}

/// What the code memory is told about code.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The name that profilers and debuggers show.
    pub name: &'a str,
    /// Anything; comes back from [`CodeMemory::lookup`].
    pub tag: u64,
    /// The first instruction's alignment, a power of two; less than 16 counts as 16.
    pub align: usize,
    /// How its frames are found.
    pub frame: Frame<'a>,
    /// The source code behind it.
    pub source: Option<Source<'a>>,
}

impl Default for About<'_> {
    fn default() -> Self {
        About { name: "code", tag: 0, align: GRANULE, frame: Frame::Pointer, source: None }
    }
}

/// Code that was installed. A plain name for it: copying it copies nothing, dropping it frees nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CodeBlock {
    address: u64,
    length: u32,
    serial: u32,
}

impl CodeBlock {
    /// Where execution begins.
    pub fn address(self) -> u64 {
        self.address
    }

    /// The same as a pointer, to be made a function of.
    pub fn pointer(self) -> *const u8 {
        self.address as usize as *const u8
    }

    /// Bytes of code.
    pub fn length(self) -> usize {
        self.length as usize
    }
}

/// What is remembered of installed code.
#[derive(Debug)]
pub struct Block {
    handle: CodeBlock,
    reserved: u32,
    name: Box<str>,
    tag: u64,
    stamp: u64,
    _known: Known,
}

impl Block {
    /// The handle that frees it.
    pub fn handle(&self) -> CodeBlock {
        self.handle
    }

    /// Where it begins.
    pub fn address(&self) -> u64 {
        self.handle.address
    }

    /// Bytes of code.
    pub fn length(&self) -> usize {
        self.handle.length as usize
    }

    /// Bytes it occupies.
    pub fn reserved(&self) -> usize {
        self.reserved as usize
    }

    /// [`About::name`].
    pub fn name(&self) -> &str {
        &self.name
    }

    /// [`About::tag`].
    pub fn tag(&self) -> u64 {
        self.tag
    }

    /// The last stamp of [`CodeMemory::touch`]; zero at first.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }
}

/// Figures about a code memory.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Statistics {
    /// Bytes that blocks and veneers occupy.
    pub used: usize,
    /// Most bytes that were occupied at a time.
    pub high_water: usize,
    /// Bytes of pages that were ever used.
    pub committed: usize,
    /// Bytes at most.
    pub limit: usize,
    /// Blocks now.
    pub blocks: usize,
    /// Blocks that were ever installed.
    pub installed: u64,
    /// Calls that reach their targets through a jump of their own, because these are far away.
    pub veneers: usize,
}

/// Memory for machine code that is never writable and executable through the same address.
///
/// One writer at a time (`&mut`); other threads may execute what was installed before. Nothing here knows whether code is
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
    mapping: DualMapping,
    ranges: RangeAllocator,
    next_serial: u32,
    installed: u64,
    high_water: usize,
    /// End of the offsets where code ever stood.
    touched: usize,
    barrier: CoreBarrier,
    owner: u32,
}

impl CodeMemory {
    /// Reserves the address space.
    ///
    /// # Errors
    /// [`CodeError::Unavailable`] when the system gives no executable memory, [`CodeError::Tool`] when a tool that the
    /// options name has no file.
    pub fn new(options: &Options) -> Result<CodeMemory, CodeError> {
        let limit = options.limit.clamp(CHUNK, MAXIMUM).next_multiple_of(CHUNK);
        let mapping = DualMapping::new(limit, options.near)?;
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
            owner: std::process::id(),
        })
    }

    /// Copies code into the memory and fills in its addresses. A call whose target is out of reach goes through a veneer.
    ///
    /// # Errors
    /// [`CodeError::Full`], relocations that cannot be, and [`CodeError::Forked`]. Nothing is installed then.
    pub fn install(&mut self, code: &[u8], relocations: &[Relocation], about: &About<'_>) -> Result<CodeBlock, CodeError> {
        let veneers = self.veneers_for(relocations)?;
        self.install_with(code.len(), about, |place, base| {
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
    /// will be executed.
    ///
    /// # Errors
    /// [`CodeError::Full`], [`CodeError::Forked`], and what `write` returns. Nothing is installed then.
    pub fn install_with<F>(&mut self, length: usize, about: &About<'_>, write: F) -> Result<CodeBlock, CodeError>
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
        if self.blocks.get(&block.address).is_none_or(|found| found.handle != block) || self.is_forked() {
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

    fn allocate(&mut self, length: usize, align: usize) -> Result<Allocation, CodeError> {
        if self.is_forked() {
            return Err(CodeError::Forked);
        }
        let full =
            |ranges: &RangeAllocator| CodeError::Full { wanted: length, longest: ranges.longest(), limit: ranges.limit() };
        if length > i32::MAX as usize {
            return Err(full(&self.ranges));
        }
        let align = align.clamp(GRANULE, 4096).next_power_of_two();
        let range = self.ranges.allocate(length, align).ok_or_else(|| full(&self.ranges))?;
        let (grown, more) = range.grown;
        self.mapping.write(grown, more).fill(TRAP);
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

    /// The pages are shared with a forked child, in which nothing may be changed.
    fn is_forked(&self) -> bool {
        std::process::id() != self.owner
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
