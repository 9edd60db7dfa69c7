/** What is told of what others do in a pad, besides its text. */
export const news = {
  language: (language: string, by: string | null) =>
    by ? `${by} set the language to ${language}` : `The language is now ${language}`,
  languageMine: (language: string) => `Language set to ${language}`,
  protected: (by: string | null) => (by ? `${by} protected this pad with a password` : "This pad is now protected"),
  protectedMine: "Protected. The link now carries the password.",
  unprotected: (by: string | null) => (by ? `${by} removed the password` : "The password was removed"),
  unprotectedMine: "Password removed",
  joined: (names: string, _n: number) => `${names} joined`,
  left: (names: string, _n: number) => `${names} left`,
  people: (n: number) => `${n} people`,
  recoloured: "Somebody here has your colour. You have another one for now.",
};

export type NewsText = typeof news;
