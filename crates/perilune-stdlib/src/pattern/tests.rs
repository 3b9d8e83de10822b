//! Expectations were taken from PUC Lua 5.4.8: results joined by `|`, or the error message.

use super::*;

fn joined(
    matcher: &Matcher,
    pattern: &Pattern,
    subject: &[u8],
    found: Match,
    count: usize,
) -> Result<Vec<String>, PatternError> {
    (0..count)
        .map(|index| {
            Ok(match matcher.capture(pattern, found, index)? {
                Capture::Text { start, end } => String::from_utf8_lossy(&subject[start..end]).into_owned(),
                Capture::Position(position) => position.to_string(),
            })
        })
        .collect()
}

/// `string.find`, with positions counted from 1.
fn find(subject: &[u8], pattern: &[u8], init: usize) -> Result<String, PatternError> {
    if !has_specials(pattern) {
        let found = find_plain(subject, pattern, init - 1);
        return Ok(found.map_or("nil".into(), |at| format!("{}|{}", at + 1, at + pattern.len())));
    }
    let pattern = Pattern::new(pattern);
    let mut matcher = Matcher::new();
    let Some(found) = matcher.find(&pattern, subject, init - 1, &never)? else {
        return Ok("nil".into());
    };
    let mut results = vec![(found.start + 1).to_string(), found.end.to_string()];
    results.extend(joined(&matcher, &pattern, subject, found, pattern.capture_count())?);
    Ok(results.join("|"))
}

fn shown(result: Result<String, PatternError>) -> String {
    result.unwrap_or_else(|error| error.to_string())
}

#[test]
fn finds() {
    for (subject, pattern, init, want) in [
        ("hello world", "o w", 1, "5|7"),
        ("hello", "l+", 1, "3|4"),
        ("hello", "(l)(l)", 1, "3|4|l|l"),
        ("key = value", "(%w+)%s*=%s*(%w+)", 1, "1|11|key|value"),
        ("  trim  ", "^%s*(.-)%s*$", 1, "1|8|trim"),
        ("abc", "", 1, "1|0"),
        ("abc", "", 3, "3|2"),
        ("abc", "", 4, "4|3"),
        ("abc", "", 5, "nil"),
        ("abc", "b()", 1, "2|2|3"),
        ("a.b", "%.", 1, "2|2"),
        ("[x]", "[]]", 1, "3|3"),
        ("a-z", "[a%-z]+", 1, "1|3"),
        ("x^y", "[x^]+", 1, "1|2"),
        ("abc123", "[^%d]+", 1, "1|3"),
        ("f(a(b)c)d", "%b()", 1, "2|8"),
        ("((", "%b()", 1, "nil"),
        ("THE (quick) fox", "%f[%a]%a+%f[%A]", 1, "1|3"),
        ("THE (quick) fox", "%((%a+)%)", 1, "5|11|quick"),
        ("abab", "(ab)%1", 1, "1|4|ab"),
        ("abba", "(a)(b)%2%1", 1, "1|4|a|b"),
        ("aaa", "a-b", 1, "nil"),
        ("aaab", "a-b", 1, "1|4"),
        ("aaab", "^a-b", 1, "1|4"),
        ("xaaab", "^a-b", 1, "nil"),
        ("a$", "a$$", 1, "1|2"),
        ("a$b", "a$b", 1, "1|3"),
        ("^a", "%^a", 1, "1|2"),
        ("ab", "a?ab", 1, "1|2"),
        ("ab", "a?b?$", 1, "1|2"),
        ("aXb", "%u", 1, "2|2"),
        ("a\x00b", "%z", 1, "2|2"),
        ("a\x00b", "[%z]b", 1, "2|3"),
        ("a\x00b", "a\x00b", 1, "1|3"),
        ("0x1F", "%x+$", 1, "3|4"),
        ("a,b,,c", "(,)(,)", 1, "4|5|,|,"),
        ("one;two", ";(%a*)", 1, "4|7|two"),
        ("2024-01-15", "(%d+)-(%d+)-(%d+)", 1, "1|10|2024|01|15"),
        ("aaaa", "(a*(.)a)", 1, "1|4|aaaa|a"),
        ("hello", "(h)(e)(l)(l)(o)", 1, "1|5|h|e|l|l|o"),
        ("x", "[z-a]", 1, "nil"),
        ("+-", "[+--]+", 1, "1|2"),
        ("-", "[a-]", 1, "1|1"),
        ("%d", "%%d", 1, "1|2"),
        ("a\x0ab", "a.b", 1, "1|3"),
        ("ab12", "%a%a%d%d", 1, "1|4"),
        ("_id9", "[%a_][%w_]*", 1, "1|4"),
        ("ZZ", "%L+", 1, "1|2"),
        ("tab\x09here", "%s", 1, "4|4"),
        ("a]b", "[^]]+", 1, "1|1"),
        ("a]b", "[^%]]+$", 1, "3|3"),
        ("a", "%", 1, "malformed pattern (ends with '%')"),
        ("a", "[", 1, "malformed pattern (missing ']')"),
        ("a", "[a", 1, "malformed pattern (missing ']')"),
        ("a", "[]", 1, "malformed pattern (missing ']')"),
        ("a", "[^", 1, "malformed pattern (missing ']')"),
        ("a", "[%", 1, "malformed pattern (missing ']')"),
        ("a", "[a%]", 1, "malformed pattern (missing ']')"),
        ("a", "%f", 1, "missing '[' after '%f' in pattern"),
        ("a", "%fa", 1, "missing '[' after '%f' in pattern"),
        ("a", "%b", 1, "malformed pattern (missing arguments to '%b')"),
        ("a", "%bx", 1, "malformed pattern (missing arguments to '%b')"),
        ("a", "(", 1, "unfinished capture"),
        ("a", "(()", 1, "unfinished capture"),
        ("a", ")", 1, "nil"),
        ("a", "%1", 1, "invalid capture index %1"),
        ("a", "(a%1)", 1, "invalid capture index %1"),
        ("a", "(a)%2", 1, "invalid capture index %2"),
        ("a", "%0", 1, "invalid capture index %0"),
        ("b", "a%", 1, "nil"),
        ("b", "a[", 1, "nil"),
        ("a", "()%1", 1, "nil"),
    ] {
        assert_eq!(shown(find(subject.as_bytes(), pattern.as_bytes(), init)), want, "{subject:?} {pattern:?}");
    }
}

