//! Addresses aloud, each part called by its name.

use super::characters::{postcode, spelled};
use super::number::{Agreement, cardinal, ordinal};
use crate::Address;

/// «Calle Mayor, número doce, tercero derecha, código postal veintiocho, cero trece, Madrid».
pub(super) fn address(address: &Address) -> String {
    let mut parts = vec![address.street.clone()];
    parts.extend(address.number.as_deref().map(number));
    parts.extend(address.entrance.as_deref().map(words));
    let floor = address.floor.as_deref().map(|floor| match floor.parse() {
        Ok(n) => ordinal(n, false),
        Err(_) => floor.to_owned(),
    });
    let door = address.door.as_deref().map(|door| match door.chars().next() {
        // «tercero be»; the names of some letters are words, and need to be announced.
        Some(c) if door.len() == 1 && c.is_alphabetic() && !"DEOTY".contains(c) => spelled(door),
        _ if door.chars().count() < 3 => format!("puerta {}", words(door)),
        _ => door.to_owned(),
    });
    let inside: Vec<String> = floor.into_iter().chain(door).collect();
    if !inside.is_empty() {
        parts.push(inside.join(" "));
    }
    parts.extend(address.postcode.as_deref().map(|code| format!("código postal {}", postcode(code))));
    parts.extend(address.town.as_deref().map(|town| match address.postcode {
        Some(_) => town.to_owned(),
        None => format!("en {town}"),
    }));
    parts.join(", ")
}

fn number(number: &str) -> String {
    match number.strip_prefix("km ") {
        _ if number == "s/n" => "sin número".to_owned(),
        Some(km) => format!("kilómetro {}", words(km)),
        None => format!("número {}", words(number)),
    }
}

/// Figures in words and single letters by their names; the rest as it is.
fn words(text: &str) -> String {
    let said = text.split(' ').map(|word| match word.parse() {
        Ok(n) => cardinal(n, Agreement::Alone),
        Err(_) if word.chars().count() == 1 => spelled(word),
        Err(_) => word.to_owned(),
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_words() {
        let whole = Address {
            street: "Calle Mayor".into(),
            number: Some("12".into()),
            entrance: Some("escalera B".into()),
            floor: Some("3".into()),
            door: Some("derecha".into()),
            postcode: Some("28013".into()),
            town: Some("Madrid".into()),
        };
        assert_eq!(
            address(&whole),
            "Calle Mayor, número doce, escalera be, tercero derecha, código postal veintiocho, cero trece, Madrid"
        );
        let bare =
            Address { street: "Camino Viejo".into(), number: Some("s/n".into()), ..Address::default() };
        assert_eq!(address(&bare), "Camino Viejo, sin número");
    }
}
