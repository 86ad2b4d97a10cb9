//! Pulling from a server that behaves and from one that does not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use catalogue::{Catalogue, Error, Installed, Phase, PullOptions, Pulled, State};
use server::{Answer, Server, start};
use sha2::{Digest, Sha256};

fn content() -> Vec<u8> {
    (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn sum(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

fn catalogue(url: &str, size: usize, sha256: &str) -> Catalogue {
    Catalogue::parse(&format!(
        "[[model]]\nname='toy'\nkind='voice'\nengine='piper'\nlanguage='es'\nlicence='MIT'\npurpose='x'\n\
         [[model.file]]\nname='toy.bin'\nurl='{url}'\nsize={size}\nsha256='{sha256}'\n"
    ))
    .unwrap()
}

/// A catalogue that tells the truth about what the server holds.
fn honest(server: &Server) -> Catalogue {
    catalogue(&server.url, content().len(), &sum(&content()))
}

fn quick() -> PullOptions {
    PullOptions {
        retries: 2,
        pause: Duration::from_millis(5),
        patience: Duration::from_secs(5),
        ..PullOptions::default()
    }
}

async fn pull(catalogue: &Catalogue, folder: &Path) -> Result<Pulled, Error> {
    catalogue.pull("toy", folder, &quick(), &mut |_| ()).await
}

fn place(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("toy/toy.bin"), folder.join("toy/toy.bin.part"))
}

fn line(error: &Error) -> String {
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

#[tokio::test]
async fn a_pull_verifies_installs_and_does_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Whole]).await;
    let catalogue = honest(&server);
    assert_eq!(catalogue.list(folder.path())[0].installed, Installed::No);
    assert!(line(&catalogue.path("toy", folder.path()).unwrap_err()).contains("models pull toy"));
    let mut steps = Vec::new();
    let pulled = catalogue
        .pull("toy", folder.path(), &quick(), &mut |step| {
            assert_eq!((step.file, step.total), ("toy.bin", Some(300_000)));
            steps.push((step.phase, step.done));
        })
        .await
        .unwrap();
    let (file, part) = place(folder.path());
    assert_eq!(pulled, Pulled { files: vec![file.clone()], fetched: 300_000, resumed: 0 });
    assert_eq!(fs::read(&file).unwrap(), content());
    assert!(!part.exists());
    assert!(steps.contains(&(Phase::Fetching, 300_000)));
    assert_eq!(steps.last(), Some(&(Phase::Verifying, 300_000)));
    assert_eq!(catalogue.list(folder.path())[0].installed, Installed::Yes);
    assert_eq!(catalogue.path("toy", folder.path()).unwrap(), file);

    assert_eq!(pull(&catalogue, folder.path()).await.unwrap().fetched, 0);
    assert_eq!(server.asked.lock().unwrap().len(), 1, "nothing was asked for again");

    let mut spoilt = content();
    spoilt[7] ^= 1;
    fs::write(&file, &spoilt).unwrap();
    let verified = catalogue.verify(folder.path(), &mut |_, _| ()).unwrap();
    assert_eq!(verified[0].state, State::Damaged);
    assert_eq!(pull(&catalogue, folder.path()).await.unwrap().fetched, 300_000);
    let verified = catalogue.verify(folder.path(), &mut |_, _| ()).unwrap();
    assert_eq!(verified[0].state, State::Good);
}

#[tokio::test]
async fn a_broken_connection_is_taken_up_where_it_broke() {
    let folder = tempfile::tempdir().unwrap();
    let answers = [Answer::Break(100_000), Answer::Break(50_000), Answer::Status(503), Answer::Whole];
    let server = start(content(), &answers).await;
    let pulled = pull(&honest(&server), folder.path()).await.unwrap();
    assert_eq!(pulled.fetched, 300_000, "no byte came twice");
    let asked = server.asked.lock().unwrap().clone();
    assert_eq!(asked, ["", "bytes=100000-", "bytes=150000-", "bytes=150000-"]);
}

#[tokio::test]
async fn a_pull_that_gave_up_is_taken_up_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let failing = start(content(), &[Answer::Break(120_000), Answer::Break(0)]).await;
    let error = pull(&honest(&failing), folder.path()).await.unwrap_err();
    let told = line(&error);
    assert!(told.contains("broke off at 120000 of 300000 bytes"), "{told}");
    assert!(told.contains("run the same command again"), "{told}");
    let (file, part) = place(folder.path());
    assert!(!file.exists() && fs::metadata(&part).unwrap().len() == 120_000);
    assert_eq!(honest(&failing).list(folder.path())[0].installed, Installed::Partly);

    let good = start(content(), &[Answer::Whole]).await;
    let pulled = pull(&honest(&good), folder.path()).await.unwrap();
    assert_eq!((pulled.resumed, pulled.fetched), (120_000, 180_000));
    assert_eq!(fs::read(file).unwrap(), content());
}

