/** Both ends of SCTP associations, on taps: a server that echoes, and a client that asks it. Nothing is sent twice: what is lost fails the test. */
import type { LabNode } from "../../lab/index.ts";
import { until } from "../../lab/index.ts";
import { openTap } from "./inside.ts";
import {
  ackChunk,
  buildSctp,
  CHUNK,
  type Chunk,
  dataChunk,
  initChunk,
  plainChunk,
  readSctp,
  type SctpHeader,
  textOf,
} from "./sctp-packet.ts";

const DEADLINE_MS = 5000;
const POLL_MS = 2;
const COOKIE = Buffer.from("cookie!!");

/** An interface of a node and the MAC address that its packets are sent to: a director's, or the other end's. */
export interface SctpPlace {
  readonly node: LabNode;
  readonly device: string;
  readonly family: 4 | 6;
  readonly via: Uint8Array;
}

/** A server until `close`. */
export interface SctpServer {
  /** Types of the chunks that have come, in order. */
  readonly seen: readonly number[];
  close(): void;
}

/**
 * Serve SCTP on a port of every address: messages come back behind `name` and a space, as the lab's UDP echo does it. The node's own stack, which
 * would refuse the protocol, no longer sees it.
 */
export async function serveSctp(place: SctpPlace, port: number, name: string): Promise<SctpServer> {
  await hideSctp(place.node);
  const tap = openTap(place.node, place.device, place.family);
  const seen: number[] = [];
  /** The client's tag by its address and port. */
  const tags = new Map<string, number>();

  const answers: Readonly<Record<number, (chunk: Chunk) => Chunk[]>> = {
    [CHUNK.init]: () => [initChunk(CHUNK.initAck, port, COOKIE)],
    [CHUNK.cookieEcho]: () => [plainChunk(CHUNK.cookieAck)],
    [CHUNK.data](chunk) {
      const tsn = chunk.value.readUInt32BE(0);
      return [ackChunk(CHUNK.sack, tsn), dataChunk(tsn, `${name} ${textOf(chunk)}`)];
    },
    [CHUNK.shutdown]: () => [plainChunk(CHUNK.shutdownAck)],
  };

  function take(packet: Uint8Array): void {
    const p = readSctp(packet);
    if (p?.toPort !== port) return;
    const peer = `${p.from} ${p.fromPort}`;
    for (const chunk of p.chunks) {
      seen.push(chunk.type);
      if (chunk.type === CHUNK.init) tags.set(peer, chunk.value.readUInt32BE(0));
      const reply = answers[chunk.type]?.(chunk);
      if (reply) tap.send(buildSctp({ ...reversed(p), tag: tags.get(peer) ?? 0 }, reply), place.via);
    }
  }

  const timer = setInterval(() => tap.received().forEach(take), POLL_MS);
  return {
    seen,
    close() {
      clearInterval(timer);
      tap.close();
    },
  };
}

const reversed = ({ from, fromPort, to, toPort }: SctpHeader) => ({
  from: to,
  fromPort: toPort,
  to: from,
  toPort: fromPort,
});

/** A client's end of an association. */
export interface SctpAssociation {
  /** Send a message and wait for one. */
  ask(text: string): Promise<string>;
  /** End it in order: SHUTDOWN, its answer, SHUTDOWN-COMPLETE. */
  shutdown(): Promise<void>;
  /** End it at once. */
  abort(): void;
  /** Forget it, and give the tap back. */
  close(): void;
}

/** Set up an association: INIT and its answer, COOKIE-ECHO and its answer. Rejects after 5 s. `from` should be nobody's address, so that no stack answers. */
export async function connectSctp(place: SctpPlace, path: Omit<SctpHeader, "tag">): Promise<SctpAssociation> {
  const tap = openTap(place.node, place.device, place.family);
  const ownTag = path.fromPort;
  let peerTag = 0;
  let tsn = 0;
  const inbox: Chunk[] = [];

  function collect(): void {
    for (const packet of tap.received()) {
      const p = readSctp(packet);
      if (p?.to === path.from && p.toPort === path.fromPort && p.from === path.to && p.tag === ownTag)
        inbox.push(...p.chunks);
    }
  }

  const send = (...chunks: Chunk[]) => tap.send(buildSctp({ ...path, tag: peerTag }, chunks), place.via);

  async function receive(type: number): Promise<Chunk> {
    let found: Chunk | undefined;
    const isThere = () => {
      collect();
      found = inbox.find((chunk) => chunk.type === type);
      return found !== undefined;
    };
    await until(isThere, {
      deadlineMs: DEADLINE_MS,
      what: `an SCTP chunk of type ${type} came`,
      everyMs: POLL_MS,
    });
    inbox.splice(0, inbox.indexOf(found!) + 1);
    return found!;
  }

  send(initChunk(CHUNK.init, ownTag));
  const { value } = await receive(CHUNK.initAck);
  peerTag = value.readUInt32BE(0);
  send({ type: CHUNK.cookieEcho, value: value.subarray(20) });
  await receive(CHUNK.cookieAck);
  return {
    async ask(text) {
      send(dataChunk(++tsn, text));
      const answer = await receive(CHUNK.data);
      send(ackChunk(CHUNK.sack, answer.value.readUInt32BE(0)));
      return textOf(answer);
    },
    async shutdown() {
      send(ackChunk(CHUNK.shutdown, tsn));
      await receive(CHUNK.shutdownAck);
      send(plainChunk(CHUNK.shutdownComplete));
    },
    abort: () => send(plainChunk(CHUNK.abort)),
    close: tap.close,
  };
}

async function hideSctp(node: LabNode): Promise<void> {
  const input = `table inet sctp_ends {
  chain prerouting {
    type filter hook prerouting priority raw
    meta l4proto sctp drop
  }
}
`;
  await node.exec(["nft", "-f", "-"], { input });
}
