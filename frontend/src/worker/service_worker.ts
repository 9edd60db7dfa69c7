/**
 * The service worker: lets the page start without the server. A plain script of its own, without imports, since some
 * browsers have no others (build/installable.ts).
 *
 * It must never keep an old page alive. So the document is the server's whenever that answers in time, and only otherwise
 * the one that was kept when this worker was installed, which goes with the files that were kept beside it. Files under
 * assets/ carry a hash of their content in their names: whoever has one has the right one, so these come from what was
 * kept, of this build or another. Everything else, the API above all, it leaves alone.
 *
 * It also shows the notices of pages whose browser has no others, and leads back to the page that one came from.
 */

/** What belongs to the build of this worker; build/installable.ts puts it here. */
interface Build {
  version: string;
  /** The script by which its index.html is known. */
  entry: string;
  files: readonly string[];
}

declare const KOLABPAD_BUILD: Build;

/** What a page asks to be shown: see frame/hidden_news.ts. */
interface Notice {
  title: string;
  options: NotificationOptions;
}

// A block, since the names of a plain script would be everybody's.
{
  const build = KOLABPAD_BUILD;
  const worker = self as unknown as ServiceWorkerGlobalScope;
  const { scope } = worker.registration;
  const document = new URL("./", scope).href;
  /** Several pages below different paths of a host share its storage. */
  const PREFIX = `kolabpad ${scope} `;
  const CACHE = PREFIX + build.version;
  const kept = new Set(build.files.map((file) => new URL(file, scope).href));
  /** A server that takes longer is not there, to somebody who waits for a page. */
  const ANSWER_MS = 4_000;
  /** What proxies answer when the server behind them does not. */
  const NO_SERVER: ReadonlySet<number> = new Set([502, 503, 504]);

  worker.addEventListener("install", (event) => {
    // The worker before this one has nothing that this one lacks: no page has to be closed first.
    event.waitUntil(keepBuild().then(() => worker.skipWaiting()));
  });
  worker.addEventListener("activate", (event) => {
    event.waitUntil(dropOldBuilds().then(() => worker.clients.claim()));
  });
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    const url = new URL(request.url);
    url.search = url.hash = "";
    if (request.mode === "navigate") {
      if (url.href === document) event.respondWith(freshDocument(request));
    } else if (url.href.startsWith(new URL("assets/", scope).href)) event.respondWith(asset(request));
    else if (kept.has(url.href)) event.respondWith(fresh(request, url.href));
  });

  worker.addEventListener("message", (event) => {
    const { notice } = event.data as { notice?: Notice };
    const { source } = event;
    if (notice && source instanceof Client) event.waitUntil(tell(notice, source.id));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const { client = "" } = (event.notification.data ?? {}) as { client?: string };
    event.waitUntil(show(client));
  });

  /** Only the browser's own number of the page goes with the notice: an address may let its reader into the pad. */
  function tell({ title, options }: Notice, client: string): Promise<void> {
    return worker.registration.showNotification(title, { ...options, data: { client } });
  }

  /** Brings that page to the front. Where its tab has been closed, a new one begins, which knows the recent pads. */
  async function show(id: string): Promise<void> {
    const client = await worker.clients.get(id);
    await (client instanceof WindowClient ? client.focus() : worker.clients.openWindow(document));
  }

  /** Keeps the whole build, or fails: then the worker before this one stays. */
  async function keepBuild(): Promise<void> {
    const cache = await caches.open(CACHE);
    const page = await fetch(document, { cache: "reload" });
    // While servers are upgraded one by one, the document may be another build's.
    if (!page.ok || page.redirected || !(await page.clone().text()).includes(build.entry)) throw new Error("another build's page");
    await Promise.all(Array.from(kept, (url) => keepFile(cache, url)));
    await cache.put(document, page);
  }

  async function keepFile(cache: Cache, url: string): Promise<void> {
    const file = await fetch(url);
    if (!isFile(file)) throw new Error(`not there: ${url}`);
    await cache.put(url, file);
  }

  /** A page in place of a file is a proxy's, or of a server that has the file no more: kept, it would stay. */
  function isFile({ ok, redirected, headers }: Response): boolean {
    return ok && !redirected && !/html/.test(headers.get("content-type") ?? "");
  }

  /** What is kept under that address; undefined: nothing, or this browser keeps nothing any more. */
  function keptFor(url: string): Promise<Response | undefined> {
    return caches.open(CACHE).then((cache) => cache.match(url, { ignoreVary: true })).catch(() => undefined);
  }

  /** Pages that are open may still want parts of the build before this one, so that stays until the next. */
  async function dropOldBuilds(): Promise<void> {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  }

  /** The document as the server has it now; as it was kept, where the server does not say. */
  async function freshDocument(request: Request): Promise<Response> {
    const answer = fetch(request);
    try {
      const response = await inTime(answer);
      const page = NO_SERVER.has(response.status) ? await keptFor(document) : undefined;
      return page ?? response;
    } catch {
      return (await keptFor(document)) ?? answer;
    }
  }

  /** The same for what is neither the document nor named after its content. */
  async function fresh(request: Request, url: string): Promise<Response> {
    const answer = fetch(request);
    try {
      const response = await inTime(answer);
      if (response.ok || response.status === 304) return response;
    } catch {
      // As it was kept.
    }
    return (await keptFor(url)) ?? answer;
  }

  /** A file that is named after its content: kept once it was used. */
  async function asset(request: Request): Promise<Response> {
    const known = await caches.match(request, { ignoreVary: true }).catch(() => undefined);
    if (known) return known;
    const response = await fetch(request);
    if (isFile(response)) {
      const copy = response.clone();
      // Where there is no room, it is asked for again the next time.
      void caches.open(CACHE).then((cache) => cache.put(request, copy)).catch(() => {});
    }
    return response;
  }

  function inTime(answer: Promise<Response>): Promise<Response> {
    const tooLate = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error("no answer")), ANSWER_MS);
    });
    return Promise.race([answer, tooLate]);
  }
}
