//! Tags of the site builder: shortcodes, containers and comments.

use std::ops::Range;

/// A tag: `{% name … %}`, `{% endname %}`, `::: name`, `:::` or `{# … #}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Name without the prefix `end`. Empty for the end tag of a container.
    pub(super) name: &'a str,
    /// Start or end tag.
    pub(super) kind: TagKind,
    /// Syntax of the tag.
    pub(super) syntax: TagSyntax,
    /// Source text between the name and the end of the tag, trimmed.
    pub(super) arguments: &'a str,
    /// Byte range of the tag in the body.
    pub(super) range: Range<usize>,
    /// True if the lines of the tag contain nothing but tags and white space.
    pub(super) is_alone_on_line: bool,
}

impl Tag<'_> {
    /// A tag for a range of the body that is not published.
    pub(super) fn comment(range: Range<usize>) -> Self {
        Self {
            name: "comment",
            kind: TagKind::Start,
            syntax: TagSyntax::Comment,
            arguments: "",
            range,
            is_alone_on_line: false,
        }
    }
}

/// Start or end of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    /// Start tag. The end tag may be optional.
    Start,
    /// End tag.
    End,
}

/// Syntax of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TagSyntax {
    /// `{% … %}`.
    Shortcode,
    /// `:::`, with the number of colons.
    Container(usize),
    /// `{# … #}`, `<!-- … -->`, a script or a style sheet. It is not published.
    Comment,
    /// `{% raw %} … {% endraw %}`. The argument is the text between the tags, in which no tag is a tag.
    Raw,
    /// `{{ … }}`: a template expression. The argument is the expression.
    Expression,
    /// A frame, a video, or the address of a video alone on a line. The argument is its source text.
    Embed,
}

/// Tags of a body in document order, and the byte offsets of marks without an end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the other fields are marks that are no tags")]
pub(super) struct Tags<'a> {
    pub(super) tags: Vec<Tag<'a>>,
    /// Offsets of `{%` without `%}`.
    pub(super) unterminated: Vec<usize>,
    /// Offsets of `<!--` without `-->`.
    pub(super) unclosed_comments: Vec<usize>,
}

pub(super) const TAG_START: &str = "{%";
