// Headless Chromium with a wallet that is not there: it announces itself as
// wallets do (EIP-6963), and its key stays in the test.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

// A test has no business on the network, so nothing of the browser's own is on.
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars']

export const widths = [1440, 360]
export const themes = ['light', 'dark']

export async function startBrowser() {
  const executablePath = places.find((path) => path && existsSync(path))
  if (!executablePath) throw new Error('no Chromium found: install the chromium package, or name a binary in CHROMIUM')
  return chromium.launch({ executablePath, args: flags })
}

// newVisitor opens a page of a fresh profile. Its trouble is what the browser
// complained of: scripts that failed, rules of the page's policy that were
// broken, requests that left the server.
export async function newVisitor(browser, base, { width = 1440, theme = 'light', wallet, authenticator } = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: { width, height: 900 }, colorScheme: theme, permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  page.trouble = []
  page.on('pageerror', (error) => page.trouble.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.trouble.push(message.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(base).origin) page.trouble.push(`asks ${request.url()}`)
  })
  if (wallet) await injectWallet(page, wallet)
  if (authenticator) await attachAuthenticator(page)
  return page
}

async function attachAuthenticator(page) {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable')
  await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
}

async function injectWallet(page, wallet) {
  await page.exposeFunction('walletRequest', async (method, params) => {
    switch (method) {
      case 'eth_requestAccounts':
        return [wallet.address]
      case 'personal_sign':
        return wallet.eip191(params[0])
      case 'eth_signTypedData_v4':
        return wallet.typed(JSON.parse(params[1]))
    }
    throw new Error(`the wallet knows no ${method}`)
  })
  await page.addInitScript(() => {
    const provider = { request: ({ method, params }) => window.walletRequest(method, params) }
    const info = Object.freeze({ uuid: '350670db-19fa-4704-a166-e52e178b59d2', name: 'Test Wallet', icon: 'data:,', rdns: 'example.wallet' })
    const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
    window.addEventListener('eip6963:requestProvider', announce)
    announce()
  })
}
