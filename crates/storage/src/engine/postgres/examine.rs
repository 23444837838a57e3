//! Checks a database before it is used.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, Connection, FromRow, Row};
use tokio::time::timeout;

use super::failure;
use super::pooler;
use super::url::Target;
use crate::engine::migrations::{self, SchemaVersion};
use crate::error::StorageError;

/// Maximum time to connect. A start fails within 5 s, whatever the cause.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Oldest supported version. PostgreSQL 13 has had no corrections of errors since November 2025.
const MIN_VERSION: i32 = 140_000;

/// Usable database.
#[derive(Debug)]
pub(super) struct Examined {
    pub(super) version: SchemaVersion,
    /// Schema to create before the migrations. `None` if the schema exists.
    pub(super) missing_schema: Option<String>,
}

/// Opens one connection and checks the database.
pub(super) async fn connect_and_examine(target: &Target) -> Result<(PgConnection, Examined), StorageError> {
    in_time(target, async {
        let mut connection = connect(target).await?;
        let database = examine(&mut connection, target).await?;
        Ok((connection, database))
    })
    .await
}

/// Opens one connection.
async fn connect(target: &Target) -> Result<PgConnection, StorageError> {
    let connected = PgConnection::connect_with(&target.session(&[])).await;
    connected.map_err(|error| failure::describe(&error, target))
}

/// Ends a step of a start if the server does not respond.
async fn in_time<T>(
    target: &Target,
    step: impl Future<Output = Result<T, StorageError>>,
) -> Result<T, StorageError> {
    match timeout(CONNECT_TIMEOUT, step).await {
        Ok(done) => done,
        Err(_) => Err(failure::unreachable(target, "it does not respond")),
    }
}

/// Connects once to find out what the way to the server supports.
pub(super) async fn target(mut target: Target) -> Result<Target, StorageError> {
    let has_own_settings = target.options.get_options().is_some();
    let supports = in_time(&target, supports(&target)).await?;
    if has_own_settings && !supports.has_settings {
        return Err(pooler::needs_session(&target, "`options` in a URL"));
    }
    target.has_settings = supports.has_settings;
    if supports.is_pooled {
        target.set_pooled();
    }
    Ok(target)
}

/// What the way to a server supports.
struct Supports {
    has_settings: bool,
    is_pooled: bool,
}

async fn supports(target: &Target) -> Result<Supports, StorageError> {
    let describe = |error: sqlx::Error| failure::describe(&error, target);
    let (mut connection, plain) = match PgConnection::connect_with(&target.session(&[])).await {
        Ok(connection) => (connection, target.clone()),
        Err(error) if pooler::rejects_settings(&error) => {
            let plain = Target { has_settings: false, ..target.clone() };
            (PgConnection::connect_with(&plain.session(&[])).await.map_err(describe)?, plain)
        }
        Err(error) => return Err(describe(error)),
    };
    let is_pooled = pooler::is_pooled(&mut connection, &plain).await.map_err(describe)?;
    close(connection).await;
    Ok(Supports { has_settings: plain.has_settings, is_pooled })
}

/// Identity of a database, which a standby shares: the one of the files of the server, the name, the schema.
const IDENTITY: &str = "SELECT concat_ws('/', system_identifier, current_database(), current_schema())
    FROM pg_control_system()";

/// Returns the identity of a database.
pub(super) async fn database_id(target: &Target) -> Result<String, StorageError> {
    in_time(target, async {
        let mut connection = connect(target).await?;
        let id = sqlx::raw_sql(IDENTITY).fetch_one(&mut connection).await;
        close(connection).await;
        id.and_then(|row| row.try_get(0)).map_err(|error| failure::describe(&error, target))
    })
    .await
}

/// Closes a connection. An error is of no interest: the connection is gone in any case.
pub(super) async fn close(connection: PgConnection) {
    drop(connection.close().await);
}

/// The columns of [`SERVER_STATE`].
type ServerRow = (i32, String, bool, Option<String>, String, bool, bool, String);

struct ServerState {
    version: i32,
    encoding: String,
    is_standby: bool,
    schema: Option<String>,
    search_path: String,
    can_create_tables: bool,
    can_create_schemas: bool,
    user_name: String,
}

impl From<ServerRow> for ServerState {
    fn from(row: ServerRow) -> Self {
        let (version, encoding, is_standby, schema, search_path, can_create_tables, can_create_schemas, user) =
            row;
        Self {
            version,
            encoding,
            is_standby,
            schema,
            search_path,
            can_create_tables,
            can_create_schemas,
            user_name: user,
        }
    }
}

const SERVER_STATE: &str = "SELECT current_setting('server_version_num')::int4 AS version,
    current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS is_standby,
    current_schema()::text AS schema, current_setting('search_path') AS search_path,
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS can_create_tables,
    has_database_privilege(current_database(), 'CREATE') AS can_create_schemas,
    current_user::text AS user_name";

/// Tables of the schema. The catalogue lists them whatever the rights of the user.
const TABLES: &str = "SELECT relname::text FROM pg_catalog.pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') ORDER BY relname";

