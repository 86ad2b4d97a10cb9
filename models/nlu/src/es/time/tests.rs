//! What Spain means, decision by decision (docs/rooms/nlu.md).

use crate::es::extract;
use crate::{Context, Kind, Opening, Status};
use chrono::NaiveDate;

/// Monday 2026-05-11, ten in the morning.
fn monday() -> Context {
    Context::at(NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap())
}

fn read(kind: &Kind, s: &str, context: &Context) -> String {
    extract(kind, s, context).first().map_or_else(|| "-".into(), |f| f.value.to_string())
}

fn ranges(cases: &[(&str, &str)]) {
    for (said, expected) in cases {
        assert_eq!(read(&Kind::DatetimeRange, said, &monday()), *expected, "{said}");
    }
}

#[test]
fn day_and_part_of_day() {
    ranges(&[
        ("el jueves que viene por la tarde", "2026-05-14T14:00/2026-05-14T20:00"),
        (
            "quería cita para empadronarme el jueves que viene por la tarde",
            "2026-05-14T14:00/2026-05-14T20:00",
        ),
        ("mañana por la mañana", "2026-05-12T08:00/2026-05-12T14:00"),
        ("el miércoles a mediodía", "2026-05-13T12:00/2026-05-13T15:00"),
        ("esta tarde", "2026-05-11T14:00/2026-05-11T20:00"),
        ("por la tarde el viernes", "2026-05-15T14:00/2026-05-15T20:00"),
        ("el quince de mayo por la mañana", "2026-05-15T08:00/2026-05-15T14:00"),
        ("pasado mañana por la tarde", "2026-05-13T14:00/2026-05-13T20:00"),
    ]);
}

#[test]
fn whole_days_and_weeks() {
    ranges(&[
        ("mañana", "2026-05-12T00:00/2026-05-13T00:00"),
        ("pasado mañana", "2026-05-13T00:00/2026-05-14T00:00"),
        ("el quince de mayo", "2026-05-15T00:00/2026-05-16T00:00"),
        ("la semana que viene", "2026-05-18T00:00/2026-05-25T00:00"),
        ("dentro de dos días", "2026-05-13T00:00/2026-05-14T00:00"),
        ("el jueves de la semana que viene", "2026-05-21T00:00/2026-05-22T00:00"),
        ("el veinte", "2026-05-20T00:00/2026-05-21T00:00"),
        ("el tres", "2026-06-03T00:00/2026-06-04T00:00"),
        ("de hoy en ocho", "2026-05-18T00:00/2026-05-19T00:00"),
        ("el lunes no, el otro", "2026-05-25T00:00/2026-05-26T00:00"),
        ("el lunes que viene no, el otro", "2026-05-25T00:00/2026-05-26T00:00"),
        ("la semana que viene no, la siguiente", "2026-05-25T00:00/2026-06-01T00:00"),
        ("mañana no, pasado", "2026-05-13T00:00/2026-05-14T00:00"),
        ("pasado", "2026-05-13T00:00/2026-05-14T00:00"),
        ("la semana del dieciocho", "2026-05-18T00:00/2026-05-25T00:00"),
        ("la semana del dos de junio", "2026-06-01T00:00/2026-06-08T00:00"),
        ("la primera semana de junio", "2026-06-01T00:00/2026-06-08T00:00"),
    ]);
}

#[test]
fn this_day_counts_today_and_the_coming_one_does_not() {
    ranges(&[
        ("este lunes", "2026-05-11T00:00/2026-05-12T00:00"),
        ("el lunes", "2026-05-18T00:00/2026-05-19T00:00"),
        ("el lunes que viene", "2026-05-18T00:00/2026-05-19T00:00"),
        ("el próximo lunes", "2026-05-18T00:00/2026-05-19T00:00"),
        ("este jueves", "2026-05-14T00:00/2026-05-15T00:00"),
    ]);
}

#[test]
fn moments_with_bare_hours_take_the_open_half_of_the_day() {
    ranges(&[
        ("mañana a las diez", "2026-05-12T10:00"),
        ("el jueves a las cinco y media", "2026-05-14T17:30"),
        ("el jueves a la una", "2026-05-14T13:00"),
        ("el martes doce a las nueve menos cuarto", "2026-05-12T08:45"),
        ("el viernes a las doce", "2026-05-15T12:00"),
        ("mañana a las ocho", "2026-05-12T08:00"),
        ("el jueves a las ocho de la tarde", "2026-05-14T20:00"),
        ("el miércoles a las 17:30", "2026-05-13T17:30"),
        ("el catorce a las seis de la tarde", "2026-05-14T18:00"),
    ]);
    let mornings = Context { opening: Opening::weekdays(9, 14), ..monday() };
    assert_eq!(read(&Kind::DatetimeRange, "el jueves a la una", &mornings), "2026-05-14T13:00");
    assert_eq!(read(&Kind::DatetimeRange, "el jueves a las nueve y cuarto", &mornings), "2026-05-14T09:15");
}

#[test]
fn stretches_within_a_day() {
    ranges(&[
        ("el jueves de nueve a once", "2026-05-14T09:00/2026-05-14T11:00"),
        ("el jueves entre las cuatro y las seis de la tarde", "2026-05-14T16:00/2026-05-14T18:00"),
        ("el jueves a partir de las cinco", "2026-05-14T17:00/2026-05-14T20:00"),
        ("del lunes al miércoles", "2026-05-18T00:00/2026-05-21T00:00"),
        ("mañana a primera hora", "2026-05-12T08:00/2026-05-12T10:00"),
        ("mañana a última hora de la mañana", "2026-05-12T12:00/2026-05-12T14:00"),
        ("del 13 al 15 de julio", "2026-07-13T00:00/2026-07-16T00:00"),
    ]);
}

