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
