//! The dark palette is complete and can be read.

use std::collections::BTreeMap;

use web::STYLESHEET;

/// The colors a block defines, by name.
fn palette(selector: &str) -> BTreeMap<&'static str, &'static str> {
    let (_, block) = STYLESHEET.split_once(&format!("{selector} {{")).expect(selector);
    let (block, _) = block.split_once('}').unwrap();
    let colors = block.lines().filter_map(|line| line.trim().trim_end_matches(';').split_once(": "));
    colors.collect()
}

/// How bright a color is to the eye, from 0 to 1 (WCAG 2).
fn luminance(color: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn dark_defines_every_color_light_defines() {
    let names = |selector| palette(selector).into_keys().collect::<Vec<_>>();
    assert_eq!(names(":root[data-theme=\"dark\"]"), names(":root"));
}

#[test]
fn choosing_dark_and_preferring_dark_look_the_same() {
    let chosen = palette(":root[data-theme=\"dark\"]");
    assert_eq!(chosen, palette(":root:not([data-theme=\"light\"])"));
}

#[test]
fn text_can_be_read_in_both_palettes() {
    for selector in [":root", ":root[data-theme=\"dark\"]"] {
        let colors = palette(selector);
        for (text, ground) in [
            ("--text", "--background"),
            ("--text", "--surface"),
            ("--muted", "--surface"),
            ("--accent", "--background"),
            ("--on-accent", "--accent"),
        ] {
            let ratio = contrast(colors[text], colors[ground]);
            assert!(ratio >= 4.5, "{text} on {ground} in {selector}: {ratio:.2}");
        }
    }
}
