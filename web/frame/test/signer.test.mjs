import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { authorize } from '../page/authorization.mjs'
import { fromBase64url, toBase64url } from '../page/bytes.mjs'
import { Device, memory } from '../page/device.mjs'
import { addressOf, newOwnerKey, parseOwnerKey, sign } from '../page/owner.mjs'
import { Signer } from '../page/signer.mjs'
import { Server } from './server.mjs'

const publishableKey = 'pk_test_1'
const digest = `0x${'01'.repeat(32)}`

// Browser is a page of one user in one browser. reload loads the page anew.
class Browser {
  constructor(server, user, storage = memory()) {
    Object.assign(this, { server, user, storage })
    this.reload()
  }

  reload() {
    const device = new Device(this.storage, publishableKey)
    this.signer = new Signer({ connect: ({ token }) => this.server.as(token), device, publishableKey })
  }

  // The fields that the SDK sends with each kind of request.
  #request(fields) {
    return { accessToken: this.user, playerID: this.user, publishableKey, accountType: 'Smart Account', chainType: 'EVM', chainId: 1, encryptionKey: null, passkey: null, encryptionSession: null, ...fields }
  }

  get login() {
    return { token: this.user, publishableKey }
  }

  create(fields) {
    return this.signer.create(this.#request(fields))
  }

  import(fields) {
    return this.signer.import(this.#request(fields))
  }

  recover(account, fields) {
    return this.signer.recover(this.#request({ account, ...fields }))
  }

  async sign() {
    return (await this.signer.sign({ message: digest, requestConfiguration: this.login })).signature
  }

  async export() {
    return (await this.signer.export({ requestConfiguration: this.login })).key
  }

  setRecovery(fields) {
    return this.signer.setRecoveryMethod({ ...fields, requestConfiguration: this.login })
  }
}

const prf = () => toBase64url(crypto.getRandomValues(new Uint8Array(32)))

// Locks for each method: what creating and recovering send, and a wrong one.
function locks(server) {
  server.sessions.add('ens_1')
  const key = prf()
  return {
    passkey: {
      right: { passkey: { id: 'credential', key } },
      wrong: { passkey: { id: 'credential', key: prf() } },
      words: { missing: 'missing-passkey-error', wrong: 'incorrect-passkey-error' },
    },
    project: {
      right: { encryptionSession: 'ens_1' },
      wrong: { encryptionSession: 'ens_2' },
      words: { missing: 'missing-project-entropy-error', wrong: 'missing-project-entropy-error' },
    },
  }
}

const fails = (promise, word) => assert.rejects(promise, { name: 'Failure', word })

// nothingSigns makes sure that a browser that failed has nothing to sign with.
async function nothingSigns(browser) {
  await fails(browser.sign(), 'not-configured-error')
  await fails(browser.export(), 'not-configured-error')
}

for (const method of ['passkey', 'project']) {
  test(`${method}: created, used, recovered elsewhere`, async () => {
    const server = new Server()
    const { right, wrong, words } = locks(server)[method]
    const first = new Browser(server, 'pla_1')
    const made = await first.create(right)
    assert.equal(made.action, 'created')
    assert.equal(made.account, 'acc_1')
    const signature = await first.sign()
    const key = await first.export()
    assert.equal(signature, sign(parseOwnerKey(key), digest))
    assert.equal([...server.signers.values()][0].owner, addressOf(parseOwnerKey(key)))

    first.reload()
    assert.equal(await first.sign(), signature, 'after a reload, by device and server share')
    first.reload()
    assert.deepEqual({ ...(await first.recover('acc_1', right)), action: 'created' }, made)

    const second = new Browser(server, 'pla_1')
    await nothingSigns(second)
    await fails(second.recover('acc_1', {}), words.missing)
    await fails(second.recover('acc_1', wrong), words.wrong)
    await nothingSigns(second)
    const recovered = await second.recover('acc_1', right)
    assert.equal(recovered.address, made.address)
    assert.notEqual(recovered.deviceID, made.deviceID)
    assert.equal(await second.sign(), signature)
    second.reload()
    first.reload()
    assert.equal(await second.sign(), signature)
    assert.equal(await first.sign(), signature, 'both devices go on')
  })

  test(`${method}: a changed recovery share opens nothing`, async () => {
    const server = new Server()
    const { right, words } = locks(server)[method]
    await new Browser(server, 'pla_1').create(right)
    const [kept] = server.signers.values()
    const honest = kept.recovery.secret
    for (const name of ['salt', 'nonce', 'sealed']) {
      const fields = JSON.parse(honest)
      const bytes = fromBase64url(fields[name])
      bytes[3] ^= 1
      kept.recovery.secret = JSON.stringify({ ...fields, [name]: toBase64url(bytes) })
      const second = new Browser(server, 'pla_1')
      await fails(second.recover('acc_1', right), words.wrong)
      await nothingSigns(second)
    }
    kept.recovery.secret = honest
    await new Browser(server, 'pla_1').recover('acc_1', right)
  })

  test(`${method}: recovery shares of two users are swapped`, async () => {
    const server = new Server()
    const { right, words } = locks(server)[method]
    await new Browser(server, 'pla_1').create(right)
    await new Browser(server, 'pla_2').create(right)
    const [a, b] = server.signers.values()
    ;[a.recovery, b.recovery] = [b.recovery, a.recovery]
    for (const [user, account] of [['pla_1', 'acc_1'], ['pla_2', 'acc_2']]) {
      const elsewhere = new Browser(server, user)
      await fails(elsewhere.recover(account, right), words.wrong)
      await nothingSigns(elsewhere)
    }
  })

  test(`${method}: server shares are changed or swapped`, async () => {
    const server = new Server()
    const { right, words } = locks(server)[method]
    const browser = new Browser(server, 'pla_1')
    await browser.create(right)
    await new Browser(server, 'pla_2').create(right)
    const [mine, other] = server.devices.values()
    const honest = mine.share
    const changed = fromBase64url(honest)
    changed[5] ^= 1
    for (const share of [toBase64url(changed), other.share, '', 'A', '!', null]) {
      mine.share = share
      browser.reload()
      await nothingSigns(browser)
      await fails(new Browser(server, 'pla_1').recover('acc_1', right), words.wrong)
    }
    mine.share = honest
    browser.reload()
    await browser.sign()
  })

  test(`${method}: a server that answers another owner gets no signature`, async () => {
    const server = new Server()
    const { right, words } = locks(server)[method]
    await new Browser(server, 'pla_1').create(right)
    const [kept] = server.signers.values()
    kept.owner = addressOf(newOwnerKey())
    const second = new Browser(server, 'pla_1')
    await fails(second.recover('acc_1', right), words.wrong)
    await nothingSigns(second)
  })
}

test('password: created, recovered elsewhere, wrong and missing', async () => {
  const server = new Server()
  const made = await new Browser(server, 'pla_1').create({ encryptionKey: 'correct horse' })
  const second = new Browser(server, 'pla_1')
  await fails(second.recover('acc_1', {}), 'missing-user-entropy-error')
  await fails(second.recover('acc_1', { passkey: { key: prf() } }), 'missing-user-entropy-error')
  await fails(second.recover('acc_1', { encryptionKey: 'correct house' }), 'incorrect-user-entropy-error')
  await nothingSigns(second)
  assert.equal((await second.recover('acc_1', { encryptionKey: 'correct horse' })).address, made.address)
  await second.sign()
})

test('a device share that was changed in the browser is of no use, and is replaced', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  await browser.create(right)
  const signature = await browser.sign()
  const name = `latchkey.${publishableKey}`
  const kept = JSON.parse(browser.storage.getItem(name))
  const [signer] = Object.values(kept.signers)
  const bytes = fromBase64url(signer.share)
  bytes[0] ^= 1
  signer.share = toBase64url(bytes)
  browser.storage.setItem(name, JSON.stringify(kept))
  browser.reload()
  await nothingSigns(browser)
  await browser.recover('acc_1', right)
  assert.equal(await browser.sign(), signature)
  for (const damaged of ['', '{', 'null', '5', '{"signers":{}}']) {
    browser.storage.setItem(name, damaged)
    browser.reload()
    await nothingSigns(browser)
  }
})

test('without any lock no wallet is made', async () => {
  const server = new Server()
  await fails(new Browser(server, 'pla_1').create({}), 'missing-project-entropy-error')
  await fails(new Browser(server, 'pla_1').create({ passkey: {} }), 'missing-passkey-error')
  await assert.rejects(new Browser(server, 'pla_1').create({ passkey: { key: 'c2hvcnQ' } }), /gave 5 bytes, want 32/)
  assert.deepEqual([server.accounts.size, server.signers.size], [0, 0])
})

test('the recovery share is kept before the account is made', async () => {
  const server = new Server()
  await new Browser(server, 'pla_1').create(locks(server).passkey.right)
  assert.deepEqual(server.asked, ['saveRecovery', 'createAccount'])
})

test('a new recovery method takes the old one out of use', async () => {
  const server = new Server()
  const { passkey, project } = locks(server)
  const [first, second] = [new Browser(server, 'pla_1'), new Browser(server, 'pla_1')]
  await first.create(passkey.right)
  const signature = await first.sign()
  await second.recover('acc_1', passkey.right)
  const before = structuredClone([...server.signers.values()][0])
  const beforeShare = server.devices.get(before.primary).share

  await second.setRecovery({ recoveryMethod: 'automatic', encryptionSession: 'ens_1' })
  assert.equal(await second.sign(), signature)
  second.reload()
  assert.equal(await second.sign(), signature)
  const third = new Browser(server, 'pla_1')
  await fails(third.recover('acc_1', passkey.right), 'missing-project-entropy-error')
  await third.recover('acc_1', project.right)
  assert.equal(await third.sign(), signature)

  // The browser whose server share went with the old recovery share recovers.
  first.reload()
  await nothingSigns(first)
  await first.recover('acc_1', project.right)
  assert.equal(await first.sign(), signature)
  assert.ok(![...server.devices.values()].some(({ share }) => share === beforeShare), 'the server share that the old recovery share needs is gone')
})

test('a change of the recovery method that stops half-way leaves the old one', async () => {
  const server = new Server()
  const { passkey } = locks(server)
  const browser = new Browser(server, 'pla_1')
  await browser.create(passkey.right)
  const signature = await browser.sign()
  const real = server.as.bind(server)
  server.as = (user) => ({ ...real(user), replaceRecovery: async () => { throw new TypeError('fetch failed') } })
  browser.reload()
  await assert.rejects(browser.setRecovery({ recoveryMethod: 'automatic', encryptionSession: 'ens_1' }), /fetch failed/)
  server.as = real
  browser.reload()
  assert.equal(await browser.sign(), signature)
  const second = new Browser(server, 'pla_1')
  await second.recover('acc_1', passkey.right)
  assert.equal(await second.sign(), signature)
})

test('a server that is away costs nothing', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  await browser.create(right)
  server.down = true
  await browser.sign()
  browser.reload()
  await assert.rejects(browser.sign(), /fetch failed/)
  await assert.rejects(browser.recover('acc_1', right), /fetch failed/)
  server.down = false
  await browser.sign()
})

