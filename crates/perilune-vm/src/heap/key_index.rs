//! Which small ephemeron tables wait for a key: found by its address when the marking comes to it after all.
//!
//! It consists of many small hash tables, so that none takes long to grow.

use super::segments::Segments;
use crate::object::Header;
use crate::table::Table;
use std::ptr::NonNull;

/// Hash tables, a power of two.
const PARTS: usize = 1 << PARTS_BITS;
const PARTS_BITS: u32 = 9;
/// Places of the smallest one.
const LEAST: usize = 16;
/// Multiplier of Fibonacci hashing.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// The end of a chain.
const NONE: u32 = u32::MAX;

/// Tables by key.
#[derive(Default)]
pub(super) struct KeyIndex {
    /// None until there is something to know.
    parts: Vec<Part>,
    links: Segments<Link>,
}

/// A table that has a key.
#[derive(Clone, Copy)]
struct Link {
    table: Table,
    /// The next one with the same key.
    next: u32,
}

/// A hash table with linear probing from addresses of keys, zero in free places, to their first links.
#[derive(Default, Clone)]
struct Part {
    places: Vec<(usize, u32)>,
    used: usize,
}

impl Part {
    /// The place of a key, or the free one where it belongs.
    fn find(&self, key: usize) -> usize {
        let mask = self.places.len() - 1;
        let mut at = hash(key) & mask;
        while self.places[at].0 != key && self.places[at].0 != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(LEAST);
        let old = std::mem::replace(&mut self.places, vec![(0, NONE); size]);
        for place in old.into_iter().filter(|place| place.0 != 0) {
            let at = self.find(place.0);
            self.places[at] = place;
        }
    }

    /// The first link of a key, to be changed.
    fn entry(&mut self, key: usize) -> &mut u32 {
        if (self.used + 1) * 4 > self.places.len() * 3 {
            self.grow();
        }
        let at = self.find(key);
        if self.places[at].0 == 0 {
            self.used += 1;
            self.places[at] = (key, NONE);
        }
        &mut self.places[at].1
    }
}

fn hash(key: usize) -> usize {
    ((key as u64).wrapping_mul(GOLDEN) >> 24) as usize
}

/// The part that a key belongs to, by other bits than those of its place.
fn part_of(key: usize) -> usize {
    ((key as u64).wrapping_mul(GOLDEN) >> (64 - PARTS_BITS)) as usize
}

impl KeyIndex {
    /// Notes that `table` has `key`.
    pub(super) fn add(&mut self, key: NonNull<Header>, table: Table) {
        if self.parts.is_empty() {
            self.parts = vec![Part::default(); PARTS];
        }
        let key = key.as_ptr() as usize;
        let number = self.links.len() as u32;
        let next = std::mem::replace(self.parts[part_of(key)].entry(key), number);
        self.links.push(Link { table, next });
    }

    /// The tables that were noted with `key`.
    pub(super) fn tables(&self, key: NonNull<Header>) -> impl Iterator<Item = Table> {
        let key = key.as_ptr() as usize;
        let part = self.parts.get(part_of(key)).filter(|part| !part.places.is_empty());
        let mut at = part.map_or(NONE, |part| part.places[part.find(key)].1);
        std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.next;
            Some(link.table)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(number: usize) -> NonNull<Header> {
        NonNull::new((number * 48 + (1 << 40)) as *mut Header).expect("not null")
    }

    #[test]
    fn tables_are_found_by_each_of_their_keys() {
        let mut index = KeyIndex::default();
        assert_eq!(index.tables(cell(1)).count(), 0);
        for number in 0..30_000 {
            index.add(cell(number), Table(cell(100_000 + number).cast()));
            if number % 3 == 0 {
                index.add(cell(number), Table(cell(200_000 + number).cast()));
            }
        }
        for number in 0..30_000 {
            let mut found: Vec<Table> = index.tables(cell(number)).collect();
            found.reverse();
            assert_eq!(found.first().copied(), Some(Table(cell(100_000 + number).cast())));
            assert_eq!(found.len(), if number % 3 == 0 { 2 } else { 1 });
        }
        assert_eq!(index.tables(cell(30_000)).count(), 0);
    }
}
