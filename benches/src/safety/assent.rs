//! Refusals and half-refusals taken for a yes, in five languages; yes and no in their hundred forms.

mod forms;
mod grammar;
mod stage;

use crate::stats::line;
use e2e::server::Trouble;
use nlu::lang::Pack;
use nlu::{Reply, Status, Value};
use stage::Stage;

/// Sentences of the grammar for each language, beside those written.
const DRAWN: usize = 60;

pub fn run() -> Result<(), Trouble> {
    refusals()?;
    said();
    Ok(())
}

/// What the reader makes of a refusal, and what the bots do on it.
fn refusals() -> Result<(), Trouble> {
    line("| language | refusals | read as yes | read as a sound yes | booked | recording kept |");
    line("|---|---|---|---|---|---|");
    let stage = Stage::new()?;
    let mut sums = [0; 5];
    for code in grammar::CODES {
        let all = grammar::refusals(code, DRAWN);
        let mut counts = [all.len(), 0, 0, 0, 0];
        for refusal in &all {
            let found = reply(code, refusal).found;
            let yes = found.filter(|f| f.value == Value::YesNo(true));
            let wrong = [
                yes.is_some(),
                yes.is_some_and(|f| f.status == Status::Sound),
                stage.books(code, refusal)?,
                stage.keeps_recording(code, refusal)?,
            ];
            for (count, wrong) in counts.iter_mut().skip(1).zip(wrong) {
                *count += usize::from(wrong);
            }
            if wrong.contains(&true) {
                line(format!("<!-- {code}: «{refusal}» {wrong:?} -->"));
            }
        }
        row(code, &counts);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    row("all", &sums);
    Ok(())
}

fn row(name: &str, counts: &[usize; 5]) {
    let cells: Vec<String> = counts.iter().map(usize::to_string).collect();
    line(format!("| {name} | {} |", cells.join(" | ")));
}

/// Forms of yes and no that the reader reads as they are meant.
fn said() {
    line("\n| yes and no | forms | right | share |\n|---|---|---|---|");
    let mut sum = (0, 0);
    for (code, meant, all) in forms::FORMS {
        let mut right = 0;
        for said in *all {
            let got = reply(code, said).found.map(|f| f.value == Value::YesNo(true));
            right += usize::from(got == Some(*meant));
            if got != Some(*meant) {
                line(format!("<!-- {code}: «{said}» {got:?} -->"));
            }
        }
        sum = (sum.0 + right, sum.1 + all.len());
        share(&format!("{code}, {}", if *meant { "yes" } else { "no" }), right, all.len());
    }
    share("all", sum.0, sum.1);
}

fn share(name: &str, right: usize, all: usize) {
    line(format!("| {name} | {all} | {right} | {:.1} % |", 100.0 * right as f64 / all.max(1) as f64));
}

fn reply(code: &str, text: &str) -> Reply {
    Pack::of(code).map_or_else(|| nlu::es::reply(text), |pack| pack.reply(text))
}
