// A page of somebody else that shows the wallet's frame and asks it for its
// methods, by the same library that the frame uses.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const repository = new URL('../../../', import.meta.url)
const { build } = createRequire(new URL('examples/session-keys/', repository))('esbuild')

// A frame that answers does so in a moment.
const PATIENCE_MS = 3000

const script = (frame) => `
  import { connect, WindowMessenger } from ${JSON.stringify(fileURLToPath(new URL('web/frame/page/vendor/libraries.mjs', repository)))}
  const frame = document.createElement('iframe')
  frame.src = ${JSON.stringify(frame)}
  document.body.append(frame)
  const messenger = new WindowMessenger({ remoteWindow: frame.contentWindow, allowedOrigins: ['*'] })
  window.outcome = connect({ messenger, timeout: ${PATIENCE_MS} }).promise.then(() => 'connected', ({ code }) => code)
`

// startForeign answers { outcome, stop }: outcome opens the page in a context and
// says what came of it.
export async function startForeign(frame) {
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents: script(frame), resolveDir: fileURLToPath(repository) }, bundle: true, format: 'esm', write: false, logLevel: 'warning',
  })
  const server = createServer((request, response) => {
    const isScript = request.url === '/script.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? text : '<body><script type="module" src="/script.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    outcome: async (context) => {
      const page = await context.newPage()
      await page.goto(`http://localhost:${server.address().port}/`)
      await page.waitForFunction('window.outcome')
      const outcome = await page.evaluate('window.outcome')
      await page.close()
      return outcome
    },
    stop: () => new Promise((closed) => {
      server.close(closed)
      server.closeAllConnections()
    }),
  }
}
