//! Any bytes as a WAV file: sound or a reason, never a panic, and never more sound than the bytes can hold.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Ok(sound) = asr::eval::audio::wav(file) {
        // One byte a sample at the least, and at most twice as many at 8 kHz as at 4 kHz.
        assert!(sound.len() <= 2 * file.len());
    }
});
