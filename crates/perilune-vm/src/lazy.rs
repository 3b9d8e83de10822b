//! Calls from compiled code to compiled code, whose frames are made only when somebody looks at them.
//!
//! A function that was compiled for *fast* calls ([`Fast`]) takes its arguments in registers of the processor and returns one value in
//! one. Compiled code that calls it leaves the address of a [`Site`] in the lowest word of its own native frame, which is just above
//! the return address: there the called function, and who walks the chain of frame pointers, finds it. As long as it is there the
//! call has no frame in the thread's list. Its lowest bit is set by a function that another one took the place of, by a tail call,
//! the second one ([`ALL`]) in calls for all results, the third one ([`SEVERAL`]) in calls for more than one. [`Thread::make_frames`] makes the frames of all such calls, and takes those words away:
//! then a function that returns sees that it has a frame, and returns by way of it, with [`status::RETURNED`].
//!
//! Whatever looks at frames, or lets others look, makes them first: the collector, and all helpers that run Lua or native code.
//! Compiled code saves its frame pointer in the thread before it calls any helper.

use crate::interp;
use crate::thread::{Frame, Thread, frame_flags};
use crate::tier::{self, Exit, InlinedFrame, status};
use crate::value::Value;

/// A function that was compiled for fast calls: the thread, its first register's place, and its first arguments; 0 if it has a
/// frame, which is the running one (compiled code leaves the address of a [`Site`] in its place).
pub type Fast = unsafe extern "C" fn(*mut Thread, *mut Value, u64, u64, u64, u64, usize) -> Outcome;

/// Arguments that are passed in registers of the processor; others stand in their places in the stack.
pub const ARGUMENTS: usize = 4;

/// Is added to a site's address in calls for all results: only exactly one may be given back without a frame.
pub const ALL: u64 = 2;

/// Is added to a site's address in calls for several results: with more than one, the others are left in the places behind the
/// function's, and the outcome says how many there are.
pub const SEVERAL: u64 = 4;

/// Most results that are given back so.
pub const MOST_RESULTS: u32 = 8;

/// How a fast call ended.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// How: see [`status`].
    pub status: u64,
    /// With `DONE`, or several results: the first one, or nil. It stands nowhere else.
    pub value: Value,
}

/// A place in compiled code that makes a fast call.
#[repr(C)]
pub struct Site {
    /// Where the called function stands, in values from the first register of the caller's outermost function.
    pub func: u32,
    /// Arguments.
    pub given: u32,
    /// Results wanted, or -1 for all of them, which are expected to be one.
    pub wanted: i32,
    /// Of a call for all results: what failed if they are not one.
    pub exit: Option<Box<Exit>>,
    /// Whether the calling code was entered with a frame, so that nothing is to be made of its callers.
    pub framed: bool,
    /// Whether the calling code assumes that the roles' epoch does not move meanwhile.
    pub steady: bool,
    /// The called function, if it does not stand in its place.
    pub closure: Option<Value>,
    /// Values that do not stand in their places, from the first register of the caller's outermost function.
    pub constants: Box<[(u32, Value)]>,
    /// Where the caller's outermost function goes on.
    pub pc: *const u32,
    /// Inlined calls in progress in the caller, outermost first.
    pub inlined: Box<[InlinedFrame]>,
}

/// A fast call of which the frames were made: the running frame of the caller, and the outermost one that its native frame stands
/// for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    innermost: *mut Frame,
    outermost: *mut Frame,
    /// Where it is called.
    site: *const Site,
    /// The roles' epoch when the call began, if the caller assumes that it stands.
    epoch: Option<u32>,
}

impl Thread {
    /// Makes the frames of fast calls in progress that have none.
    #[inline]
    pub(crate) fn make_frames(&mut self) {
        if self.compiled != 0 {
            self.make_frames_of(self.compiled);
        }
    }

