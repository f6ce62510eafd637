// Delivers the uploads of a packet with tus-js-client, through a proxy that cuts the connection again and again.
// Arguments: folder of node_modules, file with what to do. Prints the signed words of the last answer.
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";

const require = createRequire(`${process.argv[2]}/`);
const tus = require("tus-js-client");
const todo = JSON.parse(readFileSync(process.argv[3], "utf8"));

// Each connection ends after so many bytes from the client, until the cuts are used up.
let cuts = todo.cuts;
let made = 0;
const proxy = createServer((near) => {
  const far = connect(todo.port, todo.host);
  let left = cuts > 0 ? todo.cut_after : Number.POSITIVE_INFINITY;
  near.on("data", (bytes) => {
    const part = bytes.subarray(0, left);
    left -= part.length;
    far.write(part);
    if (left === 0 && cuts > 0) {
      cuts -= 1;
      made += 1;
      far.end();
      near.destroy();
    }
  });
  far.on("data", (bytes) => near.write(bytes));
  for (const [one, other] of [[near, far], [far, near]]) {
    one.on("error", () => other.destroy());
    one.on("end", () => other.end());
  }
});
await new Promise((ready) => proxy.listen(0, "127.0.0.1", ready));

const agent = new Agent({ ca: todo.ca, cert: todo.cert, key: todo.key, servername: "rekam-office" });
let signed;
let bytesSent = 0;
for (const { packet, part, file } of todo.uploads) {
  const bytes = readFileSync(file);
  await new Promise((done, failed) => {
    new tus.Upload(bytes, {
      endpoint: `https://127.0.0.1:${proxy.address().port}/v1/uploads`,
      metadata: { packet, part },
      retryDelays: new Array(todo.cuts + 5).fill(20),
      httpStack: new tus.DefaultHttpStack({ agent }),
      removeFingerprintOnSuccess: true,
      onAfterResponse: (_, response) => {
        signed = response.getHeader("rekam-signed") ?? signed;
      },
      onChunkComplete: (size) => {
        bytesSent += size;
      },
      onError: failed,
      onSuccess: done,
    }).start();
  });
}
console.log(JSON.stringify({ signed, made, bytesSent }));
agent.destroy();
proxy.close();
