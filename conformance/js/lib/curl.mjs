// Runs the real curl, as the public guides tell people to.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const exec = promisify(execFile)

// curl answers { status, body } of one call. data entries are passed as -d
// arguments, which curl joins by & and sends as they are, unencoded.
export async function curl(url, { key, data = [], method, json, headers = [] } = {}) {
  const args = ['--silent', '--show-error', '--max-time', '60', '--write-out', '\n%{http_code}', url]
  if (key) args.push('-H', `Authorization: Bearer ${key}`)
  if (method) args.push('-X', method)
  for (const header of headers) args.push('-H', header)
  for (const field of data) args.push('-d', field)
  if (json) args.push('-H', 'Content-Type: application/json', '-d', JSON.stringify(json))
  const { stdout } = await exec('curl', args)
  const end = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, end)
  let body = text
  try {
    body = JSON.parse(text)
  } catch {
    // not JSON: the test sees the text
  }
  return { status: Number(stdout.slice(end + 1)), body }
}
