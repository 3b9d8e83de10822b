//! Random expressions of a wanted kind.

use super::Generator;
use super::scope::{KINDS, Kind, Scope};

const INTS: &[&str] = &[
    "-1",
    "7",
    "255",
    "63",
    "64",
    "65",
    "1000003",
    "0x7fffffff",
    "-0x80000000",
    "0xffffffff",
    "0x7fffffffffff",
    "0x800000000000",
    "-0x800000000000",
    "-0x800000000001",
    "0x20000000000001",
    "math.maxinteger",
    "math.mininteger",
    "0x4000000000000000",
    "-2",
    "3",
];
const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "0.5",
    "-1.5",
    "1e15",
    "2^53",
    "2^63",
    "-2^63",
    "1e308",
    "5e-324",
    "1/3",
    "100.0",
    "3.0",
    "-7.25",
    "math.huge",
    "-math.huge",
    "1e100",
];
const STRINGS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"hello\"",
    "\"10\"",
    "\"0x1F\"",
    "\"-3.5\"",
    "\"one two\"",
    "\"x,y,z\"",
    "'\\0\\255'",
    "\"%d\"",
    "\"ABC\"",
];
const PATTERNS: &[&str] =
    &["\"%a\"", "\"%d+\"", "\"[aeiou]\"", "\".\"", "\"%w*\"", "\"(.)(.)\"", "\"^%s*\"", "\"%f[%w]%w+\"", "\"l-o\"", "\"\""];

impl Generator {
    /// An expression of about the given kind; `depth` bounds its nesting.
    pub(super) fn expr(&mut self, scope: &Scope, kind: Kind, depth: usize) -> String {
        if depth == 0 || self.rng.chance(20) {
            return self.leaf(scope, kind);
        }
        if self.rng.chance(12)
            && let Some(call) = self.call(scope, Some(kind), depth - 1)
        {
            return call;
        }
        match kind {
            Kind::Int => self.int(scope, depth - 1),
            Kind::Float => self.float(scope, depth - 1),
            Kind::Str => self.string(scope, depth - 1),
            Kind::Bool => self.boolean(scope, depth - 1),
            Kind::List => self.list(scope, depth - 1),
            Kind::Record => self.record(scope, depth - 1),
        }
    }

    /// An expression of any kind.
    pub(super) fn any(&mut self, scope: &Scope, depth: usize) -> String {
        if self.rng.chance(4) {
            return "nil".to_owned();
        }
        let kind = self.rng.pick(KINDS);
        self.expr(scope, kind, depth)
    }

    /// A variable or a literal.
    pub(super) fn leaf(&mut self, scope: &Scope, kind: Kind) -> String {
        let variables = scope.of_kind(kind);
        if !variables.is_empty() && self.rng.chance(75) {
            // Recent variables are the interesting ones: they are what the surrounding statements work on.
            let recent = variables.len().min(6);
            return variables[variables.len() - 1 - self.rng.below(recent)].name.clone();
        }
        match kind {
            Kind::Int if self.rng.chance(60) => self.rng.between(0, 20).to_string(),
            Kind::Int => parenthesised(self.rng.pick(INTS)),
            Kind::Float => parenthesised(self.rng.pick(FLOATS)),
            Kind::Str => self.rng.pick(STRINGS).to_owned(),
            Kind::Bool => self.rng.pick(&["true", "false"]).to_owned(),
            Kind::List => "{ 3, 1.5, \"s\" }".to_owned(),
            Kind::Record => "{ x = 1, y = 2 }".to_owned(),
        }
    }

    fn number(&mut self, scope: &Scope, depth: usize) -> String {
        let kind = if self.rng.chance(60) { Kind::Int } else { Kind::Float };
        self.expr(scope, kind, depth)
    }

