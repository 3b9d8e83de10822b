//! The address range that all heaps of the process share, handed out in blocks of 64 KiB.
//!
//! It is reserved once without memory behind it and made accessible piece by piece. Being one range, it answers "may this word
//! be a heap pointer" with one comparison; a side table finds the block that starts the span an address belongs to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Bytes of a block, and its alignment.
pub const BLOCK_SIZE: usize = 1 << BLOCK_SHIFT;
/// Log2 of [`BLOCK_SIZE`].
pub const BLOCK_SHIFT: u32 = 16;

/// First try for the range's size; halved while the system refuses.
const RESERVE: usize = 1 << 40;
const LEAST_RESERVE: usize = 1 << 28;
/// Blocks made accessible at a time.
const COMMIT_BLOCKS: usize = 64;

/// The shared range.
pub struct Region {
    base: usize,
    blocks: usize,
    /// For each block, one plus the number of the block that starts its span; zero for free blocks.
    span_start: *const AtomicU32,
    state: Mutex<State>,
}

// SAFETY: `span_start` points to atomics that live as long as the process; the rest is behind the mutex.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

struct State {
    /// Free spans below `committed`: first block → length. Neighbours are joined.
    free: BTreeMap<u32, u32>,
    /// Blocks from 0 that are accessible.
    committed: usize,
}

static REGION: OnceLock<Option<Region>> = OnceLock::new();

/// The process's region, reserved at the first call; `None` when the system gives no address space.
pub fn region() -> Option<&'static Region> {
    REGION.get_or_init(Region::reserve).as_ref()
}

impl Region {
    fn reserve() -> Option<Region> {
        let mut size = RESERVE;
        while size >= LEAST_RESERVE {
            if let Some(region) = Self::reserve_bytes(size) {
                return Some(region);
            }
            size /= 2;
        }
        None
    }

    fn reserve_bytes(size: usize) -> Option<Region> {
        let blocks = size >> BLOCK_SHIFT;
        let raw = map(size + BLOCK_SIZE, libc::PROT_NONE)?;
        let Some(table) = map(blocks * size_of::<AtomicU32>(), libc::PROT_READ | libc::PROT_WRITE) else {
            // SAFETY: unmaps what was just mapped.
            unsafe { libc::munmap(raw as *mut _, size + BLOCK_SIZE) };
            return None;
        };
        let base = (raw + BLOCK_SIZE - 1) & !(BLOCK_SIZE - 1);
        let state = Mutex::new(State { free: BTreeMap::new(), committed: 0 });
        Some(Region { base, blocks, span_start: table as *const AtomicU32, state })
    }

    /// Where the range begins.
    pub fn base(&self) -> usize {
        self.base
    }

    /// A span of `count` blocks whose bytes are all zero, or `None` when memory has run out.
    pub fn allocate(&self, count: usize) -> Option<usize> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = match self.take_free(&mut state, count) {
            Some(first) => first,
            None => self.commit(&mut state, count)?,
        };
        drop(state);
        for block in first..first + count {
            self.entry(block).store(first as u32 + 1, Ordering::Relaxed);
        }
        Some(self.base + (first << BLOCK_SHIFT))
    }

    /// Makes a span longer, if what follows it is free; the bytes are zero.
    pub fn extend(&self, address: usize, count: usize, wanted: usize) -> bool {
        let first = (address - self.base) >> BLOCK_SHIFT;
        let (end, more) = (first + count, wanted - count);
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut following = state.free.get(&(end as u32)).map_or(0, |&length| length as usize);
        if following < more && end + following == state.committed {
            // New pages come free behind it, joined with what is free there.
            let Some(new) = self.commit(&mut state, more - following) else { return false };
            state.release(new as u32, (more - following) as u32);
            following = state.free.get(&(end as u32)).map_or(0, |&length| length as usize);
        }
        if following < more {
            return false;
        }
        state.free.remove(&(end as u32));
        if following > more {
            state.free.insert((end + more) as u32, (following - more) as u32);
        }
        drop(state);
        for block in end..end + more {
            self.entry(block).store(first as u32 + 1, Ordering::Relaxed);
        }
        true
    }

    fn take_free(&self, state: &mut State, count: usize) -> Option<usize> {
        let (&first, &length) = state.free.iter().find(|&(_, &length)| length as usize >= count)?;
        state.free.remove(&first);
        if length as usize > count {
            state.free.insert(first + count as u32, length - count as u32);
        }
        Some(first as usize)
    }

    fn commit(&self, state: &mut State, count: usize) -> Option<usize> {
        let first = state.committed;
        let more = count.max(COMMIT_BLOCKS).min(self.blocks - first);
        if more < count {
            return None;
        }
        let address = self.base + (first << BLOCK_SHIFT);
        // SAFETY: the pages lie in our own reservation and nothing uses them yet.
        let failed = unsafe { libc::mprotect(address as *mut _, more << BLOCK_SHIFT, libc::PROT_READ | libc::PROT_WRITE) };
        if failed != 0 {
            return None;
        }
        state.committed += more;
        if more > count {
            state.release((first + count) as u32, (more - count) as u32);
        }
        Some(first)
    }

    /// Takes a span back and gives its memory to the system.
    pub fn release(&self, address: usize, count: usize) {
        let first = (address - self.base) >> BLOCK_SHIFT;
        for block in first..first + count {
            self.entry(block).store(0, Ordering::Relaxed);
        }
        // SAFETY: the caller no longer uses the span; afterwards it reads as zeros.
        unsafe { libc::madvise(address as *mut _, count << BLOCK_SHIFT, libc::MADV_DONTNEED) };
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.release(first as u32, count as u32);
    }

    /// The address of the block that starts the span `address` lies in, if it lies in one.
    #[inline]
    pub fn span_of(&self, address: usize) -> Option<usize> {
        let offset = address.wrapping_sub(self.base);
        let block = offset >> BLOCK_SHIFT;
        if block >= self.blocks {
            return None;
        }
        match self.entry(block).load(Ordering::Relaxed) {
            0 => None,
            start => Some(self.base + ((start as usize - 1) << BLOCK_SHIFT)),
        }
    }

    #[inline]
    fn entry(&self, block: usize) -> &AtomicU32 {
        debug_assert!(block < self.blocks);
        // SAFETY: the table has an entry for each block of the region, all zero at first.
        unsafe { &*self.span_start.add(block) }
    }
}

