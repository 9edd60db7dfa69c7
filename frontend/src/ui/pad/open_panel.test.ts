// @vitest-environment happy-dom
/** Which panel is open, what is remembered of it, and where the keyboard goes. */

import { beforeEach, expect, test } from "vitest";
import { settings, setSettings } from "../../browser";
import { isNarrow } from "../base/media";
import { OpenPanel } from "./open_panel";

let button: HTMLButtonElement;

beforeEach(() => {
  isNarrow.value = false;
  setSettings({ panel: null });
  document.body.innerHTML = "<button>opens</button><button>elsewhere</button>";
  button = document.querySelector("button")!;
  button.focus();
});

test("it is remembered on wide screens, and was not asked for on the next visit", () => {
  new OpenPanel().open("people");
  expect(settings.value.panel).toBe("people");
  const next = new OpenPanel();
  expect(next.id.value).toBe("people");
  expect(next.isAskedFor).toBe(false);
});

test("on small screens it is neither there from the start nor remembered", () => {
  setSettings({ panel: "settings" });
  isNarrow.value = true;
  const panel = new OpenPanel();
  expect(panel.id.value).toBeNull();
  panel.toggle("people");
  expect(panel.id.value).toBe("people");
  expect(settings.value.panel).toBe("settings");
});

test("a window that becomes small closes it, and has it again when it is wide", () => {
  const panel = new OpenPanel();
  panel.open("people");
  isNarrow.value = true;
  expect(panel.id.value).toBeNull();
  isNarrow.value = false;
  expect(panel.id.value).toBe("people");
});

test("the keyboard goes back to what opened the first of several", () => {
  const panel = new OpenPanel();
  panel.open("people");
  document.querySelectorAll("button")[1]!.focus();
  panel.open("settings");
  expect(panel.isAskedFor).toBe(true);
  panel.close();
  expect(document.activeElement).toBe(button);
  panel.toggle("people");
  panel.toggle("people");
  expect(panel.id.value).toBeNull();
});

test("one that was there from the start leaves the keyboard to the text, and to nothing else that has it by then", () => {
  setSettings({ panel: "people" });
  document.body.innerHTML += '<div class="panes"><div class="cm-content" tabindex="0"></div></div><aside id="panel"><button>within</button></aside>';
  const [opens, , within] = document.querySelectorAll("button");
  within!.focus();
  new OpenPanel().close();
  expect(document.activeElement).toBe(document.querySelector(".cm-content"));
  setSettings({ panel: "people" });
  opens!.focus();
  new OpenPanel().close();
  expect(document.activeElement).toBe(opens);
});

test("where that cannot take it, under a text of before, it goes to the head of that", () => {
  document.body.innerHTML +=
    '<div class="panes" inert><div class="cm-content" tabindex="0"></div></div><div class="past-bar"><h2 tabindex="-1"></h2></div><aside id="panel"><button>within</button></aside>';
  const panel = new OpenPanel();
  const gone = document.querySelector("button")!;
  gone.focus();
  panel.open("history");
  gone.remove();
  document.querySelector<HTMLElement>("#panel button")!.focus();
  panel.close();
  expect(document.activeElement).toBe(document.querySelector("h2"));
});
