/** A client's FTP session with the server that the director gave it: what both say, and the data connections that come of it. */
import { type Carry, type Conversation, createConversation, type Endpoint } from "./tcp-conversation.ts";

/** How a data connection is announced. */
export const MODES = ["passive", "extended-passive", "port", "extended-port"] as const;
export type Mode = (typeof MODES)[number];

/** A session. Every step tells whether it went as it does without a director between. */
export interface FtpSession {
  readonly client: string;
  readonly control: Conversation;
  /** A line of each side. */
  chat(): boolean;
  /** One side names an endpoint, and the other hears of one. */
  announce(mode: Mode): boolean;
  /** The data connection that was announced is made, between the ends that were named. */
  connect(): boolean;
  /** Data goes both ways, and the connection is closed; then the server says so. */
  transfer(): boolean;
  /** What was announced, and what has begun. */
  readonly isAnnounced: boolean;
  readonly isConnected: boolean;
  /** How directors know the data connection that was announced or has begun, and the control connection. */
  readonly data: { readonly clientPort: number; readonly virtualPort: number } | undefined;
  readonly controlPort: number;
}

interface Announced {
  readonly virtualPort: number;
  /** 0: not known before the first packet. */
  readonly clientPort: number;
  readonly opener: Endpoint;
  readonly to: Endpoint;
  /** Whom the opener must reach, and from where that must seem to come; undefined: from anywhere. */
  readonly accepter: Endpoint;
  readonly seenFrom: Endpoint | undefined;
}

/** What a session needs of its surroundings. */
export interface SessionSurroundings {
  readonly carry: Carry;
  /** The client's next free port, and one that a server listens at. */
  takePort(): number;
  takeServerPort(server: string): number;
}

/** A session of a client with a virtual endpoint; undefined if no control connection came about. */
export function openFtpSession(
  around: SessionSurroundings,
  client: string,
  virtual: Endpoint,
): FtpSession | undefined {
  const { carry, takePort, takeServerPort } = around;
  const controlPort = takePort();
  const control = createConversation(carry, { address: client, port: controlPort }, virtual);
  if (!control.open()) return undefined;
  const server = control.accepter!;
  let announced: Announced | undefined;
  let data: Conversation | undefined;
  let known: FtpSession["data"];

  const clientSays = (line: string) => control.say("opener", `${line}\r\n`)?.trimEnd();
  const serverSays = (line: string) => control.say("accepter", `${line}\r\n`)?.trimEnd();

  function announcePassive(ask: string, answer: (port: number) => string): boolean {
    const port = takeServerPort(server.address);
    if (clientSays(ask) !== ask) return false;
    const told = endpointIn(serverSays(answer(port)), virtual.address);
    announced = told && {
      ...{ virtualPort: told.port, clientPort: 0, opener: { address: client, port: takePort() }, to: told },
      ...{ accepter: { address: server.address, port }, seenFrom: undefined },
    };
    return told?.address === virtual.address;
  }

  function announceActive(command: (port: number) => string): boolean {
    const port = takePort();
    const told = endpointIn(clientSays(command(port)), undefined);
    announced = told && {
      ...{ virtualPort: virtual.port - 1, clientPort: port },
      ...{ opener: { address: server.address, port: server.port - 1 }, to: told },
      accepter: { address: client, port },
      seenFrom: { address: virtual.address, port: virtual.port - 1 },
    };
    return told?.address === control.seenFrom!.address;
  }

  const announce: Record<Mode, () => boolean> = {
    passive: () => announcePassive("PASV", (port) => `227 Entering (${sixNumbers(server.address, port)}).`),
    "extended-passive": () => announcePassive("EPSV", (port) => `229 Entering (|||${port}|)`),
    port: () => announceActive((port) => `PORT ${sixNumbers(client, port)}`),
    "extended-port": () =>
      announceActive((port) => `EPRT |${client.includes(":") ? 2 : 1}|${client}|${port}|`),
  };

  return {
    ...{ client, control, controlPort },
    chat: () => clientSays("NOOP") === "NOOP" && serverSays("200 Fine.") === "200 Fine.",
    announce(mode) {
      data = announced = undefined;
      const isWell = announce[mode]();
      known = announced;
      return isWell;
    },
    connect() {
      if (!announced) return false;
      const { opener, to, accepter, seenFrom } = announced;
      data = createConversation(carry, opener, to);
      known = { ...announced, clientPort: announced.clientPort || opener.port };
      announced = undefined;
      return (
        data.open() &&
        isSame(data.accepter!, accepter) &&
        (seenFrom === undefined || isSame(data.seenFrom!, seenFrom))
      );
    },
    transfer() {
      const isHeard = data?.say("opener", "up") === "up" && data.say("accepter", "down") === "down";
      data?.close();
      data = known = undefined;
      return isHeard && serverSays("226 Done.") === "226 Done.";
    },
    get isAnnounced() {
      return announced !== undefined;
    },
    get isConnected() {
      return data !== undefined;
    },
    get data() {
      return known;
    },
  };
}

const isSame = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port;

const sixNumbers = (address: string, port: number): string =>
  [...address.split("."), port >>> 8, port & 255].join(",");

/** The endpoint that a line names; `address` is that of a line which names none. */
function endpointIn(line: string | undefined, address: string | undefined): Endpoint | undefined {
  const six = line?.match(/(\d+,\d+,\d+,\d+),(\d+),(\d+)/);
  if (six) return { address: six[1]!.replaceAll(",", "."), port: Number(six[2]) * 256 + Number(six[3]) };
  const fields = line?.match(/\|([12]?)\|([^|]*)\|(\d+)\|/);
  if (!fields) return undefined;
  const named = fields[2] || address;
  return named === undefined ? undefined : { address: named, port: Number(fields[3]) };
}
