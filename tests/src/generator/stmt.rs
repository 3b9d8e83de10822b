//! Random statements: declarations, assignments, loops, protected calls, coroutines.

use super::Generator;
use super::scope::{Function, KINDS, Kind, Scope};
use super::tree::{Node, Section};

impl Generator {
    /// A block of up to `n` statements. New variables stay in `scope`.
    pub(super) fn block(&mut self, scope: &mut Scope, n: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for _ in 0..n {
            if self.budget < scope.times {
                break;
            }
            self.spend(scope.times);
            self.statement(scope, &mut nodes);
        }
        nodes
    }

    fn statement(&mut self, scope: &mut Scope, nodes: &mut Vec<Node>) {
        let deep = scope.depth >= 5;
        match self.rng.below(if deep { 62 } else { 100 }) {
            0..=13 => self.declaration(scope, nodes),
            14..=29 => self.assignment(scope, nodes),
            30..=42 => self.table_statement(scope, nodes),
            43..=52 => self.output(scope, nodes),
            53..=56 => self.call_statement(scope, nodes),
            57..=58 => nodes.push(self.raise(scope)),
            59..=61 => self.global(scope, nodes),
            62..=69 => self.conditional(scope, nodes),
            70..=77 => self.numeric_for(scope, nodes),
            78..=81 => self.generic_for(scope, nodes),
            82..=84 => self.while_loop(scope, nodes),
            85..=89 => self.protected(scope, nodes),
            90..=93 => self.local_function(scope, nodes),
            94..=96 => self.coroutine(scope, nodes),
            97 => self.goto_loop(scope, nodes),
            _ => self.do_block(scope, nodes),
        }
    }

    fn declaration(&mut self, scope: &mut Scope, nodes: &mut Vec<Node>) {
        let kind = self.rng.pick(KINDS);
        let name = self.name("v");
        match self.rng.below(12) {
            0 => {
                let (second, other) = (self.name("v"), self.rng.pick(KINDS));
                let (a, b) = (self.expr(scope, kind, 2), self.expr(scope, other, 2));
                nodes.push(Node::line(format!("local {name}, {second} = {a}, {b}")));
                scope.declare(&name, kind, true);
                scope.declare(&second, other, true);
            }
            1 => {
                let value = self.expr(scope, kind, 2);
                nodes.push(Node::line(format!("local {name} <const> = {value}")));
                scope.declare(&name, kind, false);
            }
            2 => nodes.push(Node::line(format!("local {name} <close> = closer(\"{name}\")"))),
            3 => {
                let value = self.access(scope);
                nodes.push(Node::line(format!("local {name} = {value}")));
                scope.declare(&name, kind, true);
            }
            _ => {
                let value = self.expr(scope, kind, 3);
                nodes.push(Node::line(format!("local {name} = {value}")));
                scope.declare(&name, kind, true);
            }
        }
    }

    fn assignment(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let targets: Vec<_> = scope.variables.iter().filter(|v| v.assignable).cloned().collect();
        if targets.is_empty() {
            return nodes.push(Node::line(format!("G1 = {}", self.expr(scope, Kind::Int, 2))));
        }
        let target = targets[self.rng.below(targets.len())].clone();
        if self.rng.chance(8) {
            let other = targets[self.rng.below(targets.len())].clone();
            return nodes.push(Node::line(format!("{0}, {1} = {1}, {0}", target.name, other.name)));
        }
        // A deliberate change of type in a few cases.
        let kind = if self.rng.chance(4) { self.rng.pick(KINDS) } else { target.kind };
        let value = self.expr(scope, kind, 3);
        let value = if kind == Kind::Str { format!("cut({value})") } else { value };
        nodes.push(Node::line(format!("{} = {value}", target.name)));
    }

