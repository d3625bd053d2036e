//! The demo's tasks, which the scripted agent knows by heart.

use super::recipe::{Edit, Recipe, Step};

/// The text of a file of a recipe.
macro_rules! file {
    ($path:literal) => {
        include_str!(concat!("../../../demo/recipes/", $path))
    };
}

/// Every task of the demo; each fits once the tasks it depends on are merged.
pub(super) fn recipes() -> Vec<Recipe> {
    vec![
        store_theme(),
        serve_theme(),
        name_colors(),
        dark_palette(),
        theme_switch(),
        themed_pages(),
    ]
}

fn store_theme() -> Recipe {
    let settings = "src/settings.rs";
    let keep = vec![
        Edit::write("src/theme.rs", file!("store-theme/theme.rs")),
        Edit::append("src/lib.rs", "\npub mod theme;\n"),
        Edit::replace(
            settings,
            "use std::collections::BTreeMap;\n",
            "use std::collections::BTreeMap;\n\nuse crate::theme::Theme;\n",
        ),
        Edit::replace(
            settings,
            "    pub weekly_digest: bool,\n",
            "    pub weekly_digest: bool,\n    /// Light or dark.\n    pub theme: Theme,\n",
        ),
        Edit::replace(
            settings,
            "            weekly_digest: true,\n",
            "            weekly_digest: true,\n            theme: Theme::default(),\n",
        ),
        Edit::replace(
            settings,
            "            _ => return Err(Rejected::Unknown),\n",
            "            \"theme\" => settings.theme = value.parse().map_err(|_| Rejected::Invalid)?,\n            \
             _ => return Err(Rejected::Unknown),\n",
        ),
    ];
    Recipe::new(
        "Store a theme preference for each person",
        "Settings live in `src/settings.rs`. A theme is one of three names, so it gets a type of its own and the \
         store rejects anything else.",
        vec![
            Step::new("Add the theme to the settings", "Keep a theme for each person", keep),
            Step::new(
                "Test what can be chosen",
                "Test that only known themes can be chosen",
                vec![Edit::write("tests/theme.rs", file!("store-theme/test.rs"))],
            ),
        ],
        "Everybody can now choose a theme: `set ada theme dark`. Until then it is `system`, which leaves it to the \
         device. Unknown themes are rejected, and the choice stays as it was.",
    )
}

fn serve_theme() -> Recipe {
    let serve = vec![
        Edit::replace(
            "src/profile.rs",
            "        .flag(\"weekly_digest\", settings.weekly_digest)\n",
            "        .flag(\"weekly_digest\", settings.weekly_digest)\n        \
             .text(\"theme\", settings.theme.name())\n",
        ),
        Edit::replace(
            "README.md",
            "set ada language de\n{\"person\":\"ada\",\"language\":\"de\",\"weekly_digest\":true}\n",
            "set ada language de\n{\"person\":\"ada\",\"language\":\"de\",\"weekly_digest\":true,\"theme\":\"system\"}\n",
        ),
        Edit::replace(
            "README.md",
            "get ada\n{\"person\":\"ada\",\"language\":\"de\",\"weekly_digest\":true}\n",
            "get ada\n{\"person\":\"ada\",\"language\":\"de\",\"weekly_digest\":true,\"theme\":\"system\"}\n",
        ),
    ];
    Recipe::new(
        "Serve the theme with the profile",
        "The profile is built field by field in `src/profile.rs`. The theme goes last, so that nobody who reads the \
         answer by its beginning is surprised.",
        vec![
            Step::new("Add the theme to the profile", "Tell the theme with the profile", serve),
            Step::new(
                "Test the profile",
                "Test that a profile tells the chosen theme",
                vec![Edit::write("tests/served_theme.rs", file!("serve-theme/test.rs"))],
            ),
        ],
        "A profile now says which theme its person has chosen, as its last field; the README's examples say so too.",
    )
}

fn name_colors() -> Recipe {
    Recipe::new(
        "Name the colors of the stylesheet",
        "The stylesheet repeats seven colors. I will name them by what they are for, not by what they look like, so \
         that another palette can give them other values.",
        vec![
            Step::new(
                "Name the colors",
                "Name the stylesheet's colors by what they are for",
                vec![Edit::write("assets/style.css", file!("name-colors/style.css"))],
            ),
            Step::new(
                "Keep it that way",
                "Test that only the palette spells colors out",
                vec![Edit::write("tests/colors.rs", file!("name-colors/test.rs"))],
            ),
        ],
        "The stylesheet's seven colors have names now, defined once in `:root`; pages look exactly as before. A test \
         keeps anybody from spelling a color out elsewhere.",
    )
}

