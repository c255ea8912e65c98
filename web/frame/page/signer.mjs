// The wallet behind the SDK's ten methods. It holds the owner key in memory
// while the page lives, its device share in the browser's storage, and nothing
// else. Requests come one at a time; main.mjs sees to that.

import { Refused } from './api.mjs'
import { authorize } from './authorization.mjs'
import { fromBase64url, toHex, utf8 } from './bytes.mjs'
import { Failure, missingProject, notConfigured } from './failure.mjs'
import { addressOf, newOwnerKey, parseOwnerKey, sign, signClaim } from './owner.mjs'
import { entropyOf, methodOf, missing, open, seal, wrong } from './recovery.mjs'
import { rebuildKey, splitKey } from './shares.mjs'

export class Signer {
  #connect
  #device
  #publishableKey
  #unlocked = null // {key, record, token}: the owner key, the device's record of the account it signs for, and the login of its user

  // connect makes an Api of a request's login, device is this browser's Device.
  constructor({ connect, device, publishableKey }) {
    this.#connect = connect
    this.#device = device
    this.#publishableKey = publishableKey
  }

  async create(request) {
    return { action: 'created', ...(await this.#establish(request, newOwnerKey())) }
  }

  async import(request) {
    return { action: 'imported', ...(await this.#establish(request, parseOwnerKey(request.privateKey))) }
  }

  async recover(request) {
    this.forget()
    const api = this.#api(request.accessToken, request)
    const record = this.#device.of(request.account)
    const key = record?.user === request.playerID ? await fromDevice(api, record) : null
    if (key) {
      this.#hold(key, record, request.accessToken)
    } else {
      await this.#recoverAnew(api, request)
    }
    return { action: 'recovered', ...this.#described() }
  }

  async sign({ message, requireArrayify, requireHash, requestConfiguration }) {
    const { key } = await this.#unlock(requestConfiguration)
    return { action: 'signed', signature: sign(key, message, { requireArrayify, requireHash }) }
  }

  // switchChain makes, or finds, the account of the same owner on another chain.
  async switchChain({ chainId, requestConfiguration }) {
    const { key, record } = await this.#unlock(requestConfiguration)
    const api = this.#api(requestConfiguration.token, requestConfiguration)
    const account = await api.switchChain(record.account, chainId)
    checkOwner(account.ownerAddress, record.owner)
    await authorizeForLater(api, key, { ...account, account: account.id, ...account.smartAccount }, chainId)
    this.#hold(key, { ...record, account: account.id, address: account.address, chainId: account.chainId, accountType: account.accountType }, requestConfiguration.token)
    return { action: 'chain-switched', ...this.#described(), ownerAddress: account.ownerAddress }
  }

  async export({ requestConfiguration }) {
    const { key } = await this.#unlock(requestConfiguration)
    return { action: 'export', key: toHex(key) }
  }

  // setRecoveryMethod splits the key anew, since whoever kept the old recovery
  // share may have its lock as well. Until the last step the old shares work.
  async setRecoveryMethod(request) {
    const { key, record } = await this.#unlock(request.requestConfiguration)
    const api = this.#api(request.requestConfiguration.token, request.requestConfiguration)
    const unlock = await this.#newLock(api, record.signer, {
      method: { password: 'password', automatic: 'project', passkey: 'passkey' }[request.recoveryMethod],
      password: request.recoveryPassword,
      encryptionSession: request.encryptionSession,
      passkey: { id: request.passkeyId, key: request.passkeyKey },
    })
    const { device, server, recovery } = await splitKey(key)
    const { id } = await api.registerDevice(record.account, server, await signedDevice(key, record, server))
    this.#hold(key, { ...record, device: id, share: device }, request.requestConfiguration.token)
    const share = { ...(await sealed(recovery, unlock, record)), keychain_id: id }
    await api.replaceRecovery({ ...share, signature: await signedRecovery(key, record, share) })
    return { action: 'set-recovery-method' }
  }

  // updateAuthentication has nothing to do: each request brings its token.
  async updateAuthentication() {
    return { action: 'authentication-updated' }
  }

  async getCurrentDevice({ playerID }) {
    const record = this.#device.current()
    if (record?.user !== playerID) return { action: 'current-device', deviceID: null, accountType: null, chainId: null, address: null }
    const { device, accountType, chainId, address } = record
    return { action: 'current-device', deviceID: device, accountType, chainId, address }
  }

  // logout leaves nothing in this browser: the next login recovers.
  async logout() {
    this.forget()
    this.#device.forgetAll()
    return { action: 'logged-out' }
  }

  // forget drops the key from memory.
  forget() {
    this.#unlocked?.key.fill(0)
    this.#unlocked = null
  }

  // establish makes an account that key owns. The recovery share is kept before
  // the account exists, so no account is ever without one.
  async #establish(request, key) {
    this.forget()
    const api = this.#api(request.accessToken, request)
    const purpose = { user: request.playerID, signer: `sig_${crypto.randomUUID()}`, owner: addressOf(key) }
    const unlock = await this.#newLock(api, purpose.signer, lockOf(request))
    const { device, server, recovery } = await splitKey(key)
    await api.saveRecovery(await sealed(recovery, unlock, purpose))
    const { accountType, chainType, chainId } = request
    const made = await api.createAccount({
      accountType, chainType, chainId, address: purpose.owner, share: server, signerUuid: purpose.signer,
      signature: signClaim(key, `I am the key ${purpose.signer} of user ${purpose.user}.`),
    })
    checkOwner(made.ownerAddress, purpose.owner)
    await authorizeForLater(api, key, made, chainId)
    this.#hold(key, {
      ...purpose, device: made.device, share: device,
      account: made.account, address: made.address, chainId: made.chainId, accountType: made.accountType,
    }, request.accessToken)
    return this.#described()
  }

  // recoverAnew rebuilds the key by the recovery share, and makes this browser a
  // device with shares of its own.
  async #recoverAnew(api, request) {
    const kept = await api.serverShare(request.account)
    const purpose = { user: request.playerID, signer: kept.signer, owner: kept.signerAddress }
    const { secret, entropy } = await api.recovery(kept.signer)
    const method = methodOf(entropy)
    const unlock = await this.#lock(api, kept.signer, { ...lockOf(request), method })
    const recovery = await open(secret, unlock, bound(purpose))
    const key = await rebuildKey(recovery, kept.share, kept.signerAddress)
    if (!key) throw wrong(method)
    const { device, server } = await splitKey(key)
    const { id } = await api.registerDevice(request.account, server, await signedDevice(key, purpose, server))
    this.#hold(key, {
      ...purpose, device: id, share: device,
      account: kept.account, address: kept.address, chainId: kept.chainId, accountType: kept.accountType,
    }, request.accessToken)
  }

  // unlock answers the key in memory to the login that it was unlocked by. For
  // any other, which may be another user's, and after the page was loaded anew,
  // the key is rebuilt: the server hands its share to the key's user alone.
  async #unlock(login) {
    const api = this.#api(login?.token, login)
    if (this.#unlocked && this.#unlocked.token === login.token) return this.#unlocked
    const record = this.#unlocked?.record ?? this.#device.current()
    const key = record && (await fromDevice(api, record))
    if (!key) throw new Failure(notConfigured)
    this.forget()
    this.#hold(key, record, login.token)
    return this.#unlocked
  }

  #hold(key, record, token) {
    this.#unlocked = { key, record, token }
    this.#device.keep(record)
  }

  #described() {
    const { account, device, address, accountType, chainId } = this.#unlocked.record
    return { account, deviceID: device, address, accountType, chainId }
  }

  #api(token, request) {
    if (request?.publishableKey !== this.#publishableKey) throw new Error('this page serves another project: its address must end with the publishable key that the app uses')
    return this.#connect({ ...request, token })
  }

  // newLock is lock for a share that is about to be sealed: without any lock the
  // SDK meant the automatic one.
  async #newLock(api, reference, given) {
    return this.#lock(api, reference, { ...given, method: given.method ?? 'project' })
  }

  // lock answers what recovery.mjs takes for unlock, or throws the failure for
  // a lock that was not given.
  async #lock(api, reference, { method, password, passkey, encryptionSession }) {
    if (method === 'password' && password) return { method, password }
    if (method === 'passkey' && passkey?.key) return { method, prf: passkeyOutput(passkey.key), passkey: { id: passkey.id, env: passkey.env } }
    if (method === 'project' && encryptionSession) return { method, entropy: await entropyOfProject(api, reference, encryptionSession) }
    throw missing(method)
  }
}

