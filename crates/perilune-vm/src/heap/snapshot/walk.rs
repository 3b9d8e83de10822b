//! The walk over all that is reachable, breadth first.

use super::names::{self, ByAddress, Names};
use super::{Edge, EdgeKind, Node, NodeKind, Snapshot};
use crate::debug::running;
use crate::function::{LuaClosure, NativeClosure, Upvalue};
use crate::global::{EVENT_NAMES, Global};
use crate::heap::block::{Block, GRANULE};
use crate::heap::mark::{Strength, strength};
use crate::object::{Header, Kind, Values, WideInt};
use crate::proto::{Proto, ProtoRef};
use crate::shape::{Shape, ShapeRef};
use crate::string::{Str, StrObject};
use crate::table::{Table, TableObject};
use crate::thread::{Thread, ThreadRef};
use crate::userdata::Userdata;
use crate::value::{Type, Value};
use perilune_front::variables::local_name;
use std::ptr::NonNull;

/// The ids of nodes that are no objects are the odd numbers from 1 on; those of objects are beyond.
const FIRST_ID: u32 = 1;

impl Global {
    /// A picture of all that is alive, after a full collection if collections are allowed now. `held` are values that are to be
    /// seen as roots, with names. As [`Global::full_collect`].
    pub fn heap_snapshot(&mut self, held: &[(Vec<u8>, Value)]) -> Snapshot {
        held.iter().for_each(|&(_, value)| self.pin(value));
        self.full_collect();
        held.iter().for_each(|&(_, value)| self.unpin(value));
        Walk::new(self).run(held)
    }
}

/// Types of which all values have one metatable.
const TYPES: [Type; 7] =
    [Type::Nil, Type::Boolean, Type::LightUserdata, Type::Number, Type::String, Type::Function, Type::Thread];

/// A walk in progress. The nodes that were made are the queue.
struct Walk<'a> {
    g: &'a Global,
    /// The cell of each node, if it is an object.
    cells: Vec<Option<NonNull<Header>>>,
    numbers: ByAddress,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Edges that come from other nodes than the one that is looked at, by those.
    aside: Vec<(u32, Edge)>,
    names: Names,
}

