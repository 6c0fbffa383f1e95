/** What the schedulers' tests are made of. */
import { parseAddress } from "@tandem/model";
import { FLOW_KEY } from "../core/layout.ts";
import { FLOW_WORDS } from "../packet/parse.ts";
import { swapPort, wordsOf, writeNetwork16 } from "../packet/words.ts";
import type { Candidate, Request, SchedulerOptions } from "./scheduler.ts";

/** A destination that a test may change. */
export type TestCandidate = { -readonly [K in keyof Candidate]: Candidate[K] };

/** The default of each option; no chance in it. */
export const options: SchedulerOptions = {
  fallback: false,
  port: false,
  cacheSeconds: 24 * 60 * 60,
  random: () => 0,
};

/** A destination, idle and of weight 1 unless said otherwise; `at` is its address and, after a space, its port. */
export function candidate({
  at = "192.0.2.11 80",
  ...of
}: Partial<Candidate> & { at?: string } = {}): TestCandidate {
  const [host, port] = at.split(" ");
  const address = wordsOf(parseAddress(host!)!);
  const weight = of.weight ?? 1;
  const idle = { weight, lastWeight: weight, active: 0, inactive: 0, overloaded: false };
  return { address, port: swapPort(Number(port)), ...idle, ...of };
}

/** As many destinations, with addresses of their own; `of` gives what is not default. */
export const candidates = <T>(list: readonly T[], of: (item: T) => Partial<Candidate>): TestCandidate[] =>
  list.map((item, i) => candidate({ at: `192.0.${2 + (i >> 8)}.${i & 255} 80`, ...of(item) }));

/** A first packet; both ends are an address and, after a space, a port. */
export function request(of: { from?: string; to?: string; now?: number } = {}): Request {
  const [source, sourcePort] = (of.from ?? "").split(" ");
  const [destination, destinationPort] = (of.to ?? "").split(" ");
  const family = `${source}${destination}`.includes(":") ? 6 : 4;
  const at = FLOW_KEY[family];
  const key = new Uint32Array(FLOW_WORDS);
  const bytes = new Uint8Array(key.buffer);
  bytes.set(parseAddress(source ?? "") ?? [], at.source);
  bytes.set(parseAddress(destination ?? "") ?? [], at.destination);
  writeNetwork16(bytes, at.sourcePort, Number(sourcePort ?? 0));
  writeNetwork16(bytes, at.destinationPort, Number(destinationPort ?? 0));
  return { family, key, now: of.now ?? 0 };
}

/** Numbers that look random and are the same in each run (Marsaglia's xorshift32); `seed` must not be 0. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
