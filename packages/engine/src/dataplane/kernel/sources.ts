/** Source addresses of what this host sends, remembered until routing may have changed. */
import type { Routes } from "./routes.ts";

/** Addresses that are remembered; when there are more, all are forgotten. */
const REMEMBERED = 4096;

export interface Sources {
  /** Readable when routing may have changed: for `poll`. */
  readonly fd: number;
  /** As `DataPlane.sourceFor`; the result is shared: read only. */
  sourceFor(address: Uint8Array): Uint8Array | undefined;
  /** Forget everything if routing may have changed since the last call, and say so. Never throws. */
  turn(): boolean;
  close(): void;
}

/** Sources by the kernel's routing. An address without a route is asked for again each time. */
export function createSources(routes: Routes): Sources {
  const known = new Map<string, Uint8Array>();

  function ask(address: Uint8Array, key: string): Uint8Array | undefined {
    const source = routes.askSource(address);
    if (known.size >= REMEMBERED) known.clear();
    if (source) known.set(key, source);
    return source;
  }

  return {
    fd: routes.fd,
    sourceFor(address) {
      const key = String.fromCharCode(...address);
      return known.get(key) ?? ask(address, key);
    },
    turn() {
      const isChanged = routes.drain();
      if (isChanged) known.clear();
      return isChanged;
    },
    close: routes.close,
  };
}
