//! `table.sort`.
//!
//! Lists of numbers or of strings in plain tables are sorted as slices, since nothing can observe the comparisons. All others
//! go through the quicksort of PUC Lua (Sedgewick's, with the median of three as pivot): which elements it compares in which
//! order, how it leaves equal elements and when it notices an invalid order function can be observed by programs.

use super::{READ_WRITE_LENGTH, checked_length, get, set};
use perilune_vm::{NativeResult, Table, Thread, Throw, Value};
use std::cmp::Ordering;

/// `sort(list [, comparator])`
pub fn sort(t: &mut Thread) -> NativeResult {
    let (list, length) = checked_length(t, &READ_WRITE_LENGTH)?;
    if length < 2 {
        return Ok(0);
    }
    if length >= i64::from(i32::MAX) {
        return Err(t.arg_error(1, "array too big"));
    }
    let length = length as usize;
    if !t.arg(2).is_nil() {
        let comparator = t.check_function(2)?;
        // A comparator that yields has always been an error; programs may rely on it.
        t.without_yield(|t| Quicksort { t, list, order: ByFunction(comparator) }.sort(length))?;
    } else if !sort_plain(t, list, length) {
        Quicksort { t, list, order: Natural }.sort(length)?;
    }
    Ok(0)
}

// ---- lists of one kind ----

/// What all elements of a list are.
#[derive(Clone, Copy, PartialEq)]
enum Elements {
    SmallInts,
    /// Without NaN, which has no place in an order, and negative zero, which equals another value.
    Floats,
    Strings,
}

fn kind_of(value: Value) -> Option<Elements> {
    if value.is_small_int() {
        Some(Elements::SmallInts)
    } else if let Some(float) = value.as_float() {
        let negative_zero = float == 0.0 && float.is_sign_negative();
        let ordered = !float.is_nan() && !negative_zero;
        ordered.then_some(Elements::Floats)
    } else {
        value.as_str().map(|_| Elements::Strings)
    }
}

/// Sorts the list without regard to the order of comparisons if that cannot be observed; whether it did.
fn sort_plain(t: &mut Thread, list: Value, length: usize) -> bool {
    let Some(table) = list.as_table().filter(|table| table.meta().is_none() && table.len() as usize == length) else {
        return false;
    };
    let elements = table.array();
    let Some(kind) = kind_of(elements[0]) else { return false };
    if !elements.iter().all(|&element| kind_of(element) == Some(kind)) {
        return false;
    }
    match kind {
        // The tag is all ones, so its removal leaves the sign on top.
        Elements::SmallInts => elements.sort_unstable_by_key(|value| (value.0 << 16) as i64),
        Elements::Floats => elements.sort_unstable_by(|a, b| a.float_value().total_cmp(&b.float_value())),
        Elements::Strings => sort_strings(table),
    }
    t.array_written(table);
    true
}

/// A string with its first eight bytes as a number, which decide most comparisons without a look at the string.
#[derive(Clone, Copy)]
struct Prefixed {
    prefix: u64,
    value: Value,
}

impl Prefixed {
    fn new(value: Value) -> Prefixed {
        let bytes = bytes_of(value);
        let mut prefix = [0; 8];
        let count = bytes.len().min(8);
        prefix[..count].copy_from_slice(&bytes[..count]);
        Prefixed { prefix: u64::from_be_bytes(prefix), value }
    }

    #[inline]
    fn cmp(&self, other: &Prefixed) -> Ordering {
        self.prefix.cmp(&other.prefix).then_with(|| bytes_of(self.value).cmp(bytes_of(other.value)))
    }
}

fn bytes_of(value: Value) -> &'static [u8] {
    value.as_str().map_or(b"", |s| s.bytes())
}

fn sort_strings(table: Table) {
    let elements = table.array();
    let mut prefixed: Vec<Prefixed> = Vec::new();
    if prefixed.try_reserve_exact(elements.len()).is_err() {
        elements.sort_unstable_by(|&a, &b| bytes_of(a).cmp(bytes_of(b)));
        return;
    }
    // The table still holds the values, and nothing is allocated in the heap before they are back in it.
    prefixed.extend(elements.iter().map(|&value| Prefixed::new(value)));
    prefixed.sort_unstable_by(Prefixed::cmp);
    for (element, sorted) in elements.iter_mut().zip(prefixed) {
        *element = sorted.value;
    }
}

// ---- any list ----

