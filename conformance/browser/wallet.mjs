// The sample app in headless Chromium, on the official browser and server SDKs:
// users come in, their wallets are made, session keys are granted, used and
// revoked, and wallets are recovered where nothing is stored. The last line says
// how many checks passed.

import assert from 'node:assert/strict'

import { client, ok } from '../js/lib/api.mjs'
import { connect } from '../js/lib/chain.mjs'
import { viem } from '../js/lib/signers.mjs'
import { launch } from './lib/browser.mjs'
import { checks } from './lib/check.mjs'
import { startForeign } from './lib/foreign.mjs'
import { addGuide } from './lib/guide.mjs'
import { newestLink } from './lib/outbox.mjs'
import { Profile } from './lib/profile.mjs'
import { startSample } from './lib/sample.mjs'

const { check, finish } = checks()
const sample = await startSample()
const browser = await launch(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'])
const api = client(sample.info.api, sample.info.secretKey)
const seen = { strays: new Set(), urls: new Set() }
const open = () => Profile.open(browser, sample.url, seen)

// What each stage took in the page, by user.
const stages = {}
const stage = (who, name, ms) => ((stages[name] ??= {})[who] = `${ms} ms`)

const session = async (id) => ok(await api.get(`/v1/sessions/${id}`))
const seconds = () => Math.floor(Date.now() / 1000)

async function minted(who, profile, step) {
  const before = Number(await profile.shown('tokens'))
  const { ms, result } = await profile.step(step)
  assert.match(result.transactionHash, /^0x[0-9a-f]{64}$/)
  assert.equal(Number(await profile.shown('tokens')), before + 1)
  stage(who, 'mint included', ms)
  return `${result.gasUsed} gas`
}

async function walletReady(who, profile, fields) {
  const { ms, result } = await profile.step('wallet', fields)
  assert.match(result.address, /^0x[0-9a-fA-F]{40}$/)
  stage(who, 'wallet ready', ms)
  return result
}

// useSessions goes both of the guide's ways.
async function useSessions(who, profile) {
  let key, granted
  await check(`${who}: session active, by provider.request`, async () => {
    const { ms, result } = await profile.step('grant')
    stage(who, 'session active', ms)
    granted = result
    const { status, sudo, whitelist } = await session(granted.permissionsContext)
    assert.deepEqual({ status, sudo, whitelist: whitelist.length }, { status: 'active', sudo: false, whitelist: 1 })
    assert(Math.abs(granted.expiry - seconds() - 86_400) <= 5, `expiry ${granted.expiry}`)
    return granted.permissionsContext
  })
  await check(`${who}: mint included, signed by the session key, sent by the server`, () => minted(who, profile, 'mint'))
  await check(`${who}: revoked, and the key is refused`, async () => {
    await profile.step('revoke')
    assert.equal((await session(granted.permissionsContext)).status, 'revoked')
    return profile.refused('mint')
  })
  await check(`${who}: the server's key is granted by viem, until the moment that was asked`, async () => {
    const asked = seconds() + 3600
    const { result } = await profile.step('grant-server')
    const { status, validUntil } = await session(result.permissionsContext)
    assert.equal(status, 'active')
    assert(Math.abs(Number(validUntil) - asked) <= 5, `valid until ${validUntil}, asked ${asked}`)
  })
  await check(`${who}: the server mints by itself`, () => minted(who, profile, 'mint-server'))
  await check(`${who}: a grant of everything says so`, async () => {
    const { result } = await profile.step('grant-all')
    assert.equal(result.unrestricted, true)
  })
  await check(`${who}: session active, asked by the server and signed by the wallet`, async () => {
    key = (await profile.step('register')).result
    assert.equal(key.isActive, true)
  })
  await check(`${who}: mint included, sent by the page`, () => minted(who, profile, 'mint-registered'))
  await check(`${who}: revoked by the server, and the key is refused`, async () => {
    assert.equal((await profile.step('revoke-registered')).result.isActive, false)
    return profile.refused('mint-registered')
  })
}

async function signs(profile) {
  const { result } = await profile.step('sign-message')
  assert.equal(result.valid, true)
}

// guest answers whether somebody is in.
function guest(who, profile) {
  return check(`${who}: signed up`, async () => {
    const { ms, result } = await profile.step('guest')
    stage(who, 'signed up', ms)
    return result.user
  })
}

async function guestWithSmartAccount() {
  const who = 'guest'
  const profile = await open()
  await profile.screenshot('1-first-look')
  const ready = (await guest(who, profile)) &&
    (await check(`${who}: wallet ready, automatic recovery`, async () => (await walletReady(who, profile, { recovery: 'automatic' })).address))
  if (!ready) return profile.close()
  await check(`${who}: signature verified before the account is on chain`, () => signs(profile))
  await useSessions(who, profile)
  await check(`${who}: signature verified by the account on chain`, () => signs(profile))
  await profile.screenshot('2-guest')
  await check(`${who}: still there after the page was loaded anew`, async () => {
    const account = await profile.shown('account')
    await profile.load()
    assert.equal(await profile.shown('account'), account)
    await signs(profile)
  })
  await check(`${who}: logged out`, async () => {
    await profile.step('log-out')
    assert.equal(await profile.shown('account'), 'none yet')
    assert.deepEqual(profile.errors, [])
  })
  await profile.close()
}

async function guestWithDelegatedAccount() {
  const who = 'delegated'
  const profile = await open()
  const ready = (await guest(who, profile)) && (await check(`${who}: wallet ready`, async () => {
    const { address, owner } = await walletReady(who, profile, { recovery: 'automatic', accountType: 'Delegated Account' })
    assert.equal(address, owner)
    return address
  }))
  if (!ready) return profile.close()
  await check(`${who}: signature verified before the account is on chain`, () => signs(profile))
  await useSessions(who, profile)
  await check(`${who}: signature verified by the account on chain`, () => signs(profile))
  await profile.screenshot('3-delegated')
  await profile.close()
}

// signUp makes a user with an address, who opens the link in the mail where the
// server asks for that.
async function signUp(who, profile, credentials) {
  const { ms, result } = await profile.step('sign-up', credentials)
  stage(who, 'signed up', ms)
  if (!result.action) return result.user
  assert.equal(result.action, 'verify_email')
  await profile.visit(newestLink(sample.info.outbox, credentials.email))
  return (await profile.step('log-in', credentials)).result.user
}

// recovers has a user with an address make a wallet, lose all that their browser
// kept, and get the same wallet back. withoutIt tries it without what they need.
async function recovers({ who, wallet, fresh, withoutIt }) {
  const credentials = { email: `${who}@example.com`, password: 'a long password of mine' }
  let profile = await open()
  let address
  const ready = (await check(`${who}: signed up with an address`, () => signUp(who, profile, credentials))) &&
    (await check(`${who}: wallet ready`, async () => ({ address } = await walletReady(who, profile, wallet)).address))
  if (!ready) return profile.close()
  await check(`${who}: session active`, async () => stage(who, 'session active', (await profile.step('grant')).ms))
  await check(`${who}: mint included`, () => minted(who, profile, 'mint'))
  await check(`${who}: logged out, and in again, with the same wallet`, async () => {
    await profile.step('log-out')
    await profile.step('log-in', credentials)
    assert.equal((await profile.step('wallet', wallet)).result.address, address)
    await signs(profile)
  })
  profile = await fresh(profile)
  await check(`${who}: on a device that is new there is nobody and nothing`, async () => {
    assert.equal(await profile.shown('user'), 'nobody yet')
    assert.equal(await profile.shown('account'), 'none yet')
    await profile.step('log-in', credentials)
  })
  if (withoutIt) await check(`${who}: without what it takes the wallet stays closed`, () => withoutIt(profile, credentials))
  await check(`${who}: recovered, with the same address and the same key`, async () => {
    const { ms, result } = await profile.step('wallet', wallet)
    assert.equal(result.address, address)
    stage(who, 'wallet recovered', ms)
    await signs(profile)
    await profile.step('register')
    await minted(who, profile, 'mint-registered')
    return address
  })
  await profile.screenshot(`4-${who}`)
  await profile.close()
}

const anotherProfile = async (profile) => {
  await profile.close()
  return open()
}

const password = { recovery: 'password', recoveryPassword: 'correct horse battery staple' }

const withPassword = () => recovers({
  who: 'password', wallet: password, fresh: anotherProfile,
  withoutIt: (profile) => profile.refused('wallet', { ...password, recoveryPassword: 'incorrect horse battery staple' }),
})

const automatically = () => recovers({ who: 'automatic', wallet: { recovery: 'automatic' }, fresh: anotherProfile })

const withPasskey = () => recovers({
  who: 'passkey', wallet: { recovery: 'passkey' },
  // An authenticator lives and dies with its profile, so this one is emptied.
  fresh: async (profile) => {
    const stores = [sample.url, `${sample.info.api.replace('127.0.0.1', 'localhost')}/health`]
    await check('passkey: all that the browser kept is gone', async () => {
      assert(await profile.kept(stores) >= 2, 'neither the page nor the frame kept anything')
      await profile.forget()
      assert.equal(await profile.kept(stores), 0)
    })
    return profile
  },
  withoutIt: async (_, credentials) => {
    const another = await open() // with an authenticator of its own
    await another.step('log-in', credentials)
    const reason = await another.refused('wallet', { recovery: 'passkey' })
    await another.close()
    return reason
  },
})

// followsTheGuide runs the guide's own lines. They name no gas policy, so the
// account pays for its session itself.
async function followsTheGuide() {
  const who = 'guide'
  const profile = await open()
  let address
  const ready = (await guest(who, profile)) &&
    (await check(`${who}: wallet ready`, async () => ({ address } = await walletReady(who, profile, { recovery: 'automatic' })).address))
  if (!ready) return profile.close()
  await check(`${who}: session active, by the guide to the letter`, async () => {
    const chain = connect(sample.info.rpc, sample.info.chainId)
    const hash = await chain.wallet(sample.info.ownerPrivateKey).sendTransaction({ to: address, value: 10n ** 18n })
    await chain.read.waitForTransactionReceipt({ hash })
    const run = await addGuide(profile.page)
    const { permissionsContext, expiry, key } = await run(() => window.guide.grant())
    assert(Math.abs(expiry - seconds() - 86_400) <= 5, `expiry ${expiry}`)
    const shown = await session(permissionsContext)
    assert.deepEqual(
      { status: shown.status, key: shown.address, whitelist: shown.whitelist.map((contract) => contract.toLowerCase()) },
      { status: 'active', key, whitelist: ['0x2522f4fc9af2e1954a3d13f7a5b2683a00a4543a'] },
    )
  })
  await profile.close()
}

// changesRecovery exports the key, changes how it is recovered, and recovers it
// the new way.
async function changesRecovery() {
  const who = 'rotation'
  const credentials = { email: `${who}@example.com`, password: 'a long password of mine' }
  let profile = await open()
  let wallet
  const ready = (await check(`${who}: signed up with an address`, () => signUp(who, profile, credentials))) &&
    (await check(`${who}: wallet ready, password`, async () => (wallet = await walletReady(who, profile, password)).address))
  if (!ready) return profile.close()
  const run = await addGuide(profile.page)
  await check(`${who}: the exported key is the owner's`, async () => {
    const key = await run(() => window.guide.openfort.embeddedWallet.exportPrivateKey())
    assert.equal(viem(key).address, wallet.owner)
  })
  await check(`${who}: from password to automatic`, () => run(async (password) => {
    const { openfort } = window.guide
    const headers = { authorization: `Bearer ${await openfort.getAccessToken()}` }
    const { encryptionSession } = await (await fetch('/api/recovery', { method: 'POST', headers })).json()
    await openfort.embeddedWallet.setRecoveryMethod({ recoveryMethod: 'password', password }, { recoveryMethod: 'automatic', encryptionSession })
  }, password.recoveryPassword))
  profile = await anotherProfile(profile)
  await profile.step('log-in', credentials)
  await check(`${who}: the old password opens nothing any more`, () => profile.refused('wallet', password))
  await check(`${who}: recovered the new way`, async () => {
    assert.equal((await profile.step('wallet', { recovery: 'automatic' })).result.address, wallet.address)
    await signs(profile)
  })
  await profile.close()
}

// foreignPages try to reach the wallet of a project that does not know them.
async function foreignPages() {
  const who = 'foreign page'
  const frame = `${sample.info.api.replace('127.0.0.1', 'localhost')}/iframe/${sample.info.publishableKey}`
  const foreign = await startForeign(frame)
  const ordinary = await browser.newContext()
  const lax = await browser.newContext({ bypassCSP: true })
  await check(`${who}: reaches the wallet while every page of this machine may`, async () => assert.equal(await foreign.outcome(ordinary), 'connected'))
  ok(await api.post('/v1/project', { allowedOrigins: [new URL(sample.url).origin] }))
  await check(`${who}: is not shown the wallet when only the app may show it`, async () => assert.equal(await foreign.outcome(ordinary), 'CONNECTION_TIMEOUT'))
  await check(`${who}: gets no answer even from a browser that shows it`, async () => assert.equal(await foreign.outcome(lax), 'CONNECTION_TIMEOUT'))
  await check('the app goes on as before', async () => {
    const profile = await open()
    await profile.step('guest')
    await profile.step('wallet', { recovery: 'automatic' })
    await profile.close()
  })
  await ordinary.close()
  await lax.close()
  await foreign.stop()
}

try {
  await guestWithSmartAccount()
  await guestWithDelegatedAccount()
  await withPassword()
  await automatically()
  await withPasskey()
  await followsTheGuide()
  await changesRecovery()
  await foreignPages()
  await check('no request left this machine', () => {
    assert.deepEqual([...seen.strays], [])
    return [...seen.urls].sort().join(' ')
  })
} finally {
  await browser.close()
  await check('the server and the sample stop when they are asked to', () => sample.stop())
}
console.table(stages)
process.exitCode = finish()
