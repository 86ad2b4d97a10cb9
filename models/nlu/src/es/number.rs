//! Cardinals: words or figures → a number, up to 999 999 millions of millions.

use super::text::Text;

/// A number read at a place, and the token after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub value: i64,
    pub next: usize,
}

fn unit(key: &str) -> Option<i64> {
    Some(match key {
        "un" | "uno" | "una" => 1,
        "dos" => 2,
        "tres" => 3,
        "kuatro" | "cuatro" => 4,
        "sinko" => 5,
        "seis" => 6,
        "siete" => 7,
        "ocho" => 8,
        "nuebe" => 9,
        _ => return None,
    })
}

/// 10 to 29, which take nothing after them.
fn teen(key: &str) -> Option<i64> {
    Some(match key {
        "dies" => 10,
        "onse" => 11,
        "dose" => 12,
        "trese" => 13,
        "katorse" => 14,
        "kinse" => 15,
        "diesiseis" => 16,
        "diesisiete" => 17,
        "diesiocho" => 18,
        "diesinuebe" => 19,
        "beintiun" | "beintiuno" | "beintiuna" => 21,
        "beintidos" => 22,
        "beintitres" => 23,
        "beintikuatro" => 24,
        "beintisinko" => 25,
        "beintiseis" => 26,
        "beintisiete" => 27,
        "beintiocho" => 28,
        "beintinuebe" => 29,
        _ => return None,
    })
}

fn ten(key: &str) -> Option<i64> {
    Some(match key {
        "beinte" => 20,
        "treinta" => 30,
        "kuarenta" => 40,
        "sinkuenta" => 50,
        "sesenta" => 60,
        "setenta" => 70,
        "ochenta" => 80,
        "nobenta" => 90,
        _ => return None,
    })
}

/// «treintaicuatro», «treintaycuatro»: tens and units written together.
fn joined(key: &str) -> Option<i64> {
    const TENS: [&str; 7] = ["treinta", "kuarenta", "sinkuenta", "sesenta", "setenta", "ochenta", "nobenta"];
    TENS.iter().find_map(|t| {
        let rest = key.strip_prefix(t)?;
        let rest = rest.strip_prefix('i').or_else(|| rest.strip_prefix('y'))?;
        Some(ten(t)? + unit(rest)?)
    })
}

fn hundred(key: &str) -> Option<i64> {
    let stem = key.strip_suffix("os").or_else(|| key.strip_suffix("as"))?;
    Some(match stem {
        "dosient" => 200,
        "tresient" => 300,
        "kuatrosient" => 400,
        "kinient" => 500,
        "seisient" | "sesient" => 600,
        "setesient" | "sietesient" => 700,
        "ochosient" => 800,
        "nobesient" | "nuebesient" => 900,
        _ => return None,
    })
}

/// 1 to 99 in words at `i`.
pub(crate) fn below_hundred(text: &Text, i: usize) -> Option<Read> {
    let key = text.key(i);
    if let Some(value) = unit(key).or_else(|| teen(key)).or_else(|| joined(key)) {
        if value == 10
            && text.key(i + 1) == "i"
            && let Some(u @ 6..=9) = unit(text.key(i + 2))
        {
            return Some(Read { value: 10 + u, next: i + 3 });
        }
        return Some(Read { value, next: i + 1 });
    }
    let tens = ten(key)?;
    for skip in [if text.key(i + 1) == "i" { 2 } else { 1 }, 1] {
        if let Some(u) = unit(text.key(i + skip)) {
            return Some(Read { value: tens + u, next: i + skip + 1 });
        }
    }
    Some(Read { value: tens, next: i + 1 })
}

