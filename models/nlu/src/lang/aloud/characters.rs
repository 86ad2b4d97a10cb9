//! Identifiers aloud: spelled, in groups, or only their end.

use super::Aloud;
use crate::es::aloud::characters::widths;
use crate::es::iban;
use crate::lang::number::Agreement;

impl Aloud {
    /// The name of a character; `None`: it is not said.
    fn character(&self, c: char) -> Option<String> {
        if let Some(digit) = c.to_digit(10) {
            return Some(self.numbers.say(i64::from(digit), Agreement::Alone));
        }
        if let Some(name) = self.say.marks.get(c.encode_utf8(&mut [0; 4])) {
            return Some(name.clone());
        }
        let plain = crate::es::fold(c.encode_utf8(&mut [0; 4])).chars().next();
        let name = self.letters.name(c).or_else(|| self.letters.name(plain?));
        match name {
            Some(name) => Some(name.to_owned()),
            None if c.is_whitespace() || c.is_control() => None,
            None => Some(c.to_string()),
        }
    }

    pub(super) fn spelled(&self, text: &str) -> String {
        text.chars().filter_map(|c| self.character(c)).collect::<Vec<_>>().join(", ")
    }

    /// Nine digits in 3-2-2-2, other runs in pairs, letters by name.
    pub(super) fn grouped(&self, text: &str) -> String {
        let mut groups: Vec<String> = Vec::new();
        let mut run = String::new();
        for c in text.chars() {
            if c.is_ascii_digit() {
                run.push(c);
                continue;
            }
            groups.extend(widths(&run).into_iter().map(|g| self.group(g)));
            run.clear();
            if c == '+' || c.is_alphanumeric() {
                groups.extend(self.character(c));
            }
        }
        groups.extend(widths(&run).into_iter().map(|g| self.group(g)));
        groups.join(", ")
    }

    /// A group's zeros in front are said one by one.
    fn group(&self, group: &str) -> String {
        let tail = group.trim_start_matches('0');
        let mut words = vec![self.say.zero.clone(); group.len() - tail.len()];
        if let Ok(n) = tail.parse::<i64>() {
            words.push(self.numbers.say(n, Agreement::Alone));
        }
        words.join(" ")
    }

    pub(super) fn postcode(&self, code: &str) -> String {
        match code.split_at_checked(2) {
            Some((province, rest)) if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{}, {}", self.group(province), self.group(rest))
            }
            _ => self.grouped(code),
        }
    }

    pub(super) fn masked(&self, text: &str) -> String {
        if let Some((local, domain)) = text.split_once('@') {
            let first = local.chars().next().and_then(|c| self.character(c)).unwrap_or_default();
            let masked = self.say.email_mask.replace("{first}", &first);
            return masked.replace("{domain}", &self.email(domain));
        }
        let said: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let shown = if iban::is_valid(text) { 4 } else { 3 };
        let end: String = said.iter().skip(said.len().saturating_sub(shown)).collect();
        if end.is_empty() { String::new() } else { self.say.ending.replace("{end}", &self.spelled(&end)) }
    }

    /// Words as they are, marks and figures by name.
    pub(super) fn email(&self, text: &str) -> String {
        let mut out: Vec<String> = Vec::new();
        let mut word = String::new();
        for c in text.chars() {
            if c.is_alphabetic() {
                word.push(c);
                continue;
            }
            out.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            out.extend(self.character(c));
        }
        out.extend((!word.is_empty()).then_some(word));
        out.join(" ")
    }
}
