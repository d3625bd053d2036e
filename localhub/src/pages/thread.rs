//! Everything that was said and done about an issue or a pull request, in the order of time.

use chrono::{DateTime, Utc};

use super::{
    diff::{DiffLine, lines_of},
    form::stamp,
    frame::{Face, Moment, Tag},
    markdown::{self, Html, boxes::Boxes, mentions},
    visit::Visit,
};
use crate::model::{
    Account, Comment, Id, Issue, Need, Pull, Reaction, Repo, Review,
    comment::Edit,
    issue::{Happening, What},
    review::Verdict,
};

/// One entry of a thread.
pub(super) enum Entry {
    Post(Box<Post>),
    Line(Line),
    Review(Judgment),
}

/// A text with its author: the first of an issue, or a comment.
pub(super) struct Post {
    pub(super) anchor: String,
    pub(super) author: Face,
    pub(super) at: Moment,
    pub(super) body: Html,
    /// As it was written, for editing.
    pub(super) raw: String,
    /// What a form over it says its writer saw.
    pub(super) stamp: String,
    /// The boxes as they are shown, when they may be ticked.
    pub(super) seen: Option<String>,
    /// The address that its forms start with.
    pub(super) acts: String,
    pub(super) may_edit: bool,
    pub(super) is_comment: bool,
    pub(super) edits: Vec<Past>,
    pub(super) reactions: Vec<(&'static str, usize, String)>,
}

/// What a text said before somebody changed it.
pub(super) struct Past {
    pub(super) by: Face,
    pub(super) at: Moment,
    pub(super) before: String,
}

/// Something that happened, in one line.
pub(super) struct Line {
    pub(super) by: Face,
    pub(super) at: Moment,
    pub(super) words: String,
    pub(super) tag: Option<Tag>,
    /// Where it leads, and what that is called.
    pub(super) link: Option<(String, String)>,
}

/// A review.
pub(super) struct Judgment {
    pub(super) anchor: String,
    pub(super) by: Face,
    pub(super) at: Moment,
    pub(super) words: &'static str,
    pub(super) class: &'static str,
    pub(super) body: Html,
    pub(super) remarks: Vec<Remark>,
}

/// A comment on a line.
pub(super) struct Remark {
    pub(super) anchor: String,
    pub(super) by: Face,
    pub(super) at: Moment,
    pub(super) path: String,
    pub(super) hunk: Vec<DiffLine>,
    pub(super) body: Html,
}

/// The whole thread, without the first text.
pub(super) fn entries(visit: &Visit, repo: &Repo, issue: &Issue) -> Vec<Entry> {
    let mut all: Vec<(DateTime<Utc>, u64, Entry)> = Vec::new();
    for comment in visit.world.comments_on(issue) {
        let post = Entry::Post(Box::new(comment_post(visit, repo, issue, comment)));
        all.push((comment.created_at, comment.id.0, post));
    }
    for happening in &issue.happenings {
        all.push((happening.at, happening.id, Entry::Line(line(visit, repo, happening))));
    }
    if let Some(pull) = issue.pull {
        let pull = visit.world.pulls.at(pull);
        for review in visit.world.reviews.iter().filter(|review| review.pull == pull.id) {
            if let Some(at) = review.submitted_at {
                let judgment = Entry::Review(judgment(visit, repo, pull, review, at));
                all.push((at, review.id.0, judgment));
            }
        }
    }
    all.extend(mentioned(visit, issue));
    all.sort_by_key(|(at, id, _)| (*at, *id));
    all.into_iter().map(|(_, _, entry)| entry).collect()
}

/// The text an issue starts with.
pub(super) fn first_post(visit: &Visit, repo: &Repo, issue: &Issue) -> Post {
    let raw = issue.body.clone().unwrap_or_default();
    Post {
        is_comment: false,
        stamp: stamp(&format!("{}\n{raw}", issue.title)),
        ..post(
            visit,
            repo,
            issue,
            Words {
                anchor: format!("issue-{}", issue.id.0),
                acts: format!("{}/issues/{}", visit.home_of(repo), issue.number),
                author: issue.author,
                raw,
                at: issue.created_at,
                edits: &[],
                reactions: &issue.reactions,
            },
        )
    }
}

fn comment_post(visit: &Visit, repo: &Repo, issue: &Issue, comment: &Comment) -> Post {
    let id = comment.id.0;
    let words = Words {
        anchor: format!("issuecomment-{id}"),
        acts: format!("{}/comments/{id}", visit.home_of(repo)),
        author: comment.author,
        raw: comment.body.clone(),
        at: comment.created_at,
        edits: &comment.edits,
        reactions: &comment.reactions,
    };
    post(visit, repo, issue, words)
}

/// What first posts and comments have in common.
struct Words<'a> {
    anchor: String,
    acts: String,
    author: Id<Account>,
    raw: String,
    at: DateTime<Utc>,
    edits: &'a [Edit],
    reactions: &'a [Reaction],
}

