//! The designers' API as the page uses it.
use super::*;
use crate::config::Profiles;
use crate::http::access::{Access, hash as password};
use crate::http::{Health, Monitor};
use crate::testing::{bot, write};
use serde_json::{Value, json};

/// Design over nothing: the bots that ship inside.
pub fn nothing(data: &Path) -> Design {
    design(data, Path::new(""))
}

/// Design over a folder of bots.
pub fn design(data: &Path, bots: &Path) -> Design {
    let dialogs =
        crate::config::Dialogs { folder: bots.to_owned(), default: String::new(), ..Default::default() };
    let versions = Versions::of(data);
    let table = crate::numbers::Table::load(&dialogs, &versions).unwrap();
    Design::new(Arc::new(Numbers::new(table)), versions, crate::testing::prompts(data))
}

struct Still;

impl Monitor for Still {
    fn metrics(&self) -> String {
        String::new()
    }
    fn health(&self) -> Health {
        Health { status: "ok", calls: 0, max_calls: 1, version: "0" }
    }
}

/// An API over a folder with one bot, `eco`.
struct Served {
    base: String,
    store: records::Store,
    folder: tempfile::TempDir,
}

async fn serve() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let bots = folder.path().join("bots");
    write(&bot("Son"), &bots.join("eco"));
    std::fs::write(folder.path().join("secreto.yaml"), "clave: 1\n").unwrap();
    let store = records::Store::open(&folder.path().join("digame.db")).await.unwrap();
    let (events, _) = tokio::sync::broadcast::channel(8);
    let app = App {
        store: store.clone(),
        recordings: folder.path().to_owned(),
        access: Access::new("abc".into(), store.users(), Profiles::default()),
        events,
        monitor: Arc::new(Still),
        design: design(folder.path(), &bots),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, crate::http::router(app)).await });
    Served { base, store, folder }
}

impl Served {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        reqwest::Client::new().request(method, format!("{}{path}", self.base)).bearer_auth("abc")
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        if status >= 400 {
            let kind = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
            assert_eq!(kind, "application/problem+json", "{path}");
        }
        (status, response.json().await.unwrap_or_default())
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join("bots/eco").join(inside)
    }

    /// Saves with a header; status and ETag.
    async fn save(&self, path: &str, text: &str, header: Option<(&str, &str)>) -> (u16, String) {
        let mut request = self.request("PUT", &format!("/api/bots/eco/files/{path}")).body(text.to_owned());
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        (response.status().as_u16(), tag.unwrap_or_default())
    }
}

#[tokio::test]
async fn only_designers_may() {
    let served = serve().await;
    for (login, profile) in [("diseno1", "disenador"), ("recepcion1", "agente"), ("jefa1", "supervisor")] {
        let user = records::User {
            login: login.into(),
            name: login.into(),
            profile: profile.into(),
            password: password("una clave larga").unwrap(),
            created: chrono::Utc::now(),
        };
        assert!(served.store.users().add(&user).await.unwrap());
        let body = json!({ "login": login, "password": "una clave larga" });
        let (_, me) = served.json("POST", "/api/login", body).await;
        let client = reqwest::Client::new();
        for (method, path) in [
            ("GET", "/api/bots"),
            ("GET", "/api/schema"),
            ("GET", "/api/bots/eco/files"),
            ("POST", "/api/bots/eco/publish"),
            ("PUT", "/api/bots/eco/audios/a.wav"),
            ("POST", "/api/speech"),
        ] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let request = client.request(method, format!("{}{path}", served.base));
            let status =
                request.bearer_auth(me["token"].as_str().unwrap()).send().await.unwrap().status().as_u16();
            assert_eq!(status == 403, profile != "disenador", "{login} {path} {status}");
        }
        let response = client.get(format!("{}/api/bots", served.base)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 401);
    }
}

