import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fake_socket";
import { Backoff, closingOf, Transport } from ".";

const events = { onOpen: vi.fn(), onMessage: vi.fn(), onDown: vi.fn() };
let transport: Transport;
const last = () => FakeSocket.last;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  transport = new Transport("ws://pad/", "v2", (n) => `ping ${n}`);
  transport.listen(events);
  transport.connect();
});

afterEach(() => {
  transport.stop();
  vi.resetAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a transport", () => {
  test("opens, carries text, and comes back after a loss", () => {
    last().opens();
    expect(events.onOpen).toHaveBeenCalledOnce();
    expect(transport.send("hi")).toBe(true);
    last().says("ho");
    expect(events.onMessage).toHaveBeenCalledWith("ho");
    last().ends(1006);
    expect(events.onDown).toHaveBeenCalledWith("unreachable", expect.any(Number), "");
    expect(transport.send("hi")).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("gives up a socket that does not answer a ping", () => {
    last().opens();
    transport.answered();
    vi.advanceTimersByTime(20_000);
    expect(last().sent).toEqual(["ping 1"]);
    transport.ponged();
    vi.advanceTimersByTime(19_999);
    expect(events.onDown).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_001);
    expect(events.onDown).toHaveBeenCalledOnce();
    expect(FakeSocket.all[0]!.isClosed).toBe(true);
  });

  test("gives up a handshake that does not come", () => {
    vi.advanceTimersByTime(15_000);
    expect(events.onDown).toHaveBeenCalledOnce();
  });

  test("regression: says nothing between its first message and the answer, and does not wait for ever", () => {
    last().opens();
    transport.reconnectNow();
    vi.advanceTimersByTime(29_999);
    expect(last().sent).toEqual([]);
    expect(events.onDown).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(events.onDown).toHaveBeenCalledExactlyOnceWith("unanswered", expect.any(Number), "");
  });

  test("being asked to reconnect does not put off the verdict on a dead connection", () => {
    last().opens();
    transport.answered();
    transport.reconnectNow();
    vi.advanceTimersByTime(9_000);
    transport.reconnectNow();
    vi.advanceTimersByTime(1_000);
    expect(events.onDown).toHaveBeenCalledOnce();
  });

  test("does not ask a connection that was silent while the machine slept", () => {
    last().opens();
    last().says("welcome");
    transport.answered();
    vi.advanceTimersByTime(20_000);
    last().says("pong");
    transport.ponged();
    vi.setSystemTime(Date.now() + 3_600_000);
    transport.reconnectNow();
    expect(events.onDown).toHaveBeenCalledOnce();
    expect(FakeSocket.all).toHaveLength(2);
    last().opens();
    last().says("welcome");
    transport.answered();
    transport.reconnectNow();
    expect(last().sent).toEqual(["ping 2"]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("does not hear a socket that it gave up", () => {
    const first = last();
    first.opens();
    transport.connect();
    first.says("late");
    first.ends(1006);
    expect(events.onMessage).not.toHaveBeenCalled();
    expect(events.onDown).not.toHaveBeenCalled();
  });

  test.each([4401, 4403, 4410])("after %i waits for the user", (code) => {
    last().opens();
    last().ends(code, "why");
    expect(events.onDown).toHaveBeenCalledWith(expect.any(String), null, "why");
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(1);
    transport.connect();
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("regression: a late Hello of an older socket of ours takes the place of the newest only for a moment", () => {
    const answer = () => (last().opens(), transport.answered());
    answer();
    last().ends(1000, "replaced");
    expect(events.onDown).toHaveBeenLastCalledWith("replaced", expect.any(Number), "replaced");
    vi.advanceTimersByTime(2_000);
    expect(FakeSocket.all).toHaveLength(2);
    answer();
    last().ends(1000, "replaced"); // so there is another tab: it may have it
    expect(events.onDown).toHaveBeenLastCalledWith("replaced", null, "replaced");
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(2);

    transport.connect(); // the user wants it here
    answer();
    vi.advanceTimersByTime(15_000);
    last().ends(1000, "replaced");
    expect(events.onDown).toHaveBeenLastCalledWith("replaced", expect.any(Number), "replaced");
  });

  test("two tabs with one token do not take it from each other for ever", () => {
    const onOpen = () => other.answered();
    const other = new Transport("ws://pad/", "v2", (n) => `ping ${n}`);
    other.listen({ ...events, onOpen, onDown: vi.fn() });
    events.onOpen.mockImplementation(() => transport.answered());
    const connections: FakeSocket[] = [];
    // the server: whoever says Hello last is the tab
    const serve = () => {
      for (const socket of FakeSocket.all.filter((it) => !it.isClosed && !connections.includes(it))) {
        const before = connections.at(-1);
        connections.push(socket);
        socket.opens();
        if (before && !before.isClosed) before.ends(1000);
      }
    };
    serve();
    other.connect();
    for (let second = 0; second < 120; second++) {
      serve();
      for (const each of [transport, other]) each.ponged();
      vi.advanceTimersByTime(1_000);
    }
    expect(connections).toHaveLength(4);
    expect(connections.map(({ isClosed }) => isClosed)).toEqual([true, true, true, false]);
    other.stop();
  });

  test("reconnects at once when it was waiting, and asks when it was not", () => {
    last().opens();
    transport.answered();
    transport.reconnectNow();
    expect(last().sent).toEqual(["ping 1"]);
    last().ends(1006);
    transport.reconnectNow();
    expect(FakeSocket.all).toHaveLength(2);
    transport.reconnectNow();
    expect(FakeSocket.all).toHaveLength(2);
  });
});

describe("a socket that the page began before", () => {
  const adopting = (state: "connecting" | "open" | "closed") => {
    transport.stop();
    const first = new FakeSocket("ws://pad/", "v2");
    if (state === "open") first.opens();
    if (state === "closed") first.close();
    transport = new Transport("ws://pad/", "v2", (n) => `ping ${n}`, { first: first as unknown as WebSocket });
    transport.listen(events);
    transport.begin();
    return first;
  };

  test("is used, whether it has opened meanwhile or opens later", () => {
    const first = adopting("open");
    expect(events.onOpen).toHaveBeenCalledOnce();
    expect(transport.send("hi")).toBe(true);
    expect(first.sent).toEqual(["hi"]);
    const second = adopting("connecting");
    second.opens();
    expect(events.onOpen).toHaveBeenCalledTimes(2);
    expect(last()).toBe(second);
  });

  test("is replaced when it has ended: the code took longer than the server waits", () => {
    const first = adopting("closed");
    expect(last()).not.toBe(first);
    last().opens();
    expect(events.onOpen).toHaveBeenCalledOnce();
  });

  test("is used once", () => {
    const first = adopting("open");
    first.ends(1006);
    vi.advanceTimersByTime(1_000);
    expect(last()).not.toBe(first);
    const made = FakeSocket.all.length;
    transport.begin();
    expect(FakeSocket.all).toHaveLength(made);
  });
});

describe("the time before the next attempt", () => {
  test("doubles up to a bound and is drawn from its upper half", () => {
    const most = new Backoff(() => 1);
    const waits = Array.from({ length: 8 }, () => most.nextMs("backoff"));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
    most.reset();
    expect(most.nextMs("backoff")).toBe(500);
    expect(new Backoff(() => 0).nextMs("backoff")).toBe(250);
  });

  test("is short and random after a restart, but only once in a row", () => {
    const backoff = new Backoff(() => 0.5);
    expect(backoff.nextMs("soon")).toBe(1050);
    expect(backoff.nextMs("soon")).toBe(750);
    expect(backoff.nextMs("soon")).toBe(1500);
  });

  test("only 4401 is about the password", () => {
    const codes = [1000, 1001, 1006, 1008, 1009, 1011, 1013, 4400, 4403, 4408, 4409, 4410, 4429];
    expect(closingOf(4401).reason).toBe("password");
    for (const code of codes) expect(closingOf(code).reason).not.toBe("password");
  });

  test("regression: what the server says of an end is never called an unreachable server", () => {
    const codes = [1000, 1001, 1008, 1009, 1011, 1013, 4400, 4401, 4403, 4408, 4409, 4410, 4429];
    for (const code of codes) expect(closingOf(code).reason, `${code}`).not.toBe("unreachable");
  });
});