    fn table_statement(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let list = scope.of_kind(Kind::List).last().map(|v| v.name.clone());
        let record = scope.of_kind(Kind::Record).last().map(|v| v.name.clone());
        let scalar = self.rng.pick(&[Kind::Int, Kind::Float, Kind::Str]);
        let value = self.expr(scope, scalar, 2);
        let line = match (self.rng.below(9), list, record) {
            // What the value does to the list comes first: the order is not defined otherwise.
            (0 | 1, Some(l), _) => format!("do local v = some({value}) {l}[#{l} + 1] = v end"),
            (2, Some(l), _) => {
                let index = self.expr(scope, Kind::Int, 1);
                // An index that is not whole would be a new key, which has no defined effect while the list is walked.
                let index = format!("(math.tointeger({index}) or 1) % #{l} + 1");
                format!("do local v = some({value}) if #{l} > 0 then {l}[{index}] = v end end")
            }
            (3, Some(l), _) => format!("table.remove({l})"),
            (4, Some(l), _) => format!("table.insert({l}, 1, some({value}))"),
            (5, Some(l), _) => format!("out(table.concat(nums({l}), \",\", 1, math.min(#{l}, 5)))"),
            (6 | 7, _, Some(r)) => format!("{r}.{} = {value}", self.rng.pick(&["x", "y", "f1", "f2", "z"])),
            (8, _, Some(r)) => match self.rng.below(4) {
                0 => format!("{r}.f1 = nil"),
                1 => format!("setmetatable({r}, {})", self.rng.pick(&["Class", "Sub", "nil"])),
                2 => format!("{r}[{}] = {value}", self.expr(scope, Kind::Int, 1)),
                _ => format!("rawset({r}, \"y\", {value})"),
            },
            _ => format!("out({value})"),
        };
        nodes.push(Node::line(line));
    }

    fn output(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let mut parts = Vec::new();
        for _ in 0..=self.rng.below(3) {
            parts.push(if self.rng.chance(30) { self.access(scope) } else { self.any(scope, 2) });
        }
        nodes.push(Node::line(format!("out({})", parts.join(", "))));
    }

    fn call_statement(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        if let Some(call) = self.call(scope, None, 2) {
            let text = if self.rng.chance(50) { format!("out({call})") } else { call };
            nodes.push(Node::line(text));
        } else if scope.in_coroutine {
            nodes.push(Node::line(format!("out(\"sent\", coroutine.yield({}))", self.any(scope, 1))));
        }
    }

    /// A statement that fails now and then.
    fn raise(&mut self, scope: &Scope) -> Node {
        let condition = self.expr(scope, Kind::Bool, 2);
        let value = match self.rng.below(4) {
            0 => format!("{{ code = {} }}", self.rng.below(9)),
            1 => "\"plain\", 0".to_owned(),
            _ => format!("\"failed {}\"", self.rng.below(100)),
        };
        match self.rng.below(5) {
            0 => Node::line(format!("assert({condition}, \"assertion\")")),
            1 if scope.in_loop => Node::line(format!("if {condition} then break end")),
            _ => Node::line(format!("if {condition} and {condition} then error({value}) end")),
        }
    }

    fn global(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let name = self.rng.pick(&["G1", "G2", "G3"]);
        let line = match (self.rng.below(4), name) {
            (0, _) => format!("out({name})"),
            (1, "G1") => "G1 = G1 + 1".to_owned(),
            (1, "G2") => "G2 = G2 * 0.5".to_owned(),
            (2, _) => format!("{name} = {}", self.any(scope, 1)),
            _ => format!("G3 = cut(str(G3) .. {})", self.expr(scope, Kind::Str, 1)),
        };
        nodes.push(Node::line(line));
    }

    fn conditional(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let condition = if self.rng.chance(15) { self.any(scope, 1) } else { self.expr(scope, Kind::Bool, 3) };
        let mut sections = vec![Section { head: format!("if {condition} then"), body: self.branch(scope) }];
        if self.rng.chance(25) {
            let other = self.expr(scope, Kind::Bool, 2);
            sections.push(Section { head: format!("elseif {other} then"), body: self.branch(scope) });
        }
        if self.rng.chance(50) {
            sections.push(Section { head: "else".to_owned(), body: self.branch(scope) });
        }
        nodes.push(Node::Block { sections, close: "end".to_owned() });
    }

    fn branch(&mut self, scope: &Scope) -> Vec<Node> {
        let n = 1 + self.rng.below(3);
        self.block(&mut scope.inner(), n)
    }

