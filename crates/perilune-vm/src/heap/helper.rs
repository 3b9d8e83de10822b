//! The thread that marks beside the programs of all states of the process, and how states and it hand work to each other.
//!
//! A state has a [`Job`] while a full cycle marks. Work goes to and fro as lists under the job's lock, which the helper takes every
//! few thousand objects. It never keeps a job for long if other states wait. Where there is one processor only, where a
//! processor may make stores visible in another order, or where the system has no `membarrier`, there is no helper.

use super::segments::Segments;
use super::tracer::{Handed, Tracer};
use crate::object::Header;
use std::collections::VecDeque;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Units of work after which the helper looks whether it is called back.
const UNITS: usize = 1 << 12;
/// How long the helper works for a state while others wait.
const TURN: Duration = Duration::from_millis(5);

/// The thread, as states see it.
struct Helper {
    waiting: Mutex<VecDeque<Arc<Job>>>,
    bell: Condvar,
    /// The process that the thread is in: a child has none.
    process: u32,
    /// The system has no fences after all.
    broken: AtomicBool,
}

static HELPER: OnceLock<Option<Helper>> = OnceLock::new();

/// Who has the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Nobody,
    Queue,
    Helper,
}

/// What a state and the helper exchange.
struct Exchange {
    holder: Holder,
    for_helper: Segments<NonNull<Header>>,
    for_owner: Handed,
}

/// A marking that the helper takes part in.
pub(super) struct Job {
    exchange: Mutex<Exchange>,
    /// Rings when the helper is done.
    done: Condvar,
    recalled: AtomicBool,
    /// Whether the program's thread traces, too.
    hungry: AtomicBool,
    /// For tests: the helper waits for a random time every now and then. Zero: it does not.
    dice: AtomicU32,
}

// SAFETY: the cells that a job names stay where they are and readable until its state has taken it back, and what the helper
// does with them is made for two threads.
unsafe impl Send for Job {}
// SAFETY: as above; the lists are under the lock.
unsafe impl Sync for Job {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The helper, if there can be one. The first call starts it.
fn helper() -> Option<&'static Helper> {
    let helper = HELPER.get_or_init(Helper::start).as_ref()?;
    let usable = helper.process == std::process::id() && !helper.broken.load(Ordering::Relaxed);
    usable.then_some(helper)
}

impl Helper {
    fn start() -> Option<Helper> {
        let several = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !several || !has_fences() {
            return None;
        }
        let work = || {
            // The thread is started while the helper is made.
            if let Some(helper) = HELPER.wait() {
                helper.work();
            }
        };
        std::thread::Builder::new().name("marker".to_owned()).spawn(work).ok()?;
        Some(Helper {
            waiting: Mutex::new(VecDeque::new()),
            bell: Condvar::new(),
            process: std::process::id(),
            broken: AtomicBool::new(false),
        })
    }

    fn work(&self) {
        // With several threads that takes milliseconds, which are not the program's here.
        if !membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) {
            return self.broken.store(true, Ordering::Relaxed);
        }
        let mut tracer = Tracer::new(fence);
        loop {
            let waiting = lock(&self.waiting);
            let mut waiting = self.bell.wait_while(waiting, |jobs| jobs.is_empty()).unwrap_or_else(PoisonError::into_inner);
            let Some(job) = waiting.pop_front() else { continue };
            drop(waiting);
            if job.work(&mut tracer, || !lock(&self.waiting).is_empty()) {
                self.queue(job);
            }
        }
    }

    fn queue(&self, job: Arc<Job>) {
        lock(&self.waiting).push_back(job);
        self.bell.notify_one();
    }
}

impl Job {
    /// A job without work, if there is a helper. `dice`: not zero, to have it wait at random.
    pub(super) fn new(dice: u32) -> Option<Arc<Job>> {
        helper()?;
        let exchange = Exchange { holder: Holder::Nobody, for_helper: Segments::default(), for_owner: Handed::default() };
        Some(Arc::new(Job {
            exchange: Mutex::new(exchange),
            done: Condvar::new(),
            recalled: AtomicBool::new(false),
            hungry: AtomicBool::new(false),
            dice: AtomicU32::new(dice),
        }))
    }

    /// Whether there is no helper any more: it stayed behind in the process that this one was forked from, perhaps with the lock.
    pub(super) fn is_lost() -> bool {
        helper().is_none()
    }