    fn int(&mut self, scope: &Scope, depth: usize) -> String {
        let left = self.expr(scope, Kind::Int, depth);
        match self.rng.below(12) {
            0..=3 => {
                let op = self.rng.pick(&["+", "-", "*", "+", "-"]);
                let right = self.expr(scope, Kind::Int, depth);
                // PUC turns `a - 0` into an addition, which loses the sign of -0.0.
                let right = if op == "-" && right == "0" { "1".to_owned() } else { right };
                format!("({left} {op} {right})")
            }
            4 => {
                let op = self.rng.pick(&["//", "%"]);
                let right = self.expr(scope, Kind::Int, depth);
                if self.rng.chance(85) { format!("({left} {op} ({right} | 1))") } else { format!("({left} {op} {right})") }
            }
            5 | 6 => {
                let op = self.rng.pick(&["&", "|", "~", "<<", ">>"]);
                format!("({left} {op} {})", self.expr(scope, Kind::Int, depth))
            }
            7 => format!("({}{left})", self.rng.pick(&["-", "~"])),
            8 => {
                let kind = self.rng.pick(&[Kind::Str, Kind::List]);
                let operand = self.leaf(scope, kind);
                format!("#({operand})")
            }
            9 => {
                let condition = self.expr(scope, Kind::Bool, depth);
                format!("({condition} and {left} or {})", self.expr(scope, Kind::Int, depth))
            }
            10 => self.int_call(scope, left, depth),
            _ if scope.vararg => self.rng.pick(&["select(\"#\", ...)", "((...) or 4)", "(select(\"#\", ...) + 1)"]).to_owned(),
            _ => format!("({left} + 1)"),
        }
    }

    fn int_call(&mut self, scope: &Scope, left: String, depth: usize) -> String {
        match self.rng.below(6) {
            0 => format!("math.{}({left}, {})", self.rng.pick(&["max", "min"]), self.number(scope, depth)),
            1 => format!("(math.tointeger({}) or {left})", self.expr(scope, Kind::Float, depth)),
            2 => format!("(({}):byte({left} & 7) or 0)", self.leaf(scope, Kind::Str)),
            3 => format!("math.abs({left})"),
            4 => format!("(tonumber({}) or {left})", self.expr(scope, Kind::Str, depth)),
            _ => format!("(math.ult({left}, {}) and 1 or 2)", self.expr(scope, Kind::Int, depth)),
        }
    }

    fn float(&mut self, scope: &Scope, depth: usize) -> String {
        let left = self.number(scope, depth);
        match self.rng.below(8) {
            0..=3 => {
                let op = self.rng.pick(&["+", "*", "/", "/", "+"]);
                format!("({left} {op} {})", self.expr(scope, Kind::Float, depth))
            }
            4 => format!("({} - {})", left, self.leaf(scope, Kind::Float)),
            5 => format!("({left} {} {})", self.rng.pick(&["//", "%"]), self.expr(scope, Kind::Float, depth)),
            6 => format!("({left} ^ {})", self.rng.pick(&["2", "0.5", "-1", "0"])),
            _ => format!("(-{})", self.expr(scope, Kind::Float, depth)),
        }
    }

    fn string(&mut self, scope: &Scope, depth: usize) -> String {
        let s = self.expr(scope, Kind::Str, depth);
        match self.rng.below(10) {
            0..=2 => {
                let kind = self.rng.pick(&[Kind::Str, Kind::Int, Kind::Float, Kind::Str]);
                let right = self.expr(scope, kind, depth);
                if kind == Kind::Float { format!("cut({s} .. num({right}))") } else { format!("cut({s} .. {right})") }
            }
            3 => format!("str({})", self.number(scope, depth)),
            4 => {
                let (i, j) = (self.rng.between(-4, 5), self.rng.between(-3, 8));
                format!("({s}):sub({i}, {j})")
            }
            5 => format!("({s}):{}()", self.rng.pick(&["upper", "lower", "reverse"])),
            6 => format!("cut(({s}):rep({}))", self.rng.below(4)),
            7 => {
                let replacement =
                    self.rng.pick(&["\"<%0>\"", "\"\"", "{ a = \"A\", l = 1 }", "function(c) return #c .. \"\" end"]);
                format!("cut((({s}):gsub({}, {replacement})))", self.rng.pick(PATTERNS))
            }
            8 => format!("(({s}):match({}) or \"none\") .. \"\"", self.rng.pick(PATTERNS)),
            _ => {
                format!("(\"%s|%5.2f|%x\"):format(str({s}), num({}), {})", self.leaf(scope, Kind::Float), self.rng.below(1000))
            }
        }
    }

