//! Spike 3: hash of nodes against shapes with inline caches, for what programs do with tables.

mod heap;
mod node;
mod shape;

use crate::bench::{Case, Program, measure};
use crate::repr::{Arith, Nan, Repr};
use heap::{Heap, Random, Str, strings, table};
use shape::{Cache, Global, Shape};

/// Objects alive at a time.
const OBJECTS: usize = 1000;
const WORDS: usize = 10_000;

const NODE: (&str, &str) = ("node", "node hash");
const SHAPE: (&str, &str) = ("shape", "shape, inline cache");

const GLOBAL: (&str, &str) = ("global", "shape, one cache of (shape, key) for all sites");

type Row = (
    &'static str,
    &'static str,
    u64,
    (u64, u64),
    &'static [(&'static str, &'static str)],
);

const PROGRAMS: &[Row] = &[
    (
        "create2",
        "object with 2 fields",
        10_000_000,
        (20_000, 60_000),
        &[NODE, SHAPE, ("template", "shape, whole constructor cached")],
    ),
    (
        "create4",
        "object with 4 fields",
        10_000_000,
        (20_000, 60_000),
        &[NODE, SHAPE, ("template", "shape, whole constructor cached")],
    ),
    (
        "mono",
        "o.x = o.x + o.y, one shape",
        50_000_000,
        (100_000, 300_000),
        &[NODE, SHAPE],
    ),
    (
        "poly4",
        "o.x = o.x + o.y, four shapes",
        20_000_000,
        (100_000, 300_000),
        &[NODE, SHAPE, GLOBAL],
    ),
    (
        "mega16",
        "o.x = o.x + o.y, sixteen shapes",
        20_000_000,
        (100_000, 300_000),
        &[NODE, SHAPE, GLOBAL],
    ),
    (
        "words",
        "count[word] += 1",
        10_000_000,
        (200_000, 600_000),
        &[NODE, ("shape", "dictionary mode")],
    ),
    (
        "dynamic8",
        "t[key] += 1, eight keys",
        20_000_000,
        (100_000, 300_000),
        &[NODE, ("shape", "index of the shape")],
    ),
    (
        "method2",
        "method lookup, two levels up",
        50_000_000,
        (100_000, 300_000),
        &[
            NODE,
            ("shape", "shape, three guards"),
            ("epoch", "shape and an epoch of all prototypes"),
        ],
    ),
];

/// Measures everything.
pub fn main(exe: &str) {
    for &(name, unit, size, (small, large), variants) in PROGRAMS {
        let cases = variants
            .iter()
            .map(|(variant, label)| Case::of(exe, label, "tables", variant, name))
            .collect();
        measure(&Program {
            name,
            size,
            counted: (small, large, (large - small) as f64),
            unit,
            cases,
        });
    }
    let (mut heap, keys) = (Heap::new(), strings(4));
    println!("\n| bytes of an object with | node hash | shape |\n|---|--:|--:|");
    for fields in [2, 4] {
        let before = heap.used;
        node::create(&mut heap, fields);
        let middle = heap.used;
        shape::create(&mut heap, Shape::root(std::ptr::null_mut()), fields);
        println!(
            "| {fields} fields | {} | {} |",
            middle - before,
            heap.used - middle
        );
    }
    drop(keys);
}

/// Runs one program.
pub fn one(variant: &str, name: &str, size: u64) -> i64 {
    // SAFETY: each function below only uses tables and strings it made itself, none after its end.
    unsafe {
        match (name, variant) {
            ("create2", "node") => create_nodes(2, size),
            ("create4", "node") => create_nodes(4, size),
            ("create2", _) => create_shapes(2, variant == "template", size),
            ("create4", _) => create_shapes(4, variant == "template", size),
            ("mono", "node") => fields_nodes(1, size),
            ("poly4", "node") => fields_nodes(4, size),
            ("mega16", "node") => fields_nodes(16, size),
            ("mono", _) => fields_shapes(1, size),
            ("poly4", "global") => fields_global(4, size),
            ("mega16", "global") => fields_global(16, size),
            ("poly4", _) => fields_shapes(4, size),
            ("mega16", _) => fields_shapes(16, size),
            ("words", "node") => words_nodes(WORDS, size),
            ("dynamic8", "node") => words_nodes(8, size),
            ("words", _) => words_shapes(WORDS, size),
            ("dynamic8", _) => words_shapes(8, size),
            ("method2", "node") => method_nodes(size),
            ("method2", _) => method_shapes(variant == "epoch", size),
            _ => panic!("no program {name}"),
        }
    }
}

