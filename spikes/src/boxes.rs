//! Spike 2, second part: integer programs whose results need 64 bits, under several ways to represent wide integers.

use crate::repr::INT;

pub const VARIANTS: &[(&str, &str)] = &[
    ("wide", "16-byte values"),
    (
        "bump",
        "48 bits inline, boxed by a bump pointer that is reset (no collector)",
    ),
    (
        "sweep",
        "48 bits inline, boxed in 8-byte cells of swept blocks",
    ),
    (
        "malloc",
        "48 bits inline, boxed by malloc, freed on overwrite",
    ),
    (
        "shadow",
        "48 bits inline, wide ones in a payload beside the register",
    ),
    (
        "sweep50",
        "50 bits inline, boxed in 8-byte cells of swept blocks",
    ),
];

#[derive(Clone, Copy)]
enum Op {
    Xor,
    Shl,
    Shr,
    Mul,
    Add,
    And,
    Mod,
    Again,
}

type Instr = (Op, u8, u8, u8);

/// Registers and how they hold integers.
trait File {
    fn get(&self, register: u8) -> i64;
    fn set(&mut self, register: u8, value: i64);
}

/// Registers 0 state, 1 scratch, from 2 constants.
fn program(name: &str) -> (&'static [Instr], &'static [i64]) {
    use Op::{Add, Again, And, Mod, Mul, Shl, Shr, Xor};
    match name {
        "xorshift" => (
            &[
                (Shl, 1, 0, 3),
                (Xor, 0, 0, 1),
                (Shr, 1, 0, 4),
                (Xor, 0, 0, 1),
                (Shl, 1, 0, 5),
                (Xor, 0, 0, 1),
                (Again, 0, 0, 0),
            ],
            &[0, 13, 7, 17],
        ),
        "fnv1a" => (
            &[
                (Add, 1, 1, 4),
                (Xor, 0, 0, 1),
                (Mul, 0, 0, 3),
                (Again, 0, 0, 0),
            ],
            &[0, 0x100_0000_01b3, 0],
        ),
        "lcg31" => (
            &[
                (Mul, 1, 0, 2),
                (Add, 1, 1, 3),
                (And, 0, 1, 4),
                (Again, 0, 0, 0),
            ],
            &[1_103_515_245, 12_345, 0x7fff_ffff],
        ),
        "park-miller" => (
            &[(Mul, 1, 0, 2), (Mod, 0, 1, 3), (Again, 0, 0, 0)],
            &[16_807, 0x7fff_ffff],
        ),
        _ => panic!("no program {name}"),
    }
}

/// The same in Lua.
pub fn lua(name: &str) -> &'static str {
    match name {
        "xorshift" => {
            "local n = ... local x = 88172645463325252 for i = 1, n do x = x ~ x << 13 x = x ~ x >> 7 x = x ~ x << 17 end return x"
        }
        "fnv1a" => {
            "local n = ... local h, b, z = 88172645463325252, 0, 0 for i = 1, n do b = b + z h = (h ~ b) * 0x100000001b3 end return h"
        }
        "lcg31" => {
            "local n = ... local x = 88172645463325252 for i = 1, n do x = x * 1103515245 + 12345 & 0x7fffffff end return x"
        }
        _ => {
            "local n = ... local x = 88172645463325252 for i = 1, n do x = x * 16807 % 2147483647 end return x"
        }
    }
}

/// Runs a program under one representation.
pub fn one(variant: &str, name: &str, size: u64) -> i64 {
    let (code, constants) = program(name);
    match variant {
        "wide" => run(
            Sixteen {
                registers: [(0, 0); 16],
            },
            code,
            constants,
            size,
        ),
        "bump" => run(
            Boxed::<_, 48>::new(Bump {
                cells: vec![(0, 0); 4096],
                next: 0,
            }),
            code,
            constants,
            size,
        ),
        "sweep" => run(Boxed::<_, 48>::new(Blocks::new()), code, constants, size),
        "malloc" => run(Boxed::<_, 48>::new(Malloc), code, constants, size),
        "shadow" => run(
            Shadow {
                registers: [0; 16],
                payloads: [0; 16],
            },
            code,
            constants,
            size,
        ),
        "sweep50" => run(Boxed::<_, 50>::new(Blocks::new()), code, constants, size),
        "count48" => count(48, code, constants, size),
        "count50" => count(50, code, constants, size),
        "count51" => count(51, code, constants, size),
        "count53" => count(53, code, constants, size),
        _ => panic!("no variant {variant}"),
    }
}

fn run(mut file: impl File, code: &[Instr], constants: &[i64], size: u64) -> i64 {
    interpret(&mut file, code, constants, size);
    file.get(0)
}

