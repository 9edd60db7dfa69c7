/** The sample that a new pad may begin with, in English: a chunk of its own, since few visits want it. */

export const sample = `# Notes for Thursday

Everyone with the link writes here **at the same time**. This pad is in Markdown,
so the preview stands beside it.

- [x] send the link around
- [ ] say what is missing
- [ ] decide *together*

| what    | who   | until |
| :------ | :---- | ----: |
| agenda  | Alice |   Tue |
| minutes | Bob   |   Fri |

> Choose another language below, and the text is coloured for it.

\`\`\`python
def greet(name):
    return f"Hello, {name}!"
\`\`\`
`;
