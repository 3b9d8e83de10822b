//! The helper that marks for all states of a process: states on several threads, states that go away while it marks, and `fork`.

use perilune_stdlib::{chunk, init};
use perilune_vm::Value;
use perilune_vm::heap::collect::Mode;
use perilune_vm::state::State;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Read by tests, written by the one that forks: a child of `fork` may not allocate if another thread was in the midst of that.
static FORKS: RwLock<()> = RwLock::new(());

/// Keeps a big structure, changes it all the time, and finds it whole in the end.
const CHURN: &[u8] = br#"
local seed, rounds = ...
local size = 60000
local live, links, weak = {}, {}, setmetatable({}, { __mode = "v" })
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % n + 1
end
for i = 1, size do
  live[i] = { id = i, text = "text " .. i, { i }, get = i % 8 == 0 and function() return i end or nil }
end
for round = 1, rounds do
  local at = random(size)
  local new = { id = at, text = "text " .. at, { at }, other = live[random(size)] }
  new.get = round % 4 == 0 and function() return at end or nil
  live[at], weak[at], links["key " .. at] = new, new, { new }
  if round % 50 == 0 then
    local co = coroutine.wrap(function() local kept = new coroutine.yield() return kept.id end)
    co()
    links["key " .. at].resume = co
  end
  if round % 1000 == 0 then new.other.other = nil end
end
for i = 1, size do
  local object = live[i]
  assert(object.id == i and object.text == "text " .. i and object[1][1] == i)
  assert(not object.get or object.get() == i)
  assert(not object.other or object.other.text == "text " .. object.other.id)
  assert(not weak[i] or weak[i] == object)
end
for key, link in pairs(links) do
  assert(key == "key " .. link[1].id and (not link.resume or link.resume() == link[1].id))
end
return #live
"#;

fn new_state(seed: u32) -> State {
    let mut state = State::new(seed).expect("address space");
    state.global().collector().set_mode(Mode::Concurrent);
    init::open_all(state.main());
    state
}

/// Runs a program with a seed and a number of rounds.
fn run(state: &mut State, source: &[u8], seed: i64, rounds: i64) -> Option<i64> {
    let t = state.main();
    let function = chunk::load(t, source, b"=churn", b"t").expect("a valid program");
    let result = t.call(function, &[Value::small_int(seed), Value::small_int(rounds)]);
    if result.is_err() {
        let message = t.take_error();
        panic!("{}", message.as_str().map_or_else(String::new, |s| String::from_utf8_lossy(s.bytes()).into_owned()));
    }
    result.ok().and_then(|value| value.as_int())
}

/// Whether there can be a helper: elsewhere the mode is that without one.
fn may_have_helper() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64")) && std::thread::available_parallelism().is_ok_and(|n| n.get() > 1)
}

/// Begins a marking; whether it is in progress still.
fn begin_marking(state: &mut State) -> bool {
    // Marks are cleared before that.
    state.global().full_collect();
    (0..20).map(|_| state.global().step_for(Duration::from_micros(300))).last() == Some(false)
}

#[test]
fn states_on_several_threads_share_the_helper() {
    let _others = FORKS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let helped = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for number in 0..4 {
            let helped = &helped;
            scope.spawn(move || {
                for round in 0..3 {
                    let mut state = new_state(number * 10 + round);
                    let rounds = 30_000 + 10_000 * i64::from(number % 3);
                    assert_eq!(run(&mut state, CHURN, i64::from(number), rounds), Some(60_000));
                    helped.fetch_add(state.global().heap_stats().helped, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(!may_have_helper() || helped.into_inner() > 1 << 20, "the helper took no part");
}

#[test]
fn states_go_away_while_they_are_marked() {
    let _others = FORKS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let interrupted = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for number in 0..3 {
            let interrupted = &interrupted;
            scope.spawn(move || {
                for round in 0..6 {
                    let mut state = new_state(number * 10 + round);
                    let t = state.main();
                    let source = b"kept = {} for i = 1, 150000 do kept[i] = { { i }, i } end";
                    let function = chunk::load(t, source, b"=kept", b"t").expect("a valid program");
                    t.call_discard(function, &[]).expect("no error");
                    if begin_marking(&mut state) {
                        interrupted.fetch_add(1, Ordering::Relaxed);
                    }
                    drop(state);
                }
            });
        }
    });
    assert!(interrupted.into_inner() > 0, "no state went away in the midst of a marking");
}

#[test]
#[cfg(unix)]
fn a_child_of_fork_goes_on_without_the_helper() {
    let _others = FORKS.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut state = new_state(5);
    let source = b"kept = {} for i = 1, 150000 do kept[i] = { { i }, i } end";
    let t = state.main();
    let function = chunk::load(t, source, b"=kept", b"t").expect("a valid program");
    t.call_discard(function, &[]).expect("no error");
    let check = b"local sum = 0 for i = 1, #kept do assert(kept[i][1][1] == i) sum = sum + kept[i][2] end return sum";
    let mut marked = 0;
    for round in 0..4 {
        marked += u32::from(begin_marking(&mut state));
        // SAFETY: the child uses what belongs to this thread, and the allocator, which can be used after `fork`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let fine = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let churned = run(&mut state, CHURN, round, 20_000) == Some(60_000);
                state.global().full_collect();
                churned && run(&mut state, check, 0, 0) == Some(150_000 * 150_001 / 2)
            }));
            // SAFETY: ends the child without what the parent's test runner would do.
            unsafe { libc::_exit(if matches!(fine, Ok(true)) { 0 } else { 1 }) };
        }
        assert!(child > 0, "no child");
        let mut status = 0;
        assert_eq!(run(&mut state, check, 0, 0), Some(150_000 * 150_001 / 2));
        // SAFETY: waits for the child; the status is ours.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status, 0, "the child of round {round}");
    }
    assert!(marked > 0, "no marking was in progress");
}

#[test]
#[cfg(unix)]
fn programs_are_started_while_the_helper_marks() {
    let _others = FORKS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut state = new_state(6);
    let source = br#"
    local kept = {}
    for round = 1, 30 do
      for i = 1, 8000 do kept[#kept + 1] = { { round }, i } end
      local pipe = assert(io.popen("echo " .. round))
      assert(pipe:read("n") == round)
      assert(pipe:close())
      assert(os.execute("exit 0"))
    end
    for i, object in ipairs(kept) do assert(object[1][1] == (i - 1) // 8000 + 1) end
    return #kept
    "#;
    assert_eq!(run(&mut state, source, 0, 0), Some(240_000));
}
