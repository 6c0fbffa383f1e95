/** The way to a field within a document. */

/** Names of fields, and places in lists from 0. */
export type Path = readonly (string | number)[];

/** `services[0].destinations[2].weight`. */
export function formatPath(path: Path): string {
  return path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return /^\w+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("")
    .replace(/^\./, "");
}