    fn numeric_for(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let name = self.name("i");
        let (range, times, kind) = match self.rng.below(10) {
            0 => ("1, 3, 0.5".to_owned(), 5, Kind::Float),
            1 => ("10, 1, -3".to_owned(), 4, Kind::Int),
            2 => ("math.maxinteger - 2, math.maxinteger".to_owned(), 3, Kind::Int),
            3 => (format!("1, math.min(#({}), 6)", self.leaf(scope, Kind::List)), 6, Kind::Int),
            4 | 5 if scope.times <= 4 => {
                let n = self.rng.pick(&[60usize, 120, 250]);
                (format!("1, {n}"), n, Kind::Int)
            }
            6 => ("-2, 2.9".to_owned(), 5, Kind::Int),
            7 => ("0.0, 1, 0.25".to_owned(), 5, Kind::Float),
            _ => {
                let n = 1 + self.rng.below(8);
                (format!("1, {n}"), n, Kind::Int)
            }
        };
        let mut inner = scope.looped(times);
        inner.declare(&name, kind, false);
        let mut body = self.loop_body(&mut inner, times, &name);
        if times > 50 && self.rng.chance(40) {
            self.type_switch(&inner, times, &name, &mut body);
        }
        nodes.push(Node::block(format!("for {name} = {range} do"), body, "end"));
    }

    fn loop_body(&mut self, inner: &mut Scope, times: usize, counter: &str) -> Vec<Node> {
        let n = 1 + self.rng.below(if times > 50 { 3 } else { 4 });
        if !self.rng.chance(15) {
            return self.block(inner, n);
        }
        let label = self.name("next");
        // The label ends the block, so the goto may jump over local declarations.
        let mut body = vec![Node::line(format!("if {counter} % 3 == 1 then goto {label} end"))];
        body.extend(self.block(inner, n));
        body.push(Node::line(format!("::{label}::")));
        body
    }

    /// In the middle of a long loop a variable of the surroundings becomes something else.
    fn type_switch(&mut self, inner: &Scope, times: usize, counter: &str, body: &mut Vec<Node>) {
        let targets: Vec<_> = inner.variables.iter().filter(|v| v.assignable).cloned().collect();
        if targets.is_empty() {
            return;
        }
        let target = targets[self.rng.below(targets.len())].clone();
        let value = self.any(inner, 1);
        body.insert(0, Node::line(format!("if {counter} == {} then {} = {value} end", times / 2, target.name)));
    }

    fn generic_for(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let (key, value) = (self.name("k"), self.name("e"));
        let list = self.leaf(scope, Kind::List);
        let (head, times, kind) = match self.rng.below(4) {
            0 => (format!("for {key}, {value} in each({}) do", 1 + self.rng.below(6)), 4, Kind::Int),
            1 => (format!("for {key}, {value} in walk({list}) do"), 5, Kind::Int),
            2 => (format!("for {value} in (str({})):gmatch(\"%w\") do", self.any(scope, 1)), 8, Kind::Str),
            _ => (format!("for {key}, {value} in ipairs({list}) do"), 5, Kind::Int),
        };
        let mut inner = scope.looped(times);
        if !head.contains("gmatch") {
            inner.declare(&key, Kind::Int, false);
        }
        inner.declare(&value, kind, true);
        let n = 1 + self.rng.below(3);
        // The list may grow while it is walked, which would never end without a limit.
        let mut body = vec![Node::line(format!("if steps({}) then break end", self.rng.between(8, 30)))];
        body.extend(self.block(&mut inner, n));
        nodes.push(Node::block(
            "do local n = 0 local function steps(m) n = n + 1 return n > m end",
            vec![Node::block(head, body, "end")],
            "end",
        ));
    }

    fn while_loop(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let name = self.name("w");
        let times = 1 + self.rng.below(6);
        let mut inner = scope.looped(times);
        inner.declare(&name, Kind::Int, false);
        let n = 1 + self.rng.below(3);
        let mut body = vec![Node::line(format!("{name} = {name} + 1"))];
        let until = self.rng.chance(40);
        body.extend(self.block(&mut inner, n));
        let condition = self.expr(scope, Kind::Bool, 2);
        let block = if until {
            Node::block("repeat", body, format!("until {name} >= {times} or {condition}"))
        } else {
            Node::block(format!("while {name} < {times} and ({condition} or {name} < 2) do"), body, "end")
        };
        nodes.push(Node::block("do", vec![Node::line(format!("local {name} = 0")), block], "end"));
    }

