//! What each operation takes and yields, for the verifier.

use super::{Func, Inst, Op, Ty, Val};
use perilune_vm::runtime::Helper;

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Types(u16);

const fn types(list: &[Ty]) -> Types {
    let (mut set, mut index) = (0, 0);
    while index < list.len() {
        set |= 1 << list[index] as u16;
        index += 1;
    }
    Types(set)
}

const NONE: Types = types(&[Ty::None]);
const ANY: Types = types(&[Ty::Any]);
const INT: Types = types(&[Ty::Int]);
const FLT: Types = types(&[Ty::Flt]);
const BOOL: Types = types(&[Ty::Bool]);
const TAB: Types = types(&[Ty::Tab]);
const FUN: Types = types(&[Ty::Fun]);
const ADDRESS: Types = types(&[Ty::Tab, Ty::Str, Ty::Fun, Ty::Ptr]);
/// What takes a register of 64 bits for integers.
const WORD: Types = types(&[Ty::Any, Ty::Int, Ty::Tab, Ty::Str, Ty::Fun, Ty::Ptr]);
const VALUE: Types = types(&[Ty::Any, Ty::Int, Ty::Flt, Ty::Bool, Ty::Tab, Ty::Str, Ty::Fun, Ty::Ptr]);
/// A value that table operations look into.
const OBJECT: Types = types(&[Ty::Any, Ty::Tab]);
/// What makes a load safe: a check, or a condition that turned out to hold.
const CHECK: Types = types(&[Ty::None, Ty::Bool]);

impl Types {
    fn has(self, ty: Ty) -> bool {
        self.0 & 1 << ty as u16 != 0
    }

    fn text(self) -> String {
        let all = [Ty::None, Ty::Any, Ty::Int, Ty::Flt, Ty::Bool, Ty::Tab, Ty::Str, Ty::Fun, Ty::Ptr];
        let names: Vec<String> = all.iter().filter(|&&ty| self.has(ty)).map(|ty| format!("{ty:?}")).collect();
        names.join(" or ")
    }
}

/// What an operation takes and yields.
struct Signature {
    operands: Operands,
    result: Types,
    /// Whether it may leave the code, or names a state for another reason.
    leaves: bool,
}

