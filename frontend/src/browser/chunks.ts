/**
 * Chunks of the page's code that are loaded when they are wanted. Their files may
 * be gone: the server was upgraded while the page was open, and has others now.
 */

import { signal } from "@preact/signals";
import { log } from "./log";

/** True once a chunk that was wanted could not be loaded; people are told of it. */
export const isChunkMissing = signal(false);

/** Runs `load`, which imports a chunk; null when it could not be loaded. `what` names it in the log. */
export async function loadChunk<T>(what: string, load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    log.warn("could not be loaded:", what, error);
    isChunkMissing.value = true;
    return null;
  }
}
