/** Names of ports, as services(5) has them. */
import { readFile } from "node:fs/promises";

/** Both ways, for `tcp`, `udp` and `sctp`. */
export interface PortNames {
  /** First name of `80/tcp`. */
  readonly byPort: ReadonlyMap<string, string>;
  /** Port of `http/tcp`, by name or alias. */
  readonly byName: ReadonlyMap<string, number>;
}

/** Read the text of a services(5) file; what is no entry is left out. The first entry counts. Never throws. */
export function parsePortNames(text: string): PortNames {
  const byPort = new Map<string, string>();
  const byName = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [name, at = "", ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    const [, port, protocol] = /^(\d{1,5})\/(\w+)$/.exec(at) ?? [];
    if (!name || !port) continue;
    if (!byPort.has(`${Number(port)}/${protocol}`)) byPort.set(`${Number(port)}/${protocol}`, name);
    for (const each of [name, ...aliases])
      if (!byName.has(`${each}/${protocol}`)) byName.set(`${each}/${protocol}`, Number(port));
  }
  return { byPort, byName };
}

/** This machine's names of ports; none if there is no such file. */
export const loadPortNames = async (path = "/etc/services"): Promise<PortNames> =>
  parsePortNames(await readFile(path, "utf8").catch(() => ""));
