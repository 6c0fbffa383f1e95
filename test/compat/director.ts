/**
 * A whole director in this process, over the in-memory data plane and in virtual time, in the network of the recordings and with the host's own stack behind it.
 * Commands and sysctls are those of the recordings.
 */
import {
  type DestinationSpec,
  type Document,
  DocumentSpec,
  EMPTY_DOCUMENT,
  parseAddress,
  reviseDocument,
  type SettingsSpec,
} from "@tandem/model";
import { editDocument, isEdit } from "../../packages/cli/src/ipvsadm/edit.ts";
import { isRefusal, parseIpvsadm } from "../../packages/cli/src/ipvsadm/parse.ts";
import { applySysctls, SYSCTLS } from "../../packages/cli/src/ipvsadm/sysctl.ts";
import { ROUTE } from "../../packages/engine/src/core/twin/fastpath-world.ts";
import type { Departure } from "../../packages/engine/src/dataplane/memory.ts";
import type { ConnectionRow, DestinationCounts } from "../../packages/engine/src/forwarder-protocol.ts";
import { startInProcess } from "../../packages/engine/src/testing.ts";
import { type Frame, frameTo } from "./frames.ts";
import { hostAnswer } from "./host.ts";
import { serviceName } from "./listing.ts";
import { markRules } from "./marks.ts";
import { type Ran, runLine } from "./shell.ts";
import { IFINDEX, isLocal, ownAddress, type Side, sideOf } from "./testbed.ts";

/** Counts of a real server, and where it stands: `service` is `serviceName`. */
export type CountedDestination = DestinationCounts & {
  readonly service: string;
  readonly address: string;
  readonly port: number;
};

/** What a recording begins with: nothing, and the kernel's own behaviour where ours is another one by default. */
export const NO_SERVICES = DocumentSpec.parse({ version: 1, settings: { profile: "lvs" } });

/** The director of one case. */
export interface Director {
  /** As an operator of Tandem would have to write it, to get what the recorded commands and sysctls ask for. */
  readonly spec: DocumentSpec;
  /** The settings that this leads to. */
  readonly settings: SettingsSpec;
  /** A real server's forwarding method has been edited. */
  readonly hasChangedMethod: boolean;
  /** Carry out a recorded command line. Undefined: it is none that means anything here. */
  run(line: string): Ran | undefined;
  /** Set one of net.ipv4.vs. False: it is not known. */
  sysctl(name: string, value: number): boolean;
  /** Send a packet, IP header on, from one side; what leaves, in order. */
  send(from: Side, packet: Uint8Array): Frame[];
  pass(seconds: number): void;
  /** MTU of the link on a side, in bytes. */
  linkMtu(side: Side): number;
  connections(): ConnectionRow[];
  /** Counts of a configured destination, by the address and port of the recordings. */
  destinations(): CountedDestination[];
}

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
/** What a step of a recording took, or thereabouts: timers have run a little when they are read. */
const STEP_SECONDS = 0.02;
/** Time goes on in steps of this many seconds, so that timers fire when they are due. */
const SLICE_SECONDS = 0.1;
/** One day: what a recording asks for beyond that is a mistake in it. */
const LONGEST_SECONDS = 86_400;
const MTU = 1500;

/**
 * A director without services, with the kernel's own behaviour where ours is another one by default.
 *
 * @param note of the recording: which packets carry which firewall mark
 */
