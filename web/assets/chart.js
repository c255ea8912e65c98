// Draws each element with data-chart with uPlot, in the colours of the theme,
// and again when its data, the theme or its width change.

const drawn = new WeakMap()

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })

// ofTime writes a tick in the reader's words: the hour, or the day where one begins.
function ofTime(seconds, apart) {
  const at = new Date(seconds * 1000)
  const begins = at.getHours() === 0 && at.getMinutes() === 0
  return apart >= 86400 || begins ? day.format(at) : clock.format(at)
}

function draw(el) {
  const { times, series, unit, bars } = JSON.parse(el.dataset.chart)
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => resolve(el, style.getPropertyValue(`--${name}`))
  const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } }
  const most = Math.max(0, ...series.flatMap((s) => s.values.map(Number)))
  const half = bars && times.length > 1 ? (times[1] - times[0]) / 2 : 0 // so that the outer bars are whole
  drawn.get(el)?.destroy()
  el.replaceChildren()
  const options = {
    width: Math.max(el.clientWidth, 200),
    height: 200,
    cursor: { y: false },
    scales: { x: { range: (_, from, to) => [from - half, to + half] }, y: { range: [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, space: 72, values: (_, ticks, __, ___, apart) => ticks.map((t) => ofTime(t, apart)) },
      { ...axis, size: (_, ticks) => 22 + 7 * Math.max(2, ...(ticks ?? []).map((t) => t.length)), values: (_, ticks) => ticks.map((n) => number.format(n)) },
    ],
    series: [{ label: 'Time', value: (_, t) => (t == null ? '' : exact.format(new Date(t * 1000))) }, ...series.map((s) => ({
      label: unit ? `${s.name} (${unit})` : s.name,
      stroke: colour(s.tone),
      fill: colour(`${s.tone}-soft`),
      width: 2,
      points: { show: false },
      value: (_, n) => (n == null ? '' : n.toLocaleString(undefined, { maximumSignificantDigits: 6 })),
      ...(bars && { paths: window.uPlot.paths.bars({ size: [0.7, 40] }) }),
    }))],
  }
  // An empty bar would draw a line along the axis.
  const drawnValues = (s) => s.values.map(Number).map((n) => (bars && n === 0 ? null : n))
  drawn.set(el, new window.uPlot(options, [times, ...series.map(drawnValues)], el))
}

// resolve writes a colour that depends on the theme as one that a canvas knows.
function resolve(el, value) {
  const probe = document.createElement('i')
  probe.style.color = value
  el.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function drawAll() {
  for (const el of document.querySelectorAll('[data-chart]')) draw(el)
}

let width = innerWidth
addEventListener('resize', () => {
  if (innerWidth === width) return
  width = innerWidth
  drawAll()
})
document.addEventListener('latchkey:theme', drawAll)
document.addEventListener('htmx:after:swap', drawAll)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
drawAll()
