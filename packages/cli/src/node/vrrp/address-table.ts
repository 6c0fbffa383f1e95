import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LbError } from "@tandem/model";
import type { VirtualAddress } from "keepalived-config";

/** Port to the addresses on this network namespace's interfaces. */
export interface AddressTable {
  /** Every address that is present, with prefix length, on its interface. */
  list(): Promise<VirtualAddress[]>;
  /** Take one away. Resolves as well when it is not there. */
  remove(address: VirtualAddress): Promise<void>;
}

const run = promisify(execFile);

/** The addresses as iproute2's `ip` sees them. Both calls reject with LbError `unavailable`. */
export function createIpAddressTable(): AddressTable {
  return {
    async list() {
      const { stdout } = await run("ip", ["-json", "address", "show"]).catch(refuse);
      return parseIpAddresses(stdout);
    },
    async remove({ address, interface: name }) {
      await run("ip", ["address", "delete", address, "dev", name]).catch((error) => {
        // RTNETLINK answers: Cannot assign requested address; or the interface has gone with it
        if (!/Cannot assign|Cannot find device/.test(String(error))) refuse(error);
      });
    },
  };
}

/** Parse `ip -json address show`. Throws what JSON.parse throws. */
export function parseIpAddresses(json: string): VirtualAddress[] {
  const links = JSON.parse(json) as {
    ifname?: string;
    addr_info?: { local?: string; prefixlen?: number }[];
  }[];
  return links.flatMap((link) =>
    (link.addr_info ?? []).flatMap((a) =>
      a.local === undefined ? [] : [{ address: `${a.local}/${a.prefixlen}`, interface: link.ifname ?? "" }],
    ),
  );
}

function refuse(error: unknown): never {
  throw new LbError({ code: "unavailable", what: "ip", why: String(error) }, { cause: error });
}
