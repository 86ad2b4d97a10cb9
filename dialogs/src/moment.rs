//! Moments as services write them: ISO 8601 and RFC 3339, brought to the office's local time.

use std::{fmt, sync::Arc};

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// The form in which a moment that nobody else wrote goes out: the office's local time.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// A moment in the office's local time, and how a service wrote it.
///
/// `Display` is what services get: what one of them wrote goes back letter by letter, so that it still means the
/// same moment to it, also in the hour that autumn has twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    local: NaiveDateTime,
    /// None where it is the local form.
    written: Option<Arc<str>>,
}

/// Why a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMoment {
    /// None of the forms.
    #[error("it is not written as 2026-05-14T17:30 or 2026-05-14T15:30:00Z")]
    Form,
    /// 30 February, 25:00, an offset of 25 hours.
    #[error("there is no such day, hour or offset")]
    Impossible,
    /// The local hour that spring leaves out.
    #[error("the clocks skip that hour")]
    Skipped,
    /// `+05:00[Europe/Madrid]`
    #[error("its offset is not that of the zone beside it")]
    Contradiction,
    /// A zone or a mark in brackets that nobody knows.
    #[error("the zone beside it is not known")]
    Zone,
}

impl Moment {
    /// The office's local time.
    pub fn local(&self) -> NaiveDateTime {
        self.local
    }

    /// Reads a moment; one with an offset is brought to the office's `zone`, one without is in it already.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str, zone: Tz) -> Result<Self, NoMoment> {
        let read = Read::of(text)?;
        let local = match read.instant()? {
            Some(instant) => instant.with_timezone(&zone).naive_local(),
            None => {
                // What the clocks skip is no time of the office; what they have twice is said alike.
                in_zone(zone, read.local)?;
                read.local
            }
        };
        let plain = local.format(LOCAL).to_string() == text;
        Ok(Self { local, written: (!plain).then(|| text.into()) })
    }
}

impl From<NaiveDateTime> for Moment {
    fn from(local: NaiveDateTime) -> Self {
        Self { local, written: None }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(written) => f.write_str(written),
            None => write!(f, "{}", self.local.format(LOCAL)),
        }
    }
}

/// An hour of the day, seconds and their fractions allowed. An offset without a day can't be brought anywhere.
pub(crate) fn hour(text: &str) -> Option<NaiveTime> {
    let mut rest = Rest(text);
    let time = rest.time().ok()?;
    rest.0.is_empty().then_some(time)
}

/// A day alone.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let mut rest = Rest(text);
    let day = rest.day().ok()?;
    rest.0.is_empty().then_some(day)
}

/// A moment in local time without an offset, for what designers write.
pub(crate) fn local(text: &str) -> Option<NaiveDateTime> {
    let read = Read::of(text).ok()?;
    (read.offset.is_none() && read.zone.is_none()).then_some(read.local)
}

/// A moment in its parts.
struct Read {
    local: NaiveDateTime,
    offset: Option<Offset>,
    zone: Option<Tz>,
}

#[derive(Clone, Copy)]
struct Offset {
    east: FixedOffset,
    /// `Z` and `-00:00` say nothing of where the moment was written.
    anywhere: bool,
}

impl Read {
    fn of(text: &str) -> Result<Self, NoMoment> {
        let mut rest = Rest(text);
        let day = rest.day();
        if day == Err(NoMoment::Form) {
            return Err(NoMoment::Form);
        }
        rest.one(&['T', 't', ' ']).ok_or(NoMoment::Form)?;
        let local = day?.and_time(rest.time()?);
        let mut after = Rest(rest.0.strip_prefix(' ').unwrap_or(rest.0));
        let offset = after.offset()?;
        if offset.is_some() {
            rest = after;
        }
        let zone = rest.marks()?;
        if !rest.0.is_empty() {
            return Err(NoMoment::Form);
        }
        Ok(Self { local, offset, zone })
    }

    /// The instant; none where only the office knows it.
    fn instant(&self) -> Result<Option<DateTime<FixedOffset>>, NoMoment> {
        match (self.offset, self.zone) {
            (None, None) => Ok(None),
            (None, Some(zone)) => in_zone(zone, self.local).map(|at| Some(at.fixed_offset())),
            (Some(offset), zone) => {
                let instant =
                    offset.east.from_local_datetime(&self.local).single().ok_or(NoMoment::Impossible)?;
                let there = zone.map(|zone| instant.with_timezone(&zone).naive_local());
                if !offset.anywhere && there.is_some_and(|there| there != self.local) {
                    return Err(NoMoment::Contradiction);
                }
                Ok(Some(instant))
            }
        }
    }
}

