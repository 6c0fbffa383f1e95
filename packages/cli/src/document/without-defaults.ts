/** A document without what reading it fills in anyway. */
import { isDeepStrictEqual } from "node:util";
import {
  DestinationSpec,
  type DocumentSpec,
  MarkRuleSpec,
  profileOf,
  ServiceSpec,
  SettingsSpec,
} from "@tandem/model";

/** The same document, shorter: it reads the same. */
export function withoutDefaults({ version, settings, marks, services }: DocumentSpec): object {
  const { service } = profileOf(settings);
  const parts = {
    settings: shorten(settings, (written) =>
      reader(SettingsSpec)({ ...profileOf(written).settings, ...written }),
    ),
    marks: marks.map((rule) => shorten(rule, reader(MarkRuleSpec))),
    services: services.map((s) => shortService(s, service)),
  };
  return { version, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => !isEmpty(part))) };
}

function shortService({ destinations, ...service }: ServiceSpec, defaults: Partial<ServiceSpec>): object {
  const short = shorten(service, (written) => reader(ServiceSpec)({ ...defaults, ...written }));
  if (destinations.length === 0) return short;
  return { ...short, destinations: destinations.map((d) => shorten(d, reader(DestinationSpec))) };
}

/** Reads what is written; undefined if it cannot be read. */
type Reader = (written: object) => unknown;

const reader =
  (schema: { safeParse(value: unknown): { data?: unknown } }): Reader =>
  (written) =>
    schema.safeParse(written).data;

/** Leave out, one by one and on every level, the fields without which it reads the same. */
function shorten(value: object, read: Reader): object {
  const whole = read(value);
  let short: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(value)) {
    const { [name]: _, ...rest } = short;
    if (isDeepStrictEqual(read(rest), whole)) short = rest;
    else if (isFields(field)) short[name] = shorten(field, (inner) => read({ ...rest, [name]: inner }));
  }
  return short;
}

const isFields = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (part: object): boolean => Object.keys(part).length === 0;
