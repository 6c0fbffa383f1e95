/** Frames over core NATS. What is published while disconnected is discarded by the client: sync repairs it afterwards. */
import {
  type ConnectionOptions,
  connect,
  type Msg,
  type NatsConnection,
  type Subscription,
} from "@nats-io/transport-node";
import { createNatsRefusal } from "./nats-refusal.ts";
import type { Transport } from "./transport.ts";

/** Where the servers are, and who we are to them. */
export interface NatsOptions {
  /** `host:port` or `nats://host:port`, any number of one cluster's servers. */
  readonly servers: readonly string[];
  /** Shown in the server's monitoring. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
}

/** A transport that can lend its connection. */
export interface NatsTransport extends Transport {
  /** The client's connection once the first one was made, for JetStream; the client itself reconnects it for ever. */
  connection(): Promise<NatsConnection>;
  /** What the servers refuse us now, in their words: to come in, or a subject; undefined: nothing. */
  refusal(): string | undefined;
}

/** A server that hangs is noticed after two unanswered pings. */
const PING_INTERVAL_MS = 500;
const MAX_PINGS_OUT = 2;
const RECONNECT_MS = 100;
const CONNECT_TIMEOUT_MS = 1000;

/** A transport that is usable at once: it connects in the background, and again after every loss. Never throws. */
export function createNatsTransport(options: NatsOptions): NatsTransport {
  const subscriptions = new Set<PendingSubscription>();
  const watchers = new Set<(isConnected: boolean) => void>();
  const closed = new AbortController();
  let client: NatsConnection | undefined;
  let isConnected = false;
  const refusal = createNatsRefusal();
  const refuse = (error: unknown): void => refusal.note(error, performance.now());
  const setConnected = (now: boolean): void => {
    if (now === isConnected) return;
    isConnected = now;
    if (now) refusal.onConnected();
    else refusal.onDisconnected();
    for (const changed of watchers) changed(now);
  };
  const connection = connectFirst(options, closed.signal, refuse).then((made) => {
    client = made;
    for (const subscription of subscriptions) open(made, subscription);
    void followStatus(made, setConnected, refuse);
    if (!closed.signal.aborted) setConnected(true);
    return made;
  });
  connection.catch(() => {}); // closed before the first connection
  return {
    connection: () => connection,
    isConnected: () => isConnected,
    refusal: () => refusal.text(performance.now()),
    publish(subject, bytes) {
      if (isConnected && client && !client.isClosed()) client.publish(subject, bytes);
    },
    subscribe(subject, receive) {
      const subscription: PendingSubscription = { subject, receive };
      subscriptions.add(subscription);
      if (client) open(client, subscription);
      return () => {
        subscriptions.delete(subscription);
        subscription.opened?.unsubscribe();
      };
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    async close() {
      closed.abort();
      setConnected(false);
      await client?.close().catch(() => {});
    },
  };
}

interface PendingSubscription {
  readonly subject: string;
  readonly receive: (bytes: Uint8Array) => void;
  opened?: Subscription;
}

function open(client: NatsConnection, subscription: PendingSubscription): void {
  const { subject, receive } = subscription;
  const callback = (error: Error | null, message: Msg): void => {
    if (!error) receive(message.data);
  };
  subscription.opened = client.subscribe(subject, { callback });
}

/** The client reconnects by itself, but only after it was connected once. Rejects when `closed`. */
async function connectFirst(
  options: NatsOptions,
  closed: AbortSignal,
  onError: (error: unknown) => void,
): Promise<NatsConnection> {
  for (;;) {
    closed.throwIfAborted();
    const client = await connect(clientOptions(options)).catch(onError);
    if (client && closed.aborted) await client.close();
    else if (client) return client;
    await new Promise((done) => setTimeout(done, RECONNECT_MS));
  }
}

function clientOptions(options: NatsOptions): ConnectionOptions {
  const { servers, name, user, password } = options;
  return {
    servers: [...servers],
    name,
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    noEcho: true,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_PINGS_OUT,
    ignoreAuthErrorAbort: true, // a server with an old configuration must not end us
  };
}

const STATUS = { disconnect: false, staleConnection: false, close: false, reconnect: true } as const;

async function followStatus(
  client: NatsConnection,
  setConnected: (now: boolean) => void,
  onError: (error: unknown) => void,
): Promise<void> {
  for await (const status of client.status()) {
    if (status.type in STATUS) setConnected(STATUS[status.type as keyof typeof STATUS]);
    if (status.type === "error") onError(status.error);
  }
}
