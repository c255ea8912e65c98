// Starts headless Chromium with an authenticator that has no hardware.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

// A test has no business on the network, so nothing of the browser's own is on.
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

// launch answers a browser; every profile is a context of its own.
export async function launch(extra = []) {
  const executablePath = places.find((path) => path && existsSync(path))
  if (!executablePath) throw new Error('no Chromium found: install the chromium package, or name a binary in CHROMIUM')
  return chromium.launch({ executablePath, args: [...flags, ...extra] })
}

// addAuthenticator gives a page a virtual authenticator. It answers the page's
// protocol session.
export async function addAuthenticator(page, options = {}) {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable')
  await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options },
  })
  return protocol
}

// openPage answers { page, close }, the page with a virtual authenticator.
export async function openPage(url) {
  const browser = await launch()
  const page = await browser.newPage()
  await addAuthenticator(page)
  await page.goto(url)
  await page.waitForFunction('window.keys')
  return {
    page,
    // ask calls a function of the page's keys.
    ask: (name, ...args) => page.evaluate(([name, args]) => window.keys[name](...args), [name, args]),
    reload: async () => {
      await page.reload()
      await page.waitForFunction('window.keys')
    },
    close: () => browser.close(),
  }
}
