//! What both table layouts share: an allocator with a free list per size, interned strings, tagged words.

use crate::repr::{Kind, Nan, Repr};

/// Cells of up to 512 bytes from bump-allocated chunks; freed ones are reused, as after a sweep.
pub struct Heap {
    free: [Vec<*mut u8>; 33],
    bump: usize,
    end: usize,
    /// Bytes handed out and not freed.
    pub used: usize,
}

const CHUNK: usize = 1 << 20;

impl Heap {
    pub fn new() -> Self {
        Self {
            free: std::array::from_fn(|_| Vec::new()),
            bump: 0,
            end: 0,
            used: 0,
        }
    }

    /// Uninitialised memory of `size` bytes, aligned to 16.
    #[inline(always)]
    pub fn allocate(&mut self, size: usize) -> *mut u8 {
        let class = size.div_ceil(16);
        self.used += class * 16;
        if class < self.free.len() {
            if let Some(cell) = self.free[class].pop() {
                return cell;
            }
            if self.end - self.bump >= class * 16 {
                let cell = self.bump;
                self.bump += class * 16;
                return cell as *mut u8;
            }
        }
        self.more(class)
    }

    #[cold]
    #[inline(never)]
    fn more(&mut self, class: usize) -> *mut u8 {
        if class >= self.free.len() {
            return vec![0u128; class].leak().as_mut_ptr().cast();
        }
        let chunk = vec![0u128; CHUNK / 16].leak().as_mut_ptr() as usize;
        (self.bump, self.end) = (chunk + class * 16, chunk + CHUNK);
        chunk as *mut u8
    }

    #[inline(always)]
    pub fn free(&mut self, cell: *mut u8, size: usize) {
        let class = size.div_ceil(16);
        self.used -= class * 16;
        if class < self.free.len() {
            self.free[class].push(cell);
        }
    }
}

/// An interned string: its address is its identity.
#[repr(C)]
pub struct Str {
    pub hash: u32,
    pub length: u32,
}

/// The first `count` strings; hashes as a good hash function would give them.
pub fn strings(count: usize) -> Vec<*const Str> {
    let make = |index: usize| {
        let hash = (index as u64 + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
            .wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let string = Str {
            hash: (hash >> 32) as u32,
            length: 8,
        };
        std::ptr::from_ref(Box::leak(Box::new(string)))
    };
    (0..count).map(make).collect()
}

/// A table as a value.
pub fn table<T>(address: *mut T) -> Nan {
    Nan::object(Kind::Table, address.cast())
}

/// Pseudo-random numbers below `bound`.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}
