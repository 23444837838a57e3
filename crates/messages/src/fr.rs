//! French.

use passerelle_model::diagnostic::Fault;

use super::{Told, noted, size, told};

#[expect(clippy::too_many_lines, reason = "one sentence a fault")]
pub(super) fn tell(fault: &Fault) -> Told {
    match fault {
        Fault::Unreadable { reason } => told(
            format!("Le fichier ne peut pas être lu : {reason}."),
            "Vérifiez les droits du fichier et de son dossier.",
        ),
        Fault::TooLarge { bytes, limit } => told(
            format!("Le fichier fait {} ; un document en fait au plus {}.", size(*bytes), size(*limit)),
            "Divisez le document, ou retirez ce qui n’est pas du texte.",
        ),
        Fault::Binary => told(
            "Le fichier n’est pas du texte.",
            "Enregistrez le document au format texte (.txt ou .md), pas au format du traitement de texte.",
        ),
        Fault::UnknownEncoding => {
            told("L’encodage du fichier n’est pas reconnu.", "Enregistrez le document en UTF-8.")
        }
        Fault::Transcoded { encoding } => told(
            format!("Le fichier est encodé en {encoding} et a été lu comme tel."),
            "Enregistrez-le en UTF-8 pour être sûr de chaque caractère.",
        ),
        Fault::DamagedUtf8 { replaced } => told(
            format!("Des caractères sont abîmés ({replaced}) et ont été remplacés par « \u{FFFD} »."),
            "Réenregistrez le document en UTF-8 et corrigez ces caractères.",
        ),
        Fault::FrontMatterUnclosed => told(
            "L’en-tête qui s’ouvre par « --- » ne se ferme pas.",
            "Ajoutez une ligne « --- » après le dernier champ de l’en-tête.",
        ),
        Fault::FrontMatterTooLarge { bytes, limit } => told(
            format!("L’en-tête fait {} ; il en fait au plus {}.", size(*bytes as u64), size(*limit as u64)),
            "Déplacez le texte de l’en-tête vers le corps du document.",
        ),
        Fault::FrontMatterInvalid { detail } => told(
            format!("L’en-tête n’est pas du YAML valable : {detail}."),
            "Vérifiez les deux-points, les guillemets et les retraits à cette ligne.",
        ),
        Fault::FieldInvalid { field, written } => told(
            format!("Le champ « {field} » ne peut pas valoir « {written} » : il est ignoré."),
            format!("Corrigez « {field} » dans l’en-tête."),
        ),
        Fault::UnknownKind { written, nearest } => told(
            format!("« {written} » n’est pas un genre de document : il est ignoré."),
            nearest.map_or_else(
                || "Écrivez plan, page ou support-service.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        Fault::UnknownLanguage { written } => told(
            format!("« {written} » n’est pas une langue connue : elle est ignorée."),
            "Écrivez fr, nl, de ou en.",
        ),
        Fault::NoMeasure => told(
            "Ce plan n’a aucune mesure.",
            "Une mesure est une ligne « 1. », une tabulation, son titre, une tabulation, son statut.",
        ),
        Fault::DuplicateNumber { number, first_line } => told(
            format!("La mesure {number} figure deux fois : d’abord à la ligne {first_line}."),
            "Donnez à l’une des deux un autre numéro.",
        ),
        Fault::TruncatedRow => told(
            "Le document s’arrête au milieu d’une mesure.",
            "Enregistrez ou copiez à nouveau le fichier entier.",
        ),
        Fault::MissingStatus { number } => told(
            format!("La mesure {number} n’a pas de statut."),
            "Ajoutez une tabulation et le statut à la fin de la ligne.",
        ),
        Fault::UnknownStatus { written, nearest } => told(
            format!("« {written} » n’est pas un statut connu."),
            nearest.map_or_else(
                || "Écrivez par exemple « En cours », « Réalisé » ou « À faire ».".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        Fault::RepeatAlone { number, nearest } => told(
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
        Fault::MissingFootnote { number } => told(
            format!("La note {number} est appelée, mais n’est définie nulle part."),
            format!("Ajoutez une ligne « <sup>{number}</sup> texte de la note », ou retirez l’appel."),
        ),
        Fault::ContentsDiffer { heading, entry } => told(
            format!("La table des matières écrit « {entry} », le titre est « {heading} »."),
            "Accordez la table des matières et le titre.",
        ),
        Fault::UnreadRow => told(
            "Cette ligne de tableau n’est ni une mesure ni un groupe : elle n’est pas reprise.",
            "Commencez-la par un numéro, ou mettez-la toute en gras si c’est le titre d’un groupe.",
        ),
        Fault::DuplicateCategory { path } => told(
            format!("Deux titres du plan portent le même repère : {path}."),
            "Donnez à l’un des deux un autre numéro ou une autre lettre.",
        ),
        Fault::NoAxis => told(
            "Cette mesure vient avant tout axe : elle est rangée sous un axe sans numéro.",
            "Ajoutez avant elle un titre « AXE 1: … ».",
        ),
        Fault::UnclosedShortcode { mark, end } => {
            told(format!("« {mark} » n’est jamais refermé."), format!("Ajoutez « {end} » là où il finit."))
        }
        Fault::StrayEnd { end, nearest } => told(
            format!("« {end} » ne referme rien."),
            nearest.as_ref().map_or_else(
                || "Retirez-le, ou ajoutez ce qu’il referme là où cela commence.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        Fault::CrossedShortcode { end } => told(
            format!("« {end} » vient après la fin de ce qui l’entoure : les deux se croisent."),
            "Fermez d’abord ce qui a été ouvert en dernier.",
        ),
        Fault::UnknownShortcode { name, nearest } => told(
            format!("« {name} » n’est pas une instruction connue : elle est gardée telle quelle."),
            format!("Vouliez-vous écrire « {nearest} » ?"),
        ),
        Fault::UnknownArgument { name, argument, nearest } => told(
            format!("« {argument} » n’est pas un argument de « {name} » : il est sans effet."),
            format!("Vouliez-vous écrire « {nearest} » ?"),
        ),
        Fault::CollectionUnknown { what } => told(
            format!("La liste de pages ne connaît pas « {what} » : cette demande est ignorée."),
            "On filtre par « tag » ; on trie par « order », « title », « createdAt » ou « updatedAt ».",
        ),
        Fault::LinkWithoutTarget => told(
            "Ce lien n’a pas d’adresse, ou une adresse qu’une page ne peut pas contenir : seul son texte est gardé.",
            "Donnez url=\"…\" : une page (type=\"internal\"), un fichier, ou une adresse en https.",
        ),
        Fault::ImageWithoutSource => told(
            "Cette image n’a pas de source, ou une source qu’une page ne peut pas montrer.",
            "Donnez src=\"/_images/…\".",
        ),
        Fault::BrokenAnchor { anchor, page, nearest } => told(
            match page {
                Some(page) => format!("La page « {page} » n’a pas de titre « {anchor} »."),
                None => format!("Cette page n’a pas de titre « {anchor} »."),
            },
            nearest.as_ref().map_or_else(
                || "Reprenez exactement le texte d’un titre de la page.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        Fault::BrokenLink { key, nearest } => told(
            format!(
                "Le lien vers « {key} » ne mène nulle part : aucune page ne porte ce nom dans cette langue."
            ),
            nearest.as_ref().map_or_else(
                || "Donnez la clé (translationKey) d’une page qui existe.".to_owned(),
                |nearest| format!("Vouliez-vous écrire « {nearest} » ?"),
            ),
        ),
        Fault::MissingFile { path } => {
            told(format!("Le fichier {path} n’existe pas."), "Déposez-le à cet endroit, ou corrigez le lien.")
        }
        Fault::MissingImage { path, .. } => {
            told(format!("L’image {path} n’existe pas."), "Déposez-la à cet endroit, ou corrigez son nom.")
        }
        Fault::SlugTwice { slug, other } => told(
            format!("Une autre page a la même adresse « {slug} » dans cette langue : {other}."),
            "Donnez à l’une des deux un autre « slug » dans l’en-tête.",
        ),
        Fault::FolderDefaultsInvalid { path, line, detail } => told(
            format!("Les réglages du dossier ne peuvent pas être lus : {path}, ligne {line} : {detail}."),
            "Corrigez ce fichier ; ses documents gardent leur dernière bonne version.",
        ),
        Fault::BrokenArguments { name } => told(
            format!("Les arguments de « {name} » ne peuvent pas être lus."),
            "Vérifiez les guillemets, les virgules et les crochets.",
        ),
        Fault::BrokenShortcode => told(
            "« {% » n’est jamais suivi de « %} » : le texte est gardé tel quel.",
            "Ajoutez « %} » à la fin de l’instruction.",
        ),
        Fault::OddBox { label } => told(
            format!("L’encadré « {label} » n’est pas refermé : il va jusqu’au titre suivant."),
            format!("Ajoutez une ligne « ____{label}____ » là où il finit."),
        ),
        Fault::TooDeep { limit } => told(
            format!("Plus de {limit} niveaux imbriqués : au-delà, tout est lu à plat."),
            "Refermez les blocs qui peuvent l’être.",
        ),
        Fault::TooMuchMarkup => told(
            "Il y a ici plus de mise en forme que de texte, ou trop de niveaux imbriqués : le texte est gardé tel quel.",
            "Retirez les signes en trop, souvent laissés par un outil de conversion.",
        ),
        Fault::ImageWithoutAlt { src } => told(
            format!("L’image {src} n’a pas de texte de remplacement."),
            "Ajoutez alt=\"ce que montre l’image\".",
        ),
        Fault::MissingFact { field } => told(
            format!("La page ne dit pas, ou pas lisiblement, « {field} » du service de support."),
            format!("Ajoutez « supportService: {{ {field}: … }} » dans l’en-tête."),
        ),
        Fault::WouldLose { lost, served, numbers, accept } => told(
            format!(
                "Cette version ferait disparaître {lost} des {served} mesures ({numbers}) : la version précédente reste en ligne."
            ),
            format!(
                "Si c’est voulu, déposez à côté un fichier vide nommé « {accept} » ; sinon, corrigez le document."
            ),
        ),
        Fault::GoneWithMost { gone, all, accept } => told(
            format!(
                "{gone} des {all} documents du dossier ont disparu d’un coup, celui-ci aussi : ils restent en ligne."
            ),
            format!("Remettez-les, ou déposez un fichier vide nommé « {accept} » pour confirmer."),
        ),
        Fault::ReaderFailed => {
            noted("Le document n’a pas pu être lu à cause d’un défaut du service, qui a été consigné.")
        }
    }
}
