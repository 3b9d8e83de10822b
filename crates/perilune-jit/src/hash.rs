//! Maps and sets with a hash that is fast for numbers, for keys that no program chooses.

use std::collections::{HashMap, HashSet};

/// A map.
pub type FxHashMap<K, V> = HashMap<K, V, rustc_hash::FxBuildHasher>;
/// A set.
pub type FxHashSet<K> = HashSet<K, rustc_hash::FxBuildHasher>;
