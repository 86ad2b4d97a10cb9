//! `digame serve` under test: its own folder, ports of its own on loopback, ended with its handle.
use serde_json::Value;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One line that says what went wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// Turns anything into a [`Trouble`] with a few words before it.
pub fn trouble<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> Trouble + '_ {
    move |error| Trouble(format!("{what}: {error}"))
}

/// What a test changes of the defaults.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Lines added to the configuration file, by section name.
    pub sections: Vec<(&'static str, String)>,
    /// Environment of the server.
    pub environment: Vec<(&'static str, String)>,
}

/// A running server.
pub struct Server {
    child: Child,
    wanted: Wanted,
    /// SIP, UDP and TCP.
    pub sip: SocketAddr,
    /// The API.
    pub http: SocketAddr,
    /// Configuration, data and log.
    pub folder: PathBuf,
}

/// A binary of this workspace, beside the test that runs.
pub fn binary(name: &str) -> Result<PathBuf, Trouble> {
    let me = std::env::current_exe().map_err(trouble("own path"))?;
    let found = me.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| Trouble(format!("{name} is not built: run `make build` first")))
}

/// Copies a folder, with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    std::fs::create_dir_all(to).map_err(trouble("copy"))?;
    for entry in std::fs::read_dir(from).map_err(trouble("copy"))?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(trouble("copy"))?;
        }
    }
    Ok(())
}

/// Rewords a text of a bot's `centro.yaml`, and the key of each of its translations.
pub fn reword(bot: &Path, from: &str, to: &str) -> Result<(), Trouble> {
    let centre = bot.join("centro.yaml");
    let languages = std::fs::read_dir(bot.join("idiomas")).map_err(trouble("reword"))?;
    let languages = languages.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    for file in std::iter::once(centre.clone()).chain(languages) {
        let text = std::fs::read_to_string(&file).map_err(trouble("reword"))?;
        if file == centre && !text.contains(from) {
            return Err(Trouble(format!("reword: no «{from}» in {}", centre.display())));
        }
        std::fs::write(&file, text.replace(from, to)).map_err(trouble("reword"))?;
    }
    Ok(())
}

/// A port that is free for UDP and TCP on loopback.
pub fn free_port() -> Result<u16, Trouble> {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").map_err(trouble("loopback"))?;
        let port = tcp.local_addr().map_err(trouble("loopback"))?.port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Trouble("no port is free for both UDP and TCP".into()))
}

impl Server {
    /// Starts a server in `folder` and waits until it is healthy.
    pub fn start(folder: &Path, wanted: Wanted) -> Result<Self, Trouble> {
        let sip = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let http = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let child = spawn(folder, &wanted, (sip, http))?;
        let mut server = Self { child, wanted, sip, http, folder: folder.to_owned() };
        server.wait_until_healthy()?;
        Ok(server)
    }

    /// Kills it with SIGKILL, in the middle of whatever it does.
    pub fn kill(&mut self) -> Result<(), Trouble> {
        self.child.kill().map_err(trouble("kill"))?;
        self.child.wait().map_err(trouble("wait")).map(|_| ())
    }

    /// Starts it again on the same folder and addresses.
    pub fn start_again(&mut self) -> Result<(), Trouble> {
        self.child = spawn(&self.folder, &self.wanted, (self.sip, self.http))?;
        self.wait_until_healthy()
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn wait_until_healthy(&mut self) -> Result<(), Trouble> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Trouble(format!("digame serve ended with {status}: {}", self.log())));
            }
            if std::net::TcpStream::connect(self.http).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Trouble(format!("digame serve is not healthy after 60 s: {}", self.log())))
    }

    /// The bearer token.
    pub fn token(&self) -> Result<String, Trouble> {
        let path = self.folder.join("data/token");
        std::fs::read_to_string(path).map(|t| t.trim().to_owned()).map_err(trouble("token"))
    }

    /// GETs JSON from the API.
    pub async fn get(&self, path: &str) -> Result<Value, Trouble> {
        let response = self.fetch(path).await?;
        response.json().await.map_err(trouble(path))
    }

    /// GETs text from the API.
    pub async fn text(&self, path: &str) -> Result<String, Trouble> {
        self.fetch(path).await?.text().await.map_err(trouble(path))
    }

    async fn fetch(&self, path: &str) -> Result<reqwest::Response, Trouble> {
        let url = format!("http://{}{path}", self.http);
        let response =
            reqwest::Client::new().get(url).bearer_auth(self.token()?).send().await.map_err(trouble(path))?;
        response.error_for_status().map_err(trouble(path))
    }

    /// The details of all contacts, oldest first.
    pub async fn contacts(&self) -> Result<Vec<Value>, Trouble> {
        let list = self.get("/api/contacts?limit=500").await?;
        let mut all = Vec::new();
        for contact in list["contacts"].as_array().into_iter().flatten().rev() {
            let id = contact["id"].as_str().unwrap_or_default();
            all.push(self.get(&format!("/api/contacts/{id}")).await?);
        }
        Ok(all)
    }

    /// Waits until `count` contacts are no longer live, and returns all.
    pub async fn ended_contacts(&self, count: usize) -> Result<Vec<Value>, Trouble> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let all = self.contacts().await?;
            let ended = all.iter().filter(|c| c["state"] != "live").count();
            if ended >= count {
                return Ok(all);
            }
            if Instant::now() > deadline {
                return Err(Trouble(format!(
                    "{ended} of {count} contacts have ended: {all:?}\n{}",
                    self.log()
                )));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &Path, wanted: &Wanted, (sip, http): (SocketAddr, SocketAddr)) -> Result<Child, Trouble> {
    let mut text = String::new();
    let fixed = [
        ("sip", format!("listen = \"{sip}\"")),
        ("http", format!("listen = \"{http}\"")),
        ("storage", format!("folder = {:?}", folder.join("data"))),
    ];
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, line) in fixed.iter().chain(&wanted.sections) {
        match sections.iter_mut().find(|(n, _)| n == name) {
            Some((_, lines)) => lines.push(line),
            None => sections.push((name, vec![line])),
        }
    }
    for (name, lines) in sections {
        text.push_str(&format!("[{name}]\n{}\n", lines.join("\n")));
    }
    let config = folder.join("digame.toml");
    std::fs::write(&config, text).map_err(trouble("configuration"))?;
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .map_err(trouble("log"))?;
    let also = log.try_clone().map_err(trouble("log"))?;
    Command::new(binary("digame")?)
        .arg("--config")
        .arg(config)
        .arg("serve")
        .envs(wanted.environment.iter().map(|(k, v)| (k, v)))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(also)
        .spawn()
        .map_err(trouble("digame serve"))
}