fn add(a: Nan, b: Nan) -> Nan {
    Nan::arith(Arith::Add, a, b).expect("integers")
}

fn as_int(value: Nan) -> i64 {
    value.as_int().expect("an integer")
}

unsafe fn create_nodes(fields: usize, size: u64) -> i64 {
    let (mut heap, keys) = (Heap::new(), strings(fields));
    let mut alive = vec![std::ptr::null_mut::<node::Table>(); OBJECTS];
    // SAFETY: tables of this function.
    unsafe {
        for index in 0..size {
            let object = node::create(&mut heap, fields);
            for &key in std::hint::black_box(&keys) {
                node::set(&mut heap, object, key, Nan::int(index as i64));
            }
            let old = std::mem::replace(&mut alive[index as usize % OBJECTS], object);
            if !old.is_null() {
                node::destroy(&mut heap, old);
            }
        }
        as_int(*node::find(alive[(size - 1) as usize % OBJECTS], keys[0]))
    }
}

unsafe fn create_shapes(fields: usize, template: bool, size: u64) -> i64 {
    let (mut heap, keys) = (Heap::new(), strings(fields));
    let mut alive = vec![std::ptr::null_mut::<shape::Table>(); OBJECTS];
    let root = Shape::root(std::ptr::null_mut());
    let mut caches: Vec<Cache> = keys.iter().map(|&key| Cache::new(key)).collect();
    // SAFETY: tables of this function.
    unsafe {
        let last = keys.iter().fold(root.cast_const(), |shape, &key| {
            Shape::with(shape.cast_mut(), key)
        });
        for index in 0..size {
            let object = shape::create(&mut heap, if template { last } else { root }, fields);
            if template {
                for place in 0..std::hint::black_box(fields) {
                    *shape::slot(object, place) = Nan::int(index as i64);
                }
            } else {
                for cache in std::hint::black_box(&mut caches) {
                    shape::set(object, cache, Nan::int(index as i64));
                }
            }
            let old = std::mem::replace(&mut alive[index as usize % OBJECTS], object);
            if !old.is_null() {
                shape::destroy(&mut heap, old);
            }
        }
        as_int(*shape::slot(alive[(size - 1) as usize % OBJECTS], 0))
    }
}

/// The keys of object kind `kind`: `x` and `y` after `kind` others.
fn layout(keys: &[*const Str], kind: usize) -> impl Iterator<Item = *const Str> + '_ {
    (0..kind)
        .map(|other| keys[2 + other])
        .chain([keys[0], keys[1]])
}

unsafe fn fields_nodes(kinds: usize, size: u64) -> i64 {
    let (mut heap, keys, mut random) = (
        Heap::new(),
        strings(2 + kinds),
        Random(88_172_645_463_325_252),
    );
    // SAFETY: tables of this function.
    unsafe {
        let mut make = |_| {
            let object = node::create(&mut heap, 2);
            for key in layout(&keys, random.below(kinds)) {
                node::set(&mut heap, object, key, Nan::int(1));
            }
            table(object)
        };
        let objects: Vec<Nan> = (0..OBJECTS).map(&mut make).collect();
        let mut index = 0;
        for _ in 0..size {
            let object = objects[index];
            let sum = add(*node::place(object, keys[0]), *node::place(object, keys[1]));
            *node::place(object, keys[0]) = sum;
            index = if index + 1 == OBJECTS { 0 } else { index + 1 };
        }
        objects
            .iter()
            .map(|&object| as_int(*node::place(object, keys[0])))
            .sum()
    }
}

