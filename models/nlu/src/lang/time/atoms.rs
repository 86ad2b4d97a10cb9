//! The phrases that say one thing each, and what is read in their slots.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use chrono::{NaiveDate, Weekday};

use crate::Context;
use crate::es::text::Text;
use crate::es::time::calendar::{Grain, When, add, plus_days};
use crate::es::time::clock::Clock;
use crate::es::time::lexicon::Part;
use crate::es::time::resolve::weekend;
use crate::es::time::spec::{Edge, Portion, Spec, Turn};
use crate::lang::data;
use crate::lang::number::Numbers;
use crate::lang::pattern::{Form, Slot};
use crate::lang::words::{alternatives, any, phrases};

/// The grammar of time of a language.
#[derive(Debug)]
pub(crate) struct Grammar {
    atoms: Vec<(Form, data::Atom)>,
    tables: BTreeMap<String, Vec<Vec<String>>>,
    parts: Vec<(Part, Option<(u32, u32)>)>,
    pub(super) numbers: std::sync::Arc<Numbers>,
    pub(super) joints: Vec<String>,
    pub(super) intervals: Vec<(Form, bool)>,
    /// Form, whether what follows is meant, and whether bare numbers are days.
    pub(super) open: Vec<(Form, bool, bool)>,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    pub(super) any: Vec<String>,
    /// All but what follows, and all but what comes before.
    pub(super) but: Vec<String>,
    pub(super) but_after: Vec<String>,
    pub(super) either: Vec<String>,
    pub(super) articles: Vec<String>,
    pub(super) any_day: Vec<String>,
    pub(super) working: Vec<String>,
    year_first: bool,
    after_figures: Vec<String>,
}

/// What was said, and the hours of its part of the day if no hour comes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub spec: Spec,
    pub own: Option<(u32, u32)>,
}

impl Said {
    pub fn of(spec: Spec) -> Self {
        Self { spec, own: None }
    }

    /// Both together, if nothing is said twice.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        let spec = self.spec.merge(&other.spec)?;
        Some(Self { spec, own: self.own.or(other.own) })
    }

    /// A part of the day with hours of its own, and no hour said, is those hours.
    pub fn finished(&self) -> Spec {
        let mut spec = self.spec.clone();
        if let (Some(hours), None, None) = (self.own, spec.clock, spec.edge) {
            (spec.part, spec.hours) = (None, Some(hours));
        }
        spec
    }
}

/// What was found at a token, with bare hours or without, in a case.
type Read = BTreeMap<(usize, bool, String), Vec<(Said, usize)>>;

/// A text and what its phrases were found to say.
pub(crate) struct Seen<'a> {
    text: &'a Text<'a>,
    pub context: &'a Context,
    atoms: RefCell<Read>,
}

impl<'a> Seen<'a> {
    pub fn new(text: &'a Text<'a>, context: &'a Context) -> Self {
        Self { text, context, atoms: RefCell::default() }
    }
}

impl<'a> Deref for Seen<'a> {
    type Target = Text<'a>;

    fn deref(&self) -> &Self::Target {
        self.text
    }
}

/// Values of the slots of a form.
#[derive(Debug, Clone, Copy, Default)]
struct Bound {
    hour: Option<u32>,
    /// The hour was written with a zero in front.
    padded: bool,
    minute: Option<u32>,
    day: Option<u32>,
    month: Option<u32>,
    year: Option<u32>,
    weekday: Option<u32>,
    part: Option<u32>,
    count: Option<u32>,
    unit: Option<u32>,
}

