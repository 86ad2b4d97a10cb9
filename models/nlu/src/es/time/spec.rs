//! What an expression of time says, field by field, before it is placed in the calendar.

use chrono::Weekday;

use super::calendar::When;
use super::clock::Clock;
use super::lexicon::Part;

/// Which of the days with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// «el jueves»: the next one, after today.
    Plain,
    /// «este jueves»: today counts.
    This,
    /// «el jueves que viene»: after today.
    Coming,
    /// «el jueves no, el otro».
    AfterNext,
    /// «el jueves pasado».
    Past,
}

/// What «tercer» counts in «el tercer martes de mayo».
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Day,
    /// From Monday to Friday, and no feast of all Spain.
    Workday,
    Week,
    Weekend,
    Fortnight,
    Month,
    Quarter,
    Weekday(Weekday),
}

/// A part of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Portion {
    Beginning,
    Middle,
    End,
}

/// Edge of a part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Early,
    Mid,
    Late,
}

/// Fields said so far. Each is said once; two that say the same do not merge.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Spec {
    /// A stretch already placed: «mañana», «la semana que viene», «dentro de dos horas».
    pub base: Option<When>,
    pub weekday: Option<(Weekday, Turn)>,
    pub dom: Option<u32>,
    pub month: Option<u32>,
    pub year: Option<i32>,
    /// The year was said by its last two figures.
    pub short_year: bool,
    /// Position (from the end if negative) of what, in the rest.
    pub nth: Option<(i64, Counted)>,
    pub portion: Option<Portion>,
    pub clock: Option<Clock>,
    pub part: Option<Part>,
    pub edge: Option<Edge>,
    /// Hours of the day that a habit names: «después de comer».
    pub hours: Option<(u32, u32)>,
    pub approximate: bool,
}

impl Spec {
    pub fn of_base(base: When) -> Self {
        Self { approximate: base.approximate, base: Some(base), ..Self::default() }
    }

    /// Says something about the day.
    pub fn has_day(&self) -> bool {
        self.base.is_some()
            || self.weekday.is_some()
            || self.dom.is_some()
            || self.month.is_some()
            || self.nth.is_some()
            || self.year.is_some()
    }

    /// The same hours, on the day of another.
    pub fn on_day_of(&self, day: &Self) -> Self {
        Self {
            base: day.base,
            weekday: day.weekday,
            dom: day.dom,
            month: day.month,
            year: day.year,
            short_year: day.short_year,
            nth: day.nth,
            ..self.clone()
        }
    }

    pub fn has_time(&self) -> bool {
        self.clock.is_some() || self.part.is_some() || self.edge.is_some() || self.hours.is_some()
    }

    /// Both together, if nothing is said twice.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        use super::calendar::Grain;
        let clash = (self.base.is_some() && other.base.is_some())
            || (self.weekday.is_some() && other.weekday.is_some())
            || (self.dom.is_some() && other.dom.is_some())
            || (self.month.is_some() && other.month.is_some())
            || (self.year.is_some() && other.year.is_some())
            || (self.nth.is_some() && other.nth.is_some())
            || (self.portion.is_some() && other.portion.is_some())
            || (self.clock.is_some() && other.clock.is_some())
            || (self.part.is_some() && other.part.is_some())
            || (self.edge.is_some() && other.edge.is_some())
            || (self.hours.is_some() && other.has_time())
            || (other.hours.is_some() && self.has_time());
        if clash {
            return None;
        }
        let both = Self {
            base: self.base.or(other.base),
            weekday: self.weekday.or(other.weekday),
            dom: self.dom.or(other.dom),
            month: self.month.or(other.month),
            year: self.year.or(other.year),
            short_year: self.short_year || other.short_year,
            nth: self.nth.or(other.nth),
            portion: self.portion.or(other.portion),
            clock: self.clock.or(other.clock),
            part: self.part.or(other.part),
            edge: self.edge.or(other.edge),
            hours: self.hours.or(other.hours),
            approximate: self.approximate || other.approximate,
        };
        // A moment takes no hour; a day takes no day of the month but its own.
        let fine = both.base.is_some_and(|b| b.grain < Grain::Day);
        if fine
            && (both.has_time()
                || both.weekday.is_some()
                || both.dom.is_some()
                || both.month.is_some()
                || both.year.is_some())
        {
            return None;
        }
        if both.base.is_some_and(|b| b.grain == Grain::Day && b.moment)
            && both.year.is_some()
            && both.dom.is_none()
        {
            return None;
        }
        Some(both)
    }
}
