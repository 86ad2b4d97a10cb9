//! Amounts in euros: «dotze euros amb cinquanta», «12,50 €».

use super::data;
use super::number::Numbers;
use super::words::{any, phrases};
use crate::es::text::Text;
use crate::{Found, Status, Value};

/// The words of amounts.
#[derive(Debug)]
pub(crate) struct Money {
    euros: Vec<String>,
    cents: Vec<String>,
    with: Vec<String>,
}

impl Money {
    pub fn new(data: &data::Money) -> Self {
        Self { euros: phrases(&data.euros), cents: phrases(&data.cents), with: phrases(&data.with) }
    }

    /// Amounts of a text, best first; a bare number is one only if it is all the answer.
    pub fn amounts(&self, text: &Text, numbers: &Numbers) -> Vec<Found> {
        let mut out = Vec::new();
        let mut i = 0;
        while i < text.len() {
            let Some((cents, next, status)) = self.amount(text, i, numbers) else {
                i += 1;
                continue;
            };
            let minus = numbers.minus_before(text, i);
            let cents = if minus.is_some() { -cents } else { cents };
            let confidence = if status == Status::Sound { 0.95 } else { 0.6 };
            let span = text.span(minus.unwrap_or(i), next);
            out.push(Found { value: Value::Money(cents), span, confidence, status });
            i = next;
        }
        out.sort_by_key(|f| f.status);
        out
    }

    fn amount(&self, text: &Text, i: usize, numbers: &Numbers) -> Option<(i64, usize, Status)> {
        // «euro bat»: one comes after what it counts.
        if let Some(after) = any(text, i, &self.euros)
            && let Some(one) = numbers.small(text, after).filter(|n| n.value == 1 && n.next == after + 1)
        {
            let more = any(text, one.next, &self.with).and_then(|at| self.cents_at(text, at, numbers));
            let (cents, next) = more.unwrap_or((0, one.next));
            return Some((100 + cents, next, Status::Sound));
        }
        if let Some(alone) = self.one_cent(text, i, numbers) {
            return Some((1, alone, Status::Sound));
        }
        let whole = numbers.cardinal(text, i)?;
        let written = self.written_cents(text, whole.next);
        let (cents, at) = written.unwrap_or((0, whole.next));
        let amount = whole.value.checked_mul(100)?.checked_add(cents)?;
        if let Some(after) = any(text, at, &self.cents).filter(|_| written.is_none()) {
            return Some((whole.value, after, Status::Sound));
        }
        let Some(after) = any(text, at, &self.euros).or_else(|| (text.word(at) == "€").then_some(at + 1))
        else {
            let alone = i == 0 && at == text.len();
            return (alone || written.is_some()).then_some((amount, at, Status::Unsure));
        };
        if written.is_some() {
            return Some((amount, after, Status::Sound));
        }
        let joined = any(text, after, &self.with);
        if let Some((low, end)) = self.cents_at(text, joined.unwrap_or(after), numbers) {
            return Some((amount + low, end, Status::Sound));
        }
        let low = numbers.small(text, joined.unwrap_or(after)).filter(|c| (1..100).contains(&c.value));
        let Some(low) = low else {
            let more = joined.is_some_and(|j| j == text.len());
            return Some((amount, after, if more { Status::Partial } else { Status::Sound }));
        };
        if joined.is_some() || low.next == text.len() {
            return Some((amount + low.value, low.next, Status::Sound));
        }
        Some((amount, after, Status::Sound))
    }

    /// Cents with their name at `at`.
    fn cents_at(&self, text: &Text, at: usize, numbers: &Numbers) -> Option<(i64, usize)> {
        if let Some(end) = self.one_cent(text, at, numbers) {
            return Some((1, end));
        }
        let low = numbers.small(text, at).filter(|c| (1..100).contains(&c.value))?;
        Some((low.value, any(text, low.next, &self.cents)?))
    }

    /// «zentimo bat».
    fn one_cent(&self, text: &Text, at: usize, numbers: &Numbers) -> Option<usize> {
        let after = any(text, at, &self.cents)?;
        Some(numbers.small(text, after).filter(|n| n.value == 1 && n.next == after + 1)?.next)
    }

    /// «,50» or «.50» right after figures.
    fn written_cents(&self, text: &Text, at: usize) -> Option<(i64, usize)> {
        let mark = matches!(text.word(at), "," | "." | "'") && text.glued(at) && text.glued(at + 1);
        let before = at.checked_sub(1).is_some_and(|b| text.is_number(b));
        let digits = text.get(at + 1).filter(|_| mark && before && text.is_number(at + 1))?;
        let cents = match digits.text.len() {
            1 => digits.text.parse::<i64>().ok()? * 10,
            2 => digits.text.parse().ok()?,
            _ => return None,
        };
        Some((cents, at + 2))
    }
}
