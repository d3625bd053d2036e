//! Just enough JSON to answer with.

/// An object being written.
#[derive(Default)]
pub struct Object {
    fields: Vec<String>,
}

impl Object {
    /// Adds a field that is a text.
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.fields.push(format!("{}:{}", quoted(name), quoted(value)));
        self
    }

    /// Adds a field that is true or false.
    pub fn flag(mut self, name: &str, value: bool) -> Self {
        self.fields.push(format!("{}:{value}", quoted(name)));
        self
    }

    /// The object, on one line.
    pub fn finish(self) -> String {
        format!("{{{}}}", self.fields.join(","))
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[test]
    fn texts_are_quoted() {
        let object = Object::default().text("a", "say \"hi\"\n").flag("b", false);
        assert_eq!(object.finish(), r#"{"a":"say \"hi\"\u000a","b":false}"#);
    }
}