#[test]
fn a_part_of_the_day_of_many_days() {
    ranges(&[
        ("la semana que viene por la tarde", "2026-05-18T14:00/2026-05-24T20:00"),
        ("en junio por las mañanas", "2026-06-01T08:00/2026-06-30T14:00"),
        ("cualquier día por la tarde", "2026-05-11T14:00/2026-06-10T20:00"),
        ("por las mañanas, cualquier día", "2026-05-11T10:00/2026-06-10T14:00"),
        ("por las tardes", "2026-05-11T14:00/2026-06-10T20:00"),
        ("por la tarde", "2026-05-11T14:00/2026-05-11T20:00"),
    ]);
}

#[test]
fn days_one_after_the_other_are_one_stretch() {
    ranges(&[
        ("jueves o viernes", "2026-05-14T00:00/2026-05-16T00:00"),
        ("el jueves o el viernes por la mañana", "2026-05-14T08:00/2026-05-15T14:00"),
        ("el lunes o el martes", "2026-05-18T00:00/2026-05-20T00:00"),
        ("mañana o pasado", "2026-05-12T00:00/2026-05-14T00:00"),
        ("el veinte o el veintiuno", "2026-05-20T00:00/2026-05-22T00:00"),
    ]);
    let apart = extract(&Kind::DatetimeRange, "el miércoles o el viernes", &monday());
    assert_eq!(apart.len(), 2);
    assert_eq!(extract(&Kind::Fecha, "jueves o viernes", &monday()).len(), 2, "a date is one day");
}

#[test]
fn a_bound_is_left_out_or_not() {
    ranges(&[
        ("antes del viernes", "2026-05-11T10:00/2026-05-15T00:00"),
        ("hasta el viernes", "2026-05-11T10:00/2026-05-16T00:00"),
        ("como muy tarde el viernes", "2026-05-11T10:00/2026-05-16T00:00"),
        ("después del veinte", "2026-05-21T00:00/2026-08-19T00:00"),
        ("a partir del veinte", "2026-05-20T00:00/2026-08-18T00:00"),
    ]);
}

#[test]
fn hours_alone() {
    let cases = [
        ("a las cinco y media", "17:30"),
        ("las ocho menos cuarto de la mañana", "07:45"),
        ("a las tres de la tarde", "15:00"),
        ("a las doce de la noche", "00:00"),
        ("a mediodía", "12:00"),
        ("las diez", "10:00"),
        ("diez y media", "10:30"),
        ("a las 9:15", "09:15"),
        ("a las quince horas", "15:00"),
        ("sobre las once", "11:00"),
        ("a las seis y pico", "18:00"),
        ("a las siete en punto de la tarde", "19:00"),
        ("las dieciocho cuarenta y cinco", "18:45"),
    ];
    for (said, expected) in cases {
        assert_eq!(read(&Kind::Hora, said, &monday()), expected, "{said}");
    }
}

#[test]
fn days_alone() {
    let cases = [
        ("el catorce de mayo", "2026-05-14"),
        ("el 14/5", "2026-05-14"),
        ("14-05-2026", "2026-05-14"),
        ("el uno de enero", "2027-01-01"),
        ("el primero de junio de dos mil veintisiete", "2027-06-01"),
        ("hoy", "2026-05-11"),
        ("en Nochebuena", "2026-12-24"),
        ("dentro de una semana", "2026-05-18"),
        ("el trece del cinco del ochenta", "1980-05-13"),
        ("nací el trece de mayo del ochenta", "1980-05-13"),
        ("trece de mayo de ochenta y cinco", "1985-05-13"),
        ("el dos de junio del cinco", "2005-06-02"),
        ("trece cero cinco mil novecientos ochenta", "1980-05-13"),
        ("trece cinco ochenta", "1980-05-13"),
        ("13 05 1980", "1980-05-13"),
        ("es el 7 8 1995", "1995-08-07"),
    ];
    for (said, expected) in cases {
        assert_eq!(read(&Kind::Fecha, said, &monday()), expected, "{said}");
    }
}

#[test]
fn a_day_that_contradicts_itself_is_unsure() {
    let found = extract(&Kind::DatetimeRange, "el jueves quince de mayo", &monday());
    assert_eq!(found[0].status, Status::Unsure);
    assert_eq!(found[0].value.to_string(), "2026-05-15T00:00/2026-05-16T00:00");
}

#[test]
fn a_fortnight_is_to_be_confirmed() {
    assert_eq!(extract(&Kind::DatetimeRange, "dentro de quince días", &monday())[0].status, Status::Unsure);
}

#[test]
fn what_is_excluded_is_not_wanted() {
    ranges(&[
        ("el martes no puedo, el miércoles", "2026-05-13T00:00/2026-05-14T00:00"),
        ("no puedo el jueves", "-"),
        ("que no sea lunes", "2026-05-11T10:00/2026-06-10T10:00"),
        ("cualquiera menos el jueves", "2026-05-11T10:00/2026-06-10T10:00"),
        ("cambiar la cita del miércoles para el viernes", "2026-05-15T00:00/2026-05-16T00:00"),
        ("la cita del día veinte pasarla al veintidós", "2026-05-22T00:00/2026-05-23T00:00"),
        ("anular la cita del miércoles", "2026-05-13T00:00/2026-05-14T00:00"),
        ("el miércoles, que no sea el martes", "2026-05-13T00:00/2026-05-14T00:00"),
    ]);
}

#[test]
fn text_without_time_has_none() {
    ranges(&[
        ("quiero hablar con una persona", "-"),
        ("sí, vale", "-"),
        ("", "-"),
        ("buenos días", "-"),
        ("buenas tardes", "-"),
        ("buenas noches", "-"),
    ]);
}
