//! Processor and memory per call.
use crate::stage::{Calls, Setting, Stage, Usage};
use crate::stats::{Table, line, number, ratio};
use crate::voice;
use e2e::server::{Trouble, trouble};
use std::time::Duration;

/// Calls at once that only listen.
const LISTENING: [usize; 4] = [10, 40, 100, 200];
/// Whole conversations at once.
const CONVERSATIONS: [usize; 4] = [10, 20, 40, 50];
/// Longest time for all calls to be there, seconds.
const RAMP_S: u64 = 2;
/// Time over which processor use is taken, seconds.
const WINDOW_S: u64 = 11;
/// What is switched on, row by row: name, voice activity, recording.
const ROWS: [(&str, bool, bool); 3] = [
    ("prompt only", false, false),
    ("+ voice activity", true, false),
    ("+ voice activity and recording", true, true),
];
/// Listens to the bot's first prompt and says nothing.
const LISTENS: &str = "steps: [{silence: 15000}, hang_up]\n";

/// What one load cost.
struct Cost {
    calls: usize,
    live: usize,
    idle: f64,
    busy: f64,
    mib: f64,
}

impl Cost {
    fn per_call(&self) -> f64 {
        (self.busy - self.idle) / self.calls as f64
    }

    fn cells(&self, baseline: f64) -> Vec<String> {
        vec![
            self.live.to_string(),
            number(self.busy, 1),
            number(self.per_call(), 3),
            ratio(self.per_call(), baseline),
            number(self.mib / self.calls as f64, 2),
        ]
    }
}

/// Runs the bench with at most `most` calls that listen and two fifths as many conversations.
pub async fn run(most: usize) -> Result<(), Trouble> {
    listen(most).await?;
    converse(most * 2 / 5).await
}

async fn listen(most: usize) -> Result<(), Trouble> {
    let mut table = Table::new(&[
        "calls that only listen",
        "live",
        "server, % of a core",
        "% of a core a call",
        "against 10",
        "MiB a call",
    ]);
    let mut compared = Vec::new();
    let mut first = [f64::NAN; 3];
    for calls in LISTENING.into_iter().filter(|n| *n <= most.max(10)) {
        let mut costs = Vec::new();
        for ((name, listen, record), first) in ROWS.into_iter().zip(&mut first) {
            let cost = listening(Setting { max_calls: calls + 10, listen, record }, calls).await?;
            if first.is_nan() {
                *first = cost.per_call();
            }
            table.row(format!("{calls}: {name}"), cost.cells(*first));
            costs.push(cost.per_call());
        }
        if let [prompt, listening, recording] = costs.as_slice() {
            let (ear, tape) = (ratio(*listening, *prompt), ratio(*recording, *listening));
            compared.push(format!(
                "{calls} calls: voice activity against prompt only {ear}, recording against none {tape}"
            ));
        }
    }
    table.print();
    compared.iter().for_each(line);
    line("");
    Ok(())
}

async fn listening(setting: Setting, calls: usize) -> Result<Cost, Trouble> {
    let stage = Stage::start(setting).await?;
    let (before, idle) = idle(&stage).await?;
    let rate = (calls as f64 / RAMP_S as f64).max(5.0);
    let placed = Calls { name: "listens", script: LISTENS, count: calls, rate };
    let measured = async {
        // The citizen renders its sounds first; the window opens when all calls are there.
        wait_for(&stage, calls).await?;
        window(&stage, calls, (before, idle)).await
    };
    let (reports, cost) = tokio::join!(stage.call(&placed), measured);
    reports?;
    cost
}

async fn wait_for(stage: &Stage, calls: usize) -> Result<(), Trouble> {
    for _ in 0..150 {
        if stage.live().await? >= calls {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Trouble(format!(
        "{} of {calls} calls are live after 15 s: {}",
        stage.live().await?,
        stage.server.log()
    )))
}

/// The server without a call: a reading, and its use, % of a core.
async fn idle(stage: &Stage) -> Result<(Usage, f64), Trouble> {
    let start = stage.usage()?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let end = stage.usage()?;
    Ok((end, end.percent_since(&start)))
}

async fn window(stage: &Stage, calls: usize, (before, idle): (Usage, f64)) -> Result<Cost, Trouble> {
    let start = stage.usage()?;
    tokio::time::sleep(Duration::from_secs(WINDOW_S)).await;
    let end = stage.usage()?;
    let live = stage.live().await?;
    Ok(Cost { calls, live, idle, busy: end.percent_since(&start), mib: end.mib - before.mib })
}

async fn converse(most: usize) -> Result<(), Trouble> {
    let mut table = Table::new(&[
        "conversations",
        "live",
        "server, % of a core",
        "% of a core a call",
        "against 10",
        "MiB a call",
        "worst MOS",
        "mean MOS",
        "cut off",
        "booked",
        "wire p50, ms",
        "wire p95, ms",
    ]);
    let mut first = f64::NAN;
    for calls in CONVERSATIONS.into_iter().filter(|n| *n <= most.max(10)) {
        let stage = Stage::start(Setting { max_calls: calls + 10, listen: true, record: true }).await?;
        let before = idle(&stage).await?;
        let measured = async {
            wait_for(&stage, calls).await?;
            window(&stage, calls, before).await
        };
        let (seen, cost) = tokio::join!(voice::converse(&stage, calls, calls as f64 / 4.0), measured);
        let (mut seen, cost) = (seen?, cost?);
        voice::complete(&stage, &mut seen).await?;
        if first.is_nan() {
            first = cost.per_call();
        }
        let mut cells = cost.cells(first);
        let (mos, wire) = (seen.mos(), seen.wire());
        cells.extend([number(mos.least(), 2), number(mos.mean(), 2)]);
        cells.push(format!("{} of {}", seen.cut_off(), seen.spoken()));
        cells.push(format!("{} of {calls}", seen.booked()));
        cells.extend([0.5, 0.95].map(|p| number(wire.at(p), 0)));
        table.row(calls.to_string(), cells);
    }
    table.print();
    std::io::Write::flush(&mut std::io::stdout()).map_err(trouble("stdout"))
}
