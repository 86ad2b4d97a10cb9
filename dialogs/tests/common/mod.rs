//! A small bot's files, for tests that change them. They are its own: the shipped bots grow freely.

use std::path::{Path, PathBuf};

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desk")
}

/// `(path inside the folder, text)`, in a fixed order.
pub fn files() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for inner in ["", "nlu/", "catalogos/", "calendarios/"] {
        for entry in std::fs::read_dir(folder().join(inner)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".yaml") && !name.ends_with(".test.yaml") {
                out.push((format!("{inner}{name}"), std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    out.sort();
    out
}
