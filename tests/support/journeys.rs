//! Starts and requests that several modules need.

use std::fs;

use serde_json::Value;

use super::{OPERATOR, Service, TestSite, repository};

impl TestSite {
    /// Starts the service with a token for the desk.
    pub(crate) fn serve_with_desk_token(self, token: &str) -> Service {
        let mut command = self.serve_command();
        command.args(["--desk", "token"]).env("PASSERELLE_DESK_TOKEN", token);
        self.serve_by(command)
    }
}

impl Service {
    /// Starts a service with the demo.
    pub(crate) fn of_demo() -> Self {
        let place = TestSite::new();
        place.copy_documents(&repository().join("content"));
        place.serve()
    }

    /// Requests a full scan as the operator. Returns the number of the revision afterwards.
    pub(crate) fn request_sync(&self) -> Value {
        let authorization = format!("Bearer {OPERATOR}");
        let reply = self.post_to("/admin/sync", "", &[("authorization", &authorization)]);
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["revision"]["number"].clone()
    }

    /// Writes a file and waits until it is published.
    pub(crate) fn save(&self, path: &str, text: &str) {
        self.place.write(path, text);
        self.wait_for_sync();
    }

    /// Removes a file and waits until the removal is published.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.place.content().join(path)).unwrap();
        self.wait_for_sync();
    }
}
