//! Compiled code that is in use: which function it belongs to, when its memory is freed, and what goes when that is full.
//!
//! # When code may be freed
//!
//! Code is *entered* only through a function's [`Tier`](perilune_vm::tier::Tier): by the interpreter, which reads the entry and
//! jumps there, and by compiled code, which loads it at each call. Nothing comes between the two that could run what is in here,
//! and no code has another's address in it. So code that was taken from its function's tier is not entered any more. It may
//! still be *returned into*: by what it called, on the native stack of the thread that runs or of a coroutine that waits. And
//! while it is, the ways out that it owns are needed, which it names by address.
//!
//! Code that was taken away, as it left too often, gave way to other code, or as its function died, is therefore *retired*, with its
//! ways out. It is freed when none of the words on native stacks could be a return address in it (`each_return_address` of the
//! VM). That is exact enough, and safe: who asks is the runtime, so all compiled code in progress has made a call, and the
//! return address of a call is in memory. It is only asked where no entry has been read that is not yet jumped to: when a sample
//! fell, before an entry is looked up, and when code is installed, after which entries are looked up anew.
//!
//! # When memory is full
//!
//! What is retired is freed first. If that does not do, the code goes that was installed longest ago, or was found by no sample
//! for longest, until half of the memory is free: its functions are interpreted, and compiled anew when they are hot again. Code
//! that is in progress stays where it is until it returns.

use crate::code::{About, CodeBlock, CodeError, CodeMemory, Relocation, RelocationKind, Statistics};
use crate::lower::{HelperCall, Machine, Spared};
use perilune_vm::Global;
use perilune_vm::proto::ProtoRef;
use perilune_vm::tier::{At, Code, Exit};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Retired code is looked for on native stacks when there is so much of it, in bytes, or a part of all code.
const MUCH: usize = 64 << 10;
/// The part.
const PART: usize = 8;

/// Code and the ways out that it names by address.
struct Body {
    block: CodeBlock,
    #[allow(clippy::vec_box, reason = "the code has their addresses")]
    _exits: Vec<Box<Exit>>,
}

type Retired = Rc<RefCell<Vec<Body>>>;

/// A function's hold on its code: when it is dropped, the code is retired.
struct Installed {
    body: Option<Body>,
    retired: Retired,
}

impl Drop for Installed {
    fn drop(&mut self) {
        self.retired.borrow_mut().extend(self.body.take());
    }
}

/// What is known of code in use.
struct Piece {
    /// Alive as long as the piece is listed: when it dies the code is retired, and [`Store::settle`] comes first everywhere.
    proto: ProtoRef,
    block: CodeBlock,
    /// When it was installed, or last found by a sample.
    stamp: u64,
}

/// All code of a state.
pub(crate) struct Store {
    memory: CodeMemory,
    /// By address.
    pieces: BTreeMap<u64, Piece>,
    /// What was retired since [`Store::settle`].
    retired: Retired,
    /// What was retired before and could not be freed yet.
    waiting: Vec<Body>,
    clock: u64,
    freed: u64,
    flushed: u64,
}

impl Store {
    pub(crate) fn new(memory: CodeMemory) -> Store {
        Store {
            memory,
            pieces: BTreeMap::new(),
            retired: Retired::default(),
            waiting: Vec::new(),
            clock: 0,
            freed: 0,
            flushed: 0,
        }
    }

    /// Installs code for a function's entry (0) or a loop; the bytes of it. May free other code.
    pub(crate) fn install(
        &mut self,
        g: &Global,
        proto: ProtoRef,
        entry: u32,
        machine: Machine,
        name: &str,
    ) -> Result<usize, CodeError> {
        let relocations: Vec<Relocation> = machine
            .calls
            .iter()
            .map(|call| Relocation {
                offset: call.offset,
                kind: if call.relative { RelocationKind::X86CallPcRel4 } else { RelocationKind::Abs8 },
                target: target(call) as u64,
                addend: call.addend,
            })
            .collect();
        let about = About { name, ..About::default() };
        let mut installed = self.memory.install(&machine.bytes, &relocations, &about);
        if matches!(installed, Err(CodeError::Full { .. })) {
            self.make_room(g, machine.bytes.len());
            installed = self.memory.install(&machine.bytes, &relocations, &about);
        }
        let block = installed?;
        // SAFETY: the code was made for this signature.
        let code: Code = unsafe { std::mem::transmute::<*const u8, Code>(block.pointer()) };
        let tier = proto.tier();
        let before = if entry == 0 { tier.entry } else { tier.loop_code(entry) };
        if let Some(before) = before {
            self.take(before as usize as u64);
        }
        if entry == 0 {
            tier.entry = Some(code);
        } else {
            tier.loops.push((entry, code));
        }
        let body = Some(Body { block, _exits: machine.exits });
        tier.owner.push(Box::new(Installed { body, retired: Rc::clone(&self.retired) }));
        self.clock += 1;
        self.pieces.insert(block.address(), Piece { proto, block, stamp: self.clock });
        Ok(machine.bytes.len())
    }

