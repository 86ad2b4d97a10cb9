//! `digame call`
use super::{json, line, runtime};
use crate::Failure;
use crate::config::Config;
use asr::{Expectation, Recogniser};
use call::citizen::{Citizens, Order, Outcome, Prepared, Report, Script};
use clap::Args;
use futures_util::future::join_all;
use records::Recorder;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Places calls as a simulated citizen: says, keys, waits, interrupts, measures
#[derive(Args)]
#[command(
    after_help = "Steps of a script: say, play (WAV), keys, wait: bot, interrupt, silence, hang_up; at its top noise_db, packet_loss, seed.\n\nExamples:\n  digame call sip:010@127.0.0.1 --script citizen.yaml\n  digame call sip:010@127.0.0.1 --script citizen.yaml --calls 20 --rate 5 --json"
)]
pub struct Call {
    /// Whom to call
    #[arg(value_name = "sip:NUMBER@HOST[:PORT]")]
    uri: String,
    /// What the citizen does
    #[arg(long, value_name = "FILE")]
    script: PathBuf,
    /// Voice of the citizen, an eSpeak NG voice or variant
    #[arg(long, default_value = "es+m3")]
    voice: String,
    /// How many calls
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    calls: u32,
    /// New calls each second
    #[arg(long, default_value_t = 10.0)]
    rate: f64,
    /// Record both sides into this folder, citizen left, bot right
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
    /// Address to call from
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS:PORT")]
    bind: SocketAddr,
    /// Number to call from
    #[arg(long, default_value = "sip:600000000@citizen.invalid")]
    from: String,
    /// Make no offer: the callee makes it, the answer goes with the ACK
    #[arg(long)]
    late_offer: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A report with what the citizen's ear made of the bot's words.
#[derive(serde::Serialize)]
struct Told {
    #[serde(flatten)]
    report: Report,
    /// The bot's turns as the embedded recogniser hears them: for orientation, not a transcript.
    heard: Vec<String>,
}

impl Call {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let script = Script::load(&self.script).map_err(Failure::usage)?;
        let options = tts::espeak::Options { voice: self.voice.clone(), ..Default::default() };
        let voice = Arc::new(tts::espeak::Espeak::open(options).map_err(Failure::usage)?);
        let cache = std::env::temp_dir().join(format!("digame-citizen-{}", std::process::id()));
        let prompts = tts::Prompts::new(voice, &cache).map_err(Failure::usage)?;
        let prepared = Prepared::new(&script, &prompts).map_err(Failure::usage);
        let _ = std::fs::remove_dir_all(&cache);
        let told = runtime()?.block_on(self.place(&prepared?))?;
        if self.json {
            json(&told)?;
        } else {
            told.iter().for_each(print);
        }
        let good = |t: &&Told| matches!(t.report.outcome, Outcome::Completed | Outcome::HungUp);
        match told.len() - told.iter().filter(good).count() {
            0 => Ok(()),
            bad => Err(Failure::Failed(format!(
                "{bad} of {} calls did not go to the end of the script",
                told.len()
            ))),
        }
    }

    async fn place(&self, prepared: &Prepared) -> Result<Vec<Told>, Failure> {
        let mut config = call::citizen::Config::loopback();
        config.bind = self.bind;
        config.media_address = self.bind.ip();
        config.capacity = self.calls as usize;
        let citizens = Citizens::start(config).await.map_err(Failure::usage)?;
        let recorder = self.record.as_deref().map(Recorder::start).transpose().map_err(Failure::usage)?;
        let order =
            Order { from: format!("<{}>", self.from), late_offer: self.late_offer, ..Order::to(&self.uri) };
        let gap = Duration::from_secs_f64(1.0 / self.rate.max(0.01));
        let calls = (0..self.calls).map(|n| {
            let (citizens, order, recorder) = (&citizens, &order, recorder.as_ref());
            async move {
                tokio::time::sleep(gap * n).await;
                let name = format!("citizen-{}-{n}.wav", std::process::id());
                citizens.call(order, prepared, recorder.map(|r| (r, name.as_str()))).await
            }
        });
        let reports: Vec<Report> =
            join_all(calls).await.into_iter().collect::<Result<_, _>>().map_err(Failure::failed)?;
        drop(recorder);
        let ear = asr::embedded::Embedded::new().map_err(Failure::failed)?;
        Ok(reports.into_iter().map(|report| Told { heard: hear(&ear, &report), report }).collect())
    }
}

/// What the ear makes of each of the bot's turns; nothing where the call was not recorded.
fn hear(ear: &dyn Recogniser, report: &Report) -> Vec<String> {
    let Some(bot) = report.recording.as_deref().and_then(|path| right_side(Path::new(path))) else {
        return Vec::new();
    };
    let expect = Expectation { open: true, ..Expectation::default() };
    let at = |ms: u64| usize::try_from(ms * 8).unwrap_or(usize::MAX).min(bot.len());
    let turns = report.bot.iter().map(|turn| {
        let end = turn.end_ms.map_or(bot.len(), at);
        let mut stream = ear.open(&expect);
        let _ = stream.push(bot.get(at(turn.start_ms)..end).unwrap_or_default());
        stream.finish().text
    });
    turns.collect()
}

fn right_side(path: &Path) -> Option<Vec<i16>> {
    let samples = hound::WavReader::open(path).ok()?.into_samples::<i16>();
    samples.skip(1).step_by(2).collect::<Result<_, _>>().ok()
}

fn print(told: &Told) {
    let r = &told.report;
    let answered = r.answer_ms.map_or_else(|| "-".into(), |ms| format!("{ms:.1} ms"));
    line(format!("{:?} (SIP {}), {:.1} s, INVITE to answer {answered}", r.outcome, r.status, r.duration_s));
    for contact in &r.redirected_to {
        line(format!("  redirected to {contact}, which was not called"));
    }
    for (turn, heard) in r.bot.iter().zip(told.heard.iter().map(Some).chain(std::iter::repeat(None))) {
        let heard = heard.map_or("", String::as_str);
        line(format!("  {:>8.2} s  bot speaks  «{heard}»", turn.start_ms as f64 / 1000.0));
    }
    for turn in &r.turns {
        let delay =
            turn.wire_ms.map_or_else(|| "no answer".into(), |ms| format!("answered after {ms:.0} ms"));
        let cut = if turn.cut_off { ", cut off" } else { "" };
        line(format!("  {:>8.2} s  citizen     {} ({delay}{cut})", turn.start_ms as f64 / 1000.0, turn.said));
    }
    for interruption in &r.interruptions {
        let stop = interruption
            .stop_ms
            .map_or_else(|| "did not stop".into(), |ms| format!("stopped after {ms:.0} ms"));
        line(format!("  interrupted with «{}»: the bot {stop}", interruption.said));
    }
    line(format!(
        "  received {} packets, lost {}, late {}, jitter {:.1} ms, MOS {:.2}",
        r.received, r.lost, r.late, r.jitter_ms, r.mos
    ));
    if let Some(recording) = &r.recording {
        line(format!("  recording {recording}"));
    }
}
