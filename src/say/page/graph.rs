//! A run as a picture: columns are waves, and no arrow crosses a box. An arrow that leads past a
//! wave has a lane of its own there, between the boxes.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::Badge;

/// How big a box is, and how far apart boxes are.
const WIDTH: i64 = 232;
const HEIGHT: i64 = 58;
const LANE: i64 = 10;
const GAP_X: i64 = 76;
const GAP_Y: i64 = 16;
const TOP: i64 = 34;
const EDGE: i64 = 12;
/// How much of a title fits into a box, in columns of a letter.
const TITLE: usize = 24;
/// How often the order within the waves is improved.
const SWEEPS: usize = 8;

/// A task to be drawn.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Its page, if whoever looks may see it.
    pub href: Option<String>,
    /// How it stands.
    pub badge: Badge,
    /// Its owner.
    pub owner: String,
    /// The tasks it depends on.
    pub after: Vec<i64>,
    /// Whether it is on the longest chain.
    pub is_critical: bool,
}

/// A picture, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How wide it is.
    pub width: i64,
    /// How high it is.
    pub height: i64,
    /// The waves' names, and where they stand.
    pub columns: Vec<(i64, usize)>,
    /// The boxes.
    pub boxes: Vec<Box>,
    /// The arrows.
    pub arrows: Vec<Arrow>,
}

/// A box of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Box {
    /// Its left edge.
    pub x: i64,
    /// Its upper edge.
    pub y: i64,
    /// The task.
    pub number: i64,
    /// As much of its title as fits.
    pub title: String,
    /// All of it.
    pub whole: String,
    /// Its page.
    pub href: Option<String>,
    /// How it stands.
    pub badge: Badge,
    /// Its owner.
    pub owner: String,
    /// Whether it is on the longest chain.
    pub is_critical: bool,
}

/// An arrow of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The task that goes first.
    pub from: i64,
    /// The task that waits for it.
    pub to: i64,
    /// The way, as SVG has it.
    pub path: String,
    /// Whether it is on the longest chain.
    pub is_critical: bool,
}

impl Drawing {
    /// How wide a box is.
    pub fn box_width(&self) -> i64 {
        WIDTH
    }

    /// How high a box is.
    pub fn box_height(&self) -> i64 {
        HEIGHT
    }
}

/// What has a place in a column: a task, or an arrow on its way past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Task(i64),
    Lane { from: i64, to: i64 },
}

/// Draws tasks in their waves; nothing, where there is nothing to draw.
pub fn draw(nodes: &[Node], waves: &[Vec<i64>]) -> Option<Drawing> {
    let by_number: BTreeMap<i64, &Node> = nodes.iter().map(|node| (node.number, node)).collect();
    let depth: BTreeMap<i64, usize> = waves
        .iter()
        .enumerate()
        .flat_map(|(depth, wave)| wave.iter().map(move |number| (*number, depth)))
        .collect();
    if depth.is_empty() {
        return None;
    }
    let edges = edges(&by_number, &depth);
    let mut columns = columns(waves, &edges, &depth);
    let neighbours = neighbours(&edges, &depth);
    for sweep in 0..SWEEPS {
        improve(&mut columns, &neighbours, sweep % 2 == 0);
    }
    let tallest = columns.iter().map(|column| height(column)).max().unwrap_or_default();
    let places = places(&columns, tallest);
    let boxes = columns.iter().enumerate().flat_map(|(at, column)| {
        column.iter().filter_map(move |slot| match slot {
            Slot::Task(number) => Some((at, *number)),
            Slot::Lane { .. } => None,
        })
    });
    let boxes = boxes.filter_map(|(at, number)| {
        Some(boxed(by_number.get(&number)?, left(at), *places.get(&(at, Slot::Task(number)))?))
    });
    Some(Drawing {
        width: left(columns.len() - 1) + WIDTH + EDGE,
        height: TOP + tallest + EDGE,
        columns: (0..columns.len()).map(|at| (left(at), at + 1)).collect(),
        boxes: boxes.collect(),
        arrows: edges
            .iter()
            .map(|&(from, to)| Arrow {
                from,
                to,
                path: way(from, to, &depth, &places),
                is_critical: by_number[&from].is_critical && by_number[&to].is_critical,
            })
            .collect(),
    })
}

/// Where the left edge of a column is.
fn left(column: usize) -> i64 {
    EDGE + i64::try_from(column).unwrap_or(0) * (WIDTH + GAP_X)
}

fn boxed(node: &Node, x: i64, y: i64) -> Box {
    Box {
        x,
        y,
        number: node.number,
        title: fitting(&node.title),
        whole: node.title.clone(),
        href: node.href.clone(),
        badge: node.badge.clone(),
        owner: node.owner.clone(),
        is_critical: node.is_critical,
    }
}

