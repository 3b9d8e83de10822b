//! Snapshots in the format of V8: `.heapsnapshot`, which the memory panel of Chrome's DevTools opens.
//!
//! The file is one JSON object. `nodes` and `edges` are flat arrays of numbers, so many for each node or edge as `meta` has
//! names of fields; `to_node` is a place in `nodes`; names are places in `strings`.

use perilune_vm::heap::snapshot::{EdgeKind, NodeKind, Snapshot};
use std::io::{self, Write};

/// What stands before the arrays, up to the counts.
const META: &str = r#"{"snapshot":{"meta":{
"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],
"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic",
"concatenated string","sliced string","symbol","bigint","object shape"],"string","number","number","number","number","number"],
"edge_fields":["type","name_or_index","to_node"],
"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],
"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],
"trace_node_fields":["id","function_info_index","count","size","children"],
"sample_fields":["timestamp_us","last_assigned_id"],
"location_fields":["object_index","script_id","line","column"]},
"#;
/// Numbers for each node.
const NODE_FIELDS: u32 = 7;
/// Bytes that are put together before they are written.
const BUFFER: usize = 1 << 18;

/// The place of a node's kind in `node_types`.
fn node_type(kind: NodeKind) -> u32 {
    match kind {
        NodeKind::Values => 1,
        NodeKind::String => 2,
        NodeKind::Table | NodeKind::Upvalue | NodeKind::Coroutine => 3,
        NodeKind::Code => 4,
        NodeKind::Function => 5,
        NodeKind::Number => 7,
        NodeKind::Userdata => 8,
        NodeKind::Synthetic => 9,
        NodeKind::Shape => 14,
    }
}

/// The place of an edge's kind in `edge_types`.
fn edge_type(kind: EdgeKind) -> u32 {
    match kind {
        EdgeKind::Context => 0,
        EdgeKind::Element => 1,
        EdgeKind::Property => 2,
        EdgeKind::Internal => 3,
        EdgeKind::Shortcut => 5,
        EdgeKind::Weak => 6,
    }
}

struct Output<W> {
    to: W,
    text: Vec<u8>,
}

impl<W: Write> Output<W> {
    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }

    /// Writes a row of an array of numbers.
    fn row(&mut self, first: bool, numbers: &[u32]) -> io::Result<()> {
        for (index, &number) in numbers.iter().enumerate() {
            if index > 0 {
                self.text.push(b',');
            } else if !first {
                self.text.extend(b",\n");
            }
            self.number(number);
        }
        if self.text.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.text.extend(&digits[at..]);
    }

    /// Writes a string; what is not UTF-8 in it is replaced.
    fn string(&mut self, first: bool, bytes: &[u8]) -> io::Result<()> {
        if !first {
            self.text.extend(b",\n");
        }
        self.text.push(b'"');
        for byte in String::from_utf8_lossy(bytes).bytes() {
            match byte {
                b'"' | b'\\' => self.text.extend([b'\\', byte]),
                0..0x20 => self.text.extend(format!("\\u{byte:04x}").bytes()),
                _ => self.text.push(byte),
            }
        }
        self.text.push(b'"');
        if self.text.len() >= BUFFER { self.flush() } else { Ok(()) }
    }
}

/// Writes a snapshot.
pub fn write(snapshot: &Snapshot, to: impl Write) -> io::Result<()> {
    let mut out = Output { to, text: META.into() };
    let counts = (snapshot.nodes.len(), snapshot.edges.len());
    let counts = format!("\"node_count\":{},\"edge_count\":{},\"trace_function_count\":0}},\n\"nodes\":[", counts.0, counts.1);
    out.text.extend(counts.bytes());
    let mut edges_start = 0;
    for (index, node) in snapshot.nodes.iter().enumerate() {
        let edges = node.edges_end - std::mem::replace(&mut edges_start, node.edges_end);
        out.row(index == 0, &[node_type(node.kind), node.name, node.id, node.size, edges, 0, 0])?;
    }
    out.text.extend(b"],\n\"edges\":[");
    for (index, edge) in snapshot.edges.iter().enumerate() {
        out.row(index == 0, &[edge_type(edge.kind), edge.label, edge.to * NODE_FIELDS])?;
    }
    let empty = "],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[],\n\"strings\":[";
    out.text.extend(empty.bytes());
    for (index, text) in snapshot.strings.iter().enumerate() {
        out.string(index == 0, text)?;
    }
    out.text.extend(b"]}\n");
    out.flush()?;
    out.to.flush()
}
