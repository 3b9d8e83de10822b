//! `fork`: a child gets pages of its own.
//!
//! The pages are shared memory, so a child would execute what its parent writes: once the parent reuses a block, the child
//! would be in the wrong code. So right before a `fork` the code is copied to a new file, while a lock keeps everybody from
//! changing it, and the child maps the copy over both views before its program goes on. Ways to make a child that run no such
//! handlers (`vfork`, a plain `clone`) lead to `exec`; if they do not, the child can change nothing ([`Shared::is_ours`]).

use std::cell::UnsafeCell;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use super::mapping::{self, DualMapping};

/// A memory that a child has to get a copy of.
#[derive(Debug)]
struct View {
    writable: u64,
    executable: u64,
    length: usize,
    facts: Arc<Facts>,
    /// From before a `fork` until after it.
    copy: Option<File>,
}

/// What the memory and the registry both know.
#[derive(Debug)]
struct Facts {
    /// The process that may change the pages.
    owner: AtomicU32,
    /// Bytes from the start that may hold code. Changes under the lock.
    committed: AtomicUsize,
}

/// A mutex that is taken before a `fork` and released after it, on both sides, which the standard library's cannot be.
struct Registry {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    views: UnsafeCell<Vec<View>>,
}

// SAFETY: `views` is only reached by who has locked `mutex`, and `mutex` by the functions that are made for it.
unsafe impl Sync for Registry {}

static REGISTRY: Registry =
    Registry { mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER), views: UnsafeCell::new(Vec::new()) };

/// Nobody forks while this lives. Held by whoever changes code or the registry; not to be taken twice.
pub(super) struct Lock(());

/// Waits until nobody else changes code, in any code memory of the process. That takes microseconds.
pub(super) fn lock() -> Lock {
    // SAFETY: a mutex that was initialised statically and never moves.
    unsafe { libc::pthread_mutex_lock(REGISTRY.mutex.get()) };
    Lock(())
}

impl Lock {
    fn views(&mut self) -> &mut Vec<View> {
        // SAFETY: whoever has a `Lock` has the mutex, and there is one `Lock` at a time; `&mut self` makes the borrow the only one.
        unsafe { &mut *REGISTRY.views.get() }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: locked by this thread, or by the thread of the parent that this one is the copy of.
        unsafe { libc::pthread_mutex_unlock(REGISTRY.mutex.get()) };
    }
}

/// A memory's entry in the registry.
#[derive(Debug)]
pub(super) struct Shared {
    executable: u64,
    facts: Arc<Facts>,
}

impl Shared {
    /// Enters a memory.
    pub fn new(mapping: &DualMapping) -> Shared {
        static HANDLERS: Once = Once::new();
        // SAFETY: the handlers are functions of this program. If there is no memory for them, `is_ours` is what is left.
        HANDLERS.call_once(|| unsafe {
            libc::pthread_atfork(Some(before), Some(after_in_parent), Some(after_in_child));
        });
        let facts = Facts { owner: AtomicU32::new(std::process::id()), committed: AtomicUsize::new(0) };
        let facts = Arc::new(facts);
        let view = View {
            writable: mapping.writable(),
            executable: mapping.executable(),
            length: mapping.length(),
            facts: Arc::clone(&facts),
            copy: None,
        };
        lock().views().push(view);
        Shared { executable: mapping.executable(), facts }
    }

    /// Remembers that code may stand in the first `bytes` bytes. The caller has the lock.
    pub fn committed(&self, bytes: usize) {
        self.facts.committed.store(bytes, Ordering::Relaxed);
    }

    /// Whether this process may change the pages.
    pub fn is_ours(&self) -> bool {
        self.facts.owner.load(Ordering::Relaxed) == std::process::id()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // In a child without a copy the lock may be anybody's, for ever.
        if self.is_ours() {
            lock().views().retain(|view| view.executable != self.executable);
        }
    }
}

/// Takes the lock and copies all code. A copy that fails leaves the child without the right to change anything.
extern "C" fn before() {
    let mut lock = lock();
    for view in lock.views() {
        view.copy = copy(view);
    }
    std::mem::forget(lock);
}

fn copy(view: &View) -> Option<File> {
    let file = mapping::memory_file(view.length).ok()?;
    let committed = view.facts.committed.load(Ordering::Relaxed);
    // SAFETY: the memory is mapped as long as it is in the registry, and nobody writes while the lock is held.
    let code = unsafe { std::slice::from_raw_parts(view.writable as usize as *const u8, committed) };
    file.write_all_at(code, 0).ok()?;
    Some(file)
}

extern "C" fn after_in_parent() {
    // The lock that `before` took in this thread.
    let mut lock = Lock(());
    for view in lock.views() {
        view.copy = None;
    }
}

/// Calls the system only: other threads of the parent may have been in the middle of anything, such as an allocation.
extern "C" fn after_in_child() {
    // The lock that `before` took in the thread that this one is the copy of.
    let mut lock = Lock(());
    for view in lock.views() {
        if let Some(file) = view.copy.take()
            && replace(view, &file)
        {
            view.facts.owner.store(std::process::id(), Ordering::Relaxed);
        }
    }
}

/// Maps the copy over both views, as [`DualMapping::new`] did with the original.
fn replace(view: &View, file: &File) -> bool {
    let (writable, executable) = (view.writable as usize, view.executable as usize);
    mapping::map_over(writable, file, view.length, mapping::READ_WRITE).is_some()
        && mapping::seal(file).is_ok()
        && mapping::map_over(executable, file, view.length, mapping::READ_EXECUTE).is_some()
}
