// The tus server by its own makers, behind the office's door: mutual TLS, the probe and an empty feed.
// Says where it listens; ends when its input ends.
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , packages, folder] = process.argv;
const require = createRequire(`${packages}/`);
const { Server } = require('@tus/server');
const { FileStore } = require('@tus/file-store');

const tus = new Server({
  path: '/v1/uploads',
  datastore: new FileStore({ directory: `${folder}/uploads` }),
  namingFunction: (_request, metadata) => `${metadata.packet}.${metadata.part}`,
  generateUrl: (_request, { path, id }) => `${path}/${id.replace('.', '/')}`,
  getFileIdFromRequest: (request) =>
    new URL(request.url, 'https://rekam-office').pathname.split('/').slice(3).join('.') || undefined,
});

const files = {
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/chain.pem`),
  ca: readFileSync(`${folder}/root.pem`),
  requestCert: true,
  rejectUnauthorized: true,
};
const office = createServer(files, (request, answer) => {
  const url = new URL(request.url, 'https://rekam-office');
  answer.setHeader('Tus-Resumable', '1.0.0');
  if (url.pathname === '/v1/probe') {
    answer.setHeader('Rekam-Nonce', url.searchParams.get('nonce'));
    answer.end();
  } else if (url.pathname === '/v1/feed') {
    answer.setHeader('Rekam-Cursor', 'c1');
    answer.end(Buffer.from([0x80]));
  } else {
    tus.handle(request, answer);
  }
});
office.listen(0, '127.0.0.1', () => console.log(office.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
