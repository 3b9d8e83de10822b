//! Dominators of a graph, and what each node retains: T. Lengauer and R. E. Tarjan, "A fast algorithm for finding dominators
//! in a flowgraph" (1979), in its simple version.

/// No node.
const NONE: u32 = u32::MAX;

/// A graph. Nodes are numbers; the first one is the root.
pub trait Graph {
    /// The number of nodes.
    fn nodes(&self) -> usize;
    /// Calls `visit` for each node that this one leads to.
    fn successors(&self, node: u32, visit: &mut dyn FnMut(u32));
}

/// The nodes that can be reached, numbered in preorder, with their predecessors.
struct Numbering {
    /// The node of each number.
    nodes: Vec<u32>,
    /// The number of each node.
    numbers: Vec<u32>,
    /// Parents in the tree of the search, by number.
    parents: Vec<u32>,
    /// Where the predecessors of each number end in `predecessors`; they begin where those of the one before end.
    ends: Vec<u32>,
    predecessors: Vec<u32>,
}

impl Numbering {
    fn new(graph: &impl Graph) -> Numbering {
        let count = graph.nodes();
        let (mut nodes, mut parents, mut numbers) = (Vec::new(), Vec::new(), vec![NONE; count]);
        let mut stack = vec![(0, 0)];
        while let Some((node, parent)) = stack.pop() {
            if numbers[node as usize] != NONE {
                continue;
            }
            let number = nodes.len() as u32;
            numbers[node as usize] = number;
            nodes.push(node);
            parents.push(parent);
            graph.successors(node, &mut |next| {
                if numbers[next as usize] == NONE {
                    stack.push((next, number));
                }
            });
        }
        let mut ends = vec![0u32; nodes.len() + 1];
        for &node in &nodes {
            graph.successors(node, &mut |next| ends[numbers[next as usize] as usize] += 1);
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut predecessors = vec![0; sum as usize];
        for (number, &node) in nodes.iter().enumerate() {
            graph.successors(node, &mut |next| {
                let end = &mut ends[numbers[next as usize] as usize];
                predecessors[*end as usize] = number as u32;
                *end += 1;
            });
        }
        Numbering { nodes, numbers, parents, ends, predecessors }
    }

    fn predecessors(&self, number: usize) -> &[u32] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.predecessors[start as usize..self.ends[number] as usize]
    }
}

/// The forest in which semidominators are looked for.
struct Forest {
    ancestors: Vec<u32>,
    /// The vertex of least semidominator on the way to the ancestor.
    labels: Vec<u32>,
    semi: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    fn evaluate(&mut self, vertex: u32) -> u32 {
        if self.ancestors[vertex as usize] == NONE {
            return vertex;
        }
        self.compress(vertex);
        self.labels[vertex as usize]
    }