    fn boolean(&mut self, scope: &Scope, depth: usize) -> String {
        match self.rng.below(8) {
            0..=3 => {
                let op = self.rng.pick(&["<", "<=", ">", ">=", "==", "~="]);
                format!("({} {op} {})", self.number(scope, depth), self.number(scope, depth))
            }
            4 => {
                let op = self.rng.pick(&["<", ">=", "==", "~="]);
                format!("({} {op} {})", self.expr(scope, Kind::Str, depth), self.expr(scope, Kind::Str, depth))
            }
            5 => format!("(not {})", self.any(scope, depth)),
            6 => {
                let op = self.rng.pick(&["and", "or"]);
                format!("({} {op} {})", self.expr(scope, Kind::Bool, depth), self.expr(scope, Kind::Bool, depth))
            }
            _ => format!("({} == {})", self.any(scope, depth), self.any(scope, depth)),
        }
    }

    fn list(&mut self, scope: &Scope, depth: usize) -> String {
        if scope.vararg && self.rng.chance(15) {
            return "full({ ... }, select(\"#\", ...))".to_owned();
        }
        let n = self.rng.below(5);
        let mut items: Vec<String> = Vec::new();
        for _ in 0..n {
            let kind = self.rng.pick(&[Kind::Int, Kind::Int, Kind::Float, Kind::Str]);
            items.push(self.expr(scope, kind, depth.min(1)));
        }
        let constructor = format!("{{ {} }}", items.join(", "));
        if constructor.contains('(') { format!("full({constructor}, {n})") } else { constructor }
    }

    fn record(&mut self, scope: &Scope, depth: usize) -> String {
        let (x, y) = (self.number(scope, depth.min(1)), self.number(scope, depth.min(1)));
        match self.rng.below(7) {
            0 => format!("{{ x = {x}, y = {y} }}"),
            1 => format!("{{ y = {y}, x = {x}, f1 = {} }}", self.any(scope, 0)),
            2 => format!("{{ f2 = {}, [\"x\"] = {x}, y = {y}, {y} }}", self.any(scope, 0)),
            3 => format!("Sub.new({x})"),
            _ => format!("Class.new({x}, {y})"),
        }
    }

    /// A call of a visible function that the budget allows, of a wanted result kind when one is given.
    pub(super) fn call(&mut self, scope: &Scope, wanted: Option<Kind>, depth: usize) -> Option<String> {
        let fits = |f: &&super::scope::Function| wanted.is_none_or(|k| f.result == k) && f.cost * scope.times <= self.budget;
        let candidates: Vec<_> = scope.functions.iter().filter(fits).cloned().collect();
        if candidates.is_empty() {
            return None;
        }
        let function = candidates[self.rng.below(candidates.len())].clone();
        self.spend(function.cost * scope.times);
        let mut arguments: Vec<String> = Vec::new();
        for kind in &function.parameters {
            // Now and then a wrong or missing argument.
            match self.rng.below(40) {
                0 => break,
                1 => arguments.push(self.any(scope, 0)),
                _ => arguments.push(self.expr(scope, *kind, depth.min(2))),
            }
        }
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    /// A field, an element or a method's result of a visible table.
    pub(super) fn access(&mut self, scope: &Scope) -> String {
        if self.rng.chance(40) {
            let list = self.leaf(scope, Kind::List);
            let index = self.expr(scope, Kind::Int, 1);
            return format!("({list})[{index}]");
        }
        let record = self.leaf(scope, Kind::Record);
        match self.rng.below(18) {
            0 => format!("({record}):sum({})", self.leaf(scope, Kind::Int)),
            1 => format!("({record} + {})", self.leaf(scope, Kind::Int)),
            2 => format!("({record} < {})", self.leaf(scope, Kind::Record)),
            3 => format!("({record})[{}]", self.any(scope, 0)),
            _ => format!("({record}).{}", self.rng.pick(&["x", "y", "f1", "f2", "z"])),
        }
    }
}

fn parenthesised(literal: &str) -> String {
    if literal.starts_with('-') || literal.contains(['/', '^']) { format!("({literal})") } else { literal.to_owned() }
}
