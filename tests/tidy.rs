//! Tidy checks: what a reader may rely on in every source file of the repository.
//!
//! Module docs, `SAFETY` comments, the rules of who may depend on whom, sizes of files and functions, links in documents.
//! Exceptions stand in `tests/tidy.exceptions`, each with its reason; one that is no longer needed is an error. The checks
//! read text, not syntax trees: comments and literals are blanked first, the rest is found by its tokens.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of a file.
const FILE_LINES: usize = 1000;
/// Most lines of a function, from its signature to its closing brace.
const FUNCTION_LINES: usize = 100;
/// Most lines of the bird's-eye view.
const ARCHITECTURE_LINES: usize = 200;
/// Lines above an `unsafe` that its comment may begin at: it explains the statement or the small function around it.
const SAFETY_REACH: usize = 12;

/// Our crates and which of our crates they may depend on, whatever the kind of dependency.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("perilune-front", &[]),
    ("perilune-vm", &["perilune-front"]),
    ("perilune-stdlib", &["perilune-vm", "perilune-front"]),
    ("perilune-jit", &["perilune-vm", "perilune-front"]),
    ("perilune-host", &["perilune-vm", "perilune-stdlib"]),
    ("perilune-module", &["perilune-front"]),
    ("perilune-link", &[]),
    ("perilune-aot", &["perilune-front", "perilune-stdlib", "perilune-jit", "perilune-module", "perilune-link"]),
    ("perilune-rt", &["perilune-vm", "perilune-stdlib", "perilune-host", "perilune-module"]),
    ("perilune", &["perilune-vm", "perilune-stdlib", "perilune-jit"]),
    ("perilune-capi", &["perilune"]),
    (
        "perilune-cli",
        &["perilune-front", "perilune-vm", "perilune-stdlib", "perilune-host", "perilune-jit", "perilune-aot", "perilune"],
    ),
    // An interpreter is a path to the tests, whatever it is made of.
    ("perilune-tests", &[]),
    ("xtask", &["perilune-tests"]),
];

/// Words that have no place in the front end: bytes in, prototypes out.
const NOT_IN_FRONT: &[&str] = &["unsafe ", "std::fs", "std::net", "std::process", "std::env", "std::io"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below the root with this extension, as paths relative to it, sorted. What git ignores is left out by name.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root(), extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(name.as_str(), "target" | "corpus" | "artifacts") {
                collect(&path, extension, found);
            }
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path.strip_prefix(root()).expect("a path below the root").to_path_buf());
        }
    }
}

// ---- exceptions ----

/// The rows `CHECK PLACE WHY…` of the list that belong to one check, with whether they were needed.
struct Exceptions {
    check: &'static str,
    needed: BTreeMap<String, bool>,
}

impl Exceptions {
    fn of(check: &'static str) -> Exceptions {
        let list = read(&root().join("tests/tidy.exceptions"));
        let rows = list.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let mut needed = BTreeMap::new();
        for row in rows {
            let mut words = row.split_whitespace();
            let (name, place) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            assert!(CHECKS.contains(&name), "tidy.exceptions: no check is called '{name}'");
            assert!(words.next().is_some(), "tidy.exceptions: no reason for {name} {place}");
            if name == check {
                needed.insert(place.to_owned(), false);
            }
        }
        Exceptions { check, needed }
    }

    /// Whether `place` is excused.
    fn excuse(&mut self, place: &str) -> bool {
        self.needed.get_mut(place).map(|needed| *needed = true).is_some()
    }

    /// Fails with all complaints, and with rows that excuse nothing.
    fn judge(self, mut complaints: Vec<String>) {
        let stale = self.needed.iter().filter(|(_, needed)| !**needed);
        complaints.extend(stale.map(|(place, _)| format!("tidy.exceptions: '{} {place}' excuses nothing", self.check)));
        assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    }
}

/// The checks that know exceptions.
const CHECKS: &[&str] = &["module-docs", "safety", "file-size", "function-size"];

// ---- Rust source as text ----

