import { lazy } from "../base/lazy";
import { peopleWords } from "../pad/people_words";

/** The people who are here, in the header: a chunk that is loaded behind the editor. */
export const Avatars = lazy("faces", async () => {
  const [{ Faces }] = await Promise.all([import("./faces"), peopleWords.load()]);
  return Faces;
}, "nothing");
