//! Fields that the change log names.

/// Field whose change is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangedField {
    /// URL name of a plan or page.
    Slug,
    /// Title of a plan, category, measure or page.
    Title,
    /// Language of a plan or page.
    Lang,
    /// Year of a plan.
    Year,
    /// Path of a category, for example `2.6.b`.
    Path,
    /// Path of the category of a measure.
    Category,
    /// Label of a measure, as written.
    Label,
    /// Number of a measure.
    Number,
    /// Status of a measure.
    Status,
    /// Status of a measure, as written.
    StatusText,
    /// Programme into which a measure was merged.
    Programme,
    /// True for a measure that is listed more than once.
    IsRepeated,
    /// Number of the parent measure.
    Parent,
    /// Text of a page. Its values are not logged.
    Content,
    /// Bodies that carry out a measure.
    ResponsibleParties,
    /// Partners of a measure.
    Partners,
    /// First day of the period of a measure.
    StartDate,
    /// Last day of the period of a measure.
    EndDate,
    /// Period of a measure, as written.
    ScheduleText,
    /// Budget of a measure, as written.
    BudgetText,
    /// Amount and currency of a measure.
    Budget,
    /// Indicators of a measure.
    Indicators,
    /// Completion of a measure in percent.
    Completion,
    /// Priority of a measure.
    Priority,
    /// Description of a measure.
    Description,
    /// Other columns of a measure.
    Attributes,
    /// State of a document.
    State,
}

impl ChangedField {
    /// Every field, in the order of declaration.
    pub const ALL: [Self; 27] = [
        Self::Slug,
        Self::Title,
        Self::Lang,
        Self::Year,
        Self::Path,
        Self::Category,
        Self::Label,
        Self::Number,
        Self::Status,
        Self::StatusText,
        Self::Programme,
        Self::IsRepeated,
        Self::Parent,
        Self::Content,
        Self::ResponsibleParties,
        Self::Partners,
        Self::StartDate,
        Self::EndDate,
        Self::ScheduleText,
        Self::BudgetText,
        Self::Budget,
        Self::Indicators,
        Self::Completion,
        Self::Priority,
        Self::Description,
        Self::Attributes,
        Self::State,
    ];

    /// Inverse of [`ChangedField::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Returns the name that the database stores, for example `statusText`. It never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slug => "slug",
            Self::Title => "title",
            Self::Lang => "lang",
            Self::Year => "year",
            Self::Path => "path",
            Self::Category => "category",
            Self::Label => "label",
            Self::Number => "number",
            Self::Status => "status",
            Self::StatusText => "statusText",
            Self::Programme => "programme",
            Self::IsRepeated => "isRepeated",
            Self::Parent => "parent",
            Self::Content => "content",
            Self::ResponsibleParties => "responsibleParties",
            Self::Partners => "partners",
            Self::StartDate => "startDate",
            Self::EndDate => "endDate",
            Self::ScheduleText => "scheduleText",
            Self::BudgetText => "budgetText",
            Self::Budget => "budget",
            Self::Indicators => "indicators",
            Self::Completion => "completion",
            Self::Priority => "priority",
            Self::Description => "description",
            Self::Attributes => "attributes",
            Self::State => "state",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ChangedField;

    #[test]
    fn stored_names_are_unique() {
        for field in ChangedField::ALL {
            assert_eq!(ChangedField::from_name(field.name()), Some(field));
        }
    }
}
