//! The two views of the same memory: one that is written, one that is executed.
//!
//! The pages belong to a file without a name (`memfd_create`). It is mapped for writing first, then sealed against further
//! writing (`F_SEAL_FUTURE_WRITE`), then mapped for execution: from there on not even `mprotect` can make the executable view
//! writable, as the kernel remembers the seal in the mapping. Pages cost memory once they are touched.
//!
//! For `perf`'s maps the pages are shared anonymous memory instead, whose second view `mremap` makes ([`Backing`]).

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};

use super::error::CodeError;

/// Farthest distance of a direct call or jump.
pub const REACH: u64 = 1 << 31;

pub(super) const READ_WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
pub(super) const READ_EXECUTE: i32 = libc::PROT_READ | libc::PROT_EXEC;

const WRITABLE_VIEW: &str = "mmap of the writable view";
const EXECUTABLE_VIEW: &str = "mmap of the executable view";

/// Tries to find a place near the wanted address before any place will do.
const PLACES: u64 = 64;

/// What the pages belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backing {
    /// A sealed file without a name.
    Sealed,
    /// Shared anonymous memory. `perf` looks into `/tmp/perf-PID.map` for no other; it has no seals.
    Anonymous,
}

/// Two views of `length` bytes.
#[derive(Debug)]
pub struct DualMapping {
    writable: usize,
    executable: usize,
    length: usize,
}

impl DualMapping {
    /// Maps `length` bytes, a multiple of the page size, all zero. With `near`, the executable view is placed so that all of it
    /// and that address reach each other, if the address space has room there.
    ///
    /// # Errors
    /// [`CodeError::Unavailable`] when the system refuses.
    pub fn new(length: usize, near: Option<u64>, backing: Backing) -> Result<DualMapping, CodeError> {
        // From here on `drop` unmaps what there is, whatever fails.
        let mut mapping = DualMapping { writable: 0, executable: reserve(length, near)?, length };
        match backing {
            Backing::Sealed => {
                let file = memory_file(length)?;
                let writable = map(0, length, READ_WRITE, libc::MAP_SHARED, file.as_raw_fd());
                mapping.writable = writable.ok_or_else(|| failed(WRITABLE_VIEW))?;
                seal(&file)?;
                map_over(mapping.executable, &file, length, READ_EXECUTE).ok_or_else(|| failed(EXECUTABLE_VIEW))?;
            }
            Backing::Anonymous => {
                let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
                mapping.writable = map(0, length, READ_WRITE, flags, -1).ok_or_else(|| failed(WRITABLE_VIEW))?;
                mapping.duplicate()?;
            }
        }
        // Crash dumps have the code once, in the other view. A failure changes nothing that matters.
        // SAFETY: the view is ours and `length` bytes long; the advice changes no contents.
        unsafe { libc::madvise(mapping.writable as *mut _, length, libc::MADV_DONTDUMP) };
        Ok(mapping)
    }

    /// Makes the second view of shared memory by moving nothing of the first: `mremap` with an old length of zero.
    fn duplicate(&mut self) -> Result<(), CodeError> {
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        let place = self.executable as *mut libc::c_void;
        // SAFETY: the first view is ours and stays; the place is our own reservation, which nothing uses.
        let view = unsafe { libc::mremap(self.writable as *mut _, 0, self.length, flags, place) };
        // SAFETY: as before. The view loses the right to write before it gets the right to execute.
        if view == libc::MAP_FAILED || unsafe { libc::mprotect(place, self.length, READ_EXECUTE) } != 0 {
            return Err(failed(EXECUTABLE_VIEW));
        }
        Ok(())
    }

    /// First address of the view that is executed.
    pub fn executable(&self) -> u64 {
        self.executable as u64
    }

    /// First address of the view that is written.
    pub fn writable(&self) -> u64 {
        self.writable as u64
    }

