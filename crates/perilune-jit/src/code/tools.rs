//! Which tools look at code memory, and what each of them is told when code is installed and freed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::CodeError;
use super::gdb;
use super::jitdump::JitDump;
use super::options::{About, Options};
use super::perf::PerfMap;
use super::unwind::{self, Unwind};

/// What `perf` gets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Perf {
    /// Nothing.
    #[default]
    Off,
    /// Names: [`super::perf`].
    Map,
    /// Names, code and lines: [`super::jitdump`].
    JitDump,
}

/// Which lines of source code stand behind code.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path of the source file.
    pub file: &'a str,
    /// Where a line begins: (offset in the code, line), by ascending offsets.
    pub lines: &'a [(u32, u32)],
}

/// The tools of one code memory.
#[derive(Debug)]
pub struct Tools {
    map: Option<Arc<PerfMap>>,
    dump: Option<Arc<JitDump>>,
    gdb: bool,
    unwind_blocks: bool,
    failure: Option<io::Error>,
}

/// What tools know of a block. They forget it when this is dropped.
#[derive(Debug, Default)]
pub struct Known {
    _unwind: Option<unwind::Registration>,
    _gdb: Option<gdb::Registration>,
}

impl Tools {
    /// Opens what is asked for.
    ///
    /// # Errors
    /// [`CodeError::Tool`] when a file cannot be made.
    pub fn new(options: &Options) -> Result<Tools, CodeError> {
        let folder = |default: &str| options.perf_folder.clone().unwrap_or_else(|| PathBuf::from(default));
        let (mut map, mut dump) = (None, None);
        match options.perf {
            Perf::Off => {}
            Perf::Map => map = Some(open("perf map", &folder("/tmp"), PerfMap::of_process)?),
            Perf::JitDump => dump = Some(open("jitdump", &folder("."), JitDump::of_process)?),
        }
        Ok(Tools { map, dump, gdb: options.gdb, unwind_blocks: options.unwind == Unwind::Blocks, failure: None })
    }

    /// Tells all tools of code that was installed.
    pub fn installed(&mut self, about: &About<'_>, address: u64, code: &[u8]) -> Known {
        self.write_files(about, address, code);
        let length = code.len() as u32;
        let unwind = if self.unwind_blocks { unwind::Registration::of_block(about.frame, address, length) } else { None };
        let gdb = if self.gdb { gdb::Registration::new(about, address, length) } else { None };
        Known { _unwind: unwind, _gdb: gdb }
    }

    /// A file that can no longer be written is given up. Tools must not disturb the program, so it goes on.
    fn write_files(&mut self, about: &About<'_>, address: u64, code: &[u8]) {
        let name = clean(about.name);
        if let Some(Err(error)) = self.map.as_ref().map(|map| map.add(address, code.len(), &name)) {
            (self.map, self.failure) = (None, Some(error));
        }
        if let Some(Err(error)) = self.dump.as_ref().map(|dump| dump.add(address, code, &name, about.source)) {
            (self.dump, self.failure) = (None, Some(error));
        }
    }

    /// Why a file was given up, if one was.
    pub fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }
}

fn open<T>(tool: &'static str, folder: &Path, make: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, CodeError> {
    make(folder).map_err(|reason| CodeError::Tool { tool, folder: folder.to_path_buf(), reason })
}

/// A name on one line and without zeros, whatever a program calls its functions.
pub(super) fn clean(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
