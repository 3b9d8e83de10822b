//! Tables as a hash of nodes with chained scatter and interned keys, after PUC Lua's published design (Brent's variation).

use super::heap::{Heap, Str};
use crate::repr::{Kind, Nan, Repr};

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Node {
    value: Nan,
    key: *const Str,
    /// Distance to the next node of the chain; 0 ends it.
    next: i32,
}

#[repr(C)]
pub struct Table {
    mask: u32,
    array_length: u32,
    array: *mut Nan,
    nodes: *mut Node,
    last_free: *mut Node,
    pub meta: *mut Table,
}

const EMPTY: Node = Node {
    value: Nan::NIL,
    key: std::ptr::null(),
    next: 0,
};

/// A table with room for `size` (a power of two) keys.
#[inline(never)]
pub fn create(heap: &mut Heap, size: usize) -> *mut Table {
    let table = heap.allocate(size_of::<Table>()).cast::<Table>();
    let nodes = heap.allocate(size * size_of::<Node>()).cast::<Node>();
    let null: *mut Table = std::ptr::null_mut();
    // SAFETY: fresh memory of these sizes.
    unsafe {
        for index in 0..size {
            *nodes.add(index) = EMPTY;
        }
        *table = Table {
            mask: size as u32 - 1,
            array_length: 0,
            array: null.cast(),
            nodes,
            last_free: nodes.add(size),
            meta: null,
        };
    }
    table
}

/// # Safety
/// `table` was made by [`create`] and nobody uses it afterwards.
pub unsafe fn destroy(heap: &mut Heap, table: *mut Table) {
    // SAFETY: the caller's promise.
    unsafe {
        heap.free(
            (*table).nodes.cast(),
            ((*table).mask as usize + 1) * size_of::<Node>(),
        );
        heap.free(table.cast(), size_of::<Table>());
    }
}

/// The place of `key`'s value, or null.
///
/// # Safety
/// Table and key are alive.
#[inline(always)]
pub unsafe fn find(table: *mut Table, key: *const Str) -> *mut Nan {
    // SAFETY: chains stay inside the node vector.
    unsafe {
        let mut node = (*table).nodes.add(((*key).hash & (*table).mask) as usize);
        loop {
            if (*node).key == key {
                return &raw mut (*node).value;
            }
            if (*node).next == 0 {
                return std::ptr::null_mut();
            }
            node = node.offset((*node).next as isize);
        }
    }
}

/// `value[key]` for a table with the key.
///
/// # Safety
/// As [`find`].
#[inline(always)]
pub unsafe fn place(value: Nan, key: *const Str) -> *mut Nan {
    match value.as_object(Kind::Table) {
        // SAFETY: the caller's promise.
        Some(table) => unsafe { find(table.cast(), key) },
        None => std::ptr::null_mut(),
    }
}

/// `table[key] = value`.
///
/// # Safety
/// As [`find`].
#[inline(always)]
pub unsafe fn set(heap: &mut Heap, table: *mut Table, key: *const Str, value: Nan) {
    // SAFETY: the caller's promise.
    unsafe {
        let place = find(table, key);
        if place.is_null() {
            insert(heap, table, key, value)
        } else {
            *place = value
        }
    }
}

#[inline(never)]
unsafe fn insert(heap: &mut Heap, table: *mut Table, key: *const Str, value: Nan) {
    // SAFETY: as above; a free node exists or the vector grows.
    unsafe {
        let home = |key: *const Str| (*table).nodes.add(((*key).hash & (*table).mask) as usize);
        let main = home(key);
        let mut node = main;
        if !(*main).key.is_null() {
            let Some(free) = take_free(table) else {
                grow(heap, table);
                return insert(heap, table, key, value);
            };
            let other = home((*main).key);
            if other == main {
                let next = (*main).next;
                (*free).next = if next == 0 {
                    0
                } else {
                    main.offset(next as isize).offset_from(free) as i32
                };
                (*main).next = free.offset_from(main) as i32;
                node = free;
            } else {
                let mut previous = other;
                while previous.offset((*previous).next as isize) != main {
                    previous = previous.offset((*previous).next as isize);
                }
                (*previous).next = free.offset_from(previous) as i32;
                *free = *main;
                if (*main).next != 0 {
                    (*free).next = main.offset((*main).next as isize).offset_from(free) as i32;
                    (*main).next = 0;
                }
            }
        }
        (*node).key = key;
        (*node).value = value;
    }
}

unsafe fn take_free(table: *mut Table) -> Option<*mut Node> {
    // SAFETY: `last_free` moves from the end of the vector to its start.
    unsafe {
        while (*table).last_free > (*table).nodes {
            (*table).last_free = (*table).last_free.sub(1);
            if (*(*table).last_free).key.is_null() {
                return Some((*table).last_free);
            }
        }
        None
    }
}

#[cold]
#[inline(never)]
unsafe fn grow(heap: &mut Heap, table: *mut Table) {
    // SAFETY: the old vector is read before it is freed.
    unsafe {
        let (old, count) = ((*table).nodes, (*table).mask as usize + 1);
        let nodes = heap.allocate(2 * count * size_of::<Node>()).cast::<Node>();
        for index in 0..2 * count {
            *nodes.add(index) = EMPTY;
        }
        ((*table).nodes, (*table).mask, (*table).last_free) =
            (nodes, 2 * count as u32 - 1, nodes.add(2 * count));
        for index in 0..count {
            let node = *old.add(index);
            if !node.key.is_null() {
                insert(heap, table, node.key, node.value);
            }
        }
        heap.free(old.cast(), count * size_of::<Node>());
    }
}

/// `value[key]` through `__index` chains, without any cache.
///
/// # Safety
/// All tables reached are alive and were made here.
#[inline(always)]
pub unsafe fn find_inherited(value: Nan, key: *const Str, index: *const Str) -> *mut Nan {
    // SAFETY: the caller's promise.
    unsafe {
        let mut value = value;
        for _ in 0..100 {
            let Some(table) = value.as_object(Kind::Table) else {
                break;
            };
            let table = table.cast::<Table>();
            let place = find(table, key);
            if !place.is_null() {
                return place;
            }
            if (*table).meta.is_null() {
                break;
            }
            let next = find((*table).meta, index);
            if next.is_null() {
                break;
            }
            value = *next;
        }
        std::ptr::null_mut()
    }
}
