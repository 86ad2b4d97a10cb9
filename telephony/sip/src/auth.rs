//! Digest authentication (RFC 8760 over RFC 3261 §22): MD5 and SHA-256, qop auth.
//!
//! Pure functions: [`respond`] answers a challenge, [`Verifier`] makes and
//! checks them. `nc` is eight hexadecimal digits (RFC 7616 §3.4).
use crate::message::lex;
use md5::{Digest, Md5};
use sha2::Sha256;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The hash of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RFC 3261; still what most trunks ask for.
    Md5,
    /// RFC 8760.
    Sha256,
}

impl Algorithm {
    fn read(name: &str) -> Option<Self> {
        match name {
            n if n.is_empty() || n.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            n if n.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Lower-case hexadecimal hash of `text`.
    pub fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hex::encode(Md5::digest(text.as_bytes())),
            Self::Sha256 => hex::encode(Sha256::digest(text.as_bytes())),
        }
    }
}

/// The fields of a challenge or of credentials.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let pairs = lex::split_outside(rest, ',').into_iter().filter_map(|p| p.split_once('='));
        Some(Self(pairs.map(|(k, v)| (k.trim(), lex::unquote(v.trim()))).collect()))
    }

    fn get(&self, name: &str) -> &'a str {
        self.0.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v)
    }
}

/// What is being signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The digest-uri: the Request-URI.
    pub uri: &'a str,
    /// User name.
    pub username: &'a str,
    /// Password.
    pub password: &'a str,
}

struct Nonces<'a> {
    realm: &'a str,
    nonce: &'a str,
    nc: &'a str,
    cnonce: &'a str,
    qop: &'a str,
}

fn digest(algorithm: Algorithm, signed: &Signed<'_>, n: &Nonces<'_>) -> String {
    let ha1 = algorithm.hash(&format!("{}:{}:{}", signed.username, n.realm, signed.password));
    let ha2 = algorithm.hash(&format!("{}:{}", signed.method, signed.uri));
    match n.qop {
        "" => algorithm.hash(&format!("{ha1}:{}:{ha2}", n.nonce)),
        qop => algorithm.hash(&format!("{ha1}:{}:{}:{}:{qop}:{ha2}", n.nonce, n.nc, n.cnonce)),
    }
}

/// Answers the best of the challenges (SHA-256 before MD5) with the value of
/// an `Authorization` or `Proxy-Authorization` header. `None` when no challenge
/// can be answered.
pub fn respond<'a>(
    challenges: impl Iterator<Item = &'a str>,
    signed: &Signed<'_>,
    cnonce: &str,
    count: u32,
) -> Option<String> {
    let mut best: Option<(Algorithm, Fields<'a>)> = None;
    for fields in challenges.filter_map(Fields::parse) {
        let Some(algorithm) = Algorithm::read(fields.get("algorithm")) else { continue };
        if best.as_ref().is_none_or(|(a, _)| *a == Algorithm::Md5 && algorithm == Algorithm::Sha256) {
            best = Some((algorithm, fields));
        }
    }
    let (algorithm, fields) = best?;
    let offered = fields.get("qop");
    let qop = if offered.split(',').any(|q| q.trim().eq_ignore_ascii_case("auth")) { "auth" } else { "" };
    if qop.is_empty() && !offered.is_empty() {
        return None; // only auth-int, which is not spoken here
    }
    let nc = format!("{count:08x}");
    let (realm, nonce) = (fields.get("realm"), fields.get("nonce"));
    let response = digest(algorithm, signed, &Nonces { realm, nonce, nc: &nc, cnonce, qop });
    let mut value = format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{}\", response=\"{response}\", algorithm={}",
        signed.username,
        signed.uri,
        algorithm.name()
    );
    if !qop.is_empty() {
        value.push_str(&format!(", cnonce=\"{cnonce}\", qop=auth, nc={nc}"));
    }
    if !fields.get("opaque").is_empty() {
        value.push_str(&format!(", opaque=\"{}\"", fields.get("opaque")));
    }
    Some(value)
}

/// Whether a challenge says that only the nonce was out of date.
pub fn is_stale(challenge: &str) -> bool {
    Fields::parse(challenge).is_some_and(|f| f.get("stale").eq_ignore_ascii_case("true"))
}

/// What a verifier thinks of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The user is who it says.
    Authentic(String),
    /// Right password, old nonce: challenge again with `stale=true`.
    Stale,
    /// No or wrong credentials: challenge.
    Refused,
}

/// Checks the credentials of incoming requests. Nonces carry their issue time
/// and a keyed hash, so nothing is kept for a challenge that is never answered.
#[derive(Debug)]
pub struct Verifier {
    realm: String,
    users: HashMap<String, String>,
    secret: String,
    life: Duration,
    epoch: Instant,
    /// Highest count seen for each live nonce, against replay.
    counts: HashMap<String, (u32, Instant)>,
}

/// Live nonces remembered; beyond it the requests are challenged anew.
const MAX_NONCES: usize = 65_536;

impl Verifier {
    /// `users` maps name to password; `secret` must be random; a nonce lives `life`.
    pub fn new(
        realm: &str,
        users: HashMap<String, String>,
        secret: [u8; 32],
        (life, epoch): (Duration, Instant),
    ) -> Self {
        let secret = hex::encode(secret);
        Self { realm: realm.to_owned(), users, secret, life, epoch, counts: HashMap::new() }
    }

