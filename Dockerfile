# syntax=docker/dockerfile:1

# The Rust that builds: the `channel` of rust-toolchain.toml.
ARG RUST_VERSION=1.95.0
# The Debian that builds and that runs. No file names it; both stages take it from here, for they share a C library.
ARG DEBIAN_RELEASE=bookworm

# The manifests and the lock file, with empty sources beside them. This stage runs again with every change, but what it
# leaves behind changes only with a manifest: the next stage keeps its dependencies until then.
FROM debian:${DEBIAN_RELEASE}-slim AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name Cargo.toml ! -name Cargo.lock ! -name lib.rs ! -name main.rs -delete \
    && find . -type d -empty -delete \
    && find . -name lib.rs -exec truncate --size 0 {} + \
    && find . -name main.rs -exec sh -c 'for file; do echo "fn main() { }" > "$file"; done' sh {} +

FROM rust:${RUST_VERSION}-slim-${DEBIAN_RELEASE} AS builder
WORKDIR /src
COPY --from=manifests /src .
RUN cargo build --profile dist --locked --package passerelle
COPY . .
# The profile is in Cargo.toml. The sources may be older than what was built from the empty ones: cargo goes by their times.
RUN find crates migrations -name '*.rs' -exec touch {} + \
    && cargo build --profile dist --locked --package passerelle

FROM debian:${DEBIAN_RELEASE}-slim
RUN groupadd --gid 10001 passerelle \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin passerelle \
    && install --directory --owner passerelle --group passerelle /data \
    && install --directory /content
COPY --from=builder /src/target/dist/passerelle /usr/local/bin/passerelle

# The names and their meaning are those of crates/server/src/cli.rs.
ENV PASSERELLE_CONTENT=/content \
    PASSERELLE_DATABASE_URL="sqlite:///data/passerelle.db?mode=rwc" \
    PASSERELLE_LISTEN=0.0.0.0:8080

USER 10001:10001
WORKDIR /data
# The documents are mounted at /content, read-only. The database is the service's own.
VOLUME /data
EXPOSE 8080
# SIGTERM drains for 5 s, then finishes running requests within 20 s (crates/server/src/lifecycle.rs): stop the container with
# `docker stop --time 30`.
STOPSIGNAL SIGTERM
# Not ready until the whole folder is published once: large folders need more than the usual 10 s.
# The command asks /readyz at PASSERELLE_LISTEN.
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 CMD ["passerelle", "health"]
ENTRYPOINT ["passerelle"]
