//! The IR's text and the passes on it.
//!
//! Each file of `tests/passes` is a comment that says what it shows, `; pass: NAME` (or several, in order), a function, and after
//! the mark what the passes make of it. `BLESS=1 cargo test -p perilune-jit --test passes` writes that anew.

use perilune_front::compiler;
use perilune_jit::ir::parse::{ParseError, Resolve, parse};
use perilune_jit::ir::{Func, verify};
use perilune_jit::{build, passes};
use perilune_vm::proto::ProtoRef;
use perilune_vm::state::State;
use perilune_vm::tier::{At, Code, Compiler, proto_of};
use perilune_vm::{Thread, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Where the expected function begins.
const MARK: &str = "--- expected\n";
/// Functions that tests may name, by line.
const FUNCTIONS: &[u8] =
    b"return {\nfunction(a) return a end,\nfunction(a, b) return a, b end,\nfunction(...) return ... end }";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn load(t: &mut Thread, source: &[u8], name: &[u8]) -> ProtoRef {
    let plan = compiler::compile(source, name).unwrap();
    let function = t.load_proto(plan, Value::NIL);
    t.push(function);
    proto_of(function).unwrap()
}

/// Finds what the text of tests names.
struct Fixtures<'a> {
    t: &'a mut Thread,
    main: ProtoRef,
    cells: HashMap<String, Value>,
}

impl<'a> Fixtures<'a> {
    fn new(state: &'a mut State) -> Fixtures<'a> {
        let t = state.main();
        let main = load(t, FUNCTIONS, b"=test");
        Fixtures { t, main, cells: HashMap::new() }
    }
}

impl Resolve for Fixtures<'_> {
    fn proto(&mut self, _: usize, description: &str) -> Option<ProtoRef> {
        let line: u32 = description.trim_matches('"').strip_prefix("test:")?.parse().ok()?;
        let mut all = self.main.get().children.iter().chain([&self.main]);
        all.find(|proto| proto.get().plan.line_defined == line).copied()
    }

    fn cell(&mut self, _: usize, description: &str) -> Option<u64> {
        if let Some(value) = self.cells.get(description) {
            return Some(value.0);
        }
        let made: Value = match description.strip_prefix("string ") {
            Some(text) => self.t.new_str(text.trim_matches('"').as_bytes()).ok()?.into(),
            None if description == "table" => self.t.new_table(0, 0).into(),
            None => return None,
        };
        self.t.push(made);
        self.cells.insert(description.to_owned(), made);
        Some(made.0)
    }

    fn address(&mut self, number: usize) -> Option<u64> {
        (number < 100).then(|| 0x1000 + number as u64 * 64)
    }
}

fn run_passes(func: &mut Func, names: &str, path: &Path) {
    for name in names.split(',').map(str::trim) {
        let pass = passes::ALL.iter().find(|pass| pass.name == name);
        let pass = pass.unwrap_or_else(|| panic!("{}: no pass '{name}'", path.display()));
        (pass.run)(func);
        assert_eq!(verify::verify(func), Ok(()), "{} after {name}", path.display());
    }
}

#[test]
fn passes_do_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut by_pass: HashMap<String, u32> = HashMap::new();
    for path in files(&root().join("passes"), "ir") {
        let text = std::fs::read_to_string(&path).unwrap();
        let (input, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let names = input.lines().find_map(|line| line.strip_prefix("; pass:"));
        let names = names.unwrap_or_else(|| panic!("{}: '; pass: NAME' is missing", path.display()));
        let mut state = State::new(0).unwrap();
        let mut fixtures = Fixtures::new(&mut state);
        let func = parse(input, &mut fixtures);
        let mut func = func.unwrap_or_else(|error| panic!("{}:{error}", path.display()));
        run_passes(&mut func, names, &path);
        let found = func.to_string();
        *by_pass.entry(path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned()).or_default() += 1;
        if bless {
            std::fs::write(&path, format!("{input}{MARK}{found}")).unwrap();
        } else {
            assert_eq!(expected, found, "{}: BLESS=1 accepts the new text", path.display());
        }
    }
    for pass in passes::ALL {
        assert!(by_pass.get(pass.name).is_some_and(|&count| count >= 6), "{}: {by_pass:?}", pass.name);
    }
}

/// All functions below `proto`, itself included.
fn functions(proto: ProtoRef, all: &mut Vec<ProtoRef>) {
    all.push(proto);
    proto.get().children.iter().for_each(|&child| functions(child, all));
}

