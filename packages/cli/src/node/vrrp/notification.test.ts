import { expect, test } from "vitest";
import { parseNotifications } from "./notification.ts";

const web = (state: string, priority: number) => ({ group: "web", state, priority });
const cases: [what: string, text: string, notifications: unknown[], rest: string][] = [
  ["one line", 'INSTANCE "web" MASTER 200\n', [web("MASTER", 200)], ""],
  [
    "NULs between lines",
    'INSTANCE "web" BACKUP 100\n\0INSTANCE "web" FAULT 0\n\0',
    [web("BACKUP", 100), web("FAULT", 0)],
    "",
  ],
  ["an incomplete last line", 'INSTANCE "web" STOP 200\nINSTANCE "we', [web("STOP", 200)], 'INSTANCE "we'],
  [
    "a name with blanks",
    'INSTANCE "the web" DELETED 1\n',
    [{ group: "the web", state: "DELETED", priority: 1 }],
    "",
  ],
  [
    "other kinds of lines",
    'GROUP "g" MASTER 0\nINSTANCE "web" MASTER_PRIORITY 150\nINSTANCE "web" MASTER\n\n',
    [],
    "",
  ],
  ["nothing", "", [], ""],
];
for (const [what, text, notifications, rest] of cases) {
  test(`notifications are read from ${what}`, () =>
    expect(parseNotifications(text)).toEqual({ notifications, rest }));
}

test("notifications are the same however the text is cut", () => {
  const text = 'INSTANCE "web" MASTER 200\n\0INSTANCE "web" BACKUP 150\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const first = parseNotifications(text.slice(0, cut));
    const second = parseNotifications(first.rest + text.slice(cut));
    expect([...first.notifications, ...second.notifications]).toEqual([
      web("MASTER", 200),
      web("BACKUP", 150),
    ]);
  }
});