#[test]
fn finds_bytes_that_are_not_text() {
    assert_eq!(shown(find(b"\xc8\xc9", b"[\xc8-\xc9]+", 1)), "1|2");
    assert_eq!(shown(find(b"a\xff", b"%a+[^%w]", 1)), "1|2");
}

#[test]
fn limits() {
    let many = "()".repeat(33);
    assert_eq!(shown(find(b"a", many.as_bytes(), 1)), "too many captures");
    assert_eq!(find(b"a", &many.as_bytes()[2..], 1).unwrap().split('|').count(), 34);
    let subject = "a".repeat(220);
    assert_eq!(shown(find(subject.as_bytes(), "a?".repeat(199).as_bytes(), 1)), "1|199");
    assert_eq!(shown(find(subject.as_bytes(), "a?".repeat(200).as_bytes(), 1)), "pattern too complex");
    // A repetition that matches nothing does not nest.
    assert_eq!(shown(find(b"", "b*".repeat(100_000).as_bytes(), 1)), "1|0");
}

fn replace(subject: &str, pattern: &str, replacement: &str, limit: usize) -> Result<String, PatternError> {
    let pattern = Pattern::new(pattern.as_bytes());
    let mut out = Vec::new();
    let count = gsub(&mut Matcher::new(), &pattern, subject.as_bytes(), replacement.as_bytes(), limit, &mut out, &never)?;
    let result = if count == 0 { subject.into() } else { String::from_utf8(out).unwrap() };
    Ok(format!("{result}|{count}"))
}

#[test]
fn replaces() {
    for (subject, pattern, replacement, limit, want) in [
        ("hello world", "o", "0", 99, "hell0 w0rld|2"),
        ("hello world", "%w+", "<%0>", 99, "<hello> <world>|2"),
        ("hello world", "(%w+) (%w+)", "%2 %1", 99, "world hello|1"),
        ("abc", "", "-", 99, "-a-b-c-|4"),
        ("abc", "b*", "-", 99, "-a-c-|3"),
        ("abc", "%w", "%0%0", 2, "aabbc|2"),
        ("abc", "x", "y", 99, "abc|0"),
        ("abc", "^a", "z", 99, "zbc|1"),
        ("aaa", "^a", "z", 99, "zaa|1"),
        ("abc", "()", "%1", 99, "1a2b3c4|4"),
        ("abc", "b", "%%", 99, "a%c|1"),
        ("abc", "b", "%", 99, "invalid use of '%' in replacement string"),
        ("abc", "b", "%a", 99, "invalid use of '%' in replacement string"),
        ("abc", "b", "%2", 99, "invalid capture index %2"),
        ("abc", "(b", "%1", 99, "unfinished capture"),
        ("abc", "(b", "x", 99, "axc|1"),
        ("abc", ".", "x", 0, "abc|0"),
        ("a b c", "%s*", "_", 99, "_a_b_c_|4"),
        ("  x ", "^%s+", "", 99, "x |1"),
        ("hello", "l*", ".", 99, ".h.e.o.|4"),
        ("abc", "$", "!", 99, "abc!|1"),
        ("a,b,c", "[^,]*", "<%0>", 99, "<a>,<b>,<c>|3"),
        ("x=1, y=2", "(%w)=(%w)", "%2=%1", 99, "1=x, 2=y|2"),
        ("\x00a\x00", "%z", "0", 99, "0a0|2"),
    ] {
        assert_eq!(shown(replace(subject, pattern, replacement, limit)), want, "{subject:?} {pattern:?}");
    }
}

