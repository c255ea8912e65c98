// Serves the page on loopback. Browsers trust http://localhost as they trust
// https elsewhere, and take localhost as a relying party.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const files = { '/': ['index.html', 'text/html'], '/keys.mjs': ['keys.mjs', 'text/javascript'] }

// startSite answers { url, stop }.
export async function startSite() {
  const server = createServer(async (request, response) => {
    const [name, type] = files[request.url] ?? []
    if (!name) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': type }).end(await readFile(new URL(`../page/${name}`, import.meta.url)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${server.address().port}/`,
    stop: () => new Promise((closed) => {
      server.close(closed)
      server.closeAllConnections()
    }),
  }
}
