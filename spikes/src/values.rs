//! Spike 2: one-word against two-word values, on kernels that resemble what an interpreter or a helper does with them.

use crate::bench::{Case, Program, measure};
use crate::boxes;
use crate::repr::{Arith, Kind, Nan, Repr, Wide};

const ELEMENTS: usize = 1 << 20;
const SIDE: usize = 1000;

/// Program, size, sizes for callgrind with the units between them, unit.
type Row = (&'static str, u64, (u64, u64, f64), &'static str);

const KERNELS: &[Row] = &[
    (
        "add-int",
        50_000_000,
        (100_000, 300_000, 200_000.0),
        "operation",
    ),
    (
        "add-float",
        50_000_000,
        (100_000, 300_000, 200_000.0),
        "operation",
    ),
    ("copy", 100, (2, 6, 4.0 * ELEMENTS as f64), "element"),
    ("sum", 100, (1, 3, 2.0 * ELEMENTS as f64), "element"),
    (
        "traverse",
        100,
        (1, 3, 2.0 * (SIDE * SIDE) as f64),
        "element",
    ),
];

const HASHES: &[Row] = &[
    (
        "xorshift",
        5_000_000,
        (400_000, 1_200_000, 800_000.0),
        "number (6 operations)",
    ),
    (
        "fnv1a",
        10_000_000,
        (400_000, 1_200_000, 800_000.0),
        "byte (3 operations)",
    ),
    (
        "lcg31",
        10_000_000,
        (400_000, 1_200_000, 800_000.0),
        "number (3 operations)",
    ),
    (
        "park-miller",
        10_000_000,
        (400_000, 1_200_000, 800_000.0),
        "number (2 operations)",
    ),
];

/// Measures everything.
pub fn main(exe: &str) {
    let both = [
        ("nan", "8 bytes, NaN-boxed"),
        ("wide", "16 bytes, tag and payload"),
    ];
    for &(name, size, counted, unit) in KERNELS {
        let cases = both
            .iter()
            .map(|(variant, label)| Case::of(exe, label, "values", variant, name))
            .collect();
        measure(&Program {
            name,
            size,
            counted,
            unit,
            cases,
        });
    }
    for &(name, size, counted, unit) in HASHES {
        let mut cases: Vec<Case> = boxes::VARIANTS
            .iter()
            .map(|(variant, label)| Case::of(exe, label, "boxes", variant, name))
            .collect();
        cases.push(Case::puc(boxes::lua(name)));
        measure(&Program {
            name,
            size,
            counted,
            unit,
            cases,
        });
    }
    boxes::print_shares();
    print_sizes();
}

/// Runs one kernel.
pub fn one(variant: &str, name: &str, size: u64) -> i64 {
    match variant {
        "nan" => kernel::<Nan>(name, size),
        "wide" => kernel::<Wide>(name, size),
        _ => panic!("no variant {variant}"),
    }
}

fn kernel<V: Repr>(name: &str, size: u64) -> i64 {
    match name {
        "add-int" => adds(V::int(1), V::int(3), V::int(0), size),
        "add-float" => adds(V::float(1.0), V::float(3.0), V::float(0.0), size),
        "copy" => copy::<V>(size),
        "sum" => sum::<V>(size),
        "traverse" => traverse::<V>(size),
        _ => panic!("no kernel {name}"),
    }
}

/// An addition as a handler: operands from the instruction word, result to a register.
///
/// # Safety
/// The registers of `word` exist.
#[inline(never)]
unsafe fn op_add<V: Repr>(base: *mut V, word: u32) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let left = *base.add((word >> 16) as u8 as usize);
        let right = *base.add((word >> 24) as usize);
        match V::arith(Arith::Add, left, right) {
            Some(value) => {
                *base.add((word >> 8) as u8 as usize) = value;
                true
            }
            None => false,
        }
    }
}

