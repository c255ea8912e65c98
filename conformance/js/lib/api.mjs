// A plain HTTP client for the API, for what the SDKs do not send or hide.

// client answers an object whose methods send one request with key as bearer
// and return { status, headers, body }, body parsed when it is JSON.
export function client(base, key) {
  const send = (method, path, options = {}) => request(method, new URL(path, base), key, options)
  return {
    get: (path, options) => send('GET', path, options),
    delete: (path, options) => send('DELETE', path, options),
    put: (path, json, options) => send('PUT', path, { json, ...options }),
    post: (path, json, options) => send('POST', path, { json, ...options }),
    send,
  }
}

async function request(method, url, key, { json, body, headers = {} }) {
  const all = { ...(key && { authorization: `Bearer ${key}` }), ...headers }
  if (json !== undefined) {
    all['content-type'] ??= 'application/json'
    body = JSON.stringify(json, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  }
  const response = await fetch(url, { method, headers: all, body })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parse(text) }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// ok answers the body of a 200, and fails with the whole answer otherwise.
export function ok({ status, body }) {
  if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(body)}`)
  return body
}
