// Reads NIKs line by line and prints what parsenik makes of each: `L` or `P` and the date, or `-` when it refuses.
// It takes a number, so it can judge only those below 2^53.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/`);
const parsenik = require("parsenik");
for await (const line of createInterface({ input: process.stdin })) {
  const nik = Number(line);
  const told = Number.isSafeInteger(nik) ? parsenik.parse(nik) : undefined;
  console.log(JSON.stringify(told ?? null));
}
