/** Remembers what `make` made for the `limit` keys asked for last. */
export function createBoundedCache<Value>(limit: number, make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    const value = known.has(key) ? (known.get(key) as Value) : make(key)
    // A map keeps the order of insertion, so its first key is the one unused for longest.
    known.delete(key)
    known.set(key, value)
    if (known.size > limit) known.delete(known.keys().next().value ?? key)
    return value
  }
}
