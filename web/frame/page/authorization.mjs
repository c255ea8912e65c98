// EIP-7702: the owner key lets its address run an account's code.

import { fromHex } from './bytes.mjs'
import { sign } from './owner.mjs'
import { keccak_256 as keccak256 } from './vendor/libraries.mjs'

const magic = 0x05

// authorize answers the signature r, s, v in hex that lets the key's address run
// the code of implementation on one chain. nonce is how many transactions and
// authorizations the address has made so far: 0 for a new key.
export function authorize(key, { chainId, implementation, nonce = 0 }) {
  const fields = [number(chainId), text(fromHex(implementation)), number(nonce)].flat()
  const digest = keccak256(Uint8Array.of(magic, 0xc0 + fields.length, ...fields))
  return sign(key, digest, { requireArrayify: false, requireHash: false })
}

// number and text are RLP items. All of these are short, and so is their list.
function number(n) {
  const digits = BigInt(n).toString(16)
  return n ? text(fromHex(`0x${digits.padStart(digits.length + (digits.length % 2), '0')}`)) : text([])
}

function text(bytes) {
  return bytes.length === 1 && bytes[0] < 0x80 ? [...bytes] : [0x80 + bytes.length, ...bytes]
}
