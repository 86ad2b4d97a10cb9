//! Small measures of PCM.

/// Level of 0 dBFS here: a full-scale square wave.
const FULL_SCALE: f64 = 32_768.0;

/// Root mean square in dBFS, 0 for a full-scale square wave, −3.01 for a full-scale sine.
/// Digital silence and an empty slice give −96.
#[must_use]
pub fn rms_dbfs(samples: &[i16]) -> f32 {
    if samples.is_empty() {
        return -96.0;
    }
    let mean = energy(samples) as f64 / samples.len() as f64;
    let db = 10.0 * (mean / (FULL_SCALE * FULL_SCALE)).max(1e-12).log10();
    db.max(-96.0) as f32
}

/// Sum of squares.
#[must_use]
pub fn energy(samples: &[i16]) -> u64 {
    samples.iter().map(|&s| (i64::from(s) * i64::from(s)) as u64).sum()
}

/// Largest magnitude, 0..=32768.
#[must_use]
pub fn peak(samples: &[i16]) -> u16 {
    samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_definition() {
        assert_eq!(rms_dbfs(&[]), -96.0);
        assert_eq!(rms_dbfs(&[0; 160]), -96.0);
        assert!(rms_dbfs(&[i16::MIN; 160]).abs() < 1e-3);
        let sine: Vec<i16> =
            (0..8000).map(|i| (f64::sin(i as f64 * std::f64::consts::TAU / 8.0) * 32767.0) as i16).collect();
        assert!((rms_dbfs(&sine) + 3.01).abs() < 0.01, "{}", rms_dbfs(&sine));
        assert_eq!(peak(&[3, -32768, 5]), 32768);
    }
}
