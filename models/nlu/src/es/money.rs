//! Amounts in euros: «doce con cincuenta», «tres euros y medio», «12,50 €».

use super::decimal::{Decimal, decimal};
use super::number;
use super::text::Text;
use crate::{Found, Status, Value};

/// An amount read at a place.
#[derive(Debug, Clone, Copy)]
struct Amount {
    cents: i64,
    status: Status,
    next: usize,
}

impl Amount {
    fn new(cents: i64, next: usize) -> Self {
        Self { cents, status: Status::Sound, next }
    }

    fn unsure_if(mut self, doubtful: bool) -> Self {
        if doubtful {
            self.status = self.status.max(Status::Unsure);
        }
        self
    }
}

/// Finds amounts, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        // «ni un euro» is none.
        let none = i > 0 && text.word(i - 1) == "ni";
        let Some(amount) = amount(text, i).filter(|_| !none) else {
            i += 1;
            continue;
        };
        let minus = super::is_minus(text, i) && !(i > 0 && text.word(i - 1) == "-" && text.glued(i - 1));
        let from = if minus { i - 1 } else { i };
        let cents = if minus { -amount.cents } else { amount.cents };
        let status = ended(text, amount.unsure_if(number::is_about(text, i, amount.next)));
        out.push(Found {
            value: Value::Money(cents),
            span: text.span(from, amount.next),
            confidence: if status == Status::Sound { 0.95 } else { 0.6 },
            status,
        });
        i = amount.next.max(i + 1);
    }
    out.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    out
}

/// «doce euros con…»: who stops there has more to say.
fn ended(text: &Text, amount: Amount) -> Status {
    let leans = matches!(text.word(amount.next), "con" | "y" | "coma") && amount.next + 1 == text.len();
    if leans { Status::Partial } else { amount.status }
}

fn amount(text: &Text, i: usize) -> Option<Amount> {
    if text.phrase(i, "medio euro").is_some() {
        return Some(Amount::new(50, i + 2));
    }
    if let Some(next) = text.phrase(i, "euro y medio") {
        return Some(Amount::new(150, next));
    }
    if matches!(text.word(i), "€" | "eur") {
        let read = decimal(text, i + 1)?;
        return Some(Amount::new(read.hundredths, read.next).unsure_if(!read.exact));
    }
    if let Some((cents, next)) = spaced(text, i) {
        return Some(Amount::new(cents, next));
    }
    if inside_a_figure(text, i) {
        return None;
    }
    let read = decimal(text, i)?;
    let odd = text.phrase(read.next, "y pico");
    let at = odd.unwrap_or(read.next);
    let unit = if text.word(at) == "de" { at + 1 } else { at };
    if is_euro(text, unit) {
        return Some(after_euros(text, &read, unit + 1).unsure_if(odd.is_some() || !read.exact));
    }
    if is_cent(text, at) && !read.decimals {
        return Some(Amount::new(read.hundredths / 100, at + 1));
    }
    bare(text, i, &read)
}

/// «12 000 euros»: groups of three with a space, when euros say that they are one.
fn spaced(text: &Text, i: usize) -> Option<(i64, usize)> {
    let first = text.get(i).filter(|t| text.is_number(i) && t.text.len() <= 3 && !after_a_figure(text, i))?;
    let mut digits = first.text.clone();
    let mut next = i + 1;
    while text.is_number(next) && text.word(next).len() == 3 {
        digits.push_str(text.word(next));
        next += 1;
    }
    let euros = next > i + 1 && is_euro(text, next);
    Some((digits.parse::<i64>().ok().filter(|_| euros)?.checked_mul(100)?, next + 1))
}

/// Whether the figures at `i` go on from others: «12:30», «05/2026», «600 00».
fn inside_a_figure(text: &Text, i: usize) -> bool {
    let Some(mark) = i.checked_sub(1).filter(|_| text.is_number(i)) else { return false };
    let glued = text.glued(i) && text.glued(mark) && text.is_mark(mark);
    after_a_figure(text, i) || (glued && mark.checked_sub(1).is_some_and(|b| text.is_number(b)))
}

fn after_a_figure(text: &Text, i: usize) -> bool {
    i.checked_sub(1).is_some_and(|b| text.is_number(b))
}

fn is_euro(text: &Text, i: usize) -> bool {
    matches!(
        text.word(i),
        "euro"
            | "euros"
            | "eur"
            | "€"
            | "leuro"
            | "leuros"
            | "eurillo"
            | "eurillos"
            | "eurito"
            | "euritos"
            | "pavos"
    )
}

fn is_cent(text: &Text, i: usize) -> bool {
    matches!(text.key(i), "sentimo" | "sentimos" | "sent")
}

/// What follows the euros: «y medio», «con cincuenta», «y cinco céntimos», «cincuenta».
fn after_euros(text: &Text, euros: &Decimal, at: usize) -> Amount {
    let plain = Amount::new(euros.hundredths, at);
    if euros.decimals {
        return plain;
    }
    if let Some(next) = text.any_phrase(at, &["y medio", "con medio"]) {
        return Amount::new(euros.hundredths.saturating_add(50), next);
    }
    let joined = matches!(text.word(at), "y" | "con" | "," | "coma");
    match cents(text, if joined { at + 1 } else { at }) {
        Some((cents, next, named)) if named || ends(text, next) => {
            Amount::new(euros.hundredths.saturating_add(cents), next)
        }
        _ => plain,
    }
}

