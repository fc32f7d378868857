import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, double } from "../numbers-kit.js";

test("a number between the bounds stays", () => assert.equal(clamp(5, 1, 9), 5));

test("bounds belong to the range", () => {
  assert.equal(clamp(1, 1, 9), 1);
  assert.equal(clamp(9, 1, 9), 9);
});

test("a smaller number becomes the lower bound", () => assert.equal(clamp(-3, 1, 9), 1));

test("a larger number becomes the upper bound", () => assert.equal(clamp(12, 1, 9), 9));

test("bounds in the wrong order are refused", () => assert.throws(() => clamp(5, 9, 1), RangeError));

test("double still works", () => assert.equal(double(4), 8));
