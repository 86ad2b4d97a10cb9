//! Versions under faults: whatever is killed when, what answers is the state before or the state after.
use super::*;
use crate::testing::{bot, prompts, write};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;

fn order<'a>(material: &'a Material, share: Option<u8>) -> Order<'a> {
    Order { bot: "eco", material, share, tests: true, who: Who { by: "lucia".into(), note: "prueba".into() } }
}

struct Place {
    folder: tempfile::TempDir,
    versions: Versions,
    prompts: Arc<tts::Prompts>,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { versions: Versions::of(folder.path()), prompts: prompts(folder.path()), folder }
}

impl Place {
    fn publish(&self, material: &Material, share: Option<u8>) -> Published {
        publish(&self.versions, order(material, share), &self.prompts).unwrap()
    }

    fn state(&self) -> State {
        self.versions.state("eco").unwrap()
    }

    fn back(&self) -> Result<Act, VersionError> {
        self.versions.roll_back("eco", None, Who::default())
    }
}

#[test]
fn publishing_canary_and_rollback_say_who_when_and_why() {
    let place = place();
    let [a, b, c] = ["Son", "Total", "Suman"].map(bot);
    let first = place.publish(&a, None);
    assert_eq!((first.tests, first.version.as_str()), (Tests::Passed(1), a.hash().as_str()));
    assert!(first.prompts > 0);
    place.publish(&b, Some(10));
    let trial = Canary { version: b.hash(), share: 10 };
    assert_eq!(place.state(), State { current: Some(a.hash()), canary: Some(trial), past: vec![] });
    assert_eq!(place.back().unwrap(), Act::CanaryDropped { version: b.hash() });
    place.publish(&b, None);
    place.publish(&c, None);
    assert_eq!(place.back().unwrap(), Act::RolledBack { version: b.hash() });
    assert_eq!(place.back().unwrap(), Act::RolledBack { version: a.hash() });
    assert!(matches!(place.back(), Err(VersionError::NothingEarlier(_))));
    let to = place.versions.roll_back("eco", Some(&c.hash()[..8]), Who::default()).unwrap();
    assert_eq!(to, Act::RolledBack { version: c.hash() });
    place.versions.roll_back("eco", Some("folder"), Who::default()).unwrap();
    assert_eq!(place.state().current, None);
    let history = place.versions.history("eco").unwrap();
    assert_eq!((history.len(), history[0].by.as_str(), history[0].note.as_str()), (9, "lucia", "prueba"));
    assert_eq!(place.versions.material("eco", &b.hash()).unwrap().texts, b.texts);
    assert!(matches!(place.versions.find("eco", "abc"), Err(VersionError::Unknown { .. })));
}

#[test]
fn a_bot_with_a_mistake_or_a_failing_test_is_refused_and_nothing_changes() {
    let place = place();
    let good = bot("Son");
    place.publish(&good, None);
    let mut broken = bot("Total");
    broken.texts[1].1 = broken.texts[1].1.replace("end: dicho", "ende: dicho");
    let refused = publish(&place.versions, order(&broken, None), &place.prompts).unwrap_err().to_string();
    assert!(refused.contains("eco.yaml:") && refused.contains("did you mean `end`?"), "{refused}");
    let mut failing = bot("Total");
    failing.tests[0].1 = failing.tests[0].1.replace("Total siete", "Total ocho");
    let refused = publish(&place.versions, order(&failing, None), &place.prompts).unwrap_err().to_string();
    assert!(refused.contains("eco.test.yaml: dice el número"), "{refused}");
    assert_eq!(place.state().current, Some(good.hash()));
    let skipped = publish(&place.versions, Order { tests: false, ..order(&failing, None) }, &place.prompts);
    assert_eq!(skipped.unwrap().tests, Tests::Skipped);
    assert_eq!(place.versions.history("eco").unwrap().len(), 2);
}

#[test]
fn a_version_that_was_changed_on_disk_is_no_version() {
    let place = place();
    let (a, b) = (bot("Son"), bot("Total"));
    place.publish(&a, None);
    place.publish(&b, None);
    let kept = place.folder.path().join("versions/eco").join(a.hash());
    fs::write(kept.join("eco.yaml"), "dialog: otro\n").unwrap();
    assert!(matches!(place.versions.material("eco", &a.hash()), Err(VersionError::Changed { .. })));
    assert!(matches!(place.back(), Err(VersionError::Changed { .. })));
    place.publish(&a, None);
    assert_eq!(
        place.versions.material("eco", &a.hash()).unwrap().hash(),
        a.hash(),
        "publishing anew mends it"
    );
}

