//! `math.random` and `math.randomseed`: one generator per state, in a userdata that both functions have as their upvalue.

use crate::xoshiro::{Xoshiro256, unit_float};
use perilune_vm::{NativeFn, NativeResult, Table, Thread};

/// Adds the functions, with a generator whose seed a program cannot foresee.
pub fn add_functions(t: &mut Thread, library: Table) {
    let (first, second) = unforeseeable_seed(t);
    let generator = t.new_userdata(Box::new(Xoshiro256::seeded(first, second)), 0);
    for (name, function) in [("random", random as NativeFn), ("randomseed", randomseed)] {
        let function = t.new_native(function, &[generator.into()]);
        t.set_field(library, name, function);
    }
}

/// The time, and an address that differs between runs where the system randomises addresses.
fn unforeseeable_seed(t: &Thread) -> (i64, i64) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (now.as_secs() as i64, std::ptr::from_ref(t) as usize as i64)
}

#[inline(always)]
fn generator(t: &Thread) -> &'static mut Xoshiro256 {
    let upvalue = t.upvalue(1).as_userdata();
    upvalue.and_then(|userdata| userdata.downcast()).expect("the upvalue is the generator")
}

fn random(t: &mut Thread) -> NativeResult {
    let word = generator(t).next_u64();
    let (low, high) = match t.arg_count() {
        0 => {
            t.push_float(unit_float(word));
            return Ok(1);
        }
        1 => match t.check_int(1)? {
            0 => {
                t.push_int(word as i64);
                return Ok(1);
            }
            high => (1, high),
        },
        2 => (t.check_int(1)?, t.check_int(2)?),
        _ => return Err(t.error("wrong number of arguments")),
    };
    if low > high {
        return Err(t.arg_error(1, "interval is empty"));
    }
    let offset = generator(t).project(word, (high as u64).wrapping_sub(low as u64));
    t.push_int(low.wrapping_add(offset as i64));
    Ok(1)
}

fn randomseed(t: &mut Thread) -> NativeResult {
    let (first, second) = if t.arg_count() == 0 { unforeseeable_seed(t) } else { (t.check_int(1)?, t.opt_int(2, 0)?) };
    *generator(t) = Xoshiro256::seeded(first, second);
    t.push_int(first);
    t.push_int(second);
    Ok(2)
}
