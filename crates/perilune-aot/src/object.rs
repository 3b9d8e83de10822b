//! ELF objects that hold modules: how they are written, and what they say of themselves.
//!
//! For each module there is a [`Module`](perilune_module::Module) under a symbol of its own in `.data.rel.ro`, the binary chunk and
//! the names in `.rodata`, machine code in `.text`. The section [`ABOUT`], which linkers leave out of executables, tells what the
//! object is and what its modules need:
//!
//! ```text
//! about  = "perilune object\n" abi:u64 n:u32 n*module
//! module = name:text file:text n:u32 n*(line:u32 name:text)
//! text   = length:u32 bytes
//! ```

use crate::graph::Module;
use crate::native::{Native, RelocationKind};
use crate::requires::Require;
use crate::{Error, Result};
use object::read::elf::{ElfFile64, FileHeader};
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, Object as _, ObjectSection, RelocationFlags, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope, elf,
};
use perilune_front::binary;
use perilune_module::{ABI, TABLE_SYMBOL, abi_symbol, layout, module_symbol};

/// The section that describes the object.
const ABOUT: &str = ".perilune.about";
/// What it begins with.
const MARK: &[u8] = b"perilune object\n";

/// What an object says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its modules, in order.
    pub modules: Vec<About>,
}

/// What an object says of a module.
#[derive(Debug, PartialEq, Eq)]
pub struct About {
    /// The name.
    pub name: Vec<u8>,
    /// The source file.
    pub file: Vec<u8>,
    /// The modules it needs.
    pub needs: Vec<Require>,
}

/// Why an object cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsuitable {
    /// Not made by us.
    Foreign,
    /// Made by a Perilune with another contract.
    Version,
    /// Ours, but broken.
    Damaged,
}

impl Unsuitable {
    /// The reason in words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Foreign => "not an object made by 'perilune build'",
            Self::Version => "an object made by another version of Perilune: compile it again",
            Self::Damaged => "damaged object",
        }
    }
}

/// The object with these modules.
///
/// # Errors
/// Only if it grows beyond what the format can hold.
pub fn write(modules: &[Module]) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    for module in modules {
        writer.module(module)?;
    }
    let about = writer.object.add_section(Vec::new(), ABOUT.into(), SectionKind::Other);
    // Linkers drop sections with this flag.
    let flags = SectionFlags::Elf { sh_type: elf::SHT_PROGBITS, sh_flags: elf::SHF_EXCLUDE };
    writer.object.section_mut(about).flags = flags;
    writer.object.append_section_data(about, &about_bytes(modules), 1);
    writer.finish()
}

/// The object with the table of modules that the runtime looks for. Those with these names must be in other objects.
///
/// # Errors
/// Only if it grows beyond what the format can hold.
pub fn write_table(names: &[&[u8]]) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    let mut data = vec![0; (2 + names.len()) * layout::WORD];
    data[layout::WORD..2 * layout::WORD].copy_from_slice(&(names.len() as u64).to_le_bytes());
    let section = writer.section(".data.rel.ro.perilune_modules", SectionKind::ReadOnlyDataWithRel);
    writer.object.append_section_data(section, &data, layout::WORD as u64);
    let length = data.len() as u64;
    writer.define(TABLE_SYMBOL, SymbolKind::Data, SymbolScope::Linkage, section, 0, length);
    let contract = writer.undefined(&abi_symbol(ABI));
    writer.pointer(section, 0, contract, 0)?;
    for (index, name) in names.iter().enumerate() {
        let module = writer.undefined(&module_symbol(name));
        writer.pointer(section, (2 + index) * layout::WORD, module, 0)?;
    }
    writer.finish()
}

struct Writer {
    object: Object<'static>,
    /// Sections with debug information, by name.
    debug: Vec<(&'static str, SectionId)>,
}

impl Writer {
    fn new() -> Writer {
        Writer { object: Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little), debug: Vec::new() }
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        // Without it, linkers assume that the stack has to be executable.
        self.section(".note.GNU-stack", SectionKind::Other);
        self.object.write().map_err(write_error)
    }

    fn section(&mut self, name: &str, kind: SectionKind) -> SectionId {
        self.object.add_section(Vec::new(), name.into(), kind)
    }

