use super::*;
use crate::{Partial, Stream};

/// Hears the number of seconds pushed.
struct Counter;
struct Counting(usize);

impl Recogniser for Counter {
    fn open(&self, _: &Expectation) -> Box<dyn Stream> {
        Box::new(Counting(0))
    }

    fn name(&self) -> &str {
        "counter"
    }
}

impl Stream for Counting {
    fn push(&mut self, pcm: &[i16]) -> Option<Partial> {
        self.0 += pcm.len();
        None
    }

    fn finish(&mut self) -> Utterance {
        let text = cardinal(self.0 / 8000).join(" ");
        Utterance { text, confidence: 1.0, ..Utterance::default() }
    }
}

#[test]
fn a_manifest_is_read_evaluated_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    for seconds in 1..4 {
        std::fs::write(dir.path().join(format!("{seconds}.sln")), vec![0; 16_000 * seconds]).unwrap();
    }
    let manifest = dir.path().join("m.tsv");
    let text = "speaker\tpath\ttranscript\na\t1.sln\tUno.\na\t2.sln\tdos\nb\t3.sln\ttres cuatro\n";
    std::fs::write(&manifest, text).unwrap();
    let clips = read_manifest(&manifest).unwrap();
    let phrases: Vec<String> = ["uno", "dos", "tres cuatro"].map(String::from).to_vec();
    let report = run(&Counter, &clips, &phrases, |_| {}).unwrap();
    assert_eq!((report.total.words, report.total.word_edits, report.total.exact), (4, 1, 2));
    assert_eq!(report.total.phrase_accuracy(), Some(1.0));
    assert_eq!(report.speakers["b"].letter_edits, 6);
    assert!((report.calibration_error - 1.0 / 3.0).abs() < 1e-6);
    assert!(report.to_string().contains("counter on 3 clips"));
    std::fs::write(&manifest, "only a path\n").unwrap();
    assert!(read_manifest(&manifest).unwrap_err().to_string().contains(":1: a line needs"));
}
