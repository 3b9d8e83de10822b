//! Tables with a shape shared by all that were built alike, slots inside the object, inline caches at the sites, and a
//! dictionary for tables that are used as such.

use super::heap::{Heap, Str};
use crate::repr::{Kind, Nan, Repr};

/// String keys and their slots, and the metatable.
pub struct Shape {
    pub keys: Vec<*const Str>,
    /// Open-addressing index of `keys`: slot + 1, or 0.
    index: Vec<u8>,
    children: Vec<(*const Str, *const Shape)>,
    pub meta: *mut Table,
}

/// More keys than this and the table becomes a dictionary.
const MAX_KEYS: usize = 64;

impl Shape {
    pub fn root(meta: *mut Table) -> *mut Shape {
        Self::leak(Vec::new(), meta)
    }

    fn leak(keys: Vec<*const Str>, meta: *mut Table) -> *mut Shape {
        let mut index = vec![0; (keys.len() * 2).next_power_of_two().max(4)];
        for (slot, &key) in keys.iter().enumerate() {
            // SAFETY: strings live as long as the process.
            let mut place = unsafe { (*key).hash } as usize & (index.len() - 1);
            while index[place] != 0 {
                place = (place + 1) & (index.len() - 1);
            }
            index[place] = slot as u8 + 1;
        }
        Box::leak(Box::new(Shape {
            keys,
            index,
            children: Vec::new(),
            meta,
        }))
    }

    /// The shape with one more key.
    ///
    /// # Safety
    /// `shape` was made here.
    pub unsafe fn with(shape: *mut Shape, key: *const Str) -> *const Shape {
        // SAFETY: the caller's promise.
        let this = unsafe { &mut *shape };
        if let Some(&(_, child)) = this.children.iter().find(|child| child.0 == key) {
            return child;
        }
        let mut keys = this.keys.clone();
        keys.push(key);
        let child = Self::leak(keys, this.meta);
        this.children.push((key, child));
        child
    }

    /// The slot of `key` without a cache.
    #[inline(always)]
    pub fn slot(&self, key: *const Str) -> Option<usize> {
        let mask = self.index.len() - 1;
        // SAFETY: strings live as long as the process; `place` is masked; slots in the index are those of `keys`.
        unsafe {
            let mut place = (*key).hash as usize & mask;
            loop {
                let slot = *self.index.get_unchecked(place) as usize;
                if slot == 0 {
                    return None;
                }
                if *self.keys.get_unchecked(slot - 1) == key {
                    return Some(slot - 1);
                }
                place = (place + 1) & mask;
            }
        }
    }
}

/// The object; `capacity` slots follow it. (Slots beyond those are left out: the programs learn the number.)
#[repr(C)]
pub struct Table {
    pub shape: *const Shape,
    array: *mut Nan,
    array_length: u32,
    capacity: u32,
    dictionary: *mut Dictionary,
}

/// # Safety
/// `table` is alive and has more than `slot` slots.
#[inline(always)]
pub unsafe fn slot(table: *mut Table, slot: usize) -> *mut Nan {
    // SAFETY: the caller's promise.
    unsafe { table.add(1).cast::<Nan>().add(slot) }
}

/// A table of `shape` with `capacity` slots.
#[inline(never)]
pub fn create(heap: &mut Heap, shape: *const Shape, capacity: usize) -> *mut Table {
    let table = heap
        .allocate(size_of::<Table>() + capacity * 8)
        .cast::<Table>();
    let null: *mut Table = std::ptr::null_mut();
    // SAFETY: fresh memory of that size.
    unsafe {
        *table = Table {
            shape,
            array: null.cast(),
            array_length: 0,
            capacity: capacity as u32,
            dictionary: null.cast(),
        };
        for index in 0..capacity {
            *slot(table, index) = Nan::NIL;
        }
    }
    table
}

