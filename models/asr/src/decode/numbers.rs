//! Spanish cardinals as words, for digits found in phrases and for tests.

use spanish::{HUNDREDS, TENS, UNITS};

/// Words of `n`, at most 999 999.
pub fn cardinal(n: usize) -> Vec<&'static str> {
    match n {
        0..30 => vec![UNITS[n]],
        30..100 => {
            let mut out = vec![TENS[n / 10 - 1]];
            if !n.is_multiple_of(10) {
                out.extend(["y", UNITS[n % 10]]);
            }
            out
        }
        100 => vec!["cien"],
        101..1000 => {
            let mut out = vec![HUNDREDS[n / 100 - 1]];
            if !n.is_multiple_of(100) {
                out.extend(cardinal(n % 100));
            }
            out
        }
        _ => {
            let mut out = if n / 1000 == 1 { Vec::new() } else { cardinal(n / 1000 % 1000) };
            out.push("mil");
            if !n.is_multiple_of(1000) {
                out.extend(cardinal(n % 1000));
            }
            out
        }
    }
}

/// Words of a digit string as read aloud: a cardinal, or digit by digit when it starts with
/// zero or is long.
pub fn read(digits: &str) -> Vec<String> {
    let value = digits.parse::<usize>().ok().filter(|&n| n < 1_000_000);
    match value {
        Some(n) if digits.len() == 1 || !digits.starts_with('0') => {
            cardinal(n).into_iter().map(String::from).collect()
        }
        _ => digits.bytes().map(|b| UNITS[usize::from(b.wrapping_sub(b'0') % 10)].to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_read_them() {
        assert_eq!(cardinal(34).join(" "), "treinta y cuatro");
        assert_eq!(cardinal(101_512).join(" "), "ciento uno mil quinientos doce");
        assert_eq!(read("010").join(" "), "cero uno cero");
        assert_eq!(read("1000").join(" "), "mil");
    }
}
