// The wallet page under attack in headless Chromium: pages that may not embed
// it, pages beside it, and what an app or a script in the page could try. The
// last line says how many checks passed.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'

import { client, ok } from '../js/lib/api.mjs'
import { startDev } from '../js/lib/server.mjs'
import { launch } from './lib/browser.mjs'
import { checks } from './lib/check.mjs'
import { startParents } from './lib/parents.mjs'

const suite = checks()

// check fails a test that is stuck: a page may wait for ever for an answer.
const CHECK_MS = 60_000
const check = (name, test) => suite.check(name, () => Promise.race([
  test(),
  setTimeout(CHECK_MS, undefined, { ref: false }).then(() => assert.fail(`nothing for ${CHECK_MS} ms`)),
]))

const server = await startDev('frame')
// The same site for all three, as it is for an app and a wallet on one domain:
// what is refused is not refused for being another site.
const api = server.info.api.replace('127.0.0.1', 'localhost')
const { publishableKey, secretKey, chainId } = server.info
const walletURL = `${api}/iframe/${publishableKey}`
const [app, foreign] = [await startParents(), await startParents()]
ok(await client(api, secretKey).post('/v1/project', { allowedOrigins: [app.origin] }))
const browser = await launch()

// Visit is a page of a site in a fresh profile.
class Visit {
  static async to(site, context) {
    const visit = new Visit()
    visit.context = context ?? (await browser.newContext())
    visit.page = await visit.context.newPage()
    visit.said = []
    visit.page.on('console', (message) => visit.said.push(message.text()))
    await visit.page.goto(site.url)
    await visit.page.waitForFunction('window.parentPage')
    return visit
  }

  // run calls a function of the page's parent.mjs.
  run(name, ...args) {
    return this.page.evaluate(([name, args]) => window.parentPage[name](...args), [name, args])
  }

  get wallet() {
    return this.page.frames().find((frame) => frame.url().startsWith(walletURL))
  }

  close() {
    return this.context.close()
  }
}

async function guest() {
  const answer = await fetch(`${api}/iam/v2/auth/sign-in/anonymous`, { method: 'POST', headers: { 'x-project-key': publishableKey, origin: app.origin } })
  const { token, user } = await answer.json()
  return { accessToken: token, playerID: user.id, publishableKey, accountType: 'Smart Account', chainType: 'EVM', chainId, encryptionKey: 'correct horse' }
}

const configuration = ({ accessToken }) => ({ requestConfiguration: { token: accessToken, publishableKey } })
const digest = `0x${'01'.repeat(32)}`

// heardNothing makes sure that the wallet did not answer a page before its last
// word, which end has it say: messages between two windows keep their order.
async function heardNothing(page, end) {
  await end()
  await page.waitForFunction(() => window.parentPage.heard.includes('end'))
  assert.deepEqual(await page.evaluate(() => window.parentPage.heard), ['end'])
}

const ann = await guest()
const visit = await Visit.to(app)
let made

await check('an allowed page embeds the wallet, which makes a key and signs', async () => {
  await visit.run('embed', walletURL)
  made = await visit.run('ask', 'create', ann)
  assert.equal(made.action, 'created', JSON.stringify(made))
  const { signature } = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.match(signature, /^0x[0-9a-f]{130}$/)
  return made.address
})

await check('the key is nowhere in the browser, only a share of it', async () => {
  const { key } = await visit.run('ask', 'export', configuration(ann))
  const kept = await visit.wallet.evaluate(() => JSON.stringify(localStorage))
  const bytes = Buffer.from(key.slice(2), 'hex')
  for (const form of [key.slice(2), bytes.toString('base64'), bytes.toString('base64url'), bytes.join(',')]) assert(!kept.includes(form), 'the key is in the storage')
  assert.match(kept, /share/)
  assert.deepEqual(await visit.wallet.evaluate(() => [document.cookie, JSON.stringify(sessionStorage)]), ['', '{}'])
})

