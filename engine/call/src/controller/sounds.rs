//! The recorded prompts of a bot: files of its folder `audios/`.

use std::collections::BTreeMap;
use std::sync::Arc;

use dialogs::Bot;
use tts::recorded::levelled;

/// Largest file that is read, bytes: over eight minutes at 48 kHz.
const LARGEST: usize = 50 << 20;
/// Where a bot's recordings lie in its folder.
const FOLDER: &str = "audios/";

/// Recordings by name, 8 kHz, as loud as the voice.
#[derive(Debug, Default)]
pub struct Sounds(BTreeMap<String, Arc<[i16]>>);

impl Sounds {
    /// The recordings that a bot plays, out of its files (path in its folder, content); and a line for each that
    /// cannot be played: its text is said instead.
    pub fn read<'a>(
        bot: &Bot,
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> (Sounds, Vec<String>) {
        let files: BTreeMap<&str, &[u8]> =
            files.into_iter().filter_map(|(path, file)| Some((path.strip_prefix(FOLDER)?, file))).collect();
        let (mut sounds, mut problems) = (BTreeMap::new(), Vec::new());
        for name in bot.recordings() {
            let read = files.get(name).ok_or_else(|| "the file is not there".to_owned());
            match read.and_then(|file| sound(file)) {
                Ok(pcm) => {
                    sounds.insert(name.to_owned(), pcm);
                }
                Err(why) => problems.push(format!("{FOLDER}{name}: {why}; its text is said instead")),
            }
        }
        (Sounds(sounds), problems)
    }

    #[cfg(test)]
    pub(super) fn of<const N: usize>(all: [(&str, Vec<i16>); N]) -> Sounds {
        Sounds(all.into_iter().map(|(name, pcm)| (name.to_owned(), pcm.into())).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<[i16]>> {
        self.0.get(name)
    }
}

fn sound(file: &[u8]) -> Result<Arc<[i16]>, String> {
    if file.len() > LARGEST {
        return Err(format!("it has {} MB, and {} are read", file.len() >> 20, LARGEST >> 20));
    }
    let pcm = levelled(&asr::eval::audio::wav(file)?);
    if pcm.is_empty() { Err("there is nothing to hear in it".to_owned()) } else { Ok(pcm.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_broken_silent_or_too_large_is_a_line_each() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/tests/desk");
        let mut files = Vec::new();
        read(std::path::Path::new(folder), "", &mut files);
        let audio = |name: &str| format!("{{ audio: {name}, text: Hola. }}");
        let says: Vec<String> = ["buena", "rota", "muda", "falta"]
            .map(|n| format!("  - say: {}", audio(&format!("{n}.wav"))))
            .into();
        let dialog = files.iter_mut().find(|(name, _)| name == "privacidad.yaml").unwrap();
        dialog.1 = dialog.1.replace("steps:\n", &format!("steps:\n{}\n", says.join("\n")));
        let bot = Bot::from_files(&files).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let tone: Vec<i16> = (0..4000).map(|n| if n / 8 % 2 == 0 { 4000 } else { -4000 }).collect();
        let (good, silent) = (tts::wav::encode(&tone), tts::wav::encode(&[0; 4000]));
        let large = vec![0; LARGEST + 1];
        let given: [(&str, &[u8]); 5] = [
            ("audios/buena.wav", &good),
            ("audios/rota.wav", b"RIFF"),
            ("audios/muda.wav", &silent),
            ("audios/ajena.wav", &large),
            ("falta.wav", &good),
        ];
        let (sounds, problems) = Sounds::read(&bot, given);
        let pcm = sounds.get("buena.wav").unwrap();
        assert!((3900..=4200).contains(&pcm.len()), "{}", pcm.len());
        assert_eq!(problems.len(), 3, "{problems:#?}");
        for (problem, word) in problems.iter().zip(["there", "hear", "WAV"]) {
            assert!(
                problem.contains(word) && problem.starts_with("audios/") && !problem.contains('\n'),
                "{problem}"
            );
        }
        assert!(sound(&large).unwrap_err().contains("50"));
    }

    fn read(folder: &std::path::Path, inside: &str, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                read(&entry.path(), &format!("{name}/"), files);
            } else if name.ends_with(".yaml") && !name.ends_with(".test.yaml") {
                files.push((name, std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
}
