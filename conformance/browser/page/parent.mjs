// What a page does with the wallet page: embed it as the official SDK does, or
// knock at its door.

import { connect, WindowMessenger } from './libraries.mjs'

const HANDSHAKE_MS = 3000

const parentPage = {
  // heard is what came back to pester.
  heard: [],

  // show puts a page into a frame, the first one of its kind.
  show(url) {
    const frame = document.createElement('iframe')
    frame.src = url
    const loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }))
    document.body.append(frame)
    return loaded.then(() => {})
  },

  // embed shows the wallet in place of an earlier one and shakes hands.
  async embed(url) {
    this.connection?.destroy()
    document.querySelector('#wallet')?.remove()
    const frame = document.createElement('iframe')
    frame.id = 'wallet'
    frame.src = url
    document.body.prepend(frame)
    const messenger = new WindowMessenger({ remoteWindow: frame.contentWindow, allowedOrigins: [new URL(url).origin] })
    this.connection = connect({ messenger, timeout: HANDSHAKE_MS })
    this.remote = await this.connection.promise
  },

  ask(method, request) {
    return this.remote[method]({ uuid: crypto.randomUUID(), action: method, ...request })
  },

  open(url) {
    this.opened = window.open(url)
  },

  // pester sends a window all messages of a handshake and a request.
  pester(target) {
    addEventListener('message', (event) => event.source === target && this.heard.push(event.data))
    const participantId = crypto.randomUUID()
    const request = { type: 'CALL', id: '1', methodPath: ['export'], args: [{ uuid: '1', requestConfiguration: {} }] }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => this.heard.push(event.data)
    for (const message of [{ type: 'SYN', participantId }, { type: 'ACK1', methodPaths: [] }, request]) {
      target.postMessage({ namespace: 'penpal', ...message }, '*')
    }
    target.postMessage({ namespace: 'penpal', type: 'ACK2' }, '*', [port2])
    port1.postMessage({ namespace: 'penpal', ...request })
    target.postMessage({ penpal: 'syn' }, '*')
    target.postMessage({ penpal: 'call', id: 1, methodName: 'export', args: [{}] }, '*')
  },
}

window.parentPage = parentPage
