//! What every bench stands on: a server of its own, a diary that never fills up, citizens who call.
use axum::extract::Query;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use e2e::server::{Server, Trouble, Wanted, binary, trouble};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Clock ticks a second of `/proc/PID/stat`: `USER_HZ`, 100 on every Linux that runs this.
const TICKS: f64 = 100.0;

/// A running server. It ends, and its folder goes, with this value.
pub struct Stage {
    /// The server.
    pub server: Server,
    folder: TempDir,
}

/// What a bench changes of the defaults.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Calls at once.
    pub max_calls: usize,
    /// Listen to the callers; without, the keypad only.
    pub listen: bool,
    /// Keep recordings.
    pub record: bool,
}

impl Stage {
    /// Starts the diary and the server, and waits until the server is healthy.
    pub async fn start(setting: Setting) -> Result<Self, Trouble> {
        let folder = tempfile::tempdir().map_err(trouble("folder"))?;
        let diary = serve_diary().await?;
        let media = format!("max_calls = {}\nquarantine_s = 1\nports = [20000, 23999]", setting.max_calls);
        let wanted = Wanted {
            sections: vec![
                ("media", media),
                ("storage", format!("record = {}", setting.record)),
                ("speech", format!("recogniser = \"{}\"", if setting.listen { "embedded" } else { "none" })),
            ],
            environment: vec![("DIGAME_CITAS_URL", format!("http://{diary}"))],
        };
        let path = folder.path().to_owned();
        let server = tokio::task::spawn_blocking(move || Server::start(&path, wanted)).await;
        let server = server.map_err(trouble("start"))??;
        // Prompts are rendered and models warmed by now; what is left of the start must not be measured.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Self { server, folder })
    }

    /// A folder for the bench's own files.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Places calls and returns their reports, refused ones too.
    pub async fn call(&self, calls: &Calls<'_>) -> Result<Vec<Value>, Trouble> {
        let script = self.folder.path().join(format!("{}.yaml", calls.name));
        std::fs::write(&script, calls.script).map_err(trouble("script"))?;
        let output = tokio::process::Command::new(binary("digame")?)
            .arg("call")
            .arg(format!("sip:010@{}", self.server.sip))
            .arg("--script")
            .arg(&script)
            .args(["--bind", &own_address()])
            .args(["--calls", &calls.count.to_string(), "--rate", &calls.rate.to_string(), "--json"])
            .env_remove("DIGAME_CONFIG")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(trouble("digame call"))?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let reports: Value = serde_json::from_slice(&output.stdout)
            .map_err(|e| Trouble(format!("digame call told nothing ({e}; {}): {told}", output.status)))?;
        Ok(reports.as_array().cloned().unwrap_or_default())
    }

    /// Memory and processor time of the server, now.
    pub fn usage(&self) -> Result<Usage, Trouble> {
        let pid = self.server.pid();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).map_err(trouble("stat"))?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(trouble("status"))?;
        let unreadable = || Trouble(format!("/proc/{pid} does not look like proc(5)"));
        // Fields are counted after the name, which may hold spaces: utime and stime are 14 and 15.
        let (_, fields) = stat.rsplit_once(')').ok_or_else(unreadable)?;
        let ticks: Vec<f64> =
            fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or_else(unreadable)?;
        let kib =
            resident.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).ok_or_else(unreadable)?;
        Ok(Usage { at: Instant::now(), cpu_s: ticks.iter().sum::<f64>() / TICKS, mib: kib / 1024.0 })
    }

    /// Calls live now.
    pub async fn live(&self) -> Result<usize, Trouble> {
        let health = self.server.get("/health").await?;
        Ok(health["calls"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
    }
}

/// An address of the loopback network that no other process of this bench calls from: two that share
/// one would also share its range of RTP ports.
fn own_address() -> String {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    format!("127.77.0.{}:0", NEXT.fetch_add(1, Ordering::Relaxed).clamp(1, 254))
}

/// Calls of one script.
#[derive(Debug, Clone, Copy)]
pub struct Calls<'a> {
    /// Name of the script, one for each bench.
    pub name: &'a str,
    /// YAML.
    pub script: &'a str,
    /// How many calls.
    pub count: usize,
    /// New ones each second.
    pub rate: f64,
}

/// A reading of the server's process.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// When.
    pub at: Instant,
    /// User and system time so far, seconds.
    pub cpu_s: f64,
    /// Resident memory, MiB.
    pub mib: f64,
}

impl Usage {
    /// Processor time since `earlier`, % of one core.
    pub fn percent_since(&self, earlier: &Usage) -> f64 {
        100.0 * (self.cpu_s - earlier.cpu_s) / self.at.duration_since(earlier.at).as_secs_f64()
    }
}

/// The diary of the tests gives each half hour once; this one gives the same three to everybody, so that
/// the hundredth conversation is the same as the first.
async fn serve_diary() -> Result<SocketAddr, Trouble> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(trouble("diary"))?;
    let address = listener.local_addr().map_err(trouble("diary"))?;
    let router = Router::new().route("/huecos", get(free)).route("/reservas", post(book));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn free(Query(wanted): Query<HashMap<String, String>>) -> Json<Value> {
    let from = wanted.get("desde").map(String::as_str).unwrap_or_default();
    let day = from.split('T').next().unwrap_or_default();
    let slots = ["16:00", "17:30", "19:00"].map(|hour| {
        let start = format!("{day}T{hour}");
        json!({ "id": start, "inicio": start })
    });
    Json(json!(slots))
}

async fn book(Json(order): Json<Value>) -> (StatusCode, Json<Value>) {
    let booking = json!({
        "codigo": "R7K2", "nif": order["nif"], "hueco": order["hueco"], "inicio": order["hueco"],
    });
    (StatusCode::CREATED, Json(booking))
}
