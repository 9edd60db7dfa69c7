import { effect, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Editor } from "../editor";
import type { Session } from "../session";
import { t } from "../strings";
import { Dialog } from "./dialog";
import { isNarrow } from "./media";
import { PasswordDialog } from "./password_dialog";
import { LostTextBanner, RefusalBanner } from "./rescue";
import { Sidebar } from "./sidebar";
import { StatusSign } from "./status_line";
import { ToastRegion, useToasts } from "./toasts";

/** The page of one pad. */
export function App({ session }: { session: Session }) {
  const toasts = useToasts();
  const notify = useMemo(() => (text: string) => toasts.notify(text), [toasts]);
  const editor = useSignal<Editor | null>(null);
  return (
    <>
      {isNarrow.value ? (
        <TopBar session={session} notify={notify} />
      ) : (
        <aside class="sidebar">
          <h1>{t.appName}</h1>
          <Sidebar session={session} notify={notify} />
        </aside>
      )}
      <main>
        <RefusalBanner session={session} />
        <LostTextBanner session={session} restore={(text) => editor.value?.replaceText(text)} />
        <EditorPane session={session} ready={(made) => (editor.value = made)} />
      </main>
      <ToastRegion session={session} toasts={toasts} />
      <PasswordDialog session={session} />
    </>
  );
}

/** On small screens: the state of things, and the sidebar as a drawer. */
function TopBar({ session, notify }: { session: Session; notify: (text: string) => void }) {
  const isOpen = useSignal(false);
  const close = () => (isOpen.value = false);
  return (
    <header class="top-bar">
      <h1>{t.appName}</h1>
      <StatusSign session={session} />
      <button type="button" aria-label={t.menu} aria-haspopup="dialog" onClick={() => (isOpen.value = true)}>
        ☰
      </button>
      {isOpen.value && (
        <Dialog label={t.menu} class="drawer" onClose={close}>
          <button type="button" class="quiet close" aria-label={t.closeMenu} onClick={close}>
            ×
          </button>
          <Sidebar session={session} notify={notify} />
        </Dialog>
      )}
    </header>
  );
}

function EditorPane({ session, ready }: { session: Session; ready: (editor: Editor) => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const editor = new Editor(ref.current!, session, t.editor);
    ready(editor);
    // Whoever opens a pad wants to type; but not under a dialog.
    return effect(() => {
      if (session.isLoaded.value && !document.querySelector("dialog[open]")) editor.focus();
    });
  }, [session]);
  return <div class="editor" ref={ref} />;
}
