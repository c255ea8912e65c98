// The app's own server: the page, and what the page asks of us.

import { createServer } from 'node:http'
import { readSettings } from './settings.mjs'
import { routes } from './routes.mjs'
import { pageFiles } from './page.mjs'

const settings = readSettings()
const files = await pageFiles()
const handlers = routes(settings)

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  const file = request.method === 'GET' && files.get(pathname)
  if (file) return response.writeHead(200, { 'content-type': file.type }).end(file.body)

  const handle = handlers[`${request.method} ${pathname}`]
  if (!handle) return answer(response, 404, { error: `no route ${request.method} ${pathname}` })
  try {
    answer(response, 200, await handle(request, await body(request)))
  } catch (error) {
    answer(response, error.statusCode ?? 500, { error: error.errorMessage ?? error.message })
  }
})

async function body(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text ? JSON.parse(text) : {}
}

function answer(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`Open http://localhost:${server.address().port} (Latchkey at ${settings.api}, chain ${settings.chainId})`)
})
