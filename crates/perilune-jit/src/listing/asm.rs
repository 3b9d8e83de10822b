//! Machine code as text, in Intel's syntax.

use crate::ir::Place;
use crate::lower::Machine;
use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
use std::collections::HashMap;

/// An instruction, or a constant behind them.
pub struct Instruction {
    /// Where it begins.
    pub offset: u32,
    /// The text.
    pub text: String,
    /// What it was made for.
    pub place: Option<Place>,
}

/// All instructions of a function, and the constants behind them.
pub fn disassemble(machine: &Machine) -> Vec<Instruction> {
    let bytes = &machine.bytes;
    let helpers: HashMap<u32, &str> = machine.calls.iter().map(|call| (call.offset, call.helper.name())).collect();
    let mut formatter = formatter();
    let mut decoder = Decoder::new(64, bytes, DecoderOptions::NONE);
    let mut out = Vec::new();
    let mut end = bytes.len();
    let mut positions = machine.positions.iter().peekable();
    let mut place = None;
    while decoder.position() < end {
        let at = decoder.position();
        if bytes[at..end].iter().all(|&byte| byte == 0) {
            break;
        }
        let instruction = decoder.decode();
        if instruction.is_ip_rel_memory_operand() {
            // Constants that code refers to stand behind it.
            end = end.min(instruction.ip_rel_memory_address() as usize);
        }
        while let Some(&(_, from)) = positions.next_if(|(offset, _)| *offset as usize <= at) {
            place = Some(from);
        }
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        let fields = at as u32..decoder.position() as u32;
        if let Some(name) = fields.clone().find_map(|offset| helpers.get(&offset)) {
            text = match text.starts_with("call") {
                true => format!("call perilune_{name}"),
                false => format!("{}, perilune_{name}", text.split(',').next().unwrap_or_default()),
            };
        }
        out.push(Instruction { offset: at as u32, text, place });
    }
    let constants = bytes.get(end..).unwrap_or_default().chunks(8).enumerate().map(|(index, chunk)| {
        let word = chunk.iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
        Instruction { offset: (end + index * 8) as u32, text: format!("data {word:#x}"), place: None }
    });
    out.extend(constants);
    out
}

fn formatter() -> IntelFormatter {
    let mut formatter = IntelFormatter::new();
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_uppercase_hex(false);
    options.set_branch_leading_zeros(false);
    options.set_space_after_operand_separator(true);
    options.set_space_between_memory_add_operators(false);
    options.set_small_hex_numbers_in_decimal(true);
    options.set_rip_relative_addresses(false);
    formatter
}