/// # Safety
/// `table` was made by [`create`] and nobody uses it afterwards.
pub unsafe fn destroy(heap: &mut Heap, table: *mut Table) {
    // SAFETY: the caller's promise.
    unsafe {
        heap.free(
            table.cast(),
            size_of::<Table>() + (*table).capacity as usize * 8,
        )
    }
}

/// A site's cache: what it knows of up to four shapes. `next` is the shape after the key was added.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    pub shape: *const Shape,
    pub next: *const Shape,
    pub slot: usize,
}

pub struct Cache {
    pub entries: [Entry; 4],
    pub used: usize,
    pub key: *const Str,
}

impl Cache {
    pub fn new(key: *const Str) -> Self {
        let null = std::ptr::null();
        Self {
            entries: [Entry {
                shape: null,
                next: null,
                slot: 0,
            }; 4],
            used: 0,
            key,
        }
    }
}

/// The place of the cache's key in `value`, which has it.
///
/// # Safety
/// `value`, if a table, was made here.
#[inline(always)]
pub unsafe fn place(value: Nan, cache: &mut Cache) -> *mut Nan {
    let Some(table) = value.as_object(Kind::Table) else {
        return std::ptr::null_mut();
    };
    let table = table.cast::<Table>();
    // SAFETY: the caller's promise.
    unsafe {
        if (*table).shape == cache.entries[0].shape {
            return slot(table, cache.entries[0].slot);
        }
        place_polymorphic(table, cache)
    }
}

/// What is known of any shape and key, by a hash of both: for sites that see many shapes.
pub struct Global {
    entries: Vec<(*const Shape, *const Str, usize)>,
}

impl Global {
    pub fn new() -> Self {
        Self {
            entries: vec![(std::ptr::null(), std::ptr::null(), 0); 1024],
        }
    }

