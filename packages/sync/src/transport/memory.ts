/** A bus within one process: for tests, and for nodes that share a process. */
import type { Transport } from "./transport.ts";

/** A message on its way to one receiver. */
export interface Delivery {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** Hand it over, if the receiver is still connected and subscribed. */
  deliver(): void;
}

/** A bus to connect to. */
export interface MemoryBus {
  /** A new transport; `name` only tells deliveries apart. */
  connect(name: string): MemoryTransport;
}

/** A transport whose connection can be cut by hand. */
export interface MemoryTransport extends Transport {
  /** Pretend that the connection was lost, or came back. */
  setConnected(isConnected: boolean): void;
}

interface Endpoint {
  readonly name: string;
  readonly subscriptions: Set<{ subject: string; receive: (bytes: Uint8Array) => void }>;
  isConnected: boolean;
}

/**
 * A bus whose transports hear each other.
 *
 * @param carry decides the fate of each delivery: call `deliver` now, later, twice or never. By default soon, in order.
 */
export function createMemoryBus(carry: (delivery: Delivery) => void = soon): MemoryBus {
  const endpoints = new Set<Endpoint>();
  const publish = (from: Endpoint, subject: string, bytes: Uint8Array): void => {
    if (!from.isConnected) return;
    for (const to of endpoints) {
      if (to !== from)
        carry({ from: from.name, to: to.name, subject, bytes, deliver: () => deliver(to, subject, bytes) });
    }
  };
  return {
    connect(name) {
      const endpoint: Endpoint = { name, subscriptions: new Set(), isConnected: true };
      endpoints.add(endpoint);
      return createMemoryTransport(endpoint, publish, () => endpoints.delete(endpoint));
    },
  };
}

function soon(delivery: Delivery): void {
  queueMicrotask(delivery.deliver);
}

function deliver(to: Endpoint, subject: string, bytes: Uint8Array): void {
  if (!to.isConnected) return;
  for (const s of to.subscriptions) if (matchesSubject(s.subject, subject)) s.receive(bytes);
}

function createMemoryTransport(
  endpoint: Endpoint,
  publish: (from: Endpoint, subject: string, bytes: Uint8Array) => void,
  leave: () => void,
): MemoryTransport {
  const watchers = new Set<(isConnected: boolean) => void>();
  const setConnected = (isConnected: boolean): void => {
    if (endpoint.isConnected === isConnected) return;
    endpoint.isConnected = isConnected;
    for (const changed of watchers) changed(isConnected);
  };
  return {
    publish: (subject, bytes) => publish(endpoint, subject, bytes),
    subscribe(subject, receive) {
      const subscription = { subject, receive };
      endpoint.subscriptions.add(subscription);
      return () => endpoint.subscriptions.delete(subscription);
    },
    isConnected: () => endpoint.isConnected,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    setConnected,
    async close() {
      setConnected(false);
      leave();
    },
  };
}

/** Whether a subscription's subject, in which `*` stands for one token, covers a published one. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  return wanted.length === tokens.length && wanted.every((w, i) => w === "*" || w === tokens[i]);
}
