//! Files of rows: CSV, TSV and Excel workbooks. Each holds one plan, read by the columns of its table.
//!
//! A cell is inline Markdown, as in a table of a Markdown document. Line numbers are those of the text file,
//! or row numbers of the sheet as Excel shows them.

mod delimited;
mod package;
mod rows;
mod workbook;

use passerelle_model::diagnostic::Finding;
use passerelle_model::path::DocumentPath;

use crate::decode::{self, DecodeError, WriteState};
use rows::pad;
pub(crate) use rows::{MAX_ROWS, Sheet, SheetRow};

/// Format of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SheetFormat {
    /// Text with separators. TSV has tabs; CSV has the separator that suits most lines.
    Delimited {
        /// True if the separator is a tab.
        is_tsv: bool,
    },
    /// Excel workbook (Office Open XML).
    Workbook,
}

impl SheetFormat {
    /// Returns the format by the ending of the file name. `None` for a text document.
    pub(crate) fn of(path: &DocumentPath) -> Option<Self> {
        let (_, ending) = path.name().rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Delimited { is_tsv: false }),
            "tsv" => Some(Self::Delimited { is_tsv: true }),
            "xlsx" | "xlsm" => Some(Self::Workbook),
            _ => None,
        }
    }
}

/// Reads the rows of a file. `sheet_name` names the sheet of a workbook; without it the first one is read.
pub(crate) fn read(
    bytes: &[u8],
    format: SheetFormat,
    sheet_name: Option<&str>,
    write_state: WriteState,
) -> Result<Sheet, DecodeError> {
    let mut sheet = match format {
        SheetFormat::Workbook => workbook::read(bytes, sheet_name, write_state)?,
        SheetFormat::Delimited { is_tsv } => {
            let decoded = decode::decode(bytes, write_state)?;
            let rows = delimited::read(&decoded.text, is_tsv, write_state)?;
            let findings = decoded.diagnostic.map(Finding::for_document).into_iter().collect();
            Sheet { rows, text: decoded.text, encoding: Some(decoded.encoding), findings }
        }
    };
    pad(&mut sheet.rows)?;
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::rows::too_many_rows;
    use super::*;

    #[test]
    fn the_ending_decides_the_format() {
        let format = |name: &str| SheetFormat::of(&DocumentPath::parse(name).unwrap());
        assert_eq!(format("a/plan.nl.CSV"), Some(SheetFormat::Delimited { is_tsv: false }));
        assert_eq!(format("plan.tsv"), Some(SheetFormat::Delimited { is_tsv: true }));
        assert_eq!(format("plan.xlsx"), Some(SheetFormat::Workbook));
        assert_eq!(format("plan.csv.md"), None);
    }

    #[test]
    fn rows_and_cells_are_bounded() {
        let read_csv = |text: String| {
            read(text.as_bytes(), SheetFormat::Delimited { is_tsv: false }, None, WriteState::Complete)
        };
        assert_eq!(read_csv("a;b\n".repeat(MAX_ROWS)).map(|sheet| sheet.rows.len()), Ok(MAX_ROWS));
        assert_eq!(read_csv("a;b\n".repeat(MAX_ROWS + 1)), Err(too_many_rows()));
        // One wide row widens all rows.
        let wide = format!("{}a\n{}", ";".repeat(2_000), "a;b\n".repeat(1_000));
        assert_eq!(read_csv(wide), Err(too_many_rows()));
    }
}
