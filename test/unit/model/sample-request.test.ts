import { expect, it } from "vitest";
import { sampleRequest } from "../../../src/model/sample-request.ts";

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
