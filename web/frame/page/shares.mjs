// The owner key in three shares, any two of which rebuild it (Shamir's scheme).
// A share alone says nothing about the key. Shares carry no proof of where they
// come from: what is rebuilt counts only when it has the owner's address.

import { fromBase64url, toBase64url } from './bytes.mjs'
import { addressOf } from './owner.mjs'
import { combine, split } from './vendor/libraries.mjs'

// splitKey answers new shares as text. Those of two calls do not fit together.
export async function splitKey(key) {
  const [device, server, recovery] = (await split(Uint8Array.from(key), 3, 2)).map(toBase64url)
  return { device, server, recovery }
}

// rebuildKey answers the key that two shares make, null unless it is the key of
// owner: then one of them was changed, or belongs to another split.
export async function rebuildKey(a, b, owner) {
  const key = await combineShares([a, b])
  if (!key || !owner || addressOf(key) !== owner.toLowerCase()) return null
  return key
}

async function combineShares(shares) {
  try {
    return await combine(shares.map(fromBase64url))
  } catch {
    return null // text that is no share, or the same share twice
  }
}