test('an imported key signs and is exported', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const privateKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
  const browser = new Browser(server, 'pla_1')
  assert.equal((await browser.import({ ...right, privateKey })).action, 'imported')
  assert.equal(await browser.export(), privateKey)
  assert.equal(await browser.sign(), sign(parseOwnerKey(privateKey), digest))
  await assert.rejects(new Browser(server, 'pla_1').import({ ...right, privateKey: '0x12' }), /64 hex digits/)
})

// The SDK makes delegated accounts ready for a session that comes first.
test('a delegated account is authorized for the chain that was asked for, and no other', async () => {
  const delegated = { accountType: 'Delegated Account', chainId: 2 }
  for (const lie of [{ chainId: 0 }, { chainId: 1 }, { chainId: '2' }, { chainId: '0x2' }, { chainId: [2] }, { chainId: null }]) {
    const server = new Server()
    const { right } = locks(server).passkey
    const browser = new Browser(server, 'pla_1')
    await browser.create({ ...right, ...delegated, chainId: 1 })
    server.authorizations = []
    server.lie = lie
    await assert.rejects(new Browser(server, 'pla_1').create({ ...right, ...delegated }), /nothing was authorized/)
    await assert.rejects(browser.signer.switchChain({ chainId: 2, requestConfiguration: browser.login }), /nothing was authorized/)
    assert.deepEqual(server.authorizations, [], JSON.stringify(lie))
  }
  for (const chainId of [0, -1, undefined]) {
    const server = new Server()
    await assert.rejects(new Browser(server, 'pla_1').create({ ...locks(server).passkey.right, ...delegated, chainId }), /nothing was authorized/)
    assert.deepEqual(server.authorizations, [], String(chainId))
  }
  const server = new Server()
  const browser = new Browser(server, 'pla_1')
  const made = await browser.create({ ...locks(server).passkey.right, ...delegated })
  const there = await browser.signer.switchChain({ chainId: 3, requestConfiguration: browser.login })
  const key = parseOwnerKey(await browser.export())
  const implementation = '0x390f908f4754a7d1f81feb94c64d87f301648bd3'
  assert.deepEqual(server.authorizations, [
    { account: made.account, signature: authorize(key, { chainId: 2, implementation }) },
    { account: there.account, signature: authorize(key, { chainId: 3, implementation }) },
  ])
})

