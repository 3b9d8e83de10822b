//! The disassembler: readable listings of bytecode.
//!
//! A line holds the source line (where it changes), the word's index, the mnemonic and its operands: `r` registers, `k`
//! constants, `u` upvalues, `L` labels, plain numbers. Comments show what indices stand for.

use crate::op::{Extra, Instr, Op, Operand};
use crate::proto::{CacheDesc, Const, Proto};
use crate::variables;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What to show.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only functions with this name (`f`, `M.f` or its last part, `main`, `anonymous:LINE`) or on this line.
    pub function: Option<String>,
}

/// The listing of a prototype and the functions inside it.
#[must_use]
pub fn disassemble(proto: &Proto, options: &Options) -> String {
    let mut out = String::new();
    list_function(&mut out, proto, "main", options);
    out
}

fn list_function(out: &mut String, proto: &Proto, name: &str, options: &Options) {
    let names = child_names(proto);
    let wanted = options.function.as_deref().is_none_or(|wanted| is_wanted(wanted, name, proto));
    if wanted {
        if !out.is_empty() {
            out.push('\n');
        }
        list_one(out, proto, name, &names);
    }
    for (child, name) in proto.children.iter().zip(&names) {
        list_function(out, child, name, options);
    }
}

/// One instruction, as listings have it: mnemonic, operands and comment. Functions inside this one are shown by number only.
#[must_use]
pub fn instruction_text(proto: &Proto, pc: u32) -> String {
    let Some(op) = proto.code.get(pc as usize).and_then(|&word| Instr(word).op()) else { return "?".to_owned() };
    let (operands, comment) = instruction(proto, op, pc as usize, &labels(proto));
    let text = format!("{:<15} {operands}", op.mnemonic());
    let text = if comment.is_empty() { text } else { format!("{text:<40} ; {comment}") };
    text.trim_end().to_owned()
}

/// The lines on which functions begin that [`Options::function`] would show.
#[must_use]
pub fn lines_of(proto: &Proto, wanted: &str) -> Vec<u32> {
    let mut lines = Vec::new();
    let mut todo = vec![(proto, "main".to_owned())];
    while let Some((proto, name)) = todo.pop() {
        if is_wanted(wanted, &name, proto) {
            lines.push(proto.line_defined);
        }
        todo.extend(proto.children.iter().zip(child_names(proto)));
    }
    lines
}

fn is_wanted(wanted: &str, name: &str, proto: &Proto) -> bool {
    wanted == name || name.rsplit('.').next() == Some(wanted) || wanted.parse() == Ok(proto.line_defined)
}

/// A name for each child: that of the variable or field its closure is first stored in.
#[must_use]
pub fn child_names(proto: &Proto) -> Vec<String> {
    let mut names: Vec<String> = proto.children.iter().map(|child| format!("anonymous:{}", child.line_defined)).collect();
    let mut pc = 0;
    while pc < proto.code.len() {
        let Some(op) = Instr(proto.code[pc]).op() else { break };
        if op == Op::Closure
            && let Some(&index) = proto.code.get(pc + 1)
            && let Some(slot) = names.get_mut(index as usize)
            && let Some(name) = stored_name(proto, pc, Instr(proto.code[pc]).a())
        {
            *slot = name;
        }
        pc += op.words();
    }
    names
}

