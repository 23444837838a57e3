//! Ordinary documents with tables and lists stay pages, and their editors are told nothing about plans.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use passerelle_model::document::DocumentKind;
use passerelle_model::path::DocumentPath;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

/// Title, header and one row of a document. The row is repeated with other numbers and words.
const TABLES: [(&str, &str, &str); 44] = [
    ("Horaires de la piscine", "Jour|Matin|Après-midi|Soir", "Jour %|9 h – 12 h|13 h – 17 h|fermé"),
    ("Tarifs de location", "Salle|Durée|Prix|Caution", "Salle %|4 h|% €|50 €"),
    (
        "Compte rendu de la réunion du 12 mars",
        "Action|Responsable|Échéance",
        "Envoyer le courrier n° %|Anne|15/04/2025",
    ),
    (
        "Réunion d’équipe",
        "Action|Qui|Quand|Statut",
        "Préparer le point % de l’ordre du jour|Bruno|2025|En cours",
    ),
    (
        "Verslag van de vergadering",
        "Actie|Wie|Wanneer|Status",
        "Brief % aan de buren schrijven|Anna|2025|Lopend",
    ),
    ("Protokoll der Sitzung", "Maßnahme|Wer|Bis wann", "Einladung % an alle Vereine senden|Jana|31.12.2025"),
    (
        "Minutes of the meeting",
        "Action|Owner|Due date|Status",
        "Send the letter % to all members|Kim|2025|Done",
    ),
    ("Équipe", "Nom|Fonction|Téléphone", "Personne %|Accueil et secrétariat|02 000 00 0%"),
    ("Raccourcis clavier", "Action|Raccourci", "Ouvrir le document numéro %|Ctrl + %"),
    ("Relevé du capteur", "N°|Mesure|Date|Unité", "%|% ,5|2025|µg/m³"),
    ("Données de la station", "Mesure|Valeur|Unité", "Température de l’air|2%|°C"),
    ("Recette du pain", "Ingrédient|Quantité|Remarque", "Farine %|% g|tamisée"),
    ("Calendrier des fêtes", "Date|Événement|Lieu", "% mai 2025|Concert sur la place|Parc"),
    (
        "Catalogue des formations",
        "Titre|Durée|Prix|Date|Statut",
        "Apprendre à animer un groupe %|2 jours|100 €|2025|Complet",
    ),
    ("Offres d’emploi", "Titre|Service|Échéance", "Aide-jardinier ou aide-jardinière %|Parcs|30/06/2025"),
    (
        "Projets soutenus en 2024",
        "Projet|Association|Montant",
        "Atelier de réparation de vélos %|Les Roues|% 000 €",
    ),
    ("Glossaire", "Terme|Définition", "Mot %|Ce que le mot veut dire en une phrase"),
    ("Comparaison des logiciels", "Critère|Outil A|Outil B", "Critère numéro %|oui|non"),
    ("Menu de la semaine", "Jour|Entrée|Plat|Dessert", "Jour %|Soupe de saison|Gratin|Fruit"),
    ("Résultats du tournoi", "N°|Équipe|Points", "%|Les Bleus de la rue|1%"),
    ("Budget 2025", "Poste|Montant|Part", "Poste numéro %|% 000 €|% %"),
    ("Facture", "Description|Quantité|Prix", "Location de tables et de bancs|%|% €"),
    ("Versions du logiciel", "Version|Date|Changements", "1.%|2025|Correction de plusieurs défauts"),
    ("Lignes de bus", "Ligne|Départ|Arrivée|Durée", "%|Gare centrale|Hôpital|2% min"),
    ("Bibliographie", "Titre|Auteur|Année", "Le livre des jardins, tome %|Dupont|200%"),
    ("Inventaire du matériel", "N°|Objet|État|Lieu", "%|Table pliante en bois clair|bon|Cave"),
    ("Annuaire des associations", "Nom|Adresse|Contact", "Association numéro %|Rue du Port %|contact"),
    ("Consommation d’énergie", "Mois|Électricité|Gaz", "Mois %|1%0 kWh|2%0 m³"),
    ("Openingsuren", "Dag|Voormiddag|Namiddag", "Dag %|9–12|13–17"),
    ("Tarieven", "Zaal|Prijs|Waarborg", "Zaal %|% €|50 €"),
    ("Woordenlijst", "Term|Betekenis", "Woord %|Wat het woord betekent"),
    ("Onze medewerkers", "Naam|Functie|Telefoon", "Medewerker %|Onthaal|02 000 0%"),
    ("Uitgaven per jaar", "Jaar|Bedrag|Verschil", "200%|% 000 €|+ % %"),
    ("Preise", "Raum|Dauer|Preis", "Raum %|4 Std.|% €"),
    ("Öffnungszeiten", "Tag|Vormittag|Nachmittag", "Tag %|9–12|13–17"),
    ("Mannschaften", "Nr.|Name|Punkte", "%|Die Blauen vom Hafen|1%"),
    ("Unsere Räume", "Name|Größe|Ausstattung", "Raum %|4% m²|Beamer"),
    ("Opening hours", "Day|Morning|Afternoon", "Day %|9–12|1–5"),
    ("Prices", "Room|Duration|Price", "Room %|4 h|% €"),
    ("Settings", "Name|Type|Default|Description", "option_%|number|%|What the option does"),
    ("Error codes", "Code|Message|Severity", "E%|The file cannot be opened|error"),
    ("Population by district", "District|2015|2025", "District %|1% 000|1% 500"),
    (
        "Research projects",
        "Project|Lead|Budget|Start|End",
        "A study of bird migration %|Lab %|% 000 €|2023|2025",
    ),
    ("Bug list", "ID|Title|Priority|Status", "%|The button does not react to clicks|high|Open"),
];

