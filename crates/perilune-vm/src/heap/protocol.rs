//! A model of the barrier and the helper, whose states are all looked at: for tests only.
//!
//! Two threads run on processors as x86-64 has them (P. Sewell et al., "x86-TSO", 2010): what a thread stores waits in a buffer of its
//! own, in order, and becomes visible to the other one at any later time; loads see the own buffer first; locked instructions and
//! fences empty it. `membarrier` empties the buffers of all threads at some time during the call. The program stores values that are not
//! marked into an object, each store with its barrier, while the helper marks, blackens and traces the object. At the end
//! what the object refers to is marked, or the object will be traced again; and if not, it is black, so that later stores count.

use std::collections::HashSet;

/// Words of memory. Values are numbers of cells; 0 is one that is marked already.
const SLOTS: usize = 2;
const BLACK: usize = SLOTS;
const MARK: usize = SLOTS + 1;
/// The mark of value `v` is at `VALUES + v`.
const VALUES: usize = SLOTS + 2;
/// The program's stores: which slot gets which value.
const STORES: [(usize, u8); 3] = [(0, 1), (1, 2), (0, 3)];
const WORDS: usize = VALUES + STORES.len() + 1;

/// The algorithm, with or without each part that it needs.
#[derive(Debug, Clone, Copy)]
struct Variant {
    /// The object is black from an earlier cycle.
    stale: bool,
    /// The object is marked when this begins.
    grey: bool,
    /// Stores into a black object mark the value.
    big: bool,
    /// The helper looks at the object before it is black, too.
    hints: bool,
    /// The helper passes a fence that concerns both threads before it reads.
    fence: bool,
    /// The program passes a fence after it took the object's colour, before it looks whether it is marked.
    own_fence: bool,
    /// The helper makes the object black before it reads; otherwise, after it.
    black_first: bool,
    /// The program stores before it tests; otherwise, after it.
    store_first: bool,
}

const RIGHT: Variant = Variant {
    stale: false,
    grey: false,
    big: false,
    hints: false,
    fence: true,
    own_fence: true,
    black_first: true,
    store_first: true,
};

/// A thread's position and buffer.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Cpu {
    step: u8,
    /// Which store, or slot.
    at: usize,
    /// A value that was read.
    seen: u8,
    buffer: Vec<(usize, u8)>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    memory: [u8; WORDS],
    program: Cpu,
    helper: Cpu,
    remembered: bool,
}

const DONE: u8 = u8::MAX;

impl Cpu {
    fn load(&self, memory: &[u8; WORDS], word: usize) -> u8 {
        let own = self.buffer.iter().rev().find(|&&(at, _)| at == word);
        own.map_or(memory[word], |&(_, value)| value)
    }

    fn store(&mut self, word: usize, value: u8) {
        self.buffer.push((word, value));
    }

    fn drain(&mut self, memory: &mut [u8; WORDS]) {
        self.buffer.drain(..).for_each(|(word, value)| memory[word] = value);
    }

    fn drain_one(&mut self, memory: &mut [u8; WORDS]) {
        let (word, value) = self.buffer.remove(0);
        memory[word] = value;
    }

    fn go(&mut self, step: u8) {
        self.step = step;
    }
}

impl State {
    fn new(variant: Variant) -> State {
        let mut memory = [0; WORDS];
        memory[BLACK] = u8::from(variant.stale);
        memory[MARK] = u8::from(variant.grey);
        memory[VALUES] = 1;
        State { memory, program: Cpu::default(), helper: Cpu::default(), remembered: false }
    }

    /// The program's next step: [`super::barrier::stored`].
    fn program(&mut self, v: Variant) {
        let State { memory, program: cpu, remembered, .. } = self;
        let (slot, value) = STORES[cpu.at];
        let mark_of_value = VALUES + usize::from(value);
        let next = cpu.at + 1;
        match cpu.step {
            0 if v.store_first => {
                cpu.store(slot, value);
                cpu.go(1);
            }
            0 | 1 => {
                cpu.seen = cpu.load(memory, BLACK);
                cpu.go(if !v.store_first {
                    8
                } else if cpu.seen != 0 {
                    2
                } else {
                    7
                });
            }
            8 => {
                cpu.store(slot, value);
                cpu.go(if cpu.seen != 0 { 2 } else { 7 });
            }
            2 => {
                let marked = cpu.load(memory, mark_of_value) != 0;
                cpu.go(if marked {
                    7
                } else if v.big {
                    3
                } else {
                    4
                });
            }
            // A big table: what is stored is marked, by a locked instruction.
            3 if cpu.load(memory, MARK) != 0 => {
                cpu.drain(memory);
                memory[mark_of_value] = 1;
                cpu.go(7);
            }
            3 => cpu.go(4),
            4 => {
                cpu.store(BLACK, 0);
                cpu.go(if v.own_fence { 5 } else { 6 });
            }
            5 => {
                cpu.drain(memory);
                cpu.go(6);
            }
            6 => {
                *remembered |= cpu.load(memory, MARK) != 0;
                cpu.go(7);
            }
            _ => {
                cpu.at = next;
                cpu.go(if next == STORES.len() { DONE } else { 0 });
            }
        }
    }

