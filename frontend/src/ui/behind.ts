/** What is loaded behind the editor at once, since nobody needs it to read or to type the first letter: one chunk. */

export { News } from "./base/news";
export { Dialogs } from "./dialogs/dialogs";
export { PasswordDialog } from "./dialogs/password_dialog";
export { Errands } from "./frame/errands";
export { PageKeys } from "./frame/page_keys";
export { PastText } from "./past/lazy_past_text";
export { StatusVoice } from "./frame/status_voice";
export { Surroundings } from "./frame/surroundings";
export { Banners } from "./text/banners";
export { FileOpener } from "./text/file_opener";
export { OthersInText } from "./text/others_in_text";