/// Documents with lists, forms and headings.
const TEXTS: [&str; 12] = [
    "# Liste de courses\n\n- [x] pain\n- [ ] lait\n- [ ] œufs\n- [x] pommes\n",
    "# Recette\n\n## Préparation\n\n1. Mélanger la farine\n2. Ajouter l’eau\n3. Laisser reposer\n\n## Cuisson\n\n1. Chauffer le four\n2. Enfourner le pain\n",
    "# Procès-verbal\n\n## Axe 1 : Finances\n\n1.\tLe trésorier présente les comptes\n2.\tLes comptes sont adoptés\n\n## Axe 2 : Divers\n\n1.\tLa fête aura lieu en juin\n2.\tLe local est à repeindre\n",
    "# Notre histoire\n\n## Axe 1 : Les débuts\n\nNous avons commencé en 1998.\n\n- un local\n- une équipe\n",
    "# Mode d’emploi\n\n1. Ouvrir le capot\n2. Remplir le réservoir\n3. Fermer le capot\n4. Attendre dix minutes\n",
    "# Foire aux questions\n\n### 1. Comment s’inscrire ?\n\nPar courriel.\n\n### 2. Combien cela coûte ?\n\nRien.\n",
    "# Fiche d’identité\n\n| Nom | Les Roues |\n|--|--|\n| Adresse | Rue du Port 3 |\n| Statut | ASBL |\n| Date | 1998 |\n",
    "# Sommaire\n\n1. [Accueil](accueil)\n2. [Équipe](equipe)\n3. [Contact](contact)\n",
    "# Règlement\n\n## Article 1\n\n1. Le local ferme à 22 h.\n2. Le bruit est interdit.\n\n## Article 2\n\n1. Les vélos restent dehors.\n2. Les chiens aussi.\n",
    "# Atelier\n\nDate : 12 mai 2025\nLieu : Parc\nPublic : tous\n\n# Balade\n\nDate : 13 mai 2025\nLieu : Port\n",
    "# Code\n\n```\n| N° | Mesure | Statut |\n|--|--|--|\n| 1 | a | En cours |\n```\n",
    "# To-do for the party\n\n1. Buy balloons\n2. Bake the cake\n3. Call the band\n",
];

fn assert_is_silent_page(text: &str) {
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let document = read(&DocumentPath::parse("document.md").unwrap(), text.as_bytes(), options).unwrap();
    assert_eq!(document.kind, DocumentKind::Page, "{text}\n{:?}", document.diagnostics);
    let codes: Vec<&str> = document.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert!(!codes.contains(&"PLAN_LIKE_PAGE"), "{text}\n{:?}", document.diagnostics);
}

#[test]
fn documents_with_tables_stay_pages() {
    for (title, header, row) in TABLES {
        let columns = header.split('|').count();
        let pipe = |cells: &str| format!("| {} |\n", cells.replace('|', " | "));
        for rows in [2, 12] {
            let body: String = (1..=rows)
                .map(|row_number: usize| pipe(&row.replace('%', &row_number.to_string())))
                .collect();
            let table = format!("{}{}{body}", pipe(header), pipe(&vec!["---"; columns].join("|")));
            assert_is_silent_page(&format!(
                "# {title}\n\nQuelques mots avant le tableau.\n\n{table}\nEt après.\n"
            ));
        }
    }
}

#[test]
fn documents_with_lists_stay_pages() {
    for text in TEXTS {
        assert_is_silent_page(text);
    }
}
