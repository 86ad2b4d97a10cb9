//! The graph as Mermaid text.

use std::fmt::Write;

use super::{Graph, Group, Node, Shape};

/// Longest text of a step.
const LONGEST: usize = 90;

pub(super) fn draw(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, group) in graph.groups.iter().enumerate() {
        self::group(&mut out, index, group);
    }
    for (index, group) in graph.groups.iter().enumerate() {
        // The opening leads to what can be started.
        if !group.starts.is_empty() {
            let _ = writeln!(out, "  g0n0 -->|{}| g{index}n0", quoted(&group.starts.join(", ")));
        }
        for (at, node) in group.nodes.iter().enumerate() {
            if let Some(to) = node.runs {
                let _ = writeln!(out, "  g{index}n{at} -.-> g{to}n0");
            }
        }
    }
    out.push_str(STYLES);
    out
}

const STYLES: &str = "  classDef step fill:#ffffff,stroke:#7d8794,color:#1c2430
  classDef question fill:#e8f1fd,stroke:#2f6db5,color:#1c2430
  classDef decision fill:#fff6dc,stroke:#b58a1b,color:#1c2430
  classDef service fill:#efeafb,stroke:#6b4fb3,color:#1c2430
  classDef sub fill:#e6f6f4,stroke:#1f8a7d,color:#1c2430
  classDef handoff fill:#fdebe3,stroke:#c05a23,color:#1c2430
  classDef end_ fill:#e9f6e6,stroke:#3d8b2f,color:#1c2430
  classDef back fill:#f1f3f5,stroke:#7d8794,color:#1c2430
  classDef rules fill:#fafbfc,stroke:#c3cad3,color:#1c2430,text-align:left
";

fn group(out: &mut String, index: usize, group: &Group) {
    let _ = writeln!(out, "  subgraph g{index} [{}]", quoted(&group.name));
    for (at, node) in group.nodes.iter().enumerate() {
        let (open, close, class) = shape(node.shape);
        let _ = writeln!(out, "    g{index}n{at}{open}{}{close}:::{class}", quoted(&words(node)));
    }
    for edge in &group.edges {
        let way = if edge.label.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.label)) };
        let _ = writeln!(out, "    g{index}n{} -->{way} g{index}n{}", edge.from, edge.to);
    }
    let mut rows: Vec<String> = Vec::new();
    let mut heading = "";
    for rule in &group.rules {
        if rule.heading != heading {
            heading = rule.heading;
            rows.push(format!("<b>{heading}</b>"));
        }
        let does = cut(&rule.does.join("; "), LONGEST);
        rows.push(format!("{}: {}", escape(&rule.when), escape(&does)));
    }
    if !rows.is_empty() {
        let _ = writeln!(out, "    g{index}r[\"{}\"]:::rules", rows.join("<br>"));
    }
    out.push_str("  end\n");
}

fn shape(shape: Shape) -> (&'static str, &'static str, &'static str) {
    match shape {
        Shape::Step => ("[", "]", "step"),
        Shape::Question => ("[/", "/]", "question"),
        Shape::Decision => ("{{", "}}", "decision"),
        Shape::Service => ("[(", ")]", "service"),
        Shape::Sub => ("[[", "]]", "sub"),
        Shape::Handoff => (">", "]", "handoff"),
        Shape::End => ("([", "])", "end_"),
        Shape::Back => ("((", "))", "back"),
    }
}

fn words(node: &Node) -> String {
    if node.text.is_empty() {
        node.verb.clone()
    } else {
        format!("{}: {}", node.verb, cut(&node.text, LONGEST))
    }
}

/// The text's first characters, at a word's end.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let short: String = text.chars().take(longest).collect();
    let end = short.rfind(' ').unwrap_or(short.len());
    format!("{}…", short.get(..end).unwrap_or(&short))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Mermaid writes the characters that it needs itself as entities.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
