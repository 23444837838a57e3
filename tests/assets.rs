//! Assets over HTTP: headers, range requests and image metadata.

use std::fs;

use serde_json::json;

use crate::support::{Service, TestSite, repository};

#[test]
fn files_have_a_content_etag_and_support_range_requests() {
    let place = TestSite::new();
    place.write("_files/semis.csv", "0123456789");
    let service = place.serve();
    let whole = service.get("/_files/semis.csv", &[]);
    assert_eq!((whole.status, whole.body.as_str()), (200, "0123456789"));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), "10");
    assert_eq!(whole.header("cache-control"), "public, max-age=300");
    let etag = whole.header("etag");
    assert!(etag.starts_with('"'), "{etag}");

    assert_eq!(service.get("/_files/semis.csv", &[("if-none-match", etag)]).status, 304);
    let since = whole.header("last-modified");
    assert_eq!(service.get("/_files/semis.csv", &[("if-modified-since", since)]).status, 304);

    let part = service.get("/_files/semis.csv", &[("range", "bytes=2-4")]);
    assert_eq!((part.status, part.body.as_str()), (206, "234"));
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    assert_eq!(service.get("/_files/semis.csv", &[("range", "bytes=-3")]).body, "789");
    let resumed = [("range", "bytes=4-"), ("if-range", etag)];
    assert_eq!(service.get("/_files/semis.csv", &resumed).body, "456789");
    let other = [("range", "bytes=4-"), ("if-range", "\"another\"")];
    assert_eq!(service.get("/_files/semis.csv", &other).status, 200);
    let suffix = service.get("/_files/semis.csv", &[("range", "bytes=-99")]);
    assert_eq!((suffix.status, suffix.body.as_str()), (206, "0123456789"));
    let head = service.head("/_files/semis.csv", &[("range", "bytes=2-4")]);
    assert_eq!((head.status, head.header("content-length"), head.header("content-range")), (200, "10", ""));
    let outside = service.get("/_files/semis.csv", &[("range", "bytes=10-")]);
    assert_eq!((outside.status, outside.header("content-range")), (416, "bytes */10"));

    // The ETag depends on the content and not on the modification time.
    let etag = etag.to_owned();
    service.place.write("_files/semis.csv", "9876543210");
    service.wait_for_sync();
    assert_ne!(service.get("/_files/semis.csv", &[]).header("etag"), etag);
    service.save("_files/semis.csv", "0123456789");
    assert_eq!(service.get("/_files/semis.csv", &[]).header("etag"), etag);
}

