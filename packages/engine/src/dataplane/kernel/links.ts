/** Programs on network interfaces: where ours are, and how one gets there and away. */
import { LbError } from "@tandem/model";
import { runCommand } from "./command.ts";
import { bpfChecked, describeProgram, type LoadedProgram, libbpf } from "./libbpf.ts";
import { type Link, listLinks } from "./rtnetlink.ts";
import { closeFd, refusal } from "./syscalls.ts";

/** Where a program is attached: `tc` ingress works everywhere and keeps offloads, `xdp` needs the driver's support. */
export type Hook = "tc" | "xdp";

/** Where a program is wanted: an interface by name, and the hook there. */
export interface Attachment {
  readonly link: string;
  readonly hook: Hook;
}

/** A program of ours where it is. */
export interface Attached extends Attachment {
  readonly program: LoadedProgram;
}

const PROGRAM_NAMES = { tc: ["tandem_tc", "tandem_inject"], xdp: ["tandem_xdp"] } as const;

const INGRESS = 1;
const INGRESS_AND_EGRESS = 3;
const TC_REPLACE = 1;
const XDP_DRIVER_MODE = 4;
/** Our place among the filters of an interface. The handle is "td". */
const FILTER = { handle: 0x7464, priority: 1 } as const;

/** The interface called `name`. Throws `LbError` (not_found). */
export function findLink(name: string): Link {
  const link = listLinks().find((l) => l.name === name);
  if (!link) throw new LbError({ code: "not_found", what: "network interface", key: name });
  return link;
}

/** `struct bpf_tc_hook`: size (8 bytes), ifindex, attach point, parent. */
function tcHook(link: Link, attachPoint: number): Uint8Array {
  const hook = Buffer.alloc(24);
  hook.writeBigUInt64LE(24n, 0);
  hook.writeInt32LE(link.index, 8);
  hook.writeInt32LE(attachPoint, 12);
  return hook;
}

/** `struct bpf_tc_opts`: size (8 bytes), program fd, flags, program id, handle, priority. */
function tcOptions(programFd = 0, flags = 0): Buffer {
  const options = Buffer.alloc(32);
  options.writeBigUInt64LE(32n, 0);
  options.writeInt32LE(programFd, 8);
  options.writeUInt32LE(flags, 12);
  options.writeUInt32LE(FILTER.handle, 20);
  options.writeUInt32LE(FILTER.priority, 24);
  return options;
}

/** Attach a program, or replace ours atomically: no packet meets neither. Throws `LbError` (refused). */
export function attachProgram(link: Link, hook: Hook, programFd: number): void {
  const doing = `attach to "${link.name}" at ${hook}`;
  if (hook === "xdp") {
    const result = libbpf().attachXdp(link.index, programFd, XDP_DRIVER_MODE, null);
    if (result < 0) throw refusal(doing, -result, "a driver that does XDP itself, or the hook tc");
    return;
  }
  libbpf().createHook(tcHook(link, INGRESS)); // there already: attaching says what is wrong, if anything is
  bpfChecked(libbpf().attachTc(tcHook(link, INGRESS), tcOptions(programFd, TC_REPLACE)), doing);
}

/** Take our program off an interface. Throws `LbError` (refused). */
export function detachProgram(link: Link, hook: Hook): void {
  const doing = `detach from "${link.name}" at ${hook}`;
  if (hook === "xdp") {
    bpfChecked(libbpf().attachXdp(link.index, -1, XDP_DRIVER_MODE, null), doing);
    return;
  }
  bpfChecked(libbpf().detachTc(tcHook(link, INGRESS), tcOptions()), doing);
  if (!hasFilters(link)) libbpf().destroyHook(tcHook(link, INGRESS_AND_EGRESS));
}

const hasFilters = (link: Link): boolean =>
  ["ingress", "egress"].some(
    (side) => runCommand("tc", ["filter", "show", "dev", link.name, side]).trim() !== "",
  );

/** Whether a program of ours is attached to the interface. Throws `LbError` (refused). */
export function hasProgram(link: Link, hook: Hook): boolean {
  return programOn(link, hook) !== undefined;
}

/** Where programs of ours are attached in this network namespace. Throws `LbError` (refused). */
export function listAttachments(): Attached[] {
  return listLinks().flatMap((link) =>
    (["tc", "xdp"] as const).flatMap((hook) => {
      const program = programOn(link, hook);
      return program ? [{ link: link.name, hook, program }] : [];
    }),
  );
}

/** Our program on an interface, if there is one. */
function programOn(link: Link, hook: Hook): LoadedProgram | undefined {
  const id = hook === "tc" ? tcProgram(link) : xdpProgram(link);
  const fd = id === 0 ? -1 : libbpf().programById(id);
  if (fd < 0) return undefined;
  const program = describeProgram(fd);
  closeFd(fd);
  return (PROGRAM_NAMES[hook] as readonly string[]).includes(program.name) ? program : undefined;
}

function tcProgram(link: Link): number {
  const options = tcOptions();
  return libbpf().queryTc(tcHook(link, INGRESS), options) === 0 ? options.readUInt32LE(16) : 0;
}

function xdpProgram(link: Link): number {
  const id = new Uint32Array(1);
  return libbpf().queryXdp(link.index, XDP_DRIVER_MODE, id) === 0 ? id[0]! : 0;
}