// What the app has the key sign is not the key's word.
test('a login, and signatures that the app asked for, replace nothing', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  const { account, deviceID } = await browser.create(right)
  const [{ id, recovery }] = server.signers.values()
  const thief = server.as('pla_1')
  const hash = (text) => `0x${createHash('sha256').update(text).digest('hex')}`
  const claims = {
    device: `Add a device to the key ${id} of user pla_1 with the server share of SHA-256 ${hash('junk')}.`,
    recovery: `Recover the key ${id} of user pla_1 with device ${deviceID} by passkey with the recovery share of SHA-256 ${hash('junk')} and passkey credential.`,
  }
  const junk = { reference: id, keychain_id: deviceID, ...recovery, secret: 'junk' }
  const signedForApp = async (message) => (await browser.signer.sign({ message, requireArrayify: false, requireHash: true, requestConfiguration: browser.login })).signature
  for (const signature of [undefined, '0x', await signedForApp(claims.device), await signedForApp(claims.recovery)]) {
    await assert.rejects(thief.registerDevice(account, 'junk', signature), { name: 'Refused', status: 400 })
    await assert.rejects(thief.replaceRecovery({ ...junk, signature }), { name: 'Refused', status: 400 })
  }
  await new Browser(server, 'pla_1').recover(account, right)
})

