/**
 * The packets behind a recording's listings. They were not recorded; but the connections and counters that a passage shows say which packets can have led to
 * them: these are sent before it begins.
 */
import { setTimeout as delay } from "node:timers/promises";
import { specOf } from "@tandem/model";
import { entryKey } from "../entries.ts";
import { connectionsCounted, evidenceOf } from "./evidence.ts";
import { inventConnections } from "./invented.ts";
import { play } from "./play.ts";
import { type Dish, fillUp, openingOf, type Portion } from "./portions.ts";
import { recipeOf } from "./recipes.ts";
import type { Invocation, Passage } from "./recording.ts";
import { type Counters, type ServerKey, type Sighted, zeroedBy } from "./sightings.ts";
import { aimedAt, type Place, placeOf, placesOf } from "./stage.ts";
import type { World } from "./world.ts";

/** Brings about what passages show, one after the other. */
export interface Traffic {
  /** Before the first step of a passage. Resolves with what cannot be derived, one sentence each. */
  before(passage: number): Promise<readonly string[]>;
  /** After each step. */
  note(step: Invocation): void;
  /** Whether there are connections, which may time out. */
  hasConnections(): boolean;
}

/** The packets of a real server. */
interface Meal {
  readonly place: Place;
  readonly dishes: Dish[];
  /** How many of the dishes are new connections. */
  readonly connections: number;
  /** They stay; else each packet is one of its own. */
  readonly isLasting: boolean;
}

/** A connection has been established for so long before it is closed: nobody closes within the time that the director takes to look at it. */
const SETTLING_MS = 1500;

const NOTHING: Counters = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