    fn define(&mut self, name: &str, kind: SymbolKind, scope: SymbolScope, at: SectionId, offset: u64, size: u64) -> SymbolId {
        let section = SymbolSection::Section(at);
        let name = name.as_bytes().to_vec();
        self.object.add_symbol(Symbol {
            name,
            value: offset,
            size,
            kind,
            scope,
            weak: false,
            section,
            flags: SymbolFlags::None,
        })
    }

    fn undefined(&mut self, name: &str) -> SymbolId {
        if let Some(symbol) = self.object.symbol_id(name.as_bytes()) {
            return symbol;
        }
        self.object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: 0,
            kind: SymbolKind::Unknown,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        })
    }

    /// Makes the word at `offset` the address of a symbol.
    fn pointer(&mut self, section: SectionId, offset: usize, symbol: SymbolId, addend: i64) -> Result<()> {
        self.relocate(section, offset as u64, elf::R_X86_64_64, symbol, addend)
    }

    fn relocate(
        &mut self,
        section: SectionId,
        offset: u64,
        r_type: elf::RelocationType,
        symbol: SymbolId,
        addend: i64,
    ) -> Result<()> {
        let flags = RelocationFlags::Elf { r_type };
        self.object.add_relocation(section, Relocation { offset, symbol, addend, flags }).map_err(write_error)
    }

    fn module(&mut self, module: &Module) -> Result<()> {
        let symbol = module_symbol(&module.name);
        let functions = match &module.native {
            Some(native) => Some((self.functions(&symbol, native)?, native.functions.len())),
            None => None,
        };
        let chunk = binary::dump(&module.proto, false);
        let constants = self.section(&format!(".rodata.{symbol}"), SectionKind::ReadOnlyData);
        let constants_symbol = self.object.section_symbol(constants);
        let mut data = vec![0; layout::MODULE];
        data[layout::ABI..layout::ABI + layout::WORD].copy_from_slice(&ABI.to_le_bytes());
        let section = self.section(&format!(".data.rel.ro.{symbol}"), SectionKind::ReadOnlyDataWithRel);
        let mut pointers = Vec::new();
        let spans = [(layout::NAME, module.name.as_slice()), (layout::FILE, &module.file), (layout::CHUNK, &chunk)];
        for (field, bytes) in spans {
            let at = self.object.append_section_data(constants, bytes, 1);
            pointers.push((field, constants_symbol, at as i64));
            set_length(&mut data, field, bytes.len());
        }
        if let Some((table, count)) = functions {
            pointers.push((layout::FUNCTIONS, table, 0));
            set_length(&mut data, layout::FUNCTIONS, count);
        }
        self.object.append_section_data(section, &data, layout::WORD as u64);
        for (field, symbol, addend) in pointers {
            self.pointer(section, field, symbol, addend)?;
        }
        self.define(&symbol, SymbolKind::Data, SymbolScope::Linkage, section, 0, layout::MODULE as u64);
        Ok(())
    }

    /// Writes machine code and the table of its functions, whose symbol this is.
    fn functions(&mut self, symbol: &str, native: &Native) -> Result<SymbolId> {
        let text = self.section(&format!(".text.{symbol}"), SectionKind::Text);
        self.object.append_section_data(text, &native.text, 16);
        let text_symbol = self.object.section_symbol(text);
        for relocation in &native.relocations {
            let target = self.undefined(&relocation.symbol);
            let r_type = match relocation.kind {
                RelocationKind::Absolute64 => elf::R_X86_64_64,
                RelocationKind::Relative32 => elf::R_X86_64_PC32,
                RelocationKind::Call32 => elf::R_X86_64_PLT32,
                RelocationKind::Got32 => elf::R_X86_64_GOTPCREL,
            };
            self.relocate(text, relocation.offset, r_type, target, relocation.addend)?;
        }
        self.frames(native, text_symbol)?;
        self.debug(native, text_symbol)?;
        let table = self.section(&format!(".data.rel.ro.{symbol}.functions"), SectionKind::ReadOnlyDataWithRel);
        let bytes = vec![0; native.functions.len() * layout::WORD];
        self.object.append_section_data(table, &bytes, layout::WORD as u64);
        for (index, function) in native.functions.iter().enumerate() {
            let Some(function) = function else { continue };
            let (name, offset, size) = (&function.name, function.offset, function.size);
            self.define(name, SymbolKind::Text, SymbolScope::Compilation, text, offset, size);
            self.pointer(table, index * layout::WORD, text_symbol, offset as i64)?;
        }
        Ok(self.object.section_symbol(table))
    }
}

