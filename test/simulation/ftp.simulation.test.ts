/**
 * FTP and persistent clients through directors that fail, restart, lose frames and change their documents: whatever happens, each director's memory is whole;
 * once it is quiet all of them know the same, and any of them can go on with any connection at any step; at last nothing is left.
 */
import { expect, test } from "vitest";
import { NO_FAULTS, type SimulatedNode } from "../../packages/sync/src/testing/index.ts";
import { directorProblems } from "./check-director.ts";
import { type FtpSession, MODES, openFtpSession } from "./ftp-session.ts";
import {
  createSite,
  type Fate,
  SERVICES,
  type Server,
  type ServiceName,
  type Site,
  serverAt,
  tableText,
  virtualOf,
} from "./site.ts";
import { createConversation } from "./tcp-conversation.ts";

const SEEDS = Number(process.env.TANDEM_SEEDS ?? 4);
const FIRST_SEED = Number(process.env.TANDEM_SEED ?? 1);
const STEPS = 120;
/** Longer than a frame takes between directors, with what is lost once. */
const HEARD_MS = 400;
/** Records per family: more than anybody needs, and fewer. */
const PLENTY = 256;
const FEW = 16;
const CLIENTS = 4;

const FTP_SERVICES = ["ftp", "fullFtp", "stickyFtp"] as const;
type FtpService = (typeof FTP_SERVICES)[number];

interface Session extends FtpSession {
  readonly service: FtpService;
  readonly server: Server;
}

/** Everybody at a site. */
function createCrowd(site: Site) {
  const { chance } = site.cluster;
  let nextPort = 1024;
  /** Ports that servers have listened at: each has its own, and may name one that another one has, too. */
  const listened = new Map<string, number>();
  const around = {
    carry: site.carry,
    takePort: () => nextPort++,
    takeServerPort(server: string) {
      const port = listened.get(server) ?? 20_000;
      listened.set(server, port + 1);
      return port;
    },
  };
  const sessions = new Set<Session>();
  const clientOf = (family: 4 | 6) =>
    `${family === 4 ? "198.51.100." : "2001:db8:2::"}${1 + chance.below(CLIENTS)}`;

  /** Another session; undefined if none came about. */
  function arrive(): Session | undefined {
    const service = chance.pick(FTP_SERVICES);
    const session = openFtpSession(around, clientOf(SERVICES[service].family), virtualOf(service));
    const server = session && serverAt(session.control.accepter!.address);
    if (!session || server === undefined) return undefined;
    const known = Object.create(session, { service: { value: service }, server: { value: server } });
    sessions.add(known);
    return known;
  }

  /** The next step of a session. Returns whether it went well. */
  function advance(session: Session): boolean {
    if (session.isConnected) return chance.happens(0.7) ? session.transfer() : session.chat();
    if (session.isAnnounced) return chance.happens(0.7) ? session.connect() : session.chat();
    if (chance.happens(0.3)) return session.chat();
    const is6 = SERVICES[session.service].family === 6;
    return session.announce(chance.pick(MODES.filter((mode) => !is6 || mode.startsWith("extended"))));
  }

  function leave(session: Session): void {
    session.control.close();
    sessions.delete(session);
  }

  /** A client of the web comes and goes. Returns the server that it reached. */
  function visit(client: string): Server | undefined {
    const page = createConversation(site.carry, { address: client, port: nextPort++ }, virtualOf("web"));
    const isServed = page.open() && page.say("opener", "GET /\r\n") !== undefined;
    if (isServed) page.close();
    return isServed ? serverAt(page.accepter!.address) : undefined;
  }

  return { sessions, arrive, advance, leave, visit, clientOf, takePort: around.takePort };
}
type Crowd = ReturnType<typeof createCrowd>;

const upNodes = ({ cluster }: Site): SimulatedNode[] => cluster.nodes.filter((node) => node.isUp());

function expectWhole(site: Site, when: string): void {
  for (const node of upNodes(site)) {
    const director = site.directorOf(node);
    expect(directorProblems(director), `${when}, ${node.name}`).toEqual([]);
  }
}

