/**
 * The echo protocol's only extra: a connection whose first line is `name?` gets the server's name as a line in return.
 * Everything else comes back byte by byte.
 */
export const GREETING = Buffer.from("name?\n");

export interface Greeter {
  /** What to send for the next bytes of one connection. May return the very buffer it was given. */
  answer(bytes: Buffer): Buffer;
}

/** The server's side of one connection. Never throws. */
export function createGreeter(name: string): Greeter {
  const reply = Buffer.from(`${name}\n`);
  let held: Buffer | undefined = Buffer.alloc(0); // the first bytes, as long as they may become a greeting
  return {
    answer(bytes) {
      if (!held) return bytes;
      const start = Buffer.concat([held, bytes]);
      const compared = Math.min(start.length, GREETING.length);
      const isGreeting = start.compare(GREETING, 0, compared, 0, compared) === 0;
      if (isGreeting && start.length < GREETING.length) {
        held = start;
        return Buffer.alloc(0);
      }
      held = undefined;
      return isGreeting ? Buffer.concat([reply, start.subarray(GREETING.length)]) : start;
    },
  };
}
