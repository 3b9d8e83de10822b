//! Parameters of blocks that can hold any value but only ever get floats, or only ever integers that fit a word, become such; and
//! integers that only ever get those that fit a word are known to.
//!
//! A value of any type counts as what a guard ahead of the edge has made sure of.

use super::dominators::Dominators;
use crate::hash::FxHashMap;
use crate::ir::{Block, Edge, End, Func, Op, Ty, Val};
use perilune_vm::Value;
use smallvec::SmallVec;

/// What an edge gives to a parameter of any type.
enum Given {
    /// A value of this type, `Ty::Flt` or `Ty::Int`.
    Typed(Ty),
    /// What another parameter has.
    Param,
    Other,
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    fit_words(func, &order);
    let narrow = Narrow::of(func, &order);
    if !narrow.found.is_empty() {
        narrow.rewrite(func, &order);
    }
}

fn edges<'a>(func: &'a Func, order: &'a [Block]) -> impl Iterator<Item = (Block, &'a Edge)> {
    order.iter().flat_map(|&block| func.data(block).end.edges().into_iter().map(move |edge| (block, edge)))
}

/// What is known of parameters of which something holds if it holds of all that they get: those of `doubted` do not have it, nor
/// those that get what they have.
fn strike_out(doubted: Vec<Val>, flows: &[(Val, Val)], mut strike: impl FnMut(Val) -> bool) {
    let mut to: FxHashMap<Val, SmallVec<[Val; 4]>> = FxHashMap::default();
    for &(from, param) in flows.iter().filter(|_| !doubted.is_empty()) {
        to.entry(from).or_default().push(param);
    }
    let mut work = doubted;
    while let Some(param) = work.pop() {
        if strike(param) {
            work.extend(to.get(&param).into_iter().flatten());
        }
    }
}

/// Finds parameters that are integers which fit a word.
fn fit_words(func: &mut Func, order: &[Block]) {
    let mut candidates: Vec<Val> = Vec::new();
    for &block in order {
        let params = &func.data(block).params;
        candidates.extend(params.iter().filter(|param| func.ty(**param) == Ty::Int && !func.small.contains(param)));
    }
    if candidates.is_empty() {
        return;
    }
    let mut fits = vec![false; func.insts.len()];
    candidates.iter().for_each(|param| fits[param.0 as usize] = true);
    let (mut flows, mut doubted) = (Vec::new(), Vec::new());
    for (_, edge) in edges(func, order) {
        for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
            if !fits[param.0 as usize] || func.small.contains(&arg) {
                continue;
            }
            if fits[arg.0 as usize] { flows.push((arg, param)) } else { doubted.push(param) }
        }
    }
    strike_out(doubted, &flows, |param| std::mem::replace(&mut fits[param.0 as usize], false));
    func.small.extend(candidates.into_iter().filter(|param| fits[param.0 as usize]));
}

struct Narrow {
    found: Vec<Val>,
    /// By number: what a parameter becomes.
    ty: Vec<Ty>,
    /// What guards make of values of any type, and where.
    guarded: Guarded,
}

impl Narrow {
    /// Takes each parameter for what some edge gives to it, until another edge gives it something else.
    fn of(func: &Func, order: &[Block]) -> Narrow {
        let mut narrow = Narrow { found: Vec::new(), ty: vec![Ty::None; func.insts.len()], guarded: Guarded::default() };
        for (_, edge) in edges(func, order) {
            for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                if let Given::Typed(ty) = given(func, arg)
                    && func.ty(param) == Ty::Any
                    && narrow.ty[param.0 as usize] == Ty::None
                {
                    narrow.ty[param.0 as usize] = ty;
                    narrow.found.push(param);
                }
            }
        }
        if !narrow.found.is_empty() {
            narrow.guarded = Guarded::of(func, order, &narrow.ty);
            narrow.doubt(func, order);
        }
        narrow
    }

    fn doubt(&mut self, func: &Func, order: &[Block]) {
        let (mut flows, mut doubted) = (Vec::new(), Vec::new());
        for (from, edge) in edges(func, order) {
            for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                let ty = self.ty[param.0 as usize];
                if ty == Ty::None || arg == param {
                    continue;
                }
                match given(func, arg) {
                    Given::Typed(given) if given == ty => {}
                    Given::Param if self.ty[arg.0 as usize] == ty => flows.push((arg, param)),
                    Given::Param | Given::Other if self.guarded.find(arg, ty, from).is_some() => {}
                    _ => doubted.push(param),
                }
            }
        }
        strike_out(doubted, &flows, |param| {
            let ty = &mut self.ty[param.0 as usize];
            std::mem::replace(ty, Ty::None) != Ty::None
        });
        self.found.retain(|param| self.ty[param.0 as usize] != Ty::None);
    }

    fn ty(&self, val: Val) -> Ty {
        self.ty.get(val.0 as usize).copied().unwrap_or(Ty::None)
    }

    fn rewrite(&self, func: &mut Func, order: &[Block]) {
        for &block in order {
            self.rewrite_edges(func, block);
        }
        // Others have them as any value.
        let mut boxed: FxHashMap<Val, Val> = FxHashMap::default();
        for &param in &self.found {
            let ty = self.ty(param);
            func.insts[param.0 as usize].ty = ty;
            if ty == Ty::Int {
                func.small.insert(param);
            }
            let op = if ty == Ty::Int { Op::BoxSmall } else { Op::Box };
            boxed.insert(param, func.detached(op, &[param], Ty::Any));
        }
        let mut gone: FxHashMap<Val, Val> = FxHashMap::default();
        for &block in order {
            let mut insts = std::mem::take(&mut func.data_mut(block).insts);
            insts.retain(|&val| {
                let inst = &mut func.insts[val.0 as usize];
                if makes_sure(inst.op, self.ty(inst.args.first().copied().unwrap_or(val))) {
                    gone.insert(val, inst.args[0]);
                    return false;
                }
                for arg in &mut inst.args {
                    *arg = *gone.get(arg).or_else(|| boxed.get(arg)).unwrap_or(arg);
                }
                true
            });
            let made = func.data(block).params.iter().filter_map(|param| boxed.get(param).copied());
            func.data_mut(block).insts = made.chain(insts).collect();
            self.rewrite_end(func, block, &boxed);
        }
        replace_gone(func, order, &gone);
    }

    /// Gives parameters what they become; the types are still those from before.
    fn rewrite_edges(&self, func: &mut Func, block: Block) {
        let mut end = func.data(block).end.clone();
        for edge in end.edges_mut() {
            for index in 0..edge.args.len() {
                let (arg, ty) = (edge.args[index], self.ty(func.data(edge.to).params[index]));
                if ty == Ty::None || self.ty(arg) == ty {
                    continue;
                }
                edge.args[index] = match func.inst(arg).op {
                    Op::Box | Op::BoxSmall => func.inst(arg).args[0],
                    Op::Any(bits) if ty == Ty::Flt => func.push(block, Op::Flt(bits), &[], Ty::Flt, None),
                    Op::Any(bits) => {
                        let int = func.push(block, Op::Int(Value(bits).small_int_value()), &[], Ty::Int, None);
                        func.small.insert(int);
                        int
                    }
                    _ => self.guarded.find(arg, ty, block).expect("it was guarded"),
                };
            }
        }
        func.data_mut(block).end = end;
    }

    /// Has what is no such parameter get those boxed.
    fn rewrite_end(&self, func: &mut Func, block: Block, boxed: &FxHashMap<Val, Val>) {
        let mut end = func.data(block).end.clone();
        for edge in end.edges_mut() {
            for (arg, &param) in edge.args.iter_mut().zip(&func.data(edge.to).params) {
                if func.ty(param) == Ty::Any {
                    *arg = boxed.get(arg).copied().unwrap_or(*arg);
                }
            }
        }
        if let End::Return1(val, _) = &mut end {
            *val = boxed.get(val).copied().unwrap_or(*val);
        }
        func.data_mut(block).end = end;
    }
}

