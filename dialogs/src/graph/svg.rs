//! The graph as an SVG file.

use std::fmt::Write;

use super::{
    Graph, Group, Node, Place, Rule, Shape,
    layout::{Laid, Size, lay},
    mermaid::cut,
};

/// Width of a character of 12 pixels, on average.
const CHAR: f32 = 6.8;
const LINE: f32 = 15.0;
/// Longest line of a step, and lines of it.
const COLUMNS: usize = 30;
const ROWS: usize = 3;
/// Longest line beside the steps.
const RULE_COLUMNS: usize = 46;
const MARGIN: f32 = 20.0;
/// Boxes go side by side up to here.
const PAGE: f32 = 1700.0;

const STYLE: &str = "text{font:12px 'Noto Sans','DejaVu Sans',Verdana,sans-serif;fill:#1c2430}\
.t{font-size:16px;font-weight:600}.a,.v{fill:#5b6675}.v{font-size:10px}.h{font-weight:600}\
.n{stroke-width:1.2}.l{fill:none;stroke:#7d8794;stroke-width:1.3}.b{stroke:#2f6db5;stroke-dasharray:5 3}\
.w{font-size:11px;fill:#3a4453;stroke:#fff;stroke-width:3px;paint-order:stroke}\
.step{fill:#fff;stroke:#7d8794}.question{fill:#e8f1fd;stroke:#2f6db5}.decision{fill:#fff6dc;stroke:#b58a1b}\
.service{fill:#efeafb;stroke:#6b4fb3}.sub{fill:#e6f6f4;stroke:#1f8a7d}.handoff{fill:#fdebe3;stroke:#c05a23}\
.end{fill:#e9f6e6;stroke:#3d8b2f}.back{fill:#f1f3f5;stroke:#7d8794}";