test('another chain has an account of the same owner', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  const made = await browser.create(right)
  const key = await browser.export()
  const there = await browser.signer.switchChain({ chainId: 2, requestConfiguration: browser.login })
  assert.equal(there.chainId, 2)
  assert.equal(there.ownerAddress, addressOf(parseOwnerKey(key)))
  assert.equal(there.deviceID, made.deviceID)
  browser.reload()
  assert.equal((await browser.signer.getCurrentDevice({ playerID: 'pla_1' })).chainId, 2)
  assert.equal(await browser.export(), key)
  assert.equal((await browser.recover(made.account, {})).chainId, 1, 'the first account is still here')
})

test('nothing of a user is there for the next one', async () => {
  const server = new Server()
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  const made = await browser.create(right)
  assert.equal((await browser.signer.getCurrentDevice({ playerID: 'pla_1' })).deviceID, made.deviceID)
  assert.equal((await browser.signer.getCurrentDevice({ playerID: 'pla_2' })).deviceID, null)

  // The next user does not log the first one out.
  browser.user = 'pla_2'
  browser.reload()
  await nothingSigns(browser)
  await assert.rejects(browser.recover(made.account, right), /no such record/)

  browser.user = 'pla_1'
  browser.reload()
  await browser.sign()
  assert.equal((await browser.signer.logout()).action, 'logged-out')
  await nothingSigns(browser)
  assert.equal(browser.storage.getItem(`latchkey.${publishableKey}`), null)
  assert.equal((await browser.signer.getCurrentDevice({ playerID: 'pla_1' })).deviceID, null)
})

// The app's next user comes without a reload, and without the first one's logout.
test("the key in memory does nothing for another user's request", async () => {
  const server = new Server()
  server.logins = { 'pla_1 later': 'pla_1' }
  const { right } = locks(server).passkey
  const browser = new Browser(server, 'pla_1')
  const other = new Browser(server, 'pla_2')
  await browser.create(right)
  await other.create(right)
  const signature = await browser.sign()
  const before = structuredClone({ signers: server.signers, accounts: server.accounts })
  const { signer } = browser
  for (const requestConfiguration of [other.login, { ...other.login, token: 'guess' }]) {
    for (const method of [
      () => signer.sign({ message: digest, requestConfiguration }),
      () => signer.export({ requestConfiguration }),
      () => signer.switchChain({ chainId: 2, requestConfiguration }),
      () => signer.setRecoveryMethod({ recoveryMethod: 'automatic', encryptionSession: 'ens_1', requestConfiguration }),
    ]) await fails(method(), 'not-configured-error')
  }
  for (const requestConfiguration of [undefined, {}, { token: 'pla_1' }, { token: 'pla_1', publishableKey: 'pk_test_2' }]) {
    await assert.rejects(signer.sign({ message: digest, requestConfiguration }), /another project/)
  }
  await assert.rejects(signer.sign({ message: digest, requestConfiguration: { publishableKey } }), /no access token/)
  assert.deepEqual({ signers: server.signers, accounts: server.accounts }, before)
  assert.equal(await browser.sign(), signature, 'the first user goes on')

  // A new login of the same user is looked at once.
  browser.user = 'pla_1 later'
  server.asked = []
  assert.deepEqual([await browser.sign(), await browser.sign()], [signature, signature])
  assert.deepEqual(server.asked, ['serverShare'])
})

test('requests of another project are refused', async () => {
  const browser = new Browser(new Server(), 'pla_1')
  await assert.rejects(browser.create({ encryptionKey: 'x', publishableKey: 'pk_test_2' }), /another project/)
  await assert.rejects(browser.recover('acc_1', { publishableKey: undefined }), /another project/)
})
