//! Days, hours and stretches of time in words.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::Aloud;
use super::template::fill;
use crate::DayParts;
use crate::days::{Days, LeftOut, MOST_SAID};
use crate::es::aloud::is_far;
use crate::lang::data::ClockRule;
use crate::lang::number::Agreement;

impl Aloud {
    /// A number in words: of a table, in a case, or plain.
    pub(super) fn word(&self, n: u32, source: Option<&str>) -> String {
        let plain = || self.numbers.say(i64::from(n), Agreement::Alone);
        match source {
            None => plain(),
            Some(case) if self.numbers.has_case(case) => self.numbers.say_in(n, case),
            Some(table) => {
                let index = usize::try_from(n).ok().and_then(|n| n.checked_sub(1));
                let entries = self.tables.get(table);
                entries.zip(index).and_then(|(t, i)| t.get(i)).cloned().unwrap_or_else(plain)
            }
        }
    }

    /// Weekday, day, month and year of a day, by the slots of a template.
    fn day_slot(&self, date: NaiveDate, slot: &str, source: Option<&str>) -> Option<String> {
        Some(match slot {
            "w" => self.word(date.weekday().number_from_monday(), source.or(Some("weekday"))),
            "d" => self.word(date.day(), source),
            "mo" => self.word(date.month(), source.or(Some("month"))),
            "y" => self.word(date.year().unsigned_abs(), source),
            _ => return None,
        })
    }

    pub(super) fn date(&self, date: NaiveDate, today: Option<NaiveDate>) -> String {
        self.dated(date, today, [&self.say.date, &self.say.date_year])
    }

    pub(super) fn birth(&self, date: NaiveDate) -> String {
        self.day(date, &self.say.date_year)
    }

    /// A day by a template, or by the one with its year where it is far.
    fn dated(&self, date: NaiveDate, today: Option<NaiveDate>, [plain, year]: [&str; 2]) -> String {
        self.day(date, if today.is_some_and(|today| is_far(date, today)) { year } else { plain })
    }

    fn day(&self, date: NaiveDate, template: &str) -> String {
        fill(template, |slot, source| self.day_slot(date, slot, source).unwrap_or_default())
    }

    /// The hour, without its part of the day; and whether no part follows.
    fn clock(&self, time: NaiveTime, at: bool) -> (String, bool) {
        let (hour, minute) = (time.hour(), time.minute());
        let fits = |r: &&ClockRule| {
            (r.from..=r.to).contains(&minute)
                && minute.is_multiple_of(r.every.max(1))
                && r.hour.is_none_or(|h| h == hour)
        };
        let Some(rule) = self.say.clock.iter().find(fits) else {
            return (time.format("%H:%M").to_string(), true);
        };
        let shown = if rule.next { hour + 1 } else { hour };
        let twelve = if shown.is_multiple_of(12) { 12 } else { shown % 12 };
        let minutes = if rule.minus { 60 - minute } else { minute };
        let form = rule.at.as_deref().filter(|_| at).unwrap_or(&rule.form);
        let said = fill(form, |slot, source| match slot {
            "h" => self.word(twelve, source.or(Some("hour"))),
            "m" => self.word(minutes, source),
            _ => String::new(),
        });
        if at && rule.at.is_none() { (self.with_at(&said), rule.whole) } else { (said, rule.whole) }
    }

    /// «les cinc» → «a les cinc», «as cinco» → «ás cinco».
    fn with_at(&self, clock: &str) -> String {
        let found = self
            .say
            .at
            .iter()
            .find_map(|(from, to)| Some(format!("{to}{}", clock.strip_prefix(from.as_str())?)));
        found.unwrap_or_else(|| clock.to_owned())
    }

    fn part_after(&self, hour: u32) -> &str {
        self.say.part.iter().find(|p| (p.from..=p.to).contains(&hour)).map_or("", |p| p.word.as_str())
    }

    fn hour(&self, time: NaiveTime, at: bool) -> String {
        let (clock, whole) = self.clock(time, at);
        if whole {
            return clock;
        }
        // «at» stands before all of it where the part of the day comes first.
        self.say.time.replace("{clock}", &clock).replace("{part}", self.part_after(time.hour()))
    }

    pub(super) fn time(&self, time: NaiveTime) -> String {
        self.hour(time, self.say.time_at)
    }

    pub(super) fn moment(&self, at: NaiveDateTime, today: Option<NaiveDate>) -> String {
        let template = &self.say.moment;
        template.replace("{date}", &self.date(at.date(), today)).replace("{at}", &self.at_hour(at.time()))
    }

    /// «a les sis de la tarda»; nobody knows which night «midnight on Thursday» is.
    fn at_hour(&self, at: NaiveTime) -> String {
        if at.hour() == 0 && at.minute() == 0 { self.say.midnight.clone() } else { self.hour(at, true) }
    }

