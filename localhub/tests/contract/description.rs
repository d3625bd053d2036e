//! GitHub's OpenAPI description, and whether something is as it says.

use std::path::Path;

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

use crate::routes::with_gaps;

const ADDRESS: &str = "https://description.localhub.invalid/api.json";

/// The description, ready for validating.
pub(crate) struct Description {
    document: Value,
    registry: Registry<'static>,
}

/// What the description says about an answer.
pub(crate) enum Said {
    /// There is no such operation.
    NoOperation,
    /// The operation has no such status.
    NoStatus,
    /// The answer has no body.
    Nothing,
    /// The body fits the schema at this place.
    Schema(String),
}

impl Description {
    /// The description, where the environment says where it is.
    #[expect(clippy::disallowed_methods, reason = "tests have no settings")]
    pub(crate) fn find() -> Option<Self> {
        let folder = std::env::var("OCTOKIT_NODE_MODULES")
            .or_else(|_| std::env::var("TEAM6_TEST_NODE_MODULES"))
            .ok()
            .filter(|folder| !folder.is_empty())?;
        let file = Path::new(&folder).join("@octokit/openapi/generated/api.github.com.json");
        // Whoever names a folder wants the contract checked, so a wrong one is no reason to skip.
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("reading {}: {error}", file.display()));
        let mut document: Value = serde_json::from_str(&text).unwrap();
        as_json_schema(&mut document);
        let resource = Resource::from_contents(document.clone());
        let registry = Registry::new().draft(Draft::Draft4).add(ADDRESS, resource);
        let registry = registry.unwrap().prepare().unwrap();
        Some(Self { document, registry })
    }

    /// What is wrong with an answer.
    pub(crate) fn answer(
        &self,
        method: &str,
        route: &str,
        status: u16,
        body: &Value,
    ) -> Vec<String> {
        match self.says(method, route, status) {
            Said::NoOperation => vec!["GitHub has no such operation".to_owned()],
            // Every operation may be refused; these are described in one place for all.
            Said::NoStatus if status >= 400 => self.check("/components/schemas/basic-error", body),
            Said::NoStatus => vec![format!("GitHub does not answer {status} here")],
            Said::Nothing if *body == json!("") => Vec::new(),
            Said::Nothing if status >= 400 => self.check("/components/schemas/basic-error", body),
            Said::Nothing => vec![format!("there should be no body, but there is {body}")],
            Said::Schema(place) => self.check(&place, body),
        }
    }

    fn says(&self, method: &str, route: &str, status: u16) -> Said {
        let paths = self.document["paths"].as_object().unwrap();
        // Files are described by path only; the root is an empty one.
        let route = match route.strip_suffix("/contents") {
            Some(_) => format!("{route}/{{}}"),
            None => route.to_owned(),
        };
        let method = method.to_lowercase();
        let path = paths
            .iter()
            .find(|(path, methods)| with_gaps(path) == route && methods.get(&method).is_some());
        let Some((path, _)) = path else { return Said::NoOperation };
        let place = format!("/paths/{}/{method}/responses/{status}", escaped(path));
        let Some(place) = self.resolve(&place) else { return Said::NoStatus };
        let content = format!("{place}/content/application~1json/schema");
        match self.document.pointer(&content) {
            Some(_) => Said::Schema(content),
            None => Said::Nothing,
        }
    }

    /// The place itself, or the one it refers to.
    fn resolve(&self, place: &str) -> Option<String> {
        let found = self.document.pointer(place)?;
        match found["$ref"].as_str() {
            Some(there) => self.resolve(there.trim_start_matches('#')),
            None => Some(place.to_owned()),
        }
    }

    /// What is wrong with the body of a webhook.
    pub(crate) fn webhook(&self, event: &str, action: Option<&str>, body: &Value) -> Vec<String> {
        let name = match action {
            Some(action) => format!("{event}-{action}"),
            None => event.to_owned(),
        };
        let name = name.replace('_', "-");
        let place = format!("/x-webhooks/{name}/post/requestBody/content/application~1json/schema");
        match self.document.pointer(&place) {
            Some(_) => self.check(&place, body),
            None => vec![format!("GitHub has no webhook {name}")],
        }
    }

    fn check(&self, place: &str, body: &Value) -> Vec<String> {
        let found: Vec<_> = self.validator(place).iter_errors(body).take(8).map(brief).collect();
        found
    }

    fn validator(&self, place: &str) -> Validator {
        let place = place.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({ "$ref": format!("{ADDRESS}#{place}") });
        let options = jsonschema::options().with_draft(Draft::Draft4);
        let options = options.with_registry(&self.registry).should_validate_formats(false);
        options.build(&schema).unwrap()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map`")]
fn brief(error: jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let words: String = error.to_string().chars().rev().take(160).collect();
    let words: String = words.chars().rev().collect();
    format!("at `{place}`: {words}")
}

/// The description as JSON Schema.
///
/// `OpenAPI` 3.0 says `nullable` where JSON Schema has a type for it. GitHub says `oneOf` where it
/// means `anyOf`: its alternatives overlap. And its list of the events an App may hear of is
/// shorter than its list of webhooks, `issue_dependencies` is missing for one, so it is left out.
fn as_json_schema(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_json_schema),
        Value::Object(fields) => {
            fields.values_mut().for_each(as_json_schema);
            if let Some(alternatives) = fields.remove("oneOf") {
                assert_eq!(fields.insert("anyOf".to_owned(), alternatives), None);
            }
            if fields.get("description") == Some(&json!("The list of events for the GitHub app")) {
                fields.remove("items");
            }
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
                let schema = value.take();
                *value = json!({ "anyOf": [schema, { "type": "null" }] });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn escaped(word: &str) -> String {
    word.replace('~', "~0").replace('/', "~1")
}