/// What was printed is read as what it was.
fn check_text(func: &Func, what: &str) {
    let (text, mut names) = func.text();
    let again = parse(&text, &mut names).unwrap_or_else(|error| panic!("{what}:{error}\n{text}"));
    let (second, _) = again.text();
    assert!(second == text, "{what}:\n{text}\nbecame\n{second}");
    assert_eq!((again.proto, again.entered, again.extent), (func.proto, func.entered, func.extent));
    for block in func.order() {
        for &val in &func.data(block).insts {
            let (one, other) = (func.inst(val), again.inst(val));
            assert_eq!((one.op, &one.args, one.ty), (other.op, &other.args, other.ty), "{what}: {val}");
            let states = (one.state.map(|id| &func.states[id.0 as usize]), other.state.map(|id| &again.states[id.0 as usize]));
            assert_eq!(states.0, states.1, "{what}: {val}");
            assert_eq!(func.positions[val.0 as usize], again.positions[val.0 as usize]);
        }
    }
}

#[test]
fn text_of_real_programs_is_read_as_what_it_was() {
    let (mut checked, mut instructions) = (0, 0);
    for path in files(&root().join("run/programs"), "lua") {
        let source = std::fs::read(&path).unwrap();
        let mut state = State::new(0).unwrap();
        let main = load(state.main(), &source, b"=program");
        let mut all = Vec::new();
        functions(main, &mut all);
        for proto in all {
            let Ok(mut func) = build::build_unprofiled(state.global(), proto) else { continue };
            check_text(&func, &format!("{}", path.display()));
            for pass in passes::ALL {
                (pass.run)(&mut func);
                check_text(&func, &format!("{} after {}", path.display(), pass.name));
            }
            instructions += func.insts.len();
            checked += 1;
        }
    }
    assert!(checked > 200 && instructions > 20_000, "{checked} functions, {instructions} instructions");
}

/// A program without libraries that has calls to inline, loops, methods, closures, strings and all kinds of numbers.
const PROGRAM: &[u8] = br#"
local function add(a, b) return a + b end
local Point = {}
Point.__index = Point
function Point:move(by) self.x = add(self.x, by) self.count = (self.count or 0) + 1 return self end
local function counter() local n = 0 return function() n = n + 1 return n end end
local function work(points, names, n)
  local sum, text, next = 0.5, "", counter()
  for i = 1, n do
    local p = points[i % #points + 1]
    p:move(i * 0.25)
    sum = sum + p.x - i // 3 + (i << 2 & 7)
    if p.x > 40 then p.x = -0.0 elseif i % 7 == 0 then names[#names + 1] = i end
    names[i] = next() .. ""
    while sum > 1000 do sum = sum / 2 end
    text = names[i] == "12" and "found" or text
  end
  return sum, text, -sum, #text, not text
end
local points = {}
for i = 1, 3 do points[i] = { x = i + 0.0, move = Point.move } end
local total = 0
for round = 1, 30 do total = total + work(points, {}, 20) end
return total
"#;

/// Builds functions for each place where a sample falls, and checks their text.
struct Reader(std::rc::Rc<std::cell::RefCell<(usize, usize)>>);

impl Compiler for Reader {
    fn tick(&mut self, t: &mut Thread, proto: ProtoRef, at: At) -> Option<Code> {
        t.global().set_countdown(3);
        let entry = match at {
            At::Entry => 0,
            At::Loop(pc) => pc,
        };
        let Ok(mut func) = build::build(t.global(), proto, entry) else { return None };
        check_text(&func, "profiled");
        for pass in passes::ALL {
            (pass.run)(&mut func);
            check_text(&func, pass.name);
        }
        let mut counts = self.0.borrow_mut();
        counts.0 += 1;
        counts.1 += usize::from(func.states.iter().any(|state| !state.inlined.is_empty()));
        None
    }

    fn exited(&mut self, _: &mut Thread, _: &perilune_vm::tier::Exit) {}
}

#[test]
fn text_of_profiled_functions_is_read_as_what_it_was() {
    let counts = std::rc::Rc::default();
    let mut state = State::new(0).unwrap();
    state.global().set_compiler(Box::new(Reader(std::rc::Rc::clone(&counts))), 3);
    state.global().set_profiling(u32::MAX);
    let t = state.main();
    load(t, PROGRAM, b"=program");
    assert!(t.call_pushed(0, 1).is_ok());
    let (built, inlining) = *counts.borrow();
    assert!(built > 100 && inlining > 20, "{built} functions, {inlining} of them with inlined calls");
}

const SAMPLE: &str = r#"; A comment.
function f0 "test:2" entry 0 registers 9
inlined f1 "test:3"
cell c0 string "name"
b0:
  at 0
    v0: Any = LoadReg(0)
    v1: Int = Guard(Int) v0 else @0 []
    v2: small Int = Int(-7)
    v3: Flt = Flt(-0.0)
    v4: Flt = Flt(0x7ff8000000000001)
    v5: Any = Any(c0)
    v6: Ptr = Ptr(p3)
    v7: Bool = Compare(Lt) v1, v2
  at f1@2
    v8 = Check v7 else @3 > r2 f1@4 wants -1 for f0@1 [r1=v1 r3=v3]
    v9: Any = Load(Slot, B8, -16) v6, v8
    branch v7, b1(v1, v4), b2
b1(v10: small Int, v11: Flt) cold loop @5 [r4=v3]:
    v12 = Call(3, -1)
    v13: Flt = Help(pow) v3, v11
    jump b1(v2, v13)
b2:
    return v9 by r3
"#;

#[test]
fn all_that_a_function_has_is_in_its_text() {
    let mut state = State::new(0).unwrap();
    let mut fixtures = Fixtures::new(&mut state);
    let func = parse(SAMPLE, &mut fixtures).unwrap();
    let (text, mut names) = func.text();
    // The place in bytecode is said again in each block, and addresses are numbered as they appear. Blocks come in their order.
    let sample = SAMPLE.strip_prefix("; A comment.\n").unwrap();
    let sample = sample.replace("p3", "p0").replace("    v12", "  at 0\n    v12");
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&text), lines(&sample));
    assert_eq!(parse(&text, &mut names).unwrap().to_string(), text);
}

