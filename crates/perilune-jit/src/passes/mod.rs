//! What improves the IR, a file per pass, and the analyses they share.

pub mod dominators;
