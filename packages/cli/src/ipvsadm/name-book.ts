/** Names on command lines: `-t www.example.com:http`. They are looked up elsewhere; here they are found, and put in. */
import type { TransportName } from "./command.ts";

/** What names stand for; undefined: nothing. */
export interface NameBook {
  /** IPv4 address of a host. */
  host(name: string): string | undefined;
  port(name: string, protocol: TransportName): number | undefined;
}

/** Names that a line has. */
export interface AskedNames {
  readonly hosts: ReadonlySet<string>;
  /** `http/tcp`, as in services(5). */
  readonly ports: ReadonlySet<string>;
}

/** A book that knows nothing and writes down what it is asked: read lines with it once, look the names up, read them again. */
export function createNameCollector(): NameBook & { readonly asked: AskedNames } {
  const asked = { hosts: new Set<string>(), ports: new Set<string>() };
  return {
    asked,
    host(name) {
      asked.hosts.add(name);
      return "0.0.0.0"; // so that the port behind it is asked for, too
    },
    port(name, protocol) {
      asked.ports.add(`${name}/${protocol}`);
      return 1;
    },
  };
}

/** A book without names. */
export const NO_NAMES: NameBook = { host: () => undefined, port: () => undefined };
