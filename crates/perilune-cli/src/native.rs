//! Machine code for `perilune build`: from the compiler to the objects.

use perilune_aot::Error;
use perilune_aot::graph::Module;
use perilune_aot::native::{DebugReference, DebugSection, FrameReference, Native, Relocation, RelocationKind, Symbol};
use perilune_host::output::write_error;
use perilune_jit::ahead::{self, Code};

/// Compiles the functions of modules. What cannot be compiled stays bytecode; `verbose`: and is listed.
///
/// # Errors
/// A processor that code cannot be made for.
pub fn compile(modules: &mut [Module], verbose: bool) -> Result<(), Error> {
    for module in modules {
        let code = ahead::compile(&module.proto).map_err(|reason| Error(reason.into_bytes()))?;
        if verbose {
            list(&code);
        }
        module.native = Some(native(code));
    }
    Ok(())
}

fn list(code: &Code) {
    for function in &code.functions {
        if let Err(reason) = &function.code {
            write_error(format!("  {}: stays bytecode: {reason}\n", function.name).as_bytes());
        }
    }
}

/// The code in the form that objects take.
fn native(code: Code) -> Native {
    let functions = code.functions.into_iter().map(|function| {
        let (start, size) = function.code.ok()?;
        Some(Symbol { name: function.name, offset: start as u64, size: size as u64 })
    });
    let calls = code.calls.iter().map(|call| Relocation {
        offset: call.offset as u64,
        kind: RelocationKind::Call32,
        symbol: format!("perilune_{}", call.helper),
        addend: call.addend,
    });
    let reference =
        |reference: &ahead::FrameReference| FrameReference { offset: reference.offset as u64, target: reference.target as u64 };
    let section = |section: ahead::DebugSection| DebugSection {
        references: section.references.iter().map(debug_reference).collect(),
        name: section.name,
        bytes: section.bytes,
    };
    Native {
        debug: code.debug.into_iter().map(section).collect(),
        functions: functions.collect(),
        relocations: calls.collect(),
        frame_references: code.frame_references.iter().map(reference).collect(),
        text: code.text,
        frames: code.frames,
    }
}

fn debug_reference(reference: &ahead::DebugReference) -> DebugReference {
    DebugReference {
        offset: reference.offset as u64,
        wide: reference.size == 8,
        section: reference.section,
        target: reference.target as u64,
    }
}
