//! Dominators, by the algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm").

use crate::ir::{Block, Func};

/// The dominator tree of a function.
pub struct Dominators {
    /// The immediate dominator of each block.
    parent: Vec<Option<Block>>,
    /// Position of each block in the order.
    position: Vec<usize>,
    /// By block: its number in a walk over the tree from parents to children, and the number behind those that it dominates.
    spans: Vec<(u32, u32)>,
}

impl Dominators {
    /// Computes the tree. `order` is [`Func::order`].
    #[must_use]
    pub fn of(func: &Func, order: &[Block]) -> Dominators {
        let mut position = vec![usize::MAX; func.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            position[block.0 as usize] = index;
        }
        let mut predecessors: Vec<Vec<Block>> = vec![Vec::new(); func.blocks.len()];
        for &block in order {
            for to in func.data(block).end.successors() {
                predecessors[to.0 as usize].push(block);
            }
        }
        let mut tree = Dominators { parent: vec![None; func.blocks.len()], position, spans: Vec::new() };
        tree.parent[order[0].0 as usize] = Some(order[0]);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &order[1..] {
                let known =
                    predecessors[block.0 as usize].iter().copied().filter(|pred| tree.parent[pred.0 as usize].is_some());
                let parent = known.reduce(|a, b| tree.meet(a, b));
                if tree.parent[block.0 as usize] != parent {
                    tree.parent[block.0 as usize] = parent;
                    changed = true;
                }
            }
        }
        tree.number(order);
        tree
    }

    fn number(&mut self, order: &[Block]) {
        self.spans = vec![(u32::MAX, 0); self.parent.len()];
        let mut sizes = vec![1; self.parent.len()];
        for &block in order[1..].iter().rev() {
            sizes[self.parent(block).0 as usize] += sizes[block.0 as usize];
        }
        // What the next child of each block gets.
        let mut next = vec![1; self.parent.len()];
        for &block in order {
            let parent = self.parent(block);
            let first = if block == parent { 0 } else { next[parent.0 as usize] };
            next[parent.0 as usize] += sizes[block.0 as usize];
            next[block.0 as usize] = first + 1;
            self.spans[block.0 as usize] = (first, first + sizes[block.0 as usize]);
        }
    }

    fn meet(&self, mut a: Block, mut b: Block) -> Block {
        while a != b {
            if self.position[a.0 as usize] > self.position[b.0 as usize] {
                a = self.parent[a.0 as usize].expect("a block in order has a dominator");
            } else {
                b = self.parent[b.0 as usize].expect("a block in order has a dominator");
            }
        }
        a
    }

    /// The immediate dominator; of the entry itself.
    #[must_use]
    pub fn parent(&self, block: Block) -> Block {
        self.parent[block.0 as usize].unwrap_or(block)
    }

    /// Whether every way to `b` leads through `a`.
    #[must_use]
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let ((first, end), (number, _)) = (self.spans[a.0 as usize], self.spans[b.0 as usize]);
        a == b || first <= number && number < end
    }
}
