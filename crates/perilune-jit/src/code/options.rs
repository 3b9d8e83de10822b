//! What a code memory is like, and what it is told of code.

use std::path::PathBuf;

use super::alloc::GRANULE;
use super::tools::{Perf, Source};
use super::unwind::{Frame, Unwind};

/// The limit when nobody says otherwise: 64 MiB, of which only pages that were used cost memory.
pub const DEFAULT_LIMIT: usize = 64 << 20;

/// What a code memory is like.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of address space, rounded up to 64 KiB, at most 1 GiB; all code has to fit.
    pub limit: usize,
    /// An address that calls should reach directly, such as that of a runtime helper in this program's text.
    pub near: Option<u64>,
    /// What `perf` gets.
    pub perf: Perf,
    /// Where its files are made, instead of `/tmp` for the map and the working directory for the dump.
    pub perf_folder: Option<PathBuf>,
    /// Whether debuggers get an object file for each block.
    pub gdb: bool,
    /// What this process's own unwinder is told.
    pub unwind: Unwind,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            limit: DEFAULT_LIMIT,
            near: Some(Options::default as *const () as u64),
            perf: Perf::Off,
            perf_folder: None,
            gdb: false,
            unwind: Unwind::Region,
        }
    }
}

impl Options {
    /// The defaults, with the tools that the environment asks for: `PERILUNE_PERF` is `map` or `jitdump`, `PERILUNE_PERF_DIR`
    /// the folder of its files, `PERILUNE_GDB` is `1`. Empty values count as absent.
    ///
    /// # Errors
    /// Names the variable whose value is not known.
    pub fn from_environment() -> Result<Options, String> {
        Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// The same from any source of variables.
    ///
    /// # Errors
    /// As above.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Options, String> {
        let given = |name: &str| variable(name).unwrap_or_default();
        let unknown = |name: &str, value: &str, known: &str| Err(format!("{name}={value}: not one of {known}"));
        let perf = match &*given("PERILUNE_PERF") {
            "" | "off" => Perf::Off,
            "map" => Perf::Map,
            "jitdump" => Perf::JitDump,
            other => return unknown("PERILUNE_PERF", other, "map, jitdump, off"),
        };
        let gdb = match &*given("PERILUNE_GDB") {
            "" | "0" => false,
            "1" => true,
            other => return unknown("PERILUNE_GDB", other, "1, 0"),
        };
        let folder = given("PERILUNE_PERF_DIR");
        let perf_folder = (!folder.is_empty()).then(|| PathBuf::from(folder));
        Ok(Options { perf, perf_folder, gdb, ..Options::default() })
    }
}

/// What the code memory is told about code.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The name that profilers and debuggers show.
    pub name: &'a str,
    /// Anything; comes back from [`CodeMemory::lookup`].
    pub tag: u64,
    /// The first instruction's alignment, a power of two; less than 16 counts as 16.
    pub align: usize,
    /// How its frames are found.
    pub frame: Frame<'a>,
    /// The source code behind it.
    pub source: Option<Source<'a>>,
}

impl Default for About<'_> {
    fn default() -> Self {
        About { name: "code", tag: 0, align: GRANULE, frame: Frame::Pointer, source: None }
    }
}