// authorizeForLater gives the server the EIP-7702 authorization of a delegated
// account. The SDK signs one with calls, but not with a session, which may come
// first. It is for a key that was never used: the server refuses it for another,
// whose account then starts with a call. It is for the chain that was asked for
// and no other: one for chain 0 would hold on every chain.
async function authorizeForLater(api, key, { account, accountType, chainId, implementationAddress }, asked) {
  if (accountType !== 'Delegated Account') return
  if (!(asked > 0) || chainId !== asked) throw new Error(`the server answered an account on chain ${chainId}, want chain ${asked}, which must not be 0: nothing was authorized`)
  try {
    await api.keepAuthorization(account, authorize(key, { chainId, implementation: implementationAddress }))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
}

// fromDevice rebuilds the key of a record from its share and the server's part,
// and answers null when they no longer fit: another device set a new recovery
// method, or one of the shares was changed.
async function fromDevice(api, { account, device, share, owner }) {
  try {
    const kept = await api.serverShare(account, device)
    return await rebuildKey(share, kept.share, owner)
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null
    throw error
  }
}

// lockOf answers which lock a create, import or recover request gives. The SDK
// sends a passkey object also when it has no key in it.
function lockOf({ encryptionKey, passkey, encryptionSession }) {
  const method = encryptionKey ? 'password' : passkey ? 'passkey' : encryptionSession ? 'project' : undefined
  return { method, password: encryptionKey, passkey, encryptionSession }
}

// sealed answers the recovery share as the server stores it.
async function sealed(recovery, unlock, purpose) {
  return {
    reference: purpose.signer,
    entropy: entropyOf(unlock.method),
    secret: await seal(recovery, unlock, bound(purpose)),
    ...(unlock.passkey && { passkey_reference: { passkey_id: unlock.passkey.id, passkey_env: unlock.passkey.env } }),
  }
}

// signedDevice and signedRecovery answer the key's word for what a token alone
// must not do: add a device, and replace the recovery share.
async function signedDevice(key, { user, signer }, share) {
  return signClaim(key, `Add a device to the key ${signer} of user ${user} with the server share of SHA-256 ${await digest(share)}.`)
}

async function signedRecovery(key, { user, signer }, { entropy, secret, keychain_id, passkey_reference }) {
  return signClaim(key, `Recover the key ${signer} of user ${user} with device ${keychain_id} by ${entropy} with the recovery share of SHA-256 ${await digest(secret)} and passkey ${passkey_reference?.passkey_id ?? ''}.`)
}

async function digest(text) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}

function bound({ user, signer, owner }) {
  return { user, reference: signer, owner }
}

// passkeyOutput reads what the authenticator's PRF gave: 32 bytes.
function passkeyOutput(key) {
  const bytes = typeof key === 'string' ? fromBase64url(key) : new Uint8Array(key)
  if (bytes.length !== 32) throw new Error(`the passkey gave ${bytes.length} bytes, want 32: does its authenticator support PRF?`)
  return bytes
}

// entropyOfProject asks for this signer's part of the project's entropy. A
// session that has ended opens nothing.
async function entropyOfProject(api, reference, encryptionSession) {
  try {
    return fromBase64url((await api.projectEntropy(reference, encryptionSession)).entropy)
  } catch (error) {
    if (error instanceof Refused && error.status === 404) throw new Failure(missingProject, { cause: error })
    throw error
  }
}

function checkOwner(said, owner) {
  if (said?.toLowerCase() !== owner.toLowerCase()) throw new Error(`the server answered an account of owner ${said}, want ${owner}`)
}
