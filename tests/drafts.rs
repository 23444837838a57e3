//! Drafts, and previews of them for requests with a token.

use serde_json::json;

use crate::support::{Service, TestSite};

const TOKEN: &str = "tilleul";
const QUERY: &str = "/graphql?query=%7Bpages%7Bnodes%7Btitle%7D%7D%7D";

fn serve_with_draft() -> Service {
    let place = TestSite::new();
    place.write("draft.md", "---\ndraft: true\n---\n# Mare\n");
    place.write("page.md", "# Étang\n");
    let mut command = place.serve_command();
    command.env("PASSERELLE_PREVIEW_TOKEN", TOKEN);
    place.serve_by(command)
}

#[test]
fn only_requests_with_the_preview_token_get_drafts_and_no_cache_keeps_them() {
    let service = serve_with_draft();
    let public = json!([{ "title": "Étang" }]);
    let preview = json!([{ "title": "Étang" }, { "title": "Mare" }]);
    for (suffix, authorization, expected) in [
        ("", "", &public),
        ("", "Bearer other", &public),
        ("", "Bearer tilleul", &preview),
        ("&preview=tilleul", "", &preview),
        ("", "", &public),
    ] {
        let path = format!("{QUERY}{suffix}");
        let reply = service.get(&path, &[("authorization", authorization)]);
        assert_eq!(&reply.json()["data"]["pages"]["nodes"], expected, "{suffix} {authorization}");
        let is_preview = expected == &preview;
        assert_eq!(reply.header("cache-control") == "private, no-store", is_preview);
        assert_eq!(reply.header("etag").is_empty(), is_preview);
    }
    assert_eq!(service.get(&format!("{QUERY}&preview=other"), &[]).status, 401);
    let document =
        service.query("{ document(path: \"draft.md\") { state publishedRevision diagnostics { code } } }");
    assert_eq!(
        document["document"],
        json!({ "state": "DRAFT", "publishedRevision": null, "diagnostics": [{ "code": "DRAFT" }] })
    );
}
