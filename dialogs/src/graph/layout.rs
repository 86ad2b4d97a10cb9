//! Where steps and lines go: layers from top to bottom (Sugiyama, Tagawa, Toda 1981), in the program's order.
//!
//! A program's jumps forward never make a circle, so layers follow from them. Jumps back, and very long ones,
//! run in lanes to the right of the steps; those to one step share a lane.
#![allow(clippy::indexing_slicing)] // every index here is a vertex or a layer that this module has numbered

use std::fmt::Write;

/// Space between layers, in pixels.
const GAP: f32 = 44.0;
/// Space between neighbours in a layer.
const BESIDE: f32 = 26.0;
/// Room that a line takes beside steps.
const LINE: f32 = 12.0;
/// Layers that a line may cross between steps; a longer one takes a lane.
const LONGEST: usize = 8;
/// Rounds of ordering, and of placing.
const ROUNDS: usize = 16;

#[derive(Clone, Copy)]
pub(super) struct Size {
    pub w: f32,
    pub h: f32,
}

#[derive(Default)]
pub(super) struct Laid {
    /// The middle of each step.
    pub at: Vec<(f32, f32)>,
    pub lines: Vec<Line>,
    pub width: f32,
    pub height: f32,
}

/// A line from one step to another, in the order of the edges given.
pub(super) struct Line {
    /// The `d` of an SVG path.
    pub path: String,
    /// Where its label goes, and whether it stands left of that point.
    pub label: (f32, f32, bool),
    /// It runs back.
    pub back: bool,
}

/// Places steps and lines.
pub(super) fn lay(sizes: &[Size], edges: &[(usize, usize)]) -> Laid {
    if sizes.is_empty() {
        return Laid::default();
    }
    let mut board = Board::new(sizes, edges);
    board.order();
    board.place();
    board.draw(edges)
}

struct Board {
    /// Steps, then the points where lines cross layers.
    sizes: Vec<Size>,
    steps: usize,
    layer: Vec<usize>,
    layers: Vec<Vec<usize>>,
    /// Neighbours one layer above and one below, with how much they pull.
    above: Vec<Vec<(usize, f32)>>,
    below: Vec<Vec<(usize, f32)>>,
    x: Vec<f32>,
    /// For each edge its vertices from top to bottom; empty for one that takes a lane.
    chains: Vec<Vec<usize>>,
}

impl Board {
    fn new(steps: &[Size], edges: &[(usize, usize)]) -> Self {
        let mut layer = vec![0usize; steps.len()];
        for to in 0..steps.len() {
            let over = edges.iter().filter(|(f, t)| *t == to && f < t).map(|(f, _)| layer[*f] + 1);
            layer[to] = over.max().unwrap_or(0);
        }
        let count = layer.iter().max().map_or(1, |l| l + 1);
        let mut board = Self {
            sizes: steps.to_vec(),
            steps: steps.len(),
            layers: vec![Vec::new(); count],
            above: vec![Vec::new(); steps.len()],
            below: vec![Vec::new(); steps.len()],
            x: vec![0.0; steps.len()],
            chains: Vec::new(),
            layer,
        };
        for v in 0..steps.len() {
            board.layers[board.layer[v]].push(v);
        }
        for (from, to) in edges {
            let chain = board.chain(*from, *to);
            board.chains.push(chain);
        }
        board
    }

    fn chain(&mut self, from: usize, to: usize) -> Vec<usize> {
        if from >= to || self.layer[to] - self.layer[from] > LONGEST {
            return Vec::new();
        }
        let mut chain = vec![from];
        for layer in self.layer[from] + 1..self.layer[to] {
            let point = self.sizes.len();
            self.sizes.push(Size { w: LINE, h: 0.0 });
            self.layer.push(layer);
            self.layers[layer].push(point);
            self.above.push(Vec::new());
            self.below.push(Vec::new());
            self.x.push(0.0);
            chain.push(point);
        }
        chain.push(to);
        for pair in chain.windows(2) {
            // Long lines should be straight first of all.
            let pull = if pair.iter().all(|v| *v >= self.steps) { 8.0 } else { 2.0 };
            self.below[pair[0]].push((pair[1], pull));
            self.above[pair[1]].push((pair[0], pull));
        }
        chain
    }