#[test]
fn mistakes_have_a_place() {
    let mut state = State::new(0).unwrap();
    let mut fixtures = Fixtures::new(&mut state);
    let head = "function f0 \"test:2\" entry 0 registers 2\n";
    for (text, line, column, message) in [
        ("", 1, 1, "'function' expected, not the end"),
        ("function f1", 1, 10, "'f0' expected, not 'f1'"),
        ("function f0 \"x", 1, 13, "text without an end"),
        ("function f0 \"x\" entry", 1, 13, "an unknown function"),
        ("b0: v0: Any = Guess", 2, 15, "no operation 'Guess'"),
        ("b0: v0: Any = LoadReg 1", 2, 23, "'(' expected, not '1'"),
        ("b0: v0: Any = LoadReg(70000)", 2, 23, "a number in range expected, not '70000'"),
        ("b0: v0: Any = LoadReg(1, 2)", 2, 24, "')' expected, not ','"),
        ("b0: v0: Any = Any(c0)", 2, 19, "a value expected, not 'c0'"),
        ("b0: v0: Any = Any(0xfffe000000001000)", 2, 19, "a value expected, not '0xfffe000000001000'"),
        ("b0: v0: What = Epoch", 2, 9, "a type expected, not 'What'"),
        ("b0: v0: Int = Int(1)\nv0: Int = Int(2)", 3, 1, "v0 is defined twice"),
        ("b0: return\nb0: return", 3, 1, "b0 begins twice"),
        ("b0: v9999999: Int = Int(1)", 2, 5, "a value expected, not 'v9999999'"),
        ("b0: jump b7", 2, 12, "no block b7"),
        ("b0: v0: Int = Add\n return", 3, 8, "v0 has 0 operands, not 2"),
        ("b0: v0: Flt = Flt(1.5)\n v1: Int = Fits v0\n return", 4, 8, "v1 takes v0, which is Flt, not Int"),
        ("b0: v0: Any = LoadReg(0)\n v1: Int = Guard(Int) v0\n return", 4, 8, "v1 has no state to leave to"),
        ("b0: return v0 by r0", 2, 20, "v0 is used in b0 but not defined"),
        ("b0(v0: Int): return", 2, 20, "the entry has parameters"),
        ("b0: exit @1 > r0 f3@1 wants 0 []", 2, 18, "no function f3"),
        ("b0: \u{263d}", 2, 5, "an instruction or an end expected, not '\u{263d}'"),
    ] {
        let full = if text.starts_with('b') { format!("{head}{text}") } else { text.to_owned() };
        let error = parse(&full, &mut fixtures).err().unwrap_or_else(|| panic!("{text} was read"));
        let ParseError { line: l, column: c, message: m } = &error;
        assert!((*l, *c) == (line, column) && m.starts_with(message), "{text}: {error}");
    }
}

/// Text with random mistakes: it is refused, or the passes can work on it.
#[test]
fn no_text_makes_a_panic() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as usize % below.max(1)
    };
    let mut samples = vec![SAMPLE.to_owned()];
    let all = files(&root().join("passes"), "ir");
    samples.extend(all.iter().map(|path| std::fs::read_to_string(path).unwrap().split(MARK).next().unwrap().to_owned()));
    let mut state = State::new(0).unwrap();
    let mut fixtures = Fixtures::new(&mut state);
    let mut read = 0;
    for round in 0..20_000 {
        let mut words: Vec<String> = split_words(&samples[round % samples.len()]);
        for _ in 0..=random(3) {
            let (at, from) = (random(words.len()), random(words.len()));
            match random(4) {
                0 => drop(words.remove(at)),
                1 => words[at] = words[from].clone(),
                2 => words.swap(at, from),
                _ => words.insert(at, words[from].clone()),
            }
        }
        if let Ok(mut func) = parse(&words.concat(), &mut fixtures) {
            read += 1;
            for pass in passes::ALL {
                (pass.run)(&mut func);
            }
        }
    }
    assert!(read > 500, "{read} of the texts were read");
}

fn split_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if c.is_alphanumeric() && word.ends_with(char::is_alphanumeric) => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    words
}