fn post(visit: &Visit, repo: &Repo, issue: &Issue, words: Words<'_>) -> Post {
    let (world, now) = (&visit.world, visit.hub.clock().now());
    let own = visit.person().is_some_and(|person| person.id == words.author);
    let need = if own { Need::DISCUSS_EITHER } else { Need::MODERATE };
    let may_edit = visit.may(repo, need.on(issue)) && visit.person().is_some();
    let boxes = if may_edit {
        Boxes::tickable(&words.raw, &format!("ticks-{}", words.anchor))
    } else {
        Boxes::shown(&words.raw)
    };
    let past = |edit: &Edit| Past {
        by: Face::at(world, edit.by),
        at: Moment::of(edit.at, now),
        before: edit.before.clone(),
    };
    Post {
        author: Face::at(world, words.author),
        at: Moment::of(words.at, now),
        body: markdown::comment(&words.raw, &visit.place(repo), &boxes),
        stamp: stamp(&words.raw),
        seen: boxes.seen(),
        may_edit,
        is_comment: true,
        edits: words.edits.iter().rev().map(past).collect(),
        reactions: reactions(visit, words.reactions),
        anchor: words.anchor,
        acts: words.acts,
        raw: words.raw,
    }
}

/// Every emoji that was given, how often, and by whom.
fn reactions(visit: &Visit, all: &[Reaction]) -> Vec<(&'static str, usize, String)> {
    const SIGNS: [(&str, &str); 8] = [
        ("+1", "👍"),
        ("-1", "👎"),
        ("laugh", "😄"),
        ("confused", "😕"),
        ("heart", "❤️"),
        ("hooray", "🎉"),
        ("rocket", "🚀"),
        ("eyes", "👀"),
    ];
    let counted = SIGNS.iter().map(|(content, sign)| {
        let same = all.iter().filter(|one| one.content == *content);
        let who: Vec<_> = same.map(|one| visit.world.accounts.at(one.by).login.as_str()).collect();
        (*sign, who.len(), who.join(", "))
    });
    counted.filter(|(_, count, _)| *count > 0).collect()
}

