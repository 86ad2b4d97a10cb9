//! INVITE to 200, and first audio after the answer.
use crate::stage::{Calls, Setting, Stage};
use crate::stats::{Table, Values, line};
use crate::wire::{self, Times};
use e2e::peer;
use e2e::server::{Trouble, trouble};
use std::path::Path;
use std::time::Duration;

/// New calls each second.
const RATES: [usize; 3] = [10, 50, 100];
/// Seconds of calls at each rate.
const SECONDS: usize = 5;
/// Calls of the least caller, one after the other.
const ONE_BY_ONE: usize = 100;
/// Hears the first words and hangs up.
const SHORT: &str = "steps: [{silence: 400}, hang_up]\n";

/// Runs the bench.
pub async fn run() -> Result<(), Trouble> {
    one_by_one().await?;
    at_rates().await
}

/// One call at a time, read from the sockets.
async fn one_by_one() -> Result<(), Trouble> {
    let stage = Stage::start(Setting { max_calls: 400, listen: true, record: true }).await?;
    let server = stage.server.sip;
    let times = tokio::task::spawn_blocking(move || -> Result<Vec<Times>, Trouble> {
        (0..ONE_BY_ONE).map(|n| wire::call(server, n)).collect()
    });
    let times = times.await.map_err(trouble("calls"))??;
    let of = |pick: fn(&Times) -> f64| times.iter().map(pick).collect::<Values>();
    let answer = of(|t| t.answer);
    let mut table = Table::new(&[
        "ms, one call at a time, from the sockets",
        "calls",
        "p50",
        "p95",
        "p99",
        "p50 against INVITE to 200",
    ]);
    table.row("INVITE to 200", answer.cells(&answer));
    table.row("ACK to first RTP packet", of(|t| t.packet).cells(&answer));
    table.row("ACK to first sound", of(|t| t.sound).cells(&answer));
    table.print();
    Ok(())
}

async fn at_rates() -> Result<(), Trouble> {
    let mut rows: Vec<(String, Values)> = Vec::new();
    let mut first: Vec<(String, Values)> = Vec::new();
    let mut lost = Vec::new();
    for rate in RATES {
        let stage = Stage::start(Setting { max_calls: 400, listen: true, record: true }).await?;
        rows.push((format!("INVITE to 200, SIPp, {rate}/s"), sipp(&stage, rate)?));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let calls = Calls { name: "short", script: SHORT, count: rate * SECONDS, rate: rate as f64 };
        let reports = stage.call(&calls).await?;
        let of = |key: &str| reports.iter().filter_map(|r| r[key].as_f64()).collect::<Values>();
        rows.push((format!("INVITE to 200, citizen, {rate}/s"), of("answer_ms")));
        first.push((format!("first audio after 200, citizen, {rate}/s"), of("first_audio_ms")));
        let refused = reports.iter().filter(|r| r["status"] != 200).count();
        lost.push(format!("{rate}/s: {refused} of {} calls of the citizen not answered", reports.len()));
    }
    let mut table = Table::new(&["ms", "calls", "p50", "p95", "p99", "p50 against the first of its kind"]);
    let sipp_first = rows.first().map(|r| r.1.clone()).unwrap_or_default();
    let ours_first = rows.get(1).map(|r| r.1.clone()).unwrap_or_default();
    for (n, (name, values)) in rows.iter().enumerate() {
        table.row(name, values.cells(if n % 2 == 0 { &sipp_first } else { &ours_first }));
    }
    let audio_first = first.first().map(|r| r.1.clone()).unwrap_or_default();
    for (name, values) in &first {
        table.row(name, values.cells(&audio_first));
    }
    table.print();
    lost.iter().for_each(line);
    line("The citizen hears in ticks of 20 ms and tells times no finer than that.");
    line("SIPp tells whole milliseconds from a clock that it reads once a loop: 0 means less than one step.");
    Ok(())
}

/// SIPp's built-in caller: INVITE, ACK, BYE. Its response times, ms.
fn sipp(stage: &Stage, rate: usize) -> Result<Values, Trouble> {
    let (rate_word, count, host) =
        (rate.to_string(), (rate * SECONDS).to_string(), stage.server.sip.to_string());
    let words = [
        "sipp",
        "-sn",
        "uac",
        "-i",
        "127.0.0.1",
        "-nostdin",
        "-s",
        "010",
        "-r",
        &rate_word,
        "-m",
        &count,
        "-trace_rtt",
        "-rtt_freq",
        "1",
        &host,
    ];
    let folder = stage.folder();
    peer::run(&folder, Duration::from_secs(60), &words)?;
    response_times(&folder)
}

fn response_times(folder: &Path) -> Result<Values, Trouble> {
    let files = std::fs::read_dir(folder).map_err(trouble("folder"))?.filter_map(Result::ok);
    let path = files
        .map(|f| f.path())
        .find(|p| p.to_string_lossy().ends_with("_rtt.csv"))
        .ok_or_else(|| Trouble("sipp left no response times".into()))?;
    let text = std::fs::read_to_string(path).map_err(trouble("response times"))?;
    Ok(text.lines().skip(1).filter_map(|l| l.split(';').nth(1)?.trim().parse::<f64>().ok()).collect())
}
