//! The `perilune` command.
use perilune_vm::state::State;

fn main() {
    let mut args = std::env::args_os().skip(1);
    let mut state = State::new(0).expect("address space");
    let mut path = args.next().expect("a script");
    if path == "--gc-stress" {
        state.set_gc_stress(true);
        path = args.next().expect("a script");
    }
    let source = std::fs::read(&path).expect("a readable script");
    let t = state.main();
    perilune_stdlib::init::open_all(t);
    let name = [b"@", path.as_encoded_bytes()].concat();
    let plan = match perilune_vm::front::compiler::compile(&source, &name) {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("perilune: {}", String::from_utf8_lossy(&error.message));
            std::process::exit(1);
        }
    };
    let env = t.globals().into();
    let function = t.load_proto(plan, env);
    t.push(function);
    if t.protected_call_pushed(0).is_err() {
        let error = t.from_top(0);
        let text = t.tostring(error).map(|s| String::from_utf8_lossy(s.bytes()).into_owned());
        eprintln!("perilune: {}", text.unwrap_or_default());
        std::process::exit(1);
    }
}
