use super::printf::Spec;
use super::*;

fn float_text(x: f64) -> String {
    let mut out = Vec::new();
    format_float(x, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn smoke() {
    assert_eq!(float_text(0.1), "0.1");
}