impl State {
    fn release(&mut self, mut first: u32, mut length: u32) {
        if let Some((&before, &before_length)) = self.free.range(..first).next_back()
            && before + before_length == first
        {
            self.free.remove(&before);
            first = before;
            length += before_length;
        }
        if let Some(after_length) = self.free.remove(&(first + length)) {
            length += after_length;
        }
        self.free.insert(first, length);
    }
}

fn map(size: usize, protection: i32) -> Option<usize> {
    // SAFETY: a fresh anonymous private mapping touches nothing that exists.
    let address = unsafe {
        libc::mmap(std::ptr::null_mut(), size, protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE, -1, 0)
    };
    (address != libc::MAP_FAILED).then_some(address as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_found_joined_and_zeroed() {
        let region = Region::reserve_bytes(1 << 30).expect("address space");
        let a = region.allocate(3).expect("a span");
        let b = region.allocate(1).expect("a span");
        assert_eq!(region.span_of(a + 2 * BLOCK_SIZE + 17), Some(a));
        assert_eq!(region.span_of(b), Some(b));
        // SAFETY: the span is ours.
        unsafe { *(a as *mut u64) = 7 };
        region.release(a, 3);
        assert_eq!(region.span_of(a), None);
        region.release(b, 1);
        let c = region.allocate(4).expect("a span");
        assert_eq!(c, a, "neighbours are joined");
        // SAFETY: the span is ours.
        assert_eq!(unsafe { *(c as *const u64) }, 0);
        assert_eq!(region.span_of(8), None);
    }

    #[test]
    fn spans_grow_into_what_is_free_behind_them() {
        let region = Region::reserve_bytes(1 << 30).expect("address space");
        let a = region.allocate(2).expect("a span");
        assert!(region.extend(a, 2, 5), "the rest of what was made accessible");
        assert_eq!(region.span_of(a + 5 * BLOCK_SIZE - 1), Some(a));
        assert_eq!(region.span_of(a + 5 * BLOCK_SIZE), None);
        let b = region.allocate(1).expect("a span");
        assert_eq!(b, a + 5 * BLOCK_SIZE);
        assert!(!region.extend(a, 5, 6), "another span is in the way");
        assert!(region.extend(b, 1, 3 * COMMIT_BLOCKS), "pages that nobody has used yet");
        assert_eq!(region.span_of(b + 3 * COMMIT_BLOCKS * BLOCK_SIZE - 1), Some(b));
        // SAFETY: the span is ours.
        assert_eq!(unsafe { *((b + 3 * COMMIT_BLOCKS * BLOCK_SIZE - 8) as *const u64) }, 0);
        assert!(!region.extend(b, 3 * COMMIT_BLOCKS, 1 << 15), "more than there is");
        region.release(b, 3 * COMMIT_BLOCKS);
        let c = region.allocate(3 * COMMIT_BLOCKS).expect("a span");
        assert_eq!(c, b, "all of it came back");
    }
}
