#!/usr/bin/env bash
# Opens the CSV exports in LibreOffice Calc, in the locale of each language, and checks what the cells became.
#
# Usage: tests/spreadsheets.sh [BINARY]. Needs curl and `libreoffice-calc-nogui` (or `libreoffice-calc`). No part of the
# automatic checks, because LibreOffice is large.
set -euo pipefail
binary=$(realpath "${1:-target/debug/passerelle}")
folder=$(mktemp -d)
trap 'kill "${service:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir "$folder/content"

# A category that looks like a date, a formula, a decimal number, separators and quotes in a title.
plan() {
    printf -- '---\nlang: %s\nslug: plan\n---\n# Plan 2025\n\n## AXE 1: Semer\n\n### 4. Les prés\n\n' "$1"
    printf '1.\tSemer, planter; arroser "tout"\tÀ faire\n2.\t=SUM(A1:A9)\tEn cours\n3.\t1,5 hectare\tRéalisé\n'
}
for lang in fr nl de en; do plan "$lang" > "$folder/content/plan.$lang.txt"; done

cd "$folder"
"$binary" serve --listen 127.0.0.1:0 --drain 0 --log-format json 2> log & service=$!
until address=$(grep -o '"http.listen":"[^"]*"' log | cut -d'"' -f4) && [ -n "$address" ]; do sleep 0.1; done

failed=0
# Language, locale, number of the locale at Microsoft, code of the separator that spreadsheets expect there.
while read -r lang locale number separator; do
    curl -sf "http://$address/exports/measures.csv?lang=$lang" > "plan-$lang.csv"
    profile="$folder/profile-$lang"
    mkdir -p "$profile/user"
    printf '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>%s</value></prop></item></oor:items>\n' \
        "$locale" > "$profile/user/registrymodifications.xcu"
    # Separator, quote ("), UTF-8, first line 1, no column formats, locale, no quoted texts, numbers and dates are detected.
    soffice "-env:UserInstallation=file://$profile" --headless --infilter="CSV:$separator,34,76,1,,$number,false,true" \
        --convert-to fods --outdir opened "plan-$lang.csv" < /dev/null > /dev/null 2>&1
    # One line per cell: its type and its text.
    cells=$(tr -d '\n' < "opened/plan-$lang.fods" | sed 's/> *</></g' |
        grep -o '<table:table-cell[^>]*office:value-type="[a-z]*"[^>]*><text:p>[^<]*' |
        sed 's/.*office:value-type="\([a-z]*\)"[^>]*><text:p>/\1 /')
    header=$(head -1 "plan-$lang.csv" | tr -d '\r' | tr "$(printf "\\$(printf %o "$separator")")" '\n' | wc -l)
    verdict=ok
    grep -q '^string .*=SUM(A1:A9)$' <<< "$cells" || verdict="the formula is no text"
    grep -q '^string .*1\.4$' <<< "$cells" || verdict="the category is no text"
    grep -q '^string 1,5 hectare$' <<< "$cells" || verdict="the title is no text"
    grep -q '^string Semer, planter; arroser &quot;tout&quot;$\|^string Semer, planter; arroser "tout"$' <<< "$cells" ||
        verdict="the title is torn"
    grep -q '^float 3$' <<< "$cells" || verdict="the number is no number"
    # `updatedAt` is a time, in each locale.
    [ "$(grep -c '^date ' <<< "$cells")" -le 3 ] || verdict="a text became a date"
    [ "$header" -gt 5 ] || verdict="the file has one column"
    echo "$lang ($locale): $header columns, $verdict"
    [ "$verdict" = ok ] || { failed=1; printf '%s\n' "$cells"; }
done << 'LOCALES'
fr fr-BE 2060 59
nl nl-BE 2067 59
de de-DE 1031 59
en en-GB 2057 44
LOCALES
exit "$failed"
