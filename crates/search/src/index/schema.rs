//! Fields of the index: terms by language and zone, and the key of each document. The text itself is not
//! stored.

use passerelle_model::language::Language;
use passerelle_storage::{RowId, SearchKind};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use crate::index::tokenizer::TermTokenizer;

/// Zone of a document. Each zone is a field of its own, so that its terms can be weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Title and name.
    Title,
    /// Headings, tags and labels.
    Heading,
    /// All other text.
    Body,
}

impl Zone {
    pub(crate) const ALL: [Self; 3] = [Self::Title, Self::Heading, Self::Body];

    /// Returns the weight of a term in this zone, relative to the body.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Self::Title => 10.0,
            Self::Heading => 4.0,
            Self::Body => 1.0,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Body => "body",
        }
    }
}

/// Fields of the index.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    terms: [[Field; Zone::ALL.len()]; Language::ALL.len()],
    /// Kind and row id in one number, see [`id_of`].
    pub(crate) id: Field,
    /// Number of a measure that is also its label. Other objects have no value.
    pub(crate) number: Field,
    /// Folded label of a measure, and its last word: `action 4.2` and `4.2`. Other objects have no value.
    pub(crate) label: Field,
    /// Language code of a measure, for example `fr`. Other kinds have no value.
    pub(crate) lang: Field,
    /// Key of the plan of a measure or category.
    pub(crate) plan: Field,
    /// Key of the object.
    pub(crate) key: Field,
    /// Key of the page of a support service.
    pub(crate) page: Field,
    /// Hash of the key of a page, and of the page of a support service. Equal for both.
    pub(crate) page_hash: Field,
}

/// Name of [`Fields::id`]. Fast fields are opened by name.
pub(crate) const ID: &str = "id";
/// Name of [`Fields::page_hash`].
pub(crate) const PAGE_HASH: &str = "page_hash";

impl Fields {
    pub(crate) fn new() -> Self {
        let mut builder = SchemaBuilder::new();
        let terms = Language::ALL.map(|lang| Zone::ALL.map(|zone| add_terms(&mut builder, lang, zone)));
        let id = builder.add_u64_field(ID, INDEXED | FAST);
        let number = builder.add_u64_field("number", INDEXED);
        let label = builder.add_text_field("label", STRING);
        let lang = builder.add_text_field("lang", STRING);
        let plan = builder.add_text_field("plan", STRING | STORED);
        let key = builder.add_text_field("key", STORED);
        let page = builder.add_text_field("page", STORED);
        let page_hash = builder.add_u64_field(PAGE_HASH, FAST);
        Self { schema: builder.build(), terms, id, number, label, lang, plan, key, page, page_hash }
    }

    /// Returns the field with the terms of a language and zone.
    pub(crate) fn terms(&self, lang: Language, zone: Zone) -> Field {
        let lang = Language::ALL.iter().position(|known| *known == lang).unwrap_or_default();
        self.terms[lang][zone as usize]
    }
}

fn add_terms(builder: &mut SchemaBuilder, lang: Language, zone: Zone) -> Field {
    // Term positions are not indexed. There are no phrase queries, and positions would more than double the
    // index.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(lang.code())
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let options = TextOptions::default().set_indexing_options(indexing);
    builder.add_text_field(&format!("{}_{lang}", zone.name()), options)
}

/// Returns the tokenizers, registered by language code.
pub(crate) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    for lang in Language::ALL {
        tokenizers.register(lang.code(), TextAnalyzer::from(TermTokenizer::new(lang)));
    }
    tokenizers
}

/// Low bits of an id that contain the row id.
const ROW_BITS: u32 = 56;

/// Combines a kind and a row id into one number. Row ids are unique within a kind only.
pub(crate) fn id_of(kind: SearchKind, row_id: RowId) -> u64 {
    (kind as u64) << ROW_BITS | row_id.get().unsigned_abs()
}

/// Returns the kind of an id.
pub(crate) fn kind_of(id: u64) -> SearchKind {
    let kind = usize::try_from(id >> ROW_BITS).unwrap_or_default();
    SearchKind::ALL.get(kind).copied().unwrap_or(SearchKind::Measure)
}

/// Returns the row id of an id.
pub(crate) fn row_of(id: u64) -> RowId {
    RowId::new(i64::try_from(id & ((1 << ROW_BITS) - 1)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_contains_kind_and_row() {
        for kind in SearchKind::ALL {
            let row = RowId::new(123_456_789_012);
            let id = id_of(kind, row);
            assert_eq!((kind_of(id), row_of(id)), (kind, row));
        }
    }
}
