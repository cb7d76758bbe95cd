import { expect, it } from "vitest";
import { holdPort } from "../../../../src/net/free-ports.ts";
import { claimFreePorts } from "../../../../src/operations/demo/scratch-project.ts";

it("gives ports that are claimed to nobody else, until they are released", async () => {
  const one = await claimFreePorts();
  const other = await claimFreePorts();
  expect(other.first).not.toBe(one.first);
  await one.release();
  const next = await claimFreePorts();
  expect(next.first).toBe(one.first);
  await Promise.all([other.release(), next.release()]);
});

it("holds a port against everyone, until it is let go of", async () => {
  const claimed = await claimFreePorts();
  const { first } = claimed;
  const letGo = await holdPort(first);
  expect(letGo).not.toBeNull();
  expect(await holdPort(first)).toBeNull();
  await letGo?.();
  const again = await holdPort(first);
  expect(again).not.toBeNull();
  await again?.();
  await claimed.release();
});