await check('after a reload it signs by two shares, and not with a changed one', async () => {
  await visit.page.reload()
  await visit.page.waitForFunction('window.parentPage')
  await visit.run('embed', walletURL)
  const { signature } = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.match(signature, /^0x/)
  await visit.wallet.evaluate(() => {
    const [name] = Object.keys(localStorage)
    localStorage[name] = localStorage[name].replace(/"share":"(.)/, (found, first) => `"share":"${first === 'A' ? 'B' : 'A'}`)
  })
  await visit.run('embed', walletURL)
  const refused = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.deepEqual([refused.error, refused.signature], ['not-configured-error', undefined])
  return refused.error
})

await check('a wrong password recovers nothing, the right one the same wallet', async () => {
  const wrong = await visit.run('ask', 'recover', { ...ann, account: made.account, encryptionKey: 'correct house' })
  assert.equal(wrong.error, 'incorrect-user-entropy-error')
  const none = await visit.run('ask', 'recover', { ...ann, account: made.account, encryptionKey: null })
  assert.equal(none.error, 'missing-user-entropy-error')
  const unsigned = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.equal(unsigned.error, 'not-configured-error')
  const right = await visit.run('ask', 'recover', { ...ann, account: made.account })
  assert.equal(right.address, made.address)
})

await check("another user does not get the wallet by its account's id", async () => {
  const bob = await guest()
  await assert.rejects(visit.run('ask', 'recover', { ...bob, account: made.account }), /does not exist/)
  const unsigned = await visit.run('ask', 'sign', { message: digest, ...configuration(bob) })
  assert.equal(unsigned.error, 'not-configured-error')
})

await check("another user's request is not signed by the key in memory", async () => {
  await visit.run('ask', 'recover', { ...ann, account: made.account })
  const bob = await guest()
  for (const [method, fields] of [['sign', { message: digest }], ['export', {}], ['switchChain', { chainId }], ['setRecoveryMethod', { recoveryMethod: 'password', recoveryPassword: 'x' }]]) {
    const refused = await visit.run('ask', method, { ...fields, ...configuration(bob) })
    assert.deepEqual([refused.error, refused.signature, refused.key], ['not-configured-error', undefined, undefined], method)
  }
  const { signature } = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.match(signature, /^0x[0-9a-f]{130}$/, 'its own user goes on')
})

await check('URLs in a request send no share elsewhere', async () => {
  const before = foreign.requests.length
  const elsewhere = { openfortURL: foreign.origin, shieldURL: foreign.origin }
  const answer = await visit.run('ask', 'recover', { ...ann, ...elsewhere, account: made.account })
  assert.equal(answer.address, made.address)
  assert.deepEqual(foreign.requests.slice(before), [])
})

await check('a page of another origin cannot embed the wallet', async () => {
  const evil = await Visit.to(foreign)
  await assert.rejects(evil.run('embed', walletURL), /timed out/)
  assert(evil.said.some((text) => text.includes('frame-ancestors')), evil.said.join('\n'))
  await evil.close()
})

await check('nor can it by embedding a page that may', async () => {
  const evil = await Visit.to(foreign)
  await evil.run('show', app.url)
  const nested = evil.page.frames().find((frame) => frame.url() === app.url)
  await nested.waitForFunction('window.parentPage')
  await assert.rejects(nested.evaluate((url) => window.parentPage.embed(url), walletURL), /timed out/)
  await evil.close()
})

await check('a foreign frame beside the wallet gets no answer from it', async () => {
  await visit.run('embed', walletURL)
  await visit.run('show', foreign.url)
  const evil = visit.page.frames().find((frame) => frame.url() === foreign.url)
  await evil.waitForFunction('window.parentPage')
  await evil.evaluate(() => window.parentPage.pester(window.parent.frames[0]))
  const device = await visit.run('ask', 'getCurrentDevice', { playerID: ann.playerID })
  assert.equal(device.deviceID?.slice(0, 4), 'dev_', 'the app goes on')
  await heardNothing(evil, () => visit.wallet.evaluate(() => window.parent.frames[1].postMessage('end', '*')))
})

await check('nor does a page that opens it as a window of its own', async () => {
  const evil = await Visit.to(foreign)
  const opened = evil.context.waitForEvent('page')
  await evil.run('open', walletURL)
  const popup = await opened
  await popup.waitForLoadState()
  await popup.evaluate(() => {
    window.last = new Promise((done) => addEventListener('message', ({ data }) => data === 'last' && done()))
  })
  await evil.page.evaluate(() => window.parentPage.pester(window.parentPage.opened))
  await evil.page.evaluate(() => window.parentPage.opened.postMessage('last', '*'))
  await popup.evaluate(() => window.last)
  await heardNothing(evil.page, () => popup.evaluate(() => window.opener.postMessage('end', '*')))
  await evil.close()
})

await check('a script that gets into the page finds nobody to talk to', async () => {
  const before = foreign.requests.length
  await visit.run('embed', walletURL)
  const tried = await visit.wallet.evaluate(async (elsewhere) => {
    const outcome = async (attempt) => {
      try {
        return String(await attempt())
      } catch (error) {
        return error.name
      }
    }
    return {
      fetch: await outcome(() => fetch(elsewhere, { mode: 'no-cors' })),
      image: await outcome(() => new Promise((done) => {
        addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => blockedURI.endsWith('/image') && done(effectiveDirective))
        new Image().src = `${elsewhere}image`
      })),
      html: await outcome(() => (document.body.innerHTML = '<img>')),
      script: await outcome(() => (document.createElement('script').text = 'window.ran = 1')),
    }
  }, foreign.url)
  assert.deepEqual(tried, { fetch: 'TypeError', image: 'img-src', html: 'TypeError', script: 'TypeError' })
  assert.deepEqual(foreign.requests.slice(before), [])
})

await check('signing out takes everything away', async () => {
  assert.equal((await visit.run('ask', 'logout', {})).action, 'logged-out')
  assert.equal(await visit.wallet.evaluate(() => localStorage.length), 0)
  const unsigned = await visit.run('ask', 'sign', { message: digest, ...configuration(ann) })
  assert.equal(unsigned.error, 'not-configured-error')
})

await browser.close()
await Promise.all([app.stop(), foreign.stop(), server.stop()])
process.exitCode = suite.finish()
