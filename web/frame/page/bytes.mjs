// Bytes as text: hex with 0x for Ethereum, base64url for everything else.

export function toHex(bytes) {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

export function isHex(text) {
  return typeof text === 'string' && /^0x([0-9a-f]{2})*$/i.test(text)
}

export function fromHex(text) {
  if (!isHex(text)) throw new Error('want bytes in hex with 0x')
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function toBase64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function fromBase64url(text) {
  if (typeof text !== 'string' || !/^[\w-]*$/.test(text)) throw new Error('want bytes in base64url')
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}

export function utf8(text) {
  return new TextEncoder().encode(text)
}
