use super::*;
use chrono::{Timelike, Utc};
use proptest::prelude::*;

const MADRID: Tz = chrono_tz::Europe::Madrid;

fn local_of(text: &str) -> String {
    Moment::read(text, MADRID).unwrap_or_else(|e| panic!("{text}: {e}")).local().to_string()
}

#[test]
fn every_form_of_a_moment_is_brought_to_the_offices_time() {
    for (written, local) in [
        // As the office's own.
        ("2027-02-09T09:15", "2027-02-09 09:15:00"),
        ("2027-02-09T09:15:30", "2027-02-09 09:15:30"),
        ("2027-02-09 09:15:30.250", "2027-02-09 09:15:30.250"),
        ("20270209T0915", "2027-02-09 09:15:00"),
        // Winter is an hour east of UTC, summer two.
        ("2027-02-09T08:15Z", "2027-02-09 09:15:00"),
        ("2027-02-09t08:15:00z", "2027-02-09 09:15:00"),
        ("2027-07-09T08:15:00Z", "2027-07-09 10:15:00"),
        ("20270709T081500Z", "2027-07-09 10:15:00"),
        ("2027-07-09T08:15:00,5+00:00", "2027-07-09 10:15:00.500"),
        ("2027-07-09T08:15:00-00:00", "2027-07-09 10:15:00"),
        ("2027-07-09T10:15:00.123456789012+02:00", "2027-07-09 10:15:00.123456789"),
        ("2027-07-09T05:15-0300", "2027-07-09 10:15:00"),
        ("2027-07-09T05:15\u{2212}03", "2027-07-09 10:15:00"),
        ("2027-07-09T13:45+05:30", "2027-07-09 10:15:00"),
        ("2027-07-09 08:15:00 +0000", "2027-07-09 10:15:00"),
        ("2027-07-09T09:15+01:00[Atlantic/Canary]", "2027-07-09 10:15:00"),
        ("2027-07-09T08:15:00Z[Europe/Madrid][u-ca=gregory]", "2027-07-09 10:15:00"),
        ("2027-07-09T09:15[Atlantic/Canary]", "2027-07-09 10:15:00"),
        // Over midnight, over the year.
        ("2027-02-08T23:40:00Z", "2027-02-09 00:40:00"),
        ("2027-01-01T00:10:00+03:00", "2026-12-31 22:10:00"),
        ("2026-12-31T23:30:00Z", "2027-01-01 00:30:00"),
        // The hour that autumn has twice.
        ("2027-10-31T00:20:00Z", "2027-10-31 02:20:00"),
        ("2027-10-31T01:20:00Z", "2027-10-31 02:20:00"),
        ("2027-10-31T02:20", "2027-10-31 02:20:00"),
        // Around the hour that spring leaves out.
        ("2027-03-28T00:59:00Z", "2027-03-28 01:59:00"),
        ("2027-03-28T01:00:00Z", "2027-03-28 03:00:00"),
        // A leap second.
        ("2016-12-31T23:59:60Z", "2017-01-01 00:59:59"),
    ] {
        assert_eq!(local_of(written), local, "{written}");
    }
}

#[test]
fn what_is_no_moment_is_told_apart() {
    for (written, why) in [
        ("", NoMoment::Form),
        ("mañana", NoMoment::Form),
        ("2027-02-09", NoMoment::Form),
        ("2027-02-09T", NoMoment::Form),
        ("2027-02-09T09", NoMoment::Form),
        ("2027-2-9T09:15", NoMoment::Form),
        ("09/02/2027 09:15", NoMoment::Form),
        ("2027-02-09T09:15:00.", NoMoment::Form),
        ("2027-02-09T09:15:00+", NoMoment::Form),
        ("2027-02-09T09:15:00+1", NoMoment::Form),
        ("2027-02-09T09:15:00+01:0", NoMoment::Form),
        ("2027-02-09T09:15:00Z ", NoMoment::Form),
        ("2027-02-09T09:15:00ZZ", NoMoment::Form),
        ("2027-02-09T09:15:00 CET", NoMoment::Form),
        ("2027-02-09T09:15:00+01:00[Europe/Madrid", NoMoment::Form),
        ("2027-02-30T09:15", NoMoment::Impossible),
        ("2027-13-01T09:15", NoMoment::Impossible),
        ("2027-02-09T25:00", NoMoment::Impossible),
        ("2027-02-09T24:00", NoMoment::Impossible),
        ("2027-02-09T09:60Z", NoMoment::Impossible),
        ("2027-02-09T09:15:61Z", NoMoment::Impossible),
        ("2027-02-09T09:15:00+24:00", NoMoment::Impossible),
        ("2027-02-09T09:15:00+01:75", NoMoment::Impossible),
        ("2027-03-28T02:30", NoMoment::Skipped),
        ("2027-03-28T02:30[Europe/Paris]", NoMoment::Skipped),
        ("2027-07-09T09:15+05:00[Europe/Madrid]", NoMoment::Contradiction),
        ("2027-07-09T09:15Z[Europa/Madrid]", NoMoment::Zone),
        ("2027-07-09T09:15Z[!u-ca=hebrew]", NoMoment::Zone),
    ] {
        assert_eq!(Moment::read(written, MADRID).unwrap_err(), why, "{written}");
    }
}