#[tokio::test]
async fn a_text_is_saved_over_what_its_writer_has_seen_and_nothing_else() {
    let served = serve().await;
    let response = served.request("GET", "/api/bots/eco/files/eco.yaml").send().await.unwrap();
    let seen = response.headers().get("etag").unwrap().to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let mine = text.replace("Son {", "Total {");
    assert_eq!(served.save("eco.yaml", &mine, None).await.0, 428);
    assert_eq!(served.save("eco.yaml", &mine, Some(("If-None-Match", "*"))).await.0, 412);
    let (status, tag) = served.save("eco.yaml", &mine, Some(("If-Match", &seen))).await;
    assert_eq!((status, std::fs::read_to_string(served.path("eco.yaml")).unwrap()), (200, mine.clone()));
    // The second of two who edited the same text is told, with the hash of what is there now.
    let theirs = text.replace("Son {", "Suman {");
    let request =
        served.request("PUT", "/api/bots/eco/files/eco.yaml").header("If-Match", &seen).body(theirs);
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 412);
    let problem: Value = response.json().await.unwrap();
    assert_eq!(Some(tag.trim_matches('"')), problem["hash"].as_str());
    assert_eq!(std::fs::read_to_string(served.path("eco.yaml")).unwrap(), mine);
    // New files, and files that go.
    let new = served.save("partes/aviso.yaml", "part: aviso\n", Some(("If-None-Match", "*"))).await;
    assert_eq!(new.0, 201);
    let remove = |tag: String| {
        served.request("DELETE", "/api/bots/eco/files/partes/aviso.yaml").header("If-Match", tag).send()
    };
    assert_eq!(remove(tag).await.unwrap().status().as_u16(), 412);
    assert_eq!(remove(new.1).await.unwrap().status().as_u16(), 204);
    assert!(!served.path("partes/aviso.yaml").exists());
    let left = std::fs::read_dir(served.path("")).unwrap().flatten();
    assert!(
        left.into_iter().all(|e| !e.file_name().to_string_lossy().contains("tmp")),
        "nothing half written is left"
    );
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let served = serve().await;
    std::os::unix::fs::symlink(served.folder.path(), served.path("fuera")).unwrap();
    std::os::unix::fs::symlink(served.folder.path().join("secreto.yaml"), served.path("enlace.yaml"))
        .unwrap();
    for path in [
        "../secreto.yaml",
        "..%2Fsecreto.yaml",
        "%2e%2e/secreto.yaml",
        "nlu/../../secreto.yaml",
        "/etc/passwd.yaml",
        "%2Fetc%2Fx.yaml",
        "a/b/c.yaml",
        ".oculto.yaml",
        "nlu/.oculto.yaml",
        "eco.sh",
        "eco",
        "audios/a.wav",
        "a%00.yaml",
        "a%5C..%5Cb.yaml",
        "fuera/nuevo.yaml",
        "fuera/secreto.yaml",
        "enlace.yaml",
    ] {
        for header in [("If-None-Match", "*"), ("If-Match", "\"x\"")] {
            let (status, _) = served.save(path, "x: 1\n", Some(header)).await;
            assert!((400..500).contains(&status), "{path} {header:?}: {status}");
        }
    }
    for bot in ["..", "%2e%2e", "..%2Fbots%2Feco", ".", "no%2Fhay"] {
        let (status, _) = served.json("GET", &format!("/api/bots/{bot}/files"), Value::Null).await;
        assert_eq!(status, 404, "{bot}");
    }
    assert_eq!(std::fs::read_to_string(served.folder.path().join("secreto.yaml")).unwrap(), "clave: 1\n");
    assert!(!served.folder.path().join("nuevo.yaml").exists());
}

#[tokio::test]
async fn sizes_are_bounded() {
    let served = serve().await;
    let large = "#".repeat((1 << 20) + 1);
    assert_eq!(served.save("grande.yaml", &large, Some(("If-None-Match", "*"))).await.0, 413);
    let files = json!({ "files": { "grande.yaml": "#".repeat(LARGEST + 1) } });
    assert_eq!(served.json("POST", "/api/bots/eco/check", files).await.0, 413);
    let sound = vec![0u8; sounds::LARGEST + 1];
    let response = served.request("PUT", "/api/bots/eco/audios/a.wav").body(sound).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 413);
    assert_eq!(served.json("POST", "/api/speech", json!({ "text": "a".repeat(2_001) })).await.0, 400);
}

