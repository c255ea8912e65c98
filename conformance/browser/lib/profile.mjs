// A browser profile with the sample app open in it. Everything is done by the
// buttons that a person would press.

import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addAuthenticator } from './browser.mjs'

const out = fileURLToPath(new URL('../out/', import.meta.url))
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

// A step that takes longer is stuck.
const STEP_MS = 40_000

export class Profile {
  #protocol

  // open makes a fresh profile. Requests that leave the machine are noted in
  // strays, all others in urls.
  static async open(browser, url, { strays, urls }) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } })
    context.on('request', (request) => {
      const { protocol, hostname, origin } = new URL(request.url())
      if (['data:', 'blob:'].includes(protocol)) return
      if (LOOPBACK.has(hostname)) urls.add(origin)
      else strays.add(request.url())
    })
    const page = await context.newPage()
    const profile = new Profile()
    Object.assign(profile, { context, page, url, errors: [] })
    page.on('pageerror', (error) => profile.errors.push(error))
    profile.#protocol = await addAuthenticator(page, { ctap2Version: 'ctap2_1', hasPrf: true })
    await profile.load()
    return profile
  }

  async load() {
    await this.page.goto(this.url)
    await this.page.waitForSelector('html[data-chain]')
  }

  // step fills in fields by name, presses a button, and answers what the page
  // shows of it: { ms, result }. It throws what the page says of a failure.
  async step(name, fields = {}) {
    for (const [field, value] of Object.entries(fields)) {
      const input = this.page.locator(`[name=${field}]`)
      if ((await input.evaluate((node) => node.tagName)) === 'SELECT') await input.selectOption(value)
      else await input.fill(value)
    }
    const before = await this.page.locator('#log li').count()
    await this.page.click(`[data-step=${name}]`)
    await this.page.waitForFunction(
      (count) => document.querySelectorAll('#log li').length > count && !document.querySelector('#log li.running') && !document.querySelector('button:disabled'),
      before, { timeout: STEP_MS },
    )
    const entry = this.page.locator('#log li').first()
    const text = await entry.locator('pre').textContent()
    if ((await entry.getAttribute('class')) !== 'done') throw new Error(`${name}: ${text}`)
    return { ms: parseInt(await entry.locator('time').textContent(), 10), result: text.startsWith('{') ? JSON.parse(text) : text }
  }

  // refused is a step that must not work; it answers the page's words.
  async refused(name, fields) {
    try {
      await this.step(name, fields)
    } catch (error) {
      return error.message
    }
    throw new Error(`${name} worked, and should have been refused`)
  }

  shown(id) {
    return this.page.locator(`#${id}`).textContent()
  }

  async screenshot(name) {
    mkdirSync(out, { recursive: true })
    await this.page.screenshot({ path: `${out}${name}.png`, fullPage: true })
  }

  // kept counts what the profile has stored for the origins of these addresses.
  async kept(addresses) {
    const page = await this.context.newPage()
    let count = 0
    for (const address of addresses) {
      await page.goto(address)
      count += await page.evaluate(() => localStorage.length)
    }
    await page.close()
    return count
  }

  // forget takes everything away that the profile's pages have stored. What
  // stays is the authenticator, as it does on a person's other device.
  async forget() {
    await this.page.goto('about:blank')
    await this.context.clearCookies()
    await this.#protocol.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' })
    await this.load()
  }

  // visit opens a link that came by mail, which leads back to the sample app.
  async visit(link) {
    await this.page.goto(link)
    await this.page.waitForSelector('html[data-chain]')
  }

  close() {
    return this.context.close()
  }
}
