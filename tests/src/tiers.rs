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
    /// Programs that cannot run with the tier's own flags.
    pub exceptions: &'static [Exception],
}

/// A program, or a file of the official suite, that gets other flags than the rest of its tier.
#[derive(Debug)]
pub struct Exception {
    /// `run/chapter/program` or `official/file`.
    pub name: &'static str,
    /// The flags it gets instead.
    pub flags: &'static [&'static str],
    /// The reason.
    pub why: &'static str,
}

impl Tier {
    /// The flags for a program, named as in [`Exception::name`].
    #[must_use]
    pub fn flags_for(&self, name: &str) -> &'static [&'static str] {
        self.exceptions.iter().find(|exception| exception.name == name).map_or(self.flags, |exception| exception.flags)
    }
}

/// What most tiers are like.
const PLAIN: Tier = Tier {
    name: "",
    flags: &[],
    ahead_of_time: false,
    default: true,
    official: false,
    timeout: Duration::from_secs(20),
    exceptions: &[],
};

/// Every tier, in the order in which trials are listed.
pub const TIERS: &[Tier] = &[
    Tier { name: "interp", flags: &["--tier=interp"], official: true, ..PLAIN },
    // Everything is compiled as soon as it has run twice, before the program goes on.
    Tier { name: "opt", flags: &["--tier=opt"], official: true, timeout: Duration::from_secs(60), ..PLAIN },
    // As users run it: interpreter and compiled code side by side, compilation in the background.
    Tier { name: "mixed", official: true, ..PLAIN },
    // Every seventh assumption fails for no reason.
    Tier { name: "deopt", flags: &["--tier=opt", "--deopt-every=7"], timeout: Duration::from_secs(60), ..PLAIN },
    Tier { name: "aot", ahead_of_time: true, ..PLAIN },
    Tier {
        name: "optstress",
        flags: &["--tier=opt", "--gc-stress"],
        default: false,
        timeout: Duration::from_secs(300),
        ..PLAIN
    },
    Tier {
        // Both sides of the collector's hand-shakes wait at random, and the heap is verified after each collection.
        name: "concurrent",
        flags: &["--gc=concurrent", "--gc-random"],
        default: false,
        timeout: Duration::from_secs(300),
        ..PLAIN
    },
    Tier {
        name: "gcstress",
        flags: &["--tier=interp", "--gc-stress"],
        default: false,
        official: true,
        timeout: Duration::from_secs(300),
        ahead_of_time: false,
        exceptions: &[
            Exception {
                name: "official/gc",
                flags: &["--tier=interp", "--gc-stress=100"],
                why: "allocates 70 MB in small pieces, with up to 12 MB alive",
            },
            Exception {
                name: "official/constructs",
                flags: &["--tier=interp", "--gc-stress=50000"],
                why: "allocates 110 MB in small pieces, most of which stay alive",
            },
        ],
    },
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
        assert_eq!(names(&select(None).unwrap().run), ["interp", "opt", "mixed", "deopt", "aot"]);
        assert_eq!(names(&select(Some("gcstress")).unwrap().run), ["gcstress"]);
        assert!(!names(&select(Some("gcstress")).unwrap().skipped).contains(&"gcstress"));
        assert_eq!(select(Some("all")).unwrap().run.len(), TIERS.len());
        assert!(select(Some("interp,nope")).unwrap_err().contains("'nope'"));
    }

    #[test]
    fn only_exceptions_have_other_flags() {
        let tier = select(Some("gcstress")).unwrap().run[0];
        assert_eq!(tier.flags_for("official/gengc"), ["--tier=interp", "--gc-stress"]);
        assert_eq!(tier.flags_for("official/gc"), ["--tier=interp", "--gc-stress=100"]);
    }
}
