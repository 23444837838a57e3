//! French.

use passerelle_model::diagnostic::DiagnosticKind;

use super::{LocalizedMessage, format_size, with_suggestion, without_suggestion};

#[expect(clippy::too_many_lines, reason = "one sentence a kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => with_suggestion(
            format!("Le fichier ne peut pas être lu : {reason}."),
            "Vérifiez les droits du fichier et de son dossier.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => with_suggestion(
            format!(
                "Le fichier fait {} ; un document en fait au plus {}.",
                format_size(*bytes),
                format_size(*limit)
            ),
            "Divisez le document, ou retirez ce qui n’est pas du texte.",
        ),
        DiagnosticKind::Binary => with_suggestion(
            "Le fichier n’est pas du texte.",
            "Enregistrez le document au format texte (.txt ou .md), pas au format du traitement de texte.",
        ),
        DiagnosticKind::UnknownEncoding => {
            with_suggestion("L’encodage du fichier n’est pas reconnu.", "Enregistrez le document en UTF-8.")
        }
        DiagnosticKind::Transcoded { encoding } => with_suggestion(
            format!("Le fichier est encodé en {encoding} et a été lu comme tel."),
            "Enregistrez-le en UTF-8 pour être sûr de chaque caractère.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => with_suggestion(
            format!("Des caractères sont abîmés ({replaced}) et ont été remplacés par « \u{FFFD} »."),
            "Réenregistrez le document en UTF-8 et corrigez ces caractères.",
        ),
        DiagnosticKind::UnclosedFrontMatter => with_suggestion(
            "L’en-tête qui s’ouvre par « --- » ne se ferme pas.",
            "Ajoutez une ligne « --- » après le dernier champ de l’en-tête.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => with_suggestion(
            format!(
                "L’en-tête fait {} ; il en fait au plus {}.",
                format_size(*bytes as u64),
                format_size(*limit as u64)
            ),
            "Déplacez le texte de l’en-tête vers le corps du document.",
        ),
        DiagnosticKind::InvalidFrontMatter { detail } => with_suggestion(
            format!("L’en-tête n’est pas du YAML valable : {detail}."),
            "Vérifiez les deux-points, les guillemets et les retraits à cette ligne.",
        ),
        DiagnosticKind::InvalidField { field, value } => with_suggestion(
            format!("Le champ « {field} » ne peut pas valoir « {value} » : il est ignoré."),
            format!("Corrigez « {field} » dans l’en-tête."),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => with_suggestion(
            format!("« {value} » n’est pas un genre de document : il est ignoré."),
            nearest.map_or_else(
                || "Écrivez plan, page ou support-service.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => with_suggestion(
            format!("« {value} » n’est pas une langue connue : elle est ignorée."),
            "Écrivez fr, nl, de ou en.",
        ),
        DiagnosticKind::PlanWithoutMeasures => with_suggestion(
            "Ce plan n’a aucune mesure.",
            "Une mesure est une ligne « 1. », une tabulation, son titre, une tabulation, son statut.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => with_suggestion(
            format!("La mesure {number} figure deux fois : d’abord à la ligne {first_line}."),
            "Donnez à l’une des deux un autre numéro.",
        ),
        DiagnosticKind::TruncatedPlan => with_suggestion(
            "Le document s’arrête au milieu d’une mesure.",
            "Enregistrez ou copiez à nouveau le fichier entier.",
        ),
        DiagnosticKind::MissingStatus { number } => with_suggestion(
            format!("La mesure {number} n’a pas de statut."),
            "Ajoutez une tabulation et le statut à la fin de la ligne.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => with_suggestion(
            format!("« {value} » n’est pas un statut connu."),
            nearest.map_or_else(
                || "Écrivez par exemple « En cours », « Réalisé » ou « À faire ».".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => with_suggestion(
            format!(
                "La mesure {number} est marquée comme reprise ailleurs (*), mais aucune autre ne dit la même chose."
            ),
            match nearest {
                Some(nearest) => format!(
                    "La plus proche est la mesure {nearest} : donnez le même texte aux deux, ou retirez l’astérisque."
                ),
                None => "Retirez l’astérisque, ou donnez le même texte à l’autre mesure.".to_owned(),
            },
        ),
        DiagnosticKind::MissingFootnote { number } => with_suggestion(
            format!("La note {number} est appelée, mais n’est définie nulle part."),
            format!("Ajoutez une ligne « <sup>{number}</sup> texte de la note », ou retirez l’appel."),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => with_suggestion(
            format!("La table des matières écrit « {entry} », le titre est « {heading} »."),
            "Accordez la table des matières et le titre.",
        ),
        DiagnosticKind::UnrecognizedRow => with_suggestion(
            "Cette ligne de tableau n’est ni une mesure ni un groupe : elle n’est pas reprise.",
            "Commencez-la par un numéro, ou mettez-la toute en gras si c’est le titre d’un groupe.",
        ),
        DiagnosticKind::DuplicateCategory { path } => with_suggestion(
            format!("Deux titres du plan portent le même repère : {path}."),
            "Donnez à l’un des deux un autre numéro ou une autre lettre.",
        ),
        DiagnosticKind::MeasureWithoutAxis => with_suggestion(
            "Cette mesure vient avant tout axe : elle est rangée sous un axe sans numéro.",
            "Ajoutez avant elle un titre « AXE 1: … ».",
        ),
        DiagnosticKind::UnclosedShortcode { mark, end } => with_suggestion(
            format!("« {mark} » n’est jamais refermé."),
            format!("Ajoutez « {end} » là où il finit."),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => with_suggestion(
            format!("« {end} » ne referme rien."),
            nearest.as_ref().map_or_else(
                || "Retirez-le, ou ajoutez ce qu’il referme là où cela commence.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => with_suggestion(
            format!("« {end} » vient après la fin de ce qui l’entoure : les deux se croisent."),
            "Fermez d’abord ce qui a été ouvert en dernier.",
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => with_suggestion(
            format!("« {name} » n’est pas une instruction connue : elle est gardée telle quelle."),
            format!("Vouliez-vous écrire « {nearest} » ?"),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => with_suggestion(
            format!("« {argument} » n’est pas un argument de « {name} » : il est sans effet."),
            format!("Vouliez-vous écrire « {nearest} » ?"),
        ),
        DiagnosticKind::UnknownCollectionOption { option } => with_suggestion(
            format!("La liste de pages ne connaît pas « {option} » : cette demande est ignorée."),
            "On filtre par « tag » ; on trie par « order », « title », « createdAt » ou « updatedAt ».",
        ),
        DiagnosticKind::LinkWithoutTarget => with_suggestion(
            "Ce lien n’a pas d’adresse, ou une adresse qu’une page ne peut pas contenir : seul son texte est gardé.",
            "Donnez url=\"…\" : une page (type=\"internal\"), un fichier, ou une adresse en https.",
        ),
        DiagnosticKind::ImageWithoutSource => with_suggestion(
            "Cette image n’a pas de source, ou une source qu’une page ne peut pas montrer.",
            "Donnez src=\"/_images/…\".",
        ),
        DiagnosticKind::BrokenAnchor { anchor, page, nearest } => with_suggestion(
            match page {
                Some(page) => format!("La page « {page} » n’a pas de titre « {anchor} »."),
                None => format!("Cette page n’a pas de titre « {anchor} »."),
            },
            nearest.as_ref().map_or_else(
                || "Reprenez exactement le texte d’un titre de la page.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        DiagnosticKind::BrokenLink { key, nearest } => with_suggestion(
            format!(
                "Le lien vers « {key} » ne mène nulle part : aucune page ne porte ce nom dans cette langue."
            ),
            nearest.as_ref().map_or_else(
                || "Donnez la clé (translationKey) d’une page qui existe.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        DiagnosticKind::MissingFile { path } => with_suggestion(
            format!("Le fichier {path} n’existe pas."),
            "Déposez-le à cet endroit, ou corrigez le lien.",
        ),
        DiagnosticKind::MissingImage { path, .. } => with_suggestion(
            format!("L’image {path} n’existe pas."),
            "Déposez-la à cet endroit, ou corrigez son nom.",
        ),
        DiagnosticKind::DuplicateSlug { slug, other } => with_suggestion(
            format!("Une autre page a la même adresse « {slug} » dans cette langue : {other}."),
            "Donnez à l’une des deux un autre « slug » dans l’en-tête.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, detail } => with_suggestion(
            format!("Les réglages du dossier ne peuvent pas être lus : {path}, ligne {line} : {detail}."),
            "Corrigez ce fichier ; ses documents gardent leur dernière bonne version.",
        ),
        DiagnosticKind::InvalidArguments { name } => with_suggestion(
            format!("Les arguments de « {name} » ne peuvent pas être lus."),
            "Vérifiez les guillemets, les virgules et les crochets.",
        ),
        DiagnosticKind::UnterminatedShortcode => with_suggestion(
            "« {% » n’est jamais suivi de « %} » : le texte est gardé tel quel.",
            "Ajoutez « %} » à la fin de l’instruction.",
        ),
        DiagnosticKind::UnclosedBox { label } => with_suggestion(
            format!("L’encadré « {label} » n’est pas refermé : il va jusqu’au titre suivant."),
            format!("Ajoutez une ligne « ____{label}____ » là où il finit."),
        ),
        DiagnosticKind::NestingTooDeep { limit } => with_suggestion(
            format!("Plus de {limit} niveaux imbriqués : au-delà, tout est lu à plat."),
            "Refermez les blocs qui peuvent l’être.",
        ),
        DiagnosticKind::MarkupTooDense => with_suggestion(
            "Il y a ici plus de mise en forme que de texte, ou trop de niveaux imbriqués : le texte est gardé tel quel.",
            "Retirez les signes en trop, souvent laissés par un outil de conversion.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => with_suggestion(
            format!("L’image {src} n’a pas de texte de remplacement."),
            "Ajoutez alt=\"ce que montre l’image\".",
        ),
        DiagnosticKind::MissingServiceField { field } => with_suggestion(
            format!("La page ne dit pas, ou pas lisiblement, « {field} » du service de support."),
            format!("Ajoutez « supportService: {{ {field}: … }} » dans l’en-tête."),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => with_suggestion(
            format!(
                "Cette version ferait disparaître {removed} des {total} mesures ({numbers}) : la version précédente reste en ligne."
            ),
            format!(
                "Si c’est voulu, déposez à côté un fichier vide nommé « {confirmation_file} » ; sinon, corrigez le document."
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => with_suggestion(
            format!(
                "{removed} des {total} documents du dossier ont disparu d’un coup, celui-ci aussi : ils restent en ligne."
            ),
            format!("Remettez-les, ou déposez un fichier vide nommé « {confirmation_file} » pour confirmer."),
        ),
        DiagnosticKind::ReaderFailed => without_suggestion(
            "Le document n’a pas pu être lu à cause d’un défaut du service, qui a été consigné.",
        ),
    }
}
