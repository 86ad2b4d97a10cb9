//! Voice activity: ours, by energy alone, and a crate that others use, on the same sounds in the same run.
use crate::sound::{FRAME, coloured, level, line_of, no_speech, people, speak};
use crate::stats::{Table, Values, number, ratio};
use asr::VoiceActivity;
use asr::eval::audio::resample;
use e2e::server::{Trouble, trouble};
use std::time::Instant;

/// Frames of an hour.
const HOUR: f64 = 3600.0 / 0.02;
/// Where every detector says that somebody speaks.
const THRESHOLD: f32 = 0.5;
const VOICES: [&str; 8] = ["es", "es-419", "es+f1", "es+f4", "es+m2", "es+m7", "es-419+f3", "es-419+m5"];
const TEXTS: [&str; 6] = [
    "Buenos días, quería pedir cita para empadronarme.",
    "Sí.",
    "doce, treinta y cuatro, cincuenta y seis, setenta y ocho, zeta",
    "El jueves que viene por la tarde, si puede ser.",
    "No, gracias. Quiero hablar con una persona.",
    "¿Qué papeles tengo que llevar?",
];

/// Sound as a telephone line gives it, with what is speech in it.
struct Scene {
    pcm: Vec<i16>,
    /// For each frame: speech, silence, or neither surely.
    labels: Vec<Option<bool>>,
    /// First frames of utterances.
    onsets: Vec<usize>,
}

/// A detector's probability for each frame of 20 ms.
trait Detector {
    fn hear(&mut self, pcm: &[i16]) -> Vec<f32>;

    /// Seconds that hearing takes, what is done to the sound before not counted.
    fn cost(&mut self, pcm: &[i16]) -> f64 {
        let began = Instant::now();
        std::hint::black_box(self.hear(pcm));
        began.elapsed().as_secs_f64()
    }
}

impl<V: VoiceActivity> Detector for V {
    fn hear(&mut self, pcm: &[i16]) -> Vec<f32> {
        self.reset();
        pcm.as_chunks::<FRAME>().0.iter().map(|frame| self.push(frame)).collect()
    }
}

/// It takes 16 ms at 16 kHz: a frame of ours gets the newest score.
struct Earshot(Box<earshot::Detector>);

impl Earshot {
    fn scores(&mut self, wide: &[i16]) -> Vec<f32> {
        self.0.reset();
        wide.as_chunks::<256>().0.iter().map(|frame| self.0.predict_i16(frame)).collect()
    }
}

impl Detector for Earshot {
    fn cost(&mut self, pcm: &[i16]) -> f64 {
        let wide = at_16_khz(pcm);
        let began = Instant::now();
        std::hint::black_box(self.scores(&wide));
        began.elapsed().as_secs_f64()
    }

    fn hear(&mut self, pcm: &[i16]) -> Vec<f32> {
        let scores = self.scores(&at_16_khz(pcm));
        (1..=pcm.len() / FRAME)
            .map(|n| (n * 320 / 256).checked_sub(1).and_then(|i| scores.get(i)).copied().unwrap_or(0.0))
            .collect()
    }
}

fn at_16_khz(pcm: &[i16]) -> Vec<i16> {
    let narrow: Vec<f32> = pcm.iter().map(|&s| f32::from(s)).collect();
    resample(&narrow, 8000, 16_000).into_iter().map(|s| s as i16).collect()
}

/// Speech is what is within 30 dB of the loudest frame, silence what is 50 dB below it; in between, and
/// two frames at each edge, nothing is claimed.
fn label(clean: &[i16]) -> (Vec<Option<bool>>, Vec<usize>) {
    let levels: Vec<f64> = clean.chunks_exact(FRAME).map(level).collect();
    let peak = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<Option<bool>> = levels
        .iter()
        .map(|&l| if l > peak - 30.0 { Some(true) } else { (l < peak - 50.0).then_some(false) })
        .collect();
    let near = |n: usize| raw.get(n.saturating_sub(2)..(n + 3).min(raw.len())).unwrap_or_default();
    let labels = (0..raw.len())
        .map(|n| raw.get(n).copied().flatten().filter(|l| near(n).iter().all(|o| *o == Some(*l))));
    // An utterance begins with speech after half a second without.
    let mut onsets = Vec::new();
    let mut quiet = 25;
    for (n, speech) in raw.iter().enumerate() {
        if *speech == Some(true) {
            if quiet >= 25 {
                onsets.push(n);
            }
            quiet = 0;
        } else {
            quiet += 1;
        }
    }
    (labels.collect(), onsets)
}