fn stored_name(proto: &Proto, pc: usize, register: u8) -> Option<String> {
    let after = pc + 2;
    if let Some(name) = variables::local_name(proto, after as u32, register) {
        return Some(text(name));
    }
    let next = Instr(*proto.code.get(after)?);
    match next.op()? {
        Op::SetGlobal if next.a() == register => variables::cache_name(proto, after as u32).map(text),
        Op::SetUpvalue if next.a() == register => proto.upvalues.get(usize::from(next.b()))?.name.as_deref().map(text),
        Op::SetField if next.c() == register => {
            let field = text(variables::cache_name(proto, after as u32)?);
            Some(match variables::describe_register(proto, after as u32, next.a()) {
                Some((_, table)) => format!("{}.{field}", text(&table)),
                None => field,
            })
        }
        _ => None,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

// `write!` to a string cannot fail; its results are dropped.

fn list_one(out: &mut String, proto: &Proto, name: &str, child_names: &[String]) {
    let lines = (proto.line_defined, proto.last_line_defined);
    let vararg = if proto.is_vararg { "+" } else { "" };
    let _ = writeln!(
        out,
        "function {name} <{}-{}> params {}{vararg}, registers {}, upvalues {}, constants {}, caches {}",
        lines.0,
        lines.1,
        proto.params,
        proto.registers,
        proto.upvalues.len(),
        proto.consts.len(),
        proto.caches.len()
    );
    for (index, upvalue) in proto.upvalues.iter().enumerate() {
        let name = upvalue.name.as_deref().map_or_else(|| "?".to_owned(), text);
        let place = if upvalue.in_stack { "r" } else { "u" };
        let constant = if upvalue.read_only { " const" } else { "" };
        let _ = writeln!(out, "  upvalue u{index} {name} = {place}{}{constant}", upvalue.index);
    }
    let labels = labels(proto);
    for local in &proto.locals {
        let _ = writeln!(out, "  local r{} {} {}..{}", local.register, text(&local.name), local.start, local.end);
    }
    let (mut pc, mut last_line) = (0, None);
    while pc < proto.code.len() {
        if let Some(label) = labels.get(&pc) {
            let _ = writeln!(out, "L{label}:");
        }
        let line = proto.lines.line(pc as u32);
        let shown = line.filter(|_| line != last_line).map_or_else(String::new, |line| format!("[{line}]"));
        last_line = line;
        let Some(op) = Instr(proto.code[pc]).op() else {
            let _ = writeln!(out, "{shown:>6} {pc:4}  unknown {:#010x}", proto.code[pc]);
            pc += 1;
            continue;
        };
        let (mut operands, mut comment) = instruction(proto, op, pc, &labels);
        if op == Op::Closure {
            let index = proto.code.get(pc + 1).copied().unwrap_or_default();
            let _ = write!(operands, " p{index}");
            comment = child_names.get(index as usize).cloned().unwrap_or_default();
        }
        let _ = write!(out, "{shown:>6} {pc:4}  {:<15} {operands}", op.mnemonic());
        if comment.is_empty() {
            out.truncate(out.trim_end().len());
            out.push('\n');
        } else {
            let width = 24usize.saturating_sub(operands.len());
            let _ = writeln!(out, "{:width$} ; {comment}", "");
        }
        pc += op.words();
    }
}

/// Where a jump at `pc` goes.
fn target(proto: &Proto, pc: usize) -> usize {
    let offset = proto.code.get(pc + 1).map_or(0, |&word| word as i32);
    (pc + 2).wrapping_add_signed(offset as isize)
}

/// Numbers of the places that are jumped to, in their order.
fn labels(proto: &Proto) -> BTreeMap<usize, usize> {
    let mut labels = BTreeMap::new();
    let mut pc = 0;
    while pc < proto.code.len() {
        let Some(op) = Instr(proto.code[pc]).op() else { break };
        if op.extra() == Extra::Jump {
            labels.insert(target(proto, pc), 0);
        }
        pc += op.words();
    }
    for (index, number) in labels.values_mut().enumerate() {
        *number = index + 1;
    }
    labels
}

fn instruction(proto: &Proto, op: Op, pc: usize, labels: &BTreeMap<usize, usize>) -> (String, String) {
    let instr = Instr(proto.code[pc]);
    let mut operands = Vec::new();
    let mut comments = Vec::new();
    let [a, b, c] = op.operands();
    for (kind, value) in [(a, instr.a()), (b, instr.b()), (c, instr.c())] {
        match kind {
            Operand::None => {}
            Operand::Write | Operand::Read | Operand::ReadWrite => operands.push(format!("r{value}")),
            Operand::Const => {
                operands.push(format!("k{value}"));
                comments.push(constant(proto, usize::from(value)));
            }
            Operand::Const16 => {
                operands.push(format!("k{}", instr.bx()));
                comments.push(constant(proto, usize::from(instr.bx())));
            }
            Operand::Upvalue => {
                operands.push(format!("u{value}"));
                let upvalue = proto.upvalues.get(usize::from(value));
                comments.extend(upvalue.and_then(|upvalue| upvalue.name.as_deref()).map(text));
            }
            Operand::SImm => operands.push((value as i8).to_string()),
            Operand::SImm16 => operands.push(instr.sbx().to_string()),
            Operand::Imm | Operand::Flag => operands.push(value.to_string()),
        }
    }
    let word = proto.code.get(pc + 1).copied().unwrap_or_default();
    match op.extra() {
        Extra::None | Extra::Proto => {}
        Extra::Jump => operands.push(match labels.get(&target(proto, pc)) {
            Some(label) => format!("L{label}"),
            None => "L?".to_owned(),
        }),
        Extra::Const => {
            operands.push(format!("k{word}"));
            comments.push(constant(proto, word as usize));
        }
        Extra::Imm => operands.push(word.to_string()),
        Extra::Cache => comments.extend(cache_comment(proto, op, pc)),
    }
    (operands.join(" "), comments.join(" "))
}

fn cache_comment(proto: &Proto, op: Op, pc: usize) -> Option<String> {
    match proto.caches.get(*proto.code.get(pc + 1)? as usize)? {
        CacheDesc::Field { .. } => {
            let dot = if op == Op::GetMethod { ":" } else { "." };
            Some(format!("{dot}{}", text(variables::cache_name(proto, pc as u32)?)))
        }
        CacheDesc::Table { array, fields } => Some(format!("{array} items, {fields} fields")),
        CacheDesc::Call | CacheDesc::Iterate => None,
    }
}

fn constant(proto: &Proto, index: usize) -> String {
    match proto.consts.get(index) {
        None => "?".to_owned(),
        Some(Const::Nil) => "nil".to_owned(),
        Some(Const::Bool(value)) => value.to_string(),
        Some(Const::Int(value)) => value.to_string(),
        Some(Const::Float(value)) => format!("{value:?}"),
        Some(Const::Str(value)) => quoted(value),
    }
}

/// A string constant in quotes, shortened.
fn quoted(bytes: &[u8]) -> String {
    const SHOWN: usize = 40;
    let shown = bytes[..bytes.len().min(SHOWN)].escape_ascii();
    let dots = if bytes.len() > SHOWN { "..." } else { "" };
    format!("\"{shown}{dots}\"")
}