    fn seal(&self, issued: &str) -> String {
        let inner = Algorithm::Sha256.hash(&format!("{}:{issued}", self.secret));
        Algorithm::Sha256.hash(&format!("{}:{inner}", self.secret))
    }

    /// The values of two `WWW-Authenticate` headers, SHA-256 first (RFC 8760 §2.4).
    pub fn challenge(&self, stale: bool, now: Instant) -> Vec<String> {
        let issued = format!("{:x}", now.saturating_duration_since(self.epoch).as_millis());
        let nonce = format!("{issued}.{}", self.seal(&issued));
        let tail = if stale { ", stale=true" } else { "" };
        [Algorithm::Sha256, Algorithm::Md5]
            .iter()
            .map(|a| {
                let (realm, name) = (&self.realm, a.name());
                format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={name}, qop=\"auth\"{tail}")
            })
            .collect()
    }

    /// Checks the value of an `Authorization` header.
    pub fn verify(&mut self, method: &str, authorization: Option<&str>, now: Instant) -> Verdict {
        let Some(fields) = authorization.and_then(Fields::parse) else { return Verdict::Refused };
        let Some(algorithm) = Algorithm::read(fields.get("algorithm")) else { return Verdict::Refused };
        let (username, nonce) = (fields.get("username"), fields.get("nonce"));
        let Some(password) = self.users.get(username) else { return Verdict::Refused };
        let signed = Signed { method, uri: fields.get("uri"), username, password };
        let count = u32::from_str_radix(fields.get("nc"), 16).ok();
        let eight = fields.get("nc").len() == 8;
        let (Some(count), true, "auth") = (count, eight, fields.get("qop")) else { return Verdict::Refused };
        let n = Nonces {
            realm: &self.realm,
            nonce,
            nc: fields.get("nc"),
            cnonce: fields.get("cnonce"),
            qop: "auth",
        };
        let (issued, seal) = nonce.split_once('.').unwrap_or_default();
        let right =
            same(&digest(algorithm, &signed, &n), fields.get("response")) & same(&self.seal(issued), seal);
        if !right || fields.get("realm") != self.realm {
            return Verdict::Refused;
        }
        let at = Duration::from_millis(u64::from_str_radix(issued, 16).unwrap_or(0));
        if now.saturating_duration_since(self.epoch) > at.saturating_add(self.life) {
            return Verdict::Stale;
        }
        self.count(nonce, count, now, username)
    }

    fn count(&mut self, nonce: &str, count: u32, now: Instant, username: &str) -> Verdict {
        if self.counts.len() >= MAX_NONCES {
            let life = self.life;
            self.counts.retain(|_, (_, seen)| now.saturating_duration_since(*seen) <= life);
        }
        let full = self.counts.len() >= MAX_NONCES;
        match self.counts.get_mut(nonce) {
            Some((highest, _)) if count <= *highest => return Verdict::Stale,
            Some(entry) => *entry = (count, now),
            None if full => return Verdict::Stale,
            None => {
                self.counts.insert(nonce.to_owned(), (count, now));
            }
        }
        Verdict::Authentic(username.to_owned())
    }
}

/// Equality whose time does not depend on where two texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (x, y)| differ | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Signed<'_> =
        Signed { method: "REGISTER", uri: "sip:a@b", username: "ana", password: "clave" };

    /// RFC 7616 §3.9.1: the same request under both hashes.
    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        let signed =
            Signed { method: "GET", uri: "/dir/index.html", username: "Mufasa", password: "Circle of Life" };
        for (name, wanted) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let challenge = format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={name}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            let value = respond([challenge.as_str()].into_iter(), &signed, cnonce, 1).unwrap();
            assert!(value.contains(wanted), "{value}");
            assert!(value.contains("nc=00000001") && value.contains("opaque="));
        }
    }

    #[test]
    fn a_verifier_accepts_each_count_once_and_asks_again_when_the_nonce_is_old() {
        let now = Instant::now();
        let users = HashMap::from([("ana".to_owned(), "clave".to_owned())]);
        let mut verifier = Verifier::new("digame", users, [7; 32], (Duration::from_secs(60), now));
        let challenges = verifier.challenge(false, now);
        for count in 1..=300 {
            let value = respond(challenges.iter().map(String::as_str), &ALICE, "xyz", count).unwrap();
            assert!(value.contains("algorithm=SHA-256"));
            assert_eq!(verifier.verify("REGISTER", Some(&value), now), Verdict::Authentic("ana".into()));
            assert_eq!(verifier.verify("REGISTER", Some(&value), now), Verdict::Stale);
            assert_eq!(verifier.verify("INVITE", Some(&value), now), Verdict::Refused);
        }
        let value = respond(challenges.iter().map(String::as_str), &ALICE, "xyz", 301).unwrap();
        assert_eq!(verifier.verify("REGISTER", Some(&value), now + Duration::from_secs(61)), Verdict::Stale);
        assert!(is_stale(&verifier.challenge(true, now)[0]));
        let wrong = Signed { password: "otra", ..ALICE };
        let value = respond(challenges.iter().map(String::as_str), &wrong, "xyz", 302).unwrap();
        assert_eq!(verifier.verify("REGISTER", Some(&value), now), Verdict::Refused);
        assert_eq!(verifier.verify("REGISTER", None, now), Verdict::Refused);
    }
}
