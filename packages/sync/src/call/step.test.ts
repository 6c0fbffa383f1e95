import { expect, test } from "vitest";
import { createCallSite, SITE } from "../testing/call-site.ts";
import { plainSeal } from "../testing/plain-seal.ts";
import { NO_FAULTS } from "../testing/wire.ts";
import { callSubject } from "../transport/subjects.ts";
import { decodeHeader, type FrameHeader, type Kind } from "../wire/header.ts";
import { type Frame, openFrame, sealFrame } from "../wire/seal.ts";

const text = (s: string) => new TextEncoder().encode(s);
const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** Small, so that a few bytes take many parts. */
const SMALL = { partBytes: 10, window: 4, maxMessageBytes: 1000, maxMade: 5, maxServed: 3 };

/** Answers "3 xyz" with "xyz0", "xyz1" and "xyz2", and "never" never. */
function answer(request: Uint8Array): Uint8Array[] | undefined {
  const [count, what] = read(request).split(" ");
  if (count === "never") return undefined;
  return Array.from({ length: Number(count) }, (_, i) => text(`${what}${i}`));
}

const site = (more: { seed?: number; isLazy?: boolean } = {}) =>
  createCallSite({ seed: 1, nodes: ["a", "b", "c"], limits: SMALL, answer, ...more });

/** Plays frames again to whom they were for. */
function playAgain(
  at: ReturnType<typeof site>,
  sent: readonly { subject: string; frame: Uint8Array }[],
): void {
  const stranger = at.bus.connect("stranger");
  for (const { subject, frame } of sent) stranger.publish(subject, frame);
  at.time.run(100);
}

test("a call is carried out once, by the node that was called, and gets its answers in order", () => {
  const s = site();
  const call = s.node("a").call("b", text("3 hello"));
  s.time.run(100);
  expect(call).toMatchObject({ isOver: true, failure: undefined });
  expect(call.answers.map(read)).toEqual(["hello0", "hello1", "hello2"]);
  expect(s.node("b").requests).toMatchObject([{ peer: "a", request: text("3 hello") }]);
  expect(s.node("c").requests).toEqual([]);
});

test("a call leaves nothing behind", () => {
  const s = site();
  s.node("a").call("b", text("3 hello"));
  s.time.run(100);
  expect([s.node("a").state.ends.size, s.node("b").state.ends.size]).toEqual([0, 0]);
});

test("messages are as long as they may be, in parts; a longer one ends the call", () => {
  const s = site();
  const [longest, longer] = [`1 ${"x".repeat(998)}`, `1 ${"x".repeat(999)}`];
  const good = s.node("a").call("b", text(longest));
  const bad = s.node("a").call("b", text(longer));
  s.time.run(1000);
  expect(good.answers.map(read)).toEqual([`${"x".repeat(998)}0`]);
  expect(bad).toMatchObject({ isOver: true, failure: "tooLarge", answers: [] });
  expect(s.node("b").requests.length).toBe(1);
});

test("an empty message is a message", () => {
  const s = createCallSite({ seed: 1, nodes: ["a", "b"], answer: () => [new Uint8Array(0), text("x")] });
  const call = s.node("a").call("b", new Uint8Array(0));
  s.time.run(100);
  expect(call.answers.map(read)).toEqual(["", "x"]);
});

const faults = [
  { name: "loss", faults: { ...NO_FAULTS, loss: 0.2 } },
  { name: "duplication", faults: { ...NO_FAULTS, duplication: 0.5 } },
  { name: "reordering", faults: { ...NO_FAULTS, reordering: 0.5, delayMs: 20 } },
  { name: "all of it", faults: { loss: 0.1, duplication: 0.2, reordering: 0.2, delayMs: 50 } },
];
for (const f of faults) {
  test(`calls get through ${f.name}, each carried out once`, () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    for (let run = 0; run < 20; run++) {
      const s = site({ seed: seed + run });
      s.wire.setFaults(f.faults);
      const call = s
        .node("a")
        .call("b", text("30 a rather long request, in some parts".replace(" a", " a-")));
      s.time.run(60_000);
      const at = `seed ${seed + run}`;
      const { length } = s.node("b").requests;
      expect(length, at).toBeLessThanOrEqual(1);
      if (call.failure === "silent") continue; // a dozen frames lost in a row
      expect(call.failure, at).toBeUndefined();
      expect(call.answers.map(read), at).toEqual(Array.from({ length: 30 }, (_, i) => `a-${i}`));
      expect(length, at).toBe(1);
    }
  });
}

test("a node that is away is given up after 3 s, one that goes away in the middle likewise", () => {
  const s = site();
  const nobody = s.node("a").call("d", text("1 x"));
  const lost = s.node("a").call("b", text("never"));
  s.time.run(100);
  expect(s.node("b").requests.length).toBe(1);
  s.wire.partition([["a"], ["b"]]);
  s.time.run(3500);
  expect([nobody.failure, lost.failure]).toEqual(["silent", "silent"]);
  expect(s.node("b").aborted).toEqual([s.node("b").requests[0]!.key]);
  expect(s.node("b").state.ends.size).toBe(0);
});

