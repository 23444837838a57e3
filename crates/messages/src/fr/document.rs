//! French: the file, its front matter and its contract.

use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{bytes_of, contract_problem, fact, meant, yaml_problem};
use crate::sentence::{LocalizedMessage, example_of_fact, example_of_field, say, short, short_path};

pub(super) fn file(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("Le service ne peut pas ouvrir ce fichier (réponse du système : {}).", short(reason)),
            "Enregistrez le fichier à nouveau. Si ce message revient, demandez au responsable du service de \
             vérifier les droits d’accès du fichier.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!(
                "Le fichier fait {}. Un document peut faire au plus {}.",
                bytes_of(*bytes),
                bytes_of(*limit)
            ),
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
            format!(
                "Ce fichier contient des caractères abîmés : {replaced}. Le signe « \u{FFFD} » les remplace."
            ),
            "Cherchez « \u{FFFD} » sur la page. Tapez à nouveau ces caractères dans le fichier, puis enregistrez-le \
             avec le codage « UTF-8 ».",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!(
                "Le fichier de réglages « {} » n’est pas compris à la ligne {line} : {}.",
                short_path(path),
                yaml_problem(problem)
            ),
            "Corrigez cette ligne, par exemple « lang: fr ». En attendant, la dernière bonne version de chaque \
             document reste en ligne.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say(
            "L’en-tête ne commence pas à la première ligne du fichier. Il est lu quand même.",
            "Effacez les lignes vides au-dessus de la première ligne « --- ».",
        ),
        DiagnosticKind::TomlFrontMatter => say(
            "L’en-tête est écrit entre des lignes « +++ ». Seuls ses champs simples sont lus.",
            "Remplacez « +++ » par « --- » et écrivez chaque champ ainsi : « title: Mon titre ».",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter_field(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::InvalidField { field, value } => say(
            format!(
                "Le champ « {field} » de l’en-tête ne peut pas contenir « {} ». Il est ignoré.",
                short(value)
            ),
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
        DiagnosticKind::FieldInCapitals { field, expected } => say(
            format!(
                "Le champ « {} » de l’en-tête est écrit avec des majuscules. Il est lu comme « {expected} ».",
                short(field)
            ),
            format!("Écrivez « {expected}: » en minuscules."),
        ),
        DiagnosticKind::Draft { until: Some(date) } => say(
            format!(
                "Ce document n’est pas en ligne : sa date est le {}. Il sera publié tout seul ce jour-là.",
                short(date)
            ),
            "Pour le publier tout de suite, effacez la date dans l’en-tête ou écrivez une date passée.",
        ),
        DiagnosticKind::Draft { until: None } => say(
            "Ce document est un brouillon. Il n’est pas en ligne.",
            "Pour le publier, effacez « draft: true », « published: false » ou « status: draft » dans l’en-tête.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn contract(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
            format!(
                "Dans l’en-tête, ajoutez une ligne « supportService: » si elle manque. En dessous, tapez deux espaces, puis « {} ».",
                example_of_fact(field, "votre texte")
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Le champ « {} » manque. Le dossier de ce document le demande.", short(field)),
            format!("Écrivez dans l’en-tête par exemple « {} ».", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!(
                "Le champ « {} » n’est pas connu, et le champ « {} » manque.",
                short(field),
                short(expected)
            ),
            format!("Écrivez « {}: » à la place.", short(expected)),
        ),
        DiagnosticKind::ContractValue { field, value, example } => say(
            format!(
                "Le champ « {} » ne peut pas contenir « {} » dans ce dossier.",
                short(field),
                short(value)
            ),
            format!("Écrivez par exemple « {} ».", short(example)),
        ),
        DiagnosticKind::ContractInvalid { problem } => say(
            format!("Le contrat du dossier n’est pas compris : {}.", contract_problem(problem)),
            "Décrivez chaque champ ainsi : « properties: {date: {type: string, format: date}} ». D’ici là, ses documents ne sont pas contrôlés.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn held(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!(
                "Deux mesures d’une catégorie portent maintenant le repère « {} » (la seconde à la ligne {line}). La version précédente reste en ligne.",
                short(label)
            ),
            format!(
                "Donnez un autre repère à l’une des deux. Si les deux sont voulues, déposez à côté du document un fichier vide nommé « {} ».",
                short_path(confirmation_file)
            ),
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
        DiagnosticKind::PageHeld { confirmation_file } => say(
            "Cette version n’a plus de texte. La version précédente reste en ligne.",
            format!(
                "Si c’est voulu, déposez à côté du document un fichier vide nommé « {} ». Sinon, remettez le texte.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Documents disparus en même temps : {removed} sur {total}, dont celui-ci. Ils restent en ligne pour l’instant."
            ),
            format!(
                "Remettez-les dans le dossier. Si vous voulez les supprimer, déposez-y un fichier vide nommé « {} ».",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ReaderFailed => say(
            "Le service n’a pas pu lire ce document. L’erreur vient du service, pas de votre texte.",
            "Prévenez le responsable du service : les détails sont dans son journal.",
        ),
        _ => return None,
    };
    Some(message)
}