    /// Orders each layer so that few lines cross.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for round in 0..ROUNDS {
            let down = round % 2 == 0;
            let count = self.layers.len();
            for step in 1..count {
                let layer = if down { step } else { count - 1 - step };
                self.sort(layer, down);
            }
            let now = self.crossings();
            if now < best.0 {
                best = (now, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    fn sort(&mut self, layer: usize, down: bool) {
        let near = if down { layer.wrapping_sub(1) } else { layer + 1 };
        let mut place = vec![0.0f32; self.sizes.len()];
        for (at, v) in self.layers.get(near).into_iter().flatten().enumerate() {
            place[*v] = at as f32;
        }
        let links = if down { &self.above } else { &self.below };
        let mut keyed: Vec<(f32, usize)> = Vec::new();
        for (at, v) in self.layers[layer].iter().enumerate() {
            let all = &links[*v];
            let mean = all.iter().map(|(u, _)| place[*u]).sum::<f32>() / all.len().max(1) as f32;
            keyed.push((if all.is_empty() { at as f32 } else { mean }, *v));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.layers[layer] = keyed.into_iter().map(|k| k.1).collect();
    }

    fn crossings(&self) -> usize {
        let mut place = vec![0usize; self.sizes.len()];
        for layer in &self.layers {
            layer.iter().enumerate().for_each(|(at, v)| place[*v] = at);
        }
        let mut count = 0;
        for layer in &self.layers {
            let lines: Vec<(usize, usize)> = layer
                .iter()
                .flat_map(|v| self.below[*v].iter().map(|(to, _)| (place[*v], place[*to])))
                .collect();
            for (i, a) in lines.iter().enumerate() {
                count += lines[i + 1..]
                    .iter()
                    .filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1))
                    .count();
            }
        }
        count
    }

    /// Gives every vertex its x: near those it is tied to, in order, without overlap.
    fn place(&mut self) {
        for layer in self.layers.clone() {
            let mut x = 0.0;
            for v in layer {
                self.x[v] = x + self.sizes[v].w / 2.0;
                x += self.sizes[v].w + BESIDE;
            }
        }
        let count = self.layers.len();
        for round in 0..=ROUNDS {
            let down = round % 2 == 0;
            for step in 0..count {
                let layer = if down { step } else { count - 1 - step };
                self.settle(layer, down);
            }
        }
        let left = (0..self.sizes.len()).map(|v| self.x[v] - self.sizes[v].w / 2.0);
        let left = left.min_by(f32::total_cmp).unwrap_or_default();
        self.x.iter_mut().for_each(|x| *x -= left);
    }

    /// The nearest places to those wished for that keep order and distance: least squares by pooling
    /// neighbours that want to overlap (Ayer et al. 1955).
    fn settle(&mut self, layer: usize, down: bool) {
        struct Pool {
            wish: f32,
            pull: f32,
            count: usize,
        }
        let vertices = self.layers[layer].clone();
        let links = if down { &self.above } else { &self.below };
        let mut offset = 0.0;
        let mut offsets = Vec::new();
        let mut pools: Vec<Pool> = Vec::new();
        for (at, v) in vertices.iter().enumerate() {
            if at > 0 {
                offset += (self.sizes[vertices[at - 1]].w + self.sizes[*v].w) / 2.0 + BESIDE;
            }
            offsets.push(offset);
            let pull: f32 = links[*v].iter().map(|(_, p)| p).sum();
            let wish = match pull {
                0.0 => self.x[*v],
                pull => links[*v].iter().map(|(u, p)| self.x[*u] * p).sum::<f32>() / pull,
            };
            let mut pool = Pool { wish: wish - offset, pull: pull.max(0.2), count: 1 };
            while let Some(last) = pools.pop() {
                if last.wish < pool.wish {
                    pools.push(last);
                    break;
                }
                let pull = last.pull + pool.pull;
                let wish = (last.wish * last.pull + pool.wish * pool.pull) / pull;
                pool = Pool { wish, pull, count: last.count + pool.count };
            }
            pools.push(pool);
        }
        let places = pools.iter().flat_map(|p| std::iter::repeat_n(p.wish, p.count));
        for ((v, place), offset) in vertices.iter().zip(places).zip(offsets) {
            self.x[*v] = place + offset;
        }
    }

    fn draw(self, edges: &[(usize, usize)]) -> Laid {
        let lanes = self.lanes(edges);
        // Above and below each layer, room for the lanes that turn there.
        let count = self.layers.len();
        let (mut enter, mut leave) = (vec![0usize; count], vec![0usize; count]);
        for lane in &lanes {
            enter[self.layer[lane.to]] += 1;
            lane.from.iter().for_each(|f| leave[self.layer[*f]] += 1);
        }
        let (mut top, mut bottom) = (Vec::new(), Vec::new());
        let mut y = 8.0;
        for (at, layer) in self.layers.iter().enumerate() {
            y += enter[at] as f32 * 7.0;
            let tall = layer.iter().map(|v| self.sizes[*v].h).fold(0.0, f32::max);
            top.push(y);
            bottom.push(y + tall);
            y += tall + GAP + leave[at] as f32 * 7.0;
        }
        let mut pen = Pen { board: &self, top, bottom, outs: Vec::new(), ins: Vec::new() };
        pen.ports(edges, &lanes);
        let mut turns = (vec![0usize; count], vec![0usize; count]);
        let lines = edges
            .iter()
            .enumerate()
            .map(|(at, edge)| match lanes.iter().find(|l| l.edges.contains(&at)) {
                Some(lane) => pen.lane(at, *edge, lane, &mut turns),
                None => pen.curve(at),
            })
            .collect();
        let right = (0..self.sizes.len()).map(|v| self.x[v] + self.sizes[v].w / 2.0);
        let width = right.chain(lanes.iter().map(|l| l.x + 4.0)).fold(0.0, f32::max);
        let at = (0..self.steps)
            .map(|v| (self.x[v], (pen.top[self.layer[v]] + pen.bottom[self.layer[v]]) / 2.0))
            .collect();
        Laid { at, lines, width, height: pen.bottom.last().copied().unwrap_or_default() + 8.0 }
    }

    /// The lanes to the right, the shortest nearest to the steps.
    fn lanes(&self, edges: &[(usize, usize)]) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = Vec::new();
        for (at, (from, to)) in edges.iter().enumerate().filter(|(at, _)| self.chains[*at].is_empty()) {
            match lanes.iter_mut().find(|l| l.to == *to) {
                Some(lane) => {
                    lane.from.push(*from);
                    lane.edges.push(at);
                }
                None => lanes.push(Lane { to: *to, from: vec![*from], edges: vec![at], x: 0.0 }),
            }
        }
        let span = |lane: &Lane| {
            let layers = || lane.from.iter().chain([&lane.to]).map(|v| self.layer[*v]);
            (layers().min().unwrap_or_default(), layers().max().unwrap_or_default())
        };
        lanes.sort_by_key(|lane| span(lane).1 - span(lane).0);
        let mut right: Vec<f32> = self
            .layers
            .iter()
            .map(|l| l.iter().map(|v| self.x[*v] + self.sizes[*v].w / 2.0).fold(0.0, f32::max))
            .collect();
        for lane in &mut lanes {
            let (first, last) = span(lane);
            lane.x = right[first..=last].iter().copied().fold(0.0, f32::max) + 18.0;
            right[first..=last].fill(lane.x);
        }
        lanes
    }
}

