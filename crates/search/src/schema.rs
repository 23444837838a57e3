//! What the index holds of a thing: the terms of its words by language and place, and how it is named. None of its text.

use passerelle_model::language::Language;
use passerelle_storage::SearchKind;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use crate::tokenizer::Terms;

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// In the title or the name.
    Title,
    /// In a heading, a tag, a label.
    Heading,
    /// Anywhere else.
    Body,
}

impl Zone {
    pub(crate) const ALL: [Self; 3] = [Self::Title, Self::Heading, Self::Body];

    /// How much a word weighs there.
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

/// The fields of the index.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    words: [[Field; Zone::ALL.len()]; Language::ALL.len()],
    /// The kind and the row in one number.
    pub(crate) id: Field,
    /// The number of a measure.
    pub(crate) number: Field,
    /// The language of a measure, by its code.
    pub(crate) lang: Field,
    /// The plan that it belongs to.
    pub(crate) plan: Field,
    /// The key.
    pub(crate) key: Field,
}

/// The name of the field of [`Fields::id`], by which its values are read.
pub(crate) const ID: &str = "id";

impl Fields {
    pub(crate) fn new() -> Self {
        let mut builder = SchemaBuilder::new();
        let words = Language::ALL.map(|lang| Zone::ALL.map(|zone| words(&mut builder, lang, zone)));
        let id = builder.add_u64_field(ID, INDEXED | FAST);
        let number = builder.add_u64_field("number", INDEXED);
        let lang = builder.add_text_field("lang", STRING);
        let plan = builder.add_text_field("plan", STRING | STORED);
        let key = builder.add_text_field("key", STORED);
        Self { schema: builder.build(), words, id, number, lang, plan, key }
    }

    /// That of the words of a language in a place.
    pub(crate) fn words(&self, lang: Language, zone: Zone) -> Field {
        let lang = Language::ALL.iter().position(|known| *known == lang).unwrap_or_default();
        self.words[lang][zone as usize]
    }
}

fn words(builder: &mut SchemaBuilder, lang: Language, zone: Zone) -> Field {
    // Where exactly a word stands is not held: no question asks for it, and it would take more room than all the rest.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(lang.code())
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let options = TextOptions::default().set_indexing_options(indexing);
    builder.add_text_field(&format!("{}_{lang}", zone.name()), options)
}

/// The analysis of each language, by its code.
pub(crate) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    for lang in Language::ALL {
        tokenizers.register(lang.code(), TextAnalyzer::from(Terms::new(lang)));
    }
    tokenizers
}

/// The bits of an id that hold the row.
const ROW_BITS: u32 = 56;

/// The kind and the row of a thing in one number.
pub(crate) fn id_of(kind: SearchKind, row_id: i64) -> u64 {
    (kind as u64) << ROW_BITS | row_id.unsigned_abs()
}

/// The kind that an id names.
pub(crate) fn kind_of(id: u64) -> SearchKind {
    let kind = usize::try_from(id >> ROW_BITS).unwrap_or_default();
    SearchKind::ALL.get(kind).copied().unwrap_or(SearchKind::Measure)
}

/// The row that an id names.
pub(crate) fn row_of(id: u64) -> i64 {
    i64::try_from(id & ((1 << ROW_BITS) - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_kind_and_row() {
        for kind in SearchKind::ALL {
            let id = id_of(kind, 123_456_789_012);
            assert_eq!((kind_of(id), row_of(id)), (kind, 123_456_789_012));
        }
    }
}
