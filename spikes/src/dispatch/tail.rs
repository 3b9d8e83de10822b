//! Way (c): one function per operation which ends by calling the next one. Nothing in stable Rust promises that such a
//! call reuses the frame; with optimisation LLVM does it. The texts are in `tail_ops.rs`, compiled per calling convention.

/// With the C calling convention.
pub mod c_abi {
    type Handler = unsafe extern "C" fn(
        *const u32,
        *mut Nan,
        *const Nan,
        *mut Cache,
        &mut Vm<Nan>,
        u32,
    ) -> Stop;

    /// A handler. Where its body yields `false`, the `else` part runs, in a function of its own that is reached by a
    /// sibling call too: a real call in the handler would make it save registers on its fast path.
    macro_rules! handler {
        ($name:ident($pc:ident, $base:ident, $consts:ident, $caches:ident, $vm:ident, $word:ident) $body:block) => {
            handler! { $name($pc, $base, $consts, $caches, $vm, $word) { $body true } else { slow_loop(); } }
        };
        ($name:ident($pc:ident, $base:ident, $consts:ident, $caches:ident, $vm:ident, $word:ident) $body:block else $slow:block) => {
            #[allow(unused_mut, unused_variables, unused_assignments, unreachable_code, non_snake_case)]
            unsafe extern "C" fn $name(
                mut $pc: *const u32, mut $base: *mut Nan, mut $consts: *const Nan, mut $caches: *mut Cache, $vm: &mut Vm<Nan>,
                $word: u32,
            ) -> Stop {
                #[allow(unreachable_code)]
                #[cold]
                #[inline(never)]
                unsafe extern "C" fn slow(
                    mut $pc: *const u32, $base: *mut Nan, $consts: *const Nan, $caches: *mut Cache, $vm: &mut Vm<Nan>,
                    $word: u32,
                ) -> Stop {
                    // SAFETY: `run`'s promise.
                    unsafe {
                        $slow
                        let next = *$pc;
                        HANDLERS[next as u8 as usize]($pc.add(1), $base, $consts, $caches, $vm, next)
                    }
                }
                // SAFETY: `run`'s promise.
                unsafe {
                    if !$body {
                        return slow($pc, $base, $consts, $caches, $vm, $word);
                    }
                    let next = *$pc;
                    HANDLERS[next as u8 as usize]($pc.add(1), $base, $consts, $caches, $vm, next)
                }
            }
        };
    }

    include!("tail_ops.rs");
}

/// With Rust's calling convention.
pub mod rust_abi {
    type Handler =
        unsafe fn(*const u32, *mut Nan, *const Nan, *mut Cache, &mut Vm<Nan>, u32) -> Stop;

    /// A handler. Where its body yields `false`, the `else` part runs, in a function of its own that is reached by a
    /// sibling call too: a real call in the handler would make it save registers on its fast path.
    macro_rules! handler {
        ($name:ident($pc:ident, $base:ident, $consts:ident, $caches:ident, $vm:ident, $word:ident) $body:block) => {
            handler! { $name($pc, $base, $consts, $caches, $vm, $word) { $body true } else { slow_loop(); } }
        };
        ($name:ident($pc:ident, $base:ident, $consts:ident, $caches:ident, $vm:ident, $word:ident) $body:block else $slow:block) => {
            #[allow(unused_mut, unused_variables, unused_assignments, unreachable_code, non_snake_case)]
            unsafe fn $name(
                mut $pc: *const u32, mut $base: *mut Nan, mut $consts: *const Nan, mut $caches: *mut Cache, $vm: &mut Vm<Nan>,
                $word: u32,
            ) -> Stop {
                #[allow(unreachable_code)]
                #[cold]
                #[inline(never)]
                unsafe fn slow(
                    mut $pc: *const u32, $base: *mut Nan, $consts: *const Nan, $caches: *mut Cache, $vm: &mut Vm<Nan>,
                    $word: u32,
                ) -> Stop {
                    // SAFETY: `run`'s promise.
                    unsafe {
                        $slow
                        let next = *$pc;
                        HANDLERS[next as u8 as usize]($pc.add(1), $base, $consts, $caches, $vm, next)
                    }
                }
                // SAFETY: `run`'s promise.
                unsafe {
                    if !$body {
                        return slow($pc, $base, $consts, $caches, $vm, $word);
                    }
                    let next = *$pc;
                    HANDLERS[next as u8 as usize]($pc.add(1), $base, $consts, $caches, $vm, next)
                }
            }
        };
    }

    include!("tail_ops.rs");
}
