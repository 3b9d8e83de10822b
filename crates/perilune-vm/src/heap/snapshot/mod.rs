//! A picture of the heap: objects, what refers to what and under which name. For tools; nothing here knows of a file.
//!
//! [`walk`] makes it, beginning with the roots, [`names`] finds names for objects.

mod names;
mod walk;

/// A picture of the heap.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The first one is the root, which refers to the global table and to a node for all other roots. The others come in the
    /// order of their distance from the root.
    pub nodes: Vec<Node>,
    /// By the nodes that they come from.
    pub edges: Vec<Edge>,
    /// What names are numbers of.
    pub strings: Vec<Box<[u8]>>,
}

/// An object, or something that stands for several.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Number of its name.
    pub name: u32,
    /// Odd, and the same in all pictures of one run.
    pub id: u32,
    /// Its bytes, with what it alone owns outside the heap.
    pub size: u32,
    /// The end of its edges. They begin where those of the node before end.
    pub edges_end: u32,
}

/// A reference.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// What it is.
    pub kind: EdgeKind,
    /// Number of a string, or an index, see [`EdgeKind::has_index`].
    pub label: u32,
    /// Number of the node that it leads to.
    pub to: u32,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum NodeKind {
    /// No object.
    Synthetic,
    String,
    Table,
    Function,
    Code,
    Upvalue,
    Coroutine,
    Userdata,
    /// An integer beyond 48 bits.
    Number,
    Shape,
    /// Values of a table that is gone, which running native code still uses.
    Values,
}

/// What an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// An upvalue, with its name.
    Context,
    /// An element of a table, with its index.
    Element,
    /// A field, with its name.
    Property,
    /// Something that a program does not see.
    Internal,
    /// An entry of the root: as a field, but of no object.
    Shortcut,
    /// It does not keep what it leads to alive.
    Weak,
}

impl EdgeKind {
    /// Whether the label of such an edge is an index and no name.
    #[must_use]
    pub fn has_index(self) -> bool {
        self == EdgeKind::Element
    }
}

impl Snapshot {
    /// The edges of a node.
    #[must_use]
    pub fn edges_of(&self, node: usize) -> &[Edge] {
        let start = node.checked_sub(1).map_or(0, |before| self.nodes[before].edges_end);
        &self.edges[start as usize..self.nodes[node].edges_end as usize]
    }

    /// A node's name.
    #[must_use]
    pub fn name(&self, node: usize) -> &[u8] {
        &self.strings[self.nodes[node].name as usize]
    }
}
