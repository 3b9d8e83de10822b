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

/// A snapshot, read and found consistent.
struct Snapshot {
    nodes: Vec<usize>,
    edges: Vec<usize>,
    /// Where the edges of each node begin.
    starts: Vec<usize>,
    strings: Vec<String>,
    node_types: Vec<String>,
    edge_types: Vec<String>,
}

/// Numbers for each node and each edge.
const FIELDS: [usize; 2] = [7, 3];

impl Snapshot {
    fn read(scratch: &Scratch, name: &str) -> Snapshot {
        let text = std::fs::read_to_string(scratch.path().join(name)).expect("the snapshot");
        let json = Json::parse(&text);
        let (head, meta) = (json.get("snapshot"), json.get("snapshot").get("meta"));
        let numbers = |key: &str| json.get(key).list().iter().map(Json::index).collect::<Vec<_>>();
        let types = |key: &str| meta.get(key).list()[0].list().iter().map(|kind| kind.text().to_owned()).collect();
        let nodes = numbers("nodes");
        assert_eq!([meta.get("node_fields").list().len(), meta.get("edge_fields").list().len()], FIELDS);
        assert_eq!(meta.get("node_types").list().len(), FIELDS[0]);
        for empty in ["trace_function_infos", "trace_tree", "samples", "locations"] {
            assert!(json.get(empty).list().is_empty());
        }
        let mut starts = vec![0];
        for node in nodes.chunks(FIELDS[0]) {
            starts.push(starts[starts.len() - 1] + node[4]);
        }
        let strings = json.get("strings").list().iter().map(|text| text.text().to_owned()).collect();
        let (node_types, edge_types) = (types("node_types"), types("edge_types"));
        let snapshot = Snapshot { nodes, edges: numbers("edges"), starts, strings, node_types, edge_types };
        assert_eq!(head.get("node_count").index() * FIELDS[0], snapshot.nodes.len());
        assert_eq!(head.get("edge_count").index() * FIELDS[1], snapshot.edges.len());
        snapshot.is_consistent();
        snapshot
    }

    fn is_consistent(&self) {
        assert_eq!(self.starts.last().map(|edges| edges * FIELDS[1]), Some(self.edges.len()));
        let mut ids = std::collections::HashSet::new();
        for node in self.nodes.chunks(FIELDS[0]) {
            assert!(node[0] < self.node_types.len() && node[1] < self.strings.len());
            assert!(node[2] % 2 == 1 && ids.insert(node[2]), "the id {} comes twice", node[2]);
        }
        let mut reached = vec![false; self.nodes.len() / FIELDS[0]];
        reached[0] = true;
        for edge in self.edges.chunks(FIELDS[1]) {
            assert!(self.edge_types[edge[0]] == "element" || edge[1] < self.strings.len());
            assert!(edge[2] % FIELDS[0] == 0 && edge[2] < self.nodes.len());
            reached[edge[2] / FIELDS[0]] = true;
        }
        assert!(reached.iter().all(|&reached| reached));
        assert_eq!((self.kind(0), self.name(0)), ("synthetic", ""));
    }

    fn kind(&self, node: usize) -> &str {
        &self.node_types[self.nodes[node * FIELDS[0]]]
    }

    fn name(&self, node: usize) -> &str {
        &self.strings[self.nodes[node * FIELDS[0] + 1]]
    }

    fn size(&self, node: usize) -> usize {
        self.nodes[node * FIELDS[0] + 3]
    }

    /// The edges of a node: their types, labels and targets.
    fn edges(&self, node: usize) -> Vec<(&str, String, usize)> {
        let of_node = &self.edges[self.starts[node] * FIELDS[1]..self.starts[node + 1] * FIELDS[1]];
        let read = |edge: &[usize]| {
            let kind = self.edge_types[edge[0]].as_str();
            let label = if kind == "element" { edge[1].to_string() } else { self.strings[edge[1]].clone() };
            (kind, label, edge[2] / FIELDS[0])
        };
        of_node.chunks(FIELDS[1]).map(read).collect()
    }

    /// The node that these labels lead to from the root.
    fn at(&self, path: &[&str]) -> usize {
        path.iter().fold(0, |node, &step| {
            let found = self.edges(node).into_iter().find(|(kind, label, _)| *kind != "weak" && label == step);
            found.unwrap_or_else(|| panic!("no {step} of {path:?} in {:?}", self.edges(node))).2
        })
    }
}

/// The figures of the row of a table that ends so.
fn row(stdout: &str, end: &str) -> [usize; 2] {
    let row = stdout.lines().find(|line| line.ends_with(end)).unwrap_or_else(|| panic!("no {end} in {stdout}"));
    let mut figures = row.split_whitespace().map(|word| word.parse().expect("a number"));
    [figures.next().expect("a figure"), figures.next().expect("a figure")]
}

