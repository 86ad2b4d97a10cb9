//! What Spain means, decision by decision (docs/rooms/nlu.md).

use crate::es::extract;
use crate::{Context, Kind, Opening, Status, Value};
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

/// How many stretches, from the first to the last, and the hours of the second.
fn days(said: &str, count: usize, hull: &str, hours: &str) {
    let found = extract(&Kind::DatetimeRange, said, &monday());
    let Some(Value::Ranges(all)) = found.first().map(|f| f.value.clone()) else {
        panic!("{said}: {found:?}")
    };
    let stretch =
        |from: chrono::NaiveDateTime, to: chrono::NaiveDateTime| Value::Range { from, to }.to_string();
    let second = format!("{}-{}", all[1].0.format("%H:%M"), all[1].1.format("%H:%M"));
    let got = (all.len(), stretch(all[0].0, all[all.len() - 1].1), second);
    assert_eq!(got, (count, hull.to_owned(), hours.to_owned()), "{said}");
    assert_eq!(found[0].status, Status::Sound, "{said}");
}

#[test]
fn a_part_of_the_day_of_many_days_is_of_each_of_them() {
    days("la semana que viene por la tarde", 7, "2026-05-18T14:00/2026-05-24T20:00", "14:00-20:00");
    days("de lunes a viernes por la mañana", 5, "2026-05-18T08:00/2026-05-22T14:00", "08:00-14:00");
    days("la semana que viene a partir de las cinco", 5, "2026-05-18T17:00/2026-05-22T20:00", "17:00-20:00");
    days("en junio por las mañanas", 30, "2026-06-01T08:00/2026-06-30T14:00", "08:00-14:00");
    days("cualquier día por la tarde", 31, "2026-05-11T14:00/2026-06-10T20:00", "14:00-20:00");
    days("por las mañanas, cualquier día", 31, "2026-05-11T10:00/2026-06-10T14:00", "08:00-14:00");
    days(
        "entre semana, a partir de las seis de la tarde",
        23,
        "2026-05-11T18:00/2026-06-10T20:00",
        "18:00-20:00",
    );
    days("por las tardes", 31, "2026-05-11T14:00/2026-06-10T20:00", "14:00-20:00");
    ranges(&[("por la tarde", "2026-05-11T14:00/2026-05-11T20:00")]);
}

#[test]
fn days_one_after_the_other_are_one_stretch() {
    ranges(&[
        ("jueves o viernes", "2026-05-14T00:00/2026-05-16T00:00"),
        (
            "el jueves o el viernes por la mañana",
            "2026-05-14T08:00/2026-05-14T14:00,2026-05-15T08:00/2026-05-15T14:00",
        ),
        ("el lunes o el martes", "2026-05-18T00:00/2026-05-20T00:00"),
        ("mañana o pasado", "2026-05-12T00:00/2026-05-14T00:00"),
        ("el veinte o el veintiuno", "2026-05-20T00:00/2026-05-22T00:00"),
    ]);
}