unsafe fn fields_shapes(kinds: usize, size: u64) -> i64 {
    let (objects, keys) = shaped_objects(kinds);
    let mut sites = [keys[0], keys[1], keys[0]].map(Cache::new);
    let [get_x, get_y, set_x] = &mut sites;
    // SAFETY: tables of this function.
    unsafe {
        let mut index = 0;
        for _ in 0..size {
            let object = objects[index];
            let sum = add(*shape::place(object, get_x), *shape::place(object, get_y));
            *shape::place(object, set_x) = sum;
            index = if index + 1 == OBJECTS { 0 } else { index + 1 };
        }
        objects
            .iter()
            .map(|&object| as_int(*shape::find(object, keys[0])))
            .sum()
    }
}

unsafe fn fields_global(kinds: usize, size: u64) -> i64 {
    let (objects, keys) = shaped_objects(kinds);
    let [get_x, get_y, set_x] = [keys[0], keys[1], keys[0]].map(Cache::new);
    let mut global = Global::new();
    // SAFETY: tables of this function.
    unsafe {
        let mut index = 0;
        for _ in 0..size {
            let object = objects[index];
            let sum = add(*global.place(object, &get_x), *global.place(object, &get_y));
            *global.place(object, &set_x) = sum;
            index = if index + 1 == OBJECTS { 0 } else { index + 1 };
        }
        objects
            .iter()
            .map(|&object| as_int(*shape::find(object, keys[0])))
            .sum()
    }
}

/// Objects of `kinds` layouts in random order, and their keys.
fn shaped_objects(kinds: usize) -> (Vec<Nan>, Vec<*const Str>) {
    let (mut heap, keys, mut random) = (
        Heap::new(),
        strings(2 + kinds),
        Random(88_172_645_463_325_252),
    );
    let root = Shape::root(std::ptr::null_mut());
    let mut make = |_| {
        let kind = random.below(kinds);
        let object = shape::create(&mut heap, root, 2 + kind);
        for key in layout(&keys, kind) {
            // SAFETY: just made, with room for these keys.
            unsafe { shape::insert(object, key, Nan::int(1)) };
        }
        table(object)
    };
    ((0..OBJECTS).map(&mut make).collect(), keys)
}

/// Words of a text: frequent ones much more often than rare ones.
fn text(words: &[*const Str]) -> Vec<*const Str> {
    let mut random = Random(88_172_645_463_325_252);
    let mut pick = |_| {
        let bound = 1 + random.below(words.len());
        words[random.below(bound)]
    };
    (0..1 << 16).map(&mut pick).collect()
}

unsafe fn words_nodes(count: usize, size: u64) -> i64 {
    let (mut heap, words) = (Heap::new(), strings(count));
    let text = text(&words);
    // SAFETY: tables of this function.
    unsafe {
        let counts = node::create(&mut heap, 1);
        let value = table(counts);
        for index in 0..size as usize {
            let word = text[index % text.len()];
            let place = node::place(value, word);
            let next = if place.is_null() {
                Nan::int(1)
            } else {
                add(*place, Nan::int(1))
            };
            // A second look-up, as in `count[word] = count[word] + 1`.
            node::set(&mut heap, counts, std::hint::black_box(word), next);
        }
        as_int(*node::find(counts, text[0]))
    }
}

unsafe fn words_shapes(count: usize, size: u64) -> i64 {
    let (mut heap, words) = (Heap::new(), strings(count));
    let text = text(&words);
    // SAFETY: tables of this function.
    unsafe {
        let counts = shape::create(&mut heap, Shape::root(std::ptr::null_mut()), 8);
        let value = table(counts);
        for index in 0..size as usize {
            let word = text[index % text.len()];
            let place = shape::find(value, word);
            let next = if place.is_null() {
                Nan::int(1)
            } else {
                add(*place, Nan::int(1))
            };
            let place = shape::find(value, std::hint::black_box(word));
            if place.is_null() {
                shape::insert(counts, word, next)
            } else {
                *place = next
            }
        }
        as_int(*shape::find(value, text[0]))
    }
}

