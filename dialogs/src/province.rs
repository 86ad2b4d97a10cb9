//! The provinces of Spain by the first two digits of a postcode (Instituto Nacional de Estadística, codes of
//! provinces; Correos uses the same).

const PROVINCES: [&str; 52] = [
    "Álava",
    "Albacete",
    "Alicante",
    "Almería",
    "Ávila",
    "Badajoz",
    "Illes Balears",
    "Barcelona",
    "Burgos",
    "Cáceres",
    "Cádiz",
    "Castellón",
    "Ciudad Real",
    "Córdoba",
    "A Coruña",
    "Cuenca",
    "Girona",
    "Granada",
    "Guadalajara",
    "Gipuzkoa",
    "Huelva",
    "Huesca",
    "Jaén",
    "León",
    "Lleida",
    "La Rioja",
    "Lugo",
    "Madrid",
    "Málaga",
    "Murcia",
    "Navarra",
    "Ourense",
    "Asturias",
    "Palencia",
    "Las Palmas",
    "Pontevedra",
    "Salamanca",
    "Santa Cruz de Tenerife",
    "Cantabria",
    "Segovia",
    "Sevilla",
    "Soria",
    "Tarragona",
    "Teruel",
    "Toledo",
    "Valencia",
    "Valladolid",
    "Bizkaia",
    "Zamora",
    "Zaragoza",
    "Ceuta",
    "Melilla",
];

/// The province of a postcode; none if it has not five digits or there is no such province.
pub fn province(postcode: &str) -> Option<&'static str> {
    let whole = postcode.len() == 5 && postcode.bytes().all(|b| b.is_ascii_digit());
    let number: usize = postcode.get(..2).filter(|_| whole)?.parse().ok()?;
    PROVINCES.get(number.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_has_the_province_of_its_first_two_digits() {
        for (code, name) in [
            ("01001", "Álava"),
            ("08001", "Barcelona"),
            ("15001", "A Coruña"),
            ("20001", "Gipuzkoa"),
            ("28013", "Madrid"),
            ("38001", "Santa Cruz de Tenerife"),
            ("41001", "Sevilla"),
            ("48001", "Bizkaia"),
            ("50001", "Zaragoza"),
            ("52001", "Melilla"),
        ] {
            assert_eq!(province(code), Some(name), "{code}");
        }
        for bad in ["00123", "53001", "99999", "2801", "280130", "ñ8013", ""] {
            assert_eq!(province(bad), None, "{bad}");
        }
    }
}
