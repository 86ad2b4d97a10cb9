//! Numbers in words.

use spanish::{HUNDREDS, TENS, UNITS};

/// How a number that ends in one agrees with what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Alone: «veintiuno».
    Alone,
    /// Before a masculine noun: «veintiún euros».
    Masculine,
    /// Feminine: «veintiuna», «doscientas».
    Feminine,
}

/// The `i`-th word from 1 on; none for 0.
fn nth<'a>(table: &[&'a str], i: u64) -> &'a str {
    let i = usize::try_from(i).ok().and_then(|i| i.checked_sub(1));
    i.and_then(|i| table.get(i)).copied().unwrap_or("")
}

/// A cardinal in words, its last part agreeing with what it counts.
#[must_use]
pub fn cardinal(n: i64, agreement: Agreement) -> String {
    let words = positive(n.unsigned_abs(), agreement);
    if n < 0 { format!("menos {words}") } else { words }
}

fn positive(n: u64, agreement: Agreement) -> String {
    const MILLION: u64 = 1_000_000;
    const BILLION: u64 = 1_000_000_000_000;
    match n {
        0..=999 => below_thousand(n, agreement),
        1000..MILLION => {
            let head = match n / 1000 {
                1 => "mil".to_owned(),
                t => format!(
                    "{} mil",
                    below_thousand(
                        t,
                        if agreement == Agreement::Feminine { agreement } else { Agreement::Masculine }
                    )
                ),
            };
            join(head, n % 1000, agreement)
        }
        MILLION..BILLION => scale(n, MILLION, ("un millón", "millones"), agreement),
        _ => scale(n, BILLION, ("un billón", "billones"), agreement),
    }
}

fn scale(n: u64, unit: u64, names: (&str, &str), agreement: Agreement) -> String {
    let head = match n / unit {
        1 => names.0.to_owned(),
        k => format!("{} {}", positive(k, Agreement::Masculine), names.1),
    };
    join(head, n % unit, agreement)
}

fn join(head: String, rest: u64, agreement: Agreement) -> String {
    if rest == 0 { head } else { format!("{head} {}", positive(rest, agreement)) }
}

fn below_thousand(n: u64, agreement: Agreement) -> String {
    if n == 100 {
        return "cien".to_owned();
    }
    let (h, low) = (n / 100, n % 100);
    let hundreds = match agreement {
        Agreement::Feminine if h > 1 => format!("{}as", nth(&HUNDREDS, h).trim_end_matches("os")),
        _ => nth(&HUNDREDS, h).to_owned(),
    };
    match (h, low) {
        (0, _) => below_hundred(low, agreement),
        (_, 0) => hundreds,
        _ => format!("{hundreds} {}", below_hundred(low, agreement)),
    }
}

fn below_hundred(n: u64, agreement: Agreement) -> String {
    let one = match agreement {
        Agreement::Alone => "uno",
        Agreement::Masculine => "un",
        Agreement::Feminine => "una",
    };
    match (n, agreement) {
        (1, _) => one.to_owned(),
        (21, Agreement::Masculine) => "veintiún".to_owned(),
        (21, Agreement::Feminine) => "veintiuna".to_owned(),
        (0..=29, _) => nth(&UNITS, n + 1).to_owned(),
        (_, _) if n.is_multiple_of(10) => nth(&TENS, n / 10).to_owned(),
        (_, _) if n % 10 == 1 => format!("{} y {one}", nth(&TENS, n / 10)),
        _ => format!("{} y {}", nth(&TENS, n / 10), nth(&UNITS, n % 10 + 1)),
    }
}

