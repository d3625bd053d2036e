//! Markdown from people and Apps, as HTML that can do nothing.
//!
//! Raw HTML is dropped, images become links, and links lead to http(s) or to pages of the hub.
//! The strict content policy of every page is the second lock on the same door.

pub(super) mod boxes;
pub(super) mod escape;
mod links;
mod mermaid;

use std::fmt;

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html,
};

pub(super) use self::links::{Place, mentions};
use self::{boxes::Boxes, escape::escape};

/// HTML that is safe to put into a page as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// The parts of Markdown that GitHub has beyond the standard.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
}

/// A comment or the text of an issue: line breaks count, boxes may be ticked.
pub(super) fn comment(text: &str, place: &Place<'_>, boxes: &Boxes) -> Html {
    Renderer::new(place, boxes, true).render(text)
}

/// A file: line breaks are just spaces, boxes are only for looking at.
pub(super) fn file(text: &str, place: &Place<'_>) -> Html {
    Renderer::new(place, &Boxes::shown(text), false).render(text)
}

struct Renderer<'a> {
    place: &'a Place<'a>,
    boxes: &'a Boxes,
    breaks: bool,
    /// For every open link whether it was written out.
    links: Vec<bool>,
    /// The diagram being read.
    diagram: Option<String>,
    in_code: bool,
    in_html: bool,
    images: usize,
    next_box: usize,
}

impl<'a> Renderer<'a> {
    fn new(place: &'a Place<'a>, boxes: &'a Boxes, breaks: bool) -> Self {
        Self {
            place,
            boxes,
            breaks,
            links: Vec::new(),
            diagram: None,
            in_code: false,
            in_html: false,
            images: 0,
            next_box: 0,
        }
    }

    fn render(mut self, text: &str) -> Html {
        let mut safe = Vec::new();
        for event in TextMergeStream::new(Parser::new_ext(text, options())) {
            safe.extend(self.tame(event));
        }
        let mut out = String::new();
        html::push_html(&mut out, safe.into_iter());
        Html(out)
    }

    /// What is left of an event when it cannot do harm.
    fn tame<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        if let Event::Start(tag) = event {
            return self.open(tag);
        }
        if let Event::End(tag) = event {
            return self.close(tag);
        }
        if let Event::TaskListMarker(_) = event {
            self.next_box += 1;
            return Some(written(self.boxes.input(self.next_box - 1)));
        }
        if let Event::InlineHtml(tag) = &event {
            let is_break = matches!(&**tag, "<br>" | "<br/>" | "<br />");
            return is_break.then_some(Event::HardBreak);
        }
        if matches!(event, Event::Html(_)) || self.in_html {
            return None;
        }
        if matches!(event, Event::SoftBreak) && self.breaks {
            return Some(Event::HardBreak);
        }
        if let Event::Text(text) = event {
            return self.text(text);
        }
        Some(event)
    }

    fn text<'e>(&mut self, text: CowStr<'e>) -> Option<Event<'e>> {
        if let Some(diagram) = &mut self.diagram {
            diagram.push_str(&text);
            return None;
        }
        if self.in_code || !self.links.is_empty() {
            return Some(Event::Text(text));
        }
        Some(written(self.place.link_words(&text)))
    }

    fn open<'e>(&mut self, tag: Tag<'e>) -> Option<Event<'e>> {
        if let Tag::Link { dest_url, .. } = &tag {
            let address = self.place.address(dest_url).filter(|_| !self.links.contains(&true));
            self.links.push(address.is_some());
            return address.map(|address| written(anchor(&address)));
        }
        if let Tag::Image { dest_url, .. } = &tag {
            self.images += 1;
            // Inside a link the words alone are left; there are no links in links.
            let address = self.place.address(dest_url).filter(|_| !self.links.contains(&true));
            self.links.push(address.is_some());
            let open = address.map(|address| anchor(&address)).unwrap_or_default();
            return Some(written(format!("{open}Image: ")));
        }
        if let Tag::CodeBlock(kind) = &tag {
            self.in_code = true;
            if matches!(kind, CodeBlockKind::Fenced(language) if &**language == "mermaid") {
                self.diagram = Some(String::new());
                return None;
            }
        }
        if matches!(tag, Tag::HtmlBlock) {
            self.in_html = true;
            return None;
        }
        Some(Event::Start(tag))
    }

    fn close<'e>(&mut self, tag: TagEnd) -> Option<Event<'e>> {
        if matches!(tag, TagEnd::Link | TagEnd::Image) {
            return self.links.pop().filter(|open| *open).map(|_| written("</a>".to_owned()));
        }
        if matches!(tag, TagEnd::CodeBlock) {
            self.in_code = false;
            if let Some(diagram) = self.diagram.take() {
                return Some(written(mermaid::draw(&diagram)));
            }
        }
        if matches!(tag, TagEnd::HtmlBlock) {
            self.in_html = false;
            return None;
        }
        Some(Event::End(tag))
    }
}

/// HTML of our own.
fn written<'e>(html: String) -> Event<'e> {
    Event::InlineHtml(html.into())
}

fn anchor(address: &str) -> String {
    format!("<a href=\"{}\" rel=\"nofollow noopener noreferrer\">", escape(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Actor, World};

    fn shown(text: &str) -> String {
        let world = World::default();
        let place = Place { world: &world, actor: Actor::Nobody, repo: None, base: None };
        comment(text, &place, &Boxes::shown(text)).to_string()
    }

    #[test]
    fn raw_html_disappears_and_what_is_around_it_stays() {
        let text =
            "a <b onclick=x>bold</b> <!-- secret --> word\n\n<script>alert(1)</script>\n\nend";
        assert_eq!(shown(text), "<p>a bold  word</p>\n<p>end</p>\n");
    }

    #[test]
    fn an_unclosed_tag_swallows_nothing_after_its_block() {
        assert_eq!(shown("<div><table>\n\nstill here"), "<p>still here</p>\n");
        assert_eq!(
            shown("x <img src=a onerror=alert(1)"),
            "<p>x &lt;img src=a onerror=alert(1)</p>\n"
        );
    }

    #[test]
    fn links_lead_to_http_only() {
        assert_eq!(shown("[a](javascript:alert(1))"), "<p>a</p>\n");
        assert_eq!(shown("[a](data:text/html,x)"), "<p>a</p>\n");
        assert_eq!(shown("[a](JaVaScRiPt:x) <javascript:x>"), "<p>a javascript:x</p>\n");
        let to = "<a href=\"https://example.org/?a=1&amp;b=&quot;\" rel=\"nofollow noopener noreferrer\">a</a>";
        assert_eq!(shown("[a](<https://example.org/?a=1&b=\">)"), format!("<p>{to}</p>\n"));
    }

    #[test]
    fn an_image_is_a_link_to_it() {
        assert_eq!(
            shown("![a cat](https://example.org/cat.png)"),
            "<p><a href=\"https://example.org/cat.png\" rel=\"nofollow noopener noreferrer\">Image: a cat</a></p>\n"
        );
        assert_eq!(shown("![x](javascript:alert(1))"), "<p>Image: x</p>\n");
    }
}
