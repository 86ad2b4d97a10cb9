//! Postal addresses in parts: «calle mayor número doce tercero derecha».
//!
//! [`street`] reads the way and its number, [`rest`] what is inside the building
//! and the town. A part that was not said stays empty; none is guessed.

mod rest;
mod street;

use super::text::Text;
use super::titled::{ORDINARY, joins};
use crate::{Address, Found, Status, Value};

/// Finds the first address of a text.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    (0..text.len()).find_map(|i| read(text, i)).into_iter().collect()
}

fn read(text: &Text, i: usize) -> Option<Found> {
    let (kind, from) = street::kind(text, i)?;
    let to = street::name_end(text, from);
    if to == from {
        return None;
    }
    let mut address = Address { street: street::named(text, kind, from, to), ..Address::default() };
    let ordinary = (from..to).any(|i| ORDINARY.contains(&text.word(i)) && !joins(text, i));
    let mut next = to;
    if let Some((number, after)) = street::number(text, to) {
        address.number = Some(number);
        next = after;
    }
    while let Some(after) = rest::part(text, next, &mut address) {
        next = after;
    }
    // «la calle está cortada» is no address.
    if ordinary && address.number.is_none() {
        return None;
    }
    let sound = address.number.is_some() && !ordinary;
    let (status, confidence) = if sound { (Status::Sound, 0.9) } else { (Status::Unsure, 0.5) };
    Some(Found { value: Value::Address(address), span: text.span(i, next), confidence, status })
}

/// Past a comma or a stop between parts.
fn past_mark(text: &Text, i: usize) -> usize {
    i + usize::from(matches!(text.word(i), "," | "." | ";" | "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Sound, Unsure};

    fn written(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn addresses_as_they_are_said_and_written() {
        for (s, address) in [
            ("calle mayor número doce tercero derecha", "Calle Mayor, 12, 3.º derecha"),
            ("vivo en la avenida de la constitución 5 bajo b", "Avenida de la Constitución, 5, bajo B"),
            ("C/ Mayor, 12, 3º B, 28013 Madrid", "Calle Mayor, 12, 3.º B, 28013 Madrid"),
            ("plaza dos de mayo siete", "Plaza Dos de Mayo, 7"),
            ("calle tres cruces, cinco", "Calle Tres Cruces, 5"),
            ("calle juan carlos primero doce segundo a", "Calle Juan Carlos Primero, 12, 2.º A"),
            (
                "avda. de europa nº 3 escalera b piso segundo puerta cuatro",
                "Avenida de Europa, 3, escalera B, 2.º 4",
            ),
            ("gran vía 20 ático izquierda", "Gran Vía, 20, ático izquierda"),
            ("paseo del prado sin número en móstoles", "Paseo del Prado, s/n, Móstoles"),
            ("camino viejo s/n", "Camino Viejo, s/n"),
            ("calle principal 20 principal segunda", "Calle Principal, 20, principal 2"),
            ("calle de alcalá 20 4 c", "Calle de Alcalá, 20, 4.º C"),
            (
                "calle sol 12 portal 3 escalera izquierda segundo c",
                "Calle Sol, 12, portal 3 escalera izquierda, 2.º C",
            ),
            ("calle luna siete cuarto b escalera dos", "Calle Luna, 7, escalera 2, 4.º B"),
            ("en la calle mayor a la altura del número 5", "Calle Mayor, 5"),
            ("plaza de españa 1, 28008 madrid", "Plaza de España, 1, 28008 Madrid"),
            ("calle mayor doce bis planta baja", "Calle Mayor, 12 bis, bajo"),
            ("carretera de toledo kilómetro cinco", "Carretera de Toledo, km 5"),
            ("calle mayor doce tercero segunda", "Calle Mayor, 12, 3.º 2"),
            ("calle mayor doce código postal veintiocho cero trece madrid", "Calle Mayor, 12, 28013 Madrid"),
            (
                "calle mayor 12, primer piso, letra c, de alcalá de henares",
                "Calle Mayor, 12, 1.º C, Alcalá de Henares",
            ),
        ] {
            assert_eq!(written(s), Some((address.to_owned(), Sound)), "{s}");
        }
    }

    #[test]
    fn parts_that_are_missing_stay_empty() {
        assert_eq!(written("calle mayor"), Some(("Calle Mayor".to_owned(), Unsure)));
        assert_eq!(written("en la calle mayor, en madrid"), Some(("Calle Mayor, Madrid".to_owned(), Unsure)));
        assert_eq!(written("quería pedir cita"), None);
        assert_eq!(written("calle"), None);
        assert_eq!(written("la calle está cortada"), None);
    }
}