    /// As [`place`], without the site's own entries.
    ///
    /// # Safety
    /// `value`, if a table, was made here.
    #[inline(always)]
    pub unsafe fn place(&mut self, value: Nan, cache: &Cache) -> *mut Nan {
        let Some(table) = value.as_object(Kind::Table) else {
            return std::ptr::null_mut();
        };
        let table = table.cast::<Table>();
        // SAFETY: the caller's promise; the index is masked.
        unsafe {
            let shape = (*table).shape;
            let hash = (shape as usize >> 4) ^ (shape as usize >> 11) ^ (*cache.key).hash as usize;
            let entry = self.entries.get_unchecked_mut(hash & 1023);
            if entry.0 == shape && entry.1 == cache.key {
                return slot(table, entry.2);
            }
            fill(entry, table, cache.key)
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn fill(
    entry: &mut (*const Shape, *const Str, usize),
    table: *mut Table,
    key: *const Str,
) -> *mut Nan {
    // SAFETY: as above.
    unsafe {
        let shape = (*table).shape;
        let Some(found) = (*shape).slot(key) else {
            return std::ptr::null_mut();
        };
        *entry = (shape, key, found);
        slot(table, found)
    }
}

#[inline(never)]
unsafe fn place_polymorphic(table: *mut Table, cache: &mut Cache) -> *mut Nan {
    // SAFETY: as above.
    unsafe {
        let shape = (*table).shape;
        for entry in &cache.entries[1..] {
            if entry.shape == shape {
                return slot(table, entry.slot);
            }
        }
        let Some(found) = (*shape).slot(cache.key) else {
            return std::ptr::null_mut();
        };
        if cache.used < 4 {
            cache.entries[cache.used] = Entry {
                shape,
                next: shape,
                slot: found,
            };
            cache.used += 1;
        }
        slot(table, found)
    }
}

/// Adds or changes the cache's key.
///
/// # Safety
/// `table` was made here with room for the key.
#[inline(always)]
pub unsafe fn set(table: *mut Table, cache: &mut Cache, value: Nan) {
    // SAFETY: the caller's promise.
    unsafe {
        let entry = cache.entries[0];
        if (*table).shape == entry.shape {
            *slot(table, entry.slot) = value;
            (*table).shape = entry.next;
        } else {
            set_uncached(table, cache, value);
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn set_uncached(table: *mut Table, cache: &mut Cache, value: Nan) {
    // SAFETY: as above; shapes are leaked as mutable.
    unsafe {
        let shape = (*table).shape;
        let (next, found) = match (*shape).slot(cache.key) {
            Some(found) => (shape, found),
            None => (
                Shape::with(shape.cast_mut(), cache.key),
                (*shape).keys.len(),
            ),
        };
        cache.entries[0] = Entry {
            shape,
            next,
            slot: found,
        };
        *slot(table, found) = value;
        (*table).shape = next;
    }
}

/// Keys and values of a table used as a dictionary: open addressing, at most three quarters full.
pub struct Dictionary {
    entries: Vec<(*const Str, Nan)>,
    used: usize,
}

/// The place of a key that is no constant: slots through the shape's index, else the dictionary. Null if absent.
///
/// # Safety
/// Table and key are alive.
#[inline(always)]
pub unsafe fn find(value: Nan, key: *const Str) -> *mut Nan {
    let Some(table) = value.as_object(Kind::Table) else {
        return std::ptr::null_mut();
    };
    let table = table.cast::<Table>();
    // SAFETY: the caller's promise.
    unsafe {
        if (*table).dictionary.is_null() {
            return match (*(*table).shape).slot(key) {
                Some(found) => slot(table, found),
                None => std::ptr::null_mut(),
            };
        }
        (*(*table).dictionary).find(key)
    }
}

/// Adds a key that is absent, turning the table into a dictionary when it has too many.
///
/// # Safety
/// As [`find`]; the table has slots for as many keys as it gets before it turns.
#[inline(never)]
pub unsafe fn insert(table: *mut Table, key: *const Str, value: Nan) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*table).dictionary.is_null() {
            let count = (&(*(*table).shape).keys).len();
            if count < MAX_KEYS.min((*table).capacity as usize) {
                (*table).shape = Shape::with((*table).shape.cast_mut(), key);
                *slot(table, count) = value;
                return;
            }
            let mut dictionary = Dictionary {
                entries: vec![(std::ptr::null(), Nan::NIL); 128],
                used: 0,
            };
            for (index, &key) in (&(*(*table).shape).keys).iter().enumerate() {
                dictionary.insert(key, *slot(table, index));
            }
            (*table).dictionary = Box::leak(Box::new(dictionary));
            (*table).shape = Shape::root((*(*table).shape).meta);
        }
        (*(*table).dictionary).insert(key, value);
    }
}

impl Dictionary {
    #[inline(always)]
    unsafe fn find(&mut self, key: *const Str) -> *mut Nan {
        let mask = self.entries.len() - 1;
        // SAFETY: `place` is masked.
        unsafe {
            let mut place = (*key).hash as usize & mask;
            loop {
                let entry = self.entries.get_unchecked_mut(place);
                if entry.0 == key {
                    return &raw mut entry.1;
                }
                if entry.0.is_null() {
                    return std::ptr::null_mut();
                }
                place = (place + 1) & mask;
            }
        }
    }

    fn insert(&mut self, key: *const Str, value: Nan) {
        if self.used * 4 >= self.entries.len() * 3 {
            let empty = vec![(std::ptr::null(), Nan::NIL); self.entries.len() * 2];
            let old = std::mem::replace(&mut self.entries, empty);
            self.used = 0;
            for (key, value) in old.into_iter().filter(|entry| !entry.0.is_null()) {
                self.insert(key, value);
            }
        }
        let mask = self.entries.len() - 1;
        // SAFETY: strings live as long as the process.
        let mut place = unsafe { (*key).hash } as usize & mask;
        while !self.entries[place].0.is_null() {
            place = (place + 1) & mask;
        }
        self.entries[place] = (key, value);
        self.used += 1;
    }
}
