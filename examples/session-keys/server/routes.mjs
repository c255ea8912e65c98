// What the page asks of this server. Each request names its user by the token
// that the browser SDK holds; Latchkey says whose it is.

import Openfort, { getAccountV2 } from '@openfort/openfort-node'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { forPage } from './settings.mjs'

const HOUR = 60 * 60

export function routes(settings) {
  const { chainId, policy } = settings
  const openfort = new Openfort(settings.secretKey, { basePath: settings.api, publishableKey: settings.publishableKey })

  // A session key that only this server has: it acts for users while they are
  // away. This one is gone when the server stops; keep yours where secrets are.
  const agent = privateKeyToAccount(generatePrivateKey())

  // loggedIn answers the user who sent the request.
  async function loggedIn(request) {
    const accessToken = request.headers.authorization?.replace(/^Bearer /, '')
    return (await openfort.iam.getSession({ accessToken })).user
  }

  // owned answers the account that the request names, if it is the user's own.
  async function owned(request, { account }) {
    const user = await loggedIn(request)
    const found = await getAccountV2(account)
    if (found.wallet !== user.id) throw Object.assign(new Error('this account is not yours'), { statusCode: 403 })
    return found
  }

  const mintFor = (account) => openfort.transactionIntents.create({
    account: account.id, chainId, policy,
    interactions: [{ contract: settings.contract, functionName: 'mint', functionArgs: [account.address] }],
  })

  // done answers what became of an intent, or throws why it failed.
  function done({ response }) {
    if (response.status !== 1) throw Object.assign(new Error(response.error.reason), { statusCode: 400 })
    return { transactionHash: response.transactionHash, gasUsed: response.gasUsed }
  }

  // toSign is what the page needs of a session or an intent.
  const toSign = ({ id, nextAction }) => ({ id, hash: nextAction.payload.userOperationHash })

  return {
    'GET /settings': async () => forPage(settings),

    // Opens, for a moment, the half of the recovery secret that only we have.
    'POST /api/recovery': async (request) => {
      await loggedIn(request)
      const { publishableKey, secretKey, encryptionPart, shield } = settings
      return { encryptionSession: await openfort.createEncryptionSession(publishableKey, secretKey, encryptionPart, shield) }
    },

    // A mint that somebody else signs: the session key in the page.
    'POST /api/mint': async (request, body) => toSign(await mintFor(await owned(request, body))),
    'POST /api/mint/signature': async (request, { id, signature, ...body }) => {
      await owned(request, body)
      return done(await openfort.transactionIntents.signature(id, { signature }))
    },

    // A mint by the session key of this server.
    'GET /api/agent': async () => ({ address: agent.address }),
    'POST /api/agent/mint': async (request, body) => {
      const intent = await mintFor(await owned(request, body))
      const signature = await agent.signMessage({ message: { raw: intent.nextAction.payload.signableHash } })
      return done(await openfort.transactionIntents.signature(intent.id, { signature }))
    },

    // What Latchkey shows of a session: how far it goes, and whether it is live.
    'POST /api/session/state': async (request, { id, ...body }) => {
      const account = await owned(request, body)
      const session = await openfort.sessions.get(id)
      if (session.account.id !== account.id) throw Object.assign(new Error('this session is not yours'), { statusCode: 403 })
      const { status, sudo, whitelist, validUntil } = session
      return { status, unrestricted: sudo, whitelist, validUntil: Number(validUntil) }
    },

    // Sessions that this server asks for and the user's wallet signs.
    'POST /api/session': async (request, body) => {
      const account = await owned(request, body)
      return toSign(await openfort.sessions.create({
        account: account.id, chainId, policy, address: body.address, whitelist: [settings.contractAddress],
        validAfter: 0, validUntil: Math.floor(Date.now() / 1000) + HOUR,
      }))
    },
    'POST /api/session/revoke': async (request, body) => {
      const account = await owned(request, body)
      return toSign(await openfort.sessions.revoke({ account: account.id, chainId, policy, address: body.address }))
    },
  }
}
