//! The measured programs, as code for the micro-VM and as Lua.

use super::vm::{Cache, Closure, Op, Proto, Shape, Table};
use crate::repr::{Kind, Repr};

/// A name, what the size means and the same program in Lua.
pub struct Listing {
    pub name: &'static str,
    pub size: u64,
    pub counted: (u64, u64, f64),
    pub unit: &'static str,
    pub lua: &'static str,
}

pub const LISTINGS: &[Listing] = &[
    Listing {
        name: "nested-int",
        size: 5000,
        counted: (50, 150, 20_000.0),
        unit: "inner iteration",
        lua: "local n = ... local s = 0 for i = 1, n do for j = 1, n do if j < i then s = s + j else s = s + 1 end end end return s",
    },
    Listing {
        name: "nested-float",
        size: 5000,
        counted: (50, 150, 20_000.0),
        unit: "inner iteration",
        lua: "local n = ... local s, x = 0.0, 1.5 for i = 1, n do for j = 1, n do if j < i then s = s + x else s = s + 0.5 end end end return s",
    },
    Listing {
        name: "fib",
        size: 32,
        counted: (12, 18, 8361.0 - 465.0),
        unit: "call",
        lua: "local n = ... local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(n)",
    },
    Listing {
        name: "fields",
        size: 10_000_000,
        counted: (10_000, 30_000, 20_000.0),
        unit: "iteration",
        lua: "local n = ... local p = {x = 0, y = 2, n = 0} for i = 1, n do p.x = p.x + p.y p.n = p.n + 1 end return p.x",
    },
    Listing {
        name: "branchy",
        size: 5_000_000,
        counted: (10_000, 30_000, 20_000.0),
        unit: "iteration",
        lua: "local n = ... local p = {x = 0, y = 2, n = 0} local function f(a) return a + 3 end local r, s = 1, 0 \
              for i = 1, n do r = (r * 1103 + 12345) & 65535 if r < 32768 then p.x = p.x + p.y else s = s + f(r) end \
              if r < 16384 then s = s - 1 end if (r & 4) == 0 then p.n = p.n + r end end return p.x + s + p.n",
    },
];

struct Asm {
    code: Vec<u32>,
}

impl Asm {
    fn abc(&mut self, op: Op, a: usize, b: usize, c: usize) {
        self.code.push(
            op as u32 | (a as u32) << 8 | ((b & 255) as u32) << 16 | ((c & 255) as u32) << 24,
        );
    }

    fn asbx(&mut self, op: Op, a: usize, sbx: i16) {
        self.code
            .push(op as u32 | (a as u32) << 8 | u32::from(sbx as u16) << 16);
    }

    fn extra(&mut self, word: u32) {
        self.code.push(word);
    }

    /// An instruction whose jump is set by [`Asm::land`].
    fn jump(&mut self, op: Op, a: usize, b: usize, c: usize) -> usize {
        self.abc(op, a, b, c);
        self.extra(0);
        self.code.len()
    }

    fn land(&mut self, jump: usize) {
        self.code[jump - 1] = (self.code.len() - jump) as u32;
    }

    fn back(&mut self, op: Op, a: usize, target: usize) {
        self.abc(op, a, 0, 0);
        self.extra(target.wrapping_sub(self.code.len() + 1) as u32);
    }

    /// `for R[a+3] = 1, R[0]`; returns what [`Asm::end_loop`] needs.
    fn for_loop(&mut self, a: usize) -> (usize, usize) {
        self.asbx(Op::LoadInt, a, 1);
        self.abc(Op::Move, a + 1, 0, 0);
        self.asbx(Op::LoadInt, a + 2, 1);
        let jump = self.jump(Op::ForPrep, a, 0, 0);
        (jump, self.code.len())
    }

    fn end_loop(&mut self, a: usize, (jump, body): (usize, usize)) {
        self.back(Op::ForLoop, a, body);
        self.land(jump);
    }
}

/// Leaks what is built: a process measures one program.
fn closure<V: Repr>(asm: Asm, consts: Vec<V>, keys: &[u32], registers: usize) -> *mut Closure<V> {
    let caches = keys
        .iter()
        .map(|&key| Cache {
            shape: std::ptr::null(),
            slot: 0,
            key,
        })
        .collect();
    let proto = Box::leak(Box::new(Proto {
        code: asm.code,
        consts,
        caches,
        registers,
        params: 1,
    }));
    let nothing = Box::leak(Box::new(V::NIL)) as *mut V;
    Box::leak(Box::new(Closure {
        proto,
        upvalues: [nothing, nothing],
    }))
}

/// The program called `name` as a closure, and its arguments.
pub fn build<V: Repr>(name: &str, size: u64) -> (*mut Closure<V>, Vec<V>) {
    let size = V::int(size as i64);
    match name {
        "nested-int" => (nested(V::int(0), V::int(0), V::int(1), true), vec![size]),
        "nested-float" => (
            nested(V::float(0.0), V::float(1.5), V::float(0.5), false),
            vec![size],
        ),
        "fib" => (fib(), vec![size]),
        "fields" => (fields(), vec![size, table()]),
        "branchy" => (branchy(), vec![size, table()]),
        _ => panic!("no program {name}"),
    }
}

fn table<V: Repr>() -> V {
    let shape = Box::leak(Box::new(Shape {
        keys: vec![0, 1, 2],
    }));
    let slots = [V::int(0), V::int(2), V::int(0), V::NIL];
    let table = Box::leak(Box::new(Table { shape, slots })) as *mut Table<V>;
    V::object(Kind::Table, table.cast())
}

