/** The fast path on one interface, and the fast path's knowledge of that interface. */
import { LbError } from "@tandem/model";
import type { Kept } from "./interface-keeper.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { type Attachment, attachProgram, hasProgram } from "./links.ts";
import { isSameLink, type Link } from "./rtnetlink.ts";

/** Keep a program on an interface. `interfacesFd` is the map that tells the XDP program each interface's address. */
export function keepProgram(attachment: Attachment, programFd: number, interfacesFd: number): Kept {
  const { link: name, hook } = attachment;
  let named: Link | undefined;

  function forget(): void {
    if (named) libbpf().delete(interfacesFd, new Uint32Array([named.index]));
    named = undefined;
  }

  return {
    mend(links) {
      const link = links.get(name);
      if (!link || (named && !isSameLink(link, named))) forget();
      if (!link) throw new LbError({ code: "not_found", what: "network interface", key: name });
      if (named && hasProgram(link, hook)) return;
      bpfChecked(
        libbpf().update(interfacesFd, new Uint32Array([link.index]), link.mac, 0n),
        "name an interface",
      );
      attachProgram(link, hook, programFd); // in the place of a former daemon's, too
      named = link;
    },
  };
}
