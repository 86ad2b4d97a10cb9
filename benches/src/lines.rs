//! What lies between a caller's mouth and the ear: noise, a codec, lost packets.
use crate::sound::{Dice, FRAME};
use e2e::server::{Trouble, trouble};
use rtp::codec::{Codec, Decoder, Encoder};
use rtp::conceal::Concealer;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A codec on the way. The first three are what Digame speaks; the others are what a mobile's or a browser's leg
/// leaves behind before a gateway turns it into one of these.
#[derive(Clone, Copy)]
pub enum Through {
    Ours(&'static str, Codec),
    /// Full-rate GSM, 13 kbit/s, by sox.
    Gsm,
    /// Opus at 12 kbit/s, by opus-tools.
    Opus,
}

impl Through {
    pub const ALL: [Self; 5] = [
        Self::Ours("G.711 A-law", Codec::Pcma),
        Self::Ours("G.711 µ-law", Codec::Pcmu),
        Self::Ours("G.722", Codec::G722),
        Self::Gsm,
        Self::Opus,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours(name, _) => name,
            Self::Gsm => "GSM full rate",
            Self::Opus => "Opus, 12 kbit/s",
        }
    }

    /// The sound at the far end, as long as before, with this share of packets lost, each by itself, and concealed
    /// as in a call.
    pub fn carry(self, pcm: &[i16], lost: f64) -> Result<Vec<i16>, Trouble> {
        const RAW: &str = "-t raw -r 8000 -e signed -b 16 -c 1 -";
        match self {
            Self::Ours(_, codec) => Ok(packets(codec, pcm, lost)),
            Self::Gsm => {
                let there = piped(&format!("sox {RAW} -t gsm - | sox -t gsm -r 8000 - {RAW}"), pcm)?;
                Ok(packets(Codec::Pcma, &there, lost))
            }
            Self::Opus => {
                let encode =
                    "opusenc --quiet --raw --raw-rate 8000 --raw-chan 1 --raw-bits 16 --bitrate 12 - -";
                let there = piped(&format!("{encode} | opusdec --quiet --rate 8000 - -"), pcm)?;
                Ok(packets(Codec::Pcma, &there, lost))
            }
        }
    }
}

/// Samples through one of our codecs, this share of the packets lost and concealed.
pub fn packets(codec: Codec, pcm: &[i16], lost: f64) -> Vec<i16> {
    let (mut encoder, mut decoder, mut concealer) = (Encoder::new(codec), Decoder::new(), Concealer::new());
    let (mut bytes, mut out, mut dice) = ([0; FRAME], vec![0; pcm.len()], Dice(71));
    for (from, to) in pcm.chunks(FRAME).zip(out.chunks_mut(FRAME)) {
        let n = encoder.encode(from, &mut bytes);
        if f64::from(dice.next() + 1.0) / 2.0 < lost {
            concealer.make(to);
        } else {
            decoder.decode(codec, bytes.get(..n).unwrap_or_default(), to);
            concealer.hear(to);
        }
    }
    out
}

/// Samples through a shell's pipe, as many as went in.
fn piped(command: &str, pcm: &[i16]) -> Result<Vec<i16>, Trouble> {
    let what = "codecs of sox and opus-tools (`make setup-test` installs them)";
    let input: Vec<u8> = pcm.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().map_err(trouble(what))?;
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || stdin.is_some_and(|mut to| to.write_all(&input).is_ok()));
    let output = child.wait_with_output().map_err(trouble(what))?;
    let mut out: Vec<i16> = output.stdout.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
    if !writer.join().unwrap_or(false) || !output.status.success() || out.is_empty() {
        return Err(Trouble(format!("{what}: nothing came back")));
    }
    out.resize(pcm.len(), 0);
    Ok(out)
}
