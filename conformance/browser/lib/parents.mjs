// Serves a page that embeds the wallet, or tries to, on an origin of its own.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const files = {
  '/': ['text/html', new URL('../page/parent.html', import.meta.url)],
  '/parent.mjs': ['text/javascript', new URL('../page/parent.mjs', import.meta.url)],
  '/libraries.mjs': ['text/javascript', new URL('../../../web/frame/page/vendor/libraries.mjs', import.meta.url)],
}

// startParents answers { url, origin, requests, stop }. requests are the paths
// that were asked for.
export async function startParents() {
  const requests = []
  const server = createServer(async (request, response) => {
    requests.push(request.url)
    const [type, file] = files[request.url] ?? []
    if (!file) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': type }).end(await readFile(file))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${server.address().port}`
  return {
    origin,
    requests,
    url: `${origin}/`,
    stop: () => new Promise((closed) => {
      server.close(closed)
      server.closeAllConnections()
    }),
  }
}
