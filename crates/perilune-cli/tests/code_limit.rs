//! `--code-limit`: machine code comes and goes, in no more memory than it may have.

mod common;

use common::{Outcome, Scratch, run};

/// Compiles a thousand functions through `load`; coroutines wait inside of some.
const PROGRAM: &str = r#"
local kept, sum = {}, 0
for i = 1, 1000 do
  local f = load("local a, b = ... local s = " .. i .. " for k = 1, 10 do s = s + a * k - b end return s")
  for r = 1, 3 do sum = (sum + f(i, r)) % 1000003 end
  if i % 50 == 0 then
    local g = load("local wait = ... local s = 0 for k = 1, 40 do s = s + k if k % 5 == 0 then wait(s) end end return s")
    kept[#kept + 1] = coroutine.wrap(function() return g(coroutine.yield) end)
  end
  if #kept > 10 then table.remove(kept, 1)() end
  for _, co in ipairs(kept) do if i % 100 == 7 then sum = sum + co() end end
end
print(sum)
"#;

fn stats(options: &[&str]) -> (Outcome, Vec<u64>) {
    let scratch = Scratch::new(&[("many.lua", PROGRAM)]);
    let found = run(scratch.path(), &[options, &["--stats", "many.lua"]].concat(), "", &[]);
    let line = found.stderr.lines().find(|line| line.starts_with("code memory:")).unwrap_or_default();
    let numbers = line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    (found, numbers)
}

#[test]
fn code_memory_stays_within_its_limit() {
    let (plain, _) = stats(&["--tier=interp"]);
    for options in [&["--hot=0", "--code-limit=128K"][..], &["--hot=0", "--code-limit=128K", "--deopt-every=7"]] {
        let (found, numbers) = stats(options);
        assert_eq!((&found.stdout, found.status), (&plain.stdout, Some(0)), "{}", found.stderr);
        let [used, _, most, limit] = numbers[..] else { panic!("{}", found.stderr) };
        assert_eq!(limit, 128 << 10);
        assert!(used <= most && most <= limit && most > limit / 2, "{numbers:?}");
        let freed = found.stderr.lines().find_map(|line| line.strip_prefix("code freed: ")?.split(' ').next()?.parse().ok());
        assert!(freed.is_some_and(|freed: u64| freed > 500), "{}", found.stderr);
    }
}

#[test]
fn code_of_dead_functions_is_freed_without_a_limit() {
    let (found, _) = stats(&["--hot=0", "--gc-stress=50"]);
    assert!(found.stderr.contains(", 0 of them as memory was full"), "{}", found.stderr);
    let freed = found.stderr.lines().find_map(|line| line.strip_prefix("code freed: ")?.split(' ').next()?.parse().ok());
    assert!(freed.is_some_and(|freed: u64| freed > 500), "{}", found.stderr);
}