#[test]
fn names_cannot_lead_out_of_the_folder() {
    let place = place();
    for name in ["", ".", "..", "../x", "a/b", ".x", "a\\b", "a\0b"] {
        assert!(matches!(place.versions.state(name), Err(VersionError::Name(_))), "{name:?}");
    }
    for version in ["..", "../eco", "", &"A/".repeat(32)] {
        assert!(matches!(place.versions.material("eco", version), Err(VersionError::Unknown { .. })));
    }
}

#[test]
fn a_share_is_the_share_it_says_and_grows_without_changing_anyone() {
    let mut random = StdRng::seed_from_u64(7);
    let contacts: Vec<Uuid> = (0..20_000).map(|_| Uuid::from_u128(random.random())).collect();
    for share in [1u8, 10, 50, 99] {
        let got = contacts.iter().filter(|c| in_share(**c, share)).count();
        let (expected, n) = (f64::from(share) / 100.0, contacts.len() as f64);
        // Four standard deviations of a binomial.
        let margin = 4.0 * (expected * (1.0 - expected) / n).sqrt();
        assert!((got as f64 / n - expected).abs() < margin, "{share} %: {got}");
    }
    assert!(contacts.iter().all(|c| !in_share(*c, 10) || in_share(*c, 20)));
    assert!(contacts.iter().all(|c| in_share(*c, 33) == in_share(*c, 33)));
}

/// A random life of a bot's versions in which the process is killed at every kind of instant.
fn life(seed: u64, materials: &[Material]) {
    let folder = tempfile::tempdir().unwrap();
    let versions = Versions::of(folder.path());
    let home = folder.path().join("versions/eco");
    let mut random = StdRng::seed_from_u64(seed);
    let mut expected = State::default();
    for _ in 0..12 {
        let material = &materials[random.random_range(0..materials.len())];
        // A process killed while it wrote a version aside.
        if random.random_bool(0.3) {
            let aside = home.join(format!(".{}.{}", material.hash(), random.random::<u32>()));
            write(material, &aside);
            fs::remove_file(aside.join("eco.yaml")).unwrap();
        }
        let version = versions.keep("eco", material).unwrap();
        let act = match random.random_range(0..4) {
            0 => Act::Canary { version, share: 10, tests: Tests::Skipped },
            1 if !expected.past.is_empty() => {
                Act::RolledBack { version: expected.past.last().unwrap().clone() }
            }
            2 => Act::Withdrawn,
            _ => Act::Published { version, tests: Tests::Passed(1) },
        };
        let path = home.join(JOURNAL);
        let lines =
            fs::read(&path).unwrap_or_default().iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let mut writer = versions.writer("eco").unwrap();
        versions.add("eco", &mut writer, Who::default().did(act.clone())).unwrap();
        drop(writer);
        // A process killed while it wrote the line: any part of it is there, but not its end.
        if random.random_bool(0.4) {
            let after = fs::read(&path).unwrap();
            let cut = random.random_range(lines..after.len());
            fs::write(&path, &after[..cut]).unwrap();
        } else {
            expected.take(&act);
        }
        assert_eq!(versions.state("eco").unwrap(), expected, "seed {seed}");
        for version in expected.current.iter().chain(&expected.past) {
            assert_eq!(&versions.material("eco", version).unwrap().hash(), version, "seed {seed}");
        }
    }
}

#[test]
fn killed_at_any_instant_it_is_the_state_before_or_the_state_after() {
    let materials = ["Son", "Total", "Suman"].map(bot);
    (0..300).for_each(|seed| life(seed, &materials));
}

#[test]
fn acts_of_many_writers_are_all_kept() {
    let place = place();
    let material = bot("Son");
    let version = place.versions.keep("eco", &material).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let mut writer = place.versions.writer("eco").unwrap();
                    let act = Act::Published { version: version.clone(), tests: Tests::Skipped };
                    place.versions.add("eco", &mut writer, Who::default().did(act)).unwrap();
                }
            });
        }
    });
    assert_eq!(place.versions.history("eco").unwrap().len(), 80);
}
