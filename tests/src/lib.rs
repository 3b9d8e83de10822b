//! The test matrix.
