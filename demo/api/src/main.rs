//! Reads one request a line and answers one line of JSON.

use std::io::BufRead;

use api::json::Object;
use api::profile::profile;
use api::settings::Store;

fn main() -> std::io::Result<()> {
    let mut store = Store::default();
    for line in std::io::stdin().lock().lines() {
        println!("{}", answer(&mut store, &line?));
    }
    Ok(())
}

fn answer(store: &mut Store, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["get", person] => profile(person, &store.of(person)),
        ["set", person, setting, value] => match store.change(person, setting, value) {
            Ok(()) => profile(person, &store.of(person)),
            Err(why) => Object::default().text("error", &format!("{why:?}")).finish(),
        },
        _ => Object::default().text("error", "say `get PERSON` or `set PERSON SETTING VALUE`").finish(),
    }
}
