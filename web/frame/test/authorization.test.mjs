import assert from 'node:assert/strict'
import { test } from 'node:test'

import { authorize } from '../page/authorization.mjs'
import { fromHex } from '../page/bytes.mjs'

// A development key that everybody knows. The signatures are viem's.
const key = fromHex('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const implementation = '0x390F908f4754A7D1F81feb94c64D87F301648bD3'
const signatures = [
  [31337, 0, '0xb35eebf4fe175efa5e7dd2b756c3b26c52f5ec9cc8db8229c70dc455d63809dc1d7b56299539695bfd9065e83b6d8aa949d0cd7167bfe0a85ddaa1216e47e1751c'],
  [256, 128, '0x6b44be6c476c0f3c7087ffe3028ea041f950cc9a1923258e32e433535ffdf1d345bdff0a4df04e0d8a9e8afd9697fc95060efb7a9a779f0a16f8a8b190fef4e01b'],
  [Number.MAX_SAFE_INTEGER, 300, '0x9f74f5dc4a9d6eaa32f5eeea00366a5498ac71090aab51014c4f3556ac87dfb51729c8ca5811a75ba474b940af393b9ebcff0e2315bdfeb6e4b031d83d6943a01b'],
]

test('authorizations are those of other wallets', () => {
  for (const [chainId, nonce, signature] of signatures) assert.equal(authorize(key, { chainId, implementation, nonce }), signature, `chain ${chainId}, nonce ${nonce}`)
  assert.equal(authorize(key, { chainId: 31337, implementation }), signatures[0][2])
})
