//! Source lines for debuggers: DWARF with a line table, and an entry for each function.

use super::{Code, DebugReference, DebugSection};
use gimli::write::{
    Address, AttributeValue, DwarfUnit, EndianVec, LineProgram, LineString, RelocateWriter, Relocation, RelocationTarget,
    Sections,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, SectionId, constants};

/// The sections for code whose functions begin in the text where `lines` says; each has lines from offsets in it on.
pub fn sections(code: &Code, lines: &[(usize, Vec<(u32, u32)>)]) -> gimli::write::Result<Vec<DebugSection>> {
    let Some(main) = code.functions.first() else { return Ok(Vec::new()) };
    if lines.iter().all(|(_, lines)| lines.is_empty()) {
        return Ok(Vec::new());
    }
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let mut dwarf = DwarfUnit::new(encoding);
    dwarf.unit.line_program = line_table(code, &main.name, lines, encoding);
    add_unit(&mut dwarf, &main.name, code.text.len());
    for function in &code.functions {
        if let Ok((start, size)) = function.code {
            add_function(&mut dwarf, &function.name, start, size);
        }
    }
    let mut written = Sections::new(Section { bytes: EndianVec::new(LittleEndian), references: Vec::new() });
    dwarf.write(&mut written)?;
    let mut sections = Vec::new();
    written.for_each(|id, section| {
        if !section.bytes.slice().is_empty() {
            let (bytes, references) = (section.bytes.slice().to_vec(), section.references.clone());
            sections.push(DebugSection { name: id.name(), bytes, references });
        }
        Ok::<(), gimli::write::Error>(())
    })?;
    Ok(sections)
}

fn address(place: usize) -> Address {
    Address::Symbol { symbol: 0, addend: place as i64 }
}

/// The line table: a sequence for each function.
fn line_table(code: &Code, file: &str, lines: &[(usize, Vec<(u32, u32)>)], encoding: Encoding) -> LineProgram {
    let name = LineString::String(file.as_bytes().to_vec());
    let directory = LineString::String(b".".to_vec());
    let mut program = LineProgram::new(encoding, LineEncoding::default(), directory, None, name.clone(), None);
    let file = program.add_file(name, program.default_directory(), None);
    let sizes = code.functions.iter().filter_map(|function| function.code.as_ref().ok());
    for ((start, lines), (_, size)) in lines.iter().zip(sizes) {
        program.begin_sequence(Some(address(*start)));
        let mut last = None;
        for &(offset, line) in lines {
            if last != Some(line) {
                let row = program.row();
                // What comes before the first instruction belongs to it.
                row.address_offset = last.map_or(0, |_| u64::from(offset));
                (row.file, row.line) = (file, u64::from(line));
                program.generate_row();
                last = Some(line);
            }
        }
        program.end_sequence(*size as u64);
    }
    program
}

fn add_unit(dwarf: &mut DwarfUnit, name: &str, size: usize) {
    let name = AttributeValue::StringRef(dwarf.strings.add(name));
    let producer = AttributeValue::StringRef(dwarf.strings.add("perilune"));
    let unit = dwarf.unit.get_mut(dwarf.unit.root());
    unit.set(constants::DW_AT_producer, producer);
    unit.set(constants::DW_AT_name, name);
    // There is no number for Lua.
    unit.set(constants::DW_AT_language, AttributeValue::Language(constants::DW_LANG_C99));
    unit.set(constants::DW_AT_low_pc, AttributeValue::Address(address(0)));
    unit.set(constants::DW_AT_high_pc, AttributeValue::Udata(size as u64));
    unit.set(constants::DW_AT_stmt_list, AttributeValue::LineProgramRef);
}

fn add_function(dwarf: &mut DwarfUnit, name: &str, start: usize, size: usize) {
    let name = AttributeValue::StringRef(dwarf.strings.add(name));
    let entry = dwarf.unit.add(dwarf.unit.root(), constants::DW_TAG_subprogram);
    let entry = dwarf.unit.get_mut(entry);
    entry.set(constants::DW_AT_name, name);
    entry.set(constants::DW_AT_low_pc, AttributeValue::Address(address(start)));
    entry.set(constants::DW_AT_high_pc, AttributeValue::Udata(size as u64));
}

/// A section with its references.
#[derive(Clone)]
struct Section {
    bytes: EndianVec<LittleEndian>,
    references: Vec<DebugReference>,
}

impl RelocateWriter for Section {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        let section = match relocation.target {
            RelocationTarget::Symbol(_) => None,
            RelocationTarget::Section(id) => Some(SectionId::name(id)),
        };
        let Relocation { offset, size, addend, .. } = relocation;
        self.references.push(DebugReference { offset, size, section, target: addend as usize });
    }
}
