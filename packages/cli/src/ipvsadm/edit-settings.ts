/** `--set`, `--start-daemon`, `--stop-daemon`: settings of the document. */
import { familyOf, type SyncDaemonSpec, type TimeoutsSpec } from "@tandem/model";
import type { IpvsadmRefusal, SyncDaemon } from "./command.ts";
import type { Draft, DraftService } from "./draft.ts";
import type { EditOf, Interfaces } from "./edit.ts";
import { INVALID_OPERATION, kernelRefusal } from "./refusal.ts";

/** Timeouts that are not 0. */
export function setTimeouts(draft: Draft, { tcp, tcpFin, udp }: EditOf<"set">): undefined {
  const before = draft.settings.timeouts;
  const timeouts: TimeoutsSpec = {
    ...before,
    ...((tcp > 0 || tcpFin > 0) && {
      tcp: { ...before.tcp, ...(tcp > 0 && { established: tcp }), ...(tcpFin > 0 && { finWait: tcpFin }) },
    }),
    ...(udp > 0 && { udp: { ...before.udp, single: udp, lasting: udp } }),
  };
  draft.settings = { ...draft.settings, timeouts };
}

/** A sync daemon that is to run. */
export function startDaemon(
  draft: Draft,
  { daemon }: EditOf<"start-daemon">,
  interfaces: Interfaces,
): IpvsadmRefusal | undefined {
  if ([...draft.services.values()].some(hasOtherFamily)) return kernelRefusal(INVALID_OPERATION);
  const name = daemon.interface ?? "eth0";
  const mtu = interfaces.get(name);
  if (mtu === undefined) return kernelRefusal("No such device");
  const { syncDaemons } = draft.settings;
  if (syncDaemons.some((d) => d.mode === daemon.mode)) return kernelRefusal("Daemon has already run");
  draft.settings = { ...draft.settings, syncDaemons: [...syncDaemons, daemonSpec(daemon, name, mtu)] };
  return undefined;
}

/** The kernel's protocol has no words for connections from one family into the other. */
function hasOtherFamily(service: DraftService): boolean {
  const family = familyOf(service.spec.address);
  return service.finished().destinations.some((d) => familyOf(d.address) !== family);
}

/** Headers of UDP, and of IP by family. */
const HEADER_BYTES = { 4: 20 + 8, 6: 40 + 8 } as const;

function daemonSpec(daemon: SyncDaemon, name: string, mtu: number): SyncDaemonSpec {
  const { mode, syncId = 0, group = "224.0.0.81", port = 8848, ttl = 1 } = daemon;
  const usual = Math.min(mtu, USUAL_MTU) - HEADER_BYTES[group.includes(":") ? 6 : 4];
  const wanted = daemon.maxLength ?? usual;
  const maxLength = Math.max(wanted, mode === "backup" ? LEAST_OF_BACKUP : 1);
  return { mode, interface: name, syncId, maxLength, group, port, ttl };
}

/** A backup has room for what masters usually send (Linux 6.1). */
const LEAST_OF_BACKUP = 1024;
/** Without a word of it messages are no longer than this allows. */
const USUAL_MTU = 1500;

/** A sync daemon that is to run no more. */
export function stopDaemon(draft: Draft, { mode }: EditOf<"stop-daemon">): IpvsadmRefusal | undefined {
  const { syncDaemons } = draft.settings;
  const left = syncDaemons.filter((d) => d.mode !== mode);
  if (left.length === syncDaemons.length) return kernelRefusal("No daemon is running");
  draft.settings = { ...draft.settings, syncDaemons: left };
  return undefined;
}
