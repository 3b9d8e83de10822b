//! The test matrix: every program of the corpus on every tier.
//!
//! A *program* is a Lua file under `tests/run/` with its expected output beside it, or a file of the official
//! Lua 5.4.8 suite. A *tier* is one way of executing it, chosen by command-line flags. This library holds what the
//! test binary (`tests/matrix.rs`) and `cargo xtask bless` share: finding programs, running an interpreter under
//! fixed conditions, comparing what it printed. It knows nothing of the runtime's crates: an interpreter is a path.

pub mod aot;
pub mod corpus;
pub mod diff;
pub mod generator;
pub mod interpreter;
pub mod official;
pub mod ops;
#[cfg(feature = "oracle")]
pub mod oracle;
pub mod puc;
pub mod runner;
pub mod should_fail;
pub mod tiers;
