// Remembers what was computed from bytes, by their content. The judge reads the same few records after every step that touched the disk.

/** Beyond this many contents everything is forgotten. */
const CONTENTS_MAX = 10_000

/** Makes `compute`, a pure function of bytes, remember its results. They are shared, so nobody may change them. */
export function rememberByContent<Result>(compute: (bytes: Uint8Array) => Result): (bytes: Uint8Array) => Result {
  const results = new Map<string, { readonly result: Result }>()
  return (bytes) => {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const known = results.get(key)
    if (known !== undefined) return known.result
    if (results.size >= CONTENTS_MAX) results.clear()
    const result = compute(bytes)
    results.set(key, { result })
    return result
  }
}