    /// The helper's next step: [`super::tracer`].
    fn helper(&mut self, v: Variant) {
        let State { memory, program, helper: cpu, .. } = self;
        match cpu.step {
            0 => {
                cpu.drain(memory);
                memory[MARK] = 1;
                cpu.go(if v.hints { 1 } else { 10 });
            }
            // Slot by slot: a load, then a locked instruction.
            1 | 20 => {
                cpu.seen = cpu.load(memory, cpu.at);
                cpu.go(cpu.step + 1);
            }
            2 | 21 => {
                cpu.drain(memory);
                memory[VALUES + usize::from(cpu.seen)] = 1;
                cpu.at += 1;
                let again = cpu.at < SLOTS;
                let after = if cpu.step == 2 { 10 } else { 30 };
                let step = if again { cpu.step - 1 } else { after };
                if !again {
                    cpu.at = 0;
                }
                cpu.go(step);
            }
            10 => {
                if v.black_first {
                    cpu.store(BLACK, 1);
                }
                cpu.go(11);
            }
            11 => {
                if v.fence {
                    cpu.drain(memory);
                    program.drain(memory);
                }
                cpu.go(20);
            }
            _ => {
                if !v.black_first {
                    cpu.store(BLACK, 1);
                }
                cpu.go(DONE);
            }
        }
    }

    /// All states that may follow.
    fn successors(&self, v: Variant) -> Vec<State> {
        let mut found = Vec::new();
        let mut add = |change: &dyn Fn(&mut State)| {
            let mut state = self.clone();
            change(&mut state);
            found.push(state);
        };
        if self.program.step != DONE {
            add(&|state| state.program(v));
        }
        if self.helper.step != DONE {
            add(&|state| state.helper(v));
        }
        if !self.program.buffer.is_empty() {
            add(&|state| state.program.drain_one(&mut state.memory));
        }
        if !self.helper.buffer.is_empty() {
            add(&|state| state.helper.drain_one(&mut state.memory));
        }
        found
    }

    /// Whether nothing is lost in a last state.
    fn is_right(&self) -> bool {
        let marked = (0..SLOTS).all(|slot| self.memory[VALUES + usize::from(self.memory[slot])] != 0);
        self.remembered || marked && self.memory[BLACK] != 0
    }
}

/// Looks at all that can happen: how many last states there are, and how many of them are wrong.
fn explore(variant: Variant) -> (usize, usize) {
    let first = State::new(variant);
    let mut seen = HashSet::from([first.clone()]);
    let mut waiting = vec![first];
    let (mut last, mut wrong) = (0, 0);
    while let Some(state) = waiting.pop() {
        let next = state.successors(variant);
        if next.is_empty() {
            last += 1;
            wrong += usize::from(!state.is_right());
        }
        waiting.extend(next.into_iter().filter(|state| seen.insert(state.clone())));
    }
    (last, wrong)
}

/// The variant in all situations.
fn situations(variant: Variant) -> impl Iterator<Item = Variant> {
    (0..16).map(move |bits| Variant {
        stale: bits & 1 != 0,
        grey: bits & 2 != 0,
        big: bits & 4 != 0,
        hints: bits & 8 != 0,
        ..variant
    })
}

fn fails_somewhere(variant: Variant) -> bool {
    situations(variant).any(|variant| explore(variant).1 > 0)
}

#[test]
fn nothing_is_lost() {
    for variant in situations(RIGHT) {
        let (last, wrong) = explore(variant);
        assert!(last > 0 && wrong == 0, "{wrong} of {last} in {variant:?}");
    }
}

#[test]
fn every_part_is_needed() {
    assert!(fails_somewhere(Variant { fence: false, ..RIGHT }), "the helper's fence");
    assert!(fails_somewhere(Variant { own_fence: false, ..RIGHT }), "the program's fence");
    assert!(fails_somewhere(Variant { black_first: false, ..RIGHT }), "black before it is read");
    assert!(fails_somewhere(Variant { store_first: false, ..RIGHT }), "stores before tests");
}
