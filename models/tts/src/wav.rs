//! The file of a rendered prompt: a WAV that any player opens (8 kHz, 16 bit, mono), with one
//! chunk of our own behind the sound that holds a SHA-256 of everything and the word marks.
//!
//! ```text
//! RIFF <size> WAVE  fmt <16>  data <n> pcm…  dgme <32 + 12·words> sha256 (sample char chars)…
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::voice::{RATE, WordMark};

const HEADER: usize = 44;
const OWN: &[u8; 4] = b"dgme";
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A plain 8 kHz mono WAV, for tools and tests.
pub fn encode(pcm: &[i16]) -> Vec<u8> {
    with_chunks(pcm, &[])
}

/// A prompt's file.
pub fn encode_prompt(pcm: &[i16], words: &[WordMark]) -> Vec<u8> {
    let marks = mark_bytes(words);
    let mut own = Vec::with_capacity(40 + marks.len());
    own.extend_from_slice(OWN);
    own.extend_from_slice(&(32 + marks.len() as u32).to_le_bytes());
    own.extend_from_slice(&digest(&pcm_bytes(pcm), &marks));
    own.extend_from_slice(&marks);
    with_chunks(pcm, &own)
}

/// Reads back what [`encode_prompt`] wrote; `None` if anything at all differs from it.
pub fn decode_prompt(file: &[u8]) -> Option<(Vec<i16>, Vec<WordMark>)> {
    let data = usize::try_from(u32::from_le_bytes(file.get(40..44)?.try_into().ok()?)).ok()?;
    let pcm = file.get(HEADER..HEADER.checked_add(data)?)?;
    let own = file.get(HEADER + data..)?;
    let sum = own.get(8..40)?;
    let marks = own.get(40..)?;
    if sum != digest(pcm, marks) {
        return None;
    }
    let pcm: Vec<i16> =
        pcm.chunks_exact(2).filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?))).collect();
    let number = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let words = marks
        .chunks_exact(12)
        .map(|mark| {
            Some(WordMark { sample: number(mark, 0)?, char_start: number(mark, 4)?, chars: number(mark, 8)? })
        })
        .collect::<Option<Vec<_>>>()?;
    // The sum guards sound and marks; this guards the headers.
    (encode_prompt(&pcm, &words) == file).then_some((pcm, words))
}

/// Writes a file so that under its name there is only ever all of it or nothing.
///
/// # Errors
/// The system's, when the folder is not writable or full; nothing is left behind.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn with_chunks(pcm: &[i16], after: &[u8]) -> Vec<u8> {
    let data = pcm.len() * 2;
    let mut file = Vec::with_capacity(HEADER + data + after.len());
    let riff = (HEADER - 8 + data + after.len()) as u32;
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&riff.to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2u16.to_le_bytes());
    file.extend_from_slice(&16u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&(data as u32).to_le_bytes());
    file.extend_from_slice(&pcm_bytes(pcm));
    file.extend_from_slice(after);
    file
}

fn pcm_bytes(pcm: &[i16]) -> Vec<u8> {
    pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn mark_bytes(words: &[WordMark]) -> Vec<u8> {
    words
        .iter()
        .flat_map(|word| [word.sample, word.char_start, word.chars])
        .flat_map(u32::to_le_bytes)
        .collect()
}

fn digest(pcm: &[u8], marks: &[u8]) -> [u8; 32] {
    let mut sum = Sha256::new();
    sum.update((pcm.len() as u64).to_le_bytes());
    sum.update(pcm);
    sum.update(marks);
    sum.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (Vec<i16>, Vec<WordMark>) {
        let pcm = (0..500).map(|n| (n * 37 % 2_000) as i16 - 1_000).collect();
        let words = (0..4).map(|n| WordMark { sample: n * 100, char_start: n * 5, chars: 4 }).collect();
        (pcm, words)
    }

    #[test]
    fn a_prompt_survives_its_file_and_others_can_play_it() {
        let (pcm, words) = example();
        let file = encode_prompt(&pcm, &words);
        assert_eq!(decode_prompt(&file), Some((pcm.clone(), words)));
        let mut reader = hound::WavReader::new(std::io::Cursor::new(file)).unwrap();
        assert_eq!(reader.spec().sample_rate, 8_000);
        let heard: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(heard, pcm);
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let (pcm, words) = example();
        let file = encode_prompt(&pcm, &words);
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert_eq!(decode_prompt(&damaged), None, "byte {at}");
            assert_eq!(decode_prompt(&file[..at]), None, "cut at {at}");
        }
        let mut longer = file;
        longer.push(0);
        assert_eq!(decode_prompt(&longer), None);
    }
}