impl Grammar {
    /// Reads the forms; the error is the form and why it can't be read.
    pub fn new(
        time: data::Time,
        table: &BTreeMap<String, Vec<String>>,
        numbers: std::sync::Arc<Numbers>,
    ) -> Result<Self, String> {
        let form = |source: &str| Form::new(source).map_err(|e| format!("«{source}»: {}", e.0));
        let mut atoms = Vec::new();
        for atom in time.atoms {
            atoms.push((form(&atom.form)?, atom));
        }
        let intervals: Result<Vec<_>, String> =
            time.intervals.iter().map(|i| Ok((form(&i.form)?, i.days))).collect();
        let open: Result<Vec<_>, String> =
            time.open.iter().map(|o| Ok((form(&o.form)?, o.open == "after", o.days))).collect();
        let parts: Result<Vec<_>, String> = time
            .parts
            .iter()
            .map(|p| {
                Ok((part(&p.is).ok_or_else(|| format!("there is no part of the day «{}»", p.is))?, p.hours))
            })
            .collect();
        Ok(Self {
            atoms,
            tables: table
                .iter()
                .map(|(name, entries)| (name.clone(), entries.iter().map(|e| alternatives(e)).collect()))
                .collect(),
            parts: parts?,
            numbers,
            joints: phrases(&time.joints),
            intervals: intervals?,
            open: open?,
            before: phrases(&time.excluded_before),
            after: phrases(&time.excluded_after),
            any: phrases(&time.any),
            but: phrases(&time.but),
            but_after: phrases(&time.but_after),
            either: phrases(&time.either),
            articles: phrases(&time.articles),
            any_day: phrases(&time.any_day),
            working: phrases(&time.working_days),
            year_first: time.order == "ymd",
            after_figures: phrases(&time.after_figures),
        })
    }

    /// Everything that one phrase can say at `i`, the longest first. `case`: the one asked for, or none;
    /// `bare`: phrases that are hours only where an hour is asked for, too.
    pub(super) fn atoms_at(&self, seen: &Seen<'_>, i: usize, case: &str, bare: bool) -> Vec<(Said, usize)> {
        let key = (i, bare, case.to_owned());
        if let Some(found) = seen.atoms.borrow().get(&key) {
            return found.clone();
        }
        let found = self.read_atoms(seen.text, (i, case, bare), seen.context);
        seen.atoms.borrow_mut().insert(key, found.clone());
        found
    }

    fn read_atoms(
        &self,
        text: &Text,
        (i, case, bare): (usize, &str, bool),
        context: &Context,
    ) -> Vec<(Said, usize)> {
        let mut out: Vec<(Said, usize)> = Vec::new();
        if case.is_empty() {
            out.extend(self.written_date(text, i));
        }
        out.extend(self.written_hour(text, i, case));
        for (form, atom) in &self.atoms {
            if atom.case.as_deref().unwrap_or("") != case || (atom.weak && !bare) {
                continue;
            }
            let read =
                |slot, source: Option<&str>, at, bound: &Bound| self.slot(text, (slot, source), at, bound);
            for (next, bound) in form.matches(text, (i, Bound::default()), &read) {
                if next > i
                    && let Some(said) = self.meaning(atom, &bound, context)
                {
                    out.push((said, next));
                }
            }
        }
        out.sort_by_key(|o| std::cmp::Reverse(o.1));
        out
    }

    fn slot(
        &self,
        text: &Text,
        (slot, source): (Slot, Option<&str>),
        at: usize,
        bound: &Bound,
    ) -> Vec<(usize, Bound)> {
        let table = source.or(match slot {
            Slot::Month => Some("month"),
            Slot::Weekday => Some("weekday"),
            Slot::Part => Some("part"),
            Slot::Unit => Some("unit"),
            _ => None,
        });
        let mut found: Vec<(u32, usize)> = Vec::new();
        match table {
            Some(case) if self.numbers.has_case(case) => {
                let read = self.numbers.declined(text, at, case);
                found.extend(read.and_then(|r| Some((u32::try_from(r.value).ok()?, r.next))));
            }
            Some(name) => {
                let entries = self.tables.get(name).map_or(&[][..], Vec::as_slice);
                found.extend((1..).zip(entries).filter_map(|(n, forms)| Some((n, any(text, at, forms)?))));
            }
            None => {
                let read = match slot {
                    // One word: «les vint i cinc» is twenty past… only by its minutes.
                    Slot::Minute | Slot::Day | Slot::Hour => self.numbers.small(text, at),
                    _ => self.numbers.cardinal(text, at),
                };
                found.extend(read.and_then(|r| Some((u32::try_from(r.value).ok()?, r.next))));
                found.extend((slot == Slot::Year).then(|| self.paired_year(text, at)).flatten());
                if slot == Slot::Hour
                    && let Some(word) =
                        self.numbers.small(&Text::new(text.word(at)), 0).filter(|r| r.next == 1)
                {
                    found.extend(u32::try_from(word.value).ok().map(|n| (n, at + 1)));
                }
            }
        }
        if let (Slot::Hour, None, Some((hour, minute, next))) = (slot, source, written_clock(text, at)) {
            let padded = text.word(at).starts_with('0') || bound.padded;
            return vec![(next, Bound { hour: Some(hour), minute: Some(minute), padded, ..*bound })];
        }
        let padded = text.is_number(at) && text.word(at).len() == 2 && text.word(at).starts_with('0');
        found.dedup();
        found.into_iter().filter_map(|(n, next)| Some((next, bind(bound, slot, n, padded)?))).collect()
    }