/// Every arrow that leads to a later wave, once.
fn edges(nodes: &BTreeMap<i64, &Node>, depth: &BTreeMap<i64, usize>) -> Vec<(i64, i64)> {
    let leads_on = |from: i64, to: i64| match (depth.get(&from), depth.get(&to)) {
        (Some(from), Some(to)) => from < to,
        (_, None) | (None, _) => false,
    };
    let all: BTreeSet<_> = nodes
        .values()
        .flat_map(|node| node.after.iter().map(|from| (*from, node.number)))
        .filter(|(from, to)| nodes.contains_key(from) && leads_on(*from, *to))
        .collect();
    all.into_iter().collect()
}

fn columns(
    waves: &[Vec<i64>],
    edges: &[(i64, i64)],
    depth: &BTreeMap<i64, usize>,
) -> Vec<Vec<Slot>> {
    let mut columns: Vec<Vec<Slot>> =
        waves.iter().map(|wave| wave.iter().map(|number| Slot::Task(*number)).collect()).collect();
    for &(from, to) in edges {
        for column in &mut columns[depth[&from] + 1..depth[&to]] {
            column.push(Slot::Lane { from, to });
        }
    }
    columns
}

/// What each slot is joined with in the column before and in the one behind.
type Neighbours = BTreeMap<(usize, Slot), (Vec<Slot>, Vec<Slot>)>;

fn neighbours(edges: &[(i64, i64)], depth: &BTreeMap<i64, usize>) -> Neighbours {
    let mut all = Neighbours::new();
    for &(from, to) in edges {
        let slot = |column: usize| match column {
            _ if column == depth[&from] => Slot::Task(from),
            _ if column == depth[&to] => Slot::Task(to),
            _ => Slot::Lane { from, to },
        };
        for column in depth[&from]..depth[&to] {
            all.entry((column, slot(column))).or_default().1.push(slot(column + 1));
            all.entry((column + 1, slot(column + 1))).or_default().0.push(slot(column));
        }
    }
    all
}

/// Moves what is joined closer together, forwards or backwards through the columns.
fn improve(columns: &mut [Vec<Slot>], neighbours: &Neighbours, forwards: bool) {
    let last = columns.len().saturating_sub(1);
    let order: Vec<usize> = if forwards { (1..=last).collect() } else { (0..last).rev().collect() };
    for at in order {
        let beside = if forwards { at - 1 } else { at + 1 };
        let rank: BTreeMap<Slot, usize> =
            columns[beside].iter().enumerate().map(|(rank, slot)| (*slot, rank)).collect();
        let mut keyed: Vec<(usize, Slot)> = columns[at]
            .iter()
            .enumerate()
            .map(|(here, slot)| {
                let joined = neighbours.get(&(at, *slot));
                let joined = joined.map(|(before, behind)| if forwards { before } else { behind });
                let ranks: Vec<usize> =
                    joined.into_iter().flatten().filter_map(|one| rank.get(one).copied()).collect();
                let middle = match ranks.len() {
                    0 => here * 1_000,
                    many => ranks.iter().sum::<usize>() * 1_000 / many,
                };
                (middle, *slot)
            })
            .collect();
        keyed.sort_by_key(|(middle, _)| *middle);
        columns[at] = keyed.into_iter().map(|(_, slot)| slot).collect();
    }
}

fn tall(slot: Slot) -> i64 {
    match slot {
        Slot::Task(_) => HEIGHT,
        Slot::Lane { .. } => LANE,
    }
}

fn height(column: &[Slot]) -> i64 {
    column.iter().map(|slot| tall(*slot) + GAP_Y).sum::<i64>() - GAP_Y
}

/// The upper edge of everything, each column in the middle of the picture.
fn places(columns: &[Vec<Slot>], tallest: i64) -> BTreeMap<(usize, Slot), i64> {
    let mut places = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        let mut y = TOP + (tallest - height(column)) / 2;
        for slot in column {
            places.insert((at, *slot), y);
            y += tall(*slot) + GAP_Y;
        }
    }
    places
}

/// The way of an arrow: curves between the columns, straight lines through their lanes.
fn way(
    from: i64,
    to: i64,
    depth: &BTreeMap<i64, usize>,
    places: &BTreeMap<(usize, Slot), i64>,
) -> String {
    let middle = |column: usize, slot: Slot| {
        places.get(&(column, slot)).copied().unwrap_or_default() + tall(slot) / 2
    };
    let (first, last) = (depth[&from], depth[&to]);
    let mut x = left(first) + WIDTH;
    let mut path = format!("M{x} {}", middle(first, Slot::Task(from)));
    for column in first + 1..=last {
        let slot = if column == last { Slot::Task(to) } else { Slot::Lane { from, to } };
        let (next, y) = (left(column), middle(column, slot));
        let half = i64::midpoint(x, next);
        let before = path.rsplit(' ').next().unwrap_or_default().to_owned();
        let end = if column == last { next - 5 } else { next };
        path.extend(["C", &format!("{half} {before} {half} {y} {end} {y}")]);
        if column != last {
            x = next + WIDTH;
            path.extend(["L", &format!("{x} {y}")]);
        }
    }
    path
}

