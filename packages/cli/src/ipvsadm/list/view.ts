/** What a view of services is: its header, the line of a service, the line of a real server. One file each. */
import type { Names } from "./names.ts";
import type { ListedServer, ListedService } from "./table.ts";

/** One way to list services. Lines keep the blanks that ipvsadm leaves at their ends. */
export interface ServiceView {
  /** Two lines. */
  readonly header: readonly [string, string];
  service(s: ListedService, how: ViewOptions): string;
  server(d: ListedServer, s: ListedService, how: ViewOptions): string;
}

/** How names and numbers are written. */
export interface ViewOptions {
  readonly names: Names;
  readonly exact: boolean;
}

/** Columns of a line, each as wide as given; its last one, too. */
export const columns = (...cells: readonly (readonly [text: string | number, width: number])[]): string =>
  cells.map(([text, width]) => String(text).padEnd(width)).join(" ");
