//! What the tests of these modules share.

/// A small generator of numbers that are random enough (xorshift), the same in every run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}

/// `mov eax, value; ret` in a frame of its own, as compiled code has: 11 bytes.
pub fn returning(value: i32) -> Vec<u8> {
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0xb8]; // push rbp; mov rbp, rsp; mov eax, …
    code.extend(value.to_le_bytes());
    code.extend([0x5d, 0xc3]); // pop rbp; ret
    code
}

/// Calls code that takes nothing and returns a number.
///
/// # Safety
/// Installed code of that kind begins at `address`.
pub unsafe fn call(address: u64) -> i32 {
    // SAFETY: what the caller promised.
    let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(address as usize) };
    function()
}