// `Base` has four methods, `Derived` two and the fallback to `Base`, objects two fields and the metatable `Derived`.
// Strings: 0 `__index`, 1-4 methods of Base (3 is called), 5-6 of Derived, 7-8 fields.

unsafe fn method_nodes(size: u64) -> i64 {
    let (mut heap, keys) = (Heap::new(), strings(9));
    // SAFETY: tables of this function.
    unsafe {
        let mut make = |list: &[usize], size: usize| {
            let object = node::create(&mut heap, size);
            for &key in list {
                node::set(&mut heap, object, keys[key], Nan::int(key as i64));
            }
            object
        };
        let (base, derived, meta) = (make(&[1, 2, 3, 4], 4), make(&[0, 5, 6], 4), make(&[0], 1));
        *node::find(derived, keys[0]) = table(derived);
        *node::find(meta, keys[0]) = table(base);
        (*derived).meta = meta;
        let mut object = |_| {
            let object = make(&[7, 8], 2);
            (*object).meta = derived;
            table(object)
        };
        let objects: Vec<Nan> = (0..OBJECTS).map(&mut object).collect();
        let (mut index, mut total) = (0, Nan::int(0));
        for _ in 0..size {
            total = add(
                total,
                *node::find_inherited(objects[index], keys[3], keys[0]),
            );
            index = if index + 1 == OBJECTS { 0 } else { index + 1 };
        }
        as_int(total)
    }
}

/// What a site knows of a method two levels up.
struct MethodCache {
    receiver: *const Shape,
    middle: (*mut shape::Table, *const Shape),
    holder: (*mut shape::Table, *const Shape),
    slot: usize,
    epoch: u64,
    value: Nan,
}

unsafe fn method_shapes(by_epoch: bool, size: u64) -> i64 {
    let (mut heap, keys) = (Heap::new(), strings(9));
    // SAFETY: tables of this function.
    unsafe {
        let mut make = |root: *mut Shape, list: &[usize]| {
            let object = shape::create(&mut heap, root, list.len());
            for &key in list {
                shape::insert(object, keys[key], Nan::int(key as i64));
            }
            object
        };
        let plain = Shape::root(std::ptr::null_mut());
        let (base, meta) = (make(plain, &[1, 2, 3, 4]), make(plain, &[0]));
        let derived = make(Shape::root(meta), &[0, 5, 6]);
        let root = Shape::root(derived);
        let objects: Vec<Nan> = (0..OBJECTS).map(|_| table(make(root, &[7, 8]))).collect();
        let epoch = std::hint::black_box(1);
        let receiver = Shape::with(Shape::with(root, keys[7]).cast_mut(), keys[8]);
        let cache = std::hint::black_box(MethodCache {
            receiver,
            middle: (derived, (*derived).shape),
            holder: (base, (*base).shape),
            slot: 2,
            epoch,
            value: Nan::int(3),
        });
        let (mut index, mut total) = (0, Nan::int(0));
        for _ in 0..size {
            let object = objects[index];
            let cache = std::hint::black_box(&cache);
            let found =
                look_up(object, cache, by_epoch.then_some(&epoch)).expect("the method is there");
            total = add(total, found);
            index = if index + 1 == OBJECTS { 0 } else { index + 1 };
        }
        as_int(total)
    }
}

#[inline(always)]
unsafe fn look_up(object: Nan, cache: &MethodCache, epoch: Option<&u64>) -> Option<Nan> {
    use crate::repr::Kind;
    let object = object.as_object(Kind::Table)?.cast::<shape::Table>();
    // SAFETY: tables of the caller.
    unsafe {
        if (*object).shape != cache.receiver {
            return None;
        }
        if let Some(epoch) = epoch {
            return (*std::hint::black_box(epoch) == cache.epoch).then_some(cache.value);
        }
        let (middle, holder) = (cache.middle, cache.holder);
        if (*middle.0).shape != middle.1 || (*holder.0).shape != holder.1 {
            return None;
        }
        Some(*shape::slot(holder.0, cache.slot))
    }
}
