//! Percentiles and tables.
use std::io::Write;

/// Writes one line to stdout.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
}

/// Measured values of one kind.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<f64>);

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest value that at least `share` (0..=1) of all values do not exceed: the nearest
    /// rank, never interpolated. NaN if there is none.
    pub fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
    }

    /// Arithmetic mean; NaN if there is no value.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// The smallest; infinite if there is none.
    pub fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// Count, p50, p95, p99 and p50 against a baseline, as cells of a table.
    pub fn cells(&self, baseline: &Values) -> Vec<String> {
        let mut cells = vec![self.len().to_string()];
        cells.extend([0.5, 0.95, 0.99].map(|p| number(self.at(p), 1)));
        cells.push(ratio(self.at(0.5), baseline.at(0.5)));
        cells
    }
}

impl FromIterator<f64> for Values {
    fn from_iter<T: IntoIterator<Item = f64>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

/// A number with so many decimals, or a dash if there is none.
pub fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() { format!("{value:.decimals$}") } else { "-".into() }
}

/// `value` as a multiple of `baseline`.
pub fn ratio(value: f64, baseline: f64) -> String {
    let ratio = number(value / baseline, 2);
    if ratio == "-" { ratio } else { format!("×{ratio}") }
}

/// A table whose columns are as wide as they must be; the output is Markdown.
pub struct Table(Vec<Vec<String>>);

impl Table {
    /// With these names of columns.
    pub fn new(names: &[&str]) -> Self {
        Self(vec![names.iter().map(|n| (*n).to_owned()).collect()])
    }

    /// Adds a row.
    pub fn row(&mut self, first: impl Into<String>, rest: Vec<String>) {
        let mut row = vec![first.into()];
        row.extend(rest);
        self.0.push(row);
    }

    /// Prints it.
    pub fn print(&self) {
        line(self.text());
    }

    fn text(&self) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &Vec<String>, i: usize| row.get(i).cloned().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|i| self.0.iter().map(|row| cell(row, i).chars().count()).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for (n, row) in self.0.iter().enumerate() {
            let cells: Vec<String> =
                widths.iter().enumerate().map(|(i, w)| format!("{:w$}", cell(row, i))).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if n == 0 {
                let rules: Vec<String> = widths.iter().map(|w| "-".repeat(w + 2)).collect();
                text.push_str(&format!("|{}|\n", rules.join("|")));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let values: Values = (1..=200).rev().map(f64::from).collect();
        assert_eq!(
            (values.at(0.5), values.at(0.95), values.at(0.99), values.at(1.0)),
            (100.0, 190.0, 198.0, 200.0)
        );
        assert_eq!(values.least(), 1.0);
        assert!(Values::default().at(0.5).is_nan());
    }

    #[test]
    fn tables_are_aligned() {
        let mut table = Table::new(&["what", "ms"]);
        table.row("día", vec!["1".into()]);
        assert_eq!(table.text(), "| what | ms |\n|------|----|\n| día  | 1  |\n");
    }
}