    /// Bytes of each view.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes of a range, to be written.
    ///
    /// # Panics
    /// If the range is not in the mapping, or overflows.
    pub fn write(&mut self, offset: usize, length: usize) -> &mut [u8] {
        assert!(offset.checked_add(length).is_some_and(|end| end <= self.length), "a range of the mapping");
        // SAFETY: the range lies in the writable view, which only this object knows; `&mut self` makes the slice the only one.
        // The other view shares the bytes, but Rust code never has a reference into it.
        unsafe { std::slice::from_raw_parts_mut((self.writable + offset) as *mut u8, length) }
    }

    /// The bytes of a range, to be read.
    ///
    /// # Panics
    /// If the range is not in the mapping, or overflows.
    pub fn read(&self, offset: usize, length: usize) -> &[u8] {
        assert!(offset.checked_add(length).is_some_and(|end| end <= self.length), "a range of the mapping");
        // SAFETY: the range lies in the writable view; writers need `&mut self`.
        unsafe { std::slice::from_raw_parts((self.writable + offset) as *const u8, length) }
    }

    /// Whether every instruction in the executable view reaches `target` with a distance of four bytes.
    pub fn reaches(&self, target: u64) -> bool {
        let (start, end) = (self.executable(), self.executable() + self.length as u64);
        // An instruction's distance counts from its end, which may be a few bytes beyond the field.
        let slack = 16;
        target + REACH > end + slack && target < start + REACH - slack
    }
}

impl Drop for DualMapping {
    fn drop(&mut self) {
        for view in [self.writable, self.executable] {
            if view != 0 {
                // SAFETY: the view is this object's own, `length` bytes long, and nothing refers to it any more: slices
                // borrow the object, and whoever jumps into code has to keep its memory alive.
                unsafe { libc::munmap(view as *mut _, self.length) };
            }
        }
    }
}

fn failed(step: &'static str) -> CodeError {
    CodeError::Unavailable { step, reason: io::Error::last_os_error() }
}

/// A file of `length` zero bytes that no other program can open or execute, and that vanishes with its mappings.
pub(super) fn memory_file(length: usize) -> Result<File, CodeError> {
    let name = c"perilune-code";
    // Kernels before 6.3 do not know the flag against executing the file as a program; it is not needed for mapping it.
    for flags in [libc::MFD_CLOEXEC | libc::MFD_NOEXEC_SEAL, libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING] {
        // SAFETY: the name is a C string; the result is checked.
        let descriptor = unsafe { libc::memfd_create(name.as_ptr(), flags) };
        if descriptor >= 0 {
            // SAFETY: the descriptor is new and nobody else's.
            let file = unsafe { File::from_raw_fd(descriptor) };
            file.set_len(length as u64).map_err(|reason| CodeError::Unavailable { step: "ftruncate", reason })?;
            return Ok(file);
        }
    }
    Err(failed("memfd_create"))
}

/// Nothing may be written through later mappings, nor the size or the seals be changed.
pub(super) fn seal(file: &File) -> Result<(), CodeError> {
    const SIZE: i32 = libc::F_SEAL_GROW | libc::F_SEAL_SHRINK;
    // Kernels before 5.1 do not know the seal against future writing. The views are the same without it.
    for seals in [SIZE | libc::F_SEAL_FUTURE_WRITE | libc::F_SEAL_SEAL, SIZE | libc::F_SEAL_SEAL] {
        // SAFETY: a descriptor that is open; the call takes a number.
        if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == 0 {
            return Ok(());
        }
    }
    Err(failed("fcntl(F_ADD_SEALS)"))
}

/// Address space with nothing in it, near the wanted address if possible.
fn reserve(length: usize, near: Option<u64>) -> Result<usize, CodeError> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    for place in near.into_iter().flat_map(|near| places_near(near, length as u64)) {
        if let Some(view) = map(place as usize, length, libc::PROT_NONE, flags | libc::MAP_FIXED_NOREPLACE, -1) {
            if view as u64 == place {
                return Ok(view);
            }
            // Kernels before 4.17 take the address for a hint.
            // SAFETY: the range was just mapped and nothing uses it.
            unsafe { libc::munmap(view as *mut _, length) };
        }
    }
    map(0, length, libc::PROT_NONE, flags, -1).ok_or_else(|| failed("mmap of address space"))
}