#[tokio::test]
async fn what_is_not_saved_is_checked_and_drawn() {
    let served = serve().await;
    let (_, fine) = served.json("POST", "/api/bots/eco/check", json!({ "files": {} })).await;
    assert_eq!(fine, json!({ "problems": [] }));
    let text = std::fs::read_to_string(served.path("eco.yaml")).unwrap();
    let broken = json!({ "files": { "eco.yaml": text.replace("end: dicho", "ende: dicho") } });
    let (status, answer) = served.json("POST", "/api/bots/eco/check", broken.clone()).await;
    let problem = &answer["problems"][0];
    assert_eq!(
        (status, problem["file"].as_str(), problem["nearest"].as_str()),
        (200, Some("eco.yaml"), Some("end"))
    );
    assert!(problem["line"].as_u64() > Some(1) && problem["column"].as_u64() > Some(0), "{problem}");
    assert_eq!((problem["found"].as_str(), problem["severity"].as_str()), (Some("ende"), Some("error")));
    let (status, refused) = served.json("POST", "/api/bots/eco/graph", broken).await;
    assert_eq!((status, refused["problems"][0]["found"].as_str()), (422, Some("ende")));
    let (_, drawn) = served.json("POST", "/api/bots/eco/graph", json!({ "files": {} })).await;
    assert!(drawn["svg"].as_str().unwrap().contains("data-file=\"eco.yaml\""), "{drawn}");
    assert!(!drawn["mermaid"].as_str().unwrap().is_empty());
    let gone = json!({ "files": { "nlu/numero.yaml": null } });
    let (_, answer) = served.json("POST", "/api/bots/eco/check", gone).await;
    assert!(!answer["problems"].as_array().unwrap().is_empty(), "a file that is taken away is not there");
}

#[tokio::test]
async fn a_bot_is_talked_to_as_it_is_being_written() {
    let served = serve().await;
    let text = std::fs::read_to_string(served.path("eco.yaml")).unwrap();
    let order =
        json!({ "files": { "eco.yaml": text.replace("Son {", "Apunto {") }, "now": "2026-05-11T10:00" });
    let (status, first) = served.json("POST", "/api/bots/eco/console", order).await;
    assert_eq!(status, 200, "{first}");
    assert!(first["outputs"][0]["text"].as_str().unwrap().contains("asistente automático"), "{first}");
    let path = format!("/api/consoles/{}", first["console"].as_str().unwrap());
    let (_, asked) = served.json("POST", &path, json!({ "say": "quiero decir un número" })).await;
    assert_eq!(asked["asks"], "cuantos", "{asked}");
    let (_, silent) = served.json("POST", &path, json!({ "silence": true })).await;
    assert_eq!(silent["asks"], "cuantos");
    for wrong in [json!({ "keys": "12x" }), json!({ "shout": "x" }), json!({ "say": "a".repeat(2_001) })] {
        assert_eq!(served.json("POST", &path, wrong.clone()).await.0, 400, "{wrong}");
    }
    let (_, end) = served.json("POST", &path, json!({ "say": "siete" })).await;
    let said: Vec<&str> =
        end["outputs"].as_array().unwrap().iter().filter_map(|o| o["text"].as_str()).collect();
    assert!(said.contains(&"Apunto siete."), "{end}");
    assert_eq!(
        (end["ended"].as_bool(), end["outputs"].as_array().unwrap().last()),
        (Some(true), Some(&json!({ "kind": "end", "outcome": "dicho" })))
    );
    let slot = &end["slots"][0];
    assert_eq!(
        (slot["private"].as_bool(), slot["value"] == "7"),
        (Some(true), false),
        "private slots are masked: {slot}"
    );
    assert_eq!(served.json("POST", &path, json!({ "say": "hola" })).await.0, 422);
    assert_eq!(served.json("POST", "/api/consoles/otra", json!({ "say": "hola" })).await.0, 404);
}

