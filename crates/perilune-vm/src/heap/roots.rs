//! Roots: the global state precisely, the native stack conservatively.

use super::budget::Budget;
use super::mark::{Marker, is_marked};
use crate::coroutine::Registers;
use crate::global::Global;
use crate::thread::Thread;

impl Marker {
    /// Marks everything that is alive by itself. `precise`: the running native code holds no values that it has not told of.
    pub(crate) fn roots(&mut self, g: &Global, precise: bool) {
        self.cell(g.root_shape.cell());
        self.cell(g.dictionary_shape.cell());
        self.cell(g.string_shape.cell());
        self.cell(g.registry.cell());
        self.cell(g.globals.cell());
        self.cell(g.main.cell());
        self.retrace(g.running.cell());
        self.cell(g.memory_message.cell());
        self.value(g.error);
        for meta in g.type_meta.iter().flatten() {
            self.cell(meta.cell());
        }
        for name in g.event_names {
            self.cell(name.cell());
        }
        self.cell(g.own_meta_key.cell());
        for &value in &g.pinned {
            self.value(value);
        }
        if !self.full {
            for shape in &g.heap.young_shapes {
                self.cell(shape.cell());
            }
            g.heap.stand_ins.tables().for_each(|stand_in| self.cell(stand_in.cell()));
        }
        if g.gc.closing {
            // They have not been reached by a marking.
            self.finalizing(g);
        }
        self.watched(g);
        self.native_stack(g, precise);
    }

    /// Marks objects that wait for their finalizers to be called.
    fn finalizing(&mut self, g: &Global) {
        g.gc.finalizing.iter().flatten().for_each(|&value| self.value(value));
    }

    /// Marks some of these in a full cycle; whether there were any left. The collector puts marked objects in front of them
    /// only, after this, so once is enough; those taken from the end meanwhile are on stacks.
    pub(super) fn some_finalizing(&mut self, g: &Global, budget: &mut Budget) -> bool {
        if !self.has_finalizing(g) {
            return false;
        }
        let batch = &g.gc.finalizing[self.finalizing];
        self.finalizing += 1;
        batch.iter().for_each(|&value| self.value(value));
        budget.spend(batch.len());
        true
    }

    /// Whether [`Marker::some_finalizing`] has something to do.
    pub(super) fn has_finalizing(&self, g: &Global) -> bool {
        self.full && self.finalizing < g.gc.finalizing.len()
    }

    /// Marks what profiles and compiled code refer to. What they refer to weakly is kept in young collections, so that only
    /// full ones have to look for dead references.
    pub(crate) fn watched(&mut self, g: &Global) {
        for proto in g.heap.watched.iter().filter(|proto| is_marked(proto.0.cast())) {
            let tier = proto.tier();
            tier.trace(&mut |cell| self.cell(cell));
            if !self.full {
                tier.trace_weak(&mut |cell| self.cell(cell));
            }
        }
    }

    /// Marks what the running native stack may refer to.
    ///
    /// At a safepoint, and when the program asks for a collection (by way of the native function `collectgarbage`, which holds
    /// nothing), only the native functions further out count, so that leftovers on the native stack do not keep objects alive
    /// by chance.
    #[inline(never)]
    fn native_stack(&mut self, g: &Global, precise: bool) {
        let mut registers = Registers::new();
        let running = g.running.get();
        if !precise {
            self.ambiguous_range(registers.store(), running.native_high);
        }
        self.native_segments(running);
    }

    /// Marks what native functions that called back into Lua may refer to.
    pub(super) fn native_segments(&mut self, thread: &Thread) {
        for &(low, high) in &thread.native_segments {
            self.ambiguous_range(low, high);
        }
    }
}
