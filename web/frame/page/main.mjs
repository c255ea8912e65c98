// Connects the wallet to the app that embeds the page, by Penpal's protocol.
// Messages count only from origins that the project allows; the same list is the
// page's frame-ancestors.

import { Api } from './api.mjs'
import { Device, memory } from './device.mjs'
import { Failure } from './failure.mjs'
import { Signer } from './signer.mjs'
import { connect, WindowMessenger } from './vendor/libraries.mjs'

const { publishableKey, allowedOrigins, version } = JSON.parse(document.getElementById('settings').textContent)

const device = new Device(openStorage(), publishableKey)
const signer = new Signer({
  connect: (login) => new Api(new URL('..', location.href), login),
  device,
  publishableKey,
})

// Another tab that logs out takes the key from this one too.
addEventListener('storage', (event) => {
  if (device.isIn(event) && !event.newValue) signer.forget()
})

const names = ['create', 'import', 'recover', 'sign', 'switchChain', 'export', 'setRecoveryMethod', 'updateAuthentication', 'getCurrentDevice', 'logout']

if (window.parent !== window) {
  connect({
    messenger: new WindowMessenger({ remoteWindow: window.parent, allowedOrigins: allowedOrigins.map(originPattern) }),
    methods: Object.fromEntries(names.map((name) => [name, (request) => inTurn(() => answer(name, request))])),
  })
}

// answer runs a method. What the SDK has a word for is an answer; anything else
// is thrown, and the SDK shows its text.
async function answer(name, request) {
  const { uuid, action } = request
  if (!isSecureContext) throw new Error('the wallet page needs https, or localhost: without it the browser has no WebCrypto')
  try {
    return { uuid, success: true, version, ...(await signer[name](request)) }
  } catch (error) {
    if (error instanceof Failure) return { uuid, success: false, version, action, error: error.word }
    throw error
  }
}

// inTurn runs one after another: two requests at once could each make a wallet.
let last = Promise.resolve()
function inTurn(run) {
  const next = last.then(run)
  last = next.catch(() => {})
  return next
}

// originPattern is an origin, or one for any port: http://localhost:*.
function originPattern(origin) {
  if (!origin.endsWith(':*')) return origin
  const host = origin.slice(0, -2).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${host}(:\\d+)?$`)
}

function openStorage() {
  try {
    return window.localStorage
  } catch {
    return memory()
  }
}
