/** The texts that a new pad may begin with, in English: a chunk of their own, since few visits want them. */

/** A text, and the id of the language that it is in. */
export interface Template {
  language: string;
  text: string;
}

/** Those that there are. */
export type Templates = Record<"minutes" | "interview" | "lesson", Template>;
export type TemplateId = keyof Templates;

const minutes = `# Minutes

**Date:** \\
**Present:** \\
**Written by:** everyone

## Agenda

1. What has been done since last time
2. 
3. Next meeting

## Decisions

- 

## To do

- [ ] what, who, until when
`;

const interview = `# Interview

**Candidate:** \\
**Interviewers:** \\
**Time:** 60 minutes

## Task

Write a function that returns the words of a text that occur most often.
Ask whatever you would like to know; think aloud.

\`\`\`python
def most_frequent(text, count):
    """The \`count\` most frequent words, the most frequent first."""
\`\`\`

## Examples

| text      | count | result |
| --------- | ----: | ------ |
| \`"a b a"\` |     1 | \`["a"]\` |

## Questions of the candidate

- 
`;

const lesson = `# Lesson

**Subject:** \\
**Goal:** at the end you can …

## First, together

What do you know about it already? One line each.

- 

## Exercise

1. Form groups of three.
2. Write your answer below your heading.

### Group 1

### Group 2

### Group 3

## What we learned

- 

## Homework

- [ ] 
`;

export const templates: Templates = {
  minutes: { language: "markdown", text: minutes },
  interview: { language: "markdown", text: interview },
  lesson: { language: "markdown", text: lesson },
};
