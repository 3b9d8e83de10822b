//! A function's code as the interpreter runs it: what [`perilune_front::proto::Proto`] describes, with constants as values and
//! the mutable part of the inline caches.

use crate::cache::Cache;
use crate::global::Global;
use crate::object::{Header, Kind};
use crate::tier::Tier;
use crate::value::Value;
use perilune_front::proto::{CacheDesc, Const, MAX_SHORT_STRING, Proto as Plan};
use std::collections::HashMap;
use std::ptr::NonNull;

/// A function's code.
#[repr(C)]
pub struct Proto {
    header: Header,
    /// The instructions.
    pub code: Box<[u32]>,
    /// The constants.
    pub consts: Box<[Value]>,
    /// The inline caches.
    pub caches: Box<[Cache]>,
    /// Functions inside this one.
    pub children: Box<[ProtoRef]>,
    /// Fixed parameters.
    pub params: u8,
    /// Registers.
    pub registers: u8,
    /// Whether it takes `...`.
    pub is_vararg: bool,
    /// Everything else: names, lines, upvalues. Its children have been taken out.
    pub plan: Box<Plan>,
    /// Compiled code and what led to it.
    pub tier: Tier,
}

/// A pointer to a prototype.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct ProtoRef(pub NonNull<Proto>);

impl ProtoRef {
    /// The prototype.
    #[inline(always)]
    #[must_use]
    pub fn get<'a>(self) -> &'a Proto {
        // SAFETY: prototypes are kept alive by their closures; code never changes after `load`.
        unsafe { self.0.as_ref() }
    }

    /// Makes a verified plan runnable.
    ///
    /// Nothing else may hold the new prototype yet, so the collector must not run in between: the caller holds it off.
    pub(crate) fn load(g: &mut Global, plan: Plan) -> ProtoRef {
        Self::load_sharing(g, plan, &mut HashMap::new())
    }

    fn load_sharing(g: &mut Global, mut plan: Plan, shared: &mut Shared) -> ProtoRef {
        let consts: Box<[Value]> = plan.consts.iter().map(|constant| constant_value(g, constant, shared)).collect();
        let caches = plan.caches.iter().map(|desc| make_cache(*desc, &consts)).collect();
        let children =
            std::mem::take(&mut plan.children).into_iter().map(|child| ProtoRef::load_sharing(g, child, shared)).collect();
        let proto = Proto {
            header: Header::new(Kind::Proto),
            code: std::mem::take(&mut plan.code).into_boxed_slice(),
            consts,
            caches,
            children,
            params: plan.params,
            registers: plan.registers,
            is_vararg: plan.is_vararg,
            plan: Box::new(plan),
            tier: Tier::default(),
        };
        g.heap.external += proto.external_bytes();
        ProtoRef(g.allocate_owner(proto))
    }

    /// The description it was loaded from, for `string.dump`.
    #[must_use]
    pub fn to_plan(self) -> Plan {
        let proto = self.get();
        let mut plan = (*proto.plan).clone();
        plan.code = proto.code.to_vec();
        plan.children = proto.children.iter().map(|child| child.to_plan()).collect();
        plan
    }

    /// The description of this function alone: of its children only what they capture.
    #[must_use]
    pub fn to_shallow_plan(self) -> Plan {
        let proto = self.get();
        let mut plan = (*proto.plan).clone();
        plan.code = proto.code.to_vec();
        let capture = |child: &ProtoRef| Plan { upvalues: child.get().plan.upvalues.clone(), ..Plan::default() };
        plan.children = proto.children.iter().map(capture).collect();
        plan
    }

    pub(crate) fn trace(self, visit: &mut impl FnMut(NonNull<Header>)) {
        let proto = self.get();
        for value in &proto.consts {
            value.header().into_iter().for_each(&mut *visit);
        }
        for child in &proto.children {
            visit(child.0.cast());
        }
        proto.tier.trace(visit);
    }

    /// Whether a cache refers to a shape that is not alive.
    pub(crate) fn has_dead(self, is_live: &impl Fn(NonNull<Header>) -> bool) -> bool {
        self.get().caches.iter().any(|cache| cache.has_dead(is_live))
    }

    /// Forgets cached references to dead cells.
    pub(crate) fn clear_dead(self, is_live: &impl Fn(NonNull<Header>) -> bool) {
        // SAFETY: the collector runs alone; caches are plain data.
        for cache in unsafe { &mut (*self.0.as_ptr()).caches } {
            cache.clear_dead(is_live);
        }
    }

    /// The instruction index of a code pointer.
    #[must_use]
    pub(crate) fn pc_of(self, at: *const u32) -> u32 {
        ((at as usize - self.get().code.as_ptr() as usize) / size_of::<u32>()) as u32
    }
}

impl Proto {
    /// Bytes it owns outside the heap, roughly.
    pub(crate) fn external_bytes(&self) -> usize {
        self.code.len() * 4 + self.consts.len() * 8 + self.caches.len() * size_of::<Cache>() + 256
    }
}

/// Long strings of a chunk that are loaded already, by the address of their bytes: equal constants are one object.
type Shared = HashMap<*const u8, Value>;

fn constant_value(g: &mut Global, constant: &Const, shared: &mut Shared) -> Value {
    match constant {
        Const::Nil => Value::NIL,
        Const::Bool(b) => Value::boolean(*b),
        Const::Int(i) => g.int(*i),
        Const::Float(f) => Value::float(*f),
        Const::Str(text) if text.len() <= MAX_SHORT_STRING => g.str(text).into(),
        Const::Str(text) => *shared.entry(text.as_ptr()).or_insert_with(|| g.str(text).into()),
    }
}

fn make_cache(desc: CacheDesc, consts: &[Value]) -> Cache {
    match desc {
        CacheDesc::Field { name } => Cache::field(consts[name as usize].as_str().expect("the verifier checked cache names")),
        CacheDesc::Table { array, fields } => Cache::table(array, fields),
        CacheDesc::Call | CacheDesc::Iterate => Cache::empty(),
    }
}
