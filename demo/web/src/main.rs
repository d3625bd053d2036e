//! Writes the site of an example person to `site/`.

use std::fs;

use web::person::Person;

fn main() -> std::io::Result<()> {
    let person = Person::named("Ada Lovelace");
    fs::create_dir_all("site")?;
    fs::write("site/style.css", web::STYLESHEET)?;
    fs::write("site/index.html", web::profile::page(&person))?;
    fs::write("site/settings.html", web::settings::page(&person))?;
    println!("open site/index.html");
    Ok(())
}
