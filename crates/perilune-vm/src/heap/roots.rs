//! Roots: the global state precisely, the native stack conservatively.

use super::mark::Marker;
use crate::coroutine::Registers;
use crate::global::Global;
use crate::thread::Thread;
use crate::value::Value;

impl Marker {
    /// Marks everything that is alive by itself.
    pub(crate) fn roots(&mut self, g: &Global, explicit: bool) {
        self.cell(g.root_shape.cell());
        self.cell(g.dictionary_shape.cell());
        self.cell(g.string_shape.cell());
        self.cell(g.registry.cell());
        self.cell(g.globals.cell());
        self.cell(g.main.cell());
        self.cell(g.running.cell());
        self.cell(g.memory_message.cell());
        self.value(g.error);
        for meta in g.type_meta.iter().flatten() {
            self.cell(meta.cell());
        }
        for name in g.event_names {
            self.cell(name.cell());
        }
        for &value in &g.pinned {
            self.value(value);
        }
        for &value in &g.gc.finalizing {
            self.value(value);
        }
        self.native_stack(g, explicit);
    }

    /// Marks what the running native stack may refer to.
    ///
    /// A collection that the program asked for (`explicit`) comes straight from the native function `collectgarbage`, which
    /// holds nothing: then only the native functions further out count, so that leftovers on the native stack do not keep
    /// objects alive by chance.
    #[inline(never)]
    fn native_stack(&mut self, g: &Global, explicit: bool) {
        let mut registers = Registers::new();
        let running = g.running.get();
        if !explicit {
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

/// Clears the part of every live thread's stack that is not in use, so that no stale value is ever taken for a live one.
pub(crate) fn clear_unused_stacks(marker: &Marker) {
    for thread in &marker.threads {
        let t = thread.get();
        let (mut at, end) = (t.live_end(), t.stack_allocation_end());
        while at < end {
            // SAFETY: within the stack's allocation.
            unsafe {
                *at = Value::NIL;
                at = at.add(1);
            }
        }
    }
}
