//! Random Lua programs for differential testing: valid, terminating and deterministic.
//!
//! A program is a list of sections, each run under `pcall`, that compute with integers and floats at their boundaries,
//! strings, tables, closures, metatables, coroutines and all statements, and print what they see. Loops have bounds and
//! a budget limits the product of their counts; strings are cut; hash order is never visible. What the manual leaves
//! open (table length with holes, traversal order) is not produced.

mod expr;
mod rng;
mod scope;
mod stmt;
pub mod tree;

use rng::Rng;
use scope::Scope;
use tree::Node;

const PRELUDE: &str = include_str!("prelude.lua");
const EPILOGUE: &str = "out(G1, G2, G3)\nio.write(table.concat(lines, \"\\n\"), \"\\n\")\n";

/// Statements that a program executes at most, about.
const BUDGET: usize = 12_000;

/// A generated program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its statements, without the helpers before and after them.
    pub body: Vec<Node>,
}

impl Program {
    /// The program's source text.
    pub fn source(&self) -> String {
        format!("{PRELUDE}\n{}{EPILOGUE}", tree::render(&self.body))
    }
}

struct Generator {
    rng: Rng,
    names: usize,
    budget: usize,
}

impl Generator {
    /// A name that occurs nowhere else in the program.
    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn spend(&mut self, cost: usize) {
        self.budget = self.budget.saturating_sub(cost);
    }
}

/// Generates the program of a seed.
pub fn generate(seed: u64) -> Program {
    let mut generator = Generator { rng: Rng::new(seed), names: 0, budget: BUDGET };
    let mut scope = Scope { times: 1, ..Scope::default() };
    let mut body = Vec::new();
    for _ in 0..generator.rng.below(4) {
        generator.local_function(&mut scope, &mut body);
    }
    let sections = 1 + generator.rng.below(4);
    for section in 0..sections {
        generator.budget = generator.budget.max(BUDGET / 4);
        let statements = 3 + generator.rng.below(10);
        let mut inner = scope.function();
        let nodes = generator.block(&mut inner, statements);
        body.push(Node::block(format!("section(\"s{section}\", function()"), nodes, "end)"));
    }
    Program { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_programs() {
        assert_eq!(generate(7).source(), generate(7).source());
        assert_ne!(generate(7).source(), generate(8).source());
    }
}
