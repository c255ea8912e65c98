// The mails that the development server keeps as files.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// newestLink answers the link in the newest mail to an address. Mails are there
// before the request that caused them is answered.
export function newestLink(folder, address) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().reverse()) {
    const [head, ...body] = readFileSync(join(folder, name), 'utf8').split('\r\n\r\n')
    const [link] = body.join('\n').match(/https?:\/\/\S+/) ?? []
    if (head.includes(`To: <${address}>`) && link) return link
  }
  throw new Error(`no mail with a link to ${address} in ${folder}`)
}
