//! How well intents can be told apart from their examples alone: by cross-validation, and by intents held out.

use crate::{Error, IntentModel, Ranked, TrainOptions};

/// An example as it was understood by a model that had not seen it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The intent it is an example of.
    pub intent: String,
    /// Its place among that intent's examples, from 0.
    pub index: usize,
    /// The example.
    pub text: String,
    /// The likeliest intent, believed or not.
    pub first: Ranked,
    /// What was believed; none: out of scope, or too unsure.
    pub best: Option<String>,
    /// 0, surely one of the intents, to 1.
    pub out_of_scope: f32,
}

impl Judged {
    /// It was taken for another intent.
    #[must_use]
    pub fn confused(&self) -> bool {
        self.best.as_ref().is_some_and(|best| *best != self.intent)
    }

    /// It was taken for what it is.
    #[must_use]
    pub fn right(&self) -> bool {
        self.best.as_ref() == Some(&self.intent)
    }
}

/// Trains `folds` times, each time without one in `folds` examples of every intent, and judges those.
/// An intent keeps one example at least to be trained on; one with a single example is never judged.
///
/// # Errors
/// As [`IntentModel::train`].
pub fn cross_validate(
    intents: &[(String, Vec<String>)],
    folds: usize,
    options: &TrainOptions,
) -> Result<Vec<Judged>, Error> {
    let mut out = Vec::new();
    let folds = folds.max(2);
    for fold in 0..folds {
        let held = |index: usize, of: usize| of > 1 && index % folds == fold;
        let training: Vec<(String, Vec<String>)> = intents
            .iter()
            .map(|(name, all)| {
                let kept = all.iter().enumerate().filter(|(i, _)| !held(*i, all.len()));
                (name.clone(), kept.map(|(_, text)| text.clone()).collect())
            })
            .collect();
        let model = IntentModel::train(&training, options)?;
        for (intent, all) in intents {
            for (index, text) in all.iter().enumerate().filter(|(i, _)| held(*i, all.len())) {
                out.push(judge(&model, (intent, index), text));
            }
        }
    }
    out.sort_by(|a, b| (&a.intent, a.index).cmp(&(&b.intent, b.index)));
    Ok(out)
}

fn judge(model: &IntentModel, (intent, index): (&str, usize), text: &str) -> Judged {
    let classified = model.classify(text);
    let first = classified.ranked.into_iter().next();
    Judged {
        intent: intent.to_owned(),
        index,
        text: text.to_owned(),
        first: first.unwrap_or(Ranked { intent: String::new(), confidence: 0.0 }),
        best: classified.best.map(|b| b.intent),
        out_of_scope: classified.out_of_scope,
    }
}

/// Share of the examples that were taken for what they are, 0 to 1.
#[must_use]
pub fn accuracy(judged: &[Judged]) -> f32 {
    judged.iter().filter(|j| j.right()).count() as f32 / judged.len().max(1) as f32
}

/// Expected calibration error in ten bins (Naeini et al. 2015): how far the confidence of the likeliest
/// intent is from how often it is right, 0 to 1.
#[must_use]
pub fn calibration_error(judged: &[Judged]) -> f32 {
    let mut bins = [(0usize, 0.0f32, 0.0f32); 10];
    for one in judged {
        let at = ((one.first.confidence * 10.0) as usize).min(9);
        if let Some(bin) = bins.get_mut(at) {
            bin.0 += 1;
            bin.1 += one.first.confidence;
            bin.2 += if one.first.intent == one.intent { 1.0 } else { 0.0 };
        }
    }
    let gaps = bins.iter().map(|(_, confidence, right)| (confidence - right).abs());
    gaps.sum::<f32>() / judged.len().max(1) as f32
}

/// One threshold of out of scope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From this score on, an utterance is out of scope.
    pub threshold: f32,
    /// Share of the utterances in scope that are let in, 0 to 1.
    pub let_in: f32,
    /// Share of those out of scope that are kept out, 0 to 1.
    pub kept_out: f32,
}

/// How well what is none of the intents is told.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopeReport {
    /// Area under the ROC curve: 0.5 is chance, 1 is perfect.
    pub auroc: f32,
    /// From threshold 0.05 to 0.95.
    pub curve: Vec<Point>,
    /// Utterances in scope and out of scope.
    pub utterances: (usize, usize),
}

