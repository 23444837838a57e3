//! French.
//!
//! | Term | French | Note |
//! | --- | --- | --- |
//! | axis, objective | axe, objectif | |
//! | measure, status | mesure, statut | |
//! | heading | titre | |
//! | footnote, its call | note de bas de page, renvoi | |
//! | front matter, field | en-tête du fichier, champ | the lines between the two `---` |
//! | shortcode, parameter | instruction, paramètre | `{% … %}` |
//! | paired shortcode, container | bloc | |
//! | box | encadré | |
//! | tab character | tabulation (touche Tab) | |
//! | encoding | codage | the list in “Enregistrer sous” |
//! | alternative text | texte de remplacement | |
//! | published | en ligne | |
//!
//! The space inside « » and before `:`, `;`, `!` and `?` is a non-breaking space (U+00A0).

use super::sentence::{
    LocalizedMessage, example_of_fact, example_of_field, say, short, short_path, size, status_word,
};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, YamlProblem};
use passerelle_model::language::Language;

#[expect(clippy::too_many_lines, reason = "one arm per kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("Le service ne peut pas ouvrir ce fichier (réponse du système : {}).", short(reason)),
            "Enregistrez le fichier à nouveau. Si ce message revient, demandez au responsable du service de \
             vérifier les droits d’accès du fichier.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!("Le fichier fait {}. Un document peut faire au plus {}.", bytes_of(*bytes), bytes_of(*limit)),
            "Répartissez le texte sur plusieurs fichiers, ou retirez ce qui n’est pas du texte.",
        ),
        DiagnosticKind::Binary => say(
            "Ce fichier ne contient pas de texte simple. C’est peut-être un document Word ou une image.",
            "Dans Word, choisissez « Enregistrer sous », puis le type « Texte brut (.txt) ».",
        ),
        DiagnosticKind::UnknownEncoding => say(
            "Les lettres de ce fichier ne peuvent pas être lues : son codage est inconnu.",
            "Choisissez « Enregistrer sous », puis le codage « UTF-8 ». Word le propose après le type \
             « Texte brut (.txt) ».",
        ),
        DiagnosticKind::Transcoded { encoding } => say(
            format!("Ce fichier utilise le codage « {encoding} ». Ses lettres ont été converties."),
            "Vérifiez les lettres accentuées sur la page. Pour éviter la conversion, enregistrez le fichier avec \
             le codage « UTF-8 ».",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => say(
            format!("Ce fichier contient des caractères abîmés : {replaced}. Le signe « \u{FFFD} » les remplace."),
            "Cherchez « \u{FFFD} » sur la page. Tapez à nouveau ces caractères dans le fichier, puis enregistrez-le \
             avec le codage « UTF-8 ».",
        ),
        DiagnosticKind::UnclosedFrontMatter => say(
            "L’en-tête du fichier s’ouvre par une ligne « --- », mais rien ne le ferme.",
            "Ajoutez une ligne « --- » après le dernier champ de l’en-tête.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => say(
            format!(
                "L’en-tête du fichier fait {}. Il peut faire au plus {}.",
                bytes_of(*bytes as u64),
                bytes_of(*limit as u64)
            ),
            "Gardez seulement les champs dans l’en-tête. Déplacez le texte sous la seconde ligne « --- ».",
        ),
        DiagnosticKind::InvalidFrontMatter { problem } => say(
            format!("L’en-tête du fichier n’est pas compris à cet endroit : {}.", yaml_problem(problem)),
            "Écrivez un champ par ligne : « name: Mon titre ». Si la valeur contient deux-points, mettez-la entre \
             guillemets droits : « name: \"Vélo : le plan\" ».",
        ),
        DiagnosticKind::InvalidField { field, value } => say(
            format!("Le champ « {field} » de l’en-tête ne peut pas contenir « {} ». Il est ignoré.", short(value)),
            format!("Écrivez par exemple « {} ».", example_of_field(field)),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => say(
            format!("Le type de document « {} » n’existe pas. Le champ « kind » est ignoré.", short(value)),
            nearest.map_or_else(
                || "Écrivez « kind: plan », « kind: page » ou « kind: support-service ».".into(),
                |nearest| meant(&format!("kind: {nearest}")),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => say(
            format!("La langue « {} » n’est pas connue. Le champ « lang » est ignoré.", short(value)),
            "Écrivez « lang: fr », « lang: nl », « lang: de » ou « lang: en ».",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!("Le fichier de réglages « {} » n’est pas compris à la ligne {line} : {}.", short_path(path), yaml_problem(problem)),
            "Corrigez cette ligne, par exemple « lang: fr ». En attendant, la dernière bonne version de chaque \
             document reste en ligne.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say("L’en-tête ne commence pas à la première ligne du fichier. Il est lu quand même.", "Effacez les lignes vides au-dessus de la première ligne « --- »."),
        DiagnosticKind::TomlFrontMatter => say("L’en-tête est écrit entre des lignes « +++ ». Seuls ses champs simples sont lus.", "Remplacez « +++ » par « --- » et écrivez chaque champ ainsi : « title: Mon titre »."),
        DiagnosticKind::FieldInCapitals { field, expected } => say(format!("Le champ « {} » de l’en-tête est écrit avec des majuscules. Il est lu comme « {expected} ».", short(field)), format!("Écrivez « {expected}: » en minuscules.")),
        DiagnosticKind::Draft { until: Some(date) } => say(format!("Ce document n’est pas en ligne : sa date est le {}. Il sera publié tout seul ce jour-là.", short(date)), "Pour le publier tout de suite, effacez la date dans l’en-tête ou écrivez une date passée."),
        DiagnosticKind::Draft { until: None } => say("Ce document est un brouillon. Il n’est pas en ligne.", "Pour le publier, effacez « draft: true », « published: false » ou « status: draft » dans l’en-tête."),
        DiagnosticKind::PlanWithoutMeasures => say(
            "Ce plan ne contient aucune mesure.",
            "Donnez les mesures dans un tableau avec une ligne d’en-tête, par exemple « Mesure » et « Statut », ou retirez « kind: plan » de l’en-tête du fichier.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Deux mesures portent le numéro {number}. La première est à la ligne {first_line}."),
            "Donnez un autre numéro à l’une des deux.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!("Deux mesures portent le repère « {} ». L’autre est à la ligne {other_line}. La seconde est en ligne sous « {} ».", short(label), short(given)),
            "Donnez à l’une des deux un autre repère.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!("Le repère « {} » est aussi dans « {} ». La seconde mesure est en ligne sous « {} ».", short(label), short(other), short(given)),
            "Donnez un autre repère à l’une des deux, dans son fichier.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!("Ce dossier a plus de {limit} fichiers de mesures. La dernière bonne version du plan reste en ligne."),
            "Répartissez les mesures sur plusieurs dossiers, chacun avec son fichier « plan.yaml ».",
        ),
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!("Deux mesures d’une catégorie portent maintenant le repère « {} » (la seconde à la ligne {line}). La version précédente reste en ligne.", short(label)),
            format!("Donnez un autre repère à l’une des deux. Si les deux sont voulues, déposez à côté du document un fichier vide nommé « {} ».", short_path(confirmation_file)),
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("La mesure « {} » n’a pas de titre. Un tiret est en ligne à sa place.", short(label)),
            "Écrivez le titre de la mesure dans sa ligne.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!("Ce fichier est en ligne comme page, mais il ressemble à un plan de {count} mesures ({}).", short(seen)),
            "Si c’est un plan, écrivez « kind: plan » dans l’en-tête du fichier, entre deux lignes « --- ». Sinon, écrivez « kind: page ».",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Le document s’arrête au milieu de cette mesure.",
            "Complétez la ligne (numéro, titre, statut), ou déposez à nouveau le fichier entier.",
        ),
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
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Deux titres du plan portent le même repère : « {} ».", short(path)),
            "Donnez à l’un des deux un autre numéro ou une autre lettre.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Cette mesure vient avant le premier axe. Elle est placée dans un axe sans numéro.",
            "Ajoutez au-dessus d’elle le titre de son axe, par exemple « ## AXE 1: Mobilité ».",
        ),
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("Ce tableau ne contient pas de mesures reconnues. Colonnes lues\u{a0}: {}.", short(seen)),
            "Donnez un nom à chaque colonne dans la première ligne, par exemple « N° », « Mesure », « Pilote » et « Statut ». Si ce n’est pas un plan, rangez le fichier dans un dossier « _files ».",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!("Ce tableau a plus de {limit} lignes, ou trop de colonnes. La dernière bonne version reste en ligne."),
            "Ne gardez que les lignes et les colonnes des mesures. Supprimez les lignes vides mises en forme sous le tableau.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!("Une fois décompressé, ce fichier Excel dépasse {}. La dernière bonne version reste en ligne.", bytes_of(*limit)),
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
            format!("Ce fichier Excel n’a pas de feuille « {} ». Ses feuilles\u{a0}: {}.", short(sheet), short(sheets)),
            "Corrigez le nom après « sheet: » dans le fichier de réglages du dossier, ou renommez la feuille.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!("Une cellule commence par un guillemet droit et n’est jamais fermée. Sa ligne commence à la ligne {line}."),
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
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("Plus de {limit} blocs sont ouverts l’un dans l’autre. Pour les suivants, seul le texte est gardé."),
            "Fermez les blocs qui sont finis, par exemple avec « {% endgrid %} » ou « ::: ».",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Ce passage contient plus de signes de mise en forme que de texte. Il reste tel quel.",
            "Retirez les signes inutiles, par exemple des suites de « * » ou de « > ».",
        ),
        DiagnosticKind::UnclosedComment => say("Un commentaire s’ouvre par « <!-- », mais rien ne le ferme. Le texte qui suit est publié.", "Ajoutez « --> » à la fin du commentaire."),
        DiagnosticKind::MissingNote { name } => say(format!("Le texte renvoie à la note « {} », mais cette note n’existe pas. Le renvoi n’est pas publié.", short(name)), format!("Ajoutez une ligne « [^{}]: Texte de la note », ou retirez le renvoi.", short(name))),
        DiagnosticKind::UnusedNote { name } => say(format!("La note « {} » n’est appelée nulle part. Son texte reste à sa place.", short(name)), format!("Écrivez « [^{}] » à l’endroit du texte qui appelle la note.", short(name))),
        DiagnosticKind::TemplateExpression { expression } => say(format!("Le service ne connaît pas la valeur de « {} ». Rien n’est publié à cet endroit.", short(expression)), "Écrivez le texte lui-même, ou donnez la valeur dans l’en-tête, sous « templateValues: »."),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(format!("Le texte dépend de la condition « {} ». Seul le texte qui suit la ligne {line} est publié.", short(condition)), "Gardez seulement le texte voulu et effacez les marques « {% if %} » et « {% endif %} »."),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(format!("Le texte dépend de la condition « {} ». Rien n’en est publié.", short(condition)), "Gardez seulement le texte voulu et effacez les marques « {% if %} » et « {% endif %} »."),
        DiagnosticKind::LinkWithoutTarget => say(
            "Ce lien n’a pas d’adresse, ou son adresse n’est pas permise. Seul son texte est en ligne.",
            "Donnez une adresse, par exemple « https://exemple.be ». Pour une page du site : « mare.md ».",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("L’adresse « {} » n’est pas permise. Seul le texte est en ligne.", short(address)),
            "Mettez le fichier dans le dossier et donnez son chemin, par exemple « _files/document.pdf ». L’adresse d’un autre site commence par « https:// ».",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(format!("L’adresse « {} » n’est pas complète. Le service l’a complétée.", short(address)), format!("Écrivez « {} ».", short(corrected))),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("Le lien mène à « {} », mais cette page n’existe pas en français.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Cette page existe en {}. Ajoutez une page en français avec « translationKey: {} », ou retirez le lien.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => "Reprenez la clé de la page voulue : elle suit « translationKey: » dans l’en-tête de \
                                 cette page."
                    .into(),
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
            nearest
                .as_deref()
                .map_or_else(|| "Copiez dans le lien le texte exact d’un titre de l’autre page.".into(), meant),
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
            format!("L’image « {} » n’est pas dans ce dossier, qui ne contient aucune image.", short_path(path)),
            "Si vos images sont sur un autre serveur, ne changez rien. Sinon, déposez l’image à cet endroit.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!(
                "L’image « {} » n’a pas de texte de remplacement. Les personnes aveugles en ont besoin.",
                short_path(src)
            ),
            "Ajoutez une description : « alt=\"Des enfants au bord de la mare\" ». Pour une image « ![] », écrivez-la entre les crochets.",
        ),
        DiagnosticKind::DuplicateSlug { slug, other } => say(
            format!(
                "Une autre page en français a la même adresse « {} » : le fichier « {} ».",
                short(slug),
                short_path(other)
            ),
            format!(
                "Ajoutez une autre adresse dans l’en-tête de l’une des deux pages, par exemple « slug: {}-2 ».",
                short(slug)
            ),
        ),
        DiagnosticKind::MissingServiceField { field } => say(
            format!("{} du service support ne se lit pas dans la page (champ « {field} »).", fact(field)),
            format!("Dans l’en-tête, ajoutez une ligne « supportService: » si elle manque. En dessous, tapez deux espaces, puis « {} ».", example_of_fact(field, "votre texte")),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => say(
            format!(
                "Mesures que cette version supprimerait : {removed} sur {total} ({}). La version précédente reste en ligne.",
                short(numbers)
            ),
            format!(
                "Si c’est voulu, déposez à côté du document un fichier vide nommé « {} ». Sinon, corrigez le document.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PageHeld { confirmation_file } => say("Cette version n’a plus de texte. La version précédente reste en ligne.", format!("Si c’est voulu, déposez à côté du document un fichier vide nommé « {} ». Sinon, remettez le texte.", short_path(confirmation_file))),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Documents disparus en même temps : {removed} sur {total}, dont celui-ci. Ils restent en ligne pour l’instant."
            ),
            format!(
                "Remettez-les dans le dossier. Si vous voulez les supprimer, déposez-y un fichier vide nommé « {} ».",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Le champ « {} » manque. Le dossier de ce document le demande.", short(field)),
            format!("Écrivez dans l’en-tête par exemple « {} ».", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!("Le champ « {} » n’est pas connu, et le champ « {} » manque.", short(field), short(expected)),
            format!("Écrivez « {}: » à la place.", short(expected)),
        ),
        DiagnosticKind::ContractValue { field, value, example } => say(
            format!("Le champ « {} » ne peut pas contenir « {} » dans ce dossier.", short(field), short(value)),
            format!("Écrivez par exemple « {} ».", short(example)),
        ),
        DiagnosticKind::ContractInvalid { problem } => say(
            format!("Le contrat du dossier n’est pas compris : {}.", contract_problem(problem)),
            "Décrivez chaque champ ainsi : « properties: {date: {type: string, format: date}} ». D’ici là, ses documents ne sont pas contrôlés.",
        ),
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!("Ce fichier est une copie de « {name} » faite par un programme. Il n’est pas en ligne tant que l’original existe."),
                format!("Reportez vos changements dans « {name} », puis supprimez ce fichier. Si c’est un autre document, renommez-le."),
            )
        }
        DiagnosticKind::ReaderFailed => say(
            "Le service n’a pas pu lire ce document. L’erreur vient du service, pas de votre texte.",
            "Prévenez le responsable du service : les détails sont dans son journal.",
        ),
    }
}

