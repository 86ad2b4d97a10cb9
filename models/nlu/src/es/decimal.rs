//! Numbers with decimals, in hundredths: «doce coma cinco», «12,50», «nueve coma cinco millones».

use super::number;
use super::text::Text;

/// A number read at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub hundredths: i64,
    /// Whether decimals were said, or a half.
    pub decimals: bool,
    /// False when more decimals were said than two.
    pub exact: bool,
    pub next: usize,
}

/// A number at `i`, the longest.
pub(crate) fn decimal(text: &Text, i: usize) -> Option<Decimal> {
    let whole = number::cardinal(text, i)?;
    let base = whole.value.checked_mul(100)?;
    let plain = Decimal { hundredths: base, decimals: false, exact: true, next: whole.next };
    // «y media» is an hour's.
    if let Some(next) = text.phrase(whole.next, "y medio") {
        return Some(Decimal { hundredths: base.checked_add(50)?, decimals: true, next, ..plain });
    }
    let Some((digits, next)) = written(text, whole.next).or_else(|| said(text, whole.next)) else {
        return Some(plain);
    };
    let two: String = digits.chars().chain("00".chars()).take(2).collect();
    let exact = digits.trim_end_matches('0').len() <= 2;
    let read = base.checked_add(two.parse().ok()?)?;
    let scale = match text.key(next) {
        "miyon" | "miyones" => 1_000_000,
        "biyon" | "biyones" => 1_000_000_000_000,
        _ => return Some(Decimal { hundredths: read, decimals: true, exact, next }),
    };
    Some(Decimal { hundredths: read.checked_mul(scale)?, decimals: false, exact, next: next + 1 })
}

/// «12,50», «12.5», «12'50»: nothing between the figures but the sign.
fn written(text: &Text, i: usize) -> Option<(String, usize)> {
    let glued = i > 0 && text.is_number(i - 1) && text.glued(i) && text.glued(i + 1);
    (glued && matches!(text.word(i), "," | "." | "'" | "’") && text.is_number(i + 1))
        .then(|| (text.word(i + 1).to_owned(), i + 2))
}

/// «coma cinco», «coma cero cinco», «coma uno cuatro».
fn said(text: &Text, i: usize) -> Option<(String, usize)> {
    if !matches!(text.word(i), "coma" | "punto") {
        return None;
    }
    let group = |at: usize| {
        let zero = || number::cardinal(text, at).filter(|r| r.value == 0);
        number::figures(text, at).or_else(zero).or_else(|| number::below_thousand(text, at))
    };
    let (mut digits, mut next) = (String::new(), i + 1);
    while let Some(read) = group(next) {
        digits.push_str(&read.value.to_string());
        next = read.next;
        if read.value > 9 {
            break;
        }
    }
    (!digits.is_empty()).then_some((digits, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_said_and_written() {
        for (words, hundredths) in [
            ("doce coma cinco", 1250),
            ("doce coma cero cinco", 1205),
            ("doce coma setenta y cinco", 1275),
            ("cero coma uno cuatro", 14),
            ("tres y medio", 350),
            ("12,50", 1250),
            ("12.5", 1250),
            ("12'50", 1250),
            ("1.250,75", 125_075),
            ("1.250", 125_000),
            ("nueve coma cinco millones", 950_000_000),
            ("2,3 billones", 230_000_000_000_000),
        ] {
            let text = Text::new(words);
            let read = decimal(&text, 0).unwrap();
            assert_eq!((read.hundredths, read.exact, read.next), (hundredths, true, text.len()), "{words}");
        }
        assert!(!decimal(&Text::new("1,459"), 0).unwrap().exact);
    }
}