/// As much of a title as fits into a box; letters of some scripts are twice as wide.
fn fitting(title: &str) -> String {
    let wide = |c: char| if (c as u32) < 0x1100 { 1 } else { 2 };
    let whole: usize = title.chars().map(wide).sum();
    if whole <= TITLE {
        return title.to_owned();
    }
    let mut used = 0;
    let short = title.chars().take_while(|c| {
        used += wide(*c);
        used < TITLE
    });
    format!("{}…", short.collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{AgentName, TaskNumber};
    use crate::domain::plan::{Dependency, Plan, PlannedTask};

    fn drawn(after: &[(i64, Vec<i64>)]) -> Drawing {
        let node = |(number, after): &(i64, Vec<i64>)| Node {
            number: *number,
            title: format!("Task {number}"),
            href: None,
            badge: Badge::new("waiting", "waiting"),
            owner: "ada".to_owned(),
            after: after.clone(),
            is_critical: false,
        };
        let tasks = after.iter().map(|(number, after)| PlannedTask {
            after: after.iter().map(|one| Dependency::Task(TaskNumber(*one))).collect(),
            ..PlannedTask::new(
                TaskNumber(*number),
                "acme/web".parse().unwrap(),
                "x",
                AgentName("a".into()),
            )
        });
        let plan = Plan { tasks: tasks.collect(), ..Plan::default() };
        let waves: Vec<Vec<i64>> =
            plan.waves().into_iter().map(|wave| wave.into_iter().map(|n| n.0).collect()).collect();
        draw(&after.iter().map(node).collect::<Vec<_>>(), &waves).unwrap()
    }

    /// Points on the way of an arrow, close together.
    fn points(path: &str) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        let parts = path.replace(['C', 'L'], "|").replace('M', "");
        for part in parts.split('|') {
            let numbers: Vec<f64> = part.split(' ').map(|n| n.parse().unwrap()).collect();
            match *numbers.as_slice() {
                [x, y] => match points.last().copied() {
                    None => points.push((x, y)),
                    Some((x0, y0)) => points.extend((1..=20).map(|t| {
                        let t = f64::from(t) / 20.0;
                        (x0 + (x - x0) * t, y0 + (y - y0) * t)
                    })),
                },
                [x1, y1, x2, y2, x, y] => {
                    let (x0, y0) = *points.last().unwrap();
                    points.extend((1..=20).map(|t| {
                        let t = f64::from(t) / 20.0;
                        let u = 1.0 - t;
                        let at = |a: f64, b: f64, c: f64, d: f64| {
                            u * u * u * a
                                + 3.0 * u * u * t * b
                                + 3.0 * u * t * t * c
                                + t * t * t * d
                        };
                        (at(x0, x1, x2, x), at(y0, y1, y2, y))
                    }));
                }
                _ => panic!("{path}"),
            }
        }
        points
    }

    #[expect(clippy::cast_precision_loss, reason = "pictures are small")]
    fn crosses_nothing(drawing: &Drawing) {
        for arrow in &drawing.arrows {
            for (x, y) in points(&arrow.path) {
                for one in &drawing.boxes {
                    let inside = (one.x as f64 + 0.5) < x
                        && x < (one.x + WIDTH) as f64 - 0.5
                        && (one.y as f64) < y
                        && y < (one.y + HEIGHT) as f64;
                    assert!(!inside, "T{} → T{} crosses T{}", arrow.from, arrow.to, one.number);
                }
            }
        }
        for one in &drawing.boxes {
            assert!(0 <= one.x && one.x + WIDTH <= drawing.width, "{one:?}");
            assert!(0 <= one.y && one.y + HEIGHT <= drawing.height, "{one:?}");
            let apart = |other: &Box| {
                one.number == other.number || one.x != other.x || HEIGHT <= (one.y - other.y).abs()
            };
            assert!(drawing.boxes.iter().all(apart), "{one:?} lies on another box");
        }
    }

    #[test]
    fn an_arrow_past_a_wave_goes_around_its_boxes() {
        let drawing = drawn(&[(1, vec![]), (2, vec![1]), (3, vec![1, 2])]);
        assert_eq!(drawing.boxes.len(), 3);
        assert_eq!(drawing.arrows.len(), 3);
        crosses_nothing(&drawing);
    }

    #[test]
    fn a_long_title_is_cut_and_wide_letters_count_twice() {
        assert_eq!(fitting("Add a dark palette"), "Add a dark palette");
        assert_eq!(fitting("Add a dark palette for all the pages"), "Add a dark palette for…");
        assert_eq!(fitting("暗いテーマをすべてのページに追加する"), "暗いテーマをすべてのペ…");
    }

    proptest! {
        #[test]
        fn no_arrow_crosses_a_box(edges in prop::collection::vec((1i64..40, 1i64..40), 0..80)) {
            let mut after: BTreeMap<i64, Vec<i64>> = (1..40).map(|n| (n, vec![])).collect();
            for (a, b) in edges {
                if a < b {
                    after.get_mut(&b).unwrap().push(a);
                }
            }
            let drawing = drawn(&after.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(drawing.boxes.len(), 39);
            crosses_nothing(&drawing);
        }
    }
}
