//! Table access by what inline caches know when the code runs. Each operation is safe for any operands: what it does not do
//! itself it says so of, and the interpreter does it, which teaches the cache.

use super::Lowering;
use crate::ir::{Op, Ty, Val};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::Value;
use perilune_vm::layout::{self, cache, table};
use perilune_vm::runtime::{CALLS_METAMETHOD, Helper};
use perilune_vm::value::{TAG_OBJECT, TAG_SHIFT, TAG_STRING, TAG_TABLE};

impl Lowering<'_> {
    pub(super) fn table_operation(&mut self, val: Val, op: Op, args: &[Clif]) -> Clif {
        let next = self.b.create_block();
        let ty = if matches!(op, Op::StoreField(_) | Op::StoreIndex) { types::I8 } else { types::I64 };
        self.b.append_block_param(next, ty);
        let of = self.func.inst(val).args[0];
        match op {
            Op::Field(index) => self.field(of, args[0], index, false, next),
            Op::Method(index) => self.field(of, args[0], index, true, next),
            Op::StoreField(index) => self.store_field(of, args[0], args[1], index, next),
            Op::Index => self.index(val, args, next),
            Op::StoreIndex => self.store_index(val, args, next),
            Op::Length => self.length(of, args[0], next),
            _ => unreachable!("no table operation"),
        }
        self.begin(next);
        self.b.block_params(next)[0]
    }

    /// Yields a constant word at the end of the operation.
    fn yield_word(&mut self, next: ClifBlock, word: u64) {
        let word = self.word(word);
        self.b.ins().jump(next, &[word.into()]);
    }

    fn yield_flag(&mut self, next: ClifBlock, flag: bool) {
        let flag = self.b.ins().iconst(types::I8, i64::from(flag));
        self.b.ins().jump(next, &[flag.into()]);
    }

    /// Goes on in a new block if the condition holds, else to `other`.
    fn only_if(&mut self, condition: Clif, other: ClifBlock) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], other, &[]);
        self.begin(next);
    }

    fn only_unless(&mut self, condition: Clif, other: ClifBlock) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, other, &[], next, &[]);
        self.begin(next);
    }

    fn cold_block(&mut self) -> ClifBlock {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// The table's address, going to `other` if it is none.
    fn table_or(&mut self, of: Val, word: Clif, other: ClifBlock) -> Clif {
        if self.func.ty(of) == Ty::Tab {
            return word;
        }
        let address = self.untag(word, TAG_TABLE);
        let high = self.b.ins().ushr_imm_u(address, i64::from(TAG_SHIFT));
        self.only_unless(high, other);
        address
    }

    fn word_at(&mut self, from: Clif, offset: i32) -> Clif {
        self.load(types::I64, from, offset)
    }

    fn half_at(&mut self, from: Clif, offset: i32) -> Clif {
        self.b.ins().uload32(MemFlagsData::trusted(), from, offset)
    }

    fn nth(&mut self, from: Clif, index: Clif) -> Clif {
        let offset = self.b.ins().ishl_imm_u(index, 3);
        self.b.ins().iadd(from, offset)
    }

    /// Whether the cache's entry was made in the roles' epoch that is now.
    fn in_epoch(&mut self, cache_address: Clif) -> Clif {
        let then = self.half_at(cache_address, cache::EPOCH);
        let now = self.epoch();
        self.b.ins().icmp(IntCC::Equal, then, now)
    }

    fn is_nil(&mut self, word: Clif) -> Clif {
        let nil = self.word(Value::NIL.0);
        self.b.ins().icmp(IntCC::Equal, word, nil)
    }

    // ---- fields ----

    fn field(&mut self, of: Val, word: Clif, index: u32, strings: bool, next: ClifBlock) {
        let (miss, other, no_table) = (self.b.create_block(), self.b.create_block(), self.cold_block());
        let address = self.cache_address(index);
        let table = self.table_or(of, word, no_table);
        let shape = self.word_at(table, table::SHAPE);
        let known = self.word_at(address, cache::SHAPE);
        let same = self.b.ins().icmp(IntCC::Equal, shape, known);
        self.only_if(same, miss);
        let kind = self.b.ins().uload8(types::I64, MemFlagsData::trusted(), address, cache::KIND);
        self.only_unless(kind, other);
        let slots = self.word_at(table, table::SLOTS);
        let slot = self.half_at(address, cache::SLOT);
        let place = self.nth(slots, slot);
        self.yield_place(next, place, miss);
        self.b.switch_to_block(other);
        let kind = self.b.ins().uload8(types::I64, MemFlagsData::trusted(), address, cache::KIND);
        let inherited = self.b.ins().icmp_imm_u(IntCC::Equal, kind, i64::from(cache::OTHER));
        let valid = self.in_epoch(address);
        let both = self.b.ins().band(inherited, valid);
        self.only_if(both, miss);
        let place = self.word_at(address, cache::TARGET);
        self.yield_place(next, place, miss);
        self.b.switch_to_block(no_table);
        if strings && self.func.ty(of) != Ty::Tab {
            let shape = self.word_at(self.global(), layout::global::STRING_SHAPE);
            let known = self.word_at(address, cache::SHAPE);
            let tag = self.b.ins().ushr_imm_u(word, i64::from(TAG_SHIFT));
            let string = self.b.ins().icmp_imm_u(IntCC::Equal, tag, TAG_STRING as i64);
            let same = self.b.ins().icmp(IntCC::Equal, shape, known);
            let both = self.b.ins().band(string, same);
            self.b.ins().brif(both, other, &[], miss, &[]);
        } else {
            self.yield_word(next, CALLS_METAMETHOD);
        }
        self.b.switch_to_block(miss);
        let word = self.boxed_out_of_line(of, word);
        let found = self.help(Helper::field, &[self.thread, word, address]);
        self.b.ins().jump(next, &[found.into()]);
    }

    /// Yields what stands in a place, unless that is nil.
    fn yield_place(&mut self, next: ClifBlock, place: Clif, miss: ClifBlock) {
        let val = self.word_at(place, 0);
        let absent = self.is_nil(val);
        self.only_unless(absent, miss);
        self.b.ins().jump(next, &[val.into()]);
    }

    fn store_field(&mut self, of: Val, word: Clif, val: Clif, index: u32, next: ClifBlock) {
        let (miss, other, impossible) = (self.b.create_block(), self.b.create_block(), self.cold_block());
        let address = self.cache_address(index);
        let table = self.table_or(of, word, impossible);
        let shape = self.word_at(table, table::SHAPE);
        let known = self.word_at(address, cache::SHAPE);
        let same = self.b.ins().icmp(IntCC::Equal, shape, known);
        self.only_if(same, miss);
        let slots = self.word_at(table, table::SLOTS);
        let slot = self.half_at(address, cache::SLOT);
        let place = self.nth(slots, slot);
        let kind = self.b.ins().uload8(types::I64, MemFlagsData::trusted(), address, cache::KIND);
        self.only_unless(kind, other);
        // A new field may be a metamethod's business, or change what others inherit.
        let old = self.word_at(place, 0);
        let absent = self.is_nil(old);
        self.only_unless(absent, miss);
        self.b.ins().store(MemFlagsData::trusted(), val, place, 0);
        self.barrier(table, val);
        self.yield_flag(next, true);
        self.b.switch_to_block(other);
        let adds = self.b.ins().icmp_imm_u(IntCC::Equal, kind, i64::from(cache::ADD));
        let valid = self.in_epoch(address);
        let fine = self.b.ins().band(adds, valid);
        let room = self.half_at(table, table::SLOT_CAP);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThan, slot, room);
        let fine = self.b.ins().band(fine, fits);
        self.only_if(fine, miss);
        let nothing = self.is_nil(val);
        self.only_unless(nothing, miss);
        self.b.ins().store(MemFlagsData::trusted(), val, place, 0);
        let shape = self.word_at(address, cache::TARGET);
        self.b.ins().store(MemFlagsData::trusted(), shape, table, table::SHAPE);
        let tag = self.word(TAG_OBJECT << TAG_SHIFT);
        let shape = self.b.ins().bor(shape, tag);
        self.barrier(table, shape);
        self.barrier(table, val);
        self.yield_flag(next, true);
        self.b.switch_to_block(miss);
        let word = self.boxed_out_of_line(of, word);
        let stored = self.help(Helper::store_field, &[self.thread, word, val, address]);
        let stored = self.b.ins().icmp_imm_u(IntCC::NotEqual, stored, 0);
        self.b.ins().jump(next, &[stored.into()]);
        self.b.switch_to_block(impossible);
        self.yield_flag(next, false);
    }

    // ---- elements ----

    /// An integer key as such, going to `other` if it is none, and as any value.
    fn key_or(&mut self, of: Val, key: Clif, other: ClifBlock) -> Clif {
        if self.func.ty(of) == Ty::Int {
            return key;
        }
        let int = self.is_inline_int(key);
        self.only_if(int, other);
        self.payload(key)
    }

    /// A key as any value. An integer beyond 48 bits gets a cell.
    fn any_key(&mut self, of: Val, key: Clif) -> Clif {
        self.boxed_out_of_line(of, key)
    }

    fn index(&mut self, val: Val, args: &[Clif], next: ClifBlock) {
        let (of, key_of) = (self.func.inst(val).args[0], self.func.inst(val).args[1]);
        let (no_table, general) = (self.cold_block(), self.b.create_block());
        let table = self.table_or(of, args[0], no_table);
        let key = self.key_or(key_of, args[1], general);
        let index = self.b.ins().iadd_imm_s(key, -1);
        let len = self.half_at(table, table::ARRAY_LEN);
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.only_if(inside, general);
        let array = self.word_at(table, table::ARRAY);
        let place = self.nth(array, index);
        let found = self.word_at(place, 0);
        let absent = self.is_nil(found);
        self.only_unless(absent, general);
        self.b.ins().jump(next, &[found.into()]);
        self.b.switch_to_block(general);
        let key = self.any_key(key_of, args[1]);
        let found = self.help(Helper::index, &[self.thread, table, key]);
        self.b.ins().jump(next, &[found.into()]);
        self.b.switch_to_block(no_table);
        self.yield_word(next, CALLS_METAMETHOD);
    }

    fn store_index(&mut self, val: Val, args: &[Clif], next: ClifBlock) {
        let (of, key_of) = (self.func.inst(val).args[0], self.func.inst(val).args[1]);
        let (impossible, general, beyond) = (self.cold_block(), self.b.create_block(), self.b.create_block());
        let with_meta = self.cold_block();
        let (store, word) = (self.b.create_block(), args[2]);
        self.b.append_block_param(store, types::I64);
        let table = self.table_or(of, args[0], impossible);
        let shape = self.word_at(table, table::SHAPE);
        let meta = self.word_at(shape, layout::shape::META);
        self.only_unless(meta, with_meta);
        let nothing = self.is_nil(word);
        self.only_unless(nothing, general);
        let key = self.key_or(key_of, args[1], general);
        let index = self.b.ins().iadd_imm_s(key, -1);
        let len = self.half_at(table, table::ARRAY_LEN);
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.b.ins().brif(inside, store, &[index.into()], beyond, &[]);
        // Right behind the array part, where there is room, and no other part has what would follow.
        self.b.switch_to_block(beyond);
        let at_end = self.b.ins().icmp(IntCC::Equal, index, len);
        let cap = self.half_at(table, table::ARRAY_CAP);
        let room = self.b.ins().icmp(IntCC::UnsignedLessThan, len, cap);
        let fine = self.b.ins().band(at_end, room);
        let flags = self.b.ins().uload8(types::I64, MemFlagsData::trusted(), table, layout::header::FLAGS);
        let others = self.b.ins().band_imm_u(flags, i64::from(layout::header::INDEXED));
        let none = self.b.ins().icmp_imm_u(IntCC::Equal, others, 0);
        let fine = self.b.ins().band(fine, none);
        self.only_if(fine, general);
        let longer = self.b.ins().iadd_imm_s(len, 1);
        self.b.ins().istore32(MemFlagsData::trusted(), longer, table, table::ARRAY_LEN);
        self.b.ins().jump(store, &[index.into()]);
        self.b.switch_to_block(store);
        let index = self.b.block_params(store)[0];
        let array = self.word_at(table, table::ARRAY);
        let place = self.nth(array, index);
        self.b.ins().store(MemFlagsData::trusted(), word, place, 0);
        self.barrier(table, word);
        self.yield_flag(next, true);
        self.b.switch_to_block(general);
        let key = self.any_key(key_of, args[1]);
        let failed = self.help(Helper::raw_set, &[self.thread, table, key, word]);
        let stored = self.b.ins().icmp_imm_u(IntCC::Equal, failed, 0);
        self.b.ins().jump(next, &[stored.into()]);
        // Metamethods are about absent elements only.
        self.b.switch_to_block(with_meta);
        let key = self.key_or(key_of, args[1], impossible);
        let index = self.b.ins().iadd_imm_s(key, -1);
        let len = self.half_at(table, table::ARRAY_LEN);
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.only_if(inside, impossible);
        let array = self.word_at(table, table::ARRAY);
        let place = self.nth(array, index);
        let old = self.word_at(place, 0);
        let (absent, nothing) = (self.is_nil(old), self.is_nil(word));
        let either = self.b.ins().bor(absent, nothing);
        self.b.ins().brif(either, impossible, &[], store, &[index.into()]);
        self.b.switch_to_block(impossible);
        self.yield_flag(next, false);
    }

    fn length(&mut self, of: Val, word: Clif, next: ClifBlock) {
        let (no_table, other) = (self.b.create_block(), self.cold_block());
        let table = self.table_or(of, word, no_table);
        let shape = self.word_at(table, table::SHAPE);
        let meta = self.word_at(shape, layout::shape::META);
        self.only_unless(meta, other);
        let len = self.half_at(table, table::ARRAY_LEN);
        let len = self.inline_int(len);
        self.b.ins().jump(next, &[len.into()]);
        self.b.switch_to_block(no_table);
        let address = self.untag(word, TAG_STRING);
        let high = self.b.ins().ushr_imm_u(address, i64::from(TAG_SHIFT));
        self.only_unless(high, other);
        let len = self.word_at(address, layout::cell::STRING_LENGTH);
        let len = self.inline_int(len);
        self.b.ins().jump(next, &[len.into()]);
        self.b.switch_to_block(other);
        self.yield_word(next, Value::NIL.0);
    }
}