fn nested<V: Repr>(start: V, x: V, k: V, int: bool) -> *mut Closure<V> {
    let mut asm = Asm { code: Vec::new() };
    asm.abc(Op::LoadK, 1, 0, 0);
    asm.abc(Op::LoadK, 10, 1, 0);
    let outer = asm.for_loop(2);
    let inner = asm.for_loop(6);
    let other = asm.jump(Op::Lt, 9, 5, 0);
    asm.abc(Op::Add, 1, 1, if int { 9 } else { 10 });
    let join = asm.jump(Op::Jump, 0, 0, 0);
    asm.land(other);
    if int {
        asm.abc(Op::AddI, 1, 1, 1)
    } else {
        asm.abc(Op::AddK, 1, 1, 2)
    }
    asm.land(join);
    asm.end_loop(6, inner);
    asm.end_loop(2, outer);
    asm.abc(Op::Return1, 1, 0, 0);
    closure(asm, vec![start, x, k], &[], 12)
}

fn fib<V: Repr>() -> *mut Closure<V> {
    let mut asm = Asm { code: Vec::new() };
    let recurse = asm.jump(Op::LtI, 0, 2, 0);
    asm.abc(Op::Return1, 0, 0, 0);
    asm.land(recurse);
    for (register, less) in [(1, 1), (2, 2)] {
        asm.abc(Op::GetUpvalue, register, 0, 0);
        asm.abc(Op::SubI, register + 1, 0, less);
        asm.abc(Op::Call, register, 2, 2);
        asm.extra(0);
    }
    asm.abc(Op::Add, 1, 1, 2);
    asm.abc(Op::Return1, 1, 0, 0);
    let fib = closure(asm, vec![], &[], 4);
    // SAFETY: just built; the cell is shared by nobody else.
    unsafe { *(&(*fib).upvalues)[0] = V::object(Kind::Closure, fib.cast()) };
    fib
}

fn fields<V: Repr>() -> *mut Closure<V> {
    let mut asm = Asm { code: Vec::new() };
    let body = asm.for_loop(2);
    field(&mut asm, Op::GetField, 6, 1, 0, 0);
    field(&mut asm, Op::GetField, 7, 1, 0, 1);
    asm.abc(Op::Add, 6, 6, 7);
    field(&mut asm, Op::SetField, 1, 0, 6, 2);
    field(&mut asm, Op::GetField, 6, 1, 0, 3);
    asm.abc(Op::AddI, 6, 6, 1);
    field(&mut asm, Op::SetField, 1, 0, 6, 4);
    asm.end_loop(2, body);
    field(&mut asm, Op::GetField, 6, 1, 0, 5);
    asm.abc(Op::Return1, 6, 0, 0);
    closure(asm, vec![], &[0, 1, 0, 2, 2, 0], 8)
}

fn field(asm: &mut Asm, op: Op, a: usize, b: usize, c: usize, cache: u32) {
    asm.abc(op, a, b, c);
    asm.extra(cache);
}

fn branchy<V: Repr>() -> *mut Closure<V> {
    let mut callee = Asm { code: Vec::new() };
    callee.abc(Op::AddI, 1, 0, 3);
    callee.abc(Op::Return1, 1, 0, 0);
    let callee = closure::<V>(callee, vec![], &[], 2);

    let mut asm = Asm { code: Vec::new() };
    asm.asbx(Op::LoadInt, 8, 1);
    asm.asbx(Op::LoadInt, 9, 0);
    let body = asm.for_loop(2);
    asm.abc(Op::MulK, 8, 8, 0);
    asm.abc(Op::AddK, 8, 8, 1);
    asm.abc(Op::BAndK, 8, 8, 2);
    asm.abc(Op::LoadK, 10, 3, 0);
    let other = asm.jump(Op::Lt, 8, 10, 0);
    field(&mut asm, Op::GetField, 10, 1, 0, 0);
    field(&mut asm, Op::GetField, 11, 1, 0, 1);
    asm.abc(Op::Add, 10, 10, 11);
    field(&mut asm, Op::SetField, 1, 0, 10, 2);
    let join = asm.jump(Op::Jump, 0, 0, 0);
    asm.land(other);
    asm.abc(Op::GetUpvalue, 10, 0, 0);
    asm.abc(Op::Move, 11, 8, 0);
    asm.abc(Op::Call, 10, 2, 2);
    asm.extra(0);
    asm.abc(Op::Add, 9, 9, 10);
    asm.land(join);
    asm.abc(Op::LoadK, 10, 4, 0);
    let skip = asm.jump(Op::Lt, 8, 10, 0);
    asm.abc(Op::SubI, 9, 9, 1);
    asm.land(skip);
    asm.abc(Op::BAndK, 10, 8, 5);
    let skip = asm.jump(Op::EqI, 10, 0, 0);
    field(&mut asm, Op::GetField, 10, 1, 0, 3);
    asm.abc(Op::Add, 10, 10, 8);
    field(&mut asm, Op::SetField, 1, 0, 10, 4);
    asm.land(skip);
    asm.end_loop(2, body);
    field(&mut asm, Op::GetField, 10, 1, 0, 5);
    asm.abc(Op::Add, 9, 9, 10);
    field(&mut asm, Op::GetField, 10, 1, 0, 6);
    asm.abc(Op::Add, 9, 9, 10);
    asm.abc(Op::Return1, 9, 0, 0);
    let consts = [1103, 12345, 65535, 32768, 16384, 4].map(V::int).to_vec();
    let main = closure(asm, consts, &[0, 1, 0, 2, 2, 0, 2], 14);
    // SAFETY: just built; the cell is shared by nobody else.
    unsafe { *(&(*main).upvalues)[0] = V::object(Kind::Closure, callee.cast()) };
    main
}
