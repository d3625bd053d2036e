//! What is around every page, and the pages that are little more.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::Moment;
use super::wizard::Reason;
use super::{filters, page};

/// Who looks at what.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's name.
    pub title: String,
    /// Who looks, if we know.
    pub who: Option<String>,
    /// What every form must bring along.
    pub csrf: String,
    /// What makes a form do its work once.
    pub once: String,
    /// The page's address, to come back to.
    pub here: String,
    /// How many things wait for whoever looks.
    pub waiting: usize,
    /// Which part of the dashboard it is.
    pub tab: Tab,
    /// Whether a browser without script reads it again by itself.
    pub refresh: bool,
    /// Where its news come from.
    pub live: Option<Live>,
}

/// Where a page hears that something changed.
#[derive(Clone, Debug)]
pub struct Live {
    /// The address.
    pub href: String,
    /// What was known when the page was made.
    pub mark: String,
}

/// The parts of the dashboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Sprints and their runs.
    #[default]
    Runs,
    /// The agents.
    Agents,
    /// Projects and workers.
    Projects,
    /// Whoever looks.
    You,
}

impl Frame {
    pub(super) fn is(&self, tab: &str) -> bool {
        match self.tab {
            Tab::Runs => tab == "runs",
            Tab::Agents => tab == "agents",
            Tab::Projects => tab == "projects",
            Tab::You => tab == "you",
        }
    }
}

#[derive(Template)]
#[template(path = "page/signed_out.html")]
struct SignedOut<'a> {
    frame: &'a Frame,
    back: &'a str,
    is_open: bool,
    why: Option<&'a str>,
}

/// For whoever we do not know; `why` if they just tried in vain.
pub fn signed_out(back: &str, is_open: bool, why: Option<&str>) -> String {
    let frame = Frame { title: "Sign in".to_owned(), ..Frame::default() };
    let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    page(&SignedOut { frame: &frame, back: &back, is_open, why })
}

#[derive(Template)]
#[template(path = "page/trouble.html")]
struct Trouble<'a> {
    frame: &'a Frame,
    heading: &'a str,
    text: &'a str,
}

/// Something is not there, or does not work now.
pub fn trouble(frame: &Frame, heading: &str, text: &str) -> String {
    page(&Trouble { frame, heading, text })
}

#[derive(Template)]
#[template(path = "page/refused.html")]
struct Refused<'a> {
    frame: &'a Frame,
    back: &'a str,
    reasons: &'a [Reason],
    despite: Option<&'a str>,
}

/// Why something was not done, each reason with what to do about it. `despite` is the sprint that
/// may be started all the same.
pub fn refused(frame: &Frame, back: &str, reasons: &[Reason], despite: Option<&str>) -> String {
    page(&Refused { frame, back, reasons, despite })
}

/// A session, as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Which browser.
    pub name: String,
    /// Since when.
    pub made: Moment,
    /// When it was seen last.
    pub seen: Moment,
    /// Whether it is this one.
    pub is_this: bool,
    /// Whether it is a script's.
    pub is_script: bool,
}

#[derive(Template)]
#[template(path = "page/yours.html")]
struct Yours<'a> {
    frame: &'a Frame,
    sessions: &'a [Session],
    token: Option<&'a str>,
}

/// Where one is signed in, and a token that was just made.
pub fn yours(frame: &Frame, sessions: &[Session], token: Option<&str>) -> String {
    page(&Yours { frame, sessions, token })
}

/// The icon in the browser's tab, with how many things wait.
pub fn icon(waiting: usize) -> String {
    let dots = "<circle cx='10' cy='11' r='4'/><circle cx='22' cy='11' r='4'/>\
                <circle cx='10' cy='22' r='4'/><circle cx='22' cy='22' r='4'/>";
    let count = match waiting {
        0 => String::new(),
        1..=9 => waiting.to_string(),
        _ => "9+".to_owned(),
    };
    let mark = if waiting == 0 {
        String::new()
    } else {
        format!(
            "<circle cx='22' cy='10' r='10' fill='#c2410c'/><text x='22' y='15' \
             font-family='system-ui,sans-serif' font-size='13' font-weight='700' fill='#fff' \
             text-anchor='middle'>{count}</text>"
        )
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
         <rect width='32' height='32' rx='8' fill='#3d3bce'/><g fill='#fff'>{dots}</g>{mark}</svg>"
    )
}