/// Three rounds; in each a third of the intents is out of scope, with all its examples, and of the others
/// one example in five is held out to be in scope. None with fewer than three intents.
///
/// # Errors
/// As [`IntentModel::train`].
pub fn scope(
    intents: &[(String, Vec<String>)],
    options: &TrainOptions,
) -> Result<Option<ScopeReport>, Error> {
    if intents.len() < 3 {
        return Ok(None);
    }
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let known = |at: usize| at % 3 != round;
        let held = |index: usize, of: usize| of > 1 && index % 5 == round;
        let training: Vec<(String, Vec<String>)> = intents
            .iter()
            .enumerate()
            .filter(|(at, _)| known(*at))
            .map(|(_, (name, all))| {
                let kept = all.iter().enumerate().filter(|(i, _)| !held(*i, all.len()));
                (name.clone(), kept.map(|(_, t)| t.clone()).collect())
            })
            .collect();
        let model = IntentModel::train(&training, options)?;
        for (at, (_, all)) in intents.iter().enumerate() {
            for (index, text) in all.iter().enumerate() {
                let score = || model.classify(text).out_of_scope;
                match known(at) {
                    true if held(index, all.len()) => inside.push(score()),
                    true => {}
                    false => outside.push(score()),
                }
            }
        }
    }
    Ok(Some(ScopeReport {
        auroc: auroc(&inside, &outside),
        curve: (1..20).map(|step| point(step as f32 / 20.0, &inside, &outside)).collect(),
        utterances: (inside.len(), outside.len()),
    }))
}

fn point(threshold: f32, inside: &[f32], outside: &[f32]) -> Point {
    let share = |all: &[f32], good: &dyn Fn(f32) -> bool| {
        all.iter().filter(|s| good(**s)).count() as f32 / all.len().max(1) as f32
    };
    Point {
        threshold,
        let_in: share(inside, &|s| s < threshold),
        kept_out: share(outside, &|s| s >= threshold),
    }
}

/// The chance that something out of scope scores higher than something in scope; a tie counts half.
fn auroc(inside: &[f32], outside: &[f32]) -> f32 {
    let wins =
        outside.iter().flat_map(|o| inside.iter().map(move |i| (o, i))).map(|(o, i)| match o.total_cmp(i) {
            std::cmp::Ordering::Greater => 1.0f64,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        });
    (wins.sum::<f64>() / (inside.len() * outside.len()).max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intents() -> Vec<(String, Vec<String>)> {
        let of = |name: &str, all: &[&str]| (name.to_owned(), all.iter().map(|t| (*t).to_owned()).collect());
        vec![
            of(
                "cita",
                &["quiero una cita", "pedir cita", "necesito cita previa", "deme una cita", "cita por favor"],
            ),
            of(
                "multa",
                &["pagar una multa", "me han puesto una multa", "multa de tráfico", "la multa del coche"],
            ),
            of(
                "persona",
                &["hablar con una persona", "páseme con alguien", "quiero un agente", "una persona"],
            ),
        ]
    }

    #[test]
    fn every_example_is_judged_once_by_a_model_that_has_not_seen_it() {
        let judged = cross_validate(&intents(), 5, &TrainOptions::default()).unwrap();
        let mut seen: Vec<(String, usize)> = judged.iter().map(|j| (j.intent.clone(), j.index)).collect();
        seen.dedup();
        assert_eq!(seen.len(), 13);
        assert_eq!(judged.len(), 13);
        assert!(accuracy(&judged) > 0.4, "{judged:#?}");
        assert!((0.0..=1.0).contains(&calibration_error(&judged)));
    }

    #[test]
    fn what_is_held_out_is_counted_and_scored() {
        let scope = scope(&intents(), &TrainOptions::default()).unwrap().unwrap();
        assert_eq!(scope.utterances.1, 13);
        assert!(scope.auroc > 0.5, "{scope:?}");
        assert!(scope.curve.windows(2).all(|w| w[0].let_in <= w[1].let_in && w[0].kept_out >= w[1].kept_out));
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        assert!((auroc(&[0.1, 0.2], &[0.3, 0.15]) - 0.75).abs() < 1e-6);
        assert!((auroc(&[0.5], &[0.5]) - 0.5).abs() < 1e-6);
    }
}