    /// A stretch as short as it can be said.
    pub(super) fn range(&self, from: NaiveDateTime, to: NaiveDateTime, today: Option<NaiveDate>) -> String {
        let whole = from.time() == NaiveTime::MIN && to.time() == NaiveTime::MIN;
        let days = (to.date() - from.date()).num_days();
        if whole && days == 1 {
            return self.date(from.date(), today);
        }
        if whole && days == 7 && from.weekday() == Weekday::Mon {
            return self.dated(from.date(), today, [&self.say.week, &self.say.week_year]);
        }
        if whole && (28..=31).contains(&days) && from.day() == 1 && to.day() == 1 {
            return self.dated(from.date(), today, [&self.say.month, &self.say.month_year]);
        }
        if whole && days > 1 {
            return self.days(from.date(), to.date().pred_opt().unwrap_or(from.date()), today);
        }
        let last = to - Duration::nanoseconds(1);
        if last.date() == from.date() {
            let hours = self
                .part_of_day(from.time(), to.time())
                .unwrap_or_else(|| self.between(from.time(), to.time()));
            return self.say.moment.replace("{date}", &self.date(from.date(), today)).replace("{at}", &hours);
        }
        let template = &self.say.stretch;
        template.replace("{a}", &self.moment(from, today)).replace("{b}", &self.moment(to, today))
    }

    fn days(&self, from: NaiveDate, to: NaiveDate, today: Option<NaiveDate>) -> String {
        let same = from.month() == to.month() && from.year() == to.year();
        let far = today.is_some_and(|today| is_far(to, today));
        let template = match (same, far) {
            (true, false) => &self.say.days_same,
            (true, true) => &self.say.days_same_year,
            (false, false) => &self.say.days,
            (false, true) => &self.say.days_year,
        };
        fill(template, |slot, source| {
            let (date, name) = slot.strip_suffix('2').map_or((from, slot), |name| (to, name));
            self.day_slot(date, name, source).unwrap_or_default()
        })
    }

    /// Several stretches: each, where they are few; else their days and hours, without the days that are left out.
    pub(super) fn ranges(
        &self,
        pieces: &[(NaiveDateTime, NaiveDateTime)],
        today: Option<NaiveDate>,
    ) -> String {
        let each = || {
            let all: Vec<String> = pieces.iter().map(|(from, to)| self.range(*from, *to, today)).collect();
            self.list(&all, &self.say.or)
        };
        let (Some((from, _)), Some((_, to))) = (pieces.first(), pieces.last()) else { return each() };
        if pieces.len() <= MOST_SAID {
            return each();
        }
        let Some(days) = Days::of(pieces) else {
            let last = (*to - Duration::nanoseconds(1)).date();
            let hull = self.days(from.date(), last, today);
            return self.say.but.replace("{a}", &hull).replace("{b}", &self.say.some_hours);
        };
        let mut said = self.days(days.first, days.last, today);
        if let Some((from, to)) = days.hours {
            let hours = self.part_of_day(from, to).unwrap_or_else(|| self.between(from, to));
            said = self.say.moment.replace("{date}", &said).replace("{at}", &hours);
        }
        let left_out = days.left_out.iter().map(|l| match l {
            LeftOut::Every(day) => {
                let name = self.word(day.number_from_monday(), Some("weekday"));
                self.say.every.replace("{w}", &name)
            }
            LeftOut::Day(day) => self.date(*day, today),
        });
        let left_out: Vec<String> = left_out.collect();
        if left_out.is_empty() {
            return said;
        }
        self.say.but.replace("{a}", &said).replace("{b}", &self.list(&left_out, &self.say.and))
    }

    fn list(&self, all: &[String], joint: &str) -> String {
        match all {
            [] => String::new(),
            [one] => one.clone(),
            [one, other] => format!("{one} {joint} {other}"),
            [first @ .., last] => format!("{}, {joint} {last}", first.join(", ")),
        }
    }

    /// The name of those hours, if they are exactly a part of the day.
    fn part_of_day(&self, from: NaiveTime, to: NaiveTime) -> Option<String> {
        let parts = DayParts::default();
        let all = [parts.madrugada, parts.manana, parts.mediodia, parts.tarde, parts.noche];
        let hours = (from.hour(), if to == NaiveTime::MIN { 24 } else { to.hour() });
        if from.minute() != 0 || to.minute() != 0 {
            return None;
        }
        all.iter().zip(&self.say.in_part).find(|(p, _)| **p == hours).map(|(_, name)| name.clone())
    }

    fn between(&self, from: NaiveTime, to: NaiveTime) -> String {
        let same = self.part_after(from.hour()) == self.part_after(to.hour()) && to != NaiveTime::MIN;
        let ((a, first_whole), (b, last_whole)) = (self.clock(from, false), self.clock(to, false));
        if same && !first_whole && !last_whole {
            let part = self.part_after(to.hour());
            return self.say.between_same.replace("{a}", &a).replace("{b}", &b).replace("{part}", part);
        }
        self.say.between.replace("{a}", &self.hour(from, false)).replace("{b}", &self.hour(to, false))
    }

    /// Moments as options: what is the same as in the one before is not repeated.
    pub(super) fn moments(&self, all: &[NaiveDateTime], today: Option<NaiveDate>) -> Vec<String> {
        let mut out = Vec::new();
        let mut before: Option<NaiveDateTime> = None;
        for at in all {
            let same_day = before.is_some_and(|b| b.date() == at.date());
            let same_part = before.is_some_and(|b| self.part_after(b.hour()) == self.part_after(at.hour()));
            out.push(match (same_day, same_part) {
                (true, true) if at.time() != NaiveTime::MIN => self.clock(at.time(), true).0,
                (true, _) => self.at_hour(at.time()),
                _ => self.moment(*at, today),
            });
            before = Some(*at);
        }
        out
    }
}
