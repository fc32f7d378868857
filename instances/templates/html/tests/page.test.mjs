import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

// The page's own script, run without a browser; a page that draws needs a small DOM here.
const page = readFileSync(new URL("../index.html", import.meta.url), "utf8");
const script = /<script>([\s\S]*?)<\/script>/.exec(page)[1];
const window = {};
vm.runInNewContext(script, { window });
const { clamp, double } = window.numbersKit;

test("a number between the bounds stays", () => assert.equal(clamp(5, 1, 9), 5));

test("bounds belong to the range", () => {
  assert.equal(clamp(1, 1, 9), 1);
  assert.equal(clamp(9, 1, 9), 9);
});

test("a smaller number becomes the lower bound", () => assert.equal(clamp(-3, 1, 9), 1));

test("a larger number becomes the upper bound", () => assert.equal(clamp(12, 1, 9), 9));

test("bounds in the wrong order are refused", () => {
  assert.throws(() => clamp(5, 9, 1), (error) => error.name === "RangeError");
});

test("double still works", () => assert.equal(double(4), 8));
