//! What a team wishes for: the issues of a milestone, said in a few words.

/// `plan! { T1 "tokens" owner ada; T2 "toggle" owner grace after T1; }`
///
/// After the title come pairs of a word and what it says: `owner ada`, `after T1`, `in api`,
/// `agent backend`, `estimate 3`, `saying "any text"`.
macro_rules! plan {
    ($($name:ident $title:literal $($word:ident $what:tt)*;)*) => {
        [$($crate::world::Wish::new(stringify!($name), $title)
            $(.that(stringify!($word), stringify!($what)))*),*]
    };
}

/// One task that a team wishes for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) repo: String,
    pub(super) text: String,
    pub(super) owner: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) after: Vec<String>,
}

impl Wish {
    pub(crate) fn new(name: &str, title: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            repo: "acme/web".to_owned(),
            text: format!("Please: {title}."),
            ..Self::default()
        }
    }

    pub(crate) fn that(mut self, word: &str, what: &str) -> Self {
        let what = what.trim_matches('"').to_owned();
        match word {
            "owner" => self.owner = Some(what),
            "after" => self.after.push(what),
            "in" => self.repo = format!("acme/{what}"),
            "agent" | "estimate" => self.labels.push(format!("{word}:{what}")),
            "saying" => self.text = format!("{}\n\n{what}", self.text),
            _ => panic!("nobody knows what `{word} {what}` means in a plan"),
        }
        self
    }
}
