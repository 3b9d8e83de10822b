//! The write barrier: every store of a value into a heap object that is not new goes through here.
//!
//! A stop-the-world collector that always marks from the roots needs none, so it compiles to nothing; the call sites are the
//! contract that a generational or concurrent collector builds on.

use crate::object::Header;
use crate::value::Value;
use std::ptr::NonNull;

/// To be called after `value` was stored into `object`.
#[inline(always)]
pub fn stored<T>(_object: NonNull<T>, _value: Value) {}

/// To be called after a pointer to `cell` was stored into `object`.
#[inline(always)]
pub fn stored_cell<T>(_object: NonNull<T>, _cell: NonNull<Header>) {}

/// To be called after any number of values were stored into `object`.
#[inline(always)]
pub fn stored_many<T>(_object: NonNull<T>) {}
