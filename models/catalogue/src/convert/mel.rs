//! The mel filters that whisper.cpp's files carry and CTranslate2's do not.

/// Bands of whisper's spectrum.
pub(super) const BANDS: usize = 80;
/// Bins of its Fourier transform.
pub(super) const BINS: usize = 201;
/// Hz between two bins: 16 000 samples a second in windows of 400.
const BIN_HZ: f64 = 40.0;
/// The mel number of 8000 Hz.
const HIGHEST: f64 = 45.245_640_471_924_965;
/// Hz of a mel below [`BEND`].
const SLOPE: f64 = 200.0 / 3.0;
/// Hz above which mels grow by a factor.
const BEND: f64 = 1000.0;

/// Slaney's filters, a row of [`BINS`] for each band, each of the same area.
pub(super) fn filters() -> Vec<f32> {
    let centre = |band: usize| {
        let mel = if band == BANDS + 1 { HIGHEST } else { band as f64 * (HIGHEST / (BANDS + 1) as f64) };
        let bend = BEND / SLOPE;
        if mel < bend { SLOPE * mel } else { BEND * (6.4f64.ln() / 27.0 * (mel - bend)).exp() }
    };
    let band = |n: usize| {
        let (low, middle, high) = (centre(n), centre(n + 1), centre(n + 2));
        (0..BINS).map(move |bin| {
            let hz = bin as f64 * BIN_HZ;
            // Where a band begins at a bin the programs that made the published files write minus zero.
            let (up, down) = (-(low - hz) / (middle - low), (high - hz) / (high - middle));
            let height = up.min(down);
            if height < 0.0 { 0.0 } else { (height * (2.0 / (high - low))) as f32 }
        })
    };
    (0..BANDS).flat_map(band).collect()
}
