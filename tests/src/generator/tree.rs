//! Programs as trees of lines, so that the minimiser can take parts out and leave something that still compiles.

/// A statement: one line, or blocks between lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A statement without inner blocks.
    Line(String),
    /// A statement with blocks, as `if … then … else … end`.
    Block {
        /// The blocks, each with the line that opens it.
        sections: Vec<Section>,
        /// The line that closes the last one.
        close: String,
    },
}

/// A block and the line before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Opening line, such as `else`.
    pub head: String,
    /// Statements.
    pub body: Vec<Node>,
}

impl Node {
    /// A leaf.
    pub fn line(text: impl Into<String>) -> Self {
        Self::Line(text.into())
    }

    /// A statement with a single block.
    pub fn block(head: impl Into<String>, body: Vec<Node>, close: impl Into<String>) -> Self {
        Self::Block { sections: vec![Section { head: head.into(), body }], close: close.into() }
    }
}

/// Source text of a list of statements, indented by two blanks per level.
pub fn render(nodes: &[Node]) -> String {
    let mut text = String::new();
    render_into(nodes, 0, &mut text);
    text
}

fn render_into(nodes: &[Node], depth: usize, text: &mut String) {
    let push = |depth: usize, line: &str, text: &mut String| {
        text.push_str(&"  ".repeat(depth));
        text.push_str(line);
        text.push('\n');
    };
    for node in nodes {
        match node {
            Node::Line(line) => push(depth, line, text),
            Node::Block { sections, close } => {
                for section in sections {
                    push(depth, &section.head, text);
                    render_into(&section.body, depth + 1, text);
                }
                push(depth, close, text);
            }
        }
    }
}

/// Number of statements.
pub fn size(nodes: &[Node]) -> usize {
    nodes.iter().map(node_size).sum()
}

fn node_size(node: &Node) -> usize {
    match node {
        Node::Line(_) => 1,
        Node::Block { sections, .. } => 1 + sections.iter().map(|s| size(&s.body)).sum::<usize>(),
    }
}

/// A copy without the statement with the given number, counted in preorder from 0.
/// With `keep_inside` the statements within it take its place.
pub fn without(nodes: &[Node], number: usize, keep_inside: bool) -> Vec<Node> {
    let mut next = 0;
    remove(nodes, number, keep_inside, &mut next)
}

fn remove(nodes: &[Node], number: usize, keep_inside: bool, next: &mut usize) -> Vec<Node> {
    let mut kept = Vec::new();
    for node in nodes {
        let here = *next;
        *next += 1;
        match node {
            _ if here == number && !keep_inside => *next += node_size(node) - 1,
            Node::Line(_) => kept.push(node.clone()),
            Node::Block { sections, close } => {
                let inner =
                    sections.iter().map(|s| Section { head: s.head.clone(), body: remove(&s.body, number, keep_inside, next) });
                if here == number {
                    kept.extend(inner.flat_map(|s| s.body));
                } else {
                    kept.push(Node::Block { sections: inner.collect(), close: close.clone() });
                }
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Node> {
        vec![Node::line("a()"), Node::block("do", vec![Node::line("b()"), Node::line("c()")], "end"), Node::line("d()")]
    }

    #[test]
    fn renders_with_indentation() {
        assert_eq!(render(&sample()), "a()\ndo\n  b()\n  c()\nend\nd()\n");
        assert_eq!(size(&sample()), 5);
    }

    #[test]
    fn removes_by_preorder_number() {
        assert_eq!(render(&without(&sample(), 0, false)), "do\n  b()\n  c()\nend\nd()\n");
        assert_eq!(render(&without(&sample(), 1, false)), "a()\nd()\n");
        assert_eq!(render(&without(&sample(), 1, true)), "a()\nb()\nc()\nd()\n");
        assert_eq!(render(&without(&sample(), 3, false)), "a()\ndo\n  b()\nend\nd()\n");
        assert_eq!(render(&without(&sample(), 4, false)), "a()\ndo\n  b()\n  c()\nend\n");
    }
}
