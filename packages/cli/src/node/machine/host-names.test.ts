import { expect, test } from "vitest";
import { createHostNames } from "./host-names.ts";

/** Look-ups that answer when they are told to. */
function createScene(patienceMs = 60_000) {
  const asked = new Map<string, PromiseWithResolvers<string>>();
  const log: string[] = [];
  const lookUp = (question: string) => {
    log.push(question);
    const answer = Promise.withResolvers<string>();
    asked.set(question, answer);
    return answer.promise;
  };
  const hosts = createHostNames({ nameOf: lookUp, addressOf: lookUp, patienceMs });
  return { hosts, asked, log };
}
const settle = () => new Promise(setImmediate);

test("each question is asked once, and what has no answer is left out", async () => {
  const { hosts, asked, log } = createScene();
  const both = [hosts.namesOf(["a", "b", "a"]), hosts.namesOf(["a"])];
  await settle();
  asked.get("a")!.resolve("alpha");
  asked.get("b")!.reject(new Error("no such host"));
  expect(await Promise.all(both)).toEqual([new Map([["a", "alpha"]]), new Map([["a", "alpha"]])]);
  expect(log).toEqual(["a", "b"]);
});

test("two look-ups at a time leave threads for the rest of the daemon", async () => {
  const { hosts, asked, log } = createScene();
  const all = hosts.namesOf(["a", "b", "c"]);
  await settle();
  expect(log).toEqual(["a", "b"]);
  asked.get("a")!.resolve("alpha");
  await settle();
  expect(log).toEqual(["a", "b", "c"]);
  asked.get("b")!.resolve("beta");
  asked.get("c")!.resolve("gamma");
  expect((await all).size).toBe(3);
});

test("whoever asks between the end of one look-up and the begin of the next waits in line, too", async () => {
  const { hosts, asked, log } = createScene(20);
  const all = [hosts.namesOf(["a", "b"]), hosts.namesOf(["c"])];
  await settle();
  asked.get("a")!.resolve("alpha");
  for (let step = 0; step < 20; step++) {
    all.push(hosts.namesOf([`d${step}`]));
    await undefined; // one step of the event loop's microtasks
  }
  await settle();
  expect(log).toEqual(["a", "b", "c"]);
  await Promise.all(all);
});

test("nobody waits for ever: what there is by then is the answer, and nothing more is asked", async () => {
  const { hosts, asked, log } = createScene(20);
  const all = hosts.addressesOf(["slow", "fast", "slower", "late"]);
  await settle();
  asked.get("fast")!.resolve("192.0.2.1");
  expect(await all).toEqual(new Map([["fast", "192.0.2.1"]]));
  for (const { resolve } of asked.values()) resolve("192.0.2.2");
  await settle();
  expect(log).toEqual(["slow", "fast", "slower"]);
});