/// 1 to 999 in words at `i`.
pub(crate) fn below_thousand(text: &Text, i: usize) -> Option<Read> {
    let key = text.key(i);
    let hundreds = match key {
        "sien" if !matches!(text.key(i + 1), "mil" | "miyon" | "miyones" | "biyones") => {
            // «cien» takes nothing, but recognisers write it for «ciento».
            return Some(Read { value: 100, next: i + 1 });
        }
        "sien" => return Some(Read { value: 100, next: i + 1 }),
        "siento" => 100,
        _ => match hundred(key) {
            Some(h) => h,
            None => return below_hundred(text, i),
        },
    };
    let rest = if text.key(i + 1) == "i" { i + 2 } else { i + 1 };
    Some(match below_hundred(text, rest).or_else(|| below_hundred(text, i + 1)) {
        Some(low) => Read { value: hundreds + low.value, next: low.next },
        None => Read { value: hundreds, next: i + 1 },
    })
}

/// 1 to 999 999 in words or «12 mil» at `i`.
fn below_million(text: &Text, i: usize) -> Option<Read> {
    let (thousands, after) = if text.key(i) == "mil" {
        (1, i + 1)
    } else {
        let head = figures(text, i).or_else(|| below_thousand(text, i))?;
        if text.key(head.next) != "mil" || head.value >= 1000 || ends_in_full_one(text, i, head) {
            return Some(head);
        }
        (head.value, head.next + 1)
    };
    let rest = if text.key(after) == "i" { after + 1 } else { after };
    let value = thousands * 1000;
    Some(match below_thousand(text, rest) {
        // «dos mil mil» is two numbers, and so is «mil doscientos mil».
        Some(low) if text.key(low.next) != "mil" => Read { value: value + low.value, next: low.next },
        _ => Read { value, next: after },
    })
}

/// «uno mil»: the full form of one does not multiply.
fn ends_in_full_one(text: &Text, i: usize, head: Read) -> bool {
    head.next == i + 1 && text.key(i) == "uno"
}

/// A cardinal at `i`, the longest: words, figures («1.250», «10 000») or both («12 mil»).
pub(crate) fn cardinal(text: &Text, i: usize) -> Option<Read> {
    if text.key(i) == "sero" {
        return Some(Read { value: 0, next: i + 1 });
    }
    if text.word(i) == "medio" && text.key(i + 1) == "miyon" {
        return Some(Read { value: 500_000, next: i + 2 });
    }
    if let Some(read) = milliards(text, i) {
        return Some(read);
    }
    let billions = scaled(text, i, &["biyon", "biyones"], below_million);
    let (high, at) = match billions {
        Some(b) => (b.value.checked_mul(1_000_000_000_000)?, b.next),
        None => (0, i),
    };
    let millions = scaled(text, at, &["miyon", "miyones"], below_million);
    let (middle, at) = match millions {
        Some(m) => (m.value.checked_mul(1_000_000)?, m.next),
        None => (0, at),
    };
    if millions.is_some() && text.key(at) == "i" && text.key(at + 1) == "medio" {
        return Some(Read { value: high.checked_add(middle)?.checked_add(500_000)?, next: at + 2 });
    }
    let scaled_any = at != i;
    let rest = if scaled_any && text.key(at) == "i" { at + 1 } else { at };
    match below_million(text, rest) {
        Some(low) => Some(Read { value: high.checked_add(middle)?.checked_add(low.value)?, next: low.next }),
        None if scaled_any => Some(Read { value: high.checked_add(middle)?, next: at }),
        None => None,
    }
}

/// «dos millardos cincuenta y dos»: thousands of millions, as the Academy has them.
fn milliards(text: &Text, i: usize) -> Option<Read> {
    let head = below_thousand(text, i).filter(|h| matches!(text.key(h.next), "miyardo" | "miyardos"))?;
    let high = head.value.checked_mul(1_000_000_000)?;
    Some(match cardinal(text, head.next + 1).filter(|low| low.value < 1_000_000_000) {
        Some(low) => Read { value: high.checked_add(low.value)?, next: low.next },
        None => Read { value: high, next: head.next + 1 },
    })
}

fn scaled(
    text: &Text,
    i: usize,
    names: &[&str],
    head: impl Fn(&Text, usize) -> Option<Read>,
) -> Option<Read> {
    if names.contains(&text.key(i)) && text.key(i) == names.first().copied().unwrap_or("") {
        return Some(Read { value: 1, next: i + 1 });
    }
    let n = head(text, i)?;
    names.contains(&text.key(n.next)).then_some(Read { value: n.value, next: n.next + 1 })
}

