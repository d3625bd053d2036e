//! The themes a person can choose from, and the switch that does it.

/// A theme, named as the API names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the device prefers.
    #[default]
    System,
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The theme's name in forms and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// A form with a button for each theme; the current one is pressed.
pub fn switch(current: Theme) -> String {
    let buttons = Theme::ALL.map(|theme| {
        let (name, label, pressed) = (theme.name(), theme.label(), theme == current);
        format!(r#"<button name="theme" value="{name}" aria-pressed="{pressed}">{label}</button>"#)
    });
    format!(
        "<form class=\"theme-switch\" method=\"post\" aria-label=\"Theme\">{}</form>",
        buttons.join("")
    )
}