/// Clips with a second of silence around each, at this level, under this much noise, through A-law.
fn scene(clips: &[Vec<i16>], level_db: f64, snr_db: Option<f64>, seed: u64) -> Scene {
    let mut clean = vec![0i16; 8000];
    for clip in clips {
        let loud: Vec<i16> =
            clip.chunks_exact(FRAME).filter(|f| level(f) > -45.0).flatten().copied().collect();
        let gain = 10f64.powf((level_db - level(&loud)) / 20.0);
        clean.extend(clip.iter().map(|&s| (f64::from(s) * gain).clamp(-32768.0, 32767.0) as i16));
        clean.extend([0; 8000]);
        clean.truncate(clean.len() / FRAME * FRAME);
    }
    let (labels, onsets) = label(&clean);
    let noise = snr_db.map(|snr| coloured(clean.len(), level_db - snr, seed));
    let mixed = clean
        .iter()
        .enumerate()
        .map(|(n, &s)| s.saturating_add(noise.as_ref().and_then(|noise| noise.get(n)).copied().unwrap_or(0)));
    Scene { pcm: line_of(&mixed.collect::<Vec<_>>()), labels, onsets }
}

/// How a detector does on one scene at a threshold.
struct Score {
    missed: f64,
    wrong: f64,
    /// Onset to the third voiced frame among five, ms; those found.
    onset: Values,
}

fn score(scene: &Scene, heard: &[f32], threshold: f32) -> Score {
    let share = |wanted: bool| {
        let of: Vec<bool> = scene
            .labels
            .iter()
            .zip(heard)
            .filter(|(label, _)| **label == Some(wanted))
            .map(|(_, p)| (*p >= threshold) != wanted)
            .collect();
        100.0 * of.iter().filter(|wrong| **wrong).count() as f64 / of.len().max(1) as f64
    };
    let voiced = |n: usize| heard.get(n).is_some_and(|p| *p >= threshold);
    let begins = |onset: usize| {
        let found = (onset..onset + 50)
            .find(|&n| voiced(n) && (n.saturating_sub(4)..=n).filter(|&k| voiced(k)).count() >= 3);
        found.map(|n| (n + 1 - onset) as f64 * 20.0)
    };
    let onset = scene.onsets.iter().filter_map(|&onset| begins(onset)).collect();
    Score { missed: share(true), wrong: share(false), onset }
}

/// The threshold at which as many silent frames count as speech as `wanted`, %.
fn threshold_for(scene: &Scene, heard: &[f32], wanted: f64) -> f32 {
    let mut silent: Vec<f32> =
        scene.labels.iter().zip(heard).filter(|(l, _)| **l == Some(false)).map(|(_, p)| *p).collect();
    silent.sort_by(f32::total_cmp);
    let rank = ((1.0 - wanted / 100.0) * silent.len() as f64).floor() as usize;
    silent.get(rank.min(silent.len().saturating_sub(1))).map_or(1.0, |p| p + f32::EPSILON)
}

/// Runs of speech of at least `frames` frames.
fn runs(heard: &[f32], frames: usize) -> usize {
    heard.split(|p| *p < THRESHOLD).filter(|run| run.len() >= frames).count()
}

fn spoken() -> Result<Vec<Vec<i16>>, Trouble> {
    let mut clips = Vec::new();
    for voice in VOICES {
        clips.extend(speak(voice, &TEXTS)?);
    }
    Ok(clips)
}

/// Runs the bench.
pub fn run() -> Result<(), Trouble> {
    let ours = asr::embedded::voice_activity().map_err(trouble("weights"))?;
    let mut detectors: Vec<(&str, Box<dyn Detector>)> = vec![
        ("ours", Box::new(ours)),
        ("energy", Box::new(asr::vad::EnergyVad::default())),
        ("earshot", Box::new(Earshot(earshot::Detector::default_boxed()))),
    ];
    let (synthetic, human) = (spoken()?, people()?);
    let scenes = [
        ("synthetic, clean, −20 dBFS", scene(&synthetic, -20.0, None, 1)),
        ("synthetic, 20 dB", scene(&synthetic, -20.0, Some(20.0), 2)),
        ("synthetic, 10 dB", scene(&synthetic, -20.0, Some(10.0), 3)),
        ("synthetic, 5 dB", scene(&synthetic, -20.0, Some(5.0), 4)),
        ("synthetic, 10 dB, −40 dBFS", scene(&synthetic, -40.0, Some(10.0), 5)),
        ("people's words, clean", scene(&human, -20.0, None, 6)),
        ("people's words, 10 dB", scene(&human, -20.0, Some(10.0), 7)),
    ];
    speech(&mut detectors, &scenes);
    silence(&mut detectors);
    cost(&mut detectors, &scenes);
    Ok(())
}