#[inline(never)]
fn interpret(file: &mut impl File, code: &[Instr], constants: &[i64], size: u64) {
    file.set(0, 88_172_645_463_325_252);
    for (index, &constant) in constants.iter().enumerate() {
        file.set(2 + index as u8, constant);
    }
    let (mut pc, mut left) = (0, size);
    loop {
        let (op, a, b, c) = code[pc];
        pc += 1;
        let (x, y) = (file.get(b), file.get(c));
        let result = match op {
            Op::Xor => x ^ y,
            Op::Shl => x << (y & 63),
            Op::Shr => (x as u64 >> (y & 63)) as i64,
            Op::Mul => x.wrapping_mul(y),
            Op::Add => x.wrapping_add(y),
            Op::And => x & y,
            Op::Mod => x.wrapping_rem_euclid(y),
            Op::Again => {
                left -= 1;
                if left == 0 {
                    return;
                }
                pc = 0;
                continue;
            }
        };
        file.set(a, result);
    }
}

struct Sixteen {
    registers: [(i64, u8); 16],
}

const WIDE_INT: u8 = 3;

impl File for Sixteen {
    #[inline(always)]
    fn get(&self, register: u8) -> i64 {
        let (value, tag) = self.registers[register as usize & 15];
        if tag == WIDE_INT { value } else { no_integer() }
    }
    #[inline(always)]
    fn set(&mut self, register: u8, value: i64) {
        self.registers[register as usize & 15] = (value, WIDE_INT);
    }
}

#[cold]
#[inline(never)]
fn no_integer() -> i64 {
    0
}

/// Where boxes come from.
trait Heap {
    fn allocate(&mut self, value: i64, roots: &[u64]) -> *const i64;
    /// Tells that a register no longer holds `cell`.
    fn dropped(&mut self, cell: *const i64);
}

/// Integers of `BITS` bits inline, boxes for the rest; the tag of a box stands below that of integers.
struct Boxed<H, const BITS: u32> {
    registers: [u64; 16],
    heap: H,
}

impl<H: Heap, const BITS: u32> Boxed<H, BITS> {
    const SHIFT: u32 = 64 - BITS;
    const TAG: u64 = u64::MAX << BITS;
    const BOX: u64 = 0xfffb << 48;

    fn new(heap: H) -> Self {
        Self {
            registers: [Self::TAG; 16],
            heap,
        }
    }
}

impl<H: Heap, const BITS: u32> File for Boxed<H, BITS> {
    #[inline(always)]
    fn get(&self, register: u8) -> i64 {
        let word = self.registers[register as usize & 15];
        if word >= Self::TAG {
            (word << Self::SHIFT) as i64 >> Self::SHIFT
        } else if word >> 48 == 0xfffb {
            // SAFETY: a box's tag is only put on addresses of boxes.
            unsafe { *((word ^ Self::BOX) as *const i64) }
        } else {
            no_integer()
        }
    }
    #[inline(always)]
    fn set(&mut self, register: u8, value: i64) {
        let place = register as usize & 15;
        let old = self.registers[place];
        self.registers[place] = if value << Self::SHIFT >> Self::SHIFT == value {
            value as u64 | Self::TAG
        } else {
            self.heap.allocate(value, &self.registers) as u64 | Self::BOX
        };
        if old < Self::TAG {
            self.heap.dropped((old ^ Self::BOX) as *const i64);
        }
    }
}

/// The least that allocation can cost: a header and the payload, never collected, reused in turn.
struct Bump {
    cells: Vec<(u64, i64)>,
    next: usize,
}

impl Heap for Bump {
    #[inline(always)]
    fn allocate(&mut self, value: i64, _: &[u64]) -> *const i64 {
        if self.next == self.cells.len() {
            self.next = 0;
        }
        let cell = &mut self.cells[self.next];
        self.next += 1;
        *cell = (1, value);
        &raw const cell.1
    }
    #[inline(always)]
    fn dropped(&mut self, _: *const i64) {}
}

const BLOCK: usize = 16 << 10;
const CELLS: usize = BLOCK / 8;
const BLOCKS: usize = 256;

/// Blocks of headerless 8-byte cells with mark bits beside them; when 4 MiB are full, the roots are marked and the blocks
/// swept, those without a mark at once. What it leaves out is the marking of other roots and objects.
struct Blocks {
    memory: *mut [i64; CELLS],
    marks: Vec<[u64; CELLS / 64]>,
    block: usize,
    next: usize,
    end: usize,
}

impl Blocks {
    fn new() -> Self {
        let memory = Box::leak(vec![[0; CELLS]; BLOCKS].into_boxed_slice()).as_mut_ptr();
        let mut blocks = Self {
            memory,
            marks: vec![[0; CELLS / 64]; BLOCKS],
            block: BLOCKS,
            next: 0,
            end: 0,
        };
        blocks.refill(&[]);
        blocks
    }

