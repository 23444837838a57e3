//! Tantivy tokenizer over [`crate::analysis`].

use passerelle_model::language::Language;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis::{Analyzer, Chunk, Chunks};

/// Splits a text of one language into terms.
#[derive(Clone)]
pub(crate) struct TermTokenizer {
    analyzer: Analyzer,
}

/// Terms of one text, in order.
pub(crate) struct TermStream<'a> {
    analyzer: &'a mut Analyzer,
    chunks: Chunks<'a>,
    chunk: Chunk<'a>,
    /// Terms of the current chunk, concatenated.
    terms: String,
    /// End of each term in `terms`, in bytes.
    ends: Vec<usize>,
    /// Number of terms of the current chunk that were returned.
    returned: usize,
    token: Token,
}

impl TermTokenizer {
    pub(crate) fn new(language: Language) -> Self {
        Self { analyzer: Analyzer::new(language) }
    }
}

impl Tokenizer for TermTokenizer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream {
            analyzer: &mut self.analyzer,
            chunks: Chunks::of(text),
            chunk: Chunk::default(),
            terms: String::new(),
            ends: Vec::new(),
            returned: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while self.returned >= self.ends.len() {
            if !self.chunks.read(&mut self.chunk) {
                return false;
            }
            self.terms.clear();
            self.ends.clear();
            self.returned = 0;
            let (terms, ends) = (&mut self.terms, &mut self.ends);
            self.analyzer.each_term(&self.chunk, &mut |term| {
                terms.push_str(term);
                ends.push(terms.len());
            });
            self.token.position = self.token.position.wrapping_add(1);
        }
        let start = if self.returned == 0 { 0 } else { self.ends[self.returned - 1] };
        self.token.text.clear();
        self.token.text.push_str(&self.terms[start..self.ends[self.returned]]);
        self.token.offset_from = self.chunk.range.start;
        self.token.offset_to = self.chunk.range.end;
        self.returned += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
