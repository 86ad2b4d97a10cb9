//! A toy voice: an ONNX graph with Piper's inputs and output, encoded by hand.
//!
//! Each phoneme becomes a stretch of a sine: its length is `scales[1]` times 256 samples, its
//! height grows with the phoneme's number. So duration follows text and speed, as in a real voice.
//!
//! ```text
//! limit = scales[1] · 256;  wave = sin(range(0, limit) · 0.2) · 0.01      [P]
//! y = reshape(cast(input), [-1,1]) × reshape(wave, [1,-1])                [N,P] → [1,1,1,N·P]
//! ```

use std::path::{Path, PathBuf};

/// Samples of one phoneme at normal speed.
pub const PER_PHONEME: usize = 256;

/// The name under which the test finds ONNX Runtime, or a failure in a line.
pub fn onnxruntime() -> PathBuf {
    match std::env::var_os("DIGAME_ONNXRUNTIME").map(PathBuf::from) {
        Some(path) if path.is_file() => path,
        _ => panic!(
            "ONNX Runtime is absent: set DIGAME_ONNXRUNTIME to what models/tts/scripts/fetch-onnxruntime.sh FOLDER prints"
        ),
    }
}

/// Writes model and description into a folder; gives the model's path.
pub fn write_voice(folder: &Path, speakers: u32) -> PathBuf {
    let model = folder.join("toy.onnx");
    let mut inputs = vec!["input", "input_lengths", "scales"];
    if speakers > 1 {
        inputs.push("sid");
    }
    std::fs::write(&model, graph(&inputs)).unwrap();
    std::fs::write(folder.join("toy.onnx.json"), description(speakers)).unwrap();
    model
}

/// A description as Piper's voices carry it.
pub fn description(speakers: u32) -> String {
    let symbols = "_^$ !,.:;?abdefiklmnoprstuwxzðŋɔəɛɡɣɲɾʃʎʝˈˌːβθ";
    let map: Vec<String> =
        symbols.chars().enumerate().map(|(id, symbol)| format!("\"{symbol}\":[{id}]")).collect();
    let names = if speakers > 1 { r#""ana":0,"luis":1"# } else { "" };
    format!(
        r#"{{"audio":{{"sample_rate":22050}},"espeak":{{"voice":"es"}},
        "inference":{{"noise_scale":0.667,"length_scale":1.0,"noise_w":0.8}},
        "num_speakers":{speakers},"speaker_id_map":{{{names}}},"phoneme_id_map":{{{}}}}}"#,
        map.join(",")
    )
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// The graph with the given inputs, in their order.
pub fn graph(inputs: &[&str]) -> Vec<u8> {
    let mut graph = Vec::new();
    for node in [
        node("Cast", &["input"], "ids", Some(("to", FLOAT))),
        node("Reshape", &["ids", "column"], "heights", None),
        node("Gather", &["scales", "one"], "scale", None),
        node("Mul", &["scale", "length"], "limit", None),
        node("Range", &["zero", "limit", "step"], "instants", None),
        node("Mul", &["instants", "pitch"], "angles", None),
        node("Sin", &["angles"], "sines", None),
        node("Mul", &["sines", "loudness"], "wave", None),
        node("Reshape", &["wave", "row"], "period", None),
        node("MatMul", &["heights", "period"], "stretches", None),
        node("Reshape", &["stretches", "flat"], "output", None),
    ] {
        bytes(&mut graph, 1, &node);
    }
    bytes(&mut graph, 2, b"toy");
    for (name, values) in [("column", &[-1i64, 1][..]), ("row", &[1, -1]), ("flat", &[1, 1, 1, -1])] {
        bytes(&mut graph, 5, &integers(name, values, true));
    }
    bytes(&mut graph, 5, &integers("one", &[1], false));
    for (name, value) in
        [("length", PER_PHONEME as f32), ("zero", 0.0), ("step", 1.0), ("pitch", 0.2), ("loudness", 0.01)]
    {
        bytes(&mut graph, 5, &float(name, value));
    }
    for name in inputs {
        let (kind, shape): (u64, &[Option<u64>]) = match *name {
            "scales" => (FLOAT, &[Some(3)]),
            "input" => (INT64, &[Some(1), None]),
            _ => (INT64, &[Some(1)]),
        };
        bytes(&mut graph, 11, &value(name, kind, shape));
    }
    bytes(&mut graph, 12, &value("output", FLOAT, &[Some(1), Some(1), Some(1), None]));

    let mut model = Vec::new();
    number(&mut model, 1, 8);
    let mut operators = Vec::new();
    bytes(&mut operators, 1, b"");
    number(&mut operators, 2, 17);
    bytes(&mut model, 8, &operators);
    bytes(&mut model, 7, &graph);
    model
}

fn node(kind: &str, inputs: &[&str], output: &str, attribute: Option<(&str, u64)>) -> Vec<u8> {
    let mut node = Vec::new();
    for input in inputs {
        bytes(&mut node, 1, input.as_bytes());
    }
    bytes(&mut node, 2, output.as_bytes());
    bytes(&mut node, 4, kind.as_bytes());
    if let Some((name, value)) = attribute {
        let mut attribute = Vec::new();
        bytes(&mut attribute, 1, name.as_bytes());
        number(&mut attribute, 3, value);
        number(&mut attribute, 20, 2);
        bytes(&mut node, 5, &attribute);
    }
    node
}

fn integers(name: &str, values: &[i64], vector: bool) -> Vec<u8> {
    let mut tensor = Vec::new();
    if vector {
        number(&mut tensor, 1, values.len() as u64);
    }
    number(&mut tensor, 2, INT64);
    bytes(&mut tensor, 8, name.as_bytes());
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    bytes(&mut tensor, 9, &raw);
    tensor
}

fn float(name: &str, value: f32) -> Vec<u8> {
    let mut tensor = Vec::new();
    number(&mut tensor, 2, FLOAT);
    bytes(&mut tensor, 8, name.as_bytes());
    bytes(&mut tensor, 9, &value.to_le_bytes());
    tensor
}

fn value(name: &str, kind: u64, shape: &[Option<u64>]) -> Vec<u8> {
    let mut dimensions = Vec::new();
    for (index, size) in shape.iter().enumerate() {
        let mut dimension = Vec::new();
        match size {
            Some(size) => number(&mut dimension, 1, *size),
            None => bytes(&mut dimension, 2, format!("n{index}").as_bytes()),
        }
        bytes(&mut dimensions, 1, &dimension);
    }
    let mut tensor = Vec::new();
    number(&mut tensor, 1, kind);
    bytes(&mut tensor, 2, &dimensions);
    let mut kind = Vec::new();
    bytes(&mut kind, 1, &tensor);
    let mut info = Vec::new();
    bytes(&mut info, 1, name.as_bytes());
    bytes(&mut info, 2, &kind);
    info
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