    #[inline(never)]
    fn make_frames_of(&mut self, innermost: usize) {
        let mut sites = Vec::new();
        let mut pointer = innermost;
        // SAFETY: by the contract of compiled code, it is the frame pointer of a fast function that calls a helper. Above it are the
        // caller's frame pointer, the return address, and the word that is its caller's.
        unsafe {
            loop {
                let word = std::mem::replace(&mut *((pointer + 16) as *mut usize), 0);
                if word == 0 {
                    break;
                }
                let site = &*((word & !7) as *const Site);
                sites.push((site, word & 1 != 0));
                if site.framed {
                    break;
                }
                pointer = *(pointer as *const usize);
            }
            for (site, in_tail) in sites.into_iter().rev() {
                let made = self.show_caller(site);
                self.made.push(made);
                self.push_called(site, made, in_tail);
            }
        }
    }

    /// The running frame is a caller's: it gets its position, and the calls that are inlined in it their frames.
    fn show_caller(&mut self, site: &Site) -> Made {
        let outermost = self.frame;
        // SAFETY: the frame is in use; its code checked that the stack has room for inlined functions.
        unsafe {
            (*outermost).pc = site.pc;
            let base = (*outermost).base();
            for &(register, value) in &site.constants {
                *base.add(register as usize) = value;
            }
            for inlined in &site.inlined {
                self.push_inlined(base, inlined);
            }
        }
        // Nothing moved it since the call began: frames are made first.
        let epoch = site.steady.then(|| self.g().role_epoch());
        Made { innermost: self.frame, outermost, site, epoch }
    }

    /// Pushes the frame of an inlined call, of a function whose registers begin at `base`.
    ///
    /// # Safety
    /// The function of the call stands in its place.
    pub(crate) unsafe fn push_inlined(&mut self, base: *mut Value, inlined: &InlinedFrame) {
        let node = self.next_frame();
        // SAFETY: a node; the places are in the stack.
        unsafe {
            (*node).func = base.add(inlined.func as usize);
            (*node).limit = (*node).func.add(1 + inlined.registers as usize);
            (*node).pc = inlined.pc;
            (*node).wanted = inlined.wanted;
            (*node).flags = inlined.flags;
            (*node).extra_args = u32::from(inlined.extra);
        }
        self.frame = node;
    }

    /// Pushes the frame of a function that was called and stands at its first instruction.
    unsafe fn push_called(&mut self, site: &Site, made: Made, in_tail: bool) {
        let node = self.next_frame();
        // SAFETY: a node; the site says where the function is, unless another one took its place.
        unsafe {
            let func = (*made.outermost).base().add(site.func as usize);
            if let Some(closure) = site.closure.filter(|_| !in_tail) {
                *func = closure;
            }
            (*node).func = func;
            (*node).flags = frame_flags::LUA | if in_tail { frame_flags::TAIL } else { 0 };
            let proto = (*node).closure().as_ref().proto.get();
            (*node).limit = func.add(1 + proto.registers as usize);
            (*node).pc = proto.code.as_ptr();
            (*node).wanted = site.wanted;
            (*node).extra_args = 0;
        }
        self.frame = node;
    }

    /// Whether something happened to frames of a caller that its code does not know of; if not, they are given up for the
    /// outermost.
    fn hide_caller(&mut self, made: Made) -> u64 {
        let mut flags = 0;
        let mut frame = made.innermost;
        // SAFETY: frames in use are linked nodes; the outermost is below the innermost.
        unsafe {
            loop {
                flags |= (*frame).flags;
                (*frame).flags &= !frame_flags::ALTERED;
                if frame == made.outermost {
                    break;
                }
                frame = (*frame).prev;
            }
        }
        let moved = made.epoch.is_some_and(|epoch| epoch != self.g().role_epoch());
        if moved || self.hook.mask != 0 || flags & frame_flags::ALTERED != 0 {
            return status::RESUME;
        }
        // SAFETY: the calling code, which owns the site, is in progress.
        unsafe {
            if let Some(exit) = &(*made.site).exit
                && self.top != (*made.outermost).base().add((*made.site).func as usize + 1)
            {
                tier::exited(self, exit);
                return status::RESUME;
            }
        }
        self.frame = made.outermost;
        status::DONE
    }
}