enum Operands {
    /// Exactly these.
    These(&'static [Types]),
    /// These; the last one may be missing.
    Optional(&'static [Types]),
    /// At least one, all of this kind.
    Many(Types),
    /// A helper's, without the thread.
    Helper(Helper),
}

use Operands::{Many, Optional, These};

fn signature(op: Op) -> Option<Signature> {
    let plain = |operands, result| Signature { operands, result, leaves: false };
    let leaving = |operands, result| Signature { operands, result, leaves: true };
    Some(match op {
        Op::Param => return None,
        Op::Int(_) => plain(These(&[]), INT),
        Op::Flt(_) => plain(These(&[]), FLT),
        Op::Any(_) | Op::Konst(_) | Op::LoadReg(_) | Op::Arg(_) => plain(These(&[]), ANY),
        Op::Ptr(_) | Op::Cache(_) => plain(These(&[]), ADDRESS),
        Op::Bool(_) | Op::Waiting | Op::StepJump(_) | Op::ForIn(_) => plain(These(&[]), BOOL),
        Op::Callee => plain(These(&[]), FUN),
        Op::Epoch | Op::ExtraCount => plain(These(&[]), INT),
        Op::ExtraArg => plain(These(&[INT]), ANY),
        Op::RegPlace(_) => plain(These(&[]), ADDRESS),
        Op::Next(_) => plain(These(&[TAB, ANY, ADDRESS]), ANY),
        Op::Box => plain(These(&[VALUE]), ANY),
        Op::BoxSmall => plain(These(&[INT]), ANY),
        Op::Guard(ty) => leaving(These(&[ANY]), types(&[ty])),
        Op::GuardInteger => leaving(These(&[ANY]), INT),
        Op::GuardNumber => leaving(These(&[ANY]), FLT),
        Op::Check | Op::CheckDone => leaving(These(&[BOOL]), NONE),
        Op::GuardFits => leaving(These(&[INT]), INT),
        Op::ToInt => leaving(These(&[FLT]), INT),
        Op::Poll | Op::PushFrames => leaving(These(&[]), NONE),
        Op::Unbox(ty) => plain(These(&[ANY]), types(&[ty])),
        Op::ToFloat => plain(These(&[INT]), FLT),
        Op::AreInts | Op::AreFloats | Op::AreNumbers => plain(Many(ANY), BOOL),
        Op::ToDouble => plain(These(&[ANY]), FLT),
        Op::Fits => plain(These(&[INT]), BOOL),
        // Of an address and a distance too.
        Op::Add => plain(These(&[Types(INT.0 | ADDRESS.0), INT]), types(&[Ty::Int, Ty::Ptr])),
        Op::Sub | Op::Mul | Op::And | Op::Or | Op::Xor | Op::Shl | Op::Shr => plain(These(&[INT, INT]), INT),
        Op::IDiv | Op::Mod | Op::UDiv => plain(These(&[INT, INT]), INT),
        Op::FAdd | Op::FSub | Op::FMul | Op::FDiv => plain(These(&[FLT, FLT]), FLT),
        Op::FNeg | Op::FFloor | Op::FCeil | Op::FSqrt | Op::FAbs => plain(These(&[FLT]), FLT),
        Op::Compare(_) => plain(These(&[INT, INT]), BOOL),
        Op::FCompare(_) => plain(These(&[FLT, FLT]), BOOL),
        Op::Same => plain(These(&[VALUE, VALUE]), BOOL),
        Op::Truthy | Op::IsFloat => plain(These(&[ANY]), BOOL),
        Op::Not => plain(These(&[BOOL]), BOOL),
        Op::Both | Op::Either => plain(These(&[BOOL, BOOL]), BOOL),
        Op::StoreReg(_) => plain(These(&[ANY]), NONE),
        Op::Load(..) => plain(Optional(&[ADDRESS, CHECK]), WORD),
        Op::Store(..) => plain(These(&[ADDRESS, WORD]), NONE),
        Op::LoadAt(_) => plain(Optional(&[ADDRESS, INT, CHECK]), WORD),
        Op::StoreAt(_) => plain(These(&[ADDRESS, INT, WORD]), NONE),
        Op::NewTable(_) => plain(These(&[]), TAB),
        Op::Barrier => plain(These(&[ADDRESS, ANY]), NONE),
        Op::PopFrames | Op::PopReturned(..) | Op::CallLast(..) => plain(These(&[]), NONE),
        Op::SetPc(_) | Op::SetTop(_) | Op::Call(..) | Op::Step(_) | Op::Safepoint(_) => plain(These(&[]), NONE),
        Op::CallLua(..) => plain(Optional(&[ANY, ANY]), NONE),
        Op::TailFast(_) | Op::TailAny(_) => plain(Many(WORD), NONE),
        Op::CallFast(..) | Op::CallAny(..) => leaving(Many(WORD), types(&[Ty::Any, Ty::None])),
        Op::Field(_) | Op::Method(_) | Op::Length => plain(These(&[OBJECT]), ANY),
        Op::StoreField(_) => plain(These(&[OBJECT, ANY]), BOOL),
        Op::Index => plain(These(&[OBJECT, VALUE]), ANY),
        Op::StoreIndex => plain(These(&[OBJECT, VALUE, ANY]), BOOL),
        Op::Help(helper) => match helper.signature().1 {
            'F' => plain(Operands::Helper(helper), FLT),
            _ => plain(Operands::Helper(helper), Types(WORD.0 | NONE.0)),
        },
    })
}

/// Whether a helper takes the thread, which is no operand.
pub(crate) fn takes_thread(helper: Helper) -> bool {
    helper.signature().0.first() == Some(&'T')
}

/// What is wrong with an instruction's operands, its result or its way out.
pub(super) fn check(func: &Func, val: Val) -> Result<(), String> {
    let inst = func.inst(val);
    let Some(signature) = signature(inst.op) else { return Err(format!("{val} is a parameter among instructions")) };
    check_operands(func, val, inst, &signature.operands)?;
    if !signature.result.has(inst.ty) {
        return Err(format!("{val} yields {:?}, not {}", inst.ty, signature.result.text()));
    }
    match (signature.leaves, inst.state.is_some()) {
        (true, false) => Err(format!("{val} has no state to leave to")),
        (false, true) => Err(format!("{val} has a state, but does not leave")),
        _ => Ok(()),
    }
}

fn check_operands(func: &Func, val: Val, inst: &Inst, operands: &Operands) -> Result<(), String> {
    let expected: Vec<Types> = match operands {
        These(list) => list.to_vec(),
        Optional(list) => list[..list.len().min(inst.args.len().max(list.len() - 1))].to_vec(),
        Many(types) => vec![*types; inst.args.len().max(1)],
        Operands::Helper(helper) => {
            let kinds = &helper.signature().0[usize::from(takes_thread(*helper))..];
            kinds.iter().map(|&kind| if kind == 'F' { FLT } else { WORD }).collect()
        }
    };
    if expected.len() != inst.args.len() {
        return Err(format!("{val} has {} operands, not {}", inst.args.len(), expected.len()));
    }
    for (&arg, types) in inst.args.iter().zip(expected) {
        if !types.has(func.ty(arg)) {
            return Err(format!("{val} takes {arg}, which is {:?}, not {}", func.ty(arg), types.text()));
        }
    }
    Ok(())
}