    /// A year of four figures, or two that can only be one: no day and no month reaches them.
    pub(super) fn year(&self, text: &Text, at: usize) -> Option<(i32, usize, bool)> {
        let paired = self.paired_year(text, at).map(|(y, next)| (i64::from(y), next));
        let (year, next) = paired.or_else(|| self.numbers.cardinal(text, at).map(|r| (r.value, r.next)))?;
        let year = i32::try_from(year).ok()?;
        match year {
            32..=99 => Some((century(year), next, true)),
            1900..=2199 => Some((year, next, false)),
            _ => None,
        }
    }

    /// «twenty twenty-six».
    fn paired_year(&self, text: &Text, at: usize) -> Option<(u32, usize)> {
        let century =
            self.numbers.small(text, at).filter(|r| (19..=21).contains(&r.value) && !text.is_number(at))?;
        let rest = self.numbers.small(text, century.next).filter(|r| (10..100).contains(&r.value))?;
        Some((u32::try_from(century.value * 100 + rest.value).ok()?, rest.next))
    }

    fn meaning(&self, atom: &data::Atom, bound: &Bound, context: &Context) -> Option<Said> {
        let mut said = Said::default();
        said.spec.approximate = atom.about;
        (said.spec.dom, said.spec.month) = (bound.day, bound.month);
        let year = bound.year.and_then(|y| i32::try_from(y).ok());
        // Less than four figures are a year where no day and no hour reaches them.
        if year.is_some_and(|y| y < 32 || (100..1000).contains(&y)) {
            return None;
        }
        said.spec.short_year = year.is_some_and(|y| y < 100);
        said.spec.year = year.map(century);
        said.spec.clock = clock(atom, bound)?;
        if let Some(n) = bound.weekday {
            said.spec.weekday = Some((weekday(n)?, turn(atom.turn.as_deref())));
        }
        if let Some((part, own)) =
            bound.part.and_then(|p| self.parts.get(usize::try_from(p).ok()?.checked_sub(1)?))
        {
            (said.spec.part, said.own) = (Some(*part), *own);
        }
        if let Some(name) = &atom.part {
            said.spec.part = Some(part(name)?);
        }
        said.spec.hours = atom.hours;
        said.spec.edge = match atom.edge.as_deref() {
            Some("early") => Some(Edge::Early),
            Some("mid") => Some(Edge::Mid),
            Some("late") => Some(Edge::Late),
            _ => None,
        };
        said.spec.portion = match atom.portion.as_deref() {
            Some("beginning") => Some(Portion::Beginning),
            Some("middle") => Some(Portion::Middle),
            Some("end") => Some(Portion::End),
            _ => None,
        };
        if let Some(base) = self.base(atom, bound, context)? {
            said.spec.approximate |= base.approximate;
            said.spec.base = Some(base);
        }
        Some(said)
    }

