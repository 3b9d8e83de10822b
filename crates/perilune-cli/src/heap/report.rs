//! What a snapshot comes to, as two short tables: which kinds of objects take most memory, and which objects retain most.

use super::dominators::{Graph, retained};
use perilune_vm::heap::snapshot::{Edge, EdgeKind, NodeKind, Snapshot};
use std::collections::HashMap;
use std::fmt::Write;

/// Rows of each table, unless asked otherwise.
pub const ROWS: usize = 15;
/// References that are shown of the way to an object.
const MOST_STEPS: usize = 6;
/// Characters of a name.
const MOST_NAME: usize = 48;

/// What keeps objects alive.
struct Strong<'a>(&'a Snapshot);

impl Graph for Strong<'_> {
    fn nodes(&self) -> usize {
        self.0.nodes.len()
    }

    fn successors(&self, node: u32, visit: &mut dyn FnMut(u32)) {
        self.0.edges_of(node as usize).iter().filter(|edge| edge.kind != EdgeKind::Weak).for_each(|edge| visit(edge.to));
    }
}

/// The tables, with at most so many rows each.
pub fn report(snapshot: &Snapshot, rows: usize) -> String {
    let objects = snapshot.nodes.iter().filter(|node| node.kind != NodeKind::Synthetic);
    let (count, bytes) = objects.fold((0, 0), |(count, bytes), node| (count + 1, bytes + u64::from(node.size)));
    let mut text = format!("{count} objects, {bytes} bytes\n");
    kinds(snapshot, rows, &mut text);
    biggest(snapshot, rows, &mut text);
    text
}

fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Synthetic => "",
        NodeKind::String => "string",
        NodeKind::Table => "table",
        NodeKind::Function => "function",
        NodeKind::Code => "code",
        NodeKind::Upvalue => "upvalue",
        NodeKind::Coroutine => "thread",
        NodeKind::Userdata => "userdata",
        NodeKind::Number => "integer",
        NodeKind::Shape => "shape",
        NodeKind::Values => "values",
    }
}

/// Whether a program knows such objects.
fn is_visible(kind: NodeKind) -> bool {
    !matches!(kind, NodeKind::Synthetic | NodeKind::Code | NodeKind::Upvalue | NodeKind::Shape | NodeKind::Values)
}

/// A node's kind and, where that says something about others of its kind, its name.
fn class(snapshot: &Snapshot, node: usize) -> (NodeKind, u32) {
    let Some(found) = snapshot.nodes.get(node) else { return (NodeKind::Synthetic, 0) };
    let named = matches!(found.kind, NodeKind::Table | NodeKind::Userdata | NodeKind::Coroutine);
    (found.kind, if named { found.name } else { u32::MAX })
}

fn kinds(snapshot: &Snapshot, rows: usize, text: &mut String) {
    let mut sums: HashMap<(NodeKind, u32), (u64, u64)> = HashMap::new();
    for (number, node) in snapshot.nodes.iter().enumerate().filter(|(_, node)| node.kind != NodeKind::Synthetic) {
        let (count, bytes) = sums.entry(class(snapshot, number)).or_default();
        (*count, *bytes) = (*count + 1, *bytes + u64::from(node.size));
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_unstable_by_key(|&(class, (_, bytes))| (std::cmp::Reverse(bytes), class));
    let _ = writeln!(text, "\n{:>12} {:>14}  kind", "objects", "bytes");
    for ((kind, name), (count, bytes)) in sums.into_iter().take(rows) {
        let name = snapshot.strings.get(name as usize).map_or(String::new(), |name| format!(" {}", shorten(name)));
        let _ = writeln!(text, "{count:>12} {bytes:>14}  {}{name}", kind_name(kind));
    }
}

fn biggest(snapshot: &Snapshot, rows: usize, text: &mut String) {
    let retained = retained(&Strong(snapshot), |node| u64::from(snapshot.nodes[node as usize].size));
    let mut order: Vec<usize> = (0..snapshot.nodes.len()).collect();
    order.retain(|&node| is_visible(snapshot.nodes[node].kind));
    let rows = rows.min(order.len());
    if rows < order.len() {
        order.select_nth_unstable_by_key(rows, |&node| (std::cmp::Reverse(retained[node]), node));
    }
    order.truncate(rows);
    order.sort_unstable_by_key(|&node| (std::cmp::Reverse(retained[node]), node));
    let parents = parents(snapshot);
    let _ = writeln!(text, "\n{:>12} {:>14}  object", "retained", "of its own");
    for node in order {
        let name = format!("{} {}", kind_name(snapshot.nodes[node].kind), shorten(snapshot.name(node)));
        let path = path(snapshot, &parents, node);
        let _ = writeln!(text, "{:>12} {:>14}  {name:24}  {path}", retained[node], snapshot.nodes[node].size);
    }
}

/// A name on one line.
fn shorten(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let mut short: String = name.chars().take(MOST_NAME).map(|c| if c.is_control() { '.' } else { c }).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

/// For each node, the edge by which it is reached first and where that comes from. Only references that keep alive count.
fn parents(snapshot: &Snapshot) -> Vec<Option<(u32, Edge)>> {
    let mut parents = vec![None; snapshot.nodes.len()];
    let mut seen = vec![false; snapshot.nodes.len()];
    let mut queue = std::collections::VecDeque::from([0]);
    seen[0] = true;
    while let Some(node) = queue.pop_front() {
        for edge in snapshot.edges_of(node).iter().filter(|edge| edge.kind != EdgeKind::Weak) {
            let to = edge.to as usize;
            if !std::mem::replace(&mut seen[to], true) {
                parents[to] = Some((node as u32, *edge));
                queue.push_back(to);
            }
        }
    }
    parents
}

/// How the program may come to an object: `_G.cache[3].name`.
fn path(snapshot: &Snapshot, parents: &[Option<(u32, Edge)>], node: usize) -> String {
    let mut steps = Vec::new();
    let mut at = node;
    while let Some((from, edge)) = parents[at] {
        if steps.len() == MOST_STEPS {
            steps.push("…".to_owned());
            break;
        }
        let synthetic = snapshot.nodes[from as usize].kind == NodeKind::Synthetic;
        steps.push(match edge.kind {
            EdgeKind::Element => format!("[{}]", edge.label),
            kind => step(kind, &shorten(&snapshot.strings[edge.label as usize])),
        });
        at = from as usize;
        if synthetic {
            // Of what is no object, the group of roots is all that a reader needs to know.
            steps.extend((from > 0).then(|| shorten(snapshot.name(from as usize))));
            break;
        }
    }
    steps.reverse();
    steps.concat()
}

fn step(kind: EdgeKind, name: &str) -> String {
    let is_word = name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) && !name.is_empty();
    match kind {
        EdgeKind::Internal => format!("<{name}>"),
        EdgeKind::Context => format!("<upvalue {name}>"),
        EdgeKind::Shortcut => name.to_owned(),
        _ if name.starts_with('[') => name.to_owned(),
        _ if is_word => format!(".{name}"),
        _ => format!("[{name:?}]"),
    }
}