fn dark_palette() -> Recipe {
    let end_of_light = "  --on-accent: #ffffff;\n}\n";
    let both = format!("{end_of_light}{}", file!("dark-palette/dark.css"));
    Recipe::new(
        "Add a dark palette",
        "Every color has a name, so dark is only a second set of values: for whoever chose it, and for whoever's \
         device prefers it. Contrast should be at least 4.5, which a test can compute.",
        vec![
            Step::new(
                "Add the palette",
                "Offer every color for the dark, too",
                vec![Edit::replace("assets/style.css", end_of_light, &both)],
            ),
            Step::new(
                "Test that it can be read",
                "Test that both palettes are complete and can be read",
                vec![Edit::write("tests/palettes.rs", file!("dark-palette/test.rs"))],
            ),
        ],
        "Pages turn dark where `data-theme=\"dark\"` is set or the device prefers it. A test computes the contrast of \
         every text in both palettes: it is at least 4.5 to 1.",
    )
}

fn theme_switch() -> Recipe {
    let add = vec![
        Edit::write("src/theme.rs", file!("theme-switch/theme.rs")),
        Edit::append("src/lib.rs", "\npub mod theme;\n"),
        Edit::replace(
            "src/header.rs",
            "use crate::person::Person;\n",
            "use crate::person::Person;\nuse crate::theme::{Theme, switch};\n",
        ),
        Edit::replace(
            "src/header.rs",
            "        navigation(),\n",
            "        navigation(),\n        switch(Theme::System),\n",
        ),
        Edit::append("assets/style.css", file!("theme-switch/switch.css")),
    ];
    Recipe::new(
        "Add a theme switch to the header",
        "The API knows three themes by name; the switch offers the same three. It is a form of three buttons, so it \
         works without a script, and `aria-pressed` tells everybody which one is on.",
        vec![
            Step::new("Add the switch", "Let people choose a theme in the header", add),
            Step::new(
                "Test the switch",
                "Test that the current theme is the one pressed",
                vec![Edit::write("tests/theme_switch.rs", file!("theme-switch/test.rs"))],
            ),
        ],
        "The header of every page has a switch for the theme: system, light, dark. It works without a script and by \
         keyboard. Which one a person has chosen comes with the next task; until then it shows “System”.",
    )
}

fn themed_pages() -> Recipe {
    let show = vec![
        Edit::replace(
            "src/person.rs",
            "//! Whose account it is.\n",
            "//! Whose account it is.\n\nuse crate::theme::Theme;\n",
        ),
        Edit::replace(
            "src/person.rs",
            "    pub language: String,\n",
            "    pub language: String,\n    /// The theme the person has chosen.\n    pub theme: Theme,\n",
        ),
        Edit::replace(
            "src/person.rs",
            "            language: \"en\".to_owned(),\n",
            "            language: \"en\".to_owned(),\n            theme: Theme::default(),\n",
        ),
        Edit::replace(
            "src/header.rs",
            "use crate::theme::{Theme, switch};",
            "use crate::theme::switch;",
        ),
        Edit::replace("src/header.rs", "switch(Theme::System)", "switch(person.theme)"),
        Edit::replace(
            "src/page.rs",
            "use crate::person::Person;\n",
            "use crate::person::Person;\nuse crate::theme::Theme;\n",
        ),
        Edit::replace(
            "src/page.rs",
            "    format!(r#\"<html lang=\"{}\">\"#, escape(&person.language))\n",
            "    let language = escape(&person.language);\n    match person.theme {\n        \
             Theme::System => format!(r#\"<html lang=\"{language}\">\"#),\n        chosen => format!(r#\"<html \
             lang=\"{language}\" data-theme=\"{}\">\"#, chosen.name()),\n    }\n",
        ),
    ];
    Recipe::new(
        "Show every page in the chosen theme",
        "The palettes react to `data-theme` on the root, the switch takes the current theme, and the API serves it \
         with the profile. What is missing is that a person has a theme here and that the frame shows it.",
        vec![
            Step::new("Give people a theme", "Show pages in the theme their person chose", show),
            Step::new(
                "Test every page",
                "Test that every page comes in the chosen theme",
                vec![Edit::write("tests/themed_pages.rs", file!("themed-pages/test.rs"))],
            ),
        ],
        "Every page now comes in the theme its person chose, and the switch shows which one that is. Nobody who has \
         not chosen sees a difference: their device decides, as before.",
    )
}
