//! A buffered stream over a file descriptor, with the behaviour of C's `FILE`: one position for reading and writing, three ways
//! of buffering output, errors as numbers.

use crate::system::{Errno, SystemResult, check};
use memchr::{memchr, memrchr};
use std::os::fd::RawFd;

/// Bytes of a buffer.
pub const BUFFER_SIZE: usize = 32 * 1024;

/// When output is handed to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffering {
    /// At once.
    No,
    /// After each line.
    Line,
    /// When this many bytes have gathered.
    Full(usize),
}

/// What a stream may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
}

impl Access {
    /// Only reading.
    pub const READ: Access = Access { read: true, write: false };
    /// Only writing.
    pub const WRITE: Access = Access { read: false, write: true };
}

/// Where an offset counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Whence {
    /// The beginning.
    Start = libc::SEEK_SET,
    /// The current position.
    Current = libc::SEEK_CUR,
    /// The end.
    End = libc::SEEK_END,
}

/// A buffered stream. Dropping it writes what is buffered and closes the descriptor.
///
/// Of `input`, the bytes from `start` to `end` are still to be read. At most one of both buffers holds anything.
pub struct Stream {
    fd: RawFd,
    access: Access,
    buffering: Buffering,
    is_terminal: bool,
    input: Vec<u8>,
    start: usize,
    end: usize,
    output: Vec<u8>,
}

impl Stream {
    /// A stream over an open descriptor, which it owns from now on. On terminals, lines are buffered.
    #[must_use]
    pub fn new(fd: RawFd, access: Access) -> Stream {
        // SAFETY: a query about a descriptor.
        let is_terminal = unsafe { libc::isatty(fd) } == 1;
        let buffering = if is_terminal { Buffering::Line } else { Buffering::Full(BUFFER_SIZE) };
        Stream { fd, access, buffering, is_terminal, input: Vec::new(), start: 0, end: 0, output: Vec::new() }
    }

    /// The same stream, buffered otherwise.
    #[must_use]
    pub fn with_buffering(mut self, buffering: Buffering) -> Stream {
        self.buffering = buffering;
        self
    }

    /// Changes the buffering; what is buffered is written first.
    pub fn set_buffering(&mut self, buffering: Buffering) -> SystemResult<()> {
        self.flush()?;
        self.buffering = buffering;
        Ok(())
    }

    /// Whether output is buffered by lines.
    #[must_use]
    pub fn is_line_buffered(&self) -> bool {
        self.buffering == Buffering::Line
    }

    // ---- input ----

    /// Makes sure that there is input; `false` at the end of the file.
    #[inline]
    fn fill(&mut self) -> SystemResult<bool> {
        if self.start < self.end { Ok(true) } else { self.refill() }
    }

    #[inline(never)]
    fn refill(&mut self) -> SystemResult<bool> {
        self.prepare_read()?;
        let size = if self.buffering == Buffering::No { 1 } else { BUFFER_SIZE };
        if self.input.len() < size {
            self.input.resize(BUFFER_SIZE, 0);
        }
        (self.start, self.end) = (0, 0);
        self.end = read(self.fd, &mut self.input[..size])?;
        Ok(self.end > 0)
    }

    fn prepare_read(&mut self) -> SystemResult<()> {
        if !self.access.read {
            return Err(Errno(libc::EBADF));
        }
        self.flush()?;
        if self.is_terminal || self.buffering == Buffering::No {
            super::standard::flush_lines();
        }
        Ok(())
    }

    /// The next byte, without taking it; `None` at the end of the file.
    #[inline]
    pub fn peek(&mut self) -> SystemResult<Option<u8>> {
        if self.fill()? { Ok(Some(self.input[self.start])) } else { Ok(None) }
    }

    /// Takes the byte that [`Stream::peek`] showed.
    #[inline]
    pub fn bump(&mut self) {
        debug_assert!(self.start < self.end);
        self.start += 1;
    }

    /// The next line with its newline, if it has one; empty at the end of the file. `spill` takes lines that do not lie in the
    /// buffer in one piece.
    #[inline]
    pub fn read_line<'a>(&'a mut self, spill: &'a mut Vec<u8>) -> SystemResult<&'a [u8]> {
        while self.fill()? {
            let from = self.start;
            if let Some(length) = memchr(b'\n', &self.input[from..self.end]) {
                self.start += length + 1;
                if spill.is_empty() {
                    return Ok(&self.input[from..self.start]);
                }
                spill.extend_from_slice(&self.input[from..self.start]);
                break;
            }
            spill.extend_from_slice(&self.input[from..self.end]);
            self.start = self.end;
        }
        Ok(spill)
    }

