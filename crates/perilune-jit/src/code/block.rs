//! Installed code: its handle, what is remembered of it, and figures about all of it.

use super::tools::Known;

/// Code that was installed. A plain name for it: copying it copies nothing, dropping it frees nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CodeBlock {
    pub(super) address: u64,
    pub(super) length: u32,
    /// Tells it from others that had its place before.
    pub(super) serial: u32,
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
    pub(super) handle: CodeBlock,
    pub(super) reserved: u32,
    pub(super) name: Box<str>,
    pub(super) tag: u64,
    pub(super) stamp: u64,
    pub(super) _known: Known,
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
