//! Reads recordings of any kind the evaluation sets have, as 8 kHz mono.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::path::Path;
use std::process::Command;

use crate::Error;

/// Rate of everything inside.
const RATE: u32 = 8000;
/// Rates of recordings that are believed, Hz; others are a damaged header.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

fn undecodable(path: &Path, why: impl ToString) -> Error {
    Error::Audio { path: path.into(), why: why.to_string() }
}

/// Reads a recording by what its name ends in: `wav` (PCM, float, A-law, µ-law), `flac`, `alaw`
/// or `al`, `ulaw` or `ul`, `sln` and `raw` (8 kHz 16-bit), and `gsm`, `ogg`, `opus`, `mp3`
/// through the program sox.
pub fn read(path: &Path) -> Result<Vec<i16>, Error> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "wav" => wav(&bytes(path)?).map_err(|why| undecodable(path, why)),
        "flac" => flac(path),
        "alaw" | "al" => Ok(bytes(path)?.into_iter().map(a_law).collect()),
        "ulaw" | "ul" | "mulaw" => Ok(bytes(path)?.into_iter().map(mu_law).collect()),
        "sln" | "raw" => Ok(little_endian(&bytes(path)?)),
        "gsm" | "ogg" | "opus" | "mp3" => sox(path),
        other => {
            Err(undecodable(path, format!("`.{other}` is no kind known here; convert it to WAV or FLAC")))
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.into(), source })
}

fn little_endian(bytes: &[u8]) -> Vec<i16> {
    bytes.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)).collect()
}

/// A G.711 A-law byte.
fn a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let exponent = (byte >> 4) & 7;
    let low = i16::from(byte & 15) << 4;
    let value = if exponent == 0 { low + 8 } else { (low + 0x108) << (exponent - 1) };
    if byte & 0x80 == 0 { -value } else { value }
}

/// A G.711 µ-law byte.
fn mu_law(byte: u8) -> i16 {
    let byte = !byte;
    let value = (((i16::from(byte & 15) << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84;
    if byte & 0x80 == 0 { value } else { -value }
}

/// What the `fmt ` chunk of a WAV file says.
#[derive(Debug, Default, Clone, Copy)]
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
}

/// The format and the data of a WAV file; a data chunk cut short gives what is there.
fn chunks(file: &[u8]) -> Option<(Format, &[u8])> {
    let mut rest = file.strip_prefix(b"RIFF")?.get(8..)?;
    let mut format = Format::default();
    loop {
        let (id, tail) = rest.split_first_chunk::<4>()?;
        let (size, tail) = tail.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let body = tail.get(..size.min(tail.len()))?;
        match id {
            b"fmt " => {
                let word = |at: usize| Some(u16::from_le_bytes(*body.get(at..)?.first_chunk::<2>()?));
                format.tag = word(0)?;
                format.channels = word(2)?;
                format.rate = u32::from_le_bytes(*body.get(4..)?.first_chunk::<4>()?);
            }
            b"data" => return Some((format, body)),
            _ => {}
        }
        rest = tail.get(size.checked_add(size % 2)?..)?;
    }
}

/// The sound of a WAV file (PCM of 8 to 32 bits, float, A-law or µ-law; any rate and number of
/// channels), as 8 kHz mono.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn wav(file: &[u8]) -> Result<Vec<i16>, String> {
    let (format, data) = chunks(file).ok_or("it is not a whole WAV file; convert it again")?;
    if !RATES.contains(&format.rate) {
        let Format { rate, .. } = format;
        return Err(format!(
            "it says {rate} samples a second; {} to {} are believed: convert it again",
            RATES.start(),
            RATES.end()
        ));
    }
    let law: fn(u8) -> i16 = match format.tag {
        6 => a_law,
        7 => mu_law,
        _ => return linear_wav(file).map_err(|e| e.to_string()),
    };
    let samples: Vec<f32> = data.iter().map(|&b| f32::from(law(b))).collect();
    Ok(to_house(&samples, format.channels, format.rate))
}

fn linear_wav(file: &[u8]) -> Result<Vec<i16>, hound::Error> {
    let mut reader = hound::WavReader::new(file)?;
    let spec = reader.spec();
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => {
            reader.samples::<f32>().map(|s| s.map(|v| v * 32768.0)).collect::<Result<_, _>>()?
        }
        hound::SampleFormat::Int => {
            let scale = 2f32.powi(16 - i32::from(spec.bits_per_sample));
            reader.samples::<i32>().map(|s| s.map(|v| v as f32 * scale)).collect::<Result<_, _>>()?
        }
    };
    Ok(to_house(&samples, spec.channels, spec.sample_rate))
}

