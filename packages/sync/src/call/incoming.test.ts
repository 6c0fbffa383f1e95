import { expect, test } from "vitest";
import { accept, createIncoming, windowLeft } from "./incoming.ts";

const LIMITS = { window: 4, maxMessageBytes: 10 };
const part = (number: number, more: { bytes?: number; isMessageEnd?: boolean; isLast?: boolean } = {}) => {
  const { bytes = 1, isMessageEnd = true, isLast = false } = more;
  return { number, bytes: new Uint8Array(bytes).fill(number), isMessageEnd, isLast };
};
const messagesIn = (accepted: ReturnType<typeof accept>) =>
  typeof accepted === "object" ? accepted.messages.map((message) => [...message]) : accepted;

test("incoming parts that come before their turn wait for it", () => {
  const incoming = createIncoming();
  expect(messagesIn(accept(incoming, part(2), LIMITS))).toEqual([]);
  expect(messagesIn(accept(incoming, part(1, { isMessageEnd: false }), LIMITS))).toEqual([]);
  expect(messagesIn(accept(incoming, part(0), LIMITS))).toEqual([[0], [1, 2]]);
  expect([incoming.next, incoming.held.size]).toEqual([3, 0]);
});

test("incoming parts outside the window are not kept, at either end of it", () => {
  const incoming = createIncoming();
  expect(accept(incoming, part(4), LIMITS)).toBe("duplicate");
  expect(messagesIn(accept(incoming, part(3), LIMITS))).toEqual([]);
  expect(accept(incoming, part(3), LIMITS)).toBe("duplicate");
  accept(incoming, part(0), LIMITS);
  expect(accept(incoming, part(0), LIMITS)).toBe("duplicate");
  expect(messagesIn(accept(incoming, part(4), LIMITS))).toEqual([]);
  expect(incoming.held.size).toBe(2);
});

test("nothing comes in after the last part", () => {
  const incoming = createIncoming();
  accept(incoming, part(0), LIMITS);
  expect(
    messagesIn(accept(incoming, part(1, { isLast: true, bytes: 0, isMessageEnd: false }), LIMITS)),
  ).toEqual([]);
  expect(incoming.isEnded).toBe(true);
  expect(accept(incoming, part(2), LIMITS)).toBe("duplicate");
});

test("an incoming message is as long as it may be, however many parts it has", () => {
  const half = { bytes: 5, isMessageEnd: false };
  const fits = createIncoming();
  accept(fits, part(0, half), LIMITS);
  expect(messagesIn(accept(fits, part(1, { bytes: 5 }), LIMITS))).toEqual([[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]]);
  expect(messagesIn(accept(fits, part(2, { bytes: 10 }), LIMITS))).toHaveLength(1); // each message by itself
  const long = createIncoming();
  accept(long, part(0, half), LIMITS);
  expect(accept(long, part(1, { bytes: 6 }), LIMITS)).toBe("tooLarge");
});

test("incoming messages that nobody takes close the window", () => {
  const incoming = createIncoming();
  const left = [0, 1, 2, 3, 4].map((number) => {
    accept(incoming, part(number), LIMITS);
    return windowLeft(incoming, LIMITS.window);
  });
  expect(left).toEqual([3, 2, 1, 0, 0]);
});