/** Anything may happen. Sessions that it breaks are given up, as people do. */
function runTrouble(site: Site, crowd: Crowd): void {
  const { chance, time, nodes } = site.cluster;
  site.cluster.setFaults({
    loss: chance.number() * 0.1,
    duplication: chance.number() * 0.05,
    reordering: chance.number() * 0.05,
    delayMs: 1 + chance.number() * 20,
  });
  const serve = (): void => {
    const session = chance.pick([...crowd.sessions, undefined]);
    if (!session) crowd.arrive();
    else if (!crowd.advance(session) && chance.happens(0.5)) crowd.leave(session);
    else if (chance.happens(0.03)) crowd.leave(session);
  };
  const restart = (): void => {
    const node = chance.pick(nodes);
    if (!node.isUp() || upNodes(site).length < 2) return;
    node.stop();
    const isTableKept = chance.happens(0.5);
    time.after(chance.number() * 3000, () => node.start({ isTableKept }));
  };
  const change = (): void => {
    const server = chance.pick([...site.servers.keys()]);
    const isConfigured = chance.happens(0.6);
    site.change(server, { isConfigured, isDown: chance.happens(0.3), weight: chance.below(3) });
  };
  const partition = (): void => {
    const odd = chance.pick(nodes).name;
    site.cluster.partition([[odd], nodes.map((n) => n.name).filter((name) => name !== odd)]);
    time.after(chance.number() * 3000, () => site.cluster.partition([]));
  };
  for (let step = 0; step < STEPS; step++) {
    if (chance.happens(0.1)) site.active = chance.pick(upNodes(site));
    const act = chance.number();
    if (act < 0.7) serve();
    else if (act < 0.85) crowd.visit(crowd.clientOf(4));
    else if (act < 0.92) change();
    else if (act < 0.96) restart();
    else partition();
    expectWhole(site, `step ${step}`);
    time.run(chance.number() * 200);
  }
  time.run(4000); // the last one is back
}

/** The trouble is over: directors agree. */
function runQuiet(site: Site, crowd: Crowd): void {
  const { cluster } = site;
  cluster.setFaults(NO_FAULTS);
  cluster.partition([]);
  for (const server of site.servers.keys())
    site.change(server, { isConfigured: true, isDown: false, weight: 1 });
  cluster.time.run(20_000);
  site.active = cluster.nodes[0]!;
  for (const session of crowd.sessions) {
    let isWell = true;
    while (isWell && (session.isAnnounced || session.isConnected)) isWell = crowd.advance(session);
    if (!isWell || !session.chat()) crowd.leave(session);
  }
  expectAgreement(site, () => {
    for (const { chat, service } of crowd.sessions) expect(chat(), service).toBe(true);
  });
  expectWhole(site, "when quiet");
}

/** Longest that directors may differ: what one has kept over a restart ends with its time, and what hangs on it after that. */
const MOST_LOOKS = 30;
const LOOK_MS = 15_000;

/** In the end they agree; who is to live says something meanwhile (`greet`). */
function expectAgreement(site: Site, greet: () => void = () => {}): void {
  const { nodes, time } = site.cluster;
  const digestsOf = (of: SimulatedNode) =>
    nodes.map((by) =>
      site
        .directorOf(by)
        .digest(by === of ? undefined : of.name)
        .join(),
    );
  const agree = () =>
    new Set(nodes.map((node) => tableText(site.directorOf(node), node.name))).size === 1 &&
    nodes.every((node) => new Set(digestsOf(node)).size === 1);
  for (let looks = 0; looks < MOST_LOOKS && !agree(); looks++) {
    time.run(LOOK_MS);
    greet();
    time.run(HEARD_MS);
  }
  const [first] = nodes;
  for (const node of nodes) {
    const director = site.directorOf(node);
    expect(node.status(), node.name).toMatchObject({ isSynced: true, isReady: true });
    expect(tableText(director, node.name), node.name).toBe(tableText(site.directorOf(first!), first!.name));
    expect(new Set(digestsOf(node)).size, `digests of what ${node.name} owns`).toBe(1);
  }
}

/** Without faults, no step fails, whichever director has the addresses at each. */
function runStrictly(site: Site, crowd: Crowd): void {
  const { chance, time, nodes } = site.cluster;
  const visits = new Map<string, Server>();
  const since = crowd.takePort();
  const move = (): void => {
    time.run(HEARD_MS);
    if (chance.happens(0.5)) site.active = chance.pick(nodes);
  };
  const isUsable = (server: Server): boolean => {
    const { isConfigured, isDown } = site.servers.get(server)!;
    return isConfigured && !isDown;
  };
  const serve = (step: number): void => {
    const session = chance.pick([...crowd.sessions, undefined]);
    const what = `step ${step} of ${session?.service ?? "a new session"} at ${site.active.name}`;
    if (session && chance.happens(0.1)) {
      crowd.leave(session);
      return;
    }
    const arrived = session ?? crowd.arrive();
    expect(arrived, what).toBeDefined();
    expect(isUsable(arrived!.server), what).toBe(true);
    if (session) expect(crowd.advance(session), what).toBe(true);
    expect(arrived!.control.isGarbled, what).toBe(false);
  };
  const visit = (step: number): void => {
    const client = crowd.clientOf(4);
    const server = crowd.visit(client)!;
    expect(isUsable(server), `visit in step ${step}`).toBe(true);
    expect(server, `visit of ${client} in step ${step}`).toBe(visits.get(client) ?? server);
    visits.set(client, server);
  };
  for (let step = 0; step < STEPS; step++) {
    move();
    expectHanging(site, crowd, since);
    const act = chance.number();
    if (act < 0.75) serve(step);
    else if (act < 0.95) visit(step);
    else {
      const server = chance.pick([...site.servers.keys()]);
      withoutServer(site, crowd, { server, move });
      for (const [client, visited] of visits) if (visited === server) visits.delete(client);
    }
    expectWhole(site, `step ${step}`);
  }
}

