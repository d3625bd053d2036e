//! Typed ids and the tables they point into.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

/// The id of a `T`: a number that cannot be mistaken for the id of something else.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub(crate) struct Id<T>(pub(crate) u64, #[serde(skip)] PhantomData<fn() -> T>);

impl<T> Id<T> {
    pub(crate) const fn new(number: u64) -> Self {
        Self(number, PhantomData)
    }
}

// Derives would ask `T` to be `Copy`, `Ord` and so on, which documents are not.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A document that is kept in a [`Table`] and, whole, in the database.
pub(crate) trait Document: Clone + Serialize + for<'de> Deserialize<'de> {
    /// The name under which the database keeps documents of this kind.
    const KIND: &'static str;
    fn id(&self) -> Id<Self>;
}

/// All documents of one kind, and which of them a command has touched.
///
/// Rows are shared, so copying a whole table for a command costs one pointer per row.
pub(crate) struct Table<T> {
    rows: BTreeMap<Id<T>, Arc<T>>,
    touched: BTreeSet<Id<T>>,
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone(), touched: self.touched.clone() }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), touched: BTreeSet::new() }
    }
}

/// One document to write, or to remove when it has no body.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) kind: &'static str,
    pub(crate) id: u64,
    pub(crate) body: Option<String>,
}

impl<T: Document> Table<T> {
    pub(crate) fn find(&self, id: Id<T>) -> Option<&Arc<T>> {
        self.rows.get(&id)
    }

    /// The document another document points to.
    pub(crate) fn at(&self, id: Id<T>) -> &Arc<T> {
        self.rows.get(&id).expect("documents point only to documents that exist")
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.rows.values()
    }

    /// The document, for changing it; it will be written.
    pub(crate) fn edit(&mut self, id: Id<T>) -> &mut T {
        self.touched.insert(id);
        let row = self.rows.get_mut(&id);
        Arc::make_mut(row.expect("documents point only to documents that exist"))
    }

    pub(crate) fn insert(&mut self, document: T) -> Id<T> {
        let id = document.id();
        self.touched.insert(id);
        self.rows.insert(id, Arc::new(document));
        id
    }

    pub(crate) fn remove(&mut self, id: Id<T>) -> Option<Arc<T>> {
        self.touched.insert(id);
        self.rows.remove(&id)
    }

    /// Takes in a document as the database kept it.
    pub(crate) fn load(&mut self, body: &str) -> serde_json::Result<()> {
        let document: T = serde_json::from_str(body)?;
        self.rows.insert(document.id(), Arc::new(document));
        Ok(())
    }

    /// What has to be written since the last call.
    pub(crate) fn drain(&mut self, into: &mut Vec<Write>) -> serde_json::Result<()> {
        for id in std::mem::take(&mut self.touched) {
            let body = self.rows.get(&id).map(|row| serde_json::to_string(&**row)).transpose()?;
            into.push(Write { kind: T::KIND, id: id.0, body });
        }
        Ok(())
    }
}