/// An ordinal in words, masculine or feminine; over 999, the cardinal, as people say it.
#[must_use]
pub fn ordinal(n: u32, feminine: bool) -> String {
    const LOW: [&str; 10] = [
        "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
    ];
    const TEENS: [&str; 9] = [
        "undécimo",
        "duodécimo",
        "decimotercero",
        "decimocuarto",
        "decimoquinto",
        "decimosexto",
        "decimoséptimo",
        "decimoctavo",
        "decimonoveno",
    ];
    const TENTH: [&str; 9] = [
        "",
        "vigésimo",
        "trigésimo",
        "cuadragésimo",
        "quincuagésimo",
        "sexagésimo",
        "septuagésimo",
        "octogésimo",
        "nonagésimo",
    ];
    const HUNDREDTH: [&str; 9] = [
        "centésimo",
        "ducentésimo",
        "tricentésimo",
        "cuadringentésimo",
        "quingentésimo",
        "sexcentésimo",
        "septingentésimo",
        "octingentésimo",
        "noningentésimo",
    ];
    if n == 0 || n > 999 {
        return cardinal(i64::from(n), if feminine { Agreement::Feminine } else { Agreement::Alone });
    }
    let n = u64::from(n);
    let (h, low) = (n / 100, n % 100);
    let mut words: Vec<&str> = vec![nth(&HUNDREDTH, h)];
    match low {
        0..=10 => words.push(nth(&LOW, low)),
        11..=19 => words.push(nth(&TEENS, low - 10)),
        _ => words.extend([nth(&TENTH, low / 10), nth(&LOW, low % 10)]),
    }
    let masculine: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    if !feminine {
        return masculine.join(" ");
    }
    masculine.iter().map(|w| format!("{}a", w.strip_suffix('o').unwrap_or(w))).collect::<Vec<_>>().join(" ")
}

/// Cents as euros: «doce euros con cincuenta céntimos».
#[must_use]
pub fn euros(cents: i64) -> String {
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let money = |n: u64, one: &str, many: &str| {
        let words = positive(n, Agreement::Masculine);
        // «un millón de euros», but «un millón doscientos mil euros».
        let of = if n >= 1_000_000 && n.is_multiple_of(1_000_000) { " de" } else { "" };
        format!("{words}{of} {}", if n == 1 { one } else { many })
    };
    let words = match (whole, rest) {
        (0, r) if r > 0 => money(r, "céntimo", "céntimos"),
        (w, 0) => money(w, "euro", "euros"),
        (w, r) => format!("{} con {}", money(w, "euro", "euros"), money(r, "céntimo", "céntimos")),
    };
    if cents < 0 { format!("menos {words}") } else { words }
}

/// Hundredths as parts of a hundred: «doce coma cinco por ciento».
#[must_use]
pub fn percentage(hundredths: i64) -> String {
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    let decimals = match rest {
        0 => String::new(),
        1..=9 => format!(" coma cero {}", positive(rest, Agreement::Alone)),
        _ if rest.is_multiple_of(10) => format!(" coma {}", positive(rest / 10, Agreement::Alone)),
        _ => format!(" coma {}", positive(rest, Agreement::Alone)),
    };
    let sign = if hundredths < 0 { "menos " } else { "" };
    format!("{sign}{}{decimals} por ciento", positive(whole, Agreement::Alone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (n, words) in [
            (0, "cero"),
            (21, "veintiuno"),
            (100, "cien"),
            (101, "ciento uno"),
            (1000, "mil"),
            (21_000, "veintiún mil"),
            (31_001, "treinta y un mil uno"),
            (1_000_000, "un millón"),
            (2026, "dos mil veintiséis"),
            (-5, "menos cinco"),
            (1_000_000_000_000, "un billón"),
            (1_000_000_000, "mil millones"),
        ] {
            assert_eq!(cardinal(n, Agreement::Alone), words);
        }
        assert_eq!(cardinal(201, Agreement::Feminine), "doscientas una");
        assert_eq!(ordinal(21, true), "vigésima primera");
        assert_eq!(ordinal(3, false), "tercero");
    }

    #[test]
    fn euros_in_words() {
        assert_eq!(euros(100), "un euro");
        assert_eq!(euros(2150), "veintiún euros con cincuenta céntimos");
        assert_eq!(euros(100_000_000), "un millón de euros");
        assert_eq!(euros(1), "un céntimo");
        assert_eq!(euros(0), "cero euros");
    }

    #[test]
    fn percentages_in_words() {
        assert_eq!(percentage(2100), "veintiuno por ciento");
        assert_eq!(percentage(1250), "doce coma cinco por ciento");
        assert_eq!(percentage(-5), "menos cero coma cero cinco por ciento");
    }
}
