//! What improves the IR, a file per pass, and the analyses they share.

pub mod dce;
pub mod dominators;
pub mod fold;
pub mod gvn;
pub mod induction;
pub mod licm;
pub mod loops;
pub mod narrow;
pub mod nil;
pub mod objects;
pub mod peel;

use crate::ir::Func;

/// A pass.
pub struct Pass {
    /// Its name in dumps.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Func),
}

/// All passes, in the order they run in.
pub const ALL: &[Pass] = &[
    Pass { name: "peel", run: peel::run },
    Pass { name: "narrow", run: narrow::run },
    Pass { name: "gvn", run: gvn::run },
    Pass { name: "narrow", run: narrow::run },
    Pass { name: "licm", run: licm::run },
    Pass { name: "nil", run: nil::run },
    Pass { name: "induction", run: induction::run },
    Pass { name: "objects", run: objects::run },
    Pass { name: "dce", run: dce::run },
];