    /// Finds the next run of free cells.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, roots: &[u64]) {
        loop {
            if self.next < CELLS && self.block < BLOCKS && self.next_run() {
                return;
            }
            (self.block, self.next) = (self.block + 1, 0);
            if self.block >= BLOCKS {
                self.mark(roots);
                self.block = 0;
            }
            if self.marks[self.block].iter().all(|&word| word == 0) {
                self.end = CELLS;
                return;
            }
        }
    }

    fn marked(&self, cell: usize) -> bool {
        self.marks[self.block][cell / 64] >> (cell % 64) & 1 != 0
    }

    fn next_run(&mut self) -> bool {
        while self.next < CELLS && self.marked(self.next) {
            self.next += 1;
        }
        self.end = self.next;
        while self.end < CELLS && !self.marked(self.end) {
            self.end += 1;
        }
        self.next < self.end
    }

    fn mark(&mut self, roots: &[u64]) {
        self.marks.fill([0; CELLS / 64]);
        for root in roots.iter().filter(|&&root| root >> 48 == 0xfffb) {
            let cell = ((root & (1 << 48) - 1) as usize - self.memory as usize) / 8;
            self.marks[cell / CELLS][cell % CELLS / 64] |= 1 << (cell % 64);
        }
    }
}

impl Heap for Blocks {
    #[inline(always)]
    fn allocate(&mut self, value: i64, roots: &[u64]) -> *const i64 {
        if self.next == self.end {
            self.refill(roots);
        }
        // SAFETY: `refill` leaves a block and a run of free cells in it.
        unsafe {
            let cell = (&raw mut (*self.memory.add(self.block)))
                .cast::<i64>()
                .add(self.next);
            self.next += 1;
            *cell = value;
            cell
        }
    }
    #[inline(always)]
    fn dropped(&mut self, _: *const i64) {}
}

struct Malloc;

impl Heap for Malloc {
    #[inline(always)]
    fn allocate(&mut self, value: i64, _: &[u64]) -> *const i64 {
        Box::into_raw(Box::new([value, 0])).cast()
    }
    #[inline(always)]
    fn dropped(&mut self, cell: *const i64) {
        // SAFETY: no program copies registers, so the one that is overwritten was the only holder.
        drop(unsafe { Box::from_raw(cell.cast_mut().cast::<[i64; 2]>()) });
    }
}

/// Wide integers unboxed in registers: a marker in the word, the payload in a second array. Stores to the heap would box.
struct Shadow {
    registers: [u64; 16],
    payloads: [i64; 16],
}

const MARKER: u64 = 0xfffb << 48;

impl File for Shadow {
    #[inline(always)]
    fn get(&self, register: u8) -> i64 {
        let word = self.registers[register as usize & 15];
        if word >= INT {
            (word << 16) as i64 >> 16
        } else if word == MARKER {
            self.payloads[register as usize & 15]
        } else {
            no_integer()
        }
    }
    #[inline(always)]
    fn set(&mut self, register: u8, value: i64) {
        let place = register as usize & 15;
        if value << 16 >> 16 == value {
            self.registers[place] = value as u64 | INT;
        } else {
            self.registers[place] = MARKER;
            self.payloads[place] = value;
        }
    }
}

/// Counts results that need more than some number of bits.
struct Counter {
    registers: [i64; 16],
    bits: u32,
    wide: u64,
    all: u64,
}

impl File for Counter {
    fn get(&self, register: u8) -> i64 {
        self.registers[register as usize]
    }
    fn set(&mut self, register: u8, value: i64) {
        self.registers[register as usize] = value;
        let shift = 64 - self.bits;
        self.wide += u64::from(value << shift >> shift != value);
        self.all += 1;
    }
}

fn count(bits: u32, code: &[Instr], constants: &[i64], size: u64) -> i64 {
    let mut file = Counter {
        registers: [0; 16],
        bits,
        wide: 0,
        all: 0,
    };
    interpret(&mut file, code, constants, size);
    (file.wide * 10_000 / file.all) as i64
}

/// How many results need a box, by width of inline integers.
pub fn print_shares() {
    println!(
        "\n| results that need a box | 48 bits | 50 bits | 51 bits | 53 bits |\n|---|--:|--:|--:|--:|"
    );
    for name in ["xorshift", "fnv1a", "lcg31", "park-miller"] {
        let shares = ["count48", "count50", "count51", "count53"]
            .map(|variant| one(variant, name, 1_000_000) as f64 / 100.0);
        println!(
            "| {name} | {:.2} % | {:.2} % | {:.2} % | {:.2} % |",
            shares[0], shares[1], shares[2], shares[3]
        );
    }
}
