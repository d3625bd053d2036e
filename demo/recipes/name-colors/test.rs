//! Colors have names, so that a palette can be exchanged.

use web::STYLESHEET;

/// The lines that spell a color out.
fn literal_colors() -> impl Iterator<Item = &'static str> {
    STYLESHEET.lines().map(str::trim).filter(|line| {
        line.split('#').skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            matches!(digits, 3 | 6 | 8)
        })
    })
}

#[test]
fn only_a_palette_spells_colors_out() {
    for line in literal_colors() {
        assert!(line.starts_with("--"), "name this color: {line}");
    }
}

#[test]
fn every_name_that_is_used_is_defined() {
    for used in STYLESHEET.split("var(").skip(1) {
        let name = used.split(')').next().unwrap();
        assert!(STYLESHEET.contains(&format!("{name}: #")), "{name} is not in the palette");
    }
}
