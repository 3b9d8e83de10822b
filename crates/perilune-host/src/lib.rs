//! What processes that run Lua programs have in common, be it the command or a compiled program: protected calls that report
//! errors with a traceback, Ctrl-C, output in the right order, the seed of hashes.

pub mod call;
pub mod interrupt;
pub mod output;

/// What makes the hashes of strings differ from run to run.
#[must_use]
pub fn seed() -> u32 {
    let here = 0u8;
    // The address of the stack is random where the system randomises addresses.
    let address = (&raw const here) as usize as u64;
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    ((address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32) ^ time
}
