// What a game's page does with session keys: makes them, keeps them, signs with
// them, and sends the signature to Latchkey. No private key is ever in sight.

const ES256 = -7

// makePasskey asks the authenticator for a key. It answers the key's name and
// its public half as SPKI.
export async function makePasskey() {
  const credential = await navigator.credentials.create({
    publicKey: {
      rp: { name: 'Session keys' },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: 'player', displayName: 'Player' },
      challenge: crypto.getRandomValues(new Uint8Array(32)), // nobody checks the attestation
      pubKeyCredParams: [{ type: 'public-key', alg: ES256 }],
    },
  })
  return { name: base64url(credential.rawId), publicKey: hex(credential.response.getPublicKey()) }
}

// signWithPasskey signs a 32-byte hash, as the challenge.
export async function signWithPasskey(name, hash) {
  const { response } = await navigator.credentials.get({
    publicKey: { challenge: bytes(hash), allowCredentials: [{ type: 'public-key', id: fromBase64url(name) }] },
  })
  return {
    authenticatorData: base64url(response.authenticatorData),
    clientDataJSON: base64url(response.clientDataJSON),
    signature: base64url(response.signature),
  }
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' }

// makeWebKey makes a key that not even this page can read, and keeps it in the
// browser's database. It answers the public half as JWK.
export async function makeWebKey() {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ['sign'])
  await inKeys('readwrite', (keys) => keys.put(pair.privateKey, 'session'))
  return crypto.subtle.exportKey('jwk', pair.publicKey)
}

// signWithWebKey signs a 32-byte hash as a message: WebCrypto hashes it again.
export async function signWithWebKey(hash) {
  const key = await inKeys('readonly', (keys) => keys.get('session'))
  return hex(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(hash)))
}

// readWebKey tries to get the private key out, and answers the error's name.
export async function readWebKey() {
  const key = await inKeys('readonly', (keys) => keys.get('session'))
  return crypto.subtle.exportKey('jwk', key).then(() => 'exported', ({ name }) => name)
}

// send posts a signature to Latchkey, with the key that may be in a page.
export async function send({ api, publishableKey, intent, signature }) {
  const answer = await fetch(`${api}/v1/transaction_intents/${intent}/signature`, {
    method: 'POST',
    headers: { authorization: `Bearer ${publishableKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ signature }),
  })
  return { status: answer.status, body: await answer.json() }
}

// inKeys makes one request to the store of keys.
function inKeys(mode, request) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keys', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const asked = request(opening.result.transaction('keys', mode).objectStore('keys'))
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = () => reject(asked.error)
    }
  })
}

const bytes = (text) => Uint8Array.from(text.slice(2).match(/../g), (pair) => parseInt(pair, 16))
const hex = (buffer) => `0x${Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const fromBase64url = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))

Object.assign(window, { keys: { makePasskey, signWithPasskey, makeWebKey, signWithWebKey, readWebKey, send } })
