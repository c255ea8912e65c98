// Looks at pages as people cannot all the time: axe's rules, pictures in both
// themes and widths, and whether a page fits its window.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const out = fileURLToPath(new URL('../out/', import.meta.url))
mkdirSync(out, { recursive: true })

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

// accessible fails when axe finds anything serious, and answers what else.
export async function accessible(page) {
  await page.evaluate(axe) // through the debugger: the page's policy allows no other script
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), rules)
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), [])
  return violations.map(({ id }) => id)
}

// fits fails when a page is wider than its window.
export async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(over <= 0, `${page.url()} is ${over} pixels wider than the window`)
}

export async function picture(page, name) {
  await page.screenshot({ path: `${out}${name}.png`, fullPage: true })
}
