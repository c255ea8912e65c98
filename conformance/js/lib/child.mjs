// The other side of the browser SDK's message channel: what the wallet page in
// the iframe does, in this process. It speaks the older of the two dialects,
// which needs no MessagePort, and signs with one key.

import { sign } from 'viem/accounts'
import { hashMessage, toHex } from 'viem'

// attachChild makes signer the wallet behind openfort.embeddedWallet. It may be
// exchanged later through the answered child's signer field.
export async function attachChild(openfort, signer) {
  const child = { signer }
  const say = (message) => openfort.embeddedWallet.onMessage(message)
  const methods = {
    recover: async ({ account }) => ({ action: 'recovered', account, deviceID: 'test', address: child.signer.address }),
    sign: async (request) => ({ action: 'signed', signature: await signature(child.signer, request) }),
    logout: async () => ({ action: 'logged-out' }),
  }
  await openfort.embeddedWallet.setMessagePoster({
    postMessage: async (text) => {
      const message = JSON.parse(text)
      // The participant whose id sorts higher goes on with synAck: be that one.
      if (message.penpal === 'syn') {
        await say({ penpal: 'syn', participantId: 'zzzz' })
        return say({ penpal: 'synAck', methodNames: Object.keys(methods) })
      }
      if (message.penpal !== 'call') return
      const [request] = message.args
      const returnValue = { uuid: request.uuid, success: true, ...(await methods[message.methodName](request)) }
      await say({ penpal: 'reply', id: message.id, resolution: 'fulfilled', returnValue })
    },
  })
  return child
}

// signature signs as the wallet page does. No flags mean EIP-191 over the bytes
// of a hex string, both false mean the 32-byte digest itself; with requireHash it
// is EIP-191 over the bytes (requireArrayify) or over the text.
async function signature({ privateKey }, { message, requireArrayify, requireHash }) {
  const raw = typeof message === 'string' ? message : toHex(Uint8Array.from(Object.values(message)))
  if (requireHash === false) return sign({ hash: raw, privateKey, to: 'hex' })
  const text = requireArrayify === false && typeof message === 'string'
  return sign({ hash: hashMessage(text ? message : { raw }), privateKey, to: 'hex' })
}
