import { expect, it } from "vitest";
import { mayMatch, sampleRequest } from "../../../src/model/sample-request.ts";

it.each([
  ["PathPrefix(`/voice`)", { method: "GET", path: "/voice", headers: {} }],
  ["Host(`a.example`) && Path(`/x`)", { method: "GET", path: "/x", headers: { host: "a.example" } }],
  ["(Host(`a.example`) || Host(`b.example`))", { method: "GET", path: "/", headers: { host: "a.example" } }],
  ["Method(`post`) && Header(`X-A`, `b`) && Query(`q`, `1 2`)", { method: "POST", path: "/?q=1%202", headers: { "x-a": "b" } }],
  ["(Host(`a.example`) || Host(`b.example`)) && Path(`/x`)", null],
  ["!Path(`/x`)", null],
  ["PathRegexp(`^/x`)", null],
  ["ClientIP(`10.0.0.1`)", null],
])("a request for %s", (rule, expected) => {
  expect(sampleRequest(rule)).toEqual(expected);
});

it.each([
  ["PathPrefix(`/voice`)", true],
  ["PathPrefix(`/`)", true],
  ["Path(`/voice`)", false],
  ["PathPrefix(`/voice/agent/x`)", false],
  ["PathPrefix(`/voice`) && Host(`a.example`)", false],
  ["PathPrefix(`/voice`) && Header(`X-A`, `b`)", true],
  ["PathPrefix(`/voice`) && Method(`POST`)", false],
  ["Path(`/x`) || Path(`/y`)", true],
  ["!Path(`/voice/agent`)", true],
  ["PathRegexp(`^/x`)", true],
])("%s may match /voice/agent: %s", (rule, expected) => {
  expect(mayMatch(rule, { method: "GET", path: "/voice/agent?q=1", headers: { "x-a": "b" } })).toBe(expected);
});
