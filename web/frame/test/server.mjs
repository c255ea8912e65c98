// A server for the wallet's tests: it keeps shares and asks for the owner's word
// as the real one does, and lets a test change what is kept. Its methods are those
// of api.mjs.

import { createHash } from 'node:crypto'

import { Refused } from '../page/api.mjs'
import { fromHex, toHex } from '../page/bytes.mjs'
import { keccak_256 as keccak256, secp256k1 } from '../page/vendor/libraries.mjs'

const sha256 = (text) => `0x${createHash('sha256').update(text).digest('hex')}`

// checkSigned refuses a signature that is not the owner's over a claim.
function checkSigned(owner, claim, signature) {
  if (signedBy(claim, signature) !== owner) throw new Refused(400, `signature: must be the signature of ${owner} over the claim "${claim}"`)
}

function signedBy(claim, signature) {
  if (!/^0x[0-9a-f]{128}1[bc]$/.test(signature)) return undefined
  const [v, ...rs] = fromHex(signature).reverse()
  const digest = keccak256(Buffer.from(`\x19Latchkey Signed Claim:\n${Buffer.byteLength(claim)}${claim}`))
  const key = secp256k1.recoverPublicKey(Uint8Array.of(v - 27, ...rs.reverse()), digest, { prehash: false })
  return toHex(keccak256(secp256k1.Point.fromBytes(key).toBytes(false).subarray(1)).subarray(12))
}

const implementation = '0x390f908f4754a7d1f81feb94c64d87f301648bd3'

export class Server {
  accounts = new Map() // {account, user, signer, address, chainId, accountType}
  devices = new Map() // {id, signer, share}
  signers = new Map() // {id, user, owner, primary, recovery}
  logins = {}
  entropy = new Map() // of a project's signers, by reference
  sessions = new Set()
  asked = [] // names of methods
  made = 0 // devices
  authorizations = [] // {account, signature}
  lie = {} // what answers about a new account say instead of the truth

  // as answers what a user's page calls with a token, which is the user's id
  // unless logins says whose it is.
  as(token) {
    if (!token) throw new Error('the request carries no access token of the user')
    const user = this.logins[token] ?? token
    const found = (record) => {
      if (record && record.user === user) return record
      throw new Refused(404, 'there is no such record')
    }
    const shown = ({ account, signer, address, chainId, accountType }, device) => {
      const { owner, primary } = this.signers.get(signer)
      return { id: device.id, account, signer, signerAddress: owner, share: device.share, isPrimary: device.id === primary, address, chainId, accountType }
    }
    const device = (signer, share) => {
      const id = `dev_${++this.made}`
      this.devices.set(id, { id, signer, share })
      return this.devices.get(id)
    }
    const methods = {
      createAccount: ({ address, share, signerUuid, accountType, chainId, signature }) => {
        const signer = found(this.signers.get(signerUuid))
        checkSigned(address, `I am the key ${signerUuid} of user ${user}.`, signature)
        const made = { account: `acc_${this.accounts.size + 1}`, user, signer: signer.id, address: `0xacc${this.accounts.size + 1}`, chainId, accountType }
        this.accounts.set(made.account, made)
        signer.owner = address
        signer.primary = device(signer.id, share).id
        return { ...made, device: signer.primary, ownerAddress: address, implementationAddress: implementation, ...this.lie }
      },
      serverShare: (account, id) => {
        const kept = found(this.accounts.get(account))
        const part = this.devices.get(id ?? this.signers.get(kept.signer).primary)
        if (part?.signer !== kept.signer) throw new Refused(404, 'there is no such device')
        return shown(kept, part)
      },
      registerDevice: (account, share, signature) => {
        const kept = found(this.accounts.get(account))
        const { id, owner } = this.signers.get(kept.signer)
        checkSigned(owner, `Add a device to the key ${id} of user ${user} with the server share of SHA-256 ${sha256(share)}.`, signature)
        return shown(kept, device(kept.signer, share))
      },
      switchChain: (account, chainId) => {
        const kept = found(this.accounts.get(account))
        const there = { ...kept, account: `acc_${this.accounts.size + 1}`, chainId }
        this.accounts.set(there.account, there)
        const smartAccount = { implementationAddress: implementation }
        return { id: there.account, address: there.address, chainId, accountType: there.accountType, ownerAddress: this.signers.get(kept.signer).owner, smartAccount, ...this.lie }
      },
      keepAuthorization: (account, signature) => {
        this.authorizations.push({ account: found(this.accounts.get(account)).account, signature })
        return {}
      },
      saveRecovery: ({ reference, ...recovery }) => {
        if (this.signers.has(reference)) throw new Refused(409, 'there is one already')
        this.signers.set(reference, { id: reference, user, recovery })
        return { reference }
      },
      replaceRecovery: ({ reference, keychain_id, signature, ...recovery }) => {
        const signer = found(this.signers.get(reference))
        const { entropy, secret, passkey_reference } = recovery
        checkSigned(signer.owner, `Recover the key ${reference} of user ${user} with device ${keychain_id} by ${entropy} with the recovery share of SHA-256 ${sha256(secret)} and passkey ${passkey_reference?.passkey_id ?? ''}.`, signature)
        if (signer.primary !== keychain_id) this.devices.delete(signer.primary)
        Object.assign(signer, { recovery, primary: keychain_id })
        return { reference }
      },
      recovery: (reference) => ({ reference, ...found(this.signers.get(reference)).recovery }),
      projectEntropy: (reference, session) => {
        if (!this.sessions.has(session)) throw new Refused(404, 'there is no such encryption session')
        if (!this.entropy.has(reference)) this.entropy.set(reference, Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'))
        return { entropy: this.entropy.get(reference) }
      },
    }
    return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, async (...asked) => {
      this.asked.push(name)
      if (this.down) throw new TypeError('fetch failed')
      return JSON.parse(JSON.stringify(method(...asked)))
    }]))
  }
}
