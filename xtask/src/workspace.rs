//! Where things are: the checkout and its build directory.

use std::path::PathBuf;

/// Root of the checkout that this binary was built from.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or(manifest.clone(), |root| root.to_path_buf())
}

/// Cargo's build directory: `CARGO_TARGET_DIR` or `target`.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => root().join(directory),
        None => root().join("target"),
    }
}
