//! Metamethods of operators on tables: what is known of the table's shape or metatable says which function it is, as long as the
//! roles' epoch stands, and that function's body is translated in place of the operation.

use super::{Builder, Caller, Closure, Result};
use crate::ir::{Class, Op, Ty, Val, Width};
use perilune_front::op::{Extra, Instr, Op as Code};
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::shape::{Mode, ShapeRef};
use perilune_vm::tier::{Called, Receiver, event_of, kinds, metamethod_of, numbers_have_metatable, proto_of, shape_as_value};
use perilune_vm::{Event, Value, layout};

/// A metamethod, and how it was found.
#[derive(Clone, Copy)]
struct Method {
    receiver: Receiver,
    event: Event,
    function: Handler,
}

/// What is known of a metamethod.
#[derive(Clone, Copy)]
enum Handler {
    /// It is this.
    Known(Value),
    /// It is a closure of this prototype.
    Closures(ProtoRef),
}

impl Handler {
    fn proto(self) -> Option<ProtoRef> {
        match self {
            Handler::Known(function) => proto_of(function),
            Handler::Closures(proto) => Some(proto),
        }
    }
}

/// A metamethod of the table at hand.
#[derive(Clone, Copy)]
struct Found {
    val: Val,
    proto: ProtoRef,
    closure: Closure,
}

