//! French: plans, and tables of measures.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::language::Language;

use super::words::{bytes_of, meant};
use crate::sentence::{LocalizedMessage, say, short, status_word};

pub(super) fn plan(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::PlanWithoutMeasures => say(
            "Ce plan ne contient aucune mesure.",
            "Donnez les mesures dans un tableau avec une ligne d’en-tête, par exemple « Mesure » et « Statut », ou retirez « kind: plan » de l’en-tête du fichier.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!(
                "Ce dossier a plus de {limit} fichiers de mesures. La dernière bonne version du plan reste en ligne."
            ),
            "Répartissez les mesures sur plusieurs dossiers, chacun avec son fichier « plan.yaml ».",
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("La mesure « {} » n’a pas de titre. Un tiret est en ligne à sa place.", short(label)),
            "Écrivez le titre de la mesure dans sa ligne.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!(
                "Ce fichier est en ligne comme page, mais il ressemble à un plan de {count} mesures ({}).",
                short(seen)
            ),
            "Si c’est un plan, écrivez « kind: plan » dans l’en-tête du fichier, entre deux lignes « --- ». Sinon, écrivez « kind: page ».",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Le document s’arrête au milieu de cette mesure.",
            "Complétez la ligne (numéro, titre, statut), ou déposez à nouveau le fichier entier.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Cette mesure vient avant le premier axe. Elle est placée dans un axe sans numéro.",
            "Ajoutez au-dessus d’elle le titre de son axe, par exemple « ## AXE 1: Mobilité ».",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn duplicate(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Deux mesures portent le numéro {number}. La première est à la ligne {first_line}."),
            "Donnez un autre numéro à l’une des deux.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!(
                "Deux mesures portent le repère « {} ». L’autre est à la ligne {other_line}. La seconde est en ligne sous « {} ».",
                short(label),
                short(given)
            ),
            "Donnez à l’une des deux un autre repère.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!(
                "Le repère « {} » est aussi dans « {} ». La seconde mesure est en ligne sous « {} ».",
                short(label),
                short(other),
                short(given)
            ),
            "Donnez un autre repère à l’une des deux, dans son fichier.",
        ),
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Deux titres du plan portent le même repère : « {} ».", short(path)),
            "Donnez à l’un des deux un autre numéro ou une autre lettre.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn measure(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingStatus { number } => say(
            format!("La mesure {number} n’a pas de statut."),
            "Écrivez « À faire », « En cours » ou « Réalisé » dans la colonne du statut, ou après une tabulation (touche Tab) en fin de ligne.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => say(
            format!("Le statut « {} » n’est pas connu.", short(value)),
            nearest.and_then(|status| status_word(status, Language::Fr)).map_or_else(
                || "Écrivez par exemple « À faire », « En cours » ou « Réalisé ».".into(),
                meant,
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => say(
            format!(
                "L’astérisque (*) de la mesure {number} annonce une répétition, mais aucune autre mesure n’a le même texte."
            ),
            nearest.map_or_else(
                || "Retirez l’astérisque, ou donnez le même texte à la mesure répétée.".into(),
                |nearest| {
                    format!(
                        "La mesure {nearest} a le texte le plus proche. Donnez le même texte aux deux, ou retirez l’astérisque."
                    )
                },
            ),
        ),
        DiagnosticKind::MissingFootnote { number } => say(
            format!("Le texte renvoie à la note de bas de page {number}, mais cette note n’existe pas."),
            format!("Ajoutez une ligne « <sup>{number}</sup> Texte de la note », ou retirez le renvoi."),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => say(
            format!(
                "Le titre « {} » est écrit autrement dans la table des matières : « {} ».",
                short(heading),
                short(entry)
            ),
            "Écrivez le même texte aux deux endroits.",
        ),
        DiagnosticKind::UnrecognizedRow => say(
            "Cette ligne n’est ni une mesure ni le titre d’un groupe. Elle n’est pas en ligne.",
            "Pour une mesure, remplissez son numéro et son titre. Pour un groupe, laissez seulement son titre dans la ligne, en gras : « **Titre** ».",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn spreadsheet(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("Ce tableau ne contient pas de mesures reconnues. Colonnes lues\u{a0}: {}.", short(seen)),
            "Donnez un nom à chaque colonne dans la première ligne, par exemple « N° », « Mesure », « Pilote » et « Statut ». Si ce n’est pas un plan, rangez le fichier dans un dossier « _files ».",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!(
                "Ce tableau a plus de {limit} lignes, ou trop de colonnes. La dernière bonne version reste en ligne."
            ),
            "Ne gardez que les lignes et les colonnes des mesures. Supprimez les lignes vides mises en forme sous le tableau.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!(
                "Une fois décompressé, ce fichier Excel dépasse {}. La dernière bonne version reste en ligne.",
                bytes_of(*limit)
            ),
            "Ne gardez que la feuille des mesures, ou enregistrez-la sous le type « CSV UTF-8 ».",
        ),
        DiagnosticKind::SpreadsheetProtected => say(
            "Ce fichier Excel a un mot de passe, ou il est au format d’Excel 2003. Il ne peut pas être lu.",
            "Retirez le mot de passe, puis enregistrez le fichier sous le type « Classeur Excel (.xlsx) ».",
        ),
        DiagnosticKind::SpreadsheetDamaged => say(
            "Ce fichier Excel est incomplet ou abîmé. La dernière bonne version reste en ligne.",
            "Ouvrez le fichier dans Excel, enregistrez-le sous le type « Classeur Excel (.xlsx) » et déposez-le de nouveau.",
        ),
        DiagnosticKind::MissingSheet { sheet, sheets } => say(
            format!(
                "Ce fichier Excel n’a pas de feuille « {} ». Ses feuilles\u{a0}: {}.",
                short(sheet),
                short(sheets)
            ),
            "Corrigez le nom après « sheet: » dans le fichier de réglages du dossier, ou renommez la feuille.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!(
                "Une cellule commence par un guillemet droit et n’est jamais fermée. Sa ligne commence à la ligne {line}."
            ),
            "Fermez le guillemet (\") à la fin de cette cellule, ou enregistrez de nouveau le fichier depuis le tableur.",
        ),
        DiagnosticKind::SpreadsheetFormulas => say(
            "Ce fichier Excel contient des formules. Leurs valeurs au dernier enregistrement sont en ligne.",
            "Enregistrez le fichier dans Excel après chaque changement, pour que les valeurs soient à jour.",
        ),
        DiagnosticKind::SpreadsheetMacros => say(
            "Ce fichier Excel contient des macros. Le service ne les exécute pas.",
            "Vous pouvez enregistrer le fichier sans macros, sous le type « Classeur Excel (.xlsx) ».",
        ),
        _ => return None,
    };
    Some(message)
}
