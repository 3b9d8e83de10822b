//! Table access: by the shapes that the inline caches saw, and by integer keys into array parts.

use super::{Builder, Made, Result};
use crate::ir::{Class, Cond, Op, Ty, Val, Width};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::cache::{Cache, Entry, Target};
use perilune_vm::runtime::{CALLS_METAMETHOD, Helper};
use perilune_vm::shape::{Mode, ShapeRef};
use perilune_vm::tier::{
    inherits_nothing, kinds, learnt_fields, notes, own_place, shape_as_value, shape_with_meta, table_at, takes_new_values,
};
use perilune_vm::{Value, layout};

/// Most shapes that one access tells apart.
const MAX_SHAPES: usize = 4;

impl Builder<'_> {
    pub(super) fn cache(&self) -> &'static Cache {
        let index = self.extra() as usize;
        let cache: *const Cache = &raw const self.here().proto.get().caches[index];
        // SAFETY: the prototype lives while its code is compiled, and its caches stay where they are.
        unsafe { &*cache }
    }

    /// Entries of the cache that can be relied on; `None` if there are none.
    fn entries(&self) -> Option<Vec<Entry>> {
        let epoch = self.g.role_epoch();
        let usable = |entry: &Entry| match entry.target {
            Target::Own => true,
            Target::Other(_) | Target::Add(_) | Target::Absent => entry.epoch == epoch,
            Target::Made(_) => false,
        };
        let entries: Vec<Entry> = self.cache().entries().filter(usable).collect();
        (!entries.is_empty() && entries.len() <= MAX_SHAPES).then_some(entries)
    }

    fn shape_of(&mut self, table: Val) -> Val {
        self.push(Op::Load(Class::Shape, Width::B8, layout::table::SHAPE), &[table], Ty::Ptr)
    }

    fn shape(&mut self, shape: ShapeRef) -> Val {
        self.keep_alive(shape_as_value(shape));
        self.address(shape.0.as_ptr() as usize)
    }

    pub(super) fn check_epoch(&mut self) -> Val {
        let now = self.push(Op::Epoch, &[], Ty::Int);
        let then = self.int(i64::from(self.g.role_epoch()));
        let same = self.push(Op::Compare(Cond::Eq), &[now, then], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None)
    }

    fn is_not_nil(&mut self, val: Val) -> Val {
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        let same = self.push(Op::Same, &[val, nil], Ty::Bool);
        self.push(Op::Not, &[same], Ty::Bool)
    }

    fn check_not_nil(&mut self, val: Val) {
        let not = self.is_not_nil(val);
        self.push_exit(Op::Check, &[not], Ty::None);
    }

    // ---- fields ----

    pub(super) fn get_field(&mut self, i: Instr) -> Result {
        let object = self.get(i.b());
        let seen = self.kinds(object, self.site().b);
        self.load_field(Code::GetField, i, object, seen)
    }

    pub(super) fn get_global(&mut self, i: Instr) -> Result {
        let object = self.upvalue(i.b());
        self.load_field(Code::GetGlobal, i, object, kinds::TABLE)
    }

    pub(super) fn get_method(&mut self, i: Instr) -> Result {
        let object = self.get(i.b());
        let seen = self.kinds(object, self.site().b);
        if seen == 0 {
            return self.exit();
        }
        let entries = self.entries();
        if seen == kinds::STRING
            && let Some([entry]) = entries.as_deref()
            && entry.shape == Some(self.g.string_shape())
            && let Target::Other(place) = entry.target
        {
            self.typed(object, Ty::Str)?;
            let method = self.inherited(place);
            self.set(i.a() + 1, object);
            self.set(i.a(), method);
            return Ok(());
        }
        // The method's register may be the object's.
        self.load_field(Code::GetMethod, i, object, seen)
    }

    /// The value at a place in another table, which holds as long as the roles' epoch does.
    fn inherited(&mut self, place: *mut Value) -> Val {
        let checked = self.check_epoch();
        let place = self.address(place as usize);
        let val = self.push(Op::Load(Class::KnownSlot, Width::B8, 0), &[place, checked], Ty::Any);
        self.check_not_nil(val);
        val
    }

    fn load_field(&mut self, op: Code, i: Instr, object: Val, seen: u8) -> Result {
        if seen == 0 {
            return self.exit();
        }
        let entries = match self.entries() {
            Some(entries) if seen == kinds::TABLE => entries,
            _ => return self.field_by_name(op, i, object, seen),
        };
        let table = self.typed(object, Ty::Tab)?;
        let val = match self.load_own_place(table, &entries) {
            Some(val) => val,
            None => {
                let shape = self.shape_of(table);
                self.load_by_shape(table, shape, &entries, entries.len() == 1)?
            }
        };
        // With a state before this instruction, nothing was changed until here.
        if op == Code::GetMethod {
            self.set(i.a() + 1, table);
        }
        self.set(i.a(), val);
        Ok(())
    }

    /// A field of a table that is known and has its shape to itself, so that the field's place is known.
    fn load_own_place(&mut self, table: Val, entries: &[Entry]) -> Option<Val> {
        let [entry @ Entry { target: Target::Own, .. }] = entries else { return None };
        let Op::Ptr(address) = self.f.inst(table).op else { return None };
        if self.has_failed() {
            return None;
        }
        let known = table_at(address);
        let (place, by_epoch) = own_place(known, entry)?;
        self.keep_alive(known.into());
        if by_epoch {
            return Some(self.inherited(place));
        }
        let (now, then) = (self.shape_of(table), self.shape(entry.shape?));
        let same = self.push(Op::Same, &[now, then], Ty::Bool);
        let checked = self.push_exit(Op::Check, &[same], Ty::None);
        let place = self.address(place as usize);
        let val = self.push(Op::Load(Class::KnownSlot, Width::B8, 0), &[place, checked], Ty::Any);
        self.check_not_nil(val);
        Some(val)
    }

    fn load_by_shape(&mut self, table: Val, shape: Val, entries: &[Entry], only: bool) -> Result<Val> {
        let (entry, more) = entries.split_first().expect("at least one entry");
        let wanted = self.shape(entry.shape.expect("entries have shapes"));
        let same = self.push(Op::Same, &[shape, wanted], Ty::Bool);
        if more.is_empty() && only {
            let checked = self.push_exit(Op::Check, &[same], Ty::None);
            return self.load_entry(table, entry, Some(checked));
        }
        self.either(
            same,
            Ty::Any,
            |b| b.load_entry(table, entry, None),
            |b| {
                if !more.is_empty() {
                    return b.load_by_shape(table, shape, more, false);
                }
                // A site with several shapes will meet others.
                b.hardly_ever();
                let name = b.field_name();
                Ok(b.index(table, name))
            },
        )
    }

    /// The field that an entry is about, of a table whose shape was compared. `checked`: by a check, not by a branch.
    fn load_entry(&mut self, table: Val, entry: &Entry, checked: Option<Val>) -> Result<Val> {
        match entry.target {
            Target::Other(place) => Ok(self.inherited(place)),
            Target::Absent => {
                self.check_epoch();
                Ok(self.push(Op::Any(Value::NIL.0), &[], Ty::Any))
            }
            _ => {
                let slots = self.push(Op::Load(Class::SlotsAt, Width::B8, layout::table::SLOTS), &[table], Ty::Ptr);
                let offset = entry.slot as i32 * layout::VALUE;
                let args: smallvec::SmallVec<[Val; 2]> = std::iter::once(slots).chain(checked).collect();
                let val = self.push(Op::Load(Class::Slot, Width::B8, offset), &args, Ty::Any);
                let shape = entry.shape.expect("entries have shapes");
                if is_plain(shape) {
                    return Ok(val);
                }
                if has_fixed_slots(shape) && inherits_nothing(self.g, shape, self.cache().name()) {
                    self.check_epoch();
                    return Ok(val);
                }
                self.or_inherited(table, val)
            }
        }
    }

    /// A field whose cache is of no help: looked up without metamethods.
    fn field_by_name(&mut self, op: Code, i: Instr, object: Val, seen: u8) -> Result {
        if seen != kinds::TABLE || op == Code::GetGlobal {
            return self.step(op, i);
        }
        if matches!(op, Code::GetField | Code::GetMethod) {
            let name = self.field_name();
            if self.try_index_function(op, i, object, name)? {
                return Ok(());
            }
            if self.accesses_by_function(op) {
                return self.step(op, i);
            }
        }
        let table = self.typed(object, Ty::Tab)?;
        let name = self.field_name();
        let val = self.index(table, name);
        if op == Code::GetMethod {
            self.set(i.a() + 1, table);
        }
        self.set(i.a(), val);
        Ok(())
    }

    /// The value at a key, through `__index` tables; leaves if a metamethod has to be called.
    fn index(&mut self, table: Val, key: Val) -> Val {
        let val = self.push(Op::Help(Helper::index), &[table, key], Ty::Any);
        let calls = self.push(Op::Any(CALLS_METAMETHOD), &[], Ty::Any);
        let same = self.push(Op::Same, &[val, calls], Ty::Bool);
        let fine = self.push(Op::Not, &[same], Ty::Bool);
        self.push_exit(Op::Check, &[fine], Ty::None);
        val
    }

    /// The name of the field that the instruction accesses.
    pub(super) fn field_name(&mut self) -> Val {
        let name = Value::from(self.cache().name());
        self.keep_alive(name);
        self.push(Op::Any(name.0), &[], Ty::Any)
    }

    /// A field that may be nil, in a table whose metatable may know better.
    fn or_inherited(&mut self, table: Val, val: Val) -> Result<Val> {
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        let absent = self.push(Op::Same, &[val, nil], Ty::Bool);
        self.either(
            absent,
            Ty::Any,
            |b| {
                let name = b.field_name();
                Ok(b.index(table, name))
            },
            |_| Ok(val),
        )
    }

    pub(super) fn set_field(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.a());
        let seen = self.kinds(object, self.site().a);
        let val = if op == Code::SetFieldK { self.constant_at(i.c() as usize) } else { self.get(i.c()) };
        self.store_field(op, i, object, seen, val)
    }

    pub(super) fn set_global(&mut self, op: Code, i: Instr) -> Result {
        let object = self.upvalue(i.b());
        let val = if op == Code::SetGlobalK { self.constant_at(i.a() as usize) } else { self.get(i.a()) };
        self.store_field(op, i, object, kinds::TABLE, val)
    }

    fn store_field(&mut self, op: Code, i: Instr, object: Val, seen: u8, val: Val) -> Result {
        if seen == 0 {
            return self.exit();
        }
        let entries = match self.entries() {
            Some(entries) if seen == kinds::TABLE => entries,
            None if seen == kinds::TABLE && !matches!(op, Code::SetGlobal | Code::SetGlobalK) => {
                let name = self.field_name();
                if self.try_store_function(op, object, name, val)? {
                    return Ok(());
                }
                if self.accesses_by_function(op) {
                    return self.step(op, i);
                }
                let table = self.typed(object, Ty::Tab)?;
                self.assign(table, name, val);
                return Ok(());
            }
            _ => return self.step(op, i),
        };
        let table = self.typed(object, Ty::Tab)?;
        let val = self.fitting_to_store(val);
        let shape = self.shape_of(table);
        self.store_by_shape(table, shape, &entries, val, entries.len() == 1)
    }

    fn store_by_shape(&mut self, table: Val, shape: Val, entries: &[Entry], val: Val, only: bool) -> Result {
        let (entry, more) = entries.split_first().expect("at least one entry");
        let wanted = self.shape(entry.shape.expect("entries have shapes"));
        let same = self.push(Op::Same, &[shape, wanted], Ty::Bool);
        if more.is_empty() && only {
            self.push_exit(Op::Check, &[same], Ty::None);
            return self.store_entry(table, entry, val);
        }
        // Both ways yield a value for nothing: stores have none.
        self.either(
            same,
            Ty::Bool,
            |b| {
                b.store_entry(table, entry, val)?;
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| {
                if more.is_empty() {
                    // A site with several shapes will meet others.
                    b.hardly_ever();
                    let name = b.field_name();
                    b.assign(table, name, val);
                } else {
                    b.store_by_shape(table, shape, more, val, false)?;
                }
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
        )?;
        Ok(())
    }

    fn store_entry(&mut self, table: Val, entry: &Entry, val: Val) -> Result {
        let any = self.any(val);
        let offset = entry.slot as i32 * layout::VALUE;
        match entry.target {
            Target::Add(next) => return self.add_field(table, entry, next, val),
            _ => {
                let slots = self.push(Op::Load(Class::SlotsAt, Width::B8, layout::table::SLOTS), &[table], Ty::Ptr);
                let shape = entry.shape.expect("entries have shapes");
                if !is_plain(shape) && takes_new_values(self.g, shape) {
                    self.check_epoch();
                } else if !is_plain(shape) {
                    // A new field may be a metamethod's business, or change what others inherit.
                    let old = self.push(Op::Load(Class::Slot, Width::B8, offset), &[slots], Ty::Any);
                    self.check_not_nil(old);
                }
                // Others may know where the slots of tables are that hash.
                let class = if has_fixed_slots(shape) { Class::Slot } else { Class::KnownSlot };
                self.push(Op::Store(class, Width::B8, offset), &[slots, any], Ty::None);
                self.barrier(table, val, any);
            }
        }
        Ok(())
    }

    /// A field that the table does not have yet, which gives it the shape `next`.
    fn add_field(&mut self, table: Val, entry: &Entry, next: ShapeRef, val: Val) -> Result {
        let any = self.any(val);
        self.check_epoch();
        let cap = self.push(Op::Load(Class::SlotCap, Width::B4, layout::table::SLOT_CAP), &[table], Ty::Int);
        let slot = self.int(i64::from(entry.slot));
        let room = self.push(Op::Compare(Cond::Below), &[slot, cap], Ty::Bool);
        if !self.has_failed() {
            if self.f.ty(val) == Ty::Any {
                self.check_not_nil(any);
            }
            self.push_exit(Op::Check, &[room], Ty::None);
            self.add_slot(table, entry.slot, next, val);
            return Ok(());
        }
        let something = self.is_not_nil(any);
        let fine = self.push(Op::Both, &[room, something], Ty::Bool);
        // Both ways yield a value for nothing: stores have none.
        self.either(
            fine,
            Ty::Bool,
            |b| {
                b.add_slot(table, entry.slot, next, val);
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| {
                b.hardly_ever();
                let name = b.field_name();
                b.assign(table, name, any);
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
        )?;
        Ok(())
    }

    /// Fills a slot that there is room for, which gives the table the shape `next`.
    fn add_slot(&mut self, table: Val, slot: u32, next: ShapeRef, val: Val) {
        let any = self.any(val);
        let slots = self.push(Op::Load(Class::SlotsAt, Width::B8, layout::table::SLOTS), &[table], Ty::Ptr);
        self.push(Op::Store(Class::Slot, Width::B8, slot as i32 * layout::VALUE), &[slots, any], Ty::None);
        self.note_shape(table, next);
        let (shape, next) = (next, self.shape(next));
        self.push(Op::Store(Class::Shape, Width::B8, layout::table::SHAPE), &[table, next], Ty::None);
        let shape = self.push(Op::Any(shape_as_value(shape).0), &[], Ty::Any);
        self.push(Op::Barrier, &[table, shape], Ty::None);
        self.barrier(table, val, any);
    }

    // ---- computed keys ----

    /// The key of an access to an element, and the kinds it was seen to have.
    fn element_key(&mut self, op: Code, i: Instr) -> (Val, u8) {
        let site = self.site();
        match op {
            Code::GetIndex => {
                let key = self.get(i.c());
                (key, self.kinds(key, site.c))
            }
            Code::GetInt => (self.int(i64::from(i.c())), kinds::INT),
            Code::SetIndex | Code::SetIndexK => {
                let key = self.get(i.b());
                (key, self.kinds(key, site.b))
            }
            _ => (self.int(i64::from(i.b())), kinds::INT),
        }
    }

    pub(super) fn get_index(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.b());
        let seen = self.kinds(object, self.site().b);
        let (key, key_seen) = self.element_key(op, i);
        if seen == 0 || key_seen == 0 {
            return self.exit();
        }
        if seen != kinds::TABLE {
            return self.step(op, i);
        }
        if self.has_failed() && self.try_index_function(op, i, object, key)? {
            return Ok(());
        }
        let table = self.typed(object, Ty::Tab)?;
        let val = if key_seen == kinds::INT { self.element(table, key)? } else { self.by_key(table, key) };
        self.set(i.a(), val);
        Ok(())
    }

    fn by_key(&mut self, table: Val, key: Val) -> Val {
        let key = self.any(key);
        self.index(table, key)
    }

    /// The index of an integer key in the array part, and whether it is in there.
    fn index_of(&mut self, table: Val, key: Val) -> (Val, Val, Val) {
        let one = self.int(1);
        let index = self.push(Op::Sub, &[key, one], Ty::Int);
        let len = self.array_length(table);
        let inside = self.push(Op::Compare(Cond::Below), &[index, len], Ty::Bool);
        (index, len, inside)
    }

    pub(super) fn array_length(&mut self, table: Val) -> Val {
        let len = self.push(Op::Load(Class::ArrayLen, Width::B4, layout::table::ARRAY_LEN), &[table], Ty::Int);
        self.f.small.insert(len);
        len
    }

    fn element(&mut self, table: Val, key: Val) -> Result<Val> {
        let any = key;
        let key = self.typed(key, Ty::Int)?;
        let (index, _, inside) = self.index_of(table, key);
        if self.site().notes & (notes::BEYOND | notes::HOLE) == 0 {
            let checked = self.push_exit(Op::Check, &[inside], Ty::None);
            let val = self.load_element(table, index, Some(checked));
            self.check_not_nil(val);
            return Ok(val);
        }
        // Only there the key is wanted as a value of any type.
        let elsewhere = |b: &mut Self| {
            b.hardly_ever();
            let key = b.any(any);
            Ok(b.index(table, key))
        };
        self.either(
            inside,
            Ty::Any,
            |b| {
                let val = b.load_element(table, index, None);
                let nil = b.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                let absent = b.push(Op::Same, &[val, nil], Ty::Bool);
                b.either(
                    absent,
                    Ty::Any,
                    |b| {
                        b.hardly_ever();
                        let plain = b.has_no_meta(table);
                        b.either(plain, Ty::Any, |_| Ok(val), elsewhere)
                    },
                    |_| Ok(val),
                )
            },
            elsewhere,
        )
    }

    /// The value of a store. An integer that was not seen to be beyond 48 bits is taken to fit a word: then it is no reference.
    fn fitting_to_store(&mut self, val: Val) -> Val {
        let known = self.f.ty(val) != Ty::Int || self.f.small.contains(&val) || matches!(self.f.inst(val).op, Op::Int(_));
        if known || self.unprofiled || self.has_failed() || self.site().c & kinds::OTHER != 0 {
            return val;
        }
        let fitting = self.push_exit(Op::GuardFits, &[val], Ty::Int);
        self.f.small.insert(fitting);
        for known in self.env.regs.iter_mut().chain(&mut self.env.places).flatten().filter(|known| **known == val) {
            *known = fitting;
        }
        fitting
    }

    /// The block that begins is hardly ever executed.
    pub(super) fn hardly_ever(&mut self) {
        let block = self.block();
        self.f.data_mut(block).cold = true;
    }

    pub(super) fn load_element(&mut self, table: Val, index: Val, checked: Option<Val>) -> Val {
        let array = self.push(Op::Load(Class::ArrayAt, Width::B8, layout::table::ARRAY), &[table], Ty::Ptr);
        let args: smallvec::SmallVec<[Val; 3]> = [array, index].into_iter().chain(checked).collect();
        self.push(Op::LoadAt(Class::Element), &args, Ty::Any)
    }

    pub(super) fn set_index(&mut self, op: Code, i: Instr) -> Result {
        let object = self.get(i.a());
        let seen = self.kinds(object, self.site().a);
        let (key, key_seen) = self.element_key(op, i);
        let (val, val_seen) = match op {
            Code::SetIndexK | Code::SetIntK => {
                let val = self.constant_at(i.c() as usize);
                (val, self.kinds(val, 0))
            }
            _ => {
                let val = self.get(i.c());
                (val, self.kinds(val, self.site().c))
            }
        };
        if seen == 0 || key_seen == 0 {
            return self.exit();
        }
        if seen != kinds::TABLE {
            return self.step(op, i);
        }
        let table = self.typed(object, Ty::Tab)?;
        let val = self.fitting_to_store(val);
        let any = self.any(val);
        if self.site().notes & notes::META != 0 {
            self.assign(table, key, any);
            return Ok(());
        }
        let plain = self.has_no_meta(table);
        self.push_exit(Op::Check, &[plain], Ty::None);
        if key_seen != kinds::INT || val_seen & kinds::NIL != 0 {
            return self.raw_set(table, key, any);
        }
        if self.f.ty(val) == Ty::Any && !matches!(self.f.inst(val).op, Op::Any(_)) {
            self.check_not_nil(any);
        }
        let any_key = key;
        let key = self.typed(key, Ty::Int)?;
        let (index, len, inside) = self.index_of(table, key);
        let store = |b: &mut Self| {
            let array = b.push(Op::Load(Class::ArrayAt, Width::B8, layout::table::ARRAY), &[table], Ty::Ptr);
            b.push(Op::StoreAt(Class::Element), &[array, index, any], Ty::None);
            b.barrier(table, val, any);
        };
        if self.site().notes & notes::BEYOND == 0 {
            self.push_exit(Op::Check, &[inside], Ty::None);
            store(self);
            return Ok(());
        }
        self.either(
            inside,
            Ty::Bool,
            |b| {
                store(b);
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| {
                let at_end = b.push(Op::Compare(Cond::Eq), &[index, len], Ty::Bool);
                let room = b.has_room_at_end(table, len);
                let fine = b.push(Op::Both, &[at_end, room], Ty::Bool);
                b.either(
                    fine,
                    Ty::Bool,
                    |b| {
                        store(b);
                        b.lengthen(table, len);
                        Ok(b.push(Op::Bool(true), &[], Ty::Bool))
                    },
                    |b| {
                        b.hardly_ever();
                        if b.has_failed() {
                            b.raw_set(table, any_key, any)?;
                        } else {
                            b.store_by(Helper::set_element, table, key, any);
                        }
                        Ok(b.push(Op::Bool(true), &[], Ty::Bool))
                    },
                )
            },
        )?;
        Ok(())
    }

    /// Stores a value at the key after the array part, of a table without metatable; nil is not stored.
    pub(super) fn append(&mut self, table: Val, val: Val) -> Result {
        let val = self.fitting_to_store(val);
        let any = self.any(val);
        let len = self.array_length(table);
        let mut fine = self.has_room_at_end(table, len);
        if self.f.ty(val) == Ty::Any {
            let something = self.is_not_nil(any);
            fine = self.push(Op::Both, &[something, fine], Ty::Bool);
        }
        self.either(
            fine,
            Ty::Bool,
            |b| {
                let array = b.push(Op::Load(Class::ArrayAt, Width::B8, layout::table::ARRAY), &[table], Ty::Ptr);
                b.push(Op::StoreAt(Class::Element), &[array, len, any], Ty::None);
                b.barrier(table, val, any);
                b.lengthen(table, len);
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
            |b| {
                b.hardly_ever();
                let failed = b.push(Op::Help(Helper::append), &[table, any], Ty::Int);
                let zero = b.int(0);
                let stored = b.push(Op::Compare(Cond::Eq), &[failed, zero], Ty::Bool);
                // It must not be done twice.
                b.push_exit(Op::CheckDone, &[stored], Ty::None);
                Ok(b.push(Op::Bool(true), &[], Ty::Bool))
            },
        )?;
        Ok(())
    }

    /// Makes the array part one element longer.
    fn lengthen(&mut self, table: Val, len: Val) {
        let one = self.int(1);
        let longer = self.push(Op::Add, &[len, one], Ty::Int);
        self.push(Op::Store(Class::ArrayLen, Width::B4, layout::table::ARRAY_LEN), &[table, longer], Ty::None);
    }

    /// Whether there is room behind the array part, and no other part has what would follow.
    fn has_room_at_end(&mut self, table: Val, len: Val) -> Val {
        let cap = self.push(Op::Load(Class::ArrayLen, Width::B4, layout::table::ARRAY_CAP), &[table], Ty::Int);
        let room = self.push(Op::Compare(Cond::Below), &[len, cap], Ty::Bool);
        let flags = self.push(Op::Load(Class::ArrayLen, Width::B1, layout::header::FLAGS), &[table], Ty::Int);
        let indexed = self.int(i64::from(layout::header::INDEXED));
        let others = self.push(Op::And, &[flags, indexed], Ty::Int);
        let zero = self.int(0);
        let none = self.push(Op::Compare(Cond::Eq), &[others, zero], Ty::Bool);
        self.push(Op::Both, &[room, none], Ty::Bool)
    }

    fn raw_set(&mut self, table: Val, key: Val, val: Val) -> Result {
        self.store_by(Helper::raw_set, table, key, val);
        Ok(())
    }

    /// Stores as an assignment; leaves if a metamethod has to be called.
    fn assign(&mut self, table: Val, key: Val, val: Val) {
        self.store_by(Helper::assign, table, key, val);
    }

    fn store_by(&mut self, helper: Helper, table: Val, key: Val, val: Val) {
        let key = if helper == Helper::set_element { key } else { self.any(key) };
        let val = self.any(val);
        let failed = self.push(Op::Help(helper), &[table, key, val], Ty::Int);
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[failed, zero], Ty::Bool);
        // Nothing was stored if it failed: the interpreter does it, or raises the error.
        self.push_exit(Op::CheckDone, &[fine], Ty::None);
    }

    // ---- others ----

    /// The elements of a constructor.
    pub(super) fn set_list(&mut self, i: Instr) -> Result {
        let object = self.get(i.a());
        let table = self.typed(object, Ty::Tab)?;
        let from = i64::from(self.extra()) + 1;
        if i.b() == 0 {
            self.store_open_list(table, i.a(), from);
        } else {
            self.store_list(table, i.a(), i.b(), from);
        }
        Ok(())
    }

    /// Stores what stands after register `a` up to the top in a table, from index `from` on.
    fn store_open_list(&mut self, table: Val, a: u8, from: i64) {
        let first = self.reg(a) + 1;
        for reg in first..self.env.regs.len() as u16 {
            self.sync(reg);
        }
        let place = self.push(Op::RegPlace(first), &[], Ty::Ptr);
        let from = self.int(from);
        let failed = self.push(Op::Help(Helper::set_open_list), &[table, place, from], Ty::Int);
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[failed, zero], Ty::Bool);
        self.push_exit(Op::CheckDone, &[fine], Ty::None);
    }

    /// Stores `count` registers after register `a` in a table, from index `from` on.
    fn store_list(&mut self, table: Val, a: u8, count: u8, from: i64) {
        let first = self.reg(a) + 1;
        for reg in first..first + u16::from(count) {
            self.sync(reg);
        }
        let first = self.push(Op::RegPlace(first), &[], Ty::Ptr);
        let (count, from) = (self.int(i64::from(count)), self.int(from));
        let failed = self.push(Op::Help(Helper::set_list), &[table, first, count, from], Ty::Int);
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[failed, zero], Ty::Bool);
        self.push_exit(Op::Check, &[fine], Ty::None);
    }

    pub(super) fn new_table(&mut self, i: Instr) -> Result {
        if let Some(slots) = learnt_fields(self.cache()) {
            let table = self.make_table(slots as u8);
            self.set(i.a(), table);
            return Ok(());
        }
        let cache: *const Cache = self.cache();
        let cache = self.address(cache as usize);
        let any = self.push(Op::Help(Helper::new_table), &[cache], Ty::Any);
        let table = self.push(Op::Unbox(Ty::Tab), &[any], Ty::Tab);
        self.origins.insert(table, any);
        self.set(i.a(), table);
        let proto = perilune_vm::tier::proto_as_value(self.here().proto);
        self.keep_alive(proto);
        Ok(())
    }

    /// A new table with room for some fields. To whom a guard leaves that fails soon, the table has not been made yet.
    fn make_table(&mut self, slots: u8) -> Val {
        if self.env.resume.is_none() {
            self.exact_state();
        }
        let table = self.push(Op::NewTable(slots), &[], Ty::Tab);
        let root = self.g.root_shape();
        self.env.made.push(Made { table, since: self.env.resume, shape: root });
        let shape = self.shape(root);
        self.push(Op::Store(Class::Shape, Width::B8, layout::table::SHAPE), &[table, shape], Ty::None);
        let offset = self.int(i64::from(layout::table::INLINE_SLOTS));
        let place = self.push(Op::Add, &[table, offset], Ty::Ptr);
        self.push(Op::Store(Class::SlotsAt, Width::B8, layout::table::SLOTS), &[table, place], Ty::None);
        let room = self.int(i64::from(slots));
        self.push(Op::Store(Class::SlotCap, Width::B4, layout::table::SLOT_CAP), &[table, room], Ty::None);
        table
    }

    /// Gives a table, which has none, a metatable, if that is a change of its shape that was made before.
    pub(super) fn set_known_meta(&mut self, table: Val, meta: Val) -> bool {
        if self.has_failed() {
            return false;
        }
        let Some(shape) = self.made(table).map(|made| made.shape) else { return false };
        let known = match self.f.inst(meta).op {
            Op::Any(word) => Value(word).as_table(),
            _ => None,
        };
        let Some((expected, next)) = shape_with_meta(self.g, shape, known) else { return false };
        self.check_is(meta, expected.into());
        let (now, before) = (self.shape_of(table), self.shape(shape));
        let same = self.push(Op::Same, &[now, before], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None);
        self.check_epoch();
        self.note_shape(table, next);
        let word = self.push(Op::Any(shape_as_value(next).0), &[], Ty::Any);
        let next = self.shape(next);
        self.push(Op::Store(Class::Shape, Width::B8, layout::table::SHAPE), &[table, next], Ty::None);
        self.push(Op::Barrier, &[table, word], Ty::None);
        true
    }

    pub(super) fn length(&mut self, i: Instr) -> Result {
        let object = self.get(i.b());
        let seen = self.kinds(object, self.site().b);
        let length = match seen {
            0 => return self.exit(),
            kinds::TABLE => {
                let table = self.typed(object, Ty::Tab)?;
                if self.site().notes & notes::META != 0 {
                    let length = self.push(Op::Help(Helper::table_length), &[table], Ty::Any);
                    let fine = self.is_value(length);
                    self.push_exit(Op::Check, &[fine], Ty::None);
                    let int = self.as_int(length);
                    self.set(i.a(), int);
                    return Ok(());
                }
                let plain = self.has_no_meta(table);
                self.push_exit(Op::Check, &[plain], Ty::None);
                self.push(Op::Load(Class::ArrayLen, Width::B4, layout::table::ARRAY_LEN), &[table], Ty::Int)
            }
            kinds::STRING => {
                let string = self.typed(object, Ty::Str)?;
                self.string_length(string)
            }
            _ => return self.step(Code::Len, i),
        };
        self.f.small.insert(length);
        self.set(i.a(), length);
        Ok(())
    }
}

/// Whether a field stays in its slot while it is nil: a table that hashes may forget its key, and have it elsewhere afterwards.
fn has_fixed_slots(shape: ShapeRef) -> bool {
    // SAFETY: the cache that names the shape is cleared when it dies.
    unsafe { shape.0.as_ref() }.mode == Mode::Shared
}

/// Whether tables of this shape have, and will have, no metatable, and play no role for others.
fn is_plain(shape: ShapeRef) -> bool {
    // SAFETY: the cache that names the shape is cleared when it dies.
    let shape = unsafe { shape.0.as_ref() };
    shape.mode == Mode::Shared && shape.meta.is_none()
}
