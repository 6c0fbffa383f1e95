import type { VirtualAddress } from "keepalived-config";
import type { AddressTable } from "./address-table.ts";

/** Which of the wanted addresses are present: same address, same interface, whatever the prefix length. Never throws. */
export function heldAddresses(
  wanted: readonly VirtualAddress[],
  present: readonly VirtualAddress[],
): VirtualAddress[] {
  return present.filter((p) => wanted.some((w) => bare(w) === bare(p) && w.interface === p.interface));
}

/** Remove those of the wanted addresses that are present. Rejects with LbError `unavailable`. */
export async function releaseAddresses(
  table: AddressTable,
  wanted: readonly VirtualAddress[],
): Promise<VirtualAddress[]> {
  const held = heldAddresses(wanted, await table.list());
  for (const address of held) await table.remove(address);
  return held;
}

const bare = ({ address }: VirtualAddress): string => address.split("/", 1)[0]!;
