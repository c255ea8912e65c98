// memoryStorage keeps what the browser SDK would put in localStorage.
export function memoryStorage() {
  const items = new Map()
  return {
    get: async (key) => items.get(key) ?? null,
    save: (key, value) => void items.set(key, value),
    remove: (key) => void items.delete(key),
    flush: () => items.clear(),
  }
}
