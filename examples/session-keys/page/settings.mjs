// What our server says about Latchkey.

export const settings = await (await fetch('/settings')).json()
