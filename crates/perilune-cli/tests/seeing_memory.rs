//! What the command shows of the collector and of the heap.

mod common;

use common::json::Json;
use common::{Scratch, run};

const WORK: &str = "local t = {} for i = 1, 300000 do t[i % 1000] = { i } end collectgarbage() ";

#[test]
fn a_timeline_is_json_however_the_program_ends() {
    let scratch = Scratch::new(&[]);
    for (end, status) in [("", 0), ("os.exit(3)", 3), ("os.exit(4, true)", 4), ("error('x', 0)", 1)] {
        let found = run(scratch.path(), &["--timeline=t.json", "-e", &format!("{WORK}{end}")], "", &[]);
        assert_eq!(found.status, Some(status), "{}", found.stderr);
        let text = std::fs::read_to_string(scratch.path().join("t.json")).expect("the timeline");
        let events = Json::parse(&text);
        let of_kind = |kind: &str| events.list().iter().filter(|event| event.get("ph").text() == kind).count();
        let named = |name: &str| events.list().iter().filter(|event| event.get("name").text() == name).count();
        assert!(named("MinorGC") > 0 && named("MajorGC") > 0 && named("mark") > 0, "{end}");
        assert_eq!(of_kind("C"), named("MinorGC") + named("MajorGC") + named("Finalizers"));
        parts_lie_within_stops(events.list());
    }
}

/// Each part lies within the stop before it, and stops do not overlap.
fn parts_lie_within_stops(events: &[Json]) {
    let (mut stop_start, mut stop_end) = (0.0, 0.0);
    for event in events.iter().filter(|event| event.get("ph").text() == "X") {
        let start = event.get("ts").number();
        let end = start + event.get("dur").number();
        if ["MinorGC", "MajorGC", "Finalizers"].contains(&event.get("name").text()) {
            // Sums of microseconds in floating point.
            assert!(start >= stop_end - 0.01, "{event:?} begins before {stop_end}");
            assert!(event.get("args").get("usedHeapSizeBefore").index() > 0);
            (stop_start, stop_end) = (start, end);
        } else {
            assert!(start >= stop_start - 0.01 && end <= stop_end + 0.01, "{event:?} is not within {stop_start} to {stop_end}");
        }
    }
}

#[test]
fn a_timeline_that_cannot_be_written_is_an_error() {
    let scratch = Scratch::new(&[]);
    let found = run(scratch.path(), &["--timeline=none/t.json", "-e", "print(1)"], "", &[]);
    let message = "lua: cannot open none/t.json: No such file or directory\n";
    assert_eq!((found.stdout.as_str(), found.stderr.as_str(), found.status), ("", message, Some(1)));
    for end in ["", "os.exit(0)"] {
        let found = run(scratch.path(), &["--timeline=/dev/full", "-e", &format!("print(1) {end}")], "", &[]);
        assert_eq!((found.stdout.as_str(), found.status), ("1\n", Some(1)));
        assert!(found.stderr.ends_with("cannot write /dev/full: No space left on device\n"), "{}", found.stderr);
    }
}