export function createDirector(note = ""): Director {
  const mtu: Record<Side, number> = { client: MTU, server: MTU };
  const frames: Frame[] = [];
  const forwarder = startInProcess({
    capacity: 1024,
    mtu: (address) => mtu[sideOf(address)],
    sourceFor: ownAddress,
    // what the fast path's own route lookup says of packets that this host would not forward
    route: (address) => (isLocal(address) ? ROUTE.notForwarded : ROUTE.success),
    onLeave: (left) => frames.push(...framesOf(left)),
  });
  let spec = NO_SERVICES;
  let document: Document = EMPTY_DOCUMENT;
  let hasChangedMethod = false;
  const values: Record<string, number> = {};

  function program(): void {
    const marks = markRules(spec, note);
    document = reviseDocument(document, applySysctls({ ...withLocal(spec), marks }, values));
    forwarder.ask("program", { document, weights: new Map(), down: new Set() });
    forwarder.settle();
  }

  function ipvsadm(words: readonly string[]): Ran {
    const command = parseIpvsadm(words);
    if (isRefusal(command)) return command;
    if (!isEdit(command)) return { exit: 0, message: "", command };
    const edited = editDocument(spec, command);
    if (isRefusal(edited)) return edited;
    if (command.name === "edit-server") hasChangedMethod ||= methodsOf(spec) !== methodsOf(edited.document);
    spec = edited.document;
    program();
    return { exit: 0, message: "" };
  }

  function sysctl(name: string, value: number): boolean {
    if (!SYSCTLS[name]) return false;
    values[name] = value;
    program();
    return true;
  }

  program();
  return {
    get spec() {
      return spec;
    },
    get settings() {
      return document.settings;
    },
    get hasChangedMethod() {
      return hasChangedMethod;
    },
    run: (line) => runLine(line, { ipvsadm, sysctl, setMtu: (side, bytes) => void (mtu[side] = bytes) }),
    sysctl,
    send(from, packet) {
      const { dataplane } = forwarder;
      dataplane.receive(IFINDEX[from], packet);
      forwarder.settle();
      dataplane.sent.length = 0;
      dataplane.host.length = 0;
      const left = frames.splice(0);
      pass(STEP_SECONDS);
      return left;
    },
    pass,
    linkMtu: (side) => mtu[side],
    connections() {
      const rows: ConnectionRow[] = [];
      for (let cursor: number | null = 0; cursor !== null; ) {
        const page: { rows: ConnectionRow[]; next: number | null } = forwarder.ask("list", {
          cursor,
          limit: 10_000,
        });
        rows.push(...page.rows);
        cursor = page.next;
      }
      return rows;
    },
    destinations() {
      const counts = new Map(
        forwarder.ask("services", {}).flatMap((s) => s.destinations.map((c) => [c.destinationId, c])),
      );
      return document.services.flatMap((s) =>
        s.destinations.map((d) => ({
          ...counts.get(d.id)!,
          service: serviceName(s),
          address: d.address,
          port: d.port ?? s.port,
        })),
      );
    },
  };

  function pass(seconds: number): void {
    if (!(seconds >= 0 && seconds <= LONGEST_SECONDS)) throw new Error(`no time to let pass: ${seconds} s`);
    for (let left = seconds; left > 0; left -= SLICE_SECONDS) {
      forwarder.clock.now += Math.round(Math.min(left, SLICE_SECONDS) * TICKS_PER_SECOND);
      forwarder.settle();
    }
  }
}

/** A packet that left by the wire, or what the host's own stack makes of one that was left to it. */
function framesOf(left: Departure): Frame[] {
  if (left.to === "wire") return [frameTo(left.nextHop, left.bytes)];
  const answer = hostAnswer(left.bytes);
  if (!answer) return [];
  const isV4 = answer[0]! >>> 4 === 4;
  return [frameTo(isV4 ? answer.slice(16, 20) : answer.slice(24, 40), answer)];
}

/** A real server at one of the director's own addresses is the host itself, as the kernel finds when it sends there. */
function withLocal(spec: DocumentSpec): DocumentSpec {
  const isHost = (d: DestinationSpec) => isLocal(parseAddress(d.address)!);
  const local = (d: DestinationSpec): DestinationSpec => {
    const { tunnel: _, ...kept } = d;
    return isHost(d) ? { ...kept, method: "local" } : d;
  };
  const services = spec.services.map((s) => ({ ...s, destinations: s.destinations.map(local) }));
  return { ...spec, services };
}

const methodsOf = ({ services }: DocumentSpec): string =>
  services.map((s) => s.destinations.map((d) => d.method).join()).join(";");
