/** Names on command lines of ipvsadm, looked up as this machine would. */
import type { AskedNames, NameBook } from "../../ipvsadm/name-book.ts";
import type { HostNames } from "../machine/host-names.ts";
import { loadPortNames } from "../machine/port-names.ts";

/** What names stand for, as far as that is found out in a bounded time. Never rejects. */
export async function lookUpNames(asked: AskedNames, hosts: HostNames): Promise<NameBook> {
  const [addresses, { byName }] = await Promise.all([hosts.addressesOf(asked.hosts), loadPortNames()]);
  return {
    host: (name) => addresses.get(name),
    port: (name, protocol) => byName.get(`${name}/${protocol}`),
  };
}