impl Builder<'_> {
    /// The table that the instruction was seen to find its metamethod by.
    fn receiver(&self) -> Option<Receiver> {
        self.profile().and_then(|profile| profile.receivers.get(&self.pc)).copied()
    }

    /// That table, and its metamethod for an event; nil if its metatable has none.
    fn metamethod(&self, event: Option<Event>) -> Option<Method> {
        let (receiver, event) = (self.receiver()?, event?);
        let function = match receiver {
            Receiver::Handler(proto) => Handler::Closures(proto),
            _ => Handler::Known(metamethod_of(self.g, receiver.meta()?, event)),
        };
        Some(Method { receiver, event, function })
    }

    /// An operation on one or two values of these kinds, the first of them a table, or a number and a table. `finish` gets what
    /// the metamethod returned. Whether there is one that could be inlined.
    pub(super) fn try_operator(
        &mut self,
        op: Code,
        operands: [(Val, u8); 2],
        finish: impl FnOnce(&mut Self, Val) -> Result,
    ) -> Result<bool> {
        let [(a, seen_a), (b, seen_b)] = operands;
        let number = kinds::INT | kinds::FLOAT;
        let second = match (seen_a, seen_b) {
            (kinds::TABLE, _) => false,
            (kinds::INT | kinds::FLOAT, kinds::TABLE) => !numbers_have_metatable(self.g),
            _ => return Ok(false),
        };
        if seen_a & number != 0 && !second {
            return Ok(false);
        }
        let Some(method) = self.metamethod(event_of(op)) else { return Ok(false) };
        self.try_method(method, |builder| {
            if second {
                builder.typed(a, if seen_a == kinds::INT { Ty::Int } else { Ty::Flt })?;
            }
            let table = builder.typed(if second { b } else { a }, Ty::Tab)?;
            let found = builder.check_receiver(table, method)?;
            let result = builder.call_metamethod(op, found, &[a, b])?;
            finish(builder, result)
        })
    }

    /// Tables with an `__eq` function, which says of two that are not the same whether they are equal.
    pub(super) fn try_equals(&mut self, i: Instr, a: Val, b: Val) -> Result<bool> {
        let Some(method) = self.metamethod(Some(Event::Eq)) else { return Ok(false) };
        self.try_method(method, |builder| {
            let (x, y) = (builder.typed(a, Ty::Tab)?, builder.typed(b, Ty::Tab)?);
            let found = builder.check_receiver(x, method)?;
            let same = builder.push(Op::Same, &[x, y], Ty::Bool);
            let equal = builder.either(
                same,
                Ty::Bool,
                |builder| Ok(builder.push(Op::Bool(true), &[], Ty::Bool)),
                |builder| {
                    let result = builder.call_metamethod(Code::Eq, found, &[x, y])?;
                    Ok(builder.truthy(result))
                },
            )?;
            builder.decide(equal, i)
        })
    }

    /// Does something with a function's body, if that can be inlined.
    fn try_method(&mut self, method: Method, action: impl FnOnce(&mut Self) -> Result) -> Result<bool> {
        match method.function.proto() {
            Some(proto) if !self.unprofiled && self.may_inline(proto) => self.attempt(action),
            _ => Ok(false),
        }
    }

    /// Makes sure that a table has the metamethod that was seen.
    fn check_receiver(&mut self, table: Val, method: Method) -> Result<Found> {
        let shape = self.push(Op::Load(Class::Shape, Width::B8, layout::table::SHAPE), &[table], Ty::Ptr);
        let function = match method.function {
            Handler::Known(function) => function,
            Handler::Closures(proto) => return self.find_handler(shape, proto, method.event),
        };
        let (found, wanted) = match method.receiver {
            Receiver::Shape(wanted) => (shape, self.shape_address(wanted)),
            Receiver::Meta(meta) => {
                let found = self.push(Op::Load(Class::Meta, Width::B8, layout::shape::META), &[shape], Ty::Ptr);
                let meta = Value::from(meta);
                self.keep_alive(meta);
                (found, self.address(meta.address()))
            }
            Receiver::Handler(_) | Receiver::Many => unreachable!("it has a metatable"),
        };
        let same = self.push(Op::Same, &[found, wanted], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None);
        self.check_epoch();
        let Some(proto) = proto_of(function) else { return Err(super::Stop::Refused("a native metamethod")) };
        self.keep_alive(function);
        let val = self.push(Op::Any(function.0), &[], Ty::Any);
        Ok(Found { val, proto, closure: Closure::Known(function) })
    }

    /// The metamethod of tables of a shape, which is one of those closures.
    fn find_handler(&mut self, shape: Val, proto: ProtoRef, event: Event) -> Result<Found> {
        let meta = self.push(Op::Load(Class::Meta, Width::B8, layout::shape::META), &[shape], Ty::Ptr);
        let none = self.address(0);
        let none = self.push(Op::Same, &[meta, none], Ty::Bool);
        let some = self.push(Op::Not, &[none], Ty::Bool);
        self.push_exit(Op::Check, &[some], Ty::None);
        let event = self.int(event as i64);
        let val = self.push(Op::Help(Helper::metamethod), &[meta, event], Ty::Any);
        let closure = Closure::Val(self.closure_of(val, proto)?);
        Ok(Found { val, proto, closure })
    }

    fn shape_address(&mut self, shape: ShapeRef) -> Val {
        self.keep_alive(shape_as_value(shape));
        self.address(shape.0.as_ptr() as usize)
    }

    /// Calls the metamethod of the instruction, whose return finishes it. The function and its arguments go above the registers.
    fn call_metamethod(&mut self, op: Code, method: Found, args: &[Val]) -> Result<Val> {
        let func = self.here().base + u16::from(self.here().plan.registers);
        self.env.grow(func as usize + 1 + args.len());
        self.forget_from(func);
        self.env.regs[func as usize] = Some(method.val);
        for (reg, &arg) in (func + 1..).zip(args) {
            self.env.regs[reg as usize] = Some(arg);
        }
        // A store's metamethod yields nothing that is wanted, but its return has to find a place for it.
        let called = Called { as_operator: true, ..Called::default() };
        let caller = Caller { resume: self.pc + 1, needs: self.pc, wanted: 1, called, tails: 0 };
        debug_assert!(op.extra() != Extra::Jump || op.words() == 2);
        self.inline_at(func, args.len() as u8, method.proto, method.closure, caller)?;
        let result = self.get_reg(func);
        self.forget_from(func);
        Ok(result)
    }

    // ---- calls ----

    /// A call of a table, whose `__call` function gets it before the arguments. Whether that could be inlined.
    pub(super) fn try_call_table(&mut self, i: Instr) -> Result<bool> {
        let Some(method) = self.metamethod(Some(Event::Call)) else { return Ok(false) };
        if i.b() == 0 || i.b() == u8::MAX || i.c() == 0 && !self.takes_open_results(self.pc + 2) {
            return Ok(false);
        }
        self.try_method(method, |b| {
            let object = b.get(i.a());
            let table = b.typed(object, Ty::Tab)?;
            let handler = b.check_receiver(table, method)?;
            let func = b.reg(i.a());
            let vals: Vec<Val> = (0..i.b()).map(|offset| b.get(i.a() + offset)).collect();
            let end = usize::from(func) + vals.len() + 1;
            b.env.grow(end);
            b.f.extent = b.f.extent.max(end as u32);
            b.set_reg(func, handler.val);
            for (reg, val) in (func + 1..).zip(vals) {
                b.set_reg(reg, val);
            }
            b.inline(Instr::abc(Code::Call, i.a(), i.b() + 1, i.c()), handler.proto, handler.closure)
        })
    }

    // ---- access ----

    /// Whether the table that the instruction was seen to access has a function for what it does not have itself.
    pub(super) fn accesses_by_function(&self, op: Code) -> bool {
        if self.receiver() == Some(Receiver::Many) {
            return self.has_failed();
        }
        self.metamethod(event_of(op)).is_some_and(|method| match method.function {
            Handler::Known(function) => function.is_function(),
            Handler::Closures(_) => true,
        })
    }

    /// What an `__index` function says of a key that a table does not have; `None` if that is nothing to be done in place.
    pub(super) fn try_index_function(&mut self, op: Code, i: Instr, object: Val, key: Val) -> Result<bool> {
        let Some(method) = self.metamethod(event_of(op)) else { return Ok(false) };
        self.try_method(method, |b| {
            let table = b.typed(object, Ty::Tab)?;
            let handler = b.check_receiver(table, method)?;
            let any = b.any(key);
            let found = b.raw_value(table, any, method.receiver);
            let val = match found {
                None => b.call_metamethod(op, handler, &[table, key])?,
                Some(found) => {
                    let nil = b.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                    let absent = b.push(Op::Same, &[found, nil], Ty::Bool);
                    b.either(
                        absent,
                        Ty::Any,
                        |b| {
                            let result = b.call_metamethod(op, handler, &[table, key])?;
                            Ok(b.any(result))
                        },
                        |_| Ok(found),
                    )?
                }
            };
            if op == Code::GetMethod {
                b.set(i.a() + 1, table);
            }
            b.set(i.a(), val);
            Ok(())
        })
    }

    /// A `__newindex` function gets what is stored at a key that a table does not have.
    pub(super) fn try_store_function(&mut self, op: Code, object: Val, key: Val, val: Val) -> Result<bool> {
        let Some(method) = self.metamethod(event_of(op)) else { return Ok(false) };
        self.try_method(method, |b| {
            let table = b.typed(object, Ty::Tab)?;
            let handler = b.check_receiver(table, method)?;
            let any = b.any(key);
            if let Some(found) = b.raw_value(table, any, method.receiver) {
                // What is there already is the interpreter's, for once.
                let nil = b.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                let absent = b.push(Op::Same, &[found, nil], Ty::Bool);
                b.push_exit(Op::Check, &[absent], Ty::None);
            }
            b.call_metamethod(op, handler, &[table, key, val])?;
            Ok(())
        })
    }

    /// What a table itself has at a key; `None` if its shape says that it has nothing there.
    fn raw_value(&mut self, table: Val, key: Val, receiver: Receiver) -> Option<Val> {
        if let (Receiver::Shape(shape), Op::Any(word)) = (receiver, self.f.inst(key).op)
            && shape_lacks(shape, Value(word))
        {
            return None;
        }
        Some(self.push(Op::Help(Helper::raw_get), &[table, key], Ty::Any))
    }
}

/// Whether no table of this shape has anything at a key that is a short string.
fn shape_lacks(shape: ShapeRef, key: Value) -> bool {
    let Some(name) = key.as_str().filter(|name| name.is_short()) else { return false };
    // SAFETY: the profile forgets shapes that die.
    unsafe { shape.0.as_ref() }.mode == Mode::Shared && shape.find(name).is_none()
}
