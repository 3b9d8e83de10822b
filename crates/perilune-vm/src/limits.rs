//! Limits of what a program may use: steps and time.
//!
//! A step is a jump back or the entry of a Lua function; library functions that run long charge steps for their work. Both limits
//! are looked at where the interrupt word is, so that they cost nothing elsewhere. The interpreter counts steps with the countdown
//! that it has for the compiler; compiled code counts only if there was a limit when it was made. What compiled code inlines is not
//! counted apart, and instructions executed on its behalf may escape: a budget is kept to within some hundred steps for each time
//! that compiled code is left.
//!
//! A limit that was exceeded stays so: each safepoint from then on raises the error again, whoever catches it. A program that has
//! nothing left but what it does between safepoints soon ends.

use crate::function::Throw;
use crate::global::{Global, interrupt};
use crate::thread::Thread;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What a program may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Steps; `None`: any number.
    pub steps: Option<u64>,
    /// Time by the clock, from the moment that the limit is set; `None`: any.
    pub time: Option<Duration>,
}

/// A limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// That of steps.
    Steps,
    /// That of time.
    Time,
}

impl Exceeded {
    /// The message of the error, without a position.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Exceeded::Steps => "step limit exceeded",
            Exceeded::Time => "time limit exceeded",
        }
    }
}

/// What is left.
pub(crate) struct Allowance {
    /// Steps that are left, but for those that the countdown has counted.
    steps: i64,
    /// Whether steps are counted.
    counted: bool,
    /// What the countdown was set to.
    armed: u32,
    exceeded: Option<Exceeded>,
    watchdog: Option<Watchdog>,
}

impl Allowance {
    /// No limits.
    pub(crate) fn unlimited() -> Allowance {
        Allowance { steps: 0, counted: false, armed: 0, exceeded: None, watchdog: None }
    }

    /// Whether no steps are left.
    pub(crate) fn is_used_up(&self) -> bool {
        self.counted && self.steps <= 0
    }
}

impl Global {
    /// Sets limits from now on, in place of others; what was exceeded is forgiven. Code that was compiled before counts no
    /// steps: the compiler is told to make it anew.
    ///
    /// # Errors
    /// The system gives no thread to watch the time.
    pub fn set_limits(&mut self, limits: Limits) -> std::io::Result<()> {
        self.interrupt.fetch_and(!(interrupt::TIME | interrupt::STEPS), Ordering::Relaxed);
        self.limits = Allowance::unlimited();
        if let Some(time) = limits.time {
            self.limits.watchdog = Some(Watchdog::start(time, Arc::clone(&self.interrupt))?);
        }
        if let Some(steps) = limits.steps {
            self.limits.counted = true;
            self.limits.steps = i64::try_from(steps).unwrap_or(i64::MAX);
            self.limits.armed = self.countdown;
        }
        self.set_countdown(self.countdown.max(1));
        if let Some(mut compiler) = self.compiler.take() {
            compiler.limits_changed(self);
            self.compiler = Some(compiler);
        }
        Ok(())
    }

    /// The limit that was exceeded, if one was.
    #[must_use]
    pub fn exceeded(&self) -> Option<Exceeded> {
        self.limits.exceeded
    }

    /// For compiled code: where the number of steps is that are left (64 bits, signed), if they are counted.
    #[must_use]
    pub fn steps_address(&mut self) -> Option<usize> {
        self.limits.counted.then_some(&raw mut self.limits.steps as usize)
    }

    /// Jumps back and entries from now to the next sample, or until no steps are left.
    pub fn set_countdown(&mut self, count: u32) {
        if !self.limits.counted {
            self.countdown = count;
            return;
        }
        let limits = &mut self.limits;
        limits.steps = limits.steps.saturating_sub(i64::from(limits.armed.saturating_sub(self.countdown)));
        let left = u32::try_from(limits.steps.max(1)).unwrap_or(u32::MAX);
        // With no step left it would end at once, again and again: the interrupt word says it once.
        self.countdown = if limits.steps > 0 { count.min(left) } else { count };
        limits.armed = self.countdown;
        if limits.steps <= 0 {
            self.request(interrupt::STEPS);
        }
    }

    /// Takes steps away; whether a limit was exceeded or the host asks to stop.
    pub(crate) fn charge(&mut self, steps: u32) -> bool {
        if self.limits.counted {
            self.limits.steps = self.limits.steps.saturating_sub(i64::from(steps));
            if self.limits.steps <= 0 {
                self.request(interrupt::STEPS);
            }
        }
        self.interrupt.load(Ordering::Relaxed) & (interrupt::TIME | interrupt::STEPS | interrupt::STOP) != 0
    }
}

impl Thread {
    /// For loops of native functions that may run long: takes `work` steps away. Whether the function should come to an end, by
    /// [`Thread::check_limits`].
    #[inline]
    #[must_use]
    pub fn is_stopped(&self, work: u32) -> bool {
        self.g().charge(work)
    }

    /// For loops of native functions that may run long: takes `work` steps away, and raises an error if a limit was exceeded or
    /// the host asks to stop.
    ///
    /// # Errors
    /// As said.
    #[inline]
    pub fn poll(&mut self, work: u32) -> Result<(), Throw> {
        if self.is_stopped(work) { self.check_limits() } else { Ok(()) }
    }

    /// Raises an error if a limit was exceeded or the host asks to stop.
    ///
    /// # Errors
    /// As said.
    #[cold]
    #[inline(never)]
    pub fn check_limits(&mut self) -> Result<(), Throw> {
        // Others wait for a safepoint.
        let bits = self.g().interrupt.fetch_and(!interrupt::STOP, Ordering::Relaxed);
        self.stop_for(bits, 1)
    }

    /// The errors that bits of the interrupt word stand for; `level` is that of the function whose position they have.
    pub(crate) fn stop_for(&mut self, bits: u32, level: usize) -> Result<(), Throw> {
        let g = self.g();
        if g.limits.exceeded.is_none() {
            g.limits.exceeded = match bits {
                _ if bits & interrupt::TIME != 0 => Some(Exceeded::Time),
                _ if bits & interrupt::STEPS != 0 || g.limits.is_used_up() => Some(Exceeded::Steps),
                _ => None,
            };
        }
        if let Some(exceeded) = g.limits.exceeded {
            // The next safepoint raises it again.
            g.request(if exceeded == Exceeded::Time { interrupt::TIME } else { interrupt::STEPS });
            let text = [&self.position(level), exceeded.message().as_bytes()].concat();
            let value = self.g().str(&text);
            return Err(self.g().throw(value.into()));
        }
        if bits & interrupt::STOP != 0 {
            // As in PUC Lua, the position is that of the running function's caller.
            return Err(self.error("interrupted!"));
        }
        Ok(())
    }
}

/// Sets the interrupt word when the time is over, from a thread of its own.
struct Watchdog {
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Watchdog {
    fn start(time: Duration, word: Arc<AtomicU32>) -> std::io::Result<Watchdog> {
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = Arc::clone(&ended);
        let watch = move || {
            let (ended, bell) = &*shared;
            let guard = ended.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = bell.wait_timeout_while(guard, time, |ended| !*ended);
            let (ended, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if !*ended {
                word.fetch_or(interrupt::TIME, Ordering::Relaxed);
            }
        };
        std::thread::Builder::new().name("watchdog".to_owned()).spawn(watch)?;
        Ok(Watchdog { ended })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let (ended, bell) = &*self.ended;
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
    }
}
