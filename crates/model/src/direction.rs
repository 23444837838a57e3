//! Direction of a sort order.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Direction of a sort order. Serialized as `true` for descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Small values first.
    Ascending,
    /// Large values first.
    Descending,
}

impl Direction {
    /// Returns the other direction.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Serialize for Direction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == Self::Descending)
    }
}

impl<'de> Deserialize<'de> for Direction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_descending = bool::deserialize(deserializer)?;
        Ok(if is_descending { Self::Descending } else { Self::Ascending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_direction_is_true_for_descending() {
        for (direction, json) in [(Direction::Ascending, "false"), (Direction::Descending, "true")] {
            assert_eq!(serde_json::to_string(&direction).unwrap(), json);
            assert_eq!(serde_json::from_str::<Direction>(json).unwrap(), direction);
        }
    }
}
