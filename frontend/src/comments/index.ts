/** Comments on pieces of the text. Loaded when there are any, or when somebody wants to make one. */
export { type Destination, Draft, type DraftState } from "./draft";
export { KeptDrafts } from "./kept_drafts";
export { CommentRequests, hasAuthorToken } from "./requests";
export type { Author, Comment, Thread } from "./thread";
export { type NewComment, type ShownPlace, type Sorted, Threads } from "./threads";
