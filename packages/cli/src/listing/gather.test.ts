import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { answersOf, type Circle, gather } from "./gather.ts";

const SILENCE = new LbError({ code: "unavailable", what: 'node "lb2"', why: "it does not answer" });

/** lb1 and its peers, which say their names; `wrong` is what lb2 fails with. */
async function asked(change: Partial<Circle<string>>, wrong?: Error) {
  const told: string[] = [];
  const circle: Circle<string> = {
    here: "lb1",
    others: ["lb2", "lb3"],
    async ask(name, question) {
      if (wrong && name === "lb2") throw wrong;
      return question(`I am ${name}`);
    },
    ...change,
  };
  const said = await gather(
    circle,
    async (node, name) => `${name}: ${node}`,
    (text) => told.push(text),
  );
  return { said, told };
}

test("a gathering has the answers of all, those of the director at hand first", async () => {
  const { said, told } = await asked({});
  const answers = ["lb1", "lb2", "lb3"].map((node) => ({ node, answer: `${node}: I am ${node}` }));
  expect(said).toEqual(answers);
  expect(answersOf(said)).toEqual(answers);
  expect(told).toEqual([]);
});

test("a gathering goes on without a director that does not answer, and tells of it", async () => {
  const { said, told } = await asked({}, SILENCE);
  expect(said[1]).toEqual({ node: "lb2", failure: SILENCE });
  expect(answersOf(said).map(({ node }) => node)).toEqual(["lb1", "lb3"]);
  expect(told).toEqual([SILENCE.message]);
});

test("a gathering without NATS is the director at hand, and tells of it", async () => {
  const { said, told } = await asked({ others: undefined }, SILENCE);
  expect(said.map(({ node }) => node)).toEqual(["lb1"]);
  expect(told).toEqual(['NATS cannot be reached: "lb1" answers for itself alone']);
});

test("a gathering fails as the director at hand does, and takes a bug for no silence", async () => {
  await expect(asked({ here: "lb2", others: ["lb1"] }, SILENCE)).rejects.toThrow(SILENCE);
  await expect(asked({}, new TypeError("a bug"))).rejects.toThrow("a bug");
});
