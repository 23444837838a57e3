//! The analysis in the form that the index asks for.

use passerelle_model::language::Language;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis::{Analyzer, Chunk, Chunks};

/// Cuts texts of a language into terms.
#[derive(Clone)]
pub(crate) struct Terms {
    analyzer: Analyzer,
}

/// The terms of a text, one after the other.
pub(crate) struct TermStream<'a> {
    analyzer: &'a mut Analyzer,
    chunks: Chunks<'a>,
    chunk: Chunk<'a>,
    /// The terms of the chunk, one behind the other, and where each ends.
    written: String,
    ends: Vec<usize>,
    given: usize,
    token: Token,
}

impl Terms {
    pub(crate) fn new(language: Language) -> Self {
        Self { analyzer: Analyzer::new(language) }
    }
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream {
            analyzer: &mut self.analyzer,
            chunks: Chunks::of(text),
            chunk: Chunk::default(),
            written: String::new(),
            ends: Vec::new(),
            given: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while self.given >= self.ends.len() {
            if !self.chunks.read(&mut self.chunk) {
                return false;
            }
            self.written.clear();
            self.ends.clear();
            self.given = 0;
            let (written, ends) = (&mut self.written, &mut self.ends);
            self.analyzer.each_term(&self.chunk, &mut |term| {
                written.push_str(term);
                ends.push(written.len());
            });
            self.token.position = self.token.position.wrapping_add(1);
        }
        let start = if self.given == 0 { 0 } else { self.ends[self.given - 1] };
        self.token.text.clear();
        self.token.text.push_str(&self.written[start..self.ends[self.given]]);
        self.token.offset_from = self.chunk.range.start;
        self.token.offset_to = self.chunk.range.end;
        self.given += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
