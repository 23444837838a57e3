//! French: text, links and images of pages.

use passerelle_model::asset::has_known_type;
use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{meant, name_of};
use crate::sentence::{LocalizedMessage, is_in_files, say, short, short_path};

pub(super) fn shortcode(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::UnclosedShortcode { mark, end } => say(
            format!("Le bloc « {} » n’est pas fermé.", short(mark)),
            format!("Ajoutez « {} » à la fin du bloc.", short(end)),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => say(
            format!("« {} » ferme un bloc qui n’est pas ouvert.", short(end)),
            nearest.as_deref().map_or_else(
                || format!("Retirez « {} », ou ajoutez plus haut le début du bloc.", short(end)),
                meant,
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => say(
            format!("« {} » vient trop tard : le bloc qui l’entoure est déjà fermé.", short(end)),
            format!("Placez « {} » avant la fin du bloc qui l’entoure.", short(end)),
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => say(
            format!("L’instruction « {} » n’est pas connue. Elle reste sans effet.", short(name)),
            meant(nearest),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => say(
            format!(
                "L’instruction « {} » n’a pas de paramètre « {} ». Ce paramètre reste sans effet.",
                short(name),
                short(argument)
            ),
            meant(nearest),
        ),
        DiagnosticKind::InvalidArguments { name } => say(
            format!("Les paramètres de l’instruction « {} » ne sont pas compris.", short(name)),
            "Écrivez-les ainsi : « url=\"mare\", type=\"internal\" ». Fermez chaque guillemet et chaque crochet.",
        ),
        DiagnosticKind::UnterminatedShortcode => say(
            "Le signe « {% » n’est pas suivi de « %} ». Le texte reste tel quel.",
            "Ajoutez « %} » à la fin de l’instruction.",
        ),
        DiagnosticKind::UnknownCollectionOption { option } => say(
            format!("La liste de pages ne connaît pas « {} ». Ce réglage est ignoré.", short(option)),
            "Pour filtrer, écrivez « tag ». Pour trier, écrivez « order », « title », « createdAt » ou « updatedAt ».",
        ),
        DiagnosticKind::UnclosedBox { label } => say(
            format!("L’encadré « {} » n’est pas fermé. Il s’étend jusqu’au titre suivant.", short(label)),
            format!("Ajoutez une ligne « ____{}____ » à la fin de l’encadré.", short(label)),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn text(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!(
                "Plus de {limit} blocs sont ouverts l’un dans l’autre. Pour les suivants, seul le texte est gardé."
            ),
            "Fermez les blocs qui sont finis, par exemple avec « {% endgrid %} » ou « ::: ».",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Ce passage contient plus de signes de mise en forme que de texte. Il reste tel quel.",
            "Retirez les signes inutiles, par exemple des suites de « * » ou de « > ».",
        ),
        DiagnosticKind::UnclosedComment => say(
            "Un commentaire s’ouvre par « <!-- », mais rien ne le ferme. Le texte qui suit est publié.",
            "Ajoutez « --> » à la fin du commentaire.",
        ),
        DiagnosticKind::MissingNote { name } => say(
            format!(
                "Le texte renvoie à la note « {} », mais cette note n’existe pas. Le renvoi n’est pas publié.",
                short(name)
            ),
            format!("Ajoutez une ligne « [^{}]: Texte de la note », ou retirez le renvoi.", short(name)),
        ),
        DiagnosticKind::UnusedNote { name } => say(
            format!("La note « {} » n’est appelée nulle part. Son texte reste à sa place.", short(name)),
            format!("Écrivez « [^{}] » à l’endroit du texte qui appelle la note.", short(name)),
        ),
        DiagnosticKind::TemplateExpression { expression } => say(
            format!(
                "Le service ne connaît pas la valeur de « {} ». Rien n’est publié à cet endroit.",
                short(expression)
            ),
            "Écrivez le texte lui-même, ou donnez la valeur dans l’en-tête, sous « templateValues: ».",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(
            format!(
                "Le texte dépend de la condition « {} ». Seul le texte qui suit la ligne {line} est publié.",
                short(condition)
            ),
            "Gardez seulement le texte voulu et effacez les marques « {% if %} » et « {% endif %} ».",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(
            format!("Le texte dépend de la condition « {} ». Rien n’en est publié.", short(condition)),
            "Gardez seulement le texte voulu et effacez les marques « {% if %} » et « {% endif %} ».",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn link(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LinkWithoutTarget => say(
            "Ce lien n’a pas d’adresse, ou son adresse n’est pas permise. Seul son texte est en ligne.",
            "Donnez une adresse, par exemple « https://exemple.be ». Pour une page du site : « mare.md ».",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("L’adresse « {} » n’est pas permise. Seul le texte est en ligne.", short(address)),
            "Mettez le fichier dans le dossier et donnez son chemin, par exemple « _files/document.pdf ». L’adresse d’un autre site commence par « https:// ».",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(
            format!("L’adresse « {} » n’est pas complète. Le service l’a complétée.", short(address)),
            format!("Écrivez « {} ».", short(corrected)),
        ),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("Le lien mène à « {} », mais cette page n’existe pas en français.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Cette page existe en {}. Ajoutez une page en français avec « translationKey: {} », ou retirez le lien.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => {
                    "Reprenez la clé de la page voulue : elle suit « translationKey: » dans l’en-tête de \
                                 cette page."
                        .into()
                }
            },
        ),
        DiagnosticKind::BrokenAnchor { anchor, nearest } => say(
            format!("Le lien mène au titre « {} », mais cette page n’a pas ce titre.", short(anchor)),
            nearest
                .as_deref()
                .map_or_else(|| "Copiez dans le lien le texte exact d’un titre de cette page.".into(), meant),
        ),
        DiagnosticKind::BrokenPageAnchor { anchor, page, nearest } => say(
            format!(
                "Le lien mène au titre « {} », mais la page « {} » n’a pas ce titre.",
                short(anchor),
                short(page)
            ),
            nearest.as_deref().map_or_else(
                || "Copiez dans le lien le texte exact d’un titre de l’autre page.".into(),
                meant,
            ),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn asset(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingFile { path } if !is_in_files(path) => say(
            format!(
                "Le fichier « {} » n’est pas en ligne : seul un dossier « _files » l’est.",
                short_path(path)
            ),
            "Déposez le fichier dans un dossier « _files » à côté de la page, et nommez-le ainsi dans le lien : « _files/plan.pdf ».",
        ),
        DiagnosticKind::MissingFile { path } if !has_known_type(path) => say(
            format!("Le fichier « {} » est d’un type qui n’est pas mis en ligne.", short_path(path)),
            "Enregistrez le fichier en PDF dans le même dossier, et corrigez son nom dans le lien.",
        ),
        DiagnosticKind::MissingFile { path } => say(
            format!("Le fichier « {} » n’existe pas.", short_path(path)),
            "Déposez le fichier à cet endroit, ou corrigez son nom dans le lien.",
        ),
        DiagnosticKind::ImageWithoutSource => say(
            "Cette image n’indique pas de fichier, ou son adresse n’est pas permise. Elle n’est pas en ligne.",
            "Indiquez le fichier de l’image : « src=\"/_images/photo.jpg\" ».",
        ),
        DiagnosticKind::MissingImage { path } => say(
            format!("L’image « {} » n’existe pas.", short_path(path)),
            "Déposez l’image à cet endroit, ou corrigez son nom.",
        ),
        DiagnosticKind::MissingExternalImage { path } => say(
            format!(
                "L’image « {} » n’est pas dans ce dossier, qui ne contient aucune image.",
                short_path(path)
            ),
            "Si vos images sont sur un autre serveur, ne changez rien. Sinon, déposez l’image à cet endroit.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!(
                "L’image « {} » n’a pas de texte de remplacement. Les personnes aveugles en ont besoin.",
                short_path(src)
            ),
            "Ajoutez une description : « alt=\"Des enfants au bord de la mare\" ». Pour une image « ![] », écrivez-la entre les crochets.",
        ),
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!(
                    "Ce fichier est une copie de « {name} » faite par un programme. Il n’est pas en ligne tant que l’original existe."
                ),
                format!(
                    "Reportez vos changements dans « {name} », puis supprimez ce fichier. Si c’est un autre document, renommez-le."
                ),
            )
        }
        _ => return None,
    };
    Some(message)
}
