//! What a stop cost the program's thread, beside the time that passed: on a busy machine most long stops are those of others.

use std::ops::Sub;
use std::time::Duration;

/// What the running thread has used so far, or between two moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a processor.
    pub processor: Duration,
    /// Pages that the system had to provide.
    pub faults: u64,
    /// How often the system ran another thread instead.
    pub preemptions: u64,
}

impl Usage {
    /// What the running thread has used so far.
    pub(crate) fn now() -> Usage {
        // SAFETY: both structures are plain numbers, which the system fills in.
        unsafe {
            let mut time: libc::timespec = std::mem::zeroed();
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time);
            libc::getrusage(libc::RUSAGE_THREAD, &mut usage);
            Usage {
                processor: Duration::new(time.tv_sec as u64, time.tv_nsec as u32),
                faults: usage.ru_minflt as u64,
                preemptions: usage.ru_nivcsw as u64,
            }
        }
    }
}

impl Sub for Usage {
    type Output = Usage;

    fn sub(self, before: Usage) -> Usage {
        Usage {
            processor: self.processor.saturating_sub(before.processor),
            faults: self.faults.saturating_sub(before.faults),
            preemptions: self.preemptions.saturating_sub(before.preemptions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_new_pages_are_counted() {
        let before = Usage::now();
        let pages = vec![1u8; 1 << 22];
        let used = Usage::now() - before;
        assert!(pages.iter().all(|&byte| byte == 1));
        assert!(used.faults > 0 && used.processor > Duration::ZERO, "{used:?}");
        assert_eq!(before - Usage::now(), Usage::default(), "differences are never negative");
    }
}
