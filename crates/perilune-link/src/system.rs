//! The shared libraries of the C library, found as the dynamic loader finds them.
//!
//! Linking needs their dynamic symbols only, which the libraries themselves have: the files that development packages add
//! (`libc.so`, `crt1.o`) are not looked for. The order is that of `ld.so(8)`: `LD_LIBRARY_PATH`, the loader's cache, its
//! built-in directories.

use std::path::{Path, PathBuf};

/// The program that loads dynamically linked executables.
pub const INTERPRETER: &str = "/lib64/ld-linux-x86-64.so.2";

/// The C library. All others are parts of it that older versions keep apart.
const C_LIBRARY: &str = "libc.so.6";
const OTHERS: [&str; 4] = ["libm.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2"];

const CACHE: &str = "/etc/ld.so.cache";
/// Directories that loaders have built in, Debian's among them.
const DIRECTORIES: [&str; 6] =
    ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];

/// The paths of the C library and its parts, as far as there are any.
///
/// # Errors
/// There is no C library; the message lists the places.
pub fn libraries() -> Result<Vec<PathBuf>, String> {
    let cache = std::fs::read(CACHE).unwrap_or_default();
    let mut found = vec![find(C_LIBRARY, &cache).ok_or_else(not_found)?];
    found.extend(OTHERS.iter().filter_map(|name| find(name, &cache)));
    Ok(found)
}

fn not_found() -> String {
    format!("{C_LIBRARY} not found: neither in LD_LIBRARY_PATH, nor in {CACHE}, nor in {}", DIRECTORIES.join(", "))
}

fn find(name: &str, cache: &[u8]) -> Option<PathBuf> {
    let variable = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let listed = std::env::split_paths(&variable).filter(|path| !path.as_os_str().is_empty()).map(|path| path.join(name));
    let cached = cached_paths(cache, name).into_iter().map(PathBuf::from);
    let built_in = DIRECTORIES.iter().map(|directory| Path::new(directory).join(name));
    listed.chain(cached).chain(built_in).find(|path| is_library(path))
}

/// Whether a file is a shared object for this machine.
fn is_library(path: &Path) -> bool {
    use std::io::Read;
    let mut header = [0; 20];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    // The ELF mark, 64 bits, little-endian; a shared object; x86-64.
    read.is_ok() && header.starts_with(b"\x7fELF\x02\x01") && header[16..18] == [3, 0] && header[18..20] == [62, 0]
}

/// What the loader's cache says of a library, the preferred one first.
///
/// The format is `struct cache_file_new` of the GNU C library's `dl-cache.h`: a header of 48 bytes that begins with a mark,
/// entries of 24 bytes, strings; positions count from the mark. Broken caches have no entries.
fn cached_paths(cache: &[u8], name: &str) -> Vec<String> {
    const MARK: &[u8] = b"glibc-ld.so.cache1.1";
    const HEADER: usize = 48;
    const ENTRY: usize = 24;
    /// A library for the GNU C library on x86-64.
    const KIND: u32 = 0x303;
    // A table of an older format may stand before it.
    let Some(start) = cache.windows(MARK.len()).position(|window| window == MARK) else { return Vec::new() };
    let cache = &cache[start..];
    let word = |at: usize| {
        let bytes = cache.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let text = |at: u32| {
        let rest = cache.get(at as usize..)?;
        let end = rest.iter().position(|&byte| byte == 0)?;
        std::str::from_utf8(&rest[..end]).ok()
    };
    let entry = |index: usize| {
        let at = HEADER + index * ENTRY;
        let is_wanted = word(at)? == KIND && text(word(at + 4)?)? == name;
        is_wanted.then(|| text(word(at + 8)?).map(str::to_owned))?
    };
    let count = word(MARK.len()).unwrap_or(0) as usize;
    (0..count.min(cache.len() / ENTRY)).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::{cached_paths, libraries};

    fn cache(entries: &[(u32, &str, &str)]) -> Vec<u8> {
        let mut strings = Vec::new();
        let mut table = Vec::new();
        let base = 48 + entries.len() * 24;
        let mut add = |text: &str| {
            let at = (base + strings.len()) as u32;
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
            at
        };
        for &(kind, name, path) in entries {
            for word in [kind, add(name), add(path), 0, 0, 0] {
                table.extend_from_slice(&word.to_le_bytes());
            }
        }
        let mut cache = b"glibc-ld.so.cache1.1".to_vec();
        cache.extend_from_slice(&(entries.len() as u32).to_le_bytes());
        cache.resize(48, 0);
        [cache, table, strings].concat()
    }

    #[test]
    fn the_cache_is_searched_by_name_and_kind() {
        let cache = cache(&[(3, "libc.so.6", "/lib32/libc.so.6"), (0x303, "libm.so.6", "/m"), (0x303, "libc.so.6", "/c")]);
        assert_eq!(cached_paths(&cache, "libc.so.6"), ["/c"]);
        assert_eq!(cached_paths(&cache, "libx.so"), Vec::<String>::new());
        // An older table before it changes nothing.
        assert_eq!(cached_paths(&[b"ld.so-1.7.0\0".as_slice(), &cache].concat(), "libm.so.6"), ["/m"]);
    }

    #[test]
    fn broken_caches_are_empty() {
        let cache = cache(&[(0x303, "libc.so.6", "/c")]);
        for length in 0..cache.len() {
            assert!(cached_paths(&cache[..length], "libc.so.6").is_empty(), "{length}");
        }
        let mut wild = cache.clone();
        wild[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
        wild[52..60].fill(0xff);
        assert!(cached_paths(&wild, "libc.so.6").is_empty());
    }

    #[test]
    fn this_machine_has_a_c_library() {
        assert!(libraries().unwrap()[0].ends_with("libc.so.6"));
    }
}
