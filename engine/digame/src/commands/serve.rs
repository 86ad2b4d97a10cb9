//! `digame serve`
use super::{line, runtime};
use crate::config::Config;
use crate::http::access::Access;
use crate::http::{self, App};
use crate::monitor::EngineMonitor;
use crate::numbers::{Numbers, Table, Watch};
use crate::versions::Versions;
use crate::{Failure, speech};
use call::{Engine, Parts, Settings};
use clap::Args;
use indicatif::ProgressBar;
use records::{Recorder, Store};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// Answers calls until it is told to stop (Ctrl-C or SIGTERM: it lets live calls end, for a minute)
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame serve\n  digame --config digame.toml serve\n  digame serve --sip 192.0.2.10:5060 --data data"
)]
pub struct Serve {
    /// Address for SIP, instead of the configuration's
    #[arg(long, value_name = "ADDRESS:PORT")]
    sip: Option<SocketAddr>,
    /// Address of the API, instead of the configuration's
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    /// Data folder, instead of the configuration's
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// How long live calls may go on after the order to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait, once all calls are cut, for what services were asked to do.
const SETTLING: Duration = Duration::from_secs(10);

impl Serve {
    pub fn run(self, mut config: Config, file: Option<PathBuf>) -> Result<(), Failure> {
        let filter =
            tracing_subscriber::EnvFilter::try_from_env("DIGAME_LOG").unwrap_or_else(|_| "info".into());
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        config.sip.listen = self.sip.unwrap_or(config.sip.listen);
        config.http.listen = self.http.unwrap_or(config.http.listen);
        config.storage.folder = self.data.unwrap_or(config.storage.folder);
        crate::lists::keep_in(&config.storage.folder, true);
        runtime()?.block_on(serve(config, file))
    }
}

/// Everything that can be wrong with files is found before the first port opens.
async fn serve(config: Config, file: Option<PathBuf>) -> Result<(), Failure> {
    let versions = Versions::of(&config.storage.folder);
    let table = Table::load(&config.dialogs, &versions)?;
    let recognisers = speech::recognisers(&config, table.languages.iter().map(String::as_str))?;
    let vad = speech::voice_activity(&config)?;
    let voice = speech::voice(&config)?;
    let (store, recorder) = storage(&config).await?;
    let token = token(&config)?;
    let prompts =
        Arc::new(tts::Prompts::new(voice, config.storage.folder.join("prompts")).map_err(Failure::usage)?);
    prepare(&prompts, &table.fixed_prompts)?;
    let names = table.names.join(", ");
    let numbers = Arc::new(Numbers::new(table));

    let ports = ports(&config)?;
    let mut sip_config = sip::Config::new(config.sip.listen);
    sip_config.advertised = Some(config.sip.advertise.clone()).filter(|a| !a.is_empty());
    let (stack, signals) = sip::Stack::bind(sip_config).await.map_err(Failure::usage)?;
    let parts = Parts {
        stack: stack.clone(),
        signals,
        ports: ports.clone(),
        recognisers,
        vad,
        prompts: prompts.clone(),
        bots: numbers.clone(),
        store: store.clone(),
        recorder: recorder.clone(),
    };
    let engine = Engine::start(settings(&config), parts).map_err(Failure::failed)?;
    let monitor =
        EngineMonitor { engine: engine.clone(), stack: stack.clone(), ports, store: store.clone(), recorder };
    let listener = tokio::net::TcpListener::bind(config.http.listen).await.map_err(|error| {
        Failure::Usage(format!("cannot listen on {}: {error}; change [http] listen", config.http.listen))
    })?;
    let app = App {
        store: store.clone(),
        recordings: config.storage.folder.join("recordings"),
        access: Access::new(token, store.users(), config.profiles.clone()),
        events: relay(&engine),
        monitor: Arc::new(monitor),
        design: http::bots::Design::new(numbers.clone(), versions.clone(), prompts.clone()),
    };
    announce(&config, &stack, &names);
    let watch = Watch { config: file, dialogs: config.dialogs, versions, prompts };
    let watch = tokio::spawn(watch.follow(numbers));
    let renewing = tokio::spawn(crate::lists::keep_renewing());
    let api = tokio::spawn(async move { axum::serve(listener, http::router(app)).await });
    stop_signal().await?;
    line("stopping: no new calls; live ones may end, for a minute; again to stop at once");
    tokio::select! {
        left = engine.drain(PATIENCE) => if left > 0 { line(format!("{left} calls were still live")) },
        signal = stop_signal() => signal?,
    }
    watch.abort();
    renewing.abort();
    api.abort();
    let _ = stack.shutdown().await;
    // Calls are cut now; what services were asked to book is still written down.
    let _ = engine.drain(SETTLING).await;
    store.flush().await.map_err(Failure::failed)
}

fn announce(config: &Config, stack: &sip::Stack, bots: &str) {
    line(format!(
        "digame {} answers on sip:{} (UDP and TCP), bots: {bots}",
        env!("CARGO_PKG_VERSION"),
        stack.local_addr()
    ));
    line(format!(
        "API on http://{}, token in {}",
        config.http.listen,
        config.storage.folder.join("token").display()
    ));
    line(format!(
        "bots are written at http://{}/designer, by users with the profile disenador (`digame users add`)",
        config.http.listen
    ));
}

async fn storage(config: &Config) -> Result<(Store, Option<Arc<Recorder>>), Failure> {
    let folder = &config.storage.folder;
    std::fs::create_dir_all(folder).map_err(|e| {
        Failure::Usage(format!("{}: {e}; set [storage] folder to one that can be written", folder.display()))
    })?;
    let store = Store::open(&folder.join("digame.db")).await.map_err(Failure::usage)?;
    if !config.storage.record {
        return Ok((store, None));
    }
    let recorder = Recorder::start(&folder.join("recordings")).map_err(Failure::usage)?;
    store.mend_recordings(&recorder).await.map_err(Failure::usage)?;
    Ok((store, Some(Arc::new(recorder))))
}

/// The bearer token: made once, readable by the owner alone.
fn token(config: &Config) -> Result<Arc<str>, Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = config.storage.folder.join("token");
    let named = |e: std::io::Error| {
        Failure::Usage(format!("{}: {e}; the data folder must be writable", path.display()))
    };
    if !path.exists() {
        let secret: [u8; 32] = rand::random();
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(named)?;
        writeln!(file, "{}", hex::encode(secret)).map_err(named)?;
    }
    let text = std::fs::read_to_string(&path).map_err(named)?;
    match text.trim() {
        "" => Err(Failure::Usage(format!("{}: is empty; delete it and a new one is made", path.display()))),
        token => Ok(token.into()),
    }
}

