use super::*;

fn cita() -> Bot {
    Bot::load(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/desk")).unwrap()
}

#[test]
fn the_shipped_bot_is_drawn_as_mermaid() {
    insta::assert_snapshot!(mermaid(&cita()));
}

#[test]
fn every_step_has_its_place_in_the_drawing() {
    let bot = cita();
    let drawn = svg(&bot);
    if let Ok(file) = std::env::var("DIGAME_DRAW") {
        std::fs::write(file, &drawn).unwrap();
    }
    for dialog in &bot.dialogs {
        for at in crate::load::flow::reachable(&dialog.program, 0) {
            let instr = &dialog.program[at];
            if matches!(instr.op, Op::Jump(_) | Op::Goto(_)) {
                continue;
            }
            let place = format!("data-file=\"{}\" data-line=\"{}\"", dialog.file, instr.line);
            assert!(drawn.contains(&place), "{place}");
        }
    }
}

#[test]
fn both_drawings_have_the_same_steps_and_lines() {
    let bot = cita();
    let (nodes, edges) =
        Graph::of(&bot).groups.iter().fold((0, 0), |sum, g| (sum.0 + g.nodes.len(), sum.1 + g.edges.len()));
    let drawn = svg(&bot);
    assert_eq!(drawn.matches("class=\"node\"").count(), nodes);
    assert_eq!(drawn.matches("class=\"l").count(), edges);
    let text = mermaid(&bot);
    assert_eq!(text.matches(":::").count() - text.matches(":::rules").count(), nodes);
}
