//! Small object files about code that is already in memory: a symbol, rules for unwinding, and lines of source code.
//!
//! They look like files that were loaded at the code's address, but have no code in them.

use gimli::write::{Address, AttributeValue, DwarfUnit, EndianVec, LineProgram, LineString, Sections};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, constants};
use object::elf as raw;
use object::write::StringId;
use object::write::elf::{FileHeader, SectionHeader, Sym, Writer};

use super::options::About;
use super::tools::{Source, clean};
use super::unwind;

/// A section with contents.
struct Section {
    name: &'static str,
    flags: u64,
    alignment: u64,
    bytes: Vec<u8>,
}

/// The object file; `None` if the rules for unwinding cannot be written down.
pub fn object_file(about: &About<'_>, address: u64, length: u32) -> Option<Vec<u8>> {
    let frames = unwind::eh_frame(about.frame, address, length)?;
    let mut sections = vec![Section { name: ".eh_frame", flags: raw::SHF_ALLOC.into(), alignment: 8, bytes: frames }];
    if let Some(source) = about.source.filter(|source| !source.lines.is_empty()) {
        sections.extend(lines(source, address, length)?);
    }
    write(&clean(about.name), &sections, address, u64::from(length))
}

fn write(name: &str, sections: &[Section], address: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = Writer::new(object::Endianness::Little, true, &mut bytes);
    // First everything gets its place …
    file.reserve_file_header();
    file.reserve_null_section_index();
    let (text_name, text) = (file.add_section_name(b".text"), file.reserve_section_index());
    let mut placed: Vec<(StringId, usize)> = Vec::with_capacity(sections.len());
    for section in sections {
        let name = file.add_section_name(section.name.as_bytes());
        file.reserve_section_index();
        placed.push((name, file.reserve(section.bytes.len(), section.alignment as usize)));
    }
    let symbol_name = file.add_string(name.as_bytes());
    file.reserve_symbol_index(Some(text));
    file.reserve_symtab_section_index();
    file.reserve_symtab();
    file.reserve_strtab_section_index();
    file.reserve_strtab();
    file.reserve_shstrtab_section_index();
    file.reserve_shstrtab();
    file.reserve_section_headers();

    // … then everything is written, in the same order.
    let header = FileHeader {
        os_abi: raw::ELFOSABI_NONE,
        abi_version: 0,
        e_type: raw::ET_EXEC,
        e_machine: raw::EM_X86_64,
        e_entry: 0,
        e_flags: 0,
    };
    file.write_file_header(&header).ok()?;
    for section in sections {
        file.write_align(section.alignment as usize);
        file.write(&section.bytes);
    }
    file.write_null_symbol();
    file.write_symbol(&Sym {
        name: Some(symbol_name),
        section: Some(text),
        st_info: (raw::STB_GLOBAL << 4) | raw::STT_FUNC,
        st_other: raw::STV_DEFAULT,
        st_shndx: 0,
        st_value: address,
        st_size: length,
    });
    file.write_strtab();
    file.write_shstrtab();
    file.write_null_section_header();
    file.write_section_header(&text_header(text_name, address, length));
    for (section, (name, offset)) in sections.iter().zip(placed) {
        file.write_section_header(&contents_header(section, name, offset as u64));
    }
    file.write_symtab_section_header(1);
    file.write_strtab_section_header();
    file.write_shstrtab_section_header();
    Some(bytes)
}

/// The code itself: an address and a length, nothing in the file.
fn text_header(name: StringId, address: u64, length: u64) -> SectionHeader {
    SectionHeader {
        name: Some(name),
        sh_type: raw::SHT_NOBITS,
        sh_flags: (raw::SHF_ALLOC | raw::SHF_EXECINSTR).into(),
        sh_addr: address,
        sh_offset: 0,
        sh_size: length,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 16,
        sh_entsize: 0,
    }
}

fn contents_header(section: &Section, name: StringId, offset: u64) -> SectionHeader {
    SectionHeader {
        name: Some(name),
        sh_type: raw::SHT_PROGBITS,
        sh_flags: section.flags,
        sh_addr: 0,
        sh_offset: offset,
        sh_size: section.bytes.len() as u64,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: section.alignment,
        sh_entsize: 0,
    }
}

