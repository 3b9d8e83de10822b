//! The visible list of trials that are known to fail: `tests/official.should-fail`.
//!
//! One line per trial: `FILE TIER WHY…`, where the tier may be `*`; `#` starts a comment. A listed trial that passes
//! is an error too, so the list cannot go stale. Only when PUC Lua itself runs the matrix (`PERILUNE_ORACLE` is set),
//! to check the harness, may a listed trial pass or fail: what it needs depends on how that PUC was built.

use std::env;
use std::fs;
use std::path::Path;

/// The parsed list.
#[derive(Debug, Default)]
pub struct ShouldFail {
    entries: Vec<Entry>,
    lenient: bool,
}

#[derive(Debug)]
struct Entry {
    file: String,
    tier: String,
    why: String,
}

impl ShouldFail {
    /// Reads the list from `path`.
    ///
    /// # Errors
    /// An unreadable file or a line without a reason.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let list = Self::parse(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self { lenient: env::var_os("PERILUNE_ORACLE").is_some(), ..list })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = entry(line).ok_or_else(|| format!("line {}: expected FILE TIER WHY", number + 1))?;
            entries.push(entry);
        }
        Ok(Self { entries, lenient: false })
    }

    /// Why `file` is known to fail on `tier`, if it is.
    pub fn reason(&self, file: &str, tier: &str) -> Option<&str> {
        let matches = |e: &&Entry| e.file == file && (e.tier == tier || e.tier == "*");
        self.entries.iter().find(matches).map(|e| e.why.as_str())
    }

    /// Turns the result of a trial around when it is listed.
    ///
    /// # Errors
    /// A failure that is not listed, or a listed trial that passes.
    pub fn judge(&self, file: &str, tier: &str, result: Result<(), String>) -> Result<(), String> {
        match (self.reason(file, tier), result) {
            (None, result) => result,
            (Some(_), Err(_)) => Ok(()),
            (Some(_), Ok(())) if self.lenient => Ok(()),
            (Some(why), Ok(())) => Err(format!("passes, but is listed as failing ({why}): remove it from the list")),
        }
    }
}

fn entry(line: &str) -> Option<Entry> {
    let (file, rest) = line.split_once(char::is_whitespace)?;
    let (tier, why) = rest.trim_start().split_once(char::is_whitespace)?;
    Some(Entry { file: file.to_owned(), tier: tier.to_owned(), why: why.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_failures_are_inverted() {
        let list = ShouldFail::parse("# comment\n\napi   *  needs T\nmain interp no shell here\n").unwrap();
        assert_eq!(list.reason("main", "interp"), Some("no shell here"));
        assert_eq!(list.reason("main", "opt"), None);
        assert!(list.judge("api", "opt", Err("x".into())).is_ok());
        assert!(list.judge("api", "opt", Ok(())).is_err());
        assert!(list.judge("gc", "opt", Err("x".into())).is_err());
    }

    #[test]
    fn a_line_needs_a_reason() {
        assert!(ShouldFail::parse("api interp").is_err());
    }
}