/// Decides which of two elements comes first.
trait Order {
    fn less(&self, t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw>;
}

/// `a < b`
struct Natural;

impl Order for Natural {
    #[inline]
    fn less(&self, t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
        if a.is_float() && b.is_float() {
            return Ok(a.float_value() < b.float_value());
        }
        t.less_than(a, b)
    }
}

/// `comparator(a, b)`
struct ByFunction(Value);

impl Order for ByFunction {
    #[inline]
    fn less(&self, t: &mut Thread, a: Value, b: Value) -> Result<bool, Throw> {
        t.push(self.0);
        t.push(a);
        t.push(b);
        t.call_pushed(2, 1)?;
        let less = t.from_top(0).is_truthy();
        t.pop(1);
        Ok(less)
    }
}

/// Intervals from this size on may get a random pivot.
const RANDOM_LIMIT: u32 = 100;

struct Quicksort<'t, O> {
    t: &'t mut Thread,
    list: Value,
    order: O,
}

impl<O: Order> Quicksort<'_, O> {
    fn sort(&mut self, length: usize) -> Result<(), Throw> {
        self.sort_interval(1, length as u32, 0)
    }

    #[inline]
    fn get(&mut self, index: u32) -> Result<Value, Throw> {
        get(self.t, self.list, i64::from(index))
    }

    #[inline]
    fn set(&mut self, index: u32, value: Value) -> Result<(), Throw> {
        set(self.t, self.list, i64::from(index), value)
    }

    /// Stores the values of two elements, the first one first.
    fn set_pair(&mut self, first: (u32, Value), second: (u32, Value)) -> Result<(), Throw> {
        self.set(first.0, first.1)?;
        self.set(second.0, second.1)
    }

    #[inline]
    fn less(&mut self, a: Value, b: Value) -> Result<bool, Throw> {
        self.order.less(self.t, a, b)
    }

    /// Sorts the elements from `low` to `high`. Recursion is limited to the smaller part, hence to the logarithm of the size.
    fn sort_interval(&mut self, mut low: u32, mut high: u32, mut random: u32) -> Result<(), Throw> {
        while low < high {
            self.t.poll(high - low)?;
            self.order_pair(low, high)?;
            if high - low == 1 {
                break;
            }
            let middle = pivot_index(low, high, random);
            self.place_median(low, middle, high)?;
            if high - low == 2 {
                break;
            }
            let pivot = self.get(middle)?;
            let before_last = self.get(high - 1)?;
            self.set_pair((middle, before_last), (high - 1, pivot))?;
            let middle = self.partition(low, high, pivot)?;
            let smaller;
            if middle - low < high - middle {
                self.sort_interval(low, middle - 1, random)?;
                smaller = middle - low;
                low = middle + 1;
            } else {
                self.sort_interval(middle + 1, high, random)?;
                smaller = high - middle;
                high = middle - 1;
            }
            if high.wrapping_sub(low) / 128 > smaller {
                random = random_seed();
            }
        }
        Ok(())
    }

    /// Puts two elements in order.
    fn order_pair(&mut self, low: u32, high: u32) -> Result<(), Throw> {
        let first = self.get(low)?;
        let last = self.get(high)?;
        if self.less(last, first)? { self.set_pair((low, last), (high, first)) } else { Ok(()) }
    }

    /// Puts the element at `middle` in order with its ends, which are in order.
    fn place_median(&mut self, low: u32, middle: u32, high: u32) -> Result<(), Throw> {
        let candidate = self.get(middle)?;
        let first = self.get(low)?;
        if self.less(candidate, first)? {
            return self.set_pair((middle, first), (low, candidate));
        }
        let last = self.get(high)?;
        if self.less(last, candidate)? { self.set_pair((middle, last), (high, candidate)) } else { Ok(()) }
    }

    /// Brings elements below the pivot, which stands at `high - 1`, before those above; returns where the pivot ends up.
    fn partition(&mut self, low: u32, high: u32, pivot: Value) -> Result<u32, Throw> {
        let (mut up, mut down) = (low, high - 1);
        loop {
            up += 1;
            let mut large = self.get(up)?;
            while self.less(large, pivot)? {
                if up == high - 1 {
                    return Err(self.invalid_order());
                }
                up += 1;
                large = self.get(up)?;
            }
            down = down.wrapping_sub(1);
            let mut small = self.get(down)?;
            while self.less(pivot, small)? {
                if down < up {
                    return Err(self.invalid_order());
                }
                down = down.wrapping_sub(1);
                small = self.get(down)?;
            }
            if down < up {
                self.set_pair((high - 1, large), (up, pivot))?;
                return Ok(up);
            }
            self.set_pair((up, small), (down, large))?;
        }
    }

    #[cold]
    fn invalid_order(&mut self) -> Throw {
        self.t.error("invalid order function for sorting")
    }
}

fn pivot_index(low: u32, high: u32, random: u32) -> u32 {
    if high - low < RANDOM_LIMIT || random == 0 {
        return low + (high - low) / 2;
    }
    let quarter = (high - low) / 4;
    random % (quarter * 2) + low + quarter
}

/// A number that a program cannot foresee, so that no list is a worst case for every run.
fn random_seed() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    now.subsec_nanos() ^ now.as_secs() as u32
}
