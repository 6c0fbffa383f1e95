import { PROFILES } from "@tandem/model";
import type { OtherDefaults } from "./field-table.ts";

/** What profiles have other defaults for, by the field's path in documents. */
export function profileDefaults(): OtherDefaults {
  const rows = Object.entries(PROFILES).flatMap(([profile, { settings, service }]) =>
    [...pathsOf("settings", settings), ...pathsOf("services[]", service)].map(
      ([path, value]) => [path, { [profile]: value }] as const,
    ),
  );
  return Object.fromEntries(rows);
}

const pathsOf = (at: string, fields: object) =>
  Object.entries(fields).map(([name, value]) => [`${at}.${name}`, value] as const);