fn adds<V: Repr>(one: V, three: V, zero: V, size: u64) -> i64 {
    let mut registers = [zero; 256];
    (registers[1], registers[2]) = (one, three);
    for index in 0..size {
        // R[0] := R[0] + R[1 or 2]
        let word = (1 + (index as u32 & 1)) << 24;
        // SAFETY: any byte names a register.
        assert!(unsafe { op_add(registers.as_mut_ptr(), word) });
    }
    number(registers[0])
}

fn number<V: Repr>(value: V) -> i64 {
    value
        .as_int()
        .or(value.as_float().map(|float| float as i64))
        .expect("a number")
}

fn copy<V: Repr>(size: u64) -> i64 {
    let mut source: Vec<V> = (0..ELEMENTS as i64).map(V::int).collect();
    let mut target = vec![V::NIL; ELEMENTS];
    for round in 0..size {
        source[0] = V::int(round as i64);
        target.copy_from_slice(std::hint::black_box(&source));
    }
    number(target[0]) + number(target[ELEMENTS - 1])
}

fn sum<V: Repr>(size: u64) -> i64 {
    let source: Vec<V> = (0..ELEMENTS as i64)
        .map(|index| V::int(index & 1023))
        .collect();
    let mut total = V::int(0);
    for _ in 0..size {
        for &element in std::hint::black_box(&source) {
            total = V::arith(Arith::Add, total, element).expect("integers");
        }
    }
    number(total)
}

/// A table as far as indexing by integers goes.
struct Array<V> {
    elements: *const V,
    length: u64,
}

/// `table[index]` where both are as expected and the element is not nil.
#[inline(always)]
fn index<V: Repr>(table: V, index: V) -> Option<V> {
    let table = table.as_object(Kind::Table)?.cast::<Array<V>>();
    let place = (index.as_int()? as u64).wrapping_sub(1);
    // SAFETY: a table value made by `traverse` points to an array of that length.
    let value = unsafe {
        if place < (*table).length {
            *(*table).elements.add(place as usize)
        } else {
            V::NIL
        }
    };
    (value != V::NIL).then_some(value)
}

/// Sums a matrix that is a table of tables, as `for i … for j … t[i][j]`.
fn traverse<V: Repr>(size: u64) -> i64 {
    let table = |elements: Vec<V>| {
        let array = Box::leak(Box::new(Array {
            elements: elements.as_ptr(),
            length: elements.len() as u64,
        }));
        elements.leak();
        V::object(Kind::Table, std::ptr::from_mut(array).cast())
    };
    let row = |row: i64| {
        table(
            (0..SIDE as i64)
                .map(|column| V::int(row ^ column))
                .collect(),
        )
    };
    let matrix = std::hint::black_box(table((0..SIDE as i64).map(row).collect()));
    let mut total = V::int(0);
    for _ in 0..size {
        for i in 1..=SIDE as i64 {
            for j in 1..=SIDE as i64 {
                let element =
                    index(index(matrix, V::int(i)).expect("a row"), V::int(j)).expect("an element");
                total = V::arith(Arith::Add, total, element).expect("integers");
            }
        }
    }
    number(total)
}

/// Machine code of the shared texts, from this executable's symbols.
fn print_sizes() {
    let exe = std::env::current_exe().expect("own path");
    let output = std::process::Command::new("nm")
        .args(["-CS", "--defined-only"])
        .arg(exe)
        .output()
        .expect("nm is needed");
    println!(
        "\ncode size (bytes; addition as a function, interpreter of spike 1), first 16-byte or 8-byte by symbol order"
    );
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if ["values::op_add", "match_loop::run", "interp::run"]
            .iter()
            .any(|name| line.contains(name))
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            println!(
                "{} {}",
                words[3],
                u64::from_str_radix(words[1], 16).unwrap_or_default()
            );
        }
    }
    println!(
        "memory: a million array elements {} or {} bytes",
        8_000_000, 16_000_000
    );
}
