//! A generator of large, varied Lua sources that are cheap to run: what is measured is loading them.

use std::fmt::Write;

/// Writes a chunk of about `size` bytes: functions, methods, tables, expressions, strings and comments. The same seed
/// gives the same text.
pub fn generate(size: usize, seed: u64) -> String {
    let mut generator = Generator { random: Random(seed | 1), text: String::with_capacity(size + 4096), unit: 0 };
    generator.text.push_str("-- Generated source: many small units in one table.\nlocal M = {}\n");
    while generator.text.len() < size {
        generator.unit();
    }
    generator.text.push_str("return M\n");
    generator.text
}

/// Marsaglia's xorshift generator of 64 bits.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const NOUNS: &[&str] = &["item", "count", "node", "buffer", "offset", "parent", "width", "state", "result", "index"];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "//", "%", "..", "&", "|", "~", "<<", ">>", "^"];
const COMPARISONS: &[&str] = &["<", "<=", ">", ">=", "==", "~="];

/// Names that every generated function has as parameters or locals.
const LOCALS: &[&str] = &["self", "a", "b", "c", "list"];

struct Generator {
    random: Random,
    text: String,
    unit: usize,
}

impl Generator {
    fn line(&mut self, depth: usize, content: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:width$}{content}", "", width = depth * 2);
    }

    /// One top-level unit: it names nothing but `M`, so that no limit of locals or upvalues is met.
    fn unit(&mut self) {
        self.unit += 1;
        match self.random.below(8) {
            0 => self.comment(0),
            1 | 2 => self.data_table(),
            3 => self.long_string(),
            _ => self.function(),
        }
        self.text.push('\n');
    }

    fn comment(&mut self, depth: usize) {
        let (a, b, unit) = (self.random.pick(NOUNS), self.random.pick(NOUNS), self.unit);
        if self.random.below(5) == 0 {
            self.line(depth, format_args!("--[[ The {a} of unit {unit}\n     is kept beside its {b}. ]]"));
        } else {
            self.line(depth, format_args!("-- the {a} of unit {unit} follows the {b}"));
        }
    }

    fn data_table(&mut self) {
        let unit = self.unit;
        self.line(0, format_args!("M.data_{unit} = {{"));
        for _ in 0..3 + self.random.below(8) {
            let (noun, key) = (self.random.pick(NOUNS), self.random.below(1000));
            let value = self.literal();
            match self.random.below(4) {
                0 => self.line(1, format_args!("{value},")),
                1 => self.line(1, format_args!("[\"{noun} {key}\"] = {value};")),
                2 => self.line(1, format_args!("[{key}] = {value},")),
                _ => self.line(1, format_args!("{noun}_{key} = {{ {value}, {noun} = {key}, {{}} }},")),
            }
        }
        self.line(0, format_args!("}}"));
    }

    fn long_string(&mut self) {
        let (unit, noun) = (self.unit, self.random.pick(NOUNS));
        self.line(
            0,
            format_args!("M.text_{unit} = [==[\nThe {noun} of unit {unit}:\n  [[nested]] \"quotes\" and \\ signs\n]==]"),
        );
    }

    fn function(&mut self) {
        let (unit, noun) = (self.unit, self.random.pick(NOUNS));
        match self.random.below(3) {
            0 => self.line(0, format_args!("function M:{noun}_{unit}(a, b, ...)")),
            1 => self.line(0, format_args!("M.{noun}_{unit} = function(self, a, b)")),
            _ => self.line(0, format_args!("function M.{noun}_{unit}(self, a, b)")),
        }
        self.line(1, format_args!("local c, list = {}, {{}}", unit % 100));
        for _ in 0..2 + self.random.below(6) {
            self.statement(1, 3);
        }
        let value = self.expression(2);
        self.line(1, format_args!("return {value}, c"));
        self.line(0, format_args!("end"));
    }

    fn statement(&mut self, depth: usize, nesting: usize) {
        let choice = if nesting == 0 { self.random.below(4) } else { self.random.below(10) };
        let (name, noun) = (self.random.pick(LOCALS), self.random.pick(NOUNS));
        let value = self.expression(3);
        match choice {
            0 => self.line(depth, format_args!("{name}.{noun} = {value}")),
            1 => self.line(depth, format_args!("list[#list + 1] = {value}")),
            2 => self.line(depth, format_args!("c = {value}")),
            3 => self.line(depth, format_args!("{name}:{noun}({value}, \"{noun}\")")),
            4 => self.comment(depth),
            5 => self.conditional(depth, nesting),
            6 => self.enclosed(depth, nesting, format_args!("for i = 1, #list do"), "end"),
            7 => self.enclosed(depth, nesting, format_args!("for key, value in pairs({name}) do"), "end"),
            8 => self.enclosed(depth, nesting, format_args!("while {value} do"), "  break\nend"),
            _ => self.enclosed(depth, nesting, format_args!("local function {noun}(a, b)"), "end"),
        }
    }

    fn enclosed(&mut self, depth: usize, nesting: usize, head: std::fmt::Arguments<'_>, foot: &str) {
        self.line(depth, head);
        for _ in 0..1 + self.random.below(3) {
            self.statement(depth + 1, nesting - 1);
        }
        for line in foot.lines() {
            self.line(depth, format_args!("{line}"));
        }
    }

    fn conditional(&mut self, depth: usize, nesting: usize) {
        let (left, comparison, right) = (self.expression(1), self.random.pick(COMPARISONS), self.expression(1));
        self.line(depth, format_args!("if {left} {comparison} {right} then"));
        self.statement(depth + 1, nesting - 1);
        if self.random.below(3) == 0 {
            let value = self.expression(2);
            self.line(depth, format_args!("elseif not {value} then"));
            self.statement(depth + 1, nesting - 1);
        }
        if self.random.below(2) == 0 {
            self.line(depth, format_args!("else"));
            self.statement(depth + 1, nesting - 1);
        }
        self.line(depth, format_args!("end"));
    }

    fn literal(&mut self) -> String {
        let number = self.random.below(100_000);
        match self.random.below(8) {
            0 => "true".to_owned(),
            1 => "nil".to_owned(),
            2 => format!("{}.{:02}", number / 100, number % 100),
            3 => format!("0x{number:X}"),
            4 => format!("{number}e-3"),
            5 => format!("\"{} {number}\\n\"", self.random.pick(NOUNS)),
            6 => format!("'{}'", self.random.pick(NOUNS)),
            _ => number.to_string(),
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        let name = self.random.pick(LOCALS);
        if depth == 0 {
            return if self.random.below(2) == 0 { name.to_owned() } else { self.literal() };
        }
        let inner = self.expression(depth - 1);
        match self.random.below(9) {
            0..=2 => {
                let (operator, right) = (self.random.pick(OPERATORS), self.expression(depth - 1));
                format!("({inner} {operator} {right})")
            }
            3 => format!("{name}.{}", self.random.pick(NOUNS)),
            4 => format!("{name}[{inner}]"),
            5 => format!("{name}.{}({inner})", self.random.pick(NOUNS)),
            6 => format!("({inner} and {name} or {})", self.literal()),
            7 => format!("{{ {inner}, {} = {name} }}", self.random.pick(NOUNS)),
            _ => format!("function(x) return x, {inner} end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn has_the_size_and_repeats() {
        let text = generate(100_000, 7);
        assert!((100_000..110_000).contains(&text.len()));
        assert_eq!(text, generate(100_000, 7));
        assert_ne!(text, generate(100_000, 9));
    }
}
