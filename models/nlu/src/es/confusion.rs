//! Digits that a telephone blurs, and the one correction that a control allows.

/// What a digit may have been before the telephone: 6/7, 5/6, 1/7, 0/8.
pub(crate) fn digit(c: char) -> &'static [char] {
    match c {
        '6' => &['7', '5'],
        '7' => &['6', '1'],
        '5' => &['6'],
        '1' => &['7'],
        '0' => &['8'],
        '8' => &['0'],
        _ => &[],
    }
}

/// The only valid string that one confusion away explains, if it is the only one.
/// `others` are what the character at a place may have been.
pub(crate) fn sole(
    said: &str,
    others: impl Fn(usize, char) -> Vec<char>,
    is_valid: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut valid: Vec<String> = Vec::new();
    let chars: Vec<char> = said.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        for other in others(i, *c) {
            let tried: String =
                chars.iter().enumerate().map(|(j, c)| if i == j { other } else { *c }).collect();
            if is_valid(&tried) && !valid.contains(&tried) {
                valid.push(tried);
            }
        }
    }
    match valid.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}
