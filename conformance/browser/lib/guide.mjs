// Puts the guide's page code into a page of the sample app, whose user and wallet
// it finds in the browser's storage.

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const sample = new URL('../../../examples/session-keys/', import.meta.url)
const { build } = createRequire(sample)('esbuild')

// addGuide makes window.guide of guide/main.mjs. It answers a way to call it: a
// function of that object runs in the page.
export async function addGuide(page) {
  const { outputFiles: [{ text: content }] } = await build({
    entryPoints: [fileURLToPath(new URL('../guide/main.mjs', import.meta.url))],
    nodePaths: [fileURLToPath(new URL('node_modules', sample))],
    bundle: true, format: 'esm', target: 'es2022', write: false, logLevel: 'warning', define: { global: 'globalThis' },
  })
  await page.addScriptTag({ content, type: 'module' })
  await page.waitForFunction('window.guide')
  return (act, argument) => page.evaluate(act, argument)
}
