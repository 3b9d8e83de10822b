//! How long the collector may work before the program goes on.

use std::time::Instant;

/// Units of work between looks at the clock.
const PERIOD: usize = 64;

/// What is left of a slice. A unit is about what tracing a small object takes.
pub(crate) struct Budget {
    deadline: Option<Instant>,
    units: usize,
    /// Units until the clock is looked at.
    unchecked: usize,
    over: bool,
    /// Whether all of the work is to be done here and now, and none of it by a helper.
    alone: bool,
}

impl Budget {
    /// No end.
    pub(crate) fn unlimited() -> Budget {
        Budget { deadline: None, units: usize::MAX, unchecked: PERIOD, over: false, alone: true }
    }

    /// Until a time.
    pub(crate) fn until(deadline: Instant) -> Budget {
        Budget { deadline: Some(deadline), alone: false, ..Budget::unlimited() }
    }

    /// So much work.
    pub(crate) fn units(units: usize) -> Budget {
        Budget { units, alone: false, ..Budget::unlimited() }
    }

    /// Whether it has no end.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.deadline.is_none() && self.units == usize::MAX
    }

    /// The same, to be used up here and now.
    pub(crate) fn alone(self) -> Budget {
        Budget { alone: true, ..self }
    }

    /// Whether no helper may do a part of the work.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone
    }

    /// Takes `units`; whether the slice is over.
    #[inline(always)]
    pub(crate) fn spend(&mut self, units: usize) -> bool {
        if units < self.unchecked && units <= self.units {
            self.unchecked -= units;
            if self.units != usize::MAX {
                self.units -= units;
            }
            return self.over;
        }
        self.check(units)
    }

    #[cold]
    fn check(&mut self, units: usize) -> bool {
        self.unchecked = PERIOD;
        if self.units != usize::MAX {
            self.over |= units >= self.units;
            self.units = self.units.saturating_sub(units);
        }
        self.over |= self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.over
    }

    /// Whether the slice is over.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }
}