    /// The stretch that a phrase places by itself. Outer `None`: there is no such day.
    fn base(&self, atom: &data::Atom, bound: &Bound, context: &Context) -> Option<Option<When>> {
        let today = context.now.date();
        if let Some(days) = atom.days {
            return Some(Some(When::day(plus_days(today, days)?)?));
        }
        if let Some(direction) = atom.ahead {
            let n = i64::from(bound.count.unwrap_or(1)).checked_mul(atom.count.unwrap_or(1))?;
            let grain = bound.unit.map_or_else(|| unit(atom.unit.as_deref()?), grain)?;
            let at = add(context.now, grain, n.checked_mul(direction)?)?;
            let fine = match grain {
                Grain::Second | Grain::Minute => Grain::Second,
                Grain::Hour => Grain::Minute,
                Grain::Year => Grain::Month,
                _ => Grain::Day,
            };
            return Some(Some(When::unit(fine, at, 0)?));
        }
        let Some(name) = atom.unit.as_deref() else { return Some(None) };
        if name == "weekend" {
            let monday = When::unit(Grain::Week, context.now, 0)?.from.date();
            let this = weekend(plus_days(monday, 4)?)?;
            // «the next weekend» before Friday is the coming one.
            let shift = match atom.step {
                1 if this.from > context.now => 0,
                0 => i64::from(this.to <= context.now),
                n => n,
            };
            return Some(Some(weekend(plus_days(monday, 4 + shift * 7)?)?));
        }
        Some(Some(When::unit(unit(name)?, context.now, atom.step)?))
    }

    /// «14/5/2026», «14-05», «2026-05-14».
    fn written_date(&self, text: &Text, i: usize) -> Option<(Said, usize)> {
        let number = |at: usize| -> Option<u32> { text.is_number(at).then(|| text.word(at).parse().ok())? };
        let mark = text.word(i + 1).to_owned();
        if !matches!(mark.as_str(), "/" | "-" | ".") || !text.glued(i + 1) || !text.glued(i + 2) {
            return None;
        }
        let (a, b) = (number(i)?, number(i + 2)?);
        let third = (text.word(i + 3) == mark && text.glued(i + 3) && text.glued(i + 4))
            .then(|| number(i + 4))
            .flatten();
        let (day, month, year, next) = match third {
            Some(c) if a > 31 => (c, b, Some(a), i + 5),
            Some(c) if self.year_first && text.word(i).len() == 2 && text.word(i + 4).len() == 2 => {
                (c, b, Some(a), i + 5)
            }
            Some(c) => (a, b, Some(c), i + 5),
            None if mark != "/" => return None,
            None if self.year_first && a <= 12 => (b, a, None, i + 3),
            None => (a, b, None, i + 3),
        };
        let short_year = year.is_some_and(|y| y < 100);
        let year = year.and_then(|y| i32::try_from(y).ok()).map(century);
        let fits = (1..=31).contains(&day)
            && (1..=12).contains(&month)
            && year.is_none_or(|y| (1900..2200).contains(&y));
        NaiveDate::from_ymd_opt(2024, month, day).filter(|_| fits)?;
        let spec = Spec { dom: Some(day), month: Some(month), year, short_year, ..Spec::default() };
        Some((Said::of(spec), next))
    }

    /// «17:30», «9.15 h», «17:30etan».
    fn written_hour(&self, text: &Text, i: usize, case: &str) -> Option<(Said, usize)> {
        let (hour, minute, after) = written_clock(text, i)?;
        let twelve = (1..=12).contains(&hour) && !text.word(i).starts_with('0');
        let clock = Clock { hour: hour % 24, minute, second: 0, twelve, exact: true, approximate: false };
        let mut next = any(text, after, &self.after_figures).unwrap_or(after);
        if !case.is_empty() {
            next = Some(after + 1).filter(|_| self.numbers.suffix(case, text.word(after)))?;
        }
        let mut spec = Spec { clock: Some(clock), ..Spec::default() };
        let half = ["am", "pm", "a . m .", "p . m .", "a m", "p m"];
        if let Some((n, after)) = (0..).zip(half).find_map(|(n, h)| Some((n, text.phrase(next, h)?)))
            && twelve
        {
            let pm = if n % 2 == 1 { 12 } else { 0 };
            spec.clock = Some(Clock { hour: hour % 12 + pm, twelve: false, ..clock });
            next = after;
        }
        Some((Said::of(spec), next))
    }
}

/// A year of which the last two figures were said, in its century.
fn century(year: i32) -> i32 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

