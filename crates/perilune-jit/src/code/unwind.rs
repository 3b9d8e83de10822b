//! Unwinding through compiled frames: call frame information for debuggers and for the unwinder of this process.
//!
//! Compiled code keeps the frame pointer, so the rules are the same in every function once its prologue has run: the caller's
//! frame pointer is at `rbp`, the return address above it. One entry with these rules for the whole memory, registered
//! once, is all that this process's own unwinder needs: it only ever looks at return addresses, which are behind the
//! prologue. Debuggers also stop inside a prologue, and code without a frame pointer needs rules of its own: entries per block.

use std::ops::Range;

use gimli::write::{
    Address, CallFrameInstruction, CommonInformationEntry, EhFrame, EndianVec, FrameDescriptionEntry, FrameTable,
};
use gimli::{Encoding, Format, LittleEndian, Register, X86_64};

/// How the frames of a piece of code can be found.
#[derive(Clone, Copy, Default)]
pub enum Frame<'a> {
    /// The code begins with `push rbp; mov rbp, rsp` and restores `rbp` right before it returns.
    #[default]
    Pointer,
    /// The same for code that can be entered at several offsets, in ascending order, each with such a prologue.
    Entries(&'a [u32]),
    /// It makes no frame: the return address is on top of the stack throughout.
    None,
    /// Whatever the compiler says of code that is executed at the address it gets. For Cranelift: the instruction set's
    /// `create_systemv_cie` and the code's `UnwindInfo::SystemV(info) => info.to_fde(Address::Constant(address))`.
    Table(&'a dyn Fn(u64) -> (CommonInformationEntry, FrameDescriptionEntry)),
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Frame::Pointer => write!(f, "Pointer"),
            Frame::Entries(offsets) => write!(f, "Entries({offsets:?})"),
            Frame::None => write!(f, "None"),
            Frame::Table(_) => write!(f, "Table"),
        }
    }
}

/// What this process's own unwinder (`_Unwind_Backtrace`, Rust's backtraces) is told.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Unwind {
    /// Nothing.
    Off,
    /// Once, that all code has the frame pointer set wherever it calls. [`Frame`] is not looked at.
    #[default]
    Region,
    /// Each block's own rules.
    Blocks,
}

/// Bytes of a call instruction's effect: the return address.
const WORD: i32 = 8;
/// `push rbp`.
const PUSH_LENGTH: u32 = 1;
/// `push rbp; mov rbp, rsp`.
const PROLOGUE_LENGTH: u32 = 4;

fn encoding() -> Encoding {
    // The version is that of `.eh_frame`, which is always 1.
    Encoding { address_size: 8, format: Format::Dwarf32, version: 1 }
}

/// The rules at the first instruction of a function: the return address on top of the stack.
fn at_entry() -> CommonInformationEntry {
    let mut common = CommonInformationEntry::new(encoding(), 1, -8, X86_64::RA);
    common.add_instruction(CallFrameInstruction::Cfa(X86_64::RSP, WORD));
    common.add_instruction(CallFrameInstruction::Offset(X86_64::RA, -WORD));
    common
}

/// The rules behind a prologue.
fn in_frame() -> CommonInformationEntry {
    let mut common = CommonInformationEntry::new(encoding(), 1, -8, X86_64::RA);
    common.add_instruction(CallFrameInstruction::Cfa(X86_64::RBP, 2 * WORD));
    common.add_instruction(CallFrameInstruction::Offset(X86_64::RA, -WORD));
    common.add_instruction(CallFrameInstruction::Offset(X86_64::RBP, -2 * WORD));
    common
}

fn add_prologue(entry: &mut FrameDescriptionEntry, offset: u32) {
    const SAME: Register = X86_64::RBP;
    if offset > 0 {
        entry.add_instruction(offset, CallFrameInstruction::Cfa(X86_64::RSP, WORD));
        entry.add_instruction(offset, CallFrameInstruction::SameValue(SAME));
    }
    entry.add_instruction(offset + PUSH_LENGTH, CallFrameInstruction::CfaOffset(2 * WORD));
    entry.add_instruction(offset + PUSH_LENGTH, CallFrameInstruction::Offset(X86_64::RBP, -2 * WORD));
    entry.add_instruction(offset + PROLOGUE_LENGTH, CallFrameInstruction::CfaRegister(X86_64::RBP));
}

fn describe(frame: Frame<'_>, address: u64, length: u32) -> (CommonInformationEntry, FrameDescriptionEntry) {
    let mut entry = FrameDescriptionEntry::new(Address::Constant(address), length);
    match frame {
        Frame::Pointer => add_prologue(&mut entry, 0),
        Frame::Entries(offsets) => offsets.iter().for_each(|&offset| add_prologue(&mut entry, offset)),
        Frame::None => {}
        Frame::Table(table) => return table(address),
    }
    (at_entry(), entry)
}

/// The bytes of an `.eh_frame` section for code at `address`, with the end mark. `None` if the compiler's rules cannot be
/// written down.
pub fn eh_frame(frame: Frame<'_>, address: u64, length: u32) -> Option<Vec<u8>> {
    let (common, entry) = describe(frame, address, length);
    section(common, entry)
}

