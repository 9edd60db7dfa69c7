/** The sample that a new pad may begin with, in German: a chunk of its own, since few visits want it. */

export const sample = `# Notizen für Donnerstag

Alle mit dem Link schreiben hier **gleichzeitig**. Dieses Pad ist in Markdown,
darum steht die Vorschau daneben.

- [x] den Link herumschicken
- [ ] sagen, was fehlt
- [ ] *gemeinsam* entscheiden

| was          | wer   | bis |
| :----------- | :---- | --: |
| Tagesordnung | Alice |  Di |
| Protokoll    | Bob   |  Fr |

> Eine andere Sprache steht unter dem Text; dann hat der Text deren Farben.

\`\`\`python
def greet(name):
    return f"Hallo, {name}!"
\`\`\`
`;
