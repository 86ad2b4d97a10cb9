//! Any text in the place of any of a bot's files: problems or a bot, never a panic.
//! `cargo +nightly fuzz run yaml` in `dialogs/`.
#![no_main]

use libfuzzer_sys::fuzz_target;

const PLACES: [&str; 7] = [
    "centro.yaml",
    "servicios.yaml",
    "d.yaml",
    "nlu/pedir.yaml",
    "catalogos/tramites.yaml",
    "calendarios/oficina.yaml",
    "d.test.yaml",
];

fuzz_target!(|data: &[u8]| {
    let Some((place, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Some(file) = PLACES.get(usize::from(*place) % PLACES.len()) else { return };
    if file.ends_with(".test.yaml") {
        let _ = dialogs::testing::Suite::parse(file, text);
        return;
    }
    let centre = include_str!("../../bots/cita_previa/centro.yaml");
    let mut files = vec![("centro.yaml".to_owned(), centre.to_owned())];
    files.retain(|(name, _)| name != file);
    files.push(((*file).to_owned(), text.to_owned()));
    if let Err(problems) = dialogs::Bot::from_files(&files) {
        problems.iter().for_each(|p| drop(p.to_string()));
    }
});
