// Helps with the form for a session key: it has the grant read back as it is
// filled in, adds rows, and offers the functions of a known contract.

const form = document.querySelector('[data-builder]')

// readBack shows in words what the form asks for now. Only the newest answer
// counts.
let asked
async function readBack() {
  asked?.abort()
  asked = new AbortController()
  const fields = new FormData(form)
  fields.delete('csrf')
  try {
    const answer = await fetch(`${form.dataset.builder}?${new URLSearchParams(fields)}`, { headers: { 'HX-Request': 'true' }, signal: asked.signal })
    document.getElementById('reading').innerHTML = await answer.text()
    document.dispatchEvent(new Event('htmx:after:swap'))
  } catch (error) {
    if (error.name !== 'AbortError') throw error
  }
}

let waiting
function soon() {
  clearTimeout(waiting)
  waiting = setTimeout(readBack, 250)
}

function showScope() {
  const everything = form.elements.scope.value === 'everything'
  form.querySelector('[data-listed]').hidden = everything
  form.querySelector('[data-everything]').hidden = !everything
}

// addRow puts an empty copy of the last row behind it.
function addRow(rows) {
  const all = rows.querySelectorAll('[data-row]')
  const row = all[all.length - 1].cloneNode(true)
  for (const field of row.querySelectorAll('input, select')) {
    const label = row.querySelector(`label[for="${field.id}"]`)
    field.id = field.id.replace(/\d+$/, all.length)
    if (label) label.htmlFor = field.id
    if (field.tagName === 'INPUT') field.value = ''
    field.removeAttribute('aria-invalid')
    field.removeAttribute('aria-describedby')
  }
  for (const error of row.querySelectorAll('.error')) error.remove()
  delete row.dataset.offered
  row.querySelector('[data-chips]')?.replaceChildren()
  all[all.length - 1].after(row)
  row.querySelector('input').focus()
}

// offerFunctions shows the functions of the row's contract as buttons that put
// them in, or take them out.
function offerFunctions(row) {
  const chips = row.querySelector('[data-chips]')
  const address = row.querySelector('[name=contract]').value
  const field = row.querySelector('[name=functions]')
  chips.replaceChildren(...(known(address)?.dataset.functions || '').split(';').filter(Boolean).map((signature) => {
    const chip = document.createElement('button')
    chip.type = 'button'
    chip.textContent = signature
    const chosen = () => functionsIn(row)
    const draw = () => chip.setAttribute('aria-pressed', chosen().includes(signature))
    chip.addEventListener('click', () => {
      const others = chosen().filter((name) => name !== signature)
      field.value = (chosen().includes(signature) ? others : [...others, signature]).join(', ')
      draw()
      offerGranted()
      soon()
    })
    field.addEventListener('input', draw)
    draw()
    return chip
  }))
}

const known = (address) => [...document.querySelectorAll('#contracts option')].find((option) => option.value.toLowerCase() === address.trim().toLowerCase())
const functionsIn = (row) => row.querySelector('[name=functions]').value.split(/[,;](?![^(]*\))/).map((name) => name.trim()).filter(Boolean)

// offerGranted lists the functions above for the rows of limits.
function offerGranted() {
  const rows = [...form.querySelectorAll('[data-row]')].filter((row) => row.querySelector('[name=contract]'))
  const granted = rows.flatMap((row) => functionsIn(row).map((name) => ({ name, address: row.querySelector('[name=contract]').value.trim() })))
  const isShared = (name) => granted.filter((other) => other.name === name).length > 1
  document.getElementById('granted').replaceChildren(...granted.map(({ name, address }) => new Option(name, isShared(name) ? `${address} ${name}` : name)))
  for (const row of form.querySelectorAll('[data-row]')) if (row.querySelector('[name=limitOf]')) offerArguments(row, granted)
}

const unknown = [['calls', 'Number of calls'], ...Array.from({ length: 16 }, (_, word) => [`${word}`, `Word ${word + 1} of the arguments`])]

// offerArguments names what can be limited of the row's function, where the
// project knows it.
function offerArguments(row, granted) {
  const wanted = row.querySelector('[name=limitOf]').value.trim()
  const found = granted.find(({ name, address }) => wanted === name || wanted === `${address} ${name}`)
  const offered = JSON.parse((found && known(found.address)?.dataset.arguments) || '{}')
  const signature = found && Object.keys(offered).find((one) => one === found.name || one.startsWith(`${found.name}(`))
  const select = row.querySelector('[name=limitArgument]')
  const options = offered[signature] || (row.dataset.offered && unknown)
  if (!options || row.dataset.offered === (signature || 'unknown')) return
  row.dataset.offered = signature || 'unknown'
  const chosen = select.value
  select.replaceChildren(...options.map(([value, name]) => new Option(name, value)))
  if (options.some(([value]) => value === chosen)) select.value = chosen
}

form.addEventListener('input', (event) => {
  showScope()
  const row = event.target.name === 'contract' && event.target.closest('[data-row]')
  if (row) offerFunctions(row)
  offerGranted()
  soon()
})
for (const button of form.querySelectorAll('[data-add]')) {
  button.hidden = false
  button.addEventListener('click', () => addRow(button.closest('[data-rows]')))
}
for (const row of form.querySelectorAll('[data-row]')) if (row.querySelector('[name=contract]')) offerFunctions(row)
showScope()
offerGranted()
readBack()