/// Under a hundred at `i`, and whether they are called cents.
fn cents(text: &Text, i: usize) -> Option<(i64, usize, bool)> {
    let read = number::figures(text, i).or_else(|| number::below_hundred(text, i))?;
    let named = is_cent(text, read.next);
    (read.value < 100).then_some((read.value, read.next + usize::from(named), named))
}

/// An amount without its euros. «con cincuenta» says what it is; «con cinco» can
/// be fifty; two numbers side by side are a price to be confirmed.
fn bare(text: &Text, i: usize, read: &Decimal) -> Option<Amount> {
    let con = text.word(read.next) == "con";
    if !read.decimals
        && let Some((low, next, named)) = cents(text, read.next + usize::from(con))
        && (con || (10..100).contains(&low))
    {
        let euro = is_euro(text, next);
        let next = next + usize::from(euro);
        if euro || named || ends(text, next) {
            let sure = con && (named || low >= 10);
            return Some(Amount::new(read.hundredths.checked_add(low)?, next).unsure_if(!sure));
        }
    }
    let leans = con && read.next + 1 == text.len();
    if !ends(text, read.next) && !leans {
        return None;
    }
    let article = matches!(text.word(i), "un" | "una") && read.next == i + 1;
    // Asked for an amount, a number that is all the answer is one.
    let alone = read.decimals || i == 0 || matches!(text.word(i - 1), "son" | "menos" | "de" | "pues");
    (!article).then(|| Amount::new(read.hundredths, read.next).unsure_if(!alone || !read.exact))
}

/// Nothing that is counted follows: the end, a pause, or words that leave an amount as it is.
fn ends(text: &Text, i: usize) -> bool {
    if text.is_mark(i) {
        let goes_on = text.glued(i) && text.glued(i + 1) && text.is_number(i + 1);
        return !goes_on && matches!(text.word(i), "." | "," | ";" | "?" | "!" | "…" | ")");
    }
    i >= text.len()
        || text
            .any_phrase(i, &["por favor", "al mes", "al año", "mas o menos", "o asi", "y pico", "justos"])
            .is_some()
        || matches!(text.word(i), "pues" | "creo" | "eh" | "aproximadamente" | "mensuales" | "anuales")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Partial, Sound, Unsure};

    fn read(s: &str) -> Option<(i64, Status)> {
        extract(&Text::new(s)).first().and_then(|f| match f.value {
            Value::Money(cents) => Some((cents, f.status)),
            _ => None,
        })
    }

    #[test]
    fn amounts_as_they_are_said_and_written() {
        for (s, cents) in [
            ("doce con cincuenta", 1250),
            ("mil doscientos euros", 120_000),
            ("tres euros y medio", 350),
            ("euro y medio", 150),
            ("un euro", 100),
            ("veinte céntimos", 20),
            ("ciento cincuenta céntimos", 150),
            ("un millón de euros", 100_000_000),
            ("dos millones y medio de euros", 250_000_000),
            ("setenta y cinco euros sesenta y tres", 7563),
            ("son treinta y dos euros con cinco", 3205),
            ("treinta y dos euros y cinco céntimos", 3205),
            ("tres coma cinco euros", 350),
            ("pagué doce con cincuenta euros", 1250),
            ("12,50 €", 1250),
            ("12,50€", 1250),
            ("€ 12,50", 1250),
            ("12'50", 1250),
            ("1.250,75 euros", 125_075),
            ("12,5 €", 1250),
            ("12 000 euros", 1_200_000),
            ("menos doce euros", -1200),
            ("cuarenta", 4000),
            ("son cuarenta", 4000),
            ("cuarenta, por favor", 4000),
            ("treinta eurillos", 3000),
        ] {
            assert_eq!(read(s), Some((cents, Sound)), "{s}");
        }
    }

    #[test]
    fn doubtful_amounts_are_confirmed() {
        for (s, cents) in [
            ("doce cincuenta", 1250),
            ("doce con cinco", 1205),
            ("unos cien euros", 10_000),
            ("menos de cien euros", 10_000),
            ("como mucho cien euros", 10_000),
            ("no más de cien euros", 10_000),
            ("cien euros por lo menos", 10_000),
            ("mil y pico euros", 100_000),
            ("mil euros más o menos", 100_000),
            ("creo que cuarenta", 4000),
            ("veinte euros menos", 2000),
            ("entre diez y veinte euros", 2000),
            ("40 o 50 euros", 5000),
            ("1,459 €", 145),
        ] {
            assert_eq!(read(s), Some((cents, Unsure)), "{s}");
        }
        assert_eq!(read("doce euros con"), Some((1200, Partial)));
    }

    #[test]
    fn what_counts_something_else_is_no_amount() {
        for s in [
            "doce dólares",
            "dentro de doce días",
            "a las 12:30",
            "ni un euro",
            "las doce y media",
            "600 00 00 00",
            "el 05/2026",
            "un momento",
            "el 3º",
            "12 %",
        ] {
            assert_eq!(read(s), None, "{s}");
        }
    }
}
