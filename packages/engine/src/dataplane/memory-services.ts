/** What the in-memory data plane knows of services: what `program` sets, and the lookups that the fast path makes. */

import { CLIENT_VALUE } from "../core/layout.ts";
import { maskWords } from "../core/services/client-list.ts";
import { ENDPOINT_WORDS, writeEndpoint } from "../core/services/endpoint.ts";
import type { FastpathWorld } from "../core/twin/fastpath-world.ts";
import { createWordMap } from "../core/word-map.ts";
import { swapPort, wordsOf } from "../packet/words.ts";
import type { TunnelEnds } from "../rewrite/tunnel.ts";
import type { ClientPrefix, Endpoint, Marked, ServiceChange, Tunnel } from "./dataplane.ts";

/** Service maps over plain memory. */
export interface MemoryServices
  extends Pick<FastpathWorld, "service" | "marked" | "isRealServer" | "client" | "tunnel"> {
  program(change: ServiceChange): void;
  programmed(): ServiceChange[];
}

type Setting<K extends ServiceChange["kind"]> = Extract<ServiceChange, { kind: K }>;

interface Clients {
  readonly change: Setting<"set_client">;
  readonly words: Uint32Array;
  readonly mask: Uint32Array;
}

/** Empty maps. `sourceFor` is the data plane's: where the outer headers of tunnels come from. */
export function createMemoryServices(
  sourceFor: (address: Uint8Array) => Uint8Array | undefined,
): MemoryServices {
  const services = createWordMap<Setting<"set_service"> | VipSetting>(ENDPOINT_WORDS);
  const realServers = createWordMap<Setting<"set_real_server">>(ENDPOINT_WORDS);
  const marks = new Map<string, Setting<"set_mark">>();
  /** By service, longest prefix first. */
  const clients = new Map<number, Clients[]>();
  /** A tunnel to whose end no route leads has no source address, and is not there for packets. */
  const tunnels = new Map<number, { change: Setting<"set_tunnel">; ends: TunnelEnds | undefined }>();

  function removeClient({ service, address, bits }: ClientPrefix): void {
    const isOther = ({ change: { at } }: Clients) =>
      at.bits !== bits || at.address.some((byte, i) => byte !== address[i]);
    clients.set(service, clients.get(service)?.filter(isOther) ?? []);
  }

  function addClient(change: Setting<"set_client">): void {
    const { service, address, bits } = change.at;
    removeClient(change.at);
    const words = wordsOf(address);
    const list = [...clients.get(service)!, { change, words, mask: maskWords(words.length, bits) }];
    clients.set(
      service,
      list.sort((a, b) => b.change.at.bits - a.change.at.bits),
    );
  }

  function addTunnel(change: Setting<"set_tunnel">): void {
    const source = sourceFor(change.tunnel.address);
    tunnels.set(change.destination, { change, ends: source && endsOf(change.tunnel, source) });
  }

  const carryOut: { [K in ServiceChange["kind"]]: (change: Setting<K>) => void } = {
    set_service: (change) => services.set(endpointKey(change.at), change),
    delete_service: ({ at }) => services.delete(endpointKey(at)),
    set_vip: (change) => services.set(vipKey(change.address), { ...change, id: 0 }),
    delete_vip: ({ address }) => services.delete(vipKey(address)),
    set_real_server: (change) => realServers.set(endpointKey(change.at), change),
    delete_real_server: ({ at }) => realServers.delete(endpointKey(at)),
    set_mark: (change) => marks.set(markKey(change.at), change),
    delete_mark: ({ at }) => marks.delete(markKey(at)),
    set_client: addClient,
    delete_client: ({ at }) => removeClient(at),
    set_tunnel: addTunnel,
    delete_tunnel: ({ destination }) => tunnels.delete(destination),
  };

  return {
    program: (change) => (carryOut[change.kind] as (c: ServiceChange) => void)(change),
    programmed: () => [
      ...[...services.entries()].map(([, change]) =>
        change.kind === "set_vip" ? vipChange(change) : change,
      ),
      ...[...realServers.entries()].map(([, change]) => change),
      ...marks.values(),
      ...[...clients.values()].flat().map(({ change }) => change),
      ...[...tunnels.values()].map(({ change }) => change),
    ],
    service: (endpoint) => services.get(endpoint),
    marked: (mark, family) => (mark === 0 ? undefined : marks.get(markKey({ mark, family }))),
    isRealServer: (endpoint) => realServers.get(endpoint) !== undefined,
    client(service, _, key) {
      for (const { words, mask, change } of clients.get(service) ?? []) {
        if (words.every((word, i) => ((key[i]! ^ word) & mask[i]!) === 0))
          return change.isAllowed ? CLIENT_VALUE.allow : CLIENT_VALUE.deny;
      }
      return 0;
    },
    tunnel: (destination) => tunnels.get(destination)?.ends,
  };
}

/** An address that is a VIP, as a value of `services`. */
type VipSetting = Setting<"set_vip"> & { readonly id: 0 };

const vipChange = ({ kind, address, flags }: VipSetting): ServiceChange => ({ kind, address, flags });
const vipKey = (address: Uint8Array): Uint32Array => endpointKey({ address, port: 0, protocol: 0 });
const markKey = ({ mark, family }: Marked): string => `${mark} ${family}`;

function endpointKey(at: Endpoint): Uint32Array {
  const key = new Uint32Array(ENDPOINT_WORDS);
  const family = at.address.length === 4 ? 4 : 6;
  const port = swapPort(at.port);
  writeEndpoint(key, { family, from: wordsOf(at.address), at: 0, port, protocol: at.protocol });
  return key;
}

/** A tunnel as the fast path has it. */
export function endsOf(tunnel: Tunnel, source: Uint8Array): TunnelEnds {
  const family = tunnel.address.length === 4 ? 4 : 6;
  const { type, flags } = tunnel;
  const [from, to] = [wordsOf(source), wordsOf(tunnel.address)];
  return { family, type, flags, port: swapPort(tunnel.port), source: from, destination: to };
}
