/** An open pad: what the page shows of it and does with it. */
export { Session } from "./session";
export { followPage } from "./page_events";
export { tryRememberedPassword } from "./remembered_password";
export { browserEnvironment, type Environment, TIMING, type Timing } from "./environment";
export type { End } from "./end";
export type { EditorPort, Link, Notice, RightsNotice } from "./types";
export { NAMELESS } from "../wire";
export type { EditDetails, Offered, Refusal, Witness } from "../sync";
export { type Person } from "./people";
export { hashOf, idOfLink, linkOf, momentLink, newPadId, ownerLink, type PadAddress, type PadIdProblem, shareLink } from "./address";
export type { Activity } from "./activity";
export { cleanName, isHue, isMadeUp, NAME_POINTS_MAX } from "./identity";
export { ProtectionError } from "./protection";
export { type Removal, withBack } from "./removal_guard";
export type { Copy } from "./kept_text";
export type { UnmergedText } from "./unmerged_texts";
export { cleanText } from "../kernel";
export { changesBetween } from "../sync";