#[tokio::test]
async fn versions_are_published_compared_and_taken_back() {
    let served = serve().await;
    let publish = |body| served.json("POST", "/api/bots/eco/publish", body);
    let (status, first) = publish(json!({ "note": "la primera" })).await;
    assert_eq!((status, &first["tests"]), (200, &json!({ "passed": 1 })), "{first}");
    write(&bot("Total"), &served.path(""));
    let (_, second) = publish(json!({ "canary": 10 })).await;
    assert_eq!(publish(json!({ "canary": 100 })).await.0, 400);
    let (_, shown) = served.json("GET", "/api/bots/eco/versions", Value::Null).await;
    assert_eq!((&shown["current"], &shown["folder"]), (&first["version"], &second["version"]));
    assert_eq!(shown["canary"], json!({ "version": second["version"], "share": 10 }));
    assert_eq!(
        (shown["history"][0]["by"].as_str(), shown["history"][0]["note"].as_str()),
        (Some("operator"), Some("la primera"))
    );
    let from = first["version"].as_str().unwrap();
    let (_, diff) =
        served.json("GET", &format!("/api/bots/eco/diff?from={}&to=folder", &from[..10]), Value::Null).await;
    let file = &diff["files"].as_array().unwrap().iter().find(|f| f["path"] == "eco.yaml").unwrap();
    assert!(file["unified"].as_str().unwrap().contains("-  - say: Son {cuantos | spoken}."), "{file}");
    assert_eq!(served.json("GET", "/api/bots/eco/diff?from=ffffff&to=folder", Value::Null).await.0, 404);
    let (_, back) = served.json("POST", "/api/bots/eco/rollback", json!({ "note": "no va" })).await;
    assert_eq!(back, json!({ "act": "canary_dropped", "version": second["version"] }));
    assert_eq!(served.json("POST", "/api/bots/eco/rollback", json!({})).await.0, 422);

    let text = std::fs::read_to_string(served.path("eco.test.yaml")).unwrap();
    std::fs::write(served.path("eco.test.yaml"), text.replace("Total siete", "Total ocho")).unwrap();
    let (status, refused) = publish(json!({})).await;
    assert_eq!((status, refused["failures"].as_array().unwrap().len()), (422, 1), "{refused}");
    std::fs::write(served.path("eco.yaml"), "dialog: eco\nstepz: []\n").unwrap();
    let (status, refused) = publish(json!({ "tests": false })).await;
    assert_eq!(status, 422);
    assert!(refused["problems"].as_array().unwrap().iter().any(|p| p["found"] == "stepz"), "{refused}");
}

#[tokio::test]
async fn a_new_bot_is_made_of_a_template_and_passes_its_own_tests() {
    let served = serve().await;
    let (_, listed) = served.json("GET", "/api/bots", Value::Null).await;
    let templates: Vec<&str> =
        listed["templates"].as_array().unwrap().iter().filter_map(|t| t["name"].as_str()).collect();
    assert_eq!(templates.first(), Some(&"starter"));
    assert!(templates.contains(&"cita_previa") && templates.contains(&"eco"), "{templates:?}");
    let make =
        |name: &str, from: &str| served.json("POST", "/api/bots", json!({ "name": name, "from": from }));
    let (status, made) = make("mi_bot", "starter").await;
    assert_eq!((status, made["name"].as_str()), (201, Some("mi_bot")), "{made}");
    let nothing = json!({ "files": {} });
    let (_, checked) = served.json("POST", "/api/bots/mi_bot/check", nothing.clone()).await;
    assert_eq!(checked, json!({ "problems": [] }), "no mistake and no warning");
    let (_, confused) = served.json("POST", "/api/bots/mi_bot/intents", nothing.clone()).await;
    assert_eq!(confused, json!({ "tried": true, "problems": [] }));
    let (_, tested) = served.json("POST", "/api/bots/mi_bot/tests", nothing).await;
    assert_eq!((&tested["passed"], &tested["failed"]), (&json!(2), &json!(0)), "{tested}");
    // A copy has everything of the other, its recordings too.
    std::fs::create_dir_all(served.path("audios")).unwrap();
    std::fs::write(served.path("audios/a.wav"), wav(8_000, 1, 800)).unwrap();
    assert_eq!(make("copia", "eco").await.0, 201);
    let copy = crate::bots::Material::read(&served.folder.path().join("bots/copia")).unwrap();
    let original = crate::bots::Material::read(&served.path("")).unwrap();
    assert_eq!((copy.hash(), &copy.tests), (original.hash(), &original.tests));
    assert_eq!(make("citas2", "cita_previa").await.0, 201, "one that ships");
}

