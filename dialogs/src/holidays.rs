//! Holidays that come every year, of the country and of its regions: `data/holidays.yaml`.

use std::{collections::BTreeMap, sync::OnceLock};

use chrono::{Datelike, Days, NaiveDate};

use crate::yaml::{self, Data};

/// When a holiday comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feast {
    /// Every year on this month and day.
    Fixed(u32, u32),
    /// So many days after Easter Sunday.
    Easter(i16),
}

impl Feast {
    fn parse(text: &str) -> Option<Self> {
        if let Some(days) = text.strip_prefix("easter") {
            return days.parse().ok().map(Self::Easter);
        }
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year: every day that there is.
        NaiveDate::from_ymd_opt(2000, month, day).map(|_| Self::Fixed(month, day))
    }

    /// Whether it comes on this day.
    pub fn is_on(self, day: NaiveDate) -> bool {
        match self {
            Self::Fixed(month, of_month) => (day.month(), day.day()) == (month, of_month),
            Self::Easter(after) => {
                let count = Days::new(u64::from(after.unsigned_abs()));
                let sunday =
                    if after < 0 { day.checked_add_days(count) } else { day.checked_sub_days(count) };
                sunday.is_some_and(|sunday| easter(day.year()) == Some(sunday))
            }
        }
    }
}

/// Easter Sunday of a year of the Gregorian calendar (the anonymous algorithm in Meeus, Astronomical Algorithms, 8).
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

/// The holidays of a region, with their names.
pub(crate) type Feasts = Vec<(Feast, String)>;

/// The regions as people call them, by their codes.
pub(crate) const NAMES: [(&str, &str); 20] = [
    ("ES", "España"),
    ("ES-AN", "Andalucía"),
    ("ES-AR", "Aragón"),
    ("ES-AS", "Asturias"),
    ("ES-CB", "Cantabria"),
    ("ES-CE", "Ceuta"),
    ("ES-CL", "Castilla y León"),
    ("ES-CM", "Castilla-La Mancha"),
    ("ES-CN", "Canarias"),
    ("ES-CT", "Cataluña"),
    ("ES-EX", "Extremadura"),
    ("ES-GA", "Galicia"),
    ("ES-IB", "Illes Balears"),
    ("ES-MC", "Murcia"),
    ("ES-MD", "Madrid"),
    ("ES-ML", "Melilla"),
    ("ES-NC", "Navarra"),
    ("ES-PV", "País Vasco"),
    ("ES-RI", "La Rioja"),
    ("ES-VC", "Comunitat Valenciana"),
];

/// Every region by its code: `ES`, `ES-MD`.
pub(crate) fn regions() -> &'static BTreeMap<String, Feasts> {
    static REGIONS: OnceLock<BTreeMap<String, Feasts>> = OnceLock::new();
    REGIONS.get_or_init(|| {
        // A mistake in the file that ships is caught by the tests below.
        let root = yaml::parse("holidays.yaml", include_str!("data/holidays.yaml"), &mut Vec::new());
        let mut out = BTreeMap::new();
        for (code, days) in root.iter().flat_map(pairs) {
            let feasts = pairs(days)
                .filter_map(|(when, name)| Some((Feast::parse(when.text()?)?, name.text()?.to_owned())));
            out.insert(code.text().unwrap_or_default().to_owned(), feasts.collect());
        }
        out
    })
}

fn pairs(node: &yaml::Node) -> impl Iterator<Item = (&yaml::Node, &yaml::Node)> {
    let pairs = if let Data::Map(pairs) = &node.data { pairs.as_slice() } else { &[] };
    pairs.iter().map(|(key, value)| (key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_where_the_church_has_it() {
        for sunday in ["2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25"] {
            assert_eq!(easter(day(sunday).year()), Some(day(sunday)));
        }
    }

    #[test]
    fn the_file_that_ships_is_read_whole() {
        let text = include_str!("data/holidays.yaml");
        let written = text.lines().filter(|l| !l.starts_with('#')).map(|l| l.matches(": ").count());
        let inline = text.lines().filter(|l| l.contains(": {")).count();
        let read: usize = regions().values().map(Vec::len).sum();
        assert_eq!(read, written.sum::<usize>() - inline, "a day that can't be read was dropped");
        assert_eq!(regions().len(), 20, "the country, 17 communities and two cities");
        assert!(regions().keys().eq(NAMES.iter().map(|(code, _)| code)), "each has its name");
    }

    #[test]
    fn holidays_come_every_year_in_their_region() {
        let on = |code: &str, date: &str| {
            regions()[code].iter().find(|(feast, _)| feast.is_on(day(date))).map(|(_, name)| name.as_str())
        };
        assert_eq!(on("ES", "2026-04-03"), Some("Viernes Santo"));
        assert_eq!(on("ES", "2027-03-26"), Some("Viernes Santo"));
        assert_eq!(on("ES", "2026-10-12"), Some("Fiesta Nacional de España"));
        assert_eq!(on("ES", "2026-10-13"), None);
        assert_eq!(on("ES-MD", "2026-05-02"), Some("Fiesta de la Comunidad de Madrid"));
        assert_eq!(on("ES-MD", "2026-04-06"), None, "Easter Monday is not kept in Madrid");
        assert_eq!(on("ES-CT", "2026-04-06"), Some("Lunes de Pascua"));
        assert_eq!(on("ES-CT", "2026-04-02"), None, "nor Maundy Thursday in Cataluña");
    }
}
