//! Traversal of tables.

use super::Lowering;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::layout::table;
use perilune_vm::runtime::Helper;

impl Lowering<'_> {
    /// The next element of the array part; what follows it is left to the runtime.
    pub(super) fn next_pair(&mut self, reg: u16, args: &[Clif]) -> Clif {
        let [of, key, hint] = args[..] else { unreachable!("three operands") };
        let (general, next) = (self.b.create_block(), self.b.create_block());
        self.b.append_block_param(next, types::I64);
        let int = self.is_inline_int(key);
        self.go_on_if(int, general);
        // The element after the one with this key has this index. The key 0 is in no array part.
        let index = self.payload(key);
        self.go_on_if(index, general);
        let len = self.b.ins().uload32(MemFlagsData::trusted(), of, table::ARRAY_LEN);
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.go_on_if(inside, general);
        let array = self.load(types::I64, of, table::ARRAY);
        let offset = self.b.ins().ishl_imm_u(index, 3);
        let place = self.b.ins().iadd(array, offset);
        let element = self.load(types::I64, place, 0);
        let absent = self.b.ins().icmp_imm_s(IntCC::Equal, element, perilune_vm::Value::NIL.0 as i64);
        let found = self.b.create_block();
        self.b.ins().brif(absent, general, &[], found, &[]);
        self.begin(found);
        let base = self.b.use_var(self.base);
        self.b.ins().store(MemFlagsData::trusted(), element, base, i32::from(reg) * 8);
        // Payloads are the low bits, and array parts are shorter than 2^32.
        let after = self.b.ins().iadd_imm_s(key, 1);
        self.b.ins().jump(next, &[after.into()]);
        self.begin(general);
        let value = self.reg_address(reg);
        let after = self.help(Helper::next_pair, &[of, key, hint, value]);
        self.b.ins().jump(next, &[after.into()]);
        self.begin(next);
        self.b.block_params(next)[0]
    }
}