    fn protected(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let mut inner = scope.function();
        inner.in_coroutine = scope.in_coroutine;
        let n = 1 + self.rng.below(4);
        let mut body = self.block(&mut inner, n);
        if self.rng.chance(50) {
            body.push(Node::line(format!("return {}", self.any(&inner, 2))));
        }
        let (head, close) = match self.rng.below(4) {
            0 => ("out(xpcall(function()", "end, function(m) return type(m) == \"string\" and \"H:\" .. m or m end))"),
            1 => ("out(select(\"#\", pcall(function()", "end)))"),
            _ => ("out(pcall(function()", "end))"),
        };
        nodes.push(Node::block(head, body, close));
    }

    /// A function that later statements call.
    pub(super) fn local_function(&mut self, scope: &mut Scope, nodes: &mut Vec<Node>) {
        let name = self.name("f");
        let mut inner = Scope { times: 1, ..scope.function() };
        let mut parameters = Vec::new();
        let mut names = Vec::new();
        for _ in 0..self.rng.below(4) {
            let (kind, parameter) = (self.rng.pick(KINDS), self.name("p"));
            inner.declare(&parameter, kind, true);
            parameters.push(kind);
            names.push(parameter);
        }
        inner.vararg = self.rng.chance(25);
        if inner.vararg {
            names.push("...".to_owned());
            parameters.push(self.rng.pick(KINDS));
        }
        // What is spent inside is what one call costs.
        let before = self.budget;
        self.budget = before.min(400);
        let start = self.budget;
        let n = 1 + self.rng.below(5);
        let mut body = self.block(&mut inner, n);
        let cost = start - self.budget + 2;
        self.budget = before.saturating_sub(cost);
        let result = self.rng.pick(KINDS);
        let value = self.expr(&inner, result, 2);
        let more = if self.rng.chance(20) { format!(", {}", self.any(&inner, 1)) } else { String::new() };
        body.push(Node::line(format!("return {value}{more}")));
        nodes.push(Node::block(format!("local function {name}({})", names.join(", ")), body, "end"));
        scope.functions.push(Function { name, parameters, result, cost });
    }

    fn coroutine(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let (name, parameter) = (self.name("co"), self.name("p"));
        let mut inner = scope.function();
        inner.in_coroutine = true;
        inner.declare(&parameter, Kind::Int, true);
        let mut body = Vec::new();
        for _ in 0..=self.rng.below(3) {
            body.extend(self.block(&mut inner, 2));
            body.push(Node::line(format!("{parameter} = coroutine.yield({})", self.any(&inner, 2))));
        }
        body.push(Node::line(format!("return {}", self.any(&inner, 1))));
        let send = self.expr(scope, Kind::Int, 1);
        let resumes = 1 + self.rng.below(6);
        let loop_line = if self.rng.chance(50) {
            format!("for r = 1, {resumes} do out(coroutine.resume({name}, {send})) end")
        } else {
            format!("for r = 1, {resumes} do out(coroutine.status({name}), coroutine.resume({name}, r)) end")
        };
        let mut outer = vec![
            Node::block(format!("local {name} = coroutine.create(function({parameter})"), body, "end)"),
            Node::line(loop_line),
        ];
        outer.push(Node::line(format!("out(coroutine.close({name}))")));
        nodes.push(Node::block("do", outer, "end"));
    }

    fn goto_loop(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let (label, counter) = (self.name("l"), self.name("c"));
        let times = 1 + self.rng.below(4);
        let mut inner = scope.inner();
        inner.times = scope.times * times;
        let mut body = vec![
            Node::line(format!("local {counter} = 0")),
            Node::line(format!("::{label}::")),
            Node::line(format!("{counter} = {counter} + 1")),
        ];
        let again = Node::line(format!("if {counter} < {times} then goto {label} end"));
        inner.declare(&counter, Kind::Int, false);
        let n = 1 + self.rng.below(2);
        let repeated = self.block(&mut inner, n);
        body.push(Node::block("do", repeated, "end"));
        body.push(again);
        nodes.push(Node::block("do", body, "end"));
    }

    fn do_block(&mut self, scope: &Scope, nodes: &mut Vec<Node>) {
        let body = self.branch(scope);
        nodes.push(Node::block("do", body, "end"));
    }
}
