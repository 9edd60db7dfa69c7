/** Who else may come into a pad, and by what right: links and the owner. Loaded when somebody asks for it. */
export { Deeds, type Doer } from "./deeds";
export { newPadOf } from "./new_pad";
export { PadRights, type PadLink, type RightsChange, type WantedLink } from "./pad_rights";
export { type Fetch, PadRequests, type Requesting, RightsError } from "./requests";
