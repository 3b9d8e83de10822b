//! Matching any pattern ends without a panic; captures and matches lie inside the subject; `gsub` keeps what does not match.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perilune_stdlib::pattern::{Capture, Match, Matcher, Pattern, gsub, never};

/// Backtracking takes polynomial time of a high degree by definition of the language, so inputs stay short.
const MAX_PATTERN: usize = 16;
const MAX_SUBJECT: usize = 40;

fuzz_target!(|input: &[u8]| {
    // The input is a pattern, a replacement and a subject, separated by zero bytes.
    let mut parts = input.splitn(3, |&byte| byte == 0);
    let (Some(text), Some(replacement), Some(subject)) = (parts.next(), parts.next(), parts.next()) else { return };
    if text.len() > MAX_PATTERN || subject.len() > MAX_SUBJECT {
        return;
    }
    let mut matcher = Matcher::new();
    for pattern in [Pattern::new(text), Pattern::unanchored(text)] {
        for from in 0..=subject.len() {
            if let Ok(Some(found)) = matcher.find(&pattern, subject, from, &never) {
                assert!(from <= found.start);
                check_match(&matcher, &pattern, subject, found);
            }
        }
        let mut out = Vec::new();
        if let Ok(count) = gsub(&mut matcher, &pattern, subject, replacement, usize::MAX, &mut out, &never) {
            assert!(count <= subject.len() + 1);
        }
        out.clear();
        if let Ok(count) = gsub(&mut matcher, &pattern, subject, b"%0", usize::MAX, &mut out, &never) {
            assert_eq!(out, if count == 0 { &[] } else { subject });
        }
    }
});

fn check_match(matcher: &Matcher, pattern: &Pattern, subject: &[u8], found: Match) {
    assert!(found.start <= found.end && found.end <= subject.len());
    for index in 0..pattern.result_count() {
        match matcher.capture(pattern, found, index) {
            Ok(Capture::Text { start, end }) => assert!(found.start <= start && start <= end && end <= found.end),
            Ok(Capture::Position(position)) => {
                assert!((found.start as i64 + 1..=found.end as i64 + 1).contains(&position));
            }
            Err(_) => {}
        }
    }
}