/// The source with comments and the insides of literals replaced by spaces. Lines stay where they are.
fn blank(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < text.len() {
        let end = literal_or_comment(&text, at);
        if end == at {
            out.push(text[at]);
            at += 1;
        } else {
            out.extend(text[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// The end of the literal or comment that begins at `at`; `at` itself if none does.
fn literal_or_comment(text: &[char], at: usize) -> usize {
    let next = |offset: usize| text.get(at + offset).copied().unwrap_or('\0');
    let inside_word = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    match text[at] {
        '/' if next(1) == '/' => line_end(text, at),
        '/' if next(1) == '*' => block_comment_end(text, at),
        '"' => string_end(text, at),
        '\'' if next(1) == '\\' || next(2) == '\'' => character_end(text, at),
        'r' if !inside_word && matches!(next(1), '"' | '#') => raw_string_end(text, at).unwrap_or(at),
        'b' if !inside_word && next(1) == 'r' => raw_string_end(text, at + 1).unwrap_or(at),
        _ => at,
    }
}

fn line_end(text: &[char], at: usize) -> usize {
    text[at..].iter().position(|&c| c == '\n').map_or(text.len(), |length| at + length)
}

fn block_comment_end(text: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

fn character_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != '\'' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// The end of the raw string whose `r` is at `start`, if there is one.
fn raw_string_end(text: &[char], start: usize) -> Option<usize> {
    let hashes = text[start + 1..].iter().take_while(|&&c| c == '#').count();
    let mut at = start + 1 + hashes;
    if text.get(at) != Some(&'"') {
        return None;
    }
    loop {
        at += 1;
        if *text.get(at)? == '"' && text[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes {
            return Some(at + 1 + hashes);
        }
    }
}

/// The functions of a blanked source: name, line number from 1, lines.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') {
            continue;
        }
        let rest = &code[at + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if let (false, Some(length)) = (name.is_empty(), body_end(rest)) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((name, line, rest[..length].matches('\n').count() + 1));
        }
    }
    found
}

/// Where the body of the function ends whose name begins `code`; `None` when it has no body.
fn body_end(code: &str) -> Option<usize> {
    let (mut nested, mut braces) = (0, 0);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            ';' if braces == 0 && nested == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return (braces == 0).then_some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the `unsafe` in line `index` is explained: above it within the same statement or function, or just inside.
fn is_explained(lines: &[&str], index: usize) -> bool {
    let says = |line: &&str| line.contains("SAFETY:");
    if lines[index..].iter().take(2).any(says) {
        return true;
    }
    let above = lines[..index].iter().rev().take(SAFETY_REACH);
    above.take_while(|line| !line.trim().is_empty() && line.trim() != "}").any(says)
}

// ---- the checks ----

#[test]
fn every_file_says_what_lives_there() {
    let mut exceptions = Exceptions::of("module-docs");
    let mut complaints = Vec::new();
    for path in files("rs") {
        let text = read(&root().join(&path));
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if !first.starts_with("//!") && !exceptions.excuse(&path.to_string_lossy()) {
            complaints.push(format!("{}: does not begin with a `//!` comment", path.display()));
        }
    }
    exceptions.judge(complaints);
}

#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let mut exceptions = Exceptions::of("safety");
    let mut complaints = Vec::new();
    for path in files("rs") {
        let text = read(&root().join(&path));
        let code = blank(&text);
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in code.lines().enumerate() {
            let is_claim = line.contains("unsafe {") || line.contains("unsafe impl");
            let place = || path.to_string_lossy().into_owned();
            if is_claim && !is_explained(&lines, index) && !exceptions.excuse(&place()) {
                complaints.push(format!("{}:{}: `unsafe` without a SAFETY comment", path.display(), index + 1));
            }
        }
    }
    exceptions.judge(complaints);
}

#[test]
fn files_and_functions_stay_small() {
    let (mut long_files, mut long_functions) = (Exceptions::of("file-size"), Exceptions::of("function-size"));
    let (mut files_over, mut functions_over) = (Vec::new(), Vec::new());
    for path in files("rs") {
        let text = read(&root().join(&path));
        let place = path.to_string_lossy();
        let lines = text.lines().count();
        if lines > FILE_LINES && !long_files.excuse(&place) {
            files_over.push(format!("{place}: {lines} lines"));
        }
        for (name, line, lines) in functions(&blank(&text)) {
            if lines > FUNCTION_LINES && !long_functions.excuse(&format!("{place}:{name}")) {
                functions_over.push(format!("{place}:{line}: `{name}` has {lines} lines"));
            }
        }
    }
    long_files.judge(files_over);
    long_functions.judge(functions_over);
}

#[test]
fn crates_depend_on_what_they_may() {
    let mut complaints = Vec::new();
    let mut seen = Vec::new();
    for manifest in files("toml").into_iter().filter(|path| path.ends_with("Cargo.toml")) {
        let text = read(&root().join(&manifest));
        let Some(name) = package_name(&text) else { continue };
        let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(known, _)| *known == name) else {
            if manifest.starts_with("crates") {
                complaints.push(format!("{}: {name} has no row in MAY_DEPEND_ON", manifest.display()));
            }
            continue;
        };
        for dependency in dependencies(&text) {
            if is_ours(dependency) && !allowed.contains(&dependency) {
                complaints.push(format!("{}: {name} must not depend on {dependency}", manifest.display()));
            }
        }
        seen.push(name.to_owned());
    }
    let missing = MAY_DEPEND_ON.iter().filter(|(name, _)| !seen.iter().any(|known| known == name));
    complaints.extend(missing.map(|(name, _)| format!("MAY_DEPEND_ON: there is no crate {name}")));
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn is_ours(name: &str) -> bool {
    name == "perilune" || name.starts_with("perilune-") || name == "xtask"
}

fn package_name(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[package]")?;
    let row = package.lines().find(|line| line.starts_with("name"))?;
    row.split('"').nth(1)
}

/// The names in all dependency sections, also those of targets and of sub-tables.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section.ends_with("dependencies");
            if let Some((_, name)) = section.split_once("dependencies.") {
                found.push(name);
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let end = line.find(['.', '=', ' ']).unwrap_or(line.len());
            found.push(&line[..end]);
        }
    }
    found
}

#[test]
fn the_front_end_is_safe_and_does_no_input_or_output() {
    let mut complaints = Vec::new();
    for path in files("rs").into_iter().filter(|path| path.starts_with("crates/perilune-front/src")) {
        let code = blank(&read(&root().join(&path)));
        for (index, line) in code.lines().enumerate() {
            for word in NOT_IN_FRONT.iter().filter(|word| line.contains(**word)) {
                complaints.push(format!("{}:{}: `{word}`", path.display(), index + 1));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut complaints = Vec::new();
    for path in files("md") {
        let text = read(&root().join(&path));
        let folder = root().join(path.parent().unwrap_or(Path::new("")));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !folder.join(file).exists() {
                complaints.push(format!("{}: no such file: {target}", path.display()));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_birds_eye_view_stays_one() {
    let lines = read(&root().join("ARCHITECTURE.md")).lines().count();
    assert!(lines < ARCHITECTURE_LINES, "ARCHITECTURE.md has {lines} lines");
}

// ---- the checks' own tools ----

#[test]
fn comments_and_literals_are_blanked() {
    let code = blank("a \"}\" '{' b'\\'' r#\"\"}\"# 'x /* { /* } */ */ b // }\nc");
    assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "b", "'x", "b", "c"]);
}

#[test]
fn functions_are_measured() {
    let code = "fn a(x: [u8; 3]) -> u8 {\n  if x { 1 }\n}\ntrait T {\n  fn b();\n  fn c() {}\n}\n";
    let expected = [("a".to_owned(), 1, 3), ("c".to_owned(), 6, 1)];
    assert_eq!(functions(code), expected);
}

#[test]
fn dependencies_are_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n\
        [target.'cfg(unix)'.dependencies]\nc = { path = \"c\" }\n[dev-dependencies.d]\nversion = \"1\"\n[lints]\ne = 1\n";
    assert_eq!(package_name(manifest), Some("x"));
    assert_eq!(dependencies(manifest), ["a", "b", "c", "d"]);
}

#[test]
fn explanations_are_looked_for_nearby() {
    let lines = ["// SAFETY: far.", "", "unsafe { a }", "", "// SAFETY: near.", "let x =", "unsafe { b }"];
    assert!(!is_explained(&lines, 2));
    assert!(is_explained(&lines, 6));
}
