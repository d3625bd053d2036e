//! Simple mermaid graphs as columns of boxes; everything else as its source.

use std::{collections::BTreeMap, fmt::Write};

use super::escape::escape;

/// The nodes of a graph, in the order they were named, and which comes before which.
#[derive(Default)]
struct Graph {
    labels: Vec<(String, String)>,
    edges: Vec<(usize, usize)>,
}

/// A diagram in HTML.
pub(super) fn draw(source: &str) -> String {
    match read(source) {
        Some(graph) => graph.draw(),
        None => format!(
            "<figure class=\"diagram\"><pre><code>{}</code></pre>\
             <figcaption>A mermaid diagram, shown as its source</figcaption></figure>\n",
            escape(source)
        ),
    }
}

/// The graph, when every line of it is understood.
fn read(source: &str) -> Option<Graph> {
    let mut lines = source.lines().map(str::trim).filter(|line| !line.is_empty());
    let kind = lines.next()?.split_whitespace().next()?;
    if !["graph", "flowchart"].contains(&kind) {
        return None;
    }
    let mut graph = Graph::default();
    for line in lines {
        let word = line.split_whitespace().next().unwrap_or_default();
        let looks = ["classDef", "class", "style", "linkStyle", "click", "direction"];
        if !looks.contains(&word) && !line.starts_with("%%") {
            graph.read_line(line.trim_end_matches(';'))?;
        }
    }
    (!graph.labels.is_empty()).then_some(graph)
}

impl Graph {
    /// `A["label"] --> B & C --> D`
    fn read_line(&mut self, line: &str) -> Option<()> {
        let mut before: Vec<usize> = Vec::new();
        let mut rest = line;
        loop {
            let mut group = Vec::new();
            loop {
                let (node, after) = self.read_node(rest.trim_start())?;
                group.push(node);
                rest = after.trim_start();
                match rest.strip_prefix('&') {
                    Some(more) => rest = more,
                    None => break,
                }
            }
            for from in &before {
                self.edges.extend(group.iter().map(|to| (*from, *to)));
            }
            before = group;
            if rest.is_empty() {
                return Some(());
            }
            let arrows = ["-->", "==>", "-.->", "---"];
            rest = arrows.iter().find_map(|arrow| rest.strip_prefix(arrow))?;
            if let Some(label) = rest.strip_prefix('|') {
                rest = label.split_once('|')?.1;
            }
        }
    }

    fn read_node<'t>(&mut self, text: &'t str) -> Option<(usize, &'t str)> {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let (id, mut rest) = text.split_at(end);
        let mut label = None;
        if let Some(shape) = rest.chars().next().filter(|c| "[({".contains(*c)) {
            let close = match shape {
                '[' => ']',
                '(' => ')',
                _ => '}',
            };
            let end = match rest.find('"') {
                // A quoted label may hold brackets.
                Some(quote) if quote <= 2 => quote + 1 + rest[quote + 1..].find('"')?,
                _ => 0,
            };
            let end = end + rest[end..].find(close)?;
            let end = end + rest[end..].find(|c| c != close).unwrap_or(rest.len() - end);
            let inside = &rest[..end];
            label = Some(match inside.split('"').nth(1) {
                Some(quoted) => quoted,
                None => inside.trim_matches(['[', ']', '(', ')', '{', '}']),
            });
            rest = &rest[end..];
        }
        if let Some(class) = rest.strip_prefix(":::") {
            rest = class.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        }
        let known = self.labels.iter().position(|(known, _)| known == id);
        let node = known.unwrap_or(self.labels.len());
        if known.is_none() {
            self.labels.push((id.to_owned(), id.to_owned()));
        }
        if let Some(label) = label {
            label.clone_into(&mut self.labels[node].1);
        }
        (!id.is_empty()).then_some((node, rest))
    }

    /// How far each node is from the start; a ring ends where it was entered.
    fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.labels.len()];
        for _ in 0..self.labels.len() {
            for (from, to) in &self.edges {
                depths[*to] = depths[*to].max(depths[*from] + 1).min(self.labels.len() - 1);
            }
        }
        depths
    }

    fn draw(&self) -> String {
        let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (node, depth) in self.depths().into_iter().enumerate() {
            columns.entry(depth).or_default().push(node);
        }
        let mut html = "<figure class=\"diagram flow\"><ol>\n".to_owned();
        for nodes in columns.values() {
            html.push_str("<li><ul>");
            for node in nodes {
                let before = self.edges.iter().filter(|edge| edge.1 == *node);
                let before: Vec<&str> = before.map(|edge| self.labels[edge.0].0.as_str()).collect();
                // Writing to a string cannot fail.
                let _ = write!(html, "<li>{}", escape(&self.labels[*node].1));
                if !before.is_empty() {
                    let _ = write!(html, " <small>after {}</small>", escape(&before.join(", ")));
                }
                html.push_str("</li>");
            }
            html.push_str("</ul></li>\n");
        }
        html.push_str("</ol></figure>\n");
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_graph_is_drawn_in_columns() {
        let html = draw(
            "graph LR\n  T1[\"T1 · Colors\"]\n  T2[\"T2 · Toggle (new)\"]\n  T1 --> T2\n  T1 -->|then| T3\n",
        );
        assert_eq!(
            html,
            "<figure class=\"diagram flow\"><ol>\n\
             <li><ul><li>T1 · Colors</li></ul></li>\n\
             <li><ul><li>T2 · Toggle (new) <small>after T1</small></li>\
             <li>T3 <small>after T1</small></li></ul></li>\n\
             </ol></figure>\n"
        );
    }

    #[test]
    fn what_is_not_understood_is_shown_as_it_is() {
        let html = draw("sequenceDiagram\n  A->>B: <hi>");
        assert!(html.contains("A-&gt;&gt;B: &lt;hi&gt;"), "{html}");
        assert!(draw("graph LR\n A -- text --> B").contains("<pre>"));
    }

    #[test]
    fn a_ring_ends() {
        assert!(draw("graph LR\nA --> B\nB --> A").contains("after"));
    }
}
