/** A control connection of FTP through a director, for tests of what is read of it. */
import { buildSegment, readSegment, type Segment } from "../../packet/testing-segments.ts";
import { RECORD } from "../layout.ts";
import { isAlive, readField, stateOf } from "../record.ts";
import { createTestDirector } from "../testing.ts";

/** Who speaks, in each family; `local` is where full NAT comes from. */
export const nets = {
  4: { client: "198.51.100.7", vip: "203.0.113.100", server: "10.0.0.1", local: "10.0.0.200" },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1", local: "fd00::200" },
} as const;
export const PORT = { client: 40_000, control: 21, server: 2121 };

export type Method = "masquerade" | "full-nat";

/** A director with an FTP service and an established control connection; both ends speak from number 1000 and 5000 on. */
export function openControl(family: 4 | 6 = 4, method: Method = "masquerade", more: object = {}) {
  const { client, vip, server, local } = nets[family];
  const d = createTestDirector({ capacity: 64 });
  d.configure([
    {
      protocol: "tcp",
      address: vip,
      port: PORT.control,
      method,
      helper: "ftp",
      ...(method === "full-nat" ? { sourceAddresses: [local] } : {}),
      destinations: [{ address: server, port: PORT.server }],
      ...more,
    },
  ]);
  const inside = { address: client as string, port: PORT.client };
  const through = (segment: Segment) => {
    d.receive(buildSegment(segment));
    return d.dataplane.sent.splice(0).map(({ bytes }) => bytes);
  };
  const rest = { sequence: 0, acknowledged: 0, payload: "", flags: "A" };
  const fromClient = (more: Partial<Segment>) =>
    through({ ...rest, from: client, fromPort: PORT.client, to: vip, toPort: PORT.control, ...more });
  const fromServer = (more: Partial<Segment>) =>
    through({
      ...rest,
      from: server,
      fromPort: PORT.server,
      to: inside.address,
      toPort: inside.port,
      ...more,
    });

  const [syn] = fromClient({ flags: "S", sequence: 999 });
  if (method === "full-nat") {
    inside.address = local;
    inside.port = readSegment(syn!).fromPort;
  }
  fromServer({ flags: "SA", sequence: 4999, acknowledged: 1000 });
  fromClient({ sequence: 1000, acknowledged: 5000 });
  /** Living records with their state's number. */
  const records = () => {
    const r = d.table.records[family];
    return Array.from({ length: r.capacity }, (_, i) => i)
      .filter((i) => isAlive(r, i))
      .map((index) => ({ index, state: stateOf(r, index), life: readField(r, index, RECORD.life) }));
  };
  return { d, fromClient, fromServer, through, records, inside };
}

/** What a server in passive mode says. */
export const text227 = (address: string, port: number) =>
  `227 Entering Passive Mode (${address.replaceAll(".", ",")},${port >>> 8},${port & 255}).\r\n`;