    /// A sample found this code in use.
    pub(crate) fn found(&mut self, proto: ProtoRef, at: At) {
        let tier = proto.tier();
        let code = match at {
            At::Entry => tier.entry,
            At::Loop(pc) => tier.loop_code(pc),
        };
        if let Some(piece) = code.and_then(|code| self.pieces.get_mut(&(code as usize as u64))) {
            self.clock += 1;
            piece.stamp = self.clock;
        }
    }

    /// Takes all code from a function; whether it had any.
    pub(crate) fn discard(&mut self, proto: ProtoRef) -> bool {
        let tier = proto.tier();
        let had = tier.entry.is_some() || !tier.loops.is_empty();
        tier.entry = None;
        tier.loops.clear();
        tier.stale.clear();
        // What it owned is retired.
        tier.owner.retain(|owned| !owned.is::<Installed>());
        had
    }

    /// Takes all code from all functions.
    pub(crate) fn discard_all(&mut self) {
        self.settle();
        let protos: Vec<ProtoRef> = self.pieces.values().map(|piece| piece.proto).collect();
        for proto in protos {
            self.discard(proto);
        }
    }

    /// Frees retired code if there is much of it.
    pub(crate) fn tidy(&mut self, g: &Global) {
        self.settle();
        let waiting: usize = self.waiting.iter().map(|body| body.block.length()).sum();
        if waiting > MUCH.max(self.memory.statistics().used / PART) {
            self.free_retired(g);
        }
    }

    /// Figures of the memory, and how many pieces were freed and flushed.
    pub(crate) fn statistics(&self) -> (Statistics, u64, u64) {
        (self.memory.statistics(), self.freed, self.flushed)
    }

    /// Forgets what was retired: from here on, all functions that are listed are alive.
    fn settle(&mut self) {
        for body in self.retired.borrow_mut().drain(..) {
            self.pieces.remove(&body.block.address());
            self.waiting.push(body);
        }
    }

    /// Makes room for code of some length.
    fn make_room(&mut self, g: &Global, length: usize) {
        self.settle();
        self.free_retired(g);
        let limit = self.memory.statistics().limit;
        let enough = |memory: &CodeMemory| memory.statistics().used + length <= limit / 2;
        if enough(&self.memory) {
            return;
        }
        let mut oldest: Vec<(u64, u64)> = self.pieces.iter().map(|(&address, piece)| (piece.stamp, address)).collect();
        oldest.sort_unstable();
        let mut used = self.memory.statistics().used;
        for (_, address) in oldest {
            if used + length <= limit / 2 {
                break;
            }
            used = used.saturating_sub(self.flush(address));
        }
        self.settle();
        self.free_retired(g);
    }

    /// Takes a piece of code from its function, as there is no room for it; the bytes of it.
    fn flush(&mut self, address: u64) -> usize {
        let Some(piece) = self.pieces.get(&address) else { return 0 };
        // That says nothing against it.
        let tier = piece.proto.tier();
        tier.compiled = tier.compiled.saturating_sub(1);
        self.flushed += 1;
        self.take(address)
    }

    /// Takes a piece of code from its function; the bytes of it.
    fn take(&mut self, address: u64) -> usize {
        let Some(piece) = self.pieces.get(&address) else { return 0 };
        let tier = piece.proto.tier();
        let is_other = |code: Code| code as usize as u64 != address;
        tier.entry = tier.entry.filter(|&code| is_other(code));
        tier.loops.retain(|(_, code)| is_other(*code));
        let block = piece.block;
        let holds = |installed: &Installed| installed.body.as_ref().is_some_and(|body| body.block == block);
        tier.owner.retain(|owned| !owned.downcast_ref::<Installed>().is_some_and(holds));
        block.length()
    }

    /// Frees retired code that nobody can return into.
    fn free_retired(&mut self, g: &Global) {
        if self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_unstable_by_key(|body| body.block.address());
        let mut in_use = vec![false; self.waiting.len()];
        let waiting = &self.waiting;
        // A call that ends a block has its return address behind it.
        let mut visit = |address: u64| {
            let next = waiting.partition_point(|body| body.block.address() <= address);
            if let Some(index) = next.checked_sub(1)
                && address - waiting[index].block.address() <= waiting[index].block.length() as u64
            {
                in_use[index] = true;
            }
        };
        if !g.each_return_address(&self.memory.range(), &mut visit) {
            return;
        }
        let mut in_use = in_use.into_iter();
        let memory = &mut self.memory;
        let mut freed = 0;
        self.waiting.retain(|body| {
            let keep = in_use.next().unwrap_or(true);
            if !keep {
                memory.free(body.block);
                freed += 1;
            }
            keep
        });
        self.freed += freed;
    }
}

/// The address that a call goes to.
fn target(call: &HelperCall) -> usize {
    #[cfg(target_arch = "x86_64")]
    return match call.spares {
        Spared::Usual => call.helper.address(),
        Spared::Words => call.helper.sparing_words_address(),
        Spared::All => call.helper.sparing_address(),
    };
    #[cfg(not(target_arch = "x86_64"))]
    call.helper.address()
}
