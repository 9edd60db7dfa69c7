// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { WELCOME, close, editor, frame, hear, join, notices, open, playOn, playSessions, sent, session } from "../testing/played_session";
import { Session } from ".";
import { farthestHue } from "./identity";

playSessions();

describe("identity", () => {
  const users = (hues: readonly number[]) => hues.map((hue, i) => ({ id: i, name: `P${i}`, hue, cursors: [], selections: [] }));
  /** Comes back as the newest of those people, who have these colours. */
  const meet = (hues: readonly number[]) => {
    close(1006);
    vi.advanceTimersByTime(60_000);
    open();
    hear({ Welcome: { ...WELCOME, user_id: 99, resumed: true } });
    hear({ History: { start: 0, operations: [] } });
    hear({ Users: users(hues) });
    frame();
  };
  const choose = (hue: number) => {
    session.setIdentity("Me", hue + 1); // it might have been made up as that one
    session.setIdentity("Me", hue);
  };

  test("a colour that was chosen, and that somebody has, is exchanged, for this visit only, and that is said once", () => {
    choose(25);
    join("");
    const { hue } = session.identity.value;
    expect(hue).toBe(200); // Bob has 20
    expect(sent("ClientInfo")).toEqual([{ name: "Me", hue }]);
    expect(notices).toEqual([{ kind: "recoloured" }]);
    expect(new Session("p", null, "http://h/").identity.value.hue).toBe(25);
    meet([200, 20]);
    expect(session.identity.value.hue).toBe(110);
    expect(notices.length).toBe(1);
  });

  test("a colour that was not chosen is exchanged without a word, for the freest", () => {
    localStorage.clear();
    playOn(new Session("p", null, "http://h/"));
    session.start(editor);
    join("");
    meet([session.identity.value.hue, 0]);
    expect(notices).toEqual([]);
    const class30 = Array.from({ length: 29 }, (_, i) => (i * 12) % 360);
    meet(class30);
    expect(class30).not.toContain(session.identity.value.hue);
    expect(notices).toEqual([]);
  });

  test("a colour that was chosen stays among so many people that no other is free", () => {
    choose(25);
    join("");
    notices.length = 0;
    choose(25);
    meet(Array.from({ length: 20 }, (_, i) => i * 18));
    expect(session.identity.value.hue).toBe(25);
    expect(notices).toEqual([]);
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
  });

  test.each([
    [[123], 303],
    [[101], 281],
    [[355], 175],
    [[0, 90, 180], 270],
    [[340, 350, 0], 170],
  ])("among %j the freest hue is %i", (others, expected) => {
    expect(farthestHue(others)).toBe(expected);
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
