// Draws each element with data-chart with uPlot, in the colours of the theme,
// and again when its data, the theme or its width change.

const drawn = new WeakMap()

function draw(el) {
  const { times, series, unit, bars } = JSON.parse(el.dataset.chart)
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => resolve(el, style.getPropertyValue(`--${name}`))
  const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } }
  const most = Math.max(0, ...series.flatMap((s) => s.values.map(Number)))
  drawn.get(el)?.destroy()
  el.replaceChildren()
  const options = {
    width: Math.max(el.clientWidth, 200),
    height: 200,
    cursor: { y: false },
    scales: { y: { range: [0, most > 0 ? most * 1.1 : 1] } },
    axes: [axis, { ...axis, size: unit ? 78 : 46, values: (_, ticks) => ticks.map(short) }],
    series: [{ value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }, ...series.map((s) => ({
      label: unit ? `${s.name} (${unit})` : s.name,
      stroke: colour(s.tone),
      fill: colour(`${s.tone}-soft`),
      width: 2,
      points: { show: false },
      ...(bars && { paths: window.uPlot.paths.bars({ size: [0.7, 40] }) }),
    }))],
  }
  drawn.set(el, new window.uPlot(options, [times, ...series.map((s) => s.values.map(Number))], el))
}

const short = (n) => (n === 0 ? '0' : Math.abs(n) < 0.001 ? n.toExponential(0) : String(+n.toPrecision(3)))

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
