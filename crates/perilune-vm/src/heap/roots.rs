//! Roots: the global state precisely, the native stack conservatively.

use super::mark::Marker;
use crate::global::Global;
use crate::value::Value;

impl Marker {
    /// Marks everything that is alive by itself.
    pub(crate) fn roots(&mut self, g: &Global) {
        self.cell(g.root_shape.cell());
        self.cell(g.dictionary_shape.cell());
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
        self.native_stack(g.native_base);
    }

    /// Marks what the running native stack may refer to. Registers that a call preserves are spilled to it first.
    #[inline(never)]
    fn native_stack(&mut self, base: usize) {
        let mut registers = [0u64; 6];
        // SAFETY: stores the callee-saved registers to a local array; touches nothing else.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            std::arch::asm!(
                "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12",
                "mov [{0} + 24], r13", "mov [{0} + 32], r14", "mov [{0} + 40], r15",
                in(reg) registers.as_mut_ptr(),
            );
        }
        let low = registers.as_ptr() as usize;
        self.ambiguous_range(low, base);
    }
}

/// Clears the part of every live thread's stack that is not in use, so that no stale value is ever taken for a live one.
pub(crate) fn clear_unused_stacks(marker: &Marker) {
    for thread in &marker.threads {
        let t = thread.get();
        let (mut at, end) = (t.high_mark(), t.stack_allocation_end());
        while at < end {
            // SAFETY: within the stack's allocation.
            unsafe {
                *at = Value::NIL;
                at = at.add(1);
            }
        }
    }
}
