//! Long lists of the collector that grow without a stop: a vector that doubles copies all it has, and the system provides the
//! pages of the new one, which takes milliseconds for some hundred thousand elements.

/// Elements of a segment.
const SEGMENT: usize = 1 << 12;

/// A list in segments, used as a stack.
pub(crate) struct Segments<T> {
    /// All but the last one, each full.
    full: Vec<Vec<T>>,
    /// The last one: never more than [`SEGMENT`] elements.
    last: Vec<T>,
    /// A segment to be used again, so that a list that grows and shrinks by one does not allocate each time.
    spare: Vec<T>,
}

impl<T> Default for Segments<T> {
    fn default() -> Segments<T> {
        Segments { full: Vec::new(), last: Vec::new(), spare: Vec::new() }
    }
}

impl<T: Copy> Segments<T> {
    /// Adds an element.
    #[inline(always)]
    pub(crate) fn push(&mut self, element: T) {
        if self.last.len() == self.last.capacity() {
            self.make_room();
        }
        self.last.push(element);
    }

    /// Room for another element in the last segment: short lists grow as vectors do.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        if self.last.len() >= SEGMENT {
            let next = match self.spare.capacity() {
                0 => Vec::with_capacity(SEGMENT),
                _ => std::mem::take(&mut self.spare),
            };
            self.full.push(std::mem::replace(&mut self.last, next));
        } else {
            let capacity = (self.last.len() * 2).clamp(64, SEGMENT);
            self.last.reserve_exact(capacity - self.last.len());
        }
    }

    /// Takes the last element.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<T> {
        match self.last.pop() {
            None => self.pop_of_full(),
            some => some,
        }
    }

    #[cold]
    #[inline(never)]
    fn pop_of_full(&mut self) -> Option<T> {
        self.spare = std::mem::replace(&mut self.last, self.full.pop()?);
        self.last.pop()
    }

    /// Whether there is no element.
    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_empty() && self.full.is_empty()
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.full.len() * SEGMENT + self.last.len()
    }

    /// The element with this number.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.full
            .get(index / SEGMENT)
            .map_or_else(|| self.last.get(index - self.full.len() * SEGMENT), |full| full.get(index % SEGMENT))
    }

    /// The place of the element with this number, if there is one.
    #[inline]
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let before = self.full.len() * SEGMENT;
        match self.full.get_mut(index / SEGMENT) {
            Some(full) => full.get_mut(index % SEGMENT),
            None => self.last.get_mut(index - before),
        }
    }

    /// Leaves so many elements.
    pub(crate) fn truncate(&mut self, length: usize) {
        while self.full.len() * SEGMENT > length {
            self.last = self.full.pop().expect("not empty");
        }
        self.last.truncate(length - self.full.len() * SEGMENT);
    }

    /// Takes all elements of another list, in any order.
    pub(crate) fn append(&mut self, other: &mut Segments<T>) {
        if self.is_empty() {
            return std::mem::swap(self, other);
        }
        self.full.append(&mut other.full);
        while let Some(element) = other.last.pop() {
            self.push(element);
        }
    }

    /// Takes half of the full segments of another list, the oldest ones.
    pub(crate) fn take_half(&mut self, other: &mut Segments<T>) {
        let count = other.full.len() / 2;
        for segment in other.full.drain(..count) {
            match self.is_empty() {
                true => self.last = segment,
                false => self.full.push(segment),
            }
        }
    }

    /// Removes all elements.
    pub(crate) fn clear(&mut self) {
        self.full.clear();
        self.last.clear();
    }

    /// The elements, in order, so many at a time at most.
    pub(crate) fn chunks(&self, size: usize) -> impl Iterator<Item = &[T]> {
        self.full.iter().chain(std::iter::once(&self.last)).flat_map(move |segment| segment.chunks(size))
    }

    /// The elements, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().chain(std::iter::once(&self.last)).flatten()
    }
}

impl<T: Copy> Extend<T> for Segments<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        elements.into_iter().for_each(|element| self.push(element));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(count: usize) -> Segments<usize> {
        let mut list = Segments::default();
        list.extend(0..count);
        list
    }

    const COUNTS: [usize; 7] = [0, 1, 63, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 70];

    #[test]
    fn elements_have_numbers() {
        for count in COUNTS {
            let mut list = filled(count);
            assert_eq!((list.len(), list.is_empty()), (count, count == 0));
            assert!(list.iter().copied().eq(0..count));
            assert!((0..count).all(|index| list.get(index) == Some(&index) && *list.get_mut(index).expect("there") == index));
            assert_eq!(list.get(count), None);
            assert_eq!(list.get_mut(count), None);
        }
    }

    #[test]
    fn what_was_pushed_last_is_popped_first() {
        for count in COUNTS {
            let mut list = filled(count);
            (0..count).rev().for_each(|element| assert_eq!(list.pop(), Some(element)));
            assert_eq!(list.pop(), None);
            list.push(7);
            assert_eq!((list.pop(), list.len()), (Some(7), 0));
        }
    }

    #[test]
    fn half_of_the_full_segments_are_taken() {
        for (a, b) in COUNTS.into_iter().flat_map(|a| COUNTS.map(|b| (a, b))) {
            let (mut list, mut other) = (filled(a), filled(b));
            list.take_half(&mut other);
            assert_eq!(other.len() + list.len(), a + b);
            let full = b.saturating_sub(1) / SEGMENT;
            assert_eq!(list.len() - a, full / 2 * SEGMENT, "{a} and {b}");
            let mut found: Vec<usize> = std::iter::from_fn(|| list.pop()).chain(other.iter().copied()).collect();
            let mut expected: Vec<usize> = (0..a).chain(0..b).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{a} and {b}");
        }
    }

    #[test]
    fn lists_are_cut_and_joined() {
        for (a, b) in COUNTS.into_iter().flat_map(|a| COUNTS.map(|b| (a, b))) {
            let mut list = filled(a);
            list.truncate(a.min(b));
            assert!(list.iter().copied().eq(0..a.min(b)), "{a} cut to {b}");
            let (mut list, mut other) = (filled(a), filled(b));
            list.append(&mut other);
            let mut found: Vec<usize> = (0..a + b).filter_map(|index| list.get(index).copied()).collect();
            found.sort_unstable();
            let mut expected: Vec<usize> = (0..a).chain(0..b).collect();
            expected.sort_unstable();
            assert_eq!((found == expected, other.len()), (true, 0), "{a} and {b}");
        }
    }
}
