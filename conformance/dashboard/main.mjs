// Uses the dashboard in headless Chromium as operators do: signs in, finds a
// user, reads what a key may do, watches it being used, stops it. Then looks at
// every page in both themes and widths. The last line says how many checks
// passed.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { start, startDev } from '../js/lib/server.mjs'
import { viem } from '../js/lib/signers.mjs'
import { accessible, fits, picture } from './lib/audit.mjs'
import { App } from './lib/app.mjs'
import { newVisitor, startBrowser, themes, widths } from './lib/browser.mjs'
import { showAndHide } from './lib/tabs.mjs'
import { pages } from './pages.mjs'

const counts = { passed: 0, failed: 0 }

async function check(name, test) {
  try {
    const seen = await test()
    counts.passed++
    console.log(`ok      ${name}${seen ? `  ${seen}` : ''}`)
  } catch (error) {
    counts.failed++
    console.log(`FAILED  ${name}\n${error.stack}`)
  }
}

const usdADay = '5000000000000000000'

// grants of each kind, as a project would have them after a while.
async function grantKeys(app) {
  const live = await app.grant({ limit: 5, permissions: [app.mintOnly, app.daily(usdADay)], feeLimit: '50000000000000000' })
  const everything = await app.grant()
  const usedUp = await app.grant({ limit: 1, permissions: [app.mintOnly] })
  const minted = await app.mint(usedUp)
  assert.equal(minted.status, 200)
  const pending = await app.grant({ sign: false, limit: 3, permissions: [app.mintOnly] })
  const revoked = await app.grant({ limit: 3, permissions: [app.mintOnly] })
  await app.revoke(revoked)
  return { live, everything, usedUp, pending, revoked, minted: minted.body.id }
}

// newestRequest answers the page of the newest request that the log has.
async function newestRequest(browser, app) {
  const page = await newVisitor(browser, app.info.api)
  await page.goto('/requests')
  return page.locator('td a[href^="/requests/"]').first().getAttribute('href')
}

async function signIn(browser) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const dev = await startDev('dashboard-chain', { data: join(folder, 'dev') })
  const { chains } = await (await fetch(`${dev.info.api}/health`)).json()
  const key = join(folder, 'relayer.key')
  const { relayerPrivateKey } = JSON.parse(readFileSync(join(folder, 'dev', 'dev.json'), 'utf8'))
  writeFileSync(key, relayerPrivateKey, { mode: 0o600 })
  let server
  try {
    await check('serve prints a one-time link, which signs in once', async () => {
      server = await start('dashboard-serve', ['serve', '--json', '--addr', '127.0.0.1:0', '--rpc', dev.info.rpc, '--relayer-key-file', key, '--paymaster', chains[0].paymaster, '--data', join(folder, 'serve')])
      const page = await newVisitor(browser, server.info.dashboard)
      await page.goto('/users')
      assert.match(page.url(), /\/sign-in\?next=%2Fusers$/)
      await page.goto(server.info.signInLink)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('You are signed in').waitFor()
      await page.getByLabel('New password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Set password' }).click()
      await page.getByText('Your password is set').waitFor()
      const other = await newVisitor(browser, server.info.dashboard)
      await other.goto(server.info.signInLink)
      await other.getByRole('button', { name: 'Sign in' }).click()
      await other.getByText('was used already').waitFor()
      await picture(other, 'link-used')
      assert.deepEqual(page.trouble, [])
    })
    await check('a password signs in, and leads to where one wanted to go', async () => {
      const page = await newVisitor(browser, server.info.dashboard)
      await page.goto('/audit')
      await page.getByLabel('Name').fill('admin')
      await page.getByLabel('Password').fill('wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('the name or the password is wrong').waitFor()
      await accessible(page)
      await page.getByLabel('Password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Audit log' }).waitFor()
      await page.getByText('operator.set-password').waitFor()
    })
    await check('a passkey is added, signs in, and is removed', async () => {
      const base = server.info.dashboard.replace('127.0.0.1', 'localhost') // passkeys need a name
      const page = await newVisitor(browser, base, { authenticator: true })
      await page.goto('/sign-in')
      await page.getByLabel('Name').fill('admin')
      await page.getByLabel('Password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      await page.goto('/profile')
      await page.getByLabel('Name').fill('Laptop')
      await page.getByLabel('Confirm with your password').fill('wrong')
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByText('the present password is another one').waitFor()
      await page.getByLabel('Confirm with your password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByRole('row', { name: /Laptop.*never/ }).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      await page.goto('/profile')
      await page.getByRole('row', { name: /Laptop.*second/ }).waitFor()
      await picture(page, 'profile-passkey')
      await accessible(page)
      page.once('dialog', (dialog) => dialog.accept())
      await page.getByRole('button', { name: 'Remove' }).click()
      await page.getByText('No passkey yet').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page.getByText('the passkey is not accepted').waitFor()
      await picture(page, 'sign-in-passkey-removed')
      assert.deepEqual(page.trouble, [])
    })
  } finally {
    await server?.stop()
    await dev.stop()
    rmSync(folder, { recursive: true })
  }
}

