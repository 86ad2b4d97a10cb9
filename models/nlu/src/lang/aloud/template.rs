//! Templates: `{slot}` and `{slot:source}` in words.

/// Fills a template; what a slot says comes from `word`.
pub(super) fn fill(template: &str, word: impl Fn(&str, Option<&str>) -> String) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (slot, more) = after.split_once('}').unwrap_or((after, ""));
        let (name, source) = slot.split_once(':').map_or((slot, None), |(n, s)| (n, Some(s)));
        out.push_str(&word(name, source));
        rest = more;
    }
    out.push_str(rest);
    out
}