fn section(common: CommonInformationEntry, entry: FrameDescriptionEntry) -> Option<Vec<u8>> {
    let mut table = FrameTable::default();
    let common = table.add_cie(common);
    table.add_fde(common, entry);
    let mut section = EhFrame(EndianVec::new(LittleEndian));
    table.write_eh_frame(&mut section).ok()?;
    let mut bytes = section.0.into_vec();
    bytes.extend([0; 4]);
    Some(bytes)
}

unsafe extern "C" {
    // In the unwinder that every Rust program on Linux contains, libgcc's or LLVM's.
    fn __register_frame(begin: *const u8);
    fn __deregister_frame(begin: *const u8);
}

/// Call frame information that the process's unwinder knows, until this is dropped.
#[derive(Debug)]
pub struct Registration {
    section: Box<[u8]>,
}

impl Registration {
    /// Registers one block's rules.
    pub fn of_block(frame: Frame<'_>, address: u64, length: u32) -> Option<Registration> {
        Some(Registration::new(eh_frame(frame, address, length)?))
    }

    /// Registers the frame pointer's rules for all addresses of a range, which is shorter than 4 GiB.
    pub fn of_region(range: Range<u64>) -> Option<Registration> {
        let length = u32::try_from(range.end - range.start).ok()?;
        let entry = FrameDescriptionEntry::new(Address::Constant(range.start), length);
        Some(Registration::new(section(in_frame(), entry)?))
    }

    fn new(section: Vec<u8>) -> Registration {
        let registration = Registration { section: section.into_boxed_slice() };
        // SAFETY: a well-formed section with an end mark, in memory that does not move and lives until `drop`. Its addresses
        // are nobody else's: ranges of different code memories and blocks do not overlap.
        unsafe { __register_frame(registration.start()) };
        registration
    }

    /// libgcc takes the whole section, LLVM's unwinder, which musl targets use, the entry behind the common part.
    fn start(&self) -> *const u8 {
        let skipped = if cfg!(target_env = "musl") {
            4 + u32::from_le_bytes([self.section[0], self.section[1], self.section[2], self.section[3]]) as usize
        } else {
            0
        };
        self.section[skipped..].as_ptr()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: registered by `new` with the same address, and once only.
        unsafe { __deregister_frame(self.start()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimli::{BaseAddresses, CfaRule, RegisterRule, UnwindContext, UnwindSection};

    const BASE: u64 = 0x7000_0000;

    /// The rule for the frame and for `rbp` at an offset.
    fn rules(section: &[u8], offset: u64) -> (CfaRule<usize>, Option<RegisterRule<usize>>) {
        let frames = gimli::EhFrame::new(section, LittleEndian);
        let bases = BaseAddresses::default();
        let mut context = UnwindContext::new();
        let row = frames
            .unwind_info_for_address(&bases, &mut context, BASE + offset, gimli::EhFrame::cie_from_offset)
            .expect("rules for the address");
        assert_eq!(row.register(X86_64::RA), Some(RegisterRule::Offset(-8)));
        (row.cfa().clone(), row.register(X86_64::RBP))
    }

    fn cfa(register: Register, offset: i64) -> CfaRule<usize> {
        CfaRule::RegisterAndOffset { register, offset }
    }

    #[test]
    fn a_prologue_is_described_instruction_by_instruction() {
        let section = eh_frame(Frame::Pointer, BASE, 100).expect("a section");
        assert_eq!(rules(&section, 0), (cfa(X86_64::RSP, 8), None));
        assert_eq!(rules(&section, 1), (cfa(X86_64::RSP, 16), Some(RegisterRule::Offset(-16))));
        for offset in [4, 50, 99] {
            assert_eq!(rules(&section, offset), (cfa(X86_64::RBP, 16), Some(RegisterRule::Offset(-16))));
        }
    }

    #[test]
    fn further_entries_begin_without_a_frame() {
        let section = eh_frame(Frame::Entries(&[0, 40]), BASE, 100).expect("a section");
        assert_eq!(rules(&section, 39), (cfa(X86_64::RBP, 16), Some(RegisterRule::Offset(-16))));
        assert_eq!(rules(&section, 40), (cfa(X86_64::RSP, 8), Some(RegisterRule::SameValue)));
        assert_eq!(rules(&section, 44), (cfa(X86_64::RBP, 16), Some(RegisterRule::Offset(-16))));
        let section = eh_frame(Frame::None, BASE, 100).expect("a section");
        assert_eq!(rules(&section, 99), (cfa(X86_64::RSP, 8), None));
    }

    #[test]
    fn a_compilers_own_rules_are_taken() {
        let table = |address| {
            let mut entry = FrameDescriptionEntry::new(Address::Constant(address), 100);
            entry.add_instruction(7, CallFrameInstruction::CfaOffset(48));
            (at_entry(), entry)
        };
        let section = eh_frame(Frame::Table(&table), BASE, 100).expect("a section");
        assert_eq!(rules(&section, 6).0, cfa(X86_64::RSP, 8));
        assert_eq!(rules(&section, 7).0, cfa(X86_64::RSP, 48));
    }
}
