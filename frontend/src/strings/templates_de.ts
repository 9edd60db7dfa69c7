/** The texts that a new pad may begin with, in German: a chunk of their own, since few visits want them. */
import type { Templates } from "./templates_en";

const minutes = `# Protokoll

**Datum:** \\
**Anwesend:** \\
**Es schreiben:** alle

## Tagesordnung

1. Was seit dem letzten Mal geschehen ist
2. 
3. Nächstes Treffen

## Beschlüsse

- 

## Zu tun

- [ ] was, wer, bis wann
`;

const interview = `# Gespräch

**Wer sich bewirbt:** \\
**Wer fragt:** \\
**Zeit:** 60 Minuten

## Aufgabe

Schreiben Sie eine Funktion, die die häufigsten Wörter eines Textes liefert.
Fragen Sie, was Sie wissen möchten; denken Sie laut.

\`\`\`python
def haeufigste(text, anzahl):
    """Die häufigsten Wörter, das häufigste zuerst."""
\`\`\`

## Beispiele

| Text      | Anzahl | Ergebnis |
| --------- | -----: | -------- |
| \`"a b a"\` |      1 | \`["a"]\`  |

## Fragen der Gegenseite

- 
`;

const lesson = `# Unterricht

**Thema:** \\
**Ziel:** Am Ende könnt ihr …

## Zuerst gemeinsam

Was wisst ihr schon darüber? Alle eine Zeile.

- 

## Übung

1. Bildet Gruppen zu dritt.
2. Schreibt eure Antwort unter eure Überschrift.

### Gruppe 1

### Gruppe 2

### Gruppe 3

## Was wir gelernt haben

- 

## Hausaufgabe

- [ ] 
`;

export const templates: Templates = {
  minutes: { language: "markdown", text: minutes },
  interview: { language: "markdown", text: interview },
  lesson: { language: "markdown", text: lesson },
};
