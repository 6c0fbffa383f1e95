/** The packets of recorded flows: `client PA+100`, `server COOKIE_ACK+SACK`, `client hello`, with the sequence numbers that they had. */
import { buildSctp, buildTcp, buildUdp, type Ends } from "./packets.ts";
import type { Side } from "./testbed.ts";

/** A flow's two ends; the server's is where its packets come from. */
export interface FlowEnds {
  readonly client: { readonly address: string; readonly port: number };
  readonly virtual: { readonly address: string; readonly port: number };
  readonly real: { readonly address: string; readonly port: number };
}

/** Builds a flow's packets, one after the other. */
export interface FlowPackets {
  /** Undefined: the words mean no packet of this protocol. */
  build(words: string): { from: Side; packet: Uint8Array } | undefined;
}

const FIRST_SEQ: Readonly<Record<Side, number>> = { client: 1000, server: 5000 };

/** Sequence numbers count up from `first`. */
export function createFlowPackets(
  proto: "tcp" | "udp" | "sctp",
  ends: FlowEnds,
  first: Readonly<Record<Side, number>> = FIRST_SEQ,
): FlowPackets {
  const next: Record<Side, number> = { ...first };

  function endsFrom(side: Side): Ends {
    const [a, b] = side === "client" ? [ends.client, ends.virtual] : [ends.real, ends.client];
    return { from: a.address, fromPort: a.port, to: b.address, toPort: b.port };
  }

  function tcp(side: Side, what: string): Uint8Array | undefined {
    const match = /^(\(none\)|[FSRPAU]*)(?:\+(\d+))?$/.exec(what);
    if (!match) return undefined;
    const flags = match[1] === "(none)" ? "" : match[1]!;
    const payload = new Uint8Array(Number(match[2] ?? 0)).fill(0x78);
    const seq = next[side];
    const ack = flags.includes("A") ? next[side === "client" ? "server" : "client"] : 0;
    next[side] += payload.length + Number(flags.includes("S")) + Number(flags.includes("F"));
    return buildTcp({ ...endsFrom(side), flags, seq, ack, payload });
  }

  const builders = {
    tcp,
    udp: (side: Side, what: string) =>
      buildUdp({ ...endsFrom(side), payload: new TextEncoder().encode(what) }),
    sctp: (side: Side, what: string) => buildSctp({ ...endsFrom(side), chunks: what.split("+") }),
  };

  return {
    build(words) {
      const [from, what = ""] = words.split(" ");
      if (from !== "client" && from !== "server") return undefined;
      const packet = builders[proto](from, what);
      return packet && { from, packet };
    },
  };
}
