/** This thread in a node's network namespace for a moment: sockets stay in the one that they were made in. */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { findLink } from "../../../packages/engine/src/dataplane/kernel/links.ts";
import { buildFrame, openFrames } from "../../../packages/engine/src/dataplane/kernel/testing/frames.ts";
import { enterNamespace } from "../../../packages/engine/src/dataplane/kernel/testing/namespaces.ts";
import { namespacePath } from "../../lab/command.ts";
import type { LabNode } from "../../lab/index.ts";

/** A node, as far as it has a network namespace. */
type Namespaced = Pick<LabNode, "namespace">;

/** Do something in a node, at once. */
function inside<T>(node: Namespaced, act: () => T): T {
  const leave = enter(node);
  try {
    return act();
  } finally {
    leave();
  }
}

/** Go to a node's namespace. Returns the way back. */
function enter(node: Namespaced): () => void {
  const home = openSync("/proc/thread-self/ns/net", "r");
  enterNamespace(namespacePath(node.namespace));
  return () => {
    enterNamespace(`/proc/self/fd/${home}`);
    closeSync(home);
  };
}

/** Who is elsewhere for a turn: the next one waits until this thread is back. */
let away: Promise<unknown> = Promise.resolve();

/** Do something whose sockets Node makes in its next turn. */
function insideForATurn(node: LabNode, act: () => unknown): Promise<void> {
  const mine = away.then(async () => {
    const leave = enter(node);
    act();
    await nextTurn();
    leave();
  });
  away = mine;
  return mine;
}

/** A TCP connection from a node. Rejects when it is refused. */
export async function connectTcp(node: LabNode, host: string, port: number): Promise<Socket> {
  const socket = new Socket();
  const connected = once(socket, "connect");
  // Both at a time: an answer may come within the turn, and a refusal is heard only by who already waits for it.
  await Promise.all([connected, insideForATurn(node, () => socket.connect({ host, port }))]);
  socket.setNoDelay();
  return socket;
}

/** A UDP socket from a node, connected: it hears of ICMP errors. */
export async function connectUdp(node: LabNode, host: string, port: number): Promise<UdpSocket> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const connected = once(socket, "connect");
  await Promise.all([connected, insideForATurn(node, () => socket.connect(port, host))]);
  return socket;
}

/** One interface of a node on the level of frames: what comes in there, beside the node's own stack, and what shall leave. */
export interface Tap {
  readonly mac: Uint8Array;
  /** Send an IP packet in a frame to this address. */
  send(packet: Uint8Array, to: Uint8Array): void;
  /** IP packets that came in since the last call. */
  received(): Uint8Array[];
  close(): void;
}

const ETHERNET_BYTES = 14;

/** Ethernet's numbers of the families. */
const ETHER_TYPE = { 4: 0x0800, 6: 0x86dd } as const;

/** Tap an interface; only packets of `family` are received. */
export function openTap(node: Namespaced, device: string, family: 4 | 6 = 4): Tap {
  return inside(node, () => {
    const link = findLink(device);
    const frames = openFrames(link.index);
    return {
      mac: link.mac,
      send: (packet, to) => frames.send(buildFrame(to, link.mac, packet)),
      received: () =>
        frames
          .receive()
          .filter((frame) => frame[12]! * 256 + frame[13]! === ETHER_TYPE[family])
          .map((frame) => frame.slice(ETHERNET_BYTES)),
      close: frames.close,
    };
  });
}
