//! What call sites were seen to call.

use crate::by_word::ByWord;
use crate::object::Header;
use crate::proto::ProtoRef;
use crate::tier::proto_of;
use crate::value::Value;
use std::ptr::NonNull;

/// What a call site called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Callee {
    /// Always this function.
    One(Value),
    /// Closures of one prototype.
    Closures(ProtoRef),
    /// A few functions.
    Few(Few),
    /// Several.
    Many,
}

/// A few functions that a call site called, in the order in which they were seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Few {
    targets: [Option<CallTarget>; Few::MOST],
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CallTarget {
    /// This function.
    Function(Value),
    /// Closures of a prototype.
    Closures(ProtoRef),
}

impl CallTarget {
    fn includes(self, callee: Value) -> bool {
        match self {
            CallTarget::Function(function) => function == callee,
            CallTarget::Closures(proto) => proto_of(callee) == Some(proto),
        }
    }

    pub(crate) fn cell(self) -> Option<NonNull<Header>> {
        match self {
            CallTarget::Function(function) => function.header(),
            CallTarget::Closures(proto) => Some(proto.0.cast()),
        }
    }
}

impl Few {
    /// How many functions are told apart.
    pub const MOST: usize = 4;

    /// The functions.
    pub fn targets(&self) -> impl Iterator<Item = CallTarget> + '_ {
        self.targets.iter().flatten().copied()
    }

    /// With another function; `None` if that is no function, or one too many.
    fn with(mut self, callee: Value) -> Option<Few> {
        if !callee.is_function() {
            return None;
        }
        let proto = proto_of(callee);
        for target in &mut self.targets {
            match *target {
                Some(known) if known.includes(callee) => return Some(self),
                Some(CallTarget::Function(function)) if proto.is_some() && proto_of(function) == proto => {
                    *target = proto.map(CallTarget::Closures);
                    return Some(self);
                }
                Some(_) => {}
                None => {
                    *target = Some(CallTarget::Function(callee));
                    return Some(self);
                }
            }
        }
        None
    }
}

/// Notes what a call site is about to call.
pub(crate) fn note_call(calls: &mut ByWord<Callee>, pc: u32, callee: Value) {
    let seen = calls.entry(pc).or_insert(Callee::One(callee));
    let few =
        |first: CallTarget| Few { targets: [Some(first), None, None, None] }.with(callee).map_or(Callee::Many, Callee::Few);
    *seen = match *seen {
        Callee::One(before) if before == callee => return,
        Callee::One(before) => match (proto_of(before), proto_of(callee)) {
            (Some(one), Some(other)) if one == other => Callee::Closures(one),
            _ if before.is_function() => few(CallTarget::Function(before)),
            _ => Callee::Many,
        },
        Callee::Closures(one) if proto_of(callee) == Some(one) => return,
        Callee::Closures(one) => few(CallTarget::Closures(one)),
        Callee::Few(few) => few.with(callee).map_or(Callee::Many, Callee::Few),
        Callee::Many => return,
    };
}
