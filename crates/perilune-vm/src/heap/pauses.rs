//! How long the program was stopped: counts by size, on a logarithmic scale.

/// Steps per doubling, as a power of two.
const SUB_BITS: u32 = 4;
const BUCKETS: usize = (64 - SUB_BITS as usize) << SUB_BITS;

/// A histogram of times in nanoseconds, exact to a sixteenth.
#[derive(Clone)]
pub struct Pauses {
    counts: Box<[u32]>,
    /// How many there were.
    pub count: u64,
    /// Their sum.
    pub total_ns: u64,
    /// The longest.
    pub longest_ns: u64,
}

impl Default for Pauses {
    fn default() -> Pauses {
        Pauses { counts: Box::default(), count: 0, total_ns: 0, longest_ns: 0 }
    }
}

impl std::fmt::Debug for Pauses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} pauses, {} ns at most", self.count, self.longest_ns)
    }
}

/// The bucket of a time.
fn bucket(ns: u64) -> usize {
    let ns = ns.max(1 << SUB_BITS);
    let exponent = 63 - ns.leading_zeros();
    let sub = (ns >> (exponent - SUB_BITS)) as usize & ((1 << SUB_BITS) - 1);
    ((exponent - SUB_BITS) as usize) << SUB_BITS | sub
}

/// The greatest time of a bucket.
fn upper(bucket: usize) -> u64 {
    let (exponent, sub) = (bucket >> SUB_BITS, bucket & ((1 << SUB_BITS) - 1));
    ((((1 << SUB_BITS) + sub as u128 + 1) << exponent) - 1) as u64
}

impl Pauses {
    /// Adds a pause.
    pub(crate) fn add(&mut self, ns: u64) {
        if self.counts.is_empty() {
            self.counts = vec![0; BUCKETS].into_boxed_slice();
        }
        self.counts[bucket(ns)] += 1;
        self.count += 1;
        self.total_ns += ns;
        self.longest_ns = self.longest_ns.max(ns);
    }

    /// The time in nanoseconds that this share of all pauses did not exceed.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u64 {
        let rank = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bucket, &count) in self.counts.iter().enumerate() {
            seen += u64::from(count);
            if seen >= rank && count > 0 {
                return upper(bucket).min(self.longest_ns);
            }
        }
        self.longest_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact_to_a_sixteenth() {
        let mut pauses = Pauses::default();
        (1..=1000).for_each(|us| pauses.add(us * 1000));
        for (share, exact) in [(0.5, 500_000), (0.99, 990_000), (1.0, 1_000_000)] {
            let found = pauses.quantile(share);
            assert!(found >= exact && found <= exact + exact / 16, "{share}: {found}");
        }
        assert_eq!((pauses.count, pauses.longest_ns), (1000, 1_000_000));
    }

    #[test]
    fn every_time_has_a_bucket() {
        for ns in [0, 1, 15, 16, 17, 31, 32, 1 << 40, u64::MAX] {
            assert!(upper(bucket(ns)) >= ns || ns == u64::MAX);
            assert!(bucket(ns) < BUCKETS);
        }
    }
}
