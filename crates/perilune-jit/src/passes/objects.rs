//! Tables that the code makes itself: what is stored into them before anybody else can see them.
//!
//! Shapes that are overwritten before anybody looks are not stored, and the collector is not told of stores into the table that was
//! made last as long as nothing refers to it: it is new. Tables that nobody ever looks at are removed as dead code (pass `dce`).

use crate::ir::{Block, Class, Func, Inst, Op, Ty, Val};

/// The table that the code made whose address, or whose first slot's address, a value is.
pub fn made(func: &Func, val: Val) -> Option<Val> {
    let inst = func.inst(val);
    match inst.op {
        Op::NewTable(_) => Some(val),
        Op::Add if is_made(func, inst.args[0]) => Some(inst.args[0]),
        _ => None,
    }
}

fn is_made(func: &Func, val: Val) -> bool {
    matches!(func.inst(val).op, Op::NewTable(_))
}

/// Whether others may see a table, or have its address in a way that [`made`] does not tell, once it is this operand.
pub fn exposes(func: &Func, op: Op, index: usize, arg: Val) -> bool {
    match op {
        // Tables say where their own slots are.
        Op::Store(Class::SlotsAt, ..) => false,
        Op::Load(..) | Op::Store(..) => index != 0,
        // What is stored was seen by the store.
        Op::Barrier | Op::Same => false,
        Op::Add => index != 0 || !is_made(func, arg),
        _ => true,
    }
}

/// The table that the code made which a value is, or refers to.
fn behind(func: &Func, val: Val) -> Option<Val> {
    match func.inst(val).op {
        Op::Box | Op::Unbox(_) => behind(func, func.inst(val).args[0]),
        _ => made(func, val),
    }
}

/// Whether something in the heap may refer to a table once it is this operand.
fn publishes(op: Op, index: usize) -> bool {
    match op {
        Op::Store(Class::SlotsAt, ..) | Op::Load(..) | Op::LoadAt(_) | Op::StoreReg(_) => false,
        Op::Barrier | Op::Same | Op::Box | Op::Unbox(_) | Op::Add | Op::Guard(_) | Op::Check => false,
        Op::Store(..) | Op::StoreAt(_) => index != 0,
        _ => true,
    }
}

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    if !order.iter().any(|&block| func.data(block).insts.iter().any(|&val| is_made(func, val))) {
        return;
    }
    for &block in &order {
        straight(func, block);
    }
}

/// The values in the state that an instruction leaves to.
fn states_of<'a>(func: &'a Func, inst: &Inst) -> impl Iterator<Item = Val> + use<'a> {
    let regs = inst.state.map_or(&[][..], |state| &func.states[state.0 as usize].regs);
    regs.iter().map(|(_, val)| *val)
}

/// What is known within a block of tables that were made in it.
#[derive(Default)]
struct Straight {
    /// The table that was made last, while nothing was done since that may collect garbage, and nothing in the heap refers to it: a
    /// helper of the collector follows references at any time.
    newest: Option<Val>,
    /// Tables that nobody else has seen.
    unseen: Vec<Val>,
    /// The last store of a table's shape, which nobody has seen.
    shapes: Vec<(Val, Val)>,
    /// What is not needed.
    needless: Vec<Val>,
}

fn straight(func: &mut Func, block: Block) {
    let mut known = Straight::default();
    for &val in &func.data(block).insts {
        known.instruction(func, val);
    }
    if !known.needless.is_empty() {
        func.data_mut(block).insts.retain(|val| !known.needless.contains(val));
    }
}

impl Straight {
    fn instruction(&mut self, func: &Func, val: Val) {
        let inst = func.inst(val);
        if let Op::NewTable(_) = inst.op {
            self.shapes.clear();
            self.newest = Some(val);
            self.unseen.push(val);
            return;
        }
        if !is_quiet(func, inst) {
            self.newest = None;
            self.shapes.clear();
        }
        for (index, &arg) in inst.args.iter().enumerate() {
            if publishes(inst.op, index) && behind(func, arg).is_some_and(|table| Some(table) == self.newest) {
                self.newest = None;
            }
            if exposes(func, inst.op, index, arg) {
                self.see(made(func, arg));
            }
        }
        for left in states_of(func, inst) {
            self.see(made(func, left));
        }
        let table = inst.args.first().and_then(|&base| made(func, base));
        match inst.op {
            Op::Store(Class::Shape, ..) => {
                let Some(table) = table.filter(|table| self.unseen.contains(table)) else { return };
                let last = self.shapes.iter().position(|(of, _)| *of == table).map(|at| self.shapes.swap_remove(at));
                self.needless.extend(last.map(|(_, store)| store));
                self.shapes.push((table, val));
            }
            Op::Load(Class::Shape, ..) => self.shapes.retain(|(of, _)| Some(*of) != table),
            Op::Barrier if table.is_some() && table == self.newest => self.needless.push(val),
            _ => {}
        }
    }

    fn see(&mut self, table: Option<Val>) {
        self.unseen.retain(|of| Some(*of) != table);
        self.shapes.retain(|(of, _)| Some(*of) != table);
    }
}

/// Whether an instruction neither collects garbage nor lets others do anything.
fn is_quiet(func: &Func, inst: &Inst) -> bool {
    match inst.op {
        // A wide integer gets a cell.
        Op::Box => func.ty(inst.args[0]) != Ty::Int,
        Op::BoxSmall | Op::Load(..) | Op::LoadAt(_) | Op::Store(..) | Op::StoreAt(_) | Op::StoreReg(_) | Op::LoadReg(_) => true,
        Op::Barrier | Op::Guard(_) | Op::GuardInteger | Op::GuardNumber | Op::GuardFits | Op::ToInt | Op::Check => true,
        Op::Help(_) | Op::Index | Op::Field(_) | Op::Method(_) | Op::Length => false,
        op => !op.effects().stays,
    }
}