    /// Gives the helper marked objects to trace, and takes what it hands back; whether it has nothing left to do.
    pub(super) fn exchange(self: &Arc<Job>, work: &mut Segments<NonNull<Header>>, handed: &mut Handed) -> bool {
        let mut exchange = lock(&self.exchange);
        exchange.for_helper.append(work);
        handed.append(&mut exchange.for_owner);
        if exchange.for_helper.is_empty() || exchange.holder != Holder::Nobody {
            return exchange.for_helper.is_empty() && exchange.holder == Holder::Nobody;
        }
        exchange.holder = Holder::Queue;
        drop(exchange);
        if let Some(helper) = helper() {
            helper.queue(Arc::clone(self));
        }
        false
    }

    /// Takes work from the helper, and has it leave some from now on, or leave none any more.
    pub(super) fn assist(&self, wanted: bool, work: &mut Segments<NonNull<Header>>) {
        self.hungry.store(wanted, Ordering::Relaxed);
        if wanted {
            work.append(&mut lock(&self.exchange).for_helper);
        }
    }

    /// Takes all work back. `wait`: until the helper has noticed; otherwise, whether it has. No work may be given any more.
    pub(super) fn recall(&self, wait: bool, handed: &mut Handed) -> bool {
        self.recalled.store(true, Ordering::Relaxed);
        let mut exchange = lock(&self.exchange);
        while exchange.holder == Holder::Helper {
            if !wait {
                return false;
            }
            exchange = self.done.wait(exchange).unwrap_or_else(PoisonError::into_inner);
        }
        // If it still waits in the queue, the helper will find that there is nothing to do.
        exchange.holder = Holder::Nobody;
        let Exchange { for_helper, for_owner, .. } = &mut *exchange;
        handed.append(for_owner);
        handed.cells.append(for_helper);
        true
    }

    /// The helper's work on the job; whether it is to be queued again as others wait.
    fn work(&self, tracer: &mut Tracer, others: impl Fn() -> bool) -> bool {
        {
            let mut exchange = lock(&self.exchange);
            if exchange.holder != Holder::Queue {
                return false;
            }
            exchange.holder = Holder::Helper;
            std::mem::swap(&mut tracer.stack, &mut exchange.for_helper);
        }
        let begun = Instant::now();
        loop {
            let before = Instant::now();
            let more = tracer.run(self.units());
            tracer.handed.ns += before.elapsed().as_nanos() as u64;
            let leave = self.recalled.load(Ordering::Relaxed);
            let next = more && !leave && begun.elapsed() >= TURN && others();
            let mut exchange = lock(&self.exchange);
            if leave || next {
                if next {
                    exchange.for_helper.append(&mut tracer.stack);
                }
                let mut handed = tracer.give_up();
                exchange.for_owner.append(&mut handed);
                exchange.holder = if next { Holder::Queue } else { Holder::Nobody };
                self.done.notify_all();
                return next;
            }
            exchange.for_owner.append(&mut tracer.handed);
            if self.hungry.load(Ordering::Relaxed) && exchange.for_helper.is_empty() {
                exchange.for_helper.take_half(&mut tracer.stack);
            }
            if !more {
                std::mem::swap(&mut tracer.stack, &mut exchange.for_helper);
                if tracer.is_done() {
                    exchange.holder = Holder::Nobody;
                    self.done.notify_all();
                    return false;
                }
            }
        }
    }

    /// How many units to do at once; in tests a random number, after a random time.
    fn units(&self) -> usize {
        let mut dice = self.dice.load(Ordering::Relaxed);
        if dice == 0 {
            return UNITS;
        }
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        self.dice.store(dice, Ordering::Relaxed);
        match dice >> 8 & 3 {
            0 => std::thread::sleep(Duration::from_micros(u64::from(dice >> 10 & 127))),
            1 => std::thread::yield_now(),
            _ => {}
        }
        1 + (dice >> 20) as usize % 64
    }
}

/// Whether the system has [`fence`].
fn has_fences() -> bool {
    // SAFETY: a system call without memory.
    let found = unsafe { libc::syscall(libc::SYS_membarrier, libc::MEMBARRIER_CMD_QUERY, 0, 0) };
    found > 0 && found & libc::c_long::from(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0
}

/// Has all threads of the process pass a fence, wherever they are: what they stored before is visible here afterwards, and
/// what was stored here before is visible to them.
fn fence() {
    std::sync::atomic::fence(Ordering::SeqCst);
    if !membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
        // Without it nothing found from here on could be relied on, and it cannot fail after it was registered.
        std::process::abort();
    }
}

fn membarrier(command: libc::c_int) -> bool {
    // SAFETY: a system call without memory.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}