/// The first instant at which a zone's clocks show this.
fn in_zone(zone: Tz, local: NaiveDateTime) -> Result<DateTime<Tz>, NoMoment> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at),
        LocalResult::None => Err(NoMoment::Skipped),
    }
}

/// What is left to read of a text.
#[derive(Clone, Copy)]
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn one(&mut self, of: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|c| of.contains(c))?;
        self.0 = self.0.get(first.len_utf8()..).unwrap_or_default();
        Some(first)
    }

    fn number(&mut self, digits: usize) -> Result<u32, NoMoment> {
        let (number, rest) = self.0.split_at_checked(digits).ok_or(NoMoment::Form)?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NoMoment::Form);
        }
        self.0 = rest;
        number.parse().map_err(|_| NoMoment::Form)
    }

    /// `2026-05-14`, `20260514`
    fn day(&mut self) -> Result<NaiveDate, NoMoment> {
        let year = self.number(4)?;
        let dashed = self.one(&['-']).is_some();
        let month = self.number(2)?;
        if dashed {
            self.one(&['-']).ok_or(NoMoment::Form)?;
        }
        let day = self.number(2)?;
        let year = i32::try_from(year).map_err(|_| NoMoment::Impossible)?;
        NaiveDate::from_ymd_opt(year, month, day).ok_or(NoMoment::Impossible)
    }

    /// `17:30`, `17:30:00`, `17:30:00.000`, `1730`, `173000`
    fn time(&mut self) -> Result<NaiveTime, NoMoment> {
        let hour = self.number(2)?;
        let colons = self.one(&[':']).is_some();
        let minute = self.number(2)?;
        let seconds = if colons {
            self.one(&[':']).is_some()
        } else {
            self.0.starts_with(|c: char| c.is_ascii_digit())
        };
        let (mut second, mut nano) = (0, 0);
        if seconds {
            second = self.number(2)?;
            if self.one(&['.', ',']).is_some() {
                nano = self.fraction()?;
            }
        }
        // A leap second is the last of its minute here.
        if second == 60 && minute == 59 {
            second = 59;
        }
        NaiveTime::from_hms_nano_opt(hour, minute, second, nano).ok_or(NoMoment::Impossible)
    }

    fn fraction(&mut self) -> Result<u32, NoMoment> {
        let digits = self.0.len() - self.0.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (fraction, rest) = self.0.split_at_checked(digits).ok_or(NoMoment::Form)?;
        let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        if fraction.is_empty() {
            return Err(NoMoment::Form);
        }
        self.0 = rest;
        nine.parse().map_err(|_| NoMoment::Form)
    }

    /// `Z`, `+02:00`, `-0300`, `+01`
    fn offset(&mut self) -> Result<Option<Offset>, NoMoment> {
        let utc = FixedOffset::east_opt(0).ok_or(NoMoment::Impossible)?;
        let east = match self.one(&['Z', 'z', '+', '-', '\u{2212}']) {
            None => return Ok(None),
            Some('Z' | 'z') => return Ok(Some(Offset { east: utc, anywhere: true })),
            Some(sign) => sign == '+',
        };
        let hours = self.number(2)?;
        let colon = self.one(&[':']).is_some();
        let more = colon || self.0.starts_with(|c: char| c.is_ascii_digit());
        let minutes = if more { self.number(2)? } else { 0 };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| NoMoment::Impossible)?;
        if hours > 23 || minutes > 59 {
            return Err(NoMoment::Impossible);
        }
        let offset = FixedOffset::east_opt(if east { seconds } else { -seconds });
        let offset = offset.ok_or(NoMoment::Impossible)?;
        Ok(Some(Offset { east: offset, anywhere: !east && seconds == 0 }))
    }

    /// `[Europe/Madrid]`, `[u-ca=gregory]` (RFC 9557): the zone, if there is one. Marks that need not be understood
    /// are passed over.
    fn marks(&mut self) -> Result<Option<Tz>, NoMoment> {
        let mut zone = None;
        while self.one(&['[']).is_some() {
            let (mark, rest) = self.0.split_once(']').ok_or(NoMoment::Form)?;
            self.0 = rest;
            let needed = mark.starts_with('!');
            let name = mark.trim_start_matches('!');
            if name.contains('=') {
                if needed {
                    return Err(NoMoment::Zone);
                }
                continue;
            }
            if zone.is_some() {
                return Err(NoMoment::Form);
            }
            zone = Some(name.parse::<Tz>().map_err(|_| NoMoment::Zone)?);
        }
        Ok(zone)
    }
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;