fn flac(path: &Path) -> Result<Vec<i16>, Error> {
    let mut reader = claxon::FlacReader::open(path).map_err(|e| undecodable(path, e))?;
    let info = reader.streaminfo();
    let scale = 2f32.powi(16 - info.bits_per_sample as i32);
    let samples: Result<Vec<f32>, _> = reader.samples().map(|s| s.map(|v| v as f32 * scale)).collect();
    let samples = samples.map_err(|e| undecodable(path, e))?;
    Ok(to_house(&samples, info.channels as u16, info.sample_rate))
}

fn sox(path: &Path) -> Result<Vec<i16>, Error> {
    std::fs::metadata(path).map_err(|source| Error::Read { path: path.into(), source })?;
    let raw = ["-t", "raw", "-r", "8000", "-c", "1", "-b", "16", "-e", "signed-integer", "-L", "-"];
    let run = Command::new("sox").arg("-D").arg(path).args(raw).output();
    let run = run.map_err(|e| {
        let why = format!(
            "the program sox is needed for this kind and did not start ({e}); install the package sox"
        );
        undecodable(path, why)
    })?;
    if !run.status.success() {
        return Err(undecodable(path, String::from_utf8_lossy(&run.stderr).trim().replace('\n', "; ")));
    }
    Ok(little_endian(&run.stdout))
}

/// Mixes channels and resamples to 8 kHz.
fn to_house(samples: &[f32], channels: u16, rate: u32) -> Vec<i16> {
    let width = usize::from(channels.max(1));
    let mono: Vec<f32> = samples.chunks_exact(width).map(|c| c.iter().sum::<f32>() / width as f32).collect();
    let out = if rate == RATE || rate == 0 { mono } else { resample(&mono, rate, RATE) };
    out.into_iter().map(|v| v.round().clamp(-32768.0, 32767.0) as i16).collect()
}

/// Zero crossings of the resampling kernel on each side.
const CROSSINGS: f64 = 16.0;

/// Windowed-sinc interpolation from rate to rate; for files, not for the media path.
pub fn resample(input: &[f32], from: u32, to: u32) -> Vec<f32> {
    let ratio = f64::from(from) / f64::from(to);
    let cut = (1.0 / ratio).min(1.0) * 0.95;
    let reach = CROSSINGS / cut;
    let count = (input.len() as f64 / ratio) as usize;
    (0..count)
        .map(|n| {
            let centre = n as f64 * ratio;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let taps = input.iter().enumerate().skip(first).take((2.0 * reach) as usize + 1);
            taps.map(|(i, &v)| f64::from(v) * kernel(i as f64 - centre, cut, reach)).sum::<f64>() as f32
        })
        .collect()
}

fn kernel(x: f64, cut: f64, reach: f64) -> f64 {
    if x.abs() >= reach {
        return 0.0;
    }
    let angle = std::f64::consts::PI * x * cut;
    let sinc = if x.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
    let window = (std::f64::consts::FRAC_PI_2 * x / reach).cos().powi(2);
    cut * sinc * window
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companded_bytes_decode_to_the_values_of_g711() {
        assert_eq!([mu_law(0xFF), mu_law(0x7F), mu_law(0x80), mu_law(0x00)], [0, 0, 32124, -32124]);
        assert_eq!([a_law(0xD5), a_law(0x55), a_law(0xAA), a_law(0x2A)], [8, -8, 32256, -32256]);
    }

    #[test]
    fn a_tone_keeps_its_level_when_resampled() {
        let tone = |rate: f64, n: usize| -> Vec<f32> {
            (0..n).map(|i| (std::f64::consts::TAU * 440.0 * i as f64 / rate).sin() as f32 * 9000.0).collect()
        };
        for rate in [16_000, 22_050, 44_100, 48_000] {
            let got = resample(&tone(f64::from(rate), rate as usize), rate, RATE);
            let want = tone(8000.0, 8000);
            let worst = (500..7500).map(|i| (got[i] - want[i]).abs()).fold(0.0, f32::max);
            assert!(worst < 30.0, "{rate}: {worst}");
        }
    }

    #[test]
    fn wav_files_of_every_law_are_read_and_broken_ones_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.wav");
        let mut file =
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x03\0\0\0"
                .to_vec();
        file.extend([0xFF, 0x80, 0x00]);
        std::fs::write(&path, &file).unwrap();
        assert_eq!(read(&path).unwrap(), [0, 32124, -32124]);
        for cut in 0..file.len() {
            std::fs::write(&path, &file[..cut]).unwrap();
            let _ = read(&path);
        }
        assert!(read(Path::new("x.txt")).unwrap_err().to_string().contains("convert it"));
        assert!(read(&dir.path().join("none.gsm")).unwrap_err().to_string().contains("check the path"));
    }
}