/// A fast call did not end with `DONE`: `DONE` if its result is in its place now and the caller goes on, or how that has to end.
pub(crate) fn ended(t: &mut Thread, outcome: u64) -> u64 {
    // What ends in another way made the frames, those of the call with them.
    let made = t.made.pop().expect("a frame was made for the call");
    let outcome = match outcome {
        status::RETURNED => status::DONE,
        _ => interp::call_ended(t, made.innermost, outcome),
    };
    match outcome {
        status::DONE => t.hide_caller(made),
        _ => outcome,
    }
}

/// Does a call for which there is no fast code: the function and its arguments stand in their places. As [`ended`].
pub(crate) fn call_slowly(t: &mut Thread, site: &Site) -> u64 {
    t.make_frames();
    let made = t.show_caller(site);
    // SAFETY: the function and its arguments are registers of the caller.
    let func = unsafe {
        let func = (*made.outermost).base().add(site.func as usize);
        if let Some(closure) = site.closure {
            *func = closure;
        }
        t.top = func.add(1 + site.given as usize);
        func
    };
    let outcome = match call_framed(t, site, func) {
        Some(status::DONE) => status::DONE,
        Some(outcome) => interp::call_ended(t, made.innermost, outcome),
        None => interp::call(t, func, site.wanted),
    };
    match outcome {
        status::DONE => t.hide_caller(made),
        _ => outcome,
    }
}

/// A call of a function that has code to be entered with a frame: its outcome.
#[inline]
fn call_framed(t: &mut Thread, site: &Site, func: *mut Value) -> Option<u64> {
    // SAFETY: the function stands in its place, its arguments after it; the caller's frame is the running one, and nodes stay.
    unsafe {
        let proto = (*func).as_lua_closure()?.as_ref().proto.get();
        let code = proto.tier.framed?;
        let node = (*t.frame).next;
        if site.given < u32::from(proto.params) || node.is_null() || t.native_space() < interp::NATIVE_RESERVE {
            return None;
        }
        (*node).func = func;
        (*node).wanted = site.wanted;
        (*node).flags = frame_flags::LUA;
        (*node).extra_args = 0;
        t.frame = node;
        let outcome = code(t, node);
        t.compiled = 0;
        Some(outcome)
    }
}

/// Goes on with the code for fast calls of the function that compiled code called with a frame, which is the running one.
pub(crate) unsafe extern "C" fn enter(t: *mut Thread, frame: *mut Frame) -> u64 {
    // SAFETY: compiled code made the frame but for what it leaves to the function.
    unsafe {
        let proto = (*frame).closure().as_ref().proto.get();
        (*frame).pc = proto.code.as_ptr();
        (*frame).limit = (*frame).base().add(proto.registers as usize);
        match proto.tier.fast {
            Some(code) => run(&mut *t, code),
            None => status::RESUME,
        }
    }
}

/// What a fast function does at its entry if there may be too little room, or something waits: its arguments stand in their
/// places. `DONE`, or how it has to end.
pub(crate) fn entered(t: &mut Thread, registers: usize, extent: usize) -> u64 {
    t.make_frames();
    if t.native_space() < interp::NATIVE_RESERVE {
        return status::UNWIND;
    }
    match crate::runtime::room(t, registers, extent) {
        status::DONE => interp::interrupt_at_entry(t),
        outcome => outcome,
    }
}

/// Runs the running frame, of a function with fast code.
pub(crate) fn run(t: &mut Thread, code: Fast) -> u64 {
    let base = t.frame_ref().base();
    // SAFETY: the frame is the running one and the code was made for its function. The stack has some values more than it says.
    let outcome = unsafe { code(t, base, (*base).0, (*base.add(1)).0, (*base.add(2)).0, (*base.add(3)).0, 0) };
    t.compiled = 0;
    match outcome.status {
        status::RETURNED => status::DONE,
        outcome => outcome,
    }
}

/// Returns from a fast function that has a frame, with `count` values from `first`: `RETURNED`, or how the code has to end.
pub(crate) fn returned(t: &mut Thread, first: *mut Value, count: usize) -> u64 {
    match interp::finish_return(t, first, count) {
        status::DONE => status::RETURNED,
        outcome => outcome,
    }
}