/**
 * Every director knows every data connection, announced or begun, and on which control connection it hangs; and control connections of persistent clients
 * from this client's port on hang on their template.
 */
function expectHanging(site: Site, crowd: Crowd, since: number): void {
  for (const node of site.cluster.nodes) {
    const rows = site.directorOf(node).rows();
    for (const { service, client, data, controlPort } of crowd.sessions) {
      const rowOf = (clientPort: number, virtualPort: number) =>
        rows.find((r) => r.client === client && r.clientPort === clientPort && r.virtualPort === virtualPort);
      if (service === "stickyFtp" && controlPort >= since) {
        const what = `control connection ${client} ${controlPort} at ${node.name}`;
        expect(rowOf(controlPort, 21)?.controller?.clientPort, what).toBe(0);
      }
      if (!data) continue;
      const row = rowOf(data.clientPort, data.virtualPort);
      const what = `data connection ${client} ${data.clientPort} to ${data.virtualPort} at ${node.name}`;
      expect(row?.controller?.clientPort, what).toBe(controlPort);
    }
  }
}

/** What a session goes through while its server is gone, and whether it goes on when it returns. */
const MEETS: Record<Fate, { chats: boolean; isReset: boolean; chatsAgain: boolean }> = {
  keep: { chats: true, isReset: false, chatsAgain: true },
  drop: { chats: false, isReset: false, chatsAgain: true },
  expire: { chats: false, isReset: false, chatsAgain: false },
  reset: { chats: false, isReset: true, chatsAgain: false },
};

/** A server goes, and returns. */
function withoutServer(site: Site, crowd: Crowd, { server, move }: { server: Server; move(): void }): void {
  const isRemoval = site.cluster.chance.happens(0.5);
  site.change(server, isRemoval ? { isConfigured: false } : { isDown: true });
  const its = [...crowd.sessions].filter((session) => session.server === server);
  const fateOf = (service: ServiceName) => site.fates[service][isRemoval ? "whenRemoved" : "whenDown"];
  for (const { service, chat, control } of its) {
    move();
    const meets = MEETS[fateOf(service)];
    const what = `${service} whose server is ${isRemoval ? "removed" : "down"}: ${fateOf(service)}`;
    expect(chat(), what).toBe(meets.chats);
    expect([...control.reset].sort(), what).toEqual(meets.isReset ? ["accepter", "opener"] : []);
  }
  move();
  site.change(server, { isConfigured: true, isDown: false });
  for (const session of its) {
    move();
    const { chatsAgain } = MEETS[fateOf(session.service)];
    if (chatsAgain) expect(session.chat(), `${session.service} whose server has returned`).toBe(true);
    else crowd.sessions.delete(session);
  }
}

/** Nobody says anything any more: everything ends. */
function expectNothingToStay(site: Site): void {
  const { time, nodes } = site.cluster;
  const isEmpty = () => nodes.every((node) => site.directorOf(node).rows().length === 0);
  for (let minutes = 0; minutes < 20 && !isEmpty(); minutes++) time.run(60_000);
  for (const node of nodes) expect(site.directorOf(node).rows(), node.name).toEqual([]);
  expectWhole(site, "at last");
  expectAgreement(site);
}

function open(seed: number, capacity: number): { site: Site; crowd: Crowd } {
  const site = createSite({ seed, nodes: ["a", "b", "c"].slice(0, 2 + (seed % 2)), capacity });
  const crowd = createCrowd(site);
  site.cluster.time.run(1500);
  runTrouble(site, crowd);
  runQuiet(site, crowd);
  return { site, crowd };
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`FTP goes on at any director, at any step (TANDEM_SEED=${seed})`, () => {
    const { site, crowd } = open(seed, PLENTY);
    runStrictly(site, crowd);
    expectNothingToStay(site);
  });
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`directors whose tables are too small stay whole (TANDEM_SEED=${seed})`, () => {
    const { site } = open(seed, FEW);
    expectNothingToStay(site);
  });
}