/// Rejects a database that cannot be used.
async fn examine(connection: &mut PgConnection, target: &Target) -> Result<Examined, StorageError> {
    let row = sqlx::raw_sql(SERVER_STATE).fetch_one(&mut *connection).await;
    let row =
        row.and_then(|row| ServerRow::from_row(&row)).map_err(|error| failure::describe(&error, target))?;
    let state = ServerState::from(row);
    check_server(&state, target)?;
    let version = match state.schema {
        Some(_) => schema_version(connection, target).await?,
        None => SchemaVersion::Older,
    };
    let version = match version {
        SchemaVersion::Newer(migration) => {
            return Err(StorageError::NewerSchema {
                database: target.name.clone(),
                migration,
                advice: "install the newer version, or specify another database",
            });
        }
        version => version,
    };
    if version == SchemaVersion::Older {
        check_rights(&state, target)?;
    }
    let missing_schema = state.schema.is_none().then(|| state.search_path.trim_matches('"').to_owned());
    Ok(Examined { version, missing_schema })
}

fn check_server(state: &ServerState, target: &Target) -> Result<(), StorageError> {
    let name = &target.name;
    if state.version < MIN_VERSION {
        let major = state.version / 10_000;
        return Err(StorageError::unusable(format!(
            "the server of the database {name} is PostgreSQL {major}, which is too old; upgrade it to PostgreSQL 14 or \
             later"
        )));
    }
    if state.encoding != "UTF8" {
        return Err(StorageError::unusable(format!(
            "the database {name} has the encoding {}; create one with `CREATE DATABASE name TEMPLATE template0 ENCODING \
             'UTF8'`",
            state.encoding
        )));
    }
    if state.is_standby {
        return Err(StorageError::unusable(format!(
            "the database {name} is on a standby server, which cannot be written; specify the primary server"
        )));
    }
    Ok(())
}

fn check_rights(state: &ServerState, target: &Target) -> Result<(), StorageError> {
    let (name, user) = (&target.name, &state.user_name);
    match &state.schema {
        Some(schema) if !state.can_create_tables => Err(StorageError::unusable(format!(
            "the user {user} may not create tables in the database {name}; as its owner, run `GRANT CREATE ON SCHEMA \
             {schema} TO {user}`"
        ))),
        None if !state.can_create_schemas => Err(StorageError::unusable(format!(
            "the user {user} may not create the schema {} in the database {name}; as its owner, run `CREATE SCHEMA {} \
             AUTHORIZATION {user}`",
            state.search_path, state.search_path
        ))),
        _ => Ok(()),
    }
}

/// Returns the version of the tables.
pub(super) async fn schema_version(
    connection: &mut PgConnection,
    target: &Target,
) -> Result<SchemaVersion, StorageError> {
    let describe = |error: sqlx::Error| failure::describe(&error, target);
    let tables = texts(connection, TABLES).await.map_err(describe)?;
    let foreign = || {
        StorageError::unusable(format!(
            "the database {} contains the tables of another application ({}); create an empty database, or a schema \
             that `options[search_path]` of the URL names",
            target.name,
            tables.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ")
        ))
    };
    if !tables.iter().any(|table| table == "seaql_migrations") {
        return if tables.is_empty() { Ok(SchemaVersion::Older) } else { Err(foreign()) };
    }
    let applied =
        texts(connection, "SELECT version FROM seaql_migrations ORDER BY version").await.map_err(describe)?;
    // Other applications use the same library for their migrations.
    if !tables.iter().any(|table| table == "change_log" || table == "meta") {
        return Err(foreign());
    }
    Ok(migrations::compare(&applied))
}

/// Returns the texts of the first column. Prepares nothing: a pooler can be in between.
async fn texts(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> ServerState {
        ServerState {
            version: 150_018,
            encoding: "UTF8".to_owned(),
            is_standby: false,
            schema: Some("public".to_owned()),
            search_path: "public".to_owned(),
            can_create_tables: true,
            can_create_schemas: true,
            user_name: "web".to_owned(),
        }
    }

    #[test]
    fn unsuitable_servers_are_rejected_with_an_instruction() {
        let target = Target::parse("postgres://u:s3cret@h/d").unwrap();
        check_server(&state(), &target).unwrap();
        check_rights(&state(), &target).unwrap();
        let cases = [
            (check_server(&ServerState { version: 130_022, ..state() }, &target), "upgrade it"),
            (
                check_server(&ServerState { encoding: "LATIN1".to_owned(), ..state() }, &target),
                "ENCODING 'UTF8'",
            ),
            (check_server(&ServerState { is_standby: true, ..state() }, &target), "primary server"),
            (
                check_rights(&ServerState { can_create_tables: false, ..state() }, &target),
                "GRANT CREATE ON SCHEMA public TO web",
            ),
            (
                check_rights(&ServerState { schema: None, can_create_schemas: false, ..state() }, &target),
                "AUTHORIZATION web",
            ),
        ];
        for (checked, instruction) in cases {
            let error = checked.unwrap_err().to_string();
            assert!(error.contains(instruction) && error.contains("d on h:5432"), "{error}");
            assert!(!error.contains("s3cret") && !error.contains('\n'), "{error}");
        }
    }
}
