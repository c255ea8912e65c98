// An app's back end and its players' wallets: what happens outside the
// dashboard while it is looked at.

import { client, ok } from '../../js/lib/api.mjs'
import { chainTime, connect } from '../../js/lib/chain.mjs'
import { viem } from '../../js/lib/signers.mjs'

export class App {
  constructor(info) {
    this.info = info
    this.api = client(info.api, info.secretKey)
    this.owner = viem(info.ownerPrivateKey)
    this.chain = connect(info.rpc, info.chainId)
  }

  get #terms() {
    const { account, chainId, policy } = this.info
    return { account, chainId, policy }
  }

  // mintOnly is the permission to call mint of the development NFT.
  get mintOnly() {
    return { type: 'contract-call', data: { address: this.info.contractAddress, calls: ['mint(address)'] } }
  }

  // daily is the permission to spend an amount of the development token a day.
  daily(amount) {
    return { type: 'erc20-token-periodic', data: { address: this.info.erc20Address, periodAmount: amount, periodDuration: 86400 } }
  }

  // grant makes a session for a new key, signed by the owner unless told not to.
  async grant({ sign = true, seconds = 86400 * 5, ...terms } = {}) {
    const key = viem()
    const now = await chainTime(this.chain)
    const session = ok(await this.api.post('/v1/sessions', { ...this.#terms, address: key.address, validAfter: 0, validUntil: now + seconds, ...terms }))
    if (sign) await this.sign(session)
    return { ...session, key }
  }

  async sign(session) {
    return ok(await this.api.post(`/v1/sessions/${session.id}/signature`, { signature: await this.owner.eip191(session.nextAction.payload.signableHash) }))
  }

  async revoke({ address }) {
    return this.sign(ok(await this.api.post('/v1/sessions/revoke', { ...this.#terms, address })))
  }

  async intend(functionName = 'mint', ...functionArgs) {
    const call = { contract: this.info.contract, functionName, functionArgs: functionArgs.length ? functionArgs : [this.info.accountAddress] }
    return ok(await this.api.post('/v1/transaction_intents', { ...this.#terms, interactions: [call] }))
  }

  // mint answers the whole answer to the session key's signature. The token is
  // for the account, unless another one is named.
  async mint({ key }, ...to) {
    const intent = await this.intend('mint', ...to)
    return this.api.post(`/v1/transaction_intents/${intent.id}/signature`, { signature: await key.eip191(intent.nextAction.payload.signableHash) })
  }
}