/// Figures at `i`, with points between thousands: «1250», «1.250», «12.345.678».
pub(crate) fn figures(text: &Text, i: usize) -> Option<Read> {
    let first = text.get(i).filter(|_| text.is_number(i))?;
    let mut digits = first.text.clone();
    let mut next = i + 1;
    if digits.len() <= 3 && !digits.starts_with('0') {
        while text.word(next) == "."
            && text.glued(next)
            && text.glued(next + 1)
            && text.is_number(next + 1)
            && text.word(next + 1).len() == 3
        {
            digits.push_str(text.word(next + 1));
            next += 2;
        }
    }
    Some(Read { value: digits.parse().ok()?, next })
}

/// «unos cien», «mil más o menos», «entre diez y veinte», «menos de cinco», «por lo menos veinte»: a number at `i` up to
/// `next` that stands for one near it, or for a bound.
pub(crate) fn is_about(text: &Text, i: usize, next: usize) -> bool {
    const BEFORE: [&str; 22] = [
        "unos",
        "unas",
        "como",
        "casi",
        "sobre",
        "aproximadamente",
        "alrededor de",
        "cerca de",
        "menos de",
        "mas de",
        "por lo menos",
        "lo menos",
        "al menos",
        "como mucho",
        "como poco",
        "como minimo",
        "como maximo",
        "llega a",
        "llegan a",
        "llego a",
        "llegamos a",
        "hasta",
    ];
    const AFTER: [&str; 14] = [
        "mas o menos",
        "aproximadamente",
        "o asi",
        "y pico",
        "y tantos",
        "y tantas",
        "menos",
        "mas",
        "por lo menos",
        "al menos",
        "como mucho",
        "como poco",
        "como minimo",
        "como maximo",
    ];
    let ends = |phrase: &&str| {
        let from = i.checked_sub(phrase.split(' ').count());
        from.is_some_and(|from| text.phrase(from, phrase) == Some(i))
    };
    let number = |j: usize| text.is_number(j) || below_thousand(text, j).is_some();
    let either = i > 1 && matches!(text.word(i - 1), "o" | "u" | "y" | "a") && number(i - 2);
    BEFORE.iter().any(ends) || either || text.any_phrase(next, &AFTER).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Option<i64> {
        let text = Text::new(s);
        let read = cardinal(&text, 0)?;
        (read.next == text.len()).then_some(read.value)
    }

    #[test]
    fn cardinals_are_read_whole() {
        for (words, value) in [
            ("cero", 0),
            ("uno", 1),
            ("veintitrés", 23),
            ("veintitres", 23),
            ("treinta y uno", 31),
            ("treintaicuatro", 34),
            ("diez y seis", 16),
            ("cien", 100),
            ("ciento uno", 101),
            ("quinientas doce", 512),
            ("setecientos", 700),
            ("mil", 1000),
            ("mil y uno", 1001),
            ("dos mil veintiséis", 2026),
            ("cien mil", 100_000),
            ("12 mil", 12_000),
            ("un millón", 1_000_000),
            ("dos millones trescientos mil", 2_300_000),
            ("medio millón", 500_000),
            ("millón y medio", 1_500_000),
            ("un billón", 1_000_000_000_000),
            ("doce millones trescientos cuarenta y cinco mil seiscientos setenta y ocho", 12_345_678),
            ("1.250", 1250),
            ("12.345.678", 12_345_678),
            ("10", 10),
        ] {
            assert_eq!(read(words), Some(value), "{words}");
        }
    }

    #[test]
    fn recogniser_spellings_are_read() {
        for (words, value) in
            [("sinco", 5), ("beinte", 20), ("dosientos", 200), ("zero", 0), ("hocho", 8), ("ziete", 7)]
        {
            assert_eq!(read(words), Some(value), "{words}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_not_joined() {
        for words in ["cinco cero", "mil mil doscientos", "sesenta quince", "uno mil", "diez cero"] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
