//! The syntax tree as text, for `perilune dump --ast` and tests.
//!
//! A statement has a line of its own, headed by its source line and indented by its depth. Expressions are in prefix form:
//! `(+ a 1)`, `(index t "k")`, `(call f 1)`. Where an expression's line differs from that of its statement, `@line` follows
//! its head. Chains that lean left are walked in loops, as they have no depth limit.

use std::fmt::Write;

use crate::ast::{Attrib, BinOp, Block, Expr, ExprKind, FunctionBody, Line, Stat, StatKind, TableItem, UnOp};
use crate::intern::{Interner, Symbol};

/// The text of `block`, one line per statement.
#[must_use]
pub fn dump(block: &Block<'_>, interner: &Interner) -> String {
    let mut dumper = Dumper { out: String::new(), interner, depth: 0, line: 0 };
    dumper.block(block);
    dumper.begin(block.end_line);
    dumper.out.push_str("end of block\n");
    dumper.out
}

struct Dumper<'i> {
    out: String,
    interner: &'i Interner,
    depth: usize,
    /// Line of the statement being written.
    line: Line,
}

impl Dumper<'_> {
    /// Starts a line of output.
    fn begin(&mut self, line: Line) {
        self.line = line;
        write!(self.out, "{line:>4}  {:indent$}", "", indent = self.depth * 2).expect("writing to a string");
    }

    fn block(&mut self, block: &Block<'_>) {
        for stat in block.stats {
            self.begin(stat.line);
            self.stat(stat);
        }
    }

    /// A nested block and its closing line.
    fn nested(&mut self, block: &Block<'_>, close: &str) {
        self.out.push('\n');
        self.open_nested(block, close);
        self.out.push('\n');
    }

    fn open_nested(&mut self, block: &Block<'_>, close: &str) {
        self.depth += 1;
        self.block(block);
        self.depth -= 1;
        self.begin(block.end_line);
        self.out.push_str(close);
    }

    fn stat(&mut self, stat: &Stat<'_>) {
        match stat.kind {
            StatKind::Do(body) => {
                self.out.push_str("do");
                self.nested(&body, "end");
            }
            StatKind::While { cond, body } => {
                self.word("while", cond);
                self.nested(&body, "end");
            }
            StatKind::Repeat { body, cond } => {
                self.out.push_str("repeat\n");
                self.open_nested(&body, "until ");
                self.expr(cond);
                self.out.push('\n');
            }
            StatKind::If { arms, otherwise } => {
                for (index, arm) in arms.iter().enumerate() {
                    self.word(if index == 0 { "if" } else { "elseif" }, &arm.cond);
                    self.out.push('\n');
                    self.open_nested(&arm.body, "");
                }
                if let Some(block) = otherwise {
                    self.out.push_str("else\n");
                    self.open_nested(&block, "");
                }
                self.out.push_str("end\n");
            }
            StatKind::NumericFor { var, start, limit, step, body } => {
                self.out.push_str("for ");
                self.name(var);
                self.word(" =", start);
                self.word(",", limit);
                if let Some(step) = step {
                    self.word(",", step);
                }
                self.nested(&body, "end");
            }
            StatKind::GenericFor { names, exprs, body } => {
                self.out.push_str("for ");
                self.separated(names, ", ", |dumper, &name| dumper.name(name));
                self.out.push_str(" in ");
                self.exprs(exprs);
                self.nested(&body, "end");
            }
            _ => {
                self.simple_stat(stat);
                self.out.push('\n');
            }
        }
    }

    fn simple_stat(&mut self, stat: &Stat<'_>) {
        match stat.kind {
            StatKind::Call(call) => self.expr(call),
            StatKind::Local { names, exprs } => {
                self.out.push_str("local ");
                self.separated(names, ", ", |dumper, local| {
                    dumper.name(local.name);
                    dumper.out.push_str(match local.attrib {
                        Attrib::None => "",
                        Attrib::Const => " <const>",
                        Attrib::Close => " <close>",
                    });
                });
                if !exprs.is_empty() {
                    self.out.push_str(" = ");
                    self.exprs(exprs);
                }
            }
            StatKind::Assign { targets, exprs } => {
                self.exprs(targets);
                self.out.push_str(" = ");
                self.exprs(exprs);
            }
            StatKind::Function { target, func } => {
                self.word("define", target);
                self.out.push(' ');
                self.function(func);
            }
            StatKind::LocalFunction { name, func } => {
                self.out.push_str("local function ");
                self.name(name);
                self.out.push(' ');
                self.function(func);
            }
            StatKind::Return(exprs) => {
                self.out.push_str(if exprs.is_empty() { "return" } else { "return " });
                self.exprs(exprs);
            }
            StatKind::Break => self.out.push_str("break"),
            StatKind::Goto(label) => {
                self.out.push_str("goto ");
                self.name(label);
            }
            StatKind::Label(label) => {
                self.out.push_str("label ");
                self.name(label);
            }
            _ => unreachable!("statements with blocks are written by `stat`"),
        }
    }

    fn word(&mut self, word: &str, expr: &Expr<'_>) {
        self.out.push_str(word);
        self.out.push(' ');
        self.expr(expr);
    }

    fn exprs(&mut self, exprs: &[Expr<'_>]) {
        self.separated(exprs, ", ", |dumper, expr| dumper.expr(expr));
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, mut write_item: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(separator);
            }
            write_item(self, item);
        }
    }

    fn name(&mut self, symbol: Symbol) {
        self.out.push_str(&String::from_utf8_lossy(self.interner.get(symbol)));
    }

    fn string(&mut self, symbol: Symbol) {
        write!(self.out, "\"{}\"", self.interner.get(symbol).escape_ascii()).expect("writing to a string");
    }

    /// The head of an expression, with its line if that is not the statement's.
    fn head(&mut self, text: &str, line: Line) {
        self.out.push_str(text);
        if line != self.line {
            write!(self.out, "@{line}").expect("writing to a string");
        }
    }

    /// An expression: the heads of its left spine from the outermost in, the innermost operand, then the rest of each.
    fn expr(&mut self, expr: &Expr<'_>) {
        let mut spine = Vec::new();
        let mut innermost = expr;
        while let Some(left) = left_operand(innermost) {
            self.out.push('(');
            self.head(spine_head(innermost), innermost.line);
            self.out.push(' ');
            spine.push(innermost);
            innermost = left;
        }
        self.operand(innermost);
        for outer in spine.iter().rev() {
            self.rest_of(outer);
            self.out.push(')');
        }
    }

    /// What follows the left operand of `expr`.
    fn rest_of(&mut self, expr: &Expr<'_>) {
        match expr.kind {
            ExprKind::Index { key, .. } => self.word("", key),
            ExprKind::Binary { rhs, .. } => self.word("", rhs),
            ExprKind::Call { args, .. } => self.args(args),
            ExprKind::MethodCall { name, args, .. } => {
                self.out.push(' ');
                self.string(name);
                self.args(args);
            }
            _ => {}
        }
    }

    fn args(&mut self, args: &[Expr<'_>]) {
        for arg in args {
            self.word("", arg);
        }
    }

    /// An expression without a left operand.
    fn operand(&mut self, expr: &Expr<'_>) {
        let line = expr.line;
        match expr.kind {
            ExprKind::Nil => self.head("nil", line),
            ExprKind::True => self.head("true", line),
            ExprKind::False => self.head("false", line),
            ExprKind::Vararg => self.head("...", line),
            ExprKind::Int(value) => self.head(&value.to_string(), line),
            ExprKind::Float(value) => self.head(&format!("{value:?}"), line),
            ExprKind::Str(symbol) => {
                self.string(symbol);
                self.head("", line);
            }
            ExprKind::Name(symbol) => {
                self.name(symbol);
                self.head("", line);
            }
            ExprKind::Function(func) => self.function(func),
            ExprKind::Table { items, end_line } => self.table(items, line, end_line),
            ExprKind::Unary { op, operand } => {
                self.out.push('(');
                self.head(unary_head(op), line);
                self.word("", operand);
                self.out.push(')');
            }
            ExprKind::Paren(inner) => {
                self.out.push('(');
                self.head("paren", line);
                self.word("", inner);
                self.out.push(')');
            }
            ExprKind::Index { .. } | ExprKind::Call { .. } | ExprKind::MethodCall { .. } | ExprKind::Binary { .. } => {
                unreachable!("has a left operand")
            }
        }
    }

    fn table(&mut self, items: &[TableItem<'_>], line: Line, end_line: Line) {
        self.out.push('(');
        self.head("table", line);
        for item in items {
            match item {
                TableItem::Positional(value) => self.word("", value),
                TableItem::Keyed { key, value } => {
                    self.out.push_str(" [");
                    self.expr(key);
                    self.word("]", value);
                }
            }
        }
        if end_line != line {
            write!(self.out, " ..{end_line}").expect("writing to a string");
        }
        self.out.push(')');
    }

    fn function(&mut self, func: &FunctionBody<'_>) {
        let outer_line = self.line;
        self.head("(function", func.line);
        self.out.push_str(" (");
        self.separated(func.params, " ", |dumper, &name| dumper.name(name));
        if func.is_vararg {
            self.out.push_str(if func.params.is_empty() { "..." } else { " ..." });
        }
        self.out.push_str(")\n");
        self.open_nested(&func.body, "end)");
        self.line = outer_line;
    }
}

/// The operand of which a chain that leans left is made.
fn left_operand<'a>(expr: &Expr<'a>) -> Option<&'a Expr<'a>> {
    match expr.kind {
        ExprKind::Index { obj, .. } | ExprKind::MethodCall { obj, .. } => Some(obj),
        ExprKind::Call { func, .. } => Some(func),
        ExprKind::Binary { lhs, .. } => Some(lhs),
        _ => None,
    }
}

fn spine_head(expr: &Expr<'_>) -> &'static str {
    match expr.kind {
        ExprKind::Index { .. } => "index",
        ExprKind::MethodCall { .. } => "method",
        ExprKind::Call { .. } => "call",
        ExprKind::Binary { op, .. } => binary_head(op),
        _ => "",
    }
}

fn unary_head(op: UnOp) -> &'static str {
    match op {
        UnOp::Neg => "neg",
        UnOp::BNot => "bnot",
        UnOp::Not => "not",
        UnOp::Len => "#",
    }
}

fn binary_head(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::Mod => "%",
        BinOp::Pow => "^",
        BinOp::Div => "/",
        BinOp::IDiv => "//",
        BinOp::BAnd => "&",
        BinOp::BOr => "|",
        BinOp::BXor => "~",
        BinOp::Shl => "<<",
        BinOp::Shr => ">>",
        BinOp::Concat => "..",
        BinOp::Eq => "==",
        BinOp::Ne => "~=",
        BinOp::Lt => "<",
        BinOp::Le => "<=",
        BinOp::Gt => ">",
        BinOp::Ge => ">=",
        BinOp::And => "and",
        BinOp::Or => "or",
    }
}