/// Whether an instruction does nothing but make sure of what its operand is known to be, which was of any type.
fn makes_sure(op: Op, ty: Ty) -> bool {
    match op {
        Op::Guard(wanted) | Op::Unbox(wanted) => wanted == ty,
        Op::GuardNumber | Op::ToDouble => ty == Ty::Flt,
        Op::GuardInteger => ty == Ty::Int,
        _ => false,
    }
}

fn replace_gone(func: &mut Func, order: &[Block], gone: &FxHashMap<Val, Val>) {
    if gone.is_empty() {
        return;
    }
    let current = |val: &mut Val| {
        if let Some(&by) = gone.get(val) {
            *val = by;
        }
    };
    for &block in order {
        for index in 0..func.data(block).insts.len() {
            let val = func.data(block).insts[index];
            func.insts[val.0 as usize].args.iter_mut().for_each(current);
        }
        func.data_mut(block).end.each_use(current);
    }
    for state in &mut func.states {
        state.regs.iter_mut().for_each(|(_, val)| current(val));
    }
}

/// By value and type: the guards, and where they are.
type Guards = FxHashMap<(Val, Ty), SmallVec<[(Block, Val); 1]>>;

/// Guards of values that edges give to parameters.
#[derive(Default)]
struct Guarded {
    found: Guards,
    dominators: Option<Dominators>,
}

impl Guarded {
    fn of(func: &Func, order: &[Block], wanted: &[Ty]) -> Guarded {
        let mut found = Guards::default();
        for (_, edge) in edges(func, order) {
            for (&arg, &param) in edge.args.iter().zip(&func.data(edge.to).params) {
                let ty = wanted[param.0 as usize];
                if ty != Ty::None && func.ty(arg) == Ty::Any && !matches!(given(func, arg), Given::Typed(_)) {
                    found.entry((arg, ty)).or_default();
                }
            }
        }
        if found.is_empty() {
            return Guarded::default();
        }
        for &block in order {
            for &val in &func.data(block).insts {
                let inst = func.inst(val);
                if let Op::Guard(ty) = inst.op
                    && let Some(guards) = found.get_mut(&(inst.args[0], ty))
                {
                    guards.push((block, val));
                }
            }
        }
        found.retain(|_, guards| !guards.is_empty());
        let dominators = (!found.is_empty()).then(|| Dominators::of(func, order));
        Guarded { found, dominators }
    }

    /// What a guard has made of a value where a block ends.
    fn find(&self, val: Val, ty: Ty, block: Block) -> Option<Val> {
        let dominators = self.dominators.as_ref()?;
        let guards = self.found.get(&(val, ty))?;
        guards.iter().find(|(home, _)| dominators.dominates(*home, block)).map(|(_, guard)| *guard)
    }
}

fn given(func: &Func, val: Val) -> Given {
    let inst = func.inst(val);
    match inst.op {
        Op::Box if func.ty(inst.args[0]) == Ty::Flt => Given::Typed(Ty::Flt),
        Op::Box if func.small.contains(&inst.args[0]) => Given::Typed(Ty::Int),
        Op::BoxSmall => Given::Typed(Ty::Int),
        Op::Any(bits) if Value(bits).is_float() => Given::Typed(Ty::Flt),
        Op::Any(bits) if Value(bits).is_small_int() => Given::Typed(Ty::Int),
        Op::Param if inst.ty == Ty::Any => Given::Param,
        _ => Given::Other,
    }
}
