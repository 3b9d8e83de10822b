//! What processes that run Lua programs have in common, be it the command or a compiled program: protected calls that report
//! errors with a traceback, Ctrl-C, output in the right order, the seed of hashes.

pub mod call;
pub mod interrupt;
pub mod output;

/// Has the C library's allocator join freed pieces of memory one by one, and not all of them in the midst of some later
/// allocation, for which the program would wait tens of milliseconds. To be called before there are other threads.
pub fn prepare_allocator() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a parameter of the allocator; without "fast bins" nothing is put off.
    unsafe {
        libc::mallopt(libc::M_MXFAST, 0);
    }
}

/// What makes the hashes of strings differ from run to run.
#[must_use]
pub fn seed() -> u32 {
    let here = 0u8;
    // The address of the stack is random where the system randomises addresses.
    let address = (&raw const here) as usize as u64;
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    ((address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32) ^ time
}