const OBJECTS: &str = "
shared = { 'shared' }
list = {}
for i = 1, 1000 do list[i] = { i, shared } end
holder, other = { text = ('x'):rep(5000) }, { text = 'with the same shape' }
local Account = { __name = 'Account' }
local accounts = {}
for i = 1, 7 do accounts[i] = setmetatable({ id = i, owner = 'owner ' .. i }, Account) end
local weak = setmetatable({}, { __mode = 'k' })
weak[accounts[1]] = { note = ('y'):rep(300) }
values = setmetatable({ {}, accounts[2] }, { __mode = 'v' })
function named(a) return accounts, a end
thread = coroutine.create(function (x) local inside = { x } coroutine.yield() return inside end)
coroutine.resume(thread, accounts[3])
";

#[test]
fn a_snapshot_has_all_objects_and_says_what_they_retain() {
    let scratch = Scratch::new(&[("s.lua", OBJECTS)]);
    for options in [&[][..], &["--tier=interp"], &["--tier=opt"], &["--gc=incremental"]] {
        let args = [&["heap", "--rows=1000"], options, &["s.lua"]].concat();
        let found = run(scratch.path(), &args, "", &[]);
        assert_eq!((found.stderr.as_str(), found.status), ("", Some(0)));
        let snapshot = Snapshot::read(&scratch, "s.heapsnapshot");
        let list = snapshot.at(&["_G", "list"]);
        let elements: Vec<_> = snapshot.edges(list).into_iter().filter(|edge| edge.0 == "element").collect();
        assert_eq!(elements.len(), 1000);
        let retained = snapshot.size(list) + elements.iter().map(|edge| snapshot.size(edge.2)).sum::<usize>();
        assert_eq!(row(&found.stdout, " _G.list"), [retained, snapshot.size(list)], "what they share is not counted");
        let text = snapshot.at(&["_G", "holder", "text"]);
        assert_eq!(snapshot.kind(text), "string");
        assert!(snapshot.name(text).len() < 300 && (5000..6000).contains(&snapshot.size(text)));
        let holder = snapshot.at(&["_G", "holder"]);
        assert_eq!(snapshot.name(holder), "{text}");
        assert_eq!(row(&found.stdout, " _G.holder")[0], snapshot.size(holder) + snapshot.size(text));
        assert_eq!(row(&found.stdout, " table Account")[0], 7);
        assert_eq!(snapshot.name(snapshot.at(&["_G", "named"])), "named (s.lua:12)");
        weak_references_are_told_apart(&snapshot);
        let thread = snapshot.at(&["_G", "thread"]);
        assert_eq!(snapshot.name(thread), "coroutine (suspended)");
        assert_eq!(snapshot.name(snapshot.at(&["_G", "thread", "inside", "1"])), "Account");
    }
}

fn weak_references_are_told_apart(snapshot: &Snapshot) {
    let variables = ["(GC roots)", "(variables of the main chunk)"];
    let roots = snapshot.edges(0).into_iter().map(|edge| edge.2).find(|&node| snapshot.name(node) == variables[0]);
    let roots = roots.expect("the roots");
    let group = snapshot.edges(roots).into_iter().map(|edge| edge.2).find(|&node| snapshot.name(node) == variables[1]);
    let group = group.expect("the variables of the main chunk");
    let variable = |name: &str| {
        let found = snapshot.edges(group).into_iter().find(|edge| edge.1 == name);
        found.unwrap_or_else(|| panic!("no variable {name} in {:?}", snapshot.edges(group))).2
    };
    let first = snapshot.edges(variable("accounts")).into_iter().find(|edge| edge.1 == "1").expect("an account").2;
    let weak = snapshot.edges(variable("weak"));
    assert!(weak.iter().any(|edge| edge.0 == "weak" && edge.2 == first), "its key is weak: {weak:?}");
    assert!(snapshot.edges(first).iter().any(|edge| edge.1 == "value in weak table"));
    let values = snapshot.edges(snapshot.at(&["_G", "values"]));
    let kinds: Vec<_> =
        values.iter().filter(|edge| snapshot.kind(edge.2) == "object").map(|edge| (edge.0, snapshot.name(edge.2))).collect();
    assert_eq!(kinds.iter().filter(|kind| kind.0 == "weak").collect::<Vec<_>>(), [&("weak", "Account")]);
}

