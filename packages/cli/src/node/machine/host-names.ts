/** Names of hosts by the system's resolver: a few look-ups at a time, each question once, and not for ever. */
import { lookup, lookupService } from "node:dns/promises";

/** One look-up; it fails if there is no answer. */
export type LookUp = (question: string) => Promise<string>;

/** Asks many questions. Never rejects; what has no answer in time is not in it. */
export interface HostNames {
  /** Names by address. */
  namesOf(addresses: Iterable<string>): Promise<ReadonlyMap<string, string>>;
  /** IPv4 addresses by name. */
  addressesOf(names: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}

/** What a resolver needs. */
export interface HostNamesOptions {
  readonly nameOf: LookUp;
  readonly addressOf: LookUp;
  /** Milliseconds after which answers are no longer waited for. */
  readonly patienceMs: number;
}

/** A look-up holds one of the four threads that Node reads and writes files with: half of them stay free. */
const AT_A_TIME = 2;

/** A resolver over these look-ups. One that still waits when its questioner has gone is shared with the next one who asks the same. */
export function createHostNames({ nameOf, addressOf, patienceMs }: HostNamesOptions): HostNames {
  const ask = limited(AT_A_TIME);
  const names = shared((address) => ask(() => nameOf(address)));
  const addresses = shared((name) => ask(() => addressOf(name)));
  return {
    namesOf: (questions) => answers(questions, names, patienceMs),
    addressesOf: (questions) => answers(questions, addresses, patienceMs),
  };
}

/** getaddrinfo(3) and getnameinfo(3). */
export const createSystemHostNames = (): HostNames =>
  createHostNames({
    nameOf: async (address) => (await lookupService(address, 0)).hostname,
    addressOf: async (name) => (await lookup(name, { family: 4 })).address,
    patienceMs: 2000,
  });

/** Asks a few at a time, so that what is not asked in time is not asked at all. */
async function answers(questions: Iterable<string>, lookUp: LookUp, patienceMs: number) {
  const found = new Map<string, string>();
  const waiting = new Set(questions).values();
  let isLate = false;
  const askOn = async () => {
    for (const question of waiting) {
      await lookUp(question).then(
        (answer) => found.set(question, answer),
        () => {}, // it has none
      );
      if (isLate) return;
    }
  };
  const all = Promise.all(Array.from({ length: AT_A_TIME }, askOn));
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patienceMs);
  await Promise.race([all, late]);
  isLate = true;
  clearTimeout(timer);
  return new Map(found);
}

/** The same question at the same time is asked once. */
function shared(lookUp: LookUp): LookUp {
  const open = new Map<string, Promise<string>>();
  return (question) => {
    const asked = open.get(question);
    if (asked) return asked;
    const answer = lookUp(question).finally(() => open.delete(question));
    open.set(question, answer);
    return answer;
  };
}

/** Runs at most `limit` at a time; the rest wait in line, and who ends hands his place over. */
function limited(limit: number): (act: () => Promise<string>) => Promise<string> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (act) => {
    if (running < limit) running++;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
