//! Recorded prompts of a bot, and any text in the voice.
use super::{Body, Material, Problem, aside, files};
use crate::http::App;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tts::resample::{Kernel, Resampler};

/// Largest sound, in bytes.
pub const LARGEST: usize = 50 * 1024 * 1024;
/// Longest text that is spoken, in characters.
const LONGEST: usize = 2_000;
/// Where a bot's sounds lie.
const FOLDER: &str = "audios/";

pub async fn list(State(app): State<App>, Path(bot): Path<String>) -> Result<Json<Value>, Problem> {
    aside(move || {
        let material = app.design.material(&bot)?;
        let sounds = material.sounds.iter().filter_map(|(path, bytes)| {
            let name = path.strip_prefix(FOLDER)?;
            Some(json!({ "name": name, "bytes": bytes.len(), "ms": duration_ms(bytes) }))
        });
        Ok(Json(json!({ "sounds": sounds.collect::<Vec<_>>() })))
    })
    .await
}

fn duration_ms(bytes: &[u8]) -> u64 {
    let reader = hound::WavReader::new(Cursor::new(bytes)).ok();
    reader.map_or(0, |r| u64::from(r.duration()) * 1000 / u64::from(r.spec().sample_rate.max(1)))
}

pub async fn read(
    State(app): State<App>,
    Path((bot, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    aside(move || {
        let material = app.design.material(&bot)?;
        let path = format!("{FOLDER}{}", plain(&name)?);
        let found = material.sounds.into_iter().find(|(sound, _)| *sound == path);
        let (_, bytes) = found.ok_or_else(|| Problem::not_found("the bot has no such recording"))?;
        Ok(([(header::CONTENT_TYPE, "audio/wav")], bytes.to_vec()).into_response())
    })
    .await
}

/// The name, if it is one that cannot lead anywhere.
fn plain(name: &str) -> Result<&str, Problem> {
    let allowed = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let stem = name.strip_suffix(".wav").unwrap_or_default();
    if stem.is_empty() || stem.starts_with('.') || name.len() > 100 || !stem.chars().all(allowed) {
        return Err(Problem::bad_request("a recording is NAME.wav, with letters, digits, _ - and ."));
    }
    Ok(name)
}

pub async fn save(
    State(app): State<App>,
    Path((bot, name)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|_| Problem::too_large("a recording has at most 50 MB"))?;
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let folder = app.design.writable(&bot)?;
        let file = folder.join(FOLDER).join(plain(&name)?);
        files::stays_inside(&folder, &file)?;
        let pcm = telephone(&body)?;
        fs::create_dir_all(folder.join(FOLDER)).map_err(|e| Problem::internal(&e))?;
        tts::wav::write_atomically(&file, &tts::wav::encode(&pcm)).map_err(|e| Problem::internal(&e))?;
        let about = json!({ "name": name, "ms": pcm.len() / 8, "loudest": loudest(&pcm) });
        Ok((StatusCode::CREATED, Json(about)).into_response())
    })
    .await
}

pub async fn remove(
    State(app): State<App>,
    Path((bot, name)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let folder = app.design.writable(&bot)?;
        let file = folder.join(FOLDER).join(plain(&name)?);
        files::stays_inside(&folder, &file)?;
        match fs::remove_file(&file) {
            Ok(()) => Ok(StatusCode::NO_CONTENT),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Problem::not_found("the bot has no such recording"))
            }
            Err(error) => Err(Problem::internal(&error)),
        }
    })
    .await
}

/// Loudest sample, 0 to 1.
fn loudest(pcm: &[i16]) -> f32 {
    pcm.iter().map(|s| f32::from(s.unsigned_abs()) / 32_768.0).fold(0.0, f32::max)
}

/// A WAV as the telephone carries it: 8 kHz, mono, 16 bit.
fn telephone(file: &[u8]) -> Result<Vec<i16>, Problem> {
    let wrong = |why: &str| {
        Problem::unprocessable(format!(
            "{why}; record WAV, PCM, mono, 8 kHz (16, 44.1 and 48 kHz are converted)"
        ))
    };
    let mut reader = hound::WavReader::new(Cursor::new(file))
        .map_err(|e| wrong(&format!("this is no WAV that can be read ({e})")))?;
    let spec = reader.spec();
    if !(8_000..=192_000).contains(&spec.sample_rate) || !(1..=2).contains(&spec.channels) {
        return Err(wrong(&format!("it has {} channels at {} Hz", spec.channels, spec.sample_rate)));
    }
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = (1i64 << (spec.bits_per_sample.clamp(2, 32) - 1)) as f32;
            reader.samples::<i32>().map(|sample| sample.map(|s| s as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(|e| wrong(&format!("its samples cannot be read ({e})")))?;
    let channels = usize::from(spec.channels);
    let mono = samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32);
    let mut stream = Resampler::new(Arc::new(Kernel::new(spec.sample_rate)));
    let mut pcm = Vec::new();
    stream.push(mono, &mut pcm);
    stream.finish(&mut pcm);
    if pcm.is_empty() {
        return Err(wrong("it holds no sound"));
    }
    Ok(pcm.into_iter().map(|s| (s * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16).collect())
}

/// Body of a text to be heard.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    text: String,
    /// The bot whose rate and language the voice takes; none: the voice's own.
    bot: Option<String>,
    /// One of the bot's languages; none: its first.
    language: Option<String>,
}

pub async fn speak(State(app): State<App>, Body(words): Body<Words>) -> Result<Response, Problem> {
    let text = words.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Problem::bad_request(format!("text has 1 to {LONGEST} characters")));
    }
    aside(move || {
        let style = match &words.bot {
            Some(bot) => style(&app.design.material(bot)?, words.language.as_deref())?,
            None => tts::Style::default(),
        };
        let mut pcm = Vec::new();
        let mut sink = |piece: &[i16]| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        let piece = tts::Piece { text, rate: 1.0, pause: Duration::ZERO, char_start: 0 };
        let spoken = app.design.prompts.stream_pieces(&style, &[piece], (&mut sink, &mut |_| ()));
        spoken.map_err(|e| Problem::unprocessable(e.to_string()))?;
        Ok(([(header::CONTENT_TYPE, "audio/wav")], tts::wav::encode(&pcm)).into_response())
    })
    .await
}

/// How a bot speaks one of its languages; as the voice does by itself where the bot has mistakes.
fn style(material: &Material, language: Option<&str>) -> Result<tts::Style, Problem> {
    let Ok(bot) = crate::lists::bot(&material.texts) else { return Ok(tts::Style::default()) };
    let code = match language {
        Some(code) if bot.languages().any(|one| one == code) => code.to_owned(),
        Some(code) => return Err(Problem::bad_request(format!("the bot has no language {code}"))),
        None => bot.languages().next().unwrap_or("es").to_owned(),
    };
    Ok(call::speaking(&bot, &code))
}