/// Returns a suggestion that quotes the most similar text.
fn meant(text: &str) -> String {
    format!("Écrivez « {} » si c’est ce que vous vouliez.", short(text))
}

fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'o')
}

fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "français",
        Language::Nl => "néerlandais",
        Language::De => "allemand",
        Language::En => "anglais",
    }
}

/// Returns the subject of a sentence about a field of a support service.
fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "L’organisation",
        "domain" => "Le domaine",
        "authority" => "L’autorité publique",
        "legalBasis" => "La base légale",
        "region" => "La région",
        "designatedYear" => "L’année de désignation",
        _ => "Une information",
    }
}

fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "il ne décrit aucun champ".into(),
        ContractProblem::Property(name) => format!("le champ « {} » n’a pas de type connu", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("le champ « {} » est écrit deux fois", short(key)),
        YamlProblem::UnknownAlias(name) => format!("le renvoi « *{} » ne mène à rien", short(name)),
        YamlProblem::Tab => "une ligne commence par une tabulation au lieu d’espaces".into(),
        YamlProblem::Quote => "un guillemet n’est pas fermé".into(),
        YamlProblem::Colon => "une valeur contient deux-points".into(),
        YamlProblem::Bracket => "un crochet ou une accolade n’est pas fermé".into(),
        YamlProblem::Indentation => "une ligne n’est pas alignée avec les autres".into(),
        YamlProblem::NoFields => "aucun champ n’y est écrit".into(),
        YamlProblem::TooComplex => "il contient trop de niveaux ou de renvois".into(),
        YamlProblem::NotUtf8 => "le codage n’est pas « UTF-8 »".into(),
        YamlProblem::Other => "cette ligne n’est pas un champ".into(),
    }
}
