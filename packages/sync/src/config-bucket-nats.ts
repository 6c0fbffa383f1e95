import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { LbError } from "@tandem/model";
import type { ConfigBucket } from "./config-bucket.ts";

/** Revisions of the head that stay readable: the most that JetStream KV keeps of one key. */
const HISTORY = 64;
/** Time before a watch that ended, or could not begin, is begun again. */
const REWATCH_MS = 1000;

/** Where the bucket lies. */
export interface NatsBucketOptions {
  /** The connection, once there is one; the client itself reconnects. */
  readonly connection: Promise<NatsConnection>;
  /** Letters, digits, `-` and `_`: it becomes the bucket's name, `tandem-<cluster>-config`. */
  readonly cluster: string;
  /** Copies that JetStream keeps of the bucket when it is created here: 1, or 3 in a cluster of three servers or more. */
  readonly replicas: 1 | 3;
  /** Time that the server has for each answer. Default 2 s. */
  readonly timeoutMs?: number;
}

/**
 * A bucket in JetStream KV. Reads go to the stream's leader, never to a copy that may be behind.
 *
 * @see @nats-io/kv 3.4 `Bucket.bind`: without `allow_direct`, `get` asks the leader
 */
export function createNatsBucket(options: NatsBucketOptions): ConfigBucket {
  const { connection, replicas, timeoutMs = 2000 } = options;
  const name = `tandem-${options.cluster}-config`;
  const kvm = async () => {
    const connected = await inTime(connection, timeoutMs, NO_SERVER);
    return new Kvm(jetstream(connected, { timeout: timeoutMs, checkAPI: false }));
  };
  const open = async (): Promise<KV> => (await kvm()).open(name);
  return {
    get: (key) =>
      ask(async () => {
        const entry = await (await open()).get(key).catch(unlessNoStream);
        return entry?.operation === "PUT" ? { value: entry.value, version: entry.revision } : undefined;
      }),
    put: (key, value) =>
      ask(async () => {
        const bucket = await (await kvm()).create(name, { replicas, history: HISTORY, timeout: timeoutMs });
        await bucket.put(key, value);
      }),
    keys: (prefix) =>
      ask(async () => {
        const listed = await (await open()).keys(`${prefix}.>`).catch(unlessNoStream);
        return listed ? inTime(collect(listed), timeoutMs, "the list of keys ends early") : [];
      }),
    // A purge of the stream: the bucket's own would leave a marker behind, for ever.
    remove: (key, version) =>
      ask(async () => {
        const connected = await inTime(connection, timeoutMs, NO_SERVER);
        const { streams } = await jetstreamManager(connected, { timeout: timeoutMs, checkAPI: false });
        await streams.purge(`KV_${name}`, { filter: `$KV.${name}.${key}`, seq: version + 1 });
      }),
    compareAndSet: (key, value, version) =>
      ask(async () => {
        const bucket = await open();
        const set = version === undefined ? bucket.create(key, value) : bucket.update(key, value, version);
        return set.then(() => true, unlessOvertaken);
      }),
    watch: (key, hint) => watchKey(open, key, hint),
  };
}

/** A client that has never reached a server makes no connection, and no error either. */
const NO_SERVER = "no server has answered yet";

/** What a promise gives, or an error that says why not when it takes too long. */
async function inTime<T>(promise: Promise<T>, timeoutMs: number, why: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(why)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Errors 10023 and 10047 of JetStream, which say no more. */
const NO_ROOM = /^insufficient (storage )?resources/;
const ROOM = "room for files (`max_file_store` of the servers, or the account's limit)";

/** Foreign errors become our own here. */
async function ask<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const says = (cause as Error).message || String(cause);
    const why = NO_ROOM.test(says) ? `${says}: JetStream's ${ROOM} is used up` : says;
    throw new LbError({ code: "unavailable", what: "the configuration in NATS", why }, { cause });
  }
}

function unlessNoStream(error: unknown): undefined {
  if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)) throw error;
}

function unlessOvertaken(error: unknown): false {
  const isOvertaken =
    error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
  if (!isOvertaken) throw error;
  return false;
}

/** Hint at each change, and begin again for as long as nobody ended it. */
function watchKey(open: () => Promise<KV>, key: string, hint: () => void): () => void {
  let isEnded = false;
  let stop = () => {};
  const run = async (): Promise<void> => {
    while (!isEnded) {
      try {
        const changes = await (await open()).watch({ key });
        stop = () => changes.stop();
        if (isEnded) stop();
        for await (const _ of changes) hint();
      } catch {
        // No bucket yet, or NATS is away: the store looks now and then and says so.
      }
      if (!isEnded) await pause();
    }
  };
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, REWATCH_MS);
      stop = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  void run();
  return () => {
    isEnded = true;
    stop();
  };
}
