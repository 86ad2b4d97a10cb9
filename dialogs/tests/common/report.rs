//! What cases that fail say.

use dialogs::testing::Report;

/// Every case of the report holds, and there is one at least.
pub fn passed(report: &Report) {
    for case in report.cases.iter().filter(|c| !c.failures.is_empty()) {
        println!("FAIL {}", case.name);
        case.transcript.iter().for_each(|(who, text)| println!("    {who}: {text}"));
        case.failures.iter().for_each(|f| println!("  {f}"));
    }
    assert!(report.passed() && !report.cases.is_empty());
}
