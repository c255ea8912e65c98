// Writes page/vendor/libraries.mjs: what the page uses of its libraries, as
// readable code in one file, so that the page needs no bundler.

import { build } from 'esbuild'

const used = `
export { connect, WindowMessenger } from 'penpal'
export { combine, split } from 'shamir-secret-sharing'
export { secp256k1 } from '@noble/curves/secp256k1.js'
export { scryptAsync } from '@noble/hashes/scrypt.js'
export { keccak_256 } from '@noble/hashes/sha3.js'
`

await build({
  stdin: { contents: used, resolveDir: import.meta.dirname },
  outfile: `${import.meta.dirname}/page/vendor/libraries.mjs`,
  absWorkingDir: import.meta.dirname,
  banner: { js: '// Made by vendor.mjs from the exact versions in package-lock.json. Do not edit.' },
  bundle: true,
  charset: 'utf8',
  format: 'esm',
  legalComments: 'inline',
  platform: 'browser',
  target: 'es2022',
})