    /// Shortens the way from a vertex to the root of its tree.
    fn compress(&mut self, vertex: u32) {
        let mut at = vertex;
        loop {
            let ancestor = self.ancestors[at as usize];
            if self.ancestors[ancestor as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = ancestor;
        }
        while let Some(at) = self.path.pop() {
            let ancestor = self.ancestors[at as usize] as usize;
            let (label, above) = (self.labels[at as usize], self.labels[ancestor]);
            if self.semi[above as usize] < self.semi[label as usize] {
                self.labels[at as usize] = above;
            }
            self.ancestors[at as usize] = self.ancestors[ancestor];
        }
    }
}

/// The immediate dominators of all numbers but 0.
fn immediate(numbering: &Numbering) -> Vec<u32> {
    let count = numbering.nodes.len();
    let identity: Vec<u32> = (0..count as u32).collect();
    let mut forest = Forest { ancestors: vec![NONE; count], labels: identity.clone(), semi: identity, path: Vec::new() };
    let mut dominators = vec![0; count];
    // Vertices by their semidominator, as linked lists.
    let (mut first, mut next) = (vec![NONE; count], vec![NONE; count]);
    for vertex in (1..count).rev() {
        for &predecessor in numbering.predecessors(vertex) {
            let least = forest.evaluate(predecessor) as usize;
            forest.semi[vertex] = forest.semi[vertex].min(forest.semi[least]);
        }
        let semi = forest.semi[vertex] as usize;
        next[vertex] = std::mem::replace(&mut first[semi], vertex as u32);
        let parent = numbering.parents[vertex];
        forest.ancestors[vertex] = parent;
        let mut at = std::mem::replace(&mut first[parent as usize], NONE);
        while at != NONE {
            let least = forest.evaluate(at);
            let nearer = forest.semi[least as usize] < forest.semi[at as usize];
            dominators[at as usize] = if nearer { least } else { parent };
            at = next[at as usize];
        }
    }
    for vertex in 1..count {
        if dominators[vertex] != forest.semi[vertex] {
            dominators[vertex] = dominators[dominators[vertex] as usize];
        }
    }
    dominators
}

/// What would be freed with each node: the sizes of all that it dominates, itself included. What the root does not lead to
/// retains itself.
pub fn retained(graph: &impl Graph, size: impl Fn(u32) -> u64) -> Vec<u64> {
    let numbering = Numbering::new(graph);
    let dominators = immediate(&numbering);
    let mut retained: Vec<u64> = (0..graph.nodes() as u32).map(size).collect();
    // A dominator has a smaller number.
    for number in (1..numbering.nodes.len()).rev() {
        let (node, dominator) = (numbering.nodes[number], numbering.nodes[dominators[number] as usize]);
        retained[dominator as usize] += retained[node as usize];
    }
    debug_assert!(numbering.numbers.first().is_none_or(|&root| root == 0));
    retained
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Lists(Vec<Vec<u32>>);

    impl Graph for Lists {
        fn nodes(&self) -> usize {
            self.0.len()
        }
        fn successors(&self, node: u32, visit: &mut dyn FnMut(u32)) {
            self.0[node as usize].iter().for_each(|&next| visit(next));
        }
    }

    /// What the root leads to without passing through `without`.
    fn reached(graph: &Lists, without: Option<u32>) -> Vec<bool> {
        let mut seen = vec![false; graph.nodes()];
        let mut stack = vec![0];
        while let Some(node) = stack.pop() {
            if Some(node) != without && !std::mem::replace(&mut seen[node as usize], true) {
                graph.successors(node, &mut |next| stack.push(next));
            }
        }
        seen
    }

    /// By definition: what can be reached only through a node.
    fn retained_by_definition(graph: &Lists) -> Vec<u64> {
        let all = reached(graph, None);
        let mut sizes = Vec::new();
        for node in 0..graph.nodes() {
            let without = reached(graph, Some(node as u32));
            let lost = |other: &usize| all[*other] && !without[*other];
            let sum: u64 = (0..graph.nodes()).filter(lost).map(|other| other as u64 + 1).sum();
            sizes.push(if all[node] { sum } else { node as u64 + 1 });
        }
        sizes
    }

    #[test]
    fn a_diamond_and_a_loop() {
        let graph = Lists(vec![vec![1, 2], vec![3], vec![3], vec![4], vec![3, 5], vec![], vec![0]]);
        assert_eq!(retained(&graph, |node| 10u64.pow(node)), [111_111, 10, 100, 111_000, 110_000, 100_000, 1_000_000]);
    }

    #[test]
    fn random_graphs_agree_with_the_definition() {
        let mut state = 1u64;
        let mut random = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % limit
        };
        for round in 0..500 {
            let count = 2 + random(24);
            let mut lists = vec![Vec::new(); count];
            for _ in 0..count * (1 + round % 3) {
                lists[random(count)].push(random(count) as u32);
            }
            let graph = Lists(lists);
            let found = retained(&graph, |node| u64::from(node) + 1);
            assert_eq!(found, retained_by_definition(&graph), "{:?}", graph.0);
        }
    }

    #[test]
    fn a_long_list_needs_no_stack() {
        let count = 300_000u32;
        let graph = Lists((0..count).map(|node| if node + 1 < count { vec![node + 1, 0] } else { vec![0] }).collect());
        let found = retained(&graph, |_| 1);
        assert_eq!((found[0], found[1], found[count as usize - 1]), (u64::from(count), u64::from(count) - 1, 1));
    }
}
