//! How long the program was stopped.

use hdrhistogram::Histogram;

/// Times are told apart down to this many nanoseconds.
const LEAST_NS: u64 = 64;
/// Longer times count as this long in quantiles: 100 seconds.
const MOST_NS: u64 = 100_000_000_000;
/// Significant decimal digits of quantiles.
const DIGITS: u8 = 2;

/// A histogram of times in nanoseconds.
#[derive(Clone, Default)]
pub struct Pauses {
    /// Made for the first pause: short programs have none.
    counts: Option<Box<Histogram<u32>>>,
    /// How many there were.
    pub count: u64,
    /// Their sum.
    pub total_ns: u64,
    /// The longest.
    pub longest_ns: u64,
}

impl std::fmt::Debug for Pauses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} pauses, {} ns at most", self.count, self.longest_ns)
    }
}

impl Pauses {
    /// Adds a pause.
    pub(crate) fn add(&mut self, ns: u64) {
        let counts = self.counts.get_or_insert_with(|| {
            Box::new(Histogram::new_with_bounds(LEAST_NS, MOST_NS, DIGITS).expect("the bounds are in order"))
        });
        counts.saturating_record(ns);
        self.count += 1;
        self.total_ns += ns;
        self.longest_ns = self.longest_ns.max(ns);
    }

    /// The time in nanoseconds that this share of all pauses did not exceed, to a hundredth.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u64 {
        self.counts.as_ref().map_or(0, |counts| counts.value_at_quantile(share).min(self.longest_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact_to_a_hundredth() {
        let mut pauses = Pauses::default();
        (1..=1000).for_each(|us| pauses.add(us * 1000));
        for (share, exact) in [(0.5, 500_000), (0.99, 990_000), (0.999, 999_000), (1.0, 1_000_000)] {
            let found = pauses.quantile(share);
            assert!(found.abs_diff(exact) <= exact / 100, "{share}: {found}");
        }
        assert_eq!((pauses.count, pauses.longest_ns), (1000, 1_000_000));
        assert_eq!(pauses.total_ns, 500_500_000);
    }

    #[test]
    fn every_time_can_be_added() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.quantile(0.5), 0);
        [0, 1, 63, 64, 1 << 40, u64::MAX / 8].into_iter().for_each(|ns| pauses.add(ns));
        assert_eq!((pauses.count, pauses.longest_ns), (6, u64::MAX / 8));
        assert!(pauses.quantile(1.0) >= MOST_NS);
    }
}