#[test]
fn iterates() {
    for (subject, pattern, want) in [
        ("one two  three", "%a+", "one;two;three"),
        ("abc", "", ";;;"),
        ("a,b,,c", "([^,]*)", "a;b;;c"),
        ("k1=v1;k2=v2", "(%w+)=(%w+)", "k1/v1;k2/v2"),
        ("aXbX", "^a", ""),
        ("^a^a", "^a", "^a;^a"),
        ("hello", "()l", "3;4"),
        ("aaa", "a-", ";;;"),
        ("xuxx uu ppar r", "()(.)%2", "3/x;6/u;9/p"),
    ] {
        let pattern = Pattern::unanchored(pattern.as_bytes());
        let mut matcher = Matcher::new();
        let mut matches = Vec::new();
        let (mut from, mut last) = (0, NO_LAST_MATCH);
        while let Some(found) = matcher.find_next(&pattern, subject.as_bytes(), from, last, &never).unwrap() {
            (from, last) = (found.end, found.end);
            let captures = joined(&matcher, &pattern, subject.as_bytes(), found, pattern.result_count()).unwrap();
            matches.push(captures[..captures.len().min(2)].join("/"));
        }
        assert_eq!(matches.join(";"), want, "{subject:?}");
    }
}

#[test]
fn classes_agree_with_their_definition() {
    for byte in 0..=255u8 {
        for (class, holds) in [
            ("%a", byte.is_ascii_alphabetic()),
            ("%D", !byte.is_ascii_digit()),
            ("%s", byte == b' ' || (9..=13).contains(&byte)),
            ("%p", byte.is_ascii_punctuation()),
            ("%g", (33..127).contains(&byte)),
            ("%C", !byte.is_ascii_control()),
            ("[%w_]", byte.is_ascii_alphanumeric() || byte == b'_'),
            ("[^%s%p]", !(byte == b' ' || (9..=13).contains(&byte) || byte.is_ascii_punctuation())),
            ("[^%W]", byte.is_ascii_alphanumeric()),
        ] {
            let found = Matcher::new().match_at(&Pattern::new(class.as_bytes()), &[byte], 0, &never).unwrap();
            assert_eq!(found.is_some(), holds, "{class} on {byte}");
        }
    }
}

/// Patterns that cannot profit from backtracking must not try it: these take minutes otherwise.
#[test]
fn avoids_needless_backtracking() {
    let subject = "a".repeat(200_000);
    for pattern in ["^a*b", "^a*[bc]", "^a*$b", "^a+b?c*d", ".-b", ".*b", "^(a*)(b)"] {
        assert_eq!(shown(find(subject.as_bytes(), pattern.as_bytes(), 1)), "nil", "{pattern}");
    }
}

#[test]
fn cache_returns_what_was_asked_for() {
    let mut cache = PatternCache::new();
    for round in 0..3 {
        for i in 0..1000 {
            let text = format!("x{i}%d");
            let pattern = cache.get(text.as_bytes());
            let subject = format!("x{i}{round}");
            let found = Matcher::new().find(&pattern, subject.as_bytes(), 0, &never).unwrap();
            assert_eq!(found, Some(Match { start: 0, end: subject.len() }));
        }
    }
    assert!(cache.get(b"^a").is_anchored());
    assert!(!cache.get_unanchored(b"^a").is_anchored());
}

#[test]
fn long_searches_are_given_up_on_demand() {
    use std::cell::Cell;
    let subject = vec![b'a'; 2000];
    let pattern = Pattern::new(b".-.-.-.-b");
    let (asked, work) = (Cell::new(0), Cell::new(0));
    let stop = |done: u32| {
        asked.set(asked.get() + 1);
        work.set(work.get() + u64::from(done));
        asked.get() == 100
    };
    assert_eq!(Matcher::new().find(&pattern, &subject, 0, &stop), Err(PatternError::Stopped));
    assert_eq!(asked.get(), 100);
    assert!(work.get() >= 100 * 256, "{}", work.get());
    // What one attempt looks at counts, however it does that.
    let subject = vec![b'('; 20_000];
    for pattern in [&b"%b()"[..], b"%(+[ab]", b"%(*%)%("] {
        let work = Cell::new(0);
        let stop = |done: u32| {
            work.set(work.get() + done);
            work.get() >= 1000
        };
        let mut matcher = Matcher::new();
        let attempts = (0..).find(|&start| matcher.match_at(&Pattern::new(pattern), &subject, start, &stop).is_err());
        assert!(attempts.is_some_and(|attempts| attempts < 250), "{attempts:?} attempts");
    }
    // Short ones never ask.
    let short = Matcher::new().find(&Pattern::new(b"(%w+) (%w+)$"), b"hello brave new world", 0, &|_| panic!("asked"));
    assert_eq!(short, Ok(Some(Match { start: 12, end: 21 })));
}
