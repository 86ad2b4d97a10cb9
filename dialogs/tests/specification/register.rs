//! Every claim of `docs/dialog-language.md` has a test: `register.txt` says which.
//!
//! A claim is a row of a table, a line of a code block, a point of a list, or a sentence. The register gives, under
//! the document's own headings, the beginning of each claim and, indented below it, the tests that show it:
//! `file: test`, the file being one of this folder or a path from the repository's root. Claims that follow each
//! other may share tests.

use std::path::{Path, PathBuf};

/// A claim, or an entry of the register: its section and its words.
type Words = (String, String);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn claims(document: &str) -> Vec<Words> {
    let mut out = Vec::new();
    let (mut section, mut code) = (String::new(), false);
    let mut lines = document.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let mut claim = |text: &str| out.push((section.clone(), text.to_owned()));
        if line.starts_with("```") {
            code = !code;
        } else if code {
            // A comment by itself goes on with the line before it.
            if !line.is_empty() && (!line.starts_with('#') || line.contains("yaml-language-server")) {
                claim(line);
            }
        } else if let Some(row) = line.strip_prefix('|') {
            let heading = lines.peek().is_some_and(|next| next.starts_with("|---"));
            if !heading && !row.starts_with("---") {
                claim(row.split(" |").next().unwrap_or(row).trim());
            }
        } else if let Some(title) = line.strip_prefix("## ") {
            section = title.to_owned();
        } else if let Some(point) = line.strip_prefix("- ") {
            claim(point);
        } else if !line.starts_with('#') {
            line.split_inclusive(". ").map(str::trim).filter(|s| !s.is_empty()).for_each(claim);
        }
    }
    out
}

/// Entries with their tests.
fn register() -> Vec<(Words, Vec<String>)> {
    let (mut out, mut open): (Vec<(Words, Vec<String>)>, Vec<Words>) = Default::default();
    let (mut section, mut tests) = (String::new(), Vec::new());
    for line in include_str!("register.txt").lines().chain([""]) {
        if let Some(test) = line.strip_prefix("    ") {
            tests.push(test.trim().to_owned());
            continue;
        }
        if !tests.is_empty() {
            out.extend(open.drain(..).map(|words| (words, tests.clone())));
            tests.clear();
        }
        match line.strip_prefix("## ") {
            Some(title) => section = title.to_owned(),
            None if line.is_empty() => {}
            None => open.push((section.clone(), line.trim_end().to_owned())),
        }
    }
    assert!(open.is_empty(), "without tests: {open:?}");
    out
}

/// The file has a test of this name: a function, or a case.
fn exists(test: &str) -> bool {
    let (file, name) = test.split_once(": ").unwrap_or_else(|| panic!("`{test}` is not `file: test`"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specification").join(file);
    let text = read(&if here.is_file() { here } else { root().join(file) });
    let function = format!("fn {name}()");
    let tested = |before: &str| {
        before
            .rsplit("fn ")
            .next()
            .is_some_and(|between| between.contains("#[test]") || between.contains("#[tokio::test"))
    };
    text.contains(&format!("name: {name}"))
        || text.split_once(&function).is_some_and(|(before, _)| tested(before))
}

#[test]
fn every_claim_of_the_document_has_a_test() {
    let claims = claims(&read(&root().join("docs/dialog-language.md")));
    let register = register();
    let begins =
        |(section, text): &Words, (of, words): &Words| section == of && text.starts_with(words.as_str());
    let mut wrong: Vec<String> = Vec::new();
    for claim in &claims {
        match register.iter().filter(|(words, _)| begins(claim, words)).count() {
            1 => {}
            0 => wrong.push(format!("no test is registered for «{}», in «{}»", claim.1, claim.0)),
            n => wrong.push(format!("{n} entries begin «{}», in «{}»", claim.1, claim.0)),
        }
    }
    for (words, tests) in &register {
        if !claims.iter().any(|claim| begins(claim, words)) {
            wrong.push(format!("the document has no «{}» in «{}»", words.1, words.0));
        }
        wrong
            .extend(tests.iter().filter(|t| !exists(t)).map(|t| format!("«{}» names no test: {t}", words.1)));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
