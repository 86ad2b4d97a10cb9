use super::*;
use proptest::prelude::*;

fn number(text: &str) -> String {
    match Json::parse(text.as_bytes()) {
        Ok(Json::Number(letters)) => letters,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn numbers_keep_their_letters() {
    for text in [
        "0",
        "-0",
        "7",
        "12.50",
        "1.0",
        "1e3",
        "1E+3",
        "2.5e-7",
        "18446744073709551616",
        "98765432109876543210987",
        "9007199254740993",
        "0.10000000000000000000000001",
        "1e400",
    ] {
        assert_eq!(number(text), text);
        assert_eq!(number(&format!(" \n{text}\t")), text);
    }
    let deep = "{\"a\":[{\"b\":12.50},1e3,\"x\\u00f1\"],\"c\":null,\"d\":true}";
    assert_eq!(Json::parse(deep.as_bytes()).unwrap().to_string(), deep.replace("\\u00f1", "ñ"));
}

#[test]
fn a_byte_order_mark_is_passed_over_and_nothing_is_null() {
    assert_eq!(Json::parse(b"\xef\xbb\xbf {\"a\": 1}").unwrap().to_string(), "{\"a\":1}");
    assert_eq!(Json::parse(b"").unwrap(), Json::Null);
    assert_eq!(Json::parse(b"\xef\xbb\xbf\r\n").unwrap(), Json::Null);
}

#[test]
fn what_is_not_json_is_told_in_words_and_without_its_values() {
    let utf16: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> =
        [0xFE, 0xFF].into_iter().chain("[1]".encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    for (body, why) in [
        (utf16.as_slice(), "its answer is not UTF-8 but UTF-16"),
        (&marked, "its answer is not UTF-8 but UTF-16"),
        (&[0xFF, 0xFE, 0, 0, 0x5B, 0, 0, 0], "its answer is not UTF-8 but UTF-32"),
        (b"[\"Espa\xf1a\"]", "its answer is not UTF-8: byte 7 is wrong"),
        (b"<!DOCTYPE html><p>12345678Z", "its answer is a page (HTML or XML), not JSON"),
        (b"{\"id\": 1, \"id\": 2}", "its answer is not clear: `id` stands twice in it"),
        (deep.as_bytes(), "its answer is nested deeper than 64 levels"),
        (b"[NaN]", "its answer is not JSON: expected value"),
        (b"[Infinity]", "its answer is not JSON: expected value"),
        (b"[01]", "its answer is not JSON: invalid number"),
        (b"[.5]", "its answer is not JSON: expected value"),
        (b"[1,]", "its answer is not JSON: "),
        (b"{'a': 1}", "its answer is not JSON: "),
        (b"[\"\\ud83d\"]", "its answer is not JSON: "),
        (b"[1] 12345678Z", "its answer is not JSON: trailing characters"),
        (b"[{\"id\": \"h1\"", "its answer is not JSON: EOF"),
    ] {
        let said = Json::parse(body).unwrap_err().to_string();
        assert!(said.starts_with(why), "{said} / {why}");
        assert!(!said.contains("12345678Z"), "{said}");
    }
}

#[test]
fn the_largest_answer_is_read_in_a_moment() {
    // A megabyte, as deep as may be.
    let inner = format!("[{}1]", "\"x\",".repeat(250_000));
    let text = "[".repeat(60) + &inner + &"]".repeat(60);
    let began = std::time::Instant::now();
    Json::parse(text.as_bytes()).unwrap();
    println!("{} bytes in {:?}", text.len(), began.elapsed());
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,5})?".prop_map(Json::Number),
        "\\PC{0,12}".prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
            proptest::collection::btree_map("\\PC{0,6}", inner, 0..5).prop_map(Json::Map),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_read_is_written_as_it_was(json in json()) {
        prop_assert_eq!(Json::parse(json.to_string().as_bytes()).unwrap(), json);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Json::parse(&bytes);
    }
}