test("a call that nothing comes of lives on while both nodes do", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"));
  s.time.run(60_000);
  expect(call.isOver).toBe(false);
  expect(s.node("b").aborted).toEqual([]);
});

test("a deadline travels along: both sides end a call that takes longer", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"), 1000);
  s.time.run(900);
  expect(call.isOver).toBe(false);
  s.time.run(500);
  expect(call).toMatchObject({ isOver: true, failure: "tooLate" });
  expect(s.node("b").aborted.length).toBe(1);
});

test("a call that its maker gives up ends at the other side at once", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"));
  s.time.run(100);
  s.node("a").handle({ type: "given_up", key: call.key, reason: "cancelled" });
  s.time.run(10);
  expect(s.node("b").aborted.length).toBe(1);
});

test("a callee that fails ends the call at its maker at once", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"));
  s.time.run(100);
  s.node("b").handle({ type: "given_up", key: s.node("b").requests[0]!.key, reason: "broken" });
  s.time.run(10);
  expect(call).toMatchObject({ isOver: true, failure: "broken" });
});

test("answers that nobody takes hold the callee back, and come when they are taken", () => {
  const s = site({ isLazy: true });
  const call = s.node("a").call("b", text("40 x"));
  s.time.run(5000);
  expect(call.answers.length).toBe(SMALL.window);
  expect(s.node("b").state.ends.values().next().value!.outgoing.parts.length).toBeLessThanOrEqual(1);
  for (let taken = 0; taken < 40; taken++) {
    s.node("a").handle({ type: "taken", key: call.key });
    s.time.run(10);
  }
  s.time.run(500);
  expect(call.answers.length).toBe(40);
  expect(call).toMatchObject({ isOver: true, failure: undefined });
});

test("a request that is played again, during the call or after it, is not carried out again", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"));
  s.time.run(100);
  const recorded = [...s.node("a").sent];
  playAgain(s, recorded);
  s.node("a").handle({ type: "given_up", key: call.key, reason: "cancelled" });
  s.time.run(5000);
  playAgain(s, recorded);
  s.time.run(5000);
  expect(s.node("b").requests.length).toBe(1);
  expect(s.node("b").state.refused).toMatchObject({ forged: 0, malformed: 0 });
  expect(s.node("b").state.refused.duplicate).toBeGreaterThan(0);
  expect(s.node("b").state.refused.unknown_call).toBeGreaterThan(0);
  expect(s.node("b").state.ends.size).toBe(0);
});

test("a request that is played to another node is not carried out there", () => {
  const s = site();
  s.node("a").call("b", text("1 x"));
  s.time.run(100);
  const recorded = s.node("a").sent.map(({ frame }) => ({ subject: callSubject(SITE, "c"), frame }));
  playAgain(s, recorded);
  expect(s.node("c").requests).toEqual([]);
});

test("answers of an earlier call are none to a later one", () => {
  const s = site();
  s.node("a").call("b", text("1 old"));
  s.time.run(100);
  const recorded = [...s.node("b").sent];
  const call = s.node("a").call("c", text("never"));
  playAgain(s, recorded);
  expect(call).toMatchObject({ isOver: false, answers: [] });
});

test("our own frames, thrown back at us, are refused", () => {
  const s = site();
  s.node("a").call("b", text("1 x"));
  s.time.run(100);
  playAgain(
    s,
    s.node("a").sent.map(({ frame }) => ({ subject: callSubject(SITE, "a"), frame })),
  );
  expect(s.node("a").state.refused.own_name).toBe(s.node("a").sent.length);
});

/** The latest frame of this kind that a node sent, by somebody who has the key: with another header. */
function forged(
  at: ReturnType<typeof site>,
  kind: Kind,
  by: { from: string; change: Partial<FrameHeader> },
): Uint8Array {
  const sent = at
    .node(by.from)
    .sent.findLast(({ frame }) => (decodeHeader(frame) as FrameHeader).kind === kind)!;
  const header = decodeHeader(sent.frame) as FrameHeader;
  const { body } = openFrame(plainSeal, header, sent.frame) as Frame;
  return sealFrame(plainSeal, { ...header, ...by.change, kind }, body);
}

const OTHERS: [who: string, change: Partial<FrameHeader>][] = [
  ["another node", { node: "c" }],
  ["another life of the node", { epoch: "ee".repeat(16) }],
];
for (const [who, change] of OTHERS) {
  test(`what ${who} says of a call is none of its business`, () => {
    const s = site();
    const call = s.node("a").call("b", text("never"));
    s.time.run(100);
    s.node("b").handle({ type: "answered", key: s.node("b").requests[0]!.key, bytes: text("secret") });
    s.node("a").handle({ type: "received", frame: forged(s, "callPart", { from: "b", change }) });
    expect(call.answers).toEqual([]);
    expect(s.node("a").state.refused.unknown_call).toBe(1);
    s.node("a").handle({ type: "given_up", key: call.key, reason: "cancelled" });
    s.node("b").handle({ type: "received", frame: forged(s, "callEnd", { from: "a", change }) });
    expect(s.node("b").aborted).toEqual([]);
    s.time.run(10);
    expect(s.node("b").aborted.length).toBe(1);
  });
}