pub(super) fn draw(graph: &Graph) -> String {
    let boxes: Vec<Drawn> = graph.groups.iter().enumerate().map(|(i, g)| group(i, g, graph)).collect();
    // Boxes fill rows from left to right.
    let (mut x, mut y, mut tall, mut width) = (MARGIN, MARGIN, 0.0f32, 0.0f32);
    let mut body = String::new();
    for drawn in &boxes {
        if x > MARGIN && x + drawn.w > PAGE {
            (x, y, tall) = (MARGIN, y + tall + MARGIN, 0.0);
        }
        let _ = writeln!(body, "<g transform=\"translate({x:.0} {y:.0})\">{}</g>", drawn.body);
        x += drawn.w + MARGIN;
        tall = tall.max(drawn.h);
        width = width.max(x);
    }
    let height = y + tall + MARGIN;
    let title = graph.groups.first().map(|g| escape(&g.name)).unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\" fill=\"#7d8794\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

struct Drawn {
    w: f32,
    h: f32,
    body: String,
}

fn group(index: usize, group: &Group, graph: &Graph) -> Drawn {
    let words: Vec<Vec<String>> = group.nodes.iter().map(|n| wrap(&n.text, COLUMNS, ROWS)).collect();
    let sizes: Vec<Size> = group.nodes.iter().zip(&words).map(|(n, w)| size(n, w)).collect();
    let edges: Vec<(usize, usize)> = group.edges.iter().map(|e| (e.from, e.to)).collect();
    let laid = lay(&sizes, &edges);
    let panel = rules(&group.rules);
    let head = head(index, group, graph);
    let left = 24.0;
    let steps = laid.width + if group.rules.is_empty() { 0.0 } else { 36.0 };
    let w = (left + steps + panel.w + 24.0).max(head.w + 40.0);
    let h = head.h + laid.height.max(panel.h) + 16.0;
    let mut body = format!(
        "<rect width=\"{w:.0}\" height=\"{h:.0}\" rx=\"10\" fill=\"#fbfcfd\" stroke=\"#c3cad3\"/>{}",
        head.body
    );
    let _ = write!(body, "<g transform=\"translate({left:.0} {:.0})\">", head.h);
    lines(&mut body, group, &laid);
    for (((node, words), size), at) in group.nodes.iter().zip(&words).zip(&sizes).zip(&laid.at) {
        self::node(&mut body, node, words, (*size, *at));
    }
    body.push_str("</g>");
    let _ = write!(
        body,
        "<g transform=\"translate({:.0} {:.0})\">{}</g>",
        left + steps,
        head.h + 8.0,
        panel.body
    );
    Drawn { w, h, body }
}

/// The box's name, what it is for, and what starts it.
fn head(index: usize, group: &Group, graph: &Graph) -> Drawn {
    let mut rows = vec![("t", group.name.clone())];
    if !group.about.is_empty() {
        rows.push(("a", group.about.clone()));
    }
    if !group.starts.is_empty() {
        rows.push(("a", format!("Empieza con: {}", group.starts.join(", "))));
    }
    if index == 0 {
        for other in graph.groups.iter().filter(|g| !g.starts.is_empty()) {
            rows.push(("a", format!("{} → {}", other.starts.join(", "), other.name)));
        }
    }
    let mut body = format!("<g id=\"d{index}\" class=\"dialog\" {}>", data(&group.place));
    let (mut y, mut w) = (8.0, 0.0f32);
    for (class, text) in &rows {
        y += if *class == "t" { 20.0 } else { 17.0 };
        w = w.max(text.chars().count() as f32 * if *class == "t" { CHAR * 1.4 } else { CHAR });
        let _ = write!(body, "<text class=\"{class}\" x=\"24\" y=\"{y:.0}\">{}</text>", escape(text));
    }
    body.push_str("</g>");
    Drawn { w, h: y + 16.0, body }
}

fn lines(body: &mut String, group: &Group, laid: &Laid) {
    for line in &laid.lines {
        let class = if line.back { "l b" } else { "l" };
        let _ = write!(body, "<path class=\"{class}\" d=\"{}\" marker-end=\"url(#arrow)\"/>", line.path);
    }
    for (edge, line) in group.edges.iter().zip(&laid.lines).filter(|(e, _)| !e.label.is_empty()) {
        let (x, y, left) = line.label;
        let anchor = if left { " text-anchor=\"end\"" } else { "" };
        let _ = write!(
            body,
            "<text class=\"w\" x=\"{x:.0}\" y=\"{y:.0}\"{anchor}>{}</text>",
            escape(&edge.label)
        );
    }
}

fn size(node: &Node, words: &[String]) -> Size {
    if node.shape == Shape::Back {
        return Size { w: 62.0, h: 24.0 };
    }
    let longest = words.iter().map(|l| l.chars().count()).max().unwrap_or_default() as f32 * CHAR;
    let verb = node.verb.chars().count() as f32 * CHAR * 0.85;
    let sides = if matches!(node.shape, Shape::Decision | Shape::Handoff) { 44.0 } else { 24.0 };
    Size { w: longest.max(verb).max(50.0) + sides, h: words.len() as f32 * LINE + 24.0 }
}

fn node(body: &mut String, node: &Node, words: &[String], (size, at): (Size, (f32, f32))) {
    let (w, h) = (size.w, size.h);
    let (x, y) = (at.0 - w / 2.0, at.1 - h / 2.0);
    let link = node.runs.map(|to| format!("<a href=\"#d{to}\">"));
    let _ = write!(
        body,
        "{}<g class=\"node\" {} transform=\"translate({x:.0} {y:.0})\"><title>{}</title>{}",
        link.as_deref().unwrap_or_default(),
        data(&node.place),
        escape(&format!("{} {}", node.verb, node.text)),
        outline(node.shape, w, h)
    );
    let _ = write!(
        body,
        "<text class=\"v\" x=\"{:.0}\" y=\"16\" text-anchor=\"middle\">{}</text>",
        w / 2.0,
        escape(&node.verb)
    );
    for (row, line) in words.iter().enumerate() {
        let _ = write!(
            body,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            w / 2.0,
            31.0 + row as f32 * LINE,
            escape(line)
        );
    }
    body.push_str("</g>");
    if link.is_some() {
        body.push_str("</a>");
    }
}

fn outline(shape: Shape, w: f32, h: f32) -> String {
    let class = class(shape);
    let rect =
        |r: f32| format!("<rect class=\"n {class}\" width=\"{w:.0}\" height=\"{h:.0}\" rx=\"{r:.0}\"/>");
    let polygon = |points: String| format!("<path class=\"n {class}\" d=\"M{points}z\"/>");
    let middle = h / 2.0;
    match shape {
        Shape::Step => rect(4.0),
        Shape::Question => rect(12.0),
        Shape::End | Shape::Back => rect(middle),
        Shape::Decision => polygon(format!(
            "14 0L{:.0} 0L{w:.0} {middle:.0}L{:.0} {h:.0}L14 {h:.0}L0 {middle:.0}",
            w - 14.0,
            w - 14.0
        )),
        Shape::Handoff => {
            polygon(format!("0 0L{:.0} 0L{w:.0} {middle:.0}L{:.0} {h:.0}L0 {h:.0}", w - 16.0, w - 16.0))
        }
        Shape::Service | Shape::Sub => {
            let bars = format!("<path class=\"n {class}\" d=\"M6 0V{h:.0}M{:.0} 0V{h:.0}\"/>", w - 6.0);
            format!("{}{bars}", rect(0.0))
        }
    }
}

fn class(shape: Shape) -> &'static str {
    match shape {
        Shape::Step => "step",
        Shape::Question => "question",
        Shape::Decision => "decision",
        Shape::Service => "service",
        Shape::Sub => "sub",
        Shape::Handoff => "handoff",
        Shape::End => "end",
        Shape::Back => "back",
    }
}

/// The rows beside the steps.
fn rules(rules: &[Rule]) -> Drawn {
    let (mut y, mut columns) = (0.0, 0usize);
    let mut body = String::new();
    let mut heading = "";
    for rule in rules {
        if rule.heading != heading {
            heading = rule.heading;
            columns = columns.max(heading.chars().count() + 2);
            y += if y > 0.0 { 26.0 } else { 14.0 };
            let _ = write!(body, "<text class=\"h\" y=\"{y:.0}\">{heading}</text>");
            y += 4.0;
        }
        let _ = write!(body, "<g class=\"rule\" {}>", data(&rule.place));
        y += 17.0;
        columns = columns.max(rule.when.chars().count() + 2);
        let _ = write!(body, "<text x=\"6\" y=\"{y:.0}\">{}</text>", escape(&rule.when));
        for line in rule.does.iter().flat_map(|does| wrap(does, RULE_COLUMNS, 2)) {
            y += LINE;
            columns = columns.max(line.chars().count() + 4);
            let _ = write!(body, "<text class=\"a\" x=\"18\" y=\"{y:.0}\">{}</text>", escape(&line));
        }
        body.push_str("</g>");
    }
    Drawn { w: columns as f32 * CHAR, h: y + 16.0, body }
}

fn data(place: &Place) -> String {
    format!("data-file=\"{}\" data-line=\"{}\"", escape(&place.file), place.line)
}

/// At most `rows` lines of about `columns` characters; what is left over becomes «…».
fn wrap(text: &str, columns: usize, rows: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = cut(word, columns);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no other control characters.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