/// A line beside the steps, from one or more of them to one.
struct Lane {
    to: usize,
    from: Vec<usize>,
    /// The edges that run in it.
    edges: Vec<usize>,
    x: f32,
}

struct Pen<'a> {
    board: &'a Board,
    top: Vec<f32>,
    bottom: Vec<f32>,
    /// Where each edge leaves its step and reaches the next.
    outs: Vec<f32>,
    ins: Vec<f32>,
}

impl Pen<'_> {
    /// Spreads the lines over the lower and upper side of each step.
    fn ports(&mut self, edges: &[(usize, usize)], lanes: &[Lane]) {
        let b = self.board;
        let lane = |at: usize| lanes.iter().position(|l| l.edges.contains(&at));
        let chain = |at: usize| &b.chains[at];
        let far = |at: usize, out: bool| match lane(at) {
            Some(_) => f32::MAX,
            None if out => b.x[chain(at)[1]],
            None => b.x[chain(at)[chain(at).len() - 2]],
        };
        self.outs = vec![0.0; edges.len()];
        self.ins = vec![0.0; edges.len()];
        for v in 0..b.steps {
            for out in [true, false] {
                let mut all: Vec<usize> = (0..edges.len())
                    .filter(|e| if out { edges[*e].0 == v } else { edges[*e].1 == v })
                    .collect();
                // Lines that come by one lane arrive as one.
                if !out {
                    let mut seen = Vec::new();
                    all.retain(|e| {
                        lane(*e).is_none_or(|l| {
                            !seen.contains(&l) && {
                                seen.push(l);
                                true
                            }
                        })
                    });
                }
                all.sort_by(|a, b| far(*a, out).total_cmp(&far(*b, out)));
                let room = b.sizes[v].w * 0.5;
                for (place, e) in all.iter().enumerate() {
                    let shift = (place as f32 + 1.0) / (all.len() as f32 + 1.0) - 0.5;
                    let x = b.x[v] + shift * room;
                    if out {
                        self.outs[*e] = x
                    } else {
                        self.ins[*e] = x
                    }
                    if let (false, Some(l)) = (out, lane(*e)) {
                        lanes[l].edges.iter().for_each(|e| self.ins[*e] = x);
                    }
                }
            }
        }
    }

    fn curve(&self, edge: usize) -> Line {
        let b = self.board;
        let chain = &b.chains[edge];
        let first = b.layer[chain[0]];
        // A step lower than its layer leaves room below itself: lines begin at the step.
        let start = (self.outs[edge], self.foot(chain[0]));
        let mut path = format!("M{:.0} {:.0}", start.0, start.1);
        let mut at = start;
        let mut second = start;
        for (place, v) in chain.iter().enumerate().skip(1) {
            let end = place + 1 == chain.len();
            let to = if end { (self.ins[edge], self.head(*v)) } else { (b.x[*v], self.top[b.layer[*v]]) };
            let bend = (to.1 - at.1) / 2.0;
            let _ = write!(
                path,
                "C{:.0} {:.0} {:.0} {:.0} {:.0} {:.0}",
                at.0,
                at.1 + bend,
                to.0,
                to.1 - bend,
                to.0,
                to.1
            );
            if place == 1 {
                second = to;
            }
            at = to;
            if !end {
                at.1 = self.bottom[b.layer[*v]];
                let _ = write!(path, "V{:.0}", at.1);
            }
        }
        let left = second.0 < start.0 - 4.0;
        let label = (start.0 + if left { -9.0 } else { 9.0 }, self.bottom[first].max(start.1) + 12.0, left);
        Line { path, label, back: false }
    }

    /// The lower side of a step, which stands in the middle of its layer.
    fn foot(&self, v: usize) -> f32 {
        let layer = self.board.layer[v];
        (self.top[layer] + self.bottom[layer] + self.board.sizes[v].h) / 2.0
    }

    fn head(&self, v: usize) -> f32 {
        let layer = self.board.layer[v];
        (self.top[layer] + self.bottom[layer] - self.board.sizes[v].h) / 2.0
    }

    fn lane(
        &self,
        edge: usize,
        (from, to): (usize, usize),
        lane: &Lane,
        turns: &mut (Vec<usize>, Vec<usize>),
    ) -> Line {
        let (below, above) = (self.board.layer[from], self.board.layer[to]);
        turns.1[below] += 1;
        if lane.edges.first() == Some(&edge) {
            turns.0[above] += 1;
        }
        let out = (self.outs[edge], self.foot(from));
        let into = (self.ins[edge], self.head(to));
        let y1 = self.bottom[below] + 11.0 + 7.0 * (turns.1[below] - 1) as f32;
        let y2 = self.top[above] - 11.0 - 7.0 * (turns.0[above].max(1) - 1) as f32;
        let r = 5.0;
        // Up in the lane, or down for a long way forward.
        let turn = if y2 < y1 { -r } else { r };
        let mut path = format!("M{:.0} {:.0}V{:.0}q0 {r} {r} {r}", out.0, out.1, y1 - r);
        let _ = write!(path, "H{:.0}q{r} 0 {r} {turn}V{:.0}q0 {turn} -{r} {turn}", lane.x - r, y2 - turn);
        let _ = write!(path, "H{:.0}q-{r} 0 -{r} {r}V{:.0}", into.0 + r, into.1);
        Line { path, label: (out.0 + 5.0, y1 - 3.0, false), back: from >= to }
    }
}
