import { expect, test } from "vitest";
import { createRoleBook, type RoleChange } from "./role-book.ts";

const own = () => ({ isReady: true, isInMaintenance: false, heartbeatAgeS: 0 });

test("role book tells changes of known groups, once each, until nobody listens", () => {
  const book = createRoleBook(["web", "mail"], own);
  const seen: RoleChange[] = [];
  const leave = book.onRole((change) => seen.push(change));
  book.learn("web", { kind: "notified", state: "MASTER", priority: 200 });
  book.learn("web", { kind: "notified", state: "MASTER", priority: 200 });
  book.learn("unknown", { kind: "notified", state: "MASTER", priority: 200 });
  leave();
  book.learn("web", { kind: "gone", why: "stopped" });
  expect(seen).toMatchObject([
    { group: "web", role: "MASTER", previous: "FAULT", cause: "elected with priority 200" },
  ]);
  expect(["web", "mail", "unknown"].map(book.role)).toEqual(["FAULT", "FAULT", "FAULT"]);
});
