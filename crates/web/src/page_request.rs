//! One request for a page: cache, rate limit, permit, ETag, headers.

use std::net::IpAddr;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::etag::is_known_to_client;
pub(crate) use passerelle_http_common::rate_limit::PeerAddress;
use passerelle_http_common::rate_limit::{CACHE_HIT_COST, retry_after_seconds};
use passerelle_http_common::response_cache::{CacheKey, CachedResponse};
use passerelle_model::checksum::Checksum;
use passerelle_model::language::Language;
use passerelle_model::revision::Revision;

use crate::error::PageError;
use crate::error_page::ErrorPage;
use crate::rendered_page::RenderedPage;
use crate::site::Site;
use crate::words::Words;

/// Variant of the cache key. Pages have one media type.
const VARIANT: u8 = 0;

/// A page loads files of this service only, and runs no script that the document contains. No other page
/// shows it in a frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Media type of a page.
const HTML: &str = "text/html; charset=utf-8";

/// A page that a template renders.
pub(crate) trait Page: Template {
    /// Returns false if the same request can have another answer at the same revision.
    fn is_cacheable(&self) -> bool {
        true
    }

    /// Returns the media type of the template.
    fn media_type(&self) -> &'static str {
        HTML
    }
}

/// Request for a page at one revision.
pub(crate) struct PageRequest<'a> {
    site: &'a Site,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    words: &'static Words,
    chosen: Option<Language>,
    key: CacheKey,
    encoding: ContentEncoding,
    policy: HeaderValue,
}

impl<'a> PageRequest<'a> {
    /// `name` identifies the page with its parameters and its language.
    pub(crate) fn new(
        site: &'a Site,
        headers: &'a HeaderMap,
        peer: PeerAddress,
        (words, chosen): (&'static Words, Option<Language>),
        revision: Revision,
        name: &str,
    ) -> Self {
        let request = Checksum::of(format!("page:{}:{chosen:?}:{name}", words.code).as_bytes());
        Self {
            site,
            headers,
            peer: peer.ok().map(|info| info.0.ip()),
            words,
            chosen,
            key: CacheKey::new(request, revision, VARIANT, site.cache_key_salt()),
            encoding: ContentEncoding::negotiate(headers),
            policy: HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        }
    }

    /// Lets the sites of the setting show the page in a frame.
    pub(crate) fn in_frames(self) -> Self {
        Self { policy: self.site.frame_policy().clone(), ..self }
    }

    /// Answers with the page: 304 if the client has it, from the cache if it is there, else rendered.
    pub(crate) async fn respond<T: Page>(
        &self,
        cost: usize,
        page: impl Future<Output = Result<T, PageError>>,
    ) -> Response {
        let etag = self.key.etag();
        if is_known_to_client(self.headers, &etag) {
            return self.with_headers(StatusCode::NOT_MODIFIED, Body::empty(), &etag);
        }
        let cached = self.site.pages().get(self.key, self.encoding).await;
        if let Err(error) = self.charge(if cached.is_some() { CACHE_HIT_COST } else { cost }) {
            return self.reject(&error);
        }
        if let Some(rendered) = cached {
            return self.send(&rendered, &etag);
        }
        let rendering = Box::pin(self.render(page));
        let (rendered, _) = self.site.pages().get_or_render(self.key, self.encoding, rendering).await;
        self.send(&rendered, &etag)
    }

    /// Answers with a page that is never cached, because it shows the present state of documents.
    pub(crate) async fn respond_fresh<T: Page>(
        &self,
        cost: usize,
        page: impl Future<Output = Result<T, PageError>>,
    ) -> Response {
        if let Err(error) = self.charge(cost) {
            return self.reject(&error);
        }
        let rendered = Box::pin(self.render(page)).await.encoded(self.encoding);
        self.send(&RenderedPage { is_cacheable: false, ..rendered }, "")
    }

    /// Answers with the page of an error.
    pub(crate) fn reject(&self, error: &PageError) -> Response {
        self.send(&self.error_page(error), "")
    }

    /// Charges the client.
    fn charge(&self, cost: usize) -> Result<(), PageError> {
        let charged = self.site.limits().rate_limiter.charge(self.headers, self.peer, cost);
        charged.map_err(|retry_after| PageError::RateLimited(retry_after_seconds(retry_after)))
    }

    /// Renders a page, or the page of its error.
    async fn render<T: Page>(&self, page: impl Future<Output = Result<T, PageError>>) -> RenderedPage {
        match self.render_template(page).await {
            Ok(rendered) => rendered,
            Err(error) => self.error_page(&error),
        }
    }

    /// Renders a page with one of the permits that exports use too.
    async fn render_template<T: Page>(
        &self,
        page: impl Future<Output = Result<T, PageError>>,
    ) -> Result<RenderedPage, PageError> {
        let permits = &self.site.limits().read_permits;
        let _permit = permits.acquire().await.map_err(|_| PageError::Stopped)?;
        let page = page.await?;
        Ok(RenderedPage {
            status: StatusCode::OK,
            media_type: page.media_type(),
            bytes: page.render()?.into(),
            encoding: ContentEncoding::Identity,
            retry_after: None,
            is_cacheable: page.is_cacheable(),
        })
    }

    fn error_page(&self, error: &PageError) -> RenderedPage {
        if error.status() == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(%error, "a page could not be rendered");
        }
        let page = ErrorPage::new(self.site, self.words, self.chosen, error);
        let bytes = page.render().unwrap_or_else(|_| page.title.to_owned());
        RenderedPage {
            status: error.status(),
            media_type: HTML,
            bytes: bytes.into(),
            encoding: ContentEncoding::Identity,
            retry_after: if let PageError::RateLimited(seconds) = error { Some(*seconds) } else { None },
            is_cacheable: false,
        }
    }

    fn send(&self, page: &RenderedPage, etag: &str) -> Response {
        let etag = if page.is_cacheable() { etag } else { "" };
        let mut response = self.with_headers(page.status, Body::from(page.bytes.clone()), etag);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.media_type));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.words.code));
        if let Some(value) = page.encoding.header_value() {
            headers.insert(header::CONTENT_ENCODING, value);
        }
        if let Some(seconds) = page.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn with_headers(&self, status: StatusCode, body: Body, etag: &str) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding, accept-language"));
        // A page can change with every revision. Caches may store it but must revalidate.
        let cache_control = if etag.is_empty() { "no-store" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
        if let Ok(etag) = HeaderValue::try_from(etag)
            && !etag.is_empty()
        {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}