type Detectors = [(&'static str, Box<dyn Detector>)];

fn speech(detectors: &mut Detectors, scenes: &[(&str, Scene)]) {
    let mut table = Table::new(&[
        "speech",
        "detector",
        "missed, %",
        "false, %",
        "missed at our false rate, %",
        "onsets found",
        "onset p50, ms",
        "onset p95, ms",
    ]);
    for (name, scene) in scenes {
        let mut our_false = f64::NAN;
        for (detector, d) in detectors.iter_mut() {
            let heard = d.hear(&scene.pcm);
            let plain = score(scene, &heard, THRESHOLD);
            if our_false.is_nan() {
                our_false = plain.wrong;
            }
            let fair = score(scene, &heard, threshold_for(scene, &heard, our_false));
            let mut cells = vec![(*detector).to_owned(), number(plain.missed, 1), number(plain.wrong, 1)];
            cells.push(number(fair.missed, 1));
            cells.push(format!("{} of {}", plain.onset.len(), scene.onsets.len()));
            cells.extend([0.5, 0.95].map(|p| number(plain.onset.at(p), 0)));
            table.row(*name, cells);
        }
    }
    table.print();
}

fn silence(detectors: &mut Detectors) {
    let mut table = Table::new(&[
        "no speech",
        "detector",
        "frames taken for speech, %",
        "runs of 120 ms an hour",
        "runs of 240 ms an hour",
    ]);
    for (name, pcm) in no_speech() {
        for (detector, d) in detectors.iter_mut() {
            let heard = d.hear(&pcm);
            let taken = heard.iter().filter(|p| **p >= THRESHOLD).count() as f64 / heard.len() as f64;
            let hourly = |frames: usize| runs(&heard, frames) as f64 * HOUR / heard.len() as f64;
            let cells = vec![
                (*detector).to_owned(),
                number(100.0 * taken, 2),
                number(hourly(6), 0),
                number(hourly(12), 0),
            ];
            table.row(name, cells);
        }
    }
    table.print();
}

fn cost(detectors: &mut Detectors, scenes: &[(&str, Scene)]) {
    let mut table = Table::new(&["cost", "% of a core a call", "against ours"]);
    let Some((_, scene)) = scenes.get(2) else { return };
    let seconds = scene.pcm.len() as f64 / 8000.0;
    let mut ours = f64::NAN;
    for (detector, d) in detectors.iter_mut() {
        let rounds = (0..5).map(|_| 100.0 * d.cost(&scene.pcm) / seconds);
        let best = rounds.collect::<Values>().least();
        if ours.is_nan() {
            ours = best;
        }
        table.row(*detector, vec![number(best, 4), ratio(best, ours)]);
    }
    table.print();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_labelled_away_from_its_edges_and_its_beginning_found() {
        let mut clean = vec![0i16; 100 * FRAME];
        clean.iter_mut().skip(40 * FRAME).take(20 * FRAME).for_each(|s| *s = 8000);
        let (labels, onsets) = label(&clean);
        assert_eq!(onsets, [40]);
        let count = |wanted| labels.iter().filter(|l| **l == wanted).count();
        assert_eq!((count(Some(true)), count(Some(false)), count(None)), (16, 76, 8));
    }

    #[test]
    fn a_detector_is_scored_by_what_it_missed_and_what_it_made_up() {
        let labels = vec![Some(true), Some(true), Some(false), Some(false), None];
        let scene = Scene { pcm: Vec::new(), labels, onsets: vec![0] };
        let score = score(&scene, &[0.9, 0.1, 0.9, 0.2, 0.9], THRESHOLD);
        assert_eq!((score.missed, score.wrong), (50.0, 50.0));
        assert_eq!(score.onset.at(0.5), 100.0);
        assert!(threshold_for(&scene, &[0.9, 0.1, 0.9, 0.2, 0.9], 0.0) > 0.9);
        assert_eq!(runs(&[0.9, 0.9, 0.1, 0.9], 2), 1);
    }
}
