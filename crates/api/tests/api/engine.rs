//! Behaviour of async-graphql that the resolvers depend on and that differs between its versions.
//!
//! A resolver that can fail and whose field is nullable returns `Option<Result<T>>`. Arguments are `i32`.
//! If an upgrade of async-graphql fails here, it changes the responses of the service.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it waits or not")]

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Error, Guard, Object, OneofObject, Request, Schema, Value,
    Variables, value,
};

struct Query;

/// A guard that rejects every access.
struct Closed;

impl Guard for Closed {
    async fn check(&self, _: &Context<'_>) -> Result<(), Error> {
        Err(Error::new("closed"))
    }
}

/// An input with exactly one field.
#[derive(OneofObject)]
enum By {
    Slug(String),
    Number(i32),
}

#[Object]
impl Query {
    /// Completes after its siblings.
    async fn slow(&self) -> i32 {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        1
    }

    async fn quick(&self) -> i32 {
        2
    }

    async fn parent(&self) -> Option<Parent> {
        Some(Parent)
    }

    async fn parents(&self) -> Vec<Parent> {
        vec![Parent, Parent]
    }

    async fn signed(&self, number: i32) -> i32 {
        number
    }

    async fn unsigned(&self, number: u32) -> String {
        number.to_string()
    }

    async fn one(&self, by: By) -> String {
        match by {
            By::Slug(slug) => slug,
            By::Number(number) => number.to_string(),
        }
    }

    async fn must(&self) -> Result<i32, Error> {
        Err(Error::new("failed"))
    }
}

/// Fields that fail in different ways.
struct Parent;

#[Object]
impl Parent {
    async fn sibling(&self) -> i32 {
        3
    }

    async fn must(&self) -> Result<i32, Error> {
        Err(Error::new("failed"))
    }

    async fn result_of_option(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("failed"))
    }

    async fn option_of_result(&self) -> Option<Result<i32, Error>> {
        Some(Err(Error::new("failed")))
    }

    #[graphql(guard = "Closed")]
    async fn guarded(&self) -> Option<i32> {
        Some(4)
    }
}

fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}

/// Returns the data of a response, and its errors as `path: message`.
async fn ask(request: impl Into<Request>) -> (Value, Vec<String>) {
    let response = schema().execute(request).await;
    let told = |error: &async_graphql::ServerError| {
        let path: Vec<String> = error
            .path
            .iter()
            .map(|segment| match segment {
                async_graphql::PathSegment::Field(name) => name.clone(),
                async_graphql::PathSegment::Index(index) => index.to_string(),
            })
            .collect();
        format!("{}: {}", path.join("."), error.message)
    };
    let errors = response.errors.iter().map(told).collect();
    (response.data, errors)
}

#[tokio::test]
async fn response_keys_keep_the_query_order() {
    let data = schema().execute("{ slow quick last: slow parent { sibling } first: quick }").await.data;
    assert_eq!(
        serde_json::to_string(&data).unwrap(),
        r#"{"slow":1,"quick":2,"last":1,"parent":{"sibling":3},"first":2}"#
    );
}

#[tokio::test]
async fn error_in_a_non_null_field_nulls_the_parent() {
    let (data, errors) = ask("{ quick parent { sibling must } }").await;
    assert_eq!(
        (data, errors),
        (value!({ "quick": 2, "parent": null }), vec!["parent.must: failed".to_owned()])
    );
    let (data, errors) = ask("{ quick parents { sibling must } }").await;
    // In a list, the path of the error ends with the item and not with the field.
    assert_eq!((data, errors[0].as_str()), (Value::Null, "parents.0: failed"));
    let (data, errors) = ask("{ quick must }").await;
    assert_eq!((data, errors), (Value::Null, vec!["must: failed".to_owned()]));
}

#[tokio::test]
async fn failed_result_of_option_nulls_the_parent() {
    let (data, errors) = ask("{ quick parent { sibling resultOfOption } }").await;
    assert_eq!(data, value!({ "quick": 2, "parent": null }));
    assert_eq!(errors, ["parent.resultOfOption: failed"]);
}

#[tokio::test]
async fn failed_option_of_result_is_null_and_keeps_siblings() {
    let (data, errors) = ask("{ quick parent { sibling optionOfResult } }").await;
    assert_eq!(data, value!({ "quick": 2, "parent": { "sibling": 3, "optionOfResult": null } }));
    assert_eq!(errors, ["parent.optionOfResult: failed"]);
    let (data, errors) = ask("{ parents { sibling optionOfResult } }").await;
    let parent = value!({ "sibling": 3, "optionOfResult": null });
    assert_eq!(data, value!({ "parents": [parent.clone(), parent] }));
    assert_eq!(errors, ["parents.0.optionOfResult: failed", "parents.1.optionOfResult: failed"]);
}

#[tokio::test]
async fn failed_guard_on_a_nullable_field_nulls_the_parent() {
    let (data, errors) = ask("{ quick parent { sibling guarded } }").await;
    assert_eq!(data, value!({ "quick": 2, "parent": null }));
    assert_eq!(errors, ["parent.guarded: closed"]);
}

#[tokio::test]
async fn negative_int_is_passed_to_i32_resolvers() {
    assert_eq!(ask("{ signed(number: -1) }").await.0, value!({ "signed": -1 }));
    // A `u32` resolver would not run. The engine itself would reject the value.
    let (data, errors) = ask("{ unsigned(number: -1) }").await;
    assert_eq!((data, errors.len()), (Value::Null, 1));
    let request = Request::new("query ($number: Int!) { signed(number: $number) }");
    let variables = Variables::from_json(serde_json::json!({ "number": -1 }));
    assert_eq!(ask(request.variables(variables)).await.0, value!({ "signed": -1 }));
}

#[tokio::test]
async fn one_of_input_requires_exactly_one_field() {
    assert_eq!(ask("{ one(by: { slug: \"eau\" }) }").await.0, value!({ "one": "eau" }));
    assert_eq!(ask("{ one(by: { number: 7 }) }").await.0, value!({ "one": "7" }));
    for by in ["{}", "{ slug: \"eau\", number: 7 }", "{ slug: null }"] {
        let (data, errors) = ask(format!("{{ one(by: {by}) }}")).await;
        assert_eq!((data, errors.is_empty()), (Value::Null, false), "{by}");
    }
    assert!(schema().sdl().contains("input By @oneOf"));
}

#[tokio::test]
async fn duplicate_fields_are_merged() {
    let (data, errors) = ask(
        "{ parent { sibling } ...F parent { sibling } } fragment F on Query { parent { other: sibling } }",
    )
    .await;
    assert_eq!(data, value!({ "parent": { "sibling": 3, "other": 3 } }));
    assert!(errors.is_empty());
    let (data, errors) = ask("{ a: quick a: slow }").await;
    assert_eq!((data, errors.len()), (Value::Null, 1));
}

#[tokio::test]
async fn suggestions_can_be_disabled() {
    let (_, errors) = ask("{ quik }").await;
    assert!(errors[0].contains("quick"), "{errors:?}");
    let silent = Schema::build(Query, EmptyMutation, EmptySubscription).disable_suggestions().finish();
    assert!(!silent.execute("{ quik }").await.errors[0].message.contains("quick"));
}

#[test]
fn schema_export_is_deterministic() {
    let printed = schema().sdl();
    assert!((0..8).all(|_| schema().sdl() == printed));
}
