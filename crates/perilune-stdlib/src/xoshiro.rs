//! The pseudo-random generator of `math.random`: xoshiro256** (Blackman and Vigna 2018), as PUC Lua 5.4 uses it.

/// The state of one generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xoshiro256 {
    state: [u64; 4],
}

impl Xoshiro256 {
    /// A generator seeded with the two integers of `math.randomseed`.
    pub fn seeded(first: i64, second: i64) -> Xoshiro256 {
        /// Outputs thrown away, so that similar seeds do not start alike.
        const DISCARDED: usize = 16;
        // The constant keeps the state from being all zeros, which would yield zeros for ever.
        let mut generator = Xoshiro256 { state: [first as u64, 0xff, second as u64, 0] };
        for _ in 0..DISCARDED {
            generator.next_u64();
        }
        generator
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.state;
        let s2 = s2 ^ s0;
        let s3 = s3 ^ s1;
        self.state = [s0 ^ s3, s1 ^ s2, s2 ^ s1 << 17, s3.rotate_left(45)];
        s1.wrapping_mul(5).rotate_left(7).wrapping_mul(9)
    }

    /// The next random float in `[0, 1)`: `math.random()`.
    #[inline]
    pub fn next_float(&mut self) -> f64 {
        unit_float(self.next_u64())
    }

    /// The next random integer in `low..=high`, if that is not empty: `math.random(low, high)`.
    #[inline]
    pub fn next_in_range(&mut self, low: i64, high: i64) -> Option<i64> {
        let random = self.next_u64();
        if low > high {
            return None;
        }
        let offset = self.project(random, (high as u64).wrapping_sub(low as u64));
        Some((low as u64).wrapping_add(offset) as i64)
    }

    /// Maps random bits to `0..=limit` without bias, drawing more of them while they fall outside.
    #[inline]
    pub fn project(&mut self, mut random: u64, limit: u64) -> u64 {
        // The smallest mask of low bits that covers the limit.
        let mask = u64::MAX.checked_shr(limit.leading_zeros()).unwrap_or(0);
        loop {
            random &= mask;
            if random <= limit {
                return random;
            }
            random = self.next_u64();
        }
    }
}

/// The float in `[0, 1)` whose 53 bits are the upper ones of `random`.
#[inline]
pub fn unit_float(random: u64) -> f64 {
    const UNIT: f64 = 1.0 / (1u64 << 53) as f64;
    (random >> 11) as f64 * UNIT
}

#[cfg(test)]
mod tests {
    //! Expectations were taken from PUC Lua 5.4.8.

    use super::*;

    #[test]
    fn integers() {
        let mut generator = Xoshiro256::seeded(42, 0);
        for want in [-1276290044721465627, 8333941968102511665, -8358531260401861301, -3807604385970496171i64] {
            assert_eq!(generator.next_u64() as i64, want);
        }
        let mut generator = Xoshiro256::seeded(-1, 123456789);
        for want in [6958223047608988806, 3447757273724092834] {
            assert_eq!(generator.next_u64(), want);
        }
    }

    #[test]
    fn floats() {
        let mut generator = Xoshiro256::seeded(7, 0);
        for want in [0.7789818489670897, 0.38808095006412724, 0.7483098114605319] {
            assert_eq!(generator.next_float(), want);
        }
        assert!(unit_float(u64::MAX) < 1.0);
    }

    #[test]
    fn ranges() {
        for (low, high, wants) in [
            (1, 6, &[3, 2, 2, 6, 6, 6, 4, 1][..]),
            (-1000000, 1000000, &[-781057, 932503, 612186, -897415]),
            (i64::MIN, i64::MAX, &[5146306769106196287, -2064542071139762985, 4580507543003503002]),
            (i64::MIN, 0, &[-2064542071139762985, -2469847597584379719, -8915116010750404295]),
            (5, 5, &[5, 5, 5]),
        ] {
            let mut generator = Xoshiro256::seeded(7, 0);
            for &want in wants {
                assert_eq!(generator.next_in_range(low, high), Some(want));
            }
        }
        assert_eq!(Xoshiro256::seeded(7, 0).next_in_range(2, 1), None);
    }
}
