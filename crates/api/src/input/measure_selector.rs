//! Arguments that select one measure.

use crate::error::ApiError;

/// Arguments `number`, `label` and `category` of the field `measure`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MeasureSelector {
    /// Number in the plan.
    Number(i32),
    /// Label, with the path of the category if given.
    Label { label: String, category: Option<String> },
}

impl MeasureSelector {
    /// Checks that exactly one of `number` and `label` is given, and `category` only with `label`.
    pub(crate) fn new(
        number: Option<i32>,
        label: Option<String>,
        category: Option<String>,
    ) -> Result<Self, ApiError> {
        match (number, label, category) {
            (Some(number), None, None) => Ok(Self::Number(number)),
            (None, Some(label), category) => Ok(Self::Label { label, category }),
            (Some(_), Some(_), _) => Err(bad_input("Give `number` or `label`, not both")),
            (Some(_), None, Some(_)) => Err(bad_input("`category` is allowed with `label` only")),
            (None, None, _) => Err(bad_input("Give `number` or `label`")),
        }
    }
}

fn bad_input(message: &str) -> ApiError {
    ApiError::BadInput(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_of_number_and_label_selects() {
        let text = |text: &str| Some(text.to_owned());
        let label = |category| MeasureSelector::Label { label: "A1".to_owned(), category };
        assert_eq!(MeasureSelector::new(Some(12), None, None).unwrap(), MeasureSelector::Number(12));
        assert_eq!(MeasureSelector::new(None, text("A1"), text("2.6")).unwrap(), label(text("2.6")));
        for (number, name, category) in [
            (None, None, None),
            (Some(1), text("1"), None),
            (Some(1), None, text("2")),
            (None, None, text("2")),
        ] {
            assert!(MeasureSelector::new(number, name, category).is_err());
        }
    }
}
