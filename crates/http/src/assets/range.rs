//! Byte range of a request (RFC 9110, section 14.1.2).

/// Range of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RequestedRange {
    /// From the first to the last byte, both included.
    Bytes(u64, u64),
    /// The range begins after the end of the file.
    Unsatisfiable,
    /// Several ranges, or a value that is not a byte range. The header is ignored.
    WholeFile,
}

/// Resolves the value of `Range` for a file of `length` bytes.
pub(super) fn requested_range(value: &str, length: u64) -> RequestedRange {
    let Some((first, last)) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return RequestedRange::WholeFile;
    };
    let end_of_file = length.saturating_sub(1);
    match (parse(first), parse(last)) {
        (Bound::Absent, Bound::Position(0)) => RequestedRange::Unsatisfiable,
        (Bound::Absent, Bound::Position(_)) if length == 0 => RequestedRange::WholeFile,
        // The last N bytes. A suffix that is longer than the file selects the whole file.
        (Bound::Absent, Bound::Position(suffix)) => {
            RequestedRange::Bytes(length.saturating_sub(suffix), end_of_file)
        }
        (Bound::Position(first), _) if first >= length => RequestedRange::Unsatisfiable,
        (Bound::Position(first), Bound::Absent) => RequestedRange::Bytes(first, end_of_file),
        (Bound::Position(first), Bound::Position(last)) if first <= last => {
            RequestedRange::Bytes(first, last.min(end_of_file))
        }
        _ => RequestedRange::WholeFile,
    }
}

enum Bound {
    Absent,
    Position(u64),
    Invalid,
}

fn parse(text: &str) -> Bound {
    let text = text.trim();
    match text {
        "" => Bound::Absent,
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Bound::Invalid,
        // A number that is too large for 64 bits is larger than every file.
        _ => Bound::Position(text.parse().unwrap_or(u64::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_byte_ranges_are_resolved() {
        for (value, expected) in [
            ("bytes=2-4", RequestedRange::Bytes(2, 4)),
            ("bytes=8-", RequestedRange::Bytes(8, 9)),
            ("bytes=-3", RequestedRange::Bytes(7, 9)),
            ("bytes=2-99", RequestedRange::Bytes(2, 9)),
            ("bytes=-10", RequestedRange::Bytes(0, 9)),
            ("bytes=-11", RequestedRange::Bytes(0, 9)),
            ("bytes=-99999999999999999999999", RequestedRange::Bytes(0, 9)),
            ("bytes=10-", RequestedRange::Unsatisfiable),
            ("bytes=-0", RequestedRange::Unsatisfiable),
            ("bytes=0-1,4-5", RequestedRange::WholeFile),
            ("bytes=4-2", RequestedRange::WholeFile),
            ("bytes=+1-2", RequestedRange::WholeFile),
            ("lines=1-2", RequestedRange::WholeFile),
        ] {
            assert_eq!(requested_range(value, 10), expected, "{value}");
        }
        assert_eq!(requested_range("bytes=-5", 0), RequestedRange::WholeFile);
        assert_eq!(requested_range("bytes=0-", 0), RequestedRange::Unsatisfiable);
    }
}
