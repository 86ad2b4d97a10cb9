//! What is read aloud of identifiers, amounts and addresses is understood as the same value.

#![allow(clippy::unwrap_used)] // helpers of tests

use chrono::NaiveDate;
use nlu::es::{self, extract};
use nlu::{Address, Context, Found, Kind, Status, Value};
use proptest::prelude::*;

fn read(kind: &Kind, text: &str) -> Option<Found> {
    let monday = NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
    extract(kind, text, &Context::at(monday)).into_iter().next()
}

/// Said as it is read aloud and as a recogniser writes it: no accents, no commas.
fn comes_back(kind: &Kind, value: &Value) -> Result<(), TestCaseError> {
    let said = es::spoken(value);
    for heard in [said.clone(), es::fold(&said).replace(',', "")] {
        let found = read(kind, &heard);
        prop_assert_eq!(found.as_ref().map(|f| &f.value), Some(value), "{}", heard);
        prop_assert!(found.is_some_and(|f| f.status <= Status::Unsure), "{heard}");
    }
    Ok(())
}

/// The same, spelled and written.
fn comes_back_spelled(kind: &Kind, value: &Value) -> Result<(), TestCaseError> {
    comes_back(kind, value)?;
    let written = value.to_string();
    for heard in [es::spelled(&written), es::fold(&es::spelled(&written)).replace(',', ""), written] {
        let found = read(kind, &heard);
        prop_assert_eq!(
            found.map(|f| (f.value, f.status)),
            Some((value.clone(), Status::Sound)),
            "{}",
            heard
        );
    }
    Ok(())
}

fn iban() -> impl Strategy<Value = String> {
    "[0-9]{18}".prop_filter_map("its controls", |digits| {
        // The controls are found as a bank would: the first that is valid.
        let (office, number) = digits.split_at(8);
        (0..100).flat_map(|dc| (0..98).map(move |c| (c, dc))).find_map(|(c, dc)| {
            let iban = format!("ES{c:02}{office}{dc:02}{number}");
            es::iban::is_valid(&iban).then_some(iban)
        })
    })
}

/// Other countries', some with letters in their accounts; not D, which may say nothing.
fn foreign() -> impl Strategy<Value = String> {
    prop_oneof!["DE[0-9]{18}", "PT[0-9]{21}", "NL[A-CE-Z]{4}[0-9]{10}", "FR[0-9]{10}[0-9A-CE-Z]{11}[0-9]{2}"]
        .prop_filter_map("its control", |account| {
            let (country, account) = account.split_at(2);
            (2..99).map(|c| format!("{country}{c:02}{account}")).find(|iban| es::iban::is_valid(iban))
        })
}

fn plate() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}", "(M|B|SE|PM|GI)[0-9]{4}[A-PR-Z]{1,2}"]
}

fn email() -> impl Strategy<Value = String> {
    "[a-z]{1,9}([._-][a-z0-9]{1,8})?[0-9]{0,4}@([a-z]{2,9}[.]){1,2}(com|es|org|net|eu|cat)"
}

fn address() -> impl Strategy<Value = Address> {
    let some = |options: &'static [&'static str]| {
        proptest::option::of(proptest::sample::select(options)).prop_map(|s| s.map(str::to_owned))
    };
    let street =
        ["Calle Mayor", "Avenida de la Constitución", "Plaza Dos de Mayo", "Gran Vía", "Calle Tres Cruces"];
    let number = prop_oneof![
        (1..400_u32).prop_map(|n| n.to_string()),
        (1..400_u32).prop_map(|n| format!("{n} bis")),
        Just("s/n".to_owned()),
    ];
    let floor = prop_oneof![
        (1..30_u32).prop_map(|n| Some(n.to_string())),
        some(&["bajo", "entresuelo", "ático", "semisótano"]),
    ];
    let inside = (
        some(&["escalera B", "portal 2", "bloque 14"]),
        floor,
        some(&["derecha", "izquierda", "A", "F", "D", "4"]),
    );
    let town = (
        proptest::option::of("(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}"),
        some(&["Madrid", "Alcalá de Henares", "El Ejemplo"]),
    );
    (proptest::sample::select(street.to_vec()).prop_map(str::to_owned), number, inside, town).prop_map(
        |(street, number, (entrance, floor, door), (postcode, town))| {
            let door = if floor.is_some() { door } else { None };
            Address { street, number: Some(number), entrance, floor, door, postcode, town }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn amounts(cents in prop_oneof![0i64..100_000, -100_000i64..1_000_000_000, 0i64..=100_000_000_000_000]) {
        comes_back(&Kind::Importe, &Value::Money(cents))?;
        let written = format!("{} €", Value::Money(cents).to_string().replace('.', ","));
        prop_assert_eq!(read(&Kind::Importe, &written).map(|f| f.value), Some(Value::Money(cents)), "{}", written);
    }

    #[test]
    fn percentages(n in -10_000i64..1_000_000) {
        comes_back(&Kind::Percentage, &Value::Percentage(n))?;
    }

    #[test]
    fn lengths_of_time(months in 0u32..600, seconds in 0u64..3_000_000) {
        comes_back(&Kind::Duration, &Value::Duration { months, seconds: seconds.max(u64::from(months == 0)) })?;
    }

    #[test]
    fn ibans(iban in iban()) {
        comes_back_spelled(&Kind::Iban, &Value::Iban(iban.clone()))?;
        let said = es::masked(&iban);
        prop_assert_eq!(said, format!("terminado en {}", es::spelled(&iban[20..])));
    }

    #[test]
    fn foreign_ibans(iban in foreign()) {
        comes_back(&Kind::Iban, &Value::Iban(iban.clone()))?;
        prop_assert_eq!(read(&Kind::Iban, &iban).map(|f| f.status), Some(Status::Sound));
    }

    #[test]
    fn plates(plate in plate()) {
        comes_back_spelled(&Kind::Matricula, &Value::Plate(plate))?;
    }

    #[test]
    fn postcodes(code in "(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}") {
        comes_back_spelled(&Kind::CodigoPostal, &Value::Postcode(code))?;
    }

    #[test]
    fn social_security_numbers(ten in "[0-9]{10}") {
        let nuss = format!("{ten}{}", es::nuss::control(&ten).unwrap());
        comes_back_spelled(&Kind::Nuss, &Value::Nuss(nuss))?;
    }

    #[test]
    fn emails(email in email()) {
        comes_back(&Kind::Correo, &Value::Email(email.clone()))?;
        prop_assert_eq!(read(&Kind::Correo, &email).map(|f| f.value), Some(Value::Email(email.clone())));
        let masked = es::masked(&email);
        prop_assert!(masked.starts_with("que empieza por "), "{}", masked);
    }

    #[test]
    fn addresses(address in address()) {
        let value = Value::Address(address);
        let said = es::spoken(&value);
        prop_assert_eq!(read(&Kind::Direccion, &said).map(|f| f.value), Some(value.clone()), "{}", said);
        // Without accents the parts are the same; its words have lost theirs.
        let heard = es::fold(&said).replace(',', "");
        let found = read(&Kind::Direccion, &heard).map(|f| es::fold(&f.value.to_string()));
        prop_assert_eq!(found, Some(es::fold(&value.to_string())), "{}", heard);
    }

    #[test]
    fn free_text(words in "\\PC{0,80}") {
        let said = words.trim();
        let found = read(&Kind::FreeText, &words);
        prop_assert_eq!(found.map(|f| f.value), (!said.is_empty()).then(|| Value::Text(said.to_owned())));
    }
}
