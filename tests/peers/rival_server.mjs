// Two servers to measure ours beside: `tus` is @tus/server with its file store, which never syncs; `put` takes a PUT,
// writes it, syncs file and folder, and only then answers. Arguments: kind, folder for the bytes, folder of node_modules.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [kind, folder, peers] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

async function put(request, response) {
  const name = request.url.replace(/[^a-z0-9-]/gi, "");
  const file = await open(join(folder, `${name}.part`), "w");
  for await (const bytes of request) await file.write(bytes);
  await file.sync();
  await file.close();
  await rename(join(folder, `${name}.part`), join(folder, name));
  const place = await open(folder, "r");
  await place.sync();
  await place.close();
  response.writeHead(201, { "Content-Length": 0 }).end();
}

let handle = put;
if (kind === "tus") {
  const require = createRequire(`${peers}/`);
  const load = (name) => import(pathToFileURL(require.resolve(name)));
  const [{ Server }, { FileStore }] = [await load("@tus/server"), await load("@tus/file-store")];
  const tus = new Server({ path: "/files", datastore: new FileStore({ directory: folder }) });
  handle = tus.handle.bind(tus);
}
const server = createServer((request, response) => handle(request, response));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