impl<'a> Walk<'a> {
    fn new(g: &'a Global) -> Walk<'a> {
        Walk {
            g,
            cells: Vec::new(),
            numbers: ByAddress::default(),
            nodes: Vec::new(),
            edges: Vec::new(),
            aside: Vec::new(),
            names: Names::default(),
        }
    }

    fn run(mut self, held: &[(Vec<u8>, Value)]) -> Snapshot {
        self.roots(held);
        let mut at = self.nodes.iter().position(|node| node.kind != NodeKind::Synthetic).unwrap_or(self.nodes.len());
        debug_assert!(self.nodes[at..].iter().all(|node| node.kind != NodeKind::Synthetic));
        while let Some(&cell) = self.cells.get(at) {
            if let Some(cell) = cell {
                self.visit(cell);
            }
            self.nodes[at].edges_end = self.edges.len() as u32;
            at += 1;
        }
        let Walk { nodes, edges, aside, mut names, .. } = self;
        let mut snapshot = Snapshot { nodes, edges, strings: Vec::new() };
        merge(&mut snapshot, aside);
        names::name_functions(&mut snapshot, &mut names);
        snapshot.strings = names.into_strings();
        snapshot
    }

    // ---- roots ----

    /// Makes the nodes that are no objects, which come first, and their edges.
    fn roots(&mut self, held: &[(Vec<u8>, Value)]) {
        let g = self.g;
        let groups = self.groups(held);
        for name in ["", "(GC roots)"].into_iter().chain(groups.iter().map(|&(name, _)| name)) {
            self.synthetic(name);
        }
        self.property(EdgeKind::Shortcut, b"_G", g.globals.cell());
        self.push(EdgeKind::Element, 1, 1);
        self.nodes[0].edges_end = self.edges.len() as u32;
        for number in 0..groups.len() as u32 {
            self.push(EdgeKind::Element, number + 1, number + 2);
        }
        self.nodes[1].edges_end = self.edges.len() as u32;
        for (number, (_, members)) in groups.iter().enumerate() {
            for (name, cell) in members {
                self.property(EdgeKind::Property, name, *cell);
            }
            self.nodes[number + 2].edges_end = self.edges.len() as u32;
        }
    }

    /// What is alive by itself, as [`crate::heap::roots`] has it.
    fn groups(&self, held: &[(Vec<u8>, Value)]) -> Vec<Group> {
        let g = self.g;
        let object = |value: Value| value.header();
        let numbered = |values: &mut dyn Iterator<Item = Value>| -> Members {
            values.filter_map(object).enumerate().map(|(at, cell)| (format!("[{}]", at + 1).into_bytes(), cell)).collect()
        };
        let types = TYPES
            .iter()
            .filter_map(|&kind| g.type_meta[kind as usize].map(|meta| (kind.name().as_bytes().to_vec(), meta.cell())));
        let names = EVENT_NAMES.iter().zip(g.event_names).map(|(name, text)| (name.as_bytes().to_vec(), text.cell()));
        let shapes = [("root", g.root_shape), ("dictionary", g.dictionary_shape), ("string", g.string_shape)];
        let held = held.iter().filter_map(|(name, value)| Some((name.clone(), object(*value)?)));
        vec![
            ("(registry)", vec![(b"registry".to_vec(), g.registry.cell())]),
            ("(threads)", vec![(b"main".to_vec(), g.main.cell()), (b"running".to_vec(), g.running.cell())]),
            ("(variables of the main chunk)", held.collect()),
            ("(metatables of types)", types.collect()),
            ("(held by the host)", numbered(&mut g.pinned.iter().copied().chain([g.error]))),
            ("(waiting for finalizers)", numbered(&mut g.gc.finalizing.iter().flatten().copied())),
            ("(native stack)", self.native_stack()),
            ("(names of metamethods)", names.chain([(b"memory".to_vec(), g.memory_message.cell())]).collect()),
            ("(shapes)", shapes.into_iter().map(|(name, shape)| (name.as_bytes().to_vec(), shape.cell())).collect()),
        ]
    }

    /// What native functions may hold that have called back.
    fn native_stack(&self) -> Members {
        let mut members = Vec::new();
        for &(low, high) in &self.g.running.get().native_segments {
            self.ambiguous(low, high, &mut members);
        }
        members.sort_unstable_by_key(|&(_, cell)| cell);
        members.dedup_by_key(|&mut (_, cell)| cell);
        members
    }

    fn ambiguous(&self, low: usize, high: usize, members: &mut Members) {
        for at in ((low & !7)..high.saturating_sub(7)).step_by(8) {
            // SAFETY: a range of a native stack, as the collector scans it.
            let word = unsafe { (at as *const u64).read_volatile() };
            members.extend(self.g.heap.find_cell(word).map(|cell| (b"word".to_vec(), cell)));
        }
    }

    fn synthetic(&mut self, name: &str) {
        let id = FIRST_ID + 2 * self.nodes.len() as u32;
        let name = self.names.number(name.as_bytes());
        self.nodes.push(Node { kind: NodeKind::Synthetic, name, id, size: 0, edges_end: 0 });
        self.cells.push(None);
    }

    // ---- edges ----

    fn push(&mut self, kind: EdgeKind, label: u32, to: u32) {
        self.edges.push(Edge { kind, label, to });
    }

    fn property(&mut self, kind: EdgeKind, name: &[u8], cell: NonNull<Header>) {
        let label = self.names.number(name);
        let to = self.number(cell);
        self.push(kind, label, to);
    }

    fn named(&mut self, kind: EdgeKind, name: &[u8], value: Value) {
        if let Some(cell) = value.header() {
            self.property(kind, name, cell);
        }
    }

    fn element(&mut self, kind: EdgeKind, index: usize, value: Value) {
        let Some(cell) = value.header() else { return };
        match u32::try_from(index) {
            Ok(label) if kind.has_index() => {
                let to = self.number(cell);
                self.push(kind, label, to);
            }
            _ => self.property(kind, format!("[{index}]").as_bytes(), cell),
        }
    }

    /// The number of a cell's node.
    fn number(&mut self, cell: NonNull<Header>) -> u32 {
        let number = self.nodes.len() as u32;
        match self.numbers.entry(cell.as_ptr() as usize) {
            std::collections::hash_map::Entry::Occupied(entry) => return *entry.get(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(number),
        };
        let (kind, name, size) = self.describe(cell);
        // Cells never stand in the first bytes of the address range, so these numbers are beyond those of other nodes.
        let granule = (cell.as_ptr() as usize - self.g.heap.region.base()) / GRANULE;
        let id = (granule as u32) << 1 | 1;
        self.nodes.push(Node { kind, name, id, size: size.try_into().unwrap_or(u32::MAX), edges_end: 0 });
        self.cells.push(Some(cell));
        number
    }

    // ---- nodes ----

    fn describe(&mut self, cell: NonNull<Header>) -> (NodeKind, u32, usize) {
        let (g, size) = (self.g, cell_size(cell));
        // SAFETY: a live cell's header names the type that follows.
        unsafe {
            match cell.as_ref().kind() {
                Kind::String => (NodeKind::String, self.names.of_str(Str(cell.cast::<StrObject>())), size),
                Kind::Table => {
                    let table = Table(cell.cast::<TableObject>());
                    let storage = [table.slot_storage(), table.array_storage()];
                    let more: usize = storage.into_iter().flatten().map(cell_size).sum();
                    (NodeKind::Table, self.names.of_table(g, table), size + more)
                }
                Kind::LuaClosure => {
                    let proto = cell.cast::<LuaClosure>().as_ref().proto.get();
                    let place = names::place(proto);
                    let text = if proto.plan.line_defined == 0 {
                        [b"main chunk (", &place[..], b")"]
                    } else {
                        [b"(", &place[..], b")"]
                    };
                    (NodeKind::Function, self.names.number(&text.concat()), size)
                }
                Kind::NativeClosure => (NodeKind::Function, self.names.number(b"(native)"), size),
                Kind::Userdata => {
                    let userdata = Userdata(cell.cast());
                    let more = size_of_val(&*userdata.get_mut().user_values) + size_of_val(&*userdata.get_mut().data);
                    (NodeKind::Userdata, self.names.of_userdata(g, userdata), size + more)
                }
                Kind::Thread => {
                    let thread = ThreadRef(cell.cast::<Thread>());
                    let more = thread.get().external_bytes() + thread.get().native_bytes();
                    (NodeKind::Coroutine, self.names.of_thread(g, thread), size + more)
                }
                Kind::WideInt => {
                    let text = cell.cast::<WideInt>().as_ref().value.to_string();
                    (NodeKind::Number, self.names.number(text.as_bytes()), size)
                }
                Kind::Upvalue => (NodeKind::Upvalue, self.names.number(b"(upvalue)"), size),
                Kind::Proto => {
                    let proto = cell.cast::<Proto>().as_ref();
                    let name = [b"code (", &names::place(proto)[..], b")"].concat();
                    (NodeKind::Code, self.names.number(&name), size + proto.external_bytes())
                }
                Kind::Shape => (NodeKind::Shape, self.names.of_shape(ShapeRef(cell.cast::<Shape>())), size),
                Kind::Values => (NodeKind::Values, self.names.number(b"(values)"), size),
                Kind::Free => crate::heap::mark::dangling(cell),
            }
        }
    }

    /// Adds the edges of an object.
    fn visit(&mut self, cell: NonNull<Header>) {
        // SAFETY: a live cell's header names the type that follows.
        unsafe {
            match cell.as_ref().kind() {
                Kind::Table => self.visit_table(Table(cell.cast::<TableObject>())),
                Kind::LuaClosure => self.visit_closure(cell.cast()),
                Kind::NativeClosure => {
                    for (index, &value) in NativeClosure::upvalues(cell.cast()).iter().enumerate() {
                        self.named(EdgeKind::Context, format!("[{}]", index + 1).as_bytes(), value);
                    }
                }
                Kind::Userdata => self.visit_userdata(Userdata(cell.cast())),
                Kind::Thread => self.visit_thread(ThreadRef(cell.cast::<Thread>())),
                Kind::Upvalue => self.named(EdgeKind::Internal, b"value", *cell.cast::<Upvalue>().as_ref().place),
                Kind::Proto => {
                    let mut parts = Vec::new();
                    ProtoRef(cell.cast::<Proto>()).trace(&mut |part| parts.push(part));
                    parts.into_iter().for_each(|part| self.property(EdgeKind::Internal, b"constant", part));
                }
                Kind::Shape => {
                    let mut parts = Vec::new();
                    ShapeRef(cell.cast::<Shape>()).trace(&mut |part| parts.push(part));
                    parts.into_iter().for_each(|part| self.property(EdgeKind::Internal, b"part", part));
                }
                Kind::Values => {
                    let values: NonNull<Values> = cell.cast();
                    let values = std::slice::from_raw_parts(Values::data(values), values.as_ref().capacity);
                    values.iter().enumerate().for_each(|(at, &value)| self.element(EdgeKind::Element, at, value));
                }
                Kind::String | Kind::WideInt | Kind::Free => {}
            }
        }
    }

    fn visit_closure(&mut self, closure: NonNull<LuaClosure>) {
        // SAFETY: the closure is alive.
        let proto = unsafe { closure.as_ref() }.proto;
        self.property(EdgeKind::Internal, b"code", proto.0.cast());
        for index in 0..LuaClosure::upvalue_count(closure) {
            let name = proto.get().plan.upvalues.get(index).and_then(|upvalue| upvalue.name.clone());
            let name = name.unwrap_or_else(|| format!("[{}]", index + 1).into_bytes().into());
            let upvalue = LuaClosure::upvalue(closure, index);
            let from = self.number(upvalue.0.cast());
            let label = self.names.number(&name);
            self.push(EdgeKind::Context, label, from);
        }
    }

    fn visit_userdata(&mut self, userdata: Userdata) {
        if let Some(meta) = userdata.meta() {
            self.property(EdgeKind::Internal, b"metatable", meta.cell());
        }
        for (index, &value) in userdata.get_mut().user_values.iter().enumerate() {
            self.named(EdgeKind::Internal, format!("user value {}", index + 1).as_bytes(), value);
        }
    }

    fn visit_table(&mut self, table: Table) {
        let strength = strength(self.g, table);
        self.property(EdgeKind::Internal, b"shape", table.get_ref().shape.cell());
        if let Some(meta) = table.own_meta() {
            self.property(EdgeKind::Internal, b"metatable", meta.cell());
        }
        let weak_values = matches!(strength, Strength::WeakValues | Strength::Weak);
        let (elements, fields) =
            if weak_values { (EdgeKind::Weak, EdgeKind::Weak) } else { (EdgeKind::Element, EdgeKind::Property) };
        for (index, &value) in table.array().iter().enumerate() {
            self.element(elements, index + 1, value);
        }
        let shape = table.get_ref().shape;
        for (slot, &value) in table.shared_slots().iter().enumerate() {
            if shape.get().own_meta_slot == Some(slot as u32) {
                continue;
            }
            if let Some(cell) = value.header() {
                let label = self.names.of_str(shape.keys()[slot]);
                let to = self.number(cell);
                self.push(fields, label, to);
            }
        }
        for &[key, value] in table.entries().iter().filter(|entry| !entry[1].is_nil()) {
            self.visit_entry(strength, [key, value], elements, fields);
        }
    }

    fn visit_entry(&mut self, strength: Strength, entry: [Value; 2], elements: EdgeKind, fields: EdgeKind) {
        let [key, value] = entry;
        if let Some(cell) = key.header() {
            let weak = key.as_str().is_none() && matches!(strength, Strength::Ephemeron | Strength::Weak);
            self.property(if weak { EdgeKind::Weak } else { EdgeKind::Internal }, b"key", cell);
            if strength == Strength::Ephemeron
                && let Some(target) = value.header()
            {
                // The table and the key keep it alive together: each of them counts.
                let edge = Edge {
                    kind: EdgeKind::Internal,
                    label: self.names.number(b"value in weak table"),
                    to: self.number(target),
                };
                let from = self.number(cell);
                self.aside.push((from, edge));
            }
        }
        match key.as_int() {
            Some(int @ 0..) => self.element(elements, int as usize, value),
            _ => match key.as_str() {
                Some(text) => {
                    if let Some(cell) = value.header() {
                        let label = self.names.of_str(text);
                        let to = self.number(cell);
                        self.push(fields, label, to);
                    }
                }
                None => self.named(fields, &names::key_text(key), value),
            },
        }
    }

    // ---- threads ----

    fn visit_thread(&mut self, thread: ThreadRef) {
        let t = thread.get();
        let variables = variables(t);
        let mut variables = variables.iter().peekable();
        let (mut at, end) = (t.stack, t.live_end());
        while at < end {
            while variables.next_if(|&&(place, _)| place < at).is_some() {}
            let name = variables.peek().filter(|&&&(place, _)| place == at).map_or(&b"(stack)"[..], |(_, name)| name);
            // SAFETY: below the stack's end.
            unsafe {
                self.named(if name[0] == b'(' { EdgeKind::Internal } else { EdgeKind::Property }, name, *at);
                at = at.add(1);
            }
        }
        self.named(EdgeKind::Internal, b"hook", t.hook.function);
        if let Some(resumer) = t.resumer {
            self.property(EdgeKind::Internal, b"resumed by", resumer.cell());
        }
        let mut upvalue = t.open_upvalues;
        while let Some(open) = upvalue {
            self.property(EdgeKind::Internal, b"open upvalue", open.0.cast());
            // SAFETY: open upvalues are live.
            upvalue = unsafe { open.0.as_ref() }.next_open;
        }
        let mut members = Vec::new();
        if t.native_top != 0 {
            let ambiguous = t.ambiguous_native_stack();
            self.ambiguous(ambiguous.start, ambiguous.end, &mut members);
            t.native_segments.iter().for_each(|&(low, high)| self.ambiguous(low, high, &mut members));
        }
        members.into_iter().for_each(|(_, cell)| self.property(EdgeKind::Internal, b"native stack", cell));
    }
}

/// Roots of one kind: names and cells.
type Members = Vec<(Vec<u8>, NonNull<Header>)>;
type Group = (&'static str, Members);

/// The places of the local variables of functions that a thread runs, in their order, with their names.
fn variables(t: &Thread) -> Vec<(*mut Value, Vec<u8>)> {
    let mut found = Vec::new();
    let mut frame = t.frame;
    while frame != t.base_frame {
        // SAFETY: `frame` and the frames before it, up to the base frame, are nodes in use.
        let node = unsafe { &*frame };
        if node.is_lua() {
            let (proto, pc) = running(node);
            for register in 0..proto.registers {
                if let Some(name) = local_name(&proto.plan, pc, register) {
                    found.push((node.base().wrapping_add(register as usize), name.to_vec()));
                }
            }
        }
        frame = node.prev;
    }
    found.sort_by_key(|&(place, _)| place);
    found
}

/// Bytes of a cell.
fn cell_size(cell: NonNull<Header>) -> usize {
    Block::of(cell).header().cell_size
}

/// Puts edges that were found apart to those of their nodes.
fn merge(snapshot: &mut Snapshot, mut aside: Vec<(u32, Edge)>) {
    if aside.is_empty() {
        return;
    }
    aside.sort_by_key(|&(from, _)| from);
    let old = std::mem::take(&mut snapshot.edges);
    let (mut aside, mut start) = (aside.into_iter().peekable(), 0);
    for (number, node) in snapshot.nodes.iter_mut().enumerate() {
        let end = std::mem::take(&mut node.edges_end) as usize;
        snapshot.edges.extend_from_slice(&old[start..end]);
        while let Some((_, edge)) = aside.next_if(|&(from, _)| from as usize == number) {
            snapshot.edges.push(edge);
        }
        node.edges_end = snapshot.edges.len() as u32;
        start = end;
    }
}