fn prepare(prompts: &tts::Prompts, texts: &[(tts::Style, String)]) -> Result<(), Failure> {
    let bar = ProgressBar::new(texts.len() as u64).with_message("prompts");
    let prepared =
        prompts.prepare_styled(texts, &mut |p| bar.set_position(p.done as u64)).map_err(Failure::usage)?;
    bar.finish_and_clear();
    if let Some(error) = prepared.not_kept {
        tracing::warn!(%error, "prompts are not kept on disk");
    }
    tracing::info!(
        prompts = texts.len(),
        rendered = prepared.rendered,
        audio_s = prepared.sound.as_secs(),
        "prompts ready"
    );
    Ok(())
}

fn ports(config: &Config) -> Result<rtp::PortPool, Failure> {
    let [first, last] = config.media.ports;
    let quarantine = Duration::from_secs(u64::from(config.media.quarantine_s));
    rtp::PortPool::new(config.sip.listen.ip(), first..=last, quarantine).map_err(Failure::usage)
}

fn settings(config: &Config) -> Settings {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut settings = Settings::new(media_address(config));
    settings.max_contacts = config.media.max_calls;
    settings.max_duration = Duration::from_secs(u64::from(config.media.max_call_s));
    settings.line_silence = Duration::from_secs(u64::from(config.sip.rtp_timeout_s));
    settings.ear_threads = match config.speech.recogniser_threads {
        0 => cores,
        threads => threads,
    };
    settings
}

/// The address for media that far ends are told: the advertised one, the one listened on, or the one of
/// this machine's route to the outside (no packet is sent to find it).
fn media_address(config: &Config) -> IpAddr {
    let advertised = config.sip.advertise.as_str();
    let host = advertised.parse::<SocketAddr>().map(|a| a.ip()).or_else(|_| advertised.parse::<IpAddr>());
    if let Ok(address) = host {
        return address;
    }
    let listen = config.sip.listen.ip();
    if !listen.is_unspecified() {
        return listen;
    }
    let route = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    route.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

/// Engine events as JSON, for any number of readers.
fn relay(engine: &Engine) -> broadcast::Sender<Arc<str>> {
    let (sender, _) = broadcast::channel(1024);
    let (mut events, out) = (engine.events(), sender.clone());
    tokio::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Ok(json) = serde_json::to_string(&*event) {
                        let _ = out.send(json.into());
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    });
    sender
}

async fn stop_signal() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).map_err(Failure::failed)?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome.map_err(Failure::failed),
        _ = term.recv() => Ok(()),
    }
}
