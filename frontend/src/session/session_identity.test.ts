// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { WELCOME, close, editor, frame, hear, join, notices, open, playOn, playSessions, sent, session } from "../testing/played_session";
import { Session } from ".";
import { distinctHue } from "./identity";

playSessions();

describe("identity", () => {
  test("a colour that somebody has is exchanged, for this visit only", () => {
    session.setIdentity("Me", 25);
    join("");
    const { hue } = session.identity.value;
    expect(hue).toBe(200); // Bob has 20
    expect(sent("ClientInfo")).toEqual([{ name: "Me", hue }]);
    expect(notices).toEqual([{ kind: "recoloured" }]);
    expect(new Session("p", null, "http://h/").identity.value.hue).toBe(25);
  });

  test("regression: one's own second tab is oneself", () => {
    session.setIdentity("Bob", 20);
    join("");
    expect(session.identity.value.hue).toBe(20);
    expect(notices).toEqual([]);
  });

  test("regression: after a reconnect colours are kept apart again, by whoever has the larger id", () => {
    join("");
    const meetAs = (me: number, hue: number) => {
      close(1006);
      vi.advanceTimersByTime(60_000);
      open();
      hear({ Welcome: { ...WELCOME, user_id: me, resumed: true } });
      hear({ History: { start: 0, operations: [] } });
      hear({ Users: [{ id: 6, name: "Carol", hue, cursors: [], selections: [] }] });
      frame();
    };
    meetAs(5, 199);
    expect(session.identity.value.hue).toBe(200); // Carol gives way
    meetAs(7, 199);
    expect(session.identity.value.hue).toBe(19);
    expect(notices).toEqual([{ kind: "recoloured" }]);
  });

  test.each([
    [100, [], 100],
    [100, [124, 76], 100],
    [100, [123], 303],
    [100, [101], 281],
    [5, [355], 175],
    [0, [0, 90, 180], 270],
    [350, [340, 350, 0], 170],
  ])("hue %i among %j becomes %i", (hue, others, expected) => {
    expect(distinctHue(hue, others)).toBe(expected);
  });

  test("is made up once, cleaned, kept and told", () => {
    localStorage.clear();
    playOn(new Session("p", null, "http://h/"));
    session.start(editor);
    const made = session.identity.value;
    expect(new Session("p", null, "http://h/").identity.value).toEqual(made);
    join(""); // and Bob has 20: a colour of the first visit goes as far from it as it can
    expect(session.identity.value.hue).toBe(200);
    expect(notices).toEqual([]);
    session.setIdentity("  Zoë\u0007 \n", 359);
    expect(sent("ClientInfo").at(-1)).toEqual({ name: "Zoë", hue: 359 });
    expect(new Session("p", null, "http://h/").identity.value).toEqual({ name: "Zoë", hue: 359 });
    session.setIdentity("   ", 1);
    expect(session.identity.value.name).toBe("Zoë");
  });

  test("works without storage", () => {
    vi.stubGlobal("localStorage", undefined);
    const alone = new Session("p", null, "http://h/");
    expect(alone.identity.value.name).not.toBe("");
    alone.setIdentity("Me", 3);
    expect(alone.identity.value).toEqual({ name: "Me", hue: 3 });
  });
});
