/** `tandem drain`: take a destination out of service without hurting anybody, and bring it back. */
import { type Command, withDaemon } from "../command.ts";

interface Options {
  readonly service?: string;
  readonly undo?: boolean;
}

export const drain: Command<Options> = {
  operands: [
    {
      name: "<destination>",
      help: "address or address:port; IPv6 in brackets before a port",
      values: "destination",
    },
  ],
  options: [
    {
      flags: "--service <service>",
      help: 'only in this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; else in every one that has it',
    },
    {
      flags: "--undo",
      help: "bring it back with the weight that it had; so does applying a file without its `drain: true`",
    },
  ],
  examples: [
    ["drain 10.0.0.1", "before maintenance of a server"],
    ["connections --destination 10.0.0.1", "is anybody still there?"],
    ["drain 10.0.0.1 --undo", "afterwards"],
  ],
  async run({ operands: [destination = ""], options: { service, undo = false } }, world) {
    const request = { destination, undo, author: world.user, ...(service !== undefined && { service }) };
    const done = await withDaemon(world, (node) => node.drain(request));
    const what = undo ? "Back in service" : "Drained";
    const lines = done.destinations.map((key) => `  ${key}\n`).join("");
    const text =
      done.destinations.length === 0
        ? `Nothing to do: it is ${undo ? "in service" : "drained"} already (revision ${done.revision}).\n`
        : `${what} with revision ${done.revision}:\n${lines}`;
    return { json: done, text: () => text };
  },
};
