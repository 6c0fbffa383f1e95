/** The node as command lines of ipvsadm need it. */
import { readFileSync } from "node:fs";
import type { NodeApi } from "@tandem/engine";
import { specOf } from "@tandem/model";
import type { Interfaces } from "../../ipvsadm/edit.ts";
import type { IpvsadmNode } from "../../ipvsadm/run-ipvsadm.ts";
import type { Drafting } from "../document/apply-document.ts";
import { editDocument } from "../document/edit-document.ts";
import type { HostNames } from "../machine/host-names.ts";
import { loadPortNames } from "../machine/port-names.ts";
import { lookUpNames } from "./look-up-names.ts";

/** What it is made of. */
export interface IpvsadmParts {
  readonly api: Pick<NodeApi, "services" | "connections" | "zero">;
  readonly drafting: Drafting;
  readonly hosts: HostNames;
  readonly everywhere: IpvsadmNode["everywhere"];
  readonly noteFailure: IpvsadmNode["noteFailure"];
}

/** Look at the node, and change its cluster's document. */
export function createIpvsadmNode({ api, drafting, hosts, ...told }: IpvsadmParts): IpvsadmNode {
  return {
    document: () => specOf(drafting.keeper.current()),
    async change(edit, by) {
      await editDocument(drafting, edit, by);
    },
    services: api.services,
    ...told,
    connections: () => api.connections({}),
    zero: (service, author) => api.zero({ author, ...(service !== undefined && { service }) }),
    async names(addresses) {
      const [names, { byPort }] = await Promise.all([hosts.namesOf(addresses), loadPortNames()]);
      return {
        host: (address) => names.get(address),
        port: (port, protocol) => byPort.get(`${port}/${protocol}`),
      };
    },
    lookUp: (asked) => lookUpNames(asked, hosts),
    interfaces: readInterfaces,
  };
}

/** What Ethernet has; for interfaces whose MTU /sys does not tell: it may be another network namespace's. */
const USUAL_MTU = 1500;

/** Interfaces of this process's own network namespace. */
function readInterfaces(): Interfaces {
  const names = readFileSync("/proc/net/dev", "utf8")
    .split("\n")
    .flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
  return new Map(names.map((name) => [name, readMtu(name) ?? USUAL_MTU]));
}

function readMtu(name: string): number | undefined {
  try {
    return Number(readFileSync(`/sys/class/net/${name}/mtu`, "utf8"));
  } catch {
    return undefined;
  }
}
