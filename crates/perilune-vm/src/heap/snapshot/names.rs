//! Names of objects: functions with the place of their source, tables by their class or their fields.

use super::{EdgeKind, NodeKind, Snapshot};
use crate::global::Global;
use crate::proto::Proto;
use crate::shape::{Mode, ShapeRef};
use crate::string::Str;
use crate::table::Table;
use crate::thread::{Status, ThreadRef};
use crate::userdata::Userdata;
use crate::value::Value;
use perilune_front::error::chunk_id;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes of a string that are shown.
const MOST_TEXT: usize = 200;
/// Bytes of the names of fields that stand for a table's class.
const MOST_FIELDS: usize = 60;

/// Hashes addresses: a multiplication spreads them.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("addresses are hashed as numbers");
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}

/// A map of addresses.
pub(super) type ByAddress = HashMap<usize, u32, BuildHasherDefault<AddressHasher>>;

/// The strings of a snapshot, each of them once.
#[derive(Default)]
pub(super) struct Names {
    strings: Vec<Box<[u8]>>,
    known: HashMap<Box<[u8]>, u32>,
    /// Strings and shapes of the heap that have been asked for.
    cells: ByAddress,
}

impl Names {
    /// The number of a string.
    pub(super) fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(&number) = self.known.get(text) {
            return number;
        }
        let number = self.strings.len() as u32;
        self.strings.push(text.into());
        self.known.insert(text.into(), number);
        number
    }

    /// The number of a string of the heap, which is cut if it is long.
    pub(super) fn of_str(&mut self, string: Str) -> u32 {
        let address = string.cell().as_ptr() as usize;
        if let Some(&number) = self.cells.get(&address) {
            return number;
        }
        let text = string.bytes();
        let number = match text.get(..MOST_TEXT) {
            Some(start) if text.len() > MOST_TEXT => self.number(&[start, "…".as_bytes()].concat()),
            _ => self.number(text),
        };
        self.cells.insert(address, number);
        number
    }

    /// What a table is known by: the name in its metatable, or what it consists of.
    pub(super) fn of_table(&mut self, g: &Global, table: Table) -> u32 {
        if let Some(name) = class_name(g, table.meta()) {
            return self.of_str(name);
        }
        let object = table.get_ref();
        let shape = object.shape;
        match shape.get().mode {
            Mode::Shared if shape.get().count > 0 => self.of_shape(shape),
            Mode::Shared if object.array_len > 0 => self.number(b"array"),
            Mode::Shared => self.number(b"{}"),
            _ if table.entries().is_empty() => self.number(if object.array_len > 0 { b"array" } else { b"{}" }),
            _ => self.number(b"dictionary"),
        }
    }

    /// The fields of a shape.
    pub(super) fn of_shape(&mut self, shape: ShapeRef) -> u32 {
        let address = shape.cell().as_ptr() as usize;
        if let Some(&number) = self.cells.get(&address) {
            return number;
        }
        let mut text = vec![b'{'];
        let hidden = shape.get().own_meta_slot.map(|slot| slot as usize);
        for (index, key) in shape.keys().iter().enumerate().filter(|(index, _)| Some(*index) != hidden) {
            if index > 0 {
                text.extend(b", ");
            }
            if text.len() + key.len() > MOST_FIELDS {
                text.extend("…".as_bytes());
                break;
            }
            text.extend(key.bytes());
        }
        text.push(b'}');
        let number = self.number(&text);
        self.cells.insert(address, number);
        number
    }

    pub(super) fn of_userdata(&mut self, g: &Global, userdata: Userdata) -> u32 {
        match class_name(g, userdata.meta()) {
            Some(name) => self.of_str(name),
            None => self.number(b"userdata"),
        }
    }

    pub(super) fn of_thread(&mut self, g: &Global, thread: ThreadRef) -> u32 {
        let t = thread.get();
        if thread == g.main {
            return self.number(b"main thread");
        }
        let status = match t.status {
            Status::Running => "running",
            Status::Normal => "normal",
            Status::Suspended => "suspended",
            Status::Dead | Status::Failed => "dead",
        };
        self.number(format!("coroutine ({status})").as_bytes())
    }

    pub(super) fn into_strings(self) -> Vec<Box<[u8]>> {
        self.strings
    }
}

/// The field `__name` of a metatable.
fn class_name(g: &Global, meta: Option<Table>) -> Option<Str> {
    g.metamethod_of(meta?, crate::global::Event::Name).as_str()
}

/// Where a function stands: `file.lua:12`.
pub(super) fn place(proto: &Proto) -> Vec<u8> {
    let mut text = match &proto.plan.source {
        Some(source) => chunk_id(source),
        None => b"?".to_vec(),
    };
    if proto.plan.line_defined > 0 {
        text.extend(format!(":{}", proto.plan.line_defined).as_bytes());
    }
    text
}

/// What the name of a field with this key is.
pub(super) fn key_text(key: Value) -> Vec<u8> {
    if let Some(text) = key.as_str() {
        return text.bytes()[..text.len().min(MOST_TEXT)].to_vec();
    }
    if let Some(int) = key.as_int() {
        return format!("[{int}]").into_bytes();
    }
    if let Some(float) = key.as_float() {
        return format!("[{float}]").into_bytes();
    }
    match key {
        Value::TRUE => b"[true]".to_vec(),
        Value::FALSE => b"[false]".to_vec(),
        _ => format!("[{}]", key.type_of().name()).into_bytes(),
    }
}

/// Puts the name of the field, variable or upvalue by which a function was found first before the place of its source.
pub(super) fn name_functions(snapshot: &mut Snapshot, names: &mut Names) {
    let mut named = vec![false; snapshot.nodes.len()];
    for edge in &snapshot.edges {
        let to = edge.to as usize;
        let gives_name = matches!(edge.kind, EdgeKind::Property | EdgeKind::Context | EdgeKind::Shortcut);
        if !gives_name || snapshot.nodes[to].kind != NodeKind::Function || named[to] {
            continue;
        }
        let label = &names.strings[edge.label as usize];
        // A name in brackets is a key that is no string; one in parentheses is not a variable's.
        if label.starts_with(b"[") || label.starts_with(b"(") {
            continue;
        }
        named[to] = true;
        let place = &names.strings[snapshot.nodes[to].name as usize];
        let name = [label, &b" "[..], place].concat();
        snapshot.nodes[to].name = names.number(&name);
    }
}