#[test]
fn a_snapshot_is_taken_however_the_program_ends() {
    let script = "local kept = { 'kept' }
        local function last(how) local inner = { {} }
          if how == 'error' then error('x', 0) elseif how then os.exit(tonumber(how)) end end
        last(...)";
    let scratch = Scratch::new(&[("s.lua", script)]);
    for (args, status, path) in [
        (&["heap", "--rows=999", "s.lua"][..], 0, "(variables of the main chunk).kept"),
        (&["heap", "--rows=999", "s.lua", "error"], 1, "(threads).main.inner"),
        (&["heap", "--rows=999", "s.lua", "3"], 3, "(threads).main.kept"),
        (&["heap", "--rows=999", "-e", "f = { {} }"], 0, "_G.f"),
    ] {
        let found = run(scratch.path(), args, "", &[]);
        assert_eq!(found.status, Some(status), "{}", found.stderr);
        let name = if args.contains(&"-e") { "lua.heapsnapshot" } else { "s.heapsnapshot" };
        Snapshot::read(&scratch, name);
        assert!(found.stdout.contains(path), "{path} in {}", found.stdout);
        std::fs::remove_file(scratch.path().join(name)).expect("a file");
    }
}

#[test]
fn all_variables_of_a_deep_stack_are_named() {
    const DEPTH: usize = 150_000;
    let script = format!(
        "local function deep(n) local here = {{ n }} if n == {DEPTH} then error('x', 0) end return 1 + deep(n + 1) end
        deep(1)"
    );
    let scratch = Scratch::new(&[("s.lua", script.as_str())]);
    let start = std::time::Instant::now();
    let found = run(scratch.path(), &["heap", "--rows=1", "s.lua"], "", &[]);
    assert_eq!(found.status, Some(1), "{}", found.stderr);
    assert!(start.elapsed().as_secs() < 30, "the time grows with the square of the depth");
    let snapshot = Snapshot::read(&scratch, "s.heapsnapshot");
    let threads = snapshot.edges(snapshot.at(&["1"])).into_iter().map(|edge| edge.2);
    let threads = threads.into_iter().find(|&node| snapshot.name(node) == "(threads)").expect("the threads");
    let main = snapshot.edges(threads)[0].2;
    assert_eq!(snapshot.edges(main).iter().filter(|edge| edge.1 == "here").count(), DEPTH);
}

#[test]
fn a_script_that_cannot_be_loaded_leaves_no_snapshot() {
    let scratch = Scratch::new(&[("bad.lua", "x =")]);
    for (script, message) in [
        ("none.lua", "lua: cannot open none.lua: No such file or directory\n"),
        ("bad.lua", "lua: bad.lua:1: unexpected symbol near <eof>\n"),
    ] {
        let found = run(scratch.path(), &["heap", script], "", &[]);
        assert_eq!((found.stdout.as_str(), found.stderr.as_str(), found.status), ("", message, Some(1)));
        assert!(!scratch.path().join(script.replace(".lua", ".heapsnapshot")).exists());
    }
}

#[test]
fn programs_take_snapshots_when_they_like() {
    let script = "local heap = require 'perilune.heap'
        before = heap.snapshot() marker = { {} } print(before, heap.snapshot('b.heapsnapshot'))
        print(heap.snapshot('none/x'))";
    let scratch = Scratch::new(&[("s.lua", script)]);
    let found = run(scratch.path(), &["heap", "--rows=1", "s.lua"], "", &[]);
    let expected = "s-1.heapsnapshot\tb.heapsnapshot\nnil\tcannot open none/x: No such file or directory\nheap snapshot: ";
    assert!(found.stdout.starts_with(expected), "{}", found.stdout);
    let [first, second, _] = ["s-1", "b", "s"].map(|name| Snapshot::read(&scratch, &format!("{name}.heapsnapshot")));
    let marker = second.at(&["_G", "marker"]);
    let id = |snapshot: &Snapshot, node: usize| snapshot.nodes[node * FIELDS[0] + 2];
    assert!(first.edges(first.at(&["_G"])).iter().all(|edge| edge.1 != "marker"));
    assert_eq!(second.name(marker), "array");
    assert_eq!(id(&first, first.at(&["_G", "print"])), id(&second, second.at(&["_G", "print"])), "ids stay");
}

#[test]
fn a_snapshot_that_cannot_be_written_is_an_error() {
    let scratch = Scratch::new(&[("s.lua", "print(1) os.exit(... and 0)")]);
    let usage = "usage: lua heap [--output=FILE] [--rows=N] [options] script [args]\n";
    for (args, stdout, message) in [
        (&["heap", "--output=none/x", "s.lua"][..], "", "lua: cannot open none/x: No such file or directory\n".to_owned()),
        (
            &["heap", "--output=/dev/full", "-e", "print(1)"],
            "1\n",
            "cannot write /dev/full: No space left on device\n".to_owned(),
        ),
        (&["heap", "--output=/dev/full", "s.lua", "x"], "1\n", "cannot write /dev/full: No space left on device\n".to_owned()),
        (&["heap"], "", format!("lua: heap: a script expected\n{usage}")),
        (&["heap", "--bad", "s.lua"], "", format!("lua: heap: unrecognized option '--bad'\n{usage}")),
    ] {
        let found = run(scratch.path(), args, "", &[]);
        assert_eq!((found.stdout.as_str(), found.stderr, found.status), (stdout, message, Some(1)), "{args:?}");
    }
}