#[test]
fn either_of_several_days_will_do_and_of_a_date_it_is_asked_which() {
    ranges(&[
        ("el miércoles o el viernes", "2026-05-13T00:00/2026-05-14T00:00,2026-05-15T00:00/2026-05-16T00:00"),
        (
            "mañana por la tarde o el jueves por la mañana",
            "2026-05-12T14:00/2026-05-12T20:00,2026-05-14T08:00/2026-05-14T14:00",
        ),
        (
            "el miércoles a las diez o el viernes a las once",
            "2026-05-13T10:00/2026-05-13T11:00,2026-05-15T11:00/2026-05-15T12:00",
        ),
        (
            "el martes, el jueves o el sábado",
            "2026-05-12T00:00/2026-05-13T00:00,2026-05-14T00:00/2026-05-15T00:00,2026-05-16T00:00/2026-05-17T00:00",
        ),
    ]);
    for said in ["jueves o viernes", "el uno o el dos de junio", "mañana o el viernes"] {
        let found = extract(&Kind::Fecha, said, &monday());
        assert_eq!((found.len(), found[0].status), (2, Status::Unclear), "{said}");
    }
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
fn hours_up_to_a_bound_between_two_and_either_of_two_on_one_day() {
    ranges(&[
        ("hasta las doce", "2026-05-11T10:00/2026-05-11T12:00"),
        ("hasta las doce del jueves", "2026-05-14T00:00/2026-05-14T12:00"),
        ("el jueves hasta las doce", "2026-05-14T00:00/2026-05-14T12:00"),
        ("entre cinco y seis", "2026-05-11T17:00/2026-05-11T18:00"),
        ("el miércoles entre cinco y seis", "2026-05-13T17:00/2026-05-13T18:00"),
        ("entre el cinco y el seis de junio", "2026-06-05T00:00/2026-06-07T00:00"),
        ("el jueves por la mañana o por la tarde", "2026-05-14T08:00/2026-05-14T20:00"),
        ("el jueves a las cinco o a las seis", "2026-05-14T17:00/2026-05-14T19:00"),
    ]);
}

#[test]
fn what_counts_from_a_moment_that_is_not_said_is_to_be_confirmed() {
    let status = |s: &str| extract(&Kind::DatetimeRange, s, &monday()).first().map(|f| f.status);
    for s in ["una hora después", "media hora más tarde", "el jueves siguiente", "al día siguiente"] {
        assert_eq!(status(s), Some(Status::Unsure), "{s}");
    }
    for s in ["dentro de una hora", "después de las cuatro", "el miércoles que viene no puedo, el siguiente"]
    {
        assert_eq!(status(s), Some(Status::Sound), "{s}");
    }
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
fn of_a_day_that_contradicts_itself_it_is_asked_which() {
    for (kind, days) in [
        (Kind::DatetimeRange, ["2026-05-15T00:00/2026-05-16T00:00", "2026-05-14T00:00/2026-05-15T00:00"]),
        (Kind::Fecha, ["2026-05-15", "2026-05-14"]),
    ] {
        let found = extract(&kind, "el jueves quince de mayo", &monday());
        let said: Vec<String> = found.iter().map(|f| f.value.to_string()).collect();
        assert_eq!(said, days);
        assert!(found.iter().all(|f| f.status == Status::Unclear), "{found:?}");
    }
}

#[test]
fn a_day_beside_another_is_the_one_before_or_after_it() {
    ranges(&[
        ("la víspera de San Isidro", "2026-05-14T00:00/2026-05-15T00:00"),
        ("el día antes de San Isidro", "2026-05-14T00:00/2026-05-15T00:00"),
        ("el día después del quince", "2026-05-16T00:00/2026-05-17T00:00"),
        ("al día siguiente de San Isidro por la tarde", "2026-05-16T14:00/2026-05-16T20:00"),
        ("mañana a las trece treinta", "2026-05-12T13:30"),
        ("a las diez o a las once", "2026-05-12T10:00/2026-05-12T12:00"),
    ]);
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
        ("el sábado, no el domingo", "2026-05-16T00:00/2026-05-17T00:00"),
        ("el viernes por la mañana imposible, por la tarde", "2026-05-15T14:00/2026-05-15T20:00"),
        (
            "la semana que viene, pero ni jueves ni viernes ni sábado ni domingo",
            "2026-05-18T00:00/2026-05-21T00:00",
        ),
        ("el miércoles que viene no puedo, el siguiente", "2026-05-20T00:00/2026-05-21T00:00"),
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

/// Whether any moment of a day is inside what was understood.
fn holds(said: &str, day: u32) -> bool {
    let found = extract(&Kind::DatetimeRange, said, &monday());
    let found = found.first().unwrap_or_else(|| panic!("{said}"));
    let from = NaiveDate::from_ymd_opt(2026, 5, day).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let to = from + chrono::Duration::days(1);
    super::pieces::of(&found.value).iter().any(|p| p.0 < to && from < p.1)
}

#[test]
fn all_days_but_those_that_are_named() {
    // Days of May that will do, and that will not.
    let cases: &[(&str, &[u32], &[u32])] = &[
        ("que no sea lunes", &[12, 13, 17], &[11, 18, 25]),
        ("cualquiera menos el jueves", &[12, 13, 15], &[14, 21, 28]),
        ("ni martes ni miércoles", &[11, 14, 18], &[12, 13, 19, 20]),
        ("todos los días salvo los sábados y los domingos", &[11, 15, 18], &[16, 17, 23, 24]),
        ("cualquier mañana menos la del viernes", &[12, 14], &[15, 22, 29]),
        ("una tarde que no sea la del lunes ni la del martes", &[13, 14, 20], &[11, 12, 18, 19]),
        ("excepto el veinte", &[19, 21], &[20]),
        ("menos el martes, el jueves y el viernes", &[13, 18], &[12, 14, 15, 19]),
        ("la semana que viene quitando el miércoles", &[18, 19, 21], &[11, 20, 26]),
        ("cualquier día menos los fines de semana", &[11, 15, 18], &[16, 17, 23, 24]),
        ("entre semana menos el viernes", &[12, 14, 18], &[15, 16, 17, 22]),
        ("ni mañana ni pasado", &[11, 14], &[12, 13]),
        ("nunca los miércoles", &[12, 14], &[13, 20, 27]),
        ("a partir de las cuatro menos el lunes", &[12, 13, 14], &[11, 16, 17, 18]),
    ];
    for (said, will, will_not) in cases {
        for day in *will {
            assert!(holds(said, *day), "{said}: the {day} will do");
        }
        for day in *will_not {
            assert!(!holds(said, *day), "{said}: the {day} will not");
        }
    }
}

#[test]
fn a_weekday_of_a_week_is_of_that_week() {
    ranges(&[
        ("de martes a jueves de la semana que viene", "2026-05-19T00:00/2026-05-22T00:00"),
        ("el viernes de dentro de dos semanas", "2026-05-29T00:00/2026-05-30T00:00"),
        ("el lunes de dentro de un mes", "2026-06-08T00:00/2026-06-09T00:00"),
        ("dentro de dos viernes", "2026-05-22T00:00/2026-05-23T00:00"),
        ("esta semana no, la que viene", "2026-05-18T00:00/2026-05-25T00:00"),
        ("no puede ser en martes", "-"),
        ("pasado el dieciocho", "2026-05-19T00:00/2026-08-17T00:00"),
        ("el segundo día laborable de mayo de dos mil veintisiete", "2027-05-04T00:00/2027-05-05T00:00"),
        ("entro a trabajar a las once, así que antes", "2026-05-11T10:00/2026-05-11T11:00"),
        ("acabo a las cuatro y media, por eso mejor después", "2026-05-11T16:30/2026-05-11T20:00"),
        ("en el puente", "-"),
    ]);
}

#[test]
fn two_readings_of_a_day_are_asked() {
    let unclear = |kind: Kind, said: &str| {
        let found = extract(&kind, said, &monday());
        let both: Vec<String> = found.iter().map(|f| f.value.to_string()).collect();
        assert!(found.iter().all(|f| f.status == Status::Unclear), "{said}: {found:?}");
        both
    };
    assert_eq!(unclear(Kind::Fecha, "el martes trece"), ["2026-10-13", "2026-05-13"]);
    assert_eq!(unclear(Kind::Fecha, "el cuatro de abril del cuarenta y uno"), ["1941-04-04", "2041-04-04"]);
    assert_eq!(unclear(Kind::Fecha, "cuatro cuatro cuarenta y uno"), ["1941-04-04", "2041-04-04"]);
    assert_eq!(
        unclear(Kind::DatetimeRange, "a principios de mes"),
        ["2026-06-01T00:00/2026-06-11T00:00", "2026-05-01T00:00/2026-05-11T00:00"]
    );
    assert_eq!(read(&Kind::Fecha, "a mediados de mes", &monday()), "-", "ten days are no day");
    let leap = extract(&Kind::Fecha, "el veintinueve de febrero", &monday());
    assert_eq!((leap[0].value.to_string().as_str(), leap[0].status), ("2028-02-29", Status::Unsure));
}

#[test]
fn what_is_denied_and_nobody_knows_what_is_to_be_confirmed() {
    for said in ["el jueves, pero con mi médico no", "en junio, salvo cuando haya fiestas"] {
        assert_eq!(extract(&Kind::DatetimeRange, said, &monday())[0].status, Status::Unsure, "{said}");
    }
    for said in [
        "no, el jueves",
        "no, no, el jueves",
        "no sé, el jueves",
        "el jueves, si no le importa",
        "¿el jueves no?",
    ] {
        let status = extract(&Kind::DatetimeRange, said, &monday()).first().map(|f| f.status);
        assert!(status.is_none_or(|s| s == Status::Sound), "{said}: {status:?}");
    }
}

#[test]
fn an_hour_that_no_clock_shows_is_refused() {
    for said in ["mañana a las 18:75", "el lunes a las 26:10", "a las 24:30"] {
        let found = extract(&Kind::DatetimeRange, said, &monday());
        assert_eq!((found.len(), found[0].status), (1, Status::Invalid), "{said}");
    }
    ranges(&[("mañana a las 18:45", "2026-05-12T18:45")]);
}

#[test]
fn what_is_over_is_the_last_of_its_kind() {
    let past = Context { past: true, ..monday() };
    for (said, day) in [
        ("el tres de mayo", "2026-05-03"),
        ("el veinte de noviembre", "2025-11-20"),
        ("el veinte", "2026-04-20"),
        ("el viernes", "2026-05-08"),
        ("el cuatro de abril del cuarenta y uno", "1941-04-04"),
        ("ayer", "2026-05-10"),
        ("el uno de junio de dos mil diez", "2010-06-01"),
    ] {
        assert_eq!(read(&Kind::Fecha, said, &past), day, "{said}");
    }
}

#[test]
fn days_of_birth() {
    use Status::{Invalid, Partial, Sound, Unclear};
    for (said, day, status) in [
        ("el cinco de abril del cuarenta y ocho", "1948-04-05", Sound),
        ("nací el día de San José del treinta y nueve", "1939-03-19", Sound),
        ("soy del sesenta y tres, del uno de octubre", "1963-10-01", Sound),
        ("en el cincuenta y cinco, el veinte de junio", "1955-06-20", Sound),
        ("el nueve del doce del setenta", "1970-12-09", Sound),
        ("siete once cincuenta y ocho", "1958-11-07", Sound),
        ("07/11/58", "1958-11-07", Sound),
        ("cero siete uno uno uno nueve cinco ocho", "1958-11-07", Sound),
        ("mil novecientos cincuenta y ocho, siete de noviembre", "1958-11-07", Sound),
        ("el uno de marzo del dos mil dos", "2002-03-01", Sound),
        ("el uno de marzo del dos", "2002-03-01", Sound),
        ("anteayer", "2026-05-09", Sound),
        ("el uno de marzo del veintitrés", "2023-03-01", Unclear),
        ("el uno de diciembre del veintiséis", "1926-12-01", Sound),
        ("el siete de noviembre de dos mil cuarenta", "2040-11-07", Invalid),
        ("el siete de noviembre de mil ochocientos noventa", "1890-11-07", Invalid),
        ("el siete de noviembre", "el siete de noviembre", Partial),
        ("del cincuenta y ocho", "cincuenta y ocho", Partial),
        ("un siete de noviembre de hace sesenta años", "siete de noviembre de hace sesenta años", Partial),
    ] {
        let found = extract(&Kind::Nacimiento, said, &monday());
        let got = found.first().map(|f| (f.value.to_string(), f.status));
        assert_eq!(got, Some((day.to_owned(), status)), "{said}");
    }
    assert!(extract(&Kind::Nacimiento, "no me acuerdo", &monday()).is_empty());
}
