// The recovery share under lock: what the server stores of it. The lock is the
// user's password, a passkey, or entropy of the project; see unlocks.
//
//   secret = {"version":1,"method","kdf","salt","nonce","sealed"}
//
// sealed is AES-256-GCM over the share. What the share is for is bound to it as
// associated data, so that a stored secret put in the place of another is not
// opened at all, whatever its lock.

import { fromBase64url, toBase64url, utf8 } from './bytes.mjs'
import { Failure, missingPasskey, missingPassword, missingProject, wrongPasskey, wrongPassword } from './failure.mjs'
import { scryptAsync } from './vendor/libraries.mjs'

const version = 1

// Each method: the server's word for it, how the AES key is made, and the SDK's
// words for a lock that was not given and one that does not open.
const methods = {
  password: { entropy: 'user', kdf: 'scrypt-17-8-1', key: fromPassword, missing: missingPassword, wrong: wrongPassword },
  passkey: { entropy: 'passkey', kdf: 'hkdf-sha256', key: fromPasskey, missing: missingPasskey, wrong: wrongPasskey },
  project: { entropy: 'project', kdf: 'hkdf-sha256', key: fromProject, missing: missingProject, wrong: missingProject },
}

export function entropyOf(method) {
  return methods[method].entropy
}

// methodOf is the reverse of entropyOf.
export function methodOf(entropy) {
  const method = Object.keys(methods).find((name) => methods[name].entropy === entropy)
  if (!method) throw new Error(`this page knows no recovery by ${entropy}`)
  return method
}

// missing answers the failure for a method whose lock is not at hand.
export function missing(method) {
  return new Failure(methods[method].missing)
}

// wrong answers the failure for a lock that opens nothing that is the owner's.
export function wrong(method, cause) {
  return new Failure(methods[method].wrong, { cause })
}

// seal locks a share. unlock is {method, password | prf | entropy}, purpose
// {user, reference, owner}.
export async function seal(share, unlock, purpose) {
  const { kdf } = methods[unlock.method]
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const key = await lockKey(unlock, salt)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: binding(unlock.method, purpose) }, key, utf8(share))
  return JSON.stringify({
    version, method: unlock.method, kdf, salt: toBase64url(salt), nonce: toBase64url(nonce), sealed: toBase64url(new Uint8Array(sealed)),
  })
}

// open answers the share, or throws the failure that the SDK has for a wrong
// lock: a lock that does not fit and a secret that was changed look the same.
export async function open(secret, unlock, purpose) {
  try {
    const { salt, nonce, sealed } = parse(secret, unlock.method)
    const key = await lockKey(unlock, salt)
    const share = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: binding(unlock.method, purpose) }, key, sealed)
    return new TextDecoder().decode(share)
  } catch (error) {
    throw wrong(unlock.method, error)
  }
}

// parse takes no parameter of a KDF from the server, only the name that it
// knows: a stored secret can neither weaken the lock nor make the page work for
// hours.
function parse(secret, method) {
  const fields = JSON.parse(secret)
  if (fields.version !== version || fields.method !== method || fields.kdf !== methods[method].kdf) {
    throw new Error('the stored recovery share has a form that this page does not know')
  }
  return { salt: fromBase64url(fields.salt), nonce: fromBase64url(fields.nonce), sealed: fromBase64url(fields.sealed) }
}

function binding(method, { user, reference, owner }) {
  return utf8(JSON.stringify(['latchkey recovery share', version, method, user, reference, owner.toLowerCase()]))
}

async function lockKey(unlock, salt) {
  return crypto.subtle.importKey('raw', await methods[unlock.method].key(unlock, salt), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

// fromPassword takes 128 MiB and about a second for each guess, also of a thief
// who has the database. NFKC, since keyboards write the same letters in several ways.
async function fromPassword({ password }, salt) {
  return scryptAsync(utf8(password.normalize('NFKC')), salt, { N: 2 ** 17, r: 8, p: 1, dkLen: 32 })
}

async function fromPasskey({ prf }, salt) {
  return expand(prf, salt, 'latchkey recovery share by passkey')
}

async function fromProject({ entropy }, salt) {
  return expand(entropy, salt, 'latchkey recovery share by project')
}

// expand is for secrets of full entropy only.
async function expand(secret, salt, info) {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: utf8(info) }, material, 256))
}
