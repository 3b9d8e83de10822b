//! Relocations: addresses that are known only when code has its place.

use super::error::CodeError;

/// What is written where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RelocationKind {
    /// Eight bytes: `target + addend`.
    Abs8,
    /// Four bytes: `target + addend - place`, signed, where `place` is the address of the four bytes.
    X86PcRel4,
    /// The same in a call or jump. A target out of reach is reached through a veneer, if the code memory installs it.
    X86CallPcRel4,
}

impl RelocationKind {
    /// Bytes that are written.
    pub fn size(self) -> usize {
        match self {
            RelocationKind::Abs8 => 8,
            RelocationKind::X86PcRel4 | RelocationKind::X86CallPcRel4 => 4,
        }
    }
}

/// One address to fill in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Relocation {
    /// Where in the code.
    pub offset: u32,
    /// What is written.
    pub kind: RelocationKind,
    /// The address meant.
    pub target: u64,
    /// Added to the target. For the last field of an x86 instruction that counts from its end, it is -4.
    pub addend: i64,
}

impl Relocation {
    /// Fills the address into `code`, which will be executed at the address `base`.
    ///
    /// # Errors
    /// A field beyond the code's end, and a target farther than four bytes can tell.
    pub fn apply(&self, code: &mut [u8], base: u64) -> Result<(), CodeError> {
        let start = self.offset as usize;
        let length = code.len();
        let field = code.get_mut(start..).and_then(|rest| rest.get_mut(..self.kind.size()));
        let field = field.ok_or(CodeError::BadRelocation { offset: self.offset, code_length: length })?;
        let meant = self.target.wrapping_add_signed(self.addend);
        match self.kind {
            RelocationKind::Abs8 => field.copy_from_slice(&meant.to_le_bytes()),
            RelocationKind::X86PcRel4 | RelocationKind::X86CallPcRel4 => {
                let place = base + u64::from(self.offset);
                let distance = i32::try_from(meant.wrapping_sub(place) as i64).map_err(|_| CodeError::OutOfReach {
                    offset: self.offset,
                    place,
                    target: self.target,
                })?;
                field.copy_from_slice(&distance.to_le_bytes());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relocation(kind: RelocationKind, offset: u32, target: u64, addend: i64) -> Relocation {
        Relocation { offset, kind, target, addend }
    }

    #[test]
    fn fields_get_what_the_processor_expects() {
        let mut code = [0x90_u8; 16];
        relocation(RelocationKind::Abs8, 2, 0x1122_3344_5566_7788, 1).apply(&mut code, 0x4000).expect("fits");
        assert_eq!(code[2..10], 0x1122_3344_5566_7789_u64.to_le_bytes());
        relocation(RelocationKind::X86PcRel4, 10, 0x3000, -4).apply(&mut code, 0x4000).expect("fits");
        assert_eq!(code[10..14], (0x3000_i32 - 4 - 0x400a).to_le_bytes());
        assert_eq!(code[14..], [0x90, 0x90]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut code = [0_u8; 8];
        for kind in [RelocationKind::X86PcRel4, RelocationKind::X86CallPcRel4] {
            let last = 0x1000_0000 + i64::from(i32::MAX) + 4;
            relocation(kind, 0, last as u64, -4).apply(&mut code, 0x1000_0000).expect("the farthest that fits");
            let error = relocation(kind, 0, last as u64 + 1, -4).apply(&mut code, 0x1000_0000).expect_err("one too far");
            assert!(matches!(error, CodeError::OutOfReach { offset: 0, place: 0x1000_0000, .. }), "{error}");
            assert!(relocation(kind, 0, 0, 0).apply(&mut code, 1 << 40).is_err());
            assert!(matches!(
                relocation(kind, 5, 0, 0).apply(&mut code, 0),
                Err(CodeError::BadRelocation { offset: 5, code_length: 8 })
            ));
        }
        assert!(relocation(RelocationKind::Abs8, 1, 0, 0).apply(&mut code, 0).is_err());
        assert!(relocation(RelocationKind::Abs8, u32::MAX, 0, 0).apply(&mut code, 0).is_err());
    }
}
