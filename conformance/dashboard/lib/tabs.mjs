// Tabs in the background: headless Chromium takes every tab for one that is
// seen, so a tab is told that it is not.

// showAndHide gives a tab window.hide() and window.show(), which do what a
// browser does when the reader goes to another tab and comes back.
export function showAndHide(tab) {
  return tab.addInitScript(() => {
    let hidden = false
    Object.defineProperty(document, 'hidden', { get: () => hidden })
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
    const tell = (now) => {
      hidden = now
      document.dispatchEvent(new Event('visibilitychange'))
    }
    window.hide = () => tell(true)
    window.show = () => tell(false)
  })
}
