// The owner key: 32 random bytes on secp256k1, its Ethereum address, and its
// signatures. Curve and hash are noble's; nothing here does arithmetic.

import { isHex, fromHex, toHex, utf8 } from './bytes.mjs'
import { keccak_256 as keccak256, secp256k1 } from './vendor/libraries.mjs'

export function newOwnerKey() {
  return secp256k1.utils.randomSecretKey()
}

// parseOwnerKey reads a private key in hex, with or without 0x.
export function parseOwnerKey(text) {
  const hex = String(text).trim().replace(/^(0x)?/, '0x')
  if (!isHex(hex) || hex.length !== 66 || !secp256k1.utils.isValidSecretKey(fromHex(hex))) {
    throw new Error('the private key must be 64 hex digits, with or without 0x, from 1 to the order of secp256k1 less 1')
  }
  return fromHex(hex)
}

// addressOf answers the address in lower case, and '' for bytes that are no key.
export function addressOf(key) {
  if (key.length !== 32 || !secp256k1.utils.isValidSecretKey(key)) return ''
  const publicKey = secp256k1.getPublicKey(key, false)
  return toHex(keccak256(publicKey.subarray(1)).subarray(12))
}

// sign answers the 65 bytes r, s, v in hex, v being 27 or 28. The flags are the
// SDK's, both true when left out: requireArrayify reads a hex string as the
// bytes that it names, requireHash signs the EIP-191 form of the message.
// Without requireHash the message is the 32-byte digest itself.
export function sign(key, message, { requireArrayify = true, requireHash = true } = {}) {
  const digest = requireHash ? personalHash(bytesOf(message, requireArrayify)) : bytesOf(message, true)
  if (digest.length !== 32) throw new Error(`a message that is not hashed must be 32 bytes, is ${digest.length}`)
  const signature = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' })
  const [recovery, ...rs] = signature
  return toHex(Uint8Array.of(...rs, 27 + recovery))
}

// signClaim answers the key's word to this server, as sign does. Its prefix is
// that of no personal message, typed data, transaction or authorization, so that
// no text that an app has signed is a claim.
export function signClaim(key, text) {
  const claim = utf8(text)
  const digest = keccak256(Uint8Array.of(...utf8(`\x19Latchkey Signed Claim:\n${claim.length}`), ...claim))
  return sign(key, digest, { requireHash: false })
}

function bytesOf(message, arrayify) {
  if (message instanceof Uint8Array) return message
  if (typeof message !== 'string') throw new Error('the message must be text or bytes')
  return arrayify && isHex(message) ? fromHex(message) : utf8(message)
}

function personalHash(message) {
  const prefix = utf8(`\x19Ethereum Signed Message:\n${message.length}`)
  return keccak256(Uint8Array.of(...prefix, ...message))
}
