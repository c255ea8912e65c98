// What every page needs: times in the reader's zone, copying, the theme, the
// menu of narrow screens, questions before what cannot be taken back, and live
// parts. Pages work without it, but for those things.

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const steps = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]

function ago(seconds) {
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? steps.at(-1)
  return relative.format(Math.trunc(seconds / size), unit)
}

// Times are written by the server in UTC, which stays in their title.
function showTimes(root = document) {
  for (const el of root.querySelectorAll('time[datetime]')) {
    const at = new Date(el.dateTime)
    if (Number.isNaN(at.valueOf())) continue
    el.title = at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC').replace(/Z$/, ' UTC')
    const { show } = el.dataset
    el.textContent = show === 'ago' ? ago((at - Date.now()) / 1000) : (show === 'exact' ? exact : absolute).format(at)
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(button.dataset.copy)
  button.classList.add('done')
  announce('Copied')
  setTimeout(() => button.classList.remove('done'), 1500)
})

// announce says something to those who do not see it happen.
export function announce(text) {
  const region = document.getElementById('announcements')
  if (region) region.textContent = text
}

// The system's theme holds until the reader chooses one.
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
const isDark = () => (document.documentElement.dataset.theme ?? (systemIsDark.matches ? 'dark' : 'light')) === 'dark'

function showTheme() {
  document.querySelector('[data-theme-toggle]')?.setAttribute('aria-pressed', isDark())
}
systemIsDark.addEventListener('change', showTheme)
showTheme()

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-theme-toggle]')) {
    const root = document.documentElement
    root.dataset.theme = isDark() ? 'light' : 'dark'
    document.cookie = `latchkey_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`
    showTheme()
    document.dispatchEvent(new Event('latchkey:theme'))
  }
  const menu = event.target.closest('[data-menu]')
  if (menu) {
    const open = document.querySelector('.side').classList.toggle('open')
    menu.setAttribute('aria-expanded', open)
  }
})

document.addEventListener('submit', (event) => {
  const question = event.target.dataset?.confirm
  if (question && !confirm(question)) event.preventDefault()
})

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit()
})

// Parts of a page that name a topic in data-live are loaded anew when the
// server says that something about the topic has changed. The address is their
// hx-get, with hx-trigger="live".
// Only a page that can be seen holds a connection: browsers open six to a
// server, and a seventh tab would wait for one for ever.
let source
let retry
function watch() {
  const topics = [...new Set([...document.querySelectorAll('[data-live]')].flatMap((el) => el.dataset.live.split(' ')))]
  const url = topics.length && !document.hidden ? `/events?${new URLSearchParams(topics.map((topic) => ['topic', topic]))}` : ''
  if ((source?.address ?? '') === url) return
  unwatch()
  if (!url) return
  source = new EventSource(url)
  source.address = url
  source.addEventListener('open', () => { // what changed before is in no news
    for (const el of document.querySelectorAll('[data-live]')) window.htmx.trigger(el, 'live')
  })
  source.addEventListener('changed', ({ data }) => {
    for (const el of document.querySelectorAll('[data-live]')) {
      if (el.dataset.live.split(' ').includes(data)) window.htmx.trigger(el, 'live')
    }
  })
  source.addEventListener('error', ({ target }) => { // a refusal ends it; a lost connection does not
    if (target !== source || target.readyState !== EventSource.CLOSED) return
    unwatch()
    retry = setTimeout(watch, 10_000)
  })
}

function unwatch() {
  clearTimeout(retry)
  source?.close()
  source = undefined
}

function arrived(root) {
  showTimes(root)
  watch()
}

document.addEventListener('htmx:after:swap', () => arrived(document))
setInterval(() => showTimes(), 15_000)
arrived(document)
document.addEventListener('visibilitychange', watch)
addEventListener('pagehide', unwatch)
addEventListener('pageshow', watch) // also out of the browser's cache of pages
