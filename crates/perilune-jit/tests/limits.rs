//! Limits that a host sets between runs: code that was compiled before counts no steps, and is made anew.

use perilune_front::compiler;
use perilune_jit::engine::{Settings, install};
use perilune_vm::Value;
use perilune_vm::limits::{Exceeded, Limits};
use perilune_vm::state::State;
use std::time::Duration;

#[test]
fn limits_may_be_set_and_lifted_between_runs() {
    let mut state = State::new(0).unwrap();
    install(&mut state, Settings { hot: Some(0), ..Settings::default() });
    let plan = compiler::compile(b"local n = ... local s = 0 for i = 1, n do s = s + i % 3 end return s", b"=loop").unwrap();
    let t = state.main();
    let function = t.load_proto(plan, Value::NIL);
    t.push(function);
    let mut run = |limits: Limits, rounds: i64| {
        let t = state.main();
        t.global().set_limits(limits).unwrap();
        let result = t.call(function, &[Value::small_int(rounds)]).ok();
        if result.is_none() {
            t.take_error();
        }
        (result.and_then(|value| value.as_int()), t.global().exceeded())
    };
    let steps = |steps| Limits { steps: Some(steps), time: None };
    for _ in 0..3 {
        assert_eq!(run(Limits::default(), 100_000), (Some(100_000), None));
        assert_eq!(run(steps(1000), 100_000), (None, Some(Exceeded::Steps)));
        assert_eq!(run(steps(200_000), 100_000), (Some(100_000), None));
        assert_eq!(run(steps(50_000), i64::from(u32::MAX)), (None, Some(Exceeded::Steps)));
        let time = Limits { steps: None, time: Some(Duration::from_millis(20)) };
        assert_eq!(run(time, i64::from(u32::MAX) * 1000), (None, Some(Exceeded::Time)));
    }
}
