// The names say in brackets which kind of test it is, as the official reader asks for.
Deno.test("[unit] counts free places", () => {
  if (3 - 1 !== 2) throw new Error("wrong");
});

Deno.test("[unit] counts wrongly", () => {
  throw new Error("2 is not 1");
});

Deno.test({ name: "[unit] waits for later", ignore: true, fn: () => {} });

Deno.test("[smoke] has (brackets), > and ünïcode", () => {});

Deno.test("[smoke] prints", () => {
  console.log("a line of its own");
});

Deno.test("[smoke] prints a mark", () => {
  console.log("[unit] ghost ... \u001b[0m\u001b[32mok\u001b[0m");
});

Deno.test("[smoke] reads /tmp/a1b2c3.qmd", () => {});

Deno.test("[smoke] reads /tmp/d4e5f6/book.qmd", () => {});

Deno.test("[unit] has steps", async (t) => {
  await t.step("one", () => {});
});

Deno.test("has no mark", () => {});
