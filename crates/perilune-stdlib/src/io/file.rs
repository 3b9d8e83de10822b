//! File handles: the userdata behind `io.open` and its kin.

use super::standard::{SharedStream, share};
use super::stream::{Access, Stream, Whence};
use crate::system::{self, Errno, SystemResult, c_string, check};
use perilune_vm::{NativeResult, Thread, Throw, Userdata, Value};
use std::os::fd::{IntoRawFd, RawFd};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, PoisonError};

/// The name of the handles' type and of their metatable in the registry.
pub const TYPE_NAME: &str = "FILE*";

/// What a file handle holds.
pub struct File {
    stream: Option<SharedStream>,
    kind: Kind,
}

/// What closing means.
enum Kind {
    Regular,
    /// Cannot be closed.
    Standard,
    /// A command, which closing waits for.
    Process(Child),
}

impl File {
    /// The stream, unless closed.
    #[must_use]
    pub fn stream(&self) -> Option<&SharedStream> {
        self.stream.as_ref()
    }

    /// Closes the handle and pushes what `close` returns. It must be open.
    pub fn close(&mut self, t: &mut Thread) -> NativeResult {
        if matches!(self.kind, Kind::Standard) {
            t.push(Value::NIL);
            t.push_bytes(b"cannot close standard file")?;
            return Ok(2);
        }
        let closed = self.stream.take().map_or(Ok(()), close_stream);
        match &mut self.kind {
            Kind::Process(child) => match child.wait() {
                Ok(status) => system::push_exit_status(t, status),
                Err(error) => system::push_failure(t, error.into(), None),
            },
            _ => system::push_outcome(t, closed, None),
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if let (Some(_), Kind::Process(child)) = (self.stream.take(), &mut self.kind) {
            // Reaps the process; nobody is left to hear how it ended.
            let _ = child.wait();
        }
    }
}

/// Closes a stream whose only owner this is.
fn close_stream(stream: SharedStream) -> SystemResult<()> {
    match Arc::try_unwrap(stream) {
        Ok(stream) => stream.into_inner().unwrap_or_else(PoisonError::into_inner).close(),
        Err(shared) => super::standard::lock(&shared).flush(),
    }
}

// ---- handles on the Lua side ----

/// Pushes a new handle.
fn push_file(t: &mut Thread, file: File) -> Userdata {
    let handle = t.new_userdata(Box::new(file), 0);
    t.push(handle);
    let registry = t.registry();
    let meta = t.field(registry, TYPE_NAME).as_table();
    t.set_userdata_meta(handle, meta);
    handle
}

/// Pushes a handle for one of the standard streams.
pub fn push_standard(t: &mut Thread, stream: &SharedStream) -> Userdata {
    push_file(t, File { stream: Some(stream.clone()), kind: Kind::Standard })
}

/// The handle in argument `index`, open or closed.
pub fn check_handle<'a>(t: &mut Thread, index: usize) -> Result<&'a mut File, Throw> {
    t.check_userdata::<File>(index, TYPE_NAME)
}

/// The stream of the handle in argument `index`, which must be open.
pub fn check_open<'a>(t: &mut Thread, index: usize) -> Result<&'a SharedStream, Throw> {
    match &check_handle(t, index)?.stream {
        Some(stream) => Ok(stream),
        None => Err(t.error("attempt to use a closed file")),
    }
}

// ---- opening ----

/// Whether a mode is one of those of C's `fopen`.
#[must_use]
pub fn is_valid_mode(mode: &[u8]) -> bool {
    let Some((b'r' | b'w' | b'a', rest)) = mode.split_first() else { return false };
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    rest.iter().all(|&byte| byte == b'b')
}

/// Opens a file in a valid mode and pushes its handle.
pub fn open(t: &mut Thread, name: &[u8], mode: &[u8]) -> SystemResult<Userdata> {
    let (fd, access) = open_descriptor(name, mode)?;
    Ok(push_file(t, File { stream: Some(share(Stream::new(fd, access))), kind: Kind::Regular }))
}

/// Opens a file for reading, without a handle.
pub fn open_for_reading(name: &[u8]) -> SystemResult<Stream> {
    let (fd, access) = open_descriptor(name, b"r")?;
    Ok(Stream::new(fd, access))
}

fn open_descriptor(name: &[u8], mode: &[u8]) -> SystemResult<(RawFd, Access)> {
    let update = mode.contains(&b'+');
    let (creation, access) = match mode.first() {
        Some(b'w') => (libc::O_CREAT | libc::O_TRUNC, Access { read: update, write: true }),
        Some(b'a') => (libc::O_CREAT | libc::O_APPEND, Access { read: update, write: true }),
        _ => (0, Access { read: true, write: update }),
    };
    let direction = match (access.read, access.write) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        (false, _) => libc::O_WRONLY,
    };
    let name = c_string(name);
    let fd = loop {
        // SAFETY: the name is NUL-terminated; the mode applies to new files.
        let result = check(unsafe { libc::open(name.as_ptr(), direction | creation | libc::O_CLOEXEC, 0o666) });
        if result != Err(Errno(libc::EINTR)) {
            break result?;
        }
    };
    if mode == b"a" || mode == b"ab" {
        // SAFETY: a system call on an own descriptor; what has no position keeps none.
        unsafe { libc::lseek(fd, 0, Whence::End as i32) };
    }
    Ok((fd, access))
}

/// Makes a file without a name and pushes its handle.
pub fn open_temporary(t: &mut Thread) -> SystemResult<Userdata> {
    let (fd, name) = system::make_temporary()?;
    // SAFETY: the name is NUL-terminated. If it stays, only tidiness is lost.
    unsafe { libc::unlink(name.as_ptr()) };
    let stream = Stream::new(fd, Access { read: true, write: true });
    Ok(push_file(t, File { stream: Some(share(stream)), kind: Kind::Regular }))
}

/// Starts a command with a pipe to (`w`) or from (`r`) it and pushes its handle.
pub fn open_process(t: &mut Thread, command: &[u8], mode: &[u8]) -> SystemResult<Userdata> {
    super::standard::flush_all();
    let mut shell = shell(command);
    let writes = mode == b"w";
    if writes {
        shell.stdin(Stdio::piped());
    } else {
        shell.stdout(Stdio::piped());
    }
    let mut child = shell.spawn()?;
    let stdin = child.stdin.take().map(IntoRawFd::into_raw_fd);
    let fd = stdin.or_else(|| child.stdout.take().map(IntoRawFd::into_raw_fd)).ok_or(Errno(libc::EPIPE))?;
    let stream = share(Stream::new(fd, if writes { Access::WRITE } else { Access::READ }));
    Ok(push_file(t, File { stream: Some(stream), kind: Kind::Process(child) }))
}

/// The shell, told to run a command.
#[must_use]
pub fn shell(command: &[u8]) -> Command {
    use std::os::unix::ffi::OsStrExt;
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(std::ffi::OsStr::from_bytes(system::until_nul(command)));
    shell
}