/// The DWARF sections that say which line each instruction belongs to.
fn lines(source: Source<'_>, address: u64, length: u32) -> Option<Vec<Section>> {
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let name = clean(source.file);
    let file_name = LineString::String(name.clone().into_bytes());
    let folder = LineString::String(b".".to_vec());
    let mut program = LineProgram::new(encoding, LineEncoding::default(), folder, None, file_name.clone(), None);
    let file = program.add_file(file_name, program.default_directory(), None);
    program.begin_sequence(Some(Address::Constant(address)));
    for &(offset, line) in source.lines.iter().filter(|&&(offset, _)| offset < length) {
        let row = program.row();
        (row.address_offset, row.file, row.line) = (offset.into(), file, line.into());
        program.generate_row();
    }
    program.end_sequence(length.into());

    let mut unit = DwarfUnit::new(encoding);
    unit.unit.line_program = program;
    let root = unit.unit.root();
    let entry = unit.unit.get_mut(root);
    entry.set(constants::DW_AT_name, AttributeValue::String(name.into_bytes()));
    entry.set(constants::DW_AT_producer, AttributeValue::String(b"perilune".to_vec()));
    entry.set(constants::DW_AT_low_pc, AttributeValue::Address(Address::Constant(address)));
    entry.set(constants::DW_AT_high_pc, AttributeValue::Udata(length.into()));
    entry.set(constants::DW_AT_stmt_list, AttributeValue::LineProgramRef);

    let mut written = Sections::new(EndianVec::new(LittleEndian));
    unit.write(&mut written).ok()?;
    let mut sections = Vec::new();
    written
        .for_each(|id, bytes| {
            if !bytes.slice().is_empty() {
                sections.push(Section { name: id.name(), flags: 0, alignment: 1, bytes: bytes.slice().to_vec() });
            }
            Ok::<(), gimli::write::Error>(())
        })
        .ok()?;
    Some(sections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::{Object, ObjectSection, ObjectSymbol};

    #[test]
    fn the_file_names_the_code_its_frames_and_its_lines() {
        let source = Some(Source { file: "a.lua", lines: &[(0, 3), (20, 5), (40, 6)] });
        let about = About { name: "lua:a.lua:3 f\0g", source, ..About::default() };
        let bytes = object_file(&about, 0x7000_1000, 40).expect("a file");
        let file = object::File::parse(&*bytes).expect("an object file");
        let symbol = file.symbols().next().expect("a symbol");
        assert_eq!((symbol.name(), symbol.address(), symbol.size()), (Ok("lua:a.lua:3 f?g"), 0x7000_1000, 40));
        let text = file.section_by_name(".text").expect("a section");
        assert_eq!((text.address(), text.size(), text.data()), (0x7000_1000, 40, Ok(&[][..])));
        let contents = |name: &str| file.section_by_name(name).expect("a section").data().expect("contents");
        assert_eq!(contents(".eh_frame"), unwind::eh_frame(about.frame, 0x7000_1000, 40).expect("a section"));
        assert_eq!(rows(&contents), [(0x7000_1000, 3), (0x7000_1014, 5)]);
    }

    /// The line table, as a debugger reads it.
    fn rows<'a>(contents: &impl Fn(&str) -> &'a [u8]) -> Vec<(u64, u64)> {
        let dwarf = gimli::DwarfSections::load(|id| {
            let used = matches!(id.name(), ".debug_info" | ".debug_abbrev" | ".debug_line");
            Ok::<_, gimli::Error>(if used { contents(id.name()) } else { &[] })
        })
        .expect("sections");
        let dwarf = dwarf.borrow(|bytes| gimli::EndianSlice::new(bytes, LittleEndian));
        let header = dwarf.units().next().expect("units").expect("a unit");
        let unit = dwarf.unit(header).expect("a unit");
        let mut rows = unit.line_program.expect("lines").rows();
        let mut found = Vec::new();
        while let Some((_, row)) = rows.next_row().expect("a row") {
            if !row.end_sequence() {
                found.push((row.address(), row.line().expect("a line").get()));
            }
        }
        found
    }

    #[test]
    fn without_lines_there_is_no_debug_information() {
        let bytes = object_file(&About::default(), 0x1000, 4).expect("a file");
        let file = object::File::parse(&*bytes).expect("an object file");
        assert!(file.section_by_name(".debug_line").is_none());
        assert!(bytes.len() < 1024, "{} bytes", bytes.len());
    }
}