#[tokio::test]
async fn a_new_bot_has_a_name_of_its_own_that_leads_nowhere() {
    let served = serve().await;
    let make =
        |name: &str, from: &str| served.json("POST", "/api/bots", json!({ "name": name, "from": from }));
    for name in
        ["", "..", "../fuera", "a/b", ".oculto", "9", "con espacio", "a\0b", "starter", &"a".repeat(61)]
    {
        assert_eq!(make(name, "starter").await.0, 400, "{name}");
    }
    assert_eq!(make("otro", "no_hay").await.0, 400);
    assert_eq!(make("otro", "../bots/eco").await.0, 400);
    for name in ["eco", "ECO"] {
        let (status, problem) = make(name, "starter").await;
        assert_eq!((status, problem["title"].as_str()), (409, Some("Conflict")), "{name}");
    }
    std::fs::create_dir(served.folder.path().join("bots/carpeta")).unwrap();
    assert_eq!(make("carpeta", "starter").await.0, 409, "a folder that is no bot is not written into");
    let bots = std::fs::read_dir(served.folder.path().join("bots")).unwrap().count();
    assert_eq!(bots, 2, "nothing is left of what was refused");
}

#[tokio::test]
async fn test_cases_are_run_with_what_is_not_saved_and_name_their_lines() {
    let served = serve().await;
    let run = |body| served.json("POST", "/api/bots/eco/tests", body);
    let (status, fine) = run(json!({})).await;
    let case = &fine["files"][0]["cases"][0];
    assert_eq!((status, case["state"].as_str(), &fine["passed"]), (200, Some("passed"), &json!(1)), "{fine}");
    assert_eq!(case["transcript"].as_array().unwrap().last().unwrap()[0], "bot");
    let text = std::fs::read_to_string(served.path("eco.yaml")).unwrap();
    let (_, other) = run(json!({ "files": { "eco.yaml": text.replace("Son {", "Apunto {") } })).await;
    let failed = &other["files"][0]["cases"][0];
    assert_eq!((failed["state"].as_str(), &other["failed"]), (Some("failed"), &json!(1)), "{other}");
    let test = std::fs::read_to_string(served.path("eco.test.yaml")).unwrap();
    let line = test.lines().position(|line| line.contains("expect")).unwrap() + 1;
    assert_eq!(failed["failures"][0]["line"], json!(line), "{failed}");
    assert!(!failed["failures"][0]["what"].as_str().unwrap().contains("eco.test.yaml"), "{failed}");
    // One case of several, by its place.
    let two = format!("{test}  - name: otro\n    turns: [{{ hang_up: true }}]\n");
    let (_, one) =
        run(json!({ "files": { "eco.test.yaml": two }, "file": "eco.test.yaml", "case": 1 })).await;
    let states: Vec<&str> = one["files"][0]["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|case| case["state"].as_str())
        .collect();
    assert_eq!(states, ["not_run", "passed"], "{one}");
    // A test file that cannot be read, a file that is not there, a bot with mistakes.
    let (_, broken) = run(json!({ "files": { "eco.test.yaml": "dialog: eco\ncasos: []\n" } })).await;
    assert_eq!(
        (&broken["failed"], broken["files"][0]["problems"].as_array().unwrap().is_empty()),
        (&json!(1), false)
    );
    assert_eq!(run(json!({ "file": "no.test.yaml" })).await.0, 404);
    let (status, refused) = run(json!({ "files": { "eco.yaml": "dialog: eco\nstepz: []\n" } })).await;
    assert_eq!((status, refused["problems"].as_array().unwrap().is_empty()), (422, false));
}

#[tokio::test]
async fn examples_that_will_be_confused_are_told_and_remembered() {
    let served = serve().await;
    let alike = "- le doy una cifra ahora\n- páseme ya con una persona\n- quiero decir un número ya\n- apunte una cantidad ahora\n";
    let body = json!({ "files": { "nlu/cantidad.yaml": alike } });
    let (status, first) = served.json("POST", "/api/bots/eco/intents", body.clone()).await;
    let problems = first["problems"].as_array().unwrap();
    assert_eq!((status, first["tried"].as_bool(), problems.is_empty()), (200, Some(true), false), "{first}");
    for problem in problems {
        assert!(problem["file"].as_str().unwrap().starts_with("nlu/") && problem["line"].as_u64() > Some(0));
        assert_eq!(problem["severity"], "warning");
    }
    let began = std::time::Instant::now();
    let (_, again) = served.json("POST", "/api/bots/eco/intents", body).await;
    assert_eq!(again, first);
    assert!(began.elapsed().as_millis() < 500, "remembered by its examples");
    let broken = json!({ "files": { "eco.yaml": "stepz: []\n", "nlu/numero.yaml": "- uno\n" } });
    let (_, untried) = served.json("POST", "/api/bots/eco/intents", broken).await;
    assert_eq!(untried, json!({ "tried": false, "problems": [] }));
}

/// A tone as a WAV.
fn wav(rate: u32, channels: u16, samples: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for n in 0..samples {
        let sample = (f64::from(n) * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin() * 8_000.0;
        (0..channels).for_each(|_| writer.write_sample(sample as i16).unwrap());
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn recorded_prompts_are_kept_as_the_telephone_carries_them() {
    let served = serve().await;
    let put = |name: &'static str, body: Vec<u8>| {
        served.request("PUT", &format!("/api/bots/eco/audios/{name}")).body(body).send()
    };
    for (name, rate, channels) in
        [("a.wav", 8_000, 1), ("b.wav", 16_000, 1), ("c.wav", 44_100, 2), ("d.wav", 48_000, 1)]
    {
        assert_eq!(put(name, wav(rate, channels, rate / 2)).await.unwrap().status().as_u16(), 201, "{name}");
        let bytes = served
            .request("GET", &format!("/api/bots/eco/audios/{name}"))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let reader = hound::WavReader::new(std::io::Cursor::new(bytes)).unwrap();
        let spec = reader.spec();
        assert_eq!(
            (spec.sample_rate, spec.channels, spec.bits_per_sample, reader.duration()),
            (8_000, 1, 16, 4_000),
            "{name}"
        );
        let loudest = reader.into_samples::<i16>().map(|s| s.unwrap().unsigned_abs()).max().unwrap();
        assert!((7_500..8_500).contains(&loudest), "{name}: {loudest}");
    }
    let (_, list) = served.json("GET", "/api/bots/eco/audios", Value::Null).await;
    assert_eq!((list["sounds"].as_array().unwrap().len(), list["sounds"][0]["ms"].as_u64()), (4, Some(500)));
    for (body, status) in
        [(b"no es un WAV".to_vec(), 422), (wav(8_000, 1, 0), 422), (wav(8_000, 6, 100), 422)]
    {
        assert_eq!(put("e.wav", body).await.unwrap().status().as_u16(), status);
    }
    for name in ["..%2Fa.wav", "x.mp3", ".wav", "..wav", "a%2Fb.wav"] {
        let response = served
            .request("PUT", &format!("/api/bots/eco/audios/{name}"))
            .body(wav(8_000, 1, 100))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), 400, "{name}");
    }
    let gone = served.request("DELETE", "/api/bots/eco/audios/a.wav").send().await.unwrap();
    assert_eq!(gone.status().as_u16(), 204);
    let spoken = served
        .request("POST", "/api/speech")
        .json(&json!({ "text": "Hola." }))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(hound::WavReader::new(std::io::Cursor::new(spoken)).unwrap().duration() > 0);
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_files() {
    let served = serve().await;
    let pages = futures_util::future::join_all((0..2).map(|_| async {
        let response = reqwest::get(format!("{}/designer", served.base)).await.unwrap();
        response.headers().get("content-security-policy").unwrap().to_str().unwrap().to_owned()
    }));
    let policies = pages.await;
    assert!(
        policies[0].contains("default-src 'none'") && policies[0].contains("script-src 'self';"),
        "{}",
        policies[0]
    );
    assert!(!policies[0].contains("unsafe"));
    assert_ne!(policies[0], policies[1], "a nonce is used once");
    for path in [
        "/designer/../Cargo.toml",
        "/designer/%2e%2e%2fCargo.toml",
        "/designer/nada.js",
        "/designer/index.html",
    ] {
        assert_eq!(
            reqwest::get(format!("{}{path}", served.base)).await.unwrap().status().as_u16(),
            404,
            "{path}"
        );
    }
}