/// «17:30», «9.15»: hour, minute and the token after them.
fn written_clock(text: &Text, i: usize) -> Option<(u32, u32, usize)> {
    let separated = matches!(text.word(i + 1), ":" | "." | "h") && text.glued(i + 1) && text.glued(i + 2);
    let figures =
        text.is_number(i) && text.is_number(i + 2) && text.word(i).len() <= 2 && text.word(i + 2).len() == 2;
    if !separated || !figures || (text.word(i + 3) == "." && text.is_number(i + 4) && text.glued(i + 4)) {
        return None;
    }
    let hour: u32 = text.word(i).parse().ok().filter(|h| *h <= 24)?;
    let minute: u32 = text.word(i + 2).parse().ok().filter(|m| *m < 60)?;
    Some((hour, minute, i + 3))
}

fn bind(bound: &Bound, slot: Slot, n: u32, padded: bool) -> Option<Bound> {
    let mut out = *bound;
    let (field, fits) = match slot {
        Slot::Hour => (&mut out.hour, n <= 24),
        Slot::Minute => (&mut out.minute, (1..60).contains(&n)),
        Slot::Day => (&mut out.day, (1..=31).contains(&n)),
        Slot::Month => (&mut out.month, (1..=12).contains(&n)),
        Slot::Year => (&mut out.year, (1900..2200).contains(&n)),
        Slot::Weekday => (&mut out.weekday, (1..=7).contains(&n)),
        Slot::Part => (&mut out.part, true),
        Slot::Count => (&mut out.count, n <= 9999),
        Slot::Unit => (&mut out.unit, true),
        Slot::First | Slot::Last => return None,
    };
    *field = Some(n);
    out.padded |= padded && slot == Slot::Hour;
    fits.then_some(out)
}

/// The hour of a phrase. Outer `None`: there is no such hour.
fn clock(atom: &data::Atom, bound: &Bound) -> Option<Option<Clock>> {
    let Some(hour) = atom.hour.or(bound.hour) else { return Some(None) };
    let minutes = i32::try_from(bound.minute.unwrap_or(0)).ok()?;
    let signed = if atom.minus { -minutes } else { minutes } + atom.minutes.unwrap_or(0);
    let twelve = atom.hour.is_none() && atom.half.is_none() && (1..=12).contains(&hour) && !bound.padded;
    let total = (i32::try_from(hour % 24).ok()? * 60 + signed).rem_euclid(1440);
    let mut hour = u32::try_from(total / 60).ok()?;
    if twelve {
        hour = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    }
    match atom.half.as_deref() {
        Some("am") if hour <= 12 => hour %= 12,
        Some("pm") if hour <= 12 => hour = hour % 12 + 12,
        Some(_) => return None,
        None => {}
    }
    let exact = signed != 0;
    let minute = u32::try_from(total % 60).ok()?;
    Some(Some(Clock { hour, minute, second: 0, twelve, exact, approximate: atom.about }))
}

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "madrugada" => Part::Madrugada,
        "manana" => Part::Manana,
        "mediodia" => Part::Mediodia,
        "tarde" => Part::Tarde,
        "noche" => Part::Noche,
        _ => return None,
    })
}

fn turn(name: Option<&str>) -> Turn {
    match name {
        Some("this") => Turn::This,
        Some("coming") => Turn::Coming,
        Some("after_next") => Turn::AfterNext,
        Some("past") => Turn::Past,
        _ => Turn::Plain,
    }
}

fn weekday(n: u32) -> Option<Weekday> {
    Weekday::try_from(u8::try_from(n.checked_sub(1)?).ok()?).ok()
}

fn unit(name: &str) -> Option<Grain> {
    Some(match name {
        "minute" => Grain::Minute,
        "hour" => Grain::Hour,
        "day" => Grain::Day,
        "week" => Grain::Week,
        "month" => Grain::Month,
        "year" => Grain::Year,
        _ => return None,
    })
}

/// Entries of the table `unit`, in this order in every language.
fn grain(n: u32) -> Option<Grain> {
    const ALL: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];
    unit(ALL.get(usize::try_from(n).ok()?.checked_sub(1)?)?)
}
