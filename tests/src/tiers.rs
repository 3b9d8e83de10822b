//! The table of tiers: the one place where a new execution mode enters the matrix.

use std::time::Duration;

/// One way of executing a program.
#[derive(Debug)]
pub struct Tier {
    /// First component of a trial's name and the word used in `PERILUNE_TIERS`.
    pub name: &'static str,
    /// Flags given to the interpreter before the script's name.
    pub flags: &'static [&'static str],
    /// Whether a program is built and its executable run; then there are no flags.
    pub ahead_of_time: bool,
    /// Whether the tier runs when `PERILUNE_TIERS` is not set.
    pub default: bool,
    /// Whether the official suite runs on this tier too.
    pub official: bool,
    /// How long one program of `tests/run` may take.
    pub timeout: Duration,
}

/// What most tiers are like.
const PLAIN: Tier =
    Tier { name: "", flags: &[], ahead_of_time: false, default: true, official: false, timeout: Duration::from_secs(20) };

/// Every tier, in the order in which trials are listed.
pub const TIERS: &[Tier] = &[
    Tier { name: "interp", official: true, ..PLAIN },
    Tier { name: "aot", ahead_of_time: true, ..PLAIN },
    Tier { name: "gcstress", flags: &["--gc-stress"], default: false, timeout: Duration::from_secs(300), ..PLAIN },
];

/// The tiers to run and those left out.
#[derive(Debug)]
pub struct Selection {
    /// Tiers whose trials run.
    pub run: Vec<&'static Tier>,
    /// Tiers whose trials do not run.
    pub skipped: Vec<&'static Tier>,
}

/// Chooses tiers from the value of `PERILUNE_TIERS`: a comma-separated list of names, or `all`.
/// Without a value the default tiers run.
///
/// # Errors
/// A name that is in no row of [`TIERS`].
pub fn select(wanted: Option<&str>) -> Result<Selection, String> {
    let names: Vec<&str> = wanted.unwrap_or("").split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    if let Some(unknown) = names.iter().find(|n| **n != "all" && !TIERS.iter().any(|t| t.name == **n)) {
        let known: Vec<_> = TIERS.iter().map(|t| t.name).collect();
        return Err(format!("PERILUNE_TIERS names an unknown tier '{unknown}' (known: {}, all)", known.join(", ")));
    }
    let chosen = |t: &&Tier| match names.as_slice() {
        [] => t.default,
        names => names.contains(&"all") || names.contains(&t.name),
    };
    let (run, skipped) = TIERS.iter().partition(chosen);
    Ok(Selection { run, skipped })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tiers: &[&Tier]) -> Vec<&'static str> {
        tiers.iter().map(|t| t.name).collect()
    }

    #[test]
    fn selection_follows_the_variable() {
        assert_eq!(names(&select(None).unwrap().run), ["interp", "aot"]);
        assert_eq!(names(&select(Some("gcstress")).unwrap().run), ["gcstress"]);
        assert_eq!(names(&select(Some("gcstress")).unwrap().skipped), ["interp"]);
        assert_eq!(select(Some("all")).unwrap().run.len(), TIERS.len());
        assert!(select(Some("interp,nope")).unwrap_err().contains("'nope'"));
    }
}
