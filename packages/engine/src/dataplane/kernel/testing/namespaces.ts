/** Network namespaces for kernel tests: this thread enters them one after the other; sockets stay in the one they were made in. */
import { closeSync, existsSync, openSync } from "node:fs";
import koffi from "koffi";
import { runCommand } from "../command.ts";

const setns = koffi.load("libc.so.6").func("int setns(int, int)");
const NEW_NET = 0x4000_0000;

/** A few namespaces that exist until `close`. */
export interface Namespaces {
  /** Move this thread, and what it starts, into a namespace. */
  enter(name: string): void;
  /** Run `ip` in a namespace, once per line. */
  ip(name: string, ...lines: readonly string[]): void;
  /** The name that the rest of the system knows a namespace by. */
  fullName(name: string): string;
  /** Back to the namespace where the test began, and remove the others. */
  close(): void;
}

/** Move this thread, and what it starts, into the network namespace behind a handle such as `/run/netns/x`. */
export function enterNamespace(handle: string): void {
  const fd = openSync(handle, "r");
  if (setns(fd, NEW_NET) !== 0) throw new Error(`cannot enter ${handle}: errno ${koffi.errno()}`);
  closeSync(fd);
}

/** Make namespaces with these names, unique to this process. */
export function createNamespaces(names: readonly string[]): Namespaces {
  const home = openSync("/proc/thread-self/ns/net", "r");
  const fullName = (name: string) => `tandem-test-${process.pid}-${name}`;
  for (const name of names) runCommand("ip", ["netns", "add", fullName(name)]);

  return {
    enter: (name) => enterNamespace(`/var/run/netns/${fullName(name)}`),
    ip(name, ...lines) {
      for (const line of lines) runCommand("ip", ["-n", fullName(name), ...line.split(" ")]);
    },
    fullName,
    close() {
      enterNamespace(`/proc/self/fd/${home}`);
      closeSync(home);
      for (const name of names) {
        if (existsSync(`/var/run/netns/${fullName(name)}`))
          runCommand("ip", ["netns", "delete", fullName(name)]);
      }
    },
  };
}
