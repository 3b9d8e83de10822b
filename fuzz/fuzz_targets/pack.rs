//! What `string.unpack` reads from any bytes, `string.pack` writes to bytes that unpack to the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perilune_stdlib::pack::{Operand, PackError, Packer, Unpacked, Unpacker, packed_size};

/// A format can ask for any amount of padding; more is not worth the time.
const MAX_SIZE: usize = 1 << 16;

fuzz_target!(|input: &[u8]| {
    // The input is a format and data, separated by a zero byte.
    let mut parts = input.splitn(2, |&byte| byte == 0);
    let (Some(format), Some(data)) = (parts.next(), parts.next()) else { return };
    let size = packed_size(format);
    if size.as_ref().is_ok_and(|&size| size > MAX_SIZE) {
        return;
    }
    let Ok(values) = unpack(format, data) else { return };
    let packed = pack(format, &values).expect("what was unpacked fits its format");
    if let Ok(size) = size {
        assert_eq!(packed.len(), size);
    }
    let again = unpack(format, &packed).expect("what was packed can be unpacked");
    assert_eq!(show(&again), show(&values));
});

fn unpack<'d>(format: &[u8], data: &'d [u8]) -> Result<Vec<Unpacked<'d>>, PackError> {
    let mut unpacker = Unpacker::new(format, data, 0)?;
    let mut values = Vec::new();
    while let Some(value) = unpacker.next_value()? {
        values.push(value);
    }
    assert!(unpacker.position() <= data.len());
    Ok(values)
}

fn pack(format: &[u8], values: &[Unpacked<'_>]) -> Result<Vec<u8>, PackError> {
    let mut packer = Packer::new(format);
    let mut values = values.iter();
    while let Some(operand) = packer.next_operand()? {
        match (operand, values.next()) {
            (Operand::Int, Some(&Unpacked::Int(value))) => packer.int(value)?,
            (Operand::Float, Some(&Unpacked::Float(value))) => packer.float(value),
            (Operand::Text, Some(&Unpacked::Text(text))) => packer.text(text)?,
            (operand, value) => panic!("{operand:?} for {value:?}"),
        }
    }
    assert!(values.next().is_none());
    Ok(packer.finish())
}

/// The values with floats as bits, as a NaN is not equal to itself. The sign and payload of a NaN need not survive a
/// conversion to single precision and back.
fn show(values: &[Unpacked<'_>]) -> Vec<String> {
    let show_one = |value: &Unpacked<'_>| match value {
        Unpacked::Float(float) if float.is_nan() => "NaN".to_owned(),
        Unpacked::Float(float) => format!("{:x}", float.to_bits()),
        other => format!("{other:?}"),
    };
    values.iter().map(show_one).collect()
}