/// Addresses from which `length` bytes reach `near` and a program's text around it: random ones below it, where neither its
/// data nor its heap (`brk`) grow, then random ones above.
fn places_near(near: u64, length: u64) -> impl Iterator<Item = u64> {
    const PAGE: u64 = 1 << 16;
    // Text before and behind the address should be in reach, too.
    const TEXT: u64 = 256 << 20;
    let span = (REACH - TEXT).saturating_sub(length + TEXT);
    let mut random = seed(near);
    (0..PLACES).filter_map(move |attempt| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let away = TEXT + (random >> 24).checked_rem(span)?;
        let place = if attempt < PLACES / 2 { near.checked_sub(length + away)? } else { near.checked_add(away)? };
        let place = place & !(PAGE - 1);
        (place >= 1 << 20).then_some(place)
    })
}

/// Addresses of code should not be foreseeable.
fn seed(near: u64) -> u64 {
    let mut bytes = [0_u8; 8];
    // SAFETY: the buffer is as long as it is said to be. If the call fails, the seed is the address alone.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), libc::GRND_NONBLOCK) };
    u64::from_ne_bytes(bytes) ^ near
}

/// Maps a file over a range that belongs to the caller, who uses none of it.
pub(super) fn map_over(place: usize, file: &File, length: usize, protection: i32) -> Option<usize> {
    map(place, length, protection, libc::MAP_SHARED | libc::MAP_FIXED, file.as_raw_fd())
}

fn map(place: usize, length: usize, protection: i32, flags: i32, descriptor: i32) -> Option<usize> {
    // SAFETY: a new mapping touches nothing that exists, but for `MAP_FIXED`, which only `map_over` says: its callers own the
    // range.
    let address = unsafe { libc::mmap(place as *mut _, length, protection, flags, descriptor, 0) };
    (address != libc::MAP_FAILED).then_some(address as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::maps;

    #[test]
    fn both_views_show_the_same_bytes_and_neither_is_writable_and_executable() {
        for backing in [Backing::Sealed, Backing::Anonymous] {
            check_views(DualMapping::new(1 << 20, None, backing).expect("executable memory"));
        }
    }

    fn check_views(mut mapping: DualMapping) {
        mapping.write(4096, 3).copy_from_slice(&[1, 2, 3]);
        // SAFETY: the executable view is readable and as long as the other.
        let seen = unsafe { std::slice::from_raw_parts((mapping.executable() + 4096) as *const u8, 3) };
        assert_eq!(seen, [1, 2, 3]);
        let all = maps::read().expect("maps");
        let of = |address: u64| all.iter().find(|m| m.range.contains(&address)).expect("a mapping").clone();
        let (writable, executable) = (of(mapping.writable()), of(mapping.executable()));
        assert!(writable.writable && !writable.executable, "{writable}");
        assert!(executable.executable && !executable.writable, "{executable}");
    }

    #[test]
    fn the_executable_view_can_never_be_made_writable() {
        let mapping = DualMapping::new(1 << 16, None, Backing::Sealed).expect("executable memory");
        let all = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        // SAFETY: the mapping is ours, and the call is expected to change nothing.
        let result = unsafe { libc::mprotect(mapping.executable() as *mut _, 4096, all) };
        assert_eq!(result, -1);
        assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EACCES));
    }

    #[test]
    fn a_place_near_this_program_is_found() {
        let here = a_place_near_this_program_is_found as *const () as u64;
        for backing in [Backing::Sealed, Backing::Anonymous].repeat(10) {
            let mapping = DualMapping::new(64 << 20, Some(here), backing).expect("executable memory");
            assert!(mapping.reaches(here), "{:#x} from {here:#x}", mapping.executable());
        }
        assert!(!DualMapping::new(1 << 16, Some(here), Backing::Sealed).expect("executable memory").reaches(1 << 20));
    }

    #[test]
    fn an_impossible_size_is_an_error() {
        let error = DualMapping::new(1 << 60, None, Backing::Sealed).expect_err("more than the address space");
        assert!(matches!(error, CodeError::Unavailable { .. }), "{error}");
    }
}
