//! The self-check: what the kernel says of this process's mappings, and that none is writable and executable at once.

use std::fmt;
use std::io;
use std::ops::Range;

/// One line of `/proc/self/maps`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// Its addresses.
    pub range: Range<u64>,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether it can be executed.
    pub executable: bool,
    /// The file or kind, as the kernel names it; may be empty.
    pub name: String,
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (write, execute) = (if self.writable { 'w' } else { '-' }, if self.executable { 'x' } else { '-' });
        write!(f, "{:x}-{:x} {write}{execute} {}", self.range.start, self.range.end, self.name)
    }
}

/// All mappings of this process.
///
/// # Errors
/// When `/proc` cannot be read, or has a line that is not understood.
pub fn read() -> io::Result<Vec<Mapping>> {
    let text = std::fs::read_to_string("/proc/self/maps")?;
    let unknown = |line: &str| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/self/maps: '{line}'"));
    text.lines().map(|line| parse(line).ok_or_else(|| unknown(line))).collect()
}

fn parse(line: &str) -> Option<Mapping> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let range = u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?;
    let permissions = fields.next()?.as_bytes();
    let name = fields.nth(3).unwrap_or_default().trim_start().to_owned();
    Some(Mapping { range, writable: *permissions.get(1)? == b'w', executable: *permissions.get(2)? == b'x', name })
}

/// Checks that no mapping of this process is both writable and executable.
///
/// # Errors
/// Names all that are, whoever made them; also when the mappings cannot be read.
pub fn assert_no_writable_executable() -> io::Result<()> {
    judge(read()?.into_iter())
}

/// The same for the mappings that share an address with one of `ranges`.
///
/// # Errors
/// As above.
pub fn assert_not_both(ranges: &[Range<u64>]) -> io::Result<()> {
    let meets = |mapping: &Mapping| ranges.iter().any(|r| mapping.range.start < r.end && r.start < mapping.range.end);
    judge(read()?.into_iter().filter(meets))
}

fn judge(mappings: impl Iterator<Item = Mapping>) -> io::Result<()> {
    let guilty: Vec<String> = mappings.filter(|m| m.writable && m.executable).map(|m| m.to_string()).collect();
    if guilty.is_empty() {
        return Ok(());
    }
    Err(io::Error::other(format!("writable and executable at once: {}", guilty.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let line = "7f1c2000-7f1c3000 rw-s 00001000 00:01 1048   /memfd:a b (deleted)";
        let mapping = parse(line).expect("a line");
        assert_eq!(mapping.range, 0x7f1c_2000..0x7f1c_3000);
        assert!(mapping.writable && !mapping.executable);
        assert_eq!(mapping.name, "/memfd:a b (deleted)");
        assert_eq!(parse("7f00-7f01 r-xp 00000000 00:00 0").expect("a line").name, "");
        assert_eq!(parse("nonsense"), None);
    }

    #[test]
    fn a_guilty_mapping_is_named() {
        let line = "1000-2000 rwxp 00000000 00:00 0 [somebody]";
        let error = judge(parse(line).into_iter()).expect_err("guilty");
        assert_eq!(error.to_string(), "writable and executable at once: 1000-2000 wx [somebody]");
    }
}