/** Begin. Counters may be shown later than the connections that they count: this looks at all passages. */
export function createTraffic(passages: readonly Passage[], world: World): Traffic {
  const evidence = evidenceOf(passages);
  const hasTables = evidence.some(({ table }) => table !== undefined);
  const live = new Map<string, Sighted>();
  const sent = new Map<ServerKey, Counters>();

  /** Connections that a passage without a table has counted: those that a later one shows. */
  function ahead(passage: number, places: readonly Place[]): Sighted[] {
    const counted = connectionsCounted(passages[passage]!);
    const later = evidence.slice(passage).flatMap(({ fresh }) => fresh.filter((c) => !live.has(entryKey(c))));
    return places.flatMap((place) => {
      const known = [...live.values()].filter((c) => placeOf(c, places) === place).length;
      return later
        .filter((c) => placeOf(c, places) === place)
        .slice(0, Math.max(0, (counted.get(place.key) ?? 0) - known));
    });
  }

  /** The packets that come to one real server: of new connections, or more of one that lives. */
  function cook(place: Place, fresh: readonly Sighted[], shown: Counters | undefined): Meal | string {
    const missing = shown && minus(shown, sent.get(place.key) ?? NOTHING);
    const isOnePacket = place.service.onePacket && fresh.length === 0;
    const clients = isOnePacket ? onePacketClients(place, missing?.connections ?? 0) : fresh;
    const meal: Meal = { place, dishes: [], connections: clients.length, isLasting: !isOnePacket };
    if (clients.length === 0 && (missing?.inPackets ?? 0) === 0 && (missing?.outPackets ?? 0) === 0)
      return meal;
    for (const connection of clients.length > 0 ? clients : hostOf(place)) {
      const { protocol, state } = connection;
      const recipe = live.has(entryKey(connection)) ? [] : recipeOf(protocol, state, place.isTranslated);
      if (!recipe) return `no way is known into the state ${state} of ${protocol}`;
      meal.dishes.push({
        connection: withCall(connection, place),
        portions: recipe.map((each) => ({ ...each, extraBytes: 0 })),
      });
    }
    if (missing && missing.connections !== clients.length)
      return `${missing.connections} connections were counted, ${clients.length} are known`;
    return (missing && fillUp(meal.dishes, missing)) ?? meal;
  }

  /** A connection that more packets change nothing of. */
  function hostOf(place: Place): Sighted[] {
    const own = [...live.values()].filter((c) => placeOf(c, [place]) !== undefined);
    return own.filter(({ state }) => state === "ESTABLISHED" || state === "UDP").slice(0, 1);
  }

  async function open(meal: Meal): Promise<void> {
    const opening = () => send(meal, (d) => d.portions.slice(0, openingOf(d)));
    if (meal.connections === 0) return opening();
    const virtuals = meal.dishes.map(({ connection }) => connection.virtual);
    await aimedAt(meal.place, { virtuals, isLasting: meal.isLasting }, world, opening);
    sent.set(
      meal.place.key,
      plus(sent.get(meal.place.key) ?? NOTHING, { ...NOTHING, connections: meal.connections }),
    );
  }

  const close = (meal: Meal): Promise<void> => send(meal, (d) => d.portions.slice(openingOf(d)));

  async function send(
    { place, dishes, isLasting }: Meal,
    which: (d: Dish) => readonly Portion[],
  ): Promise<void> {
    for (const dish of dishes) {
      const total = await play(dish, which(dish), { world, isLasting });
      sent.set(place.key, plus(sent.get(place.key) ?? NOTHING, total));
    }
  }

  return {
    async before(passage) {
      const now = evidence[passage]!;
      for (const key of live.keys())
        if (now.table && !now.table.some((c) => entryKey(c) === key)) live.delete(key);
      const { steps } = passages[passage]!;
      const places = placesOf(await world.api(async (node) => specOf(await node.document())));
      const shown = now.table
        ? now.fresh
        : hasTables
          ? ahead(passage, places)
          : inventConnections(steps, places, live);
      const fresh = shown.filter((c) => !live.has(entryKey(c)));
      const cooked = places.map((place) => {
        const own = fresh.filter((c) => placeOf(c, places) === place);
        return { place, meal: cook(place, own, now.counters.get(place.key)) };
      });
      const meals = cooked.flatMap(({ meal }) => (typeof meal === "string" ? [] : [meal]));
      const [closing = [], lasting = []] = [true, false].map((is) =>
        meals.filter((meal) => isClosed(meal) === is),
      );
      for (const meal of closing) await open(meal);
      if (closing.length > 0) await delay(SETTLING_MS);
      for (const meal of closing) await close(meal);
      // last, because there are those among them that live for seconds only
      for (const meal of lasting) await open(meal);
      for (const c of fresh) live.set(entryKey(c), c);
      return cooked.flatMap(({ place, meal }) => (typeof meal === "string" ? [`${place.key}: ${meal}`] : []));
    },
    hasConnections: () => live.size > 0,
    note(step) {
      const zeroed = zeroedBy(step);
      for (const key of sent.keys())
        if (zeroed === "all" || (zeroed !== undefined && key.startsWith(`${zeroed} > `))) sent.delete(key);
    },
  };
}

const isClosed = ({ dishes }: Meal): boolean => dishes.some((d) => openingOf(d) < d.portions.length);

/** A service that knows calls by their ids drops what has none. */
const withCall = (c: Sighted, { service }: Place): Sighted =>
  service.persistence?.engine === undefined || c.engineData !== undefined
    ? c
    : { ...c, engineData: `of ${c.client}`.replace(/\W/g, "-") };

/** Each datagram is a connection of its own, which nothing shows. */
const onePacketClients = ({ service, at }: Place, count: number): Sighted[] =>
  Array.from({ length: count }, (_, i) => ({
    protocol: "UDP",
    client: `10.1.0.200:${4000 + i}`,
    virtual: `${service.address}:${service.port}`,
    destination: `${service.destinations[at]!.address}:${service.destinations[at]!.port ?? service.port}`,
    state: "UDP",
    expires: 0,
  }));

type Field = Exclude<keyof Counters, "isRounded">;
const FIELDS = Object.keys(NOTHING) as Field[];
const combine = (a: Counters, b: Counters, by: (x: number, y: number) => number): Counters =>
  Object.fromEntries(FIELDS.map((field) => [field, by(a[field], b[field])])) as unknown as Counters;
const minus = (a: Counters, b: Counters): Counters => combine(a, b, (x, y) => x - y);
const plus = (a: Counters, b: Counters): Counters => combine(a, b, (x, y) => x + y);