const bar = (page, label) => page.locator('progress', { has: page.locator(`xpath=self::*[starts-with(@aria-label, "${label}")]`) }).first()
const valueOf = (locator) => locator.evaluate((el) => Number(el.value))

async function useKeys(browser, app, keys) {
  const page = await newVisitor(browser, app.info.api, { wallet: app.owner })

  await check('a user is found by name, and by the address of an account', async () => {
    await page.goto('/')
    await page.goto('/users')
    await page.getByRole('searchbox').fill('develop')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Development player' }).click()
    await page.getByRole('heading', { name: 'Development player' }).waitFor()
    await page.goto('/users')
    await page.getByRole('searchbox').fill(app.info.accountAddress)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Development player' }).waitFor()
    assert.match(page.url(), new RegExp(`/users/${app.info.player}$`))
  })
  await check("the user's page says what each key may do, and shows the unrestricted one in red", async () => {
    const key = page.locator(`[id="${keys.live.id}"]`)
    const text = (await key.innerText()).replaceAll('\n', ' ')
    assert.match(text, /May call mint on “Development NFT” .* and transfer or approve at most 5 DEV .* a day.*, 5 times, .*until/)
    const red = await page.locator(`[id="${keys.everything.id}"] .grant`).evaluate((el) => getComputedStyle(el).color)
    const black = await key.locator('.grant').evaluate((el) => getComputedStyle(el).color)
    assert.notEqual(red, black)
    await page.locator(`[id="${keys.everything.id}"]`).getByText('Unrestricted').waitFor()
    return red
  })
  await check('times are in the reader’s zone, with UTC on hover; addresses are copied with one click', async () => {
    const time = page.locator('.facts time').first()
    assert.match(await time.getAttribute('title'), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
    assert.ok(!(await time.innerText()).includes('UTC'))
    await page.getByRole('button', { name: `Copy ${app.info.accountAddress}` }).click()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), app.info.accountAddress)
  })
  await check('a mint moves the bar of a key while one looks at it', async () => {
    await page.locator(`[id="${keys.live.id}"]`).getByRole('link').first().click()
    await page.getByRole('heading', { name: 'Session key' }).waitFor()
    assert.equal(await valueOf(bar(page, 'Calls')), 0)
    const asked = Date.now()
    assert.equal((await app.mint(keys.live)).status, 200)
    await page.getByText('1 of 5').waitFor({ timeout: 10_000 })
    assert.equal(await valueOf(bar(page, 'Calls')), 200)
    await page.getByRole('row', { name: /mint on Development NFT.*this key.*Succeeded/ }).waitFor()
    return `shown ${Date.now() - asked} ms after the app asked for it`
  })
  await check('more tabs than a browser has connections stay open, and catch up when they are seen again', async () => {
    const tabs = []
    for (let i = 0; i < 8; i++) {
      const tab = await page.context().newPage()
      await showAndHide(tab)
      await tab.goto(`/sessions/${keys.live.id}`)
      await tab.getByText('1 of 5').waitFor({ timeout: 10_000 })
      await tab.evaluate(() => window.hide())
      tabs.push(tab)
    }
    assert.equal((await app.mint(keys.live)).status, 200)
    await page.getByText('2 of 5').waitFor({ timeout: 10_000 })
    assert.equal(await tabs[0].getByText('1 of 5').count(), 1, 'a hidden tab is not live')
    await tabs[0].evaluate(() => window.show())
    await tabs[0].getByText('2 of 5').waitFor({ timeout: 10_000 })
    await Promise.all(tabs.map((tab) => tab.close()))
  })
  await check('revoking blocks the key at once, before the owner has signed', async () => {
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText("The owner's signature revokes this key on chain").waitFor()
    await page.getByText('Blocked here', { exact: true }).waitFor()
    const { status, body } = await app.mint(keys.live)
    assert.equal(status, 400, JSON.stringify(body))
    assert.equal(body.error.code, 'session_blocked')
    await picture(page, 'session-blocked')
    await accessible(page)
    return body.error.message
  })
  await check('a wallet with another account is told which is needed', async () => {
    const stranger = await newVisitor(browser, app.info.api, { wallet: viem() })
    await stranger.goto(`/sessions/${keys.live.id}`)
    await stranger.getByRole('button', { name: 'Sign with Test Wallet' }).click()
    await stranger.getByText(`the owner is ${app.owner.address}`).waitFor()
    await picture(stranger, 'session-wrong-wallet')
    assert.deepEqual(stranger.trouble, [])
  })
  await check("the owner's wallet signs, and the chain refuses the key from then on", async () => {
    await page.getByRole('button', { name: 'Sign with Test Wallet' }).click()
    await page.getByText('Revoked', { exact: true }).waitFor({ timeout: 10_000 })
    await page.getByText('The account says: closed').waitFor()
    const { status, body } = await app.mint(keys.live)
    assert.equal(status, 400, JSON.stringify(body))
    return body.error.message
  })
  await check('the audit log says who did that, and what was before and after', async () => {
    await page.goto(`/audit?q=${keys.live.id}`)
    const row = page.getByRole('row', { name: /session\.revoke/ })
    await row.getByText('Before and after').click()
    await row.getByText('"blocked": true').waitFor()
    await page.getByRole('row', { name: /session\.sign/ }).waitFor()
  })
  await check('a key is granted here: read back in words, prepared, signed by the wallet, used', async () => {
    const key = viem()
    await page.goto(`/users/${app.info.player}`)
    await page.getByRole('link', { name: 'New session key' }).click()
    await page.getByLabel('Anything that the account can do').check()
    await page.locator('#reading').getByText('unrestricted').waitFor()
    await page.getByLabel('Only what is listed below').check()
    await page.getByLabel('Address or public key').fill(key.address)
    await page.getByLabel('Contract', { exact: true }).fill(app.info.contractAddress)
    await page.locator('#reading').getByText('No function of').waitFor()
    await page.getByLabel('It may call').selectOption('Every function')
    await page.locator('#reading').getByText(/every function of “Development NFT” .* may be called/).waitFor()
    await page.getByLabel('It may call').selectOption('Only these functions')
    await page.getByRole('button', { name: 'mint(address)', exact: true }).click()
    await page.getByLabel('ERC-20 token').fill(app.info.erc20Address)
    await page.getByLabel('At most', { exact: true }).fill('5')
    await page.locator('#tokenPeriod-0').selectOption('a day')
    await page.getByLabel('Number of calls').fill('10')
    await page.locator('#reading').getByText(/may call mint on “Development NFT” .* and transfer or approve at most 5 DEV .* a day.*, 10 times, .*until/).waitFor()
    assert.equal(await page.locator('#reading .notice').count(), 0)
    await picture(page, 'session-new-filled')
    await page.getByRole('button', { name: 'Prepare this key' }).click()
    await page.getByText('Waits for the owner').first().waitFor()
    await page.getByRole('button', { name: 'Sign with Test Wallet' }).click()
    await page.getByText('Active', { exact: true }).waitFor({ timeout: 10_000 })
    assert.equal((await app.mint({ key })).status, 200)
    await page.getByText('1 of 10').waitFor({ timeout: 10_000 })
  })
  await check('an argument is limited: offered by its name, read back, signed, and the account refuses another one', async () => {
    const key = viem()
    await page.goto(`/accounts/${app.info.account}/sessions/new`)
    await page.getByLabel('Address or public key').fill(key.address)
    await page.getByLabel('Contract', { exact: true }).fill(app.info.contractAddress)
    await page.getByRole('button', { name: 'mint(address)', exact: true }).click()
    await page.getByText('Limits of functions').click()
    await page.getByLabel('Function', { exact: true }).fill('mint(address)')
    await page.getByLabel('What is limited').selectOption({ label: 'Argument to (address, word 1)' })
    await page.getByLabel('Must be').selectOption('equal to')
    await page.getByLabel('Value', { exact: true }).fill(app.info.accountAddress)
    await page.getByRole('button', { name: 'Add a limit' }).click()
    await page.locator('#limitOf-1').fill('mint(address)')
    await page.locator('#limitValue-1').fill('3')
    const reading = page.locator('#reading')
    await reading.getByText('at most 3 times').waitFor()
    const said = (await reading.innerText()).toLowerCase()
    assert.match(said, /mint on .development nft.*word 1 of its arguments exactly/s)
    assert.ok(said.includes(app.info.accountAddress.toLowerCase()), said)
    await picture(page, 'session-new-argument')
    await accessible(page)
    await page.getByRole('button', { name: 'Prepare this key' }).click()
    await page.getByRole('button', { name: 'Sign with Test Wallet' }).click()
    await page.getByText('Active', { exact: true }).waitFor({ timeout: 10_000 })
    assert.equal((await app.mint({ key })).status, 200)
    const { status, body } = await app.mint({ key }, app.owner.address)
    assert.equal(status, 400, JSON.stringify(body))
    assert.match(body.error.message, /argument/i)
    return body.error.message
  })
  await check('a grant that rides in operations is shown to the wallet in words, and costs no transaction', async () => {
    const key = viem()
    await page.goto(`/accounts/${app.info.account}/sessions/new`)
    await page.getByLabel('Address or public key').fill(key.address)
    await page.getByLabel('Contract', { exact: true }).fill(app.info.contractAddress)
    await page.getByLabel('It may call').selectOption('Every function')
    await page.getByLabel('How the account learns of it').selectOption('first-use')
    await page.getByRole('button', { name: 'Prepare this key' }).click()
    await page.getByRole('button', { name: 'Sign with Test Wallet' }).click()
    await page.getByText('Active', { exact: true }).waitFor({ timeout: 10_000 })
    assert.equal((await app.mint({ key })).status, 200)
    await page.getByRole('row', { name: /mint on Development NFT.*this key.*Succeeded/ }).waitFor({ timeout: 10_000 })
  })
  await check('an API key gets the scopes that are chosen and no others, and origins are kept', async () => {
    await page.goto('/keys')
    await page.getByLabel('Name').fill('Reader of wallets')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Choose at least one scope').waitFor()
    await page.getByLabel('wallets:read').check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('shown only this once').waitFor()
    await page.getByRole('row', { name: /Reader of wallets.*wallets:read/ }).waitFor()
    await picture(page, 'keys-made')
    await page.getByLabel('Origins', { exact: true }).fill('https://game.example/play')
    await page.getByRole('button', { name: 'Save the origins' }).click()
    await page.getByText('one is "https://game.example/play"').waitFor()
    await accessible(page)
    await page.getByLabel('Origins', { exact: true }).fill(`https://game.example\n${app.info.api}`)
    await page.getByRole('button', { name: 'Save the origins' }).click()
    await page.getByText('The allowed origins are saved').waitFor()
    assert.equal(await page.getByLabel('Origins', { exact: true }).inputValue(), `https://game.example\n${app.info.api}`)
    await page.getByLabel('Origins', { exact: true }).fill('')
    await page.getByRole('button', { name: 'Save the origins' }).click()
    await page.getByText('every page of this machine may').waitFor()
  })
  await check('what a form asks for and cannot have is said at its field, and all that was typed is kept', async () => {
    await page.goto(`/accounts/${app.info.account}/sessions/new`)
    await page.getByLabel('Address or public key').fill('0x12')
    await page.getByLabel('Contract', { exact: true }).fill(app.info.contractAddress)
    await page.getByRole('button', { name: 'Prepare this key' }).click()
    await page.locator('#functions-0-error').getByText('choose Every function').waitFor()
    await page.getByRole('button', { name: 'mint(address)', exact: true }).click()
    await page.getByRole('button', { name: 'Prepare this key' }).click()
    await page.locator('#key-error').getByText('"0x12" is not an address').waitFor()
    await accessible(page)
    assert.equal(await page.getByLabel('Contract', { exact: true }).inputValue(), app.info.contractAddress)
  })
  await check('by keyboard alone: skip link, menu, a user, a key', async () => {
    await page.goto('/users')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content')
    await page.keyboard.press('Enter')
    for (const name of ['Development player', keys.revoked.address]) {
      let reached = ''
      for (let i = 0; i < 60 && !reached.includes(name); i++) {
        await page.keyboard.press('Tab')
        reached = await page.evaluate(() => document.activeElement.matches('a') ? `${document.activeElement.textContent} ${document.activeElement.querySelector('[title]')?.title}` : '')
        const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
        assert.notEqual(ring, 'none', `no focus is seen, at stop ${i}`)
      }
      assert.ok(reached.includes(name), `${name} is not reached`)
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    }
    await page.getByRole('heading', { name: 'Session key' }).waitFor()
  })
  await check('the theme is chosen and kept', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const before = await background()
    await page.getByRole('button', { name: 'Dark theme', pressed: false }).click()
    await page.getByRole('button', { name: 'Dark theme', pressed: true }).waitFor()
    assert.notEqual(await background(), before)
    const chosen = await background()
    await page.reload()
    assert.equal(await background(), chosen)
  })
  await check('no script failed, no rule of the policy was broken, nothing was asked elsewhere', () => assert.deepEqual(page.trouble, []))
}

async function lookAtPages(browser, app, keys) {
  for (const width of widths) {
    for (const theme of themes) {
      const page = await newVisitor(browser, app.info.api, { width, theme })
      for (const [name, path] of pages(app.info, keys)) {
        await check(`${name}, ${theme}, ${width} pixels`, async () => {
          const answer = await page.goto(path)
          assert.ok([200, 404].includes(answer.status()), `${path} answers ${answer.status()}`)
          await page.waitForLoadState('load')
          await fits(page)
          await picture(page, `${name}-${width}-${theme}`)
          const lesser = await accessible(page)
          assert.deepEqual(page.trouble, [])
          return lesser.length ? `lesser findings: ${lesser.join(', ')}` : ''
        })
      }
    }
  }
}

const browser = await startBrowser()
try {
  await signIn(browser)
  const server = await startDev('dashboard')
  try {
    const app = new App(server.info)
    const keys = await grantKeys(app)
    await useKeys(browser, app, keys)
    await lookAtPages(browser, app, { ...keys, request: await newestRequest(browser, app) })
  } finally {
    await server.stop()
  }
} finally {
  await browser.close()
}
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed ? 1 : 0
