/** One line of keepalived's notify FIFO about an instance: `INSTANCE "web" MASTER 200`. */
export interface Notification {
  readonly group: string;
  readonly state: NotifiedState;
  readonly priority: number;
}

const NOTIFIED_STATES = ["MASTER", "BACKUP", "FAULT", "STOP", "DELETED"] as const;
export type NotifiedState = (typeof NOTIFIED_STATES)[number];

/**
 * Read what arrived on the notify FIFO. NULs are dropped: keepalived ends lines with one in some versions. Lines about other
 * things (priority changes, sync groups) or that make no sense are passed over.
 *
 * @param text what the last call left over, and what has arrived since
 * @returns the notifications in order, and the beginning of a line that is not complete yet. Never throws.
 */
export function parseNotifications(text: string): { notifications: Notification[]; rest: string } {
  const lines = text.replaceAll("\0", "").split("\n");
  const rest = lines.pop() ?? "";
  return { notifications: lines.flatMap(parseLine), rest };
}

function parseLine(line: string): Notification[] {
  const [, group, word, priority] = /^INSTANCE "([^"]*)" ([A-Z]+) (\d+)$/.exec(line.trim()) ?? [];
  const state = NOTIFIED_STATES.find((s) => s === word);
  return group !== undefined && state ? [{ group, state, priority: Number(priority) }] : [];
}