impl Writer {
    /// Writes how the frames of the code in the text are unwound.
    fn frames(&mut self, native: &Native, text: SymbolId) -> Result<()> {
        if native.frames.is_empty() {
            return Ok(());
        }
        let section = self.object.section_id(StandardSection::EhFrame);
        let start = self.object.append_section_data(section, &native.frames, 8);
        for reference in &native.frame_references {
            let (offset, target) = (start + reference.offset, reference.target as i64);
            self.relocate(section, offset, elf::R_X86_64_PC32, text, target)?;
        }
        Ok(())
    }
}

impl Writer {
    /// Writes debug information, behind that of other modules in this object.
    fn debug(&mut self, native: &Native, text: SymbolId) -> Result<()> {
        let mut places = Vec::with_capacity(native.debug.len());
        for section in &native.debug {
            let id = match self.debug.iter().find(|(name, _)| *name == section.name) {
                Some((_, id)) => *id,
                None => {
                    let id = self.section(section.name, SectionKind::Debug);
                    self.debug.push((section.name, id));
                    id
                }
            };
            places.push((id, self.object.append_section_data(id, &section.bytes, 1)));
        }
        let named = |name: &str| native.debug.iter().position(|section| section.name == name);
        for (section, &(id, start)) in native.debug.iter().zip(&places) {
            for reference in &section.references {
                let (symbol, base) = match reference.section {
                    None => (text, 0),
                    Some(name) => {
                        let Some(index) = named(name) else { continue };
                        (self.object.section_symbol(places[index].0), places[index].1)
                    }
                };
                let kind = if reference.wide { elf::R_X86_64_64 } else { elf::R_X86_64_32 };
                self.relocate(id, start + reference.offset, kind, symbol, (base + reference.target) as i64)?;
            }
        }
        Ok(())
    }
}

fn write_error(error: object::write::Error) -> Error {
    Error(format!("cannot write object: {error}").into_bytes())
}

fn set_length(data: &mut [u8], field: usize, length: usize) {
    data[field + layout::WORD..field + 2 * layout::WORD].copy_from_slice(&(length as u64).to_le_bytes());
}

fn about_bytes(modules: &[Module]) -> Vec<u8> {
    fn number(out: &mut Vec<u8>, number: usize) {
        out.extend_from_slice(&(number as u32).to_le_bytes());
    }
    fn text(out: &mut Vec<u8>, text: &[u8]) {
        number(out, text.len());
        out.extend_from_slice(text);
    }
    let mut out = MARK.to_vec();
    out.extend_from_slice(&ABI.to_le_bytes());
    number(&mut out, modules.len());
    for module in modules {
        text(&mut out, &module.name);
        text(&mut out, &module.file);
        number(&mut out, module.needs.len());
        for need in &module.needs {
            number(&mut out, need.line as usize);
            text(&mut out, &need.name);
        }
    }
    out
}

/// What an object says of itself.
///
/// # Errors
/// It is not ours, or of another version.
pub fn read(bytes: &[u8]) -> std::result::Result<Contents, Unsuitable> {
    let file = ElfFile64::<Endianness>::parse(bytes).map_err(|_| Unsuitable::Foreign)?;
    let is_object = file.elf_header().e_type(file.endian()) == elf::ET_REL && file.architecture() == Architecture::X86_64;
    if !is_object {
        return Err(Unsuitable::Foreign);
    }
    let section = file.section_by_name(ABOUT).ok_or(Unsuitable::Foreign)?;
    let about = section.data().map_err(|_| Unsuitable::Damaged)?;
    let rest = about.strip_prefix(MARK).ok_or(Unsuitable::Foreign)?;
    let (abi, rest) = rest.split_first_chunk().ok_or(Unsuitable::Damaged)?;
    if u64::from_le_bytes(*abi) != ABI {
        return Err(Unsuitable::Version);
    }
    let mut reader = Reader { rest };
    let modules = reader.list(Reader::module).ok_or(Unsuitable::Damaged)?;
    Ok(Contents { modules })
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u32> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*bytes))
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        let length = self.number()? as usize;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(text.to_vec())
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| item(self)).collect()
    }

    fn module(&mut self) -> Option<About> {
        let (name, file) = (self.text()?, self.text()?);
        let needs = self.list(|reader| {
            let line = reader.number()?;
            Some(Require { name: reader.text()?, line, optional: false })
        })?;
        Some(About { name, file, needs })
    }
}
