/** Answers as data. */
import type { Format } from "./command.ts";

type DataFormat = Exclude<Format, "text">;

/** One value, to be read by people as well. Ends with a newline. */
export async function serialize(value: unknown, format: DataFormat): Promise<string> {
  return format === "json" ? `${JSON.stringify(value, null, 2)}\n` : toYaml(value);
}

/** One of many values: a line of JSON, or a document of YAML. */
export async function serializeMany(value: unknown, format: DataFormat): Promise<string> {
  return format === "json" ? `${JSON.stringify(value)}\n` : `---\n${await toYaml(value)}`;
}

/** Loaded when it is wanted: few want it. Long texts stay on one line. */
const toYaml = async (value: unknown): Promise<string> =>
  (await import("yaml")).stringify(value, { lineWidth: 0 });