fn line(visit: &Visit, repo: &Repo, happening: &Happening) -> Line {
    let tag = |name: &String, color: &String| {
        let (name, color) = (name.clone(), color.clone());
        Some(Tag { name, color, description: String::new() })
    };
    let person = |who: &Id<Account>| {
        let face = Face::at(&visit.world, *who);
        Some((face.page, face.login))
    };
    let commit = |sha: &String| {
        let short = sha.get(..7).unwrap_or(sha).to_owned();
        Some((format!("{}/commit/{sha}", visit.home_of(repo)), short))
    };
    let (words, tag, link) = match &happening.what {
        What::Labeled { name, color } => ("added the label".to_owned(), tag(name, color), None),
        What::Unlabeled { name, color } => {
            ("took off the label".to_owned(), tag(name, color), None)
        }
        What::Assigned { who } => ("assigned".to_owned(), None, person(who)),
        What::Unassigned { who } => ("unassigned".to_owned(), None, person(who)),
        What::Milestoned { title } => (format!("put this into the milestone {title}"), None, None),
        What::Demilestoned { title } => (format!("took this out of {title}"), None, None),
        What::Renamed { from, to } => (format!("renamed this from “{from}” to “{to}”"), None, None),
        What::Closed { commit: Some(sha) } => ("closed this by".to_owned(), None, commit(sha)),
        What::Closed { commit: None } => ("closed this".to_owned(), None, None),
        What::Reopened => ("opened this again".to_owned(), None, None),
        What::Merged { commit: sha } => ("merged this as".to_owned(), None, commit(sha)),
        What::ReviewRequested { who } => ("asked for a review by".to_owned(), None, person(who)),
        What::ReviewRequestRemoved { who } => {
            ("no longer asks for a review by".to_owned(), None, person(who))
        }
    };
    let at = Moment::of(happening.at, visit.hub.clock().now());
    Line { by: Face::at(&visit.world, happening.by), at, words, tag, link }
}

fn judgment(
    visit: &Visit,
    repo: &Repo,
    pull: &Pull,
    review: &Review,
    at: DateTime<Utc>,
) -> Judgment {
    let (words, class) = match review.verdict {
        Verdict::Approved => ("approved this", "good"),
        Verdict::ChangesRequested => ("asked for changes", "bad"),
        Verdict::Dismissed => ("reviewed this; the review was dismissed", "neutral"),
        Verdict::Pending | Verdict::Commented => ("reviewed this", "neutral"),
    };
    let (world, now, place) = (&visit.world, visit.hub.clock().now(), visit.place(repo));
    let of_review = world.review_comments.iter();
    let of_review = of_review.filter(|one| one.pull == pull.id && one.review == review.id);
    let remarks = of_review.map(|one| Remark {
        anchor: format!("discussion_r{}", one.id.0),
        by: Face::at(world, one.author),
        at: Moment::of(one.created_at, now),
        path: match one.spot.line {
            Some(line) => format!("{}:{line}", one.spot.path),
            None => one.spot.path.clone(),
        },
        hunk: lines_of(&one.spot.hunk),
        body: markdown::comment(&one.body, &place, &Boxes::shown(&one.body)),
    });
    Judgment {
        anchor: format!("pullrequestreview-{}", review.id.0),
        by: Face::at(world, review.author),
        at: Moment::of(at, now),
        words,
        class,
        body: markdown::comment(&review.body, &place, &Boxes::shown(&review.body)),
        remarks: remarks.collect(),
    }
}

/// Where else this issue is named: once for each other issue.
fn mentioned(visit: &Visit, issue: &Issue) -> Vec<(DateTime<Utc>, u64, Entry)> {
    let (world, now) = (&visit.world, visit.hub.clock().now());
    let others = world.issues.iter().filter(|other| {
        other.id != issue.id && visit.may(world.repos.at(other.repo), Need::READ_ISSUES.on(other))
    });
    let found = others.filter_map(|other| {
        let names = |text: &str| mentions(text, other.repo, world, issue);
        let (by, at, id, page) = if names(other.body.as_deref().unwrap_or_default()) {
            (other.author, other.created_at, other.id.0, visit.page_of(other))
        } else {
            let comment = world.comments_on(other).find(|comment| names(&comment.body))?;
            let page = format!("{}#issuecomment-{}", visit.page_of(other), comment.id.0);
            (comment.author, comment.created_at, comment.id.0, page)
        };
        let (by, words) = (Face::at(world, by), "named this in".to_owned());
        let name = if other.repo == issue.repo {
            format!("#{} {}", other.number, other.title)
        } else {
            let repo = world.full_name(world.repos.at(other.repo));
            format!("{repo}#{} {}", other.number, other.title)
        };
        let link = Some((page, name));
        Some((at, id, Entry::Line(Line { by, at: Moment::of(at, now), words, tag: None, link })))
    });
    found.collect()
}