    /// Appends up to `count` bytes.
    pub fn read_bytes(&mut self, mut count: usize, out: &mut Vec<u8>) -> SystemResult<()> {
        while count > 0 && self.fill()? {
            let taken = count.min(self.end - self.start);
            out.extend_from_slice(&self.input[self.start..self.start + taken]);
            self.start += taken;
            count -= taken;
        }
        Ok(())
    }

    /// Appends all the rest.
    pub fn read_rest(&mut self, out: &mut Vec<u8>) -> SystemResult<()> {
        out.extend_from_slice(&self.input[self.start..self.end]);
        self.start = self.end;
        self.prepare_read()?;
        let mut room = BUFFER_SIZE;
        loop {
            if read_append(self.fd, room, out)? == 0 {
                return Ok(());
            }
            room = room.max(out.len());
        }
    }

    // ---- output ----

    /// Writes bytes, or keeps them to be written later.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) -> SystemResult<()> {
        if let Buffering::Full(size) = self.buffering
            && self.access.write
            && self.start == self.end
            && self.output.len() + bytes.len() <= size
        {
            self.output.extend_from_slice(bytes);
            return Ok(());
        }
        self.write_slow(bytes)
    }

    /// Writes a short text that `append` adds to a vector.
    #[inline]
    pub fn write_short(&mut self, append: impl FnOnce(&mut Vec<u8>)) -> SystemResult<()> {
        if let Buffering::Full(size) = self.buffering
            && self.access.write
            && self.start == self.end
            && self.output.len() < size
        {
            // A text that crosses the limit makes the buffer a little larger for once.
            append(&mut self.output);
            return Ok(());
        }
        let mut text = Vec::new();
        append(&mut text);
        self.write_slow(&text)
    }

    #[inline(never)]
    fn write_slow(&mut self, bytes: &[u8]) -> SystemResult<()> {
        if !self.access.write {
            return Err(Errno(libc::EBADF));
        }
        self.drop_input();
        match self.buffering {
            Buffering::No => {
                self.flush()?;
                write_all(self.fd, bytes)
            }
            Buffering::Line => self.write_lines(bytes),
            Buffering::Full(size) => {
                self.flush()?;
                if bytes.len() >= size {
                    return write_all(self.fd, bytes);
                }
                self.output.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn write_lines(&mut self, bytes: &[u8]) -> SystemResult<()> {
        let complete = memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        self.output.extend_from_slice(&bytes[..complete]);
        if complete > 0 || self.output.len() + bytes.len() > BUFFER_SIZE {
            self.flush()?;
        }
        self.output.extend_from_slice(&bytes[complete..]);
        Ok(())
    }

    /// Hands buffered output to the system. What cannot be written is lost: the error is reported once.
    pub fn flush(&mut self) -> SystemResult<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let outcome = write_all(self.fd, &self.output);
        self.output.clear();
        outcome
    }

    // ---- position ----

    /// Gives input that was read ahead back to the system, where the descriptor has a position.
    fn drop_input(&mut self) {
        let ahead = self.end - self.start;
        (self.start, self.end) = (0, 0);
        if ahead > 0 {
            // SAFETY: a system call on an own descriptor; pipes have no position, and nothing is lost then.
            unsafe { libc::lseek(self.fd, -(ahead as libc::off_t), libc::SEEK_CUR) };
        }
    }

    /// Moves the position; the new one, from the beginning.
    pub fn seek(&mut self, offset: i64, whence: Whence) -> SystemResult<i64> {
        self.flush()?;
        let ahead = (self.end - self.start) as i64;
        if whence == Whence::Current && offset == 0 {
            return Ok(seek(self.fd, 0, whence)? - ahead);
        }
        let offset = if whence == Whence::Current { offset.saturating_sub(ahead) } else { offset };
        let position = seek(self.fd, offset, whence)?;
        (self.start, self.end) = (0, 0);
        Ok(position)
    }

    /// Writes what is buffered and closes the descriptor.
    pub fn close(mut self) -> SystemResult<()> {
        let flushed = self.flush();
        self.drop_input();
        let fd = std::mem::replace(&mut self.fd, -1);
        // SAFETY: the stream owns the descriptor and forgets it.
        let closed = check(unsafe { libc::close(fd) });
        flushed.and(closed.map(|_| ()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.fd < 0 {
            return;
        }
        // Nobody is left to hear of an error.
        let _ = self.flush();
        // SAFETY: the stream owns the descriptor.
        unsafe { libc::close(self.fd) };
    }
}

fn seek(fd: RawFd, offset: i64, whence: Whence) -> SystemResult<i64> {
    // SAFETY: a system call without memory.
    let position = unsafe { libc::lseek(fd, offset, whence as i32) };
    if position < 0 { Err(Errno::last()) } else { Ok(position) }
}

fn read(fd: RawFd, buffer: &mut [u8]) -> SystemResult<usize> {
    // SAFETY: the buffer's address and length are passed together.
    unsafe { read_raw(fd, buffer.as_mut_ptr(), buffer.len()) }
}

/// Reads at least up to `room` bytes to the end of `out`, whose spare memory is not touched beyond what is read.
fn read_append(fd: RawFd, room: usize, out: &mut Vec<u8>) -> SystemResult<usize> {
    out.reserve(room);
    let spare = out.spare_capacity_mut();
    // SAFETY: the spare memory's address and length are passed together; the system has written `count` bytes of it.
    unsafe {
        let count = read_raw(fd, spare.as_mut_ptr().cast(), spare.len())?;
        out.set_len(out.len() + count);
        Ok(count)
    }
}

/// Reads up to `size` bytes to `buffer`, again when a signal interrupts it.
///
/// # Safety
/// `buffer` has `size` bytes that may be written.
unsafe fn read_raw(fd: RawFd, buffer: *mut u8, size: usize) -> SystemResult<usize> {
    loop {
        // SAFETY: by the caller's promise.
        let count = unsafe { libc::read(fd, buffer.cast(), size) };
        match usize::try_from(count) {
            Ok(count) => return Ok(count),
            Err(_) if Errno::last() == Errno(libc::EINTR) => {}
            Err(_) => return Err(Errno::last()),
        }
    }
}

fn write_all(fd: RawFd, mut bytes: &[u8]) -> SystemResult<()> {
    while !bytes.is_empty() {
        // SAFETY: the slice's address and length are passed together.
        let count = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(count) {
            Ok(count) => bytes = &bytes[count..],
            Err(_) if Errno::last() == Errno(libc::EINTR) => {}
            Err(_) => return Err(Errno::last()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Access, Buffering, Stream, Whence};
    use crate::system::{Errno, make_temporary};

    fn temporary() -> Stream {
        let (fd, name) = make_temporary().unwrap();
        std::fs::remove_file(name.to_str().unwrap()).unwrap();
        Stream::new(fd, Access { read: true, write: true })
    }

    fn rest(stream: &mut Stream) -> Vec<u8> {
        let mut out = Vec::new();
        stream.read_rest(&mut out).unwrap();
        out
    }

    #[test]
    fn reading_and_writing_share_one_position() {
        let mut stream = temporary();
        stream.write(b"one\ntwo\nthree").unwrap();
        stream.seek(0, Whence::Start).unwrap();
        assert_eq!(stream.read_line(&mut Vec::new()).unwrap(), b"one\n");
        assert_eq!(stream.seek(0, Whence::Current).unwrap(), 4);
        stream.write(b"TWO").unwrap();
        assert_eq!(rest(&mut stream), b"\nthree");
        stream.seek(-5, Whence::End).unwrap();
        assert_eq!(rest(&mut stream), b"three");
        stream.seek(0, Whence::Start).unwrap();
        assert_eq!(rest(&mut stream), b"one\nTWO\nthree");
        assert_eq!(stream.read_line(&mut Vec::new()).unwrap(), b"");
    }

    #[test]
    fn lines_longer_than_the_buffer_come_whole() {
        let line = [b"x".repeat(3 * super::BUFFER_SIZE + 7), b"\n".to_vec()].concat();
        let mut stream = temporary();
        stream.write(&line).unwrap();
        stream.write(b"y").unwrap();
        stream.seek(0, Whence::Start).unwrap();
        assert_eq!(stream.read_line(&mut Vec::new()).unwrap(), line);
        assert_eq!(stream.read_line(&mut Vec::new()).unwrap(), b"y");
    }

    #[test]
    fn line_buffering_keeps_only_the_unfinished_line() {
        let mut stream = temporary().with_buffering(Buffering::Line);
        stream.write(b"a\nb").unwrap();
        assert_eq!(stream.output, b"b");
        stream.write(b"c\n").unwrap();
        assert_eq!(stream.output, b"");
    }

    #[test]
    fn access_is_checked_before_anything_is_buffered() {
        let mut stream = temporary();
        stream.access = Access::READ;
        assert_eq!(stream.write(b"x"), Err(Errno(libc::EBADF)));
        stream.access = Access::WRITE;
        assert_eq!(stream.peek(), Err(Errno(libc::EBADF)));
    }
}