test("a hail from another life of the caller leaves the call to the one that made it", () => {
  const s = site();
  const call = s.node("a").call("b", text("never"));
  s.time.run(100);
  const by = { from: "a", change: { epoch: "ee".repeat(16) } };
  s.node("b").handle({ type: "received", frame: forged(s, "callHail", by) });
  expect(s.node("b").state.refused.unknown_call).toBe(1);
  s.node("a").handle({ type: "given_up", key: call.key, reason: "cancelled" });
  s.time.run(10);
  expect(s.node("b").aborted.length).toBe(1);
});

test("a call has one request: a second one ends it, and is not carried out", () => {
  const s = site();
  s.wire.partition([["a"], ["b"]]);
  const call = s.node("a").call("b", text("never"));
  const { parts } = s.node("a").state.ends.get(call.key)!.outgoing;
  parts.splice(1, 0, { isMessageEnd: true, isLast: false, bytes: text("1 more") });
  s.wire.partition([["a", "b"]]);
  s.time.run(1000);
  expect(call).toMatchObject({ isOver: true, failure: "broken" });
  expect(s.node("b").requests.map(({ request }) => read(request))).toEqual(["never"]);
});

test("a welcome counts once, and of the node that was called", () => {
  const s = site();
  s.wire.partition([["a"], ["b"]]);
  const call = s.node("a").call("b", text("never"));
  s.node("b").handle({ type: "received", frame: s.node("a").sent[0]!.frame });
  const end = s.node("a").state.ends.get(call.key)!;
  const welcome = { from: "b", change: { node: "c" } };
  s.node("a").handle({ type: "received", frame: forged(s, "callWelcome", welcome) });
  expect(end.challenge).toBeUndefined();
  s.node("a").handle({ type: "received", frame: s.node("b").sent[0]!.frame });
  const { challenge, peerEpoch } = end;
  expect(challenge).toBeDefined();
  const again = { from: "b", change: { epoch: "ee".repeat(16) } };
  s.node("a").handle({ type: "received", frame: forged(s, "callWelcome", again) });
  expect(end).toMatchObject({ challenge, peerEpoch });
});

test("a call that was begun makes room for no other, though its caller cannot be heard for a moment", () => {
  const s = site();
  for (let i = 0; i < SMALL.maxServed; i++) s.node("a").call("b", text("never"));
  s.time.run(10_000);
  s.wire.partition([["a"], ["b", "c"]]);
  s.time.run(1000);
  const late = s.node("c").call("b", text("1 x"));
  s.time.run(100);
  expect(late).toMatchObject({ isOver: true, failure: "busy" });
  expect(s.node("b").aborted).toEqual([]);
});

test("calls are bounded on both sides, and the one too many is told at once", () => {
  const s = site();
  const calls = Array.from({ length: 6 }, () => s.node("a").call("b", text("never")));
  s.time.run(100);
  const failures = calls.map((call) => call.failure);
  expect(failures.filter((f) => f === "full").length).toBe(1);
  expect(failures.filter((f) => f === "busy").length).toBe(2);
  expect(s.node("b").requests.length).toBe(3);
  expect(s.node("b").state.refused.too_many).toBe(2);
});

test("hails that are played again and again keep nobody out", () => {
  const s = site();
  for (let i = 0; i < 5; i++) s.node("a").call("b", text("1 x"));
  s.time.run(100);
  const hails = s.node("a").sent.filter(({ frame }) => frame[4] === 9);
  expect(hails.length).toBe(5);
  for (let i = 0; i < 5; i++) playAgain(s, hails);
  expect(s.node("b").state.ends.size).toBe(SMALL.maxServed);
  s.time.run(500);
  const call = s.node("c").call("b", text("1 y"));
  s.time.run(100);
  expect(call.answers.map(read)).toEqual(["y0"]);
});

test("random bytes, and frames with any byte changed, are counted and change nothing", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const s = site({ seed });
  const call = s.node("a").call("b", text("never"));
  s.time.run(100);
  const { state } = s.node("b");
  const before = JSON.stringify([...state.ends]);
  const frames = s.node("a").sent.map(({ frame }) => frame);
  const refusedBefore = sum(state.refused);
  for (let i = 0; i < 3000; i++) {
    const changed = s.chance.pick(frames).slice();
    changed[s.chance.below(changed.length)]! ^= 1 + s.chance.below(255);
    const frame = s.chance.happens(0.5) ? changed : s.chance.bytes(s.chance.below(200));
    s.node("b").handle({ type: "received", frame });
  }
  expect(JSON.stringify([...state.ends]), `seed ${seed}`).toBe(before);
  expect(sum(state.refused), `seed ${seed}`).toBe(refusedBefore + 3000);
  expect(call.isOver).toBe(false);
});

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((n, count) => n + count, 0);