#[test]
fn what_a_service_wrote_goes_back_as_it_wrote_it() {
    let first = Moment::read("2027-10-31T00:20:00Z", MADRID).unwrap();
    let second = Moment::read("2027-10-31T01:20:00Z", MADRID).unwrap();
    assert_eq!(first.local(), second.local());
    assert_ne!(first, second, "the two are an hour apart");
    assert_eq!(second.to_string(), "2027-10-31T01:20:00Z");
    assert_eq!(Moment::read("2027-02-09T09:15", MADRID).unwrap().to_string(), "2027-02-09T09:15");
    assert_eq!(Moment::from(first.local()).to_string(), "2027-10-31T02:20");
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    // 1980 to 2090, in milliseconds.
    (315_532_800_000_i64..3_786_912_000_000).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

fn zone() -> impl Strategy<Value = Tz> {
    proptest::sample::select(vec![
        MADRID,
        chrono_tz::Atlantic::Canary,
        chrono_tz::America::St_Johns,
        chrono_tz::Pacific::Apia,
        chrono_tz::Australia::Lord_Howe,
        Tz::UTC,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn an_instant_is_the_same_whatever_the_offset_it_is_written_with(
        instant in instant(), minutes in -14 * 60..=14 * 60_i32, zone in zone(), form in 0..9_usize,
    ) {
        let forms = [
            "%Y-%m-%dT%H:%M:%S%.3f%:z", "%Y-%m-%dT%H:%M:%S%.3f%z", "%Y-%m-%d %H:%M:%S%.3f %z",
            "%Y%m%dT%H%M%S%.3f%z", "%Y-%m-%dt%H:%M:%S%.3f%:z", "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M%:z",
        ];
        let offset = FixedOffset::east_opt(minutes * 60).unwrap();
        let there = instant.with_timezone(&offset);
        let written = match forms.get(form) {
            Some(form) => there.format(form).to_string(),
            None if form == 7 => instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            None => {
                let there = instant.with_timezone(&zone);
                format!("{}[{}]", there.format("%Y-%m-%dT%H:%M:%S%.3f%:z"), zone.name())
            }
        };
        let meant = match form {
            5 => instant.with_nanosecond(0).unwrap(),
            6 => instant.with_nanosecond(0).unwrap().with_second(0).unwrap(),
            _ => instant,
        };
        let read = Moment::read(&written, zone).unwrap();
        prop_assert_eq!(read.local(), meant.with_timezone(&zone).naive_local(), "{}", written);
        prop_assert_eq!(read.to_string(), written);
    }

    #[test]
    fn without_an_offset_it_is_the_offices_own_time(instant in instant(), zone in zone()) {
        let local = instant.with_timezone(&zone).naive_local().with_nanosecond(0).unwrap();
        let written = local.format("%Y-%m-%dT%H:%M:%S").to_string();
        prop_assert_eq!(Moment::read(&written, zone).unwrap().local(), local);
    }

    #[test]
    fn any_text_is_a_moment_or_has_its_reason(text in "\\PC{0,40}", like in "[0-9TtZz:+. \\[\\]/!-]{0,40}") {
        for text in [text, like] {
            if let Ok(moment) = Moment::read(&text, MADRID) {
                prop_assert_eq!(moment.to_string(), text);
            }
        }
    }
}
