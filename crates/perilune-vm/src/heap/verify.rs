//! Checks the invariant that all else rests on: after a collection, nothing marked refers strongly to what is not.

use super::Heap;
use super::block::Block;
use super::mark::{Strength, dangling, is_marked, strength};
use crate::function::{LuaClosure, NativeClosure, Upvalue};
use crate::global::Global;
use crate::object::{Header, Kind, Values};
use crate::proto::ProtoRef;
use crate::shape::ShapeRef;
use crate::table::{Table, TableObject};
use crate::thread::{Thread, ThreadRef};
use crate::userdata::Userdata;
use crate::value::Value;
use std::io::Write;
use std::ptr::NonNull;

impl Global {
    /// In random stress mode, looks at the whole heap. Ends the process if it is broken.
    pub(super) fn verify(&self) {
        if self.gc.verify {
            self.heap.each_marked(|cell| self.verify_cell(cell));
        }
    }

    fn verify_cell(&self, cell: NonNull<Header>) {
        let value = |value: Value| {
            if let Some(target) = value.header() {
                expect_marked(cell, target);
            }
        };
        // SAFETY: a marked cell is initialised, and its header names its type.
        unsafe {
            match cell.as_ref().kind() {
                Kind::Free => dangling(cell),
                Kind::String | Kind::WideInt | Kind::Values => {}
                Kind::Table => self.verify_table(Table(cell.cast::<TableObject>())),
                Kind::LuaClosure => {
                    let closure = cell.cast::<LuaClosure>();
                    expect_marked(cell, closure.as_ref().proto.0.cast());
                    for index in 0..LuaClosure::upvalue_count(closure) {
                        expect_marked(cell, LuaClosure::upvalue(closure, index).0.cast());
                    }
                }
                Kind::NativeClosure => NativeClosure::upvalues(cell.cast()).iter().for_each(|&upvalue| value(upvalue)),
                Kind::Userdata => {
                    let object = Userdata(cell.cast()).get_mut();
                    object.meta.iter().for_each(|meta| expect_marked(cell, meta.cell()));
                    object.user_values.iter().for_each(|&user_value| value(user_value));
                }
                Kind::Thread => self.verify_thread(ThreadRef(cell.cast::<Thread>())),
                Kind::Upvalue => value(*cell.cast::<Upvalue>().as_ref().place),
                Kind::Proto => ProtoRef(cell.cast()).trace(&mut |target| expect_marked(cell, target)),
                Kind::Shape => ShapeRef(cell.cast()).trace(&mut |target| expect_marked(cell, target)),
            }
        }
    }

    fn verify_thread(&self, thread: ThreadRef) {
        let t = thread.get();
        let (mut at, end) = (t.stack, t.live_end());
        while at < end {
            // SAFETY: below the stack's end.
            unsafe {
                if let Some(target) = (*at).header() {
                    expect_marked(thread.cell(), target);
                }
                at = at.add(1);
            }
        }
        let mut upvalue = t.open_upvalues;
        while let Some(open) = upvalue {
            expect_marked(thread.cell(), open.0.cast());
            // SAFETY: open upvalues are live.
            upvalue = unsafe { open.0.as_ref() }.next_open;
        }
    }

    fn verify_table(&self, table: Table) {
        let cell = table.cell();
        expect_marked(cell, table.get_ref().shape.cell());
        for storage in [table.slot_storage(), table.array_storage()].into_iter().flatten() {
            expect_marked(cell, storage);
        }
        // After a collection the dead are gone from weak tables too; but what finalizers brought back may have dead values.
        if strength(self, table) == Strength::Ephemeron {
            return;
        }
        let values = all_values(table.array_storage()).iter().chain(table.shared_slots().iter());
        // A key whose value is nil is one that lives on, or names no cell any more.
        let entries = table.entries().iter().flatten();
        for target in values.chain(entries).filter_map(|value| value.header()) {
            expect_marked(cell, target);
        }
    }
}

/// All values of a vector: a helper looks at what is beyond the length of an array part, too.
fn all_values<'a>(storage: Option<NonNull<Header>>) -> &'a [Value] {
    let Some(storage) = storage.map(NonNull::cast::<Values>) else { return &[] };
    // SAFETY: a vector's values are initialised up to its capacity.
    unsafe { std::slice::from_raw_parts(Values::data(storage), storage.as_ref().capacity) }
}

impl Heap {
    /// Calls `visit` for each marked cell.
    fn each_marked(&self, visit: impl Fn(NonNull<Header>)) {
        for block in self.each_block() {
            for cell in (0..block.cells()).map(|number| block.cell(number)).filter(|&cell| block.is_marked(cell)) {
                visit(cell);
            }
        }
    }
}

fn expect_marked(from: NonNull<Header>, to: NonNull<Header>) {
    if !is_marked(to) {
        broken(from, to);
    }
}

#[cold]
fn broken(from: NonNull<Header>, to: NonNull<Header>) -> ! {
    // SAFETY: cells have readable headers.
    let (from_header, to_header) = unsafe { (from.as_ref(), to.as_ref()) };
    let _ = writeln!(
        std::io::stderr(),
        "perilune: internal error: the {:?} {from:p} (flags {}) survived, the {:?} {to:p} that it refers to did not \
         (block of {} bytes a cell)",
        from_header.kind(),
        from_header.flags,
        to_header.kind(),
        Block::of(to).header().cell_size,
    );
    std::process::abort()
}
