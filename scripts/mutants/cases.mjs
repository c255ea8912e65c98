// Writes docs/attacks.md: which guards the tests of each attack case depend on.

import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

import { caseOf, cases } from '../attack-cases.mjs'

const page = fileURLToPath(new URL('../../docs/attacks.md', import.meta.url))
const shown = 6

// writeCases takes, for each guard, the attack tests that fail without it. It
// answers whether every case that forge tests has such a guard.
export function writeCases(found) {
  const byCases = found.map(({ guard, failed }) => ({ guard, numbers: new Set(failed.map(caseOf)) }))
  const rows = cases.map((attack) => ({ ...attack, guards: specific(byCases, attack.number) }))
  writeFileSync(page, pageOf(rows))

  const blind = rows.filter(({ guards, goTests }) => guards.length === 0 && !goTests)
  for (const { number, guards } of rows) console.log(`case ${number}: ${guards.length} guards`)
  for (const { number, tried } of blind) console.log(`NO GUARD  case ${number}  ${tried}`)
  console.log(`${rows.length} cases, ${blind.length} that notice no missing guard`)
  return blind.length === 0
}

// specific answers the guards that a case notices, those that few others notice
// first.
function specific(byCases, number) {
  return byCases
    .filter(({ numbers }) => numbers.has(number))
    .toSorted((a, b) => a.numbers.size - b.numbers.size)
    .map(({ guard }) => guard)
}

function pageOf(rows) {
  return `# Attack cases and the guards that stop them

Written by \`make mutants-cases\`, which takes every guard of the account away, one at a time, and runs the attack tests.
A case is worth something only if its tests fail without some guard. The page names for each case up to ${shown} such guards,
those first that the fewest other cases depend on.

| case | what is tried | guards it notices | among them |
| ---: | --- | ---: | --- |
${rows.map(rowOf).join('\n')}
`
}

function rowOf({ number, tried, guards, goTests }) {
  const [count, named] = goTests ? ['', `\`go test -run ${goTests.run} ${goTests.package}\``] : [guards.length, guards.slice(0, shown).map(nameOf).join('<br>')]
  return `| ${number} | ${tried} | ${count} | ${named} |`
}

function nameOf({ path, name }) {
  return `\`${basename(path, '.sol')}.${name.replaceAll('|', '\\|')}\``
}
