//! A machine without eSpeak NG. In its own process, since eSpeak NG is one for a process.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

use tts::Error;
use tts::espeak::{Espeak, Options};

#[test]
fn missing_library_or_data_says_which_package_to_install_and_may_be_tried_again() {
    let no_library =
        Espeak::open(Options { library: "libespeak-ng-not-there.so.1".into(), ..Options::default() })
            .unwrap_err();
    assert!(matches!(no_library, Error::Library { .. }));
    let line = no_library.to_string();
    assert!(line.contains("apt-get install libespeak-ng1 espeak-ng-data"), "{line}");
    assert!(!line.contains('\n'));

    let empty = tempfile::tempdir().unwrap();
    let no_data =
        Espeak::open(Options { data: Some(empty.path().to_owned()), ..Options::default() }).unwrap_err();
    let line = no_data.to_string();
    assert!(line.contains("apt-get install espeak-ng-data"), "{line}");
    assert!(line.contains(&empty.path().display().to_string()), "{line}");
    assert!(Espeak::open(Options::default()).is_ok());
}
