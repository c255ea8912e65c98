// The page's files, with its scripts and the SDKs bundled into one.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = (name) => fileURLToPath(new URL(`../page/${name}`, import.meta.url))

// pageFiles answers { type, body } by path.
export async function pageFiles() {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [page('main.mjs')], bundle: true, format: 'esm', target: 'es2022', write: false, logLevel: 'warning', define: { global: 'globalThis' },
  })
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: await readFile(page('index.html')) }],
    ['/style.css', { type: 'text/css', body: await readFile(page('style.css')) }],
    ['/main.js', { type: 'text/javascript', body: bundle.contents }],
  ])
}