#[test]
fn links_and_impossible_names_are_not_found_and_log_no_error() {
    let place = TestSite::new();
    place.write("_files/here.txt", "here");
    place.write("secret.md", "# Secret\n");
    let files = place.content().join("_files");
    std::os::unix::fs::symlink("../secret.md", files.join("in.txt")).unwrap();
    std::os::unix::fs::symlink("loop.txt", files.join("loop.txt")).unwrap();
    std::os::unix::fs::symlink("_files", place.content().join("_images")).unwrap();
    let service = place.serve();
    assert_eq!(service.get("/_files/here.txt", &[]).status, 200);
    let long = format!("/_files/{}.txt", "a".repeat(300));
    for path in ["/_files/in.txt", "/_files/loop.txt", "/_images/here.txt", &long] {
        assert_eq!(service.get(path, &[]).status, 404, "{path}");
    }
    let problems = service.query("{ sync { problems { kind path } } }")["sync"]["problems"].clone();
    for path in ["_files/in.txt", "_files/loop.txt", "_images"] {
        let problem = json!({ "kind": "SYMBOLIC_LINK", "path": path });
        assert!(problems.as_array().unwrap().contains(&problem), "{path}: {problems}");
    }
    let errors: Vec<_> = service.log_so_far().into_iter().filter(|line| line["level"] == "ERROR").collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn images_have_dimensions_a_placeholder_and_an_immutable_url() {
    let place = TestSite::new();
    place.write("nl/vijver.md", "# Vijver\n\n{% image src=\"/_images/kust.png\", alt=\"De kust\", width=\"60\" %}\n\n![kust](../_images/kust.png)\n");
    let service = place.serve();
    let ask = "{ page(slug: \"vijver\") { content { html } images { src url alt width height naturalWidth naturalHeight thumbHash } } }";
    let before = service.query(ask)["page"].clone();
    assert_eq!(
        before["images"][0],
        json!({ "src": "/_images/kust.png", "url": "/_images/kust.png", "alt": "De kust", "width": 60, "height": null,
                "naturalWidth": null, "naturalHeight": null, "thumbHash": null })
    );

    fs::create_dir(service.place.content().join("_images")).unwrap();
    let picture = repository().join("content/_images/littoral.png");
    fs::copy(picture, service.place.content().join("_images/kust.png")).unwrap();
    service.wait_for(|entry| entry["message"] == "placeholders published");
    let page = service.query(ask)["page"].clone();
    let image = &page["images"][0];
    let (width, height) = (image["naturalWidth"].as_u64().unwrap(), image["naturalHeight"].as_u64().unwrap());
    assert_eq!(
        (image["width"].as_u64(), image["height"].as_u64()),
        (Some(60), Some((60 * height + width / 2) / width))
    );
    assert_eq!(page["images"][1]["width"], image["naturalWidth"]);
    assert!(image["thumbHash"].as_str().unwrap().len() > 20);
    let url = image["url"].as_str().unwrap();
    assert!(url.starts_with("/_images/kust.png?v="), "{url}");
    let html = page["content"]["html"].as_str().unwrap();
    assert!(html.contains(&format!("<img src=\"{url}\" alt=\"De kust\" width=\"60\" height=\"")), "{html}");

    let (status, bytes) = service.get_bytes(url);
    assert_eq!(
        (status, bytes.len() as u64),
        (200, fs::metadata(service.place.content().join("_images/kust.png")).unwrap().len())
    );
    let headers = [("range", "bytes=0-0")];
    let now = service.get(url, &headers);
    assert_eq!(now.status, 206);
    assert_eq!(now.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(now.header("content-type"), "image/png");
    let other = service.get("/_images/kust.png?v=0000000000000000", &[("range", "bytes=0-0")]);
    assert_eq!(other.header("cache-control"), "public, max-age=300");

    service.remove("_images/kust.png");
    assert_eq!(service.query(ask)["page"], before);
}

#[test]
fn bytes_of_another_copy_of_the_folder_are_never_sent() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("_files/a.csv", "new");
    site.write("page.md", "# Page\n");
    let leader = site.serve_another(&[]);
    assert_eq!(leader.get("/_files/a.csv", &[]).body, "new");
    let copy = tempfile::TempDir::new().unwrap();
    let other = |folder: &std::path::Path| {
        let service = site.serve_copy(folder, &["--sync", "never"]);
        assert_eq!(service.query("{ page(slug: \"page\") { title } }")["page"]["title"], "Page");
        service
    };
    // An older copy with the same size, and the same file as the leader has.
    fs::create_dir(copy.path().join("_files")).unwrap();
    fs::write(copy.path().join("_files/a.csv"), "old").unwrap();
    let follower = other(copy.path());
    assert_eq!(follower.get("/_files/a.csv", &[]).status, 404);
    let refused = follower.wait_for(|line| line["message"] == "asset not sent");
    assert!(refused["asset.reason"].as_str().unwrap().contains("older or newer"), "{refused}");
    fs::write(copy.path().join("_files/a.csv"), "new").unwrap();
    assert_eq!(follower.get("/_files/a.csv", &[]).body, "new");
    // A process without the folder serves documents.
    let follower = other(&copy.path().join("missing"));
    assert_eq!(follower.get("/_files/a.csv", &[]).status, 404);
}

/// Returns the size of a PNG file from its header.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

/// Returns a service that scales images to some widths, and the size of its image.
fn scaling_service() -> (Service, (u32, u32)) {
    let place = TestSite::new();
    fs::create_dir(place.content().join("_images")).unwrap();
    let picture = fs::read(repository().join("content/_images/littoral.png")).unwrap();
    fs::write(place.content().join("_images/kust.png"), &picture).unwrap();
    place.write(
        "kust.md",
        "---\nlang: nl\nmetadata: {image: {src: /_images/kust.png, focalPoint: \"10% 90%\"}}\nsvg: /_images/a.svg\n---\n# Kust\n",
    );
    (place.serve_with(&["--image-widths", "16,32,4000"]), png_size(&picture))
}

#[test]
fn images_are_scaled_and_served_from_the_folder() {
    let (service, natural) = scaling_service();
    let ask = |fields: &str| {
        let query = format!(
            "{{ page(slug: \"kust\") {{ image {{ {fields} }} svg: field(path: \"svg\") {{ image {{ url rendition(width: 16) {{ url }} }} }} }} }}"
        );
        service.query(&query)["page"].clone()
    };
    let page = ask(
        "box: rendition(width: 32, height: 16) { url width height } large: rendition(width: 4000) { width height } srcset",
    );
    let rendition = &page["image"]["box"];
    let url = rendition["url"].as_str().unwrap();
    assert!(url.starts_with("/_images/kust.png?v=") && url.ends_with("&w=32&h=16&f=png&p=0,100"), "{url}");
    let (status, bytes) = service.get_bytes(url);
    assert_eq!((status, png_size(&bytes)), (200, (32, 16)));
    assert_eq!((rendition["width"].as_u64(), rendition["height"].as_u64()), (Some(32), Some(16)));
    // An image is never enlarged.
    assert_eq!(page["image"]["large"], json!({ "width": natural.0, "height": natural.1 }));
    let widths: Vec<&str> = page["image"]["srcset"]
        .as_str()
        .unwrap()
        .split(", ")
        .map(|part| part.rsplit(' ').next().unwrap())
        .collect();
    assert_eq!(widths, ["16w", "32w", &format!("{}w", natural.0)]);
    assert_eq!(page["svg"]["image"]["url"], page["svg"]["image"]["rendition"]["url"]);

    // The second request is answered from the folder beside the database.
    let folder = format!("{}.renditions", service.place.database().display());
    let stored: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(stored.len(), 1);
    assert_eq!(fs::read(&stored[0]).unwrap(), bytes);
    let again = service.get(url, &[("range", "bytes=0-0")]);
    assert_eq!((again.status, again.header("content-type")), (206, "image/png"));
    assert_eq!(again.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(service.get(url, &[("if-none-match", again.header("etag"))]).status, 304);
    for (parameters, status) in [
        ("w=17&f=png", 400),
        ("w=32&f=png&p=1,1", 400),
        ("w=32", 400),
        ("h=16&f=jpg", 200),
        ("w=32&f=webp", 200),
    ] {
        assert_eq!(service.get_bytes(&format!("/_images/kust.png?{parameters}")).0, status, "{parameters}");
    }
    assert_eq!(service.get("/_images/missing.png?w=32&f=png", &[]).status, 404);
}

#[test]
fn width_that_is_not_listed_rejects_the_request() {
    let (service, _) = scaling_service();
    // The request is rejected before its execution.
    for (query, variables) in [
        ("{ page(slug: \"kust\") { image { rendition(width: 17) { url } } } }", json!({})),
        (
            "query ($w: [Int!]) { page(slug: \"kust\") { ...F } } fragment F on Page { image { srcset(widths: $w) } }",
            json!({ "w": [16, 17] }),
        ),
        (
            "query ($w: Int = 17) { page(slug: \"kust\") { image { rendition(height: $w) { url } } } }",
            json!({}),
        ),
    ] {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = service.post(&body, &[("content-type", "application/json")]).json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{query}");
        assert!(answer.get("data").is_none_or(serde_json::Value::is_null), "{query}");
    }
}