#[tokio::test]
async fn a_server_without_ranges_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Break(100_000), Answer::NoRange]).await;
    let pulled = pull(&honest(&server), folder.path()).await.unwrap();
    assert_eq!(pulled.fetched, 400_000);
    assert_eq!(fs::read(place(folder.path()).0).unwrap(), content());
}

#[tokio::test]
async fn a_foreign_part_is_fetched_again_from_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Whole]).await;
    let (file, part) = place(folder.path());
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    for foreign in [vec![7; 1_000], vec![7; 300_000], vec![7; 300_001]] {
        fs::write(&part, foreign).unwrap();
        pull(&honest(&server), folder.path()).await.unwrap();
        assert_eq!(fs::read(&file).unwrap(), content());
        fs::remove_file(&file).unwrap();
    }
}

#[tokio::test]
async fn wrong_content_is_never_installed() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Whole]).await;
    let lying = catalogue(&server.url, 300_000, &sum(b"something else"));
    let told = line(&pull(&lying, folder.path()).await.unwrap_err());
    assert!(told.contains(&sum(&content())) && told.contains("nothing was installed"), "{told}");
    let (file, part) = place(folder.path());
    assert!(!file.exists() && !part.exists());

    let other_size = catalogue(&server.url, 300_001, &sum(&content()));
    let told = line(&pull(&other_size, folder.path()).await.unwrap_err());
    assert!(told.contains("300000 bytes on the server and 300001"), "{told}");
    assert!(!file.exists());
}

#[tokio::test]
async fn a_file_without_published_sum_needs_the_operator_s_word() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Whole]).await;
    let unpinned = catalogue(&server.url, 0, "");
    let told = line(&pull(&unpinned, folder.path()).await.unwrap_err());
    let found = sum(&content());
    assert!(told.ends_with(&format!("--accept-hash {found}")), "{told}");
    let (file, part) = place(folder.path());
    assert!(!file.exists() && part.exists());

    let accepting = |sum: String| PullOptions { accept: vec![sum], ..quick() };
    let wrong = accepting(sum(b"wrong"));
    let error = unpinned.pull("toy", folder.path(), &wrong, &mut |_| ()).await;
    assert!(matches!(error, Err(Error::Unpinned { .. })));
    let right = accepting(found.to_uppercase());
    unpinned.pull("toy", folder.path(), &right, &mut |_| ()).await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), content());
    let state = || unpinned.verify(folder.path(), &mut |_, _| ()).unwrap()[0].state;
    assert_eq!(state(), State::Good);
    assert_eq!(pull(&unpinned, folder.path()).await.unwrap().fetched, 0, "the record stands");
    fs::write(&file, b"changed").unwrap();
    assert_eq!(state(), State::Damaged);
    fs::remove_file(folder.path().join("toy/toy.bin.sha256")).unwrap();
    assert_eq!(state(), State::Unknown);
}

#[tokio::test]
async fn refusals_and_absence_are_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Status(404)]).await;
    let told = line(&pull(&honest(&server), folder.path()).await.unwrap_err());
    assert!(told.contains("404") && told.contains("no longer published"), "{told}");
    assert_eq!(server.asked.lock().unwrap().len(), 1, "a 404 is not tried again");

    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = catalogue(&format!("http://{gone}/file.bin"), 300_000, &sum(&content()));
    let told = line(&pull(&nobody, folder.path()).await.unwrap_err());
    assert!(told.contains(&format!("cannot reach {gone}")), "{told}");
    assert!(told.contains("refused") && told.contains("HTTPS_PROXY"), "{told}");

    let embedded = Catalogue::embedded().unwrap();
    let built_in = embedded.pull("espeak-ng", folder.path(), &quick(), &mut |_| ()).await;
    assert!(line(&built_in.unwrap_err()).contains("espeak-ng needs no download"));
    let unknown = embedded.pull("whisper-bass", folder.path(), &quick(), &mut |_| ()).await;
    assert!(line(&unknown.unwrap_err()).contains("did you mean `whisper-base`?"));
    assert_eq!(embedded.list(folder.path())[0].installed, Installed::BuiltIn);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_and_a_second_pull_are_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(content(), &[Answer::Whole]).await;
    let (file, part) = place(folder.path());
    fs::create_dir_all(part.parent().unwrap()).unwrap();

    let other = fs::File::create(&part).unwrap();
    other.lock().unwrap();
    let told = line(&pull(&honest(&server), folder.path()).await.unwrap_err());
    assert!(told.contains("under way"), "{told}");
    drop(other);
    fs::remove_file(&part).unwrap();

    // A file system of a few pages would need privileges; a file size limit of the process does
    // not, but raises a signal. The device that is always full answers as a full disk does.
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    let told = line(&pull(&honest(&server), folder.path()).await.unwrap_err());
    assert!(told.contains("no space left for") && told.contains("1 MB more needed"), "{told}");
    assert!(!file.exists());

    fs::remove_file(&part).unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    let told = line(&pull(&honest(&server), &folder.path().join("plain")).await.unwrap_err());
    assert!(told.contains("cannot make the folder"), "{told}");
}
