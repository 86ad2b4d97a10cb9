use super::*;

const CODES: [&str; 5] = ["es", "ca", "gl", "eu", "en"];

#[test]
fn every_language_has_a_file_that_can_be_read() {
    for (code, text) in [
        ("es", include_str!("../../data/danger/es.toml")),
        ("ca", include_str!("../../data/danger/ca.toml")),
        ("gl", include_str!("../../data/danger/gl.toml")),
        ("eu", include_str!("../../data/danger/eu.toml")),
        ("en", include_str!("../../data/danger/en.toml")),
    ] {
        assert_eq!(Data::read(text).map(|_| ()), Ok(()), "{code}");
    }
    assert!(CODES.iter().all(|code| Detector::of(code).is_some()));
    let spanish = Detector::of("es").unwrap();
    assert!(spanish.heard().len() > 30);
    for said in spanish.heard() {
        assert!(spanish.read(said, Asked::Other).is_some(), "the ear expects {said:?}, which is no danger");
    }
}
